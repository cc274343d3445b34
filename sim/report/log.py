"""The words for what a register shows, and for what is wrong with its data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sim.analysis.estimate import Interval
from sim.logs.event_log import Finding, Flaw
from sim.logs.overview import Overview
from sim.logs.ways import Way
from sim.report.words import NOTHING, between, counted, number

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHADES: Final = "·░▒▓█"
_MOST_WAYS: Final = 10
_MOST_STEPS: Final = 20
_MOST_OFFICERS: Final = 12
_MOST_MONTHS: Final = 36
_MOST_NAMED: Final = 12
_LONGEST: Final = 100

_OF_ROWS, _OF_CASES, _OF_DAYS = "rows", "cases", "working days"

_FLAWS: Final[Mapping[Flaw, tuple[str, str, str]]] = {
    Flaw.UNREADABLE: (
        "cannot be read and are left out", _OF_ROWS, ""),
    Flaw.NO_CASE: (
        "have no case and are left out", _OF_ROWS, ""),
    Flaw.NO_STEP: (
        "have no step and are left out", _OF_ROWS, ""),
    Flaw.NO_INSTANT: (
        "have a step without an instant and are left out", _OF_ROWS, ""),
    Flaw.DIFFERING: (
        "say something else of a case than its first row, which counts", _OF_ROWS, ""),
    Flaw.IN_UTC: (
        "are in UTC and are turned into local time; --zone names another", _OF_ROWS, ""),
    Flaw.ZONES: (
        "have several time zones, as with summer time; the clock on the wall counts",
        _OF_ROWS, ""),
    Flaw.ZONE_MISSING: (
        "have no time zone where others have one; they are taken for local time", _OF_ROWS, ""),
    Flaw.OTHER_LIFECYCLE: (
        "are neither schedule, start nor complete and are left out", _OF_ROWS, ""),
    Flaw.NO_STARTS: (
        "have an end alone", _OF_ROWS,
        "how many minutes of work a step takes cannot be known from this log"),
    Flaw.MISSING_STARTS: (
        "have an end and no start", _OF_ROWS, "they tell nothing about minutes of work"),
    Flaw.MISSING_ENDS: (
        "have a start and no end", _OF_ROWS, "open work, or ends that nobody entered"),
    Flaw.ENDS_BEFORE_STARTS: (
        "end before they start", _OF_ROWS, "they tell nothing about minutes of work"),
    Flaw.EQUAL_INSTANTS: (
        "have the instant of the step before them in the case", _OF_ROWS,
        "which of the two came first is unknown; the order of the rows counts"),
    Flaw.AT_ONE_INSTANT: (
        "have an instant that many cases share", _OF_ROWS,
        "entered or uploaded together: not when the work was done"),
    Flaw.NIGHTS: (
        "are between 22:00 and 5:00", _OF_ROWS, "a machine, a wrong clock, or another time zone"),
    Flaw.DATES_ONLY: (
        "have a date without a time of day", _OF_ROWS, "hours and minutes cannot be known"),
    Flaw.ONE_ACCOUNT: (
        "are by one account that does nearly everything", _OF_ROWS,
        "who did the work cannot be known: shared, or a system"),
    Flaw.LENT_ACCOUNT: (
        "are by an account that does nearly everything on some days, and not on others",
        _OF_ROWS, "others worked under it; learning takes them as done by nobody known"),
    Flaw.NO_OFFICERS: (
        "name nobody who did the work", _OF_ROWS, "numbers of staff cannot be known"),
    Flaw.MISSING_OFFICERS: (
        "name nobody who did the work", _OF_ROWS, ""),
    Flaw.GAPS: (
        "have no event, three or more in a row", _OF_DAYS,
        "closed, or a part of the register is lacking"),
    Flaw.DUPLICATES: (
        "say the same as one before", _OF_ROWS, "entered twice; learning counts them once"),
    Flaw.SWAPPED: (
        "would fit if day and month were the other way round", _OF_ROWS,
        "learning turns them back"),
    Flaw.FUTURE: (
        "are in the future", _OF_ROWS, ""),
    Flaw.LONG_AGO: (
        "are before 1990", _OF_ROWS, "a date that stands for none"),
    Flaw.ONE_EVENT: (
        "have one event alone", _OF_CASES, "such a log shows no way from step to step"),
    Flaw.MANY_STEPS: (
        "different steps", "", "names of steps may hold numbers or names of people"),
    Flaw.ONE_CASE: (
        "case is all there is", "", "nothing can be learnt from one"),
    Flaw.WORK_BEFORE_FILING: (
        "have work before they were filed", _OF_CASES, ""),
    Flaw.DUE_BEFORE_FILING: (
        "are due before they were filed", _OF_CASES, "look at the order of day and month"),
}  # fmt: skip
"""Of each flaw what is said, what is counted, and what it means for who uses the log."""


def finding_line(finding: Finding) -> str:
    """One thing that is wrong: ``12 of 400 rows end before they start (row 17: …); …``."""
    words, of, meaning = _FLAWS[finding.flaw]
    count = number(finding.count)
    many = f"{count} of {number(finding.out_of)} {of}" if of else count
    row = f"row {finding.row}" if finding.row else ""
    example = ": ".join(part for part in (row, _short(finding.example)) if part)
    shown = f" ({example})" if example else ""
    return f"{many} {words}{shown}{f'; {meaning}' if meaning else ''}"


def log_lines(found: Overview, findings: Sequence[Finding]) -> tuple[str, ...]:
    """What a register shows, line by line."""
    return tuple(_lines(found, findings))


def _lines(found: Overview, findings: Sequence[Finding]) -> Iterator[str]:
    yield found.name
    cases = f"{counted(found.n_cases, 'case')}, {counted(found.n_work, 'performance')} of "
    yield (
        f"  {cases}{counted(len(found.steps), 'step')} by {counted(found.n_officers, 'officer')}, "
        f"{found.first:%Y-%m-%d %H:%M} to {found.last:%Y-%m-%d %H:%M}"
    )
    known = "" if found.is_open_known else ", judged by the steps with which cases usually end"
    yield f"  open at the end: {number(found.n_open)}{known}"
    if found.sojourn is not None:
        yield f"  from filing to end: {_mean(found.sojourn, 'd')} of those that have ended"
    if found.on_time is not None:
        share = between(found.on_time.low, found.on_time.high, "share")
        yield (
            f"  on time: {number(100 * found.on_time.mean, 1)} % ({share} %) of "
            f"{number(found.on_time.n)} done with a due date; open and past it: "
            f"{number(found.n_late_open)}"
        )
    for title, counts in (("channels", found.channels), ("bundles", found.bundles)):
        if counts:
            told = ", ".join(f"{each.name} {number(each.count)}" for each in counts[:_MOST_NAMED])
            yield f"  {title}: {told}{_more(len(counts), _MOST_NAMED)}"
    yield from _ways(found)
    yield from _steps(found)
    yield from _week(found)
    yield from _officers(found)
    yield from _arrivals(found)
    yield ""
    yield "What is wrong with the data" if findings else "Nothing is found wrong with the data."
    yield from (f"  {finding_line(each)}" for each in findings)


def _ways(found: Overview) -> Iterator[str]:
    yield ""
    yield f"Ways of cases ({number(found.n_ways)})"
    for way in found.ways[:_MOST_WAYS]:
        yield f"  {number(way.count):>9}  {_share(way.count, found.n_cases):>7}  {_way(way)}"
        if len(way.by_channel) > 1 or len(found.channels) > 1:
            told = ", ".join(f"{name} {number(n)}" for name, n in way.by_channel.items())
            yield f"{'':21}{told}"
    if found.n_ways > _MOST_WAYS:
        rest = found.n_cases - sum(way.count for way in found.ways[:_MOST_WAYS])
        share = _share(rest, found.n_cases)
        yield f"  {number(rest):>9}  {share:>7}  {number(found.n_ways - _MOST_WAYS)} other ways"


def _way(way: Way) -> str:
    text = " → ".join(way.steps)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _steps(found: Overview) -> Iterator[str]:
    yield ""
    yield "Steps: performances, officers; on the clock, minutes at work and hours of waiting"
    for step in found.steps[:_MOST_STEPS]:
        handling = NOTHING
        if step.handling is not None:
            handling = f"{_mean(step.handling, 'min')}, half of them below "
            handling += f"{number(step.handling_median, 1)}"
        waiting = NOTHING if step.waiting is None else _mean(step.waiting, "h")
        yield (
            f"  {number(step.count):>9}  {number(step.n_officers):>4}  {_short(step.step)}: "
            f"{handling}; {waiting}"
        )
    if len(found.steps) > _MOST_STEPS:
        yield f"  {counted(len(found.steps) - _MOST_STEPS, 'further step')}"


def _week(found: Overview) -> Iterator[str]:
    most = max(max(row) for row in found.week)
    if not most:
        return
    yield ""
    yield "When work begins and ends, by hour of the day"
    yield f"       {''.join(f'{hour:<4}' for hour in range(0, 24, 2))}"
    for day, row in zip(_DAYS, found.week, strict=True):
        shades = "".join(
            2 * (_SHADES[min(1 + 4 * n // (most + 1), 4)] if n else _SHADES[0]) for n in row
        )
        yield f"  {day}  {shades}  {number(sum(row))}"


def _officers(found: Overview) -> Iterator[str]:
    if not found.officers:
        return
    yield ""
    yield "Officers: performances, days, usual hours"
    for each in found.officers[:_MOST_OFFICERS]:
        yield (
            f"  {number(each.count):>9}  {number(each.n_days):>5}  {each.first:%H:%M}–"
            f"{each.last:%H:%M}  {_short(each.name)}"
        )
    if found.n_officers > _MOST_OFFICERS:
        yield f"  {counted(found.n_officers - _MOST_OFFICERS, 'further officer')}"


def _arrivals(found: Overview) -> Iterator[str]:
    arrivals = found.arrivals
    yield ""
    yield "Cases filed" if arrivals.is_filing else "Cases by their first instant"
    months = arrivals.by_month[-_MOST_MONTHS:]
    told = ", ".join(f"{each.name} {number(each.count)}" for each in months)
    before = len(arrivals.by_month) - len(months)
    yield f"  by month: {f'{before} months before, ' if before else ''}{told}"
    by_day = zip(_DAYS, arrivals.by_weekday, strict=True)
    yield f"  by weekday: {', '.join(f'{day} {number(n)}' for day, n in by_day)}"
    by_hour = (f"{hour}h {number(n)}" for hour, n in enumerate(arrivals.by_hour) if n)
    yield f"  by hour: {', '.join(by_hour)}"


def _mean(interval: Interval, unit: str) -> str:
    ends = between(interval.low, interval.high)
    return f"{number(interval.mean, 1)}{f' ({ends})' if ends else ''} {unit}"


def _share(count: int, out_of: int) -> str:
    return f"{number(100 * count / out_of, 1)} %"


def _more(n: int, most: int) -> str:
    return f" and {n - most} more" if n > most else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
