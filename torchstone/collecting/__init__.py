"""Taking in submissions: from a platform's download to kept attempts, a manifest, and nbgrader's `submitted/`."""

from torchstone.collecting.collect import CollectReport, collect
from torchstone.collecting.manifest import Attempt, Manifest
from torchstone.collecting.roster import Roster, Student, read_roster

__all__ = ["Attempt", "CollectReport", "Manifest", "Roster", "Student", "collect", "read_roster"]
