"""Shows results and scenarios in a terminal, as tables that a planner can read.

A table is as wide as the console; colour and bold are the console's to leave out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from textwrap import fill, wrap
from typing import TYPE_CHECKING, Final

from sim.experiment.results import ClaimCheck, Results
from sim.kpis import KPIS
from sim.language import say, say_of_scenario
from sim.report import headline
from sim.report.answer import answer
from sim.report.assumptions import mark_in_words
from sim.report.cautions import cautions
from sim.report.findings import calendar_days, checks, verdict
from sim.report.gaps import gaps, has_cases, omissions
from sim.report.headline import COLUMNS, Row
from sim.report.precision import precision_lines
from sim.report.savings import sheets
from sim.report.startup import kinds_of
from sim.report.verdicts import chief_verdicts, verdict_caption, verdict_rows
from sim.report.view import baseline_words, bundle_label, bundles, distinct, shown_as
from sim.report.words import amount, between, counted, decimals, number, unit_in_short
from sim.scenario import Entry
from sim.scenario.schema.sections import Claim
from sim.wording import visible
from sim.workload import RoleLoad

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_FEW: Final = 6
"""Up to so many cells their channels have rows of their own."""

_BEFORE_INTERVAL: Final = re.compile(r" (?=[±(])|(?<=,) ")
"""Where the interval of a number begins, or the second of two things that are told of it."""

_LABELS: Final = 2
"""Columns of a table of burden and cost that name its rows."""

_WIDEST: Final = 26
"""Characters of the column that names the rows."""

_ORDER: Final = ("assumed", "unmarked", "set", "derived", "measured", "stated")


def show_results(console: Console, results: Results) -> None:
    """Print a study: the answer, a row for each cell, differences, published figures, failures."""
    from rich.padding import Padding
    from rich.text import Text

    console.print()
    console.print(
        visible(say_of_scenario(results.title)), style="bold", markup=False, highlight=False
    )
    console.print(_how(results), style="dim", markup=False, highlight=False)
    for sentence in (*kinds_of(results), *precision_lines(results)):
        console.print(visible(sentence), markup=False, highlight=False)
    for bundle in bundles(results):
        console.print()
        console.print(bundle_label(results, bundle), style="bold", markup=False, highlight=False)
        for sentence in answer(results, bundle):
            console.print(Padding(Text(sentence), (0, 0, 0, 2)))
        for sentence in gaps(results, bundle):
            console.print(Padding(Text(sentence), (0, 0, 0, 2)))
        if not has_cases(results, bundle):
            continue
        for caution in cautions(results, bundle):
            console.print(Padding(Text(caution, style="bold red"), (0, 0, 0, 2)))
        console.print()
        console.print(headline_table(results, bundle, width=console.width))
        if (differences := difference_table(results, bundle, width=console.width)) is not None:
            console.print(differences)
        if (told := verdict_table(results, bundle)) is not None:
            console.print(told)
        for sheet in burden_tables(results, bundle, width=console.width):
            console.print(sheet)
    if (claims := claims_table(results)) is not None:
        console.print(claims)
        for note in claim_notes(results):
            console.print(Padding(Text(visible(note), style="italic"), (0, 0, 0, 1)))
    if results.omissions:
        words = say("Not run, for the staff could not keep up:")
        console.print(words, style="bold", markup=False)
        for sentence in omissions(results):
            console.print(Padding(Text(visible(sentence)), (0, 0, 0, 2)))
    if (failures := failures_table(results)) is not None:
        console.print(failures)
    if not results.is_complete:
        words = say("Interrupted: replications are missing.")
        console.print(words, style="bold red", markup=False)


def headline_table(results: Results, bundle: str, *, width: int) -> Table:
    """A row for each cell of a bundle, cells that share their runs as one.

    Parameters
    ----------
    width
        Of the console, in characters: where there is no room, intervals go below their means,
        those of the chief columns last, and columns that find none then are left out, the last
        first.
    """
    shown = distinct(results)
    rows = headline.rows(results, shown, bundle, by_channel=len(shown) <= _FEW)
    return _kpi_table(
        headline.basis(results), rows, width, results.replications, is_difference=False
    )


def difference_table(results: Results, bundle: str, *, width: int) -> Table | None:
    """Each cell less the baseline; None where nothing is compared."""
    rows = headline.difference_rows(results, distinct(results), bundle)
    if not rows:
        return None
    title = say(
        "Differences from {baseline}, replications paired", baseline=baseline_words(results)
    )
    return _kpi_table(title, rows, width, results.replications, is_difference=True)


def verdict_table(results: Results, bundle: str) -> Table | None:
    """What can be told of the differences that the study is about; None where none is compared."""
    from rich.text import Text

    headed = chief_verdicts(results, bundle)
    rows = verdict_rows(results, headed)
    if not rows:
        return None
    title, words = verdict_caption(results, headed)
    table = _table(title)
    table.caption, table.caption_justify = Text(words), "left"
    table.add_column("", overflow="fold", max_width=2 * _WIDEST)
    for heading, _ in headed:
        table.add_column(Text(visible(heading)), overflow="fold")
    for i, (shown, cells) in enumerate(rows):
        if i and shown.group != rows[i - 1][0].group:
            table.add_section()
        _add(table, shown.label, *cells)
    return table


def burden_tables(results: Results, bundle: str, *, width: int) -> tuple[Table, ...]:
    """What a case burdens and costs, before and after; of many settings the first few.

    Parameters
    ----------
    width
        Of the console, in characters: where there is no room, intervals go below their means.
    """
    found = []
    for sheet in sheets(results, bundle)[: _FEW // 2]:
        table = _table(sheet.title)
        for i, head in enumerate(sheet.heads):
            table.add_column(
                visible(head), justify="left" if i < _LABELS else "right", overflow="fold"
            )
        is_wide = sum(map(_width, zip(sheet.heads, *sheet.rows, strict=True))) > width
        for row in sheet.rows:
            _add(table, *(_BEFORE_INTERVAL.sub("\n", cell) if is_wide else cell for cell in row))
        found.append(table)
    return tuple(found)


def claims_table(results: Results) -> Table | None:
    """Published figures beside simulated ones; None where the scenario has none.

    Of many cells the lowest and the highest.
    """
    found = _ends(checks(results))
    if not found:
        return None
    table = _table(say("Published and simulated"))
    for heading in (
        say("Published"),
        say("Setting"),
        say("Simulated (95 % interval)"),
        say("Calendar\ndays"),
        say("Verdict"),
    ):
        table.add_column(heading)
    for words, check in found:
        unit = KPIS[check.claim.kpi].unit
        places = decimals([(check.high - check.low) / 2], unit)
        interval = between(check.low, check.high, unit, places)
        _add(
            table,
            _published(check.claim),
            words + shown_as(results, check.cell),
            amount(check.mean, unit, places) + (f" ({interval})" if interval else ""),
            calendar_days(results, check),
            verdict(check),
        )
    return table


def claim_notes(results: Results) -> tuple[str, ...]:
    """Who published each figure that is shown, and what is to be said of it."""
    claims = [check.claim for _, check in _ends(checks(results))]
    notes = (
        f"{_published(claim)}: {'. '.join(filter(None, (claim.source, claim.note)))}."
        for claim in claims
        if claim.source or claim.note
    )
    return tuple(dict.fromkeys(notes))


def _published(claim: Claim) -> str:
    places = 0 if claim.value == int(claim.value) else 1
    channel = f" ({say_of_scenario(claim.channel)})" if claim.channel else ""
    return amount(claim.value, KPIS[claim.kpi].unit, places) + channel


def failures_table(results: Results) -> Table | None:
    """Replications that failed, with their errors; None for none."""
    if not results.failures:
        return None
    n_failed = counted(len(results.failures), "replication")
    table = _table(say("{replications} failed; the rest went on", replications=n_failed))
    table.add_column(say("Setting"))
    table.add_column(say("Replication"), justify="right")
    table.add_column(say("Error"), overflow="fold")
    for failure in results.failures:
        _add(table, failure.cell, str(failure.replication), failure.error)
    return table


def show_loads(console: Console, loads: Sequence[RoleLoad]) -> None:
    """Print what each role has to do before anything is run, and what cannot keep up.

    A role has one row for all its offices, and one for the office with the most to do.
    """
    table = _table(say("Work and people, on average over the run"))
    table.add_column(say("Role"), overflow="fold")
    table.add_column(say("Offices"), overflow="fold")
    for heading in (say("People"), say("Work in people"), say("Load, %")):
        table.add_column(heading, justify="right")
    table.add_column("")
    for load in _chief(loads):
        sharing = (
            say("shares people with {roles}", roles=", ".join(load.shared_with))
            if load.shared_with
            else ""
        )
        _add(
            table,
            load.role if load.office is None else "",
            say("all of {level}", level=say_of_scenario(load.level))
            if load.office is None
            else say("most: {office}", office=load.office),
            number(load.n_people, 1),
            number(load.offered, 2),
            number(100 * load.load),
            _strain(load, loads) or sharing,
            style="bold red" if load.is_too_much else None,
        )
    console.print(table)


def _strain(load: RoleLoad, loads: Sequence[RoleLoad]) -> str:
    """What a role cannot do, or can only just; of an office, with how many others are like it."""
    if not load.is_too_much:
        return say("the log fits exactly") if load.is_full else ""
    alike = [
        each
        for each in loads
        if load.office is not None and each.office is not None and each.role == load.role
        if each.is_too_much
    ]
    others = say("; nor can {n} more", n=len(alike) - 1) if len(alike) > 1 else ""
    strain = say("cannot keep up") if load.is_endless else say("the log does not fit into the run")
    return strain + others


def show_values(console: Console, found: Sequence[Entry]) -> None:
    """Print every value of a scenario under its source, what is assumed first."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    for mark in sorted({value.mark for value in found}, key=_ORDER.index):
        values = [value for value in found if value.mark == mark]
        console.print(f"{mark_in_words(mark)} ({number(len(values))})", style="bold")
        by_source: dict[str, list[Entry]] = {}
        for value in values:
            source = ". ".join(filter(None, (value.source, value.note)))
            by_source.setdefault(source, []).append(value)
        for source, members in by_source.items():
            words = visible(source) or say("no source named")
            console.print(Padding(Text(words, style="italic"), (0, 0, 0, 2)))
            grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
            grid.add_column(overflow="fold", ratio=5)
            grid.add_column(overflow="fold", ratio=2)
            for value in members:
                _add(grid, f"    {value.path}", value.text)
            console.print(grid)
        console.print()


