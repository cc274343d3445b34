"""Workloads that the benchmarks give to every simulator alike, as resolved models.

All are scenario files, so that an older revision reads them as well.

*tandem*: three stations in a row with 5, 8 and 4 servers, exponential service, load 0.8 each; one
arrival a minute, so that the closed form gives 20.033 minutes of mean sojourn; see ``tandem.yaml``.

*linked*: three procedures in one office with opening hours, online or on paper, see
``linked.yaml``; 5.28 work items a case.

*headline*: the births of ``scenarios/birth.yaml`` with everyday work at 41 offices, outages, legal
clocks and timetables; 2.5 work items a case.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.model import Model
from sim.records import NOT_YET, Table
from sim.units import DAY, HOUR, MINUTE, WEEK

FOLDER: Final = Path(__file__).parent

FULL: Final = os.environ.get("LIENTHONG_BENCH") == "full"
"""Whether every size is measured, in place of what four minutes allow."""

TANDEM_SOJOURN = 20.033
"""Mean sojourn of the tandem workload in minutes, by the closed form of M/M/c."""


def tandem(n_cases: int) -> Model:
    """The tandem workload with an expected number of cases."""
    from sim.scenario import load, resolve

    model = resolve(load(FOLDER / "tandem.yaml", settings={"period.length": f"{n_cases} min"}))
    # Nobody arrives in these days, and everybody who did can end.
    return replace(model, horizon=model.horizon + 30 * DAY)


LINKED_A_WEEK: Final = 1200
"""Arrivals of the linked workload: 0.5 a working minute, 2,400 of them a week."""

LINKED_SOJOURN: Final = (163.0, 3076.0)
"""Mean sojourn of the linked workload in minutes of opening hours, online and on paper.

Work takes 40.4 and 66.75 (online the longer of two branches counts), a file that goes back
0.08 × (1440 + 20.75) = 116.9, transport 3 × 960 = 2880; the rest is queues.
"""


def linked(n_cases: int) -> Model:
    """The linked workload, over the whole weeks that come nearest to a number of cases."""
    from sim.scenario import load, resolve

    weeks = max(round(n_cases / LINKED_A_WEEK), 1)
    settings = {"period.length": f"{weeks} weeks", "period.run_out": "0 days"}
    model = resolve(load(FOLDER / "linked.yaml", settings=settings))
    # Nobody arrives in these weeks, and everybody who did can end.
    return replace(model, horizon=model.horizon + 8 * WEEK)


def working_minutes(cases: Table) -> list[float]:
    """Mean sojourn in the linked office, online and on paper, in minutes of its opening hours."""
    sojourn = _open_time(cases["ended_at"]) - _open_time(cases["arrives_at"])
    ended = cases["ended_at"] != NOT_YET
    return [
        float(sojourn[ended & (cases["channel"] == channel)].mean() / MINUTE)
        for channel in range(len(LINKED_SOJOURN))
    ]


def _open_time(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Opening hours of the linked office since its first Monday, without a calendar."""
    day, since_midnight = at // DAY, at % DAY
    before = (day // 7 * 5 + np.minimum(day % 7, 5)) * 8 * HOUR
    today = sum(
        np.clip(since_midnight - opens, 0, 4 * HOUR) for opens in (450 * MINUTE, 780 * MINUTE)
    )
    return before + np.where(day % 7 < 5, today, 0)


HEADLINE_A_WEEK: Final = 1609
"""Arrivals of the headline workload a week: 2,300 births a year, the rest is everyday work."""


def headline(n_cases: int) -> Model:
    """The headline scenario, over the whole weeks that come nearest to a number of cases."""
    from sim.scenario import load, resolve

    weeks = max(round(n_cases / HEADLINE_A_WEEK) - 2, 1)
    settings = {
        "period.warm_up": "1 week",
        "period.length": f"{weeks} weeks",
        "period.run_out": "1 week",
    }
    return resolve(load(FOLDER.parent / "scenarios" / "birth.yaml", settings=settings))


WORKLOADS: Final[Mapping[str, Callable[[int], Model]]] = {
    "tandem": tandem,
    "linked": linked,
    "headline": headline,
}

SMALLEST: Final = 10_000

ITEMS: Final[Mapping[str, float]] = {
    "tandem": 3,
    "linked": 0.6 * 4 + 0.4 * 7 + 0.08,  # online, on paper, and again for a file that came back
    "headline": 2.45,  # measured
}
"""Work items a case."""
