"""What becomes of what somebody takes in hand: its end, its time, what is left of it (P3, H2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.calendars import Calendar
from sim.engines.reference.case import ABSENCE, BATCH, CLOSED, OUTAGE, QUEUE, SERVICE
from sim.engines.reference.desk import WorkItem
from sim.engines.reference.hours import Progress, left
from sim.records import NOT_YET
from sim.units import NEVER


@dataclass(slots=True, kw_only=True)
class Spell:
    """A person at work on an item, or on a batch.

    ``hours`` are when the work makes progress, ``shift`` is that of the person unless work goes on
    after closing; ``away_at`` is when the person's next absence begins.  The tasks, with their
    times and ends, are those of the preparation and of each item, one after the other.
    """

    begun_at: int
    away_at: int
    speed: float
    hours: Progress
    shift: Calendar | None
    times: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add(self, time: int) -> None:
        """One more task."""
        begun_at = self.ends[-1] if self.ends else self.begun_at
        self.times.append(time)
        self.ends.append(min(self.hours.add_open(begun_at, time), NEVER))

    def begins(self, task: int) -> int:
        """When a task is begun."""
        return self.ends[task - 1] if task else self.begun_at

    def done(self, task: int, until: int) -> int:
        """How much of a task is done by an instant."""
        time, begins = self.times[task], self.begins(task)
        if self.ends[task] <= until:
            return time
        return time - left(self.hours, begins, time, until) if begins < until else 0

    def on_shift(self, until: int) -> int:
        """The time on shift, or with overtime all the time, from the beginning on (T3)."""
        if self.shift is None:
            return until - self.begun_at
        return self.shift.open_between(self.begun_at, until)


def hand_over(items: list[WorkItem], spell: Spell, index: int) -> list[WorkItem]:
    """Let a member of staff begin an item or a batch; return what will be handed back (P3).

    All time is booked at once, into the ledgers of items whose cases go on (K2).
    """
    batch = items[0].activity.batch
    setup = 0
    if batch is not None:
        setup = batch.setup if spell.speed == 1.0 else round(batch.setup / spell.speed)
    spell.add(setup)
    for item in items:
        spell.add(item.time_at(spell.speed))
    back = []
    for task, item in enumerate(items, start=1):
        _book_wait(item, spell.begun_at)
        item.staff = index
        item.frees = item is items[-1]
        ends_at = spell.ends[-1 if batch is not None and batch.together else task]
        if ends_at > spell.away_at:
            back.append(item)
        elif ends_at < NEVER:
            item.ended_at = ends_at
        _book_work(item, spell, task, min(ends_at, spell.away_at))
    return back


def _book_wait(item: WorkItem, now: int) -> None:
    """Split the time until an item is taken in hand over the ledger (K2)."""
    if item.started_at != NOT_YET:
        item.ledger[ABSENCE] += now - item.handed_back_at
        return
    item.started_at = now
    queued = item.desk.calendar.open_between(item.ready_at, now)
    item.ledger[QUEUE] += queued
    item.ledger[CLOSED] += now - item.ready_at - queued


def _book_work(item: WorkItem, spell: Spell, task: int, until: int) -> None:
    """Split the time in hand over the ledger (K2); keep what is left of the work (P3)."""
    done = spell.done(task, until)
    in_all = sum(spell.done(each, until) for each in range(len(spell.times)))
    held, worked = until - spell.begun_at, spell.on_shift(until)
    item.ledger[SERVICE] += done
    item.ledger[BATCH] += in_all - done
    item.ledger[OUTAGE] += worked - in_all
    item.ledger[CLOSED] += held - worked
    if spell.begins(task) < until:
        item.left, item.speed = spell.times[task] - done, spell.speed
