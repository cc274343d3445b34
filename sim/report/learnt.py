"""Writes what is learnt from a register as a scenario that a person can read and change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from sim.analysis.estimate import Interval
from sim.language import date_in_words, later, say
from sim.logs.intervals import share_of_some
from sim.logs.learning.parts import Learnt, LearntBundle, LearntFlow
from sim.logs.learning.people import Group
from sim.logs.learning.tree import steps_of
from sim.logs.learning.waits import Wait
from sim.report.learnt_flow import FlowWriter, back_name, before_name, wait_name
from sim.report.learnt_values import (
    between,
    clock,
    digits,
    in_figures,
    of_share,
    one_line,
    percent_in_words,
    percent_text,
    quoted,
    safe_name,
    share_text,
    value,
)
from sim.report.words import duration
from sim.units import DAY, HOUR

_DAYS: Final = (
    later("mon"), later("tue"), later("wed"), later("thu"), later("fri"), later("sat"),
    later("sun"),
)  # fmt: skip
_WHILE_OPEN: Final = 0.95
_LEVEL: Final = "commune"
_WARM_UP: Final = 4
_RUN_OUT: Final = 8
"""Weeks, where cases do not take longer."""


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
    indented = [say("hours: {hours}", hours=_hours_in_words(learnt))]
    indented += [
        say(
            "{group}: {people} on duty of {seen} seen ({mean} at work on a half-day on average); "
            "{away}",
            group=group.name,
            people=in_figures(f"{group.people:g}"),
            seen=group.high,
            mean=in_figures(f"{group.low:.2f}"),
            away=_away(learnt, group),
        )
        for group in learnt.groups
    ]
    for bundle in learnt.bundles:
        for flow in bundle.flows:
            indented.append(
                say(
                    "{flow}: {n} steps, replays {share} cases that ended",
                    flow=f"{bundle.name}/{flow.channel}",
                    n=len(steps_of(flow.tree)),
                    share=_replayed(flow),
                )
            )
    indented += _changed(learnt)
    indented += [say("not learnt: {what}", what=words) for words in learnt.lacking]
    first = say(
        "{file}: filings from {first} to {last}",
        file=learnt.file,
        first=date_in_words(learnt.first, is_plain=True),
        last=date_in_words(learnt.last, is_plain=True),
    )
    return (first, *(f"  {line}" for line in indented))


def _changed(learnt: Learnt) -> Iterator[str]:
    if learnt.change is not None:
        day = dt.date(1970, 1, 1) + dt.timedelta(days=learnt.change.day)
        yield say(
            "cases filed since {day} take {since} from first step to last, those before {before} "
            "(the middle ones): shares of ways and channels are of the {n} since",
            day=date_in_words(day, is_plain=True),
            since=duration(round(learnt.change.since * HOUR)),
            before=duration(round(learnt.change.before * HOUR)),
            n=learnt.change.n_since,
        )


def _away(learnt: Learnt, group: Group) -> str:
    absence = learnt.absences.get(group.name)
    if absence is None:
        return say("not told who is away")
    share, spell = absence.share, absence.spell
    if spell is None:
        return say(
            "never seen away (0 to {high} of the time on duty)", high=percent_in_words(share.high)
        )
    if spell.n == 1:
        return say("seen away once, too little to tell how often")
    return say(
        "away {share} ({least} to {most}) of the time on duty, {n} times, {days} days on average "
        "({low} to {high})",
        share=percent_in_words(share.mean),
        least=percent_in_words(share.low),
        most=percent_in_words(share.high),
        n=spell.n,
        days=in_figures(digits(spell.mean)),
        low=in_figures(digits(spell.low)),
        high=in_figures(digits(spell.high)),
    )


def _replayed(flow: LearntFlow) -> str:
    share = share_of_some(flow.n_replayed, flow.n_ended)
    return say(
        "{share} ({low} to {high}) of {n}",
        share=percent_in_words(share.mean),
        low=percent_in_words(share.low),
        high=percent_in_words(share.high),
        n=flow.n_ended,
    )


def _lines(learnt: Learnt, period: str) -> Iterator[str]:
    file = one_line(learnt.file)
    head = say("Learnt from {file}. Change it as you like; what is not learnt:", file=file)
    yield f"# {head}"
    for words in learnt.lacking:
        yield f"# - {words}"
    for words in _changed(learnt):
        yield f"# {words[0].upper()}{words[1:]}."
    yield f"title: {quoted(say('Learnt from {file}', file=file))}"
    start = learnt.first + dt.timedelta(days=-learnt.first.weekday() % 7)
    warm_up, run_out = max(learnt.weeks, _WARM_UP), max(learnt.weeks, _RUN_OUT)
    weeks = f"warm_up: {warm_up} weeks, length: 26 weeks, run_out: {run_out} weeks"
    usual = f"{{start: {start}, {weeks}}}"
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
        **{office: say("level of {office}", office=safe_name(office)) for office in others},
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
        say("the log has no public holiday: taken from the law")
        if hours.holidays is None
        else say("worked on {n} of {all} public holidays", n=hours.n_worked, all=hours.n_holidays)
    )
    source = say(
        "{file}: {n} starts and ends of work; {holidays}",
        file=learnt.file,
        n=hours.n,
        holidays=kept,
    )
    yield f"    source: {quoted(source)}"
    limits = [bundle.limit for bundle in learnt.bundles if bundle.limit is not None]
    if limits and all(limit.on_weekdays for limit in limits):
        source = quoted(say("{file}: due dates count closed days too", file=learnt.file))
        yield f"  weekdays: {{hours: {{{told}}}, mark: measured, source: {source}}}"
        yield "legal_clock: {calendar: weekdays}"


def _hours_in_words(learnt: Learnt) -> str:
    told = [
        f"{say(_DAYS[day])} {', '.join(f'{clock(a)}-{clock(b)}' for a, b in intervals)}"
        for day, intervals in sorted(learnt.hours.weekly.items())
    ]
    return "; ".join(told)


def _waits(learnt: Learnt) -> Iterator[tuple[str, Wait]]:
    """Every wait with what it is called: by flow and step."""
    for bundle in learnt.bundles:
        for flow in bundle.flows:
            for step in flow.steps.values():
                if step.wait is not None:
                    yield wait_name(bundle.name, flow.channel, before_name(step.name)), step.wait
            for way, wait in flow.backs:
                if wait is not None:
                    yield wait_name(bundle.name, flow.channel, back_name(way.at, way.to)), wait
            if flow.ending.wait is not None:
                yield wait_name(bundle.name, flow.channel, say("before the end")), flow.ending.wait


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
        source = quoted(say("{file}: when {n} cases went on", file=learnt.file, n=wait.n))
        yield f"  {quoted(name)}: {{departures: {{{told}}}, mark: measured, source: {source}}}"


def _group(learnt: Learnt, group: Group, levels: Mapping[str, str]) -> str:
    source = say(
        "{file}: {mean} at work on a half-day on average, {seen} seen at all",
        file=learnt.file,
        mean=in_figures(f"{group.low:.2f}"),
        seen=group.high,
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
    told = say(
        "{file}: {n} times that one of {people} steady people did nothing",
        file=learnt.file,
        n=spell.n,
        people=absence.people,
    )
    span = between(100 * share.low, 100 * share.mean, 100 * share.high, "%")
    away = value(percent_text(share.mean), told, span=span)
    span = between(spell.low, spell.mean, spell.high, "wd")
    days = value(f"exponential(mean {digits(spell.mean)} wd)", told, span=span)
    return f", absence: {{share: {away}, spell: {days}}}"


def _nobody(role: str, level: str) -> str:
    people = value("1", say("the register names nobody who did it"), mark="assumed")
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
    by_day = {
        channel: weights
        for channel, weights in learnt.weekdays.items()
        if channel in found and channel not in counters
    }
    if not counters and not by_day:
        return
    yield "filing:"
    for channel, shares in counters.items():
        n = sum(share.n for share in shares)
        least = min(share.mean for share in shares)
        source = quoted(
            say(
                "{file}: {share} of {n} cases filed in these hours",
                file=learnt.file,
                share=percent_in_words(least),
                n=n,
            )
        )
        said = f"while_open: office, mark: measured, source: {source}"
        yield f"  {quoted(safe_name(channel))}: {{{said}}}"
    for channel, weights in by_day.items():
        n = sum(share.n for share in found[channel])
        told = ", ".join(
            f"{day}: {digits(round(weight, 2))}" for day, weight in zip(_DAYS, weights, strict=True)
        )
        source = quoted(
            say(
                "{file}: n {n}, more apart than chance makes one in a thousand",
                file=learnt.file,
                n=n,
            )
        )
        said = f"weekdays: {{{told}}}, mark: measured, source: {source}"
        yield f"  {quoted(safe_name(channel))}: {{{said}}}"


def _bundle(learnt: Learnt, bundle: LearntBundle) -> Iterator[str]:
    name = safe_name(bundle.name)
    yield f"  {quoted(name)}:"
    limit = "limit: none"
    if bundle.limit is not None:
        share = share_of_some(bundle.limit.count, bundle.limit.out_of)
        source = say(
            "{found}: due dates of {share} of the cases",
            found=of_share(learnt.file, share),
            share=percent_in_words(share.mean),
        )
        limit = f"limit: {value(f'{bundle.limit.days} wd', source)}"
        limit += f', cut_off: "{clock(bundle.limit.cut_off)}"' if bundle.limit.cut_off < DAY else ""
    yield f"    procedures: {{{quoted(name)}: {{{limit}}}}}"
    year = bundle.a_year
    a_year = value(
        f"{year.mean:.0f}",
        say("{file}: n {n}", file=learnt.file, n=year.n),
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
        replays = say("Replays {share} cases.", share=_replayed(flow))
        yield f"        # {replays}"
        yield f"        {quoted(safe_name(flow.channel))}:"
        writer = FlowWriter(learnt=learnt, bundle=bundle, flow=flow)
        yield from writer.lines(" " * 10)
