"""The only source of inputs. One seed gives the same values in every world, presented as that world presents them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal, overload

import torch
from torch import Tensor

from torchstone.model import DrawKey


@dataclass(frozen=True)
class World:
    """How inputs are presented. The judge stays on the CPU: the worker in the jail moves them to `device`."""

    name: str = field(compare=False)
    dtype: torch.dtype = torch.float32  #: of floating-point inputs
    strided: bool = False  #: inputs are not contiguous
    device: Literal["cpu", "sim", "cuda"] = "cpu"  #: where the student's code gets them
    exact: bool = False  #: carry the values of `dtype` in float64, so that a reference finds the truth about them

    def here(self) -> World:
        """The same on the CPU: where the reference runs."""
        return replace(self, device="cpu")

    def truth(self) -> World:
        """The same values in float64, on the CPU."""
        return replace(self, device="cpu", exact=True)


#: The world of the simulated accelerator, and that of a card. An exercise that has the first has the second.
ACCELERATED: Final = ("accelerator", "cuda")

#: Every check runs in each of these unless its exercise says otherwise.
WORLDS: Final[Mapping[str, World]] = MappingProxyType(
    {
        world.name: world
        for world in (
            World("float32"),
            World("float64", dtype=torch.float64),
            World("strided", strided=True),
            World("accelerator", device="sim"),
            World("cuda", device="cuda"),
        )
    }
)


class Draw:
    """Random inputs for one probe: seeded by HMAC-SHA256 over the draw key and `name` («exercise/check/parameters»).

    Everything is generated on the CPU in float64 and then presented in `world`, so that every world sees the same
    values.
    """

    def __init__(self, key: DrawKey, name: str, world: World) -> None:
        digest = hmac.digest(key.key, name.encode(), "sha256")
        self._generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)
        self._world = world
        self.floats = 0  #: floating-point tensors drawn so far

    def __call__(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Standard normal values times `scale`."""
        return self._present(torch.randn(shape, generator=self._generator, dtype=torch.float64) * scale)

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Values uniform in [low, high)."""
        values = torch.rand(shape, generator=self._generator, dtype=torch.float64)
        return self._present(values * (high - low) + low)

    def labels(self, n: int, classes: int) -> Tensor:
        """`n` class labels in 0 … classes − 1 (int64)."""
        return self.integers(n, low=0, high=classes)

    def integers(self, *shape: int, low: int = 0, high: int = 10) -> Tensor:
        """Integers in low … high − 1 (int64)."""
        return self._present(torch.randint(low, high, shape, generator=self._generator))

    def distinct(self, *shape: int) -> Tensor:
        """Values all different, at least 1/8 apart, of both signs, none zero, in random order: nothing ties."""
        n = torch.Size(shape).numel()
        values = (torch.randperm(n, generator=self._generator).double() - n // 2) / 8 + 1 / 16
        return self._present(values.reshape(shape))

    @overload
    def like(self, tensor: Tensor, /) -> Tensor: ...
    @overload
    def like(self, *tensors: Tensor) -> list[Tensor]: ...
    def like(self, *tensors: Tensor) -> Tensor | list[Tensor]:
        """Standard normal values of the same shapes (upstream gradients, states): one tensor for one, else a list."""
        drawn = [self(*t.shape) for t in tensors]
        return drawn[0] if len(drawn) == 1 else drawn

    def number(self, low: float = -2.0, high: float = 2.0) -> float:
        """A Python float, uniform in [low, high)."""
        return float(torch.rand((), generator=self._generator, dtype=torch.float64)) * (high - low) + low

    def words(self, n: int, alphabet: str = "abcdefgh") -> list[str]:
        """`n` words of one or two letters: many occur several times, many equally often."""
        lengths = torch.randint(1, 3, (n,), generator=self._generator).tolist()
        letters = torch.randint(len(alphabet), (n, 2), generator=self._generator).tolist()
        return ["".join(alphabet[i] for i in pair[:length]) for pair, length in zip(letters, lengths, strict=True)]

    def generator(self) -> torch.Generator:
        """A CPU generator with a seed of its own. It crosses into the jail as its state."""
        return torch.Generator().manual_seed(int(torch.randint(1 << 31, (), generator=self._generator)))

    def _present(self, values: Tensor) -> Tensor:
        if values.is_floating_point():
            self.floats += 1
            values = values.to(self._world.dtype)
            if self._world.exact:
                values = values.double()
        return _strided(values) if self._world.strided else values


def _strided(values: Tensor) -> Tensor:
    """The same values in a layout that is not contiguous: transposed, or every other entry."""
    if values.numel() < 2:
        return values
    if values.dim() >= 2:
        return values.transpose(-1, -2).contiguous().transpose(-1, -2)
    return torch.stack([values, values], -1)[:, 0]
