"""What every step may have, and the steps that run the legal clock of a dossier."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.schema.base import Section
from sim.scenario.schema.fields import (
    ClockDuration,
    Count,
    Duration,
    If,
    Name,
    ShareByDate,
    Text,
    WorkingDayCount,
)


class StepSection(Section):
    """What every step may have."""

    name: Name | None = None
    """The name of the step in its flow, instead of the one that follows from its verb."""
    note: str | None = None
    """A remark for readers; the simulation does not use it."""


class Open(StepSection):
    """The dossier of a procedure is received and its legal clock starts."""

    open: Name
    """The procedure."""


class Close(StepSection):
    """The result of a procedure is there and its legal clock ends."""

    close: Name
    """The procedure."""


class ExtendLimit(StepSection):
    """The limit of a clock becomes longer."""

    extend: Name
    """The procedure, or `bundle`."""
    by: WorkingDayCount
    """By how much."""


class Stop(StepSection):
    """The legal clock of a procedure, and the bundle's, wait."""

    stop: Name
    """The procedure."""


class Resume(StepSection):
    """The legal clock of a procedure, and the bundle's, go on."""

    resume: Name
    """The procedure."""


class Incomplete(StepSection):
    """Some dossiers go back to the applicant, with the clock stopped, and come back completed."""

    incomplete: Name
    """The procedure whose dossier is incomplete."""
    share: ShareByDate
    """How many are."""
    condition: If | None = Field(default=None, alias="if")
    """Only cases for which this holds can be."""
    supplement: Duration
    """How long the applicant takes to complete the dossier."""
    within: WorkingDayCount | None = None
    """How long the applicant may take; by default without limit."""
    otherwise: Name = "rejected"
    """The outcome of a case that is not completed within the time allowed."""
    back_to: Text | None = None
    """The earlier step that is done again; by default the flow goes on."""
    trips: Count = 0
    """Trips to an office for it."""
    gives: Count = 0
    """How many times the applicant gives the same information for it."""
    copies: Count = 0
    """Copies of papers that the applicant brings for it."""
    effort: ClockDuration | None = None
    """The applicant's own hours in it; by default all of `supplement`."""
    calendar: Name | None = None
    """The calendar on which `supplement` is counted."""
