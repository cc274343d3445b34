"""What a person may write of time: the period, calendars, timetables, the legal clock."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from sim.scenario.schema.base import Section, Sourced
from sim.scenario.schema.fields import (
    BY_SHAPE,
    MAPPING,
    SCALAR,
    ByWeekday,
    ClockSpan,
    Date,
    Hours,
    Listed,
    Moment,
    Name,
    TimeOfDay,
)
from sim.units import HOUR, WEEK, YEAR

OFFICE_HOURS: Final = {"hours": {"mon-fri": ["07:30-11:30", "13:00-17:00"]}, "holidays": "VN"}
"""The calendar ``office`` of a file that has none of that name."""


class FromTo(Section):
    """A stretch of time; `to` is not in it."""

    start: Moment = Field(alias="from")
    """When it begins."""
    end: Moment = Field(alias="to")
    """When it ends."""


class Period(Sourced):
    """When the simulated time begins, and how long it is."""

    start: Date
    """The first day."""
    warm_up: ClockSpan = 8 * WEEK
    """How long it takes for queues to build up; cases that arrive in it are not measured."""
    length: ClockSpan = YEAR
    """Cases that arrive in this time are measured."""
    run_out: ClockSpan = 8 * WEEK
    """Goes on so that measured cases can end."""


class CalendarSpec(Sourced):
    """When something is open."""

    hours: Annotated[dict[int, Annotated[tuple[Hours, ...], Listed]], ByWeekday]
    """Hours by weekday: {mon-fri: [07:30-11:30, 13:00-17:00], sat: 07:30-11:30}."""
    holidays: Literal["VN", "none"] = "none"
    """The country whose public holidays are days off, and whose working Saturdays are open."""
    closed: Annotated[
        tuple[Annotated[Annotated[Date, SCALAR] | Annotated[FromTo, MAPPING], BY_SHAPE], ...],
        Listed,
    ] = ()
    """Days, or stretches of time, on which it is closed besides."""
    also_open: dict[Date, Annotated[tuple[Hours, ...], Listed]] = Field(default_factory=dict)
    """Hours on single days, in place of what that day would have."""


class TimetableSpec(Sourced):
    """Instants at which something leaves or happens."""

    calendar: Name = "office"
    """Departures take place only on days on which this calendar opens."""
    departures: Annotated[dict[int, Annotated[tuple[TimeOfDay, ...], Listed]], ByWeekday]
    """Times of day by weekday: {tue thu: 15:00} or {mon-fri: [11:00, 16:00]}."""


class LegalClockSpec(Sourced):
    """How the working days of legal limits are counted."""

    calendar: Name = "office"
    """A day on which this calendar opens is a working day."""
    cut_off: TimeOfDay = 15 * HOUR
    """What is received at this time or later is received on the next working day."""
