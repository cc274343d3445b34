"""The words for what is wrong with the data of a register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.language import later, say
from sim.logs.event_log import Finding, Flaw
from sim.report.words import number

_LONGEST: Final = 100

_OF_ROWS: Final = later("{n} of {all} rows")
_OF_CASES: Final = later("{n} of {all} cases")
_OF_DAYS: Final = later("{n} of {all} working days")
_COUNT: Final = "{n}"

_FLAWS: Final[Mapping[Flaw, tuple[str, str, str]]] = {
    Flaw.UNREADABLE: (later("{many} cannot be read and are left out"), _OF_ROWS, ""),
    Flaw.NO_CASE: (later("{many} have no case and are left out"), _OF_ROWS, ""),
    Flaw.NO_STEP: (later("{many} have no step and are left out"), _OF_ROWS, ""),
    Flaw.NO_INSTANT: (
        later("{many} have a step without an instant and are left out"),
        _OF_ROWS,
        "",
    ),
    Flaw.DIFFERING: (
        later("{many} say something else of a case than its first row, which counts"),
        _OF_ROWS,
        "",
    ),
    Flaw.IN_UTC: (
        later("{many} are in UTC and are turned into local time; --zone names another"),
        _OF_ROWS,
        "",
    ),
    Flaw.ZONES: (
        later("{many} have several time zones, as with summer time; the clock on the wall counts"),
        _OF_ROWS,
        "",
    ),
    Flaw.ZONE_MISSING: (
        later("{many} have no time zone where others have one; they are taken for local time"),
        _OF_ROWS,
        "",
    ),
    Flaw.OTHER_LIFECYCLE: (
        later("{many} are neither schedule, start nor complete and are left out"),
        _OF_ROWS,
        "",
    ),
    Flaw.NO_STARTS: (
        later("{many} have an end alone"),
        _OF_ROWS,
        later("how many minutes of work a step takes cannot be known from this log"),
    ),
    Flaw.MISSING_STARTS: (
        later("{many} have an end and no start"),
        _OF_ROWS,
        later("they tell nothing about minutes of work"),
    ),
    Flaw.MISSING_ENDS: (
        later("{many} have a start and no end"),
        _OF_ROWS,
        later("open work, or ends that nobody entered"),
    ),
    Flaw.ENDS_BEFORE_STARTS: (
        later("{many} end before they start"),
        _OF_ROWS,
        later("they tell nothing about minutes of work"),
    ),
    Flaw.EQUAL_INSTANTS: (
        later("{many} have the instant of the step before them in the case"),
        _OF_ROWS,
        later("which of the two came first is unknown; the order of the rows counts"),
    ),
    Flaw.AT_ONE_INSTANT: (
        later("{many} have an instant that many cases share"),
        _OF_ROWS,
        later("entered or uploaded together: not when the work was done"),
    ),
    Flaw.NIGHTS: (
        later("{many} are between 22:00 and 5:00"),
        _OF_ROWS,
        later("a machine, a wrong clock, or another time zone"),
    ),
    Flaw.DATES_ONLY: (
        later("{many} have a date without a time of day"),
        _OF_ROWS,
        later("hours and minutes cannot be known"),
    ),
    Flaw.ONE_ACCOUNT: (
        later("{many} are by one account that does nearly everything"),
        _OF_ROWS,
        later("who did the work cannot be known: shared, or a system"),
    ),
    Flaw.LENT_ACCOUNT: (
        later(
            "{many} are by an account that does nearly everything on some days, and not on others"
        ),
        _OF_ROWS,
        later("others worked under it; learning takes them as done by nobody known"),
    ),
    Flaw.NO_OFFICERS: (
        later("{many} name nobody who did the work"),
        _OF_ROWS,
        later("numbers of staff cannot be known"),
    ),
    Flaw.MISSING_OFFICERS: (later("{many} name nobody who did the work"), _OF_ROWS, ""),
    Flaw.GAPS: (
        later("{many} have no event, three or more in a row"),
        _OF_DAYS,
        later("closed, or a part of the register is lacking"),
    ),
    Flaw.DUPLICATES: (
        later("{many} say the same as one before"),
        _OF_ROWS,
        later("entered twice; learning counts them once"),
    ),
    Flaw.SWAPPED: (
        later("{many} would fit if day and month were the other way round"),
        _OF_ROWS,
        later("learning turns them back"),
    ),
    Flaw.FUTURE: (later("{many} are in the future"), _OF_ROWS, ""),
    Flaw.LONG_AGO: (
        later("{many} are before 1990"),
        _OF_ROWS,
        later("a date that stands for none"),
    ),
    Flaw.ONE_EVENT: (
        later("{many} have one event alone"),
        _OF_CASES,
        later("such a log shows no way from step to step"),
    ),
    Flaw.MANY_STEPS: (
        later("{many} different steps"),
        _COUNT,
        later("names of steps may hold numbers or names of people"),
    ),
    Flaw.ONE_CASE: (
        later("{many} case is all there is"),
        _COUNT,
        later("nothing can be learnt from one"),
    ),
    Flaw.WORK_BEFORE_FILING: (later("{many} have work before they were filed"), _OF_CASES, ""),
    Flaw.DUE_BEFORE_FILING: (
        later("{many} are due before they were filed"),
        _OF_CASES,
        later("look at the order of day and month"),
    ),
}
"""Of each flaw what is said, what is counted, and what it means for who uses the log."""


def finding_line(finding: Finding) -> str:
    """One thing that is wrong: ``12 of 400 rows end before they start (row 17: …); …``."""
    words, of, meaning = _FLAWS[finding.flaw]
    many = say(of, n=number(finding.count), all=number(finding.out_of))
    row = say("row {row}", row=finding.row) if finding.row else ""
    example = ": ".join(part for part in (row, short(finding.example)) if part)
    shown = f" ({example})" if example else ""
    return f"{say(words, many=many)}{shown}{f'; {say(meaning)}' if meaning else ''}"


def short(text: str) -> str:
    """A text of a register, cut where it is long."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
