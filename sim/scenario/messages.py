"""Puts faults into words: where, what was found, and a way out.

It turns what the schema refuses into faults, and shows all faults of a file at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sim.errors import Fault, ValueFault
from sim.language import later, say, several
from sim.scenario.schema.fields import SHAPE
from sim.scenario.schema.sections import known_fields
from sim.scenario.schema.steps import VERBS, verbs_in
from sim.scenario.schema.values import show
from sim.scenario.text.tree import Document, Path, dotted
from sim.units import parse_days
from sim.wording import did_you_mean, either, meaning, nearest, retold

_BELONGS: Final = {
    "model_type": (later("a mapping"), later("Write its fields as name: value.")),
    "dict_type": (later("a mapping"), later("Write its entries as name: value.")),
    "tuple_type": (later("a list"), later("Begin each item with a dash.")),
    "string_type": (later("text"), later("Put it into quotes.")),
}

_OF_THE_SCHEMA: Final = (
    later("Input should be a valid boolean, unable to interpret input"),
    later("Input should be a valid boolean"),
)
"""What pydantic says of values for which there is no reader."""


def show_faults(path: str, faults: Sequence[Fault]) -> str:
    """All faults of a scenario, one a line under the name of the file.

    Parameters
    ----------
    path
        The scenario's file as the user gave it; faults in other files name theirs.

    Returns
    -------
    str
        Lines without a newline at the end; with no faults, a line that says so.
    """
    if not faults:
        return f"{path}: {say('no faults')}"
    places = [_place(path, fault) for fault in faults]
    width = max(map(len, places))
    number = several(len(faults), "{n} fault", "{n} faults", n=len(faults))
    lines = [f"{path}: {number}"]
    for place, fault in zip(places, faults, strict=True):
        lines.append("  " + (place.ljust(width + 2) if width else "") + str(fault))
    return "\n".join(lines)


def _place(path: str, fault: Fault) -> str:
    return fault.place.removeprefix(path).lstrip(":") if fault.file == path else fault.place


def schema_faults(errors: Iterable[Mapping[str, Any]], document: Document) -> list[Fault]:
    """What the schema refuses, as faults with their places in the document.

    Parameters
    ----------
    errors
        What ``ScenarioError`` of the schema lists: ``type``, ``loc``, ``input``, ``ctx``, ``msg``.
    """
    unread = {fault.path for fault in document.faults}
    faults: list[tuple[Fault, tuple[str, str]]] = []
    misspelt: set[tuple[str, str]] = set()
    for error in errors:
        path = _path_in_file(error["loc"], document)
        if dotted(path) in unread or _is_long_enough(error, document.get(path)):
            continue
        fault = _schema_fault(error, path, document)
        about = (fault.path, "")
        if error["type"] == "missing":
            about = (fault.path, meaning(str(error["loc"][-1])))
        elif error["type"] == "unknown_field":
            misspelt.add((fault.path, fault.way_out))
        faults.append((fault, about))
    # A field that is there under a wrong name is one fault, not two.
    return [fault for fault, about in faults if about not in misspelt]


def _is_long_enough(error: Mapping[str, Any], found: Any) -> bool:
    """Whether a list only seems too short, because items of it are refused."""
    return bool(error["type"] == "too_short" and len(found) >= error["ctx"]["min_length"])


def _schema_fault(error: Mapping[str, Any], path: Path, document: Document) -> Fault:
    kind = error["type"]
    context = error.get("ctx", {})
    if kind == "value":
        return document.fault(path, context["message"], context["way_out"])
    if kind == "unknown_field":
        name = str(error["loc"][-1])
        way_out = did_you_mean(name, context["known"])
        return document.fault(
            path[:-1],
            say("unknown {kind} '{name}'", kind=say("field"), name=name),
            way_out,
            key=name,
        )
    if kind == "missing":
        name = str(error["loc"][-1])
        return document.fault(
            path, say("needs the field '{name}'", name=name), say("Add {name}: … to it.", name=name)
        )
    if kind == "literal_error":
        options = either(re.findall("'[^']*'", context["expected"]))
        found = say("found {found}", found=show(error["input"]))
        return document.fault(path, found, say("Write one of {names}.", names=options))
    if kind == "verb":
        return _verb_fault(error["input"], path, document)
    if kind == "too_short":
        found = say("has too few items: {n}", n=len(document.get(path)))
        return document.fault(path, found, say("Give at least {n}.", n=context["min_length"]))
    if kind == "too_long":
        found = say("has too many items: {n}", n=len(document.get(path)))
        return document.fault(path, found, say("Give at most {n}.", n=context["max_length"]))
    found = show(error["input"])
    if kind in _BELONGS:
        wanted, way_out = map(say, _BELONGS[kind])
        message = say("found {found} where {wanted} belongs", found=found, wanted=wanted)
        return document.fault(path, message, way_out)
    if kind == "shape":
        return document.fault(path, say("found {found}, which does not belong here", found=found))
    problem = retold(error["msg"], _OF_THE_SCHEMA)
    return document.fault(path, say("{problem}; found {found}", problem=problem, found=found))


def _verb_fault(step: Any, path: Path, document: Document) -> Fault:
    if not isinstance(step, Mapping):
        return document.fault(
            path,
            say("found {found} where a step belongs", found=show(step)),
            say("Write for example do: NAME."),
        )
    verbs = verbs_in(step)
    if verbs:
        return document.fault(
            path,
            say("a step with {n} verbs: {names}", n=len(verbs), names=", ".join(verbs)),
            say("Make each verb a step of its own."),
        )
    for key in step:
        verb = nearest(key, VERBS)
        if verb is not None and key not in known_fields():
            message = say("unknown verb '{name}'", name=key)
            return document.fault(path, message, meaning(verb), key=key)
    found = ", ".join(step) or say("nothing")
    return document.fault(
        path,
        say("a step without a verb; found {found}", found=found),
        say("Give one of {names}.", names=", ".join(VERBS)),
    )


def _path_in_file(loc: Iterable[str | int], document: Document) -> Path:
    """The part of a schema location that stands in the file."""
    path: Path = ()
    node: Any = document.tree
    for item in loc:
        part = item
        if isinstance(item, str) and (item.startswith(SHAPE) or item == "[key]"):
            continue
        if isinstance(node, dict) and isinstance(item, int):
            part = next((key for key in node if _names_day(key, item)), item)
        if isinstance(node, dict) and part in node:
            node = node[str(part)]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            break
        path = (*path, part)
    return path


def _names_day(key: str, day: int) -> bool:
    # Keys that were read as weekdays turn into numbers; so does the place in a list of one.
    try:
        return day in parse_days(key)
    except ValueFault:
        return False
