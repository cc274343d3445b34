"""What an answer is made of, part by part: a panel is a heading and what shows a stage under it.

To add one: a function from a :class:`View` to markup, and a row in :data:`PANELS`.  A panel that
has nothing to show for a scenario gives empty markup and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sim.api.workbench import Stage
from sim.language import later, say
from sim.page.charts.course import course_chart
from sim.page.charts.days import days_chart
from sim.page.charts.ledger import ledger_chart
from sim.page.charts.load import load_chart
from sim.page.state import State
from sim.report.answer import answer
from sim.report.cautions import cautions
from sim.report.html import Html, Rows, folded, join, paragraphs, table, tag
from sim.report.savings import sheets
from sim.report.verdicts import difference_words
from sim.report.view import channel_label, channels
from sim.report.words import (
    NOTHING,
    PARTS,
    capital,
    in_full,
    in_short,
    interval_in_words,
    label_of,
    number,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a panel shows: a stage of an answer, and what was asked."""

    stage: Stage
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of an answer; ``name`` is its anchor, ``heading`` in English."""

    name: str
    heading: str
    show: Callable[[View], Html]


def panels(view: View) -> Iterator[Html]:
    """The sections of an answer, those with something to show."""
    for panel in PANELS:
        shown = panel.show(view)
        if shown:
            attributes = {"id": panel.name, "class": "panel"}
            yield tag("section", tag("h2", say(panel.heading)), shown, attributes=attributes)


def cards(view: View) -> Html:
    """The chief figures with their intervals, what they were, and what is told of the change."""
    stage = view.stage
    results, bundle = stage.results, stage.bundle
    found = []
    for kpi in dict.fromkeys((stage.kpi, *CHIEF)):
        after = results.estimate(stage.changed, kpi, bundle)
        before = results.estimate(stage.baseline, kpi, bundle)
        if after is None or (kpi in _IN_MONEY and not after.mean):
            continue
        # Of money the short unit is the usual one.
        write = in_short if kpi in _IN_MONEY else in_full
        mean, _, interval = write(after, results.replications).partition(" (")
        interval = interval.removesuffix(")")
        if kpi in _IN_MONEY and interval:
            interval = interval_in_words(interval)
        parts = [
            tag("h3", _short(kpi)),
            tag("p", tag("strong", mean), tag("br"), interval),
        ]
        if stage.baseline != stage.changed:
            words = difference_words(results, kpi, bundle)
            value = NOTHING if before is None else in_short(before, results.replications)
            was = say("before: {value}", value=value)
            parts += [
                *([tag("p", capital(words), attributes={"class": "verdict"})] if words else []),
                tag("p", was, attributes={"class": "was"}),
            ]
        found.append(tag("div", *parts, attributes={"class": "card"}))
    return tag("div", *found, attributes={"class": "cards"})


def glance(view: View) -> str:
    """The answer in a sentence, to be read out."""
    stage = view.stage
    value = stage.results.estimate(stage.changed, stage.kpi, stage.bundle)
    if value is None:
        return say("No case was completed.")
    words = f"{_short(stage.kpi)}: {in_full(value, stage.results.replications)}"
    verdict = difference_words(stage.results, stage.kpi, stage.bundle)
    return f"{words}; {verdict}" if verdict else words


def _short(kpi: str) -> str:
    words = _HEADINGS.get(kpi)
    return say(words) if words else label_of(kpi)


def _words(view: View) -> Html:
    stage = view.stage
    warnings = cautions(stage.results, stage.bundle)
    return join(
        (
            *(tag("p", words, attributes={"class": "warning"}) for words in warnings),
            paragraphs(answer(stage.results, stage.bundle)),
        )
    )


def _by_channel(view: View) -> Html:
    stage = view.stage
    results, bundle = stage.results, stage.bundle
    groups = [bundle, *channels(results, stage.changed, bundle)]
    cells = list(dict.fromkeys((stage.baseline, stage.changed)))
    rows: Rows = []
    for kpi in ("working_days_mean", "on_time_share"):
        rows.append(label_of(kpi))
        for group in groups:
            _, _, channel = group.partition("/")
            name = (
                say("filed: {channel}", channel=channel_label(channel)) if channel else say("all")
            )
            values = [results.estimate(cell, kpi, group) for cell in cells]
            shown = [NOTHING if v is None else in_short(v, results.replications) for v in values]
            verdict = [difference_words(results, kpi, group)] if len(cells) > 1 else []
            rows.append((name, *shown, *verdict))
    heads = ["", *cells, *([say("Difference")] if len(cells) > 1 else [])]
    note = say("Means with their 95\u00a0% intervals; wd: working days, as the law counts them.")
    return table(heads, rows, caption=note, numbers_from=len(heads))


def _days(view: View) -> Html:
    stage = view.stage
    results, bundle = stage.results, stage.bundle
    groups = channels(results, stage.changed, bundle)
    histogram = results.histogram(stage.changed, bundle)
    if histogram is None:
        return Html("")
    note = say("All {n} completed cases of {replications} replications together.",
               n=number(sum(histogram.counts)),
               replications=number(results.replications))  # fmt: skip
    parts = [figure(days_chart(stage, bundle)), _caption(note)]
    if len(groups) > 1:
        each = [
            join((tag("h3", say("filed: {channel}", channel=channel_label(g.partition("/")[2]))),
                  figure(days_chart(stage, g))))
            for g in groups
        ]  # fmt: skip
        parts.append(folded(say("The same by channel"), *each, is_open=False))
    return join(parts)


def _ledger(view: View) -> Html:
    stage = view.stage
    drawn = ledger_chart(stage)
    if not drawn:
        return drawn
    cells = list(dict.fromkeys((stage.baseline, stage.changed)))
    results = stage.results
    rows: Rows = []
    for part, words in PARTS.items():
        kpi = f"ledger_{part}_hours"
        values = [results.estimate(cell, kpi, stage.bundle) for cell in cells]
        if not any(value is not None and value.mean for value in values):
            continue
        shown = [NOTHING if v is None else in_short(v, results.replications) for v in values]
        verdict = [difference_words(results, kpi, stage.bundle)] if len(cells) > 1 else []
        rows.append((capital(words), *shown, *verdict))
    heads = ["", *cells, *([say("Difference")] if len(cells) > 1 else [])]
    note = say(
        "Every hour of a case from its start to its end belongs to one part, nights and days off "
        "included; where branches run side by side, the one that ends last counts."
    )
    return join(
        (
            figure(drawn),
            _caption(note),
            folded(say("The parts with their intervals"), table(heads, rows, numbers_from=9),
                   is_open=False),
        )
    )  # fmt: skip


def _load(view: View) -> Html:
    note = say(
        "Share of the time on shift that is worked, with its interval. At the red line there is "
        "no time to spare, and work piles up."
    )
    return _captioned(load_chart(view.stage), note)


def _course(view: View) -> Html:
    note = say(
        "Cases that have begun and not ended, at the end of each week; the band is the 95\u00a0% "
        "interval of the mean. Grey: the warm-up and the run-out, which are not measured."
    )
    return _captioned(course_chart(view.stage), note)


def _burden(view: View) -> Html:
    found = sheets(view.stage.results, view.stage.bundle)
    note = say(
        "Means, ± half of the 95\u00a0% interval, or its ends if arms differ; a saving is before "
        "less after, replications paired. A year has 365 days with as many cases each as the "
        "measured time."
    )
    return join(table(each.heads, each.rows, caption=note, numbers_from=2) for each in found)


def _captioned(drawn: Html, note: str) -> Html:
    """A picture in its frame with words below it; nothing for nothing."""
    return join((figure(drawn), _caption(note))) if drawn else drawn


def _caption(note: str) -> Html:
    return tag("p", note, attributes={"class": "caption"})


def figure(drawn: Html) -> Html:
    """A picture in its frame; nothing for nothing."""
    return tag("figure", drawn) if drawn else drawn


CHIEF: Final = (
    "working_days_mean",
    "on_time_share",
    "working_days_p90",
    "own_hours",
    "burden",
    "office_cost",
)
"""The KPIs of the cards."""

_IN_MONEY: Final = frozenset({"burden", "office_cost"})
_HEADINGS: Final = {
    "working_days_mean": later("Working days"),
    "on_time_share": later("Within the legal limit"),
    "working_days_p90": later("9 in 10 within"),
    "own_hours": later("Own hours of a case"),
    "burden": later("Burden of a case"),
    "office_cost": later("Cost of a case for offices"),
}

KPIS: Final = (
    *CHIEF,
    "n_cases",
    "sojourn_days_mean",
    "utilisation",
    "trips",
    "times_given",
    "copies",
    "fees",
    "burden_a_year",
    "office_hours",
    "office_cost_a_year",
    "rejected_share",
    "open_share",
    *(f"ledger_{part}_hours" for part in PARTS),
)
"""The KPIs that panels show: of no others are there estimates."""

PANELS: Final = (
    Panel(name="words", heading=later("The answer in words"), show=_words),
    Panel(name="channels", heading=later("By channel"), show=_by_channel),
    Panel(name="days", heading=later("How long cases take"), show=_days),
    Panel(name="time", heading=later("Where the time goes"), show=_ledger),
    Panel(name="load", heading=later("Load of the staff"), show=_load),
    Panel(name="course", heading=later("Over time"), show=_course),
    Panel(name="burden", heading=later("Burden and cost"), show=_burden),
)
"""All panels, in their order."""
