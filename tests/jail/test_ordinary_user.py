"""Everything again as an ordinary user: no power of root may be what holds the jail together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NOBODY = 65534
CHOSEN = "doctor_is_held or bounded or forking or answers_by_value or starts_anew or exit or pickles or no_canary"


@pytest.mark.slow
def test_the_jail_holds_for_an_ordinary_user(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("the whole run is an ordinary user's already")
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    for folder in (tmp_path, *(p for p in tmp_path.parents if p.stat().st_mode & 0o011 != 0o011)):
        folder.chmod(folder.stat().st_mode | 0o011)
    pytest_again = [sys.executable, "-m", "pytest", "-q", "-rs", f"--basetemp={home}/pytest", "-k", CHOSEN]
    done = subprocess.run(
        [sys.executable, str(HERE / "ordinary_user.py"), *pytest_again]
        + [str(HERE / f"test_{name}.py") for name in ("child", "attacks", "canary")],
        env={"HOME": str(home), "PATH": os.defpath, "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout, done.stdout
