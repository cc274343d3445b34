"""Lays out on which half-days the people of a group are on duty: fractions and dated numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar, share_of
from sim.scenario.resolve.times.timing import Timing
from sim.units import DAY

WHOLE: Final = 100
"""A fraction of a person is rounded to a hundredth (S8)."""


@dataclass(slots=True, kw_only=True)
class Duty:
    """The calendars of people who are not on duty whenever their group is, each made once."""

    timing: Timing
    _shares: dict[tuple[int, int, int, int], int] = field(default_factory=dict)
    _dated: dict[tuple[int, tuple[int, ...], tuple[int, ...], int], int] = field(
        default_factory=dict
    )

    def shifts(
        self, calendar: int, days: Sequence[int], hundredths: NDArray[np.int64], home: int
    ) -> list[int]:
        """The calendar of each person of a group at an office.

        Parameters
        ----------
        calendar
            That of somebody full time.
        days, hundredths
            From which days on there are how many people, in hundredths of one.
        home
            The office, on which it depends which half-days a fraction of a person has (S8).
        """
        people = -(-int(hundredths.max(initial=0)) // WHOLE)
        always = int(hundredths.min()) // WHOLE
        found = [calendar] * always
        for number in range(always, people):
            # What of the numbers falls to this person: none, a part, or all of the time.
            parts = np.clip(hundredths - number * WHOLE, 0, WHOLE).tolist()
            if len(set(parts)) == 1:
                found.append(self._share(calendar, parts[0], home))
            else:
                found.append(self._by_day(calendar, tuple(days), tuple(parts), home))
        return found

    def _share(self, calendar: int, part: int, home: int) -> int:
        """The calendar of a person who is on duty ``part`` hundredths of the half-days (S8)."""
        common = gcd(part, WHOLE)
        numerator, denominator = part // common, WHOLE // common
        offset = home % denominator
        key = (calendar, numerator, denominator, offset)
        if key not in self._shares:
            whole = self.timing.calendars[calendar]
            name = f"{whole.name} {part} % +{offset}"
            shared = share_of(whole, numerator, denominator, offset, name)
            self._shares[key] = self.timing.index(shared)
        return self._shares[key]

    def _by_day(
        self, calendar: int, days: tuple[int, ...], parts: tuple[int, ...], home: int
    ) -> int:
        """The calendar of a person whose part changes, by the day on which half-days begin (V1)."""
        key = (calendar, days, parts, home % WHOLE)
        if key not in self._dated:
            whole = self.timing.calendars[calendar]
            opens = np.array(whole.opens)
            at = np.searchsorted(np.array(days), opens // DAY, side="right") - 1
            part = np.array(parts)[np.maximum(at, 0)]
            common = np.gcd(part, WHOLE)
            denominator = WHOLE // common
            # As share_of spreads them, with the share of each day.
            place = np.arange(len(opens)) + home % denominator
            kept = (place * (part // common) % denominator < part // common).tolist()
            dated = Calendar(
                name=f"{whole.name} by date",
                opens=tuple(compress(whole.opens, kept)),
                closes=tuple(compress(whole.closes, kept)),
            )
            self._dated[key] = self.timing.index(dated)
        return self._dated[key]
