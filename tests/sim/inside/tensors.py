"""The tensors of the device as objects: moved, copied, pickled, printed, pinned; and the log of what they did."""

import copy
import io
import pickle
import threading
from collections.abc import Callable

import pytest
import torch
from torch import nn

from torchstone import sim
from torchstone.sim import Births, explain, watch


def ones(*shape: int) -> torch.Tensor:
    return torch.ones(*shape, device="sim")


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.bool, torch.complex64]
)
def test_there_and_back_is_the_same_plain_tensor(dtype: torch.dtype) -> None:
    before = torch.tensor([0, 1, 1, 0]).to(dtype)
    after = before.to("sim").to("cpu")
    assert type(after) is torch.Tensor
    assert torch.equal(before, after)
    assert after.dtype == dtype


def test_a_move_copies() -> None:
    here = torch.zeros(3)
    there = here.to("sim")
    there += 1
    assert here.tolist() == [0, 0, 0]
    back = there.cpu()
    back += 1
    assert there.tolist() == [1, 1, 1]
    assert there.to("sim") is there


def test_strides_survive_the_move() -> None:
    x = torch.arange(12.0).reshape(3, 4).t()[::2]
    moved = torch.empty_strided(x.size(), x.stride(), device="sim").copy_(x)
    assert moved.stride() == x.stride()
    assert torch.equal(moved.cpu(), x)


def test_gradients_flow_through_a_move() -> None:
    x = torch.ones(3, requires_grad=True)
    (x.to("sim") * 2).cpu().sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2, 2, 2]
    assert x.grad.device.type == "cpu"


def test_to_meta_and_from_meta() -> None:
    assert ones(2).to("meta").device.type == "meta"
    assert nn.Linear(2, 2, device="meta").to_empty(device="sim").weight.device.type == "sim"


@pytest.mark.parametrize(
    "make", [torch.empty_like, torch.ones_like, torch.rand_like, lambda x, **kwargs: x.new_zeros(2, **kwargs)]
)
def test_made_like_a_tensor_but_elsewhere(make: Callable[..., torch.Tensor]) -> None:
    for device in ("meta", "cpu", "sim"):
        assert make(ones(2), device=device).device.type == device
        assert make(torch.ones(2), device=device).device.type == device


def test_a_deepcopy_has_memory_of_its_own_and_keeps_ties() -> None:
    x = ones(4)
    pair = copy.deepcopy([x, x[:2]])
    pair[0][0] = 9
    assert pair[1].tolist() == [9, 1]
    assert x.tolist() == [1, 1, 1, 1]


def test_pickles_and_saves() -> None:
    x = ones(2, 3).t()
    twin = pickle.loads(pickle.dumps(x))
    assert (twin.device.type, twin.stride(), twin.tolist()) == ("sim", x.stride(), x.tolist())
    buffer = io.BytesIO()
    torch.save([x, x[0], torch.ones(1)], buffer)
    buffer.seek(0)
    whole, part, other = torch.load(buffer)
    whole[0, 0] = 7
    assert part[0] == 7  # still one memory
    assert other.device.type == "cpu"


def test_an_optimizer_made_before_the_move_steps_the_moved_weights() -> None:
    model = nn.Linear(2, 1)
    sgd = torch.optim.SGD(model.parameters(), 1.0)
    before = model.weight.detach().clone()
    model.to("sim")
    model(ones(1, 2)).sum().backward()
    sgd.step()
    assert torch.allclose(model.weight.cpu(), before - 1)


def test_a_moved_gradient_follows_its_parameter() -> None:
    model = nn.Linear(2, 1)
    model(torch.ones(1, 2)).sum().backward()
    model.to("sim")
    assert model.weight.grad is not None
    assert model.weight.grad.device.type == "sim"
    model.cpu()
    assert type(model.weight.grad) is torch.Tensor


