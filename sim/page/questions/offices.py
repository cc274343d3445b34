"""Which offices keep to their share on time, service by service: the board of a study."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sim.api.workbench import BASELINE, CHANGED, Workbench, offices_as_csv
from sim.errors import RequestError
from sim.language import later, say
from sim.page.forms import field
from sim.page.questions.question import (
    REPLICATIONS,
    Asked,
    Question,
    Shown,
    command,
    drawn,
    fits,
    last_stage,
    seeded,
)
from sim.page.state import State
from sim.page.take import CHANGES
from sim.report.board import board
from sim.report.by_office import in_words, services, shown_cells
from sim.report.html import Html, join, tag

_FILE: Final = "by_office.csv"
_AT: Final = "offices-line"


def _fields(_: Workbench, __: State) -> Iterator[Html]:
    words = say(
        "Share on time that offices are held to, by default what the target asks or 100\u00a0%"
    )
    yield tag(
        "p",
        tag("label", words, attributes={"for": _AT}),
        field("ask.line", type="text", id=_AT, placeholder="95 %", size="8"),
    )


def _offices(asked: Asked) -> Shown:
    line = asked.fields.get("line", "").replace("\u00a0", " ").replace(",", ".")
    n = asked.state.replications or REPLICATIONS
    wanted = replace(
        asked.answered, kpis=("on_time_share",), by_office=line or True, replications=n
    )
    results = last_stage(asked, wanted).results
    if not services(results):
        raise RequestError(
            say("no service of this scenario has a legal limit to be held to. Give one a limit.")
        )
    from sim.report.figures import by_office

    told = {
        bundle: [in_words(results, cell, bundle) for cell in shown_cells(results)]
        for bundle in services(results)
    }
    figures = {
        bundle: [drawn(by_office(results, bundle), " ".join(sentences))]
        for bundle, sentences in told.items()
    }
    source = base64.b64encode(offices_as_csv(results).encode()).decode()
    link = tag(
        "a",
        say("All offices and shares as a table (CSV)"),
        attributes={"href": f"data:text/csv;base64,{source}", "download": _FILE},
    )
    words = ["compare", CHANGES, "--variants", f"{BASELINE},{CHANGED}", "--replications", str(n)]
    words += [*seeded(asked), "--out", "study", "--by-office", *([line] if line else [])]
    return Shown(
        html=join((*board(results, services(results), figures), tag("p", link))),
        glance=told.get(asked.bundle, next(iter(told.values())))[-1],
        command=command(*words),
    )


OFFICES: Final = Question(
    name="offices",
    heading=later("Which offices keep to their time?"),
    lead=later(
        "The board of all services and offices: shares on time, filed online, paid online and "
        "with nothing given that offices know, the worst and the best offices first."
    ),
    fields=_fields,
    misfit=fits,
    runs=lambda _: 2 * REPLICATIONS,
    answer=_offices,
)
