"""Finds what is wrong with ranges: at values, in patterns of ``provenance``, of levers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.errors import Fault, ScenarioError, ValueFault
from sim.language import say
from sim.scenario.overrides.override import targets_of
from sim.scenario.ranges.factors import Origin, as_setting, factors, scenario_with
from sim.scenario.ranges.quantities import Stretch, quantity_of
from sim.scenario.scenario import Scenario
from sim.scenario.schema.ranges import Kind, Range, parse_range
from sim.scenario.text.tree import Document, Path, dotted, matches, walk


def range_faults(document: Document) -> Iterator[Fault]:
    """What is wrong with the ranges of a document: at values, in ``provenance``, of levers."""
    own = {path: mark for path, mark in document.marks.items() if mark.range is not None}
    for path, mark in own.items():
        try:
            _fitted(document.get(path), path, parse_range(mark.range))
        except ValueFault as fault:
            yield document.fault(path, fault.message, fault.way_out)
    section = document.tree.get("provenance")
    values = [
        (path, dotted(path), raw)
        for path, raw in walk(document.tree)
        if not isinstance(raw, dict | list) and path not in own and path[:1] != ("provenance",)
    ]
    for pattern, origin in section.items() if isinstance(section, dict) else ():
        if isinstance(origin, dict) and "range" in origin:
            yield from _pattern_faults(document, str(pattern), origin["range"], values)
    levers = document.tree.get("levers")
    for name, lever in levers.items() if isinstance(levers, dict) else ():
        if isinstance(lever, dict) and isinstance(lever.get("range"), str):
            yield from _lever_faults(document, name, lever["range"])


def choice_faults(scenario: Scenario, resolve: Callable[[Scenario], object]) -> Iterator[Fault]:
    """What is wrong with the lists of values that are stated as ranges.

    Parameters
    ----------
    resolve
        Makes the model of a scenario, or raises its faults.
    """
    for factor in factors(scenario)[0]:
        is_lever = factor.name in scenario.levers
        at: Path = ("levers", factor.name, "range") if is_lever else factor.paths[0]
        for choice in factor.choices if factor.origin is Origin.STATED else ():
            try:
                resolve(scenario_with(scenario, [(factor, choice)]))
            except ScenarioError as error:
                message = say(
                    "'{value}' in the range: {message}",
                    value=as_setting(choice),
                    message=error.faults[0].message,
                )
                yield scenario.fault(at, message, error.faults[0].way_out)
            except ValueFault as fault:
                message = say(
                    "'{value}' in the range: {message}",
                    value=as_setting(choice),
                    message=fault.message,
                )
                yield scenario.fault(at, message, fault.way_out)


def _lever_faults(document: Document, name: str, text: str) -> Iterator[Fault]:
    try:
        found = parse_range(text)
    except ValueFault:
        return  # told where it is read
    raws = [(path, document.get(path)) for path in targets_of(document, name)]
    at: Path = ("levers", name, "range")
    if not all(quantity_of(raw, path) for path, raw in raws):
        message = say("a range from one end to another, for a place that has no amount")
        yield document.fault(at, message, say("Give a list of values."))
    elif found.kind is not Kind.TIMES and any(raw != raws[0][1] for _, raw in raws):
        message = say("a range from one end to another, for places whose amounts differ")
        yield document.fault(at, message, say("Give multiples: 0.5-2 x."))
    else:
        try:
            for path, raw in raws:
                _fitted(raw, path, found)
        except ValueFault as fault:
            yield document.fault(at, fault.message, fault.way_out)


def _pattern_faults(
    document: Document, pattern: str, text: Any, values: Sequence[tuple[Path, str, Any]]
) -> Iterator[Fault]:
    try:
        found = parse_range(text)
    except ValueFault:
        return  # told where it is read
    is_of_any = False
    for path, name, raw in values:
        if not matches(pattern, name) or quantity_of(raw, path) is None:
            continue
        is_of_any = True
        try:
            _fitted(raw, path, found)
        except ValueFault as fault:
            at = ("provenance", pattern, "range")
            yield document.fault(at, f"{name}: {fault.message}", fault.way_out)
    if not is_of_any:
        at = ("provenance", pattern, "range")
        message = say("a range that no value takes: none has an amount, or each has its own range")
        yield document.fault(at, message, say("Leave it out."))


def _fitted(raw: Any, path: Path, found: Range) -> Stretch | None:
    """The stretch that a range gives a value; None for choices.

    Raises
    ------
    ValueFault
        The range does not fit the value.
    """
    if found.kind is None:
        return None
    quantity = quantity_of(raw, path)
    if quantity is None:
        raise ValueFault(
            say("a range from one end to another, for a value that has no amount"),
            way_out=say("Give a list of values."),
        )
    return quantity.stretch(found)
