"""Public holidays and the working Saturdays that stand in for days off, as officially announced.

They come from the ``holidays`` library.  Beside it lies a table of swaps of working days that it
does not know; a row that it learns of later changes nothing and can go.

Loading the library takes longer than reading a scenario, as it loads those of all countries.  What
one version of it says of Viet Nam is therefore kept in a file, which counts for that version only;
``make holidays`` asks the library again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeAlias

from sim.calendars import Interval
from sim.errors import ValueFault
from sim.language import later, say

_MONDAY: Final = 0

Named: TypeAlias = dict[dt.date, str]

KEPT: Final = Path(__file__).with_suffix(".json")
"""What the library says of the years in it, as :func:`text_to_keep` writes it."""

_KEPT_COUNTRY: Final = "VN"
_KEPT_YEARS: Final = range(2000, 2051)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A working day that is off, and the day on the weekend that is worked instead.

    Parameters
    ----------
    day_off, worked_on
        The two dates.
    name
        What the day off is called, in the country's own language.
    source
        The official announcement.
    """

    day_off: dt.date
    worked_on: dt.date
    name: str
    source: str


SWAPS: Final[dict[str, tuple[Swap, ...]]] = {
    "VN": (
        Swap(
            day_off=dt.date(2026, 1, 2),
            worked_on=dt.date(2026, 1, 10),
            name="Ngày nghỉ (thay cho ngày 10/01/2026)",
            source="Government Office, document 12729/VPCP-KGVX of 25 December 2025",
        ),
    ),
}
"""Official swaps by country, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Up to which year the days off of a country are officially announced, and where it says so."""

    last_year: int
    source: str


ANNOUNCED: Final[Mapping[str, Announced]] = {
    "VN": Announced(
        last_year=2026,
        source=later("Government Office, 13 October and 25 December 2025"),
    ),
}
"""By country. Later years are worked out from the law and the lunar calendar; swaps may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays:
    """The public holidays that a run used; part of each result, since the law adds some yearly.

    Parameters
    ----------
    country
        Two letters, ISO 3166-1.
    library_version
        Version of the ``holidays`` library that knew them.
    days_off
        Dates with their names, in order.
    working_saturdays
        Dates on the weekend on which people work instead of a day off, each with the name of
        that day off; in order.
    announced_until
        The last year whose days off are officially announced; later ones are projected. None
        where nobody has looked.
    announced_by
        Where the announcement stands; empty for none.
    """

    country: str
    library_version: str
    days_off: tuple[tuple[dt.date, str], ...]
    working_saturdays: tuple[tuple[dt.date, str], ...]
    announced_until: int | None
    announced_by: str

    def as_dict(self) -> dict[str, str | int | dict[str, str] | None]:
        """Give plain data: dates as ISO 8601 text, each with its name."""
        return {
            "country": self.country,
            "library_version": self.library_version,
            "announced_until": self.announced_until,
            "announced_by": self.announced_by,
            "days_off": {date.isoformat(): name for date, name in self.days_off},
            "working_saturdays": {date.isoformat(): name for date, name in self.working_saturdays},
        }

    def standing(self, first_year: int, last_year: int) -> str:
        """Say which of some years are officially announced and which are projected."""
        last = self.announced_until
        if last is None:
            return say(
                "from the holidays library {version}, not checked", version=self.library_version
            )
        source = say(self.announced_by)
        if last_year <= last:
            return say("as announced ({source})", source=source)
        since = max(first_year, last + 1)
        years = f"{since}"
        if since < last_year:
            years = say("{first} to {last}", first=since, last=last_year)
        return say(
            "announced up to {last} ({source}); {years} projected, swaps may follow",
            last=last,
            source=source,
            years=years,
        )

    def dates_off(self) -> frozenset[dt.date]:
        """Give the days off as :func:`sim.calendars.build` takes them."""
        return frozenset(date for date, _ in self.days_off)

    def hours_of_working_saturdays(
        self, weekly: Mapping[int, Sequence[Interval]]
    ) -> dict[dt.date, Sequence[Interval]]:
        """Give the hours of the working Saturdays, as ``extra`` of :func:`sim.calendars.build`.

        They are the weekday's own where ``weekly`` gives it any, and Monday's otherwise.
        """
        return {
            date: weekly.get(date.weekday()) or weekly.get(_MONDAY, ())
            for date, _ in self.working_saturdays
        }


def public_holidays(country: str, years: Iterable[int]) -> Holidays:
    """Look up the public holidays of a country, days in lieu and working Saturdays included.

    Parameters
    ----------
    country
        Two letters, ISO 3166-1, e.g. ``VN``.
    years
        The years wanted.

    Returns
    -------
    Holidays
        Named in the country's own language.

    Raises
    ------
    ValueFault
        The library does not know the country.
    """
    wanted = frozenset(years)
    days_off, working = _kept(country, wanted) or _asked(country, wanted)
    for swap in SWAPS.get(country, ()):
        days_off.setdefault(swap.day_off, swap.name)
        working.setdefault(swap.worked_on, days_off[swap.day_off])
    announced = ANNOUNCED.get(country)
    return Holidays(
        country=country,
        library_version=version("holidays"),
        days_off=tuple(sorted(each for each in days_off.items() if each[0].year in wanted)),
        working_saturdays=tuple(sorted(each for each in working.items() if each[0].year in wanted)),
        announced_until=announced.last_year if announced is not None else None,
        announced_by=announced.source if announced is not None else "",
    )


def text_to_keep() -> str:
    """Ask the library for what :data:`KEPT` has to say with the version installed."""
    days_off, working = (
        {date.isoformat(): name for date, name in sorted(found.items())}
        for found in _asked(_KEPT_COUNTRY, _KEPT_YEARS)
    )
    kept = {
        "library_version": version("holidays"),
        "country": _KEPT_COUNTRY,
        "first_year": _KEPT_YEARS[0],
        "last_year": _KEPT_YEARS[-1],
        "days_off": days_off,
        "working_saturdays": working,
    }
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _kept(country: str, wanted: Set[int]) -> tuple[Named, Named] | None:
    """What the file has of all the years; None where the library itself must be asked."""
    if country != _KEPT_COUNTRY:
        return None
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    known = range(kept["first_year"], kept["last_year"] + 1)
    if kept["library_version"] != version("holidays") or not wanted <= set(known):
        return None
    days_off, working = (
        {dt.date.fromisoformat(date): name for date, name in kept[key].items()}
        for key in ("days_off", "working_saturdays")
    )
    return days_off, working


def _asked(country: str, wanted: Collection[int]) -> tuple[Named, Named]:
    """The days off of the library, and the days worked with the names of those they replace."""
    import holidays

    # A Saturday worked in December may replace a day off in January: its name is in the next year.
    around = sorted({year + shift for year in wanted for shift in (-1, 0, 1)})
    try:
        # Left alone, the library would name the days in the language of the machine.
        language = holidays.country_holidays(country).default_language
        found = holidays.country_holidays(country, years=around, language=language)
    except NotImplementedError:
        raise ValueFault(
            say("no public holidays are known for country '{country}'", country=country),
            way_out=say("Give the two letters of ISO 3166-1, e.g. VN, or list the days off."),
        ) from None
    days_off = dict(found.items())
    date_format = found.tr(getattr(found, "substituted_date_format", "%Y-%m-%d"))
    working = {
        date: next((name for name in days_off.values() if date.strftime(date_format) in name), "")
        for date in found.weekend_workdays
    }
    return days_off, working
