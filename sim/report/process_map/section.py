"""The part of the page that shows how a case goes through the offices: maps, one scale, a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sim.experiment.results import Results
from sim.language import say, say_of_scenario
from sim.report.html import Html, Rows, folded, table, tag
from sim.report.process_map.flow import BOXES, HANDS, steps_of
from sim.report.process_map.layout import lay_out
from sim.report.process_map.numbers import Numbers
from sim.report.process_map.passing import taken
from sim.report.process_map.reading import APPLICANT, Reading
from sim.report.process_map.svg import drawn, key
from sim.report.process_map.words import Told, in_numbers, is_something
from sim.report.view import Shown, channel_label, channels, distinct
from sim.report.words import NOTHING, capital, listed
from sim.wording import visible

_FEW: Final = 3
"""Up to so many settings each has maps of its own; of more the first of each regime."""

_OPEN: Final = 2
"""So many maps are open, for one to be held against the other; the others are folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Map:
    """A map to show: of which setting, regime and channel."""

    shown: Shown
    bundle: str
    regime: str
    channel: str
    is_chief: bool

    def told(self, results: Results) -> Told:
        cell = self.shown.cell
        flow = f"{self.bundle}/{self.regime}/{self.channel}"
        return Told(
            results=results,
            cell=cell,
            bundle=self.bundle,
            regime=self.regime,
            flow=Reading(cell.scenario, self.bundle, self.regime, self.channel).flow(),
            numbers=Numbers(results, cell.name, flow),
        )


def has_limit(results: Results, bundle: str) -> bool:
    """Whether the law sets a limit for a bundle, or for one of its procedures."""
    spec = results.cells[0].scenario.spec.bundles[bundle]
    given = [spec.limit, *(each.limit for each in spec.procedures.values())]
    given += [limit for regime in spec.regimes.values() for limit in regime.limits.values()]
    return any(days is not None for limit in given for _, days in limit)


def process_maps(results: Results, bundle: str) -> Iterator[Html]:
    """The maps of a bundle, those to be held against each other first, with one legend."""
    maps = list(_maps(results, bundle))
    if not maps:
        return
    chief = [each for each in maps if each.is_chief][:_OPEN]
    others = [each for each in maps if each not in chief]
    yield tag("div", key(), attributes={"class": "map"})
    numbered = {id(each): f"map-{bundle}-{i}" for i, each in enumerate(maps)}
    for each in chief:
        yield tag("h4", _heading(each))
        yield from _one(results, each, numbered[id(each)])
    for each in others:
        yield folded(_heading(each), *_one(results, each, numbered[id(each)]), is_open=False)


def _one(results: Results, each: _Map, prefix: str) -> Iterator[Html]:
    told = each.told(results)
    found = taken(told.flow, told.numbers.passes)
    layout = lay_out(found.flow, APPLICANT, told.numbers.passes)
    picture = drawn(layout, told.words(), title=_heading(each), prefix=prefix)
    waits = [f"“{step.label}” {in_numbers(value)}" for step, value in told.longest()]
    if waits:
        words = say("Most of all waiting, each time: {steps}.", steps=listed(waits))
        yield tag("p", words, attributes={"class": "caption"})
    yield tag("div", picture, attributes={"class": "map"})
    if found.left_out:
        names = listed([f"“{step.label}”" for step in found.left_out])
        words = say("Not drawn, for no case came there: {steps}.", steps=names)
        yield tag("p", words, attributes={"class": "caption"})
    yield folded(say("The numbers of its steps"), _table(told), is_open=False)


def _maps(results: Results, bundle: str) -> Iterator[_Map]:
    shown = distinct(results)
    seen: set[str] = set()
    for each in shown:
        spec = each.cell.scenario.spec.bundles.get(bundle)
        if spec is None:
            continue
        groups = channels(results, each.cell.name, bundle)
        cases = {group: _cases(results, each, group) for group in groups}
        groups = tuple(sorted(groups, key=cases.__getitem__, reverse=True))
        used = [spec.regime] if spec.regime in spec.regimes else list(spec.regimes)
        for regime in used:
            if len(shown) > _FEW and regime in seen:
                continue
            seen.add(regime)
            for i, group in enumerate(groups):
                channel = group.partition("/")[2]
                if channel in spec.regimes[regime].channels:
                    yield _Map(
                        shown=each, bundle=bundle, regime=regime, channel=channel, is_chief=i == 0
                    )


def _cases(results: Results, shown: Shown, group: str) -> float:
    found = results.estimate(shown.cell.name, "n_cases", group)
    return 0.0 if found is None else found.mean


def _heading(each: _Map) -> str:
    regime = each.shown.cell.scenario.spec.bundles[each.bundle].regimes[each.regime]
    label = visible(say_of_scenario(regime.label or each.regime))
    words = say(
        "{setting}: {regime}, filed {channel}",
        setting=each.shown.label,
        regime=label,
        channel=channel_label(each.channel),
    )
    return capital(words)


def _table(told: Told) -> Html:
    rows: Rows = []
    for step in steps_of(told.flow):
        measured = told.numbers.of(step)
        if step.kind not in BOXES or not measured.passes or not measured.passes.mean:
            continue
        shown = (measured.passes, measured.waiting, measured.work)
        who = told.lane(step.lane)[0] if step.kind in HANDS else NOTHING
        values = (in_numbers(value) if is_something(value) else NOTHING for value in shown)
        rows.append((capital(step.label), who, *values))
    return table(
        (
            say("Step"),
            say("Who"),
            say("Passes a case"),
            say("Wait until work begins, or time there"),
            say("Work at each pass"),
        ),
        rows,
        caption=say(
            "Means with their 95\u00a0% intervals, over measured cases; hours and days are those "
            "of the calendar, nights and days off included."
        ),
        numbers_from=2,
    )
