"""Device errors in words for the person who wrote the code: what to do, why, and on which line.

An explanation is self-reported evidence: it was made in the process that ran the student's code. It teaches; it never
decides a score.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

from torch import Tensor

from .device import DEVICE
from .log import Fault, Stranger, skipped
from .places import Place, born_at, is_theirs, place_of
from .rules import fault_of
from .tensor import is_ours

#: `mixed`: tensors of two devices met. `numpy`: a device tensor was handed to NumPy. `named`: the code asks by
#: name for an accelerator that is not there.
Kind = Literal["mixed", "numpy", "named"]

_MIXED = ("same device", "at least two devices", "should be the same", "'lengths' argument should be", "for generator")
_NUMPY = ("device type tensor to numpy",)
_ABSENT = ("Torch not compiled with CUDA", "NVIDIA driver", "CUDA generator", "support for mps", "MPS backend")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One device error, explained."""

    kind: Kind
    #: Where the program stopped.
    place: Place | None
    #: Where the mistake was made, if that is known to be another line.
    cause: Place | None
    #: What to do, and why; whole sentences.
    text: str


def explain(error: BaseException) -> Explanation | None:
    """Why a program stopped, if it was because of devices; None for every other error.

    The cause is only known if the program ran inside `Births`.
    """
    place = _student_place(error.__traceback__)
    fault = fault_of(error)
    if fault is not None:
        stranger = _most_telling(fault)
        return Explanation(
            "mixed", fault.place or place, stranger.born if stranger else None, _advise(stranger, fault.message)
        )
    message = str(error)
    if not isinstance(error, (RuntimeError, TypeError, AssertionError)):
        return None
    if any(sign in message for sign in _NUMPY):
        return Explanation("numpy", place, None, _numpy())
    if DEVICE.name != "cuda" and any(sign in message for sign in _ABSENT):
        return Explanation("named", place, None, _named())
    if any(sign in message for sign in _MIXED) and str(DEVICE.shown) in message:
        stranger = _look_around(error.__traceback__)  # raised by torch itself, which knows no names
        return Explanation("mixed", place, stranger.born if stranger else None, _advise(stranger, message))
    return None


def returned_elsewhere(device: str) -> str:
    """What to tell somebody whose result came back on another device than the inputs were on."""
    return (
        f"Return the result on the device of the inputs: it came back on {device}, the inputs were on {DEVICE.shown}. "
        "A `.cpu()`, or a tensor made without `device=` that results are written into, brings it there."
    )


# Who the stranger is ------------------------------------------------------------------------------------------------


def _most_telling(fault: Fault) -> Stranger | None:
    """Of several CPU tensors the one that says most: a named one, else one whose birth is known, else the first."""
    by_telling = sorted(fault.strangers, key=lambda s: (s.name is None, s.born is None))
    return by_telling[0] if by_telling else None


def _student_place(traceback: TracebackType | None) -> Place | None:
    """The innermost student's line of a traceback."""
    place = None
    while traceback is not None:
        if is_theirs(traceback.tb_frame, skipped()):
            place = place_of(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place


def _look_around(traceback: TracebackType | None) -> Stranger | None:
    """A CPU tensor among the variables of the innermost student's frame."""
    variables: dict[str, Any] = {}
    while traceback is not None:
        if is_theirs(traceback.tb_frame, skipped()):
            variables = dict(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next
    for name, value in variables.items():
        for tensor in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(tensor, Tensor) and not is_ours(tensor) and tensor.device.type == "cpu" and tensor.dim() > 0:
                return Stranger(tuple(tensor.shape), name, "local", born_at(tensor), tensor.requires_grad)
    return None


# Words --------------------------------------------------------------------------------------------------------------


def _advise(stranger: Stranger | None, message: str) -> str:
    if stranger is None:
        return f"Make every tensor on the device of the input, with `device=x.device`. PyTorch says: {message}"
    name = f"`{stranger.name}`" if stranger.name else f"the tensor of shape {stranger.shape}"
    return f"{_remedy(stranger, name)} {_reason(stranger, name)}"


def _remedy(stranger: Stranger, name: str) -> str:
    if stranger.holder == "plain attribute":
        attribute = (stranger.name or "").rpartition(".")[2]
        if stranger.requires_grad:
            return f"Make {name} an `nn.Parameter`, so that it moves with its module."
        call = f'`self.register_buffer("{attribute}", ...)`'
        return f"Register {name} as a buffer, {call}, so that it moves with its module."
    if stranger.holder == "registered":
        return (
            f"Let {name} move with the model: keep layers in attributes or in an `nn.ModuleList` rather than in a "
            "plain list, and make parameters in `__init__` rather than in `forward`."
        )
    if stranger.holder in ("global", "attribute"):
        return f"Move {name} to where it is used, `.to(x.device)`, or make it there with `device=x.device`."
    return f"Give {name} `device=x.device` where it is made."


def _reason(stranger: Stranger, name: str) -> str:
    subject = name[0].upper() + name[1:]
    if stranger.born is not None:
        return f"{subject} was made on the CPU in {stranger.born}, and met tensors on {DEVICE.shown}."
    return f"{subject} lies on the CPU, and met tensors on {DEVICE.shown}."


def _numpy() -> str:
    return (
        "Stay in PyTorch where you can: NumPy knows the CPU only. Where you need it, copy the values over first, "
        "`x.detach().cpu().numpy()`, and expect that no gradient flows back."
    )


def _named() -> str:
    return (
        'Take the device from the input, `x.device`, in place of a device\'s name (`.cuda()`, `"cuda"`, `"mps"`): the '
        f"accelerator that this program runs on is called `{DEVICE.shown.type}`."
    )
