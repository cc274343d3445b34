"""What a figure hangs on, and the difference between both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import sim
from sim.api.workbench import (
    BASELINE,
    CHANGED,
    Workbench,
    changes_as_file,
    parts_that_may_differ,
)
from sim.language import Phrases, later, say, say_of_scenario
from sim.page.forms import select
from sim.page.questions.question import Asked, Question, Shown, command, fits, seeded
from sim.page.state import State
from sim.page.take import CHANGES, folder_of_changes
from sim.report.hangs_on import headline
from sim.report.hangs_on_page import content, pictures_of
from sim.report.html import Html, tag
from sim.report.words import capital, label_of
from sim.wording import visible

_KPIS: Final = ("working_days_mean", "on_time_share", "burden")
_REPLICATIONS: Final = 5
"""Of each factor that leads: they are many."""

_RUNS_OF_ONE: Final = 6
"""Replications as long as which a value takes on a side: both ends twice, each read anew."""

_MOST_NAMED: Final = 6
"""Parts that are named as a way out of a long wait."""

_SECTIONS: Final = Phrases(
    {
        "staff": "Staff",
        "systems": "Systems",
        "filing": "Filing",
        "timetables": "Timetables",
        "offices": "Offices",
        "costs": "Costs",
        "properties": "Cases",
    }
)
"""Sections of a scenario by the word for them; of others their names stand for themselves."""


def _fields(bench: Workbench, _: State) -> Iterator[Html]:
    yield tag("p", select("ask.kpi", say("Figure"), [(k, capital(label_of(k))) for k in _KPIS], ""))
    parts = [(part, _word(bench, part)) for part in _parts(bench.scenario.tree)]
    options = [("", say("all that may be otherwise")), *parts]
    yield tag("p", select("ask.only", say("Of which values"), options, ""))


def _parts(tree: Mapping[str, Any]) -> Iterator[str]:
    """The parts of a scenario that may be asked about alone."""
    yield from (f"bundles.{name}" for name in tree.get("bundles", {}))
    yield from (section for section in _SECTIONS if section in tree)


def _word(bench: Workbench, part: str) -> str:
    bundle = bench.scenario.spec.bundles.get(part.partition(".")[2])
    if bundle is not None:
        return visible(say_of_scenario(bundle.label or part))
    return _SECTIONS.get(part, part)


def _hangs_on(asked: Asked) -> Shown:
    kpi, only = asked.field("kpi", _KPIS), _only(asked)
    path, changes = CHANGES, changes_as_file(asked.answered, asked.base)
    is_compared = asked.state.baseline != asked.where
    words = ["hangs-on", path, "--variant", CHANGED]
    words += ["--baseline", BASELINE] if is_compared else []
    words += ["--kpi", kpi, "--bundle", asked.bundle, "--no-shares"]
    words += ["--only", only] if only else []
    words += ["--replications", str(asked.state.replications or _REPLICATIONS)]
    line = command(*words, *seeded(asked))
    place = str(folder_of_changes(asked.bench, asked.base) / CHANGES)
    with asked.bench.settings.reading({place: changes.encode()}):
        found = sim.hangs_on(
            place,
            variant=CHANGED,
            baseline=BASELINE if is_compared else None,
            kpi=kpi,
            bundle=asked.bundle,
            only=[only] if only else [],
            shares=False,
            replications=asked.state.replications or _REPLICATIONS,
            seed=asked.state.seed,
            workers=asked.workers,
            progress=asked.progress,
            command=line,
        ).found
    return Shown(
        html=content(found, pictures_of(found)),
        glance=capital(headline(found, len(found.outcomes) - 1)),
        command=line,
    )


def _only(asked: Asked) -> str:
    return asked.field("only", ("", *_parts(asked.bench.scenario.tree)))


def _sides(asked: Asked) -> int:
    return 1 if asked.where == asked.state.baseline else 2


def _runs(asked: Asked) -> float:
    counts, only = parts_that_may_differ(asked.bench.scenario), _only(asked)
    n = counts[only] if only else counts.total()
    return n * _RUNS_OF_ONE * _sides(asked)


def _smaller(asked: Asked) -> dict[str, float]:
    """The largest parts that can be asked alone, if not one of them is asked already."""
    if _only(asked):
        return {}
    counts = parts_that_may_differ(asked.bench.scenario)
    known = set(_parts(asked.bench.scenario.tree))
    first = [(part, n) for part, n in counts.most_common() if part in known][:_MOST_NAMED]
    runs = {_word(asked.bench, part): n * _RUNS_OF_ONE * _sides(asked) for part, n in first}
    return {words: asked.seconds(n) for words, n in runs.items()}


HANGS_ON: Final = Question(
    name="hangs-on",
    heading=later("What does it hang on?"),
    lead=later(
        "Which assumed values and readings move the figure most, each alone through its range, "
        "and where one of them turns a verdict."
    ),
    fields=_fields,
    misfit=fits,
    runs=_runs,
    answer=_hangs_on,
    smaller=_smaller,
)
