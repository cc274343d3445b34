"""Turns what a scenario says of time into calendars, timetables and samplers.

All calendars are laid out from 400 days before the start to 400 days after the horizon, so that
a backlog has its working days and what ends late has an end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from sim.calendars import Calendar, always_open, build
from sim.distributions import Distribution, Sampler, parse_duration, sampler
from sim.errors import ValueFault
from sim.language import later, say
from sim.legal import WorkingDays, working_days
from sim.public_holidays import Holidays, public_holidays
from sim.scenario.faults import Faults
from sim.scenario.resolve.times.period import Range
from sim.scenario.schema.sections import ScenarioSpec
from sim.scenario.schema.times import CalendarSpec, FromTo
from sim.scenario.text.tree import Path
from sim.units import DAY, Span

ALWAYS: Final = "always"
_MOST_OUTAGES: Final = 1_000_000
"""Of one system: all are drawn before a run, so more would fill the memory."""


@lru_cache(maxsize=32)
def holidays_of(country: str, first_year: int, last_year: int) -> Holidays:
    """The public holidays of a country in a range of years, looked up once."""
    return public_holidays(country, range(first_year, last_year + 1))


def holidays_in(spec: ScenarioSpec, time: Range) -> Holidays | None:
    """The public holidays that the scenario's calendars use; None where they use none."""
    countries = {calendar.holidays for calendar in spec.calendars.values()} - {"none"}
    if not countries:
        return None
    first, last = time.date(time.first_day).year, time.date(time.last_day).year
    return holidays_of(min(countries), first, last)


