"""Says what a figure hangs on: in words, in a table for a terminal, in rows for a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.estimate import Interval
from sim.answers.hangs_on import Effect, HangsOn, Line, Turn, Weighed
from sim.language import later, say, say_of_scenario
from sim.report.factors import name_of
from sim.report.words import (
    amount,
    as_given,
    between,
    capital,
    counted,
    decimals,
    difference,
    label_within,
    listed,
    number,
    places_of,
    span,
)
from sim.scenario.ranges.factors import Origin
from sim.scenario.ranges.quantities import OF_SHARES, PARTS, TIMES
from sim.wording import visible

if TYPE_CHECKING:
    from rich.console import Console

SHOWN: Final = 12
"""Factors that a terminal, a figure and the top of the page show."""

COLUMNS: Final = (
    "outcome", "rank", "factor", "label", "written", "value", "range", "mark", "source", "moves",
    "low", "high", "n", "unit", "first", "first_low", "first_high", "total", "total_low",
    "total_high", "nearer",
)  # fmt: skip
"""Of the rows of effects."""

TURN_COLUMNS: Final = (
    "outcome", "line", "line_value", "unit", "line_source", "factor", "label", "written",
    "turns_at", "low", "high",
)  # fmt: skip
"""Of the rows of verdicts that turn."""

_ORIGINS: Final = {
    Origin.STATED: "stated",
    Origin.READINGS: "readings",
    Origin.DEFAULT: "default",
}
_TURNED: Final = {
    Line.TARGET: later("{outcome} meets the target of {value}, all else as written, with {what}."),
    Line.CLAIM: later("{outcome} meets the published {value}, all else as written, with {what}."),
    Line.DIFFERENCE: later("{outcome} meets no difference, all else as written, with {what}."),
}
_NOT_TURNED: Final = {
    Line.TARGET: later(
        "{outcome}: none of those that lead, moved alone, takes it past the target of {value}."
    ),
    Line.CLAIM: later(
        "{outcome}: none of those that lead, moved alone, takes it past the published {value}."
    ),
    Line.DIFFERENCE: later(
        "{outcome}: none of those that lead, moved alone, takes it past no difference."
    ),
}
_MOVED: Final = later(
    "{factors} were moved alone to the ends of their ranges, under the draws of what is written: "
    "with {replications} each, those that lead with {n}; intervals are paired, 95 %. {all} were "
    "run (seed {seed}, engine {engine})."
)
_MOVED_ONCE: Final = later(
    "{factors} were moved alone to the ends of their ranges, under the draws of what is written: "
    "with {replications} each, no interval, so that luck is not told from what they do. {all} were "
    "run (seed {seed}, engine {engine})."
)
_MEAN: Final = re.compile(r"\w+\(mean ([^,()]+)(?:,[^()]*)?\)")
_LONGEST: Final = 34


def in_short(setting: str) -> str:
    """A value in few words: of a distribution its mean."""
    found = _MEAN.fullmatch(setting)
    text = (
        say("mean {value}", value=as_given(found[1]))
        if found
        else as_given(say_of_scenario(setting.replace('"', "")))
    )
    return visible(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def headline(found: HangsOn, outcome: int) -> str:
    """What an outcome hangs on, in a sentence."""
    leading = [each for each in found.ranked(outcome) if each.is_told_apart(outcome)][:3]
    name = name_of_outcome(found, outcome)
    if not leading:
        return say("{outcome}: no factor moves it by more than luck does", outcome=name)
    words = [f"{name_of(each.factor)} ({_furthest(found, each, outcome)})" for each in leading]
    return say("{outcome} hangs most on {factors}", outcome=name, factors=listed(words))


def name_of_outcome(found: HangsOn, outcome: int) -> str:
    """What an outcome is called; the third is the difference of the other two."""
    names = [say_of_scenario(each.name) for each in found.outcomes]
    if outcome < 2:
        return names[outcome]
    return say("{setting} less {baseline}", setting=names[0], baseline=names[1])


def subtitle(found: HangsOn) -> str:
    """Which figure it is."""
    return f"{visible(say_of_scenario(found.group_label))}: {label_within(found.kpi)}"


def as_written(found: HangsOn, outcome: int) -> str:
    """An outcome with everything as written."""
    value = found.outcomes[outcome].written
    places = decimals([value.half_width], found.unit)
    told = amount if outcome < 2 else difference
    text = told(value.mean, found.unit, places)
    ends = between(value.low, value.high, found.unit, places)
    return say("As written: {value}", value=text) + (f" ({ends})" if ends else "")


def moved(interval: Interval, unit: str) -> str:
    """What an outcome is moved by, with its interval."""
    places = decimals([interval.half_width], unit)
    ends = between(interval.low, interval.high, unit, places)
    return difference(interval.mean, unit, places) + (f" ({ends})" if ends else "")


def share(interval: Interval) -> str:
    """A share of the variance, in percent, with its interval."""
    ends = between(interval.low, interval.high, "share", 0)
    return amount(interval.mean, "share", 0) + (f" ({ends})" if ends else "")


def turn_sentences(found: HangsOn) -> Iterator[str]:
    """Each verdict that a factor turns alone, and where; and those that none turns."""
    for verdict in found.verdicts:
        turned = [
            say("{factor} at {value}", factor=name_of(each.factor), value=_turns_at(turn))
            for each in found.ranked(verdict.outcome)
            for turn in each.turns
            if turn.verdict == verdict
        ]
        texts = _TURNED if turned else _NOT_TURNED
        yield say(
            texts[verdict.line],
            outcome=capital(name_of_outcome(found, verdict.outcome)),
            value=_line(verdict.value, found.unit),
            what=listed(turned) if turned else "",
        )


def method(found: HangsOn) -> Iterator[str]:
    """How it was found, and what it does not say."""
    if found.only:
        yield say(
            "Only what these name was moved, and nothing is said of the rest: {patterns}.",
            patterns=", ".join(found.only),
        )
    n_default = sum(each.factor.origin is Origin.DEFAULT for each in found.weighed)
    yield say(
        _MOVED_ONCE if found.replications == 1 else _MOVED,
        factors=counted(len(found.weighed), "factor"),
        replications=counted(found.screened_with, "replication"),
        n=found.replications,
        all=counted(found.n_runs, "replication"),
        seed=found.seed,
        engine=found.engine,
    )
    yield say(
        "Of them {n} state no range and have the one by default: times and limits {times} times "
        "what is written, numbers and money {parts} times, shares up and down by {share} % of "
        "themselves or of what is left of 100 %, whichever is less. Who knows better states a "
        "range.",
        n=n_default,
        times=span(*(number(each, places_of(each)) for each in TIMES)),
        parts=span(*(number(each, places_of(each)) for each in PARTS)),
        share=number(100 * OF_SHARES),
    )
    yield say(
        "Each effect is that of one factor around what is written. What matters only together with "
        "another, such as work behind a result that waits for the day on its slip, shows little; "
        "ask again around another reading (--set reading=…) to see it."
    )
    if found.n_blocks:
        left_out = (
            say(
                " {blocks} of them were left out, for staff could not keep up.",
                blocks=counted(found.n_blocks_left_out, "block"),
            )
            if found.n_blocks_left_out
            else ""
        )
        yield say(
            "Shares of the variance have the factors that lead move together, each over its range: "
            "half of its weight below what is written and half above, choices alike. First: what "
            "knowing the factor takes off the variance; total: what not knowing it leaves, with "
            "all interplay. {n} base points (Saltelli, by SALib), intervals by bootstrap, not cut "
            "at 0; what belongs to no factor is luck.{left_out}",
            n=found.n_blocks,
            left_out=left_out,
        )
    idle, unmoved = len(found.idle), len(found.unmoved)
    yield say(
        "Factors that change no model of what was asked: {idle}. Assumed values that were not "
        "moved: {unmoved}; names, hours, counts and zeros have no range by default.",
        idle=idle,
        unmoved=unmoved,
    )


def rows(found: HangsOn) -> list[dict[str, Any]]:
    """A row for each outcome, factor and value; those that lead first."""
    return [
        _row(found, place, outcome.name, rank, each, effect)
        for place, outcome in enumerate(found.outcomes)
        for rank, each in enumerate(found.ranked(place), 1)
        for effect in each.effects
    ]


def turn_rows(found: HangsOn) -> list[dict[str, Any]]:
    """A row for each verdict and factor that turns it; of choices one for each that does."""
    made: list[dict[str, Any]] = []
    for each in found.weighed:
        for turn in each.turns:
            verdict = turn.verdict
            head = {
                "outcome": found.outcomes[verdict.outcome].name,
                "line": str(verdict.line),
                "line_value": verdict.value,
                "unit": found.unit,
                "line_source": verdict.source,
                "factor": each.factor.name,
                "label": name_of(each.factor),
                "written": each.factor.written,
            }
            made += [
                head | {"turns_at": setting, "low": "", "high": ""} for setting in turn.choices
            ]
            if turn.at is not None:
                made.append(
                    head
                    | {
                        "turns_at": turn.setting,
                        "low": turn.low_setting,
                        "high": turn.high_setting,
                    }
                )
    return made


def show_hangs_on(console: Console, found: HangsOn) -> None:
    """Print what each outcome hangs on, and how it was found."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    console.print()
    console.print(visible(say_of_scenario(found.title)), style="bold")
    console.print(subtitle(found), style="dim")
    for place in reversed(range(len(found.outcomes))):
        console.print()
        console.print(capital(headline(found, place)), style="bold")
        console.print(as_written(found, place), style="dim")
        heads = ("", *headings())
        sheet = Table(*(heads if found.n_blocks else heads[:-2]), box=SIMPLE_HEAD, pad_edge=False)
        for rank, each in enumerate(found.ranked(place)[:SHOWN], 1):
            for line, effect in enumerate(each.effects):
                sheet.add_row(*_cells(found, place, rank if not line else 0, each, effect))
        console.print(sheet)
    for sentence in turn_sentences(found):
        console.print(sentence)
    console.print()
    for sentence in method(found):
        console.print(sentence, style="dim")


