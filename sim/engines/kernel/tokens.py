"""Takes tokens from element to element until they wait, meet their join, or leave (F1-F8)."""

from __future__ import annotations

from sim.engines.kernel import columns as col
from sim.engines.kernel import legal
from sim.engines.kernel.calendars import add_open, reach
from sim.engines.kernel.compiler import compiled
from sim.engines.kernel.philox import uniform
from sim.engines.kernel.samplers import duration
from sim.engines.kernel.tables import Plan, State
from sim.engines.kernel.work import happen_later, offer, schedule
from sim.model import LEAVE
from sim.streams import VISITS
from sim.units import DAY

_COMPLETED = 1


@compiled
def new_token(case: int, at: int, until: int, parent: int, plan: Plan, state: State) -> int:
    """Make a token of a case."""
    counters, tokens = state.counters, state.tokens
    counters[col.N_FREE] -= 1
    token = state.free[counters[col.N_FREE]]
    tokens[token, col.TOKEN_CASE] = case
    tokens[token, col.TOKEN_AT] = at
    tokens[token, col.TOKEN_UNTIL] = until
    tokens[token, col.TOKEN_PARENT] = parent
    tokens[token, col.TOKEN_STREAM] = plan.stream[case]
    tokens[token, col.TOKEN_NUMBER] = plan.number[case]
    for part in range(col.N_PARTS):
        tokens[token, col.TOKEN_LEDGER + part] = 0
    return token


@compiled
def _free(token: int, state: State) -> None:
    state.free[state.counters[col.N_FREE]] = token
    state.counters[col.N_FREE] += 1


@compiled
def arrive(case: int, plan: Plan, state: State) -> int:
    """Make the token of a case, and start its clocks if it is under way already (R4)."""
    backlog = plan.backlog[case]
    if backlog != col.NONE:
        for k in range(plan.entry_clocks_from[backlog], plan.entry_clocks_from[backlog + 1]):
            legal.start(case, plan.entry_clocks[k], plan.received_at[case], plan, state)
    return new_token(case, plan.entry[case], LEAVE, col.NONE, plan, state)


@compiled
def passed(token: int, plan: Plan, state: State) -> None:
    """The time of a token at an element has passed: it stands at the next one."""
    tokens, elements = state.tokens, plan.elements
    at = tokens[token, col.TOKEN_AT]
    if elements[at, col.KIND] == col.APPLICANT and not tokens[token, col.TOKEN_IS_LATE]:
        case = tokens[token, col.TOKEN_CASE]
        state.cases[col.CASE_N_TRIPS, case] += elements[at, col.N_TRIPS]
        state.cases[col.CASE_N_GIVEN, case] += elements[at, col.N_GIVEN]
    tokens[token, col.TOKEN_AT] = tokens[token, col.TOKEN_NEXT]


@compiled
def walk(token: int, outcome: int, now: int, plan: Plan, state: State) -> None:
    """Move a token, unless it carries an outcome already, until it waits or its way is over."""
    elements, tokens = plan.elements, state.tokens
    at = tokens[token, col.TOKEN_AT]
    until = tokens[token, col.TOKEN_UNTIL]
    case = tokens[token, col.TOKEN_CASE]
    while at != until and outcome == 0:
        kind = elements[at, col.KIND]
        then = elements[at, col.THEN]
        if kind == col.ACTIVITY:
            visit = _visit(case, at, plan, state)
            time = _time(token, at, visit, elements[at, col.TIME], elements[at, col.KEY], plan, state)
            tokens[token, col.TOKEN_AT] = at
            offer(token, at, visit, time, now, plan, state)
            return
        if kind == col.CHOICE:
            at = _choose(token, at, plan, state)
            continue
        if kind <= col.TIMETABLE:
            tokens[token, col.TOKEN_NEXT] = then
            tokens[token, col.TOKEN_AT] = at
            until_then = _instant(token, at, now, plan, state)
            if until_then > now:
                if until_then < plan.horizon:
                    schedule(until_then, token, state)
                return
            passed(token, plan, state)
            at = tokens[token, col.TOKEN_NEXT]
            continue
        if kind == col.FORK:
            tokens[token, col.TOKEN_AT] = at
            _fork(token, at, plan, state)
            return
        if kind == col.END:
            outcome = elements[at, col.OUTCOME]
            break
        if kind != col.JOIN:
            _clock(case, at, kind, now, plan, state)
        at = then
    _over(token, outcome, now, state)


