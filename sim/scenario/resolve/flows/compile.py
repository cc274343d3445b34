"""Compiles the steps of a channel into elements that point at each other.

The names in them are looked up here; whether a case finds its way is for the checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.model import (
    BUNDLE,
    LEAVE,
    NO_DOSSIER,
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
    Extend,
    Fork,
    Join,
    Option,
    Property,
    Timetable,
    Transfer,
)
from sim.scenario.faults import Faults
from sim.scenario.resolve.flows.checks import check_ends, check_shares
from sim.scenario.resolve.flows.outline import Outline, OutlineStep
from sim.scenario.resolve.timing import Timing
from sim.scenario.schema import steps as spec
from sim.scenario.schema.values import Condition
from sim.scenario.text.tree import Path
from sim.streams import ELEMENT_BITS, name_key
from sim.wording import did_you_mean

_NO_DOSSIER = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the names in the steps of a bundle stand for: indices of the model.

    ``limited`` are the clocks that have a limit in the regime, by procedure or ``bundle``;
    ``draw_names`` the names under which the cases draw their properties.
    """

    procedures: Mapping[str, int]
    limited: frozenset[str]
    properties: Mapping[str, int]
    all_properties: Sequence[Property]
    roles: Mapping[str, int]
    systems: Mapping[str, int]
    draw_names: tuple[str, ...]

    @property
    def sizes(self) -> list[int]:
        """How many values each property has."""
        return [len(each.values) for each in self.all_properties]


@dataclass(frozen=True, slots=True, kw_only=True)
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
    first_index: int,
    terms: Terms,
    timing: Timing,
    outcomes: list[str],
    faults: Faults,
) -> Compiled:
    """Make the elements of one flow.

    Parameters
    ----------
    steps, path
        As written, and where.
    first_index
        The index that the first element has in the model.
    outcomes
        Names of the outcomes known so far; new ones are added.
    """
    outline = Outline(next_index=first_index, procedures=list(terms.procedures), faults=faults)
    outline.read(steps, path, terms.draw_names)
    maker = _Maker(terms=terms, timing=timing, outcomes=outcomes, faults=faults)
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
    return Compiled(
        elements=tuple(maker.elements[index] for index in sorted(maker.elements)),
        start=start,
        entries=outline.entries,
        paths={maker.elements[index].name: where for index, where in maker.paths.items()},
        in_branches=frozenset(outline.in_branches),
    )


