"""The single configuration of the course. Torchstone reads it, and so does nbgrader (through nbgrader_config.py).

A wrong value gives one line that names the key, what it was, and what is allowed: try `torchstone doctor`.
"""

from datetime import date, datetime


def topic(week, day, title, reading, due=None):
    return {"week": week, "date": day, "title": title, "reading": f"Dive into Deep Learning, {reading}", "due": due}


course = {
    "id": "nndl-2021",
    "title": "Introduction to neural networks and deep learning",
    # All times are local to the course; the clocks change on 7 November 2021.
    "timezone": "America/New_York",
    # An assignment is due a week after its session, at 23:59, unless `due` says otherwise.
    "topics": [
        topic(1, date(2021, 9, 13), "Introduction and preparation", "preface, installation, notation, ch. 2"),
        topic(2, date(2021, 9, 20), "Mathematics for deep learning", "ch. 18"),
        topic(3, date(2021, 9, 27), "Linear neural networks", "ch. 3"),
        topic(4, date(2021, 10, 4), "Multilayer perceptrons", "ch. 4", due=datetime(2021, 10, 18, 9, 0)),
        topic(5, date(2021, 10, 18), "Deep learning computation", "ch. 5"),
        topic(6, date(2021, 10, 25), "Convolutional neural networks", "ch. 6"),
        topic(7, date(2021, 11, 1), "Modern convolutional neural networks", "ch. 7"),
        topic(8, date(2021, 11, 8), "Recurrent neural networks", "ch. 8"),
        topic(9, date(2021, 11, 15), "Modern recurrent neural networks", "ch. 9"),
        topic(10, date(2021, 11, 22), "Attention mechanisms", "ch. 10"),
        topic(11, date(2021, 11, 29), "Optimization algorithms", "ch. 11"),
        topic(12, date(2021, 12, 6), "Computational performance", "ch. 12"),
        topic(13, date(2021, 12, 13), "Computer vision", "ch. 13"),
        topic(14, date(2021, 12, 20), "Generative adversarial networks", "ch. 17"),
    ],
    # Percent of the final grade; together 100. The notebooks' 50 are split: weekly exercises and explorations.
    "weights": {"notebooks": {"exercises": 25, "explorations": 25}, "presentation": 25, "participation": 25},
    # Fractions of an assignment's maximum: 10 % for each started day, never more than half; closed after a week.
    "late": {"grace_minutes": 60, "per_day": 0.10, "at_most": 0.50, "closes_days": 7},
    # Scored devices give points; advisory ones ("cuda") are reported to staff only.
    "devices": {"scored": ["cpu", "sim"], "advisory": []},
    # For one check in its jailed process: CPU seconds, memory, disk and output; and a CPU budget over an exercise.
    "limits": {
        "cpu_seconds": 10,
        "exercise_cpu_seconds": 60,
        "memory_mb": 4096,
        "disk_mb": 32,
        "output_kb": 64,
        "processes": 32,
    },
    # "auto" takes the strongest tier that this machine can build; what students may import is loaded before the fork.
    "jail": {
        "tier": "auto",
        "preload": ["torchstone.kit.check", "torchstone.kit.data", "torchstone.kit.plots", "matplotlib.pyplot"],
    },
    # Where inputs are drawn from: made once, mode 600, never in git. Keep a copy: `torchstone secret export FILE`.
    "secret": ".torchstone/secret",
    # A file, or a PostgreSQL server that several people write to: docs/cluster.md.
    "gradebook": "sqlite:///gradebook.db",
}

if "get_config" in globals():  # nbgrader is reading
    from torchstone import config
    from torchstone.gradebook.settings import configure

    configure(get_config(), config.at(__file__, course))  # noqa: F821
