"""Device errors in words for the person who wrote the code: what to do, why, and on which line.

An explanation is self-reported evidence: it was made in the process that ran the student's code. It teaches; it never
decides a score.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from torchstone.messages import devices

from .device import DEVICE
from .log import Fault, Stranger, skipped
from .places import Place, is_theirs, place_of
from .rules import fault_of
from .strangers import around

#: `mixed`: tensors of two devices met. `numpy`: a device tensor was handed to NumPy. `named`: the code asks by
#: name for an accelerator that is not there. `generator`: one of the CPU was asked to draw on the device. `host`: an
#: argument that belongs on the CPU was on the device.
Kind = Literal["mixed", "numpy", "named", "generator", "host"]

_MIXED = ("same device", "at least two devices", "should be the same", "expected device", "incompatible tensor type")
_NUMPY = ("device type tensor to numpy",)
_GENERATOR = ("device type for generator",)
_HOST = ("'lengths' argument should be",)
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
        stranger = _most_telling(fault, error.__traceback__)
        return Explanation(
            "mixed", fault.place or place, stranger.born if stranger else None, _advise(stranger, fault.message)
        )
    message = str(error)
    if not isinstance(error, (RuntimeError, TypeError, AssertionError)):
        return None
    if any(sign in message for sign in _NUMPY):
        return Explanation("numpy", place, None, devices.stay_in_pytorch())
    if any(sign in message for sign in _GENERATOR):
        return Explanation("generator", place, None, devices.draw_there(""))
    if any(sign in message for sign in _HOST):
        return Explanation("host", place, None, devices.keep_lengths_on_the_cpu(str(DEVICE.shown)))
    if DEVICE.name != "cuda" and any(sign in message for sign in _ABSENT):
        return Explanation("named", place, None, devices.take_the_inputs_device(DEVICE.shown.type))
    if any(sign in message for sign in _MIXED) and str(DEVICE.shown) in message:
        stranger = around(error.__traceback__)  # raised by torch itself, which knows no names
        return Explanation("mixed", place, stranger.born if stranger else None, _advise(stranger, message))
    return None


def returned_elsewhere(device: str) -> str:
    """What to tell somebody whose result came back on another device than the inputs were on."""
    return devices.return_it_there(device, str(DEVICE.shown))


# Who the stranger is ------------------------------------------------------------------------------------------------


def _most_telling(fault: Fault, traceback: TracebackType | None) -> Stranger | None:
    """Of several CPU tensors the one that says most: a named one, else one whose birth is known, else the first.

    Where neither is known of any, torch made it inside of an operation (`einsum`), out of one that may be at hand.
    """
    known = min(fault.strangers, key=lambda s: (s.name is None, s.born is None), default=None)
    if known is None or known.name is not None or known.born is not None:
        return known
    return around(traceback) or known


def _student_place(traceback: TracebackType | None) -> Place | None:
    """The innermost student's line of a traceback."""
    place = None
    while traceback is not None:
        if is_theirs(traceback.tb_frame, skipped()):
            place = place_of(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place


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
        return devices.register_it(name, (stranger.name or "").rpartition(".")[2].partition("[")[0])
    if stranger.holder == "registered":
        return devices.let_it_move(name)
    if stranger.manner == "drawn":
        return devices.draw_there(name)
    if stranger.manner == "moved":
        return devices.leave_it_there(name)
    if stranger.holder in ("global", "attribute") or stranger.manner == "made once":
        return devices.move_it(name)
    return devices.make_it_there(name)


def _reason(stranger: Stranger, name: str) -> str:
    subject = name[0].upper() + name[1:]
    if stranger.born is not None and stranger.holder == "plain attribute":
        return devices.is_set_there(subject, str(stranger.born), str(DEVICE.shown))
    if stranger.born is not None and stranger.manner == "moved":
        return devices.was_moved_to_the_cpu(subject, str(stranger.born), str(DEVICE.shown))
    if stranger.born is not None:
        return devices.was_made_on_the_cpu(subject, str(stranger.born), str(DEVICE.shown))
    return devices.lies_on_the_cpu(subject, str(DEVICE.shown))
