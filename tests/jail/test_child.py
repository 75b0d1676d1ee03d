"""What a program in the jail can do, and how its failures come back."""

import collections

import pytest
import torch

from torchstone import wire
from torchstone.errors import NotData
from torchstone.jail import ChildLost, StudentRaised
from torchstone.model import Cell

SECONDS = 20.0


def test_a_function_answers_by_value(load):
    child = load("def double(x, times=2): return {'twice': x * times, 'text': str(times)}")
    answer = child.call("double", [torch.arange(3)], {"times": 3}, SECONDS)
    assert answer.value["twice"].tolist() == [0, 3, 6]
    assert answer.value["text"] == "3"
    assert answer.devices == {"cpu"}
    assert answer.mutated == ()


def test_cells_share_one_notebook(load):
    child = load("import torch\nscale = 3", "def f(x): return x * scale + (__name__ == '__main__')")
    assert child.call("f", [1], {}, SECONDS).value == 4


def test_objects_are_reached_by_dots(load):
    child = load("class Net:\n    @staticmethod\n    def forward(x): return -x\nnet = Net()")
    assert child.call("net.forward", [2], {}, SECONDS).value == -2


def test_inputs_that_are_changed_are_reported_by_their_place(load):
    child = load("def f(a, b, c, *, d):\n    b[0].mul_(2); d.fill_(float('nan')); c.resize_(1)")
    nan = torch.tensor([float("nan"), 1.0])
    mutated = child.call("f", [nan, [torch.ones(2)], torch.ones(3)], {"d": torch.ones(1)}, SECONDS).mutated
    assert mutated == (1, 2, 3)


def test_strides_and_generators_arrive(load):
    child = load("import torch\ndef f(x, g): return [x.stride(), torch.randn(3, generator=g)]")
    generator = torch.Generator().manual_seed(3)
    strides, drawn = child.call("f", [torch.ones(2, 3).t(), generator], {}, SECONDS).value
    assert strides == (1, 3)
    assert torch.equal(drawn, torch.randn(3, generator=generator))


def test_a_scenario_runs_beside_the_program(load):
    child = load("import torch.nn as nn\ndef make(): return nn.Linear(2, 1)\ncount = 0")
    source = (
        "def drive(code, values, x):\n"
        "    net = code.make()\n"
        "    parameters = fill(net, values)\n"
        "    F.mse_loss(net(x), x[:, :1]).backward()\n"
        "    return [p.grad for p in parameters], math.pi, list(itertools.repeat(code.count, 2))\n"
    )
    gradients, pi, repeated = child.run(
        source, "drive", [[torch.ones(1), torch.ones(1, 2)], torch.eye(2)], {}, SECONDS
    ).value
    assert [g.shape for g in gradients] == [(1,), (1, 2)]
    assert (round(pi, 2), repeated) == (3.14, [0, 0])


def test_a_scenario_cannot_change_the_program(load):
    child = load("x = 1")
    with pytest.raises(StudentRaised) as caught:
        child.run("def f(code): code.x = 2", "f", [], {}, SECONDS)
    assert caught.value.type_name == "AttributeError"


def raised(child, name, *arguments):
    with pytest.raises(StudentRaised) as caught:
        child.call(name, arguments, {}, SECONDS)
    return caught.value


def test_what_the_student_raises_is_told_with_cell_line_and_code(load):
    error = raised(
        load("x = 1", "import torch\ndef f(a):\n    return torch.ones(2) @ a   # oops\n"), "f", torch.ones(3)
    )
    assert (error.kind, error.type_name, error.cell, error.line) == ("raised", "RuntimeError", "cell 2", 3)
    assert error.code == "return torch.ones(2) @ a   # oops"
    assert "inconsistent tensor size" in error.text


def test_a_missing_name_a_misfit_and_a_module_are_told_apart(load):
    child = load("import torch.nn as nn\ndef make(): return nn.Linear(2, 1)\ndef typo(): return undefined")
    missing = raised(child, "forward")
    assert (missing.kind, missing.text) == ("missing", "forward")
    assert raised(child, "typo").kind == "raised"
    module = raised(child, "make")
    assert (module.kind, module.text) == ("notdata", "a Linear")
    with pytest.raises(StudentRaised) as caught:
        child.run("def f(code): fill(code.make(), [torch.ones(3)])", "f", [], {}, SECONDS)
    assert caught.value.kind == "misfit"
    assert caught.value.text == "parameters of shapes 1×2, 1; expected 3"


