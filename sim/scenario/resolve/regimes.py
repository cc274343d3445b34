"""Finds which regime is in force when, and as which channel a case is served in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sim.language import date_in_words, later, say
from sim.scenario.faults import Faults
from sim.scenario.resolve.shares import Shares, shares_of
from sim.scenario.resolve.times.period import Range
from sim.scenario.schema.bundles import BundleSpec
from sim.scenario.schema.values import Condition
from sim.scenario.text.tree import Path
from sim.units import DAY
from sim.wording import did_you_mean, percent

DATED: Final = "dated"
FROM_EVER: Final = -1_000_000
"""The day index of what holds without a beginning, long before any calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How the cases of a bundle are served.

    ``regimes[i]`` is in force from day ``from_days[i]`` on. ``served_as`` gives, for each regime,
    the channel whose steps each channel goes through. ``shares`` are those of the channels that
    the model keeps: one that every regime in force during the run serves as the same other has
    its share merged into that, by ``kept_as``, so that models with other shares of it are equal.
    """

    from_days: tuple[int, ...]
    regimes: tuple[str, ...]
    served_as: Mapping[str, Mapping[str, str]]
    shares: Shares
    kept_as: Mapping[str, str]
    only_if: Mapping[str, Condition]
    rest: str

    def regime_on(self, day: int) -> str:
        """The regime in force on a day; before the first, the first."""
        return self.regimes[max(bisect_right(self.from_days, day) - 1, 0)]


def service_of(bundle: str, spec: BundleSpec, time: Range, faults: Faults) -> Service | None:
    """Read the regimes and channels of a bundle; None after a fault that leaves nothing to use."""
    n_faults = len(faults.found)
    in_force = _regimes(bundle, spec, time, faults)
    if in_force is None:
        return None
    from_days, regimes = in_force
    last_day = -(-time.horizon // DAY) - 1
    first = max(bisect_right(from_days, 0) - 1, 0)
    during = regimes[first : max(bisect_right(from_days, last_day), first + 1)]

    path: Path = ("bundles", bundle)
    shares = _shares(bundle, spec, during, time, faults)
    if shares is None:
        return None
    served: dict[str, dict[str, str]] = {}
    for name, regime in spec.regimes.items():
        where = (*path, "regimes", name)
        for channel in regime.channels if spec.channels else ():
            faults.knows((*where, channel), later("channel"), channel, spec.channels)
        served[name] = {}
        for channel in dict.fromkeys((*shares.of, *regime.channels)):
            steps_of = _served_as(channel, regime.channels, where, faults)
            if steps_of is not None:
                served[name][channel] = steps_of
            elif shares.most(channel) > 0 and name in during and channel not in regime.channels:
                faults.add(
                    where,
                    say(
                        "says nothing of channel '{channel}', on which {share} of the cases are "
                        "filed",
                        channel=channel,
                        share=percent(shares.most(channel)),
                    ),
                    say(
                        "Give its steps, or write {channel}: OTHER to serve it as another channel.",
                        channel=channel,
                    ),
                )
    if len(faults.found) > n_faults:
        return None
    kept_as = {}
    for channel in shares.of:
        targets = {served[name].get(channel, "") for name in during}
        # One without a share need not be offered; then no case is on it.
        if "" in targets:
            kept_as[channel] = ""
        else:
            kept_as[channel] = targets.pop() if len(targets) == 1 else channel
    merged: dict[str, tuple[float, ...]] = {}
    only_if: dict[str, Condition | None] = {}
    for channel, share in shares.of.items():
        kept, asked = kept_as[channel], _only_if(spec, channel)
        if kept:
            none = (0.0,) * len(share)
            merged[kept] = tuple(a + b for a, b in zip(merged.get(kept, none), share, strict=True))
            # Of channels that are served alike, whoever may not take one takes the other.
            only_if[kept] = asked if only_if.get(kept, asked) == asked else None
    return Service(
        from_days=from_days,
        regimes=regimes,
        served_as=served,
        shares=Shares(days=shares.days, of=merged),
        kept_as=kept_as,
        only_if={kept: asked for kept, asked in only_if.items() if asked is not None},
        rest=_rest(spec, kept_as, merged, path, faults) if any(only_if.values()) else "",
    )


def _only_if(spec: BundleSpec, channel: str) -> Condition | None:
    return spec.channels[channel].only_if if channel in spec.channels else None


def _rest(
    spec: BundleSpec,
    kept_as: Mapping[str, str],
    merged: Mapping[str, object],
    path: Path,
    faults: Faults,
) -> str:
    """The channel for those whom no other admits, which has to admit everybody (A1)."""
    for channel, each in spec.channels.items():
        if each.share == "rest" and each.only_if is None and kept_as[channel]:
            return kept_as[channel]
    faults.add(
        (*path, "channels"),
        say("no channel is left for cases that lack what `only_if` asks for"),
        say("Write `rest` for the share of one without `only_if`."),
    )
    return next(iter(merged))


def _regimes(
    bundle: str, spec: BundleSpec, time: Range, faults: Faults
) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    path: Path = ("bundles", bundle, "regime")
    names = list(spec.regimes)
    chosen = spec.regime
    if chosen is None:
        if len(names) > 1:
            faults.add(
                ("bundles", bundle),
                say(
                    "there are {n} regimes, and `regime` does not say which is in force",
                    n=len(names),
                ),
                say("Add regime: {name}, or regime: dated.", name=names[0]),
            )
            return None
        chosen = names[0]
    if chosen != DATED:
        known = faults.knows(path, later("regime"), chosen, [*names, DATED])
        return ((FROM_EVER,), (chosen,)) if known else None
    dated: list[tuple[int, str]] = []
    for name, regime in spec.regimes.items():
        if regime.start is None:
            faults.add(
                ("bundles", bundle, "regimes", name),
                say("regimes are `dated`, and this one has no date"),
                say("Add from: with the day from which it is in force."),
            )
        else:
            dated.append((time.day(regime.start), name))
    dated.sort()
    doubled = [b for (a, _), (b, _) in pairwise(dated) if a == b]
    if doubled:
        faults.add(
            path,
            say(
                "two regimes begin on {date}",
                date=date_in_words(time.date(doubled[0]), is_plain=True),
            ),
            say("Give one a later date."),
        )
    elif len(dated) == len(names) and dated[0][0] > 0:
        faults.add(
            path,
            say(
                "no regime is in force at the start; the first begins on {date}",
                date=date_in_words(time.date(dated[0][0]), is_plain=True),
            ),
            say("Move `period`, or name the regime."),
        )
    if len(dated) < len(names):
        return None
    return tuple(day for day, _ in dated), tuple(name for _, name in dated)


def _shares(
    bundle: str, spec: BundleSpec, during: tuple[str, ...], time: Range, faults: Faults
) -> Shares | None:
    path: Path = ("bundles", bundle)
    if spec.channels:
        shares = {channel: each.share for channel, each in spec.channels.items()}
        return shares_of(shares, (*path, "channels"), later("channels"), time, faults)
    offered = dict.fromkeys(
        channel
        for name in during
        for channel, steps in spec.regimes[name].channels.items()
        if not isinstance(steps, str)
    )
    if len(offered) == 1:
        return Shares(days=(0,), of=dict.fromkeys(offered, (1.0,)))
    if offered:
        message = say(
            "there are the channels {names}, and nothing says their shares",
            names=", ".join(offered),
        )
        faults.add(
            path, message, say("Add channels: {{{channel}: rest, …}}.", channel=next(iter(offered)))
        )
    else:
        where = (*path, "regimes", during[0])
        faults.add(
            where, say("has no steps"), say("Add a channel with its steps, e.g. paper: [ … ].")
        )
    return None


def _served_as(
    channel: str, channels: Mapping[str, object], path: Path, faults: Faults
) -> str | None:
    """The channel whose steps a channel goes through; None where it is not offered."""
    seen = [channel]
    while isinstance(target := channels.get(seen[-1]), str):
        where = (*path, seen[-1])
        if target not in channels:
            offered = [name for name, steps in channels.items() if not isinstance(steps, str)]
            way_out = (
                did_you_mean(target, offered) if offered else say("Give the steps of a channel.")
            )
            faults.add(where, say("no channel '{name}' in this regime", name=target), way_out)
            return None
        if target in seen:
            faults.add(
                where,
                say("'{name}' is served as itself", name=target),
                say("Give one of them its steps."),
            )
            return None
        seen.append(target)
    return seen[-1] if target is not None else None
