"""What the public checks accept, what they refuse, and what a student reads."""

import pytest
import torch

from torchstone.kit import check
from torchstone.kit.check import CheckFailed, NotWritten


def failure(f, *args, **kwargs):
    with pytest.raises(CheckFailed) as caught:
        f(*args, **kwargs)
    return str(caught.value)


X = torch.randn(4, 4, generator=torch.Generator().manual_seed(1))


def numbers(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


class Square(torch.autograd.Function):
    """x², right."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return 2 * x * upstream


class Deaf(Square):
    """Ignores the upstream gradient."""

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return 2 * x


class LastEntryWrong(Square):
    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        g = 2 * x * upstream
        g.view(-1)[-1] += 1e-3
        return g


def test_close_speaks_like_the_graders_and_names_what_failed():
    check.close(torch.ones(3), torch.ones(3))
    text = failure(check.close, torch.ones(3), torch.tensor([1.0, 1.0, 2.0]), "relu", why="the sign")
    assert text.startswith("✗ relu: 1 of 3 entries differ")
    assert text.endswith("Why it may be: the sign")
    assert "shape 1×3; expected 3" in failure(check.close, torch.ones(1, 3), torch.ones(3))
    assert "float32; expected float64" in failure(check.close, torch.ones(3), torch.ones(3, dtype=torch.float64))


def test_close_allows_rounding_and_no_more():
    want = numbers(50).float()
    check.close(want + 1e-7, want)
    failure(check.close, want + 1e-3, want)


def test_a_forgotten_return_is_suggested():
    assert "is there a `return`" in failure(check.close, None, torch.ones(3))
    assert "is there a `return`" in failure(check.shape, None, (3,))
    assert "is there a `return`" in failure(check.gradient, lambda x: None, numbers(3))
    assert "is there a `return`" in failure(check.backward, lambda x: x, {"x": numbers(3)}, None)


def test_shape():
    check.shape(torch.ones(2, 3), (2, 3))
    assert "the logits has shape 3×2; expected 2×3" in failure(check.shape, torch.ones(3, 2), (2, 3), "the logits")
    assert "shape scalar; expected 1" in failure(check.shape, torch.tensor(1.0), (1,))
    assert "a list; expected a tensor of shape 2" in failure(check.shape, [1.0, 2.0], (2,))


def test_that():
    check.that(torch.tensor(True), "never")
    assert failure(check.that, [], "the mean moved", why="a sum") == "✗ the mean moved\n  Why it may be: a sum"


@pytest.mark.parametrize("f", [Square.apply, torch.sin, lambda x: x @ x.T, lambda x: x.sum(), lambda x: (x, x.exp())])
def test_gradient_accepts_what_is_right(f):
    check.gradient(f, numbers(3, 4))


@pytest.mark.parametrize("wrong", [Deaf, LastEntryWrong])
def test_gradient_refuses_what_is_wrong(wrong):
    assert "against finite differences" in failure(check.gradient, wrong.apply, numbers(3, 4))


def test_gradient_tells_a_backward_that_ignores_its_upstream_gradient():
    assert "the same for every upstream gradient" in failure(check.gradient, Deaf.apply, numbers(4))
    assert "the same for every" not in failure(check.gradient, LastEntryWrong.apply, numbers(4))


def test_gradient_names_the_argument_and_skips_integers():
    def pick(x, index, w):
        return Deaf.apply(w)[index] * x

    index = torch.tensor([0, 2, 1])
    assert "with respect to argument 3" in failure(check.gradient, pick, numbers(3), index, numbers(3))
    check.gradient(lambda x, i: x[i], numbers(3), index)


def test_gradient_tells_a_cut_graph():
    assert "cut the graph" in failure(check.gradient, lambda x: x.detach() * 2, numbers(3))


def test_gradient_accepts_a_constant_in_one_input():
    check.gradient(lambda x, y: x * 2 + 0 * y, numbers(3), numbers(3))


def test_backward_compares_every_gradient_that_was_asked_for():
    inputs = {"X": numbers(3, 2), "W": numbers(2, 4)}
    upstream = numbers(3, 4, seed=1)
    right = {"X": upstream @ inputs["W"].T, "W": inputs["X"].T @ upstream}

    def f(X, W):
        return X @ W

    check.backward(f, inputs, right, upstream)
    assert "of W is missing; the entries are X" in failure(check.backward, f, inputs, {"X": right["X"]}, upstream)
    assert "of X has shape 2×3" in failure(check.backward, f, inputs, {**right, "X": right["X"].T}, upstream)
    text = failure(check.backward, f, inputs, {**right, "W": 2 * right["W"]}, upstream)
    assert "of W, against finite differences" in text
    assert "it is 2 times what it should be" in text


def test_numerical_puts_every_entry_back():
    point = numbers(3, 2)
    before = point.clone()

    def cubes():
        return (point**3).sum()

    slope = check.numerical(cubes, point)
    assert torch.equal(point, before)
    torch.testing.assert_close(slope, 3 * before**2, rtol=1e-8, atol=1e-8)


def test_unchanged_returns_the_result_and_sees_nested_inputs():
    assert check.unchanged(lambda x, y: x + y, 1, 2) == 3
    text = failure(check.unchanged, lambda ws: ws["w"].add_(1), {"w": torch.ones(2)}, name="step")
    assert "step changed its input tensor number 1" in text


def test_own_randomness():
    generator = torch.Generator().manual_seed(0)
    check.own_randomness(lambda n: torch.rand(n, generator=generator), 3)
    assert "global random state" in failure(check.own_randomness, torch.rand, 3)


def test_raises():
    check.raises(TypeError, len, 3)
    assert "expected it to raise TypeError" in failure(check.raises, TypeError, len, [3])


def test_an_exercise_that_holds_says_so(capsys):
    with check.exercise("relu"):
        check.that(True, "")
    assert capsys.readouterr().out == "✓ relu: all public checks hold\n"


def test_an_exercise_names_what_failed_and_prints_nothing(capsys):
    with pytest.raises(CheckFailed, match="✗ relu: too large"), check.exercise("relu"):
        check.that(False, "too large")
    assert capsys.readouterr().out == ""


def test_a_stub_is_not_written_yet():
    with pytest.raises(NotWritten, match="✗ relu: not written yet"), check.exercise("relu"):
        raise NotImplementedError


def test_torch_not_implemented_is_no_stub():
    with pytest.raises(CheckFailed, match="no kernel") as caught, check.exercise("relu"):
        raise NotImplementedError("no kernel for this type")
    assert not isinstance(caught.value, NotWritten)


def test_a_missing_name_points_at_the_answer_cell():
    with pytest.raises(CheckFailed, match="run the answer cell of `relu` first"), check.exercise("relu"):
        exec("relu(3)", {})


def test_an_exception_keeps_its_text_and_points_at_the_students_line():
    with pytest.raises(CheckFailed) as caught, check.exercise("relu"):
        exec(compile("def relu(x):\n    return x / 0\n\nrelu(1)", "<cell 7>", "exec"), {})
    assert "your code raised ZeroDivisionError: division by zero" in str(caught.value)
    assert caught.value.where is not None
    assert (caught.value.where.cell, caught.value.where.line) == ("cell 7", 2)


def test_a_line_of_a_library_is_not_the_students():
    with pytest.raises(CheckFailed) as caught, check.exercise("mm"):
        exec(compile("import torch\nf = torch.nn.Linear(2, 3)\nf(torch.ones(5))", "<cell 3>", "exec"), {})
    assert caught.value.where is not None
    assert (caught.value.where.cell, caught.value.where.line) == ("cell 3", 3)


def test_long_exception_texts_are_cut():
    with pytest.raises(CheckFailed) as caught, check.exercise("relu"):
        raise ValueError("x" * 5000)
    assert len(str(caught.value)) < 600


def test_ipython_shows_the_message_alone():
    assert CheckFailed("what", why="why").named("relu")._render_traceback_() == [
        "✗ relu: what",
        "  Why it may be: why",
    ]


@pytest.mark.parametrize(
    ("got", "why"),
    [
        (-X, "which difference is taken"),
        (X.T, "Rows and columns have changed places"),
        (2 * X, "added up twice"),
        (X.exp(), ""),
        (X.double(), ""),
    ],
)
def test_a_cause_that_one_set_of_inputs_can_tell_is_told(got, why):
    with pytest.raises(check.CheckFailed) as failure:
        check.close(got, X)
    assert why in failure.value.why
    assert bool(why) == bool(failure.value.why)


def test_the_authors_reason_comes_before_a_guess():
    with pytest.raises(check.CheckFailed) as failure:
        check.close(-X, X, why="the author's own words")
    assert failure.value.why == "the author's own words"
