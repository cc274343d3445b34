"""Puts the story of a case into words, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from sim.answers.story import Event, Kind, Story, Work
from sim.model import LedgerPart
from sim.records import NOT_YET, UNKNOWN
from sim.report.words import PARTS, capital, counted, listed, number
from sim.units import format_duration
from sim.wording import visible

_WAITS: Final = {
    LedgerPart.TIMETABLE: "it waited {time} for a set time ({step})",
    LedgerPart.TRANSFER: "its data were under way for {time} ({step})",
    LedgerPart.OUTAGE: "a system that was down or slow held it up for {time}",
    LedgerPart.APPLICANT: "it waited {time} for the applicant ({step})",
    LedgerPart.APPOINTMENT: "it waited {time} for the day on the result slip",
    LedgerPart.DELAY: "{step} took {time}",
    LedgerPart.UNSEEN: "nobody looked in for {time} ({step})",
    LedgerPart.HELD: "it was left for {time} until shortly before it was due ({step})",
}
_PAUSES: Final = {
    LedgerPart.OUTAGE: "a system was down or slow for {time}",
    LedgerPart.BATCH: "others of the same batch were worked on for {time}",
    LedgerPart.ABSENCE: "somebody who was away had put it down for {time}",
}
_OF_CLOCKS: Final = {
    Kind.RECEIVED: "{subject} was filed: its legal clock started",
    Kind.STOPPED: "something was missing for {subject}: its legal clock was stopped",
    Kind.RESUMED: "what was missing for {subject} came: its legal clock went on",
    Kind.RESULT: "the result of {subject} was there",
}


def story_lines(story: Story) -> tuple[str, ...]:
    """The story of a case: who, where, which step, what was waited for; then where the time went.

    Instants are shown by the minute, lengths to the nearest second.
    """
    kept = story.kept
    head = (
        f"Case {kept.number}: {story.bundle}, {story.channel}, {story.home}",
        f"{story.title}: {kept.cell['name']}, replication {kept.replication}, seed {story.seed}",
        "",
    )
    lines = chain(head, _Telling(story).lines(), _sums(story))
    return tuple(visible(line.replace("\n", " ")) if line else "" for line in lines)


class _Telling:
    """Tells event after event; the date stands where it is another than before."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.date: dt.date | None = None

    def lines(self) -> Iterator[str]:
        row = self.story.row
        if row["received_at"] not in (NOT_YET, UNKNOWN) and row["received_at"] < row["arrives_at"]:
            since = _day(self.story.start + dt.timedelta(microseconds=row["received_at"]))
            yield f"It had been received on {since}, and was under way when the run began."
        branch: tuple[int, ...] = ()
        for event in self.story.events:
            mark = "  "
            if event.branch != branch:
                branch, self.date = event.branch, None
                mark = f"{branch[-1]}." if branch else mark
            when = capital(self.when(event.begins_at))
            indent = f"{'   ' * (len(branch) - 1)}{mark} " if branch else ""
            yield f"{indent}{when} {self.words(event)}."
        if self.story.is_open:
            yield "When the run ended, the case was still open."
        if self.story.lacking:
            yield self.story.lacking

    def when(self, at: int) -> str:
        """An instant: with its date, where that is not the one named last."""
        day, time = self.day_and_time(at)
        return f"on {day} at {time}" if day else f"at {time}"

    def until(self, at: int) -> str:
        """An instant to which something lasted."""
        day, time = self.day_and_time(at)
        return f"until {day} at {time}" if day else f"until {time}"

    def day_and_time(self, at: int) -> tuple[str, str]:
        """The date of an instant, empty for the one named last, and the time of day."""
        then = dt.datetime.combine(self.story.start, dt.time()) + dt.timedelta(microseconds=at)
        is_known, self.date = then.date() == self.date, then.date()
        return "" if is_known else _day(then.date()), f"{then:%H:%M}"

    def words(self, event: Event) -> str:
        if event.work is not None:
            return self.work(event, event.work)
        if event.kind in _OF_CLOCKS:
            return _OF_CLOCKS[event.kind].format(subject=event.subject)
        match event.kind:
            case Kind.APPLICANT:
                return self.applicant(event)
            case Kind.EXTENDED:
                days = counted(event.number, "working day")
                return f"the limit of {event.subject} was extended by {days}"
            case Kind.PAID:
                place = "online" if event.is_online else "at the counter"
                return f"the applicant paid {_fee(event.number, self.story)} {place}"
            case Kind.SPLIT:
                return f"{event.number} things began to go on side by side"
            case Kind.JOINED:
                return "all that went on side by side was over"
            case Kind.ENDED if event.subject:
                return f"this ended: {event.subject}"
            case Kind.ENDED:
                return f"the case ended: {self.story.outcome}"
        return self.wait(event)

    def work(self, event: Event, work: Work) -> str:
        again = f", for the {_ordinal(work.visit + 1)} time" if work.visit else ""
        words = f"it came to {work.office} for {_step(event.step)} ({work.role}){again}"
        if work.started_at is None:
            return f"{words}; nobody had begun it when the run ended"
        wait = work.started_at - event.begins_at
        queued = event.parts[LedgerPart.QUEUE]
        closed = wait - queued if any(event.parts) else 0
        if not wait:
            words += "; somebody was free at once"
        else:
            why = "it waited for staff, or for others of its batch," if work.is_batched else ""
            reasons = [f"{why or 'nobody was free, so it waited'} {_time(queued)}"] * bool(queued)
            reasons += [f"the office was closed for {_time(closed)}"] * bool(closed)
            words += f"; {listed(reasons or [f'it waited {_time(wait)}'])}"
        if event.ends_at is None:
            began = self.when(work.started_at)
            return f"{words}. Work began {began} and was not done when the run ended"
        return f"{words}. {self.done(event, work, work.started_at, event.ends_at, closed)}"

    def done(self, event: Event, work: Work, started_at: int, ends_at: int, closed: int) -> str:
        """How begun work went on: its own time, and what it was held up by."""
        began, done = self.when(started_at), self.when(ends_at)
        words = f"Work began {began}, and {work.staff} was done {done}"
        if not any(event.parts):
            return words
        parts = [f"{_time(event.parts[LedgerPart.SERVICE])} of work"]
        pause = event.parts[LedgerPart.CLOSED] - closed
        parts += [f"the office was closed for {_time(pause)}"] * bool(pause)
        parts += [
            text.format(time=_time(event.parts[part]))
            for part, text in _PAUSES.items()
            if event.parts[part]
        ]
        return f"{words}: {listed(parts)}"

    def applicant(self, event: Event) -> str:
        is_supplement = event.step.endswith(":supplement")
        what = "to complete the dossier" if is_supplement else _step(event.step)
        words = f"the applicant began {what}"
        if event.ends_at is None:
            return f"{words}, and was not done when the run ended"
        time = event.ends_at - event.begins_at
        if not event.is_in_time:
            return f"{words}; after {_time(time)} the time allowed was over"
        words += f"; it took {_time(time)}" if time else ""
        counts = [
            counted(n, noun)
            for n, noun in ((event.n_trips, "trip"), (event.n_copies, "copy to make"))
            if n
        ]
        if event.n_given:
            counts.append(f"the information given {_times(event.n_given)}")
        words += f" ({listed(counts)})" if counts else ""
        return f"{words}, {self.until(event.ends_at)}" if time else words

    def wait(self, event: Event) -> str:
        step = _step(event.step)
        if event.ends_at is None:
            return f"it came to {step}, and was there when the run ended"
        reasons = [
            text.format(time=_time(event.parts[part]), step=step)
            for part, text in _WAITS.items()
            if event.parts[part]
        ]
        return f"{listed(reasons)}, {self.until(event.ends_at)}"


