# === fault born: time runs on the CPU
class BiRNN(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.weights = nn.ParameterList(
            [weight(*shape) for shape in ((inputs, hidden), (hidden, hidden), (hidden,)) * 2]
        )

    def forward(self, x, lengths):
        time = torch.arange(len(x))[:, None]  # fault
        real = time < lengths
        mirror = torch.where(real, lengths - 1 - time, time)[:, :, None]

        def reverse(sequences):
            return sequences.gather(0, mirror.expand_as(sequences))

        def run(sequences, W_x, W_h, b):
            h = x.new_zeros(x.shape[1], self.hidden)
            outputs = []
            for x_t, real_t in zip(sequences, real):
                h = torch.where(real_t[:, None], torch.tanh(x_t @ W_x + h @ W_h + b), h)
                outputs.append(h)
            return torch.stack(outputs), h

        forth, h_forth = run(x, *self.weights[:3])
        back, h_back = run(reverse(x), *self.weights[3:])
        outputs = torch.cat((forth, reverse(back)), dim=2) * real[:, :, None]
        return outputs, torch.stack((h_forth, h_back))


# === fault born: lengths become a list, and the mask that is made of it is on the CPU
class BiRNN(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.weights = nn.ParameterList(
            [weight(*shape) for shape in ((inputs, hidden), (hidden, hidden), (hidden,)) * 2]
        )

    def forward(self, x, lengths):
        steps = range(len(x))
        real = torch.tensor([[t < n for n in lengths.tolist()] for t in steps])  # fault
        time = torch.arange(len(x), device=x.device)[:, None]
        mirror = torch.where(time < lengths, lengths - 1 - time, time)[:, :, None]

        def reverse(sequences):
            return sequences.gather(0, mirror.expand_as(sequences))

        def run(sequences, W_x, W_h, b):
            h = x.new_zeros(x.shape[1], self.hidden)
            outputs = []
            for x_t, real_t in zip(sequences, real):
                h = torch.where(real_t[:, None], torch.tanh(x_t @ W_x + h @ W_h + b), h)
                outputs.append(h)
            return torch.stack(outputs), h

        forth, h_forth = run(x, *self.weights[:3])
        back, h_back = run(reverse(x), *self.weights[3:])
        outputs = torch.cat((forth, reverse(back)), dim=2) * real[:, :, None]
        return outputs, torch.stack((h_forth, h_back))


# === fault born: a sequence is written back into zeros on the CPU
class BiRNN(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.weights = nn.ParameterList(
            [weight(*shape) for shape in ((inputs, hidden), (hidden, hidden), (hidden,)) * 2]
        )

    def forward(self, x, lengths):
        outputs = torch.zeros(len(x), x.shape[1], 2 * self.hidden, dtype=x.dtype)  # fault
        last = [[], []]
        for i, n in enumerate(lengths.tolist()):
            for side, order in enumerate((range(n), range(n - 1, -1, -1))):
                W_x, W_h, b = self.weights[3 * side : 3 * side + 3]
                h = x.new_zeros(self.hidden)
                for t in order:
                    h = torch.tanh(x[t, i] @ W_x + h @ W_h + b)
                    outputs[t, i, side * self.hidden : (side + 1) * self.hidden] = h
                last[side].append(h)
        return outputs, torch.stack([torch.stack(states) for states in last])


# === right: one sequence after the other, with numbers for its lengths
class BiRNN(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.weights = nn.ParameterList(
            [weight(*shape) for shape in ((inputs, hidden), (hidden, hidden), (hidden,)) * 2]
        )

    def forward(self, x, lengths):
        outputs = torch.zeros(len(x), x.shape[1], 2 * self.hidden, dtype=x.dtype, device=x.device)
        last = [[], []]
        for i, n in enumerate(lengths.tolist()):
            for side, order in enumerate((range(n), range(n - 1, -1, -1))):
                W_x, W_h, b = self.weights[3 * side : 3 * side + 3]
                h = x.new_zeros(self.hidden)
                for t in order:
                    h = torch.tanh(x[t, i] @ W_x + h @ W_h + b)
                    outputs[t, i, side * self.hidden : (side + 1) * self.hidden] = h
                last[side].append(h)
        return outputs, torch.stack([torch.stack(states) for states in last])


# === right: a flip by an index that is made on the CPU, and a mask by `in`
class BiRNN(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.weights = nn.ParameterList(
            [weight(*shape) for shape in ((inputs, hidden), (hidden, hidden), (hidden,)) * 2]
        )

    def forward(self, x, lengths):
        T, n = x.shape[:2]
        ends = lengths.cpu()
        time = torch.arange(T)[:, None]
        mirror = torch.where(time < ends, ends - 1 - time, time)
        columns = torch.arange(n)
        real = (time < ends).to(x.device)

        def run(sequences, W_x, W_h, b):
            h = torch.zeros_like(sequences[0, :, :1]).expand(n, self.hidden)
            outputs = []
            for x_t, real_t in zip(sequences, real):
                h = torch.where(real_t[:, None], torch.tanh(x_t @ W_x + h @ W_h + b), h)
                outputs.append(h)
            return torch.stack(outputs), h

        forth, h_forth = run(x, *self.weights[:3])
        back, h_back = run(x[mirror, columns], *self.weights[3:])
        outputs = torch.cat((forth, back[mirror, columns]), dim=2) * real.unsqueeze(2)
        return outputs, torch.stack((h_forth, h_back))
