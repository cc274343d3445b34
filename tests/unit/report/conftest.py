"""Results of a made-up study, small enough to know by heart, for the tests of the report."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.paired import estimate_differences
from sim.analysis.shares import estimate_all
from sim.experiment.claims import check_claims
from sim.experiment.results import (
    Cell,
    DayHistogram,
    Failure,
    Results,
    in_columns,
)
from sim.kpis import KPIS, Measure
from sim.scenario import load

SCENARIO = """\
title: A newborn <in> "one" commune & Nghệ An
description: Three procedures that one birth links.
period: {start: 2024-11-18, warm_up: 6 weeks, length: 26 weeks}
staff:
  officer: {label: Civil-status officer (hộ tịch), office: commune, people: 2}
  chair: {label: Chair, office: commune, people: 1}
bundles:
  birth:
    label: Birth (khai sinh)
    procedures:
      registration:
        limit: {value: 3 wd, mark: stated, source: "A law <b>, article 1; the same day"}
        cut_off: {value: "15:00", mark: stated, source: Decision 296/QĐ-VPCP}
    demand: {each: {value: 140, mark: derived, source: Births over communes}}
    channels: {online: 47.8 %, paper: rest}
    regime: linked-online-2024
    regimes:
      separate-2006:
        label: Three offices, on paper (law of 2006)
        paper: &paper_steps []
        online: paper
      linked-online-2024:
        label: One form, online (Decree 63/2024)
        online: []
        paper: []
levers:
  regime: {paths: bundles.birth.regime, label: Regime}
  uptake: {paths: bundles.birth.channels.online, label: Share filed online}
  staffing: {paths: staff.*.people, label: Staff}
variants:
  separate: {regime: separate-2006}
  fewer: {staffing: 0.7 x}
claims:
  - bundle: birth
    regime: separate-2006
    kpi: working_days_mean
    value: 21
    source: Conference, June 2024 (press)
    note: No source itemises it
  - bundle: birth
    regime: linked-online-2024
    channel: online
    kpi: working_days_mean
    value: 4
    source: Conference, June 2024 (press)
target: {bundle: birth, kpi: working_days_mean, at_most: 4}
provenance:
  bundles.birth.*: {mark: assumed, source: No source; a value to start from}
  staff.*: {mark: assumed, source: No source gives numbers of staff}
