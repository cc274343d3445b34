"""Puts a staffing into words: what to set, what it comes to, and how sure that is."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from sim.answers.staffing import Found, Staffing, Tried
from sim.experiment.requirements import Requirement
from sim.language import later, say, say_of_scenario, several
from sim.report.html import Html, paragraphs, section, table, tag
from sim.report.words import (
    amount,
    as_given,
    between,
    capital,
    confidence,
    counted,
    decimals,
    label_within,
    listed,
    number,
)


def staffing_lines(answer: Staffing) -> tuple[str, ...]:
    """The lines that are printed: the answer, the line to copy, what was tried, how sure it is."""
    line = _line(answer)
    return (
        say_of_scenario(answer.title),
        *(
            say("Target: {target}", target=target_words(requirement))
            for requirement in answer.requirements
        ),
        "",
        *_answer(answer),
        *([f"  {line}"] if line else []),
        "",
        say("Tried, in this order:"),
        *(f"  {_row(answer, each)}" for each in answer.tried),
        "",
        *_how(answer),
    )


def staffing_section(answer: Staffing, picture: Html | None = None) -> Html:
    """A short section of a page: the answer, a table of what was tried, and how sure it is.

    Parameters
    ----------
    picture
        That of :func:`sim.report.figures.limits.staffing_figure`, as markup.
    """
    rows = [
        (
            short_settings(each.settings),
            cost_words(answer, each.cost),
            number(each.n),
            say("yes") if each.keeps else say("no"),
            _came_to(each),
        )
        for each in answer.tried
    ]
    line = _line(answer)
    return section(
        say("How many people"),
        paragraphs(
            say("Target: {target}.", target=target_words(requirement))
            for requirement in answer.requirements
        ),
        paragraphs(_answer(answer)),
        *([tag("pre", line)] if line else []),
        *([picture] if picture is not None else []),
        table(
            (
                say("Staffing"),
                say("Cost"),
                say("Replications"),
                say("Keeps"),
                say("Means (95 % interval)"),
            ),
            rows,
        ),
        paragraphs(_how(answer)),
        anchor="people",
    )


def staffing_heading(answer: Staffing) -> str:
    """The answer in one sentence."""
    return next(_answer(answer))


def target_words(requirement: Requirement, *, with_zone: bool = True) -> str:
    """A target in words, with its indifference zone where that plays a part."""
    unit = requirement.unit
    zone = (
        say("{number} points", number=number(100 * requirement.limit.zone, 2))
        if unit == "share"
        else amount(requirement.limit.zone, unit, 2)
    )
    value = amount(requirement.limit.value, unit, _places(requirement.limit.value, unit))
    as_good = say(" (± {zone} is as good)", zone=zone) if with_zone else ""
    bound = (
        say("at most {value}", value=value)
        if requirement.limit.at_most
        else say("at least {value}", value=value)
    )
    return f"{requirement.group}, {label_within(requirement.kpi)}: {bound}{as_good}"


def settings_line(path: str, variant: str | None, settings: Mapping[str, str]) -> str:
    """The command that runs a scenario with some settings, to copy."""
    words = ["lienthong", "run", path]
    words += ["--variant", variant] if variant is not None else []
    for name, value in settings.items():
        words += ["--set", f"{name}={value}"]
    return shlex.join(words)


def short_settings(settings: Mapping[str, str]) -> str:
    """Settings of people by the name of their group."""
    return ", ".join(
        f"{name.removeprefix('staff.').removesuffix('.people')} {as_given(value)}"
        for name, value in settings.items()
    )


def mean_words(found: Found) -> str:
    """A mean with its 95 % interval."""
    interval, unit = found.interval, found.requirement.unit
    places = decimals([interval.half_width], unit)
    bounds = between(interval.low, interval.high, unit, places)
    return amount(interval.mean, unit, places) + (f" ({bounds})" if bounds else "")


def cost_words(answer: Staffing, cost: float) -> str:
    """What a staffing costs, with the unit."""
    if answer.cost_unit == "people":
        shown = number(cost, 0 if abs(cost - round(cost)) < 5e-3 else 2)
        return several(1 if shown == "1" else 2, "{n} person", "{n} people", n=shown)
    return amount(cost, answer.cost_unit, 0)


def _line(answer: Staffing) -> str:
    """The command that runs the answer; empty where there is none."""
    if answer.chosen is None:
        return ""
    return settings_line(answer.path, answer.variant, answer.chosen.settings)


def _answer(answer: Staffing) -> Iterator[str]:
    groups = listed(each.group for each in answer.ladders)
    target = say("the target") if len(answer.requirements) == 1 else say("all targets")
    chosen, top = answer.chosen, answer.best
    if chosen is None or top is None:
        yield say(
            "No staffing of {groups} that was looked at keeps to {target}.",
            groups=groups,
            target=target,
        )
        if answer.too_busy:
            yield say(
                "Whatever is moved, others have more work than they can do, over all offices or at "
                "some: {groups}. Move them too, or give them more people.",
                groups=listed(answer.too_busy),
            )
        if answer.alike is not None and top is not None:
            yield say(
                "The most people, {staffing}, come to {means}, and the fewest, {fewest}, to "
                "{others}: people hardly move it. What does: see lienthong hangs-on.",
                staffing=short_settings(top.settings),
                means=_came_to(top),
                fewest=short_settings(answer.alike.settings),
                others=_came_to(answer.alike),
            )
        elif top is not None and top.n and answer.too_busy:
            yield say(
                "The most people, {staffing}, come to {means}.",
                staffing=short_settings(top.settings),
                means=_came_to(top),
            )
        elif top is not None and top.n:
            yield say(
                "The most people, {staffing}, come to {means}. Look among more with --move "
                "GROUP=VALUE,…, or ask for less.",
                staffing=short_settings(top.settings),
                means=_came_to(top),
            )
        return
    change = chosen.cost - answer.present_cost
    compared = say("as much as now")
    if abs(change) >= 5e-3:
        by = cost_words(answer, abs(change))
        compared = (
            say("{cost} more than now", cost=by)
            if change > 0
            else say("{cost} less than now", cost=by)
        )
    text = (
        later("The cheapest staffing that keeps to {target}: {staffing}; {cost}, {compared}.")
        if answer.is_least
        else later(
            "The cheapest staffing found that keeps to {target}: {staffing}; {cost}, {compared}."
        )
    )
    yield say(
        text,
        target=target,
        staffing=short_settings(chosen.settings),
        cost=cost_words(answer, chosen.cost),
        compared=compared,
    )
    yield say(
        "It comes to {means}, over {replications}.",
        means=_came_to(chosen),
        replications=counted(chosen.n, "replication"),
    )
    if any(found.is_close for found in chosen.found):
        yield say("That is so near to the target that the mean may be on either side of it.")
    if not answer.is_least:
        yield say(
            "No staffing below {cost} keeps to {target}; between the two there are more than were "
            "tried. Give fewer groups or values with --move.",
            cost=cost_words(answer, answer.floor),
            target=target,
        )
    if answer.as_cheap:
        others = listed(short_settings(each.settings) for each in answer.as_cheap)
        yield say(
            "As cheap, and keeping to {target} too: {staffings}.", target=target, staffings=others
        )


def _how(answer: Staffing) -> Iterator[str]:
    if answer.is_sure:
        text = (
            later(
                "With {confidence} confidence, if more people never break a target that fewer "
                "keep: what is chosen misses no target by more than its zone (±), and nothing "
                "cheaper keeps to all of them by more than their zones."
            )
            if answer.is_least
            else later(
                "With {confidence} confidence, if more people never break a target that fewer "
                "keep: what is chosen misses no target by more than its zone (±), and nothing "
                "below the cost named keeps to all of them by more than their zones."
            )
        )
        yield say(text, confidence=confidence(answer.confidence))
    else:
        forced = [each for each in answer.tried if any(found.is_forced for found in each.found)]
        yield say(
            "{staffings} could not be told from the target in the replications allowed, and went "
            "by the mean alone: the confidence of {confidence} does not hold. Allow more with "
            "--most, or a wider zone.",
            staffings=capital(counted(len(forced), "staffing")),
            confidence=confidence(answer.confidence),
        )
    left_out = ""
    if answer.n_left_out:
        values = counted(answer.n_left_out, "value")
        left_out = say(
            " {values} of groups were left out: the work exceeds the people.",
            values=capital(values),
        )
    yield say(
        "{replications} of {staffings}, of {all} to choose from.{left_out} Seed {seed}, engine "
        "{engine}.",
        replications=counted(answer.n_replications, "replication"),
        staffings=counted(sum(1 for each in answer.tried if each.n), "staffing"),
        all=counted(answer.n_candidates, "staffing"),
        left_out=left_out,
        seed=answer.seed,
        engine=answer.engine,
    )


def _row(answer: Staffing, each: Tried) -> str:
    verdict = say("keeps") if each.keeps else say("does not keep")
    what = _came_to(each)
    n = f", {counted(each.n, 'replication')}" if each.n else ""
    cost = cost_words(answer, each.cost)
    return f"{short_settings(each.settings)} ({cost}): {verdict}: {what}{n}"


def _came_to(each: Tried) -> str:
    if each.too_much:
        return each.too_much
    if len(each.found) == 1:
        return mean_words(each.found[0])
    return listed(
        f"{found.requirement.group}.{found.requirement.kpi} {mean_words(found)}"
        for found in each.found
    )


def _places(value: float, unit: str) -> int:
    shown = 100 * value if unit == "share" else value
    return 0 if abs(shown - round(shown)) < 1e-9 else 2
