"""What a jail shows of the file system: libraries, this package, and never the folder that one lies in."""

import os
import sys

import pytest

import torchstone
from torchstone.errors import JailUnavailable
from torchstone.jail import paths

PACKAGE = os.path.dirname(torchstone.__file__)


def covered(path):
    real = os.path.realpath(path)
    return any(
        os.path.commonpath([real, os.path.realpath(shown)]) == os.path.realpath(shown) for shown in paths.readable()
    )


def test_what_the_interpreter_needs_is_shown():
    import numpy
    import torch

    for module in (os, torch, numpy, torchstone):
        assert covered(module.__file__)


def test_the_folder_of_the_package_and_other_peoples_are_not():
    for path in ("/", "/etc/passwd", "/root", "/home", "/tmp", "/proc", sys.prefix, sys.base_prefix):
        assert not covered(path)
    if os.path.basename(os.path.dirname(PACKAGE)) not in ("site-packages", "dist-packages"):
        assert not covered(os.path.dirname(PACKAGE))
        assert not covered(os.path.join(os.path.dirname(PACKAGE), "graders"))


def test_no_shown_path_lies_in_another():
    shown = [path for path in paths.readable() if not os.path.islink(path)]
    for one in shown:
        for other in shown:
            assert one == other or os.path.commonpath([one, other]) != other


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """The package in a course below a library folder of Python."""
    library = tmp_path / "home" / "lib"
    package = library / "course" / "torchstone"
    package.mkdir(parents=True)
    monkeypatch.setattr(paths, "package_directory", lambda: str(package))
    monkeypatch.setattr(paths, "_interpreter", lambda: [str(library)])
    return library


def test_a_course_inside_a_library_folder_is_refused(elsewhere):
    with pytest.raises(JailUnavailable, match="move the course elsewhere"):
        paths.readable()


def test_a_course_beside_its_virtual_environment_is_fine(tmp_path, monkeypatch):
    library, package = tmp_path / "course" / ".venv" / "lib", tmp_path / "course" / "torchstone"
    for folder in (library, package):
        folder.mkdir(parents=True)
    link = tmp_path / "course" / ".venv" / "lib64"
    link.symlink_to("lib")
    monkeypatch.setattr(paths, "package_directory", lambda: str(package))
    monkeypatch.setattr(paths, "_interpreter", lambda: [str(library), str(link)])
    shown = paths.readable()
    assert {str(library), str(link), str(package)} <= set(shown)
    assert str(tmp_path / "course") not in shown
