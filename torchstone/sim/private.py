"""Every private API of torch that this package stands on, each with its reason.

No other module of the package touches a name of torch that begins with an underscore (operators such as
`aten::_to_copy` apart: they are the dispatcher's public currency). A new release of torch is met by reading this
page and running the equality tests. `pose.py` adds one more, a registry inside `libc10.so`, and says so there.
"""

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

#: The type of an operator, for annotations.
OpOverload: TypeAlias = torch._ops.OpOverload

#: The class that C++ makes generators of. `torch.Generator` itself is replaced by a factory (generators.py).
RawGenerator: Final = torch._C.Generator

#: Says "no `__torch_function__` here": a SimTensor must not pay for, or be seen by, function overriding.
NO_TORCH_FUNCTION: Final = torch._C._disabled_torch_function_impl

#: What `torch.load` calls to rebuild a dense tensor, and a parameter, from their storages.
rebuild_tensor_v2: Final[Callable[..., Tensor]] = torch._utils._rebuild_tensor_v2
rebuild_parameter: Final[Callable[..., Tensor]] = torch._utils._rebuild_parameter

#: Makes a tensor of a subclass, without memory of its own: (class, sizes, strides, storage offset, None, dtype, layout,
#: device, pinned, requires_grad). By position, which torch reads faster than names. Why private: it is the one way to a
#: subclass that says it is on another device than its data.
make_wrapper: Final[Callable[..., Any]] = Tensor._make_wrapper_subclass

_AUTOCAST: Final = "AutocastPrivateUse1"


def follow(wrapper: Tensor, raw: Tensor) -> None:
    """Give the wrapper the sizes and strides that an in-place operation gave its raw tensor (`t_`, `resize_`, `out=`).

    Why private: `set_` must run as it does for a tensor on the meta device, below autograd, without dispatching
    back to Python. Torch's own functionalisation does the same.
    """
    if (wrapper.size(), wrapper.stride(), wrapper.storage_offset()) == (raw.size(), raw.stride(), raw.storage_offset()):
        return
    with torch._C._DisableTorchDispatch():
        before = torch._C._meta_in_tls_dispatch_include()
        torch._C._set_meta_in_tls_dispatch_include(True)
        try:
            with torch._C._AutoDispatchBelowADInplaceOrView():
                storage = Tensor.untyped_storage(wrapper)
                torch.ops.aten.set_.source_Storage_storage_offset(
                    wrapper, storage, raw.storage_offset(), raw.size(), raw.stride()
                )
        finally:
            torch._C._set_meta_in_tls_dispatch_include(before)


def schema_of(operator: OpOverload) -> Any:
    """An operator's arguments and results, with what they alias. Why private: there is no public view of a schema."""
    return operator._schema


def entry_of(operator: OpOverload) -> Callable[..., Any]:
    """What an operator's object calls when it is called. Why private: it saves a call in Python for each operation."""
    return operator._op


def is_in_place(operator: OpOverload) -> bool:
    """Whether an operator writes into its first argument, by torch's naming: `add_`."""
    return str(operator._schema.name).endswith("_")


def pretend_cuda_is_initialized() -> None:
    """Let `torch.cuda`'s own functions pass their check for a driver; for `pose.py`."""
    torch.cuda._lazy_init = lambda: None


def refuse_cuda(why: str) -> None:
    """Let CUDA not start in this process any more. Why private: there is no public switch; all ways in lead here."""

    def refuse() -> None:
        raise RuntimeError(why)

    torch.cuda._lazy_init = refuse


def in_backward() -> bool:
    """Whether autograd's engine is running a backward pass on this thread: says whose move it is."""
    return torch._C._current_graph_task_id() != -1


def text_of(raw: Tensor) -> str:
    """`repr` of a CPU tensor, also while a function transform or a dispatch mode is on."""
    text: str = torch._tensor_str._str(raw)  # type: ignore[no-untyped-call]
    return text


def storage_of(tensor: Tensor) -> torch.UntypedStorage:
    """A tensor's storage. Why private: an uninitialized parameter refuses to tell it, as most things it is asked."""
    with torch._C.DisableTorchFunctionSubclass():
        return tensor.untyped_storage()


def storage_key(raw: Tensor) -> int:
    """The identity of the storage itself: two views of one memory give the same number, also when they are empty."""
    key: int = raw.untyped_storage()._cdata
    return key


def generator_key(generator: torch.Generator) -> int:
    """The identity of the C++ generator: crossing the dispatcher gives it a new Python object."""
    key: int = generator._cdata  # type: ignore[attr-defined]
    return key


def typed_storage(raw: Tensor) -> torch.storage.TypedStorage:
    """The storage as `torch.save` wants it: typed, without the deprecation warning of the public constructor."""
    return torch.storage.TypedStorage(  # type: ignore[no-untyped-call]
        wrap_storage=raw.untyped_storage(), dtype=raw.dtype, _internal=True
    )