@dataclass(slots=True, kw_only=True)
class Timing:
    """The calendars, timetables and samplers that a model needs, each content once.

    They come into being when they are first asked for; their indices are those of the model, or of
    a flow apart.
    """

    time: Range
    spec: ScenarioSpec
    faults: Faults
    calendars: list[Calendar] = field(default_factory=list)
    timetables: list[tuple[int, ...]] = field(default_factory=list)
    samplers: list[Sampler] = field(default_factory=list)
    _named: dict[str, Calendar] = field(default_factory=dict)
    _places: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = field(default_factory=dict)
    _departs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _drawn: dict[tuple[int, bytes, bytes], int] = field(default_factory=dict)

    def continued(self, spec: ScenarioSpec, faults: Faults) -> Timing:
        """What is here, to be added to for a scenario that says the same of time."""
        return replace(
            self,
            spec=spec,
            faults=faults,
            calendars=list(self.calendars),
            timetables=list(self.timetables),
            samplers=list(self.samplers),
            _places=dict(self._places),
            _drawn=dict(self._drawn),
        )

    def apart(self) -> Timing:
        """The same times, with none of the indices given."""
        return replace(self, calendars=[], timetables=[], samplers=[], _places={}, _drawn={})

    @property
    def names(self) -> list[str]:
        """The names of all calendars."""
        return [ALWAYS, *self.spec.calendars]

    def read(self) -> None:
        """Lay out every calendar of the scenario, used or not, so that its faults are found."""
        self._named[ALWAYS] = always_open(ALWAYS)
        for name, spec in self.spec.calendars.items():
            self._named[name] = self._laid_out(name, spec)

    def calendar(self, name: str, path: Path) -> Calendar:
        """A calendar by name; an unknown one is a fault, and then always open."""
        if name not in self._named and not self.faults.knows(
            path, later("calendar"), name, self.names
        ):
            return self._named[ALWAYS]
        return self._named[name]

    def calendar_on(self, level: str) -> Calendar:
        """The opening hours of the offices on a level."""
        if level in self.spec.calendar_of:
            return self.calendar(self.spec.calendar_of[level], ("calendar_of", level))
        return self.calendar(self.spec.legal_clock.calendar, ("legal_clock", "calendar"))

    def index(self, calendar: Calendar) -> int:
        """The index of a calendar in the model; calendars of equal hours share one."""
        hours = (calendar.opens, calendar.closes)
        if hours not in self._places:
            self._places[hours] = len(self.calendars)
            self.calendars.append(calendar)
        return self._places[hours]

    def legal(self) -> WorkingDays:
        """The working days of the legal clock (L3)."""
        name = self.spec.legal_clock.calendar
        calendar = self.calendar(name, ("legal_clock", "calendar"))
        return working_days(calendar, self.time.first_day, self.time.last_day)

    def timetable(self, name: str, path: Path) -> int:
        """The index of a timetable's instants in the model."""
        if not self.faults.knows(path, later("timetable"), name, self.spec.timetables):
            return 0
        return self.index_of_instants(self._departures(name))

    def times_of_day(self, times: tuple[int, ...], calendar: Calendar, path: Path) -> int:
        """The index of the instants at some times of each day on which a calendar opens."""
        instants = self._instants(dict.fromkeys(range(7), times), calendar)
        if not instants:
            self.faults.add(
                path, say("'{name}' never opens in the simulated time", name=calendar.name)
            )
        return self.index_of_instants(instants)

    def open_time(self, span: Span, calendar: Calendar) -> int:
        """A length in microseconds; a working day is the mean open day of a calendar (F2)."""
        unit = self.open_day(calendar) if span.in_working_days else 1.0
        return round(span.amount * unit)

    def clock_sampler(self, text: str, path: Path) -> int:
        """The index of a sampler of clock time; working days are a fault."""
        duration = self.parsed(text, path)
        if duration is None:
            return 0
        distribution, in_working_days = duration
        if in_working_days:
            self.faults.add(
                path,
                say("{value} is in working days", value=f"'{text}'"),
                say("Give clock time, e.g. 20 min."),
            )
            return 0
        return self._sampler(distribution, path)

    def sampler_and_calendar(
        self, text: str, path: Path, calendar: str | None, calendar_path: Path
    ) -> tuple[int, int]:
        """The sampler of a time and the calendar on which it is counted.

        Working days count on the legal clock's calendar unless another is named, each for the
        mean open time of that calendar's days; clock time counts always.
        """
        duration = self.parsed(text, path)
        if duration is None:
            return 0, 0
        distribution, in_working_days = duration
        default = self.spec.legal_clock.calendar if in_working_days else ALWAYS
        if calendar is None and default not in self._named:
            return 0, 0
        counted = self.calendar(calendar or default, calendar_path)
        if in_working_days:
            factor = self.open_day(counted)
            distribution = distribution.scaled(factor) if factor > 0 else distribution
        return self._sampler(distribution, path), self.index(counted)

    def open_day(self, calendar: Calendar) -> float:
        """The mean open time of the days of a usual week on which a calendar opens (F2).

        In microseconds; of the days under ``also_open`` where the week has none.
        """
        if calendar.name == ALWAYS:
            return float(DAY)
        spec = self.spec.calendars[calendar.name]
        usual = [each for each in spec.hours.values() if each] or list(spec.also_open.values())
        # Day by day, so that hours which overlap count once.
        dated = {dt.date.fromordinal(1 + day): hours for day, hours in enumerate(usual)}
        first, last = dt.date.fromordinal(1), len(usual) - 1
        week = build(calendar.name, start=first, first_day=0, last_day=last, weekly={}, extra=dated)
        days = len(working_days(week, 0, last).days)
        return week.open_between(0, len(usual) * DAY) / days if days else 0.0

    def check_idle(self) -> None:
        """Read every timetable, used or not, for its faults."""
        for name in self.spec.timetables:
            self._departures(name)

    def _laid_out(self, name: str, spec: CalendarSpec) -> Calendar:
        path = ("calendars", name)
        if name == ALWAYS:
            self.faults.add(
                path, say("'always' is built in"), say("Give the calendar another name.")
            )
        days_off: set[dt.date] = set()
        extra: dict[dt.date, tuple[tuple[int, int], ...]] = {}
        if spec.holidays != "none":
            days_off, extra = self._holidays(path, spec)
        stretches = []
        for number, closed in enumerate(spec.closed):
            if isinstance(closed, FromTo):
                stretches.append(self.stretch(closed.start, closed.end, (*path, "closed", number)))
            else:
                stretches.append((self.time.day(closed) * DAY, (self.time.day(closed) + 1) * DAY))
        calendar = build(
            name,
            start=self.time.start,
            first_day=self.time.first_day,
            last_day=self.time.last_day,
            weekly=spec.hours,
            days_off=days_off,
            extra=extra | spec.also_open,
            closures=stretches,
        )
        if calendar.next_open(0) >= self.time.horizon:
            self.faults.add(
                path, say("is never open in the simulated time"), say("Check hours and closed.")
            )
        return calendar

    def _holidays(
        self, path: Path, spec: CalendarSpec
    ) -> tuple[set[dt.date], dict[dt.date, tuple[tuple[int, int], ...]]]:
        found = holidays_in(self.spec, self.time)
        if found is None:
            return set(), {}
        days_off = set(found.dates_off())
        last = self.time.date(self.time.horizon // DAY)
        known = {day.year for day in days_off}
        unknown = [y for y in range(self.time.start.year, last.year + 1) if y not in known]
        if unknown:
            self.faults.add(
                (*path, "holidays"),
                say("no public holidays are known for {year}", year=unknown[0]),
                say("Move `period`, or write holidays: none and list the days under closed."),
            )
        extra = {
            day: tuple(hours) for day, hours in found.hours_of_working_saturdays(spec.hours).items()
        }
        return days_off, extra

    def stretch(self, start: dt.datetime, end: dt.datetime, path: Path) -> tuple[int, int]:
        """From and to in microseconds; an end before the beginning is a fault."""
        since, until = self.time.instant(start), self.time.instant(end)
        if since == until:
            self.faults.add(
                path,
                say("ends as it begins"),
                say("Give the day after the last: `to` is not in it."),
            )
        elif since > until:
            self.faults.add(path, say("ends before it begins"), say("Give `from` before `to`."))
        return since, until

    def _departures(self, name: str) -> tuple[int, ...]:
        if name in self._departs:
            return self._departs[name]
        spec, path = self.spec.timetables[name], ("timetables", name)
        calendar = self.calendar(spec.calendar, (*path, "calendar"))
        instants = self._instants(spec.departures, calendar)
        if not instants or instants[0] >= self.time.horizon:
            self.faults.add(
                (*path, "departures"),
                say(
                    "nothing departs in the simulated time on a day on which '{name}' opens",
                    name=calendar.name,
                ),
                say("Name other days or another calendar."),
            )
        self._departs[name] = instants
        return instants

    def _instants(
        self, departures: Mapping[int, Sequence[int]], calendar: Calendar
    ) -> tuple[int, ...]:
        """Times by weekday on the days on which a calendar opens."""
        instants: list[int] = []
        times = {weekday: sorted(set(departures.get(weekday, ()))) for weekday in range(7)}
        first = self.time.start.weekday()
        for day in range(self.time.last_day + 1):
            today = times[(first + day) % 7]
            if today and calendar.next_open(day * DAY) < (day + 1) * DAY:
                instants += [day * DAY + time for time in today]
        return tuple(instants)

    def index_of_instants(self, instants: tuple[int, ...]) -> int:
        """The index of a timetable's instants in the model."""
        if instants not in self.timetables:
            self.timetables.append(instants)
        return self.timetables.index(instants)

    def parsed(self, text: str, path: Path) -> tuple[Distribution, bool] | None:
        """A distribution of times, and whether it is in working days; None after a fault."""
        folder = self.faults.folder_of(path)
        try:
            duration = parse_duration(text, folder=folder)
        except ValueFault as fault:
            self.faults.take(path, fault)
            return None
        if duration.file is not None:
            self.faults.bytes_of(folder / duration.file)
        return duration.distribution, duration.in_working_days

    def _sampler(self, distribution: Distribution, path: Path) -> int:
        try:
            prepared = sampler(distribution)
        except ValueFault as fault:
            self.faults.take(path, fault)
            return 0
        return self.index_of_sampler(prepared)

    def index_of_sampler(self, prepared: Sampler) -> int:
        """The index of a sampler in the model; those that give the same share one."""
        content = _content(prepared)
        if content not in self._drawn:
            self._drawn[content] = len(self.samplers)
            self.samplers.append(prepared)
        return self._drawn[content]


@lru_cache(maxsize=512)  # as many as there are tables, which are the large ones
def _content(prepared: Sampler) -> tuple[int, bytes, bytes]:
    return prepared.kind, prepared.shares.tobytes(), prepared.values.tobytes()
