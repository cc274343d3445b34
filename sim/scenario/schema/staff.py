"""What a person may write of staff and of the systems with which they work."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.schema.base import Section, Sourced
from sim.scenario.schema.fields import (
    AmountByDate,
    ClockDuration,
    Duration,
    Length,
    Listed,
    Moment,
    Multiple,
    Name,
    PayPerHour,
    PositiveByDate,
    PositiveCount,
    Share,
    ShareByDate,
    Text,
    TimeOfDay,
    short_for,
)
from sim.scenario.schema.times import FromTo


class People(Section):
    """A number of people for each office: `times`, or a column of the offices times `times`."""

    column: Name | None = None
    """A column of the offices with the number of people of each."""
    times: AmountByDate = 1.0
    """A factor on the column; without a column, the number."""


class AbsenceSpec(Sourced):
    """Absence by chance (rule P1)."""

    share: Share
    """The share of the time on duty in which a person is away."""
    spell: Duration
    """How long a person is away at a time, in working days."""


class AwaySpec(Sourced):
    """Planned absence (rule P2); `to` is not in it."""

    start: Moment = Field(alias="from")
    """When it begins."""
    end: Moment = Field(alias="to")
    """When it ends."""
    people: PositiveCount = 1
    """How many of the group are away."""
    offices: Annotated[tuple[Name, ...], Listed] | None = None
    """At which offices; by default at all."""


class HelpsSpec(Sourced):
    """Help for other offices, by staff for whom nothing waits (rule B2)."""

    who: Name
    """A level above, or a column of the offices: those with the same one help each other."""
    after: Length
    """How long work has waited before others take it, in open time of its office."""


class StaffGroup(Sourced):
    """People of one kind, the same at each office of a level."""

    label: Text | None = None
    """What they are called in reports."""
    office: Name
    """The level of the offices that have them."""
    people: Annotated[
        People,
        short_for(
            "times",
            {
                "anyOf": [
                    {"type": ["number", "string"]},
                    {"type": "object", "additionalProperties": {"type": ["number", "string"]}},
                ]
            },
        ),
    ] = People()
    """How many at each office; 0.5 is a person on duty on half of the half-days."""
    roles: Annotated[tuple[Name, ...], Listed] = ()
    """What they can do; by default the role of the group's own name."""
    calendar: Name | None = None
    """When they are on duty; by default the calendar of the office."""
    speed: PositiveByDate = 1.0
    """Times of work are divided by this."""
    pay: PayPerHour | None = None
    """What an hour of its roles costs, where `costs` does not say otherwise."""
    first: Literal["first_come", "earliest_due", "latest_come"] = "first_come"
    """Which of the waiting work is taken first, at equal priority."""
    absence: AbsenceSpec | None = None
    """How much they are away by chance; by default never."""
    away: Annotated[tuple[AwaySpec, ...], Listed] = ()
    """Planned absences."""
    looks_in: Annotated[tuple[TimeOfDay, ...], Listed] = ()
    """Times of day at which they see what has come; by default at once."""
    helps: HelpsSpec | None = None
    """Whose `pooled` work they take when they have none; by default nobody's."""


class SlowSpec(Sourced):
    """Times in which a system is slow (rule Y1)."""

    share: ShareByDate
    """The share of time in which it is slow."""
    factor: Multiple
    """How many times as long work that needs it takes meanwhile."""
    spell: ClockDuration
    """How long it is slow at a time."""


class SystemSpec(Sourced):
    """An IT system or a data link that can be down or slow."""

    up: ShareByDate = 1.0
    """The share of time in which it is up."""
    outage: ClockDuration | None = None
    """How long an unplanned outage lasts; needed where `up` is below 100 %."""
    planned: Annotated[tuple[FromTo, ...], Listed] = ()
    """Dated outages."""
    slow: SlowSpec | None = None
    """How much it is slow; by default never."""
