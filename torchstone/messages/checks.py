"""What a public check in a student's own notebook says: what failed → where → why it may be."""

from __future__ import annotations

from collections.abc import Sequence

from torchstone.messages._message import Kind, message

Shape = Sequence[int]


def sizes(shape: Shape) -> str:
    """«7×5»; «scalar» where there is no axis."""
    return "×".join(map(str, shape)) or "scalar"


# ---- how a failure is laid out --------------------------------------------------------------------------------------


@message(Kind.FRAGMENT, {"exercise": "dropout", "what": "the result has shape 2; expected 3"})
def failed(exercise: str, what: str) -> str:
    return f"✗ {exercise}: {what}" if exercise else f"✗ {what}"


@message(Kind.FRAGMENT, {"cell": "cell 7", "line": 3, "code": "return x"})
def where(cell: str, line: int, code: str) -> str:
    return f"Where: {cell}, line {line}: {code}"


@message(Kind.FRAGMENT, {"why": "is there a `return` at the end of the function?"})
def why(why: str) -> str:
    return f"Why it may be: {why}"


@message(Kind.FRAGMENT, {"exercise": "dropout"})
def holds(exercise: str) -> str:
    return f"✓ {exercise}: all public checks hold"


# ---- the student's code did not run ---------------------------------------------------------------------------------


@message(Kind.FRAGMENT)
def not_written() -> str:
    return "not written yet: put your code in place of `raise NotImplementedError()`, run that cell, then this one"


@message(Kind.FRAGMENT, {"type_name": "ValueError", "text": "x is empty"})
def raised(type_name: str, text: str) -> str:
    return f"your code raised {type_name}: {text}"


@message(Kind.FRAGMENT, {"type_name": "ValueError", "text": "x is empty"})
def exception(type_name: str, text: str) -> str:
    """An exception in its own words."""
    return f"{type_name}: {text}"


@message(Kind.FRAGMENT, {"exercise": "dropout"})
def run_the_cell_first(exercise: str) -> str:
    return f"run the answer cell of `{exercise}` first (the cell above this one); if it ran, check the spelling"


@message(Kind.FRAGMENT, {"what": "ValueError: x is empty"})
def cell_could_not_run(what: str) -> str:
    return f"its cell could not run: {what}"


@message(Kind.FRAGMENT)
def mend_that_cell_first() -> str:
    return "mend that cell first"


@message(Kind.FRAGMENT)
def ask_for_the_device_first() -> str:
    return "restart the kernel, and ask for the device before anything else"


# ---- values ---------------------------------------------------------------------------------------------------------


@message(Kind.FRAGMENT, {"name": "the result", "got": "a list", "want": (7, 2)})
def not_a_tensor(name: str, got: str, want: Shape) -> str:
    return f"{name} is {got}; expected a tensor of shape {sizes(want)}"


@message(Kind.FRAGMENT, {"name": "the result", "got": (2, 7), "want": (7, 2)})
def other_shape(name: str, got: Shape, want: Shape) -> str:
    return f"{name} has shape {sizes(got)}; expected {sizes(want)}"


@message(Kind.FRAGMENT, {"name": "the result", "what": "float64; expected float32"})
def differs(name: str, what: str) -> str:
    return f"{name}: {what}"


@message(Kind.FRAGMENT, {"name": "the gradient", "got": "a list"})
def no_tensor_returned(name: str, got: str) -> str:
    return f"{name}: the function returned {got}; expected a tensor"


@message(Kind.FRAGMENT)
def forgotten_return() -> str:
    return "is there a `return` at the end of the function?"


@message(Kind.FRAGMENT, {"name": "relu", "number": 1})
def input_changed(name: str, number: int) -> str:
    return f"{name} changed its input tensor number {number}"


@message(Kind.FRAGMENT)
def wrote_in_place() -> str:
    return "an in-place operation wrote into it (`+=`, `x[mask] = …`, a method that ends in `_`)"


@message(Kind.FRAGMENT, {"name": "dropout"})
def global_randomness(name: str) -> str:
    return f"{name} drew from the global random state"


@message(Kind.FRAGMENT)
def sampler_without_generator() -> str:
    return "a sampler was called without `generator=generator`"


@message(Kind.FRAGMENT, {"name": "my_gradcheck", "kind": "ValueError"})
def did_not_raise(name: str, kind: str) -> str:
    return f"{name} returned; expected it to raise {kind}"


# ---- gradients ------------------------------------------------------------------------------------------------------


@message(Kind.FRAGMENT, {"name": "the gradient"})
def detached(name: str) -> str:
    return f"{name}: the result does not depend on the input as far as autograd can see"


@message(Kind.FRAGMENT)
def cut_graph() -> str:
    return "`.detach()`, `.data`, `.item()`, `torch.tensor(...)` or numpy cut the graph"


@message(Kind.FRAGMENT)
def upstream_ignored() -> str:
    return "it is the same for every upstream gradient; the chain rule multiplies by the one `backward` is given"


@message(Kind.FRAGMENT, {"name": "the gradient", "number": 2})
def with_respect_to(name: str, number: int) -> str:
    return f"{name} with respect to argument {number}"


@message(Kind.FRAGMENT, {"name": "the gradient", "key": "W1"})
def gradient_of(name: str, key: str) -> str:
    return f"{name} of {key}"


@message(Kind.FRAGMENT, {"name": "the gradient", "got": "a list", "keys": ["W1", "b1"]})
def not_a_dictionary(name: str, got: str, keys: Sequence[str]) -> str:
    return f"{name}: the gradients are {got}; expected a dictionary with {', '.join(keys)}"


@message(Kind.FRAGMENT, {"label": "the gradient of W1", "there": ["b1"]}, {"label": "the gradient of W1", "there": []})
def missing_gradient(label: str, there: Sequence[str]) -> str:
    return f"{label} is missing; the entries are {', '.join(there) or 'none'}"


@message(Kind.FRAGMENT, {"name": "the gradient"})
def against_differences(name: str) -> str:
    return f"{name}, against finite differences"


@message(Kind.FRAGMENT, {"name": "the gradient", "gap": 0.25, "scale": 2.0})
def off_by(name: str, gap: float, scale: float) -> str:
    return f"{name}: off by {gap:.2g}, where the largest entry is {scale:.2g}"
