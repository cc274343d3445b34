"""The levers as fields of a form: what can be moved, from where, and how its value is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.api.workbench import Group, MovedLever, Workbench, with_dates
from sim.errors import LienthongError
from sim.language import say, say_of_scenario, several
from sim.page.charts.lever import lever_curve
from sim.page.state import NUMBERS, PRECISIONS, State
from sim.page.words import (
    GROUPS,
    MARKS,
    present_label,
    setting_label,
    variant_label,
    where_label,
)
from sim.report.html import Html, join, tag
from sim.report.words import as_given, counted, number, percent
from sim.wording import visible

_OPEN = (Group.CHANNELS, Group.STAFF)
"""Groups that are open from the start."""

_LONGEST_OPTION = 70


def field(name: str, **attributes: str) -> Html:
    """An input; a blank for a value is none, and ``_`` stands for ``-`` in a name."""
    known = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    return tag("input", attributes={"name": name, **known} if name else known)


def select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> Html:
    """A list to choose from, with its label."""
    found = [
        tag(
            "option",
            words,
            attributes={"value": value} | ({"selected": "selected"} if value == chosen else {}),
        )
        for value, words in options
    ]
    return join(
        (
            tag("label", label, attributes={"for": f"at-{name}"}),
            tag("select", *found, attributes={"name": name, "id": f"at-{name}"}),
        )
    )


def form(bench: Workbench, state: State, levers: Sequence[MovedLever]) -> Html:
    """All that can be set."""
    hidden = [
        field(key, type="hidden", value=value)
        for key, value in (
            ("scenario", state.scenario),
            ("lang", state.language),
            *((f"pin.{name}", text) for name, text in state.baseline.settings.items()),
        )
    ]
    return tag(
        "form",
        *hidden,
        tag("h2", say("Levers")),
        tag("div", *_where(bench, state), attributes={"class": "where"}),
        *_groups(bench, state, levers),
        tag("fieldset", *_how_sure(bench, state)),
        tag(
            "button",
            say("Show the answer"),
            attributes={"type": "submit", "id": "show", "name": "show", "value": "1"},
        ),
        attributes={"id": "form", "method": "get", "action": "./", "autocomplete": "off"},
    )


def _where(bench: Workbench, state: State) -> Iterator[Html]:
    variants = [("", variant_label(None))]
    variants += [(name, variant_label(name)) for name in bench.scenario.variants]
    bundles = [
        (name, visible(say_of_scenario(spec.label or name)))
        for name, spec in bench.scenario.spec.bundles.items()
    ]
    target = bench.scenario.target
    first = target.bundle if target is not None else bundles[0][0]
    if len(bundles) > 1:
        yield tag("p", select("bundle", say("Service"), bundles, state.bundle or first))
    yield tag("p", select("variant", say("Start from"), variants, state.where.variant or ""))
    yield tag("p", select("base", say("Compare with"), variants, state.baseline.variant or ""))
    if state.baseline.settings:
        words = say("Pinned: {setting}", setting=where_label(bench, state.baseline))
        unpin = tag("button", say("Unpin"), attributes={"type": "button", "data-unpin": "1"})
        yield tag("p", words, " ", unpin, attributes={"class": "pinned"})
    yield tag(
        "p",
        tag("button", say("Pin as baseline"), attributes={"type": "button", "data-pin": "1"}),
        " ",
        tag("button", say("Reset the levers"), attributes={"type": "button", "data-reset": "1"}),
        attributes={"class": "buttons js"},
    )


def _groups(bench: Workbench, state: State, levers: Sequence[MovedLever]) -> Iterator[Html]:
    for group in GROUPS:
        mine = [lever for lever in levers if lever.group == group]
        if not mine:
            continue
        n_set = sum(lever.name in state.where.settings for lever in mine)
        moved = several(n_set, "{n} moved", "{n} moved", n=number(n_set)) if n_set else ""
        heading = tag(
            "summary",
            GROUPS[group],
            tag("span", f" {number(len(mine))}", attributes={"class": "count"}),
            tag("span", moved, attributes={"class": "moved"}),
        )
        is_open = {"open": "open"} if group in _OPEN or n_set else {}
        yield tag(
            "details",
            heading,
            *(_lever(bench, state, lever) for lever in mine),
            attributes={"class": "group", "data-group": str(group), **is_open},
        )


def _lever(bench: Workbench, state: State, lever: MovedLever) -> Html:
    text = state.where.settings.get(lever.name, "")
    label = visible(say_of_scenario(lever.label))
    name, at = f"set.{lever.name}", f"set-{lever.name}"
    present = present_label(bench, lever)
    parts = [tag("label", label, attributes={"for": at})]
    if lever.scale is None and lever.choices and not lever.by_date:
        parts.append(_choice(bench, lever, text, present))
    else:
        typed = {
            "type": "text",
            "id": at,
            "value": text,
            "placeholder": lever.scale.present_text if lever.scale is not None else present,
            "maxlength": "400",
            "spellcheck": "false",
        }
        others = [each for each in lever.choices if len(each) <= _LONGEST_OPTION]
        if others:
            typed["list"] = f"{at}-list"
        slider = [_slider(lever, label, text, at)] if lever.scale is not None else []
        parts.append(tag("div", *slider, field(name, **typed), attributes={"class": "move"}))
        if others:
            options = (tag("option", attributes={"value": each}) for each in others)
            parts.append(tag("datalist", *options, attributes={"id": f"{at}-list"}))
    try:
        drawn = curve(bench, lever, text)
    except LienthongError:  # the answer says what is wrong
        drawn = lever_curve(lever, None)
    return tag(
        "div",
        *parts,
        tag("div", drawn, attributes={"class": "curve", "data-curve": at}),
        _known(lever, present),
        attributes={"class": "lever moved" if text else "lever", "data-lever": lever.name},
    )


def curve(bench: Workbench, lever: MovedLever, text: str) -> Html:
    """How a lever changes by date, as it is and as it is set.

    Raises
    ------
    ScenarioError, ValueFault
        What is set cannot be read.
    """
    return lever_curve(lever, with_dates(bench.scenario, lever, text))


def _choice(bench: Workbench, lever: MovedLever, text: str, present: str) -> Html:
    values = [*lever.choices]
    if text and text not in values:
        values.append(text)
    options = [("", say("as it is: {value}", value=present))]
    options += [(each, _short(setting_label(bench, lever.name, each))) for each in values]
    found = [
        tag(
            "option",
            words,
            attributes={"value": value} | ({"selected": "selected"} if value == text else {}),
        )
        for value, words in options
    ]
    at = {"name": f"set.{lever.name}", "id": f"set-{lever.name}"}
    return tag("select", *found, attributes=at)


def _slider(lever: MovedLever, label: str, text: str, at: str) -> Html:
    scale = lever.scale
    assert scale is not None  # noqa: S101  only levers with an amount have one
    number_set = text.removesuffix(scale.unit).strip()
    shown = number_set if number_set.replace(".", "", 1).isdigit() else f"{scale.present:g}"
    return field(
        "",
        type="range",
        class_="js",
        min=f"{scale.low:g}",
        max=f"{scale.high:g}",
        step=f"{scale.step:g}",
        value=shown,
        data_for=at,
        data_unit=scale.unit,
        data_present=f"{scale.present:.10g}",
        aria_label=label,
    )


def _known(lever: MovedLever, present: str) -> Html:
    """What stands there today and how it is known; its source is a click away."""
    mark = tag(
        "span", MARKS.get(lever.mark, lever.mark), attributes={"class": f"mark {lever.mark}"}
    )
    facts = [
        (say("Source"), visible(say_of_scenario(lever.source))),
        (say("Note"), visible(say_of_scenario(lever.note))),
        (say("Range by the source"), as_given(lever.range)),
        (say("Written in"), f"{Path(lever.file).name}:{lever.line}" if lever.file else ""),
        (say("Name in the scenario"), lever.name),
        (say("What it moves"), ", ".join(lever.paths)),
    ]
    rows = [
        part for heading, words in facts if words for part in (tag("dt", heading), tag("dd", words))
    ]
    return tag(
        "details",
        tag("summary", say("today: {value}", value=present), " ", mark),
        tag("dl", *rows),
        attributes={"class": "source"},
    )


def _how_sure(bench: Workbench, state: State) -> Iterator[Html]:
    yield tag("legend", say("How sure"))
    precise = [
        (f"{each:g}", say("± {share} of the mean", share=percent(number(100 * each))))
        for each in PRECISIONS
    ]
    yield tag("p", select("precision", say("Sharpen until"), precise, f"{state.precision:g}"))
    numbers = [("", say("as many as that takes"))]
    numbers += [(str(each), counted(each, "replication")) for each in NUMBERS]
    if state.replications is not None and state.replications not in NUMBERS:
        numbers.append((str(state.replications), counted(state.replications, "replication")))
    chosen = "" if state.replications is None else str(state.replications)
    yield tag("p", select("n", say("Replications"), numbers, chosen))
    seed = "" if state.seed is None else str(state.seed)
    given = str(bench.scenario.spec.seed)
    yield tag(
        "p",
        tag("label", say("Seed of the draws"), attributes={"for": "at-seed"}),
        field("seed", type="text", id="at-seed", inputmode="numeric", value=seed,
              placeholder=given, maxlength="18"),
    )  # fmt: skip


def _short(words: str) -> str:
    shown = visible(words)
    return shown if len(shown) <= _LONGEST_OPTION else f"{shown[:_LONGEST_OPTION]}…"