def _kpi_table(
    title: str, rows: Sequence[Row], width: int, replications: int, *, is_difference: bool
) -> Table:
    columns = _label_columns(rows)
    n_labels = len(columns)
    places = headline.places(rows)
    for i, column in enumerate(COLUMNS):
        if any(row.values[i] is not None for row in rows):
            values = [
                headline.text(
                    row.values[i],
                    places=places[i],
                    replications=replications,
                    is_difference=is_difference,
                )
                for row in rows
            ]
            head = column.heading if column.is_chief else "\n".join(column.heading.rsplit(" ", 1))
            columns.append([f"{head}\n{unit_in_short(column.unit)}", *values])
            if column.kpi == "on_time_share" and not is_difference:
                limit = "\n".join((say("Limit"), unit_in_short("wd")))
                columns.append([limit, *(row.limit for row in rows)])
    for first in (n_labels + sum(column.is_chief for column in COLUMNS), n_labels):
        if sum(map(_width, columns)) > width:
            columns[first:] = [
                [head, *(_BEFORE_INTERVAL.sub("\n", cell) for cell in cells)]
                for head, *cells in columns[first:]
            ]
    lacking: list[str] = []
    while len(columns) > n_labels + 1 and sum(map(_width, columns)) > width:
        head, _, _ = columns.pop()[0].rpartition("\n")
        lacking.insert(0, head.replace("\n", " ").lower())
    table = _table(title)
    if lacking:
        table.caption = say("No room for: {columns}.", columns=", ".join(lacking))
        table.caption_justify = "left"
    for i, (head, *_) in enumerate(columns):
        table.add_column(head, justify="left" if i == 0 else "right", vertical="bottom")
    for i, (row, *cells) in enumerate(zip(rows, *(column[1:] for column in columns), strict=True)):
        if i and row.shown.group != rows[i - 1].shown.group:
            table.add_section()
        height = max(cell.count("\n") for cell in cells)
        level = (cell + "\n" * (height - cell.count("\n")) for cell in cells)
        _add(table, *level, style="dim" if row.channel else None)
    return table


