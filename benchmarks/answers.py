"""What a run of a workload must have done, and found, before its time counts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from pyarrow import parquet
from workloads import (
    ITEMS,
    LINKED_SOJOURN,
    SMALLEST,
    TANDEM_SOJOURN,
    WORKLOADS,
    working_minutes,
)

from sim.engines import run
from sim.model import Outcome
from sim.records import Table
from sim.units import MINUTE

IN_OFFICE: Final = {"tandem": TANDEM_SOJOURN, "linked": 59.9}
"""Mean minutes of service and queue together in the ledger of a case."""


def check(workload: str, n_cases: int, cases: Table, work_items: Table) -> None:
    """Refuse a run that has not done the work, or has found something else.

    The tolerances of sojourns are about four standard errors of 10,000 cases.

    Parameters
    ----------
    n_cases
        The number of cases asked for; those of whole weeks may be a twentieth more or fewer.
    """
    n_found = len(cases["case"])
    check_amount(workload, n_cases, n_found, len(work_items["case"]))
    completed = (cases["outcome"] == Outcome.COMPLETED).mean()
    if workload == "tandem":
        assert completed == 1
        sojourn = (cases["ended_at"] - cases["arrives_at"]).mean() / MINUTE
        assert sojourn == pytest.approx(TANDEM_SOJOURN, rel=0.15)
    elif workload == "linked":
        assert completed == 1
        online, paper = working_minutes(cases)
        assert online == pytest.approx(LINKED_SOJOURN[0], rel=0.08)
        assert paper == pytest.approx(LINKED_SOJOURN[1], rel=0.02)
    else:
        assert completed > 0.9  # the last weeks are still under way


def check_amount(workload: str, n_cases: int, n_found: int, n_items: int) -> None:
    """Refuse another number of cases, or of work items, than the workload is known to have."""
    assert n_found == pytest.approx(n_cases, rel=0.06)
    assert n_items == pytest.approx(ITEMS[workload] * n_found, rel=0.03)


def check_files(workload: str, n_cases: int, folder: Path) -> None:
    """Refuse Parquet that does not hold all rows, or other answers."""
    cases = parquet.read_table(folder / "cases.parquet", columns=["service_time", "queue_time"])
    n_items = parquet.read_metadata(folder / "work_items.parquet").num_rows
    check_amount(workload, n_cases, cases.num_rows, n_items)
    in_office = sum(np.mean(column.to_numpy()) for column in cases.columns) / MINUTE
    assert in_office == pytest.approx(IN_OFFICE[workload], rel=0.15)


@lru_cache
def check_small_run(workload: str) -> None:
    """Refuse a compiled engine whose tables are not those of the reference, digit for digit."""
    model = WORKLOADS[workload](SMALLEST)
    digests = {
        run(model, seed=1, replication=0, engine=engine).digest()
        for engine in ("reference", "fast")
    }
    assert len(digests) == 1
