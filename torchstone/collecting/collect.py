"""One function that takes in what a source offers: `collect`."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from torchstone.collecting.archive import open_archive, open_source
from torchstone.collecting.entries import Bounds, Contents, Damaged, Entry, Source
from torchstone.collecting.files import holds, write_private
from torchstone.collecting.manifest import Attempt, Manifest, TimeSource
from torchstone.collecting.match import Matcher
from torchstone.collecting.roster import Roster, read_roster
from torchstone.collecting.sources import Listed, Offer, offers, preferred
from torchstone.collecting.times import Listing, read_listing
from torchstone.errors import CourseError, UnsafeArchive
from torchstone.notebook import MAX_BYTES, oversize_marker

MANIFEST: Final = "manifest.json"

_BOUNDS: Final = Bounds(kept=MAX_BYTES)
#: For an archive that a student handed in instead of a notebook.
_INNER: Final = Bounds(members=500, member=100_000_000, total=200_000_000, kept=MAX_BYTES)


@dataclass(frozen=True)
class Taken:
    """A new attempt, or a better time for one that was there."""

    student: str
    attempt: int
    path: str
    received: datetime
    source_of_time: TimeSource
    counts: bool  #: whether this is the attempt that is graded now
    note: str = ""


@dataclass(frozen=True)
class CollectReport:
    """What became of everything in a source."""

    assignment: str
    taken: tuple[Taken, ...] = ()
    repeated: tuple[str, ...] = ()  #: students whose file was collected before
    unmatched: tuple[Listed, ...] = ()  #: files that nobody can be given for certain
    refused: tuple[Listed, ...] = ()  #: files that cannot be read
    absent: tuple[str, ...] = ()  #: students without any attempt

    @property
    def clean(self) -> bool:
        """Whether everything found its student."""
        return not self.unmatched and not self.refused

    def lines(self) -> tuple[str, ...]:
        """The report for a terminal."""
        lines = [f"{self.assignment}: {len(self.taken)} taken, {len(self.repeated)} known already"]
        for t in self.taken:
            when = f"{t.received:%Y-%m-%d %H:%M %Z} ({t.source_of_time})"
            lines.append(f"  {t.student}, attempt {t.attempt}, received {when}{'; ' + t.note if t.note else ''}")
        lines += [f"  not matched: {u.path}: {u.reason}" for u in self.unmatched]
        lines += [f"  refused: {r.path}: {r.reason}" for r in self.refused]
        if self.absent:
            lines.append(f"  nothing from {', '.join(self.absent)}")
        return tuple(lines)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
        taken = [{**asdict(t), "received": t.received.isoformat()} for t in self.taken]
        return {**asdict(self), "taken": taken, "clean": self.clean}


def collect(
    source: Path,
    assignment: str,
    *,
    collected: Path,
    submitted: Path,
    roster: Path,
    timezone: tzinfo,
    received: datetime | None = None,
    times: Path | None = None,
) -> CollectReport:
    """Takes in the notebooks of `assignment` that `source` holds (a platform's ZIP, a tar, a folder, one notebook).

    Every attempt is kept under `collected/<assignment>/<student>/` and recorded in `collected/manifest.json`; the one
    that was received last goes to `submitted/<student>/<assignment>/`, with a `timestamp.txt` of ours. Files that
    cannot be read as notebooks are kept as they are: grading tells the student. Collecting the same again changes
    nothing.

    The time of an attempt is `received` if given, else that of the platform's listing `times` (a CSV), else that of the
    archive's member or of the file; the manifest says which.

    Raises CourseError (roster, source, times, disk), UnsafeArchive (an archive that breaks a bound).
    """
    if received is not None and received.tzinfo is None:
        raise CourseError(f"the time {received} has no time zone")
    members = read_roster(roster)
    matcher = Matcher(members)
    listing = read_listing(times, matcher, timezone) if times else Listing({})
    clock = _Clock(received, listing, source, timezone)
    with open_source(source, timezone, _BOUNDS) as opened:
        chosen, unmatched = offers(opened.entries, assignment, matcher)
        unmatched += [Listed(str(times), row) for row in listing.unmatched]
        shelf = _Shelf(collected, Manifest.load(collected / MANIFEST), assignment, source.name, clock)
        for offer in sorted(chosen, key=lambda o: o.student.id):
            shelf.take(offer, opened)
    if shelf.manifest != shelf.before:
        shelf.manifest.write(collected / MANIFEST)
    for student in members:
        _install(shelf.manifest.latest(student.id, assignment), collected, submitted)
    return CollectReport(
        assignment,
        tuple(shelf.report()),
        tuple(shelf.repeated),
        tuple(unmatched),
        tuple(shelf.refused),
        _absent(members, shelf.manifest, assignment),
    )


@dataclass(frozen=True)
class _Clock:
    """Says when an entry was received, and how that is known."""

    given: datetime | None
    listing: Listing
    source: Path
    zone: tzinfo

    def time(self, student: str, entry: Entry) -> tuple[datetime, TimeSource]:
        """In the course's zone, as a fixed offset: in the hour that clocks repeat, only those compare as instants."""
        when, how = self._time(student, entry)
        return datetime.fromisoformat(when.astimezone(self.zone).isoformat()), how

    def _time(self, student: str, entry: Entry) -> tuple[datetime, TimeSource]:
        if self.given is not None:
            return self.given, "given"
        if student in self.listing.times:
            return self.listing.times[student], "listing"
        if entry.modified is not None:
            return entry.modified, "file" if self._is_plain else "archive"
        return datetime.fromtimestamp(self.source.stat().st_mtime, UTC), "file"

    @property
    def _is_plain(self) -> bool:
        return self.source.is_dir() or self.source.suffix.lower() == ".ipynb"


class _Shelf:
    """Where the attempts of one collection are put; the manifest grows in memory and is written once, at the end."""

    def __init__(self, folder: Path, manifest: Manifest, assignment: str, source: str, clock: _Clock) -> None:
        self.before = self.manifest = manifest
        self.repeated: list[str] = []
        self.refused: list[Listed] = []
        self._taken: list[tuple[Attempt, str]] = []
        self._folder, self._assignment, self._source, self._clock = folder, assignment, source, clock

    def take(self, offer: Offer, source: Source) -> None:
        """Keeps one student's file if it is new."""
        try:
            contents, inner = _unpacked(offer, source, self._assignment, self._clock.zone)
        except (Damaged, UnsafeArchive) as e:
            self.refused.append(Listed(offer.entry.name, f"{offer.student.id}: {e}"))
            return
        student = offer.student.id
        when, how = self._clock.time(student, offer.entry)
        attempts = self.manifest.attempts(student, self._assignment)
        number = len(attempts) + 1
        attempt = Attempt(
            student,
            self._assignment,
            number,
            contents.sha256,
            contents.size,
            when,
            how,
            f"{self._source}: {offer.entry.name}{inner}",
            f"{self._assignment}/{student}/{number}-{contents.sha256[:8]}.ipynb",
            kept=contents.data is not None,
        )
        same = next((a for a in reversed(attempts) if a.sha256 == attempt.sha256), None)
        latest = self.manifest.latest(student, self._assignment)
        if same is not None and same == latest and attempt.trust > same.trust and attempt.received != same.received:
            corrected = replace(same, received=when, source_of_time=how, source=attempt.source)
            self._record(corrected, f"its time was {same.received:%Y-%m-%d %H:%M %Z} ({same.source_of_time})")
        elif same is not None and (same == latest or latest is None or attempt.received <= latest.received):
            self.repeated.append(student)
        else:
            marker = oversize_marker(contents.size, contents.sha256)
            write_private(self._folder / attempt.file, contents.data if contents.data is not None else marker)
            too_large = f"{contents.size / 1e6:.0f} MB are too many; only its hash was kept"
            self._record(attempt, "" if attempt.kept else too_large)

    def report(self) -> list[Taken]:
        """The new records, with whether they count."""
        return [self._told(attempt, note) for attempt, note in self._taken]

    def _record(self, attempt: Attempt, note: str) -> None:
        self.manifest = self.manifest.with_record(attempt)
        self._taken.append((attempt, note))

    def _told(self, a: Attempt, note: str) -> Taken:
        counts = self.manifest.latest(a.student, a.assignment) == a
        older = "" if counts else "an attempt that was received later counts"
        path = a.source.removeprefix(f"{self._source}: ")
        return Taken(a.student, a.number, path, a.received, a.source_of_time, counts, note or older)


def _unpacked(offer: Offer, source: Source, assignment: str, zone: tzinfo) -> tuple[Contents, str]:
    """The notebook, and its path inside an archive that was handed in instead. Raises Damaged, UnsafeArchive."""
    contents = source.read(offer.entry)
    if not offer.is_archive:
        return contents, ""
    if contents.data is None:
        raise Damaged("an archive of that size was handed in instead of a notebook")
    with open_archive(io.BytesIO(contents.data), offer.file, zone, _INNER) as inner:
        notebooks = [e for e in inner.entries if e.name.lower().endswith(".ipynb") and "/." not in f"/{e.name}"]
        best = preferred([e.name.split("/")[-1] for e in notebooks], assignment)
        if len(best) != 1:
            raise Damaged(f"the archive that was handed in holds {len(best)} notebooks; ask for one {assignment}.ipynb")
        chosen = notebooks[best[0]]
        return inner.read(chosen), f": {chosen.name}"


def _install(attempt: Attempt | None, collected: Path, submitted: Path) -> None:
    """Brings nbgrader's folder in line with the manifest; touches nothing that is right already."""
    if attempt is None:
        return
    try:
        data = (collected / attempt.file).read_bytes()
    except OSError as e:
        raise CourseError(f"{collected / attempt.file} is in the manifest but cannot be read: {e.strerror}") from None
    folder = submitted / attempt.student / attempt.assignment
    # nbgrader's parser takes a zone's short name other than UTC for UTC, so the time is written in UTC.
    stamp = f"{attempt.received.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode()
    for path, wanted in ((folder / f"{attempt.assignment}.ipynb", data), (folder / "timestamp.txt", stamp)):
        if not holds(path, wanted):
            write_private(path, wanted)


def _absent(members: Roster, manifest: Manifest, assignment: str) -> tuple[str, ...]:
    return tuple(s.id for s in members if manifest.latest(s.id, assignment) is None)
