"""A fortnight of one office, to be played on the map: dossiers move, wait and pile up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import sim
from sim.api.workbench import Workbench
from sim.language import later, say
from sim.page.forms import field
from sim.page.questions.question import REPLICATIONS, Asked, Question, Shown, fits, last_stage
from sim.page.state import State
from sim.report.html import Html, join, tag
from sim.report.process_map.key import key
from sim.report.process_map.section import maps_shown

_DAYS: Final = 14
_RUNS: Final = 60
"""Maps take twenty; the engine that can follow cases as long as some more of the fast one."""


def _fields(_: Workbench, __: State) -> Iterator[Html]:
    for name, words, hint in (
        ("office", say("Office, by default the first one"), ""),
        ("start", say("First day, by default the first measured one"), "2025-01-20"),
    ):
        at = f"replay-{name}"
        yield tag(
            "p",
            tag("label", words, attributes={"for": at}),
            field(f"ask.{name}", type="text", id=at, placeholder=hint),
        )


def _words() -> dict[str, str]:
    """What the player says, in the language in use."""
    return {
        "region": say("Replay"),
        "play": say("Play"),
        "pause": say("Pause"),
        "back": say("Step back"),
        "forward": say("Step forward"),
        "time": say("Time"),
        "speed": say("Speed"),
        "open": say("office open"),
        "closed": say("office closed"),
        "weekend": say("weekend"),
        "holiday": say("public holiday"),
        "state": say(
            "{waiting} waiting or under way, {working} being worked on, {done} done",
            waiting="{waiting}",
            working="{working}",
            done="{done}",
        ),
    }


def _replay(asked: Asked) -> Shown:
    office, start = asked.fields.get("office") or None, asked.fields.get("start") or None
    with asked.bench.settings.reading({}):
        data = sim.replay(
            asked.bench.settings.path,
            variant=asked.where.variant,
            bundle=asked.bundle,
            settings=asked.where.settings,
            days=_DAYS,
            seed=asked.state.seed,
            progress=asked.progress,
            office=office,
            start=start,
        ).data
    last = last_stage(
        asked,
        replace(
            asked.answered,
            baseline=asked.where,
            names=(asked.answered.names or ("", ""))[1:] * 2,
            kpis=(),
            replications=asked.state.replications or REPLICATIONS,
        ),
    )
    maps = [
        part
        for i, (_, each) in enumerate(maps_shown(last.results, last.bundle))
        if f"{asked.bundle}/{each.regime}/{each.channel}" in data["flows"]
        for part in (
            tag("h4", each.heading),
            tag("div", each.svg(f"replay-{i}"), attributes={"class": "map"}),
        )
    ]
    glance = say(
        "{n} cases of {office} in {days} days from {start} on, of one replication.",
        n=len(data["cases"]),
        office=data["office"],
        days=_DAYS,
        start=data["start"],
    )
    played = json.dumps({"data": data, "words": _words()}, ensure_ascii=False)
    shown = join(
        (
            tag("p", glance),
            tag("div", attributes={"class": "replay-controls"}),
            tag("div", key(), attributes={"class": "map"}),
            *maps,
            tag("div", played, attributes={"class": "replay-data", "hidden": "hidden"}),
        )
    )
    settings = dict(asked.where.settings) or None
    arguments = {"variant": asked.where.variant, "settings": settings, "bundle": asked.bundle,
                 "days": _DAYS, "seed": asked.state.seed, "office": office,
                 "start": start}  # fmt: skip
    words = "".join(f", {name}={each!r}" for name, each in arguments.items() if each is not None)
    return Shown(html=shown, glance=glance, command=f"sim.replay({asked.base!r}{words}).data")


REPLAY: Final = Question(
    name="replay",
    heading=later("What does a fortnight look like?"),
    lead=later(
        "Fourteen days of one office, played in a minute on the map of what is set: dossiers move, "
        "wait and pile up; it can be paused and stepped."
    ),
    fields=_fields,
    misfit=fits,
    runs=lambda _: _RUNS,
    answer=_replay,
)
