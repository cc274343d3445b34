"""Finds in the manifest of a kept study what is asked for: a cell, and a replication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sim.errors import RequestError, with_way_out
from sim.language import say
from sim.wording import did_you_mean

_MOST_KNOWN: Final = 10


def cell_named(manifest: Mapping[str, Any], variant: str | None) -> Mapping[str, Any]:
    """The cell of a study by its name, which may be left out where there is one alone.

    Raises
    ------
    RequestError
        There is no such cell, or several.
    """
    cells: dict[str, Mapping[str, Any]] = {cell["name"]: cell for cell in manifest["cells"]}
    if variant is None:
        if len(cells) > 1:
            known = ", ".join(list(cells)[:_MOST_KNOWN])
            raise RequestError(
                say(
                    "the study has {n} variants. Name one: {known}.",
                    n=len(cells),
                    known=known,
                )
            )
        return next(iter(cells.values()))
    if variant not in cells:
        message = say("no variant '{variant}' in the study", variant=variant)
        raise RequestError(with_way_out(message, did_you_mean(variant, cells)))
    return cells[variant]


def check_replication(manifest: Mapping[str, Any], number: int) -> None:
    """Refuse a replication that a study does not have.

    Raises
    ------
    RequestError
        It names those that there are.
    """
    first, n = manifest["first_replication"], manifest["replications"]
    if not first <= number < first + n:
        raise RequestError(
            say(
                "no replication {number}: the study has {first} to {last}.",
                number=number,
                first=first,
                last=first + n - 1,
            )
            if n > 1
            else say(
                "no replication {number}: the study has {first} alone.",
                number=number,
                first=first,
            )
        )
