"""The command line as a person meets it."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from torchstone.cli import main
from torchstone.cli._main import SECTIONS, torchstone

ROOT = Path(__file__).parents[2]


def run(*arguments, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "torchstone", *arguments],
        check=False,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("verb", [verb for verbs in SECTIONS.values() for verb in verbs])
def test_every_verb_has_help_with_an_example(verb):
    result = CliRunner().invoke(torchstone, [verb, "--help"])
    assert result.exit_code == 0
    assert f"Example: torchstone {verb}" in result.output or "Example: eval" in result.output


def test_help_needs_neither_torch_nor_nbgrader():
    program = (
        "import sys; from torchstone.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'nbgrader', 'pytest', 'rich', 'pydantic'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == "[]"
    assert "grade" in done.stdout


def test_a_misspelt_verb_is_answered_with_the_near_one():
    done = run("grad", "week04")
    assert done.returncode == 2
    assert "did you mean `grade`?" in done.stderr


def test_an_error_of_ours_is_one_line_and_no_traceback(tmp_path):
    done = run("grade", "week04", "--course", str(tmp_path))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "no course_config.py" in done.stderr


def test_colours_turn_off_in_a_pipe():
    assert "\x1b" not in run("secret", "show", "--course", "/").stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(shell):
    done = run("completion", shell)
    assert done.returncode == 0
    assert "_TORCHSTONE_COMPLETE" in done.stdout


def test_assignments_complete_from_the_source_folder(monkeypatch, tmp_path):
    (tmp_path / "source" / "week04").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("_TORCHSTONE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "torchstone release we")
    monkeypatch.setenv("COMP_CWORD", "2")
    result = CliRunner().invoke(torchstone, [], prog_name="torchstone")
    assert "week04" in result.output


def test_the_secret_is_made_shown_and_carried_over(tmp_path, capsys):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "course_config.py").write_text((ROOT / "course_config.py").read_text())
    one, two = ["--course", str(tmp_path / "one")], ["--course", str(tmp_path / "two")]

    def secret(*arguments):
        with pytest.raises(SystemExit) as done:
            main(["secret", *arguments])
        assert done.value.code == 0

    secret("create", *one)
    secret("export", str(tmp_path / "copy"), *one)
    secret("import", str(tmp_path / "copy"), *two)
    capsys.readouterr()
    secret("show", *one)
    secret("show", *two)
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert len(first) == 16