@compiled
def _instant(token: int, at: int, now: int, plan: Plan, state: State) -> int:
    """Until when a token stays at an element; books the time that it will have taken."""
    elements, tokens, intervals = plan.elements, state.tokens, plan.intervals
    kind = elements[at, col.KIND]
    case = tokens[token, col.TOKEN_CASE]
    if kind == col.TIMETABLE:  # F4
        timetable = elements[at, col.INSTANTS]
        k = state.next_instants[timetable]
        while plan.instants[k] < now:
            k += 1
        state.next_instants[timetable] = k
        instant = plan.instants[k]
        tokens[token, col.TIMETABLE_PART] += instant - now
        return instant
    if kind == col.APPOINTMENT:  # F3
        row = legal.find(case, elements[at, col.CLOCK], state)
        if row == col.NONE or state.clocks[row, col.LIMIT] == col.NO_LIMIT:
            return now
        day = legal.clock_due_day(row, now, plan, state.clocks)
        instant = max(now, legal.edge(day, plan.day_opens, plan))
        tokens[token, col.APPOINTMENT_PART] += instant - now
        return instant
    visit = _visit(case, at, plan, state)
    time = _time(token, at, visit, elements[at, col.TIME], elements[at, col.KEY], plan, state)
    k = reach(elements[at, col.CALENDAR], now, intervals, state.cursors)
    instant = add_open(k, now, time, intervals)
    if kind == col.DELAY:  # F2
        tokens[token, col.DELAY_PART] += instant - now
        return instant
    if kind == col.TRANSFER:  # T4
        tokens[token, col.TRANSFER_PART] += time
        tokens[token, col.OUTAGE_PART] += instant - now - time
        return instant
    effort = elements[at, col.EFFORT]
    if effort != col.NONE:
        time = _time(token, at, visit, effort, elements[at, col.EFFORT_KEY], plan, state)
    state.cases[col.CASE_OWN_TIME, case] += time
    tokens[token, col.TOKEN_IS_LATE] = 0
    if elements[at, col.WITHIN] >= 0:  # F7
        last_day = legal.due_day(now // DAY, elements[at, col.WITHIN], plan)
        deadline = legal.edge(last_day, plan.day_closes, plan)
        if instant > deadline:
            tokens[token, col.TOKEN_IS_LATE] = 1
            tokens[token, col.TOKEN_NEXT] = elements[at, col.LATE]
            instant = max(now, deadline)
    tokens[token, col.APPLICANT_PART] += instant - now
    return instant


@compiled
def _visit(case: int, at: int, plan: Plan, state: State) -> int:
    """Count a visit of an element; return how many there were before (F6)."""
    if not plan.elements[at, col.COUNTED]:
        return 0
    place = plan.first_visit[case] + plan.slots[plan.flow[case], at]
    visit = state.visits[place]
    state.visits[place] = visit + 1
    if visit >= VISITS:
        state.counters[col.FAULT] = col.TOO_MANY_VISITS
        state.counters[col.FAULT_AT] = at
        state.counters[col.FAULT_CASE] = case
    return visit


@compiled
def _time(
    token: int, at: int, visit: int, sampler: int, key: int, plan: Plan, state: State
) -> int:
    if plan.samplers[sampler, col.SHAPE] == col.CONSTANT:
        return plan.samplers[sampler, col.CONSTANT_VALUE]
    stream, number = state.tokens[token, col.TOKEN_STREAM], state.tokens[token, col.TOKEN_NUMBER]
    u = uniform(plan.key[0], plan.key[1], stream, number, key, visit)
    return duration(sampler, u, plan.samplers, plan.shares, plan.nodes)


@compiled
def _choose(token: int, at: int, plan: Plan, state: State) -> int:
    """Take a way out by the case's draw and properties (R2, F6)."""
    elements, tokens, options = plan.elements, state.tokens, plan.options
    case = tokens[token, col.TOKEN_CASE]
    visit = _visit(case, at, plan, state)
    stream, number = tokens[token, col.TOKEN_STREAM], tokens[token, col.TOKEN_NUMBER]
    draw = uniform(plan.key[0], plan.key[1], stream, number, elements[at, col.KEY], visit)
    share = 0.0
    for option in range(elements[at, col.FIRST], elements[at, col.LAST]):
        wanted = options[option, col.PROPERTY]
        eligible = wanted < 0
        if not eligible:
            value = plan.properties[case, wanted]
            for k in range(options[option, col.VALUES_FROM], options[option, col.VALUES_TO]):
                eligible = eligible or plan.option_values[k] == value
        if eligible:
            share += plan.option_shares[option]
            if draw < share:
                return options[option, col.TARGET]
    return elements[at, col.THEN]


@compiled
def _clock(case: int, at: int, kind: int, now: int, plan: Plan, state: State) -> None:
    """Start, stop, resume, end or extend a legal clock."""
    clocks = state.clocks
    clock = plan.elements[at, col.CLOCK]
    if kind == col.CLOCK_START:
        legal.start(case, clock, now, plan, state)
        return
    row = legal.find(case, clock, state)
    if row == col.NONE:
        return
    bundle = state.first_clock[case]
    if kind == col.CLOCK_STOP:  # L4
        legal.stop(row, now, clocks)
        legal.stop(bundle, now, clocks)
    elif kind == col.CLOCK_RESUME:  # L4
        legal.resume(row, now, plan.cut_offs[clock], plan, clocks)
        legal.resume(bundle, now, plan.bundle_cut_offs[plan.flow[case]], plan, clocks)
    elif kind == col.CLOCK_END:  # L6: the bundle is done with its last result
        clocks[row, col.CLOSED_AT] = now
        clocks[bundle, col.CLOSED_AT] = now
    else:  # L5
        clocks[row, col.EXTENDED] += plan.elements[at, col.DAYS]


@compiled
def _fork(token: int, at: int, plan: Plan, state: State) -> None:
    """Make a token for each branch; they move next, in their order (F5)."""
    tokens, counters = state.tokens, state.counters
    first, last = plan.elements[at, col.FIRST], plan.elements[at, col.LAST]
    tokens[token, col.TOKEN_LEFT] = last - first
    tokens[token, col.TOKEN_LAST] = col.NONE
    tokens[token, col.TOKEN_LAST_AT] = -1
    tokens[token, col.TOKEN_OUTCOME_FROM] = last - first
    tokens[token, col.TOKEN_OUTCOME] = 0
    for k in range(first, last):
        branch = new_token(
            tokens[token, col.TOKEN_CASE],
            plan.branches[k],
            plan.elements[at, col.THEN],
            token,
            plan,
            state,
        )
        tokens[branch, col.TOKEN_BRANCH] = k - first
        state.new[counters[col.NEW_TO] & (len(state.new) - 1)] = branch
        counters[col.NEW_TO] += 1


@compiled
def _over(token: int, outcome: int, now: int, state: State) -> None:
    """The way of a token is over: of a branch here, of a case with its last token."""
    tokens = state.tokens
    if tokens[token, col.TOKEN_PARENT] != col.NONE:
        tokens[token, col.TOKEN_OUTCOME] = outcome
        happen_later(token, col.BRANCH_OVER, state)
        return
    case = tokens[token, col.TOKEN_CASE]
    state.cases[col.CASE_ENDED_AT, case] = now
    state.cases[col.CASE_OUTCOME, case] = outcome or _COMPLETED
    for part in range(col.N_PARTS):
        state.cases[col.CASE_LEDGER + part, case] = tokens[token, col.TOKEN_LEDGER + part]
    _free(token, state)


@compiled
def branch_over(token: int, now: int, state: State) -> None:
    """A branch has come to its join, or has ended with an outcome (F5, F8, K2)."""
    tokens = state.tokens
    parent = tokens[token, col.TOKEN_PARENT]
    branch = tokens[token, col.TOKEN_BRANCH]
    outcome = tokens[token, col.TOKEN_OUTCOME]
    if outcome and branch < tokens[parent, col.TOKEN_OUTCOME_FROM]:
        tokens[parent, col.TOKEN_OUTCOME_FROM] = branch
        tokens[parent, col.TOKEN_OUTCOME] = outcome
    last = tokens[parent, col.TOKEN_LAST]
    if tokens[parent, col.TOKEN_LAST_AT] < now or branch < tokens[last, col.TOKEN_BRANCH]:
        tokens[parent, col.TOKEN_LAST_AT] = now
        tokens[parent, col.TOKEN_LAST] = token
        token = last
    if token != col.NONE:
        _free(token, state)
    tokens[parent, col.TOKEN_LEFT] -= 1
    if tokens[parent, col.TOKEN_LEFT] == 0:
        happen_later(parent, col.ALL_OVER, state)


@compiled
def all_over(token: int, plan: Plan, state: State) -> int:
    """All branches of a fork are over: go on with the last one's time; return their outcome."""
    tokens = state.tokens
    last = tokens[token, col.TOKEN_LAST]
    for part in range(col.N_PARTS):
        tokens[token, col.TOKEN_LEDGER + part] += tokens[last, col.TOKEN_LEDGER + part]
    _free(last, state)
    tokens[token, col.TOKEN_AT] = plan.elements[tokens[token, col.TOKEN_AT], col.THEN]
    return tokens[token, col.TOKEN_OUTCOME]
