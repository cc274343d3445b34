"""Writes what is learnt from a register as a scenario that a person can read and change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from sim.analysis.estimate import Interval
from sim.logs.intervals import share_of_some
from sim.logs.learning.parts import Learnt, LearntBundle, LearntFlow
from sim.logs.learning.people import Group
from sim.logs.learning.tree import steps_of
from sim.logs.learning.waits import Wait
from sim.report.learnt_flow import FlowWriter, back_name, wait_name
from sim.report.learnt_values import (
    between,
    clock,
    digits,
    of_share,
    one_line,
    percent_text,
    quoted,
    safe_name,
    share_text,
    value,
)
from sim.units import DAY

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WHILE_OPEN: Final = 0.95
_LEVEL: Final = "commune"


def scenario_text(learnt: Learnt, *, period: str = "") -> str:
    """The scenario, as YAML with a mark and a source at every value.

    Parameters
    ----------
    period
        In place of half a year from the beginning of the register on.
    """
    return "\n".join(_lines(learnt, period)) + "\n"


def learnt_lines(learnt: Learnt) -> tuple[str, ...]:
    """What was learnt and how well it fits, in a few lines."""
    found = [
        f"{learnt.file}: filings from {learnt.first} to {learnt.last}",
        f"  hours: {_hours_in_words(learnt)}",
    ]
    found += [
        f"  {group.name}: {group.people:g} on duty of {group.high} seen "
        f"({group.low:.2f} at work on a half-day on average); {_away(learnt, group)}"
        for group in learnt.groups
    ]
    for bundle in learnt.bundles:
        for flow in bundle.flows:
            found.append(
                f"  {bundle.name}/{flow.channel}: {len(steps_of(flow.tree))} steps, replays "
                f"{_replayed(flow)} cases that ended"
            )
    found += [f"  not learnt: {words}" for words in learnt.lacking]
    return tuple(found)


def _away(learnt: Learnt, group: Group) -> str:
    absence = learnt.absences.get(group.name)
    if absence is None:
        return "not told who is away"
    share, spell = absence.share, absence.spell
    if spell is None:
        return f"never seen away (0 to {percent_text(share.high)} of the time on duty)"
    if spell.n == 1:
        return "seen away once, too little to tell how often"
    ends = f"{percent_text(share.low)} to {percent_text(share.high)}"
    days = f"{digits(spell.mean)} days on average ({digits(spell.low)} to {digits(spell.high)})"
    return f"away {percent_text(share.mean)} ({ends}) of the time on duty, {spell.n} times, {days}"


def _replayed(flow: LearntFlow) -> str:
    share = share_of_some(flow.n_replayed, flow.n_ended)
    ends = f"{percent_text(share.low)} to {percent_text(share.high)}"
    return f"{percent_text(share.mean)} ({ends}) of {flow.n_ended}"


def _lines(learnt: Learnt, period: str) -> Iterator[str]:
    yield f"# Learnt from {one_line(learnt.file)}. Change it as you like; what is not learnt:"
    for words in learnt.lacking:
        yield f"# - {words}"
    yield f"title: {quoted(f'Learnt from {one_line(learnt.file)}')}"
    start = learnt.first + dt.timedelta(days=-learnt.first.weekday() % 7)
    usual = f"{{start: {start}, warm_up: 4 weeks, length: 26 weeks, run_out: 8 weeks}}"
    yield f"period: {period or usual}"
    levels = _levels(learnt)
    if len(levels) > 1:
        yield f"levels: [{', '.join(map(quoted, levels.values()))}]"
        yield "offices:"
        above = ""
        for office, level in levels.items():
            parent = f", parent: {quoted(above)}" if above else ""
            above = safe_name(office)
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
        **{office: f"level of {safe_name(office) or 'unnamed'}" for office in others},
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
        told = ", ".join(f'"{clock(begin)}-{clock(end)}"' for begin, end in intervals)
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
        f"{_DAYS[day]} {', '.join(f'{clock(a)}-{clock(b)}' for a, b in intervals)}"
        for day, intervals in sorted(learnt.hours.weekly.items())
    ]
    return "; ".join(told)


def _waits(learnt: Learnt) -> Iterator[tuple[str, Wait]]:
    """Every wait with what it is called: by flow and step."""
    for bundle in learnt.bundles:
        for flow in bundle.flows:
            for step in flow.steps.values():
                if step.wait is not None:
                    yield wait_name(bundle.name, flow.channel, f"before {step.name}"), step.wait
            for way, wait in flow.backs:
                if wait is not None:
                    yield wait_name(bundle.name, flow.channel, back_name(way.at, way.to)), wait
            if flow.wait_at_end is not None:
                yield wait_name(bundle.name, flow.channel, "before the end"), flow.wait_at_end


def _timetables(learnt: Learnt) -> Iterator[str]:
    dated = [(name, wait) for name, wait in _waits(learnt) if wait.kind == "timetable"]
    if not dated:
        return
    yield "timetables:"
    for name, wait in dated:
        by_times: dict[str, list[str]] = {}
        for day, times in wait.departures:
            told = ", ".join(f'"{clock(at)}"' for at in times)
            by_times.setdefault(f"[{told}]", []).append(_DAYS[day])
        told = ", ".join(f"{' '.join(days)}: {text}" for text, days in by_times.items())
        source = quoted(f"{learnt.file}: when {wait.n} cases went on")
        yield f"  {quoted(name)}: {{departures: {{{told}}}, mark: measured, source: {source}}}"


def _group(learnt: Learnt, group: Group, levels: Mapping[str, str]) -> str:
    source = (
        f"{learnt.file}: {group.low:.2f} at work on a half-day on average, {group.high} seen at all"
    )
    span = between(round(group.low, 2), group.people, group.high)
    people = value(f"{group.people:g}", source, span=span)
    roles = ""
    if len(group.roles) > 1:
        roles = f", roles: [{', '.join(quoted(safe_name(role)) for role in group.roles)}]"
    level = quoted(levels[group.office])
    away = _absence(learnt, group)
    return f"  {quoted(safe_name(group.name))}: {{office: {level}, people: {people}{roles}{away}}}"


def _absence(learnt: Learnt, group: Group) -> str:
    absence = learnt.absences.get(group.name)
    if absence is None or absence.spell is None or absence.spell.n == 1:
        return ""
    share, spell = absence.share, absence.spell
    told = f"{learnt.file}: {spell.n} times that one of {absence.people} steady people did nothing"
    span = between(100 * share.low, 100 * share.mean, 100 * share.high, "%")
    away = value(percent_text(share.mean), told, span=span)
    span = between(spell.low, spell.mean, spell.high, "wd")
    days = value(f"exponential(mean {digits(spell.mean)} wd)", told, span=span)
    return f", absence: {{share: {away}, spell: {days}}}"


def _nobody(role: str, level: str) -> str:
    people = value("1", "the register names nobody who did it", mark="assumed")
    return f"  {quoted(safe_name(role))}: {{office: {quoted(level)}, people: {people}}}"


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
        source = quoted(f"{learnt.file}: {percent_text(least)} of {n} cases filed in these hours")
        said = f"while_open: office, mark: measured, source: {source}"
        yield f"  {quoted(safe_name(channel))}: {{{said}}}"


def _bundle(learnt: Learnt, bundle: LearntBundle) -> Iterator[str]:
    name = safe_name(bundle.name)
    yield f"  {quoted(name)}:"
    limit = "limit: none"
    if bundle.limit is not None:
        share = share_of_some(bundle.limit.count, bundle.limit.out_of)
        told = percent_text(share.mean)
        source = f"{of_share(learnt.file, share)}: due dates of {told} of the cases"
        limit = f"limit: {value(f'{bundle.limit.days} wd', source)}"
        limit += f', cut_off: "{clock(bundle.limit.cut_off)}"' if bundle.limit.cut_off < DAY else ""
    yield f"    procedures: {{{quoted(name)}: {{{limit}}}}}"
    year = bundle.a_year
    a_year = value(
        f"{year.mean:.0f}",
        f"{learnt.file}: n {year.n}",
        span=between(round(year.low), round(year.mean), round(year.high)),
    )
    yield f"    demand: {{a_year: {a_year}}}"
    if len(bundle.channels) > 1:
        yield "    channels:"
        for at, flow in enumerate(bundle.flows):
            share = bundle.channels[flow.channel]
            told = "rest" if at == len(bundle.flows) - 1 else share_text(learnt.file, share)
            yield f"      {quoted(safe_name(flow.channel))}: {told}"
    yield "    regimes:"
    yield "      today:"
    for flow in bundle.flows:
        yield f"        # Replays {_replayed(flow)} cases."
        yield f"        {quoted(safe_name(flow.channel))}:"
        writer = FlowWriter(learnt=learnt, bundle=bundle, flow=flow)
        yield from writer.lines(" " * 10)
