"""One run at a time in a course directory."""

import subprocess
import sys

import pytest

from torchstone.batch.lock import course_lock
from torchstone.errors import BusyError

HOLDER = """
import sys
from pathlib import Path
from torchstone.batch.lock import course_lock
with course_lock(Path(sys.argv[1]), "grade week04"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_told_who_is_at_work_and_the_lock_ends_with_its_holder(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(BusyError, match=rf"`torchstone grade week04` \(process {holder.pid}\) is at work"),
            course_lock(tmp_path, "feedback week04"),
        ):
            pytest.fail("two runs at once")
        holder.kill()
        holder.wait()
        with course_lock(tmp_path, "feedback week04"):
            assert "feedback week04" in (tmp_path / "lock").read_text()
