"""Takes tokens from element to element until they wait, meet their join, or leave (F1-F8)."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.engines.fast.kernel import legal
from sim.engines.fast.kernel.calendars import add_open, present
from sim.engines.fast.kernel.cases import leave
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import (
    ALL_OVER,
    APPLICANT_TIME,
    APPOINTMENT_TIME,
    AT,
    BRANCH,
    BRANCH_OUTCOME,
    BRANCH_OVER,
    CALENDAR,
    CASE,
    CASE_CLOCK,
    CASE_ENTRY,
    CASE_FIRST_VISITED,
    CASE_HOME,
    CASE_INDEX,
    CASE_N_GIVEN,
    CASE_N_TRIPS,
    CASE_NUMBER,
    CASE_OWN_TIME,
    CASE_STREAM,
    CLOCK,
    CONSTANT,
    DAY_CLOSES,
    DAY_OPENS,
    DAYS_MORE,
    DELAY_TIME,
    EFFORT,
    EFFORT_KEY,
    EXTENDED,
    FAULT,
    FAULT_AT,
    FAULT_CASE,
    FIRST,
    FREE_TOKEN,
    HOME,
    HORIZON,
    INDEX,
    IS_ACTIVITY,
    IS_APPLICANT,
    IS_APPOINTMENT,
    IS_CHOICE,
    IS_CLOCK_END,
    IS_CLOCK_RESUME,
    IS_CLOCK_START,
    IS_CLOCK_STOP,
    IS_COUNTED,
    IS_DELAY,
    IS_END,
    IS_FORK,
    IS_JOIN,
    IS_LATE,
    IS_TIMETABLE,
    IS_TRANSFER,
    KEY,
    KEY_0,
    KEY_1,
    KIND,
    LAST,
    LAST_CAME,
    LAST_CAME_AT,
    LATE,
    LEDGER,
    LIMIT,
    LINK,
    N_CASE,
    N_GIVEN,
    N_LEFT,
    N_OPTION,
    N_PROPERTIES,
    N_TOKEN,
    N_TRIPS,
    NEW_FIRST,
    NEW_LAST,
    NEXT_AT,
    NO_LIMIT,
    NONE,
    NUMBER,
    OUTAGE_TIME,
    OUTCOME,
    OUTCOME_FROM,
    PARENT,
    PROPERTY,
    SHAPE,
    SHARE,
    STREAM,
    TARGET,
    THEN,
    TIME,
    TIMETABLE,
    TIMETABLE_TIME,
    TOO_MANY_VISITS,
    TOP,
    TRANSFER_TIME,
    UNTIL,
    VALUE,
    VALUES_FROM,
    VALUES_TO,
    VISITS,
    WITHIN,
    Floats,
    Memory,
)
from sim.engines.fast.kernel.philox import uniform
from sim.engines.fast.kernel.samplers import duration
from sim.engines.fast.kernel.work import happen_later, offer, schedule
from sim.model import Outcome
from sim.streams import VISITS as MOST_VISITS
from sim.units import DAY

_COMPLETED: Final = int(Outcome.COMPLETED)


@inlined
def _new_token(case: int, at: int, until: int, parent: int, m: Memory) -> int:
    """Take a token that is free, or else more of the memory."""
    token = m[FREE_TOKEN]
    if token == NONE:
        token = m[TOP]
        m[TOP] = token + N_TOKEN
    else:
        m[FREE_TOKEN] = m[token + LINK]
    m[token + CASE] = case
    m[token + AT] = at
    m[token + UNTIL] = until
    m[token + PARENT] = parent
    for part in range(LEDGER, N_TOKEN):
        m[token + part] = 0
    return token


@inlined
def _free(token: int, m: Memory) -> None:
    m[token + LINK] = m[FREE_TOKEN]
    m[FREE_TOKEN] = token


@inlined
def begin(case: int, m: Memory) -> int:
    """Make the token of a case."""
    token = _new_token(case, m[case + CASE_ENTRY], NONE, NONE, m)
    m[token + STREAM] = m[case + CASE_STREAM]
    m[token + NUMBER] = m[case + CASE_NUMBER]
    m[token + HOME] = m[case + CASE_HOME]
    m[token + VISITS] = case + N_CASE + m[N_PROPERTIES] - m[case + CASE_FIRST_VISITED]
    return token


@inlined
def passed(token: int, m: Memory) -> None:
    """The time of a token at an element has passed: it stands at the next one."""
    at = m[token + AT]
    if m[at + KIND] == IS_APPLICANT and not m[token + IS_LATE]:
        m[m[token + CASE] + CASE_N_TRIPS] += m[at + N_TRIPS]
        m[m[token + CASE] + CASE_N_GIVEN] += m[at + N_GIVEN]
    m[token + AT] = m[token + NEXT_AT]


@inlined
def walk(
    token: int,
    outcome: int,
    now: int,
    m: Memory,
    floats: Floats,
    items: Memory,
    left: Memory,
) -> None:
    """Move a token, unless it carries an outcome already, until it waits or its way is over."""
    at = m[token + AT]
    until = m[token + UNTIL]
    while at != until and outcome == 0 and m[FAULT] == 0:
        kind = m[at + KIND]
        if kind == IS_ACTIVITY:
            visit = _visit(token, at, m)
            time = _time(token, m[at + TIME], m[at + KEY], visit, m, floats)
            offer(token, at, visit, time, now, m, items)
            return
        if kind == IS_CHOICE:
            at = _choose(token, at, m, floats)
        elif kind <= IS_TIMETABLE:
            m[token + AT] = at
            m[token + NEXT_AT] = m[at + THEN]
            passes_at = _passes_at(token, at, now, m, floats)
            if passes_at > now:
                if passes_at < m[HORIZON]:
                    schedule(passes_at, token, m)
                return
            passed(token, m)
            at = m[token + AT]
        elif kind == IS_FORK:
            m[token + AT] = at
            _fork(token, at, m)
            return
        elif kind == IS_END:
            outcome = m[at + OUTCOME]
            break
        else:
            if kind != IS_JOIN:
                _run_clock(m[token + CASE], at, now, m)
            at = m[at + THEN]
    if m[FAULT] == 0:
        _end(token, outcome, now, m, left)


@inlined
def _passes_at(token: int, at: int, now: int, m: Memory, floats: Floats) -> int:
    """Until when a token stays at an element; books the time that it will have taken."""
    kind = m[at + KIND]
    if kind == IS_TIMETABLE:  # F4
        timetable = m[at + TIMETABLE]
        while m[m[timetable]] < now:
            m[timetable] += 1
        instant = m[m[timetable]]
        m[token + TIMETABLE_TIME] += instant - now
        return instant
    if kind == IS_APPOINTMENT:  # F3
        clock = legal.find(m[token + CASE], m[at + CLOCK], m)
        if clock == NONE or m[clock + LIMIT] == NO_LIMIT:
            return now
        instant = max(now, legal.edge(legal.clock_due_day(clock, now, m), DAY_OPENS, m))
        m[token + APPOINTMENT_TIME] += instant - now
        return instant
    visit = _visit(token, at, m)
    time = _time(token, m[at + TIME], m[at + KEY], visit, m, floats)
    instant = add_open(present(m[at + CALENDAR], now, m), now, time, m)
    if kind == IS_DELAY:  # F2
        m[token + DELAY_TIME] += instant - now
        return instant
    if kind == IS_TRANSFER:  # T4
        m[token + TRANSFER_TIME] += time
        m[token + OUTAGE_TIME] += instant - now - time
        return instant
    if m[at + EFFORT] != NONE:
        time = _time(token, m[at + EFFORT], m[at + EFFORT_KEY], visit, m, floats)
    m[m[token + CASE] + CASE_OWN_TIME] += time
    m[token + IS_LATE] = 0
    if m[at + WITHIN] >= 0:  # F7
        last_day = legal.due_day(now // DAY, m[at + WITHIN], m)
        deadline = legal.edge(last_day, DAY_CLOSES, m)
        if instant > deadline:
            m[token + IS_LATE] = 1
            m[token + NEXT_AT] = m[at + LATE]
            instant = max(now, deadline)
    m[token + APPLICANT_TIME] += instant - now
    return instant


@inlined
def _visit(token: int, at: int, m: Memory) -> int:
    """Count a visit of an element; return how many there were before (F6)."""
    slot = m[at + IS_COUNTED]
    if slot == NONE:
        return 0
    visit = m[m[token + VISITS] + slot]
    m[m[token + VISITS] + slot] = visit + 1
    if visit >= MOST_VISITS:
        m[FAULT] = TOO_MANY_VISITS
        m[FAULT_AT] = m[at + INDEX]
        m[FAULT_CASE] = m[m[token + CASE] + CASE_INDEX]
    return visit


@inlined
def _time(token: int, sampler: int, key: int, visit: int, m: Memory, floats: Floats) -> int:
    """The time that a visit of an element takes."""
    if m[sampler + SHAPE] == CONSTANT:
        return m[sampler + VALUE]
    return duration(sampler, _uniform(token, key, visit, m), m, floats)


@inlined
def _uniform(token: int, key: int, visit: int, m: Memory) -> float:
    return uniform(
        np.uint64(m[KEY_0]), np.uint64(m[KEY_1]), m[token + STREAM], m[token + NUMBER], key, visit
    )


@inlined
def _choose(token: int, at: int, m: Memory, floats: Floats) -> int:
    """Take a way out by the case's draw and properties (R2, F6)."""
    draw = _uniform(token, m[at + KEY], _visit(token, at, m), m)
    properties = m[token + CASE] + N_CASE
    share = 0.0
    for option in range(m[at + FIRST], m[at + LAST], N_OPTION):
        is_eligible = m[option + PROPERTY] < 0
        if not is_eligible:
            value = m[properties + m[option + PROPERTY]]
            for k in range(m[option + VALUES_FROM], m[option + VALUES_TO]):
                is_eligible = is_eligible or m[k] == value
        if is_eligible:
            share += floats[m[option + SHARE]]
            if draw < share:
                return m[option + TARGET]
    return m[at + THEN]