def _label_columns(rows: Sequence[Row]) -> list[list[str]]:
    """What the rows are called: their group, and a column for each lever with numbers."""
    levers = [name for name, _ in rows[0].shown.settings]
    if not levers:
        return [["", *(_indented(row, row.shown.label) for row in rows)]]
    columns = [[name, *(_setting(row, i) for row in rows)] for i, name in enumerate(levers)]
    if not any(row.shown.group for row in rows):
        return [["", *(_indented(row, row.shown.label) for row in rows)]]
    names: list[str] = []
    for group, members in groupby(rows, key=lambda row: row.shown.group):
        kept = list(members)
        # A long name runs down beside its rows, so that it makes none of them higher.
        lines = wrap(group, _WIDEST)
        lines = [*lines[: len(kept) - 1], " ".join(lines[len(kept) - 1 :])]
        names += [*lines, *[""] * (len(kept) - len(lines))]
    return [["", *names], *columns]


def _setting(row: Row, i: int) -> str:
    return f"· {row.channel}" if row.channel and i == 0 else row.shown.settings[i][1]


def _indented(row: Row, label: str) -> str:
    return f"  · {row.channel}" if row.channel else fill(label, _WIDEST)


def _width(column: Sequence[str]) -> int:
    """The characters that a column takes, the gap beside it included."""
    return 3 + max(len(line) for cell in column for line in (cell.splitlines() or [""]))


