"""Device errors in words for the person who wrote the code: what to do, why, and on which line.

An explanation is self-reported evidence: it was made in the process that ran the student's code. It teaches; it never
decides a score.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

from torch import Tensor

from torchstone.messages import devices

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
        return Explanation("numpy", place, None, devices.stay_in_pytorch())
    if DEVICE.name != "cuda" and any(sign in message for sign in _ABSENT):
        return Explanation("named", place, None, devices.take_the_inputs_device(DEVICE.shown.type))
    if any(sign in message for sign in _MIXED) and str(DEVICE.shown) in message:
        stranger = _look_around(error.__traceback__)  # raised by torch itself, which knows no names
        return Explanation("mixed", place, stranger.born if stranger else None, _advise(stranger, message))
    return None


def returned_elsewhere(device: str) -> str:
    """What to tell somebody whose result came back on another device than the inputs were on."""
    return devices.return_it_there(device, str(DEVICE.shown))


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
        return devices.everything_on_the_inputs_device(message)
    name = f"`{stranger.name}`" if stranger.name else f"the tensor of shape {stranger.shape}"
    return f"{_remedy(stranger, name)} {_reason(stranger, name)}"


def _remedy(stranger: Stranger, name: str) -> str:
    if stranger.holder == "plain attribute":
        if stranger.requires_grad:
            return devices.make_it_a_parameter(name)
        return devices.register_it(name, (stranger.name or "").rpartition(".")[2])
    if stranger.holder == "registered":
        return devices.let_it_move(name)
    if stranger.holder in ("global", "attribute"):
        return devices.move_it(name)
    return devices.make_it_there(name)


def _reason(stranger: Stranger, name: str) -> str:
    subject = name[0].upper() + name[1:]
    if stranger.born is not None:
        return devices.was_made_on_the_cpu(subject, str(stranger.born), str(DEVICE.shown))
    return devices.lies_on_the_cpu(subject, str(DEVICE.shown))
