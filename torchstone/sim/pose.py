"""Posing as CUDA: for programs that say `"cuda"` and `.cuda()`, on builds of torch without it.

Underneath the device stays what it is; the name `cuda` leads to it. Torch's own C++ messages still say `sim:0`, and
`tensor.type()` says `torch.sim.FloatTensor`. A process poses or it does not: install the honest device in another.

One private thing beyond `private.py`: `c10::impl::device_guard_impl_registry` in `libc10.so`, a table of device guards
by device type. Python can register a guard for its own type only; without one for CUDA the dispatcher refuses to make
a tensor there. Copying our own guard into CUDA's empty slot is all that is done; a slot that is taken is left alone.
"""

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import torch
from torch import Tensor

from . import factories, private
from .backend import Backend
from .device import DEVICE, InstallError
from .tensor import SimTensor

#: Positions in the table, from `c10/core/DeviceType.h`.
_CUDA_TYPE: Final = 1
_PRIVATEUSE1_TYPE: Final = 20
_DEVICE_TYPES: Final = 21

_MEMORY: Final = 8 << 30  # bytes that the device claims to have

#: What programs ask `torch.cuda` for.
_ANSWERS: Final = """
    is_available is_initialized current_device device_count manual_seed manual_seed_all synchronize empty_cache
    get_rng_state set_rng_state get_rng_state_all set_rng_state_all memory_allocated max_memory_allocated
    memory_reserved get_device_name set_device is_bf16_supported device stream current_stream Stream Event
    _is_in_bad_fork
"""


def refuse_if_impossible() -> None:
    """Raises InstallError where torch has CUDA itself, or is not laid out as on Linux."""
    if torch.version.cuda is not None or torch.version.hip is not None:
        raise InstallError("this build of torch has CUDA: use the real device, or install the simulated one as `sim`")
    if not sys.platform.startswith("linux"):
        raise InstallError("posing as CUDA works on Linux only; install the simulated device as `sim`")


def pose() -> None:
    """Let the name `cuda` lead to the simulated device; once, at installation."""
    _share_device_guard()
    factories.register("empty.memory_format empty_strided tril_indices triu_indices", key="CUDA")
    _answer_for_cuda()
    _rename_tensors()
    _redirect_autocast()


def _share_device_guard() -> None:
    library = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libc10.so"))
    table = (ctypes.c_void_p * _DEVICE_TYPES).in_dll(library, "_ZN3c104impl26device_guard_impl_registryE")
    if table[_CUDA_TYPE]:
        raise InstallError("this build of torch has CUDA: use the real device, or install the simulated one as `sim`")
    table[_CUDA_TYPE] = table[_PRIVATEUSE1_TYPE]


def _answer_for_cuda() -> None:
    cuda: Any = torch.cuda
    backend = Backend()
    for name in _ANSWERS.split():
        setattr(cuda, name, getattr(backend, name))
    private.pretend_cuda_is_initialized()
    torch.backends.cudnn.enabled = False  # else recurrent layers warn that this build has none
    cuda.get_device_properties = lambda device=None: SimpleNamespace(
        name=backend.get_device_name(), total_memory=_MEMORY, major=8, minor=0, multi_processor_count=1
    )
    cuda.get_device_capability = lambda device=None: (8, 0)
    cuda.mem_get_info = lambda device=None: (_MEMORY, _MEMORY)
    cuda.memory_stats = lambda device=None: {}
    cuda.memory_summary = lambda device=None, abbreviated=False: ""
    cuda.reset_peak_memory_stats = lambda device=None: None
    cuda.ipc_collect = lambda: None


def _rename_tensors() -> None:
    tensors: Any = SimTensor
    tensors.device = property(lambda tensor: DEVICE.shown)
    tensors.is_cuda = property(lambda tensor: True)
    tensors.cuda = lambda tensor, *args, **kwargs: tensor
    tensors.to = _to


def _to(tensor: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """`x.to("cuda")` of a tensor that is there already is the tensor itself."""
    args = tuple(DEVICE.real if DEVICE.is_meant_by(value) else value for value in args)
    if DEVICE.is_meant_by(kwargs.get("device")):
        kwargs["device"] = DEVICE.real
    return Tensor.to(tensor, *args, **kwargs)


def _redirect_autocast() -> None:
    plain = torch.amp.autocast_mode.autocast.__init__

    def init(self: Any, device_type: str, *args: Any, **kwargs: Any) -> None:
        plain(self, DEVICE.real.type if device_type == "cuda" else device_type, *args, **kwargs)

    torch.amp.autocast_mode.autocast.__init__ = init  # type: ignore[method-assign]
