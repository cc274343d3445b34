"""Turns what a scenario says of systems into when they are up, and when they are slow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sim.distributions import Distribution, Exponential, sampler
from sim.errors import ValueFault
from sim.language import say
from sim.outages import FULL, Renewal, System
from sim.scenario.faults import Faults
from sim.scenario.resolve.times.period import by_day, series_of
from sim.scenario.resolve.times.timing import Timing
from sim.scenario.schema.sections import ScenarioSpec
from sim.scenario.schema.staff import SlowSpec, SystemSpec
from sim.scenario.text.tree import Path
from sim.streams import STREAM_BITS, name_key
from sim.units import SECOND

_MOST_SPELLS: Final = 1_000_000
"""Of one system: all are drawn before a run, so more would fill the memory."""


def systems_of(spec: ScenarioSpec, timing: Timing, faults: Faults) -> tuple[System, ...]:
    """The systems in the order written; their indices are those of the model."""
    return tuple(_system(name, each, timing, faults) for name, each in spec.systems.items())


def _system(name: str, spec: SystemSpec, timing: Timing, faults: Faults) -> System:
    path = ("systems", name)
    planned = [
        timing.stretch(each.start, each.end, (*path, "planned", number))
        for number, each in enumerate(spec.planned)
    ]
    slow = spec.slow
    return System(
        name=name,
        stream=name_key("system/" + name, STREAM_BITS),
        outages=_outages(spec, timing, path, faults),
        planned=tuple(sorted(planned)),
        slow=None if slow is None else _slow(slow, timing, (*path, "slow"), faults),
        factor=FULL if slow is None else round(slow.factor * FULL),
    )


def _outages(spec: SystemSpec, timing: Timing, path: Path, faults: Faults) -> Renewal | None:
    """Outages by chance (T4)."""
    duration = None
    if spec.outage is not None:
        duration = timing.parsed(spec.outage, (*path, "outage"))
    days, up = by_day(series_of(spec.up, timing.time))
    if min(up) == 0:
        faults.add((*path, "up"), say("a system that is never up"), say("Give a share above 0 %."))
    elif min(up) < 1 and spec.outage is None:
        faults.add(
            path,
            say("`up` is below 100 %, but not how long an outage lasts"),
            say("Add outage: 2 h."),
        )
    elif min(up) < 1 and duration is not None:
        outage = duration[0]
        between = _between(up, outage)
        if _too_many(between, outage, timing):
            faults.add(
                path,
                say(
                    "is down more than {most} times in the simulated time",
                    most=_MOST_SPELLS,
                ),
                say("Give a longer outage."),
            )
        elif 0 < min(between) < SECOND:
            message = say("is up for less than a second between two outages")
            faults.add((*path, "up"), message, say("Give a higher share."))
        return _renewal(days, between, outage, (*path, "outage"), faults)
    return None


def _slow(spec: SlowSpec, timing: Timing, path: Path, faults: Faults) -> Renewal | None:
    """Times in which it is slow (Y1)."""
    duration = timing.parsed(spec.spell, (*path, "spell"))
    days, slow = by_day(series_of(spec.share, timing.time))
    if max(slow) == 1:
        faults.add(
            (*path, "share"), say("a system that is always slow"), say("Give a share below 100 %.")
        )
    elif max(slow) > 0 and duration is not None:
        spell = duration[0]
        between = _between([1 - share for share in slow], spell)
        if _too_many(between, spell, timing):
            faults.add(
                path,
                say(
                    "is slow more than {most} times in the simulated time",
                    most=_MOST_SPELLS,
                ),
                say("Give a longer spell."),
            )
        elif 0 < min(between) < SECOND:
            message = say("is fast for less than a second between two slow spells")
            faults.add((*path, "share"), message, say("Give a lower share."))
        return _renewal(days, between, spell, (*path, "spell"), faults)
    return None


def _between(good_shares: Sequence[float], bad: Distribution) -> tuple[float, ...]:
    """Mean good times in microseconds: their share is E(good) / (E(good) + E(bad))."""
    return tuple(bad.mean * good / (1 - good) if good < 1 else math.inf for good in good_shares)


def _too_many(between: Sequence[float], bad: Distribution, timing: Timing) -> bool:
    return bad.mean > 0 and (min(between) + bad.mean) * _MOST_SPELLS < timing.time.horizon


def _renewal(
    days: tuple[int, ...],
    between: Sequence[float],
    bad: Distribution,
    path: Path,
    faults: Faults,
) -> Renewal | None:
    """Good times and bad ones in turn; ``between`` are the means of good times, by day."""
    try:
        good = tuple(
            sampler(Exponential(mean=mean)) if math.isfinite(mean) else None for mean in between
        )
        return Renewal(from_days=days, good=good, bad=sampler(bad))
    except ValueFault as fault:
        faults.take(path, fault)
        return None
