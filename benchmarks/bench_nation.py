"""A year of births in the whole country, everyday work included, beside a sixty-third of it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import nation
import pytest
from growth import Tell
from one_run import warm
from ratio import Ratio
from workloads import FULL

MOST_MIB = 4096
MOST_TIMES = 70


def in_a_process(which: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, nation.__file__, which],
        check=True,
        capture_output=True,
        text=True,
        env=warm(),
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.timeout(1800)
@pytest.mark.skipif(not FULL, reason="takes minutes: LIENTHONG_BENCH=full runs it")
def test_the_country_takes_no_more_than_its_provinces(tell: Tell) -> None:
    parts = [in_a_process("part") for _ in range(3)]
    whole = in_a_process("whole")
    for part in parts:
        assert part["n_cases"] * nation.PROVINCES == pytest.approx(whole["n_cases"], rel=0.05)
        assert part["working_days"] == pytest.approx(whole["working_days"], rel=0.05)
    assert whole["n_cases"] > 50_000_000
    assert whole["n_births"] > 1_400_000
    times = sorted(whole["seconds"] / part["seconds"] for part in parts)
    tell(
        "a year of births: the country, in times of a 63rd of it",
        Ratio(
            median=times[1],
            low=times[0],
            high=times[2],
            first=tuple(part["seconds"] for part in parts),
            second=(whole["seconds"],) * len(parts),
        ),
    )
    assert times[1] <= MOST_TIMES
    assert whole["peak_mib"] <= MOST_MIB
