"""Attachments that are no pictures: a page with a script, under a name that climbs out of the folder."""

import json

from arena.graded import wrong

from torchstone.notebook import read

NAME = "../climbed.svg"
PAGE = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def handed_in():
    notebook = json.loads(wrong())
    text = {"cell_type": "markdown", "metadata": {}, "source": f"![a picture](attachment:{NAME})"}
    notebook["cells"].append({**text, "attachments": {NAME: {"image/svg+xml": PAGE, "text/html": PAGE}}})
    return json.dumps(notebook).encode()


def unpacked(folder, notebook):
    """Write the attachments of a notebook into a folder, as converters do; tell whether that did harm."""
    inside = folder / "inside"
    inside.mkdir()
    for cell in notebook["cells"]:
        for name, kinds in cell.get("attachments", {}).items():
            for data in kinds.values():
                (inside / name).write_text(data)
    return any("<script>" in file.read_text() for file in folder.rglob("*.svg"))


def control(folder, patch):
    return unpacked(folder, json.loads(handed_in()))


def ours(folder, patch):
    return unpacked(folder, read(handed_in()))
