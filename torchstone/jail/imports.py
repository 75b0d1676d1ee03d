"""What a zygote imports and warms before it forks, so that no child pays for it. Imports torch when it is told to."""

from __future__ import annotations

import gc
import importlib
import importlib.util

from torchstone.errors import JailError, JailUnavailable


def torch_itself() -> None:
    """Torch with one thread and without its compiler: as judges have it too. Raises JailUnavailable.

    Leaves the collector off, which would walk over all that is imported again and again. Whoever has imported what is
    wanted freezes it, and switches the collector on.
    """
    gc.disable()
    try:
        import torch

        from torchstone import eager
    except ImportError as error:
        raise JailUnavailable(f"the jail's Python cannot import {error.name}: {error}") from error
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    torch.ones(4, 4) @ torch.ones(4, 4)  # asks the processor what it can do
    eager.without_compiler()
    eager.without_stacks()


def worker() -> None:
    """What runs in a child, and torch as every child finds it: nothing compiled."""
    import torch

    from torchstone import eager
    from torchstone.jail import worker
    from torchstone.jail.calm import calm

    torch.compile = worker.run_as_it_stands
    torch.use_deterministic_algorithms = eager.use_deterministic_algorithms
    calm()


def require(name: str) -> None:
    """Refuse at once what the interpreter does not have, before seconds go into importing torch."""
    package = name.partition(".")[0]
    if importlib.util.find_spec(package) is None:
        raise JailError(f"jail.preload: there is no module {package} (for {name}) in the jail's Python")


def preload(name: str) -> None:
    """Import a module of `jail.preload`. Raises JailError with its name."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise JailError(f"jail.preload: there is no module {error.name} (for {name}) in the jail's Python") from error
    except Exception as error:
        raise JailError(f"jail.preload: {name} cannot be imported in the jail: {error}") from error


def warm() -> None:
    """Do once what torch puts off, so that no child pays for it. Never a backward pass: with an accelerator registered,
    autograd would start threads and refuse to run in every child.
    """
    import io

    import torch

    layer = torch.nn.Linear(3, 3)
    for optimizer in (torch.optim.SGD, torch.optim.Adam):
        made = optimizer(layer.parameters(), lr=0.1)
        for parameter in layer.parameters():
            parameter.grad = torch.ones_like(parameter)
        made.step()
    torch.nn.functional.cross_entropy(layer(torch.ones(2, 3)), torch.tensor([0, 1]))
    torch.nn.Conv2d(1, 1, 3)(torch.ones(1, 1, 4, 4))
    torch.nn.LSTM(2, 2)(torch.ones(1, 1, 2))
    torch.func.vmap(torch.sin)(torch.ones(2))
    next(iter(torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(2)), shuffle=True)))
    repr(torch.ones(2))
    buffer = io.BytesIO()
    torch.save(layer.state_dict(), buffer)
    buffer.seek(0)
    torch.load(buffer)


def require_cuda() -> None:
    """Refuse a torch without CUDA, and one that has started it. Raises JailError."""
    import torch

    if torch.version.cuda is None:
        raise JailUnavailable("no CUDA device here: this build of torch has no CUDA")
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        raise JailError("CUDA was started before the jail's children were made; none of them could use it")


def install_simulator(name: str) -> None:
    """Install the simulated accelerator as `name`, so that forks stay safe. Raises JailError."""
    import torch

    try:
        from torchstone import sim

        install = sim.install
    except (ImportError, AttributeError) as error:
        raise JailError(f"the simulated accelerator cannot be loaded: {error}") from error
    # Autograd makes its pool of device threads on the first backward pass, one for each device: now there is none,
    # so that the pool stays empty and every later fork is safe.
    leaf = torch.ones((), requires_grad=True)
    torch.autograd.grad(leaf.neg(), leaf)
    torch.autograd.set_multithreading_enabled(False)
    try:
        install(name)
    except sim.InstallError as error:
        raise JailError(f"the simulated accelerator cannot be installed as {name}: {error}") from error
