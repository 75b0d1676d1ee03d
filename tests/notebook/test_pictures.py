"""Of a student's outputs only inert ones stay."""

from __future__ import annotations

import base64

import pytest

from torchstone.notebook import pictures, read

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()


def outputs(made, *given):
    cell = {**made.code("x"), "outputs": list(given)}
    return read(made.data(made.notebook(cell)))["cells"][0]["outputs"]


def shown(**data):
    return {"output_type": "display_data", "metadata": {"x": 1}, "data": data}


def test_pictures_and_plain_text_stay(made):
    kept = outputs(
        made,
        {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": ["1", "0"]}},
        shown(**{"image/png": PNG[:8] + "\n" + PNG[8:], "text/html": "<script>"}),
        {"output_type": "stream", "name": "stderr", "text": "warned"},
    )
    assert kept == [
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "10"}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": PNG}},
        {"output_type": "stream", "name": "stdout", "text": "warned"},
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        shown(**{"text/html": "<script>alert(1)</script>"}),
        shown(**{"image/svg+xml": "<svg onload='alert(1)'/>"}),
        shown(**{"application/javascript": "alert(1)"}),
        shown(**{"image/png": PNG + '" onerror="alert(1)'}),
        shown(**{"image/png": base64.b64encode(b"<html>").decode()}),
        shown(**{"image/png": {"a": 1}}),
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[31m"]},
        {"output_type": "display_data"},
        {"output_type": ["stream"]},
        "text",
        None,
    ],
)
def test_anything_active_or_damaged_is_dropped(made, hostile):
    assert outputs(made, hostile) == []


def test_a_figure_of_the_kit_stays_with_its_alternative_text(made, monkeypatch):
    from torchstone.kit import plots

    texts = []
    monkeypatch.setattr(plots, "_notebook", lambda: texts.append)
    plots.show(plots.figure()[0], alt='rises <from "1" to 3> & on')
    html = {"text/html": texts, "text/plain": "<IPython.core.display.HTML object>"}
    (kept,) = outputs(made, shown(**html))
    assert kept["metadata"] == {"image/png": {"alt": 'rises <from "1" to 3> & on'}}
    assert base64.b64decode(kept["data"]["image/png"]).startswith(b"\x89PNG")
    assert kept["data"]["text/plain"] == 'rises <from "1" to 3> & on'


def test_html_that_only_resembles_a_figure_of_the_kit_is_dropped(made):
    figure = f'<img alt="a" style="max-width: 100%" src="data:image/png;base64,{PNG}">'
    assert len(outputs(made, shown(**{"text/html": figure}))) == 1
    for hostile in (
        figure + "<script>alert(1)</script>",
        figure.replace('alt="a"', 'alt="a" onerror="alert(1)"'),
        figure.replace("data:image/png", "data:text/html"),
        figure.replace(PNG, base64.b64encode(b"<script>alert(1)</script>").decode()),
    ):
        kept = outputs(made, shown(**{"text/html": hostile}))
        assert all("image/png" not in output["data"] for output in kept)


def test_an_alternative_text_in_the_metadata_stays_and_nothing_else_does(made):
    output = {**shown(**{"image/png": PNG}), "metadata": {"image/png": {"alt": "a rise", "width": 9}, "x": 1}}
    (kept,) = outputs(made, output)
    assert kept["metadata"] == {"image/png": {"alt": "a rise"}}


def test_pictures_are_bounded_over_the_whole_notebook(made, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PICTURES", 2 * len(PNG))
    assert len(outputs(made, *[shown(**{"image/png": PNG})] * 5)) == 2


def test_text_is_bounded_over_the_whole_notebook(made):
    stream = {"output_type": "stream", "name": "stdout", "text": "x" * (pictures.MAX_TEXT // 2 + 1)}
    kept = outputs(made, stream, stream, stream)
    assert sum(len(o["text"]) for o in kept) == pictures.MAX_TEXT


def test_attached_pictures_stay_and_nothing_else(made):
    cell = {**made.text("![a](attachment:a.png)")}
    cell["attachments"] = {"a.png": {"image/png": PNG}, "b.svg": {"image/svg+xml": "<svg/>"}, "c": 3}
    assert read(made.data(made.notebook(cell)))["cells"][0]["attachments"] == {"a.png": {"image/png": PNG}}
