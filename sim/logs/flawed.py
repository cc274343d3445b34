"""A log with the flaws that registers of offices have, put in where chance has it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.logs.cleaning import with_day_and_month_turned
from sim.logs.event_log import INSTANT, EventLog, instant_of
from sim.units import MINUTE

Rows = NDArray[np.int64]

_MISSING: Final = {"started_at": 0.02, "officer": 0.01}
_TWICE: Final = 0.005
_TURNED: Final = 0.003
"""Shares of the rows."""

_DAYS_UPLOADED: Final = 60
"""One day in so many is entered at once when the office closes."""

_DAYS_OF_NIGHTS: Final = 30
_OF_A_NIGHT: Final = 5
"""One day in so many, that many rows are ended late in the evening."""

_DAYS_OF_ONE_ACCOUNT: Final = 10
"""So many days in a row all work is entered under one account."""


def flawed(log: EventLog, seed: int) -> EventLog:
    """A log with flaws: the same of the same log and seed.

    2 % of the rows lack their start and 1 % their officer; 0.5 % stand twice; of 0.3 % the end has
    day and month the wrong way round.  One day in 60 is entered when its last work has ended, one
    evening in 30 five rows are entered between ten and midnight, and for ten days in a row
    everything is entered under the account of whoever does most.  Work without an end stays as it
    is.

    Parameters
    ----------
    seed
        Of the draws.
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    work = log.work.copy()
    for put in (_one_account, _nights, _uploads, _turned):
        put(work, chance)
    ended = np.flatnonzero(work["ended_at"].notna())
    for name, share in _MISSING.items():
        work.loc[_some(ended, share, chance), name] = None
    work = pd.concat([work, work.iloc[_some(ended, _TWICE, chance)]])
    order = np.lexsort((instant_of(work), work["case"].cat.codes))
    work = work.iloc[order].reset_index(drop=True)
    work["row"] = np.arange(1, len(work) + 1)
    return EventLog(name=log.name, work=work, cases=log.cases)


def _some(rows: Rows, share: float, chance: np.random.Generator) -> Rows:
    found: Rows = chance.choice(rows, size=round(share * len(rows)), replace=False)
    return found


def _days(work: pd.DataFrame) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """The days on which work ended, and the one of each row, NaT where it has no end."""
    of_row = work["ended_at"].to_numpy(INSTANT).astype("datetime64[D]")
    return np.unique(of_row[~np.isnat(of_row)]), of_row


def _one_account(work: pd.DataFrame, chance: np.random.Generator) -> None:
    """For some days whoever does most is said to do everything."""
    days, of_row = _days(work)
    first = int(chance.integers(max(len(days) - _DAYS_OF_ONE_ACCOUNT, 1)))
    which = np.isin(of_row, days[first : first + _DAYS_OF_ONE_ACCOUNT])
    codes = work["officer"].cat.codes.to_numpy().copy()
    usual = int(np.bincount(codes[codes >= 0]).argmax())
    codes[which] = usual
    work["officer"] = pd.Categorical.from_codes(codes, dtype=work["officer"].dtype)


def _nights(work: pd.DataFrame, chance: np.random.Generator) -> None:
    """Work that somebody closes at home, between ten and midnight."""
    days, of_row = _days(work)
    for day in chance.choice(days, size=len(days) // _DAYS_OF_NIGHTS, replace=False):
        here = np.flatnonzero(of_row == day)
        late = chance.choice(here, size=min(_OF_A_NIGHT, len(here)), replace=False)
        minutes = np.sort(chance.integers(22 * 60, 24 * 60, size=len(late))) * MINUTE
        at = day.astype(INSTANT) + minutes.astype("timedelta64[us]")
        for name in ("started_at", "ended_at"):
            values = work[name].to_numpy(INSTANT).copy()
            values[late] = at
            work[name] = values


def _uploads(work: pd.DataFrame, chance: np.random.Generator) -> None:
    """Days that were noted on paper and entered at once, when the last work had ended."""
    days, of_row = _days(work)
    which = np.isin(of_row, chance.choice(days, size=len(days) // _DAYS_UPLOADED, replace=False))
    begun, ended = (work[name].to_numpy(INSTANT).copy() for name in ("started_at", "ended_at"))
    for day in np.unique(of_row[which]):
        here = of_row == day
        begun[here] = ended[here] = ended[here].max()
    work["started_at"], work["ended_at"] = begun, ended


def _turned(work: pd.DataFrame, chance: np.random.Generator) -> None:
    """Ends of which day and month are the wrong way round."""
    ended = work["ended_at"].to_numpy(INSTANT).copy()
    turned = with_day_and_month_turned(ended)
    # Of a day after the twelfth nobody could take one for the other.
    able = np.flatnonzero(~np.isnat(turned))
    share = min(_TURNED * len(work) / max(len(able), 1), 1)
    which = _some(able, share, chance)
    ended[which] = turned[which]
    work["ended_at"] = ended
