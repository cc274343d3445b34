"""What an answer hangs on, as data: what moves it, by how much, and where a verdict would turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sim.analysis.estimate import Interval
from sim.analysis.sensitivity import Shares
from sim.scenario import Entry
from sim.scenario.ranges.factors import Factor


class Line(StrEnum):
    """What a verdict is about."""

    TARGET = "target"
    CLAIM = "claim"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One of the figures that are asked about: a cell's, or the difference of two.

    Parameters
    ----------
    name
        The cell, or ``A less B``.
    written
        Its mean with everything as written.
    """

    name: str
    written: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A line that an outcome is held against; ``value`` in the unit of the KPI.

    ``outcome`` is an index; ``source`` says whose line it is.
    """

    outcome: int
    line: Line
    value: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an answer is moved by as one factor has another value.

    Parameters
    ----------
    setting
        The value, as ``--set`` takes it.
    amount
        In the unit of the factor's stretch; None for a choice.
    moved
        By outcome, what it is moved by, paired by replication (R1).
    nearer
        Why the value is not the end of the range, but nearer to what is written; empty if it is.
    is_idle
        Whether no model is another one with it: then nothing is moved at all.
    """

    setting: str
    amount: float | None
    moved: tuple[Interval, ...]
    nearer: str = ""
    is_idle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where a verdict turns as one factor moves.

    Parameters
    ----------
    at
        The amount, in the unit of the factor's stretch; None where ``choices`` turn it.
    setting
        What is written at this amount; empty for choices.
    low_setting, high_setting
        What is written at the ends of the interval of ``at``.
    choices
        The values that turn it, as ``--set`` takes them.
    """

    verdict: Verdict
    at: Interval | None = None
    setting: str = ""
    low_setting: str = ""
    high_setting: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A factor and what it does.

    Parameters
    ----------
    effects
        One for each end of its range, or each of its choices; empty where none could be run.
    refused
        Why not, for each that could not.
    shares
        By outcome, the shares of the variance, None where no factor moves it by more than luck;
        empty where it was not among the few.
    turns
        The verdicts that it can turn alone.
    """

    factor: Factor
    effects: tuple[Effect, ...]
    refused: tuple[str, ...] = ()
    shares: tuple[Shares | None, ...] = ()
    turns: tuple[Turn, ...] = ()

    def reach(self, outcome: int) -> float:
        """The largest effect on an outcome, without its sign."""
        return max((abs(each.moved[outcome].mean) for each in self.effects), default=0.0)

    def is_told_apart(self, outcome: int) -> bool:
        """Whether the interval of an effect on an outcome leaves out 0."""
        return any(not each.moved[outcome].holds(0) for each in self.effects)

    @property
    def is_idle(self) -> bool:
        """Whether no model changes with it."""
        return all(each.is_idle for each in self.effects)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HangsOn:
    """What an answer hangs on.

    Parameters
    ----------
    unit
        Of the KPI.
    only
        Patterns of what was moved; empty for everything.
    outcomes
        The cell; with a baseline both cells, and their difference last.
    weighed
        Every factor, in the order of the scenario; see :meth:`ranked`.
    unmoved
        Assumed values without an amount and without a range: nothing moved them.
    replications, screened_with
        How many there are of each point of the leading factors, and of every other point.
    n_blocks, n_blocks_left_out
        Of the design of the shares, and those of them in which staff could not keep up.
    n_runs
        Replications that were run.
    """

    title: str
    command: str
    kpi: str
    unit: str
    group: str
    group_label: str
    outcomes: tuple[Outcome, ...]
    weighed: tuple[Weighed, ...]
    unmoved: tuple[Entry, ...]
    verdicts: tuple[Verdict, ...]
    replications: int
    screened_with: int
    n_blocks: int
    n_blocks_left_out: int
    seed: int
    engine: str
    n_runs: int
    elapsed: float
    versions: Mapping[str, str]
    only: tuple[str, ...] = ()

    def ranked(self, outcome: int = -1) -> tuple[Weighed, ...]:
        """The factors that move a model, the one that moves an outcome most first.

        Parameters
        ----------
        outcome
            An index; by default the last: the difference, where there is one.
        """
        place = outcome % len(self.outcomes)
        found = [each for each in self.weighed if not each.is_idle]
        return tuple(sorted(found, key=lambda each: -each.reach(place)))

    @property
    def idle(self) -> tuple[Weighed, ...]:
        """The factors that can be moved without any model becoming another."""
        return tuple(each for each in self.weighed if each.effects and each.is_idle)

    @property
    def refused(self) -> Iterator[tuple[Factor, str]]:
        """The factors of which a value could not be run, and why."""
        return ((each.factor, why) for each in self.weighed for why in each.refused)
