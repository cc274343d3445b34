"""The rules of a model in the kernel's memory: its calendars, samplers, elements and limits.

See :mod:`sim.engines.fast.kernel.fields` for what stands where.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from sim.distributions import STEPS, Sampler
from sim.engines.fast.block import Block, Ints, columns, intervals, ints, row, table
from sim.engines.fast.kernel import fields as f
from sim.engines.protocol import calendars_of, is_paced, may_be_away
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
    Extend,
    Fork,
    Join,
    LedgerPart,
    Model,
    Option,
    Payment,
    Timetable,
    Transfer,
)
from sim.model.graph import revisited
from sim.model.series import Series
from sim.units import NEVER

Floats: TypeAlias = NDArray[np.float64]

KINDS: Final[Mapping[type[Element], int]] = {
    Activity: f.IS_ACTIVITY,
    Choice: f.IS_CHOICE,
    Applicant: f.IS_APPLICANT,
    Delay: f.IS_DELAY,
    Transfer: f.IS_TRANSFER,
    Appointment: f.IS_APPOINTMENT,
    Timetable: f.IS_TIMETABLE,
    Fork: f.IS_FORK,
    Join: f.IS_JOIN,
    ClockStart: f.IS_CLOCK_START,
    ClockStop: f.IS_CLOCK_STOP,
    ClockResume: f.IS_CLOCK_RESUME,
    ClockEnd: f.IS_CLOCK_END,
    Extend: f.IS_EXTEND,
    Payment: f.IS_PAYMENT,
    End: f.IS_END,
}
"""The elements that the kernel knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """The line of an activity that is done in batches: ``at`` is its place in an office (H2)."""

    activity: int
    role: int
    at: int
    batch: int


