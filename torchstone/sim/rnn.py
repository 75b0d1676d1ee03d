"""The fused cells of recurrent layers.

On an accelerator `nn.LSTM` and `nn.GRU` run through `_thnn_fused_*_cell`, which have no CPU kernel: these are them,
with the same workspaces (`ATen/native/cuda/RNN.cu`), so that torch's own formulas for the double backward apply.
Shapes: gates (N, 4H) or (N, 3H), states (N, H), biases (4H,) or (3H,).
"""

from typing import Any

import torch
from torch import Tensor

from .dispatch import special
from .private import OpOverload
from .tensor import unwrap, wrap

aten = torch.ops.aten


def _biases(args: tuple[Any, ...]) -> tuple[Tensor | None, Tensor | None]:
    """The last two arguments, which an operator's call may leave out."""
    given = [unwrap(bias) for bias in args]
    input_bias, hidden_bias = given or (None, None)
    return input_bias, hidden_bias


@special(aten._thnn_fused_lstm_cell.default)
def _lstm(func: OpOverload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Tensor, Tensor, Tensor]:
    from_input, from_hidden, c_before = unwrap(args[:3])
    input_bias, hidden_bias = _biases(args[3:])
    gates = from_input + from_hidden
    if input_bias is not None and hidden_bias is not None:
        gates = gates + input_bias + hidden_bias
    i, f, c, o = gates.chunk(4, 1)
    i, f, c, o = i.sigmoid(), f.sigmoid(), c.tanh(), o.sigmoid()
    c_after = f * c_before + i * c
    hidden = o * c_after.tanh()
    return wrap(hidden), wrap(c_after), wrap(torch.cat([i, f, c, o], 1))


@special(aten._thnn_fused_lstm_cell_backward_impl.default)
def _lstm_backward(
    func: OpOverload, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Tensor, Tensor, Tensor | None]:
    grad_hidden, grad_c_after, c_before, c_after, workspace, has_bias = unwrap(args)
    i, f, c, o = workspace.chunk(4, 1)
    tanh_c = c_after.tanh()
    grad_hidden = torch.zeros_like(c_before) if grad_hidden is None else grad_hidden
    grad_c_after = torch.zeros_like(c_before) if grad_c_after is None else grad_c_after
    grad_o = grad_hidden * tanh_c * o * (1 - o)
    grad_c = grad_hidden * o * (1 - tanh_c * tanh_c) + grad_c_after
    grad_i, grad_f = grad_c * c * i * (1 - i), grad_c * c_before * f * (1 - f)
    grad_gates = torch.cat([grad_i, grad_f, grad_c * i * (1 - c * c), grad_o], 1)
    return wrap(grad_gates), wrap(grad_c * f), wrap(grad_gates.sum(0)) if has_bias else None


@special(aten._thnn_fused_gru_cell.default)
def _gru(func: OpOverload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Tensor, Tensor]:
    from_input, from_hidden, h_before = unwrap(args[:3])
    input_bias, hidden_bias = _biases(args[3:])
    if input_bias is not None and hidden_bias is not None:
        from_input, from_hidden = from_input + input_bias, from_hidden + hidden_bias
    input_r, input_z, input_n = from_input.chunk(3, 1)
    hidden_r, hidden_z, hidden_n = from_hidden.chunk(3, 1)
    r, z = (input_r + hidden_r).sigmoid(), (input_z + hidden_z).sigmoid()
    n = (input_n + r * hidden_n).tanh()
    return wrap(n + z * (h_before - n)), wrap(torch.cat([r, z, n, h_before, hidden_n], 1))


@special(aten._thnn_fused_gru_cell_backward.default)
def _gru_backward(
    func: OpOverload, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor | None]:
    grad, workspace, has_bias = unwrap(args)
    r, z, n, h_before, hidden_n = workspace.chunk(5, 1)
    grad_z = grad * (h_before - n) * z * (1 - z)
    grad_n = grad * (1 - z) * (1 - n * n)
    grad_r = grad_n * hidden_n * r * (1 - r)
    grad_input = torch.cat([grad_r, grad_z, grad_n], 1)
    grad_hidden = torch.cat([grad_r, grad_z, grad_n * r], 1)
    biases = (wrap(grad_input.sum(0)), wrap(grad_hidden.sum(0))) if has_bias else (None, None)
    return wrap(grad_input), wrap(grad_hidden), wrap(grad * z), *biases
