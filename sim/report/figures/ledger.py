"""Draws what the time of a case is spent on (K2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.experiment.results import Results
from sim.language import say
from sim.report.figures.canvas import GRID, label_rows, paper, readable_on, rows_of, style, title
from sim.report.view import bundle_label, distinct
from sim.report.words import PARTS, amount, listed, number, unit_in_short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PART_COLOURS: Final[Mapping[str, str]] = {
    "service": "#009E73",
    "queue": "#D55E00",
    "closed": "#b8c0c8",
    "timetable": "#CC79A7",
    "transfer": "#56B4E9",
    "outage": "#1a1a1a",
    "applicant": "#F0E442",
    "appointment": "#0072B2",
    "delay": "#8c6d46",
    "unseen": "#E69F00",
    "held": "#882255",
    "batch": "#44AA99",
    "absence": "#AA4499",
}
_SEEN: Final = 0.004
"""A part that is shorter than this share of the longest bar everywhere is a line nobody sees."""


def time_ledger(results: Results, bundle: str) -> Figure | None:
    """What the calendar days of a case are spent on (K2), a bar for each cell.

    None where no case was completed.  Where all cases end as they start there is no time to part,
    and the figure says so.
    """
    shown = [
        each
        for each in distinct(results)
        if results.estimate(each.cell.name, "ledger_service_hours", bundle) is not None
    ]
    if not shown:
        return None
    days = {
        part: np.array(
            [
                found.mean / 24
                if (found := results.estimate(s.cell.name, f"ledger_{part}_hours", bundle))
                else 0.0
                for s in shown
            ]
        )
        for part in PARTS
    }
    total = np.sum(list(days.values()), axis=0)
    longest = float(total.max())
    laid = rows_of(shown)
    with style():
        figure = paper(0.27 * laid[2] + 2.05)
        axes = figure.subplots()
        left = np.zeros(len(shown))
        unseen = []
        for part, words in PARTS.items():
            if (days[part] <= _SEEN * longest).all():
                unseen.append(words)
                continue
            colour = PART_COLOURS[part]
            axes.barh(
                laid[0],
                days[part],
                left=left,
                height=0.76,
                color=colour,
                edgecolor="white",
                linewidth=0.7,
                label=words,
            )
            for at, start, width in zip(laid[0], left, days[part], strict=True):
                if width > 0.05 * longest:
                    axes.text(
                        start + width / 2,
                        at,
                        number(width, 1),
                        ha="center",
                        va="center",
                        fontsize=7.8,
                        color=readable_on(colour),
                    )
            left += days[part]
        for at, whole, each in zip(laid[0], total, shown, strict=True):
            by_law = results.estimate(each.cell.name, "working_days_mean", bundle)
            axes.text(
                whole + 0.008 * longest,
                at,
                f"{number(whole, 1)} {unit_in_short('d')}"
                + (f" ({amount(by_law.mean, 'wd')})" if by_law else ""),
                va="center",
                fontweight="bold",
                fontsize=8.4,
            )
        label_rows(axes, shown, laid)
        axes.set_xlim(0, 1.2 * longest if longest > 0 else 1)
        axes.set_xlabel(say("Calendar days of 24 hours, mean of completed cases"))
        axes.grid(axis="x", color=GRID, linewidth=0.7)
        axes.set_axisbelow(True)
        if longest > 0:
            figure.legend(
                loc="outside lower left", ncols=3, frameon=False, fontsize=8.4, handlelength=1.1
            )
    title(
        figure,
        _heading({part: float(values.sum()) for part, values in days.items()}),
        say(
            "{bundle}: what the time from start to end is spent on, along the branch that ends "
            "last; in brackets the working days by law",
            bundle=bundle_label(results, bundle),
        )
        + (
            say("; too short to be seen: {parts}", parts=listed(unseen))
            if unseen and longest > 0
            else ""
        ),
    )
    return figure


def _heading(sums: Mapping[str, float]) -> str:
    whole = sum(sums.values())
    if whole <= 0:
        return say("Every case ends at the instant at which it starts: there is no time to part")
    first, second = sorted(sums, key=sums.__getitem__, reverse=True)[:2]
    return say(
        "Staff are at work on a case for {share} of its time; the longest parts are “{first}” and "
        "“{second}”",
        share=amount(sums["service"] / whole, "share"),
        first=PARTS[first],
        second=PARTS[second],
    )
