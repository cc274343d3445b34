"""Puts a threshold into words: up to where targets hold, between which values, and how sure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.analysis.crossing import Shape, Side
from sim.answers.threshold import At, Threshold
from sim.language import Phrases, later, say, say_of_scenario, several
from sim.report.html import Html, paragraphs, section, table, tag
from sim.report.staffing import settings_line, target_words
from sim.report.words import (
    amount,
    as_given,
    between,
    confidence,
    counted,
    decimals,
    listed,
    number,
    unit_in_short,
)

_SIDES = Phrases({Side.KEPT: "keeps", Side.BROKEN: "does not keep", Side.OPEN: "cannot be told"})


def threshold_lines(answer: Threshold) -> tuple[str, ...]:
    """The lines that are printed: the answer, the line to copy, what was tried, how sure it is."""
    line = (
        [f"  {settings_line(answer.path, answer.variant, copied)}"]
        if (copied := _copied(answer))
        else []
    )
    return (
        say_of_scenario(answer.title),
        *(
            say("Target: {target}", target=target_words(requirement, with_zone=False))
            for requirement in answer.requirements
        ),
        "",
        *_answer(answer),
        *line,
        "",
        say("Tried:"),
        *(
            f"  {answer.lever} {as_given(each.text)}: {_SIDES[each.side]}: {_came_to(answer, each)}"
            for each in answer.at
        ),
        "",
        *_how(answer),
    )


def threshold_section(answer: Threshold, picture: Html | None = None) -> Html:
    """A short section of a page: the answer, a table of what was tried, and how sure it is."""
    rows = [
        (
            as_given(each.text),
            number(each.n),
            _SIDES[each.side],
            _came_to(answer, each, with_n=False),
        )
        for each in answer.at
    ]
    copied = _copied(answer)
    line = settings_line(answer.path, answer.variant, copied) if copied else ""
    return section(
        say("How far it holds"),
        paragraphs(
            say("Target: {target}.", target=target_words(requirement, with_zone=False))
            for requirement in answer.requirements
        ),
        paragraphs(_answer(answer)),
        *([tag("pre", line)] if line else []),
        *([picture] if picture is not None else []),
        table(
            (
                say_of_scenario(answer.label),
                say("Replications"),
                say("Verdict"),
                say("Means (95 % interval)"),
            ),
            rows,
        ),
        paragraphs(_how(answer)),
        anchor="how-far",
    )


def threshold_heading(answer: Threshold) -> str:
    """The answer in one sentence."""
    return next(_answer(answer))


def _copied(answer: Threshold) -> dict[str, str]:
    return {} if answer.kept is None else {answer.lever: answer.kept.text}


def _answer(answer: Threshold) -> Iterator[str]:
    n = len(answer.requirements)
    span = say("from {low} to {high}", low=as_given(answer.least), high=as_given(answer.most))
    lever = say_of_scenario(answer.label)
    kept, broken = answer.kept, answer.broken
    if answer.shape is Shape.EVERYWHERE:
        yield several(
            n,
            "The target is kept everywhere in the range: {lever} {span}.",
            "All targets are kept everywhere in the range: {lever} {span}.",
            lever=lever,
            span=span,
        )
    elif answer.shape is Shape.NOWHERE:
        yield several(
            n,
            "The target is kept nowhere in the range: {lever} {span}.",
            "All targets are kept nowhere in the range: {lever} {span}.",
            lever=lever,
            span=span,
        )
    elif answer.shape is Shape.IN_PARTS:
        yield several(
            n,
            "There is no one threshold of {lever} {span}: the target is kept at {kept}, and not "
            "at {broken}.",
            "There is no one threshold of {lever} {span}: all targets are kept at {kept}, and not "
            "at {broken}.",
            lever=lever,
            span=span,
            kept=listed(as_given(each.text) for each in answer.at if each.side is Side.KEPT),
            broken=listed(as_given(each.text) for each in answer.at if each.side is Side.BROKEN),
        )
    elif kept is None:
        known = (
            say(" It is not kept at {value}.", value=as_given(broken.text))
            if broken is not None
            else ""
        )
        yield several(
            n,
            "Whether the target is kept cannot be told: {lever} {span}.{known}",
            "Whether all targets are kept cannot be told: {lever} {span}.{known}",
            lever=lever,
            span=span,
            known=known,
        )
    elif broken is None:
        yield _half_open(answer, lever, as_given(kept.text), span)
    else:
        yield _on_both_sides(answer, lever, as_given(kept.text), as_given(broken.text))
        low, high = sorted((kept.amount, broken.amount))
        at = ""
        if math.isfinite(answer.estimate) and (answer.step < 1 or answer.unit):
            at = f"{_value(answer, answer.estimate)}; "
        yield say(
            "The threshold: {at}{confidence} interval {low} to {high}.",
            at=at,
            confidence=confidence(answer.confidence),
            low=_value(answer, low),
            high=_value(answer, high),
        )


def _half_open(answer: Threshold, lever: str, kept: str, span: str) -> str:
    """Where targets are known to be kept, and where nothing can be told."""
    texts = (
        (
            later(
                "The target is kept from {lever} {kept}; whether below it too, in the range "
                "{span}, cannot be told."
            ),
            later(
                "All targets are kept from {lever} {kept}; whether below it too, in the range "
                "{span}, cannot be told."
            ),
        )
        if answer.shape is Shape.FROM
        else (
            later(
                "The target is kept up to {lever} {kept}; whether above it too, in the range "
                "{span}, cannot be told."
            ),
            later(
                "All targets are kept up to {lever} {kept}; whether above it too, in the range "
                "{span}, cannot be told."
            ),
        )
    )
    return say(texts[len(answer.requirements) > 1], lever=lever, kept=kept, span=span)


def _on_both_sides(answer: Threshold, lever: str, kept: str, broken: str) -> str:
    """Where targets are kept, and where they are not any more."""
    texts = (
        (
            later("The target is kept from {lever} {kept} on, and not yet at {broken}."),
            later("All targets are kept from {lever} {kept} on, and not yet at {broken}."),
        )
        if answer.shape is Shape.FROM
        else (
            later("The target is kept up to {lever} {kept}, and no longer at {broken}."),
            later("All targets are kept up to {lever} {kept}, and no longer at {broken}."),
        )
    )
    return say(texts[len(answer.requirements) > 1], lever=lever, kept=kept, broken=broken)


def _value(answer: Threshold, value: float) -> str:
    places = max(0, 1 - math.floor(math.log10(answer.step))) if answer.step < 10 else 0
    places = 0 if value == round(value) else min(places, 4)
    if answer.unit == "%":
        return say("{number} %", number=number(value, places))
    return f"{number(value, places)} {unit_in_short(answer.unit)}".rstrip()


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
        yield say(
            "With {confidence} confidence the threshold lies in its interval, if there is only one "
            "in the range: the {n} values from end to end show no other.",
            n=answer.n_coarse,
            confidence=confidence(answer.confidence),
        )
    elif answer.shape in (Shape.EVERYWHERE, Shape.NOWHERE):
        yield say(
            "With {confidence} confidence, at the values that were tried; what lies between them "
            "was not run.",
            confidence=confidence(answer.confidence),
        )
    else:
        yield say(
            "Each verdict holds with {confidence} confidence, all together.",
            confidence=confidence(answer.confidence),
        )
    yield say(
        "{replications} of {values}, in steps of {step}. Seed {seed}, engine {engine}.",
        replications=counted(answer.n_replications, "replication"),
        values=counted(sum(1 for e in answer.at if e.n), "value"),
        step=_value(answer, answer.step),
        seed=answer.seed,
        engine=answer.engine,
    )
