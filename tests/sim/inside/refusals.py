"""What the device refuses, in CUDA's words, and what it lets pass, as CUDA does."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from torchstone.sim import fault_of, install

TWO_DEVICES = "Expected all tensors to be on the same device, but found at least two devices, sim:0 and cpu!"


def x() -> torch.Tensor:
    return torch.ones(3, 4, device="sim")


def row() -> torch.Tensor:
    return torch.ones(4)


def autocast_bce() -> torch.Tensor:
    with torch.autocast("sim", dtype=torch.float16):
        return F.binary_cross_entropy(x().sigmoid(), x())


class Doubled(torch.autograd.Function):
    """Twice the first input plus the second; the gradient is made on the CPU."""

    @staticmethod
    def forward(ctx, first, second):
        return 2 * first + second

    @staticmethod
    def backward(ctx, upstream):
        return 2 * torch.ones(upstream.shape), None


def doubled(inner: torch.Tensor) -> torch.Tensor:
    return Doubled.apply(inner, x())


def written_into_the_cpus() -> torch.Tensor:
    """A result on the CPU that depends on a tensor of the device."""
    result = torch.empty(3, 4)
    result[:] = x().requires_grad_() * 2
    return result


MIXED: dict[str, tuple[Callable[[], object], str]] = {
    "add": (lambda: x() + row(), TWO_DEVICES),
    "add to the CPU's": (lambda: row().add_(x()[0]), TWO_DEVICES),
    "add a device scalar to a CPU vector": (lambda: row() * x().sum(), TWO_DEVICES),
    "add a device scalar to a CPU scalar in place": (lambda: torch.tensor(0.0).add_(x().sum()), TWO_DEVICES),
    "where": (lambda: torch.where(x() > 0, x(), torch.zeros(3, 4)), TWO_DEVICES),
    "equal": (lambda: torch.equal(x(), x().cpu()), "same device"),
    "allclose": (lambda: torch.allclose(x(), x().cpu()), "got other is on cpu"),
    "matmul": (
        lambda: x() @ torch.ones(4, 2),
        "Expected all tensors to be on the same device, but got mat2 is on cpu, different from other tensors on sim:0 "
        "(when checking argument in method wrapper_SIM_mm)",
    ),
    "matmul from the CPU": (
        lambda: torch.ones(2, 3) @ x(),
        "got mat2 is on sim:0, different from other tensors on cpu",
    ),
    "stack": (lambda: torch.stack([x().sum(), torch.tensor(1.0)]), "got tensors is on cpu"),
    "linear": (lambda: nn.Linear(4, 2)(x()), "got mat1 is on sim:0, different from other tensors on cpu"),
    "embedding": (
        lambda: F.embedding(torch.tensor([0, 1]), x()),
        "got index is on cpu, different from other tensors on sim:0 (when checking argument in method "
        "wrapper_SIM__index_select)",
    ),
    "mask": (
        lambda: x().masked_fill(torch.ones(3, 4, dtype=torch.bool), 0.0),
        "expected self and mask to be on the same device, but got mask on cpu and self on sim:0",
    ),
    "index into the CPU's": (
        lambda: row()[torch.tensor([0, 1], device="sim")],
        "indices should be either on cpu or on the same device as the indexed tensor (cpu)",
    ),
    "assign by index": (lambda: x().index_put_((torch.tensor([0]),), row()), TWO_DEVICES),
    "convolution": (
        lambda: F.conv2d(torch.ones(1, 1, 3, 3, device="sim"), torch.ones(1, 1, 2, 2)),
        "Input type (torch.sim.FloatTensor) and weight type (torch.FloatTensor) should be the same",
    ),
    "convolution of CPU images": (
        lambda: F.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2, device="sim")),
        "Input type (torch.FloatTensor) and weight type (torch.sim.FloatTensor) should be the same",
    ),
    "convolution with a CPU bias": (
        lambda: F.conv2d(torch.ones(1, 1, 3, 3, device="sim"), torch.ones(1, 1, 2, 2, device="sim"), torch.ones(1)),
        "Input type (torch.sim.FloatTensor) and bias type (torch.FloatTensor) should be the same",
    ),
    "an upstream gradient for a result on the CPU": (
        lambda: written_into_the_cpus().backward(x()),
        "invalid gradient at index 0 - expected device cpu but got sim:0",
    ),
    "data from the CPU": (lambda: setattr(x(), "data", torch.ones(3, 4)), "have incompatible tensor type"),
    "an upstream gradient on the CPU": (
        lambda: torch.autograd.grad([y := x().requires_grad_()], [y], [torch.ones(3, 4)]),
        "invalid gradient at index 0 - expected device sim:0 but got cpu",
    ),
    "an own backward, to a leaf": (
        lambda: doubled(x().requires_grad_()).sum().backward(),
        "Function DoubledBackward returned an invalid gradient at index 0 - expected device sim:0 but got cpu",
    ),
    "an own backward, to what came before": (
        lambda: doubled(x().requires_grad_().exp()).sum().backward(),
        "Function DoubledBackward returned an invalid gradient at index 0 - expected device sim:0 but got cpu",
    ),
}

OTHERS: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "hidden state": (
        lambda: nn.GRU(4, 4, device="sim")(x()[None], torch.zeros(1, 3, 4)),
        RuntimeError,
        "Input and hidden tensors are not at the same device, found input tensor at sim:0 and hidden tensor at cpu",
    ),
    "lengths": (
        lambda: nn.utils.rnn.pack_padded_sequence(x()[None], torch.tensor([3], device="sim"), batch_first=True),
        RuntimeError,
        "'lengths' argument should be a 1D CPU int64 tensor, but got 1D sim:0 Long tensor",
    ),
    "numpy": (
        x().numpy,
        TypeError,
        "can't convert sim:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.",
    ),
    "numpy of a parameter": (nn.Linear(1, 1, device="sim").weight.numpy, TypeError, "to numpy"),
    "asarray": (lambda: np.asarray(x()), TypeError, "to numpy"),
    "generator": (
        lambda: torch.randn(2, device="sim", generator=torch.Generator()),
        RuntimeError,
        "Expected a 'sim' device type for generator but found 'cpu'",
    ),
    "another card": (lambda: torch.zeros(1, device="sim:1"), RuntimeError, "SIM error: invalid device ordinal"),
    "to another card": (lambda: torch.zeros(1).to("sim:1"), RuntimeError, "SIM error: invalid device ordinal"),
    "pin": (x().pin_memory, RuntimeError, "cannot pin 'torch.sim.FloatTensor' only dense CPU tensors"),
    "gradient from the CPU": (
        lambda: setattr(x().requires_grad_(), "grad", torch.ones(3, 4)),
        RuntimeError,
        "attempting to assign a gradient with device type 'cpu' to a tensor with device type 'sim'",
    ),
    "deepcopy of a result": (
        lambda: copy.deepcopy(x().requires_grad_() * 2),
        RuntimeError,
        "Only Tensors created explicitly by the user",
    ),
    "binary cross entropy under autocast": (
        autocast_bce,
        RuntimeError,
        "are unsafe to autocast",
    ),
    "dlpack": (lambda: torch.from_dlpack(x()), ValueError, "Unknown device type"),
}


@pytest.mark.parametrize("what", MIXED)
def test_mixed_devices_are_refused_with_a_fault(what: str) -> None:
    attempt, message = MIXED[what]
    with pytest.raises(RuntimeError) as caught:
        attempt()
    assert message in str(caught.value)
    fault = fault_of(caught.value)
    assert fault is not None
    assert fault.strangers
    assert fault.place is not None
    assert fault.place.file == __file__


@pytest.mark.parametrize("what", OTHERS)
def test_other_refusals(what: str) -> None:
    attempt, kind, message = OTHERS[what]
    with pytest.raises(kind) as caught:
        attempt()
    assert message in str(caught.value)
    assert fault_of(caught.value) is None


def test_a_gradient_without_axes_comes_over() -> None:
    y = x().requires_grad_()
    (got,) = torch.autograd.grad((y * 2).sum(), y, torch.tensor(3.0))
    assert got.device.type == "sim"
    assert got.tolist() == [[6.0] * 4] * 3


def test_an_error_that_is_not_the_devices_is_the_cpus_own() -> None:
    with pytest.raises(RuntimeError, match="cannot be multiplied") as caught:
        x() @ x()
    assert fault_of(caught.value) is None


@pytest.mark.parametrize("device", ["cpu", "sim"])
def test_ctc_takes_targets_from_anywhere_and_lengths_from_the_cpu(device: str) -> None:
    scores = torch.zeros(6, 2, 4, device="sim").log_softmax(-1)
    targets, lengths = torch.tensor([[1, 2], [2, 1]], device=device), torch.tensor([2, 2])
    assert F.ctc_loss(scores, targets, torch.tensor([6, 6]), lengths).device.type == "sim"


def test_installing_again_changes_nothing() -> None:
    kernels = torch.nn.Module._apply
    assert install() == torch.device("sim", 0)
    assert torch.nn.Module._apply is kernels
