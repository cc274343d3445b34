"""A flow as a map shows it: steps one after the other, ways of which one is taken, and branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias


class Kind(StrEnum):
    """What a step is; those that take a case's time are drawn as boxes, the others as marks."""

    WORK = "work"
    APPLICANT = "applicant"
    DELAY = "delay"
    TRANSFER = "transfer"
    TIMETABLE = "timetable"
    APPOINTMENT = "appointment"
    PAYMENT = "payment"
    OPEN = "open"
    CLOSE = "close"
    EXTEND = "extend"
    STOP = "stop"
    RESUME = "resume"
    RETURN = "return"
    END = "end"
    CHOICE = "choice"
    FORK = "fork"
    JOIN = "join"
    STRAIGHT = "straight"


BOXES: Final = frozenset(
    {
        Kind.WORK,
        Kind.APPLICANT,
        Kind.DELAY,
        Kind.TRANSFER,
        Kind.TIMETABLE,
        Kind.APPOINTMENT,
    }
)

HANDS: Final = frozenset({Kind.WORK, Kind.APPLICANT})
"""Steps at which somebody has the case in hand; at other boxes time passes."""

HERE: Final = ""
"""The lane of a step at which nobody works: the one in which the case lies already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step.

    Parameters
    ----------
    name
        Of the step in its flow.
    lane
        Who has the case: a role, the applicant, or ``HERE``.
    clock
        The procedure, or ``bundle``, of whose legal clock the step is about; empty for none.
    days
        Working days of an extension.
    target
        The name of the step to which a return leads.
    parts
        Suffixes of the name under which more of its waiting is measured.
    """

    name: str
    kind: Kind
    label: str
    lane: str = HERE
    clock: str = ""
    days: int = 0
    target: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way out of a choice, or a branch; steps may be none.

    ``label`` says when it is taken, empty for otherwise; ``share`` of whom comes there takes it by
    the scenario, None where that depends.
    """

    steps: Sequence
    label: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """A choice between ways, or branches that go on side by side."""

    name: str
    label: str
    is_fork: bool
    ways: tuple[Way, ...]


Node: TypeAlias = Step | Ways
Sequence: TypeAlias = tuple[Node, ...]


def steps_of(sequence: Sequence) -> Iterator[Step]:
    """Every step of a flow, in the written order."""
    for node in sequence:
        if isinstance(node, Step):
            yield node
        else:
            for way in node.ways:
                yield from steps_of(way.steps)
