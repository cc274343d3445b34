"""What is learnt from a log, as data: every value with what it was found from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sim.analysis.estimate import Interval
from sim.logs.learning.absences import Absence
from sim.logs.learning.change import Change
from sim.logs.learning.hours import Hours
from sim.logs.learning.people import Group
from sim.logs.learning.times import Times
from sim.logs.learning.tree import Node
from sim.logs.learning.waits import Wait
from sim.logs.learning.ways_back import EarlyEnd, WayBack


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntStep:
    """A step of a flow.

    Parameters
    ----------
    times
        Of the work, in minutes of time on duty; None where the log does not tell.
    bound
        Minutes that the work takes at most on average, where the log has ends alone.
    wait
        What comes before it and is no queue.
    """

    name: str
    role: str
    times: Times | None
    bound: float
    wait: Wait | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A later due date, which ``count`` of ``out_of`` cases have.

    Parameters
    ----------
    days
        Working days by which it is later, of the middle one of these cases.
    wait
        Before the end of these cases.
    """

    days: int
    count: int
    out_of: int
    wait: Wait | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What lies before the end of a case.

    Parameters
    ----------
    wait
        Behind the last step; of the cases whose due date is not another.
    by_filing
        Whether it counts from filing on, beside all steps: the case ends with the later of both.
    extension
        Of the cases whose due date is later, where the log has ends alone and nothing else tells.
    """

    wait: Wait | None
    by_filing: bool = False
    extension: Extension | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntFlow:
    """The way of the cases of one channel.

    Parameters
    ----------
    backs
        Ways back, each with the wait on it.
    n_replayed
        How many of ``n_ended`` cases the flow can replay: their steps, each once, in an order that
        it allows, and no repetition but by its ways back.
    """

    channel: str
    n_cases: int
    tree: Node
    steps: Mapping[str, LearntStep]
    backs: tuple[tuple[WayBack, Wait | None], ...]
    ends: tuple[EarlyEnd, ...]
    ending: Ending
    n_replayed: int
    n_ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntLimit:
    """The legal limit that due dates show: working days, and how many of the cases have it.

    ``on_weekdays`` is whether they are days of the week on which the office works, its holidays and
    other closed days among them.
    """

    days: int
    cut_off: int
    count: int
    out_of: int
    on_weekdays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntBundle:
    """A bundle: how many cases a year, on which channels, and their flows.

    ``filed_while_open`` has, of each channel, how many cases were filed in the hours of the office.
    """

    name: str
    n_cases: int
    a_year: Interval
    channels: Mapping[str, Interval]
    filed_while_open: Mapping[str, Interval]
    flows: tuple[LearntFlow, ...]
    limit: LearntLimit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """All that is learnt from a log.

    Parameters
    ----------
    file
        The log.
    first, last
        The days of its first and last filing.
    home
        The office at which cases are filed; the others are those to which they go.
    absences
        By name of a group, how much its people are away; without those of whom none can be missed.
    lacking
        What cannot be learnt from it, and what stands in its place.
    change
        Where cases go otherwise since a day: shares and waits are those of the cases since.
    weekdays
        By channel, how much is filed on each day of the week beside the mean, from Monday on; of
        those on which days differ by more than chance.
    weeks
        Within which 95 % of the cases end.
    """

    file: str
    first: dt.date
    last: dt.date
    hours: Hours
    groups: tuple[Group, ...]
    absences: Mapping[str, Absence]
    has_roles: bool
    home: str
    offices: tuple[str, ...]
    bundles: tuple[LearntBundle, ...]
    lacking: tuple[str, ...]
    change: Change | None
    weekdays: Mapping[str, tuple[float, ...]]
    weeks: int
