"""Writes the flow that was learnt of the cases of one channel, as steps of a scenario."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sim.language import say
from sim.logs.intervals import share_of_some
from sim.logs.learning.parts import Learnt, LearntBundle, LearntFlow, LearntStep
from sim.logs.learning.tree import InOrder, Leaf, Node, OneOf, SideBySide, steps_of
from sim.logs.learning.waits import Wait
from sim.report.learnt_values import (
    digits,
    in_figures,
    quoted,
    safe_name,
    share_text,
    times_text,
    value,
)

_INDENT: Final = "  "


def wait_name(bundle: str, channel: str, what: str) -> str:
    """What a wait is called where it has no flow around it."""
    return safe_name(f"{bundle} {channel} {what}")


def back_name(at: str, to: str) -> str:
    """What a way back is called."""
    return say("from {step} back to {to}", step=at, to=to)


def before_name(step: str) -> str:
    """What a wait before a step is called."""
    return say("before {step}", step=step)


@dataclass(slots=True, kw_only=True)
class _Names:
    """Names of steps and the like, each once in a flow."""

    taken: set[str] = field(default_factory=set)

    def new(self, name: str) -> str:
        found, number = name, 2
        while found in self.taken:
            found, number = f"{name} {number}", number + 1
        self.taken.add(found)
        return found


@dataclass(slots=True, kw_only=True)
class FlowWriter:
    """Writes the steps of a flow."""

    learnt: Learnt
    bundle: LearntBundle
    flow: LearntFlow
    names: _Names = field(default_factory=_Names)

    def lines(self, indent: str) -> Iterator[str]:
        """The lines of the steps, the first of them open, the last close."""
        self.names.taken.update(map(safe_name, steps_of(self.flow.tree)))
        procedure = quoted(safe_name(self.bundle.name))
        yield f"{indent}- {{open: {procedure}}}"
        yield from self._node(self.flow.tree, indent)
        if self.flow.wait_at_end is not None:
            yield from self._wait(self.flow.wait_at_end, say("before the end"), indent)
        yield f"{indent}- {{close: {procedure}}}"

    def _node(self, node: Node, indent: str) -> Iterator[str]:
        if isinstance(node, Leaf):
            yield from self._step(self.flow.steps[node.step], indent)
        elif isinstance(node, InOrder):
            for part in node.parts:
                yield from self._node(part, indent)
        elif isinstance(node, SideBySide):
            yield f"{indent}- together:"
            for part in node.parts:
                lines = list(self._node(part, indent + 4 * " "))
                first = lines[0].lstrip()
                yield f"{indent}{_INDENT}- {first}"
                yield from lines[1:]
        else:
            yield from self._choice(node, indent)

    def _choice(self, node: OneOf, indent: str) -> Iterator[str]:
        name = self.names.new(say("whether {step}", step=safe_name(steps_of(node)[0])))
        yield f"{indent}- name: {quoted(name)}"
        yield f"{indent}  choose:"
        is_whole = sum(node.counts) == node.out_of
        for at, (part, count) in enumerate(zip(node.parts, node.counts, strict=True)):
            inner = indent + 3 * _INDENT
            if is_whole and at == len(node.parts) - 1:
                yield f"{indent}    - rest:"
                yield from self._node(part, inner + _INDENT)
                continue
            yield f"{indent}    - share: {self._share(count, node.out_of)}"
            yield f"{inner}steps:"
            yield from self._node(part, inner + _INDENT)

    def _step(self, step: LearntStep, indent: str) -> Iterator[str]:
        if step.wait is not None:
            yield from self._wait(step.wait, before_name(step.name), indent)
        yield f"{indent}- do: {quoted(safe_name(step.name))}"
        yield f"{indent}  role: {quoted(safe_name(step.role))}"
        yield f"{indent}  time: {self._time(step)}"
        left = 0
        for way, wait in self.flow.backs:
            if way.at == step.name:
                out_of = max(way.out_of - left, way.count)
                yield from self._back(way.to, way.at, way.count, out_of, wait, indent)
                left += way.count
        for end in self.flow.ends:
            if end.at == step.name:
                out_of = max(end.out_of - left, end.count)
                name = self.names.new(say("ends after {step}", step=safe_name(step.name)))
                yield f"{indent}- name: {quoted(name)}"
                yield f"{indent}  choose:"
                yield f"{indent}    - share: {self._share(end.count, out_of)}"
                yield f"{indent}      steps: [{{end: {quoted(safe_name(end.outcome))}}}]"
                left += end.count

    def _back(
        self, to: str, at: str, count: int, out_of: int, wait: Wait | None, indent: str
    ) -> Iterator[str]:
        name = self.names.new(safe_name(back_name(at, to)))
        share = self._share(count, out_of)
        if wait is None:
            yield f"{indent}- name: {quoted(name)}"
            yield f"{indent}  return: {quoted(safe_name(to))}"
            yield f"{indent}  share: {share}"
            return
        yield f"{indent}- name: {quoted(name)}"
        yield f"{indent}  choose:"
        yield f"{indent}    - share: {share}"
        yield f"{indent}      steps:"
        procedure, deeper = quoted(safe_name(self.bundle.name)), indent + 4 * _INDENT
        if wait.stops:
            yield f"{deeper}- {{stop: {procedure}}}"
        yield from self._wait(wait, back_name(at, to), deeper)
        if wait.stops:
            yield f"{deeper}- {{resume: {procedure}}}"
        yield f"{indent}        - {{return: {quoted(safe_name(to))}}}"

    def _wait(self, wait: Wait, what: str, indent: str) -> Iterator[str]:
        if wait.kind == "appointment":
            yield f"{indent}- {{appointment: {quoted(safe_name(self.bundle.name))}}}"
            return
        if wait.times is not None:
            name = self.names.new(safe_name(say("wait {what}", what=what)))
            yield f"{indent}- delay: {quoted(name)}"
            yield f"{indent}  time: {times_text(self.learnt.file, wait.times, 'h')}"
        if wait.kind == "timetable":
            name = wait_name(self.bundle.name, self.flow.channel, what)
            yield f"{indent}- {{timetable: {quoted(name)}}}"

    def _time(self, step: LearntStep) -> str:
        if step.times is not None:
            return times_text(self.learnt.file, step.times, "min")
        if math.isfinite(step.bound):
            source = say(
                "{file} has ends alone: the mean is between 0 and {most} min (usual time between "
                "two ends of one person); half of that is taken",
                file=self.learnt.file,
                most=in_figures(f"{step.bound:.3g}"),
            )
            text = f"exponential(mean {digits(step.bound / 2)} min)"
            return value(text, source, mark="assumed")
        source = say("{file} tells nothing about it", file=self.learnt.file)
        return value("exponential(mean 10 min)", source, mark="assumed")

    def _share(self, count: int, out_of: int) -> str:
        return share_text(self.learnt.file, share_of_some(count, out_of))
