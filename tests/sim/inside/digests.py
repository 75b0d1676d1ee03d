"""Digests of what the CPU gives in every case; run as a program, in a process without the device."""

import hashlib
import json
import warnings

import torch


def digest(tensors: list[torch.Tensor]) -> str:
    """A hash of the very bits of CPU tensors."""
    text = hashlib.sha256()
    for tensor in tensors:
        text.update(f"{tensor.dtype} {tuple(tensor.shape)}".encode())
        text.update(tensor.detach().contiguous().numpy().tobytes())
    return text.hexdigest()


if __name__ == "__main__":
    from cases import CASES

    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    print(json.dumps({name: digest(program("cpu")) for name, program in CASES.items()}))
