"""The device posing as CUDA; in a session of its own, since a process has one name for it."""

import pytest
import torch
from cases import CASES, FAMILIES
from torch import nn

from torchstone.sim import install

TRIED = [
    *FAMILIES["Models moved, copied, saved, loaded"],
    *FAMILIES["Making tensors"],
    *FAMILIES["Mixed precision and inference"],
    *FAMILIES["Recurrent layers and packed sequences"],
    *FAMILIES["Tensors in Python programs"],
]


@pytest.mark.filterwarnings("ignore")  # of some layers, on the CPU too
@pytest.mark.parametrize("name", TRIED)
def test_equals_the_cpu(name: str) -> None:
    for mine, theirs in zip(CASES[name]("cuda"), CASES[name]("cpu"), strict=True):
        torch.testing.assert_close(mine.detach().cpu(), theirs.detach())


def test_programs_that_insist_on_cuda() -> None:
    assert torch.cuda.is_available()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = nn.LSTM(2, 2).cuda()
    x = torch.ones(3, 1, 2).to(device)
    model(x)[0].sum().backward()
    assert x.is_cuda
    assert x.device == torch.device("cuda:0")
    assert model.weight_ih_l0.grad.device.type == "cuda"
    assert x.to("cuda") is x
    assert x.cuda() is x
    with torch.autocast("cuda", dtype=torch.bfloat16):
        assert (x @ x.mT).dtype == torch.bfloat16
    torch.cuda.synchronize()
    assert torch.cuda.get_device_name(0) == "Simulated accelerator"


def test_a_lazy_module_is_moved_before_its_first_forward() -> None:
    model = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d()).cuda()
    assert {tensor.device for tensor in (*model.parameters(), *model.buffers())} == {torch.device("cuda:0")}
    assert model[0].weight.is_cuda
    assert model.cpu().cuda()(torch.ones(2, 4, device="cuda")).is_cuda
    assert nn.LazyLinear(3, device="cuda").weight.is_cuda


def test_mixed_devices_are_refused_in_the_name_of_cuda() -> None:
    with pytest.raises(RuntimeError, match=r"found at least two devices, cuda:0 and cpu!"):
        torch.ones(2).cuda() + torch.ones(2)
    with pytest.raises(RuntimeError, match=r"wrapper_CUDA_mm"):
        torch.ones(2, 2).cuda() @ torch.ones(2, 2)
    with pytest.raises(RuntimeError, match=r"torch.cuda.FloatTensor"):
        nn.Conv1d(1, 1, 1)(torch.ones(1, 1, 3).cuda())


def test_the_other_name_is_refused() -> None:
    with pytest.raises(RuntimeError, match="as `cuda`, not as `sim`"):
        install("sim")
