"""How amounts of money are written: pay an hour, costs, fees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from sim.errors import ValueFault
from sim.scenario.schema.values import SeriesSpec, parse_series, show
from sim.units import HOUR, Span, parse_amount, parse_span

_MONEY: Final = re.compile(r"(.+?)\s*([^\W\d_]{2,}|đ|₫)\s*")
_PAY: Final = re.compile(r"(.+?)\s*([^\W\d_]{2,}|đ|₫)\s*/\s*(\w+)\s*")

_CURRENCIES: Final = dict.fromkeys(("đ", "₫", "đồng", "dong", "vnđ", "vnd"), "VND")
"""How people write a currency, in small letters, and its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Gross pay of one person: an amount of a currency an hour."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount of a currency."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee, or one for each of some dates, in whole units of a currency."""

    amount: float | SeriesSpec
    currency: str

    @property
    def is_ever_nothing(self) -> bool:
        """Whether it is 0, or becomes 0 on some day."""
        return not all(
            self.amount.values if isinstance(self.amount, SeriesSpec) else (self.amount,)
        )


def parse_pay(value: Any) -> Pay:
    """Pay an hour: ``45 000 VND/h``."""
    match = _PAY.fullmatch(value) if isinstance(value, str) else None
    if match is None or not _is_hour(match[3]):
        raise ValueFault(f"{show(value)} is no pay", way_out="Write for example 45 000 VND/h.")
    return Pay(amount=parse_amount(match[1]), currency=_currency(match[2]))


def parse_money(value: Any) -> Money:
    """An amount of money: ``20 000 VND``."""
    match = _MONEY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueFault(
            f"{show(value)} is no amount of money", way_out="Write for example 20 000 VND."
        )
    amount = parse_amount(match[1])
    if amount < 0:
        raise ValueFault(f"{show(value)} is below 0", way_out="Give 0 or more.")
    return Money(amount=amount, currency=_currency(match[2]))


def parse_fee(value: Any, *, day_first: bool = False) -> Fee:
    """A fee: ``8 000 VND``, or one for each of some dates."""
    currencies: dict[str, None] = {}

    def parse_one(one: Any) -> float:
        money = parse_money(one)
        if not money.amount.is_integer():
            raise ValueFault(
                f"{show(one)} is no whole number of {money.currency}", way_out="Round it."
            )
        currencies[money.currency] = None
        return money.amount

    amount = parse_series(value, parse_one, day_first=day_first)
    if isinstance(amount, SeriesSpec) and amount.is_straight:
        raise ValueFault(
            "a fee that changes from day to day", way_out="Leave out between: straight."
        )
    if len(currencies) > 1:
        raise ValueFault(
            f"a fee in {' and '.join(currencies)}", way_out="Give all of it in one currency."
        )
    return Fee(amount=amount, currency=next(iter(currencies)))


def _currency(word: str) -> str:
    return _CURRENCIES.get(word.lower(), word)


def _is_hour(unit: str) -> bool:
    try:
        return parse_span(f"1 {unit}") == Span(amount=HOUR, in_working_days=False)
    except ValueFault:
        return False
