"""The columns of the CSV files of a study, which the frames of Python have too.

A difference is told by columns, ``variant`` and ``baseline``; each lever that a sweep varies has a
column of its own.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TextIO, TypeAlias

from sim.analysis.estimate import Estimate
from sim.analysis.verdicts import MARGIN_OF_SHARES
from sim.experiment.results import Results

Columns: TypeAlias = dict[str, list[Any]]
"""Values by column, all of one length."""

VARIANT: Final = {"variant": "the cell: a variant, or a point of a sweep"}

KPI_MEANINGS: Final[Mapping[str, str]] = VARIANT | {
    "replication": "number of the replication, from 0",
    "kpi": "name of the KPI",
    "group": "what it is measured over",
    "value": "the value, in `unit`",
    "unit": "its unit",
    "out_of": "how many cases, dossiers, items or payments a share is of; empty for other values",
}
"""Columns of ``kpis.csv``; those of the levers stand behind ``variant``."""

ESTIMATE_MEANINGS: Final[Mapping[str, str]] = VARIANT | {
    "baseline": "what the variant is set against, empty for the variant itself",
    "kpi": "name of the KPI",
    "group": "what it is measured over",
    "mean": "mean over the replications, of a difference that of variant less baseline; in `unit`",
    "low": "lower end of its 95 % interval, empty below two replications; in `unit`",
    "high": "upper end of it, likewise",
    "n": "replications, or pairs of them, that had a value",
    "unit": "the unit",
}
"""Columns of ``estimates.csv``; those of the levers stand behind ``baseline``."""

OVER_TIME_MEANINGS: Final[Mapping[str, str]] = VARIANT | {
    "baseline": "empty: what is followed is the variant itself",
    "kpi": "name of what is followed",
    "group": "what it is followed of",
    "date": "first day of the period",
    "mean": "mean over the replications, in `unit`",
    "low": "lower end of its 95 % interval, empty below two replications; in `unit`",
    "high": "upper end of it, likewise",
    "n": "replications that had a value in the period",
    "unit": "the unit",
}
"""Columns of ``over_time.csv``; those of the levers stand behind ``baseline``."""

BY_OFFICE_MEANINGS: Final[Mapping[str, str]] = VARIANT | {
    "baseline": "empty: offices are compared within the variant",
    "office": "the home office of the cases",
    "kpi": "name of the share",
    "group": "what it is taken of",
    "mean": "mean over the replications, in `unit`",
    "low": "lower end of its 95 % interval, empty below two replications; in `unit`",
    "high": "upper end of it, likewise",
    "n": "replications that had a value",
    "out_of": "how many cases or payments it is a share of, all replications together",
    "unit": "the unit",
    "line": "of `on_time_share`, the share that it is held against; in `unit`",
    "to_line": "`less` or `more` than the line, `alike` within the margin, or `unknown`",
    "others": "mean of the paired difference, the office less all others together; in `unit`",
    "others_low": "lower end of its 95 % interval by itself; in `unit`",
    "others_high": "upper end of it, likewise",
    "to_others": "`less` or `more` than the others, `alike` within the margin, or `unknown`",
    "together": "how many offices were judged together, by Holm's rule",
    "margin": "the difference that counts as too small to matter; in `unit`",
}
"""Columns of ``by_office.csv``; those of the levers stand behind ``baseline``."""

MISSING_MEANINGS: Final[Mapping[str, str]] = VARIANT | {
    "replication": "number of the replication, empty for all of them",
    "what": "`left out` before the run, `failed` in it, or `interrupted` before its turn",
    "reason": "who cannot keep up, or the error in one line",
}
"""Columns of ``missing.csv``; those of the levers stand behind ``variant``."""

_NUMBERS: Final[Mapping[str, type[int] | type[float]]] = {
    "replication": int,
    "n": int,
    "out_of": int,
    "together": int,
    "needed": int,
    "value": float,
    "mean": float,
    "low": float,
    "high": float,
    "judged_low": float,
    "judged_high": float,
    "line": float,
    "others": float,
    "others_low": float,
    "others_high": float,
    "margin": float,
}


def kpi_columns(results: Results) -> Columns:
    """Every value of every replication."""
    m = results.measures
    return {
        "variant": list(m.cell),
        **lever_columns(results, m.cell),
        "replication": m.replication.tolist(),
        "kpi": list(m.kpi),
        "group": list(m.group),
        "value": m.value.tolist(),
        "unit": list(m.unit),
        "out_of": [n or math.nan for n in m.out_of.tolist()],
    }


def estimate_columns(results: Results) -> Columns:
    """The estimates of every cell, then those of every difference."""
    return columns_of(results, (*results.estimates, *results.differences))


def missing_columns(results: Results) -> Columns:
    """What was asked for and has no value: a row each point left out, and each replication.

    With the finished replications these are all cells times all replications.
    """
    rows: list[tuple[str, float, str, str]] = [
        (each.cell, math.nan, "left out", each.reason) for each in results.omissions
    ]
    errors = {(each.cell, each.replication): each.error for each in results.failures}
    runs = zip(results.measures.cell, results.measures.replication.tolist(), strict=True)
    finished = set(runs)
    for cell in results.cells:
        for number in range(results.first, results.first + results.replications):
            # A failure stands under the first of the cells that share the run.
            if (error := errors.get((cell.shares_runs_with or cell.name, number))) is not None:
                rows.append((cell.name, number, "failed", error))
            elif not results.is_complete and (cell.name, number) not in finished:
                rows.append((cell.name, number, "interrupted", ""))
    cells = [name for name, _, _, _ in rows]
    return {
        "variant": cells,
        **lever_columns(results, cells),
        "replication": [number for _, number, _, _ in rows],
        "what": [what for _, _, what, _ in rows],
        "reason": [reason for _, _, _, reason in rows],
    }


def columns_of(results: Results, estimates: Sequence[Estimate]) -> Columns:
    """Some estimates of a study; a bound that is not there is NaN."""
    return {
        "variant": [each.variant for each in estimates],
        "baseline": [each.baseline for each in estimates],
        **lever_columns(results, [each.variant for each in estimates]),
        "kpi": [each.kpi for each in estimates],
        "group": [each.group for each in estimates],
        "mean": [each.mean for each in estimates],
        "low": [each.low for each in estimates],
        "high": [each.high for each in estimates],
        "n": [each.n for each in estimates],
        "unit": [each.unit for each in estimates],
    }


def over_time_columns(results: Results) -> Columns:
    """The state over time: a row for each course and period with a value."""
    rows: list[tuple[Any, ...]] = []
    if (found := results.over_time) is not None:
        for each in found.courses:
            dates = [date.isoformat() for date in found.timelines[each.cell].dates]
            values = (each.mean, each.low, each.high, each.n)
            for date, *numbers in zip(dates, *(v.tolist() for v in values), strict=True):
                if numbers[-1]:
                    rows.append((each.cell, each.kpi, each.group, date, *numbers, each.unit))
    names = ("variant", "kpi", "group", "date", "mean", "low", "high", "n", "unit")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    variants = columns.pop("variant")
    head = {"variant": variants, "baseline": [""] * len(rows)}
    return head | lever_columns(results, variants) | columns


def by_office_columns(results: Results) -> Columns:
    """The offices: a row for each share, group and office with a case; what is not there is NaN."""
    found = () if results.by_office is None else results.by_office.estimates
    lines = {} if results.by_office is None else results.by_office.lines
    variants = [each.cell for each in found]
    others = [each.to_others and each.to_others.interval for each in found]
    return {
        "variant": variants,
        "baseline": [""] * len(found),
        **lever_columns(results, variants),
        "office": [each.office for each in found],
        "kpi": [each.kpi for each in found],
        "group": [each.group for each in found],
        "mean": [each.interval.mean for each in found],
        "low": [each.interval.low for each in found],
        "high": [each.interval.high for each in found],
        "n": [each.interval.n for each in found],
        "out_of": [each.out_of for each in found],
        "unit": ["share"] * len(found),
        "line": [lines[each.group] if each.to_line else math.nan for each in found],
        "to_line": [each.to_line.finding if each.to_line else "" for each in found],
        "others": [each.mean if each else math.nan for each in others],
        "others_low": [each.low if each else math.nan for each in others],
        "others_high": [each.high if each else math.nan for each in others],
        "to_others": [each.to_others.finding if each.to_others else "" for each in found],
        "together": [each.to_others.n_together if each.to_others else 1 for each in found],
        "margin": [MARGIN_OF_SHARES] * len(found),
    }


def write_columns(path: Path, columns: Columns) -> None:
    """Write columns as CSV, with all digits; NaN is an empty field.

    Raises
    ------
    OSError
        It cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_rows(stream, columns)