"""

STEPS = """[
          {applicant: file, time: 25 min, gives: 1},
          {open: registration},
          {do: register, role: officer, time: "lognormal(mean 12 min, cv 0.5)"},
          {close: registration}]"""

SEPARATE, LINKED = "separate-2006", "linked-online-2024"
LIMITS = {
    "birth": ((3, 50), (5, 6), (12, 44)),
    "birth/online": ((3, 88), (5, 12)),
    "birth/paper": ((12, 100),),
}
HOLIDAYS = {
    "country": "VN",
    "library_version": "0.109",
    "days_off": {"2025-01-01": "Tết Dương lịch", "2025-01-29": "Tết Nguyên Đán"},
    "working_saturdays": {"2025-04-26": "thay ngày 2025-05-02"},
}

LEDGER = {
    SEPARATE: (1.2, 3.0, 390.0, 0.0, 0.0, 0.0, 96.0, 220.0, 4.0),
    LINKED: (0.8, 2.4, 70.0, 0.0, 0.5, 0.2, 12.0, 0.0, 6.0),
}
PARTS = tuple(name for name in KPIS if name.startswith("ledger_") and name.endswith("_hours"))


def write_scenario(folder: Path) -> Path:
    """The scenario of the study as a file."""
    path = folder / "birth.yaml"
    text = SCENARIO.replace("&paper_steps ", "").replace("[]", STEPS)
    path.write_text(text, encoding="utf-8")
    return path


def days_of(regime: str, uptake: float, staffing: float) -> dict[str, np.ndarray]:
    """Counts of cases by working days, by group: index i is i working days."""
    late = round(6 / staffing**3)
    if regime == SEPARATE:
        counts = np.array([0] * 18 + [30, 160, 250, 220, 120, 60, 20, late])
        return {"birth": counts, "birth/paper": counts}
    online = np.array([20, 150, 420, 260, 90, 30, late, 4, 1]) * uptake
    paper = np.array([0] * 9 + [40, 180, 300, 420, 50, 10]) * (1 - uptake)
    both = np.pad(online, (0, len(paper) - len(online))) + paper
    return {
        name: np.round(counts).astype(int)
        for name, counts in {"birth": both, "birth/online": online, "birth/paper": paper}.items()
    }


def measures(regime: str, uptake: float, staffing: float, replication: int) -> list[Measure]:
    """What one replication of a cell measured."""
    noise = np.random.default_rng(replication).normal(0, 0.08)
    found = []

    def add(kpi: str, group: str, value: float) -> None:
        found.append(Measure(kpi=kpi, group=group, value=float(value), unit=KPIS[kpi].unit))

    is_linked = regime == LINKED
    for group, counts in days_of(regime, uptake, staffing).items():
        n = counts.sum()
        if n == 0:
            continue
        mean = (counts * np.arange(len(counts))).sum() / n + noise / staffing
        add("n_cases", group, n + 3)
        add("working_days_mean", group, mean)
        add("working_days_p90", group, np.ceil(mean * 1.1))
        add("on_time_share", group, (0.93 if is_linked else 0.72) + noise / 10)
        add("sojourn_days_mean", group, mean * 1.5)
        add("trips", group, 0.3 if is_linked else 5.5)
        add("times_given", group, 1.0 if is_linked else 3.0)
        add("own_hours", group, 1.7 if is_linked else 8.4)
        add("rejected_share", group, 0.012)
        add("n_open", group, 3)
        add("open_share", group, 3 / (n + 3))
        for kpi, hours in zip(PARTS, LEDGER[regime] + (0.0,) * 4, strict=True):
            add(kpi, group, hours * (1 + noise / 10) / staffing)
    for role, share in (("officer", 0.75), ("chair", 0.4)):
        add("utilisation", role, share / staffing)
        add("utilisation", f"{role} @ commune", share / staffing)
        add("waiting_mean", role, 12 * share / staffing**2)
    return found


def study(
    folder: Path,
    *,
    regimes: Sequence[str] = (SEPARATE, LINKED),
    uptakes: Sequence[str] = ("47.8 %", "95 %"),
    staffings: Sequence[str] = ("0.7 x", "1 x"),
    replications: int = 4,
    is_complete: bool = True,
) -> Results:
    """A sweep over regimes, uptake and staff; uptake does not matter on paper."""
    path = write_scenario(folder)
    cells: list[Cell] = []
    runs: dict[str, list[list[Measure]]] = {}
    rows, histograms = [], []
    for regime, uptake, staffing in itertools.product(regimes, uptakes, staffings):
        settings = {"regime": regime, "uptake": uptake, "staffing": staffing}
        name = f"{regime}, uptake {uptake}, staffing {staffing}"
        share, factor = float(uptake[:-2]) / 100, float(staffing[:-2])
        mark = f"{regime} {staffing}" if regime != LINKED else name
        cells.append(
            Cell(
                name=name,
                settings=settings,
                variant=None,
                scenario=load(str(path), settings=settings),
                fingerprint=mark,
                shares_runs_with=next((c.name for c in cells if c.fingerprint == mark), None),
                baseline=cells[0].name if cells else "",
            )
        )
        runs[name] = [measures(regime, share, factor, i) for i in range(replications)]
        rows += [(name, i, found) for i, found in enumerate(runs[name])]
        for group, counts in days_of(regime, share, factor).items():
            limit = None if regime != LINKED else 12 if group == "birth/paper" else 3
            kept = np.flatnonzero(counts)
            histograms.append(
                DayHistogram(
                    cell=name,
                    group=group,
                    limit_days=limit,
                    days=tuple(kept.tolist()),
                    counts=tuple((counts[kept] * replications).tolist()),
                    limits=LIMITS[group] if regime == LINKED else ((-1, 100),),
                )
            )
    estimates = [each for name, found in runs.items() for each in estimate_all(name, found)]
    base = cells[0].name
    return Results(
        title=cells[0].scenario.title,
        command="lienthong sweep birth.yaml --vary uptake='47.8 %,95 %' --out <DIR>",
        cells=tuple(cells),
        baseline=base,
        varied=("regime", "uptake", "staffing"),
        bundles=(),
        replications=replications,
        first=0,
        seed=1,
        engine="reference",
        measures=in_columns(rows),
        estimates=tuple(estimates),
        differences=tuple(
            each
            for cell in cells[1:]
            for each in estimate_differences(runs[base], runs[cell.name], (base, cell.name))
        ),
        failures=(Failure(cell=cells[-1].name, replication=2, error="ValueError: <odd> & bad"),),
        omissions=(),
        histograms=tuple(histograms),
        claims=check_claims(cells, estimates),
        target=cells[0].scenario.target,
        n_cases={cell.name: 5000 for cell in cells},
        elapsed=12.3,
        holidays=HOLIDAYS,
        versions={"python": "3.11.7", "lienthong": "0.1.0", "numpy": "2.4.6"},
        is_complete=is_complete,
    )


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Eight cells: two regimes, two uptakes, two numbers of staff."""
    return study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="session")
def one(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """One cell, run once: no interval, nothing to compare."""
    folder = tmp_path_factory.mktemp("one")
    return study(folder, regimes=(LINKED,), uptakes=("95 %",), staffings=("1 x",), replications=1)


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Three cells along one lever."""
    return study(
        tmp_path_factory.mktemp("line"),
        regimes=(LINKED,),
        uptakes=("0 %", "50 %", "100 %"),
        staffings=("1 x",),
    )
