"""How much a written value is, and how it is written when it is more or less.

What has no amount, such as a name or a list of hours, is no quantity.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Any, Final

from sim.distributions import parse_duration
from sim.errors import ValueFault
from sim.language import say
from sim.scenario.overrides.changes import multiplied, tidy
from sim.scenario.schema.ranges import KINDS, Kind, Range, amount_of
from sim.scenario.text.tree import Path
from sim.units import is_number, parse_amount, parse_share

TIMES: Final = 0.5, 2.0
"""Where no range is stated: half to twice what is written, of times and limits."""

PARTS: Final = 0.5, 1.5
"""Where no range is stated: half less to half more, of numbers and of money."""

OF_SHARES: Final = 0.5
"""Where no range is stated: a share moves up and down by half of itself, or by half of what is
left of 100 %, whichever is less: so does that of its opposite."""

_COUNTS: Final = frozenset({"trips", "gives", "copies", "size", "at", "seed", "replications"})
"""Fields that count things, which have no range by default."""

_SHARES: Final = frozenset({"share", "up", "slip", "properties", "channels"})
"""Fields, and sections, in which a bare number is a share."""

_DURATIONS: Final = frozenset({"time", "supplement", "effort", "outage", "spell", "at_most"})
"""Fields that take parts of a working day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What a quantity may be, from end to end, in its unit; what is ``written`` lies within."""

    low: float
    written: float
    high: float

    def at(self, position: float) -> float:
        """The amount at a position from 0 to 1: half of the positions lie below what is written.

        Where that is an end itself, positions run from end to end.
        """
        if self.low < self.written < self.high:
            if position < 0.5:
                return self.low + 2 * position * (self.written - self.low)
            return self.written + (2 * position - 1) * (self.high - self.written)
        return self.low + position * (self.high - self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A written value that has an amount.

    Parameters
    ----------
    raw
        As it stands in the tree.
    amount
        A number, a share of 1, units of a currency, microseconds or working days; of a
        distribution its mean.
    is_whole
        Whether only whole amounts can be written.
    """

    path: Path
    raw: Any
    kind: Kind
    amount: float
    is_whole: bool = False

    @property
    def is_count(self) -> bool:
        """Whether it counts things: half as many are none, or nonsense."""
        return str(self.path[-1]) in _COUNTS

    def written_at(self, amount: float) -> Any:
        """How the value is written when it amounts to this; a distribution keeps its shape."""
        if self.kind is Kind.SHARE:
            return f"{100 * amount:.10g} %"
        if self.is_whole:
            return f"{round(amount)} wd"
        if self.kind is Kind.NUMBER:
            return tidy(amount)
        # From 0 nothing leads to another amount.
        return multiplied(self.raw, amount / self.amount, self.path) if self.amount else self.raw

    def stretch(self, found: Range) -> Stretch:
        """The stretch that a range leaves to the value.

        Raises
        ------
        ValueFault
            The range is of another kind, or leaves out what is written.
        """
        low, high = found.low, found.high
        if found.kind is Kind.TIMES:
            low, high = low * self.amount, high * self.amount
        elif found.kind is not self.kind:
            raise ValueFault(
                say(
                    "a range of {kind} for a value of {own}: '{raw}'",
                    kind="" if found.kind is None else KINDS[found.kind],
                    own=KINDS[self.kind],
                    raw=self.raw,
                ),
                way_out=say("Give both ends in the unit of the value, or as multiples: 0.5-2 x."),
            )
        if self.kind is Kind.SHARE:
            high = min(high, 1.0)
        if self.is_whole:
            low, high = float(ceil(low)), float(floor(high))
        if not low <= self.amount * (1 + 1e-12) or not self.amount <= high * (1 + 1e-12):
            raise ValueFault(
                say("the range leaves out what is written: '{raw}'", raw=self.raw),
                way_out=say("Widen it, or write a value within it."),
            )
        return Stretch(low=low, written=self.amount, high=high)

    def by_default(self) -> Stretch | None:
        """The stretch where no range is stated; None for none."""
        if self.kind is Kind.SHARE:
            reach = OF_SHARES * min(self.amount, 1 - self.amount)
            low, high = self.amount - reach, self.amount + reach
        elif self.is_count:
            return None
        else:
            is_time = self.kind in (Kind.TIME, Kind.WORKING_DAYS)
            low, high = (end * self.amount for end in (TIMES if is_time else PARTS))
        if self.is_whole:
            low, high = float(ceil(low)), float(floor(high))
        return Stretch(low=low, written=self.amount, high=high) if low < high else None


def quantity_of(raw: Any, path: Path) -> Quantity | None:
    """The quantity that a written value is; None where it has no amount."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    text = str(raw).strip()
    if {str(part) for part in path[-2:]} & _SHARES and is_number(text):
        return _share(raw, path)
    try:
        if is_number(text):
            return Quantity(path=path, raw=raw, kind=Kind.NUMBER, amount=parse_amount(raw))
        if text.endswith("%"):
            return _share(text, path)
        if text.startswith("empirical"):
            return None
        try:
            kind, amount = amount_of(text)
        except ValueFault:
            duration = parse_duration(text, folder=None)
            kind = Kind.WORKING_DAYS if duration.in_working_days else Kind.TIME
            amount = duration.distribution.mean
            return Quantity(path=path, raw=raw, kind=kind, amount=amount)
    except ValueFault:
        return None
    if kind is Kind.TIMES:
        return None
    # Limits and extensions are whole working days.
    is_whole = kind is Kind.WORKING_DAYS and str(path[-1]) not in _DURATIONS
    return Quantity(path=path, raw=raw, kind=kind, amount=amount, is_whole=is_whole)


def _share(raw: Any, path: Path) -> Quantity | None:
    try:
        return Quantity(path=path, raw=raw, kind=Kind.SHARE, amount=parse_share(raw))
    except ValueFault:
        return None
