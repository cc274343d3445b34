"""Says of what kind a study is, and whether its warm-up is long enough."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from sim.experiment.kinds import Kind
from sim.experiment.results import Results
from sim.experiment.startup import Bias, StartUp, WarmUp
from sim.language import ENGLISH, Phrases, say, say_of_scenario, speaking
from sim.report.over_time import dated_words, day
from sim.report.view import distinct
from sim.report.words import (
    amount,
    and_more,
    between,
    capital,
    counted,
    decimals,
    difference,
    label_of,
    listed,
)
from sim.wording import visible

MOST_SERIES: Final = 3
"""Series that are drawn and told of: of the open cases, then of the longest queues."""

_REASONS: Final = Phrases(
    {
        "backlog": "it begins with cases under way",
        "log": "its filings are given one by one",
        "overload": "work piles up without end",
    }
)

_LEAVES: Final = Phrases(
    {"enough": "too little to matter", "short": "TOO MUCH", "unknown": "cannot tell"}
)


def kind_words(kind: Kind) -> str:
    """Of what kind a study is, as a sentence."""
    if not kind.is_terminating:
        return say(
            "Steady state: nothing changes by date, so means are those of any such stretch of "
            "time, once the warm-up is over."
        )
    words = [_REASONS[reason] for reason in kind.reasons if reason in _REASONS]
    if kind.changes:
        first = kind.changes[0]
        n = len({change.date for change in kind.changes})
        words.append(
            say(
                "something changes on {days} ({date}: {change}{more})",
                days=counted(n, "day"),
                date=day(first.date),
                change=dated_words(first),
                more=and_more(kind.changes, 1),
            )
        )
    return visible(
        say(
            "Terminating: {reasons}; means are of this stretch of time, not of a long run.",
            reasons=listed(words),
        )
    )


def kinds_of(results: Results) -> tuple[str, ...]:
    """Of what kind the study is; where its cells differ, a sentence for each kind."""
    by_words: dict[str, list[str]] = {}
    for shown in distinct(results):
        if (kind := results.kinds.get(shown.cell.name)) is not None:
            by_words.setdefault(kind_words(kind), []).append(shown.label)
    if len(by_words) < 2:
        return tuple(by_words)
    return tuple(
        f"“{labels[0]}”{and_more(labels, 1)}: {words}" for words, labels in by_words.items()
    )


def warm_up_lines(found: WarmUp) -> tuple[str, ...]:
    """The answer on a warm-up, a sentence or a row a line."""
    return tuple(visible(line) for line in _lines(found))


def _lines(found: WarmUp) -> Iterator[str]:
    yield f"{say_of_scenario(found.title)}: {say_of_scenario(found.cell)}"
    yield kind_words(found.kind)
    if found.kind.begins_full:
        yield say(
            "A warm-up has no meaning here: the run begins with what there was, not with empty "
            "desks."
        ) + (say(" Set period.warm_up to 0.") if found.given else "")
        return
    yield _verdict(found)
    yield say(
        "Measured: the {days} behind the warm-up, in runs as written and in the same runs begun "
        "{weeks} earlier ({n} replications of both, seed {seed}, engine {engine}):",
        days=counted(found.looked_at, "day"),
        weeks=_weeks(found.head),
        n=found.replications,
        seed=found.seed,
        engine=found.engine,
    )
    for bias in found.biases:
        yield f"  {_left(bias)}"
    if found.series:
        yield say("MSER-5 finds the difference between the two settled after:")
        for each in chief_series(found):
            yield f"  {series_label(each)}: {settled(each)}"
    yield say(
        "Both have the same cases on the same days, so that season and holidays cancel. A start-up "
        "that lasts longer than {weeks} is in both, and is not seen.",
        weeks=_weeks(found.head),
    )


def _verdict(found: WarmUp) -> str:
    given = counted(found.given, "day")
    if found.standing == "enough":
        return say(
            "The stated warm-up of {given} is long enough: what is left of the start-up changes no "
            "mean by more than 1\u00a0%, no share by more than half a point.",
            given=given,
        )
    if found.standing == "unknown":
        return say(
            "The stated warm-up of {given} may be too short: what is left of the start-up cannot "
            "be told from {replications}. Ask for more of them, or give {setting}, and check it "
            "again.",
            given=given,
            replications=counted(found.replications, "replication"),
            setting=_enough(found),
        )
    return say(
        "The stated warm-up of {given} is TOO SHORT: the start-up is still in what is measured. "
        "Give {setting}, and check it again.",
        given=given,
        setting=_enough(found),
    )


def _enough(found: WarmUp) -> str:
    """A warm-up to try: in whole weeks, that of MSER-5 if it is longer, else half as long again."""
    needed = found.needed
    days = needed if needed is not None and needed > found.given else max(1.5 * found.given, 7)
    with speaking(ENGLISH):  # as it is written in a scenario
        return ": ".join(("period.warm_up", _weeks(7 * math.ceil(days / 7))))


def _left(bias: Bias) -> str:
    found = bias.judgement.interval
    places = decimals([found.half_width], bias.unit)
    bounds = between(found.low, found.high, bias.unit, places)
    return say(
        "{kpi}, {group}: {mean}; the start-up leaves {difference} ({interval}): {finding}",
        kpi=label_of(bias.kpi),
        group=bias.group,
        mean=amount(bias.mean, bias.unit, places),
        difference=difference(found.mean, bias.unit, places),
        interval=bounds,
        finding=_LEAVES[bias.standing],
    )


def chief_series(found: WarmUp) -> tuple[StartUp, ...]:
    """The series that are shown: open cases first, then the roles with the longest queues."""
    cases = [each for each in found.series if each.kpi == "open_cases"]
    queues = [each for each in found.series if each.kpi != "open_cases"]
    queues.sort(key=lambda each: -float(each.earlier.mean()))
    return tuple([*cases, *queues][: max(MOST_SERIES, len(cases))])


def series_label(each: StartUp) -> str:
    """What a series is of."""
    words = say("open cases") if each.kpi == "open_cases" else say("work waiting")
    return capital(f"{words}, {each.group.replace('_', ' ')}")


def settled(each: StartUp) -> str:
    """When MSER-5 finds a series settled."""
    days = each.check.n_needed
    return say("not within the days looked at") if days is None else counted(days, "day")


def _weeks(days: int) -> str:
    weeks, rest = divmod(days, 7)
    return counted(days, "day") if rest or not days else counted(weeks, "week")
