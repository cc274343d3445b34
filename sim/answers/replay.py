"""Where the cases of one office were on some days: a replication as it went, for a page to play."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sim.engines.following import Watched, watch_homes
from sim.errors import RequestError
from sim.language import date_in_words, later, say
from sim.model import (
    Activity,
    Applicant,
    Appointment,
    Delay,
    Model,
    Timetable,
    Transfer,
)
from sim.records import NOT_YET
from sim.units import DAY, SECOND
from sim.wording import did_you_mean

MOST_CASES: Final = 400_000
"""Cases that are run for a replay: more would take the reference engine many minutes."""

_TIMED: Final = Activity | Applicant | Delay | Transfer | Appointment | Timetable
_PARTS_OF_WORK: Final = (":hold", ":seen")
"""Waits before work that belong to the step of the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A stay of a case at a step: seconds since the start of the replay, None beyond its end.

    ``thread`` tells apart what goes on side by side; ``begun`` is when staff began to work on it,
    None where nobody did.
    """

    case: int
    thread: int
    step: int
    came: int
    begun: int | None
    left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the replay: its date, and whether it is a working day, a weekend or a holiday."""

    date: dt.date
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What happened to the cases of one bundle and one home office, from a day on.

    Parameters
    ----------
    start
        The first day; seconds count from its midnight, ``length`` of them.
    steps
        The names of the steps, as maps have them.
    flows
        The names of the flows: bundle, regime and channel.
    cases
        The number of each case in the run, and the index of its flow.
    moves
        By when they begin.
    open_hours
        From when until when the office is open, in seconds.
    """

    office: str
    bundle: str
    seed: int
    replication: int
    start: dt.date
    length: int
    days: tuple[Day, ...]
    open_hours: tuple[tuple[int, int], ...]
    flows: tuple[str, ...]
    steps: tuple[str, ...]
    cases: tuple[tuple[int, int], ...]
    moves: tuple[Moved, ...]

    def as_dict(self) -> dict[str, Any]:
        """All of it for JSON: a move is ``[case, thread, step, came, begun, left]``."""
        return {
            "office": self.office,
            "bundle": self.bundle,
            "seed": self.seed,
            "replication": self.replication,
            "start": self.start.isoformat(),
            "length": self.length,
            "days": [[day.date.isoformat(), day.kind] for day in self.days],
            "open": [list(each) for each in self.open_hours],
            "flows": list(self.flows),
            "steps": list(self.steps),
            "cases": [list(each) for each in self.cases],
            "moves": [[m.case, m.thread, m.step, m.came, m.begun, m.left] for m in self.moves],
        }


def replay(
    model: Model,
    *,
    bundle: str,
    office: str | None = None,
    start: dt.date | None = None,
    days: int = 14,
    seed: int = 1,
    replication: int = 0,
    on_cases: Callable[[int], None] = lambda _: None,
    on_share: Callable[[float], None] | None = None,
) -> Replay:
    """Run one replication up to the end of some days and tell where the cases of an office were.

    Parameters
    ----------
    office
        A home office of the bundle, or one above some: then these together.  By default the first
        home office.
    start
        The first day; by default that on which the measured time begins.
    on_cases
        Told how many cases are run, before they are.
    on_share
        Told which share of that run is done.

    Raises
    ------
    RequestError
        There is no such bundle or office, the days are not in the run, or too many cases would have
        to be run.
    """
    index = _named(
        later("no bundle '{name}'; {way_out}"), bundle, [each.name for each in model.bundles]
    )
    homes = _homes(model, index)
    at = (
        homes[0]
        if office is None
        else _named(later("no office '{name}'; {way_out}"), office, [o.name for o in model.offices])
    )
    homes = [home for home in homes if at in (home, *model.office_at[home].tolist())]
    if not homes:
        raise RequestError(
            say(
                "no case of '{bundle}' is at home at '{office}' or below it",
                bundle=bundle,
                office=office,
            )
        )
    first = model.warm_up_ends_at // DAY if start is None else (start - model.start).days
    last = model.horizon // DAY
    if days < 1 or first < 0 or first + days > last:
        end = model.start + dt.timedelta(days=last)
        raise RequestError(
            say(
                "{days} days from {day} on are not in the run, which goes from {start} "
                "to {end}. Give days within it.",
                days=days,
                day=date_in_words(model.start + dt.timedelta(days=first), is_plain=True),
                start=date_in_words(model.start, is_plain=True),
                end=date_in_words(end, is_plain=True),
            )
        )
    since, until = first * DAY, (first + days) * DAY

    def refuse_many(n: int) -> None:
        if n > MOST_CASES:
            raise RequestError(
                say(
                    "{n} cases would have to be run for it. Take a smaller place, or earlier days.",
                    n=n,
                )
            )
        on_cases(n)

    told = _Told(model, since, until)
    for found in watch_homes(
        model, seed=seed, replication=replication, homes=homes, bundle=index, until=until,
        on_cases=refuse_many, on_share=on_share,
    ):  # fmt: skip
        told.add(found)
    calendar = model.calendars[model.offices[at].calendar]
    opens = range(bisect_right(calendar.closes, since), bisect_left(calendar.opens, until))
    return Replay(
        office=model.offices[at].label,
        bundle=bundle,
        seed=seed,
        replication=replication,
        start=model.start + dt.timedelta(days=first),
        length=(until - since) // SECOND,
        days=tuple(_day(model, at, first + i) for i in range(days)),
        open_hours=tuple(
            (told.seconds(calendar.opens[i]), told.seconds(calendar.closes[i])) for i in opens
        ),
        flows=tuple(each.name for each in model.flows),
        steps=tuple(told.steps),
        cases=tuple(told.cases),
        moves=tuple(sorted(told.moves, key=lambda each: (each.came, each.thread))),
    )


def bundle_with_limit(model: Model) -> str:
    """The first bundle for which the law sets a limit, or else the first."""
    found = [
        flow.bundle
        for flow in model.flows
        if flow.bundle_limit is not None or any(limit is not None for limit in flow.limits)
    ]
    return model.bundles[min(found, default=0)].name


class _Told:
    """The stays of watched cases in a window of time, with names and numbers of their own."""

    def __init__(self, model: Model, since: int, until: int) -> None:
        self.model = model
        self.since = since
        self.until = until
        self.steps: dict[str, int] = {}
        self.cases: list[tuple[int, int]] = []
        self.moves: list[Moved] = []
        self.n_threads = 0

    def add(self, found: Watched) -> None:
        """Add what was watched in one part of the model."""
        items = found.found.work_items
        begun = dict(
            zip(
                zip(*(items[name].tolist() for name in ("case", "activity", "ready_at")),
                    strict=True),
                items["started_at"].tolist(),
                strict=True,
            )
        )  # fmt: skip
        number = dict(zip(found.rows.tolist(), found.numbers.tolist(), strict=True))
        known: dict[int, int] = {}
        threads: dict[int, int] = {}
        for stay in sorted(found.found.stays, key=lambda each: each.came_at):
            element = self.model.elements[stay.element]
            left_at = self.until if stay.left_at == NOT_YET else stay.left_at
            if not isinstance(element, _TIMED) or left_at <= max(stay.came_at, self.since):
                continue
            if stay.case not in known:
                known[stay.case] = len(self.cases)
                self.cases.append((number[stay.case], int(found.cases.flow[stay.case])))
            at = begun.get((stay.case, stay.element, stay.came_at), NOT_YET)
            self.moves.append(
                Moved(
                    case=known[stay.case],
                    thread=threads.setdefault(stay.token, self.n_threads + len(threads)),
                    step=self.steps.setdefault(_step(element.name), len(self.steps)),
                    came=self.seconds(stay.came_at),
                    begun=None if at == NOT_YET or at >= self.until else self.seconds(at),
                    left=None if stay.left_at == NOT_YET else self.seconds(stay.left_at),
                )
            )
        self.n_threads += len(threads)

    def seconds(self, at: int) -> int:
        """Seconds since the start, within the replay."""
        return (min(max(at, self.since), self.until) - self.since) // SECOND


def _step(name: str) -> str:
    """The step of a map to which an element belongs."""
    for part in _PARTS_OF_WORK:
        name = name.removesuffix(part)
    return name


def _homes(model: Model, bundle: int) -> list[int]:
    """The home offices of a bundle, in their order."""
    found: set[int] = set()
    for demand in model.demands:
        if demand.bundle == bundle:
            found |= set(demand.homes.tolist())
    if model.case_list is not None:
        table = model.case_list
        mine = [model.flows[flow].bundle == bundle for flow in table.flow.tolist()]
        found |= {int(home) for home, is_mine in zip(table.home, mine, strict=True) if is_mine}
    return sorted(found)


def _day(model: Model, office: int, day: int) -> Day:
    date = model.start + dt.timedelta(days=day)
    calendar = model.calendars[model.offices[office].calendar]
    if calendar.open_between(day * DAY, (day + 1) * DAY):
        return Day(date=date, kind="open")
    return Day(date=date, kind="weekend" if date.weekday() >= 5 else "holiday")


def _named(words: str, name: str, known: list[str]) -> int:
    if name not in known:
        raise RequestError(say(words, name=name, way_out=did_you_mean(name, known)))
    return known.index(name)
