"""What becomes of what somebody takes in hand: its end, its time, what is left of it (P3, H2)."""

from __future__ import annotations

from sim.calendars import Calendar
from sim.engines.reference.case import ABSENCE, BATCH, CLOSED, OUTAGE, QUEUE, SERVICE
from sim.engines.reference.desk import WorkItem
from sim.engines.reference.hours import Progress, left
from sim.legal import day_of
from sim.model.series import Series
from sim.records import NOT_YET
from sim.units import NEVER


class Post:
    """A person at an activity, who takes items in hand there, or batches of them.

    All time is booked as work begins, into the ledgers of items whose cases go on (K2).

    Parameters
    ----------
    away_from
        When absences of the person begin: what has not ended then is handed back (P3).
    hours
        When the work makes progress.
    shift
        That of the person, None where work goes on after closing (T3).
    """

    __slots__ = ("away_from", "hours", "shift", "speed", "staff")

    def __init__(
        self,
        staff: int,
        speed: float | Series,
        away_from: tuple[int, ...],
        hours: Progress,
        shift: Calendar | None,
    ) -> None:
        self.staff = staff
        self.speed = speed
        self.away_from = away_from
        self.hours = hours
        self.shift = shift

    def begin(self, items: list[WorkItem], now: int) -> int:
        """Begin a batch (H2): its preparation, then each item, or one item on its own.

        An item that goes back (P3) has no end.  Give the instant at which nothing is in hand.
        """
        speed = self.speed_on(now)
        batch = items[0].activity.batch
        setup = batch.setup if batch is not None else 0
        away_at = next((at for at in self.away_from if at > now), NEVER)
        times = [round(setup / speed), *(item.time_at(speed) for item in items)]
        begins = [now]
        for time in times:
            begins.append(min(self.hours.add_open(begins[-1], time), NEVER))
        ends = begins[1:]

        def done(task: int, until: int) -> int:
            """How much of the preparation, 0, or of the n-th item is done by an instant."""
            if ends[task] <= until:
                return times[task]
            if begins[task] >= until:
                return 0
            return times[task] - left(self.hours, begins[task], times[task], until)

        for task, item in enumerate(items, start=1):
            item.frees = item is items[-1]
            ends_at = ends[-1] if batch is not None and batch.together else ends[task]
            if ends_at > away_at:
                ends_at = away_at
                if begins[task] < ends_at:
                    item.left, item.speed = times[task] - done(task, ends_at), speed
            else:
                item.ended_at = ends_at
            in_all = sum(done(each, ends_at) for each in range(len(times)))
            self.book(item, now, done(task, ends_at), in_all, ends_at)
        return min(ends[-1], away_at)

    def speed_on(self, now: int) -> float:
        """The person's speed on the day of an instant (S6, V1)."""
        speed = self.speed
        return speed.on(day_of(now)) if isinstance(speed, Series) else speed

    def book(self, item: WorkItem, now: int, done: int, in_all: int, until: int) -> None:
        """Split the time before an item is in hand, and then, over the ledger (K2).

        In hand it is for its own work, and as long as all of the work with it takes.
        """
        ledger = item.ledger
        item.staff = self.staff
        if item.started_at != NOT_YET:
            ledger[ABSENCE] += now - item.handed_back_at
        else:
            item.started_at = now
            waited = now - item.ready_at
            if waited:
                queued = item.desk.calendar.open_between(item.ready_at, now)
                ledger[QUEUE] += queued
                ledger[CLOSED] += waited - queued
        ledger[SERVICE] += done
        held = until - now
        if held != done:
            worked = held
            if self.shift is not None:
                worked = self.shift.open_between(now, until)
            ledger[BATCH] += in_all - done
            ledger[OUTAGE] += worked - in_all
            ledger[CLOSED] += held - worked
