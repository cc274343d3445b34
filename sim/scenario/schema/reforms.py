"""What a person may write of what a change is made of: the parts of a reform, and bottlenecks."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from sim.scenario.schema.base import Section, Sourced
from sim.scenario.schema.fields import Listed, Name, Text


class PartSpec(Sourced):
    """A part of a reform: a named set of overrides, levers or paths, that bring it about."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Any]

    label: Text | None = None
    """What it is called in reports."""
    after: Annotated[tuple[Name, ...], Listed] = ()
    """The parts without which it has no meaning: it never comes before them."""


class ReformSpec(Section):
    """What leads from one variant to another, in parts that can be in place or not."""

    label: Text | None = None
    """What it is called in reports."""
    note: str | None = None
    """A remark for readers; the simulation does not use it."""
    before: Name | None = Field(default=None, alias="from")
    """The variant before; by default the scenario as written."""
    after: Name | None = Field(default=None, alias="to")
    """The variant after; by default the scenario as written."""
    through: dict[Text, Any] = Field(default_factory=dict)
    """Overrides that hold wherever some parts are in place: a regime in which each can be alone."""
    parts: Annotated[dict[Name, PartSpec], Field(min_length=1)]
    """The parts by name, each with its overrides."""


class BottleneckSpec(Sourced):
    """What stands in the way: a named set of overrides, levers or paths, that take it away."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Any]

    label: Text | None = None
    """What it is called in reports."""


NAMING: Final = frozenset({"label", "note", "mark", "source", "after"})
"""The fields of a part or a bottleneck that are no overrides."""
