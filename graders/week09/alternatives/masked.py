# written for whole batches: every sequence runs to the end, and masks say what counts

# %% gru_cell
class GRUCell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        scale = hidden**-0.5
        self.W_x = nn.Parameter(torch.empty(inputs, 3 * hidden).uniform_(-scale, scale))
        self.W_h = nn.Parameter(torch.empty(hidden, 3 * hidden).uniform_(-scale, scale))
        self.b_x = nn.Parameter(torch.zeros(3 * hidden))
        self.b_h = nn.Parameter(torch.zeros(3 * hidden))

    def forward(self, x, h=None):
        if h is None:
            h = x.new_zeros(len(x), len(self.W_h))
        from_x = (x @ self.W_x + self.b_x).chunk(3, dim=1)
        from_h = (h @ self.W_h + self.b_h).chunk(3, dim=1)
        reset = torch.sigmoid(from_x[0] + from_h[0])
        update = torch.sigmoid(from_x[1] + from_h[1])
        candidate = torch.tanh(from_x[2] + reset * from_h[2])
        return torch.lerp(candidate, h, update)


# %% lstm
class LSTM(nn.Module):
    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        sizes = [inputs] + [hidden] * (layers - 1)
        shapes = [s for n in sizes for s in ((n, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,))]
        self.weights = nn.ParameterList(nn.Parameter(0.1 * torch.randn(shape)) for shape in shapes)

    def forward(self, x, state=None):
        if state is None:
            zeros = x.new_zeros(self.layers, x.shape[1], self.hidden)
            state = (zeros, zeros)
        below, last_h, last_c = x, [], []
        for layer, (h, c) in enumerate(zip(*state)):
            W_x, W_h, b = self.weights[3 * layer : 3 * layer + 3]
            driven = below @ W_x + b
            seen = []
            for drive in driven:
                gates = drive + h @ W_h
                i, f, o = gates[:, : 3 * self.hidden].sigmoid().chunk(3, 1)
                c = f * c + i * gates[:, 3 * self.hidden :].tanh()
                h = o * c.tanh()
                seen.append(h)
            below = torch.stack(seen)
            last_h.append(h)
            last_c.append(c)
        return below, (torch.stack(last_h), torch.stack(last_c))


# %% birnn
class BiRNN(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        for way in ("there", "back"):
            self.register_parameter(f"{way}_x", nn.Parameter(0.3 * torch.randn(inputs, hidden)))
            self.register_parameter(f"{way}_h", nn.Parameter(0.3 * torch.randn(hidden, hidden)))
            self.register_parameter(f"{way}_b", nn.Parameter(torch.zeros(hidden)))

    def forward(self, x, lengths):
        T = len(x)
        real = torch.arange(T, device=x.device)[:, None] < lengths
        x = torch.where(real[..., None], x, 0)
        outputs, ends = [], []
        for way, times in (("there", range(T)), ("back", reversed(range(T)))):
            W_x, W_h, b = (getattr(self, f"{way}_{name}") for name in "xhb")
            h = x.new_zeros(x.shape[1], len(W_h))
            states = [None] * T
            for t in times:
                here = real[t, :, None]
                h = torch.where(here, torch.tanh(x[t] @ W_x + h @ W_h + b), h)
                states[t] = torch.where(here, h, 0)
            outputs.append(torch.stack(states))
            ends.append(h)
        return torch.cat(outputs, -1), torch.stack(ends)


# %% masked_cross_entropy
def masked_cross_entropy(pred, y, lengths):
    real = torch.arange(y.shape[1], device=pred.device) < lengths[:, None]
    logits, tokens = pred[real], y[real]
    lost = logits.logsumexp(1) - logits.gather(1, tokens[:, None])[:, 0]
    return lost.sum() / max(len(tokens), 1)


# %% seq2seq
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos
        self.read = nn.Embedding(source_size, embedding)
        self.encoder = nn.GRU(embedding, hidden)
        self.write = nn.Embedding(target_size, embedding)
        self.decoder = nn.GRU(embedding + hidden, hidden)
        self.out = nn.Linear(hidden, target_size)

    def encode(self, source, lengths):
        states, _ = self.encoder(self.read(source.T))
        at = (lengths - 1)[None, :, None].expand(1, -1, states.shape[2])
        return states.gather(0, at)[0]

    def step(self, token, state, context):
        seen = torch.cat([self.write(token), context], dim=1)
        output, state = self.decoder(seen[None], state[None].contiguous())
        return self.out(output[0]), state[0]

    def forward(self, source, lengths, target):
        context = self.encode(source, lengths)
        begin = torch.full_like(target[:, :1], self.bos)
        tokens = torch.cat([begin, target[:, :-1]], dim=1).T
        seen = torch.cat([self.write(tokens), context.expand(len(tokens), -1, -1)], dim=2)
        states, _ = self.decoder(seen, context[None].contiguous())
        return self.out(states).transpose(0, 1)


# %% beam_search
import heapq


def beam_search(step, k, alpha, max_len, bos, eos):
    def score(hypothesis):
        tokens, total = hypothesis
        return total / (len(tokens) - 1) ** alpha

    finished, beam = [], [([bos], 0.0)]
    for _ in range(max_len):
        extensions = [
            ([*tokens, token], total + log_p)
            for tokens, total in beam
            for token, log_p in enumerate(step(list(tokens)).tolist())
            if log_p > -math.inf
        ]
        kept = heapq.nlargest(k, extensions, key=score)
        finished += [h for h in kept if h[0][-1] == eos]
        beam = [h for h in kept if h[0][-1] != eos]
        if not beam:
            break
    beam = [h for h in beam if len(h[0]) > 1]
    return [(h[0], score(h)) for h in heapq.nlargest(k, finished + beam, key=score)]


# %% bleu
from collections import Counter


def bleu(pred, ref, k):
    if not pred or not ref:
        return 0.0

    def grams(words, n):
        return Counter(zip(*(words[i:] for i in range(n))))

    value = math.exp(min(0.0, 1 - len(ref) / len(pred)))
    for n in range(1, min(k, len(pred)) + 1):
        matched = (grams(pred, n) & grams(ref, n)).total()
        value *= (matched / (len(pred) - n + 1)) ** 0.5**n
    return value


# %% packed_lengths
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class PackedEncoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gru = nn.GRU(inputs, hidden)

    def forward(self, x, lengths):
        lengths = torch.as_tensor(lengths, dtype=torch.int64, device="cpu")
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        outputs, h = self.gru(packed)
        return pad_packed_sequence(outputs, total_length=x.shape[0])[0], h[0]
