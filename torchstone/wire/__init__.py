"""Pickle-free frames between the judge and the jail. Data crosses by value; what is not data does not cross."""

from torchstone.wire.frames import Received, Wait, copy, copy_in, dump, load, receive, send, wait_ready
from torchstone.wire.limits import (
    DTYPES,
    MAX_BODY,
    MAX_DEPTH,
    MAX_HEADER,
    MAX_NDIM,
    MAX_NODES,
    MAX_STRING,
    MAX_TENSORS,
)
from torchstone.wire.record import Record

__all__ = [
    "DTYPES",
    "MAX_BODY",
    "MAX_DEPTH",
    "MAX_HEADER",
    "MAX_NDIM",
    "MAX_NODES",
    "MAX_STRING",
    "MAX_TENSORS",
    "Received",
    "Record",
    "Wait",
    "copy",
    "copy_in",
    "dump",
    "load",
    "receive",
    "send",
    "wait_ready",
]
