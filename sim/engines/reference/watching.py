"""Watches some cases of a run of the reference engine: where each was, from when until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim import records
from sim.engines.protocol import Inputs
from sim.engines.reference.case import Case, Ledger
from sim.engines.reference.engine import OnShare, Replication, Walk
from sim.engines.reference.noted import Noted
from sim.model import Element, Model
from sim.records import NOT_YET, Table


@dataclass(slots=True, kw_only=True)
class Stay:
    """A token of a case at an element: from when, and until when, NOT_YET if the run ended first.

    A case begins with one token; a fork makes further ones.
    """

    case: int
    token: int
    element: int
    came_at: int
    left_at: int = NOT_YET


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watch:
    """The stays of the cases in the order of their beginning, and all work items of the run."""

    stays: tuple[Stay, ...]
    work_items: Table


def watch(
    model: Model,
    inputs: Inputs,
    cases: frozenset[int],
    until: int,
    on_share: OnShare | None = None,
) -> Watch:
    """Run a replication up to an instant and watch some of its cases; no digit of it changes.

    Parameters
    ----------
    cases
        Their rows in the table of cases.
    """
    replication = _Watched(model, inputs, cases)
    replication.run_until(until, on_share)
    replication.work.end()
    rows = replication.work.whole + replication.work.parts
    return Watch(stays=tuple(replication.stays), work_items=records.table(records.WORK_ITEMS, rows))


class _Watched(Replication):
    """A run that notes where some of its cases come to and when they go on."""

    def __init__(self, model: Model, inputs: Inputs, cases: frozenset[int]) -> None:
        super().__init__(model, inputs)
        self.watched = cases
        self.stays: list[Stay] = []
        self.last: dict[int, Stay] = {}  # by token, where it is
        self.n_tokens = 0

    def walk(self, case: Case, at: int, until: int, ledger: Ledger) -> Walk:
        if case.number not in self.watched:
            return (yield from super().walk(case, at, until, ledger))
        first = self.n_tokens
        outcome = yield from super().walk(case, at, until, ledger)
        # The token was made at the first turn, and took the number that was free then.
        self.leave_last(first)
        return outcome

    def elements_of(self, case: Case, ledger: Ledger) -> Sequence[Element]:
        if case.number not in self.watched:
            return super().elements_of(case, ledger)
        token = self.n_tokens
        self.n_tokens += 1
        return Noted(self.model.elements, lambda element: self.come(case.number, token, element))

    def leave_last(self, token: int) -> None:
        """A token leaves the element where it is."""
        if token in self.last:
            self.last.pop(token).left_at = self.env.now

    def come(self, case: int, token: int, element: int) -> None:
        """A token comes to an element."""
        self.leave_last(token)
        stay = Stay(case=case, token=token, element=element, came_at=self.env.now)
        self.last[token] = stay
        self.stays.append(stay)
