"""The table and the picture of how time and memory grow with the number of cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ratio import Ratio

Tell = Callable[[str, Ratio], None]
"""Takes a comparison to show, and to record, at the end of the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One workload of one size on one engine: seconds of wall time, the best of the rounds."""

    engine: str
    workload: str
    n_cases: int
    n_items: int
    seconds: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Found:
    """What the benchmarks of a session have found."""

    rows: list[Row] = field(default_factory=list)
    ratios: dict[str, Ratio] = field(default_factory=dict)


COLUMNS = (
    f"{'engine':<10} {'workload':<9} {'cases':>10} {'work items':>11} {'seconds':>9} "
    f"{'cases/s':>10} {'µs a case':>10} {'peak MiB':>9}"
)


def lines(rows: Iterable[Row]) -> list[str]:
    """The table, a line a row."""
    return [
        COLUMNS,
        *(
            f"{row.engine:<10} {row.workload:<9} {row.n_cases:>10,} {row.n_items:>11,} "
            f"{row.seconds:>9.3f} {row.n_cases / row.seconds:>10,.0f} "
            f"{row.seconds / row.n_cases * 1e6:>10.2f} {row.peak_mib:>9,.0f}"
            for row in rows
        ),
    ]


def apart(ends: Sequence[tuple[float, float]]) -> list[float]:
    """By how many points to lift the name of each end, so that none stands on another's.

    A decade is some 80 points high, and a name 11.
    """
    found = [0.0] * len(ends)
    below: dict[int, float] = {}  # where the last name of a column stands, in points
    for i in sorted(range(len(ends)), key=lambda i: ends[i][1]):
        column, at = round(math.log10(ends[i][0])), 80 * math.log10(ends[i][1])
        found[i] = max(0.0, below.get(column, -math.inf) + 11 - at)
        below[column] = at + found[i]
    return found


def draw(rows: Sequence[Row], path: Path) -> None:
    """Draw seconds against cases, both on logarithmic axes, beside lines of equal growth."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    colours = {"tandem": "#0072B2", "linked": "#D55E00", "headline": "#009E73"}  # Okabe and Ito
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    ends: list[tuple[float, float, str, str]] = []
    for engine, style, marker in (("reference", "--", "s"), ("fast", "-", "o")):
        for workload, colour in colours.items():
            mine = sorted(
                (row.n_cases, row.seconds)
                for row in rows
                if (row.engine, row.workload) == (engine, workload)
            )
            if not mine:
                continue
            n_cases, seconds = zip(*mine, strict=True)
            axes.plot(n_cases, seconds, style, marker=marker, color=colour)
            ends.append((n_cases[-1], seconds[-1], f"{engine}, {workload}", colour))
    axes.set_xscale("log")
    axes.set_yscale("log")
    for (x, y, name, colour), up in zip(ends, apart([end[:2] for end in ends]), strict=True):
        axes.annotate(
            name,
            (x, y),
            xytext=(7, up),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=9,
        )
    axes.set_axisbelow(True)
    axes.grid(which="major", color="#dddddd", linewidth=0.6)
    left, right = axes.get_xlim()
    axes.set_xlim(left, right * 4)  # room for the names at the ends of the lines
    low, high = axes.get_ylim()
    for at in (1e-6, 1e-5, 1e-4, 1e-3):
        if high / at < 4 * left:
            continue  # its name would stand beside the picture
        axes.plot((left, right * 4), (left * at, right * 4 * at), color="#cccccc", lw=0.8, zorder=0)
        axes.annotate(
            f"{at * 1e6:,.0f} µs a case",
            (min(right * 4, high / at), min(right * 4 * at, high)),  # where it leaves the picture
            xytext=(-4, -3),
            textcoords="offset points",
            ha="right",
            va="top",
            color="#777777",
            fontsize=7,
        )
    axes.set_ylim(low, high)
    axes.set_xlabel("cases")
    axes.set_ylabel("seconds for a run, from the model to its tables")
    axes.set_title("Time of a run by its number of cases", loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)
    plt.close(figure)
