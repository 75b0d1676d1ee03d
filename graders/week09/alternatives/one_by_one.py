# written for one sequence, one gate, one hypothesis at a time; a batch is a loop

# %% gru_cell
class GRUCell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        for name, shape in {"W_x": (inputs,), "W_h": (hidden,), "b_x": (), "b_h": ()}.items():
            setattr(self, name, nn.Parameter(torch.randn(*shape, 3 * hidden) * 0.2))

    def gate(self, number, x, h):
        """What the input and what the state say to one gate."""
        at = slice(number * self.hidden, (number + 1) * self.hidden)
        from_x = torch.einsum("ni,ih->nh", x, self.W_x[:, at]) + self.b_x[at]
        from_h = torch.einsum("ni,ih->nh", h, self.W_h[:, at]) + self.b_h[at]
        return from_x, from_h

    def forward(self, x, h=None):
        h = torch.zeros(x.shape[0], self.hidden, dtype=x.dtype, device=x.device) if h is None else h
        r = sum(self.gate(0, x, h)).sigmoid()
        z = sum(self.gate(1, x, h)).sigmoid()
        from_x, from_h = self.gate(2, x, h)
        n = (from_x + r * from_h).tanh()
        return z * h + (1 - z) * n


# %% lstm
class Layer(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.W_x = nn.Parameter(torch.empty(inputs, 4 * hidden))
        self.W_h = nn.Parameter(torch.empty(hidden, 4 * hidden))
        self.b = nn.Parameter(torch.zeros(4 * hidden))
        nn.init.xavier_uniform_(self.W_x)
        nn.init.orthogonal_(self.W_h)

    def forward(self, x, h, c):
        joined = torch.cat([x, h], 1) @ torch.cat([self.W_x, self.W_h], 0) + self.b
        i, f, o, g = joined.unflatten(1, (4, -1)).unbind(1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class LSTM(nn.Module):
    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.hidden = hidden
        self.stack = nn.ModuleList(Layer(hidden if number else inputs, hidden) for number in range(layers))

    def forward(self, x, state=None):
        batch = x.shape[1]
        if state is None:
            hs = [x.new_zeros(batch, self.hidden) for _ in self.stack]
            cs = [x.new_zeros(batch, self.hidden) for _ in self.stack]
        else:
            hs, cs = list(state[0]), list(state[1])
        outputs = []
        for signal in x:  # all layers at one time, then the next time
            for number, layer in enumerate(self.stack):
                signal, cs[number] = layer(signal, hs[number], cs[number])
                hs[number] = signal
            outputs.append(signal)
        return torch.stack(outputs), (torch.stack(hs), torch.stack(cs))


# %% birnn
from torch.nn.utils.rnn import pad_sequence


class Direction(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.W_x = nn.Parameter(torch.randn(inputs, hidden) / inputs**0.5)
        self.W_h = nn.Parameter(torch.randn(hidden, hidden) / hidden**0.5)
        self.b = nn.Parameter(torch.zeros(hidden))

    def forward(self, x):
        """All states of one sequence [t, inputs]."""
        h, states = torch.zeros_like(self.b), []
        for row in x @ self.W_x + self.b:
            h = torch.tanh(row + h @ self.W_h)
            states.append(h)
        return torch.stack(states)


class BiRNN(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.forwards, self.backwards = Direction(inputs, hidden), Direction(inputs, hidden)

    def forward(self, x, lengths):
        outputs, ends = [], []
        for i, length in enumerate(lengths.tolist()):
            sequence = x[:length, i]
            there, back = self.forwards(sequence), self.backwards(sequence.flip(0)).flip(0)
            outputs.append(torch.cat([there, back], 1))
            ends.append(torch.stack([there[-1], back[0]]))
        padded = pad_sequence(outputs)
        missing = x.new_zeros(len(x) - len(padded), *padded.shape[1:])
        return torch.cat([padded, missing]), torch.stack(ends, 1)


# %% masked_cross_entropy
def masked_cross_entropy(pred, y, lengths):
    total, count = pred[:, :0].sum(), 0
    for logits, tokens, length in zip(pred, y, lengths.tolist()):
        for t in range(length):
            total = total - logits[t].log_softmax(0)[tokens[t]]
        count += length
    return total / count if count else total


# %% seq2seq
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos, self.hidden = bos, hidden
        self.source_words = nn.Parameter(torch.randn(source_size, embedding))
        self.reader = nn.GRUCell(embedding, hidden)
        self.target_words = nn.Parameter(torch.randn(target_size, embedding))
        self.writer = nn.GRUCell(embedding + hidden, hidden)
        self.W = nn.Parameter(torch.randn(target_size, hidden) * hidden**-0.5)
        self.b = nn.Parameter(torch.zeros(target_size))

    def encode(self, source, lengths):
        contexts = []
        for sentence, length in zip(source, lengths.tolist()):
            state = self.source_words.new_zeros(1, self.hidden)
            for token in sentence[:length]:
                state = self.reader(self.source_words[token][None], state)
            contexts.append(state[0])
        return torch.stack(contexts)

    def step(self, token, state, context):
        state = self.writer(torch.cat([self.target_words[token], context], 1), state)
        return state @ self.W.T + self.b, state

    def forward(self, source, lengths, target):
        context = self.encode(source, lengths)
        state, logits = context, []
        previous = torch.full_like(target[:, 0], self.bos)
        for token in target.unbind(1):
            scores, state = self.step(previous, state, context)
            logits.append(scores)
            previous = token
        return torch.stack(logits, 1)


# %% beam_search
def beam_search(step, k, alpha, max_len, bos, eos):
    done, open_ones = [], [(0.0, [bos])]
    length = 0
    while open_ones and length < max_len:
        length += 1
        table = torch.stack([step(list(tokens)).double() + total for total, tokens in open_ones])
        totals, places = table.flatten().sort(descending=True)
        best = []
        for total, place in zip(totals.tolist()[:k], places.tolist()[:k]):
            if total != -math.inf:
                parent, token = divmod(place, table.shape[1])
                best.append((total, [*open_ones[parent][1], token]))
        done.extend((total / length**alpha, tokens) for total, tokens in best if tokens[-1] == eos)
        open_ones = [(total, tokens) for total, tokens in best if tokens[-1] != eos]
    left = [(total / length**alpha, tokens) for total, tokens in open_ones]
    ranked = sorted(done + left, key=lambda found: -found[0])
    return [(tokens, score) for score, tokens in ranked[:k]]


# %% bleu
def bleu(pred, ref, k):
    if len(pred) * len(ref) == 0:
        return 0.0
    logarithm = min(0, 1 - len(ref) / len(pred))
    for n in range(1, k + 1):
        said = [tuple(pred[i : i + n]) for i in range(len(pred) - n + 1)]
        left = [tuple(ref[i : i + n]) for i in range(len(ref) - n + 1)]
        matched = 0
        for gram in said:
            if gram in left:
                left.remove(gram)
                matched += 1
        if said:
            if not matched:
                return 0.0
            logarithm += math.log(matched / len(said)) / 2**n
    return math.exp(logarithm)


# %% packed_lengths
from torch.nn.utils.rnn import pack_sequence, unpack_sequence


class PackedEncoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gru = nn.GRU(inputs, hidden, batch_first=True)

    def forward(self, x, lengths):
        counts = [int(length) for length in lengths]
        order = sorted(range(len(counts)), key=lambda i: -counts[i])
        packed = pack_sequence([x[: counts[i], i] for i in order])
        states, h = self.gru(packed)
        outputs = x.new_zeros(x.shape[0], x.shape[1], h.shape[2])
        last = x.new_zeros(x.shape[1], h.shape[2])
        for i, sequence in zip(order, unpack_sequence(states)):
            outputs[: counts[i], i] = sequence
            last[i] = sequence[-1]
        return outputs, last
