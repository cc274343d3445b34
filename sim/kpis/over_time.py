"""Follows one run over time: by day or by week, the state of its offices and what came of cases.

The measures of :mod:`sim.kpis.registry` say one number of a whole run; a course has one for each
period, from the start of the run on, warm-up and run-out included.  A state is the mean over the
clock time of its period, nights and days off too, so that it adds up and keeps Little's law.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.kpis.backlog import is_of_backlog
from sim.kpis.legal import standing_of_bundles
from sim.kpis.window import Window, rows_of, window
from sim.legal import WorkingDays
from sim.model import Model, Outcome
from sim.records import NOT_YET, Run
from sim.streams import key_of
from sim.units import DAY, NEVER

Step: TypeAlias = Literal["day", "week"]

STEPS: Final[Mapping[Step, int]] = {"day": 1, "week": 7}
"""Days of a period."""

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What is followed over time; ``equation`` says what one value of it is."""

    name: str
    unit: str
    label: str
    equation: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """One of :data:`FOLLOWED` for one group in one run, a value each period, NaN for none."""

    kpi: str
    group: str
    unit: str
    values: Floats


_Groups: TypeAlias = Iterator[tuple[str, Floats]]

FOLLOWED: Final[dict[str, Followed]] = {}
"""Everything that is followed by its name, in the order of the courses."""

