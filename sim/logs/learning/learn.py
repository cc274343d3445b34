"""Learns a scenario from a log: hours, people, demand, channels, limits and flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimate import Interval
from sim.errors import RequestError
from sim.logs.cleaning import cleaned
from sim.logs.event_log import EventLog
from sim.logs.intervals import share_of_some
from sim.logs.learning.absences import absences_of
from sim.logs.learning.flows import flow_of
from sim.logs.learning.hours import hours_of
from sim.logs.learning.parts import Learnt, LearntBundle, LearntLimit
from sim.logs.learning.people import groups_of, people_of, roles_of
from sim.logs.learning.rows import NONE, Rows, rows_of, span_of
from sim.units import DAY, HOUR
from sim.wording import did_you_mean

Truths = NDArray[np.bool_]

_FEWEST: Final = 20
_YEAR: Final = 365
_MINOR: Final = 0.005
"""A channel with less than this share of the cases is left out."""

_CUT_OFFS: Final = (DAY, 15 * HOUR, 16 * HOUR, 14 * HOUR, 15 * HOUR + HOUR // 2, 12 * HOUR)


def learn(log: EventLog, *, home: str | None = None) -> Learnt:
    """Learn a scenario from a log.

    Parameters
    ----------
    home
        The office at which cases are filed, of a log with several.

    Raises
    ------
    RequestError
        There are too few cases, or several home offices and none is named.
    """
    log = _of_home(cleaned(log), home)
    if len(log.cases) < _FEWEST:
        raise RequestError(
            f"{log.name}: {len(log.cases)} cases are too few to learn from. Give {_FEWEST} or more."
        )
    hours = hours_of(log)
    if not hours.weekly:
        raise RequestError(
            f"{log.name}: no hours of work can be found: it has no times of day. "
            "Give instants with a time of day."
        )
    role_of, has_roles = roles_of(log)
    calendar = hours.calendar(*span_of(log))
    people = people_of(log, role_of, calendar)
    rows = rows_of(log, hours, tuple(person for person, _ in people))
    bundles = tuple(_bundles(log, rows, dict(role_of)))
    if not bundles:
        raise RequestError(f"{log.name}: no case has ended, so that no way can be learnt.")
    known = rows.filed[rows.filed != NONE]
    first, last = (
        np.datetime64(int(at), "us").astype("datetime64[D]").item()
        for at in (known.min(), known.max())
    )
    groups = tuple(groups_of(people))
    offices = tuple(dict.fromkeys(group.office for group in groups)) or ("",)
    return Learnt(
        file=log.name,
        first=first,
        last=last,
        hours=hours,
        groups=groups,
        absences=absences_of(rows, groups, list(map(str, log.work["officer"].cat.categories))),
        has_roles=has_roles,
        home=_home(log, offices),
        offices=offices,
        bundles=bundles,
        lacking=tuple(_lacking(log, rows)),
    )


def _of_home(log: EventLog, home: str | None) -> EventLog:
    column = log.cases["home"]
    counts = column.value_counts()
    names = [str(name) for name, n in counts.items() if n]
    if home is None:
        if len(names) > 1:
            known = ", ".join(names[:10])
            raise RequestError(
                f"{log.name} has {len(names)} home offices. Learn one at a time, with --home: "
                f"{known}."
            )
        return log
    if home not in names:
        raise RequestError(f"no home office '{home}' in {log.name}. {did_you_mean(home, names)}")
    kept = (column == home).to_numpy()
    cases = log.cases[kept].reset_index(drop=True)
    work = log.work[kept[log.case_of]].reset_index(drop=True)
    names_of_cases = cases["case"].astype("str")
    work["case"] = work["case"].astype("str").astype(_categories(names_of_cases.tolist()))
    for name in ("step", "officer", "role", "office", "dossier"):
        work[name] = work[name].cat.remove_unused_categories()
    return EventLog(name=log.name, work=work, cases=cases, mapping=log.mapping)


def _categories(names: list[str]) -> object:
    import pandas as pd

    return pd.CategoricalDtype(pd.Index(names, dtype="str"))


def _home(log: EventLog, offices: tuple[str, ...]) -> str:
    """The office at which cases are filed: as they say, or else where their first step is done."""
    counts = log.cases["home"].value_counts()
    if len(counts) and counts.iloc[0]:
        named = str(counts.index[0])
        if named in offices:
            return named
    case = log.case_of
    first = log.work["office"][np.concatenate(([True], case[1:] != case[:-1]))].value_counts()
    usual = str(first.index[0]) if len(first) and first.iloc[0] else offices[0]
    return usual if usual in offices else offices[0]


def _bundles(log: EventLog, rows: Rows, role_of: dict[str, str]) -> Iterator[LearntBundle]:
    column = log.cases["bundle"]
    codes = column.cat.codes.to_numpy(np.int64)
    for code in np.unique(codes).tolist():
        name = str(column.cat.categories[code]) if code >= 0 else "cases"
        cases = codes == code
        found = _bundle(log, rows, cases, name, role_of)
        if found is not None:
            yield found


def _bundle(
    log: EventLog, rows: Rows, cases: Truths, name: str, role_of: dict[str, str]
) -> LearntBundle | None:
    column = log.cases["channel"]
    codes = column.cat.codes.to_numpy(np.int64)
    n = int(cases.sum())
    limit = _limit(rows, cases)
    if limit is None:
        # Without a limit no day is on the slip: what looks like one is a delay.
        rows = replace(rows, due=np.full_like(rows.due, NONE))
    later = np.zeros(len(cases), np.bool_) if limit is None else _later(rows, limit)
    flows, shares, while_open = [], {}, {}
    for code in np.unique(codes[cases]).tolist():
        mine = cases & (codes == code)
        channel = str(column.cat.categories[code]) if code >= 0 else "any"
        if mine.sum() < max(_MINOR * n, 5):
            continue
        flow = flow_of(rows, mine, channel, role_of, later)
        if flow is None:
            continue
        flows.append(flow)
        shares[channel] = share_of_some(int(mine.sum()), n)
        filed = rows.filed[mine & (rows.filed != NONE)]
        if len(filed) and log.cases["filed_at"].notna().any():
            while_open[channel] = share_of_some(int(_is_open(rows, filed).sum()), len(filed))
    if not flows:
        return None
    return LearntBundle(
        name=name,
        n_cases=n,
        a_year=_a_year(rows.filed[cases & (rows.filed != NONE)], rows.filed[rows.filed != NONE]),
        channels=shares,
        filed_while_open=while_open,
        flows=tuple(sorted(flows, key=lambda flow: -flow.n_cases)),
        limit=limit,
    )


def _is_open(rows: Rows, instants: NDArray[np.int64]) -> Truths:
    opens, closes = np.asarray(rows.calendar.opens), np.asarray(rows.calendar.closes)
    at = np.searchsorted(opens, instants, side="right") - 1
    found: Truths = (at >= 0) & (instants < closes[np.maximum(at, 0)])
    return found


def _a_year(filed: NDArray[np.int64], of_all: NDArray[np.int64]) -> Interval:
    """Cases in 365 days, with the interval of a Poisson count (Garwood 1936)."""
    from scipy.special import gammaincinv

    days = int(of_all.max() // DAY - of_all.min() // DAY) + 1
    n = len(filed)
    low = float(gammaincinv(n, 0.025)) if n else 0.0
    high = float(gammaincinv(n + 1, 0.975))
    factor = _YEAR / days
    return Interval(mean=n * factor, low=low * factor, high=high * factor, n=n, confidence=0.95)


def _limit(rows: Rows, cases: Truths) -> LearntLimit | None:
    """The working days between receipt and due day that most cases have."""
    which = np.flatnonzero(cases & (rows.due != NONE) & (rows.filed != NONE))
    if not len(which):
        return None
    best: LearntLimit | None = None
    for cut_off in _CUT_OFFS:
        working = _working_days(rows, which, cut_off)
        values, counts = np.unique(working, return_counts=True)
        at = int(counts.argmax())
        if values[at] >= 0 and (best is None or counts[at] > best.count * 1.002 + 1):
            best = LearntLimit(
                days=int(values[at]), cut_off=cut_off, count=int(counts[at]), out_of=len(which)
            )
    return best if best is not None and best.count >= 0.5 * best.out_of else None


def _working_days(rows: Rows, which: NDArray[np.int64], cut_off: int) -> NDArray[np.int64]:
    """From receipt to due day of some cases (L1, L2)."""
    days = np.unique(np.asarray(rows.calendar.opens) // DAY)
    filed = rows.filed[which]
    received = np.searchsorted(days, filed // DAY + (filed % DAY >= cut_off), side="left")
    found: NDArray[np.int64] = np.searchsorted(days, rows.due[which], side="right") - 1 - received
    return found


def _later(rows: Rows, limit: LearntLimit) -> Truths:
    """Which cases are due later than the limit has it."""
    found = np.zeros(len(rows.filed), np.bool_)
    which = np.flatnonzero((rows.due != NONE) & (rows.filed != NONE))
    found[which] = _working_days(rows, which, limit.cut_off) > limit.days
    return found


def _lacking(log: EventLog, rows: Rows) -> Iterator[str]:
    """What the log cannot tell, and what stands in its place."""
    if not rows.has_starts:
        yield (
            "minutes of work: the register has ends alone, so that only a bound is known; half of "
            "it is assumed"
        )
    if not rows.has_ready and rows.has_starts:
        yield (
            "when work could begin: the register does not say; waits that are no queue are told "
            "from what idle staff began, and from when they were last free; none is written where "
            "fewer than 20 are seen"
        )
    if log.cases["filed_at"].isna().all():
        yield "when cases were filed: the first event of each stands for it"
    if log.cases["due_on"].isna().all():
        yield "legal limits: the register has no due dates, so that none is written"
    if (rows.officer < 0).all():
        yield "numbers of staff: the register names nobody; one person each is assumed"
    if log.cases["closed_at"].isna().all():
        yield "what comes after the last step: the register does not say when cases were closed"
    yield "other work of the same people, trips, fees, and own hours of applicants"
