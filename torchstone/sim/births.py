"""Where CPU tensors come from: the explaining second run.

A fault names the line where two devices met; the mistake is the line that made the CPU tensor. Stamping each tensor
costs some 3 µs a call, so a program that failed is run once more inside `Births`:

    with Births():
        model(x)        # the Fault's strangers now say where they were born
"""

from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from . import private
from .log import skipped
from .places import born_at, here, mark_birth


class Births:
    """Stamps the memory of every CPU tensor that is made meanwhile with the student's line that made it.

    A tensor computed from a stamped one inherits its stamp: `torch.ones(5, 5).tril()` was born at `ones`. Not seen is
    what torch does not let a mode see: `torch.from_numpy`, `torch.FloatTensor(...)`.
    """

    def __init__(self) -> None:
        self._stamp = _Stamp()

    def __enter__(self) -> "Births":
        self._stamp.__enter__()  # type: ignore[no-untyped-call]
        private.during_backward.append(self._stamp)
        return self

    def __exit__(self, *exception: object) -> None:
        private.during_backward.remove(self._stamp)
        self._stamp.__exit__(*exception)  # type: ignore[no-untyped-call]


class _Stamp(TorchFunctionMode):
    """Sees every call of torch's that may make a tensor."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for made in result if type(result) in (tuple, list) else (result,):
            if type(made) is Tensor and born_at(made) is None:
                inherited = (born_at(value) for value in args if isinstance(value, Tensor))
                place = next((place for place in inherited if place is not None), None) or here(skipped())
                if place is not None:
                    mark_birth(made, place)
        return result
