"""Bringing the device into a process, for good."""

from typing import Final

import torch
from torch import nn

from . import amp, factories, generators, gradients, kernels, lazy, patches, private, rnn, serialization
from .backend import Backend
from .device import DEVICE, InstallError

_REGISTERED: Final = (kernels, rnn)  # importing them registers their operators with the dispatcher


def is_installed() -> bool:
    """Whether this process has the simulated device."""
    return DEVICE.installed


def install(name: str = "sim") -> torch.device:
    """Give this process the simulated device, under the name `sim`; a second call changes nothing.

    It is for good: torch cannot forget a device. The process may fork afterwards, and its children can use the device
    and run backward passes; results on the CPU stay bit for bit what they were. `name="cuda"` makes the device pose as
    CUDA (see `pose.py`), for programs that insist on it.

    Returns the device. Raises InstallError if a real accelerator is in use in this process, if another backend is
    registered, or if the device is here under another name.
    """
    if DEVICE.installed:
        if DEVICE.name != name:
            raise InstallError(f"this process already has the simulated device as `{DEVICE.name}`, not as `{name}`")
        return DEVICE.shown
    _refuse_company()
    if name == "cuda":
        from . import pose

        pose.refuse_if_impossible()
        _install("cuda", registered_as="sim")
        pose.pose()
    else:
        _install(name, registered_as=name)
        if torch.version.cuda is not None:
            private.refuse_cuda("the simulated device is in use in this process; CUDA needs a process of its own")
    return DEVICE.shown


def _install(name: str, registered_as: str) -> None:
    private.keep_backward_on_the_calling_thread()
    backend = Backend()
    private.register_backend(registered_as, backend)
    DEVICE.become(name, registered_as)
    factories.register()
    amp.register()
    serialization.register()
    lazy.register()
    patches.patch_all()
    gradients.check_all()
    torch.Generator = generators.Generator  # type: ignore[misc, assignment]
    torch.accelerator.synchronize = backend.synchronize
    nn.PReLU().to(DEVICE.real)  # imports some 500 modules of torch (0.5 s): once, before anybody forks; draws nothing


def _refuse_company() -> None:
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        raise InstallError("CUDA is in use in this process; the simulated device needs a process of its own")
    if torch.xpu.is_initialized():  # type: ignore[no-untyped-call]
        raise InstallError("an XPU is in use in this process; the simulated device needs a process of its own")
    if private.registered_backend() != "privateuseone":
        raise InstallError(
            f"this process already has another backend, `{private.registered_backend()}`, and torch keeps one only"
        )