@inlined
def _run_clock(case: int, at: int, now: int, m: Memory) -> None:
    """Start, stop, resume, end or extend a legal clock."""
    kind = m[at + KIND]
    if kind == IS_CLOCK_START:
        legal.start(case, m[at + CLOCK], now, m)
        return
    clock = legal.find(case, m[at + CLOCK], m)
    if clock == NONE:
        return
    bundle = m[case + CASE_CLOCK]
    if kind == IS_CLOCK_STOP:  # L4
        legal.stop(clock, now, m)
        legal.stop(bundle, now, m)
    elif kind == IS_CLOCK_RESUME:  # L4
        legal.resume(clock, now, m)
        legal.resume(bundle, now, m)
    elif kind == IS_CLOCK_END:  # L6: the bundle is done with its last result
        legal.close(clock, now, m)
        legal.close(bundle, now, m)
    else:  # L5
        m[clock + EXTENDED] += m[at + DAYS_MORE]


@inlined
def _fork(token: int, at: int, m: Memory) -> None:
    """Make a token for each branch; they move next, in their order (F5)."""
    n_branches = m[at + LAST] - m[at + FIRST]
    m[token + N_LEFT] = n_branches
    m[token + LAST_CAME] = NONE
    m[token + LAST_CAME_AT] = NONE
    m[token + OUTCOME_FROM] = n_branches
    m[token + BRANCH_OUTCOME] = 0
    for branch in range(n_branches):
        made = _new_token(m[token + CASE], m[m[at + FIRST] + branch], m[at + THEN], token, m)
        m[made + BRANCH] = branch
        m[made + STREAM] = m[token + STREAM]
        m[made + NUMBER] = m[token + NUMBER]
        m[made + HOME] = m[token + HOME]
        m[made + VISITS] = m[token + VISITS]
        m[made + LINK] = NONE
        if m[NEW_FIRST] == NONE:
            m[NEW_FIRST] = made
        else:
            m[m[NEW_LAST] + LINK] = made
        m[NEW_LAST] = made


