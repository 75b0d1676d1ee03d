"""What a frame may hold. The sender keeps to it to refuse with a reason, the receiver because it trusts nobody."""

from __future__ import annotations

from typing import Final

import torch

#: Bytes of JSON in one frame.
MAX_HEADER: Final = 4 << 20
#: Bytes of tensor data in one frame.
MAX_BODY: Final = 256 << 20
#: Values in one frame, containers and their items counted alike.
MAX_NODES: Final = 100_000
#: Tensors in one frame.
MAX_TENSORS: Final = 4096
#: Tuples as keys and set members of one frame. Python's hash of a tuple of numbers has no secret: tuples that all have
#: the same one can be computed, and a dict of those takes time that grows with their square.
MAX_TUPLE_KEYS: Final = 4096
#: Containers inside containers.
MAX_DEPTH: Final = 32
#: Dimensions of one tensor.
MAX_NDIM: Final = 16
#: Characters of one string.
MAX_STRING: Final = 1 << 20
#: Characters of a type's or field's name, of a dtype or device.
MAX_NAME: Final = 80
#: Integers outside this range do not cross.
MIN_INT: Final = -(2**63)
MAX_INT: Final = 2**63 - 1

#: The dtypes that cross, by the name they cross under.
DTYPES: Final[dict[str, torch.dtype]] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float32,
        torch.float64,
        torch.float16,
        torch.bfloat16,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.uint8,
        torch.bool,
        torch.complex64,
        torch.complex128,
    )
}
