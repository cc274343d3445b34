"""Puts a threshold into words: up to where targets hold, between which values, and how sure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.analysis.crossing import Shape, Side
from sim.answers.threshold import At, Threshold
from sim.report.html import Html, paragraphs, section, table, tag
from sim.report.staffing import settings_line, target_words
from sim.report.words import amount, between, capital, counted, decimals, listed, number
from sim.wording import percent

_SIDES = {Side.KEPT: "keeps", Side.BROKEN: "does not keep", Side.OPEN: "cannot be told"}


def threshold_lines(answer: Threshold) -> tuple[str, ...]:
    """The lines that are printed: the answer, the line to copy, what was tried, how sure it is."""
    line = (
        [f"  {settings_line(answer.path, answer.variant, copied)}"]
        if (copied := _copied(answer))
        else []
    )
    return (
        answer.title,
        *(
            f"Target: {target_words(requirement, with_zone=False)}"
            for requirement in answer.requirements
        ),
        "",
        *_answer(answer),
        *line,
        "",
        "Tried:",
        *(
            f"  {answer.lever} {each.text}: {_SIDES[each.side]}: {_came_to(answer, each)}"
            for each in answer.at
        ),
        "",
        *_how(answer),
    )


def threshold_section(answer: Threshold, picture: Html | None = None) -> Html:
    """A short section of a page: the answer, a table of what was tried, and how sure it is."""
    rows = [
        (each.text, number(each.n), _SIDES[each.side], _came_to(answer, each, with_n=False))
        for each in answer.at
    ]
    copied = _copied(answer)
    line = settings_line(answer.path, answer.variant, copied) if copied else ""
    return section(
        "How far it holds",
        paragraphs(
            capital(f"target: {target_words(requirement, with_zone=False)}.")
            for requirement in answer.requirements
        ),
        paragraphs(_answer(answer)),
        *([tag("pre", line)] if line else []),
        *([picture] if picture is not None else []),
        table((answer.label, "Replications", "Verdict", "Means (95 % interval)"), rows),
        paragraphs(_how(answer)),
        anchor="how-far",
    )


def threshold_heading(answer: Threshold) -> str:
    """The answer in one sentence."""
    return next(_answer(answer))


def _copied(answer: Threshold) -> dict[str, str]:
    return {} if answer.kept is None else {answer.lever: answer.kept.text}


def _answer(answer: Threshold) -> Iterator[str]:
    target = "The target is" if len(answer.requirements) == 1 else "All targets are"
    span = f"from {answer.least} to {answer.most}"
    lever = answer.label
    kept, broken = answer.kept, answer.broken
    if answer.shape is Shape.EVERYWHERE:
        yield f"{target} kept everywhere in the range: {lever} {span}."
    elif answer.shape is Shape.NOWHERE:
        yield f"{target} kept nowhere in the range: {lever} {span}."
    elif answer.shape is Shape.IN_PARTS:
        kept_at = listed(each.text for each in answer.at if each.side is Side.KEPT)
        broken_at = listed(each.text for each in answer.at if each.side is Side.BROKEN)
        yield (
            f"There is no one threshold of {lever} {span}: {target[0].lower()}{target[1:]} kept at "
            f"{kept_at}, and not at {broken_at}."
        )
    elif kept is None:
        known = f" It is not kept at {broken.text}." if broken is not None else ""
        yield f"Whether {target[0].lower()}{target[1:]} kept cannot be told: {lever} {span}.{known}"
    elif broken is None:
        side, beyond = ("from", "below") if answer.shape is Shape.FROM else ("up to", "above")
        yield (
            f"{target} kept {side} {lever} {kept.text}; whether {beyond} it too, in the range "
            f"{span}, cannot be told."
        )
    else:
        is_from = answer.shape is Shape.FROM
        yield (
            f"{target} kept {'from' if is_from else 'up to'} {lever} {kept.text} "
            f"{'on' if is_from else ''}".rstrip()
            + f", and {'not yet' if is_from else 'no longer'} at {broken.text}."
        )
        low, high = sorted((kept.amount, broken.amount))
        at = ""
        if math.isfinite(answer.estimate) and (answer.step < 1 or answer.unit):
            at = f"{_value(answer, answer.estimate)}; "
        yield (
            f"The threshold: {at}{percent(answer.confidence)} interval "
            f"{_value(answer, low)} to {_value(answer, high)}."
        )


def _value(answer: Threshold, value: float) -> str:
    places = max(0, 1 - math.floor(math.log10(answer.step))) if answer.step < 10 else 0
    places = 0 if value == round(value) else min(places, 4)
    return f"{number(value, places)}{' ' if answer.unit else ''}{answer.unit}"


def _came_to(answer: Threshold, each: At, *, with_n: bool = True) -> str:
    if each.too_much:
        return each.too_much
    words = []
    for requirement, found in zip(answer.requirements, each.found, strict=True):
        places = decimals([found.half_width], requirement.unit)
        bounds = between(found.low, found.high, requirement.unit, places)
        mean = amount(found.mean, requirement.unit, places) + (f" ({bounds})" if bounds else "")
        words.append(
            mean
            if len(answer.requirements) == 1
            else f"{requirement.group}.{requirement.kpi} {mean}"
        )
    return listed(words) + (f", {counted(each.n, 'replication')}" if with_n else "")


def _how(answer: Threshold) -> Iterator[str]:
    if answer.shape in (Shape.FROM, Shape.UP_TO):
        yield (
            f"With {percent(answer.confidence)} confidence the threshold lies in its interval, if "
            "there is only one in the range: the five values from end to end show no other."
        )
    elif answer.shape in (Shape.EVERYWHERE, Shape.NOWHERE):
        yield (
            f"With {percent(answer.confidence)} confidence, at the values that were tried; what "
            "lies between them was not run."
        )
    else:
        yield f"Each verdict holds with {percent(answer.confidence)} confidence, all together."
    n = counted(answer.n_replications, "replication")
    yield (
        f"{n} of {counted(sum(1 for e in answer.at if e.n), 'value')}, in steps of "
        f"{_value(answer, answer.step)}. Seed {answer.seed}, engine {answer.engine}."
    )
