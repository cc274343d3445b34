"""Collects what the benchmarks find; shows it at the end of the session, and records it.

With ``--benchmark-json FILE`` the ratios, the table and the versions go into the file, and the
picture of growth beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from growth import Found, Tell, draw, lines
from ratio import Ratio

from sim.experiment.memory import keep_freed

FOUND = pytest.StashKey[Found]()
PACKAGES = (
    "lienthong",
    "numpy",
    "numba",
    "llvmlite",
    "scipy",
    "simpy",
    "pyarrow",
    "ciw",
    "salabim",
    "prosimos",
)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FOUND] = Found()
    keep_freed(0)  # as a study has it


@pytest.fixture
def found(request: pytest.FixtureRequest) -> Found:
    return request.config.stash[FOUND]


@pytest.fixture
def tell(found: Found) -> Tell:
    def keep(what: str, ratio: Ratio) -> None:
        found.ratios[what] = ratio

    return keep


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    machine_info.pop("node", None)  # whose machine it was is nobody's business
    machine_info["load_average_at_the_end"] = os.getloadavg()
    machine_info["packages"] = dict(_versions())


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    kept = config.stash[FOUND]
    output_json["growth"] = [asdict(row) for row in kept.rows]
    output_json["ratios"] = {what: asdict(ratio) for what, ratio in kept.ratios.items()}


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    kept = config.stash[FOUND]
    if kept.rows:
        terminalreporter.section("one run, from the model to its tables")
        for line in lines(kept.rows):
            terminalreporter.write_line(line)
        record = config.getoption("benchmark_json")
        if record:
            draw(kept.rows, Path(record).parent / "growth.png")
    if kept.ratios:
        terminalreporter.section("in turn, processor time")
        for what, ratio in kept.ratios.items():
            terminalreporter.write_line(f"{what}: {ratio}")


def _versions() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, "not installed"