def registered_backend() -> str:
    """The name of this process's PrivateUse1 backend: `privateuseone` until somebody registers one."""
    return torch._C._get_privateuse1_backend_name()


def register_backend(name: str, module: object) -> None:
    """Rename PrivateUse1, hang `module` in as `torch.<name>` and give the C++ side its device guard and hooks.

    Why private: it is torch's only way to a backend written in Python alone (the public way needs a C++ extension).
    """
    from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

    _setup_privateuseone_for_python_backend(name, backend_module=module)


#: Function modes to be on during backward passes: torch switches a mode off while it handles a call, `loss.backward()`
#: too, and so it would not see what a student's own `autograd.Function` does.
during_backward: Final[list[TorchFunctionMode]] = []


#: What sees the outputs and their gradients before a backward pass begins with them, and may give other gradients.
before_backward: Final[list[Callable[[Any, Any], Any]]] = []


def after_own_backward(check: Callable[[Any, Any], Any]) -> None:
    """Let `check(function, result)` see, and replace, what the `backward` of every own `autograd.Function` gives.

    Why private: the engine calls the method of a base class that torch does not document.
    """
    base: Any = torch.autograd.function.BackwardCFunction
    plain = base.apply

    @functools.wraps(plain)
    def apply(self: Any, *args: Any) -> Any:
        return check(self, plain(self, *args))

    base.apply = apply


def wanted_device(node: Any, slot: int) -> torch.device | None:
    """The device on which a node of the graph wants its gradient. Why private: it is nowhere public."""
    metadata = getattr(node, "_input_metadata", ())
    return metadata[slot].device if slot < len(metadata) else None


def keep_backward_on_the_calling_thread() -> None:
    """Make every later backward pass run on the thread that asked for it.

    The engine's pool of device threads is made at the first backward pass and sized by the devices known then. One
    pass now, while there is none, keeps it empty for the life of the process: so a parent may fork whatever it ran.
    Without a pool the engine asserts on a device's nodes, unless multithreading is off; that flag is per thread and
    is set around every call. Why private: there is no public switch for a whole process.
    """
    torch.ones((), requires_grad=True).neg().backward()  # type: ignore[no-untyped-call]
    run = torch.autograd.graph._engine_run_backward

    @functools.wraps(run)
    def run_here(outputs: Any, gradients: Any, *args: Any, **kwargs: Any) -> Any:
        for prepare in before_backward:
            gradients = prepare(outputs, gradients)
        with contextlib.ExitStack() as stack:
            stack.enter_context(torch.autograd.set_multithreading_enabled(False))
            for mode in during_backward:
                stack.enter_context(mode)
            return run(outputs, gradients, *args, **kwargs)

    for module in list(sys.modules.values()):  # several modules imported it by name
        if getattr(module, "__dict__", {}).get("_engine_run_backward") is run:
            setattr(module, "_engine_run_backward", run_here)  # noqa: B010 (a module has no such attribute to mypy)
    torch.autograd.set_multithreading_enabled(False)


def rebuild_with(rebuild: Callable[[Any, int, Any, Any], Tensor | None]) -> None:
    """Let `rebuild(storage, offset, size, stride)` answer first when a tensor is unpickled; None leaves it to torch."""
    plain = torch._utils._rebuild_tensor

    def rebuild_tensor(storage: Any, offset: int, size: Any, stride: Any) -> Tensor:
        ours = rebuild(storage, offset, size, stride)
        if ours is not None:
            return ours
        theirs: Tensor = plain(storage, offset, size, stride)  # type: ignore[no-untyped-call]
        return theirs

    torch._utils._rebuild_tensor = rebuild_tensor


def untyped(storage: Any) -> torch.UntypedStorage:
    """The untyped storage inside a typed one, without the deprecation warning of the public way."""
    inner: torch.UntypedStorage = storage._untyped_storage
    return inner


def is_parameter(tensor: Tensor) -> bool:
    """Whether a tensor subclass was made an `nn.Parameter`: such a one keeps its own type and carries a mark."""
    return bool(getattr(tensor, "_is_param", False))


def mark_parameter(tensor: Tensor) -> None:
    """Make a tensor of a subclass an `nn.Parameter`. Why private: an uninitialized one refuses the public way."""
    tensor._is_param = True


@contextlib.contextmanager
def below_autocast() -> Iterator[None]:
    """Call an operator once more, past its autocast rule."""
    keys = torch._C.DispatchKeySet(getattr(torch._C.DispatchKey, _AUTOCAST))
    with torch._C._ExcludeDispatchKeyGuard(keys):
        yield


#: The dispatch keys that kernels are registered under (dispatch.py, amp.py, pose.py).
DEVICE_KEY: Final = "PrivateUse1"
AUTOCAST_KEY: Final = _AUTOCAST

#: What `nn.Module.to` and its kin go through, parameter by parameter (modules.py).
MODULE_APPLY: Final = "_apply"
