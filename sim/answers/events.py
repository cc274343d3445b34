"""Turns the trail of a case into the events of its story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, assert_never

import numpy as np

from sim.answers.story import NO_TIME, Event, Kind, Parts, Work
from sim.engines.reference.trail import Entry, Trail
from sim.legal import day_of
from sim.model import (
    BUNDLE,
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
    Model,
    Payment,
    Timetable,
    Transfer,
)
from sim.records import NOT_YET, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stay:
    """A token at an element, from its coming to its going on; ``until`` is None if it did not."""

    entry: Entry
    parts: Parts
    until: int | None
    then: int | None
    visit: int


class Events:
    """The events of a case, in the order in which they are told.

    Parameters
    ----------
    trail
        Of a run of the model.
    """

    def __init__(self, model: Model, trail: Trail) -> None:
        self.model = model
        self.arrives_at = int(trail.run.cases["arrives_at"][trail.case])
        self.ended_at = int(trail.run.cases["ended_at"][trail.case])
        self.bundle = self.model.bundles[int(trail.run.cases["bundle"][trail.case])].label
        self.received_at = _received_at(trail)
        self.items = _items(trail.run.work_items, trail.case)
        self.ledgers = trail.ledgers
        self.entries: list[list[Entry]] = [[] for _ in trail.ledgers]
        self.visit_of: dict[Entry, int] = {}
        visits: dict[int, int] = {}
        for entry in trail.entries:
            self.entries[entry.token].append(entry)
            self.visit_of[entry] = visits.get(entry.element, 0)
            visits[entry.element] = self.visit_of[entry] + 1
        self.branches = self._branches(trail.entries)

    def __iter__(self) -> Iterator[Event]:
        yield from self._of_token(0, (), is_counted=True)
        if self.ended_at != NOT_YET:
            yield Event(
                kind=Kind.ENDED, step="", begins_at=self.ended_at, ends_at=self.ended_at,
                parts=NO_TIME,
            )  # fmt: skip

    def _branches(self, entries: tuple[Entry, ...]) -> dict[Entry, dict[int, int]]:
        """By entry of a fork, the tokens of its branches; one without a step has none."""
        found: dict[Entry, dict[int, int]] = {}
        branch_of: dict[int, tuple[Entry, int]] = {}
        for entry in entries:
            mine = self.entries[entry.token]
            if entry is mine[0] and entry.element in branch_of:
                fork, branch = branch_of[entry.element]
                found[fork][branch] = entry.token
            element = self.model.elements[entry.element]
            if isinstance(element, Fork):
                found[entry] = {}
                # An element belongs to one branch alone, and a case is once in it (F1).
                for branch, first in enumerate(element.branches):
                    branch_of[first] = entry, branch
        return found

    def _stays(self, token: int) -> Iterator[_Stay]:
        entries, last = self.entries[token], self.ledgers[token]
        for entry, after in pairwise((*entries, None)):
            if entry is None:
                return
            ledger = last if after is None else after.ledger
            parts = tuple(b - a for a, b in zip(entry.ledger, ledger, strict=True))
            until: int | None = entry.at + sum(parts) if after is None else after.at
            if self.ended_at == NOT_YET and after is None and self._is_still_there(entry, parts):
                # Work is booked as it begins, up to an end that the run did not see.
                parts, until = NO_TIME, None
            yield _Stay(
                entry=entry, parts=parts, until=until, visit=self.visit_of[entry],
                then=None if after is None else after.element,
            )  # fmt: skip

    def _is_still_there(self, entry: Entry, parts: Parts) -> bool:
        element = self.model.elements[entry.element]
        if isinstance(element, Activity):
            return self.items[entry.element, self.visit_of[entry]]["ended_at"] == NOT_YET
        if isinstance(element, End):
            return False
        return isinstance(element, Fork) or entry.at + sum(parts) >= self.model.horizon

    def _of_token(
        self, token: int, branch: tuple[int, ...], *, is_counted: bool
    ) -> Iterator[Event]:
        for stay in self._stays(token):
            element = self.model.elements[stay.entry.element]
            if isinstance(element, Fork):
                yield from self._fork(stay, element, branch, is_counted=is_counted)
            else:
                yield from self._event(stay, element, branch, is_counted=is_counted)

    def _fork(
        self, stay: _Stay, element: Fork, branch: tuple[int, ...], *, is_counted: bool
    ) -> Iterator[Event]:
        """What goes on side by side: of its time, that of the branch that came last (K2)."""
        tokens = self.branches[stay.entry]
        at = stay.entry.at
        ends = {each: at + sum(self.ledgers[token]) for each, token in tokens.items()}
        last = max(ends, key=lambda each: (ends[each], -each), default=-1)

        def event(kind: Kind, at: int, number: int = 0) -> Event:
            return Event(
                kind=kind,
                step=element.name,
                begins_at=at,
                ends_at=at,
                parts=NO_TIME,
                branch=branch,
                is_counted=is_counted,
                number=number,
            )

        yield event(Kind.SPLIT, at, len(element.branches))
        for each, token in sorted(tokens.items()):
            is_last = is_counted and each == last
            yield from self._of_token(token, (*branch, each + 1), is_counted=is_last)
        if stay.until is not None:
            yield event(Kind.JOINED, stay.until)

    def _event(
        self, stay: _Stay, element: Element, branch: tuple[int, ...], *, is_counted: bool
    ) -> Iterator[Event]:
        def event(kind: Kind, **more: Any) -> Event:
            return Event(
                kind=kind, step=element.name, begins_at=stay.entry.at, ends_at=stay.until,
                parts=stay.parts, branch=branch, is_counted=is_counted, **more,
            )  # fmt: skip

        match element:
            case Activity():
                yield event(Kind.WORK, work=self._work(stay, element))
            case Applicant():
                is_in_time = element.within < 0 or stay.then != element.late
                n = is_in_time and stay.until is not None
                yield event(
                    Kind.APPLICANT, is_in_time=is_in_time, n_trips=n * element.n_trips,
                    n_given=n * element.n_given, n_copies=n * element.n_copies,
                )  # fmt: skip
            case Delay() | Transfer() | Appointment() | Timetable():
                if any(stay.parts) or stay.until is None:
                    yield event(Kind.WAIT)
            case ClockStart():
                if self.received_at.get(element.procedure) == stay.entry.at:
                    yield event(Kind.RECEIVED, subject=self._subject(element.procedure))
            case ClockStop() | ClockResume() | ClockEnd():
                if self._is_received(element.procedure, stay.entry.at):
                    kind = _OF_CLOCKS[type(element)]
                    yield event(kind, subject=self._subject(element.procedure))
            case Extend():
                if self._is_received(element.clock, stay.entry.at):
                    subject = self._subject(element.clock)
                    yield event(Kind.EXTENDED, subject=subject, number=element.days)
            case Payment():
                fee = round(element.fee.on(day_of(self.arrives_at)))
                yield event(Kind.PAID, number=fee, is_online=element.is_online)
            case End():
                if branch:
                    yield event(Kind.ENDED, subject=self.model.outcomes[element.outcome])
            case Choice() | Fork() | Join():
                pass
            case _:
                assert_never(element)

    def _work(self, stay: _Stay, element: Activity) -> Work:
        item = self.items[stay.entry.element, stay.visit]
        is_begun = item["started_at"] != NOT_YET
        return Work(
            role=self.model.roles[element.role].label,
            office=self.model.offices[item["office"]].label,
            staff=self.model.staff[item["staff"]].name if is_begun else "",
            started_at=item["started_at"] if is_begun else None,
            visit=stay.visit,
            is_batched=element.batch is not None,
        )

    def _is_received(self, clock: int, at: int) -> bool:
        """Whether a clock has been started: what is done to another one does nothing (L5)."""
        return clock in self.received_at and self.received_at[clock] <= at

    def _subject(self, clock: int) -> str:
        return self.bundle if clock == BUNDLE else self.model.procedures[clock].label


def _received_at(trail: Trail) -> dict[int, int]:
    """By procedure that the case filed, and for the bundle, when it was received."""
    dossiers = trail.run.dossiers
    mine = dossiers["case"] == trail.case
    found = dict(
        zip(
            dossiers["procedure"][mine].tolist(),
            dossiers["received_at"][mine].tolist(),
            strict=True,
        )
    )
    return found | ({BUNDLE: min(found.values())} if found else {})


def _items(table: Table, case: int) -> dict[tuple[int, int], dict[str, int]]:
    """The work items of a case, by activity and visit."""
    rows = np.flatnonzero(table["case"] == case)
    items = [{name: int(column[row]) for name, column in table.items()} for row in rows]
    return {(item["activity"], item["visit"]): item for item in items}


_OF_CLOCKS: Final = {
    ClockStop: Kind.STOPPED,
    ClockResume: Kind.RESUMED,
    ClockEnd: Kind.RESULT,
}
