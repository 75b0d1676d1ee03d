"""Many submissions at once: judge processes, the results store before them, and one run at a time in a course."""

from torchstone.batch.lock import course_lock
from torchstone.batch.service import GradingService, Outcome

__all__ = ["GradingService", "Outcome", "course_lock"]
