"""Finds a case in the tables that a study keeps: one by number, or one that shows something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.errors import RequestError, StoreError, with_way_out
from sim.experiment.chosen import cell_named, check_replication
from sim.experiment.tables import Name
from sim.language import later, say
from sim.wording import did_you_mean

Table: TypeAlias = Any
"""A ``pyarrow.Table``: pyarrow has no types, and is loaded when a table is read."""

WHICH: Final = ("slowest", "typical", "rejected", "late")
"""What a case may show, of the measured ones that have ended: it took longest; it stands in the
middle, by the time that cases took; it was rejected, and stands in the middle of those; it went
furthest beyond its limit."""

_COLUMNS: Final = ("replication", "case", "arrives_at", "ended_at", "working_days", "limit_days")
_MOST: Final = 2**31
"""More cases than any replication has."""


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
        raise RequestError(say("give either a case or which: {known}.", known=", ".join(WHICH)))
    if which is not None and which not in WHICH:
        raise RequestError(
            say(
                "no way to choose '{which}'. Give one of {known}.",
                which=which,
                known=", ".join(WHICH),
            )
        )
    _check_number("case", case)
    _check_number("replication", replication)
    if bundle is not None and case is not None:
        raise RequestError(say("a case has its bundle. Leave out one of the two."))
    if "cases" not in tables:
        raise RequestError(
            say(
                "the study keeps no table of cases, from which a case could be told. Run "
                "it again with --tables cases, or all (tables='all')."
            )
        )
    cell = cell_named(manifest, variant)
    place = cell["shares_runs_with"] or cell["name"]
    first = manifest["first_replication"]
    if replication is not None:
        check_replication(manifest, replication)
    if case is not None:
        at = (first if replication is None else replication), case
    else:
        at = _choose(manifest, tables["cases"], place, str(which), replication, bundle)
    mine = {"variant": place, "replication": at[0], "case": at[1]}
    rows = _read(tables["cases"], **mine).to_pylist()
    if not rows:
        raise RequestError(_no_case(manifest, tables["cases"], place, *at))
    items = _read(tables["work_items"], **mine).to_pylist() if "work_items" in tables else None
    return KeptCase(
        cell=cell,
        replication=at[0],
        number=at[1],
        row=rows[0],
        items=None if items is None else tuple(sorted(items, key=lambda item: item["ready_at"])),
    )


def _check_number(what: str, number: object) -> None:
    # In Python True is a number, and nobody means it.
    is_whole = isinstance(number, Integral) and not isinstance(number, bool)
    if number is not None and not (is_whole and 0 <= int(str(number)) < _MOST):
        raise RequestError(
            say("{what}: found {number!r}; give a whole number from 0", what=what, number=number)
        )


def _unknown(message: str, name: str, known: Iterable[str]) -> str:
    return with_way_out(message, did_you_mean(name, known))


def _read(path: Path, columns: Sequence[str] | None = None, **equal: Any) -> Table:
    """Some columns of a table, of the rows with the named values."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    try:
        table = ds.dataset(path)
        wanted = ds.scalar(True)
        for name, value in equal.items():
            field = ds.field(name)
            wanted &= (field.cast("string") if isinstance(value, str) else field) == value
        return table.to_table(filter=wanted, columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise StoreError(say("cannot read {path}: {error}", path=path, error=error)) from None


def _choose(
    manifest: Mapping[str, Any],
    path: Path,
    cell: str,
    which: str,
    replication: int | None,
    bundle: str | None,
) -> tuple[int, int]:
    """The replication and the number of a case that shows something."""
    wanted = {"variant": cell, "measured": True}
    wanted |= {} if replication is None else {"replication": replication}
    wanted |= {} if bundle is None else {"bundle": bundle}
    wanted |= {"outcome": "rejected"} if which == "rejected" else {}
    found = _read(path, _COLUMNS, **wanted)
    found = found.filter(found["ended_at"].is_valid())
    if which == "late":
        limit = _numbers(found, "limit_days")
        is_late = (limit >= 0) & (_numbers(found, "working_days") > limit)
        found = found.take(np.flatnonzero(is_late))
    if not found.num_rows:
        raise RequestError(_none_found(manifest, path, cell, which, replication, bundle))
    number, replications = _numbers(found, "case"), _numbers(found, "replication")
    time = _numbers(found, "ended_at") - _numbers(found, "arrives_at")
    if which == "late":
        time = _numbers(found, "working_days") - _numbers(found, "limit_days")
    # Of equal ones the first, by replication and number.
    order = np.lexsort((number, replications, time))
    if which in ("slowest", "late"):
        longest = time == time[order[-1]]
        at = next(row for row in order if longest[row])
    else:
        at = order[(len(order) - 1) // 2]
    return int(replications[at]), int(number[at])


def _numbers(table: Table, column: str) -> NDArray[np.int64]:
    """A column as numbers, instants in microseconds; -1 for nothing."""
    numbers: NDArray[np.int64] = table[column].cast("int64").fill_null(-1).to_numpy()
    return numbers


_ENDED: Final = later("no measured case has ended in {where}.")
_ENDED_OF: Final = later("no measured case of '{bundle}' has ended in {where}.")

_LACKING: Final = {
    "slowest": (_ENDED, _ENDED_OF),
    "typical": (_ENDED, _ENDED_OF),
    "rejected": (
        later("no measured case was rejected in {where}."),
        later("no measured case of '{bundle}' was rejected in {where}."),
    ),
    "late": (
        later("no measured case was late in {where}."),
        later("no measured case of '{bundle}' was late in {where}."),
    ),
}
"""By what was asked for, what no case did: of all bundles, and of one."""


def _none_found(
    manifest: Mapping[str, Any],
    path: Path,
    cell: str,
    which: str,
    replication: int | None,
    bundle: str | None,
) -> str:
    if bundle is not None:
        known = set(_read(path, ["bundle"], variant=cell)["bundle"].to_pylist())
        if bundle not in known:
            return _unknown(say("no bundle '{bundle}' is kept", bundle=bundle), bundle, known)
    of_all, of_one = _LACKING[which]
    where = _where(manifest, cell, replication)
    if bundle is None:
        return say(of_all, where=where)
    return say(of_one, bundle=bundle, where=where)


def _where(manifest: Mapping[str, Any], cell: str, replication: int | None) -> str:
    if replication is not None:
        return say("replication {number} of '{cell}'", number=replication, cell=cell)
    return f"'{cell}'" if len(manifest["cells"]) > 1 else say("the study")


def _no_case(
    manifest: Mapping[str, Any], path: Path, cell: str, replication: int, case: int
) -> str:
    where = _where(manifest, cell, replication)
    failed = [(each["cell"], each["replication"]) for each in manifest["failures"]]
    if (cell, replication) in failed:
        return say("{where} failed, so it has no cases.", where=where)
    numbers = _numbers(_read(path, ["case"], variant=cell, replication=replication), "case")
    if not len(numbers):
        return say("no case of {where} is kept.", where=where)
    first, last = numbers.min(), numbers.max()
    if manifest["bundles"]:
        kept = ", ".join(manifest["bundles"])
        return say(
            "case {case} of {where} is not kept: its kept cases are {first} to {last}, of "
            "{bundles} alone. Name one of them, or run the study without --bundles.",
            case=case,
            where=where,
            first=first,
            last=last,
            bundles=kept,
        )
    return say(
        "{where} has no case {case}: its kept cases are {first} to {last}.",
        where=where,
        case=case,
        first=first,
        last=last,
    )
