"""Writes what is learnt from a register as a scenario that a person can read and change."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sim.analysis.estimate import Interval
from sim.logs.intervals import share_of_some
from sim.logs.learning.parts import Learnt, LearntBundle, LearntFlow, LearntStep
from sim.logs.learning.people import Group
from sim.logs.learning.times import Times
from sim.logs.learning.tree import InOrder, Leaf, Node, OneOf, SideBySide, steps_of
from sim.logs.learning.waits import Wait
from sim.logs.mapping import quoted as in_quotes
from sim.units import DAY, HOUR, MINUTE

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOT_IN_NAMES: Final = re.compile(r"[.\[\]*\n\r\t]")
_WHILE_OPEN: Final = 0.95
_INDENT: Final = "  "
_LEVEL: Final = "commune"
_PLAIN: Final = re.compile(r"[^\W\d_][\w]*(?: [\w]+)*")
_WORDS_OF_YAML: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


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


def scenario_text(learnt: Learnt) -> str:
    """The scenario, as YAML with a mark and a source at every value."""
    return "\n".join(_lines(learnt)) + "\n"


def learnt_lines(learnt: Learnt) -> tuple[str, ...]:
    """What was learnt and how well it fits, in a few lines."""
    found = [
        f"{learnt.file}: filings from {learnt.first} to {learnt.last}",
        f"  hours: {_hours_in_words(learnt)}",
    ]
    found += [
        f"  {group.name}: {group.people:g} on duty of {group.high} seen "
        f"({group.low:.2f} at work on a half-day on average)"
        for group in learnt.groups
    ]
    for bundle in learnt.bundles:
        for flow in bundle.flows:
            share = share_of_some(flow.n_replayed, flow.n_ended)
            found.append(
                f"  {bundle.name}/{flow.channel}: {len(steps_of(flow.tree))} steps, replays "
                f"{_percent(share.mean)} ({_percent(share.low)} to {_percent(share.high)}) of "
                f"{flow.n_ended} cases that ended"
            )
    found += [f"  not learnt: {words}" for words in learnt.lacking]
    return tuple(found)


def _lines(learnt: Learnt) -> Iterator[str]:
    yield f"# Learnt from {_one_line(learnt.file)}. Change it as you like; what is not learnt:"
    for words in learnt.lacking:
        yield f"# - {words}"
    yield f"title: {quoted(f'Learnt from {_one_line(learnt.file)}')}"
    start = learnt.first + dt.timedelta(days=-learnt.first.weekday() % 7)
    yield f"period: {{start: {start}, warm_up: 4 weeks, length: 26 weeks, run_out: 8 weeks}}"
    levels = _levels(learnt)
    if len(levels) > 1:
        yield f"levels: [{', '.join(map(quoted, levels.values()))}]"
        yield "offices:"
        above = ""
        for office, level in levels.items():
            parent = f", parent: {quoted(above)}" if above else ""
            above = _name(office)
            yield f"  {quoted(above)}: {{level: {quoted(level)}{parent}}}"
    yield from _calendar(learnt)
    yield from _timetables(learnt)
    yield "staff:"
    held: set[str] = set()
    for group in learnt.groups:
        yield _group(learnt, group, levels)
        held.update(group.roles)
    for role in _asked(learnt):
        if role not in held:
            yield _nobody(role, levels[learnt.home])
    yield from _filing(learnt)
    yield "bundles:"
    for bundle in learnt.bundles:
        yield from _bundle(learnt, bundle)


def _levels(learnt: Learnt) -> Mapping[str, str]:
    """By office, from the top down, the level that it has for itself."""
    others = [office for office in learnt.offices if office != learnt.home]
    if not others:
        return {learnt.home: _LEVEL}
    return {
        **{office: f"level of {_name(office) or 'unnamed'}" for office in others},
        learnt.home: _LEVEL,
    }


def _asked(learnt: Learnt) -> list[str]:
    found = (
        step.role
        for bundle in learnt.bundles
        for flow in bundle.flows
        for step in flow.steps.values()
    )
    return list(dict.fromkeys(found))


def _calendar(learnt: Learnt) -> Iterator[str]:
    hours = learnt.hours
    by_hours: dict[str, list[str]] = {}
    for day, intervals in sorted(hours.weekly.items()):
        told = ", ".join(f'"{_clock(begin)}-{_clock(end)}"' for begin, end in intervals)
        by_hours.setdefault(f"[{told}]", []).append(_DAYS[day])
    told = ", ".join(f"{' '.join(days)}: {text}" for text, days in by_hours.items())
    holidays = "none" if hours.holidays is False else "VN"
    yield "calendars:"
    yield "  office:"
    yield f"    hours: {{{told}}}"
    if hours.holidays is not False:
        yield f"    holidays: {holidays}"
    if hours.closed:
        yield f"    closed: [{', '.join(map(str, hours.closed))}]"
    yield "    mark: measured"
    kept = (
        "the log has no public holiday: taken from the law"
        if hours.holidays is None
        else f"worked on {hours.n_worked} of {hours.n_holidays} public holidays"
    )
    yield f"    source: {quoted(f'{learnt.file}: {hours.n} starts and ends of work; {kept}')}"


def _hours_in_words(learnt: Learnt) -> str:
    told = [
        f"{_DAYS[day]} {', '.join(f'{_clock(a)}-{_clock(b)}' for a, b in intervals)}"
        for day, intervals in sorted(learnt.hours.weekly.items())
    ]
    return "; ".join(told)


def _waits(learnt: Learnt) -> Iterator[tuple[str, Wait]]:
    """Every wait with what it is called: by flow and step."""
    for bundle in learnt.bundles:
        for flow in bundle.flows:
            for step in flow.steps.values():
                if step.wait is not None:
                    yield _wait_name(bundle.name, flow.channel, f"before {step.name}"), step.wait
            for way, wait in flow.backs:
                if wait is not None:
                    yield _wait_name(bundle.name, flow.channel, _back_name(way.at, way.to)), wait
            if flow.wait_at_end is not None:
                yield _wait_name(bundle.name, flow.channel, "before the end"), flow.wait_at_end


def _wait_name(bundle: str, channel: str, what: str) -> str:
    return _name(f"{bundle} {channel} {what}")


def _back_name(at: str, to: str) -> str:
    return f"from {at} back to {to}"


def _timetables(learnt: Learnt) -> Iterator[str]:
    dated = [(name, wait) for name, wait in _waits(learnt) if wait.kind == "timetable"]
    if not dated:
        return
    yield "timetables:"
    for name, wait in dated:
        by_times: dict[str, list[str]] = {}
        for day, times in wait.departures:
            told = ", ".join(f'"{_clock(at)}"' for at in times)
            by_times.setdefault(f"[{told}]", []).append(_DAYS[day])
        told = ", ".join(f"{' '.join(days)}: {text}" for text, days in by_times.items())
        source = quoted(f"{learnt.file}: when {wait.n} cases went on")
        yield f"  {quoted(name)}: {{departures: {{{told}}}, mark: measured, source: {source}}}"


def _group(learnt: Learnt, group: Group, levels: Mapping[str, str]) -> str:
    source = (
        f"{learnt.file}: range {group.low:.2f} to {group.high} (at work on a half-day on average, "
        f"and seen at all)"
    )
    people = _value(f"{group.people:g}", source)
    roles = ""
    if len(group.roles) > 1:
        roles = f", roles: [{', '.join(quoted(_name(role)) for role in group.roles)}]"
    level = quoted(levels[group.office])
    return f"  {quoted(_name(group.name))}: {{office: {level}, people: {people}{roles}}}"


def _nobody(role: str, level: str) -> str:
    people = _value("1", "the register names nobody who did it", mark="assumed")
    return f"  {quoted(_name(role))}: {{office: {quoted(level)}, people: {people}}}"


def _filing(learnt: Learnt) -> Iterator[str]:
    """Channels on which next to nothing is filed while the office is closed."""
    found: dict[str, list[Interval]] = {}
    for bundle in learnt.bundles:
        for channel, share in bundle.filed_while_open.items():
            found.setdefault(channel, []).append(share)
    counters = {
        channel: shares
        for channel, shares in found.items()
        if all(share.mean >= _WHILE_OPEN for share in shares)
    }
    if not counters:
        return
    yield "filing:"
    for channel, shares in counters.items():
        n = sum(share.n for share in shares)
        least = min(share.mean for share in shares)
        source = quoted(f"{learnt.file}: {_percent(least)} of {n} cases filed in these hours")
        said = f"while_open: office, mark: measured, source: {source}"
        yield f"  {quoted(_name(channel))}: {{{said}}}"


def _bundle(learnt: Learnt, bundle: LearntBundle) -> Iterator[str]:
    name = _name(bundle.name)
    yield f"  {quoted(name)}:"
    limit = "limit: none"
    if bundle.limit is not None:
        share = share_of_some(bundle.limit.count, bundle.limit.out_of)
        source = (
            f"{learnt.file}: due dates of {_percent(share.mean)} "
            f"(range {_percent(share.low)} to {_percent(share.high)}, n {share.n}) of the cases"
        )
        limit = f"limit: {_value(f'{bundle.limit.days} wd', source)}"
        limit += (
            f', cut_off: "{_clock(bundle.limit.cut_off)}"' if bundle.limit.cut_off < DAY else ""
        )
    yield f"    procedures: {{{quoted(name)}: {{{limit}}}}}"
    year = bundle.a_year
    source = f"{learnt.file}: n {year.n}, range {year.low:.0f} to {year.high:.0f}"
    yield f"    demand: {{a_year: {_value(f'{year.mean:.0f}', source)}}}"
    if len(bundle.channels) > 1:
        yield "    channels:"
        for at, flow in enumerate(bundle.flows):
            share = bundle.channels[flow.channel]
            text = "rest" if at == len(bundle.flows) - 1 else _percent(share.mean)
            told = _value(text, _of(learnt, share)) if text != "rest" else text
            yield f"      {quoted(_name(flow.channel))}: {told}"
    yield "    regimes:"
    yield "      today:"
    for flow in bundle.flows:
        share = share_of_some(flow.n_replayed, flow.n_ended)
        yield (
            f"        # Replays {_percent(share.mean)} ({_percent(share.low)} to "
            f"{_percent(share.high)}) of {flow.n_ended} cases."
        )
        yield f"        {quoted(_name(flow.channel))}:"
        writer = _FlowWriter(learnt=learnt, bundle=bundle, flow=flow)
        yield from writer.lines(5 * _INDENT)


@dataclass(slots=True, kw_only=True)
class _FlowWriter:
    """Writes the steps of a flow."""

    learnt: Learnt
    bundle: LearntBundle
    flow: LearntFlow
    names: _Names = field(default_factory=_Names)

    def lines(self, indent: str) -> Iterator[str]:
        self.names.taken.update(map(_name, steps_of(self.flow.tree)))
        procedure = quoted(_name(self.bundle.name))
        yield f"{indent}- {{open: {procedure}}}"
        yield from self._node(self.flow.tree, indent)
        if self.flow.wait_at_end is not None:
            yield from self._wait(self.flow.wait_at_end, "before the end", indent)
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
        name = self.names.new(f"whether {_name(steps_of(node)[0])}")
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
            yield from self._wait(step.wait, f"before {step.name}", indent)
        yield f"{indent}- do: {quoted(_name(step.name))}"
        yield f"{indent}  role: {quoted(_name(step.role))}"
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
                name = self.names.new(f"ends after {_name(step.name)}")
                yield f"{indent}- name: {quoted(name)}"
                yield f"{indent}  choose:"
                yield f"{indent}    - share: {self._share(end.count, out_of)}"
                yield f"{indent}      steps: [{{end: {quoted(_name(end.outcome))}}}]"
                left += end.count

    def _back(
        self, to: str, at: str, count: int, out_of: int, wait: Wait | None, indent: str
    ) -> Iterator[str]:
        name = self.names.new(_name(_back_name(at, to)))
        share = self._share(count, out_of)
        if wait is None:
            yield f"{indent}- name: {quoted(name)}"
            yield f"{indent}  return: {quoted(_name(to))}"
            yield f"{indent}  share: {share}"
            return
        yield f"{indent}- name: {quoted(name)}"
        yield f"{indent}  choose:"
        yield f"{indent}    - share: {share}"
        yield f"{indent}      steps:"
        yield from self._wait(wait, _back_name(at, to), indent + 4 * _INDENT)
        yield f"{indent}        - {{return: {quoted(_name(to))}}}"

    def _wait(self, wait: Wait, what: str, indent: str) -> Iterator[str]:
        if wait.kind == "appointment":
            yield f"{indent}- {{appointment: {quoted(_name(self.bundle.name))}}}"
            return
        if wait.times is not None:
            name = self.names.new(_name(f"wait {what}"))
            text = _distribution(wait.times, "h")
            yield f"{indent}- delay: {quoted(name)}"
            yield f"{indent}  time: {_value(text, _of_times(self.learnt, wait.times, 'h'))}"
        if wait.kind == "timetable":
            name = _wait_name(self.bundle.name, self.flow.channel, what)
            yield f"{indent}- {{timetable: {quoted(name)}}}"

    def _time(self, step: LearntStep) -> str:
        if step.times is not None:
            source = _of_times(self.learnt, step.times, "min")
            return _value(_distribution(step.times, "min"), source)
        if math.isfinite(step.bound):
            source = (
                f"{self.learnt.file} has ends alone: the mean is between 0 and {step.bound:.3g} min"
                " (usual time between two ends of one person); half of that is taken"
            )
            text = f"exponential(mean {_number(step.bound / 2)} min)"
            return _value(text, source, mark="assumed")
        source = f"{self.learnt.file} tells nothing about it"
        return _value("exponential(mean 10 min)", source, mark="assumed")

    def _share(self, count: int, out_of: int) -> str:
        share = share_of_some(count, out_of)
        return _value(_percent(share.mean), _of(self.learnt, share))


def _distribution(times: Times, unit: str) -> str:
    mean = f"{_number(times.mean.mean)} {unit}"
    if times.family == "constant":
        return mean
    if times.family == "exponential":
        return f"exponential(mean {mean})"
    if times.family == "uniform":
        return f"uniform({_number(times.least)} {unit}, {_number(times.most)} {unit})"
    return f"{times.family}(mean {mean}, cv {_number(times.cv)})"


def _of_times(learnt: Learnt, times: Times, unit: str) -> str:
    mean = times.mean
    text = f"{learnt.file}: n {mean.n}"
    if math.isfinite(mean.low):
        text += f", range of the mean {_number(mean.low)} to {_number(mean.high)} {unit}"
    if times.criterion:
        text += f", cv ± {_number(times.cv_error)}; family by AIC"
        rest = sorted(times.criterion.items(), key=lambda each: each[1])
        text += f", {_number(rest[1][1] - rest[0][1])} before {rest[1][0]}"
    return text


def _of(learnt: Learnt, share: Interval) -> str:
    return f"{learnt.file}: n {share.n}, range {_percent(share.low)} to {_percent(share.high)}"


def _value(text: str, source: str, *, mark: str = "measured") -> str:
    shown = in_quotes(text) if re.search(r"[,(]", text) else text
    return f"{{value: {shown}, mark: {mark}, source: {in_quotes(_one_line(source))}}}"


def _number(value: float) -> str:
    """Four digits, never in powers of ten."""
    text = f"{value:.4g}"
    return text if "e" not in text else f"{value:.10f}".rstrip("0").rstrip(".")


def _percent(share: float) -> str:
    return f"{_number(100 * share)} %"


def _clock(microseconds: int) -> str:
    return f"{microseconds // HOUR:02d}:{microseconds % HOUR // MINUTE:02d}"


def _name(name: str) -> str:
    return " ".join(_NOT_IN_NAMES.sub(" ", name).split()) or "unnamed"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def quoted(text: str) -> str:
    """A name or text as YAML takes it, in quotes where it needs them."""
    is_plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML
    return text if is_plain else in_quotes(text)
