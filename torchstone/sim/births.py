"""Where CPU tensors come from: the explaining second run.

A fault names the line where two devices met; the mistake is the line that made the CPU tensor. Stamping each tensor
costs some 3 µs a call, so a program that failed is run once more inside `Births`:

    with Births():
        model(x)        # the Fault's strangers now say where they were born
"""

from dataclasses import replace
from typing import Any, Final

from torch import Tensor
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from . import private
from .log import skipped
from .places import Manner, birth_of, born_here, mark_birth
from .tensor import is_ours

#: What `tensor.data = ...` is to a mode; so a parameter without a shape gets one.
_GIVE_DATA: Final = Tensor.data.__set__  # type: ignore[attr-defined]


class Births:
    """Stamps the memory of every CPU tensor that is made meanwhile with the student's line that made it.

    A tensor computed from a stamped one inherits its stamp: `torch.ones(5, 5).tril()` was born at `ones`. So does the
    parameter of a lazy layer, which was born with its layer and not at the first forward. Not seen is what torch does
    not let a mode see: `torch.from_numpy`, `torch.FloatTensor(...)`.
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
        if func == _GIVE_DATA and is_lazy(args[0]) and (birth := birth_of(args[0])) is not None:
            mark_birth(args[1], birth)
        result = func(*args, **(kwargs or {}))
        for made in result if type(result) in (tuple, list) else (result,):
            if type(made) is Tensor:
                _stamp(made, args, _manner(args, kwargs or {}))
        return result


def _stamp(made: Tensor, args: Any, manner: Manner) -> None:
    birth = birth_of(made)
    if birth is not None and manner == "drawn":  # filled in place
        birth = replace(birth, manner=manner)
    elif birth is None and manner == "made":
        given = (item for value in args for item in (value if isinstance(value, (list, tuple)) else (value,)))
        inherited = (birth_of(item) for item in given if isinstance(item, Tensor))
        birth = next((known for known in inherited if known is not None), None)
    birth = birth or born_here(manner, skipped())
    if birth is not None:
        mark_birth(made, birth)


def _manner(args: Any, kwargs: Any) -> Manner:
    """How a CPU tensor came out of a call."""
    if any(is_ours(value) for value in args):
        return "moved"
    return "made" if kwargs.get("generator") is None else "drawn"
