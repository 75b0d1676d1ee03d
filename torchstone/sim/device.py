"""What the simulated device is called in this process.

Torch keeps at most one Python backend a process and never lets go of it. `DEVICE` mirrors that one fact: it is empty
until `install`, filled once, and never changed again.
"""

from typing import Final

import torch


class InstallError(RuntimeError):
    """The simulated device cannot be had in this process; the message says why."""


class Device:
    """The simulated device of this process."""

    #: The name students say: `sim`, or `cuda` when it poses as one.
    name: str = ""
    #: What torch knows it by. Differs from `shown` only when it poses as cuda.
    real: torch.device = torch.device("cpu")
    #: What `tensor.device` says.
    shown: torch.device = torch.device("cpu")
    #: Every device type that means this device.
    types: frozenset[str] = frozenset()

    @property
    def installed(self) -> bool:
        return bool(self.name)

    def become(self, name: str, registered_as: str) -> None:
        """Take on a name, once."""
        if self.installed:
            raise InstallError(f"this process already has the simulated device `{self.name}`")
        self.name = name
        self.real = torch.device(registered_as, 0)
        self.shown = torch.device(name, 0)
        self.types = frozenset((name, registered_as))

    def is_meant_by(self, device: object) -> bool:
        """Whether a device, or its name, means this device."""
        if isinstance(device, str):
            try:
                device = torch.device(device)
            except RuntimeError:
                return False
        return isinstance(device, torch.device) and device.type in self.types


DEVICE: Final = Device()