@inlined
def _end(token: int, outcome: int, now: int, m: Memory, left: Memory) -> None:
    """The way of a token is over: of a branch, or with its last token of a case."""
    if m[token + PARENT] != NONE:
        m[token + BRANCH_OUTCOME] = outcome
        happen_later(token, BRANCH_OVER, m)
        return
    leave(m[token + CASE], token, now, outcome or _COMPLETED, m, left)
    _free(token, m)


@inlined
def branch_over(token: int, now: int, m: Memory) -> None:
    """A branch has come to its join, or has ended with an outcome (F5, F8, K2)."""
    parent = m[token + PARENT]
    branch = m[token + BRANCH]
    if m[token + BRANCH_OUTCOME] and branch < m[parent + OUTCOME_FROM]:
        m[parent + OUTCOME_FROM] = branch
        m[parent + BRANCH_OUTCOME] = m[token + BRANCH_OUTCOME]
    surpassed = m[parent + LAST_CAME]
    if m[parent + LAST_CAME_AT] < now or branch < m[surpassed + BRANCH]:
        m[parent + LAST_CAME_AT] = now
        m[parent + LAST_CAME] = token
    else:
        surpassed = token
    if surpassed != NONE:
        _free(surpassed, m)
    m[parent + N_LEFT] -= 1
    if m[parent + N_LEFT] == 0:
        happen_later(parent, ALL_OVER, m)


@inlined
def all_over(token: int, m: Memory) -> int:
    """All branches of a fork are over: go on with the last one's time; return their outcome."""
    last = m[token + LAST_CAME]
    for part in range(LEDGER, N_TOKEN):
        m[token + part] += m[last + part]
    _free(last, m)
    m[token + AT] = m[m[token + AT] + THEN]
    return m[token + BRANCH_OUTCOME]
