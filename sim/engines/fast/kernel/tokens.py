"""Takes tokens from element to element until they wait, meet their join, or leave (F1-F8)."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel import legal
from sim.engines.fast.kernel.calendars import add_open, add_paced, present, present_part
from sim.engines.fast.kernel.cases import leave
from sim.engines.fast.kernel.compiler import has_habits, inlined
from sim.engines.fast.kernel.dated import on_day
from sim.engines.fast.kernel.events import happen_later, schedule
from sim.engines.fast.kernel.fields import Floats, Memory
from sim.engines.fast.kernel.philox import uniform
from sim.engines.fast.kernel.samplers import duration
from sim.engines.fast.kernel.spells import is_of_measured
from sim.engines.fast.kernel.work import offer
from sim.model import Outcome
from sim.streams import VISITS as MOST_VISITS
from sim.units import DAY

_COMPLETED: Final = int(Outcome.COMPLETED)


@inlined
def _new_token(case: int, at: int, until: int, parent: int, m: Memory) -> int:
    """Take a token that is free, or else more of the memory."""
    token = m[f.FREE_TOKEN]
    if token == f.NONE:
        token = m[f.TOP]
        m[f.TOP] = token + f.N_TOKEN
    else:
        m[f.FREE_TOKEN] = m[token + f.LINK]
    m[token + f.CASE] = case
    m[token + f.AT] = at
    m[token + f.UNTIL] = until
    m[token + f.PARENT] = parent
    for part in range(f.LEDGER, f.N_TOKEN):
        m[token + part] = 0
    return token


@inlined
def _free(token: int, m: Memory) -> None:
    m[token + f.LINK] = m[f.FREE_TOKEN]
    m[f.FREE_TOKEN] = token


@inlined
def begin(case: int, m: Memory) -> int:
    """Make the token of a case."""
    token = _new_token(case, m[case + f.CASE_ENTRY], f.NONE, f.NONE, m)
    m[token + f.STREAM] = m[case + f.CASE_STREAM]
    m[token + f.NUMBER] = m[case + f.CASE_NUMBER]
    m[token + f.HOME] = m[case + f.CASE_HOME]
    m[token + f.VISITS] = case + f.N_CASE + m[f.N_PROPERTIES] - m[case + f.CASE_FIRST_VISITED]
    return token


@inlined
def passed(token: int, m: Memory) -> None:
    """The time of a token at an element has passed: it stands at the next one."""
    at = m[token + f.AT]
    if m[at + f.KIND] == f.IS_APPLICANT and not m[token + f.IS_LATE]:
        m[m[token + f.CASE] + f.CASE_N_TRIPS] += m[at + f.N_TRIPS]
        m[m[token + f.CASE] + f.CASE_N_GIVEN] += m[at + f.N_GIVEN]
        m[m[token + f.CASE] + f.CASE_N_COPIES] += m[at + f.N_COPIES]
    m[token + f.AT] = m[token + f.NEXT_AT]


@inlined
def walk(
    token: int,
    outcome: int,
    now: int,
    m: Memory,
    floats: Floats,
    items: Memory,
    exits: Memory,
) -> None:
    """Move a token, unless it carries an outcome already, until it waits or its way is over."""
    at = m[token + f.AT]
    until = m[token + f.UNTIL]
    counts = is_of_measured(token, m)
    while at != until and outcome == 0 and m[f.FAULT] == 0:
        kind = m[at + f.KIND]
        m[at + f.N_PASSES] += counts
        if kind == f.IS_ACTIVITY:
            visit = _visit(token, at, m)
            time = _time(token, m[at + f.TIME], m[at + f.KEY], visit, m, floats)
            offer(token, at, visit, time, now, m, items)
            return
        if kind == f.IS_CHOICE:
            at = _choose(token, at, m, floats)
        elif kind <= f.IS_TIMETABLE:
            m[token + f.AT] = at
            m[token + f.NEXT_AT] = m[at + f.THEN]
            passes_at = _passes_at(token, at, now, m, floats)
            if counts:
                m[at + f.STAY_TIME] += min(passes_at, m[f.HORIZON]) - now
            if passes_at > now:
                if passes_at < m[f.HORIZON]:
                    schedule(passes_at, token, m)
                return
            passed(token, m)
            at = m[token + f.AT]
        elif kind == f.IS_FORK:
            m[token + f.AT] = at
            _fork(token, at, m)
            return
        elif kind == f.IS_END:
            outcome = m[at + f.OUTCOME]
            break
        elif kind == f.IS_PAYMENT:
            _pay(m[token + f.CASE], at, m)
            at = m[at + f.THEN]
        else:
            if kind != f.IS_JOIN:
                _run_clock(m[token + f.CASE], at, now, m)
            at = m[at + f.THEN]
    if m[f.FAULT] == 0:
        _end(token, outcome, now, m, exits)


@inlined
def _passes_at(token: int, at: int, now: int, m: Memory, floats: Floats) -> int:
    """Until when a token stays at an element; books the time that it will have taken."""
    kind = m[at + f.KIND]
    if kind == f.IS_TIMETABLE:  # F4, H1
        timetable = m[at + f.TIMETABLE]
        while m[m[timetable]] < now:
            m[timetable] += 1
        instant = m[m[timetable]]
        m[token + f.LEDGER + m[at + f.PART]] += instant - now
        return instant
    if kind == f.IS_APPOINTMENT:  # F3, H3
        clock = legal.find(m[token + f.CASE], m[at + f.CLOCK], m)
        if clock == f.NONE or m[clock + f.LIMIT] == f.NO_LIMIT:
            return now
        day = legal.days_before(legal.clock_due_day(clock, now, m), m[at + f.DAYS_BEFORE], m)
        instant = max(now, legal.edge(day, f.DAY_OPENS, m))
        m[token + f.LEDGER + m[at + f.PART]] += instant - now
        return instant
    visit = _visit(token, at, m)
    time = _time(token, m[at + f.TIME], m[at + f.KEY], visit, m, floats)
    if has_habits(m) and kind == f.IS_TRANSFER and m[at + f.IS_PACED]:  # Y1
        part = present_part(m[at + f.CALENDAR], now, m)
        instant = add_paced(part, f.NONE, now, time, m)
    else:
        instant = add_open(present(m[at + f.CALENDAR], now, m), now, time, m)
    if kind == f.IS_DELAY:  # F2
        m[token + f.LEDGER + m[at + f.PART]] += instant - now
        return instant
    if kind == f.IS_TRANSFER:  # T4
        m[token + f.TRANSFER_TIME] += time
        m[token + f.OUTAGE_TIME] += instant - now - time
        return instant
    if m[at + f.EFFORT] != f.NONE:
        time = _time(token, m[at + f.EFFORT], m[at + f.EFFORT_KEY], visit, m, floats)
    m[m[token + f.CASE] + f.CASE_OWN_TIME] += time
    m[token + f.IS_LATE] = 0
    if m[at + f.WITHIN] >= 0:  # F7
        last_day = legal.due_day(now // DAY, m[at + f.WITHIN], m)
        deadline = legal.edge(last_day, f.DAY_CLOSES, m)
        if instant > deadline:
            m[token + f.IS_LATE] = 1
            m[token + f.NEXT_AT] = m[at + f.LATE]
            instant = max(now, deadline)
    m[token + f.APPLICANT_TIME] += instant - now
    return instant


@inlined
def _visit(token: int, at: int, m: Memory) -> int:
    """Count a visit of an element; return how many there were before (F6)."""
    slot = m[at + f.IS_COUNTED]
    if slot == f.NONE:
        return 0
    visit = m[m[token + f.VISITS] + slot]
    m[m[token + f.VISITS] + slot] = visit + 1
    if visit >= MOST_VISITS:
        m[f.FAULT] = f.TOO_MANY_VISITS
        m[f.FAULT_AT] = m[at + f.INDEX]
        m[f.FAULT_CASE] = m[m[token + f.CASE] + f.CASE_INDEX]
    return visit


@inlined
def _time(token: int, sampler: int, key: int, visit: int, m: Memory, floats: Floats) -> int:
    """The time that a visit of an element takes."""
    if m[sampler + f.SHAPE] == f.CONSTANT:
        return m[sampler + f.VALUE]
    return duration(sampler, _uniform(token, key, visit, m), m, floats)


@inlined
def _uniform(token: int, key: int, visit: int, m: Memory) -> float:
    return uniform(
        np.uint64(m[f.KEY_0]),
        np.uint64(m[f.KEY_1]),
        m[token + f.STREAM],
        m[token + f.NUMBER],
        key,
        visit,
    )


@inlined
def _choose(token: int, at: int, m: Memory, floats: Floats) -> int:
    """Take a way out by the case's draw and properties (R2, F6)."""
    draw = _uniform(token, m[at + f.KEY], _visit(token, at, m), m)
    properties = m[token + f.CASE] + f.N_CASE
    share = 0.0
    for option in range(m[at + f.FIRST], m[at + f.LAST], f.N_OPTION):
        is_eligible = m[option + f.PROPERTY] < 0
        if not is_eligible:
            value = m[properties + m[option + f.PROPERTY]]
            for k in range(m[option + f.VALUES_FROM], m[option + f.VALUES_TO]):
                is_eligible = is_eligible or m[k] == value
        if is_eligible:
            if not has_habits(m) or m[option + f.SHARES_FROM] == f.NONE:
                share += floats[m[option + f.SHARE]]
            else:
                day = m[m[token + f.CASE] + f.CASE_ARRIVES_AT] // DAY
                first, last = m[option + f.SHARES_FROM], m[option + f.SHARES_TO]
                share += floats[on_day(day, first, last, m)]  # V1
            if draw < share:
                return m[option + f.TARGET]
    return m[at + f.THEN]


