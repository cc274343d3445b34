"""The parts of the page that say how far to trust it, and how to get the same numbers again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from sim.experiment.results import Results
from sim.kpis import KPIS
from sim.language import date_in_words, later, say
from sim.report.findings import calendar_days, checks, reason, verdict
from sim.report.gaps import omissions
from sim.report.headline import COLUMNS
from sim.report.html import Html, Rows, folded, table, tag
from sim.report.precision import precision_lines
from sim.report.savings import LINES, sheets
from sim.report.startup import kinds_of
from sim.report.view import bundle_label, bundles, channel_label, distinct, shown_as
from sim.report.words import (
    amount,
    between,
    capital,
    counted,
    decimals,
    label_of,
    number,
    unit_in_short,
)

_LEFT_OUT: Final = (
    later(
        "Demand does not answer to service: nobody stays away, or comes more, because it is slow."
    ),
    later(
        "Staff do not tire or hurry before a deadline; they learn, and are away, only as is given."
    ),
    later("An applicant gives up only where the scenario lets a dossier lapse."),
    later("Systems fail at times of their own, not because many people use them at once."),
    later("A legal limit is a deadline and, on paper, an appointment; it never is a duration."),
)
"""What no model of this program has, whatever the scenario says."""


def published(results: Results) -> Iterator[Html]:
    """Published figures beside simulated ones, and what a difference comes from."""
    found = checks(results)
    if not found:
        yield tag("p", say("The scenario holds no published figure against the study."))
        return
    yield tag(
        "p",
        say(
            "Published figures enter no run: they are only held against the results. Beside each "
            "stands what the simulation gives for the same rules, and what its time is made of: "
            "that is where a difference comes from."
        ),
    )
    rows: Rows = []
    claim = None
    for check in found:
        unit = KPIS[check.claim.kpi].unit
        if check.claim != claim:
            claim = check.claim
            of = bundle_label(results, claim.bundle) + (
                say(", filed {channel}", channel=channel_label(claim.channel))
                if claim.channel
                else ""
            )
            places = 0 if claim.value == int(claim.value) else 1
            origin = ". ".join(filter(None, (claim.source, claim.note)))
            rows.append(
                say(
                    "Published: {figure}, {of}. {kpi}.",
                    figure=amount(claim.value, unit, places),
                    of=of,
                    kpi=label_of(claim.kpi),
                )
                + (f" {origin}." if origin else "")
            )
        places = decimals([(check.high - check.low) / 2], unit)
        interval = between(check.low, check.high, unit, places)
        rows.append(
            (
                shown_as(results, check.cell),
                amount(check.mean, unit, places) + (f" ({interval})" if interval else ""),
                capital(verdict(check)),
                f"{calendar_days(results, check)}\u00a0{unit_in_short('d')}",
                reason(results, check),
            )
        )
    yield table(
        (
            say("Setting"),
            say("Simulated (95 % interval)"),
            say("Against the published"),
            say("Calendar days"),
            say("Because"),
        ),
        rows,
        numbers_from=9,
    )


def sure(results: Results) -> Iterator[Html]:
    """How well the numbers are known, what failed, and what no model here has."""
    widest = 0.0
    for bundle in bundles(results):
        for shown in distinct(results):
            found = results.estimate(shown.cell.name, "working_days_mean", bundle)
            if found is not None and found.mean > 0 and found.high == found.high:
                widest = max(widest, (found.high - found.low) / 2 / found.mean)
    points = [
        say(
            "{replications} of each setting, from seed {seed}; {n} cases in all, warm-up included.",
            replications=counted(results.replications, "replication"),
            seed=results.seed,
            n=number(sum(results.n_cases.values())),
        ),
    ]
    points += [*kinds_of(results), *precision_lines(results)]
    if widest:
        points.append(
            say(
                "Intervals are at 95\u00a0% over replications: of shares those of Korn and "
                "Graubard, of other values Student’s t with a longer arm away from the bounds. The "
                "widest on mean working days is ±\u00a0{share} % of the mean.",
                share=number(100 * widest, 1),
            )
        )
    else:
        points.append(say("One replication gives no interval: ask for ten or more."))
    if results.differences:
        points.append(
            say(
                "Settings share their random numbers, replication by replication, so that a "
                "difference is known better than either of the two."
            )
        )
    points.append(
        say(
            "An interval says how well the mean of this model is known. It says nothing of how far "
            "the assumptions below are from the world."
        )
    )
    yield tag("ul", *(tag("li", point) for point in points))
    if results.omissions:
        words = say("Not run, for the staff could not keep up:")
        yield tag("p", words, attributes={"class": "warning"})
        yield tag("ul", *(tag("li", sentence) for sentence in omissions(results)))
    if results.failures:
        yield tag(
            "p",
            say(
                "{replications} failed; what failed is in no figure.",
                replications=counted(len(results.failures), "replication"),
            ),
            attributes={"class": "warning"},
        )
        yield table(
            (say("Setting"), say("Replication"), say("Error")),
            [(f.cell, str(f.replication), f.error) for f in results.failures],
            numbers_from=9,
        )
    yield tag("h3", say("What is not modelled"))
    yield tag("ul", *(tag("li", say(point)) for point in _LEFT_OUT))


def again(results: Results) -> Iterator[Html]:
    """All that it takes to get the same numbers again."""
    yield tag("p", say("The command: "), tag("code", results.command))
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    yield tag(
        "p",
        say(
            "Versions: {versions}; engine {engine}. It took {seconds} s.",
            versions=versions,
            engine=results.engine,
            seconds=number(results.elapsed, 1),
        ),
    )
    yield folded(
        say("The settings and their models ({n})", n=number(len(results.cells))),
        table(
            (say("Setting"), say("Model"), say("Shares its runs with"), say("Cases")),
            [
                (
                    cell.name,
                    tag("code", cell.fingerprint[:12]),
                    cell.shares_runs_with or "",
                    number(results.n_cases.get(cell.name, 0)),
                )
                for cell in results.cells
            ],
            kind="values",
            numbers_from=3,
        ),
        is_open=False,
    )
    yield folded(
        say("What the columns mean"),
        table(
            (say("Column"), say("Meaning"), say("How it is counted")),
            [
                (heading, label_of(kpi), tag("code", say(KPIS[kpi].equation)))
                for kpi, heading in _headings(results).items()
            ],
            kind="values",
            numbers_from=9,
        ),
        is_open=False,
    )
    yield from _holidays(results)


def _headings(results: Results) -> dict[str, str]:
    """The KPIs that tables show, with what they are called there."""
    found = {column.kpi: column.heading for column in COLUMNS}
    if any(sheets(results, bundle) for bundle in bundles(results)):
        found |= {kpi: words for kpi, words in LINES.items() if kpi not in found}
    return found


def _date(text: str) -> str:
    return date_in_words(dt.date.fromisoformat(text), is_plain=True)


def _holidays(results: Results) -> Iterator[Html]:
    held = results.holidays
    if not held:
        yield tag("p", say("No calendar of this study knows public holidays."))
        return
    rows: Rows = []
    for key, words in (
        ("days_off", say("Days off")),
        ("working_saturdays", say("Worked instead of a day off")),
    ):
        days = held.get(key, {})
        if days:
            rows.append(words)
            rows += [(_date(str(day)), str(name)) for day, name in days.items()]
    yield folded(
        say(
            "Public holidays used: {country}, from the holidays library {version}",
            country=held.get("country", ""),
            version=held.get("library_version", ""),
        ),
        table((say("Date"), say("Name")), rows, kind="values", numbers_from=9),
        is_open=False,
    )
