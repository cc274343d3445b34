"""Compiles the steps of a channel into elements that point at each other.

The names in them are looked up here; whether a case finds its way is for the checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from sim.model import (
    LEAVE,
    Activity,
    Applicant,
    Appointment,
    Choice,
    ClockEnd,
    ClockResume,
    ClockStart,
    ClockStop,
    Delay,
    Element,
    End,
    Fork,
    Join,
    Option,
    Timetable,
    Transfer,
)
from sim.scenario.faults import Faults
from sim.scenario.resolve.flows.checks import check_ends, check_results, check_shares
from sim.scenario.resolve.flows.clocks import ClockChecks
from sim.scenario.resolve.flows.expand import (
    Made,
    before_work,
    extension,
    incomplete,
    key_of,
    payment,
    slip,
)
from sim.scenario.resolve.flows.idle import without_idle
from sim.scenario.resolve.flows.lookup import Lookup, Terms
from sim.scenario.resolve.flows.outline import Outline
from sim.scenario.resolve.flows.outline_step import OutlineStep
from sim.scenario.resolve.times.timing import Timing
from sim.scenario.schema import dossiers
from sim.scenario.schema import steps as spec
from sim.scenario.text.tree import Path

_Simple: TypeAlias = (
    spec.Do
    | spec.ByApplicant
    | spec.Wait
    | spec.Send
    | spec.KeepAppointment
    | spec.AwaitTimetable
    | dossiers.Open
    | dossiers.Close
    | dossiers.Stop
    | dossiers.Resume
    | spec.EndCase
)
"""Steps that one element stands for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compiled:
    """The elements of one flow.

    ``entries`` are the indices of its steps by name and ``paths`` their places; ``in_branches``
    are the names of the steps inside a fork, where no case under way can be put.
    """

    elements: tuple[Element, ...]
    start: int
    entries: Mapping[str, int]
    paths: Mapping[str, Path]
    in_branches: frozenset[str]


def compile_flow(
    steps: Sequence[spec.Step],
    path: Path,
    *,
    terms: Terms,
    timing: Timing,
    outcomes: list[str],
    faults: Faults,
) -> Compiled:
    """Make the elements of one flow, the first with the index 0.

    Parameters
    ----------
    steps, path
        As written, and where.
    outcomes
        Names of the outcomes known so far; new ones are added.
    """
    checks = ClockChecks(procedures=list(terms.procedures), faults=faults)
    outline = Outline(
        next_index=0,
        checks=checks,
        faults=faults,
        limits_bundle=terms.limits_bundle,
        looks_in=terms.looks_in,
    )
    n_faults = len(faults.found)
    outline.read(steps, path, terms.draw_names)
    is_sound = len(faults.found) == n_faults
    lookup = Lookup(terms=terms, timing=timing, outcomes=outcomes, faults=faults)
    maker = _Maker(lookup=lookup, timing=timing, faults=faults)
    start = maker.sequence(outline.steps, LEAVE)
    check_ends(
        maker.elements,
        start,
        path,
        branches=maker.branches,
        paths=maker.paths,
        sizes=terms.sizes,
        faults=faults,
    )
    if is_sound:
        check_results(
            maker.elements,
            start,
            procedures=terms.procedures,
            paths=maker.paths,
            sizes=terms.sizes,
            faults=faults,
        )
    elements = tuple(maker.elements[index] for index in sorted(maker.elements))
    entries = outline.entries
    if len(faults.found) == n_faults:
        elements, start, entries = without_idle(
            maker.elements, start, entries, has_backlog=terms.has_backlog
        )
    return Compiled(
        elements=elements,
        start=start,
        entries=entries,
        paths={maker.elements[index].name: where for index, where in maker.paths.items()},
        in_branches=frozenset(outline.in_branches),
    )


