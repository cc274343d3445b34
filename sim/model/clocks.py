"""Answers which legal clocks run for a case that is under way (R4)."""

from __future__ import annotations

from sim.errors import EngineError
from sim.language import say
from sim.model import LEAVE, ClockEnd, ClockStart, Element, Fork, Model
from sim.model.graph import targets


def clocks_running(model: Model, flow: int, entry: int) -> tuple[int, ...]:
    """The procedures whose clocks run for a case that stands at ``entry`` of its flow.

    They are those that a way from the start of the flow to the entry has started and not ended,
    in the order of their starts; a fork on the way counts as passed.

    Raises
    ------
    EngineError
        No way leads to the entry.
    """
    ways: list[tuple[int, tuple[int, ...]]] = [(model.flows[flow].start, ())]
    seen = set()
    while ways:
        at, running = ways.pop()
        if at == entry:
            return running
        if at == LEAVE or at in seen:
            continue
        seen.add(at)
        element = model.elements[at]
        if isinstance(element, Fork):
            ways.append((element.then, _after_branches(model, element, running)))
        else:
            running = _after(element, running)
            ways.extend((target, running) for target in reversed(targets(element)))
    name = model.elements[entry].name
    raise EngineError(
        say("no way of flow '{flow}' leads to '{name}'", flow=model.flows[flow].name, name=name)
    )


def _after(element: Element, running: tuple[int, ...]) -> tuple[int, ...]:
    """The clocks that run behind an element."""
    if isinstance(element, ClockStart) and element.procedure not in running:
        return (*running, element.procedure)
    if isinstance(element, ClockEnd):
        return tuple(other for other in running if other != element.procedure)
    return running


def _after_branches(model: Model, fork: Fork, running: tuple[int, ...]) -> tuple[int, ...]:
    """The clocks that run behind a join: what its branches ended on their straight way is over."""
    for branch in fork.branches:
        at = branch
        while at not in (fork.then, LEAVE):
            element = model.elements[at]
            running = _after(element, running)
            at = element.then
    return running
