"""What a person may write in a scenario file: one class a section, the text under a field its help.

It reads single values and refuses unknown fields.  Whether names fit together is for ``resolve``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from sim.language import say
from sim.scenario.schema.base import NAMES_ONLY, Section, Sourced
from sim.scenario.schema.bundles import BundleSpec
from sim.scenario.schema.fields import (
    Amount,
    AmountOfMoney,
    ByWeekday,
    Figure,
    Hours,
    Listed,
    Name,
    PayPerHour,
    PositiveCount,
    RangeOfValues,
    RoleName,
    Text,
    Weight,
    Whole,
    short_for,
)
from sim.scenario.schema.reforms import BottleneckSpec, ReformSpec
from sim.scenario.schema.staff import StaffGroup, SystemSpec
from sim.scenario.schema.times import (
    OFFICE_HOURS,
    CalendarSpec,
    LegalClockSpec,
    Period,
    TimetableSpec,
)


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


class FilingSpec(Sourced):
    """When a channel's cases are filed. What is not listed has the weight 1."""

    while_open: Name | None = None
    """Only while this calendar is open."""
    weekdays: Annotated[dict[int, Weight], ByWeekday] = Field(default_factory=dict)
    """Weights of the days of the week: {mon: 1.2}."""
    hours: dict[Hours, Weight] = Field(default_factory=dict)
    """Weights of the hours of the day: {07:30-09:30: 2}."""


class CostsSpec(Sourced):
    """What things cost; nothing is counted in money that is not here (rule M2)."""

    hour: PayPerHour | None = None
    """An hour of an applicant: 45 000 VND/h."""
    trip: AmountOfMoney | None = None
    """A trip of an applicant to an office: 20 000 VND."""
    copy_of_papers: AmountOfMoney | None = Field(default=None, alias="copy")
    """A copy of papers."""
    pay: dict[RoleName, PayPerHour] = Field(default_factory=dict)
    """An hour of a role; by default the `pay` of the staff that hold it."""


class ReadingSpec(Section):
    """A named set of overrides, made before those of a variant: levers, or paths."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Any]

    label: Text | None = None
    """What it is called in reports."""
    note: str | None = None
    """A remark for readers; the simulation does not use it."""


class LeverSpec(Section):
    """A name that a planner moves."""

    paths: Annotated[tuple[Text, ...], Listed, Field(min_length=1)]
    """The places in the file that it moves; * stands for any part."""
    label: Text | None = None
    """What it is called in reports."""
    range: RangeOfValues | None = None
    """What it may be instead, all its places at once; beside the values that readings give it."""


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
                    "message": say("needs exactly one of at_most and at_least"),
                    "way_out": say("Give one of the two."),
                },
            )
        return self


class Provenance(Section):
    """Where the values of some paths come from."""

    mark: Literal["stated", "measured", "derived", "assumed"]
    """How they are known."""
    source: Text | None = None
    """Where they come from."""
    note: Text | None = None
    """A remark for readers."""
    range: RangeOfValues | None = None
    """What each of the values may be instead, where it does not say so itself: 0.5-2 x."""


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
    costs: CostsSpec = CostsSpec()
    """What an hour, a trip, a copy and the hours of the staff cost."""
    reading: Name | None = None
    """Which of `readings` counts; by default none."""
    readings: dict[Name, ReadingSpec] = Field(default_factory=dict)
    """Named sets of overrides, one of which counts: how offices and applicants go about it."""
    levers: dict[Name, Annotated[LeverSpec, short_for("paths", _PATHS)]] = Field(
        default_factory=dict
    )
    """Names that a planner moves, each bound to places in the file."""
    variants: dict[Name, dict[Text, Any]] = Field(default_factory=dict)
    """Named overrides: levers, or paths, with new values; `from` names a variant to start from."""
    reforms: dict[Name, ReformSpec] = Field(default_factory=dict)
    """What leads from one variant to another, in named parts."""
    bottlenecks: dict[Name, BottleneckSpec] = Field(default_factory=dict)
    """What stands in the way, by name: overrides that take each of them away."""
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