def write_rows(stream: TextIO, columns: Columns) -> None:
    """Write columns into a stream, likewise."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*map(_as_text, columns.values()), strict=True))


def read_columns(path: Path) -> Columns:
    """Read what :func:`write_columns` wrote, digit for digit.

    Raises
    ------
    OSError, ValueError
        It cannot be read, or holds something else.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        rows = list(reader)
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    return {
        name: _as_numbers(_NUMBERS[name], values) if name in _NUMBERS else list(values)
        for name, values in zip(header, columns, strict=True)
    }


def lever_columns(results: Results, cells: Sequence[str]) -> Columns:
    """The settings of some cells, a column for each lever that a sweep varies."""
    meanings = KPI_MEANINGS, ESTIMATE_MEANINGS, OVER_TIME_MEANINGS, BY_OFFICE_MEANINGS
    taken = set().union(*meanings)
    settings = {cell.name: cell.settings for cell in results.cells}
    settings |= {each.cell: each.settings for each in results.omissions}
    return {
        f"lever_{lever}" if lever in taken else lever: [settings[cell][lever] for cell in cells]
        for lever in results.varied
    }


def _as_text(values: Iterable[Any]) -> Iterable[Any]:
    return (
        ("" if math.isnan(value) else repr(value)) if isinstance(value, float) else value
        for value in values
    )


def _as_numbers(kind: type[int] | type[float], texts: Iterable[str]) -> list[Any]:
    return [kind(text) if text else math.nan for text in texts]
