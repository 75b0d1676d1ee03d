"""The notebook names a kernel of the student's own, which lies beside it: whoever runs it starts that program."""

import json

from arena.graded import answered_text, wrong
from jupyter_client.kernelspec import KernelSpecManager

from torchstone.notebook import read, read_submission

NAME = "mine"


def handed_in(folder):
    place = folder / "kernels" / NAME
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps({"argv": ["./evil"], "display_name": "Mine", "language": "python"}))
    notebook = json.loads(answered_text())
    notebook["metadata"]["kernelspec"] = {
        "name": NAME,
        "display_name": "Mine",
        "language": "python",
        "argv": ["./evil"],
    }
    return json.dumps(notebook).encode()


def started(folder, notebook):
    """What would be started for a notebook by its own word."""
    known = KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)
    name = notebook["metadata"]["kernelspec"]["name"]
    return known.get_kernel_spec(name).argv if name in known.find_kernel_specs() else []


def control(folder, patch):
    return started(folder, json.loads(handed_in(folder))) == ["./evil"]


def ours(folder, patch):
    reading = read_submission(handed_in(folder), read(wrong().encode()), "week01")
    return started(folder, reading.notebook) == ["./evil"] or "evil" in json.dumps(reading.notebook)