_RULES: Final[dict[str, Callable[[_Seen], _Groups]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """The periods of a run: ``starts`` and ``ends`` of each, in days, and its ``horizon``.

    Weeks have seven days, counted from the start.  What is left behind the last whole week is no
    period, unless there is no whole one.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    horizon: int

    @classmethod
    def of(cls, model: Model, step: Step) -> Periods:
        """Those of a run of a model."""
        n_days = -(-model.horizon // DAY)
        length = STEPS[step]
        ends = tuple(range(length, n_days + 1, length)) or (n_days,)
        return cls(starts=(0, *ends[:-1]), ends=ends, horizon=model.horizon)

    @property
    def n_days(self) -> int:
        """Days that the run touches."""
        return -(-self.horizon // DAY)

    def total(self, by_day: Floats) -> Floats:
        """The sum over each period of values by day, which are the last axis."""
        upto = np.concatenate((np.zeros((*by_day.shape[:-1], 1)), np.cumsum(by_day, -1)), -1)
        return np.asarray(upto[..., list(self.ends)] - upto[..., list(self.starts)], float)

    def of_days(self, days: Ints) -> Ints:
        """The period of each day; -1 for none."""
        found = np.searchsorted(np.array(self.ends), days, side="right")
        return np.where((days >= 0) & (days < self.ends[-1]), found, -1)

    def lengths(self) -> Floats:
        """Microseconds of each period."""
        begins = np.array(self.starts) * DAY
        return np.asarray(np.minimum(np.array(self.ends) * DAY, self.horizon) - begins, float)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """A run and its periods."""

    window: Window
    periods: Periods

    @property
    def model(self) -> Model:
        return self.window.model

    @property
    def run(self) -> Run:
        return self.window.run

    def mean_number(self, group: Ints, n: int, begin: Ints, end: Ints) -> Floats:
        """How many of each group there are, on average over each period: shape (n, periods).

        Row i is one of group ``group[i]`` from ``begin[i]`` up to ``end[i]``; a ``NOT_YET`` lies
        behind the end of the run.
        """
        periods = self.periods
        horizon, n_days = periods.horizon, periods.n_days
        begin = np.clip(np.where(begin == NOT_YET, horizon, begin), 0, horizon)
        end = np.clip(np.where(end == NOT_YET, horizon, end), begin, horizon)
        area = np.zeros((n, n_days))
        change = np.zeros((n, n_days))
        last = np.append(np.arange(1, n_days) * DAY, horizon)
        for at, sign in ((begin, 1.0), (end, -1.0)):
            inside = np.flatnonzero(at < horizon)
            day = at[inside] // DAY
            cell = group[inside] * n_days + day
            left = (last[day] - at[inside]).astype(float)
            shape = n, n_days
            area += sign * np.bincount(cell, left, minlength=n * n_days).reshape(shape)
            change += sign * np.bincount(cell, minlength=n * n_days).reshape(shape)
        at_midnight = np.cumsum(change, 1) - change
        area += at_midnight * np.diff(last, prepend=0)
        # Sums of floats: what is 0 may come out a hair below it.
        return np.maximum(self.periods.total(area) / self.periods.lengths(), 0.0)

    def number(self, group: Ints, n: int, at: Ints) -> Floats:
        """How many instants of each group fall into each period: shape (n, periods)."""
        inside = np.flatnonzero((at >= 0) & (at < self.periods.horizon))
        cell = group[inside] * self.periods.n_days + at[inside] // DAY
        counts = np.bincount(cell, minlength=n * self.periods.n_days).astype(float)
        return self.periods.total(counts.reshape(n, self.periods.n_days))

    def bundles(self, values: Floats) -> _Groups:
        """Rows by bundle with their names, of those that count."""
        for b in self.window.bundles:
            yield self.model.bundles[b].name, values[b]


def _followed(
    *, name: str, unit: str, label: str, equation: str
) -> Callable[[Callable[[_Seen], _Groups]], Callable[[_Seen], _Groups]]:
    def register(rule: Callable[[_Seen], _Groups]) -> Callable[[_Seen], _Groups]:
        FOLLOWED[name] = Followed(name=name, unit=unit, label=label, equation=equation)
        _RULES[name] = rule
        return rule

    return register


def over_time(
    model: Model,
    run: Run,
    bundles: Collection[str] = (),
    *,
    step: Step,
    names: Collection[str] = (),
) -> tuple[Course, ...]:
    """Follow one run over time.

    Parameters
    ----------
    run
        One replication of ``model``, its work items kept where ``items_waiting`` is followed.
    bundles
        Names of the bundles that are followed, beside the roles; empty for all.
    names
        Those of :data:`FOLLOWED` that are wanted, empty for all.

    Returns
    -------
    tuple[Course, ...]
        In the order of :data:`FOLLOWED`, then of the model.
    """
    seen = _Seen(window=window(model, run, bundles), periods=Periods.of(model, step))
    return tuple(
        Course(kpi=name, group=group, unit=FOLLOWED[name].unit, values=values)
        for name, rule in _RULES.items()
        if not names or name in names
        for group, values in rule(seen)
    )


@_followed(
    name="open_cases",
    unit="cases",
    label="Open cases",
    equation="mean over the period of the number of cases with arrives_at <= t < ended_at",
)
def _open_cases(seen: _Seen) -> _Groups:
    cases = seen.run.cases
    found = seen.mean_number(
        cases["bundle"], len(seen.model.bundles), cases["arrives_at"], cases["ended_at"]
    )
    return seen.bundles(found)


@_followed(
    name="cases_arrived",
    unit="cases",
    label="Cases that arrive",
    equation="number of cases with arrives_at in the period, without those of a backlog",
)
def _cases_arrived(seen: _Seen) -> _Groups:
    return seen.bundles(seen.number(*_arriving(seen, by_channel=False)))


@_followed(
    name="cases_completed",
    unit="cases",
    label="Cases completed",
    equation="number of completed cases with ended_at in the period",
)
def _cases_completed(seen: _Seen) -> _Groups:
    cases = seen.run.cases
    done = np.flatnonzero(cases["outcome"] == Outcome.COMPLETED)
    found = seen.number(cases["bundle"][done], len(seen.model.bundles), cases["ended_at"][done])
    return seen.bundles(found)


@_followed(
    name="uptake",
    unit="share",
    label="Share of the cases filed on a channel",
    equation="cases_arrived on the channel / cases_arrived of the bundle",
)
def _uptake(seen: _Seen) -> _Groups:
    model, n = seen.model, len(seen.model.channels)
    by_channel = seen.number(*_arriving(seen, by_channel=True))
    used = {(flow.bundle, flow.channel) for flow in model.flows}
    for b in seen.window.bundles:
        mine = by_channel[b * n : (b + 1) * n]
        for c, channel in enumerate(model.channels):
            if (b, c) in used:
                yield f"{model.bundles[b].name}/{channel}", _ratio(mine[c], mine.sum(0))


@_followed(
    name="overdue_dossiers",
    unit="dossiers",
    label="Dossiers past their legal limit",
    equation=(
        "mean over the period of the number of dossiers whose due day, extensions and days stopped "
        "included, is over, without a result, of open cases"
    ),
)
def _overdue_dossiers(seen: _Seen) -> _Groups:
    model, run = seen.model, seen.run
    dossiers, n = run.dossiers, len(model.procedures)
    case = rows_of(run.cases, dossiers["case"])
    bundle = run.cases["bundle"][case]
    ended_at = run.cases["ended_at"][case]
    done_at = np.where(dossiers["done_at"] == NOT_YET, ended_at, dossiers["done_at"])
    has_limit = (dossiers["received_at"] != NOT_YET) & (dossiers["limit_days"] >= 0)
    allowed = dossiers["limit_days"] + dossiers["stopped_days"]
    late_from = (_due_days(model.working_days, dossiers["received_day"], allowed) + 1) * DAY
    rows = np.flatnonzero(has_limit)
    found = seen.mean_number(
        (bundle * n + dossiers["procedure"])[rows],
        len(model.bundles) * n,
        late_from[rows],
        done_at[rows],
    )
    for b in seen.window.bundles:
        for p in model.bundles[b].procedures:
            if any(flow.limits[p] for flow in model.flows if flow.bundle == b):
                yield f"{model.bundles[b].name}/{model.procedures[p].name}", found[b * n + p]


@_followed(
    name="items_waiting",
    unit="items",
    label="Pieces of work that wait for staff",
    equation=(
        "mean over the period of the number of work items with ready_at <= t < started_at, at all "
        "offices"
    ),
)
def _items_waiting(seen: _Seen) -> _Groups:
    items = seen.run.work_items
    found = seen.mean_number(
        items["role"], len(seen.model.roles), items["ready_at"], items["started_at"]
    )
    for r, role in enumerate(seen.model.roles):
        yield role.name, found[r]


@_followed(
    name="people_present",
    unit="people",
    label="People present",
    equation=(
        "sum of time on duty and not away in the period, over the staff that hold the role / open "
        "time of their office in it; over offices their sum; none while none of these is open"
    ),
)
def _people_present(seen: _Seen) -> _Groups:
    from sim.engines.protocol import shifts  # here, for a check needs no engine

    model, run = seen.model, seen.run
    drawn = shifts(model, key_of(run.seed, run.replication))
    edges = np.append(np.arange(seen.periods.n_days) * DAY, seen.periods.horizon)
    hours: dict[int, Floats] = {}

    def hours_of(calendar: int) -> Floats:
        if (known := hours.get(calendar)) is not None:
            return known
        by_day = np.diff(drawn.calendars[calendar].open_until(edges)).astype(float)
        found = seen.periods.total(by_day)
        if calendar < len(model.calendars):  # the others are one person's each
            hours[calendar] = found
        return found

    present = np.zeros((len(model.roles), len(seen.periods.ends)))
    is_day = np.zeros(present.shape, np.bool_)
    shares: dict[tuple[int, int], Floats] = {}  # most people of an office have its calendar
    for s, member in enumerate(model.staff):
        roles = list(member.roles)
        office = model.offices[member.office].calendar
        pair = drawn.calendar_of[s], office
        if pair not in shares:
            shares[pair] = np.nan_to_num(_ratio(hours_of(pair[0]), hours_of(office)))
        present[roles] += shares[pair]
        is_day[roles] |= hours_of(office) > 0
    held = {role for member in model.staff for role in member.roles}
    for r, role in enumerate(model.roles):
        if r in held:
            yield role.name, np.where(is_day[r], present[r], np.nan)


@_followed(
    name="working_days_mean",
    unit="wd",
    label="Working days of the cases that arrive",
    equation="the KPI of this name over the measured cases with arrives_at in the period",
)
def _working_days(seen: _Seen) -> _Groups:
    days = seen.window.case("working_days")
    return _means(seen, days.astype(float), days >= 0)


@_followed(
    name="on_time_share",
    unit="share",
    label="Share on time of the cases that arrive",
    equation="the KPI of this name over the measured cases with arrives_at in the period",
)
def _on_time(seen: _Seen) -> _Groups:
    standing = standing_of_bundles(seen.window)
    return _means(seen, standing.is_on_time.astype(float), standing.is_decided)


def _arriving(seen: _Seen, *, by_channel: bool) -> tuple[Ints, int, Ints]:
    """The groups of new cases, how many groups there are, and when the cases arrive."""
    cases, model = seen.run.cases, seen.model
    new = np.flatnonzero(~is_of_backlog(model, cases["case"]))
    group, n = cases["bundle"][new], len(model.bundles)
    if by_channel:
        group, n = group * len(model.channels) + cases["channel"][new], n * len(model.channels)
    return group, n, cases["arrives_at"][new]


def _means(seen: _Seen, values: Floats, keep: NDArray[np.bool_]) -> _Groups:
    """Means of a column of the measured cases, bundle by bundle, by period of arrival."""
    groups, n = seen.window.cases, len(seen.periods.ends)
    period = seen.periods.of_days(seen.window.case("arrives_at") // DAY)
    wanted = {seen.model.bundles[b].name for b in seen.window.bundles}
    is_counted = keep & (period >= 0)
    parts = zip(groups.split(values, is_counted), groups.split(period, is_counted), strict=True)
    for (name, mine), (_, at) in parts:
        if name in wanted and len(mine):
            when = np.asarray(at, np.int64)
            total = np.asarray(np.bincount(when, np.asarray(mine, float), minlength=n), float)
            yield name, _ratio(total, np.bincount(when, minlength=n).astype(float))


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part over whole, NaN where the whole is 0."""
    quotient = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=quotient, where=whole > 0)
    return quotient


def _due_days(office: WorkingDays, received_day: Ints, n: Ints) -> Ints:
    """:meth:`sim.legal.WorkingDays.due_day` of many; behind the last day known, never."""
    days = np.append(np.array(office.days, np.int64), NEVER // DAY)
    after = np.searchsorted(days, received_day, side="right") + n - 1
    first = np.searchsorted(days, received_day, side="left")
    return days[np.minimum(np.where(n <= 0, first, after), len(days) - 1)]
