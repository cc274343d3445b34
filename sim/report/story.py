"""Puts the story of a case into words, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from sim.answers.story import Event, Kind, Story, Work
from sim.language import ENGLISH, language, later, say, say_of_scenario, weekday_in_words
from sim.model import LedgerPart
from sim.records import NOT_YET, UNKNOWN
from sim.report.view import in_words
from sim.report.words import PARTS, capital, counted, duration, listed, number
from sim.wording import visible

_WAITS: Final = {
    LedgerPart.TIMETABLE: later("it waited {time} for a set time ({step})"),
    LedgerPart.TRANSFER: later("its data were under way for {time} ({step})"),
    LedgerPart.OUTAGE: later("a system that was down or slow held it up for {time}"),
    LedgerPart.APPLICANT: later("it waited {time} for the applicant ({step})"),
    LedgerPart.APPOINTMENT: later("it waited {time} for the day on the result slip"),
    LedgerPart.DELAY: later("{step} took {time}"),
    LedgerPart.UNSEEN: later("nobody looked in for {time} ({step})"),
    LedgerPart.HELD: later("it was left for {time} until shortly before it was due ({step})"),
}
_PAUSES: Final = {
    LedgerPart.OUTAGE: later("a system was down or slow for {time}"),
    LedgerPart.BATCH: later("others of the same batch were worked on for {time}"),
    LedgerPart.ABSENCE: later("somebody who was away had put it down for {time}"),
}
_OF_CLOCKS: Final = {
    Kind.RECEIVED: later("{subject} was filed: its legal clock started"),
    Kind.STOPPED: later("something was missing for {subject}: its legal clock was stopped"),
    Kind.RESUMED: later("what was missing for {subject} came: its legal clock went on"),
    Kind.RESULT: later("the result of {subject} was there"),
}


def story_lines(story: Story) -> tuple[str, ...]:
    """The story of a case: who, where, which step, what was waited for; then where the time went.

    Instants are shown by the minute, lengths to the nearest second.
    """
    kept = story.kept
    head = (
        say(
            "Case {n}: {bundle}, {channel}, {home}",
            n=kept.number,
            bundle=say_of_scenario(story.bundle),
            channel=say_of_scenario(story.channel),
            home=story.home,
        ),
        say(
            "{title}: {cell}, replication {replication}, seed {seed}",
            title=say_of_scenario(story.title),
            cell=say_of_scenario(kept.cell["name"]),
            replication=kept.replication,
            seed=story.seed,
        ),
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
            yield say(
                "It had been received on {day}, and was under way when the run began.", day=since
            )
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
            yield say("When the run ended, the case was still open.")
        if self.story.lacking:
            yield self.story.lacking

    def when(self, at: int) -> str:
        """An instant: with its date, where that is not the one named last."""
        day, time = self.day_and_time(at)
        return say("on {day} at {time}", day=day, time=time) if day else say("at {time}", time=time)

    def until(self, at: int) -> str:
        """An instant to which something lasted."""
        day, time = self.day_and_time(at)
        if day:
            return say("until {day} at {time}", day=day, time=time)
        return say("until {time}", time=time)

    def day_and_time(self, at: int) -> tuple[str, str]:
        """The date of an instant, empty for the one named last, and the time of day."""
        then = dt.datetime.combine(self.story.start, dt.time()) + dt.timedelta(microseconds=at)
        is_known, self.date = then.date() == self.date, then.date()
        return "" if is_known else _day(then.date()), f"{then:%H:%M}"

    def words(self, event: Event) -> str:
        if event.work is not None:
            return self.work(event, event.work)
        if event.kind in _OF_CLOCKS:
            return say(_OF_CLOCKS[event.kind], subject=say_of_scenario(event.subject))
        match event.kind:
            case Kind.APPLICANT:
                return self.applicant(event)
            case Kind.EXTENDED:
                days = counted(event.number, "working day")
                return say(
                    "the limit of {subject} was extended by {days}",
                    subject=say_of_scenario(event.subject),
                    days=days,
                )
            case Kind.PAID:
                fee = _fee(event.number, self.story)
                if event.is_online:
                    return say("the applicant paid {fee} online", fee=fee)
                return say("the applicant paid {fee} at the counter", fee=fee)
            case Kind.SPLIT:
                return say("{n} things began to go on side by side", n=event.number)
            case Kind.JOINED:
                return say("all that went on side by side was over")
            case Kind.ENDED if event.subject:
                return say("this ended: {subject}", subject=say_of_scenario(event.subject))
            case Kind.ENDED:
                return say("the case ended: {outcome}", outcome=_outcome(self.story.outcome))
        return self.wait(event)

    def work(self, event: Event, work: Work) -> str:
        again = say(", for the {nth} time", nth=_ordinal(work.visit + 1)) if work.visit else ""
        words = say(
            "it came to {office} for {step} ({role}){again}",
            office=work.office,
            step=_step(event.step),
            role=say_of_scenario(work.role),
            again=again,
        )
        if work.started_at is None:
            return words + say("; nobody had begun it when the run ended")
        wait = work.started_at - event.begins_at
        queued = event.parts[LedgerPart.QUEUE]
        closed = wait - queued if any(event.parts) else 0
        if not wait:
            words += say("; somebody was free at once")
        else:
            reasons = []
            if queued and work.is_batched:
                time = _time(queued)
                reasons += [
                    say("it waited for staff, or for others of its batch, {time}", time=time)
                ]
            elif queued:
                reasons += [say("nobody was free, so it waited {time}", time=_time(queued))]
            reasons += [_closed(closed)] * bool(closed)
            words += f"; {listed(reasons or [say('it waited {time}', time=_time(wait))])}"
        if event.ends_at is None:
            began = self.when(work.started_at)
            return f"{words}. " + say(
                "Work began {began} and was not done when the run ended", began=began
            )
        return f"{words}. {self.done(event, work, work.started_at, event.ends_at, closed)}"

    def done(self, event: Event, work: Work, started_at: int, ends_at: int, closed: int) -> str:
        """How begun work went on: its own time, and what it was held up by."""
        began, done = self.when(started_at), self.when(ends_at)
        words = say(
            "Work began {began}, and {staff} was done {done}",
            began=began,
            staff=work.staff,
            done=done,
        )
        if not any(event.parts):
            return words
        parts = [say("{time} of work", time=_time(event.parts[LedgerPart.SERVICE]))]
        pause = event.parts[LedgerPart.CLOSED] - closed
        parts += [_closed(pause)] * bool(pause)
        parts += [
            say(text, time=_time(event.parts[part]))
            for part, text in _PAUSES.items()
            if event.parts[part]
        ]
        return f"{words}: {listed(parts)}"

    def applicant(self, event: Event) -> str:
        is_supplement = event.step.endswith(":supplement")
        words = (
            say("the applicant began to complete the dossier")
            if is_supplement
            else say("the applicant began {step}", step=_step(event.step))
        )
        if event.ends_at is None:
            return words + say(", and was not done when the run ended")
        time = event.ends_at - event.begins_at
        if not event.is_in_time:
            return words + say("; after {time} the time allowed was over", time=_time(time))
        words += say("; it took {time}", time=_time(time)) if time else ""
        counts = [counted(event.n_trips, "trip")] * bool(event.n_trips)
        counts += [counted(event.n_copies, "copy to make", "copies to make")] * bool(event.n_copies)
        if event.n_given:
            counts.append(_given(event.n_given))
        words += f" ({listed(counts)})" if counts else ""
        return f"{words}, {self.until(event.ends_at)}" if time else words

    def wait(self, event: Event) -> str:
        step = _step(event.step)
        if event.ends_at is None:
            return say("it came to {step}, and was there when the run ended", step=step)
        reasons = [
            say(text, time=_time(event.parts[part]), step=step)
            for part, text in _WAITS.items()
            if event.parts[part]
        ]
        return f"{listed(reasons)}, {self.until(event.ends_at)}"


def _sums(story: Story) -> Iterator[str]:
    """Where the time went, and what the case asked of its applicant."""
    row = story.row
    if not story.is_open:
        yield ""
        yield say("Where the time went, {time} in all:", time=_time(story.time))
        for words, time in zip(PARTS.values(), story.ledger, strict=True):
            if time:
                yield f"  {words}: {_time(time)}"
        if any(event.kind is Kind.SPLIT for event in story.events):
            yield "  " + say("Of what went on side by side, the time of what came last counts.")
    yield ""
    if row["working_days"] != UNKNOWN:
        received = story.start + dt.timedelta(days=row["received_day"])
        yield say("By law: received on {day}, {days}.", day=_day(received), days=_days(row))
    burden = [
        counted(row["n_trips"], "trip"),
        say("{time} of own time", time=_time(row["own_time"])),
        _given(row["n_given"]),
    ]
    burden += [counted(row["n_copies"], "copy", "copies")] * bool(row["n_copies"])
    burden += [say("{fee} in fees", fee=_fee(row["fees"], story))] * bool(row["n_paid"])
    yield say("The applicant: {burden}.", burden=listed(burden))


def _days(row: Mapping[str, int]) -> str:
    words = say("{days} until the last result", days=counted(row["working_days"], "working day"))
    if row["stopped_days"]:
        words += say(", besides {n} for which the clock stood still", n=row["stopped_days"])
    if row["limit_days"] == UNKNOWN:
        return words
    return words + say(", of {n} allowed", n=row["limit_days"])


def _day(day: dt.date) -> str:
    return weekday_in_words(day)


def _time(microseconds: int) -> str:
    return duration(microseconds)


def _closed(microseconds: int) -> str:
    return say("the office was closed for {time}", time=_time(microseconds))


def _step(name: str) -> str:
    verb, colon, about = name.partition(":")
    return f"“{in_words(verb)}: {in_words(about)}”" if colon else f"“{in_words(name)}”"


def _outcome(name: str) -> str:
    return say_of_scenario(name)


def _given(n: int) -> str:
    """How often the applicant gave the information."""
    if n == 1:
        return say("the information given once")
    if n == 2:
        return say("the information given twice")
    return say("the information given {n} times", n=n)


def _ordinal(n: int) -> str:
    if language() != ENGLISH:
        return str(n)
    return {2: "second", 3: "third"}.get(n, f"{n}th")


def _fee(fee: int, story: Story) -> str:
    return f"{number(fee)} {story.currency}".rstrip()