class Rules:
    """Lays out one model; ``block`` and ``floats`` are what the kernel reads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.block = Block(f.N_HEAD)
        self.floats: list[float] = []
        needed = [e.systems for e in model.elements if isinstance(e, Activity) and e.systems]
        needed += [e.systems for e in model.elements if isinstance(e, Transfer)]
        self.up_systems = tuple(dict.fromkeys(needed))
        places = [self.block.add(intervals(calendar)) for calendar in model.calendars]
        self.calendar_of = calendars_of(model)
        n_calendars = max(len(places), *(calendar + 1 for calendar in self.calendar_of), 0)
        self.calendars = self.block.reserve(n_calendars)
        self.block.write(self.calendars, ints(places))
        self.ups_from = self.block.reserve(len(self.up_systems))
        places = [self.block.add(ints([*instants, NEVER])) for instants in model.timetables]
        self.timetables = self.block.add(ints(places))
        self.samplers = self.block.add(table(f.N_SAMPLER, map(self.sampler, model.samplers)))
        self.elements = self.block.reserve(len(model.elements) * f.N_ELEMENT)
        levels = [role.level for role in model.roles]
        self.role_at = ints([levels[:i].count(level) for i, level in enumerate(levels)])
        self.batch_lines = self.add_batches()
        self.line_of = {line.activity: line.at for line in self.batch_lines}
        priorities = {e.priority for e in model.elements if isinstance(e, Activity)}
        self.ranks = {p: rank for rank, p in enumerate(sorted(priorities, reverse=True))}  # S4
        self.slots = {at: slot for slot, at in enumerate(sorted(revisited(model.elements)))}

    @property
    def exit_width(self) -> int:
        """Words of the row of a case that has ended: some are 0 unless a model has their like."""
        is_usual = not any(may_be_away(member) for member in self.model.staff) and not any(
            isinstance(e, Payment)
            or (isinstance(e, Applicant) and e.n_copies > 0)
            or (isinstance(e, Activity) and e.batch is not None)
            or (isinstance(e, Timetable | Appointment | Delay) and e.part >= LedgerPart.UNSEEN)
            for e in self.model.elements
        )
        return f.USUAL_EXIT if is_usual else f.N_EXIT

    def add_head(self) -> None:
        """The head of the memory, and the working days."""
        model, block = self.model, self.block
        count, days, opens, closes = model.working_days.arrays()
        head = {
            f.HORIZON: model.horizon,
            f.MEASURED_FROM: model.warm_up_ends_at,
            f.MEASURED_UNTIL: min(model.measured_until, model.horizon),
            f.FREE_TOKEN: f.NONE,
            f.FREE_CLOCK: f.NONE,
            f.FREE_CASE: f.NONE,
            f.OPEN_FIRST: f.NONE,
            f.NEW_FIRST: f.NONE,
            f.LATER_FIRST: f.NONE,
            f.N_PROCEDURES: len(model.procedures),
            f.FIRST_DAY: model.working_days.first_day,
            f.DAY_COUNT: block.add(count),
            f.N_DAY_COUNT: len(count),
            f.DAYS: block.add(
                columns(f.N_DAY, {f.DAY_INDEX: days, f.DAY_OPENS: opens, f.DAY_CLOSES: closes})
            ),
            f.N_DAYS: len(days),
            f.EXIT_WIDTH: self.exit_width,
        }
        for field, value in head.items():
            block.write(field, ints([value]))

    def add_batches(self) -> tuple[BatchLine, ...]:
        """The batches of activities, and where their lines stand at an office."""
        n_lines = Counter(role.level for role in self.model.roles)
        found = []
        for at, element in enumerate(self.model.elements):
            if isinstance(element, Activity) and element.batch is not None:
                level = self.model.roles[element.role].level
                batch = {
                    f.BATCH_SIZE: element.batch.size,
                    f.AT_MOST: element.batch.at_most,
                    f.AT_MOST_CALENDAR: self.calendars + element.batch.calendar,
                    f.SETUP: element.batch.setup,
                    f.IS_TOGETHER: element.batch.together,
                }
                place = self.block.add(row(f.N_BATCH, batch))
                line = BatchLine(activity=at, role=element.role, at=n_lines[level], batch=place)
                found.append(line)
                n_lines[level] += 1
        return tuple(found)

    def sampler(self, sampler: Sampler) -> dict[int, int]:
        """The record of a sampler."""
        shares = self.add_floats(sampler.shares.tolist())
        nodes = self.add_floats(sampler.values.tolist())
        record = {f.SHARES: shares, f.NODES: nodes}
        if sampler.kind != STEPS:
            return record | {f.SHAPE: f.TABLE}
        if len(sampler.values) > 1:
            return record | {f.SHAPE: f.STEPS, f.N_STEPS: len(sampler.shares)}
        value = max(int(np.rint(sampler.values[0])), 0)
        return record | {f.SHAPE: f.CONSTANT, f.VALUE: value}

    def add_floats(self, values: Sequence[float]) -> int:
        """Append floats, return where they begin."""
        self.floats += values
        return len(self.floats) - len(values)

    def add_receipts(self) -> Ints:
        """The cut-offs and limits of each flow; return their places (L1, L7)."""
        places = []
        for flow in self.model.flows:
            cut_offs = [procedure.cut_off for procedure in self.model.procedures]
            cut_offs.append(self.model.bundles[flow.bundle].cut_off)
            rows = []
            for cut_off, limit in zip(cut_offs, (*flow.limits, flow.bundle_limit), strict=True):
                pairs = zip(limit.from_days, limit.days, strict=True) if limit else ()
                dated = [{f.LIMIT_DAY: day, f.LIMIT_DAYS: n} for day, n in pairs]
                place = self.block.add(table(f.N_LIMIT, dated))
                rows.append(
                    {
                        f.RECEIPT_CUT_OFF: cut_off,
                        f.LIMITS_FROM: place,
                        f.LIMITS_TO: place + f.N_LIMIT * len(dated),
                    }
                )
            places.append(self.block.add(table(f.N_RECEIPT, rows)))
        return ints(places)

    def element(self, at: int, element: Element) -> dict[int, int]:
        """The record of an element."""
        return {
            f.KIND: KINDS[type(element)],
            f.THEN: self.place(element.then),
            f.INDEX: at,
            f.KEY: element.key,
            f.IS_COUNTED: self.slots.get(at, f.NONE),
            **self.rest(at, element),
        }

    def rest(self, at: int, element: Element) -> dict[int, int]:
        """The fields that only elements of this kind have."""
        match element:
            case Activity():
                role = self.model.roles[element.role]
                return {
                    f.TIME: self.sampler_at(element.service),
                    f.ROLE: self.line_of.get(at, self.role_at[element.role]),
                    f.LEVEL: role.level,
                    f.RANK: self.ranks[element.priority],
                    f.ORDER: role.order,
                    f.DOSSIER: element.dossier,
                    f.UP: self.up(element.systems) if element.systems else f.NONE,
                    f.IS_FINISHED: element.finish,
                    f.IS_PACED: is_paced(self.model, element.systems),
                    f.IS_POOLED: element.pooled,
                }
            case Applicant():
                return {
                    f.TIME: self.sampler_at(element.time),
                    f.CALENDAR: self.calendars + element.calendar,
                    f.EFFORT: self.sampler_at(element.effort) if element.effort >= 0 else f.NONE,
                    f.EFFORT_KEY: element.effort_key,
                    f.N_TRIPS: element.n_trips,
                    f.N_GIVEN: element.n_given,
                    f.WITHIN: element.within,
                    f.LATE: self.place(element.late),
                    f.N_COPIES: element.n_copies,
                }
            case Delay():
                calendar = self.calendars + element.calendar
                return {
                    f.TIME: self.sampler_at(element.time),
                    f.CALENDAR: calendar,
                    f.PART: element.part,
                }
            case Transfer():
                up = self.up(element.systems)
                return {
                    f.TIME: self.sampler_at(element.time),
                    f.CALENDAR: up,
                    f.IS_PACED: is_paced(self.model, element.systems),
                }
            case Timetable():
                return {f.TIMETABLE: self.timetables + element.instants, f.PART: element.part}
            case Choice():
                options = table(f.N_OPTION, map(self.option, element.options))
                first = self.block.add(options)
                return {f.FIRST: first, f.LAST: first + options.size}
            case Fork():
                first = self.block.add(ints(map(self.place, element.branches)))
                return {f.FIRST: first, f.LAST: first + len(element.branches)}
            case Extend():
                return {f.CLOCK: element.clock, f.DAYS_MORE: element.days}
            case Appointment():
                return {
                    f.CLOCK: element.clock,
                    f.DAYS_BEFORE: element.days_before,
                    f.PART: element.part,
                }
            case ClockStart() | ClockStop() | ClockResume() | ClockEnd():
                return {f.CLOCK: element.procedure}
            case Payment():
                fees = map(round, element.fee.values)
                first, last = self.dated(element.fee.from_days, fees)
                return {f.FEES_FROM: first, f.FEES_TO: last, f.IS_ONLINE: element.is_online}
            case End():
                return {f.OUTCOME: element.outcome}
            case Join():
                return {}
            case _:
                assert_never(element)

    def option(self, option: Option) -> dict[int, int]:
        """The record of an option of a choice."""
        values = self.block.add(ints(option.values))
        return self.changing(option.share, f.SHARE, f.SHARES_FROM, f.SHARES_TO) | {
            f.PROPERTY: option.property,
            f.VALUES_FROM: values,
            f.VALUES_TO: values + len(option.values),
            f.TARGET: self.place(option.target),
        }

    def changing(self, value: float | Series, always: int, first: int, last: int) -> dict[int, int]:
        """The fields of a float that may change by the day (V1)."""
        if not isinstance(value, Series):
            return {always: self.add_floats([value]), first: f.NONE}
        begin = self.add_floats(value.values)
        places = range(begin, begin + len(value.values))
        begins, ends = self.dated(value.from_days, places)
        return {first: begins, last: ends}

    def dated(self, from_days: Sequence[int], values: Iterable[int]) -> tuple[int, int]:
        """The places where rows of values by day begin and end (V1)."""
        pairs = zip(from_days, values, strict=True)
        rows = table(f.N_DATED, [{f.DATED_DAY: day, f.DATED_VALUE: value} for day, value in pairs])
        first = self.block.add(rows)
        return first, first + rows.size

    def sampler_at(self, sampler: int) -> int:
        """The place of a sampler."""
        return self.samplers + f.N_SAMPLER * sampler

    def place(self, at: int) -> int:
        """The place of an element."""
        return f.NONE if at == LEAVE else self.elements + f.N_ELEMENT * at

    def up(self, systems: tuple[int, ...]) -> int:
        """The place of the calendar of common up times."""
        return self.ups_from + self.up_systems.index(systems)
