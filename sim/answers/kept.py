"""Finds a case in the tables that a study keeps: one by number, or one that shows something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import RequestError
from sim.experiment.tables import Name
from sim.wording import did_you_mean

WHICH: Final[Mapping[str, str]] = {
    "slowest": "the case that took longest",
    "typical": "the case in the middle, by the time that cases took",
    "rejected": "of the cases rejected, the one in the middle",
    "late": "the case that went furthest beyond its limit",
}
"""Cases that can be asked for by what they show, of the measured ones that have ended."""

_TIME_NEEDED: Final = ("arrives_at", "ended_at", "outcome", "working_days", "limit_days")
_MOST_KNOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    """A case of a study.

    Parameters
    ----------
    cell
        As in the manifest; it may share the runs of another.
    row
        Its row of the cases table by column: names, instants, lengths, counts; None for nothing.
    items
        Its rows of the table of work items, by when they were ready; None where it is not kept.
    """

    cell: Mapping[str, Any]
    replication: int
    number: int
    row: Mapping[str, Any]
    items: tuple[Mapping[str, Any], ...] | None


def find_case(
    manifest: Mapping[str, Any],
    tables: Mapping[Name, Path],
    *,
    case: int | None = None,
    which: str | None = None,
    variant: str | None = None,
    replication: int | None = None,
    bundle: str | None = None,
) -> KeptCase:
    """Find the case that is asked for: by its number, or by ``which``.

    Parameters
    ----------
    variant
        The name of a cell; may be left out where there is one alone.
    replication
        By default the first one, with ``which`` any.
    bundle
        With ``which``, the bundle to choose among; by default all that are kept.

    Raises
    ------
    RequestError
        There is no such case, or the study does not keep it.
    """
    if (case is None) == (which is None):
        raise RequestError(f"give either a case or which: {', '.join(WHICH)}.")
    if which is not None and which not in WHICH:
        raise RequestError(f"no way to choose '{which}'. Give one of {', '.join(WHICH)}.")
    if bundle is not None and case is not None:
        raise RequestError("a case has its bundle. Leave out one of the two.")
    if "cases" not in tables:
        raise RequestError(
            "the study keeps no table of cases, from which a case could be told. Run it again with "
            "--tables cases, or all (tables='all')."
        )
    cell = _cell(manifest, variant)
    place = cell["shares_runs_with"] or cell["name"]
    first, n = manifest["first_replication"], manifest["replications"]
    if replication is not None and not first <= replication < first + n:
        known = f"{first} to {first + n - 1}" if n > 1 else f"{first} alone"
        raise RequestError(f"no replication {replication}: the study has {known}.")
    if case is not None:
        at = (first if replication is None else replication), case
    else:
        at = _choose(manifest, tables["cases"], place, str(which), replication, bundle)
    rows = _rows(tables["cases"], place, *at)
    if not rows:
        raise RequestError(_no_case(manifest, tables["cases"], place, *at))
    items = _rows(tables["work_items"], place, *at) if "work_items" in tables else None
    return KeptCase(
        cell=cell,
        replication=at[0],
        number=at[1],
        row=rows[0],
        items=None if items is None else tuple(sorted(items, key=lambda item: item["ready_at"])),
    )


def _cell(manifest: Mapping[str, Any], variant: str | None) -> Mapping[str, Any]:
    cells: dict[str, Mapping[str, Any]] = {cell["name"]: cell for cell in manifest["cells"]}
    if variant is None:
        if len(cells) > 1:
            known = ", ".join(list(cells)[:_MOST_KNOWN])
            raise RequestError(f"the study has {len(cells)} variants. Name one: {known}.")
        return next(iter(cells.values()))
    if variant not in cells:
        way_out = did_you_mean(variant, cells)
        raise RequestError(f"no variant '{variant}' in the study; {way_out}")
    return cells[variant]


def _rows(path: Path, cell: str, replication: int, case: int) -> list[dict[str, Any]]:
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    wanted = (
        (pc.field("case") == case)
        & (pc.field("replication") == replication)
        & (pc.field("variant").cast("string") == cell)
    )
    rows: list[dict[str, Any]] = ds.dataset(path).to_table(filter=wanted).to_pylist()
    return rows


def _choose(
    manifest: Mapping[str, Any],
    path: Path,
    cell: str,
    which: str,
    replication: int | None,
    bundle: str | None,
) -> tuple[int, int]:
    """The replication and the number of a case that shows something."""
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    wanted = (
        pc.field("measured")
        & (pc.field("outcome").cast("string") != "open")
        & (pc.field("variant").cast("string") == cell)
    )
    if replication is not None:
        wanted &= pc.field("replication") == replication
    if bundle is not None:
        wanted &= pc.field("bundle").cast("string") == bundle
    if which == "rejected":
        wanted &= pc.field("outcome").cast("string") == "rejected"
    if which == "late":
        wanted &= pc.field("working_days") > pc.field("limit_days")
    found = ds.dataset(path).to_table(filter=wanted, columns=["replication", "case", *_TIME_NEEDED])
    if not found.num_rows:
        of = f" of '{bundle}'" if bundle is not None else ""
        raise RequestError(
            f"no measured case{of} {_LACKING[which]} in {_where(manifest, cell, replication)}."
        )
    number = found["case"].to_numpy()
    replications = found["replication"].to_numpy()

    def column(name: str) -> NDArray[np.int64]:
        numbers: NDArray[np.int64] = found[name].cast("int64").to_numpy()
        return numbers

    time = column("ended_at") - column("arrives_at")
    if which == "late":
        time = column("working_days") - column("limit_days")
    # Of equal ones the first, by replication and number.
    order = np.lexsort((number, replications, time))
    if which in ("slowest", "late"):
        longest = time == time[order[-1]]
        at = next(row for row in order if longest[row])
    else:
        at = order[(len(order) - 1) // 2]
    return int(replications[at]), int(number[at])


_LACKING: Final = {
    "slowest": "has ended",
    "typical": "has ended",
    "rejected": "was rejected",
    "late": "was late",
}


def _where(manifest: Mapping[str, Any], cell: str, replication: int | None) -> str:
    if replication is not None:
        return f"replication {replication} of '{cell}'"
    return f"'{cell}'" if len(manifest["cells"]) > 1 else "the study"


def _no_case(
    manifest: Mapping[str, Any], path: Path, cell: str, replication: int, case: int
) -> str:
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    where = _where(manifest, cell, replication)
    failed = [(each["cell"], each["replication"]) for each in manifest["failures"]]
    if (cell, replication) in failed:
        return f"{where} failed, so it has no cases."
    mine = (pc.field("replication") == replication) & (pc.field("variant").cast("string") == cell)
    numbers = ds.dataset(path).to_table(filter=mine, columns=["case"])["case"].to_numpy()
    if not len(numbers):
        return f"no case of {where} is kept."
    known = f"its kept cases are {numbers.min()} to {numbers.max()}"
    if manifest["bundles"]:
        kept = ", ".join(manifest["bundles"])
        return (
            f"case {case} of {where} is not kept: {known}, of {kept} alone. Name one of them, or "
            "run the study without --bundles."
        )
    return f"{where} has no case {case}: {known}."
