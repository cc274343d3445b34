"""What becomes of what somebody takes in hand: its end, its time, what is left of it (P3, H2)."""

from __future__ import annotations

from sim.calendars import Calendar
from sim.engines.reference.case import ABSENCE, BATCH, CLOSED, OUTAGE, QUEUE, SERVICE
from sim.engines.reference.desk import WorkItem
from sim.engines.reference.hours import Progress, left
from sim.model import Batch
from sim.records import NOT_YET
from sim.units import NEVER


class Spell:
    """A person at work on an item, or on a batch.

    All time is booked as it begins, into the ledgers of items whose cases go on (K2).

    Parameters
    ----------
    away_at
        When the person's next absence begins: what has not ended then is handed back (P3).
    hours
        When the work makes progress.
    shift
        That of the person, None where work goes on after closing (T3).
    """

    __slots__ = ("away_at", "begun_at", "hours", "new", "shift", "speed", "staff", "until")

    def __init__(
        self,
        staff: int,
        begun_at: int,
        away_at: int,
        speed: float,
        hours: Progress,
        shift: Calendar | None,
    ) -> None:
        self.staff = staff
        self.begun_at = begun_at
        self.away_at = away_at
        self.speed = speed
        self.hours = hours
        self.shift = shift
        self.new: list[WorkItem] = []  # items first begun
        self.until = begun_at

    def begin(self, item: WorkItem) -> list[WorkItem]:
        """Begin an item on its own; return it if it will be handed back."""
        now = self.begun_at
        time = done = item.time_at(self.speed)
        self.until = self.hours.add_open(now, time)
        self._take(item)
        goes_back = self.until > self.away_at
        if goes_back:
            self.until = self.away_at
            item.left, item.speed = left(self.hours, now, time, self.until), self.speed
            done -= item.left
        else:
            item.ended_at = self.until
        self._book(item, done, done, self.until)
        return [item] if goes_back else []

    def begin_batch(self, items: list[WorkItem], batch: Batch) -> list[WorkItem]:
        """Begin a batch (H2): its preparation, then each item; return what will be handed back."""
        times = [round(batch.setup / self.speed), *(item.time_at(self.speed) for item in items)]
        begins = [self.begun_at]
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

        back = []
        for task, item in enumerate(items, start=1):
            self._take(item)
            item.frees = item is items[-1]
            ends_at = ends[-1] if batch.together else ends[task]
            if ends_at > self.away_at:
                back.append(item)
                ends_at = self.away_at
                if begins[task] < ends_at:
                    item.left, item.speed = times[task] - done(task, ends_at), self.speed
            else:
                item.ended_at = ends_at
            in_all = sum(done(each, ends_at) for each in range(len(times)))
            self._book(item, done(task, ends_at), in_all, ends_at)
        self.until = self.away_at if back else ends[-1]
        return back

    def _take(self, item: WorkItem) -> None:
        """Split the time until an item is taken in hand over the ledger (K2)."""
        now = self.begun_at
        item.staff = self.staff
        if item.started_at != NOT_YET:
            item.ledger[ABSENCE] += now - item.handed_back_at
            return
        self.new.append(item)
        item.started_at = now
        waited = now - item.ready_at
        if waited:
            queued = item.desk.calendar.open_between(item.ready_at, now)
            item.ledger[QUEUE] += queued
            item.ledger[CLOSED] += waited - queued

    def _book(self, item: WorkItem, done: int, in_all: int, until: int) -> None:
        """Split the time in hand over the ledger: the item's own work, and all of it (K2)."""
        ledger = item.ledger
        ledger[SERVICE] += done
        ledger[BATCH] += in_all - done
        held = until - self.begun_at
        if held != in_all:
            worked = held
            if self.shift is not None:
                worked = self.shift.open_between(self.begun_at, until)
            ledger[OUTAGE] += worked - in_all
            ledger[CLOSED] += held - worked
