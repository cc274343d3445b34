"""Says which legal limits cases have: by regime and channel, and how many have a longer one.

One number for a whole bundle would hide both: it jumps with the mix of channels, and a mean above
it can be on time where cases are extended (L5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sim.experiment.results import Results
from sim.language import say
from sim.report.published import readings
from sim.report.view import channel_label, channels, compared_as, distinct, levers
from sim.report.words import amount, listed, number, unit_in_short

_RARE: Final = 0.005
"""A limit that a smaller share of the cases has is not named."""

_SHARE: Final = re.compile(r"[0-9.,]+\s*%")
"""What differs between readings of a regime with the same limits."""


def limits(results: Results, bundle: str) -> Iterator[str]:
    """The legal limits by channel, in each regime, and how many cases have a longer one."""
    by_group: dict[str, dict[str, str]] = {}
    are_swept = bool(levers(results))
    has_readings = readings(results) is not None
    regimes: dict[str, str] = {}
    for each in distinct(results):
        groups = channels(results, each.cell.name, bundle) or (bundle,)
        # Variants have rules of their own; settings of levers with numbers have not.
        name = each.group if are_swept else each.label
        mine = by_group.setdefault(name, {})
        regimes[name] = compared_as(results, each.cell) if has_readings else name
        for group in groups:
            words = _limit(dict(_counts(results, each.cell.name, group)))
            if words:
                mine.setdefault(channel_label(group.partition("/")[2]), words)
    by_regime = _merged(
        {group: _in_words(mine) for group, mine in by_group.items() if mine}, regimes
    )
    if set(by_regime.values()) <= {_none()}:
        return
    if len(set(by_regime.values())) == 1:
        yield say("Legal limit: {limit}.", limit=next(iter(by_regime.values())))
    else:
        parts = (f"“{group}” {words}" for group, words in by_regime.items())
        yield say("Legal limit: {limit}.", limit="; ".join(parts))


def _merged(words: Mapping[str, str], regimes: Mapping[str, str]) -> dict[str, str]:
    """By regime alone where its readings have the same limits; the first says for how many."""
    of_regime: dict[str, set[str]] = {}
    for group, text in words.items():
        of_regime.setdefault(regimes[group], set()).add(_SHARE.sub("", text))
    found: dict[str, str] = {}
    for group, text in words.items():
        is_one = len(of_regime[regimes[group]]) == 1
        found.setdefault(regimes[group] if is_one else group, text)
    return found


def _in_words(by_channel: Mapping[str, str]) -> str:
    if len(set(by_channel.values())) == 1:
        return next(iter(by_channel.values()))
    return ", ".join(
        say("{limit} filed {channel}", limit=words, channel=channel)
        for channel, words in by_channel.items()
    )


def _counts(results: Results, cell: str, group: str) -> Sequence[tuple[int, int]]:
    found = results.histogram(cell, group)
    return found.limits if found else ()


def _limit(counts: Mapping[int, int]) -> str:
    n = sum(counts.values())
    if not n:
        return ""
    most = max(counts, key=lambda limit: (counts[limit], limit))
    if most < 0:
        return _none()
    longer = [limit for limit in counts if limit > most and counts[limit] >= _RARE * n]
    words = f"{number(most)}\u00a0{unit_in_short('wd')}"
    if longer:
        share = sum(counts[limit] for limit in longer) / n
        words += say(
            " (extended for {share} of the cases, to {limits}\u00a0{unit})",
            share=amount(share, "share"),
            limits=listed(f"{limit}" for limit in sorted(longer)),
            unit=unit_in_short("wd"),
        )
    return words


def _none() -> str:
    return say("none")
