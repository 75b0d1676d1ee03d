"""Figures with alternative text, in a notebook and outside of one."""

import sys
from types import SimpleNamespace

import matplotlib as mpl
import pytest
import torch

mpl.use("Agg")
from matplotlib import pyplot

from torchstone.kit import plots


@pytest.fixture
def notebook(monkeypatch):
    """What a running IPython would display."""
    shown = []
    fake = SimpleNamespace(get_ipython=object)
    display = SimpleNamespace(HTML=lambda text: text, display=shown.append)
    monkeypatch.setitem(sys.modules, "IPython", fake)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return shown


def test_outside_a_notebook_the_text_is_printed_and_the_figure_closed(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    fig, _ = plots.figure()
    plots.show(fig, alt="A line that rises.")
    assert capsys.readouterr().out == "[figure] A line that rises.\n"
    assert not pyplot.fignum_exists(fig.number)


def test_in_a_notebook_the_figure_carries_its_text(notebook):
    fig, ax = plots.figure()
    plots.lines(ax, range(3), {"a": [1.0, 2.0, 3.0]})
    plots.show(fig, alt='rises <from "1" to 3>')
    (text,) = notebook
    assert 'alt="rises &lt;from &quot;1&quot; to 3&gt;"' in text
    assert 'src="data:image/png;base64,iVBOR' in text
    assert not pyplot.fignum_exists(fig.number)


def test_a_figure_without_text_is_refused():
    fig, _ = plots.figure()
    with pytest.raises(ValueError, match="alt is empty"):
        plots.show(fig, alt=" ")
    pyplot.close(fig)


def test_the_style_ends_with_the_figure():
    before = dict(mpl.rcParams)
    fig, _ = plots.figure()
    assert dict(mpl.rcParams) == before
    pyplot.close(fig)


def test_lines_show_the_mean_and_the_range_over_seeds():
    fig, ax = plots.figure()
    plots.lines(ax, [0, 1], {"runs": torch.tensor([[1.0, 2.0], [3.0, 6.0]]), "one": [0.0, 0.0]})
    assert ax.lines[0].get_ydata().tolist() == [2.0, 4.0]
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (1.0, 6.0)
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    pyplot.close(fig)


def test_bars_show_every_seed():
    fig, ax = plots.figure()
    plots.bars(ax, ["a", "b"], {"x": torch.tensor([[1.0, 2.0], [3.0, 6.0]]), "y": [5.0, 5.0]})
    assert [bar.get_height() for bar in ax.patches] == [2.0, 4.0, 5.0, 5.0]
    assert [dots.get_ydata().tolist() for dots in ax.lines] == [[1.0, 2.0], [3.0, 6.0], [5.0, 5.0]]
    pyplot.close(fig)


def test_images_need_one_axis_each():
    fig, axes = plots.figure(1, 3)
    plots.images(axes, torch.rand(3, 64), ["a", "b", "c"])
    assert [ax.get_title() for ax in axes] == ["a", "b", "c"]
    assert axes[0].images[0].get_array().shape == (8, 8)
    with pytest.raises(ValueError, match="zip"):
        plots.images(axes, torch.rand(2, 64))
    pyplot.close(fig)


def test_colours_are_okabe_and_ito_and_no_cue_is_colour_alone():
    assert len(set(plots.COLOURS)) == len(set(plots.DASHES)) == len(set(plots.MARKERS)) == len(set(plots.HATCHES)) == 7
    assert plots.COLOURS[:2] == ("#0072B2", "#D55E00")
