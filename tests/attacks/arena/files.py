"""How files are usually read, and how ours are: for attacks that are a file and not a program."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from torchstone import wire
from torchstone.collecting.archive import open_archive
from torchstone.collecting.entries import DEFAULT_BOUNDS
from torchstone.errors import UnreadableNotebook, UnsafeArchive, WireError
from torchstone.feedback import staff_page, student_page
from torchstone.model import (
    BrokenCell,
    CheckResult,
    ExerciseResult,
    ExerciseScore,
    Repair,
    Result,
    Stage,
    StudentReport,
    Verdict,
    Where,
)
from torchstone.notebook import read
from torchstone.wire import decode, frames

SECRET = "the secret of somebody else"
LARGE = 30 << 20

# ---- archives ------------------------------------------------------------------------------------------------------


def zipped(members: Mapping[str, bytes] | list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(name, data, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def extracted(data: bytes, folder: Path) -> bool:
    """Extract as many do, by joining names, and tell whether that did harm."""
    (folder / "secret").write_text(SECRET)
    inside = folder / "inside"
    inside.mkdir()
    before = set(folder.iterdir())
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                target = os.path.join(inside, info.filename)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                if stat.S_ISLNK(info.external_attr >> 16):
                    os.symlink(archive.read(info).decode(), target)
                elif not target.endswith("/"):
                    Path(target).write_bytes(archive.read(info))
    else:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            if hasattr(tarfile, "fully_trusted_filter"):  # from Python 3.11.4 on: trust as it was before
                archive.extraction_filter = staticmethod(tarfile.fully_trusted_filter)
            archive.extractall(inside)
    files = [p for p in inside.rglob("*") if p.is_file()]
    special = [p for p in inside.rglob("*") if not p.is_file() and not p.is_dir() and not p.is_symlink()]
    secret = any(SECRET.encode() in p.read_bytes() for p in files if p.stat().st_size < 1000)
    outside = set(folder.iterdir()) - before
    size = sum(p.stat().st_size for p in files)
    return bool(outside or secret or special or size > LARGE or len(files) > 3000)


def taken_in(data: bytes, folder: Path) -> bool:
    """Take the archive in as `torchstone collect` does, and tell whether that did harm."""
    (folder / "secret").write_text(SECRET)
    before = set(folder.rglob("*"))
    got: list[bytes] = []
    try:
        with open_archive(io.BytesIO(data), "a.zip", UTC, DEFAULT_BOUNDS) as source:
            for entry in source.entries:
                assert not entry.name.startswith("/")
                assert ".." not in entry.name.split("/")
                got.append(source.read(entry).data or b"")
    except UnsafeArchive:
        pass
    kept = sum(map(len, got))
    return set(folder.rglob("*")) != before or any(SECRET.encode() in g for g in got) or kept > LARGE or len(got) > 3000


# ---- notebooks -----------------------------------------------------------------------------------------------------


def parsed(data: bytes) -> bool:
    """Read as many do; harm is an error that is not about the file, or content that no notebook holds."""
    try:
        notebook = json.loads(data)
    except ValueError:
        return False
    except (RecursionError, MemoryError):
        return True
    try:
        json.dumps(notebook, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return True
    cells = notebook.get("cells", ()) if isinstance(notebook, dict) else ()
    texts = ["".join(c.get("source", "")) for c in cells if isinstance(c, dict)]
    return (
        len(cells) > 10_000 or sum(map(len, texts)) > 10_000_000 or len(data) > 21_000_000 or data.count(b"cells") > 2
    )


def read_strictly(data: bytes) -> bool:
    """Read as ours does: a refusal with a reason is no harm."""
    try:
        notebook = read(data)
    except UnreadableNotebook as e:
        return len(str(e)) > 400 or not str(e).isprintable()
    json.dumps(notebook, allow_nan=False, ensure_ascii=False).encode()
    return True


def naively_graded(notebook: dict[str, Any]) -> float:
    """The sum of the points that a submission's own grade cells say, where they run."""
    names: dict[str, Any] = {}
    earned = 0.0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        mark = cell["metadata"].get("nbgrader", {})
        try:
            exec(cell["source"], names)
        except Exception:
            continue
        earned += float(mark.get("points", 0)) if mark.get("grade") else 0.0
    return earned


# ---- frames --------------------------------------------------------------------------------------------------------


def frame(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<IQ", len(header), len(body)) + header + body


def accepted(data: bytes) -> bool:
    """Whether our decoder takes a frame from a jail."""
    try:
        wire.load(data)
    except WireError:
        return False
    return True


def accepted_without(data: bytes, patch: Callable[..., None], *defences: tuple[str, int]) -> bool:
    """The same with defences switched off: constants of the decoder."""
    for name, value in defences:
        for module in (decode, frames):
            if hasattr(module, name):
                patch(module, name, value)
    return accepted(data)


# ---- pages ---------------------------------------------------------------------------------------------------------


class _Found(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def harmful(page: str) -> bool:
    """Whether a page runs or loads something, or holds characters that change how others look."""
    found = _Found()
    found.feed(page)
    loads = any(t in ("script", "iframe", "object", "embed", "base", "link", "form", "svg-x") for t, _ in found.tags)
    handlers = any(name.startswith("on") for _, attrs in found.tags for name in attrs)
    addresses = [v or "" for _, attrs in found.tags for n, v in attrs.items() if n in ("href", "src", "action")]
    away = any(a.strip().lower().startswith(("javascript:", "http:", "https:", "//", "file:")) for a in addresses)
    controls = any(c in found.text for c in "\x1b\x07\u202e\u2066\u2067\u200f\x00")
    return loads or handlers or away or controls or len(found.text) > 200_000


def naive_page(text: str) -> str:
    return f"<html><body><h1>Feedback</h1><p>Your code raised: {text}</p></body></html>"


def our_pages(text: str) -> str:
    """A student's page and the staff's with this text wherever a student's text can stand."""
    where = Where("cell 1", 1, text[:200])
    verdict = Verdict(Stage.RAN, text, where=where, probe=text[:100])
    check = CheckResult("e", "test_e", "A title", 2, 0, "failed", verdict=verdict, staff=text)
    result = Result(
        "week01",
        "p",
        "k",
        (ExerciseResult("e", 2, 0, (check,)),),
        "namespaces",
        broken_cells=(BrokenCell("cell 2", text, 1, text),),
        output=text,
    )
    report = StudentReport(
        student=text[:40].replace("/", "").replace("\0", "") or "x",
        name=text,
        assignment="week01",
        title="Layers",
        result=result,
        repairs=(Repair("magic", text),),
        exercises=(ExerciseScore("e", "An exercise", 0.0, None, 2.0, comment=text),),
        late=None,
        received=None,
        total=0.0,
        maximum=2.0,
        flags=(text,),
    )
    return student_page(report) + staff_page(report)
