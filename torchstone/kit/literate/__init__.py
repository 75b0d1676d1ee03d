"""What a literate notebook still lacks: advice to its author before it is handed in. It never scores.

Static and portable: it reads a notebook's cells (nbformat 4 JSON) and runs nothing.
"""

from torchstone.kit.literate.advice import Advice, State
from torchstone.kit.literate.advise import advise

__all__ = ["Advice", "State", "advise"]
