"""Follows one case through a run of the reference engine: where it was, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.engines.protocol import Inputs
from sim.engines.reference.case import Case, Ledger
from sim.engines.reference.engine import OnShare, Replication
from sim.engines.reference.noted import Noted
from sim.model import Element, Model
from sim.records import EVERYTHING, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A token of the case comes to an element, with the ledger of the token up to then (K2)."""

    token: int
    element: int
    at: int
    ledger: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trail:
    """The way of a case: its entries in the order of time, and the ledger of each token at the end.

    Token 0 is the first; a fork makes further ones.  ``run`` has the cases that were run with it,
    ``case`` is its number there.
    """

    case: int
    entries: tuple[Entry, ...]
    ledgers: tuple[tuple[int, ...], ...]
    run: Run


def trail(model: Model, inputs: Inputs, case: int, on_share: OnShare | None = None) -> Trail:
    """Run a replication and follow one of its cases; no digit of the run changes."""
    replication = _Followed(model, inputs, case)
    run = replication.run(EVERYTHING, on_share)
    return Trail(
        case=case,
        entries=tuple(replication.entries),
        ledgers=tuple(map(tuple, replication.ledgers)),
        run=run,
    )


class _Followed(Replication):
    """A run that notes where one of its cases comes to."""

    def __init__(self, model: Model, inputs: Inputs, case: int) -> None:
        super().__init__(model, inputs)
        self.case = case
        self.entries: list[Entry] = []
        self.ledgers: list[Ledger] = []

    def elements_of(self, case: Case, ledger: Ledger) -> Sequence[Element]:
        if case.number != self.case:
            return super().elements_of(case, ledger)
        self.ledgers.append(ledger)
        token = len(self.ledgers) - 1

        def note(element: int) -> None:
            self.entries.append(
                Entry(token=token, element=element, at=self.env.now, ledger=tuple(ledger))
            )

        return Noted(self.model.elements, note)
