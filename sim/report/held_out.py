"""The words for how a learnt scenario agrees with the rest of its register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sim.analysis.estimate import Interval
from sim.language import Phrases, date_in_words, say
from sim.logs.held_out import Held
from sim.report.words import amount, between

_UNITS: Final = {"sojourn_days_mean": "d", "on_time_share": "share"}
_WORDS: Final = Phrases({"sojourn_days_mean": "filing to end", "on_time_share": "on time"})


def held_lines(day: dt.date, held: Sequence[Held]) -> tuple[str, ...]:
    """How each figure agrees, a line each."""
    lines = [held_heading(day)]
    for each in held:
        group, kpi, register, model, verdict = held_cells(each)
        lines.append(
            "  "
            + say(
                "{group}, {kpi}: register {register}, scenario {model}: {verdict}",
                group=group,
                kpi=kpi,
                register=register,
                model=model,
                verdict=verdict,
            )
        )
    return (*lines, *([held_summary(held)] if held else []))


def held_heading(day: dt.date) -> str:
    """What is held against what."""
    return say(
        "learnt from what was filed before {day}; beside what was filed since",
        day=date_in_words(day, is_plain=True),
    )


def held_summary(held: Sequence[Held]) -> str:
    """How many figures agree."""
    return say(
        "{n} of {all} agree, within the 95 % interval of the difference",
        n=sum(each.agrees for each in held),
        all=len(held),
    )


def held_cells(held: Held) -> tuple[str, str, str, str, str]:
    """Whose figure, which, that of the register, that of the scenario, and whether they agree."""
    seen = held.seen
    unit = _UNITS[seen.kpi]
    return (
        f"{seen.bundle}/{seen.channel}" if seen.channel else seen.bundle,
        _WORDS[seen.kpi],
        _shown(seen.value, unit),
        _shown(held.model, unit),
        say("agrees") if held.agrees else say("differs"),
    )


def _shown(interval: Interval, unit: str) -> str:
    ends = between(interval.low, interval.high, unit)
    return f"{amount(interval.mean, unit)}{f' ({ends})' if ends else ''}"
