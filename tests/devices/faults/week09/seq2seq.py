# === fault born: the first token is a column on the CPU
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos
        self.source_embedding = nn.Embedding(source_size, embedding)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.target_embedding = nn.Embedding(target_size, embedding)
        self.decoder = nn.GRUCell(embedding + hidden, hidden)
        self.output = nn.Linear(hidden, target_size)

    def encode(self, source, lengths):
        states, _ = self.encoder(self.source_embedding(source))
        rows = torch.arange(len(source), device=source.device)
        return states[rows, lengths - 1]

    def step(self, token, state, context):
        state = self.decoder(torch.cat((self.target_embedding(token), context), dim=1), state)
        return self.output(state), state

    def forward(self, source, lengths, target):
        begin = torch.full((len(target), 1), self.bos)  # fault
        read = torch.cat((begin, target[:, :-1]), dim=1)
        context = self.encode(source, lengths)
        state, predicted = context, []
        for token in read.unbind(1):
            logits, state = self.step(token, state, context)
            predicted.append(logits)
        return torch.stack(predicted, dim=1)


# === fault born: the encoder's first state is on the CPU
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos
        self.source_embedding = nn.Embedding(source_size, embedding)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.target_embedding = nn.Embedding(target_size, embedding)
        self.decoder = nn.GRUCell(embedding + hidden, hidden)
        self.output = nn.Linear(hidden, target_size)

    def encode(self, source, lengths):
        start = torch.zeros(1, len(source), self.encoder.hidden_size, dtype=self.output.weight.dtype)  # fault
        states, _ = self.encoder(self.source_embedding(source), start)
        rows = torch.arange(len(source), device=source.device)
        return states[rows, lengths - 1]

    def step(self, token, state, context):
        state = self.decoder(torch.cat((self.target_embedding(token), context), dim=1), state)
        return self.output(state), state

    def forward(self, source, lengths, target):
        begin = torch.full_like(target[:, :1], self.bos)
        read = torch.cat((begin, target[:, :-1]), dim=1)
        context = self.encode(source, lengths)
        state, predicted = context, []
        for token in read.unbind(1):
            logits, state = self.step(token, state, context)
            predicted.append(logits)
        return torch.stack(predicted, dim=1)


# === fault born: the logits are written into a tensor on the CPU
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos
        self.source_embedding = nn.Embedding(source_size, embedding)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.target_embedding = nn.Embedding(target_size, embedding)
        self.decoder = nn.GRUCell(embedding + hidden, hidden)
        self.output = nn.Linear(hidden, target_size)

    def encode(self, source, lengths):
        states, _ = self.encoder(self.source_embedding(source))
        rows = torch.arange(len(source), device=source.device)
        return states[rows, lengths - 1]

    def step(self, token, state, context):
        state = self.decoder(torch.cat((self.target_embedding(token), context), dim=1), state)
        return self.output(state), state

    def forward(self, source, lengths, target):
        begin = torch.full_like(target[:, :1], self.bos)
        read = torch.cat((begin, target[:, :-1]), dim=1)
        context = self.encode(source, lengths)
        state = context
        predicted = torch.zeros(*target.shape, self.output.out_features, dtype=context.dtype)  # fault
        for t, token in enumerate(read.unbind(1)):
            logits, state = self.step(token, state, context)
            predicted[:, t] = logits
        return predicted


# === fault born: the tokens go through a list
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos
        self.source_embedding = nn.Embedding(source_size, embedding)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.target_embedding = nn.Embedding(target_size, embedding)
        self.decoder = nn.GRUCell(embedding + hidden, hidden)
        self.output = nn.Linear(hidden, target_size)

    def encode(self, source, lengths):
        states, _ = self.encoder(self.source_embedding(source))
        rows = torch.arange(len(source), device=source.device)
        return states[rows, lengths - 1]

    def step(self, token, state, context):
        state = self.decoder(torch.cat((self.target_embedding(token), context), dim=1), state)
        return self.output(state), state

    def forward(self, source, lengths, target):
        begin = torch.full_like(target[:, :1], self.bos)
        read = torch.cat((begin, target[:, :-1]), dim=1)
        context = self.encode(source, lengths)
        state, predicted = context, []
        for token in read.unbind(1):
            token = torch.tensor(token.tolist())  # fault
            logits, state = self.step(token, state, context)
            predicted.append(logits)
        return torch.stack(predicted, dim=1)


# === right: rows on the CPU and lengths on the device, side by side in one index
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos
        self.source_embedding = nn.Embedding(source_size, embedding)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.target_embedding = nn.Embedding(target_size, embedding)
        self.decoder = nn.GRUCell(embedding + hidden, hidden)
        self.output = nn.Linear(hidden, target_size)

    def encode(self, source, lengths):
        states, _ = self.encoder(self.source_embedding(source))
        rows = torch.arange(len(source))
        return states[rows, lengths - 1]

    def step(self, token, state, context):
        state = self.decoder(torch.cat((self.target_embedding(token), context), dim=1), state)
        return self.output(state), state

    def forward(self, source, lengths, target):
        begin = torch.full_like(target[:, :1], self.bos)
        read = torch.cat((begin, target[:, :-1]), dim=1)
        context = self.encode(source, lengths)
        state, predicted = context, []
        for token in read.unbind(1):
            logits, state = self.step(token, state, context)
            predicted.append(logits)
        return torch.stack(predicted, dim=1)


# === right: a column by new_full, and the states by gather
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos
        self.source_embedding = nn.Embedding(source_size, embedding)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.target_embedding = nn.Embedding(target_size, embedding)
        self.decoder = nn.GRUCell(embedding + hidden, hidden)
        self.output = nn.Linear(hidden, target_size)

    def encode(self, source, lengths):
        states, _ = self.encoder(self.source_embedding(source), None)
        last = (lengths - 1).reshape(-1, 1, 1).expand(-1, 1, states.shape[2])
        return states.gather(1, last)[:, 0]

    def step(self, token, state, context):
        state = self.decoder(torch.cat((self.target_embedding(token), context), dim=1), state)
        return self.output(state), state

    def forward(self, source, lengths, target):
        begin = target.new_full((len(target), 1), self.bos)
        read = torch.cat((begin, target[:, :-1]), dim=1)
        context = self.encode(source, lengths)
        state, predicted = context, []
        for token in read.unbind(1):
            logits, state = self.step(token, state, context)
            predicted.append(logits)
        return torch.stack(predicted, dim=1)


# === right: packed, with lengths on the CPU
class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding, hidden, bos):
        super().__init__()
        self.bos = bos
        self.source_embedding = nn.Embedding(source_size, embedding)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.target_embedding = nn.Embedding(target_size, embedding)
        self.decoder = nn.GRUCell(embedding + hidden, hidden)
        self.output = nn.Linear(hidden, target_size)

    def encode(self, source, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.source_embedding(source), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        return self.encoder(packed)[1][0]

    def step(self, token, state, context):
        state = self.decoder(torch.cat((self.target_embedding(token), context), dim=1), state)
        return self.output(state), state

    def forward(self, source, lengths, target):
        begin = torch.full_like(target[:, :1], self.bos)
        read = torch.cat((begin, target[:, :-1]), dim=1)
        context = self.encode(source, lengths)
        state, predicted = context, []
        for token in read.unbind(1):
            logits, state = self.step(token, state, context)
            predicted.append(logits)
        return torch.stack(predicted, dim=1)
