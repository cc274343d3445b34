"""Reads columns of dates and times of day as people and programs write them, all rows at once.

Texts are read by their shape: ``2025-05-05 08:10`` and ``2025-06-06 09:20`` have one, whose fields
stand at the same places.  A log has few shapes, so a million rows take a few steps of arrays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import fields as parts_of
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.logs.event_log import INSTANT
from sim.units import DAY, HOUR, MINUTE, SECOND

Ints: TypeAlias = NDArray[np.int64]
Truths: TypeAlias = NDArray[np.bool_]

DAY_FIRST: Final = "day first"
MONTH_FIRST: Final = "month first"
VIETNAM: Final = "Asia/Ho_Chi_Minh"

_TIME: Final = (
    r"(?P<H>0{1,2}):(?P<M>00)(?::(?P<S>00)(?:[.,](?P<f>0{1,9}))?)?(?:\s*(?P<half>AM|PM|SA|CH))?"
)
_ZONE: Final = r"(?:\s*(?P<zone>Z|UTC|[+-](?P<zh>00)(?::?(?P<zm>00))?))?"
_YEAR_FIRST: Final = r"(?P<y>0000)(?P<sep>[-/.])(?P<a>0{1,2})(?P=sep)(?P<b>0{1,2})"
_YEAR_LAST: Final = r"(?P<a>0{1,2})(?P<sep>[-/.])(?P<b>0{1,2})(?P=sep)(?P<y>0000)"
_SHAPES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR_FIRST}(?:(?:T|,?\s+){_TIME}{_ZONE})?",
        rf"{_YEAR_LAST}(?:(?:T|,?\s+){_TIME}{_ZONE})?",
        rf"{_TIME},?\s+{_YEAR_LAST}",
    )
)
_MOST_SHAPES: Final = 400
_SLAB: Final = 200_000
"""So many rows are looked at together: their characters lie in memory as a matrix."""

_NO_OFFSET: Final = -(10**6)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """A column as it is written, before it is known whether days or months come first.

    Parameters
    ----------
    year, first, second
        The numbers of the date; ``first`` and ``second`` as they stand.
    time
        Microseconds since midnight.
    offset
        Minutes of a time zone ahead of UTC, or a number below all offsets where there is none.
    is_given, is_read
        Whether something stands there, and whether it looks like a date.
    is_year_last
        Whether the order of day and month is open.
    has_time
        Whether a time of day stands there.
    """

    year: Ints
    first: Ints
    second: Ints
    time: Ints
    offset: Ints
    is_given: Truths
    is_read: Truths
    is_year_last: Truths
    has_time: Truths

    def take(self, rows: Ints) -> Written:
        """Some rows of the column."""
        return Written(**{each.name: getattr(self, each.name)[rows] for each in parts_of(self)})

    def day_first_at(self) -> int:
        """The first row in which the day must come first; -1 for none."""
        return _first(self.is_year_last & (self.first > 12) & (self.second <= 12))

    def month_first_at(self) -> int:
        """The first row in which the month must come first; -1 for none."""
        return _first(self.is_year_last & (self.second > 12) & (self.first <= 12))

    def open_at(self) -> int:
        """The first row that is another day in the other order; -1 for none."""
        return _first(self.is_year_last & (self.first != self.second))

    def instants(
        self, order: str, zone: str | None
    ) -> tuple[NDArray[np.datetime64], Truths, Truths]:
        """The instants in local time, and which rows have a text that is none.

        Parameters
        ----------
        order
            :data:`DAY_FIRST` or :data:`MONTH_FIRST`, of dates that end with their year.
        zone
            The zone whose local time is wanted; None takes the clock on the wall, as it is written.

        Returns
        -------
        tuple
            The instants, NaT where there is none; which rows cannot be read; and which hold a date
            alone.
        """
        is_day_first = self.is_year_last & (order == DAY_FIRST)
        month = np.where(is_day_first, self.second, self.first)
        day = np.where(is_day_first, self.first, self.second)
        is_good = self.is_read & (month >= 1) & (month <= 12) & (self.time < DAY)
        is_good &= (self.year >= 1) & (day >= 1)
        months = ((self.year - 1970) * 12 + np.where(is_good, month, 1) - 1).astype("datetime64[M]")
        n_days = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
        is_good &= day <= n_days
        midnight = months.astype("datetime64[D]") + np.where(is_good, day - 1, 0)
        found = midnight.astype(INSTANT) + self.time.astype("timedelta64[us]")
        found[~is_good] = np.datetime64("NaT")
        has_offset = self.offset != _NO_OFFSET
        if zone is not None and has_offset.any():
            in_utc = found[has_offset] - (self.offset[has_offset] * MINUTE).astype(
                "timedelta64[us]"
            )
            local = pd.DatetimeIndex(in_utc, tz="UTC").tz_convert(zone).tz_localize(None)
            found[has_offset] = local.to_numpy(INSTANT)
        return found, self.is_given & ~is_good, is_good & ~self.has_time

    def offsets(self) -> set[int]:
        """The offsets of time zones that are written, in minutes."""
        return set(np.unique(self.offset).tolist()) - {_NO_OFFSET}

    def lacks_offset(self) -> Truths:
        """Which rows have a time of day and no time zone."""
        found: Truths = self.has_time & (self.offset == _NO_OFFSET)
        return found


def written(texts: Any) -> Written:
    """Read a column of texts.

    Parameters
    ----------
    texts
        A ``pyarrow`` array of strings; of a dictionary each is read once.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(texts, pa.DictionaryArray):
        none = pa.nulls(1, texts.dictionary.type)
        rows = texts.indices.fill_null(len(texts.dictionary)).to_numpy()
        return written(pa.concat_arrays([texts.dictionary, none])).take(rows)
    column = pc.utf8_trim_whitespace(texts.cast(pa.large_string()))
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    n = len(column)
    column = pc.fill_null(column, "")
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int64)[column.offset : column.offset + n + 1]
    signs = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    fields: dict[str, Ints] = {
        name: np.zeros(n, np.int64) for name in ("year", "first", "second", "time")
    }
    fields["offset"] = np.full(n, _NO_OFFSET, np.int64)
    flags: dict[str, Truths] = {
        name: np.zeros(n, np.bool_) for name in ("is_read", "is_year_last", "has_time")
    }
    lengths = np.diff(ends)
    for rows, matrix in _matrices(ends[:-1], lengths, signs):
        _read_shapes(rows, matrix, fields, flags)
    return Written(
        year=fields["year"],
        first=fields["first"],
        second=fields["second"],
        time=fields["time"],
        offset=fields["offset"],
        is_given=lengths > 0,
        is_read=flags["is_read"],
        is_year_last=flags["is_year_last"],
        has_time=flags["has_time"],
    )


