"""The words for what a register shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from sim.analysis.estimate import Interval
from sim.language import date_in_words, later, say
from sim.logs.event_log import Finding
from sim.logs.overview import Overview
from sim.logs.ways import Way
from sim.report.flaws import finding_line, short
from sim.report.words import NOTHING, and_more, between, counted, number, unit_in_short

_DAYS: Final = (
    later("Mon"), later("Tue"), later("Wed"), later("Thu"), later("Fri"), later("Sat"),
    later("Sun"),
)  # fmt: skip
_SHADES: Final = "·░▒▓█"
_MOST_WAYS: Final = 10
_MOST_STEPS: Final = 20
_MOST_OFFICERS: Final = 12
_MOST_MONTHS: Final = 36
_MOST_NAMED: Final = 12


def log_lines(found: Overview, findings: Sequence[Finding]) -> tuple[str, ...]:
    """What a register shows, line by line."""
    return tuple(_lines(found, findings))


def _lines(found: Overview, findings: Sequence[Finding]) -> Iterator[str]:
    yield found.name
    yield "  " + say(
        "{cases}, {performances} of {steps} by {officers}, {first} to {last}",
        cases=counted(found.n_cases, "case"),
        performances=counted(found.n_work, "performance"),
        steps=counted(len(found.steps), "step"),
        officers=counted(found.n_officers, "officer"),
        first=_instant(found.first),
        last=_instant(found.last),
    )
    n_open = number(found.n_open)
    yield "  " + (
        say("open at the end: {n}", n=n_open)
        if found.is_open_known
        else say("open at the end: {n}, judged by the steps with which cases usually end", n=n_open)
    )
    if found.sojourn is not None:
        yield "  " + say(
            "from filing to end: {mean} of those that have ended", mean=_mean(found.sojourn, "d")
        )
    if found.on_time is not None:
        ends = between(found.on_time.low, found.on_time.high, "share")
        yield "  " + say(
            "on time: {share} ({interval}) of {n} done with a due date; open and past it: {late}",
            share=_percent(number(100 * found.on_time.mean, 1)),
            interval=_percent(ends),
            n=number(found.on_time.n),
            late=number(found.n_late_open),
        )
    for title, counts in ((say("channels"), found.channels), (say("bundles"), found.bundles)):
        if counts:
            told = ", ".join(f"{each.name} {number(each.count)}" for each in counts[:_MOST_NAMED])
            yield f"  {title}: {told}{and_more(counts, _MOST_NAMED)}"
    yield from _ways(found)
    yield from _steps(found)
    yield from _week(found)
    yield from _officers(found)
    yield from _arrivals(found)
    yield ""
    yield (
        say("What is wrong with the data")
        if findings
        else say("Nothing is found wrong with the data.")
    )
    yield from (f"  {finding_line(each)}" for each in findings)


def _ways(found: Overview) -> Iterator[str]:
    yield ""
    yield say("Ways of cases ({n})", n=number(found.n_ways))
    for way in found.ways[:_MOST_WAYS]:
        yield f"  {number(way.count):>9}  {_share(way.count, found.n_cases):>7}  {_way(way)}"
        if len(way.by_channel) > 1 or len(found.channels) > 1:
            told = ", ".join(f"{name} {number(n)}" for name, n in way.by_channel.items())
            yield f"{'':21}{told}"
    if found.n_ways > _MOST_WAYS:
        rest = found.n_cases - sum(way.count for way in found.ways[:_MOST_WAYS])
        share = _share(rest, found.n_cases)
        others = say("{n} other ways", n=number(found.n_ways - _MOST_WAYS))
        yield f"  {number(rest):>9}  {share:>7}  {others}"


def _way(way: Way) -> str:
    return short(" → ".join(way.steps))


def _steps(found: Overview) -> Iterator[str]:
    yield ""
    yield say("Steps: performances, officers; on the clock, minutes at work and hours of waiting")
    for step in found.steps[:_MOST_STEPS]:
        handling = NOTHING
        if step.handling is not None:
            handling = say(
                "{mean}, half of them below {median}",
                mean=_mean(step.handling, "min"),
                median=number(step.handling_median, 1),
            )
        waiting = NOTHING if step.waiting is None else _mean(step.waiting, "h")
        yield (
            f"  {number(step.count):>9}  {number(step.n_officers):>4}  {short(step.step)}: "
            f"{handling}; {waiting}"
        )
    if len(found.steps) > _MOST_STEPS:
        yield f"  {counted(len(found.steps) - _MOST_STEPS, 'further step')}"


def _week(found: Overview) -> Iterator[str]:
    most = max(max(row) for row in found.week)
    if not most:
        return
    yield ""
    yield say("When work begins and ends, by hour of the day")
    yield f"       {''.join(f'{hour:<4}' for hour in range(0, 24, 2))}"
    for day, row in zip(_DAYS, found.week, strict=True):
        shades = "".join(
            2 * (_SHADES[min(1 + 4 * n // (most + 1), 4)] if n else _SHADES[0]) for n in row
        )
        yield f"  {say(day):<3}  {shades}  {number(sum(row))}"


def _officers(found: Overview) -> Iterator[str]:
    if not found.officers:
        return
    yield ""
    yield say("Officers: performances, days, usual hours")
    for each in found.officers[:_MOST_OFFICERS]:
        yield (
            f"  {number(each.count):>9}  {number(each.n_days):>5}  {each.first:%H:%M}–"
            f"{each.last:%H:%M}  {short(each.name)}"
        )
    if found.n_officers > _MOST_OFFICERS:
        yield f"  {counted(found.n_officers - _MOST_OFFICERS, 'further officer')}"


def _arrivals(found: Overview) -> Iterator[str]:
    arrivals = found.arrivals
    yield ""
    yield say("Cases filed") if arrivals.is_filing else say("Cases by their first instant")
    months = arrivals.by_month[-_MOST_MONTHS:]
    told = ", ".join(f"{_month(each.name)} {number(each.count)}" for each in months)
    before = len(arrivals.by_month) - len(months)
    yield "  " + (
        say("by month: {n} months before, {told}", n=before, told=told)
        if before
        else say("by month: {told}", told=told)
    )
    by_day = zip(_DAYS, arrivals.by_weekday, strict=True)
    told = ", ".join(f"{say(day)} {number(n)}" for day, n in by_day)
    yield "  " + say("by weekday: {told}", told=told)
    by_hour = (
        say("{hour}h {n}", hour=hour, n=number(n)) for hour, n in enumerate(arrivals.by_hour) if n
    )
    yield "  " + say("by hour: {told}", told=", ".join(by_hour))


def _mean(interval: Interval, unit: str) -> str:
    ends = between(interval.low, interval.high)
    return f"{number(interval.mean, 1)}{f' ({ends})' if ends else ''} {unit_in_short(unit)}"


def _share(count: int, out_of: int) -> str:
    return _percent(number(100 * count / out_of, 1))


def _percent(words: str) -> str:
    return say("{number} %", number=words)


def _instant(at: dt.datetime) -> str:
    return f"{date_in_words(at.date(), is_plain=True)} {at:%H:%M}"


def _month(name: str) -> str:
    year, _, month = name.partition("-")
    return say("{year}-{month}", year=year, month=month)