def test_texts_of_an_exception_are_bounded_and_printable(load):
    child = load(
        "def long(): raise ValueError('x' * 10**6)\n"
        "def controls(): raise ValueError('a\\x1b[31mb\\ud800')\n"
        "def base(): raise BaseException('stop')\n"
        "def leave(): raise SystemExit(0)\n"
        "class Evil(Exception):\n    def __str__(self): raise SystemExit\n"
        "def evil(): raise Evil\n"
        "def deep(): return deep()\n"
    )
    assert raised(child, "long").text == "x" * 300
    assert raised(child, "controls").text == "a�[31mb?"
    assert raised(child, "base").type_name == "BaseException"
    assert raised(child, "leave").type_name == "SystemExit"
    assert raised(child, "evil").text == "(its message could not be read)"
    deep = raised(child, "deep")
    assert (deep.type_name, deep.cell, deep.line) == ("RecursionError", "cell 1", 8)


def test_a_broken_cell_does_not_take_the_others(child):
    cells = ["a = 1", "def f(:\n    pass", "b = a + 1\nc = 1 / 0", "raise SystemExit", "def g(): return a + b"]
    broken = child.load([Cell(f"cell-{i}", i, text) for i, text in enumerate(cells, 1)], SECONDS)
    assert [(b.cell, b.line, b.code) for b in broken] == [
        ("cell 2", 1, "def f(:"),
        ("cell 3", 2, "c = 1 / 0"),
        ("cell 4", 1, "raise SystemExit"),
    ]
    assert broken[0].message.startswith("SyntaxError")
    assert broken[1].message == "ZeroDivisionError: division by zero"
    assert child.call("g", [], {}, SECONDS).value == 3


def test_what_one_process_compiled_runs_in_another_as_if_it_were_compiled_there(zygote):
    texts = ["a = 1", "def f(:\n    pass", "b = a\nc = 1 / 0", "assert (a, 'warns')", "def g():\n    return h()"]
    cells = [Cell(f"cell-{i}", i, text) for i, text in enumerate(texts, 1)]
    with zygote.spawn() as first, zygote.spawn() as second, zygote.spawn() as third:
        code = first.compile(cells, SECONDS)
        assert code
        assert first.output == ""
        assert second.load(cells, SECONDS, code) == third.load(cells, SECONDS)
        assert "SyntaxWarning" in second.output
        assert second.output == third.output
        for child in (second, third):
            with pytest.raises(StudentRaised) as caught:
                child.call("g", [], {}, SECONDS)
            assert (caught.value.cell, caught.value.line, caught.value.code) == ("cell 5", 2, "return h()")


def test_a_cell_that_cannot_be_sent_is_broken(child):
    (broken,) = child.load([Cell("a", 1, "#" * (wire.MAX_STRING + 1)), Cell("b", 2, "x = 1")], SECONDS)
    assert broken.cell == "cell 1"
    assert child.alive


def test_the_cell_that_takes_the_process_down_is_named(child):
    with pytest.raises(ChildLost) as caught:
        child.load([Cell("a", 1, "x = 1"), Cell("b", 2, "import os\nos._exit(3)"), Cell("c", 3, "y = 1")], SECONDS)
    assert (caught.value.reason, caught.value.cell) == ("died", "cell 2")
    with pytest.raises(ChildLost) as again:
        child.call("f", [], {}, SECONDS)
    assert again.value is caught.value


