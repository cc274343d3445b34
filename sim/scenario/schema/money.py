"""How amounts of money are written: pay an hour, costs, fees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from sim.errors import ValueFault
from sim.language import say
from sim.scenario.schema.values import SeriesSpec, parse_series, show
from sim.units import HOUR, Span, parse_amount, parse_span
from sim.wording import both

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
        raise ValueFault(
            say("{value} is no pay", value=show(value)),
            way_out=say("Write for example 45 000 VND/h."),
        )
    return Pay(amount=parse_amount(match[1]), currency=_currency(match[2]))


def parse_money(value: Any) -> Money:
    """An amount of money: ``20 000 VND``."""
    match = _MONEY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueFault(
            say("{value} is no amount of money", value=show(value)),
            way_out=say("Write for example 20 000 VND."),
        )
    amount = parse_amount(match[1])
    if amount < 0:
        raise ValueFault(
            say("{value} is below 0", value=show(value)), way_out=say("Give 0 or more.")
        )
    return Money(amount=amount, currency=_currency(match[2]))


def parse_fee(value: Any, *, day_first: bool = False) -> Fee:
    """A fee: ``8 000 VND``, or one for each of some dates."""
    currencies: dict[str, None] = {}

    def parse_one(one: Any) -> float:
        money = parse_money(one)
        if not money.amount.is_integer():
            raise ValueFault(
                say(
                    "{value} is no whole number of {currency}",
                    value=show(one),
                    currency=money.currency,
                ),
                way_out=say("Round it."),
            )
        currencies[money.currency] = None
        return money.amount

    amount = parse_series(value, parse_one, day_first=day_first)
    if isinstance(amount, SeriesSpec) and amount.is_straight:
        raise ValueFault(
            say("a fee that changes from day to day"), way_out=say("Leave out between: straight.")
        )
    if len(currencies) > 1:
        raise ValueFault(
            say("a fee in {names}", names=both(currencies)),
            way_out=say("Give all of it in one currency."),
        )
    return Fee(amount=amount, currency=next(iter(currencies)))


def _currency(word: str) -> str:
    return _CURRENCIES.get(word.lower(), word)


def _is_hour(unit: str) -> bool:
    try:
        return parse_span(f"1 {unit}") == Span(amount=HOUR, in_working_days=False)
    except ValueFault:
        return False
