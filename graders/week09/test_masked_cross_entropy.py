"""masked_cross_entropy: a mean over real tokens, beside a loop over them."""

import pytest
import torch

from torchstone.judge import agree, exercise, points, vjp

pytestmark = exercise("masked_cross_entropy", accelerator=1)
sizes = pytest.mark.parametrize(
    "n, steps, words, lengths",
    [(5, 3, 7, (2, 3, 1, 3, 2)), (4, 4, 4, (1, 4, 2, 3)), (1, 5, 3, (2,)), (2, 3, 5, (0, 1))],
)


def batch(draw, n, steps, words, lengths):
    """Logits, right tokens, lengths. Every token may occur, 0 too, in padding and elsewhere."""
    return draw(n, steps, words), draw.integers(n, steps, low=0, high=words), torch.tensor(lengths)


@points(2)
@sizes
def test_loss(student, draw, n, steps, words, lengths):
    """The sum over the real tokens, divided by how many there are"""
    agree(student.masked_cross_entropy(*batch(draw, n, steps, words, lengths)))


@points(2)
@sizes
def test_gradient(student, draw, n, steps, words, lengths):
    """The gradient of the logits, from an upstream gradient that is not 1; none at padding"""
    upstream = draw.uniform(low=0.5, high=2.0)
    agree(vjp(student.masked_cross_entropy, *batch(draw, n, steps, words, lengths), up=upstream))


@points(1)
def test_padding(student, draw):
    """What stands in the padding, logits or tokens, has no influence"""
    pred, y, lengths = batch(draw, 4, 5, 3, (2, 5, 1, 3))
    padding = torch.arange(5) >= lengths[:, None]
    far = pred.masked_fill(padding[:, :, None], 1e4)
    far[:, :, 0] = torch.where(padding, -1e4, far[:, :, 0])
    for tokens in (0, 2):
        agree(student.masked_cross_entropy(far, y.masked_fill(padding, tokens), lengths))


@points(1)
def test_length_zero(student, draw):
    """A row without any real token counts for nothing, and changes nothing for the others"""
    upstream = draw.uniform(low=0.5, high=2.0)
    agree(vjp(student.masked_cross_entropy, *batch(draw, 4, 3, 5, (2, 0, 3, 0)), up=upstream))


@points(1)
@pytest.mark.parametrize("n, steps, words", [(3, 4, 5), (1, 2, 2)])
def test_nothing_real(student, draw, n, steps, words):
    """A batch without any real token has a loss of 0 and gradients of 0, not NaN"""
    upstream = draw.uniform(low=0.5, high=2.0)
    agree(vjp(student.masked_cross_entropy, *batch(draw, n, steps, words, [0] * n), up=upstream))


@points(1)
def test_large_logits(student, draw):
    """Logits of a thousand give a finite loss and finite gradients"""
    _, y, lengths = batch(draw, 3, 4, 5, (4, 2, 3))
    large = 1000 * draw.distinct(3, 4, 5)
    agree(vjp(student.masked_cross_entropy, large, y, lengths, up=draw.uniform(low=0.5, high=2.0)))
