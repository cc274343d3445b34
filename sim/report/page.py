"""Writes report.html: one file that opens without a network and names every assumption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sim.experiment.results import Results
from sim.language import Phrases, date_in_words, say, say_of_scenario
from sim.report import headline
from sim.report.answer import answer
from sim.report.assumptions import assumptions, values_of
from sim.report.board import board
from sim.report.by_office import services
from sim.report.cautions import cautions
from sim.report.evidence import again, published, sure
from sim.report.gaps import gaps
from sim.report.headline import COLUMNS, Row
from sim.report.html import (
    Html,
    Rows,
    document,
    folded,
    image,
    join,
    paragraphs,
    section,
    table,
    tag,
)
from sim.report.method import method
from sim.report.periods import section_of
from sim.report.pictures import Pictures
from sim.report.process_map.maps import has_limit
from sim.report.process_map.section import process_maps
from sim.report.savings import Sheet, sheets
from sim.report.verdicts import all_verdicts, verdict_caption, verdict_rows
from sim.report.view import (
    Shown,
    baseline_words,
    bundle_label,
    bundles,
    distinct,
    role_label,
    roles,
)
from sim.report.words import (
    NOTHING,
    PARTS,
    capital,
    counted,
    length,
    number,
    signed,
    unit_in_short,
)

_CAPTIONS: Final[Mapping[str, str]] = Phrases(
    {
        "readings": "What is compared under each reading, beside the published figures",
        "working-days": "How many working days cases take, with the legal limit",
        "time-ledger": "What the calendar days of a case are spent on",
        "staffing-uptake": "The target over two levers, with the line where it is met",
        "lever-response": "The target's figure as one lever moves",
        "over-time": "The state of the offices over time",
        "by-office": "The share on time of each office, with its interval and the line",
        "staff-load": "Share of the time on shift that staff work",
    }
)

_WARNING: Final = {"class": "warning"}

_FEW: Final = 4
"""Up to so many cells their channels stand in the headline table itself."""


def page(results: Results, pictures: Pictures) -> str:
    """The report of a study as one HTML text.

    Parameters
    ----------
    results
        The study.
    pictures
        Those of the study, see :func:`sim.report.pictures.pictures`; one that could not be drawn is
        named with its reason.

    Returns
    -------
    str
        To be written as UTF-8.  Style and figures are inside; nothing is fetched.
    """
    return document(
        say_of_scenario(results.title),
        *_opening(results),
        tag("main", *_sections(results, pictures)),
    )


def _opening(results: Results) -> Iterator[Html]:
    spec = results.cells[0].scenario.spec
    period = spec.period
    yield tag("h1", say_of_scenario(results.title))
    if spec.description:
        yield tag("p", say_of_scenario(spec.description), attributes={"class": "lead"})
    yield tag(
        "p",
        say(
            "A simulation of {settings}, {replications} each. Time begins on {start}; after "
            "{warm_up} of warm-up, which are left out, the cases that arrive in {length} are "
            "measured. The dates give the calendar: weekends, holidays, the months of births. "
            "Offices and rules are those that the scenario names, whether or not they were in "
            "force on these days.",
            settings=counted(len(results.cells), "setting"),
            replications=counted(results.replications, "replication"),
            start=date_in_words(period.start, is_plain=True),
            warm_up=length(period.warm_up),
            length=length(period.length),
        ),
        attributes={"class": "lead"},
    )
    if not results.is_complete:
        yield tag(
            "p",
            say(
                "This study was interrupted: replications are missing, and intervals are the wider."
            ),
            attributes=_WARNING,
        )
    yield tag(
        "nav",
        *(
            tag("a", words, attributes={"href": f"#{anchor}"})
            for anchor, words in (
                ("answer", say("Answer")),
                ("time", say("Where the time goes")),
                *(
                    [("map", say("How a case goes through the offices"))]
                    if _mapped(results)
                    else []
                ),
                *([("over-time", say("Over time"))] if results.over_time is not None else []),
                *([("by-office", say("Offices"))] if services(results) else []),
                ("published", say("Published figures")),
                ("sure", say("How sure")),
                ("method", say("Method")),
                ("assumptions", say("Assumptions")),
                ("again", say("Run it again")),
            )
        ),
    )


def _sections(results: Results, pictures: Pictures) -> Iterator[Html]:
    about = bundles(results)
    yield section(
        say("Answer"),
        *(tag("p", fault, attributes=_WARNING) for fault in pictures.faults),
        *(_answer(results, b, pictures.svg.get(b, {})) for b in about),
        anchor="answer",
    )
    yield section(
        say("Where the time goes"),
        *(_time(results, b, pictures.svg.get(b, {})) for b in about),
        anchor="time",
    )
    if mapped := _mapped(results):
        yield section(
            say("How a case goes through the offices"),
            *(
                join((tag("h3", bundle_label(results, b)), *process_maps(results, b)))
                for b in mapped
            ),
            anchor="map",
        )
    if results.over_time is not None:
        parts = (
            section_of(results, b, list(_pictures(pictures.svg.get(b, {}), "over-time")))
            for b in about
        )
        yield section(say("Over time"), *parts, anchor="over-time")
    if services(results):
        drawn = {b: list(_pictures(pictures.svg.get(b, {}), "by-office")) for b in about}
        yield section(say("Offices"), *board(results, about, drawn), anchor="by-office")
    yield section(say("Published figures"), *published(results), anchor="published")
    yield section(say("How sure this is"), *sure(results), anchor="sure")
    found = values_of(results)
    yield section(say("Method"), *method(results, found), anchor="method")
    yield section(
        say("Assumptions"),
        tag(
            "p",
            say(
                "{n} of {values} that the scenario gives are assumed or not marked. Every value "
                "can be changed in the file or with --set.",
                n=number(found.n_assumed),
                values=counted(found.n, "value"),
            ),
        ),
        assumptions(found),
        anchor="assumptions",
    )
    yield section(say("Run it again"), *again(results), anchor="again")


def _mapped(results: Results) -> tuple[str, ...]:
    """The bundles whose way through the offices is shown: those with a legal limit."""
    return tuple(bundle for bundle in bundles(results) if has_limit(results, bundle))


def _answer(results: Results, bundle: str, figures: Mapping[str, bytes]) -> Html:
    shown = distinct(results)
    parts = [
        tag("h3", bundle_label(results, bundle)),
        tag(
            "div",
            paragraphs((*answer(results, bundle), *gaps(results, bundle))),
            attributes={"class": "answer"},
        ),
        *(tag("p", caution, attributes=_WARNING) for caution in cautions(results, bundle)),
        *_headline(results, shown, bundle),
        *_pictures(figures, "readings", "staffing-uptake", "lever-response", "working-days"),
    ]
    if differences := headline.difference_rows(results, shown, bundle):
        parts.append(
            _kpi_table(
                differences,
                say(
                    "Differences from {baseline}, replications paired; ± half of the 95 % "
                    "interval, or its ends if arms differ. Between shares: percentage points.",
                    baseline=baseline_words(results),
                ),
                results.replications,
                is_difference=True,
            )
        )
    return join((*parts, *_verdicts(results, bundle), *_burden(sheets(results, bundle))))


def _verdicts(results: Results, bundle: str) -> Iterator[Html]:
    """What can be said of each difference in words."""
    headed = all_verdicts(results, bundle)
    found = verdict_rows(results, headed)
    if not found:
        return
    title, words = verdict_caption(results, headed)
    rows: Rows = []
    group = ""
    for shown, cells in found:
        group = _head(rows, shown, group)
        rows.append((shown.rest or shown.label, *cells))
    yield table(
        ("", *(heading for heading, _ in headed)),
        rows,
        caption=f"{title}. {words}",
        numbers_from=9,
    )


def _burden(found: tuple[Sheet, ...]) -> Iterator[Html]:
    """Burden and cost; of many settings the first, and the others folded."""
    in_money = say(
        "Means, ± half of the 95\u00a0% interval, or its ends if arms differ; a saving is before "
        "less after, replications paired. A year has 365 days with as many cases each as the "
        "measured time."
    )
    tables = [
        table(sheet.heads, sheet.rows, caption=f"{sheet.title}. {in_money}", numbers_from=2)
        for sheet in found
    ]
    yield from tables[:_FEW]
    if others := tables[_FEW:]:
        heading = say(
            "Burden and cost of {settings}", settings=counted(len(others), "other setting")
        )
        yield folded(heading, *others, is_open=False)


def _headline(results: Results, shown: tuple[Shown, ...], bundle: str) -> Iterator[Html]:
    """The headline table; channels are rows of it, or of a second one where cells are many."""
    words = say(
        "{basis}. Working days run from receipt to the last result, as the law counts; calendar "
        "days from filing to end. Legal limit: with extensions, where 5 % of the cases or more "
        "have it.",
        basis=headline.basis(results),
    )
    rows = headline.rows(results, shown, bundle, by_channel=True)
    is_short = len(shown) <= _FEW or len(rows) == len(shown)
    first = rows if is_short else tuple(row for row in rows if not row.channel)
    yield _kpi_table(first, words, results.replications, is_difference=False)
    if not is_short:
        yield folded(
            say("The same by channel"),
            _kpi_table(rows, words, results.replications, is_difference=False),
            is_open=False,
        )


def _time(results: Results, bundle: str, figures: Mapping[str, bytes]) -> Html:
    shown = distinct(results)
    parts = [
        tag("h3", bundle_label(results, bundle)),
        tag(
            "p",
            say(
                "Every hour of a case from its start to its end belongs to one part, nights and "
                "days off included; where branches run side by side, the one that ends last counts."
            ),
        ),
        *_pictures(figures, "time-ledger"),
        _ledger(results, shown, bundle, is_difference=False),
    ]
    if results.differences:
        parts.append(_ledger(results, shown, bundle, is_difference=True))
    parts += [*_pictures(figures, "staff-load"), _waits(results, shown)]
    return join(parts)


def _ledger(
    results: Results, shown: tuple[Shown, ...], bundle: str, *, is_difference: bool
) -> Html:
    find = results.difference if is_difference else results.estimate
    rows: Rows = []
    group = ""
    for each in shown:
        found = [find(each.cell.name, f"ledger_{part}_hours", bundle) for part in PARTS]
        known = [value.mean / 24 for value in found if value is not None]
        if not known:
            continue
        group = _head(rows, each, group)
        write = signed if is_difference else number
        rows.append(
            (
                each.rest or each.label,
                *(NOTHING if value is None else write(value.mean / 24, 2) for value in found),
                write(sum(known), 2),
            )
        )
    caption = (
        say(
            "Calendar days less (−) or more (+) than {baseline}, mean.",
            baseline=baseline_words(results),
        )
        if is_difference
        else say("Calendar days of 24 hours of a completed case, from filing to end, mean.")
    )
    heads = (_heading(capital(words), "d") for words in (*PARTS.values(), say("in all")))
    return table(("", *heads), rows, caption=caption)


def _waits(results: Results, shown: tuple[Shown, ...]) -> Html:
    """Minutes that work waits for each role."""
    named = roles(results)
    rows: Rows = []
    group = ""
    for each in shown:
        found = [results.estimate(each.cell.name, "waiting_mean", role) for role in named]
        if any(value is not None for value in found):
            group = _head(rows, each, group)
            words = (NOTHING if value is None else number(value.mean, 1) for value in found)
            rows.append((each.rest or each.label, *words))
    if not rows:
        return Html("")
    return table(
        ("", *(_heading(role_label(results, role), "min") for role in named)),
        rows,
        caption=say("Opening minutes that a piece of work waits for staff, mean."),
    )


def _kpi_table(
    rows: tuple[Row, ...], caption: str, replications: int, *, is_difference: bool
) -> Html:
    places = headline.places(rows)
    body: Rows = []
    group = ""
    for row in rows:
        group = _head(body, row.shown, group)
        label = row.shown.rest or row.shown.label
        name = (
            tag(
                "span",
                say("filed: {channel}", channel=row.channel),
                attributes={"class": "channel"},
            )
            if row.channel
            else label
        )
        shown = [
            headline.text(
                value,
                places=places[i],
                replications=replications,
                is_difference=is_difference,
            )
            for i, value in enumerate(row.values)
        ]
        body.append((name, *([] if is_difference else [row.limit]), *shown))
    limit = () if is_difference else (_heading(say("Legal limit"), "wd"),)
    return table(
        ("", *limit, *(_heading(column.heading, column.unit) for column in COLUMNS)),
        body,
        caption=caption,
    )


def _pictures(figures: Mapping[str, bytes], *names: str) -> Iterator[Html]:
    for name in names:
        if name in figures:
            yield image(figures[name], _CAPTIONS[name])


def _head(rows: Rows, shown: Shown, before: str) -> str:
    """Head the rows of a group where it begins; gives the group."""
    if shown.group and shown.rest and shown.group != before:
        rows.append(shown.group)
    return shown.group


def _heading(words: str, unit: str) -> Html:
    return join((words, tag("span", unit_in_short(unit), attributes={"class": "unit"})))