@dataclass(slots=True, kw_only=True)
class _Maker:
    lookup: Lookup
    timing: Timing
    faults: Faults
    elements: dict[int, Element] = field(default_factory=dict)
    paths: dict[int, Path] = field(default_factory=dict)
    branches: list[tuple[int, int, Path]] = field(default_factory=list)

    def sequence(self, sequence: Sequence[OutlineStep], then: int) -> int:
        """Make the elements of a sequence that goes on at ``then``; return its entry."""
        nexts = [place.entry for place in sequence[1:]] + [then]
        for place, after in zip(sequence, nexts, strict=False):
            self._make(place, after)
        return sequence[0].entry if sequence else then

    def _make(self, place: OutlineStep, then: int) -> None:
        if place.is_jump:
            return
        self.paths[place.at] = place.path
        match place.step:
            case spec.Choose():
                self._choice(place, place.step, then)
            case spec.Together(in_turn=True):
                self._in_turn(place, then)
            case spec.Together():
                self._fork(place, then)
            case dossiers.Incomplete():
                self._put_all(incomplete(place, place.step, then, self.lookup), place)
            case dossiers.ExtendLimit():
                self._put_all(extension(place, place.step, then, self.lookup), place)
            case spec.Pay():
                self._put_all(payment(place, place.step, then, self.lookup), place)
            case spec.Return(share=share, condition=condition):
                target = place.entry if place.target is None else place.target
                ways = (self.lookup.option(share, condition, (*place.path, "if"), target),)
                self._put(
                    Choice(name=place.name, key=key_of(place.name), then=then, options=ways),
                    place.at,
                )
            case simple:
                self._put(self._simple(simple, place, then), place.at)

    def _put_all(self, made: Made, place: OutlineStep) -> None:
        self.elements |= made
        self.paths |= dict.fromkeys(made, place.path)

    def _put(self, element: Element, index: int) -> None:
        self.elements[index] = element

    def _simple(self, step: _Simple, place: OutlineStep, then: int) -> Element:
        path = place.path
        name, key = place.name, key_of(place.name)
        match step:
            case spec.Do():
                self._put_all(before_work(place, step, self.lookup), place)
                return self._activity(place, step, then)
            case spec.ByApplicant():
                time, calendar = self.lookup.time(step.time, (*path, "time"), step.calendar, path)
                return Applicant(
                    name=name,
                    key=key,
                    then=then,
                    time=time,
                    calendar=calendar,
                    effort=self.lookup.effort(step.effort, path),
                    n_trips=step.trips,
                    n_given=step.gives,
                    within=-1,
                    late=LEAVE,
                    n_copies=step.copies,
                )
            case spec.Wait():
                time, calendar = self.lookup.time(step.time, (*path, "time"), step.calendar, path)
                return Delay(name=name, key=key, then=then, time=time, calendar=calendar)
            case spec.Send():
                return Transfer(
                    name=name,
                    key=key,
                    then=then,
                    time=self.timing.clock_sampler(step.time, (*path, "time")),
                    systems=self.lookup.systems(step.over, (*path, "over")),
                )
            case spec.KeepAppointment():
                self._put_all(slip(place, step, then, self.lookup), place)
                return Appointment(
                    name=name, key=key, then=then, clock=self.lookup.due(step.appointment, path)
                )
            case spec.AwaitTimetable():
                where = (*path, "timetable")
                return Timetable(
                    name=name,
                    key=key,
                    then=then,
                    instants=self.timing.timetable(step.timetable, where),
                )
            case dossiers.Open():
                return ClockStart(
                    name=name, key=key, then=then, procedure=self.lookup.procedure(step.open)
                )
            case dossiers.Close():
                return ClockEnd(
                    name=name, key=key, then=then, procedure=self.lookup.procedure(step.close)
                )
            case dossiers.Stop():
                return ClockStop(
                    name=name, key=key, then=then, procedure=self.lookup.procedure(step.stop)
                )
            case dossiers.Resume():
                return ClockResume(
                    name=name, key=key, then=then, procedure=self.lookup.procedure(step.resume)
                )
            case spec.EndCase():
                return End(
                    name=name,
                    key=key,
                    then=then,
                    outcome=self.lookup.outcome(step.end, (*path, "end")),
                )
            case _:
                assert_never(step)

    def _activity(self, place: OutlineStep, step: spec.Do, then: int) -> Activity:
        path = place.path
        return Activity(
            name=place.name,
            key=key_of(place.name),
            then=then,
            role=self.lookup.role(step.role, (*path, "role")),
            service=self.timing.clock_sampler(step.time, (*path, "time")),
            systems=self.lookup.systems(step.needs, (*path, "needs")),
            finish=step.at_closing == "finish",
            priority=step.priority,
            dossier=self.lookup.dossier(step.dossier, place.innermost, (*path, "dossier")),
            batch=self.lookup.batch(step.batch, step.role),
            pooled=step.pooled,
        )

    def _choice(self, place: OutlineStep, step: spec.Choose, then: int) -> None:
        ways: list[Option] = []
        otherwise = then
        for number, (option, part) in enumerate(zip(step.choose, place.parts, strict=True)):
            target = self.sequence(part, then)
            if isinstance(option, spec.OptionSpec):
                where = (*place.path, "choose", number, "if")
                ways.append(self.lookup.option(option.share, option.condition, where, target))
            else:
                otherwise = target
        check_shares(ways, place.path, self.lookup.terms.sizes, self.timing.time, self.faults)
        self._put(
            Choice(name=place.name, key=key_of(place.name), then=otherwise, options=tuple(ways)),
            place.at,
        )

    def _in_turn(self, place: OutlineStep, then: int) -> None:
        """Branches one after the other; what stands for the step itself is an idle choice."""
        for part in reversed(place.parts):
            then = self.sequence(part, then)
        self._put(Choice(name=place.name, key=key_of(place.name), then=then, options=()), place.at)

    def _fork(self, place: OutlineStep, then: int) -> None:
        join = place.extra_at
        entries = tuple(self.sequence(part, join) for part in place.parts)
        self._put(
            Fork(name=place.name, key=key_of(place.name), then=join, branches=entries), place.at
        )
        self._put(Join(name=place.extra[0], key=key_of(place.extra[0]), then=then), join)
        self.paths[join] = place.path
        for number, entry in enumerate(entries):
            self.branches.append((entry, join, (*place.path, "together", number)))
