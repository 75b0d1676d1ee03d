import torch
from torch import Tensor, nn
from torch.nn.utils import rnn

from cases.family import Family, integers, with_gradients

recurrent = Family("Recurrent layers and packed sequences")
recurrent.module("rnn", lambda: nn.RNN(4, 5, 2, batch_first=True), (3, 6, 4))
recurrent.module("rnn_relu_both_ways", lambda: nn.RNN(4, 5, nonlinearity="relu", bidirectional=True), (6, 3, 4))
recurrent.module("gru", lambda: nn.GRU(4, 5, 2, bidirectional=True), (6, 3, 4))
recurrent.module("gru_without_bias", lambda: nn.GRU(4, 5, bias=False), (6, 3, 4))
recurrent.module("lstm", lambda: nn.LSTM(4, 5, 2, batch_first=True), (3, 6, 4))
recurrent.module("lstm_both_ways", lambda: nn.LSTM(4, 5, bidirectional=True), (6, 3, 4))
recurrent.module("lstm_without_bias", lambda: nn.LSTM(4, 5, bias=False), (6, 3, 4))
recurrent.module("lstm_projected", lambda: nn.LSTM(4, 5, proj_size=3), (6, 3, 4))
recurrent.module("lstm_dropout", lambda: nn.LSTM(4, 5, 2, dropout=0.5), (6, 3, 4))
recurrent.module("lstm_eval", lambda: nn.LSTM(4, 5), (6, 3, 4), train=False)
recurrent.module("rnn_cell", lambda: nn.RNNCell(4, 5), (3, 4))
recurrent.module("gru_cell", lambda: nn.GRUCell(4, 5), (3, 4))
recurrent.module("lstm_cell", lambda: nn.LSTMCell(4, 5), (3, 4))


@recurrent.program
def packed_lstm(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    lstm = nn.LSTM(4, 5, 2, batch_first=True, bidirectional=True).to(device)
    x = torch.randn(3, 6, 4).to(device).requires_grad_()
    packed = rnn.pack_padded_sequence(x, torch.tensor([3, 6, 2]), batch_first=True, enforce_sorted=False)
    output, (h, c) = lstm(packed)
    padded, lengths = rnn.pad_packed_sequence(output, batch_first=True)
    return [*with_gradients([padded, h, c], [x, *lstm.parameters()]), lengths]


@recurrent.program
def packed_gru(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    gru = nn.GRU(4, 5).to(device)
    sequences = [torch.randn(n, 4).to(device) for n in (5, 3, 1)]
    output, h = gru(rnn.pack_sequence(sequences))
    return with_gradients([output, h], list(gru.parameters()))


@recurrent.program
def pad_sequence(device: str) -> list[Tensor]:
    sequences = [torch.arange(n).to(device) for n in (3, 1, 2)]
    return [rnn.pad_sequence(sequences, batch_first=True, padding_value=-1)]


embedding = Family("Embeddings")
embedding.module("embedding", lambda: nn.Embedding(5, 3, padding_idx=0), integers(4, 2))
embedding.module("embedding_max_norm", lambda: nn.Embedding(5, 3, max_norm=0.5), integers(4, 2))
embedding.module("embedding_1d", lambda: nn.Embedding(5, 3), integers(4))
embedding.module("embedding_bag", lambda: nn.EmbeddingBag(5, 3), integers(4, 3))
embedding.module("embedding_bag_max", lambda: nn.EmbeddingBag(5, 3, mode="max"), integers(4, 3))
embedding.module(
    "embedding_bag_offsets",
    lambda: nn.EmbeddingBag(5, 3, mode="sum"),
    integers(6),
    lambda: torch.tensor([0, 2, 5]),
)
embedding.function("embedding_function", nn.functional.embedding, integers(3), (5, 4))


def encoder_layer(dropout: float = 0.1) -> nn.Module:
    return nn.TransformerEncoderLayer(8, 2, 16, dropout=dropout, batch_first=True)


def attention_layer() -> nn.Module:
    return nn.MultiheadAttention(8, 2, batch_first=True)


attention = Family("Attention and transformers")
attention.module("multihead", attention_layer, (2, 5, 8), (2, 6, 8), (2, 6, 8))
attention.module("multihead_no_weights", attention_layer, (2, 5, 8), (2, 6, 8), (2, 6, 8), need_weights=False)
attention.module("multihead_eval", attention_layer, (2, 5, 8), (2, 6, 8), (2, 6, 8), train=False)
attention.module("encoder_layer", lambda: encoder_layer(dropout=0.0), (2, 5, 8))
attention.module("encoder_layer_dropout", encoder_layer, (2, 5, 8))
attention.module("encoder", lambda: nn.TransformerEncoder(encoder_layer(dropout=0.0), 2), (2, 5, 8))
attention.module(
    "decoder_layer",
    lambda: nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0, batch_first=True),
    (2, 5, 8),
    (2, 6, 8),
)
attention.module(
    "transformer", lambda: nn.Transformer(8, 2, 1, 1, 16, dropout=0.0, batch_first=True), (2, 5, 8), (2, 6, 8)
)
sdpa = nn.functional.scaled_dot_product_attention
attention.function("sdpa", sdpa, (2, 2, 5, 4), (2, 2, 6, 4), (2, 2, 6, 4))
attention.function(
    "sdpa_causal", lambda q, k, v: sdpa(q, k, v, is_causal=True), (2, 2, 5, 4), (2, 2, 5, 4), (2, 2, 5, 4)
)
attention.function(
    "sdpa_mask",
    lambda q, k, v: sdpa(q, k, v, attn_mask=torch.ones(5, 6, dtype=torch.bool, device=q.device).tril(1)),
    (2, 2, 5, 4),
    (2, 2, 6, 4),
    (2, 2, 6, 4),
)


@attention.program
def multihead_causal_mask(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    layer = attention_layer().to(device)
    x = torch.randn(2, 5, 8).to(device).requires_grad_()
    mask = nn.Transformer.generate_square_subsequent_mask(5, device=device)
    result = layer(x, x, x, attn_mask=mask, is_causal=True, need_weights=False)
    return with_gradients(result, [x, *layer.parameters()])


@attention.program
def encoder_eval_padding(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    encoder = nn.TransformerEncoder(encoder_layer(), 2).to(device).eval()
    x = torch.randn(2, 5, 8).to(device)
    padding = torch.tensor([[0, 0, 0, 0, 1], [0, 0, 0, 1, 1]]).bool().to(device)
    with torch.no_grad():
        y = encoder(x, src_key_padding_mask=padding)
    return [y[0, :4], y[1, :3]]


@attention.program
def encoder_layer_eval(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    layer = encoder_layer().to(device).eval()
    x = torch.randn(2, 5, 8).to(device)
    with torch.no_grad():
        return [layer(x)]
