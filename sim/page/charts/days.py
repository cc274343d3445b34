"""Draws how many working days cases take, beside the legal limit."""

from __future__ import annotations

from typing import Final

from sim.api.workbench import Stage
from sim.language import say
from sim.page.charts.svg import (
    AFTER,
    BEFORE,
    GRID,
    LIMIT,
    QUIET,
    Scale,
    area,
    box,
    label,
    line,
    path,
    picture,
    steps,
    wide,
)
from sim.report.html import Html
from sim.report.words import number, percent

_WIDTH: Final = 640
_HEIGHT: Final = 250
_LEFT: Final = 46
_RIGHT: Final = 12
_TOP: Final = 42
_BOTTOM: Final = 40
_SEEN: Final = 0.995
"""Of the cases; those beyond stand in the last bar."""

_MOST_BARS: Final = 45


def days_chart(stage: Stage, group: str) -> Html:
    """The share of the cases of a group that take each number of working days.

    Bars for what is looked at, an outline for the baseline; empty where no case has any.
    """
    found = {
        cell: shares
        for cell in dict.fromkeys((stage.baseline, stage.changed))
        if (shares := _shares(stage, cell, group))
    }
    if stage.changed not in found:
        return Html("")
    last = min(max(_last(shares) for shares in found.values()), _MOST_BARS)
    shown = {cell: _within(shares, last) for cell, shares in found.items()}
    top = steps(max(max(shares) for shares in shown.values()))
    across = Scale(low=-0.5, high=last + 0.5, start=_LEFT, end=_WIDTH - _RIGHT)
    up = Scale(low=0, high=top[-1], start=_HEIGHT - _BOTTOM, end=_TOP)
    parts: list[Html] = []
    for value in top:
        parts.append(line((_LEFT, up.at(value), _WIDTH - _RIGHT, up.at(value)), GRID))
        words = percent(number(100 * value, 0 if top[1] >= 0.01 else 1))
        parts.append(label(words, _LEFT - 6, up.at(value) + 4, anchor="end", fill=QUIET))
    width = across.at(1) - across.at(0)
    for day, share in enumerate(shown[stage.changed]):
        hint = say(
            "{days} working days: {share} of the cases",
            days=_day(day, last),
            share=percent(number(100 * share, 1)),
        )
        parts.append(
            box(across.at(day - 0.5) + 1, up.at(share), width - 2, up.at(0) - up.at(share), AFTER,
                hint=hint)
        )  # fmt: skip
    if len(shown) > 1:
        outline = [(across.at(-0.5), up.at(0))]
        for day, share in enumerate(shown[stage.baseline]):
            outline += [(across.at(day - 0.5), up.at(share)), (across.at(day + 0.5), up.at(share))]
        outline.append((across.at(last + 0.5), up.at(0)))
        parts += [area(outline, BEFORE, opacity=0.15), path(outline, BEFORE, width=1.8)]
    every = max(1, round((last + 1) / 16))
    for day in range(0, last + 1, every):
        place = across.at(day)
        parts.append(label(_day(day, last), place, up.at(0) + 16, anchor="middle", fill=QUIET))
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(label(say("working days"), middle, _HEIGHT - 6, anchor="middle", fill=QUIET))
    parts += _limits(stage, group, across, up, last)
    parts += legend(stage, 14)
    return picture(
        _WIDTH,
        _HEIGHT,
        parts,
        title=say("How many working days cases take, with the legal limit"),
    )


def legend(stage: Stage, y: float) -> list[Html]:
    """What the two colours stand for."""
    found = [box(_LEFT, y - 9, 10, 10, AFTER), label(stage.changed, _LEFT + 15, y)]
    if stage.baseline != stage.changed:
        at = _LEFT + 15 + min(wide(stage.changed), 0.5 * _WIDTH) + 22
        found += [box(at, y - 9, 10, 10, BEFORE), label(stage.baseline, at + 15, y)]
    return found


def _limits(stage: Stage, group: str, across: Scale, up: Scale, last: int) -> list[Html]:
    """A line at the limit that most cases have, for each of the two; one where they agree."""
    known: dict[int, str] = {}
    for cell, colour in ((stage.changed, AFTER), (stage.baseline, BEFORE)):
        histogram = stage.results.histogram(cell, group)
        if histogram is not None and histogram.limit_days is not None:
            known[histogram.limit_days] = LIMIT if histogram.limit_days in known else colour
    if len(known) == 1:
        known = dict.fromkeys(known, LIMIT)
    parts = []
    for limit, colour in known.items():
        if limit > last:
            continue
        x = across.at(limit + 0.5)
        words = say("limit {days}", days=number(limit))
        is_late = x + wide(words) > _WIDTH - _RIGHT
        parts.append(line((x, up.at(0), x, _TOP - 8), colour, width=1.6, dash="5 3"))
        parts.append(
            label(words, x + (-5 if is_late else 5), _TOP - 2, anchor="end" if is_late else "start",
                  fill=colour)
        )  # fmt: skip
    return parts


def _shares(stage: Stage, cell: str, group: str) -> list[float]:
    """The share of the cases by working day, from 0 on."""
    histogram = stage.results.histogram(cell, group)
    if histogram is None:
        return []
    shares = [0.0] * (histogram.days[-1] + 1)
    whole = sum(histogram.counts)
    for day, count in zip(histogram.days, histogram.counts, strict=True):
        shares[day] = count / whole
    return shares


def _last(shares: list[float]) -> int:
    """The day by which nearly all are done."""
    done = 0.0
    for day, share in enumerate(shares):
        done += share
        if done >= _SEEN:
            return max(day, 1)
    return len(shares) - 1


def _within(shares: list[float], last: int) -> list[float]:
    """The shares up to a day, in which stands what is beyond it too."""
    padded = [*shares, *([0.0] * (last + 1 - len(shares)))]
    return [*padded[:last], sum(padded[last:])]


def _day(day: int, last: int) -> str:
    return f"{number(day)}+" if day == last else number(day)
