"""What is learnt from a log, as data: every value with what it was found from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sim.analysis.estimate import Interval
from sim.logs.learning.absences import Absence
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
class LearntFlow:
    """The way of the cases of one channel.

    Parameters
    ----------
    backs
        Ways back, each with the wait on it.
    wait_at_end
        Between the last step and the end of the case.
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
    wait_at_end: Wait | None
    n_replayed: int
    n_ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntLimit:
    """The legal limit that due dates show: working days, and how many of the cases have it."""

    days: int
    cut_off: int
    count: int
    out_of: int


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
