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
    lines = [
        say(
            "learnt from what was filed before {day}; beside what was filed since",
            day=date_in_words(day, is_plain=True),
        )
    ]
    lines += [_line(each) for each in held]
    n = sum(each.agrees for each in held)
    if held:
        lines.append(
            say(
                "{n} of {all} agree, within the 95 % interval of the difference", n=n, all=len(held)
            )
        )
    return tuple(lines)


def _line(held: Held) -> str:
    seen = held.seen
    unit = _UNITS[seen.kpi]
    group = f"{seen.bundle}/{seen.channel}" if seen.channel else seen.bundle
    verdict = say("agrees") if held.agrees else say("differs")
    register, model = _shown(seen.value, unit), _shown(held.model, unit)
    return "  " + say(
        "{group}, {kpi}: register {register}, scenario {model}: {verdict}",
        group=group,
        kpi=_WORDS[seen.kpi],
        register=register,
        model=model,
        verdict=verdict,
    )


def _shown(interval: Interval, unit: str) -> str:
    ends = between(interval.low, interval.high, unit)
    return f"{amount(interval.mean, unit)}{f' ({ends})' if ends else ''}"
