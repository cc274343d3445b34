"""What a person may write in a scenario file: one class a section, the text under a field its help.

It reads single values and refuses unknown fields.  Whether names fit together is for ``resolve``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.schema.base import NAMES_ONLY, Section, Sourced
from sim.scenario.schema.bundles import BundleSpec
from sim.scenario.schema.fields import (
    BY_SHAPE,
    MAPPING,
    SCALAR,
    Amount,
    ByWeekday,
    ClockDuration,
    ClockSpan,
    Date,
    Figure,
    Hours,
    Listed,
    Moment,
    Name,
    PayPerHour,
    Positive,
    PositiveCount,
    Share,
    Text,
    TimeOfDay,
    Weight,
    Whole,
    short_for,
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


class OfficeSpec(Section):
    """One office. Further fields are columns of your own: births, deputies, remote."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[Amount | Text, Field(union_mode="left_to_right")]]

    level: Name | None = None
    """One of `levels`; by default the lowest."""
    parent: Name | None = None
    """The office above it; by default the only one on the level above."""
    label: Text | None = None
    """What it is called in reports."""


class OfficesSpec(Section):
    """The offices, by name, in this file or in a CSV file or both."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, OfficeSpec]

    file: Text | None = None
    """A CSV file with the columns office, level, parent, label and any of your own."""

    @property
    def named(self) -> dict[str, OfficeSpec]:
        """The offices written in the scenario itself."""
        return self.__pydantic_extra__ or {}


class People(Section):
    """A number of people for each office: `times`, or a column of the offices times `times`."""

    column: Name | None = None
    """A column of the offices with the number of people of each."""
    times: Amount = 1.0
    """A factor on the column; without a column, the number."""


class StaffGroup(Sourced):
    """People of one kind, the same at each office of a level."""

    label: Text | None = None
    """What they are called in reports."""
    office: Name
    """The level of the offices that have them."""
    people: Annotated[
        People,
        short_for("times", {"type": ["number", "string"]}),
    ] = People()
    """How many at each office; 0.5 is a person on duty on half of the half-days."""
    roles: Annotated[tuple[Name, ...], Listed] = ()
    """What they can do; by default the role of the group's own name."""
    calendar: Name | None = None
    """When they are on duty; by default the calendar of the office."""
    speed: Positive = 1.0
    """Times of work are divided by this."""
    pay: PayPerHour | None = None
    """For costs."""
    first: Literal["first_come", "earliest_due"] = "first_come"
    """Which of the waiting work is taken first, at equal priority."""


class SystemSpec(Sourced):
    """An IT system or a data link that can be down."""

    up: Share = 1.0
    """The share of time in which it is up."""
    outage: ClockDuration | None = None
    """How long an unplanned outage lasts; needed where `up` is below 100 %."""
    planned: Annotated[tuple[FromTo, ...], Listed] = ()
    """Dated outages."""


class FilingSpec(Sourced):
    """When a channel's cases are filed. What is not listed has the weight 1."""

    while_open: Name | None = None
    """Only while this calendar is open."""
    weekdays: Annotated[dict[int, Weight], ByWeekday] = Field(default_factory=dict)
    """Weights of the days of the week: {mon: 1.2}."""
    hours: dict[Hours, Weight] = Field(default_factory=dict)
    """Weights of the hours of the day: {07:30-09:30: 2}."""


class LeverSpec(Section):
    """A name that a planner moves."""

    paths: Annotated[tuple[Text, ...], Listed, Field(min_length=1)]
    """The places in the file that it moves; * stands for any part."""
    label: Text | None = None
    """What it is called in reports."""


class Claim(Sourced):
    """A published figure that the study is held against."""

    bundle: Name
    """The bundle."""
    regime: Name | None = None
    """The regime."""
    channel: Name | None = None
    """The channel; by default all."""
    kpi: Name
    """The name of the KPI, see `lienthong kpis`."""
    value: Figure
    """The published value, in the KPI's unit; a share may be written as 95 %."""


class Target(Sourced):
    """What a planner wants to reach."""

    bundle: Name
    """The bundle."""
    kpi: Name
    """The name of the KPI."""
    at_most: Figure | None = None
    """The KPI is not above this; a share may be written as 95 %."""
    at_least: Figure | None = None
    """The KPI is not below this."""

    @model_validator(mode="after")
    def _one_side(self) -> Target:
        if (self.at_most is None) == (self.at_least is None):
            raise PydanticCustomError(
                "value",
                "{message}",
                {
                    "message": "needs exactly one of at_most and at_least",
                    "way_out": "Give one of the two.",
                },
            )
        return self


