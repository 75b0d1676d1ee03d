"""Where CPU tensors come from: the explaining second run.

A fault names the line where two devices met; the mistake is the line that made the CPU tensor. Stamping each tensor
costs some 3 µs a call, so a program that failed is run once more inside `Births`:

    with Births():
        model(x)        # the Fault's strangers now say where they were born
"""

from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from .log import skipped
from .places import here
from .rules import born_at


class Births(TorchFunctionMode):
    """Stamps every CPU tensor that is made meanwhile with the student's line that made it.

    A tensor computed from a stamped one inherits its stamp: `torch.ones(5, 5).tril()` was born at `ones`.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for made in result if type(result) in (tuple, list) else (result,):
            if type(made) is Tensor and born_at(made) is None:
                inherited = (born_at(value) for value in args if isinstance(value, Tensor))
                place = next((place for place in inherited if place is not None), None) or here(skipped())
                if place is not None:
                    made._born_at = place  # type: ignore[attr-defined]
        return result
