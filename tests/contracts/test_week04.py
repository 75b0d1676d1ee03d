"""Week 4's contract: its exercises and their points. What its graders must prove is in test_weeks.py."""

from __future__ import annotations

from pathlib import Path

from torchstone.judge import declared_exercises
from torchstone.notebook import declared, read

ROOT = Path(__file__).parents[2]
GRADERS = ROOT / "graders" / "week04"
SOURCE = read((ROOT / "source" / "week04" / "week04.ipynb").read_bytes())

POINTS = {  # in all, and of these on an accelerator
    "activations": (10, 1),
    "mlp_forward_backward": (14, 2),
    "dropout": (10, 1),
    "weight_decay_step": (8, 1),
    "initialization": (8, 1),
    "my_gradcheck": (10, 1),
    "k_fold": (8, 1),
    "label_shift_weights": (8, 1),
    "device_placement": (6, 3),
}


def test_points_are_those_of_the_contract():
    found = {
        e.id: (e.points, sum(c.points for c in e.checks if c.name == "accelerator"))
        for e in declared_exercises(GRADERS)
    }
    assert found == POINTS


def test_points_agree_with_the_notebook():
    by_hand = {e.id: e.points for e in declared(SOURCE) if e.manual}
    automatic = {e.id: e.points for e in declared(SOURCE) if not e.manual}
    assert automatic == {name: points for name, (points, _) in POINTS.items()}
    assert by_hand == {"exploration": 10}
