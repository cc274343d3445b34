"""Finds what a scenario changes by date: series, surges, absences, outages, regimes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sim.language import later
from sim.scenario import Scenario, values
from sim.scenario.resolve.regimes import DATED
from sim.scenario.schema.base import DAY_FIRST
from sim.scenario.schema.staff import AwaySpec
from sim.scenario.schema.times import FromTo
from sim.scenario.schema.values import parse_moment

_DATE: Final = re.compile(r"[0-9]{1,4}[/\-][0-9]{1,2}[/\-][0-9]{1,4}")
_SECTIONS: Final = ("bundles", "staff", "systems", "costs")
"""Those in which a date is one of change: elsewhere dates say when the office is closed."""

_PLAIN: Final = frozenset(
    {"people", "times", "share", "speed", "up", "fee", "limit", "a_year", "each"}
)
"""Fields whose name says nothing without that of what they belong to."""

_OF_ITS_OWNER: Final = frozenset({"people", "times", "share"})
"""Those that need not be named beside it."""

_PARTS: Final = frozenset({"demand", "slow", "begins", "files_elsewhere"})
"""Sections whose name says nothing without that of what they are a part of."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DatedChange:
    """Something that is otherwise from a day on.

    ``label`` says it in English; ``text`` and what stands in it for ``{what}`` say it in the
    language in use, and are empty where the label is a name of the scenario.
    """

    date: dt.date
    label: str
    text: str = field(default="", compare=False)
    what: str = field(default="", compare=False)


def dated_changes(scenario: Scenario, horizon: int) -> tuple[DatedChange, ...]:
    """What changes by date behind the first day and before the ``horizon`` (days), by date."""
    start = scenario.spec.period.start
    end = start + dt.timedelta(days=horizon)
    found = {*_series(scenario), *_stretches(scenario), *_regimes(scenario)}
    return tuple(sorted(each for each in found if start < each.date < end))


def _series(scenario: Scenario) -> Iterator[DatedChange]:
    # To name every value takes a while, and most scenarios have no dates within the run.
    if not any(_has_dates(scenario, scenario.tree.get(section)) for section in _SECTIONS):
        return
    by_path: dict[str, list[DatedChange]] = {}
    lines: set[str] = set()
    for value in values(scenario):
        path, _, key = value.path.removesuffix(".value").rpartition(".")
        if path.startswith(_SECTIONS) and _DATE.match(key):
            label = f"{_name(path)}: {value.text}"
            by_path.setdefault(path, []).append(DatedChange(date=_date(scenario, key), label=label))
        elif key == "between":
            lines.add(path)
    for path, found in by_path.items():
        # V1: the first value holds before its date, too, so there only a line begins to move.
        is_change_at_first = path in lines or path.endswith(".limit")
        yield from sorted(found)[0 if is_change_at_first else 1 :]


def _has_dates(scenario: Scenario, node: object) -> bool:
    """Whether a key somewhere is a date behind the first day."""
    if isinstance(node, Mapping):
        start = scenario.spec.period.start
        dates = [key for key in map(str, node) if _DATE.match(key)]
        if any(_date(scenario, key) > start for key in dates):
            return True
        node = list(node.values())
    return isinstance(node, list) and any(_has_dates(scenario, each) for each in node)


def _name(path: str) -> str:
    """What a path is of, in a few words."""
    *around, last = path.split(".")
    words = [last]
    if last in _PLAIN and around:
        words = around[-1:] if last in _OF_ITS_OWNER else [around[-1], last]
        if around[-1] in _PARTS:
            words = [around[-2], *words]
    return _plain(" ".join(words))


def _plain(name: str) -> str:
    return name.replace("_", " ").replace(":", " ")


def _stretches(scenario: Scenario) -> Iterator[DatedChange]:
    spec = scenario.spec
    for bundle in spec.bundles.values():
        for surge in bundle.demand.surges:
            times = f"{surge.times:.3g}"
            yield _change(surge.start, later("demand × {what}"), times)
            yield _change(surge.end, later("demand × {what} ends"), times)
    for name, group in spec.staff.items():
        for away in group.away:
            who = f"{_plain(name)}: {away.people}"
            yield from _from_to(away, later("{what} away"), later("{what} back"), who)
    for name, system in spec.systems.items():
        for planned in system.planned:
            yield from _from_to(planned, later("{what} down"), later("{what} up"), _plain(name))


def _from_to(
    stretch: AwaySpec | FromTo, begins: str, ends: str, what: str
) -> Iterator[DatedChange]:
    yield _change(stretch.start.date(), begins, what)
    yield _change(stretch.end.date(), ends, what)


def _change(date: dt.date, text: str, what: str) -> DatedChange:
    return DatedChange(date=date, label=text.format(what=what), text=text, what=what)


def _regimes(scenario: Scenario) -> Iterator[DatedChange]:
    for bundle in scenario.spec.bundles.values():
        for name, regime in bundle.regimes.items():
            if bundle.regime == DATED and regime.start is not None:
                yield DatedChange(date=regime.start, label=regime.label or name)


def _date(scenario: Scenario, text: str) -> dt.date:
    is_day_first = scenario.spec.dates == DAY_FIRST
    return parse_moment(text, day_first=is_day_first).date()