@inlined
def _pay(case: int, at: int, m: Memory) -> None:
    """Pay the fee of the day on which the case arrived (M1)."""
    day = m[case + f.CASE_ARRIVES_AT] // DAY
    m[case + f.CASE_FEES] += on_day(day, m[at + f.FEES_FROM], m[at + f.FEES_TO], m)
    m[case + f.CASE_N_PAID] += 1
    m[case + f.CASE_N_PAID_ONLINE] += m[at + f.IS_ONLINE]


@inlined
def _run_clock(case: int, at: int, now: int, m: Memory) -> None:
    """Start, stop, resume, end or extend a legal clock."""
    kind = m[at + f.KIND]
    if kind == f.IS_CLOCK_START:
        legal.start(case, m[at + f.CLOCK], now, m)
        return
    clock = legal.find(case, m[at + f.CLOCK], m)
    if clock == f.NONE:
        return
    bundle = m[case + f.CASE_CLOCK]
    if kind == f.IS_CLOCK_STOP:  # L4
        legal.stop(clock, now, m)
        legal.stop(bundle, now, m)
    elif kind == f.IS_CLOCK_RESUME:  # L4
        legal.resume(clock, now, m)
        legal.resume(bundle, now, m)
    elif kind == f.IS_CLOCK_END:  # L6: the bundle is done with its last result
        legal.close(clock, now, m)
        legal.close(bundle, now, m)
    else:  # L5
        m[clock + f.EXTENDED] += m[at + f.DAYS_MORE]