class Provenance(Section):
    """Where the values of some paths come from."""

    mark: Literal["stated", "derived", "assumed"]
    """How they are known."""
    source: Text | None = None
    """Where they come from."""
    note: Text | None = None
    """A remark for readers."""


_PATHS: Final = {"type": ["string", "array"], "items": {"type": "string"}}


class ScenarioSpec(Section):
    """A scenario of lienthong."""

    title: Text
    """One line that says what it is about."""
    description: Text | None = None
    """More about it, for readers."""
    extends: Annotated[tuple[Text, ...], Listed] = ()
    """Files whose contents count where this one says nothing; lienthong:birth is a shipped one."""
    dates: Literal["year first", "day first"] = "year first"
    """`day first` lets dates be written as 31/12/2025 too, here and in CSV files."""
    period: Period
    """When the simulated time begins, and how long it is."""
    replications: PositiveCount = 10
    """How many independent runs `run` and `compare` make by default."""
    seed: Whole = 1
    """Where the random numbers start."""
    overload: Literal["refused", "allowed"] = "refused"
    """Whether staff may have more work than they can ever do."""
    calendars: Annotated[
        dict[Name, CalendarSpec],
        BeforeValidator(
            lambda section: (
                {"office": OFFICE_HOURS, **section} if isinstance(section, dict) else section
            )
        ),
    ] = Field(default={}, validate_default=True)
    """Calendars by name. `always` is there, and `office` (Mon-Fri 7:30-11:30, 13:00-17:00, VN)."""
    timetables: dict[Name, TimetableSpec] = Field(default_factory=dict)
    """Timetables by name."""
    legal_clock: LegalClockSpec = LegalClockSpec()
    """How the working days of legal limits are counted."""
    levels: Annotated[tuple[Name, ...], Listed, Field(min_length=1)] = ("commune",)
    """Levels of offices, from the top."""
    offices: OfficesSpec = Field(default_factory=lambda: OfficesSpec.model_validate({}))
    """The offices; by default one on each level, called as the level."""
    calendar_of: dict[Name, Name] = Field(default_factory=dict)
    """The calendar of the offices of a level; by default that of the legal clock."""
    staff: dict[Name, StaffGroup] = Field(default_factory=dict)
    """Groups of people by name."""
    systems: dict[Name, SystemSpec] = Field(default_factory=dict)
    """IT systems and data links by name."""
    filing: dict[Name, FilingSpec] = Field(default_factory=dict)
    """When each channel's cases are filed; by default at any time."""
    bundles: Annotated[dict[Name, BundleSpec], Field(min_length=1)]
    """The bundles of procedures by name."""
    backlog: Text | None = None
    """A CSV file of cases under way: bundle, channel, office, step, received_on and properties."""
    levers: dict[Name, Annotated[LeverSpec, short_for("paths", _PATHS)]] = Field(
        default_factory=dict
    )
    """Names that a planner moves, each bound to places in the file."""
    variants: dict[Name, dict[Text, Any]] = Field(default_factory=dict)
    """Named overrides: levers, or paths, with new values; `from` names a variant to start from."""
    claims: tuple[Claim, ...] = ()
    """Published figures that the study is held against."""
    target: Target | None = None
    """What a planner wants to reach."""
    provenance: dict[Text, Provenance] = Field(default_factory=dict)
    """Where values come from, by pattern of their paths: bundles.birth.regimes.*.time."""


def read_spec(tree: Mapping[str, Any]) -> tuple[ScenarioSpec | None, list[Mapping[str, Any]]]:
    """Read a tree: what it says, or every error in it with its location (``loc``)."""
    try:
        return ScenarioSpec.model_validate(tree, context={"dates": tree.get("dates")}), []
    except ValidationError as refused:
        return None, [dict(error) for error in refused.errors(include_url=False)]


def read_names(tree: Mapping[str, Any]) -> ScenarioSpec | None:
    """Read a tree for its names, with stand-ins for values that cannot be read; None if it is more.

    A name that others ask for has none.
    """
    try:
        return ScenarioSpec.model_validate(
            tree, context={"dates": tree.get("dates"), NAMES_ONLY: True}
        )
    except ValidationError:
        return None


def known_fields() -> frozenset[str]:
    """The names of all fields of all sections."""
    return frozenset(name for section in _sections(Section) for name in section.fields())


def _sections(section: type[Section]) -> Iterator[type[Section]]:
    yield section
    for below in section.__subclasses__():
        yield from _sections(below)
