"""The `torchstone` command: finds the verb, loads its file, and turns our errors into one line and an exit status."""

from __future__ import annotations

import atexit
import errno
import gc
import sys
from typing import Final, NoReturn

import click

from torchstone import __version__
from torchstone.cli._lazy import VerbGroup
from torchstone.errors import TorchstoneError

#: section → verb → what it does, in the words of `torchstone --help`. The file is torchstone/cli/<verb>.py.
SECTIONS: Final = {
    "For students": {
        "check": "Run a notebook's public checks on your own machine.",
        "literate": "Tell what a notebook lacks before it is handed in.",
    },
    "A week, from source to feedback": {
        "release": "Check an assignment's source and generate its release.",
        "publish": "Write the bundle that students get.",
        "collect": "Take in submissions: match, keep every attempt, note the time.",
        "grade": "Grade an assignment's submissions into the gradebook.",
        "feedback": "Write each student's page.",
        "insights": "Show what a class missed, for the next lecture.",
    },
    "When something is asked or mended": {
        "explain": "Trace every point of one student's score: the receipt.",
        "regrade": "See who would change before a corrected grader is applied.",
        "late": "Grant extensions; bring late penalties up to date.",
        "audit": "Find what in the gradebook nothing explains.",
        "forget": "Remove everything of one student.",
    },
    "The seminar": {
        "roster": "Take in the class: check it, and enter it into the gradebook.",
        "topics": "Give out presentations and notebooks by rankings.",
        "rubric": "Score explorations and presentations by a rubric.",
        "presentation": "Enter the scores of presentations.",
        "participation": "Enter attendance and participation, week by week.",
        "share": "Keep a shared notebook; note how far its author lets it go.",
        "gallery": "Build the static site of all shared notebooks.",
        "grades": "Final grades: table, pages, exports.",
        "term": "Start the next term; archive the old one.",
    },
    "For authors": {
        "week": "Grade a week's graders: check, mutate, scaffold, table.",
        "normalize": "Bring a source notebook into normal form.",
    },
    "The machine and the course": {
        "demo": "Play a class of twelve, or a semester, in a scratch copy.",
        "doctor": "See what this machine can do; attack the jail and tell what holds.",
        "secret": "Make, show, export or import the course's secret.",
        "completion": "Print the shell's tab completion.",
    },
}


class MissingPackageError(TorchstoneError):
    """A package of the grading side is not installed."""

    exit_code = 3

    def __init__(self, package: str) -> None:
        super().__init__(
            f"this command needs the package {package}, which a student's install does not have; "
            "on the grading machine run `pip install -c constraints.txt -e '.[grading]'`"
        )


#: New objects after which the collector looks for garbage: imports make many, and all of them stay.
_OBJECTS: Final = 20_000
#: What the system says where there is no room, or none is given.
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


@click.group(
    cls=VerbGroup,
    package="torchstone.cli",
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: torchstone grade week04 --jobs 2",
)
@click.version_option(__version__, prog_name="torchstone")
def torchstone() -> None:
    """Torchstone grades deep-learning notebooks: outputs and gradients, compared outside the student's process."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with 0, 1 (it failed), 2 (wrong use), 3 (this machine cannot), 4 (busy)."""
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)  # the collector's last look, through all that was imported, would take half a second
    try:
        try:
            sys.exit(torchstone.main(args=arguments, standalone_mode=False) or 0)
        except ModuleNotFoundError as e:
            if (e.name or "torchstone").startswith("torchstone"):
                raise
            raise MissingPackageError(e.name or "") from None
    except TorchstoneError as e:
        click.secho("error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(str(e), err=True)
        sys.exit(e.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as e:
        if e.errno not in _NO_ROOM and "No usable temporary directory" not in str(e):
            raise
        click.secho("error: ", fg="red", bold=True, nl=False, err=True)
        where = f" ({e.filename})" if e.filename else ""
        click.echo(f"nothing more can be written{where}: {e.strerror}; make room, then run this again", err=True)
        sys.exit(1)
    except click.ClickException as e:
        e.show()
        sys.exit(e.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
