"""Overrides: by levers or paths, in readings and variants, or given on the command line.

An override replaces the value that it finds, or changes it: ``0.7 x`` multiplies, ``+ 1`` adds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sim.errors import Fault, ScenarioError, ValueFault
from sim.language import say
from sim.scenario.overrides.changes import changed, is_change
from sim.scenario.overrides.entries import variant_entries
from sim.scenario.schema.sections import ScenarioSpec, known_fields
from sim.scenario.schema.step_names import step_names
from sim.scenario.schema.steps import may_have, verbs_in
from sim.scenario.text.tree import COMMAND_LINE, Document, Mark, Path, Place, dotted, undotted
from sim.scenario.text.yaml import read_value
from sim.wording import did_you_mean

_READING: Final = "reading"
_ON_COMMAND_LINE: Final = Place(file=COMMAND_LINE, line=0, column=0, key_line=0, key_column=0)


_MayAdd = Callable[[Mapping[str, Any], str], bool]


@dataclass(slots=True)
class _DeadEnds:
    """Where looking for a path stopped, deepest last."""

    path: Path = ()
    part: str | int = ""
    known: list[str] = field(default_factory=list)

    def note(self, path: Path, part: str | int, known: list[str]) -> None:
        if not self.known or len(path) > len(self.path):
            self.path, self.part, self.known = path, part, known


def override(
    document: Document,
    variant: str | None,
    settings: Mapping[str, str],
    entries: Sequence[Path] = (),
    levers: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    """Make the overrides of a reading, a variant and the command line in a document, in this order.

    Each is made on what those before it left; the last of them says which reading it is.  What
    cannot be made is added to the document's faults, as is a lever that moves nothing.

    Parameters
    ----------
    entries
        Where further overrides stand in the document, each with its lever or path as the last
        part; they are made after those of the variant.
    levers
        What :func:`levers_of` gave for the document, where that and its faults are known already.
    """
    levers = levers_of(document) if levers is None else levers
    chosen = [*(() if variant is None else variant_entries(document, variant)), *entries]
    for name in _reading(document, levers, chosen, settings):
        _apply_reading(document, levers, name)
    for at in chosen:
        mark = document.marks.get(at) or Mark(mark="set", source=f"{at[0]}"[:-1] + f" {at[1]}")
        _apply(document, levers, str(at[-1]), document.get(at), document.places[at], at, mark)
    for key, text in settings.items():
        place = _ON_COMMAND_LINE
        try:
            value = text if is_change(text) else read_value(text)
        except ScenarioError as error:
            document.faults.extend(
                _placed(place, (key,), fault.message, fault.way_out) for fault in error.faults
            )
            continue
        if value is None:
            fault = _placed(place, (key,), say("has no value"), say("Give one after the =."))
            document.faults.append(fault)
            continue
        _apply(document, levers, key, value, place, (), Mark(mark="set", source=COMMAND_LINE))


def values_at(document: Document, name: str) -> list[Any]:
    """What stands at the places of a lever or a path, None for a default; nothing if it is neither.

    Parameters
    ----------
    name
        As an override would have it.
    """
    paths = levers_of(document).get(name, (name,))
    return [
        document.get(target) for path in paths for target in _targets(document, path, _DeadEnds())
    ]


def _reading(
    document: Document,
    levers: Mapping[str, tuple[str, ...]],
    chosen: Sequence[Path],
    settings: Mapping[str, str],
) -> Iterator[str]:
    """The reading that counts, if any: of the command line, else of a variant, else of the file."""
    name = document.tree.get("reading")
    at: Path = ("reading",)
    place = document.places.get(at, _ON_COMMAND_LINE)
    for each in chosen:
        if _READING in levers.get(str(each[-1]), (each[-1],)):
            name, at, place = document.get(each), each, document.places[each]
    for key, text in settings.items():
        if _READING in levers.get(key, (key,)):
            name, at, place = text.strip(), (key,), _ON_COMMAND_LINE
    if name is None:
        return
    readings = document.tree.get("readings")
    known = readings if isinstance(readings, dict) else {}
    if isinstance(name, str) and isinstance(known.get(name), dict):
        yield name
        return
    way_out = did_you_mean(str(name), known) if known else say("The scenario has no readings.")
    document.faults.append(_placed(place, at, say("no reading '{name}'", name=name), way_out))


def _apply_reading(document: Document, levers: Mapping[str, tuple[str, ...]], name: str) -> None:
    """Make the overrides of a reading."""
    for key, value in document.tree["readings"][name].items():
        if key in {"label", "note"}:
            continue
        at: Path = ("readings", name, key)
        if _READING in levers.get(key, (key,)):
            message = say("a reading cannot say which reading counts")
            document.faults.append(document.fault(at, message, say("Leave it out.")))
            continue
        mark = document.marks.get(at, Mark(mark="set", source=f"reading {name}"))
        _apply(document, levers, key, value, document.places[at], at, mark)


def levers_of(document: Document) -> dict[str, tuple[str, ...]]:
    """The paths of each lever; one that moves nothing is a fault."""
    section = document.tree.get("levers")
    levers: dict[str, tuple[str, ...]] = {}
    for name, lever in section.items() if isinstance(section, dict) else ():
        paths = lever.get("paths") if isinstance(lever, dict) else lever
        texts = paths if isinstance(paths, list) else [paths]
        levers[name] = tuple(path for path in texts if isinstance(path, str))
        for text in levers[name]:
            ends = _DeadEnds()
            if not list(_targets(document, text, ends)):
                message, way_out = _nothing_at(text, ends)
                document.faults.append(document.fault(("levers", name), message, way_out))
    return levers


def targets_of(document: Document, name: str) -> tuple[Path, ...]:
    """The places that a lever, or a path, stands for in a document, each once."""
    section = document.tree.get("levers")
    lever = section.get(name, name) if isinstance(section, dict) else name
    paths = lever.get("paths") if isinstance(lever, dict) else lever
    texts = paths if isinstance(paths, list) else [paths]
    found = (each for text in texts for each in _targets(document, str(text), _DeadEnds()))
    return tuple(dict.fromkeys(found))


def _apply(
    document: Document,
    levers: Mapping[str, tuple[str, ...]],
    key: str,
    value: Any,
    place: Place,
    at: Path,
    mark: Mark,
) -> None:
    for text in levers.get(key, (key,)):
        ends = _DeadEnds()
        # What is changed must be there; a new value may also take the place of a default.
        targets = list(_targets(document, text, ends, stars_add=not is_change(value)))
        if not targets and key not in levers:
            message, way_out = _nothing_at(text, ends)
            if len(ends.path) == 0:
                way_out = did_you_mean(key, [*levers, *ScenarioSpec.fields()])
                message = say("'{key}' is neither a lever nor a path of the scenario", key=key)
            document.faults.append(_placed(place, at or (key,), message, way_out))
        for target in targets:
            try:
                where, new = changed(document, target, value)
            except ValueFault as fault:
                document.faults.append(_placed(place, at or (key,), fault.message, fault.way_out))
                continue
            document.put(where, new, place)
            for before in [each for each in document.overridden if each[: len(where)] == where]:
                del document.overridden[before]
            document.overridden[where] = mark
            for below, own in document.marks.items() if at else ():
                if below[: len(at)] == at and len(below) > len(at):
                    document.overridden[(*where, *below[len(at) :])] = own


def _placed(place: Place, path: Path, message: str, way_out: str) -> Fault:
    return Fault(
        file=place.file,
        line=place.line,
        column=place.column,
        path=dotted(path),
        message=message,
        way_out=way_out,
    )


def _targets(
    document: Document, text: str, ends: _DeadEnds, *, stars_add: bool = True
) -> Iterator[Path]:
    """The places that a path with stars and names of steps stands for, each once.

    With ``stars_add`` a star also finds the steps that may have the last part, but have not.
    """
    parts = undotted(text)
    if parts is None:
        ends.note((), text, list(document.tree))
        return
    first = parts[0]
    if first not in document.tree and first in ScenarioSpec.fields() and "*" not in parts:
        yield parts
        return
    found = _find(
        document.tree,
        parts,
        (),
        ends,
        may_add=_is_field,
        in_steps=may_have if stars_add else _never,
    )
    yield from dict.fromkeys(found)


def _find(
    node: Any,
    parts: Path,
    path: Path,
    ends: _DeadEnds,
    *,
    may_add: _MayAdd,
    in_steps: _MayAdd,
    names: Mapping[Path, str] | None = None,
) -> Iterator[Path]:
    """Look for the parts below a node.

    ``may_add`` says of a mapping whether it may have a last part that is not there, ``in_steps``
    the same of steps found by a star; ``names`` are those of the steps of the flow around the node.
    """
    if not parts:
        yield path
        return
    part, rest = parts[0], parts[1:]
    if isinstance(node, list):
        names = step_names(node, path) if names is None else names
        if part == "*":
            # For a step a star stands for those in choices and forks too, as its name does.
            is_flow = bool(node) and all(map(verbs_in, node))
            found = [at for at in names if at[: len(path)] == path] if is_flow else []
            found = found or [(*path, index) for index in range(len(node))]
            may_add = in_steps if is_flow else _never
        elif isinstance(part, int):
            found = [(*path, part)] if part < len(node) else []
        else:
            found = [at for at, name in names.items() if name == part and at[: len(path)] == path]
        for at in found:
            item = _below(node, at[len(path) :])
            yield from _find(item, rest, at, ends, may_add=may_add, in_steps=in_steps, names=names)
        if not found:
            ends.note(path, part, [names[at] for at in names if at[: len(path)] == path])
    elif isinstance(node, dict) and part == "*":
        for key, item in node.items():
            yield from _find(
                item, rest, (*path, key), ends, may_add=may_add, in_steps=in_steps, names=names
            )
    elif isinstance(node, dict) and part in node:
        item = node[str(part)]
        yield from _find(
            item, rest, (*path, part), ends, may_add=may_add, in_steps=in_steps, names=names
        )
    elif isinstance(node, dict) and not rest and may_add(node, str(part)):
        # A field that stands at its default; the schema says whether it belongs here.
        yield (*path, part)
    else:
        ends.note(path, part, list(node) if isinstance(node, dict) else [])


def _is_field(_: Mapping[str, Any], name: str) -> bool:
    return name in known_fields()


def _never(_: Mapping[str, Any], __: str) -> bool:
    return False


def _below(node: Any, path: Path) -> Any:
    for part in path:
        node = node[part]
    return node


def _nothing_at(text: str, ends: _DeadEnds) -> tuple[str, str]:
    above = dotted(ends.path) or say("the scenario")
    part = str(ends.part or text)
    return say("no '{part}' in {above}", part=part, above=above), did_you_mean(part, ends.known)