@dataclass(slots=True, kw_only=True)
class _Maker:
    terms: Terms
    timing: Timing
    outcomes: list[str]
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
        self.paths[place.entry] = place.path
        match place.step:
            case spec.Choose():
                self._choice(place, place.step, then)
            case spec.Together():
                self._fork(place, then)
            case spec.Incomplete():
                self._incomplete(place, place.step, then)
            case spec.Return(share=share, condition=condition):
                target = place.entry if place.target is None else place.target
                ways = (self._option(share, condition, (*place.path, "if"), target),)
                self._put(
                    Choice(name=place.name, key=_key(place.name), then=then, options=ways),
                    place.entry,
                )
            case _:
                self._put(self._simple(place, then), place.entry)

    def _put(self, element: Element, index: int) -> None:
        self.elements[index] = element

    def _simple(self, place: OutlineStep, then: int) -> Element:
        step, path = place.step, place.path
        name, key = place.name, _key(place.name)
        match step:
            case spec.Do():
                return self._activity(place, step, then)
            case spec.ByApplicant():
                time, calendar = self._time(step.time, (*path, "time"), step.calendar, path)
                return Applicant(
                    name=name,
                    key=key,
                    then=then,
                    time=time,
                    calendar=calendar,
                    effort=self._effort(step.effort, path),
                    n_trips=step.trips,
                    n_given=step.gives,
                    within=-1,
                    late=LEAVE,
                )
            case spec.Wait():
                time, calendar = self._time(step.time, (*path, "time"), step.calendar, path)
                return Delay(name=name, key=key, then=then, time=time, calendar=calendar)
            case spec.Send():
                return Transfer(
                    name=name,
                    key=key,
                    then=then,
                    time=self.timing.clock_sampler(step.time, (*path, "time")),
                    systems=self._systems(step.over, (*path, "over")),
                )
            case spec.KeepAppointment():
                return Appointment(
                    name=name, key=key, then=then, clock=self._due(step.appointment, path)
                )
            case spec.AwaitTimetable():
                where = (*path, "timetable")
                return Timetable(
                    name=name,
                    key=key,
                    then=then,
                    instants=self.timing.timetable(step.timetable, where),
                )
            case spec.Open():
                return ClockStart(
                    name=name, key=key, then=then, procedure=self._procedure(step.open)
                )
            case spec.Close():
                return ClockEnd(
                    name=name, key=key, then=then, procedure=self._procedure(step.close)
                )
            case spec.Stop():
                return ClockStop(
                    name=name, key=key, then=then, procedure=self._procedure(step.stop)
                )
            case spec.Resume():
                return ClockResume(
                    name=name, key=key, then=then, procedure=self._procedure(step.resume)
                )
            case spec.ExtendLimit():
                return Extend(
                    name=name, key=key, then=then, clock=self._clock(step.extend), days=step.by
                )
            case spec.EndCase():
                return End(
                    name=name, key=key, then=then, outcome=self._outcome(step.end, (*path, "end"))
                )
        raise AssertionError(f"no element is known for {type(step).__name__}")

    def _activity(self, place: OutlineStep, step: spec.Do, then: int) -> Activity:
        path = place.path
        known = self.faults.knows((*path, "role"), "role", step.role, self.terms.roles)
        dossier = place.innermost
        if step.dossier is not None:
            dossier = None if step.dossier == _NO_DOSSIER else step.dossier
            if dossier is not None:
                names = [*self.terms.procedures, _NO_DOSSIER]
                self.faults.knows((*path, "dossier"), "procedure", dossier, names)
        return Activity(
            name=place.name,
            key=_key(place.name),
            then=then,
            role=self.terms.roles[step.role] if known else 0,
            service=self.timing.clock_sampler(step.time, (*path, "time")),
            systems=self._systems(step.needs, (*path, "needs")),
            finish=step.at_closing == "finish",
            priority=step.priority,
            dossier=NO_DOSSIER if dossier is None else self._procedure(dossier),
        )

    def _incomplete(self, place: OutlineStep, step: spec.Incomplete, then: int) -> None:
        path, at = place.path, place.extra_at
        procedure = self._procedure(step.incomplete)
        way = self._option(step.share, step.condition, (*path, "if"), at)
        self._put(
            Choice(name=place.name, key=_key(place.name), then=then, options=(way,)), place.entry
        )
        time, calendar = self._time(step.supplement, (*path, "supplement"), step.calendar, path)
        is_limited = step.within is not None
        supplement = Applicant(
            name=place.extra[1],
            key=_key(place.extra[1]),
            then=at + 2,
            time=time,
            calendar=calendar,
            effort=self._effort(step.effort, path),
            n_trips=step.trips,
            n_given=step.gives,
            within=-1 if step.within is None else step.within,
            late=at + 3 if is_limited else LEAVE,
        )
        back = then if place.target is None else place.target
        self._put(
            ClockStop(
                name=place.extra[0], key=_key(place.extra[0]), then=at + 1, procedure=procedure
            ),
            at,
        )
        self._put(supplement, at + 1)
        self._put(
            ClockResume(
                name=place.extra[2], key=_key(place.extra[2]), then=back, procedure=procedure
            ),
            at + 2,
        )
        outcome = self._outcome(step.otherwise, (*path, "otherwise"))
        if is_limited:
            self._put(
                End(name=place.extra[3], key=_key(place.extra[3]), then=LEAVE, outcome=outcome),
                at + 3,
            )
        for index in range(at, at + len(place.extra)):
            self.paths[index] = path

    def _choice(self, place: OutlineStep, step: spec.Choose, then: int) -> None:
        ways: list[Option] = []
        otherwise = then
        for number, (option, part) in enumerate(zip(step.choose, place.parts, strict=True)):
            target = self.sequence(part, then)
            if isinstance(option, spec.OptionSpec):
                where = (*place.path, "choose", number, "if")
                ways.append(self._option(option.share, option.condition, where, target))
            else:
                otherwise = target
        check_shares(ways, place.path, self.terms.sizes, self.faults)
        self._put(
            Choice(name=place.name, key=_key(place.name), then=otherwise, options=tuple(ways)),
            place.entry,
        )

    def _fork(self, place: OutlineStep, then: int) -> None:
        join = place.extra_at
        entries = tuple(self.sequence(part, join) for part in place.parts)
        self._put(
            Fork(name=place.name, key=_key(place.name), then=join, branches=entries), place.entry
        )
        self._put(Join(name=place.extra[0], key=_key(place.extra[0]), then=then), join)
        self.paths[join] = place.path
        for number, entry in enumerate(entries):
            self.branches.append((entry, join, (*place.path, "together", number)))

    def _option(self, share: float, condition: Condition | None, path: Path, target: int) -> Option:
        if condition is None:
            return Option(share=share, property=-1, values=(), target=target)
        name = condition.property
        # With a fault in it an option has no share, so that no other fault follows from it.
        unread = Option(share=0.0, property=-1, values=(), target=target)
        if not self.faults.knows(path, "property", name, self.terms.properties):
            return unread
        index = self.terms.properties[name]
        values = self.terms.all_properties[index].values
        if condition.value not in values:
            way_out = did_you_mean(condition.value, values)
            self.faults.add(path, f"property '{name}' is never '{condition.value}'", way_out)
            return unread
        return Option(
            share=share,
            property=index,
            values=tuple(
                place
                for place, value in enumerate(values)
                if (value == condition.value) != condition.negated
            ),
            target=target,
        )

    def _time(self, text: str, where: Path, calendar: str | None, path: Path) -> tuple[int, int]:
        return self.timing.sampler_and_calendar(text, where, calendar, (*path, "calendar"))

    def _effort(self, text: str | None, path: Path) -> int:
        return -1 if text is None else self.timing.clock_sampler(text, (*path, "effort"))

    def _systems(self, names: Sequence[str], path: Path) -> tuple[int, ...]:
        found = {
            self.terms.systems[name]
            for name in names
            if self.faults.knows(path, "system", name, self.terms.systems)
        }
        return tuple(sorted(found))

    def _procedure(self, name: str) -> int:
        # An unknown one is a fault of the outline.
        return self.terms.procedures.get(name, 0)

    def _clock(self, name: str) -> int:
        return BUNDLE if name == "bundle" else self._procedure(name)

    def _due(self, name: str, path: Path) -> int:
        is_known = name == "bundle" or name in self.terms.procedures
        if is_known and name not in self.terms.limited:
            self.faults.add(
                (*path, "appointment"),
                f"the clock of '{name}' has no limit, so it gives no day",
                "Give it a limit, or a delay in place of the appointment.",
            )
        return self._clock(name)

    def _outcome(self, name: str, path: Path) -> int:
        if name == self.outcomes[0]:
            self.faults.add(path, f"'{name}' is no outcome", "Write completed or rejected.")
            return 0
        if name not in self.outcomes:
            self.outcomes.append(name)
        return self.outcomes.index(name)


def _key(name: str) -> int:
    return name_key(name, ELEMENT_BITS)
