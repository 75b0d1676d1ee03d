# === fault lengths: the lengths go where the input is
class PackedEncoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gru = nn.GRU(inputs, hidden)

    def forward(self, x, lengths):
        lengths = torch.as_tensor(lengths, device=x.device)
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)  # fault
        outputs, h = self.gru(packed)
        outputs, _ = pad_packed_sequence(outputs, total_length=len(x))
        return outputs, h[0]


# === fault lengths: the lengths are handed on as they come
class PackedEncoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gru = nn.GRU(inputs, hidden)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)  # fault
        outputs, h = self.gru(packed)
        outputs, _ = pad_packed_sequence(outputs, total_length=len(x))
        return outputs, h[0]


# === fault born: the first state is on the CPU
class PackedEncoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gru = nn.GRU(inputs, hidden)

    def forward(self, x, lengths):
        lengths = torch.as_tensor(lengths).cpu()
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        start = torch.zeros(1, x.shape[1], self.gru.hidden_size, dtype=x.dtype)  # fault
        outputs, h = self.gru(packed, start)
        outputs, _ = pad_packed_sequence(outputs, total_length=len(x))
        return outputs, h[0]


# === fault moved: the sequences are packed on the CPU
class PackedEncoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gru = nn.GRU(inputs, hidden)

    def forward(self, x, lengths):
        lengths = torch.as_tensor(lengths).cpu()
        packed = pack_padded_sequence(x.cpu(), lengths, enforce_sorted=False)  # fault
        outputs, h = self.gru(packed)
        outputs, _ = pad_packed_sequence(outputs, total_length=len(x))
        return outputs, h[0]


# === right: sorted by hand, with an order on the device
class PackedEncoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gru = nn.GRU(inputs, hidden)

    def forward(self, x, lengths):
        lengths = torch.as_tensor(lengths, device=x.device)
        order = lengths.argsort(descending=True)
        back = torch.empty_like(order)
        back[order] = torch.arange(len(order), device=order.device)
        outputs, h = self.gru(pack_padded_sequence(x[:, order], lengths[order].cpu()))
        outputs, _ = pad_packed_sequence(outputs, total_length=len(x))
        return outputs[:, back], h[0, back]


# === right: lengths as a list, a first state of the device
class PackedEncoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.gru = nn.GRU(inputs, hidden)

    def forward(self, x, lengths):
        lengths = lengths.tolist() if isinstance(lengths, torch.Tensor) else lengths
        packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
        outputs, h = self.gru(packed, x.new_zeros(1, x.shape[1], self.gru.hidden_size))
        outputs, _ = pad_packed_sequence(outputs, total_length=len(x))
        return outputs, h.squeeze(0)
