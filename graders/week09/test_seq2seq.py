"""seq2seq: an encoder and a decoder under teacher forcing, beside a loop over sentences and tokens."""

import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario

pytestmark = exercise("seq2seq", accelerator=2)

# words of the source, words of the target, embedding, hidden; the second is as square as it can be
SIZES = ((7, 5, 3, 2), (4, 4, 4, 4))
LENGTHS = (2, 4, 1)  # of three sentences in five columns
BOS = 2
sizes = pytest.mark.parametrize("size", SIZES)

OPERANDS = 1.0  # sums of terms of this size, which may come near 0 by chance


def parameters(draw, source_size, target_size, embedding, hidden):
    """Embedding and GRU of the encoder, embedding and GRU of the decoder, output layer."""

    def gru(inputs):
        return (3 * hidden, inputs), (3 * hidden, hidden), (3 * hidden,), (3 * hidden,)

    shapes = [(source_size, embedding), *gru(embedding), (target_size, embedding), *gru(embedding + hidden)]
    return [draw(*shape, scale=0.5) for shape in [*shapes, (target_size, hidden), (target_size,)]]


def sentences(draw, size, n, longest):
    return draw.integers(n, longest, low=0, high=size)


def targets(draw, size, n, longest, bos=BOS):
    """Sentences without `bos`: a decoder that begins with one of their words begins with a wrong one."""
    words = sentences(draw, size - 1, n, longest)
    return words + (words >= bos)


@scenario
def made(code, size, values):
    """The model with these parameters, and the parameters."""
    model = code.Seq2Seq(*size[:4], bos=size[4])
    return model, fill(model, values)


@scenario
def encoded(code, size, values, source, lengths):
    model, _ = made(code, size, values)
    return model.encode(source, lengths)


@scenario
def one_step(code, size, values, token, state, context):
    model, _ = made(code, size, values)
    logits, state = model.step(token, state, context)
    return {"logits": logits, "state": state}


@scenario
def forced(code, size, values, source, lengths, target):
    model, _ = made(code, size, values)
    return model(source, lengths, target)


@scenario
def gradients(code, size, values, source, lengths, target, upstream):
    model, parameters = made(code, size, values)
    logits = model(source, lengths, target)
    return {"value": logits, "gradient": torch.autograd.grad(logits, parameters, upstream, allow_unused=True)}


@scenario
def gradients_of_a_step(code, size, values, token, state, context, upstream):
    model, _ = made(code, size, values)
    logits, after = model.step(token, state.requires_grad_(), context.requires_grad_())
    gradient = torch.autograd.grad([logits, after], [state, context], upstream, allow_unused=True)
    return {"value": logits, "gradient": {"state": gradient[0], "context": gradient[1]}}


@scenario
def twice(code, size, values, source, lengths, target, others):
    """Two batches through one model, then the first once more."""
    model, _ = made(code, size, values)
    return [model(source, lengths, target), model(source, lengths, others), model(source, lengths, target)]


@points(2)
@sizes
def test_context(student, draw, size):
    """The context is the encoder's state after the last real token of each sentence"""
    values, source = parameters(draw, *size), sentences(draw, size[0], 3, 5)
    agree(encoded(student, (*size, BOS), values, source, torch.tensor(LENGTHS)), scale=OPERANDS)
    agree(encoded(student, (*size, BOS), values, source[:1], torch.tensor([5])), scale=OPERANDS)


@points(2)
@sizes
def test_step(student, draw, size):
    """One step of the decoder: logits and next state, from a token, a state and a context; and its gradients"""
    _, target_size, _, hidden = size
    values, token = parameters(draw, *size), draw.labels(3, target_size)
    state, context = draw(3, hidden), draw(3, hidden)
    agree(one_step(student, (*size, BOS), values, token, state, context), scale=OPERANDS)
    upstream = draw(3, target_size), draw(3, hidden)
    agree(gradients_of_a_step(student, (*size, BOS), values, token, state, context, upstream), scale=OPERANDS)


@points(3)
@sizes
def test_teacher_forcing(student, draw, size):
    """Logits at each position, from the target's tokens before it"""
    values, source, target = parameters(draw, *size), sentences(draw, size[0], 3, 5), targets(draw, size[1], 3, 4)
    agree(forced(student, (*size, BOS), values, source, torch.tensor(LENGTHS), target), scale=OPERANDS)


@points(3)
@sizes
def test_gradients(student, draw, size):
    """The gradient of every parameter, through decoder, context and encoder"""
    values, source, target = parameters(draw, *size), sentences(draw, size[0], 3, 5), targets(draw, size[1], 3, 4)
    batch = source, torch.tensor(LENGTHS), target
    agree(gradients(student, (*size, BOS), values, *batch, draw(3, 4, size[1])), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("bos", [1, 3])
def test_single_tokens(student, draw, bos):
    """One token in, one token out, a batch of one: the decoder reads `bos` and nothing else"""
    size = SIZES[0]
    values, source, target = parameters(draw, *size), sentences(draw, size[0], 1, 1), targets(draw, size[1], 1, 1, bos)
    agree(forced(student, (*size, bos), values, source, torch.tensor([1]), target), scale=OPERANDS)


@points(1)
def test_no_memory_of_calls(student, draw):
    """Every batch starts anew: what one call leaves behind does not reach the next"""
    size = SIZES[0]
    values, source = parameters(draw, *size), sentences(draw, size[0], 3, 3)
    batches = targets(draw, size[1], 3, 4), targets(draw, size[1], 3, 2)
    agree(twice(student, (*size, BOS), values, source, torch.tensor([3, 1, 2]), *batches), scale=OPERANDS)
