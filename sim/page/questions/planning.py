"""How many people keep to a target, and up to which value of a lever it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import sim
from sim.api.workbench import Group, MovedLever, Where, Workbench, moved_levers
from sim.errors import RequestError
from sim.language import later, say, say_of_scenario
from sim.page.forms import field, select
from sim.page.questions.question import Asked, Question, Shown, command, drawn, fits, seeded, side
from sim.page.state import State
from sim.report.html import Html, tag
from sim.report.staffing import staffing_heading, staffing_section
from sim.report.threshold import threshold_heading, threshold_section
from sim.report.view import in_words
from sim.report.words import capital, label_of
from sim.wording import visible

_MEASURES: Final = {
    "on_time_share": (">=", "%", 95),
    "working_days_mean": ("<=", "wd", 4),
    "working_days_p90": ("<=", "wd", 5),
}
"""By KPI: the side of the limit, its unit, and a limit to begin with."""

_COSTS: Final = {"people": later("people"), "wages": later("wages")}
_BARE: Final = re.compile(r"[0-9]+([.,][0-9]+)?")
_ALL: Final = "*"
"""All groups that work on what the target is about; no name of one."""

_RUNS_OF_ONE: Final = 80
_RUNS_OF_ALL: Final = 1_300
"""Of births, measured: as long as 150 seconds of one core."""

_MOST: Final = 80
"""Replications at one value or of one staffing: more would take minutes."""

_THRESHOLD_RUNS: Final = 240


def _target_fields(name: str, *, first: str) -> Iterator[Html]:
    options = []
    for kpi, (sign, unit, limit) in _MEASURES.items():
        words = say("at least") if sign == ">=" else say("at most")
        chosen = {"selected": "selected"} if kpi == first else {}
        options.append(
            tag("option", f"{label_of(kpi)}: {words}",
                attributes={"value": kpi, "data-limit": f"{limit} {unit}", **chosen})
        )  # fmt: skip
    at = f"{name}-kpi"
    yield tag(
        "p",
        tag("label", say("Target"), attributes={"for": at}),
        tag("select", *options, attributes={"name": "ask.kpi", "id": at, "data-limits": "1"}),
        field(
            "ask.limit",
            type="text",
            value="{2} {1}".format(*_MEASURES[first]),
            aria_label=say("Limit of the target"),
            size="8",
        ),
    )


def _target(asked: Asked) -> str:
    """The target as the verbs have it."""
    kpi = asked.field("kpi", _MEASURES)
    sign, unit, limit = _MEASURES[kpi]
    text = asked.fields.get("limit") or str(limit)
    text = text.replace("\u00a0", " ").replace(",", ".")
    if _BARE.fullmatch(text):
        text = f"{text} {unit}"
    return f"{asked.bundle}.{kpi} {sign} {text}"


def _staff_fields(bench: Workbench, _: State) -> Iterator[Html]:
    yield from _target_fields("staff", first="on_time_share")
    groups = [(name, capital(in_words(name))) for name in bench.scenario.spec.staff]
    groups.append((_ALL, say("all who work on it")))
    yield tag("p", select("ask.move", say("Move"), groups, ""))
    costs = [(name, say(words)) for name, words in _COSTS.items()]
    yield tag("p", select("ask.cost", say("As few as possible of"), costs, "people"))


def _is_of_all(asked: Asked) -> bool:
    return asked.fields.get("move") == _ALL


def _staff(asked: Asked) -> Shown:
    target, cost = _target(asked), asked.field("cost", _COSTS)
    move = asked.field("move", (*asked.bench.scenario.spec.staff, _ALL))
    with asked.bench.settings.reading({}):
        found = sim.staff(
            asked.bench.settings.path,
            target=target,
            move=None if move == _ALL else move,
            cost=cost,
            most=_MOST,
            variant=asked.where.variant,
            settings=asked.where.settings,
            seed=asked.state.seed,
            workers=asked.workers,
            progress=asked.progress,
        ).staffing
    from sim.report.figures.limits import staffing_figure

    glance = staffing_heading(found)
    words = ["staff", asked.base, *side("--variant", asked.where), "--target", target]
    words += ["--move", move] if move != _ALL else []
    words += ["--cost", cost] if cost != "people" else []
    words += ["--most", str(_MOST)]
    told = replace(found, path=asked.base)
    return Shown(
        html=staffing_section(told, drawn(staffing_figure(found), glance)),
        glance=glance,
        command=command(*words, *seeded(asked)),
    )


def _quantities(bench: Workbench, where: Where) -> list[MovedLever]:
    """The levers of one amount, channels first."""
    levers = moved_levers(bench.settings.at(where).scenario)
    found = [each for each in levers if each.scale is not None]
    return sorted(found, key=lambda each: each.group is not Group.CHANNELS)


def _threshold_fields(bench: Workbench, state: State) -> Iterator[Html]:
    yield from _target_fields("threshold", first="working_days_mean")
    levers = _quantities(bench, Where(variant=state.where.variant))
    options = [(each.name, visible(say_of_scenario(each.label or each.name))) for each in levers]
    yield tag("p", select("ask.lever", say("Lever"), options, ""))


def _threshold(asked: Asked) -> Shown:
    settings = dict(asked.where.settings)
    levers = {each.name for each in _quantities(asked.bench, Where(variant=asked.where.variant))}
    lever = asked.fields.get("lever", "")
    if lever not in levers:
        raise RequestError(say("lever: choose one of the list."))
    settings.pop(lever, None)
    where = replace(asked.where, settings=settings)
    target = _target(asked)
    with asked.bench.settings.reading({}):
        found = sim.threshold(
            asked.bench.settings.path,
            lever,
            target=target,
            most=_MOST,
            variant=where.variant,
            settings=where.settings,
            seed=asked.state.seed,
            workers=asked.workers,
            progress=asked.progress,
        ).threshold
    from sim.report.figures.limits import threshold_figure

    glance = threshold_heading(found)
    words = ["threshold", asked.base, lever, *side("--variant", where), "--target", target]
    words += ["--most", str(_MOST)]
    return Shown(
        html=threshold_section(
            replace(found, path=asked.base), drawn(threshold_figure(found), glance)
        ),
        glance=glance,
        command=command(*words, *seeded(asked)),
    )


def _no_quantity(bench: Workbench) -> str:
    if _quantities(bench, Where()):
        return ""
    return say(
        "No lever of this scenario is one quantity: name some under “levers”, such as a share of a "
        "channel, and bring it in again."
    )


STAFF: Final = Question(
    name="staff",
    heading=later("How many people?"),
    lead=later(
        "The cheapest staffing that keeps to a target, from the levers and the start as they are "
        "set now."
    ),
    fields=_staff_fields,
    misfit=fits,
    runs=lambda asked: _RUNS_OF_ALL if _is_of_all(asked) else _RUNS_OF_ONE,
    answer=_staff,
    smaller=lambda asked: (
        {say("one group alone"): asked.seconds(_RUNS_OF_ONE)} if _is_of_all(asked) else {}
    ),
)

THRESHOLD: Final = Question(
    name="threshold",
    heading=later("From where on does it hold?"),
    lead=later(
        "The least uptake, or the largest demand, with which a target holds: the value of one "
        "lever at which it turns, all others as they are set now."
    ),
    fields=_threshold_fields,
    misfit=_no_quantity,
    runs=lambda _: _THRESHOLD_RUNS,
    answer=_threshold,
)
