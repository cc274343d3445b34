"""The steps of a flow as they are written: each a mapping with one verb and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from sim.scenario.schema.base import Section
from sim.scenario.schema.dossiers import (
    Close,
    ExtendLimit,
    Incomplete,
    Open,
    Resume,
    StepSection,
    Stop,
)
from sim.scenario.schema.fields import (
    BY_SHAPE,
    LIST,
    SCALAR,
    SHAPE,
    ClockDuration,
    Count,
    Duration,
    FeeByDate,
    If,
    Listed,
    Name,
    RoleName,
    ShareByDate,
    Text,
    TimeOfDay,
    Whole,
)
from sim.scenario.schema.habits import BatchSpec, BeginsSpec, CounterSpec


class Do(StepSection):
    """A member of staff works on the case."""

    do: Name
    """The name of the activity. The same name in two regimes uses the same random numbers."""
    role: RoleName
    """Who does it: a role of `staff`."""
    time: ClockDuration
    """How long one person works on it."""
    needs: Annotated[tuple[Name, ...], Listed] = ()
    """Systems that must be up for the work to go on."""
    at_closing: Literal["pause", "finish"] = "pause"
    """At closing time the work pauses until the next opening, or is finished in overtime."""
    priority: Whole = 0
    """Higher goes first in the queue."""
    dossier: Name | None = None
    """The procedure it belongs to, or `none`; by default the one opened last and not yet closed."""
    batch: BatchSpec | None = None
    """Items are worked on together; by default each for itself."""
    begins: BeginsSpec | None = None
    """A share of the items is held back until shortly before the limit."""
    looks_in: Annotated[tuple[TimeOfDay, ...], Listed] | None = None
    """Times of day at which it is seen that it has come; by default those of the role's staff."""
    pooled: bool = False
    """Whether staff of other offices may do it, where their group `helps`."""


class ByApplicant(StepSection):
    """Time in the applicant's own hands: filling a form, a trip to the office."""

    applicant: Name
    """The name of what the applicant does."""
    time: Duration
    """How long it takes."""
    trips: Count = 0
    """Trips to an office in it."""
    gives: Count = 0
    """How many times the applicant gives the same information in it."""
    copies: Count = 0
    """Copies of papers that the applicant brings for it."""
    effort: ClockDuration | None = None
    """The applicant's own hours in it; by default all of `time`."""
    calendar: Name | None = None
    """The calendar on which `time` is counted; by default always, for working days the office's."""


class Wait(StepSection):
    """A time that passes by itself."""

    delay: Name
    """The name of what is waited for."""
    time: Duration
    """How long it takes."""
    calendar: Name | None = None
    """The calendar on which `time` is counted; by default always, for working days the office's."""


class Send(StepSection):
    """Data under way over systems, which moves only while all of them are up."""

    transfer: Name
    """The name of the transfer."""
    over: Annotated[tuple[Name, ...], Listed] = ()
    """The systems that it passes."""
    time: ClockDuration
    """How long it takes while the systems are up."""


class KeepAppointment(StepSection):
    """The case goes on at the opening of the day on which a legal clock is due."""

    appointment: Name
    """The procedure whose clock gives the day, or `bundle`."""
    slip: ShareByDate | None = None
    """How many come on that day although the result is there before; by default all."""
    otherwise: Duration | None = None
    """When the others come, from the result on; by default at once."""


class AwaitTimetable(StepSection):
    """The case goes on at the next instant of a timetable, as with a courier."""

    timetable: Name
    """One of `timetables`."""


class Pay(StepSection):
    """The applicant pays a fee."""

    pay: Name
    """The name of the payment."""
    fee: FeeByDate
    """How much; the fee in force on the day on which the case arrives."""
    online: ShareByDate | None = None
    """How many pay online; by default all pay at the counter."""
    fails: ShareByDate | None = None
    """How many of the tries to pay online fail."""
    again: Duration | None = None
    """The applicant's time for each new try."""
    counter: CounterSpec = CounterSpec()
    """What paying at the counter takes."""


class OptionSpec(Section):
    """One way on from a choice."""

    share: ShareByDate = 1.0
    """How many of the cases at the choice go this way, by chance."""
    condition: If | None = Field(default=None, alias="if")
    """Only cases for which this holds can go this way."""
    steps: Steps
    """What is done on it; afterwards the flow goes on behind the choice."""


class RestSpec(Section):
    """The way of all cases that no other option takes."""

    rest: Steps
    """What is done on it; afterwards the flow goes on behind the choice."""


