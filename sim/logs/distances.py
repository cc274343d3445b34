"""How far two logs are from each other, by the measures of the field.

Chapela-Campa, Benchekroun, Baron, Dumas, Krass and Senderovich 2023, *Can I Trust My Simulation
Model? Measuring the Quality of Business Process Simulation Models*, BPM 2023, LNCS 14159, 20-37;
in the details as log-distance-measures 2 has them: bins of an hour, n-grams of three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.event_log import INSTANT, EventLog
from sim.units import HOUR

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_GRAM: Final = 3
_NO_STEP: Final = ""
_MOST: Final = 23.0
"""Hours between a weekday with events and one without any: no two are further apart."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traces:
    """The events of a log, case after case and in each in their order.

    Parameters
    ----------
    case
        Of each performance, from 0 on without gaps.
    step
        The name of its step.
    started, ended
        In microseconds since 1970; of a log of ends alone they are equal.
    """

    case: Ints
    step: NDArray[np.object_]
    started: Ints
    ended: Ints
    has_starts: bool

    @property
    def n_cases(self) -> int:
        """How many cases have events."""
        return int(self.case[-1]) + 1 if len(self.case) else 0

    @property
    def instants(self) -> Ints:
        """When steps began and ended, or ended alone."""
        return np.concatenate((self.started, self.ended)) if self.has_starts else self.ended

    @property
    def first(self) -> Ints:
        """The first instant of each case."""
        return np.minimum.reduceat(self.started, self._begins)

    @property
    def last(self) -> Ints:
        """The last instant of each case."""
        return np.maximum.reduceat(self.ended, self._begins)

    @property
    def _begins(self) -> Ints:
        return np.flatnonzero(np.concatenate(([True], self.case[1:] != self.case[:-1])))

    def some(self, kept: Truths) -> Traces:
        """Some of the cases."""
        rows = kept[self.case]
        _, case = np.unique(self.case[rows], return_inverse=True)
        return Traces(
            case=case.astype(np.int64),
            step=self.step[rows],
            started=self.started[rows],
            ended=self.ended[rows],
            has_starts=self.has_starts,
        )


def traces_of(log: EventLog, *, has_starts: bool) -> Traces:
    """The events of a log.

    Parameters
    ----------
    has_starts
        Whether starts count: not beside a log that has none.  What has not ended is left out, as is
        what was not begun where starts count.
    """
    started, ended = (log.work[name].to_numpy(INSTANT) for name in ("started_at", "ended_at"))
    started = started if has_starts else ended
    rows = np.flatnonzero(~np.isnat(started) & ~np.isnat(ended))
    rows = rows[np.lexsort((ended[rows], started[rows], log.case_of[rows]))]
    _, case = np.unique(log.case_of[rows], return_inverse=True)
    return Traces(
        case=case.astype(np.int64),
        step=log.work["step"].astype("object").to_numpy()[rows],
        started=started[rows].astype(np.int64),
        ended=ended[rows].astype(np.int64),
        has_starts=has_starts,
    )


def n_grams(one: Traces, other: Traces) -> float:
    """Share of the triples of steps that follow each other which only one log has, 0 to 1.

    Shares of each log are compared, so that a log with more cases is no further away for that.
    """
    a, b = _grams(one), _grams(other)
    n_a, n_b = a.total(), b.total()
    return sum(abs(a[gram] / n_a - b[gram] / n_b) for gram in a.keys() | b.keys()) / 2


def absolute_events(one: Traces, other: Traces) -> float:
    """Hours by which events lie apart in time, on average."""
    return _moved(one.instants // HOUR, other.instants // HOUR)


def circadian_events(one: Traces, other: Traces) -> float:
    """Hours by which events lie apart within the day, the mean over days of the week."""
    hours = [each.instants // HOUR for each in (one, other)]
    # The first day of 1970 was a Thursday.
    days = [(each // 24 + 3) % 7 for each in hours]
    return float(
        np.mean([_moved(*(h[d == day] % 24 for h, d in zip(hours, days, strict=True)))
                 for day in range(7)])
    )  # fmt: skip


def relative_events(one: Traces, other: Traces) -> float:
    """Hours by which events lie apart, counted from the first of their case."""
    since = [each.instants - _repeated(each.first[each.case], each) for each in (one, other)]
    return _moved(*(each // HOUR for each in since))


def arrivals(one: Traces, other: Traces) -> float:
    """Hours by which first events of cases lie apart in time."""
    return _moved(one.first // HOUR, other.first // HOUR)


def cycle_times(one: Traces, other: Traces) -> float:
    """Hours by which times from the first event of a case to its last differ."""
    a, b = (each.last - each.first for each in (one, other))
    least = min(a.min(), b.min())
    return _moved((a - least) // HOUR, (b - least) // HOUR)


DISTANCES: Final[Mapping[str, Callable[[Traces, Traces], float]]] = {
    "n_grams": n_grams,
    "absolute_events": absolute_events,
    "circadian_events": circadian_events,
    "relative_events": relative_events,
    "arrivals": arrivals,
    "cycle_times": cycle_times,
}
"""By name, what is measured: the n-grams as a share, all else in hours."""


def _grams(traces: Traces) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    edge = [_NO_STEP] * (_GRAM - 1)
    begins = np.flatnonzero(np.diff(traces.case, prepend=-1))
    for steps in np.split(traces.step, begins[1:]):
        way = [*edge, *steps.tolist(), *edge]
        found.update(zip(*(way[at:] for at in range(_GRAM)), strict=False))
    return found


def _repeated(values: Ints, traces: Traces) -> Ints:
    """Values of performances, of each of their instants."""
    return np.concatenate((values, values)) if traces.has_starts else values


def _moved(one: Ints, other: Ints) -> float:
    """The distance of Wasserstein of two samples."""
    from scipy.stats import wasserstein_distance

    if not len(one) or not len(other):
        return 0.0 if len(one) == len(other) else _MOST
    return float(wasserstein_distance(one, other))
