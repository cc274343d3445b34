"""Says what a figure hangs on: in words, in a table for a terminal, in rows for a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.estimate import Interval
from sim.answers.hangs_on import Effect, HangsOn, Line, Turn, Weighed
from sim.kpis import KPIS
from sim.report.words import amount, between, capital, counted, decimals, difference, listed
from sim.scenario.factors import Factor, Origin
from sim.scenario.quantities import OF_SHARES, PARTS, TIMES
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
_MEAN: Final = re.compile(r"\w+\(mean ([^,()]+)(?:,[^()]*)?\)")
_COLON: Final = re.compile(r":(?=[^\W\d])")
_LONGEST: Final = 34


def name_of(factor: Factor) -> str:
    """What a factor is called: the label of its lever, or its path in words."""
    if factor.label:
        return visible(factor.label)
    words = _COLON.sub(": ", factor.name.replace("_", " "))
    parts = words.split(".")
    if len(parts) == 1:
        return visible(parts[0])
    if parts[0] == "bundles" and "regimes" in parts:
        bundle, regime = parts[1], parts[3]
        where = bundle if regime == "usual" else regime
        rest = parts[4:]
        if rest[0] == "limits":
            return visible(f"limit of {' '.join(rest[1:])} ({where})")
        return visible(f"{', '.join(rest[1:])} ({where}, {rest[0]})")
    if parts[0] == "bundles":
        return visible(f"{' '.join(parts[2:])} ({parts[1]})")
    return visible(f"{', '.join(parts[1:])} ({parts[0]})")


def in_short(setting: str) -> str:
    """A value in few words: of a distribution its mean."""
    found = _MEAN.fullmatch(setting)
    text = f"mean {found[1]}" if found else setting.replace('"', "")
    return visible(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def headline(found: HangsOn, outcome: int) -> str:
    """What an outcome hangs on, in a sentence."""
    leading = [each for each in found.ranked(outcome) if each.is_told_apart(outcome)][:3]
    name = found.outcomes[outcome].name
    if not leading:
        return f"{name}: no factor moves it by more than luck does"
    words = [f"{name_of(each.factor)} ({_furthest(found, each, outcome)})" for each in leading]
    return f"{name} hangs most on {listed(words)}"


def subtitle(found: HangsOn) -> str:
    """Which figure it is."""
    kpi = KPIS[found.kpi]
    return f"{visible(found.group_label)}: {kpi.label[0].lower()}{kpi.label[1:]}"


def as_written(found: HangsOn, outcome: int) -> str:
    """An outcome with everything as written."""
    value = found.outcomes[outcome].written
    places = decimals([value.half_width], found.unit)
    say = amount if outcome < 2 else difference
    text = say(value.mean, found.unit, places)
    ends = between(value.low, value.high, found.unit, places)
    return f"As written: {text}" + (f" ({ends})" if ends else "")


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
        name, value = found.outcomes[verdict.outcome].name, _line(verdict.value, found.unit)
        line = {
            Line.TARGET: f"the target of {value}",
            Line.CLAIM: f"the published {value}",
            Line.DIFFERENCE: "no difference",
        }[verdict.line]
        turned = [
            f"{name_of(each.factor)} at {_turns_at(turn)}"
            for each in found.ranked(verdict.outcome)
            for turn in each.turns
            if turn.verdict == verdict
        ]
        if turned:
            yield f"{capital(name)} meets {line}, all else as written, with {listed(turned)}."
        else:
            yield f"{capital(name)}: none of those that lead, moved alone, takes it past {line}."


def method(found: HangsOn) -> Iterator[str]:
    """How it was found, and what it does not say."""
    n_default = sum(each.factor.origin is Origin.DEFAULT for each in found.weighed)
    yield (
        f"{counted(len(found.weighed), 'factor')} were moved alone to the ends of their ranges, "
        f"under the draws of what is written: with {counted(found.screened_with, 'replication')} "
        f"each, those that lead with {found.replications}; intervals are paired, 95 %. "
        f"{counted(found.n_runs, 'replication')} were run (seed {found.seed}, engine "
        f"{found.engine})."
    )
    yield (
        f"Of them {n_default} state no range and have the one by default: times and limits "
        f"{TIMES[0]:g} to {TIMES[1]:g} times what is written, numbers and money {PARTS[0]:g} to "
        f"{PARTS[1]:g} times, shares up and down by {100 * OF_SHARES:.0f} % of themselves or of "
        "what is left of 100 %, whichever is less. Who knows better states a range."
    )
    yield (
        "Each effect is that of one factor around what is written. What matters only together with "
        "another, such as work behind a result that waits for the day on its slip, shows little; "
        "ask again around another reading (--set reading=…) to see it."
    )
    if found.n_blocks:
        left_out = (
            f" {counted(found.n_blocks_left_out, 'block')} of them were left out, for staff could "
            "not keep up."
            if found.n_blocks_left_out
            else ""
        )
        yield (
            "Shares of the variance have the factors that lead move together, each over its range: "
            "half of its weight below what is written and half above, choices alike. First: what "
            "knowing the factor takes off the variance; total: what not knowing it leaves, with "
            f"all interplay. {found.n_blocks} base points (Saltelli, by SALib), intervals by "
            f"bootstrap, not cut at 0; what belongs to no factor is luck.{left_out}"
        )
    idle, unmoved = len(found.idle), len(found.unmoved)
    yield (
        f"Factors that change no model of what was asked: {idle}. "
        f"Assumed values that were not moved: {unmoved}; names, hours, counts and zeros have "
        "no range by default."
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
    console.print(visible(found.title), style="bold")
    console.print(subtitle(found), style="dim")
    for place in reversed(range(len(found.outcomes))):
        console.print()
        console.print(capital(headline(found, place)), style="bold")
        console.print(as_written(found, place), style="dim")
        heads = ["", "What", "As written", "Instead", "Moves it by"]
        if found.n_blocks:
            heads += ["First share", "Total"]
        sheet = Table(*heads, box=SIMPLE_HEAD, pad_edge=False)
        for rank, each in enumerate(found.ranked(place)[:SHOWN], 1):
            for line, effect in enumerate(each.effects):
                sheet.add_row(*_cells(found, place, rank if not line else 0, each, effect))
        console.print(sheet)
    for sentence in turn_sentences(found):
        console.print(sentence)
    console.print()
    for sentence in method(found):
        console.print(sentence, style="dim")


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
    return f"{in_short(turn.setting)} ({low} to {high})"
