"""Torchstone: an autograded assignment framework for deep-learning courses in PyTorch."""

from typing import Final

#: The framework's version; it is part of every result's key.
__version__: Final = "0.1.0"
