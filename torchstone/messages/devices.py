"""Mistakes with devices: what to do, and why, about the tensor that was in the wrong place."""

from __future__ import annotations

from typing import Final

from torchstone.messages._message import Kind, message

_NAMES: Final = {
    "mixed": "a tensor on the CPU",
    "numpy": "a detour through NumPy",
    "named": "a device asked for by name",
    "generator": "a generator of the CPU",
    "host": "an argument that belongs on the CPU",
    "elsewhere": "a result on another device",
}


@message(Kind.LABEL, *({"kind": kind} for kind in _NAMES))
def name(kind: str) -> str:
    """What a mistake is called."""
    return _NAMES[kind]


@message(Kind.ADVICE, {"torch_says": "Expected all tensors to be on the same device, but found two."})
def everything_on_the_inputs_device(torch_says: str) -> str:
    return f"Make every tensor on the device of the input, with `device=x.device`. PyTorch says: {torch_says}"


@message(Kind.ADVICE, {"name": "`scale`"})
def make_it_a_parameter(name: str) -> str:
    return f"Make {name} an `nn.Parameter`, so that it moves with its module."


@message(Kind.ADVICE, {"name": "`self.mean`", "attribute": "mean"})
def register_it(name: str, attribute: str) -> str:
    call = f'`self.register_buffer("{attribute}", ...)`'
    return f"Register {name} as a buffer, {call}, so that it moves with its module."


@message(Kind.ADVICE, {"name": "`self.layers[0].weight`"})
def let_it_move(name: str) -> str:
    return (
        f"Let {name} move with the model: keep layers in attributes or in an `nn.ModuleList` rather than in a "
        "plain list, and make parameters in `__init__` rather than in `forward`."
    )


@message(Kind.ADVICE, {"name": "`MASK`"})
def move_it(name: str) -> str:
    return f"Move {name} to where it is used, `.to(x.device)`, or make it there with `device=x.device`."


@message(Kind.ADVICE, {"name": "the tensor of shape (3,)"})
def make_it_there(name: str) -> str:
    return f"Give {name} `device=x.device` where it is made."


@message(Kind.ADVICE, {"name": ""}, {"name": "`noise`"})
def draw_there(name: str) -> str:
    """`name`: of the random numbers; "" where there are none yet."""
    return (
        f"Draw {name or 'the random numbers'} on the CPU, where the generator is, and then move what was drawn: "
        "`torch.randn(x.shape, generator=generator).to(x.device)`. A generator draws on its own device only."
    )


@message(Kind.ADVICE, {"name": "`state`"})
def leave_it_there(name: str) -> str:
    return f"Keep {name} on the device of the input, or bring it back with `.to(x.device)` before it is used."


@message(Kind.ADVICE, {"inputs": "sim:0"})
def keep_lengths_on_the_cpu(inputs: str) -> str:
    return (
        f"Give `lengths` on the CPU, `lengths.cpu()`, wherever the sequences are: it was on {inputs}. PyTorch reads "
        "the lengths to plan the batches, before any device computes."
    )


@message(Kind.SENTENCE, {"subject": "`self.mean`", "born": "cell 7, line 3", "others": "sim:0"})
def is_set_there(subject: str, born: str, others: str) -> str:
    return f"{subject}, set in {born}, stays on the CPU when its module is moved, and met tensors on {others}."


@message(Kind.SENTENCE, {"subject": "`state`", "born": "cell 7, line 3", "others": "sim:0"})
def was_moved_to_the_cpu(subject: str, born: str, others: str) -> str:
    return f"{subject} was moved to the CPU in {born}, and met tensors on {others}."


@message(Kind.SENTENCE, {"subject": "The tensor of shape (3,)", "born": "cell 7, line 3", "others": "sim:0"})
def was_made_on_the_cpu(subject: str, born: str, others: str) -> str:
    return f"{subject} was made on the CPU in {born}, and met tensors on {others}."


@message(Kind.SENTENCE, {"subject": "`MASK`", "others": "sim:0"})
def lies_on_the_cpu(subject: str, others: str) -> str:
    return f"{subject} lies on the CPU, and met tensors on {others}."


@message(Kind.ADVICE)
def stay_in_pytorch() -> str:
    return (
        "Stay in PyTorch where you can: NumPy knows the CPU only. Where you need it, copy the values over first, "
        "`x.detach().cpu().numpy()`, and expect that no gradient flows back."
    )


@message(Kind.ADVICE, {"device": ""}, {"device": "sim"})
def take_the_inputs_device(device: str) -> str:
    """`device`: what the accelerator of this program is called; "" where there is none."""
    there = f"the accelerator that this program runs on is called `{device}`"
    none = "the machine that runs this has no device of that name"
    return (
        'Take the device from the input, `x.device`, in place of a device\'s name (`.cuda()`, `"cuda"`, `"mps"`): '
        f"{there if device else none}."
    )


@message(Kind.ADVICE, {"device": "cpu", "inputs": "sim:0"})
def return_it_there(device: str, inputs: str) -> str:
    return (
        f"Return the result on the device of the inputs: it came back on {device}, the inputs were on {inputs}. "
        "A `.cpu()`, or a tensor made without `device=` that results are written into, brings it there."
    )
