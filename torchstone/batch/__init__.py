"""Many submissions at once: judges, the results store before them, and one run at a time in a course."""

from torchstone.batch.engine import Brief, Engine, Judges, Outcome
from torchstone.batch.lock import course_lock
from torchstone.batch.service import GradingService

__all__ = ["Brief", "Engine", "GradingService", "Judges", "Outcome", "course_lock"]
