"""Which networks a brief may travel through: graders and draw keys are in it, and Dask's own messages are pickles."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from torchstone.errors import ClusterError

_HOW: Final = "start scheduler and workers with certificates (docs/cluster.md), and use `--on tls://HOST:PORT`"


def require_trusted(address: str, whose: str) -> None:
    """Accept `tls://…`, and `tcp://…` that does not leave this machine. Raises ClusterError.

    `whose` names the address in the message («the address»).
    """
    parts = urlsplit(address)
    if parts.scheme == "tls":
        return
    if parts.scheme != "tcp":
        raise ClusterError(f"{whose} {address!r} is not of the form tls://HOST:PORT, or tcp://127.0.0.1:PORT")
    if not _loopback(parts.hostname or ""):
        raise ClusterError(
            f"{whose} {address} is neither encrypted nor on this machine alone, and graders would travel; {_HOW}"
        )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
