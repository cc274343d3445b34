"""What a person may write of a bundle: its procedures, demand, channels and regimes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Annotated, Any, Final, TypeAlias

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sim.language import say
from sim.scenario.schema.base import DAY_FIRST, Section, Sourced, is_day_first
from sim.scenario.schema.fields import (
    BY_SHAPE,
    LIST,
    MAPPING,
    Amount,
    AmountByDate,
    Date,
    If,
    Limit,
    Name,
    PropertyOfCases,
    ShareByDate,
    ShareOrRestByDate,
    Text,
    TimeOfDay,
    short_for,
)
from sim.scenario.schema.steps import FlowOrChannel
from sim.wording import both


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


class SurgeSpec(Sourced):
    """Days on which more cases come, or fewer."""

    start: Date = Field(alias="from")
    """The first day."""
    end: Date = Field(alias="to")
    """The day after the last."""
    times: Amount
    """How many times as many come as otherwise."""


class DemandSpec(Sourced):
    """How many cases there are and where they live."""

    a_year: AmountByDate | None = None
    """Cases a year at all home offices together."""
    each: AmountByDate | None = None
    """Cases a year at each home office; with `by`, for each one that its column counts."""
    log: Text | None = None
    """A CSV file of filings that happened: columns filed_at, office, channel and properties."""
    at: Name | None = None
    """The level of the home offices; by default the lowest."""
    by: Name | None = None
    """A column of the offices by which cases are spread, or that counts them; by default evenly."""
    months: Months | None = None
    """Twelve weights from January on, or {file: NAME.csv}."""
    surges: tuple[SurgeSpec, ...] = ()
    """Times in which the rate is multiplied, on top of the cases of the year."""

    @model_validator(mode="after")
    def _one_kind(self) -> DemandSpec:
        kinds = [kind for kind in ("a_year", "each", "log") if getattr(self, kind) is not None]
        if len(kinds) != 1:
            found = (
                say("gives {names}", names=both(kinds))
                if kinds
                else say("gives no number of cases")
            )
            raise PydanticCustomError(
                "value",
                "{message}",
                {"message": found, "way_out": say("Give one of a_year, each and log.")},
            )
        return self


class ChannelSpec(Sourced):
    """How many of the cases are filed on a channel, and by whom."""

    share: ShareOrRestByDate
    """The share of the cases that take it, of those that may."""
    only_if: If | None = None
    """A property without which it cannot be taken; a case without it takes another."""


_SHARES: Final = {
    "anyOf": [
        {"type": ["number", "string"], "examples": ["47.8 %", "rest"]},
        {"type": "object", "additionalProperties": {"type": ["number", "string"]}},
    ]
}


class ElsewhereSpec(Sourced):
    """Filing at another office than the home office."""

    share: ShareByDate
    """The share of the cases that are filed at another office."""
    among: Name
    """A level above, or a column of the offices: those with the same one file for each other."""


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
    channels: dict[Name, Annotated[ChannelSpec, short_for("share", _SHARES)]] = Field(
        default_factory=dict
    )
    """Shares of the channels; by default all cases are on the only channel of the regime."""
    files_elsewhere: ElsewhereSpec | None = None
    """How many cases are filed at another office; by default all are at their home office."""
    properties: dict[Name, PropertyOfCases] = Field(default_factory=dict)
    """What cases differ in."""
    regime: Name | None = None
    """The regime in force, or `dated`: by the day of arrival. By default the only one."""
    regimes: Annotated[
        dict[Name, Annotated[RegimeSpec, BeforeValidator(_read_before)]], Field(min_length=1)
    ]
    """The sets of rules, by name."""
