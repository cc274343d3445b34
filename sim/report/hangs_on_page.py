"""Writes what a figure hangs on as one page that opens without a network, and as its files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sim.answers.hangs_on import HangsOn
from sim.language import ENGLISH, say, say_of_scenario, speaking
from sim.report.factors import name_of
from sim.report.figures.canvas import encode
from sim.report.figures.tornado import tornado
from sim.report.hangs_on import (
    COLUMNS,
    SHOWN,
    TURN_COLUMNS,
    as_written,
    headings,
    headline,
    in_short,
    method,
    moved,
    name_of_outcome,
    rows,
    share,
    subtitle,
    turn_rows,
    turn_sentences,
)
from sim.report.html import Html, document, folded, image, join, paragraphs, section, table, tag
from sim.report.words import capital, counted

PAGE: Final = "hangs-on.html"
EFFECTS: Final = "effects.csv"
TURNS: Final = "turns.csv"


def files_of(found: HangsOn) -> dict[str, bytes]:
    """The files that show it, by name: tables, a figure for each outcome, and the page."""
    with speaking(ENGLISH):  # tables are for machines
        made = {
            EFFECTS: _csv(COLUMNS, rows(found)),
            TURNS: _csv(TURN_COLUMNS, turn_rows(found)),
        }
    pictures: dict[int, bytes] = {}
    for place in range(len(found.outcomes)):
        figure = tornado(found, place)
        if figure is not None:
            stem = "figures/tornado" if len(found.outcomes) == 1 else f"figures/tornado-{place + 1}"
            pictures[place] = encode(figure, "svg")
            made |= {f"{stem}.svg": pictures[place], f"{stem}.png": encode(figure, "png")}
    return made | {PAGE: page(found, pictures).encode()}


def page(found: HangsOn, pictures: Mapping[int, bytes]) -> str:
    """The page as HTML text; style and figures are inside.

    Parameters
    ----------
    pictures
        By outcome, the tornado as SVG.
    """
    heading = say("What it hangs on: {title}", title=say_of_scenario(found.title))
    return document(heading, tag("h1", heading), content(found, pictures))


def pictures_of(found: HangsOn) -> dict[int, bytes]:
    """By outcome, the tornado as SVG, where anything moves it."""
    figures = {place: tornado(found, place) for place in range(len(found.outcomes))}
    return {place: encode(each, "svg") for place, each in figures.items() if each is not None}


def content(found: HangsOn, pictures: Mapping[int, bytes]) -> Html:
    """What the page shows below its heading: the answer, each outcome, how it was found."""
    order = list(reversed(range(len(found.outcomes))))
    answers = [*(f"{capital(headline(found, place))}." for place in order), *turn_sentences(found)]
    return join(
        (
            tag("p", subtitle(found), attributes={"class": "lead"}),
            tag("div", paragraphs(answers), attributes={"class": "answer"}),
            *(_outcome(found, place, pictures.get(place)) for place in order),
            section(
                say("How it was found, and what it does not say"), *_found(found), anchor="method"
            ),
        )
    )


def _outcome(found: HangsOn, place: int, picture: bytes | None) -> Html:
    parts: list[Html] = [tag("p", f"{as_written(found, place)}.")]
    if picture is not None:
        parts.append(image(picture, headline(found, place)))
    heads = headings()
    lines = list(_lines(found, place))
    caption = say("The factors that move it most; * where staff could not keep up further away.")
    parts.append(table(heads, lines[:SHOWN], caption=caption, numbers_from=3))
    rest = lines[SHOWN:]
    if rest:
        parts.append(
            folded(
                counted(len(rest), "more value"),
                table(heads, rest, numbers_from=3),
                is_open=False,
            )
        )
    return section(name_of_outcome(found, place), *parts, anchor=f"outcome-{place + 1}")


def _lines(found: HangsOn, place: int) -> Iterator[tuple[str, ...]]:
    for each in found.ranked(place):
        for effect in each.effects:
            shares = each.shares[place] if each.shares else None
            yield (
                name_of(each.factor),
                in_short(each.factor.written),
                in_short(effect.setting) + (" *" if effect.nearer else ""),
                moved(effect.moved[place], found.unit),
                "" if shares is None else share(shares.first),
                "" if shares is None else share(shares.total),
            )


def _found(found: HangsOn) -> Iterator[Html]:
    yield paragraphs(method(found))
    refused = list(found.refused)
    if refused:
        yield folded(
            say("{values} could not be run", values=counted(len(refused), "value")),
            table(
                (say("Factor"), say("Why")),
                [(name_of(factor), why) for factor, why in refused],
                kind="values",
                numbers_from=9,
            ),
            is_open=False,
        )
    yield folded(
        say(
            "{factors} without an effect on any model that was asked about",
            factors=counted(len(found.idle), "factor"),
        ),
        table(
            (say("Factor"), say("As written")),
            [(each.factor.name, each.factor.written) for each in found.idle],
            kind="values",
            numbers_from=9,
        ),
        is_open=False,
    )
    yield folded(
        say("{values} that nothing moved", values=counted(len(found.unmoved), "assumed value")),
        table(
            (say("Value"), say("As written"), say("Where it comes from")),
            [(each.path, each.text, each.source) for each in found.unmoved],
            kind="values",
            numbers_from=9,
        ),
        is_open=False,
    )
    versions = ", ".join(f"{name} {number}" for name, number in found.versions.items())
    yield join(
        (tag("p", say("To get the same numbers: "), tag("code", found.command)), tag("p", versions))
    )


def _csv(columns: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> bytes:
    into = io.StringIO()
    writer = csv.DictWriter(into, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return into.getvalue().encode()
