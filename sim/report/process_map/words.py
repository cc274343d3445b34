"""Says what a map shows: its lanes, its legal clocks, and what was measured at each step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeGuard

from sim.analysis.estimate import Estimate
from sim.experiment.results import Cell, Results
from sim.language import Phrases, say, say_of_scenario
from sim.report.process_map.flow import BOXES, HANDS, Kind, Sequence, Step, steps_of
from sim.report.process_map.numbers import Measured, Numbers
from sim.report.process_map.reading import APPLICANT
from sim.report.process_map.svg import Words
from sim.report.view import in_words, role_label
from sim.report.words import between, capital, counted, listed, number, unit_in_short
from sim.units import HOUR, MINUTE
from sim.wording import visible

BUNDLE: Final = "bundle"
"""What a scenario calls the clock of the whole bundle."""

KINDS: Final = Phrases(
    {
        Kind.WORK: "work",
        Kind.APPLICANT: "in the applicant's hands",
        Kind.DELAY: "time passes",
        Kind.TRANSFER: "data under way",
        Kind.TIMETABLE: "a set time, such as a courier or an hour of signing",
        Kind.APPOINTMENT: "the day on the result slip",
        Kind.PAYMENT: "a fee is paid",
        Kind.OPEN: "receipt: the legal clock starts",
        Kind.CLOSE: "result: the legal clock ends",
        Kind.EXTEND: "the limit becomes longer",
        Kind.STOP: "the legal clock is stopped",
        Kind.RESUME: "the legal clock goes on",
        Kind.RETURN: "back to an earlier step",
        Kind.END: "the case ends",
        Kind.CHOICE: "one of these ways",
        Kind.FORK: "from here on side by side",
        Kind.JOIN: "all of them are done",
    }
)
"""What each kind of step is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A flow with what was measured of its steps."""

    results: Results
    cell: Cell
    bundle: str
    regime: str
    flow: Sequence
    numbers: Numbers

    def words(self) -> Words:
        """All that the map says."""
        steps = list(steps_of(self.flow))
        clocks = {BUNDLE, *(step.clock for step in steps if step.clock)}
        measured = {step.name: self.numbers.of(step) for step in steps}
        waits = {
            name: each.waiting.mean for name, each in measured.items() if each.waiting is not None
        }
        return Words(
            lanes={lane: self.lane(lane) for lane in ("", APPLICANT, *self._roles())},
            clocks={clock: self.clock(clock) for clock in clocks},
            notes={
                step.name: short
                for step in steps
                if step.kind in BOXES and (short := _short(measured[step.name].waiting))
            },
            titles={step.name: self.title(step, measured[step.name]) for step in steps},
            hours=waits,
            kinds=KINDS,
            whole=BUNDLE if self._limit(BUNDLE) is not None else "",
        )

    def lane(self, lane: str) -> tuple[str, str]:
        """What a lane is called, and the level of its office."""
        if lane in ("", APPLICANT):
            return capital(say("the applicant")), ""
        staff = self.cell.scenario.spec.staff
        levels = {group.office for name, group in staff.items() if lane in (name, *group.roles)}
        level = listed(map(in_words, sorted(levels))) if levels else ""
        return capital(role_label(self.results, lane)), level

    def clock(self, clock: str) -> str:
        """A procedure, or the bundle, with its limit on the first day."""
        spec = self.cell.scenario.spec.bundles[self.bundle]
        about = spec.procedures.get(clock, spec)
        name = visible(say_of_scenario(about.label or clock)).partition(" (")[0]
        days = self._limit(clock)
        if days is None:
            return say("{procedure}: no limit", procedure=name)
        if not days:
            return say("{procedure}: due the same day", procedure=name)
        limit = counted(days, "working day")
        return say("{procedure}: due within {limit}", procedure=name, limit=limit)

    def _limit(self, clock: str) -> int | None:
        """The limit of a procedure, or of the bundle, on the first day; None for none."""
        spec = self.cell.scenario.spec.bundles[self.bundle]
        given = spec.procedures.get(clock, spec).limit
        given = spec.regimes[self.regime].limits.get(clock, given)
        first = self.cell.scenario.spec.period.start
        return next((days for since, days in reversed(given) if since <= first), None)

    def title(self, step: Step, measured: Measured) -> str:
        """All that is known of a step, line by line."""
        lines = [f"{step.label}: {KINDS[step.kind]}"]
        if step.kind in HANDS:
            lines.append(", ".join(filter(None, self.lane(step.lane))))
        if step.clock and step.kind is not Kind.APPLICANT:
            lines.append(self.clock(step.clock))
        if step.kind is Kind.EXTEND:
            lines.append(say("by {days}", days=counted(step.days, "working day")))
        lines += [f"{heading}: {words}" for heading, words in self.told(step, measured)]
        return "\n".join(lines)

    def told(self, step: Step, measured: Measured) -> Iterator[tuple[str, str]]:
        """The numbers of a step with their headings."""
        if measured.passes is None:
            if step.kind in BOXES:
                yield say("Passes a case"), say("none")
            return
        yield say("Passes a case"), in_numbers(measured.passes)
        if measured.waiting is not None:
            yield waiting_heading(step.kind), in_numbers(measured.waiting)
        if measured.work is not None:
            yield say("Work at each pass"), in_numbers(measured.work)

    def longest(self, most: int = 3) -> list[tuple[Step, Estimate]]:
        """The steps at which a case spends most of its time, with how long at each pass."""
        found = []
        for step in steps_of(self.flow):
            measured = self.numbers.of(step)
            if step.kind in BOXES and measured.passes and measured.waiting:
                found.append((measured.passes.mean * measured.waiting.mean, step, measured.waiting))
        found.sort(key=lambda each: -each[0])
        return [(step, waiting) for hours, step, waiting in found[:most] if hours > 0]

    def _roles(self) -> list[str]:
        return [step.lane for step in steps_of(self.flow) if step.lane not in ("", APPLICANT)]


def waiting_heading(kind: Kind) -> str:
    """What the time at a step of a kind is."""
    return say("Wait until work begins") if kind is Kind.WORK else say("Time there")


def in_numbers(value: Estimate) -> str:
    """A mean with its interval, in the unit that suits it: "3.1 d (3.0 to 3.2)"."""
    factor, unit = _scaled(value)
    low, mean, high = (factor * each for each in (value.low, value.mean, value.high))
    places = _places(value, factor)
    shown = f"{number(mean, places)} {unit}".rstrip()
    bounds = between(low, high, "", places)
    bracket = bounds or say("n\u00a0=\u00a01, no interval")
    return f"{shown} ({bracket})"


def is_something(value: Estimate | None) -> TypeGuard[Estimate]:
    """Whether there is a value, and not 0 in all replications."""
    return value is not None and bool(value.mean or value.half_width)


def _short(value: Estimate | None) -> str:
    """A mean and half of its interval, short enough for a box: "3.1 d ± 0.1"."""
    if not is_something(value):
        return ""
    factor, unit = _scaled(value)
    places = _places(value, factor)
    shown = f"{number(factor * value.mean, places)}\u00a0{unit}"
    if not math.isfinite(value.half_width):
        return f"{shown} (n\u00a0=\u00a0{value.n})"
    return f"{shown} ±\u00a0{number(factor * value.half_width, places)}"


def _scaled(value: Estimate) -> tuple[float, str]:
    """By what to multiply a value, and the unit that it is then in."""
    if value.unit == "h":
        if value.mean < 1:
            return HOUR / MINUTE, unit_in_short("min")
        if value.mean >= 48:
            return 1 / 24, unit_in_short("d")
    return 1.0, "" if value.unit == "times" else unit_in_short(value.unit)


def _places(value: Estimate, factor: float) -> int:
    half = factor * value.half_width
    if not math.isfinite(half) or value.unit == "times":
        return 2 if value.unit == "times" else 1
    return 2 if 0 < half < 0.1 else 1
