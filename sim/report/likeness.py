"""The words for how like the rest of a register the runs of a scenario are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sim.analysis.estimate import Interval
from sim.language import later, say
from sim.logs.likeness import MOST, Forecast, Likeness
from sim.report.words import amount, between, number

_LABELS: Final[Mapping[str, str]] = {
    "n_grams": later("three steps in a row"),
    "absolute_events": later("events in time"),
    "circadian_events": later("events within the day"),
    "relative_events": later("events since the first of their case"),
    "arrivals": later("first events of cases in time"),
    "cycle_times": later("times from first to last event"),
}
_SHARES: Final = ("n_grams",)


def likeness_lines(
    drawn: Sequence[Likeness], as_filed: Sequence[Likeness], forecast: Forecast | None
) -> tuple[str, ...]:
    """Each distance beside that of the halves, what is missed, and the forecast: a line each."""
    return tuple(_lines(drawn, as_filed, forecast))


def _lines(
    drawn: Sequence[Likeness], as_filed: Sequence[Likeness], forecast: Forecast | None
) -> Iterator[str]:
    yield likeness_heading()
    for one, other in zip(drawn, as_filed, strict=True):
        yield f"  {likeness_line(one, other)}"
    yield from verdict_lines(drawn, as_filed, forecast)


def likeness_heading() -> str:
    """What the distances are."""
    return say("how far runs are from the rest, and how many times as far as two halves of it")


def measure_label(measure: str) -> str:
    """What a measure is called."""
    return say(_LABELS[measure])


def unit_of(measure: str) -> str:
    """What a distance is given in."""
    return "share" if measure in _SHARES else "h"


def likeness_line(drawn: Likeness, as_filed: Likeness) -> str:
    """A distance of runs of both kinds, beside that of the halves."""
    label, halves, *runs = likeness_cells(drawn, as_filed)
    return say(
        "{measure}: halves {halves}; cases drawn {drawn}; cases as they were filed {as_filed}",
        measure=label,
        halves=halves,
        drawn=runs[0],
        as_filed=runs[1],
    )


def likeness_cells(drawn: Likeness, as_filed: Likeness) -> tuple[str, ...]:
    """The measure, the distance of the halves, and those of runs with how many times as far."""
    return (
        measure_label(drawn.measure),
        _of(drawn.halves, unit_of(drawn.measure)),
        _beside_halves(drawn),
        _beside_halves(as_filed),
    )


def verdict_lines(
    drawn: Sequence[Likeness], as_filed: Sequence[Likeness], forecast: Forecast | None
) -> Iterator[str]:
    """What is missed, and the forecast."""
    missed = [
        say("{measure} (cases drawn)", measure=measure_label(each.measure))
        for each in drawn
        if each.is_missed
    ]
    missed += [
        say("{measure} (cases as they were filed)", measure=measure_label(each.measure))
        for each in as_filed
        if each.is_missed
    ]
    most = number(MOST, 2)
    if missed:
        yield say("more than {most} times as far: {missed}", most=most, missed="; ".join(missed))
    else:
        yield say(
            "none of {n} distances is more than {most} times as far", n=2 * len(drawn), most=most
        )
    if forecast is not None:
        yield say(
            "on time: foretold {told}; of {n} cases due it was {was}: {verdict}",
            told=_of(forecast.told, "share"),
            n=forecast.was.n,
            was=_of(forecast.was, "share"),
            verdict=say("as foretold") if forecast.is_inside else say("missed"),
        )


def _beside_halves(each: Likeness) -> str:
    shown = _of(each.scenario, unit_of(each.measure))
    if not each.halves.mean:
        # Nothing is so many times as far as no distance.
        return shown
    return say(
        "{distance}, {times} ({ends}) times",
        distance=shown,
        times=number(each.times.mean, 2),
        ends=between(each.times.low, each.times.high, decimals=2),
    )


def _of(interval: Interval, unit: str) -> str:
    ends = between(interval.low, interval.high, unit)
    return f"{amount(interval.mean, unit)}{f' ({ends})' if ends else ''}"
