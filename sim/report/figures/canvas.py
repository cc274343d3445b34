"""What all figures share: paper, ink, titles, rows of cells, and turning them into bytes.

A figure is laid out once, when it gets its title; writing it in either form only draws it.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from sim.language import ENGLISH, language, marks
from sim.report.view import Shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK: Final = "#222222"
QUIET: Final = "#666666"
GRID: Final = "#e4e4e4"
LIMIT: Final = "#c1121f"
COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
WIDTH: Final = 8.6
"""Width of every figure, in inches."""

_DOTS: Final = 150
"""Dots an inch of a PNG."""

_SETTINGS: Final[Mapping[str, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": "#888888",
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "path",
    "svg.hashsalt": "lienthong",
    "path.simplify": False,
}


def style() -> AbstractContextManager[None]:
    """The settings under which a figure is drawn and written."""
    from matplotlib import rc_context

    settings: Any = dict(_SETTINGS)
    return rc_context(settings)


def encode(figure: Figure, form: Literal["png", "svg"]) -> bytes:
    """A figure as the bytes of a file: PNG at 150 dots an inch, or SVG with its letters drawn."""
    into = io.BytesIO()
    # The canvas itself draws once, where ``savefig`` draws twice.  Neither the hour nor the version
    # of a library may change the bytes.
    with style():
        if form == "svg":
            from matplotlib.backends.backend_svg import FigureCanvasSVG

            svg: Any = FigureCanvasSVG(figure)
            svg.print_svg(into, metadata={"Date": None, "Creator": None})
            figure.set_dpi(_DOTS)  # its canvas leaves the figure at 72
        else:
            from matplotlib.backends.backend_agg import FigureCanvasAgg

            png: Any = FigureCanvasAgg(figure)
            png.print_png(into, metadata={"Software": None})
    return into.getvalue()


def paper(height: float) -> Figure:
    """An empty figure, ``height`` inches high without its title."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH, height), dpi=_DOTS, layout="constrained", facecolor="white")


def title(figure: Figure, heading: str, explained: str) -> None:
    """Say above a figure what is seen, and below that what it shows; the figure grows by it.

    It comes last: here all that is drawn gets its place.
    """
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    above = textwrap.fill(heading, 90)
    across = 138 if language() == ENGLISH else 128  # letters with two marks are wider
    below = "\n".join(textwrap.fill(line, across) for line in explained.split("\n"))
    # Inches: a line of 10.8 and of 8.6 points with its leading, and a margin.
    n_above, n_below = above.count("\n") + 1, below.count("\n") + 1
    head, band = 0.1 + 0.185 * n_above, 0.26 + 0.185 * n_above + 0.155 * n_below
    height = figure.get_size_inches()[1] + band
    figure.set_size_inches(WIDTH, height)
    _localise(figure)
    with style():
        ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - band / height)).execute(figure)
    figure.set_layout_engine("none")
    lines = ((0.08, above, 10.8, "bold", INK), (head + 0.02, below, 8.6, "normal", QUIET))
    for top, text, size, weight, colour in lines:
        figure.text(
            0.1 / WIDTH,
            1 - top / height,
            text,
            ha="left",
            va="top",
            fontsize=size,
            fontweight=weight,
            color=colour,
            linespacing=1.22,
        )


def _localise(figure: Figure) -> None:
    """Give numbers on axes the decimal mark of the language in use."""
    from matplotlib.ticker import ScalarFormatter

    if language() == ENGLISH:
        return
    point, _ = marks()

    class Localised(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return super().__call__(x, pos).replace(".", point)

    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(Localised())


def rows_of(shown: Sequence[Shown]) -> tuple[list[float], list[tuple[float, str]], float]:
    """Where each cell's row lies, downwards, with a heading above each group.

    Returns
    -------
    tuple
        The place of each row, the place and text of each heading, and where the rows end.
    """
    places: list[float] = []
    heads: list[tuple[float, str]] = []
    at, group = -1.0, ""
    for each in shown:
        if each.group and each.rest and each.group != group:
            at += 1.15 if places else 1.0
            heads.append((at, each.group))
        group = each.group
        at += 1
        places.append(at)
    return places, heads, at + 0.6


BESIDE: Final = 46
"""Letters of a line beside a plot: longer ones would leave it no room."""


def label_rows(
    axes: Axes,
    shown: Sequence[Shown],
    rows: tuple[list[float], list[tuple[float, str]], float],
) -> None:
    """Write the labels of rows and their headings to the left of the plot."""
    places, heads, end = rows
    texts = [textwrap.shorten(each.rest or each.group, 60, placeholder=" …") for each in shown]
    texts += [text for _, text in heads]
    axes.set_yticks(
        [*places, *(at for at, _ in heads)], [textwrap.fill(text, BESIDE) for text in texts]
    )
    for label in axes.get_yticklabels()[len(places) :]:
        label.set_fontweight("bold")
        label.set_verticalalignment("center")
    axes.set_ylim(end, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def label_cells(axes: Axes) -> None:
    """Make the texts in the cells of a heat map stand out, also where a line crosses them."""
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import to_hex

    mesh = next(each for each in axes.collections if isinstance(each, QuadMesh))
    mesh.update_scalarmappable()
    n_columns = np.asarray(mesh.get_array()).shape[1]
    colours = np.asarray(mesh.get_facecolor())
    for label in axes.texts:
        column, row = (int(place) for place in label.get_position())
        colour = to_hex(colours[row * n_columns + column])
        label.set_color(readable_on(colour))
        label.set_bbox({"facecolor": colour, "edgecolor": "none", "pad": 1.2})
        label.set_zorder(4)


def readable_on(colour: str) -> str:
    """Ink or white, whichever is read more easily on a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    # Relative luminance, gamma taken as 2.2 (WCAG 2.1).
    light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return INK if light > 0.25 else "white"
