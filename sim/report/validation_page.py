"""Writes how a scenario agrees with the rest of a register as one page, pictures and a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sim.language import say
from sim.logs.held_out import Held
from sim.logs.likeness import Forecast, Likeness
from sim.logs.shapes import Shapes
from sim.report.figures import shapes as drawings
from sim.report.figures.canvas import encode
from sim.report.held_out import held_cells, held_heading, held_summary
from sim.report.html import Html, document, image, paragraphs, section, table, tag
from sim.report.likeness import (
    likeness_cells,
    likeness_heading,
    likeness_line,
    measure_label,
    unit_of,
    verdict_lines,
)
from sim.report.words import capital

PAGE: Final = "report.html"
DISTANCES: Final = "distances.csv"
"""By this file a folder is known to hold such a page."""

_DRAWN: Final[Mapping[str, tuple[str, Callable[[Shapes, str, str], Any]]]] = {
    "cycle_times": ("times", drawings.times),
    "arrivals": ("weeks", drawings.weeks),
    "circadian_events": ("hours", drawings.hours),
}
"""By the measure that a picture shows, its name and what draws it."""

_COLUMNS: Final = (
    "measure", "filings", "unit", "mean", "low", "high", "n", "halves", "halves_low",
    "halves_high", "factor", "factor_low", "factor_high", "missed",
)  # fmt: skip


def files_of(
    held: Sequence[Held],
    drawn: Sequence[Likeness],
    as_filed: Sequence[Likeness],
    forecast: Forecast | None,
    shapes: Shapes,
) -> dict[str, bytes]:
    """The files that show it, by name: distances, each picture as SVG and PNG, and the page."""
    files = {DISTANCES: _csv([*_rows("drawn", drawn), *_rows("true", as_filed)])}
    pictures: list[Html] = []
    lines = {one.measure: likeness_line(one, two) for one, two in zip(drawn, as_filed, strict=True)}
    for measure, (name, draw) in _DRAWN.items():
        heading = capital(measure_label(measure))
        explained = say(
            "Bands: the range of {n} runs, with their mean as a line. How far they are from the "
            "rest:",
            n=len(shapes.drawn),
        )
        figure = draw(shapes, heading, f"{explained}\n{lines[measure]}")
        made = {form: encode(figure, form) for form in ("svg", "png")}
        files |= {f"figures/{name}.{form}": content for form, content in made.items()}
        pictures.append(image(made["svg"], lines[measure]))
    heading = say("Does the scenario foretell the register?")
    verdicts = (*([held_summary(held)] if held else []), *verdict_lines(drawn, as_filed, forecast))
    page = document(
        heading,
        tag("h1", heading),
        tag("p", held_heading(shapes.day), attributes={"class": "lead"}),
        tag("div", paragraphs(verdicts), attributes={"class": "answer"}),
        *_figures(held),
        _distances(drawn, as_filed),
        section(say("The rest of the register, and runs"), *pictures, anchor="pictures"),
    )
    return files | {PAGE: page.encode()}


def _figures(held: Sequence[Held]) -> Iterator[Html]:
    if held:
        heads = (say("Cases"), say("Figure"), say("Register"), say("Scenario"), say("Verdict"))
        yield section(
            say("Figures"), table(heads, map(held_cells, held), numbers_from=2), anchor="figures"
        )


def _distances(drawn: Sequence[Likeness], as_filed: Sequence[Likeness]) -> Html:
    heads = (
        say("Distance"),
        say("Halves of the rest"),
        say("Cases drawn"),
        say("Cases as they were filed"),
    )
    rows = [likeness_cells(one, other) for one, other in zip(drawn, as_filed, strict=True)]
    return section(
        say("Distances"),
        table(heads, rows, caption=likeness_heading(), numbers_from=len(heads)),
        anchor="distances",
    )


def _rows(filings: str, found: Sequence[Likeness]) -> Iterator[Mapping[str, Any]]:
    for each in found:
        times, halves = each.times, each.halves
        is_told = math.isfinite(times.mean)
        yield {
            "measure": each.measure,
            "filings": filings,
            "unit": unit_of(each.measure),
            "mean": each.scenario.mean,
            "low": each.scenario.low,
            "high": each.scenario.high,
            "n": each.scenario.n,
            "halves": halves.mean,
            "halves_low": halves.low,
            "halves_high": halves.high,
            "factor": times.mean if is_told else None,
            "factor_low": times.low if is_told else None,
            "factor_high": times.high if is_told else None,
            "missed": each.is_missed,
        }


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    into = io.StringIO()
    writer = csv.DictWriter(into, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return into.getvalue().encode()