def test_prints_its_device() -> None:
    assert repr(ones(1)) == "tensor([1.], device='sim:0')"
    assert repr(ones(1).requires_grad_()) == "tensor([1.], device='sim:0', requires_grad=True)"
    assert "grad_fn=<MulBackward0>" in str(ones(1).requires_grad_() * 2)
    assert repr(nn.Linear(1, 1, device="sim").bias).startswith("Parameter containing:\ntensor([")


def test_is_not_exactly_a_tensor() -> None:
    """A known difference from CUDA, in docs/devices.md."""
    assert isinstance(ones(1), torch.Tensor)
    assert type(ones(1)) is not torch.Tensor


def test_the_backend_module() -> None:
    assert torch.sim.is_available()
    assert torch.sim.device_count() == 1
    assert torch.sim.get_device_name() == "Simulated accelerator"
    assert torch.accelerator.current_accelerator() == torch.device("sim")
    start, end = torch.sim.Event(enable_timing=True), torch.sim.Event(enable_timing=True)
    start.record()
    end.record()
    assert start.elapsed_time(end) >= 0
    with torch.sim.device(0), torch.sim.stream(torch.sim.Stream()):
        torch.sim.current_stream().synchronize()
    state = torch.sim.get_rng_state()
    first = torch.rand(2, device="sim")
    torch.sim.set_rng_state(state)
    assert torch.equal(first, torch.rand(2, device="sim"))


def test_a_seed_gives_the_cpus_stream() -> None:
    for device in ("cpu", "sim"):
        torch.manual_seed(5)
        assert torch.randn(3, device=device).tolist() == torch.randn(3, generator=torch.manual_seed(5)).tolist()


def test_generators_are_told_apart() -> None:
    here, there = torch.Generator(), torch.Generator("sim")
    assert isinstance(here, torch.Generator)
    assert isinstance(there, torch.Generator)
    assert (here.device.type, there.device.type) == ("cpu", "sim")


def test_pinning_is_a_mark_on_cpu_tensors() -> None:
    x = torch.ones(2)
    assert not x.is_pinned()
    assert x.pin_memory().is_pinned()
    assert not ones(2).is_pinned()


def test_backward_in_a_thread_of_the_students() -> None:
    x = ones(2).requires_grad_()
    thread = threading.Thread(target=lambda: (x * 3).sum().backward())
    thread.start()
    thread.join()
    assert x.grad is not None
    assert x.grad.tolist() == [3, 3]


# Made, copied, written to ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda device: torch.empty(2, 3, device=device, dtype=torch.int64),
        lambda device: torch.empty(2, 3, 4, 5, device=device, memory_format=torch.channels_last, pin_memory=False),
        lambda device: torch.empty_strided((2, 3), (1, 2), device=device),
        lambda device: torch.scalar_tensor(3.5, device=device, dtype=torch.float64),
        lambda device: torch.ones(2, 3, device=device).t()[::2].double(),
        lambda device: torch.ones(2, 3, device=device).expand(5, 2, 3).to(torch.float16, copy=True),
        lambda device: torch.ones(2, 3, 4, 5).to(device, memory_format=torch.channels_last),
        lambda device: torch.ones(2, 3, device=device).t().cpu(),
    ],
)
def test_sizes_strides_and_types_are_the_cpus(make: Callable[[str], torch.Tensor]) -> None:
    on_device, on_cpu = make("sim"), make("cpu")
    assert (on_device.shape, on_device.stride(), on_device.dtype) == (on_cpu.shape, on_cpu.stride(), on_cpu.dtype)


def test_a_number_that_is_written_takes_the_tensors_type() -> None:
    for dtype, value in ((torch.float64, 2), (torch.int64, 1.7), (torch.bool, 3), (torch.complex64, 1j)):
        expected, written = torch.zeros(2, 3, dtype=dtype), torch.zeros(2, 3, dtype=dtype, device="sim")
        for tensor in (expected, written):
            tensor[0, 1] = value
            tensor[:, 2] = value
        assert written.tolist() == expected.tolist()
    with pytest.raises(RuntimeError, match="without overflow"):
        torch.zeros(3, dtype=torch.uint8, device="sim")[0] = 300


