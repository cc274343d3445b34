"""What a person may write of a bundle: its procedures, demand, channels and regimes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Annotated, Any, TypeAlias

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sim.scenario.schema.base import DAY_FIRST, Section, Sourced, is_day_first
from sim.scenario.schema.fields import (
    BY_SHAPE,
    LIST,
    MAPPING,
    Amount,
    Date,
    Limit,
    Name,
    PropertyOfCases,
    ShareOrRest,
    Text,
    TimeOfDay,
)
from sim.scenario.schema.steps import FlowOrChannel


class FileRef(Section):
    """Values in a CSV file."""

    file: Text
    """The path, relative to the file that says it."""


class ProcedureSpec(Sourced):
    """One public service."""

    label: Text | None = None
    """What it is called in reports."""
    limit: Limit = ()
    """The legal limit in working days: 3 wd, none, or one by date: {2021-07-01: 7 wd}."""
    cut_off: TimeOfDay | None = None
    """What is received later is received on the next working day; by default the legal clock's."""


Months: TypeAlias = Annotated[
    Annotated[Annotated[tuple[Amount, ...], Field(min_length=12, max_length=12)], LIST]
    | Annotated[FileRef, MAPPING],
    BY_SHAPE,
    DAY_FIRST,
]


class DemandSpec(Sourced):
    """How many cases there are and where they live."""

    a_year: Amount | None = None
    """Cases a year at all home offices together."""
    each: Amount | None = None
    """Cases a year at each home office."""
    log: Text | None = None
    """A CSV file of filings that happened: columns filed_at, office, channel and properties."""
    at: Name | None = None
    """The level of the home offices; by default the lowest."""
    by: Name | None = None
    """A column of the offices by which cases are spread; by default evenly."""
    months: Months | None = None
    """Twelve weights from January on, or {file: NAME.csv}."""

    @model_validator(mode="after")
    def _one_kind(self) -> DemandSpec:
        kinds = [kind for kind in ("a_year", "each", "log") if getattr(self, kind) is not None]
        if len(kinds) != 1:
            found = f"gives {' and '.join(kinds)}" if kinds else "gives no number of cases"
            raise PydanticCustomError(
                "value",
                "{message}",
                {"message": found, "way_out": "Give one of a_year, each and log."},
            )
        return self


class RegimeSpec(Section):
    """A dated set of rules. Each further field is a channel: its steps, or another channel."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FlowOrChannel]

    label: Text | None = None
    """What it is called in reports."""
    start: Date | None = Field(default=None, alias="from")
    """The day from which it is in force."""
    limits: dict[Name, Limit] = Field(default_factory=dict)
    """Limits of procedures, and of the `bundle`, in place of those given with them."""
    source: str | None = None
    """The law or decision."""
    note: str | None = None
    """A remark for readers; the simulation does not use it."""

    @property
    def channels(self) -> dict[str, Any]:
        """Steps, or the name of the channel as which it is served, by channel."""
        return self.__pydantic_extra__ or {}


@lru_cache(maxsize=64)  # the cells of a study have the same ones, and their steps are most of it
def _regime(text: str, dates: str | None) -> RegimeSpec:
    return RegimeSpec.model_validate(json.loads(text), context={"dates": dates})


def _read_before(regime: Any, info: ValidationInfo) -> Any:
    """A regime as it was read from the same text; one with an error as it is given."""
    try:
        return _regime(json.dumps(regime), DAY_FIRST if is_day_first(info) else None)
    except (TypeError, ValidationError):
        return regime


class BundleSpec(Section):
    """Procedures that one life event links."""

    label: Text | None = None
    """What it is called in reports."""
    note: str | None = None
    """A remark for readers; the simulation does not use it."""
    procedures: dict[Name, ProcedureSpec] = Field(default_factory=dict)
    """The public services, by name."""
    limit: Limit = ()
    """The limit of the whole bundle, as for a procedure."""
    cut_off: TimeOfDay | None = None
    """As for a procedure; by default the legal clock's."""
    demand: DemandSpec
    """How many cases there are and where they live."""
    channels: dict[Name, ShareOrRest] = Field(default_factory=dict)
    """Shares of the channels; by default all cases are on the only channel of the regime."""
    properties: dict[Name, PropertyOfCases] = Field(default_factory=dict)
    """What cases differ in."""
    regime: Name | None = None
    """The regime in force, or `dated`: by the day of arrival. By default the only one."""
    regimes: Annotated[
        dict[Name, Annotated[RegimeSpec, BeforeValidator(_read_before)]], Field(min_length=1)
    ]
    """The sets of rules, by name."""
