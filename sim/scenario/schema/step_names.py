"""Names the steps of a flow: one rule for levers, messages, draws and lists of values.

A step is called by the `name` that it has, else by what it does (``receive``), else by its verb and
what that is about (``open:residence``).  Where such a name is taken in the flow, the next one is
numbered: ``timetable:signing#2``.  One that draws random numbers must not be left to be numbered:
a step added before it would give it others (R1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sim.errors import ValueFault
from sim.scenario.schema.steps import verbs_in
from sim.scenario.schema.values import parse_text
from sim.scenario.text.tree import Path

_NAMED_BY_VERB: Final = ("do", "applicant", "delay", "transfer", "pay")


def step_names(steps: Any, path: Path) -> dict[Path, str]:
    """The names of all steps of a flow as it is written, those in choices and forks too.

    Parameters
    ----------
    steps, path
        The list of steps, and where it stands.

    Returns
    -------
    dict[Path, str]
        By the path of each step, in the written order.  A name stands there once.  What is no step
        is left out.
    """
    found = dict(_steps(steps, path))
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for here, step in found.items():
        own = own_name(step)
        if own is not None and own not in taken:
            names[here] = own
            taken.add(own)
    # A way back that only leads there must not take the name of one that draws.
    for here, step in sorted(found.items(), key=lambda each: not draws(each[1])):
        if here not in names:
            names[here] = free_name(plain_name(step), taken)
            taken.add(names[here])
    return {here: names[here] for here in found}


def own_name(step: Mapping[str, Any]) -> str | None:
    """The name that a person gave a step as it is written; None for one named after its verb."""
    if (name := _text(step.get("name"))) is not None:
        return name
    verb = verbs_in(step)[0]
    return _text(step[verb]) if verb in _NAMED_BY_VERB else None


def plain_name(step: Mapping[str, Any]) -> str:
    """The name that a step has where no other of the flow has it before."""
    own = own_name(step)
    if own is not None:
        return own
    verb = verbs_in(step)[0]
    what = _text(step[verb])
    return verb if what is None else f"{verb}:{what}"


def draws(step: Mapping[str, Any]) -> bool:
    """Whether a step that nobody named draws random numbers, which belong to its name (R1)."""
    verb = verbs_in(step)[0]
    return verb in ("choose", "incomplete") or (
        (verb == "return" and ("share" in step or "if" in step))
        or (verb == "appointment" and "slip" in step)
    )


def free_name(name: str, taken: set[str]) -> str:
    """A name, with a number behind it where it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}#{number}"
    return free


def _text(value: Any) -> str | None:
    try:
        return parse_text(value)
    except ValueFault:
        return None


def _steps(items: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every step with its path, those inside choices and forks after the step that holds them."""
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if not verbs_in(item):
            continue
        here = (*path, number)
        yield here, item
        for verb in ("choose", "together"):
            inside = item.get(verb)
            for place, branch in enumerate(inside if isinstance(inside, list) else ()):
                yield from _steps(branch, (*here, verb, place))
                for way in ("steps", "rest") if isinstance(branch, Mapping) else ():
                    yield from _steps(branch.get(way), (*here, verb, place, way))
