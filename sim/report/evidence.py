"""The parts of the page that say how far to trust it, and how to get the same numbers again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.experiment.results import Results
from sim.kpis import KPIS
from sim.report.findings import calendar_days, checks, reason, verdict
from sim.report.gaps import omissions
from sim.report.headline import COLUMNS
from sim.report.html import Html, Rows, folded, table, tag
from sim.report.precision import precision_lines
from sim.report.savings import LINES, sheets
from sim.report.startup import kinds_of
from sim.report.view import bundle_label, bundles, distinct, shown_as
from sim.report.words import amount, between, capital, counted, decimals, number

_LEFT_OUT: Final = (
    "Demand does not answer to service: nobody stays away, or comes more, because it is slow.",
    "Staff do not tire, learn, fall ill or hurry before a deadline.",
    "An applicant gives up only where the scenario lets a dossier lapse.",
    "Systems fail at times of their own, not because many people use them at once.",
    "A legal limit is a deadline and, on paper, an appointment; it never is a duration.",
)
"""What no model of this program has, whatever the scenario says."""


def published(results: Results) -> Iterator[Html]:
    """Published figures beside simulated ones, and what a difference comes from."""
    found = checks(results)
    if not found:
        yield tag("p", "The scenario holds no published figure against the study.")
        return
    yield tag(
        "p",
        "Published figures enter no run: they are only held against the results. Beside each "
        "stands what the simulation gives for the same rules, and what its time is made of: that "
        "is where a difference comes from.",
    )
    rows: Rows = []
    claim = None
    for check in found:
        unit = KPIS[check.claim.kpi].unit
        if check.claim != claim:
            claim = check.claim
            of = bundle_label(results, claim.bundle) + (
                f", filed {claim.channel}" if claim.channel else ""
            )
            places = 0 if claim.value == int(claim.value) else 1
            origin = ". ".join(filter(None, (claim.source, claim.note)))
            rows.append(
                f"Published: {amount(claim.value, unit, places)}, {of}. "
                f"{KPIS[claim.kpi].label}." + (f" {origin}." if origin else "")
            )
        places = decimals([(check.high - check.low) / 2], unit)
        interval = between(check.low, check.high, unit, places)
        rows.append(
            (
                shown_as(results, check.cell),
                amount(check.mean, unit, places) + (f" ({interval})" if interval else ""),
                capital(verdict(check)),
                f"{calendar_days(results, check)}\u00a0d",
                reason(results, check),
            )
        )
    yield table(
        (
            "Setting",
            "Simulated (95 % interval)",
            "Against the published",
            "Calendar days",
            "Because",
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
        f"{counted(results.replications, 'replication')} of each setting, from seed "
        f"{results.seed}; {number(sum(results.n_cases.values()))} cases in all, warm-up included.",
    ]
    points += [*kinds_of(results), *precision_lines(results)]
    if widest:
        points.append(
            "Intervals are Student’s t at 95\u00a0% over replications. The widest on mean "
            f"working days is ±\u00a0{number(100 * widest, 1)} % of the mean."
        )
    else:
        points.append("One replication gives no interval: ask for ten or more.")
    if results.differences:
        points.append(
            "Settings share their random numbers, replication by replication, so that a difference "
            "is known better than either of the two."
        )
    points.append(
        "An interval says how well the mean of this model is known. It says nothing of how far the "
        "assumptions below are from the world."
    )
    yield tag("ul", *(tag("li", point) for point in points))
    if results.omissions:
        yield tag("p", "Not run, for the staff could not keep up:", attributes={"class": "warning"})
        yield tag("ul", *(tag("li", sentence) for sentence in omissions(results)))
    if results.failures:
        yield tag(
            "p",
            f"{counted(len(results.failures), 'replication')} failed; what failed is in no figure.",
            attributes={"class": "warning"},
        )
        yield table(
            ("Setting", "Replication", "Error"),
            [(f.cell, str(f.replication), f.error) for f in results.failures],
            numbers_from=9,
        )
    yield tag("h3", "What is not modelled")
    yield tag("ul", *(tag("li", point) for point in _LEFT_OUT))


def again(results: Results) -> Iterator[Html]:
    """All that it takes to get the same numbers again."""
    yield tag("p", "The command: ", tag("code", results.command))
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    yield tag(
        "p",
        f"Versions: {versions}; engine {results.engine}. It took {number(results.elapsed, 1)} s.",
    )
    yield folded(
        f"The settings and their models ({number(len(results.cells))})",
        table(
            ("Setting", "Model", "Shares its runs with", "Cases"),
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
        "What the columns mean",
        table(
            ("Column", "Meaning", "How it is counted"),
            [
                (heading, KPIS[kpi].label, tag("code", KPIS[kpi].equation))
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


def _holidays(results: Results) -> Iterator[Html]:
    held = results.holidays
    if not held:
        yield tag("p", "No calendar of this study knows public holidays.")
        return
    rows: Rows = []
    for key, words in (
        ("days_off", "Days off"),
        ("working_saturdays", "Worked instead of a day off"),
    ):
        days = held.get(key, {})
        if days:
            rows.append(words)
            rows += [(str(day), str(name)) for day, name in days.items()]
    yield folded(
        f"Public holidays used: {held.get('country', '')}, from the holidays library "
        f"{held.get('library_version', '')}",
        table(("Date", "Name"), rows, kind="values", numbers_from=9),
        is_open=False,
    )