def test_autograd_sees_that_a_number_was_written() -> None:
    x = ones(3).requires_grad_().clone()
    y = x * x
    x[0] = 1.0
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


# The log --------------------------------------------------------------------------------------------------------------


def test_moves_and_synchronisations_are_logged_with_their_lines() -> None:
    with watch() as log:
        x = torch.ones(2, 3).to("sim")  # up
        x.cpu()  # down
        x.sum().item()  # wait
        x[x > 0]  # by mask
        torch.sim.synchronize()  # asked for
    assert [(move.to, move.shape, move.in_backward) for move in log.moves] == [
        ("device", (2, 3), False),
        ("cpu", (2, 3), False),
    ]
    assert [sync.operation for sync in log.syncs] == ["item", "index by a mask", "synchronize"]
    lines = [event.place.code.rpartition("# ")[2] for event in (*log.moves, *log.syncs) if event.place]
    assert lines == ["up", "down", "wait", "by mask", "asked for"]
    assert log.operations >= 5


def test_a_log_ends_with_its_watch_and_watches_nest() -> None:
    x = ones(2)
    with watch() as outer:
        with watch() as inner:
            x.cpu()
        x.cpu()
    x.cpu()
    assert (len(outer.moves), len(inner.moves)) == (2, 1)


def test_files_can_be_left_out() -> None:
    with watch(skip=[__file__]) as log:
        ones(2).cpu()
    assert log.moves[0].place is None or log.moves[0].place.file != __file__


def test_a_fault_in_a_watch_is_logged() -> None:
    with watch() as log, pytest.raises(RuntimeError):
        ones(2) + torch.ones(2)
    assert [fault.operation for fault in log.faults] == ["aten.add.Tensor"]


GLOBAL_MASK = torch.ones(2, 2)


def test_a_global_is_found_by_name() -> None:
    with pytest.raises(RuntimeError) as caught:
        ones(2, 2) * GLOBAL_MASK
    explanation = explain(caught.value)
    assert explanation is not None
    assert explanation.text.startswith("Move `GLOBAL_MASK` to where it is used, `.to(x.device)`")


def test_a_birth_is_inherited_by_what_is_computed() -> None:
    with Births():
        base = torch.ones(2, 2)  # born here
        mask = base.tril().T
    with pytest.raises(RuntimeError) as caught:
        ones(2, 2) * mask
    explanation = explain(caught.value)
    assert explanation is not None
    assert explanation.cause is not None
    assert explanation.cause.code.endswith("# born here")


def test_other_accelerators_by_name() -> None:
    for attempt in (lambda: ones(1).cuda(), lambda: torch.zeros(1, device="cuda"), lambda: nn.Linear(1, 1).cuda()):
        with pytest.raises((RuntimeError, AssertionError)) as caught:
            attempt()
        explanation = explain(caught.value)
        assert explanation is not None
        assert explanation.kind == "named"
        assert "x.device" in explanation.text


def test_errors_of_other_kinds_are_not_explained() -> None:
    assert explain(ValueError("CUDA out of luck")) is None
    with pytest.raises(RuntimeError) as caught:
        ones(2, 3) @ ones(2, 3)
    assert explain(caught.value) is None


def test_an_object_that_raises_when_touched_does_not_hide_the_fault() -> None:
    class Prickly:
        @property
        def __dict__(self) -> dict:
            raise ValueError("do not touch")

    prickly = Prickly()
    with pytest.raises(RuntimeError, match="same device"):
        ones(2) + torch.ones(2)
    assert prickly is not None


def test_public_names() -> None:
    assert sim.is_installed()
    assert all(getattr(sim, name) is not None for name in sim.__all__)
