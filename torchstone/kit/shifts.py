"""The out-of-distribution suite: what can happen to an image between the lab and the world.

Every shift maps square images X, as rows [n, s·s], as [n, s, s] or with channels [n, c, s, s], with values in 0..1, to
images of the same shape in 0..1, keeps the labels, draws from a generator. Lengths grow with the image: a pixel below
is an eighth of its side, one pixel where it has 8×8.
After D. Hendrycks and T. Dietterich, Benchmarking Neural Network Robustness to Common Corruptions, ICLR 2019.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

SIDE: Final = 8  #: lengths are stated for images of this side


@dataclass(frozen=True)
class Shift:
    """One way in which inputs change while labels stay."""

    name: str
    description: str  #: what strength 1 does
    apply: Callable[[Tensor, float, torch.Generator], Tensor]

    def __call__(self, X: Tensor, generator: torch.Generator, strength: float = 1.0) -> Tensor:
        """Images of the same shape; strength 0 changes nothing, 1 is the suite's, more is worse.

        Raises ValueError for what are no square images, or a negative strength.
        """
        if strength < 0:
            raise ValueError(f"strength is {strength}; expected 0 or more")
        return self.apply(_images(X), strength, generator).clamp(0, 1).reshape(X.shape)


def shift_suite(X: Tensor, generator: torch.Generator, strength: float = 1.0) -> dict[str, Tensor]:
    """Every shift of `SHIFTS` applied to images X, by name, after `"as is"` (X itself)."""
    return {"as is": X} | {shift.name: shift(X, generator, strength) for shift in SHIFTS}


def _noise(X: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    return X + 0.35 * strength * torch.randn(X.shape, generator=generator, dtype=X.dtype)


def _blur(X: Tensor, strength: float, _: torch.Generator) -> Tensor:
    if strength == 0:
        return X
    channels, side = X.shape[1:3]
    pixel = side / SIDE
    radius = max(round(2 * pixel), 1)
    offsets = torch.arange(-radius, radius + 1, dtype=X.dtype)
    kernel = torch.exp(-((offsets / (0.9 * strength * pixel)) ** 2) / 2)
    kernel = (kernel / kernel.sum()).expand(channels, 1, 1, -1)
    padded = functional.pad(X, (radius,) * 4, mode="replicate")
    rows = functional.conv2d(padded, kernel.transpose(2, 3), groups=channels)
    return functional.conv2d(rows, kernel, groups=channels)


def _contrast(X: Tensor, strength: float, _: torch.Generator) -> Tensor:
    return torch.lerp(torch.full_like(X, 0.5), X, float(0.35**strength))


def _rotation(X: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    sign = 2.0 * torch.randint(2, (len(X),), generator=generator) - 1
    angle = math.radians(30 * strength) * sign.to(X.dtype)
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    return _moved(X, torch.stack([torch.stack([cos, -sin, zero], 1), torch.stack([sin, cos, zero], 1)], 1))


def _translation(X: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    direction = 2 * math.pi * torch.rand(len(X), generator=generator, dtype=X.dtype)
    pixel = 2 / SIDE  # affine_grid measures in half-widths of the image
    offset = strength * pixel * torch.stack([direction.cos(), direction.sin()], 1)
    return _moved(X, torch.cat([torch.eye(2, dtype=X.dtype).expand(len(X), 2, 2), offset.unsqueeze(2)], 2))


def _images(X: Tensor) -> Tensor:
    """Any of the accepted shapes as [n, c, s, s]."""
    side = math.isqrt(X.shape[-1]) if X.dim() == 2 else X.shape[-1]
    square = X.shape[-1] == side * side if X.dim() == 2 else X.dim() in (3, 4) and X.shape[-2] == side
    if not square:
        raise ValueError(
            f"images have shape {tuple(X.shape)}; expected square ones: [n, s·s], [n, s, s] or [n, c, s, s]"
        )
    return X if X.dim() == 4 else X.reshape(len(X), 1, side, side)


def _moved(X: Tensor, affine: Tensor) -> Tensor:
    """Bilinear resampling under one 2×3 affine map an image; paper (0) comes in from outside."""
    grid = functional.affine_grid(affine, list(X.shape), align_corners=False)
    return functional.grid_sample(X, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


SHIFTS: Final = (
    Shift("noise", "Gaussian noise of standard deviation 0.35", _noise),
    Shift("blur", "Gaussian blur of 0.9 pixels", _blur),
    Shift("contrast", "contrast falls to 35 %, around mid-grey", _contrast),
    Shift("rotation", "30° to the left or to the right", _rotation),
    Shift("translation", "1 pixel in a random direction", _translation),
)