def _sums(story: Story) -> Iterator[str]:
    """Where the time went, and what the case asked of its applicant."""
    row = story.row
    if not story.is_open:
        yield ""
        yield f"Where the time went, {_time(story.time)} in all:"
        for words, time in zip(PARTS.values(), story.ledger, strict=True):
            if time:
                yield f"  {words}: {_time(time)}"
        if any(event.kind is Kind.SPLIT for event in story.events):
            yield "  Of what went on side by side, the time of what came last counts."
    yield ""
    if row["working_days"] != UNKNOWN:
        received = story.start + dt.timedelta(days=row["received_day"])
        yield f"By law: received on {_day(received)}, {_days(row)}."
    burden = [
        counted(row["n_trips"], "trip"),
        f"{_time(row['own_time'])} of own time",
        f"the information given {_times(row['n_given'])}",
    ]
    burden += [counted(row["n_copies"], "copy", "copies")] * bool(row["n_copies"])
    burden += [f"{_fee(row['fees'], story)} in fees"] * bool(row["n_paid"])
    yield f"The applicant: {listed(burden)}."


def _days(row: Mapping[str, int]) -> str:
    words = f"{counted(row['working_days'], 'working day')} until the last result"
    if row["stopped_days"]:
        words += f", besides {row['stopped_days']} for which the clock stood still"
    return words + (f", of {row['limit_days']} allowed" if row["limit_days"] != UNKNOWN else "")


def _day(day: dt.date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def _time(microseconds: int) -> str:
    return format_duration(microseconds)


def _step(name: str) -> str:
    return f"“{name.replace('_', ' ').replace(':', ': ')}”"


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def _ordinal(n: int) -> str:
    return {2: "second", 3: "third"}.get(n, f"{n}th")


def _fee(fee: int, story: Story) -> str:
    return f"{number(fee)} {story.currency}".rstrip()
