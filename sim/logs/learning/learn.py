"""Learns a scenario from a log: hours, people, demand, channels, limits and flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import RequestError
from sim.language import say
from sim.logs.cleaning import cleaned
from sim.logs.event_log import EventLog
from sim.logs.intervals import share_of_some
from sim.logs.learning.absences import absences_of
from sim.logs.learning.change import change_in
from sim.logs.learning.ends import Ends, ends_of
from sim.logs.learning.filings import a_year_of, is_while_open, weekdays_of
from sim.logs.learning.flows import flow_of
from sim.logs.learning.hours import hours_of
from sim.logs.learning.limits import dues_of, limit_of
from sim.logs.learning.parts import Learnt, LearntBundle
from sim.logs.learning.people import groups_of, people_of, roles_of
from sim.logs.learning.rows import NONE, Rows, rows_of, span_of
from sim.units import DAY
from sim.wording import did_you_mean

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_FEWEST: Final = 20
_MINOR: Final = 0.005
"""A channel with less than this share of the cases is left out."""


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
            say(
                "{name}: {n} cases are too few to learn from. Give {fewest} or more.",
                name=log.name,
                n=len(log.cases),
                fewest=_FEWEST,
            )
        )
    hours = hours_of(log)
    if not hours.weekly:
        raise RequestError(
            say(
                "{name}: no hours of work can be found: it has no times of day. Give "
                "instants with a time of day.",
                name=log.name,
            )
        )
    role_of, has_roles = roles_of(log)
    calendar = hours.calendar(*span_of(log))
    people = people_of(log, role_of, calendar)
    rows = rows_of(log, hours, tuple(person for person, _ in people))
    change = change_in(rows) if rows.has_ends_alone else None
    ends = None
    if rows.has_ends_alone:
        ends = ends_of(rows, rows.filed >= (NONE if change is None else change.day * DAY))
    bundles = tuple(_bundles(log, rows, dict(role_of), ends))
    if not bundles:
        raise RequestError(
            say("{name}: no case has ended, so that no way can be learnt.", name=log.name)
        )
    known = rows.filed[rows.filed != NONE]
    first, last = (
        np.datetime64(int(at), "us").astype("datetime64[D]").item()
        for at in (known.min(), known.max())
    )
    groups = tuple(groups_of(people))
    officers = list(map(str, log.work["officer"].cat.categories))
    offices = tuple(dict.fromkeys(group.office for group in groups)) or ("",)
    return Learnt(
        file=log.name,
        first=first,
        last=last,
        hours=hours,
        groups=groups,
        # Between two ends lies also the time that staff were away: it is in the delays.
        absences={} if rows.has_ends_alone else absences_of(rows, groups, officers),
        has_roles=has_roles,
        home=_home(log, offices),
        offices=offices,
        bundles=bundles,
        lacking=tuple(_lacking(log, rows)),
        change=change,
        weekdays={} if log.cases["filed_at"].isna().all() else weekdays_of(log, rows),
        weeks=_weeks(rows),
    )


def _weeks(rows: Rows) -> int:
    """Weeks within which 95 % of the cases end."""
    lasted = (rows.closed - rows.filed)[(rows.closed != NONE) & (rows.filed != NONE)]
    return int(-(-np.quantile(lasted, 0.95) // (7 * DAY))) if len(lasted) else 0


def _of_home(log: EventLog, home: str | None) -> EventLog:
    column = log.cases["home"]
    counts = column.value_counts()
    names = [str(name) for name, n in counts.items() if n]
    if home is None:
        if len(names) > 1:
            known = ", ".join(names[:10])
            raise RequestError(
                say(
                    "{name} has {n} home offices. Learn one at a time, with --home: {known}.",
                    name=log.name,
                    n=len(names),
                    known=known,
                )
            )
        return log
    if home not in names:
        raise RequestError(
            say(
                "no home office '{home}' in {name}. {way_out}",
                home=home,
                name=log.name,
                way_out=did_you_mean(home, names),
            )
        )
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


def _bundles(
    log: EventLog, rows: Rows, role_of: dict[str, str], ends: Ends | None
) -> Iterator[LearntBundle]:
    column = log.cases["bundle"]
    codes = column.cat.codes.to_numpy(np.int64)
    for code in np.unique(codes).tolist():
        name = str(column.cat.categories[code]) if code >= 0 else "cases"
        cases = codes == code
        found = _bundle(log, rows, cases, name, role_of, ends)
        if found is not None:
            yield found


def _bundle(
    log: EventLog,
    rows: Rows,
    cases: Truths,
    name: str,
    role_of: dict[str, str],
    ends: Ends | None,
) -> LearntBundle | None:
    column = log.cases["channel"]
    codes = column.cat.codes.to_numpy(np.int64)
    n = int(cases.sum())
    limit = limit_of(rows, cases)
    dues = dues_of(rows, limit)
    if limit is None:
        # Without a limit no day is on the slip: what looks like one is a delay.
        rows = replace(rows, due=np.full_like(rows.due, NONE))
    flows, shares, while_open = [], {}, {}
    recent = cases if ends is None else cases & ends.recent
    for code in np.unique(codes[cases]).tolist():
        mine = cases & (codes == code)
        channel = str(column.cat.categories[code]) if code >= 0 else "any"
        if mine.sum() < max(_MINOR * n, 5):
            continue
        flow = flow_of(rows, mine, channel, role_of, dues, ends)
        if flow is None:
            continue
        flows.append(flow)
        shares[channel] = share_of_some(int((mine & recent).sum()), int(recent.sum()))
        filed = rows.filed[mine & (rows.filed != NONE)]
        if len(filed) and log.cases["filed_at"].notna().any():
            while_open[channel] = share_of_some(int(is_while_open(rows, filed).sum()), len(filed))
    if not flows:
        return None
    return LearntBundle(
        name=name,
        n_cases=n,
        a_year=a_year_of(rows.filed[cases & (rows.filed != NONE)], rows.filed[rows.filed != NONE]),
        channels=shares,
        filed_while_open=while_open,
        flows=tuple(sorted(flows, key=lambda flow: -flow.n_cases)),
        limit=limit,
    )


def _lacking(log: EventLog, rows: Rows) -> Iterator[str]:
    """What the log cannot tell, and what stands in its place."""
    if not rows.has_starts:
        yield say(
            "minutes of work: the register has ends alone, so that only a bound is known; half of "
            "it is assumed"
        )
    if rows.has_ends_alone:
        yield say(
            "queues: what passes between two ends is written as a delay, in the hours of the "
            "office, whether a case lay, waited for staff or for somebody else"
        )
    if not rows.has_ready and rows.has_starts:
        yield say(
            "when work could begin: the register does not say; waits that are no queue are told "
            "from what idle staff began, and from when they were last free; none is written where "
            "fewer than 20 are seen"
        )
    if log.cases["filed_at"].isna().all():
        yield say("when cases were filed: the first event of each stands for it")
    if log.cases["due_on"].isna().all():
        yield say("legal limits: the register has no due dates, so that none is written")
    if (rows.officer < 0).all():
        yield say("numbers of staff: the register names nobody; one person each is assumed")
    if log.cases["closed_at"].isna().all():
        yield say(
            "what comes after the last step: the register does not say when cases were closed"
        )
    yield say("other work of the same people, trips, fees, and own hours of applicants")