def headings() -> tuple[str, ...]:
    """Of the columns of factors; the last two are of shares of the variance."""
    return (
        say("What"),
        say("As written"),
        say("Instead"),
        say("Moves it by"),
        say("First share"),
        say("Total"),
    )


def _cells(found: HangsOn, place: int, rank: int, each: Weighed, effect: Effect) -> tuple[str, ...]:
    shares = each.shares[place] if each.shares else None
    cells = (
        str(rank) if rank else "",
        name_of(each.factor) if rank else "",
        in_short(each.factor.written) if rank else "",
        in_short(effect.setting) + (" *" if effect.nearer else ""),
        moved(effect.moved[place], found.unit),
    )
    if not found.n_blocks:
        return cells
    if shares is None or not rank:
        return (*cells, "", "")
    return (*cells, share(shares.first), share(shares.total))


def _row(
    found: HangsOn, place: int, name: str, rank: int, each: Weighed, effect: Effect
) -> dict[str, Any]:
    interval = effect.moved[place]
    shares = each.shares[place] if each.shares else None
    first = None if shares is None else shares.first
    total = None if shares is None else shares.total
    return {
        "outcome": name,
        "rank": rank,
        "factor": each.factor.name,
        "label": name_of(each.factor),
        "written": each.factor.written,
        "value": effect.setting,
        "range": _ORIGINS[each.factor.origin],
        "mark": each.factor.mark,
        "source": each.factor.source,
        "moves": interval.mean,
        "low": interval.low,
        "high": interval.high,
        "n": interval.n,
        "unit": found.unit,
        "first": None if first is None else first.mean,
        "first_low": None if first is None else first.low,
        "first_high": None if first is None else first.high,
        "total": None if total is None else total.mean,
        "total_low": None if total is None else total.low,
        "total_high": None if total is None else total.high,
        "nearer": effect.nearer,
    }


def _furthest(found: HangsOn, each: Weighed, outcome: int) -> str:
    """The value that moves an outcome most, and by how much."""
    effect = max(each.effects, key=lambda effect: abs(effect.moved[outcome].mean))
    interval = effect.moved[outcome]
    places = decimals([interval.half_width], found.unit)
    return f"{in_short(effect.setting)}: {difference(interval.mean, found.unit, places)}"


def _line(value: float, unit: str) -> str:
    """A line as it was published: with no more digits than it has."""
    places = next((n for n in range(3) if round(value, n + 2 * (unit == "share")) == value), 3)
    return amount(value, unit, places)


def _turns_at(turn: Turn) -> str:
    if turn.at is None:
        return listed(in_short(each) for each in turn.choices)
    low, high = in_short(turn.low_setting), in_short(turn.high_setting)
    return f"{in_short(turn.setting)} ({span(low, high)})"
