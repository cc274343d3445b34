"""What happened to one case, event by event."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

import sim
from sim.api.workbench import Workbench
from sim.language import later, say
from sim.page.forms import select
from sim.page.questions.question import Asked, Question, Shown, command, fits, seeded, side
from sim.page.state import State
from sim.report.html import Html, join, paragraphs, tag

_WHICH: Final = {
    "slowest": later("the slowest"),
    "typical": later("a typical one"),
    "rejected": later("a rejected one"),
    "late": later("the one furthest beyond its limit"),
}
_FOLDER: Final = "study"
_RUNS: Final = 30
"""The engine that can follow a case takes as long as so many runs of the fast one."""


def _fields(_: Workbench, __: State) -> Iterator[Html]:
    cases = [(name, say(words)) for name, words in _WHICH.items()]
    yield tag("p", select("ask.which", say("Case"), cases, ""))


def _story(asked: Asked) -> Shown:
    which = asked.field("which", _WHICH)
    with asked.bench.settings.reading({}):
        study = sim.run(
            asked.bench.settings.path,
            variants=asked.where.variant or (),
            settings=asked.where.settings,
            replications=1,
            seed=asked.state.seed,
            bundles=asked.bundle,
            tables=("cases", "work_items"),
            over_time="none",
            workers=asked.workers,
            progress=asked.progress,
        )
    # It is made again from the texts that the study keeps, and that have been let through.
    lines = study.story(which=which, bundle=asked.bundle, progress=asked.progress).lines
    blocks = [list(each) for is_text, each in groupby(lines, key=bool) if is_text]
    head, *rest = blocks
    shown = join(
        (
            paragraphs(head),
            *(
                tag("ul", *(tag("li", line) for line in block), attributes={"class": "story"})
                for block in rest
            ),
        )
    )
    words = ["run", asked.base, *side("--variant", asked.where), "--replications", "1"]
    words += ["--tables", "cases,work_items", "--bundles", asked.bundle, "--out", _FOLDER]
    lines_to_copy = (
        command(*words, *seeded(asked)),
        command("story", _FOLDER, "--which", which, "--bundle", asked.bundle),
    )
    return Shown(html=shown, glance=head[0], command="\n".join(lines_to_copy))


STORY: Final = Question(
    name="story",
    heading=later("What happened to one case?"),
    lead=later("One case of the first replication from its first day to its last."),
    fields=_fields,
    misfit=fits,
    runs=lambda _: _RUNS,
    answer=_story,
)
