"""Names the steps of a flow: by what they do, or by their verb and what it applies to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.scenario.schema.steps import (
    AwaitTimetable,
    ByApplicant,
    Choose,
    Close,
    Do,
    EndCase,
    ExtendLimit,
    Incomplete,
    KeepAppointment,
    Open,
    OptionSpec,
    Resume,
    Return,
    Send,
    Step,
    Stop,
    Together,
    Wait,
)
from sim.scenario.text.tree import Path


def all_steps(steps: Sequence[Step], path: Path) -> Iterator[tuple[Step, Path]]:
    """Every step with its path, those inside choices and forks after the step that holds them."""
    for number, step in enumerate(steps):
        here = (*path, number)
        yield step, here
        if isinstance(step, Choose):
            for place, option in enumerate(step.choose):
                if isinstance(option, OptionSpec):
                    yield from all_steps(option.steps, (*here, "choose", place, "steps"))
                else:
                    yield from all_steps(option.rest, (*here, "choose", place, "rest"))
        elif isinstance(step, Together):
            for place, branch in enumerate(step.together):
                yield from all_steps(branch, (*here, "together", place))


def own_name(step: Step) -> str | None:
    """The name that a person gave a step; None for one named after its verb."""
    if step.name is not None:
        return step.name
    match step:
        case Do():
            return step.do
        case ByApplicant():
            return step.applicant
        case Wait():
            return step.delay
        case Send():
            return step.transfer
    return None


def verb_and_what(step: Step) -> str:
    """The name of a step that nobody named, such as ``open:residence``."""
    match step:
        case KeepAppointment():
            return f"appointment:{step.appointment}"
        case AwaitTimetable():
            return f"timetable:{step.timetable}"
        case Open():
            return f"open:{step.open}"
        case Close():
            return f"close:{step.close}"
        case ExtendLimit():
            return f"extend:{step.extend}"
        case Stop():
            return f"stop:{step.stop}"
        case Resume():
            return f"resume:{step.resume}"
        case Incomplete():
            return f"incomplete:{step.incomplete}"
        case Return():
            return f"return:{step.to}"
        case EndCase():
            return f"end:{step.end}"
        case Together():
            return "together"
    return "choose"
