"""Independent oracles: torch's own layers behind the exercises' layouts, packed sequences, loops, counters."""

import heapq
import math
from collections import Counter

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class _Mapped(nn.Module):
    """A layer of torch whose parameters are computed from ours, so that gradients arrive in the exercise's layout."""

    def __init__(self, layer, shapes):
        super().__init__()
        self.layer = [layer]  # in a list: its parameters are not ours
        self.values = nn.ParameterList(torch.zeros(shape) for shape in shapes)

    def call(self, parameters, *inputs):
        return functional_call(self.layer[0], parameters, inputs)


class GRUCell(_Mapped):
    def __init__(self, inputs, hidden):
        n = 3 * hidden
        super().__init__(nn.GRUCell(inputs, hidden), [(inputs, n), (hidden, n), (n,), (n,)])

    def forward(self, x, h=None):
        W_x, W_h, b_x, b_h = self.values
        mapped = {"weight_ih": W_x.T, "weight_hh": W_h.T, "bias_ih": b_x, "bias_hh": b_h}
        return self.call(mapped, x, h)


def _torchs_gates(parameter):
    """i, f, o, g in columns → i, f, g, o in rows."""
    i, f, o, g = parameter.chunk(4, -1)
    return torch.cat((i, f, g, o), -1).T if parameter.dim() == 2 else torch.cat((i, f, g, o))


class LSTM(_Mapped):
    def __init__(self, inputs, hidden, layers):
        n = 4 * hidden
        widths = [inputs] + [hidden] * (layers - 1)
        super().__init__(
            nn.LSTM(inputs, hidden, layers), [s for width in widths for s in ((width, n), (hidden, n), (n,))]
        )

    def forward(self, x, state=None):
        mapped = {}
        for layer in range(len(self.values) // 3):
            W_x, W_h, b = (_torchs_gates(p) for p in self.values[3 * layer : 3 * layer + 3])
            mapped |= {f"weight_ih_l{layer}": W_x, f"weight_hh_l{layer}": W_h}
            mapped |= {f"bias_ih_l{layer}": b, f"bias_hh_l{layer}": torch.zeros_like(b)}
        return self.call(mapped, x, state)


class BiRNN(_Mapped):
    """nn.RNN over a packed batch."""

    def __init__(self, inputs, hidden):
        super().__init__(
            nn.RNN(inputs, hidden, bidirectional=True), [(inputs, hidden), (hidden, hidden), (hidden,)] * 2
        )

    def forward(self, x, lengths):
        mapped = {}
        for suffix, (W_x, W_h, b) in (("", self.values[:3]), ("_reverse", self.values[3:])):
            mapped |= {f"weight_ih_l0{suffix}": W_x.T, f"weight_hh_l0{suffix}": W_h.T}
            mapped |= {f"bias_ih_l0{suffix}": b, f"bias_hh_l0{suffix}": torch.zeros_like(b)}
        outputs, h = self.call(mapped, pack_padded_sequence(x, lengths, enforce_sorted=False))
        return pad_packed_sequence(outputs, total_length=len(x))[0], h


def masked_cross_entropy(pred, y, lengths):
    """Token by token."""
    total = 0 * pred.sum()
    for logits, tokens, length in zip(pred, y, lengths.tolist(), strict=True):
        for t in range(length):
            total = total + F.cross_entropy(logits[t][None], tokens[t][None])
    return total / max(1, int(lengths.sum()))


class Seq2Seq(nn.Module):
    """One sentence after another, one token after another; embeddings as products with one-hot vectors."""

    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos

        def gru(inputs):
            return [(3 * hidden, inputs), (3 * hidden, hidden), (3 * hidden,), (3 * hidden,)]

        shapes = [(source_size, embedding), *gru(embedding), (target_size, embedding), *gru(embedding + hidden)]
        shapes += [(target_size, hidden), (target_size,)]
        self.values = nn.ParameterList(torch.zeros(shape) for shape in shapes)

    def _embedded(self, number, tokens):
        table = self.values[number]
        return F.one_hot(tokens, len(table)).to(table.dtype) @ table

    def encode(self, source, lengths):
        W_x, W_h, b_x, b_h = self.values[1:5]
        contexts = []
        for sentence, length in zip(source, lengths.tolist(), strict=True):
            state = W_h.new_zeros(1, W_h.shape[1])
            for token in sentence[:length]:
                state = torch.gru_cell(self._embedded(0, token)[None], state, W_x, W_h, b_x, b_h)
            contexts.append(state)
        return torch.cat(contexts)

    def step(self, token, state, context):
        W_x, W_h, b_x, b_h = self.values[6:10]
        state = torch.gru_cell(torch.cat((self._embedded(5, token), context), 1), state, W_x, W_h, b_x, b_h)
        return torch.addmm(self.values[11], state, self.values[10].T), state

    def forward(self, source, lengths, target):
        context = self.encode(source, lengths)
        rows = []
        for i, sentence in enumerate(target):
            state, logits = context[i][None], []
            for token in [self.bos, *sentence[:-1].tolist()]:
                scores, state = self.step(target.new_tensor([token]), state, context[i][None])
                logits.append(scores)
            rows.append(torch.cat(logits))
        return torch.stack(rows)


def single(number):
    """The number as float32 holds it, so that whoever computes in float32 is compared as such."""
    return torch.tensor(number, dtype=torch.float32).item()


def beam_search(step, k, alpha, max_len, bos, eos):
    """All hypotheses of a round are as long as each other: a heap of totals, and the penalty once at the end."""
    alive, kept = {(bos,): 0.0}, []
    for length in range(1, max_len + 1):
        extensions = (
            (total + log_p, (*path, token))
            for path, total in alive.items()
            for token, log_p in enumerate(step(list(path)).tolist())
            if log_p != -math.inf
        )
        best = heapq.nlargest(k, extensions)
        kept += [(total / length**alpha, path) for total, path in best if path[-1] == eos or length == max_len]
        alive = {path: total for total, path in best if path[-1] != eos}
    return [(list(path), single(score)) for score, path in heapq.nlargest(k, kept)]


def bleu(pred, ref, k):
    """Counters of n-grams, their intersection, and a sum of logarithms."""
    if not pred or not ref:
        return 0.0

    def grams(words, n):
        return Counter(zip(*(words[i:] for i in range(n)), strict=False))

    shares = [
        (grams(pred, n) & grams(ref, n)).total() / grams(pred, n).total() for n in range(1, k + 1) if n <= len(pred)
    ]
    if 0 in shares:
        return 0.0
    weighted = sum(2.0**-n * math.log(share) for n, share in enumerate(shares, 1))
    return single(math.exp(min(0.0, 1 - len(ref) / len(pred)) + weighted))


class PackedEncoder(nn.Module):
    """Sequence by sequence, step by step, without packing."""

    def __init__(self, inputs, hidden):
        super().__init__()
        shapes = (3 * hidden, inputs), (3 * hidden, hidden), (3 * hidden,), (3 * hidden,)
        self.values = nn.ParameterList(torch.zeros(shape) for shape in shapes)

    def forward(self, x, lengths):
        hidden = self.values[1].shape[1]
        outputs, last = [], []
        for i, length in enumerate(int(n) for n in lengths):
            states = [x.new_zeros(hidden)]
            for t in range(length):
                states.append(torch.gru_cell(x[t, i][None], states[-1][None], *self.values)[0])
            outputs.append(torch.stack(states[1:] + [x.new_zeros(hidden)] * (len(x) - length)))
            last.append(states[-1])
        return torch.stack(outputs, 1), torch.stack(last)