class Choose(StepSection):
    """Each case goes one of several ways, by chance, by its properties, or both."""

    choose: Annotated[
        tuple[
            Annotated[
                Annotated[OptionSpec, Tag(SHAPE + "option")]
                | Annotated[RestSpec, Tag(SHAPE + "rest")],
                Discriminator(
                    lambda item: (
                        SHAPE
                        + ("rest" if isinstance(item, Mapping) and "rest" in item else "option")
                    )
                ),
            ],
            ...,
        ],
        Field(min_length=1),
    ]
    """The ways, in order; a case that none takes goes on behind the choice."""


class Together(StepSection):
    """Branches that go on at the same time; the flow goes on when all are done."""

    together: Annotated[tuple[Steps, ...], Field(min_length=2)]
    """The branches, each a list of steps."""
    in_turn: bool = False
    """Whether they go on one after the other all the same, in the order in which they stand."""


class Return(StepSection):
    """Goes back to an earlier step."""

    to: Text = Field(alias="return")
    """The name of the earlier step, in the same branch."""
    share: ShareByDate = 1.0
    """How many of the cases go back."""
    condition: If | None = Field(default=None, alias="if")
    """Only cases for which this holds can go back."""


class EndCase(StepSection):
    """The case ends here."""

    end: Name
    """The outcome: `completed`, `rejected`, or a name of your own."""


VERBS: Final = (
    "do",
    "applicant",
    "delay",
    "transfer",
    "appointment",
    "timetable",
    "pay",
    "open",
    "close",
    "extend",
    "stop",
    "resume",
    "incomplete",
    "choose",
    "together",
    "return",
    "end",
)
"""The keys that say what a step is."""


_KINDS: Final[dict[str, type[Section]]] = dict(
    zip(
        VERBS,
        (
            Do,
            ByApplicant,
            Wait,
            Send,
            KeepAppointment,
            AwaitTimetable,
            Pay,
            Open,
            Close,
            ExtendLimit,
            Stop,
            Resume,
            Incomplete,
            Choose,
            Together,
            Return,
            EndCase,
        ),
        strict=True,
    )
)


def verbs_in(item: Any) -> tuple[str, ...]:
    """The verbs that a step names; a well-formed one has a single verb."""
    if not isinstance(item, Mapping):
        return ()
    found = [key for key in item if key in _KINDS]  # asked of every step, for every lever
    return tuple(found) if len(found) < 2 else tuple(verb for verb in VERBS if verb in item)


def may_have(step: Mapping[str, Any], name: str) -> bool:
    """Whether a step as it is written may have a field, and may go without it."""
    verbs = verbs_in(step)
    fields = _KINDS[verbs[0]].model_fields if len(verbs) == 1 else {}
    return any((info.alias or at) == name and not info.is_required() for at, info in fields.items())


def _verb(item: Any) -> str | None:
    verbs = verbs_in(item)
    return SHAPE + verbs[0] if len(verbs) == 1 else None


Step: TypeAlias = Annotated[
    Annotated[Do, Tag("as:do")]
    | Annotated[ByApplicant, Tag("as:applicant")]
    | Annotated[Wait, Tag("as:delay")]
    | Annotated[Send, Tag("as:transfer")]
    | Annotated[KeepAppointment, Tag("as:appointment")]
    | Annotated[AwaitTimetable, Tag("as:timetable")]
    | Annotated[Pay, Tag("as:pay")]
    | Annotated[Open, Tag("as:open")]
    | Annotated[Close, Tag("as:close")]
    | Annotated[ExtendLimit, Tag("as:extend")]
    | Annotated[Stop, Tag("as:stop")]
    | Annotated[Resume, Tag("as:resume")]
    | Annotated[Incomplete, Tag("as:incomplete")]
    | Annotated[Choose, Tag("as:choose")]
    | Annotated[Together, Tag("as:together")]
    | Annotated[Return, Tag("as:return")]
    | Annotated[EndCase, Tag("as:end")],
    Discriminator(_verb, custom_error_type="verb", custom_error_message="verb"),
]
"""One step of a flow."""

Steps: TypeAlias = tuple[Step, ...]
"""Steps that are done one after the other."""

FlowOrChannel: TypeAlias = Annotated[Annotated[Steps, LIST] | Annotated[Name, SCALAR], BY_SHAPE]
"""The steps of a channel, or the name of the channel as which it is served."""
