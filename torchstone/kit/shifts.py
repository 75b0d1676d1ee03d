"""The first slice of the out-of-distribution suite: what can happen to an 8×8 image between the lab and the world.

Every shift maps images X [n, 64] in 0..1 to images of the same shape in 0..1, keeps the labels, draws from a generator.
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

SIDE: Final = 8


@dataclass(frozen=True)
class Shift:
    """One way in which inputs change while labels stay."""

    name: str
    description: str  #: what strength 1 does
    apply: Callable[[Tensor, float, torch.Generator], Tensor]

    def __call__(self, X: Tensor, generator: torch.Generator, strength: float = 1.0) -> Tensor:
        """X [n, 64] → [n, 64]; strength 0 changes nothing, 1 is the suite's, more is worse."""
        if X.dim() != 2 or X.shape[1] != SIDE * SIDE:
            raise ValueError(f"images have shape {tuple(X.shape)}; expected [n, {SIDE * SIDE}]")
        if strength < 0:
            raise ValueError(f"strength is {strength}; expected 0 or more")
        return self.apply(X, strength, generator).clamp(0, 1)


def shift_suite(X: Tensor, generator: torch.Generator, strength: float = 1.0) -> dict[str, Tensor]:
    """Every shift of `SHIFTS` applied to X [n, 64], by name, after `"as is"` (X itself)."""
    return {"as is": X} | {shift.name: shift(X, generator, strength) for shift in SHIFTS}


def _noise(X: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    return X + 0.35 * strength * torch.randn(X.shape, generator=generator, dtype=X.dtype)


def _blur(X: Tensor, strength: float, _: torch.Generator) -> Tensor:
    if strength == 0:
        return X
    offsets = torch.arange(-2, 3, dtype=X.dtype)
    kernel = torch.exp(-((offsets / (0.9 * strength)) ** 2) / 2)
    kernel = kernel / kernel.sum()
    padded = functional.pad(_images(X), (2, 2, 2, 2), mode="replicate")
    rows = functional.conv2d(padded, kernel.view(1, 1, 5, 1))
    return functional.conv2d(rows, kernel.view(1, 1, 1, 5)).flatten(1)


def _contrast(X: Tensor, strength: float, _: torch.Generator) -> Tensor:
    return torch.lerp(torch.full_like(X, 0.5), X, float(0.35**strength))


def _rotation(X: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    sign = 2.0 * torch.randint(2, (len(X),), generator=generator) - 1
    angle = math.radians(30 * strength) * sign.to(X.dtype)
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    return _moved(X, torch.stack([torch.stack([cos, -sin, zero], 1), torch.stack([sin, cos, zero], 1)], 1))


def _translation(X: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    direction = 2 * math.pi * torch.rand(len(X), generator=generator, dtype=X.dtype)
    pixel = 2 / SIDE  # grid_sample measures in half-widths of the image
    offset = strength * pixel * torch.stack([direction.cos(), direction.sin()], 1)
    return _moved(X, torch.cat([torch.eye(2, dtype=X.dtype).expand(len(X), 2, 2), offset.unsqueeze(2)], 2))


def _images(X: Tensor) -> Tensor:
    return X.view(-1, 1, SIDE, SIDE)


def _moved(X: Tensor, affine: Tensor) -> Tensor:
    """Bilinear resampling under one 2×3 affine map an image; paper (0) comes in from outside."""
    grid = functional.affine_grid(affine, [len(X), 1, SIDE, SIDE], align_corners=False)
    moved = functional.grid_sample(_images(X), grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return moved.flatten(1)


SHIFTS: Final = (
    Shift("noise", "Gaussian noise of standard deviation 0.35", _noise),
    Shift("blur", "Gaussian blur of 0.9 pixels", _blur),
    Shift("contrast", "contrast falls to 35 %, around mid-grey", _contrast),
    Shift("rotation", "30° to the left or to the right", _rotation),
    Shift("translation", "1 pixel in a random direction", _translation),
)
