"""Runs the legal clock: working days from receipt to result, less the days stopped (rules L1-L8).

It reads no law: limits come from the regime in force, as a function of the day of receipt (L7).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.calendars import Calendar
from sim.units import DAY, NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray


def day_of(t: int) -> int:
    """Give the day of an instant, counted from the scenario's start; ``NEVER`` has none."""
    return t // DAY if t < NEVER else NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """The working days of an office calendar, over a range of days (rule L3).

    Days are counted from the scenario's start and may be negative. Outside the range no day is a
    working day, and what lies beyond its end is ``NEVER``: a question in the middle of a run has
    an answer, whatever the day.

    Parameters
    ----------
    first_day
        First day of the range.
    count
        For each day of the range, working days from the first up to and including it.
    days
        The working days, in order.
    opens, closes
        For each working day its first opening and last closing, in microseconds.
    """

    first_day: int
    count: tuple[int, ...]
    days: tuple[int, ...]
    opens: tuple[int, ...]
    closes: tuple[int, ...]

    def is_working(self, day: int) -> bool:
        """Whether the office opens at all on ``day`` (L3)."""
        k = self._count_to(day)
        return k > 0 and self.days[k - 1] == day

    def next_working(self, day: int) -> int:
        """Give the first working day from ``day`` on: ``day`` itself if it is one."""
        k = self._count_to(day - 1)
        return self.days[k] if k < len(self.days) else NEVER

    def day_of_receipt(self, t: int, cut_off: int) -> int:
        """Give the day on which a filing counts as received (L1).

        Parameters
        ----------
        t
            Instant of filing, in microseconds.
        cut_off
            Time of day, in microseconds since midnight; at it is already too late. ``DAY`` for
            none.
        """
        day = day_of(t)
        if day < NEVER and t - day * DAY >= cut_off:
            day += 1
        return self.next_working(day)

    def due_day(self, day: int, n: int) -> int:
        """Give the ``n``-th working day after a day (L2); for 0 that day, or the next one (F7)."""
        if n <= 0:
            return self.next_working(day)
        if day >= NEVER:
            return NEVER
        k = self._count_to(day) + n - 1
        return self.days[k] if k < len(self.days) else NEVER

    def between(self, a: int, b: int) -> int:
        """Give the number of working days after day ``a`` up to and including day ``b``."""
        return max(0, self._count_to(b) - self._count_to(a))

    def before(self, day: int, n: int) -> int:
        """The n-th working day before a working day, the first one known at the earliest (H3)."""
        if n == 0 or day >= NEVER:
            return day
        return self.days[max(self._count_to(day) - 1 - n, 0)]

    def opening(self, day: int) -> int:
        """Give the instant of the first opening on a working day; ``NEVER`` on any other."""
        return self.opens[self._count_to(day) - 1] if self.is_working(day) else NEVER

    def closing(self, day: int) -> int:
        """Give the instant of the last closing on a working day; ``NEVER`` on any other."""
        return self.closes[self._count_to(day) - 1] if self.is_working(day) else NEVER

    def arrays(
        self,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Give ``count``, ``days``, ``opens`` and ``closes`` as int64 arrays."""
        return (
            np.array(self.count, dtype=np.int64),
            np.array(self.days, dtype=np.int64),
            np.array(self.opens, dtype=np.int64),
            np.array(self.closes, dtype=np.int64),
        )

    def _count_to(self, day: int) -> int:
        k = day - self.first_day
        if k < 0:
            return 0
        return self.count[k] if k < len(self.count) else len(self.days)


def working_days(calendar: Calendar, first_day: int, last_day: int) -> WorkingDays:
    """Find the working days of an office calendar (rule L3).

    Parameters
    ----------
    calendar
        Opening hours of the office, laid out over the whole range.
    first_day, last_day
        First and last day of the range, counted from the scenario's start.
    """
    count: list[int] = []
    days: list[int] = []
    opens: list[int] = []
    closes: list[int] = []
    for day in range(first_day, last_day + 1):
        midnight, next_midnight = day * DAY, (day + 1) * DAY
        opening = calendar.next_open(midnight)
        if opening < next_midnight:
            last = bisect_right(calendar.opens, next_midnight - 1) - 1
            days.append(day)
            opens.append(opening)
            closes.append(min(calendar.closes[last], next_midnight))
        count.append(len(days))
    return WorkingDays(
        first_day=first_day,
        count=tuple(count),
        days=tuple(days),
        opens=tuple(opens),
        closes=tuple(closes),
    )


