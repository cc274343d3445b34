"""Says in what two scenarios are written differently: path, value in the one and in the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sim.errors import RequestError
from sim.experiment.again import scenarios_again
from sim.language import say

OnCell: TypeAlias = Callable[[int, int], None]
"""Told how many cells are read, and of how many."""

Leaves: TypeAlias = dict[str, str]
"""Values as written, by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs between two studies; None where it is not there in one of them.

    ``cell`` is the cell that it is of, empty for all.
    """

    what: str
    old: str | None
    new: str | None
    cell: str = ""


def leaves(tree: Mapping[str, Any]) -> Leaves:
    """All that is written in a scenario.

    A step of a flow is called by its verb and name, and the order of steps is a value of its own,
    so that a step put between others moves none of them.
    """
    return dict(_leaves(tree, ""))


def changed(old: Mapping[str, str], new: Mapping[str, str], cell: str = "") -> tuple[Change, ...]:
    """The lines that differ, in the order of the new ones, those that went last."""
    return tuple(
        Change(what=what, old=old.get(what), new=new.get(what), cell=cell)
        for what in dict.fromkeys((*new, *old))
        if old.get(what) != new.get(what)
    )


def scenario_changes(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    cells: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    *,
    on_cell: OnCell | None = None,
) -> tuple[tuple[Change, ...], str]:
    """What is written in another way in the scenarios of two studies, read again.

    Parameters
    ----------
    old, new
        Their manifests.
    cells
        The cells, of both, that are compared.

    Returns
    -------
    tuple[tuple[Change, ...], str]
        What is not alike in all cells stands under its cell in the new study; and why that could
        not be found out, empty where it could.
    """
    found = list(_files(old, new))
    # Equal digests of what is written: there is nothing to find, and reading takes a while.
    differ = [
        (mine, other)
        for mine, other in cells
        if mine["scenario_sha256"] != other["scenario_sha256"]
    ]
    if not differ and cells:
        return tuple(found), ""
    as_written: Mapping[str, Any] = {"variant": None, "settings": {}}
    both = [(as_written, as_written, ""), *((mine, other, other["name"]) for mine, other in differ)]
    everywhere: set[tuple[str, str | None, str | None]] = set()
    try:
        scenarios = zip(
            scenarios_again(old, [mine for mine, _, _ in both]),
            scenarios_again(new, [other for _, other, _ in both]),
            both,
            strict=True,
        )
        for done, (mine, other, (_, _, cell)) in enumerate(scenarios):
            if on_cell is not None:
                on_cell(done, len(both))
            for each in changed(leaves(mine.tree), leaves(other.tree), cell):
                if (each.what, each.old, each.new) not in everywhere:
                    found.append(each)
                if not cell:
                    everywhere.add((each.what, each.old, each.new))
    except RequestError as error:
        return tuple(found), str(error)
    return tuple(_together(found, [other["name"] for _, other in differ], len(cells))), ""


def _together(found: Sequence[Change], names: Sequence[str], n_cells: int) -> Iterator[Change]:
    """A change of every cell is told once."""
    told: dict[tuple[str, str | None, str | None], list[Change]] = {}
    for each in found:
        told.setdefault((each.what, each.old, each.new), []).append(each)
    for same in told.values():
        if len(same) == len(names) == n_cells:
            yield replace(same[0], cell="")
        else:
            yield from same


def _files(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Tables whose content has changed: the scenario only names them."""
    mine, other = (
        {
            say("what is in {path}", path=path): file["sha256"][:12]
            for path, file in each["scenario"].items()
        }
        for each in (old, new)
    )
    is_text = {
        say("what is in {path}", path=path)
        for path in old["scenario"]
        if path.endswith((".yaml", ".yml"))
    }
    return tuple(
        each
        for each in changed(mine, other)
        if None not in (each.old, each.new) and each.what not in is_text
    )


def _leaves(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, item in node.items():
            # A value that says where it comes from is written as a section with the value in it.
            is_value = key == "value" and path
            yield from _leaves(item, path if is_value else f"{path}.{key}" if path else str(key))
    elif isinstance(node, list) and any(isinstance(item, list | Mapping) for item in node):
        names = _names(node)
        yield path, ", ".join(names)
        for name, item in zip(names, node, strict=True):
            yield from _leaves(item, f"{path}.{name}")
    elif isinstance(node, list):
        yield path, ", ".join(map(str, node))
    else:
        yield path, str(node)


def _names(items: list[Any]) -> list[str]:
    """What the items of a list are called: by the first thing they say, numbered where alike."""
    seen: Counter[str] = Counter()
    names = []
    for item in items:
        name = _name(item)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _name(item: Any) -> str:
    if not isinstance(item, Mapping):
        return "list" if isinstance(item, list) else str(item)
    key, value = next(iter(item.items()), ("", ""))
    return str(key) if isinstance(value, list | Mapping) else f"{key} {value}"
