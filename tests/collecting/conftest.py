"""A class of five with awkward names, and a place to collect into."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from torchstone.collecting import Manifest, collect, read_roster

ZONE = ZoneInfo("America/New_York")
ROSTER = """id,last_name,first_name,email,section
ada,"Lovelace, Countess",Ada,ada@example.org,A
jose,Núñez-Öz,José María,jose@example.org,A
mei,李,梅,mei@example.org,B
sam1,Smith,Sam,sam1@example.org,B
sam2,Smith,Sam,sam2@example.org,B
"""


def notebook(text):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], "x": text}).encode()


def zipped(members, when=(2021, 10, 4, 9, 15, 0)):
    """ZIP bytes of {name: data}; a name may also be a ready ZipInfo."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, when)
            info.compress_type = zipfile.ZIP_DEFLATED if isinstance(name, str) else info.compress_type
            archive.writestr(info, data)
    return buffer.getvalue()


class Course:
    """A course directory, as far as collecting knows one."""

    def __init__(self, root):
        self.root = root
        self.collected, self.submitted = root / "collected", root / "submitted"
        self.roster = root / "roster.csv"
        self.roster.write_text(ROSTER)

    def collect(self, source, assignment="week04", **more):
        paths = {"collected": self.collected, "submitted": self.submitted, "roster": self.roster}
        return collect(source, assignment, timezone=ZONE, **paths, **more)

    def zip(self, members, name="download.zip", **more):
        path = self.root / name
        path.write_bytes(zipped(members, **more))
        return path

    def folder(self, members, name="folder", when=datetime(2021, 10, 4, 9, 15, tzinfo=ZONE)):
        for path, data in members.items():
            file = self.root / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            os.utime(file, (when.timestamp(), when.timestamp()))
        return self.root / name

    @property
    def manifest(self):
        return Manifest.load(self.collected / "manifest.json")

    def handed_in(self, student, assignment="week04"):
        return (self.submitted / student / assignment / f"{assignment}.ipynb").read_bytes()

    def tree(self):
        """Every file under the course with its bytes."""
        return {p.relative_to(self.root): p.read_bytes() for p in sorted(self.root.rglob("*")) if p.is_file()}


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture(scope="session")
def new_course():
    """For property-based tests: a course in a folder of their own making."""
    return Course


@pytest.fixture(scope="session")
def made():
    return SimpleNamespace(notebook=notebook, zipped=zipped, zone=ZONE)


@pytest.fixture
def roster(course):
    return read_roster(course.roster)
