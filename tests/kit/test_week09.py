"""Week 9's notebook: its form, its words and figures, and what its public checks accept and refuse."""

import ast
import json
import re
from pathlib import Path

import pytest

from torchstone.kit import localcheck

PATH = Path(__file__).parents[2] / "source" / "week09" / "week09.ipynb"
NOTEBOOK = json.loads(PATH.read_text(encoding="utf-8"))
EXERCISES = (
    "gru_cell",
    "lstm",
    "birnn",
    "masked_cross_entropy",
    "seq2seq",
    "beam_search",
    "bleu",
    "packed_lengths",
)
SOLVED = re.compile(r"( *)### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)


def cells(kind):
    """Id and text of the cells of a kind."""
    return {cell["id"]: "".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == kind}


TEXTS, CODE = cells("markdown"), cells("code")
WORDS = re.findall(
    r"[A-Za-zÀ-ž’'-]{2,}",
    re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|<[^>]*>|\]\([^)]*\)", " ", "\n".join(TEXTS.values()), flags=re.DOTALL),
)


def run(edit, only=None):
    """What the public checks say if every answer cell passes through `edit(exercise, source)`."""
    notebook = json.loads(json.dumps(NOTEBOOK))
    for cell in notebook["cells"]:
        if cell["id"] in EXERCISES:
            cell["source"] = edit(cell["id"], CODE[cell["id"]])
    return localcheck.run(localcheck.cells_of(notebook), only).results


def statuses(edit):
    return {result.exercise: result.status for result in run(edit)}


def test_there_is_enough_to_read_and_every_figure_says_what_it_shows():
    assert len(WORDS) >= 3000
    shown = [
        (name, call)
        for name, source in CODE.items()
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "plots.show"
    ]
    assert len(shown) >= 10
    for name, call in shown:
        (alt,) = [keyword.value for keyword in call.keywords if keyword.arg == "alt"]
        assert len(ast.unparse(alt)) > 80
        assert name.startswith("figure-")


def test_predictions_come_before_what_they_predict():
    ids = [cell["id"] for cell in NOTEBOOK["cells"]]
    pairs = {"puzzle": "puzzle", "bias": "lstm", "shift": "seq2seq", "beam": "beam", "experiment": "experiment"}
    for prediction, figure in pairs.items():
        assert ids.index(f"prediction-{prediction}") < ids.index(f"figure-{figure}")


def test_every_exercise_has_its_section_with_a_convention_or_a_warning():
    for exercise in EXERCISES:
        (section,) = [text for text in TEXTS.values() if f'<a id="{exercise}"></a>' in text]
        assert len(section) > 600
        assert f"](#{exercise})" in TEXTS["title"]
    assert sum(text.count("onvention") for text in TEXTS.values()) >= 6


def test_every_link_to_brains_says_what_kind_it_is():
    labels = re.findall(r"link to brains \(([^)]*)\)", "\n".join(TEXTS.values()))
    assert len(labels) >= 5
    assert all(re.search("analogy|model|evidence|hypothesis", label) for label in labels)


def test_no_word_belittles_the_reader():
    said = {word.lower() for word in WORDS} | set(re.findall(r"\b\w+\b", " ".join(CODE.values()).lower()))
    assert not said & {"simply", "just", "obviously", "trivial", "easily"}


def test_the_exploration_states_its_rubric_of_ten():
    assert sum(int(n) for n in re.findall(r"\| (\d+) \|$", TEXTS["section-exploration"], flags=re.MULTILINE)) == 10


def test_the_solution_passes_every_public_check():
    assert statuses(lambda _, source: source) == dict.fromkeys(EXERCISES, "passed")


def test_stubs_pass_none():
    got = statuses(lambda _, source: SOLVED.sub(r"\1raise NotImplementedError()", source))
    assert got == dict.fromkeys(EXERCISES, "not written")


def test_functions_that_return_nothing_pass_none():
    assert statuses(lambda _, source: SOLVED.sub(r"\1return None", source)) == dict.fromkeys(EXERCISES, "failed")


MISTAKES = [
    ("gru_cell", "z * h + (1 - z) * n", "(1 - z) * h + z * n"),
    ("gru_cell", "x_n + r * h_n", "x_n + (r * h) @ self.W_h[:, 2 * self.hidden :]"),
    ("gru_cell", ", device=x.device", ""),
    ("lstm", "i, f, o, g = (", "i, f, g, o = ("),
    ("lstm", "* torch.tanh(c)", "* c"),
    ("lstm", "state[0][layer]", "state[0][0]"),
    ("birnn", "sequences.gather(0, mirror.expand_as(sequences))", "sequences.flip(0)"),
    ("birnn", "(h_forth, h_back)", "(h_back, h_forth)"),
    ("birnn", "* real[:, :, None]", ""),
    ("masked_cross_entropy", "real.sum().clamp(min=1)", "real.numel()"),
    ("masked_cross_entropy", ".clamp(min=1)", ""),
    ("masked_cross_entropy", "< lengths[:, None]", "<= lengths[:, None]"),
    ("seq2seq", "torch.cat((begin, target[:, :-1]), dim=1)", "target"),
    ("seq2seq", "self.step(token, state, context)", "self.step(token, context, context)"),
    ("seq2seq", "states[rows, lengths - 1]", "states[:, -1]"),
    ("beam_search", "if hypothesis[0][-1] != eos]", "]"),
    ("beam_search", "(len(tokens) - 1) ** alpha", "len(tokens) ** alpha"),
    ("beam_search", "finished + unfinished, ", "finished, "),
    ("bleu", "left.remove(gram)", "pass"),
    ("bleu", "min(k, len(pred)) + 1", "k + 1"),
    ("bleu", "(1 / 2**n)\n    return", "(1 / k)\n    return"),
    ("packed_lengths", "enforce_sorted=False", "enforce_sorted=True"),
    ("packed_lengths", ", total_length=len(x)", ""),
    ("packed_lengths", "h[0]", "outputs[-1]"),
]


@pytest.mark.parametrize(("exercise", "right", "wrong"), MISTAKES)
def test_public_checks_see_common_mistakes(exercise, right, wrong):
    def edit(name, source):
        if name != exercise:
            return source
        assert right in source
        return source.replace(right, wrong)

    (result,) = run(edit, only=exercise)
    assert result.status == "failed"
    assert result.message.startswith(f"✗ {exercise}: ")