@inlined
def _fork(token: int, at: int, m: Memory) -> None:
    """Make a token for each branch; they move next, in their order (F5)."""
    n_branches = m[at + f.LAST] - m[at + f.FIRST]
    m[token + f.N_OPEN_BRANCHES] = n_branches
    m[token + f.LAST_CAME] = f.NONE
    m[token + f.LAST_CAME_AT] = f.NONE
    m[token + f.OUTCOME_FROM] = n_branches
    m[token + f.BRANCH_OUTCOME] = 0
    for branch in range(n_branches):
        made = _new_token(m[token + f.CASE], m[m[at + f.FIRST] + branch], m[at + f.THEN], token, m)
        m[made + f.BRANCH] = branch
        m[made + f.STREAM] = m[token + f.STREAM]
        m[made + f.NUMBER] = m[token + f.NUMBER]
        m[made + f.HOME] = m[token + f.HOME]
        m[made + f.VISITS] = m[token + f.VISITS]
        m[made + f.LINK] = f.NONE
        if m[f.NEW_FIRST] == f.NONE:
            m[f.NEW_FIRST] = made
        else:
            m[m[f.NEW_LAST] + f.LINK] = made
        m[f.NEW_LAST] = made


@inlined
def _end(token: int, outcome: int, now: int, m: Memory, exits: Memory) -> None:
    """The way of a token is over: of a branch, or with its last token of a case."""
    if m[token + f.PARENT] != f.NONE:
        m[token + f.BRANCH_OUTCOME] = outcome
        happen_later(token, f.BRANCH_OVER, m)
        return
    leave(m[token + f.CASE], token, now, outcome or _COMPLETED, m, exits)
    _free(token, m)


@inlined
def branch_over(token: int, now: int, m: Memory) -> None:
    """A branch has come to its join, or has ended with an outcome (F5, F8, K2)."""
    parent = m[token + f.PARENT]
    branch = m[token + f.BRANCH]
    if m[token + f.BRANCH_OUTCOME] and branch < m[parent + f.OUTCOME_FROM]:
        m[parent + f.OUTCOME_FROM] = branch
        m[parent + f.BRANCH_OUTCOME] = m[token + f.BRANCH_OUTCOME]
    surpassed = m[parent + f.LAST_CAME]
    if m[parent + f.LAST_CAME_AT] < now or branch < m[surpassed + f.BRANCH]:
        m[parent + f.LAST_CAME_AT] = now
        m[parent + f.LAST_CAME] = token
    else:
        surpassed = token
    if surpassed != f.NONE:
        _free(surpassed, m)
    m[parent + f.N_OPEN_BRANCHES] -= 1
    if m[parent + f.N_OPEN_BRANCHES] == 0:
        happen_later(parent, f.ALL_OVER, m)


@inlined
def all_over(token: int, m: Memory) -> int:
    """All branches of a fork are over: go on with the last one's time; return their outcome."""
    last = m[token + f.LAST_CAME]
    for part in range(f.LEDGER, f.N_TOKEN):
        m[token + part] += m[last + part]
    _free(last, m)
    m[token + f.AT] = m[m[token + f.AT] + f.THEN]
    return m[token + f.BRANCH_OUTCOME]