def _ends(found: Sequence[ClaimCheck]) -> list[tuple[str, ClaimCheck]]:
    """Every check of a claim, or of many the lowest and the highest, each with words before."""
    ends: list[tuple[str, ClaimCheck]] = []
    for _, same in groupby(found, key=lambda check: check.claim):
        checked = sorted(same, key=lambda check: check.mean)
        if len(checked) <= _FEW // 2:
            ends += [("", check) for check in checked]
        else:
            n = len(checked)
            ends += [
                (say("lowest of {n} settings: ", n=n), checked[0]),
                (say("highest of {n} settings: ", n=n), checked[-1]),
            ]
    return ends


def _chief(loads: Sequence[RoleLoad]) -> list[RoleLoad]:
    """For each role all offices together, then its busiest office where there are several."""
    found: list[RoleLoad] = []
    for role in dict.fromkeys(load.role for load in loads):
        offices = [load for load in loads if load.role == role and load.office is not None]
        found += [load for load in loads if load.role == role and load.office is None]
        if len(offices) > 1:
            found.append(max(offices, key=lambda load: load.load))
    return found


def _how(results: Results) -> str:
    return say(
        "{settings}, {replications} each, seed {seed}, engine {engine}, {n} cases, {seconds} s",
        settings=counted(len(results.cells), "setting"),
        replications=counted(results.replications, "replication"),
        seed=results.seed,
        engine=results.engine,
        n=number(sum(results.n_cases.values())),
        seconds=number(results.elapsed, 1),
    )


def _add(table: Table, *cells: str, style: str | None = None) -> None:
    from rich.text import Text

    # As Text, so that square brackets in a name are not read as markup.
    table.add_row(*(Text(visible(cell)) for cell in cells), style=style)


def _table(title: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    # A title that is a Text is not read as markup: it may hold brackets.
    return Table(
        title=Text(visible(title), style="bold"),
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