def test_every_call_starts_calm(load):
    child = load(
        "import torch, random, warnings, numpy as np\n"
        "def upset():\n"
        "    torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False)\n"
        "    torch.set_default_device('meta'); torch.use_deterministic_algorithms(True)\n"
        "    warnings.simplefilter('error'); torch.set_num_threads(2)\n"
        "def state():\n"
        "    x = torch.ones(1, requires_grad=True) * 2\n"
        "    return [x.dtype, x.requires_grad, x.device, torch.are_deterministic_algorithms_enabled(),\n"
        "            torch.get_num_threads(), torch.rand(1).item(), random.random(), float(np.random.rand()),\n"
        "            [(action, kind.__name__) for action, _, kind, _, _ in warnings.filters]]\n"
    )
    first = child.call("state", [], {}, SECONDS).value
    child.call("upset", [], {}, SECONDS)
    assert child.call("state", [], {}, SECONDS).value == first
    assert first[:5] == ["torch.float32", True, "cpu", False, 1]
    kinds = ["ResourceWarning", "ImportWarning", "PendingDeprecationWarning", "DeprecationWarning"]
    assert first[8] == [("default", "DeprecationWarning"), *(("ignore", kind) for kind in kinds)]


def test_what_is_printed_is_kept_and_costs_nothing(load):
    child = load(
        "import sys, warnings\n"
        "def f():\n"
        "    print('out'); print('no newline', end=''); warnings.warn('careful'); display(7)\n"
        "    print('é\\udc80', file=sys.stderr)\n"
        "    return 1\n"
    )
    assert child.call("f", [], {}, SECONDS).value == 1
    assert "out\n" in child.output
    assert "no newline" in child.output
    assert "careful" in child.output


def test_output_is_kept_up_to_the_limit(load):
    child = load("def f():\n    for _ in range(1000): print('x' * 1000)\n    return 1")
    assert child.call("f", [], {}, SECONDS).value == 1
    assert child.output.startswith("xxx")
    assert len(child.output) == 16 * 1024


def test_input_has_nobody_to_ask(load):
    error = raised(load("def f(): return input('name? ')"), "f")
    assert (error.type_name, error.text) == ("EOFError", "input() has nobody to ask while a notebook is graded")


def test_a_function_can_look_at_its_own_source(load):
    child = load("x = 1", "import inspect\ndef f(): return inspect.getsource(f)")
    assert child.call("f", [], {}, SECONDS).value == "def f(): return inspect.getsource(f)"


def test_files_threads_and_pickles_of_its_own_work(load):
    child = load(
        "import torch, threading\n"
        "class Net(torch.nn.Linear): pass\n"
        "def files():\n"
        "    torch.save(torch.arange(3), 'x.pt'); return torch.load('x.pt')\n"
        "def module():\n"
        "    torch.save(Net(1, 1), 'n.pt'); return type(torch.load('n.pt', weights_only=False)) is Net\n"
        "def threads():\n"
        "    found = []\n"
        "    t = threading.Thread(target=lambda: found.append(1)); t.start(); t.join()\n"
        "    return found\n"
    )
    assert child.call("files", [], {}, SECONDS).value.tolist() == [0, 1, 2]
    assert child.call("module", [], {}, SECONDS).value is True
    assert child.call("threads", [], {}, SECONDS).value == [1]


def test_a_judge_that_sends_what_is_not_data_hears_of_it_and_the_child_lives(load):
    child = load("def f(x): return x")
    with pytest.raises(NotData):
        child.call("f", [object()], {}, SECONDS)
    assert child.call("f", [1], {}, SECONDS).value == 1


Pair = collections.namedtuple("Pair", "left right")


def test_named_tuples_come_back_as_records(load):
    child = load("import collections\nPair = collections.namedtuple('Pair', 'left right')\ndef f(): return Pair(1, 2)")
    value = child.call("f", [], {}, SECONDS).value
    assert isinstance(value, wire.Record)
    assert (value.kind, value.left, value[1]) == ("Pair", 1, 2)


def test_processor_time_is_told_by_the_kernel(zygote):
    with zygote.spawn() as child:
        child.load(
            [Cell("a", 1, "import time\nt = time.process_time()\nwhile time.process_time() < t + 0.3: pass")], 20
        )
    assert child.cpu_seconds >= 0.3
    assert not child.alive


def test_each_child_starts_anew(zygote):
    with zygote.spawn() as first, zygote.spawn() as second:
        first.load([Cell("a", 1, "import torch\ntorch.planted = 1\nopen('mark', 'w').close()")], SECONDS)
        second.load([Cell("a", 1, "import os, torch\ndef f(): return hasattr(torch, 'planted'), os.listdir('.')")], 20)
        assert second.call("f", [], {}, SECONDS).value == (False, [])
