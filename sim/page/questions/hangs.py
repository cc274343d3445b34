"""What a figure hangs on, and the difference between both sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sim
from sim.api.workbench import BASELINE, CHANGED, Workbench, changes_as_file, values
from sim.language import later, say
from sim.page.forms import select
from sim.page.questions.question import Asked, Question, Shown, command, fits, seeded
from sim.page.state import State
from sim.page.take import CHANGES, folder_of_changes
from sim.report.hangs_on import headline
from sim.report.hangs_on_page import content, pictures_of
from sim.report.html import Html, tag
from sim.report.words import capital, label_of

_KPIS: Final = ("working_days_mean", "on_time_share", "burden")
_REPLICATIONS: Final = 5
"""Of each factor that leads: they are many."""

_RUNS_OF_ONE: Final = 4
"""Of a value alone: at both ends of its range, twice."""


def _fields(_: Workbench, __: State) -> Iterator[Html]:
    yield tag("p", select("ask.kpi", say("Figure"), [(k, capital(label_of(k))) for k in _KPIS], ""))


def _hangs_on(asked: Asked) -> Shown:
    kpi = asked.field("kpi", _KPIS)
    path, changes = CHANGES, changes_as_file(asked.answered, asked.base)
    is_compared = asked.state.baseline != asked.where
    words = ["hangs-on", path, "--variant", CHANGED]
    words += ["--baseline", BASELINE] if is_compared else []
    words += ["--kpi", kpi, "--bundle", asked.bundle, "--no-shares"]
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


def _runs(asked: Asked) -> float:
    n_sides = 1 if asked.where == asked.state.baseline else 2
    n = sum(each.mark == "assumed" for each in values(asked.bench.scenario))
    return n * _RUNS_OF_ONE * n_sides


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
)