@dataclass(slots=True, kw_only=True, eq=False)
class LegalClock:
    """The clock that the law runs on one dossier or bundle, in one run.

    Parameters
    ----------
    office
        Working days that the clock counts.

    Attributes
    ----------
    received_at, closed_at
        Instants in microseconds; ``NEVER`` until they come.
    received_day, closed_day
        Day of receipt (L1) and day of the result; ``NEVER`` until they come.
    limit
        Working days allowed, without extensions; None where the law sets no limit.
    extended
        Working days added to the limit (L5).
    depth
        Stops that are open now.
    stopped_from
        Day after which the open stop takes working days off.
    covered_until
        Day up to which no stop takes days off any more: the day of receipt, or the day of the
        last supplement; never before the day of receipt.
    stopped_days
        Working days that the ended stops took off (L4).
    used_days
        Working days from receipt to the result, less those stopped (L6).
    """

    office: WorkingDays
    received_at: int = NEVER
    received_day: int = NEVER
    limit: int | None = None
    extended: int = 0
    depth: int = 0
    stopped_from: int = NEVER
    covered_until: int = NEVER
    stopped_days: int = 0
    closed_at: int = NEVER
    closed_day: int = NEVER
    used_days: int = 0

    def start(self, t: int, cut_off: int, limit_of: Callable[[int], int | None]) -> None:
        """Start the clock with a filing; a later start changes nothing (L8).

        Parameters
        ----------
        t
            Instant of filing, in microseconds.
        cut_off
            Time of day from which a filing counts for the next working day (L1).
        limit_of
            Gives the limit in force on a day of receipt, in working days (L7).
        """
        if self.received_at < NEVER:
            return
        self.received_at = t
        self.received_day = self.covered_until = self.office.day_of_receipt(t, cut_off)
        if self.received_day < NEVER:
            self.limit = limit_of(self.received_day)

    def stop(self, t: int) -> None:
        """Stop the clock at ``t``, to wait for the applicant (L4); stops may nest."""
        if self.depth == 0:
            # Days up to covered_until come before the count, or an earlier stop took them off.
            self.stopped_from = max(day_of(t), self.covered_until)
        self.depth += 1

    def resume(self, t: int, cut_off: int) -> None:
        """End one stop with the supplement received at ``t``; L1 gives its day of receipt (L4)."""
        self.depth -= 1
        if self.depth == 0:
            received_day = self.office.day_of_receipt(t, cut_off)
            self.stopped_days += self.office.between(self.stopped_from, received_day)
            self.covered_until = max(self.covered_until, received_day)

    def extend(self, n: int) -> None:
        """Add ``n`` working days to the limit (L5)."""
        self.extended += n

    def close(self, t: int) -> None:
        """Set the instant of the result and count the days used (L6); the last one counts (L8).

        A supplement received after the cut-off stops days up to the next working day: those
        behind the result are not credited to it.
        """
        self.closed_at = t
        self.closed_day = day_of(t)
        last = max(self.received_day, self.closed_day)
        stopped = self.stopped_by(last) - self.office.between(last, self.covered_until)
        used = self.office.between(self.received_day, self.closed_day) - stopped
        self.used_days = max(0, used)

    def due_day(self, now: int) -> int:
        """Give the last day in time, by the stops ended and extensions given so far (L2).

        ``NEVER`` where the law sets no limit, and for a clock not started by ``now``.
        """
        if self.limit is None or now < self.received_at:
            return NEVER
        return self.office.due_day(
            self.received_day, self.limit + self.extended + self.stopped_days
        )

    def is_last_day(self, now: int) -> bool | None:
        """Whether at most one working day is left to the due day; None where there is none (L2)."""
        due = self.due_day(now)
        return self.office.between(day_of(now), due) <= 1 if due < NEVER else None

    def working_days(self) -> int | None:
        """Give the working days used, less those stopped (L6); None while the clock is open."""
        return self.used_days if self.closed_at < NEVER else None

    def stopped_by(self, day: int) -> int:
        """Give the working days that stops took off by the end of ``day``, an open one included."""
        running = self.office.between(self.stopped_from, day) if self.depth else 0
        return self.stopped_days + running

    def is_on_time(self) -> bool | None:
        """Whether the limit was kept (L6); None while the clock is open or without a limit."""
        used = self.working_days()
        if used is None or self.limit is None:
            return None
        return used <= self.limit + self.extended