def _matrices(
    starts: Ints, lengths: Ints, signs: NDArray[np.uint8]
) -> Iterator[tuple[Ints, NDArray[np.uint8]]]:
    """The characters of texts of one length at a time."""
    for length in np.unique(lengths):
        if not 8 <= length <= 48:
            continue
        of_length = np.flatnonzero(lengths == length)
        for begin in range(0, len(of_length), _SLAB):
            rows = of_length[begin : begin + _SLAB]
            yield rows, signs[starts[rows][:, None] + np.arange(length)]


def _read_shapes(
    rows: Ints,
    matrix: NDArray[np.uint8],
    fields: dict[str, Ints],
    flags: dict[str, Truths],
) -> None:
    is_digit = (matrix >= ord("0")) & (matrix <= ord("9"))
    shapes = np.where(is_digit, np.uint8(ord("0")), matrix)
    left = np.arange(len(rows))
    for _ in range(_MOST_SHAPES):
        if not len(left):
            return
        shape = shapes[left[0]]
        alike = (shapes[left] == shape).all(axis=1)
        mine = left[alike]
        left = left[~alike]
        text = shape.tobytes().decode("latin-1")
        match = next((m for m in (s.fullmatch(text) for s in _SHAPES) if m), None)
        if match is not None:
            _read_fields(rows[mine], matrix[mine], match, fields, flags)


def _read_fields(
    rows: Ints,
    matrix: NDArray[np.uint8],
    match: re.Match[str],
    fields: dict[str, Ints],
    flags: dict[str, Truths],
) -> None:
    def number(name: str) -> Ints:
        begin, end = match.span(name)
        found = np.zeros(len(rows), np.int64)
        for place in range(begin, end):
            found = found * 10 + (matrix[:, place] - ord("0"))
        return found

    groups = match.groupdict()
    is_year_last = match.start("y") > match.start("a")
    fields["year"][rows] = number("y")
    fields["first"][rows], fields["second"][rows] = number("a"), number("b")
    flags["is_read"][rows] = True
    flags["is_year_last"][rows] = is_year_last
    if groups["H"] is None:
        return
    flags["has_time"][rows] = True
    fields["time"][rows] = _time_of_day(groups, number)
    zone = groups.get("zone")
    if zone is not None:
        minutes = number("zh") * 60 if groups["zh"] else np.zeros(len(rows), np.int64)
        minutes += number("zm") if groups["zm"] else 0
        fields["offset"][rows] = -minutes if zone[0] == "-" else minutes


def _time_of_day(groups: dict[str, str | None], number: Callable[[str], Ints]) -> Ints:
    """Microseconds since midnight; a day or more where it is no time of day."""
    hours, minutes = number("H"), number("M")
    seconds = number("S") if groups["S"] else np.zeros_like(hours)
    is_wrong = (minutes > 59) | (seconds > 59) | (hours > 23)
    half = (groups["half"] or "").upper()
    if half:
        # The halves of the day, in English and Vietnamese: before noon AM and SA, after it PM, CH.
        is_wrong |= (hours < 1) | (hours > 12)
        hours = hours % 12 + (12 if half in ("PM", "CH") else 0)
    time = hours * HOUR + minutes * MINUTE + seconds * SECOND
    if fraction := groups["f"]:
        # Finer than a microsecond is cut off.
        time += number("f") * 10**6 // 10 ** len(fraction)
    return np.where(is_wrong, DAY, time)


def _first(which: Truths) -> int:
    rows = np.flatnonzero(which)
    return int(rows[0]) if len(rows) else -1
