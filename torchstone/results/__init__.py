"""What was graded: content-addressed results, and whose they are."""

from torchstone.results.store import Store

__all__ = ["Store"]
