"""Automatic mixed precision: `torch.autocast("sim", dtype=torch.bfloat16)`.

The three lists are those of `torch/csrc/.../autocast_mode.h` for accelerators: what runs in the low precision, what
is kept in float32, and what takes the widest of its arguments' types.
"""

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from . import private
from .device import DEVICE
from .factories import library, operator
from .private import OpOverload

LOW_PRECISION: Final = """
    conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d.input conv_transpose3d.input convolution prelu
    addmm addmv addr matmul mm mv linear addbmm baddbmm bmm chain_matmul linalg_multi_dot _thnn_fused_lstm_cell
    _thnn_fused_gru_cell lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell scaled_dot_product_attention
"""

FLOAT32: Final = """
    acos asin cosh erfinv exp expm1 log log10 log2 log1p reciprocal rsqrt sinh tan pow.Tensor_Scalar
    pow.Tensor_Tensor pow.Scalar softplus layer_norm native_layer_norm group_norm norm.Scalar cosine_similarity
    poisson_nll_loss cosine_embedding_loss nll_loss nll_loss2d hinge_embedding_loss kl_div l1_loss smooth_l1_loss
    huber_loss mse_loss margin_ranking_loss multilabel_margin_loss soft_margin_loss triplet_margin_loss
    multi_margin_loss binary_cross_entropy_with_logits dist pdist cdist renorm logsumexp softmax.int log_softmax.int
    prod sum sum.dim_IntList cumsum cumprod
"""

WIDEST: Final = """
    addcdiv addcmul atan2 bilinear cross dot vdot grid_sampler index_put tensordot scatter_add cat stack
"""

UNSAFE: Final = (
    "torch.nn.functional.binary_cross_entropy and torch.nn.BCELoss are unsafe to autocast.\n"
    "Many models use a sigmoid layer right before the binary cross entropy layer.\n"
    "In this case, combine the two layers using torch.nn.functional.binary_cross_entropy_with_logits\n"
    "or torch.nn.BCEWithLogitsLoss.  binary_cross_entropy_with_logits and BCEWithLogits are\n"
    "safe to autocast."
)

Precision = Callable[[tuple[Any, ...]], torch.dtype | None]


def register() -> None:
    """Give every operator of the three lists its autocast rule; once, at installation."""
    library("_").fallback(torch.library.fallthrough_kernel, private.AUTOCAST_KEY)  # type: ignore[no-untyped-call]
    rules = library("aten")
    for names, precision in ((LOW_PRECISION, _low), (FLOAT32, _float32), (WIDEST, _widest)):
        for name in names.split():
            func = operator(name)
            rules.impl(func, _rule(func, precision), private.AUTOCAST_KEY)  # type: ignore[no-untyped-call]
    rules.impl(operator("binary_cross_entropy"), _refuse, private.AUTOCAST_KEY)  # type: ignore[no-untyped-call]


def _rule(func: OpOverload, precision: Precision) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with private.below_autocast():
            dtype = precision(args)
            if dtype is None:
                return func(*args, **kwargs)
            return func(*(_cast(a, dtype) for a in args), **{name: _cast(a, dtype) for name, a in kwargs.items()})

    return call


def _low(args: tuple[Any, ...]) -> torch.dtype:
    return torch.get_autocast_dtype(DEVICE.real.type)


def _float32(args: tuple[Any, ...]) -> torch.dtype:
    return torch.float32


def _widest(args: tuple[Any, ...]) -> torch.dtype | None:
    widest = None
    for value in args:
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(item, Tensor) and item.is_floating_point():
                widest = item.dtype if widest is None else torch.promote_types(widest, item.dtype)
    return widest


def _cast(value: Any, dtype: torch.dtype) -> Any:
    if type(value) in (list, tuple):
        return type(value)(_cast(item, dtype) for item in value)
    if not isinstance(value, Tensor) or not value.is_floating_point() or value.device.type not in DEVICE.types:
        return value
    return value if value.dtype in (dtype, torch.float64) else value.to(dtype)


def _refuse(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError(UNSAFE)
