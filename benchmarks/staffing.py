"""How often ``staff`` is right, and what it costs: M/M/c stations whose answer Erlang's C gives.

``python benchmarks/staffing.py`` takes some ten minutes and writes ``recorded/staffing.json``;
``python benchmarks/staffing.py district`` sets the choice for ``scenarios/birth.yaml`` beside that
of trying every staffing, takes two minutes and writes ``recorded/staffing-district.json``.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from sim.analysis.estimate import t_quantile
from sim.analysis.selection import FIRST, Judgement, judge
from sim.answers.staffing import Staffing, find_staffing
from sim.experiment.requirements import Requirement
from sim.experiment.trials import Candidate, Trials
from sim.workload.erlang import mean_wait, share_within

CASES: Final = 100
CONFIDENCE: Final = 0.95
N_WARM_UP, N_MEASURED = 600, 2_400
"""Arrivals of one replication, about."""

A_DAY: Final = 1_440.0
RECORD: Final = Path(__file__).parent / "recorded" / "staffing.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A queue with one answer: ``people`` keep to the target, and one less does not.

    ``offered`` is the work in people, ``service`` the mean time in minutes; the target is a mean
    wait in minutes, or the share of the work that is begun within a day.
    """

    offered: float
    service: float
    people: int
    kpi: str
    value: float
    zone: float
    seed: int

    @property
    def target(self) -> str:
        sign = "<=" if self.kpi == "waiting_mean" else ">="
        return f"clerk.{self.kpi} {sign} {self.value:.12g} ± {self.zone:.12g}"

    def measure(self, people: int) -> float:
        """What Erlang's C says of the target's KPI."""
        if self.kpi == "waiting_mean":
            return mean_wait(people, self.offered, self.service)
        return share_within(people, self.offered, self.service, A_DAY)

    def write(self, folder: Path) -> str:
        """The station as a scenario."""
        rate = self.offered / self.service
        days = (math.ceil(n / rate / A_DAY) for n in (N_WARM_UP, N_MEASURED))
        warm_up, length = days
        path = folder / "station.yaml"
        path.write_text(
            f"""
title: A station
period: {{start: 2025-03-03, warm_up: {warm_up} days, length: {length} days, run_out: 7 days}}
seed: {self.seed}
calendar_of: {{commune: always}}
legal_clock: {{calendar: always}}
staff: {{clerk: {{office: commune, people: {self.people}}}}}
bundles:
  b:
    demand: {{a_year: {rate * A_DAY * 365:.6f}}}
    regimes:
      r:
        desk: [{{do: work, role: clerk, time: exponential(mean {self.service:.6f} min)}}]
"""
        )
        return str(path)


def stations(n: int, *, seed: int) -> Iterator[Station]:
    """Stations by chance, of 1 to 20 people, whose targets lie between two numbers of people.

    In logarithms the limit is in the middle three fifths of the way from what one does to what the
    other does, and its zone is four fifths of the way to the nearer of them: little is left to be
    right by luck.  Every second target is a share.
    """
    random = np.random.default_rng(seed)
    found = 0
    while found < n:
        offered = float(random.uniform(0.5, 15))
        people = math.floor(offered) + 1 + int(random.integers(0, 4))
        part = float(random.uniform(0.2, 0.8))
        draw = int(random.integers(1, 2**31))
        if found % 2:
            # Times so long that within a day not all is begun.
            service = A_DAY * float(random.uniform(0.3, 4))
            most, fewest = (
                1 - share_within(c, offered, service, A_DAY) for c in (people - 1, people)
            )
            kpi, value = "begun_within_a_day_share", 1 - most**part * fewest ** (1 - part)
        else:
            service = float(random.uniform(5, 120))
            most, fewest = (mean_wait(c, offered, service) for c in (people - 1, people))
            most = min(most, 20 * fewest)
            kpi, value = "waiting_mean", most**part * fewest ** (1 - part)
        one = Station(
            offered=offered, service=service, people=people, kpi=kpi, value=value, zone=0, seed=draw
        )
        away = min(abs(one.measure(c) - value) for c in (people - 1, people))
        if kpi == "waiting_mean" or 0.5 < value < 0.995:
            found += 1
            yield replace(one, zone=0.8 * away)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What ``staff`` found at a station, and the replications that it and others take.

    ``n_each_tested`` is for the same sequential test of every number of people that can do the
    work; ``n_each_estimated`` for so many runs of each that an interval of the same confidence is
    as narrow as the zone.
    """

    station: Station
    found: int
    is_right: bool
    n_staff: int
    n_each_tested: int
    n_each_estimated: int


def outcome(station: Station, *, compares: bool = True) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        path = station.write(Path(folder))
        trials = Trials(path=path)
        answer = find_staffing(trials, [station.target], confidence=CONFIDENCE)
        found = int(float(answer.chosen.settings["staff.clerk.people"])) if answer.chosen else 0
        each = every_staffing(trials, answer) if compares else (0, 0)
    return Outcome(
        station=station,
        found=found,
        is_right=found == station.people,
        n_staff=answer.n_replications,
        n_each_tested=each[0],
        n_each_estimated=each[1],
    )


def every_staffing(trials: Trials, answer: Staffing) -> tuple[int, int]:
    """Replications that trying every staffing takes: tested one by one, or estimated."""
    (ladder,) = answer.ladders
    (requirement,) = answer.requirements
    error = (1 - CONFIDENCE) / len(ladder.values)
    n_tested = estimated = 0
    for value in ladder.values:
        candidate = trials.candidate({ladder.path: value})
        n, _ = tested(trials, candidate, requirement, error)
        n_tested += n
        spread = float(trials.samples(candidate, FIRST)[0].values.std(ddof=1))
        # One-sided, as the test is.
        wide = t_quantile(FIRST - 1, 1 - 2 * error) * spread / requirement.limit.zone
        estimated += max(FIRST, math.ceil(wide**2))
    return n_tested, estimated


def district() -> int:
    """The choice for the shipped district, and that of testing every staffing of a grid."""
    root = Path(__file__).parents[1]
    path, target = str(root / "scenarios" / "birth.yaml"), "birth.on_time_share >= 95 %"
    move = {
        "civil_status_officer": ("0.5 x", "0.7 x", "1 x", "1.5 x"),
        "commune_police": ("0.5 x", "0.6 x", "0.8 x", "1.2 x"),
    }
    found = find_staffing(Trials(path=path), [target], move=move, confidence=CONFIDENCE)
    trials = Trials(path=path)
    (requirement,) = trials.require([target])
    rows = []
    n_points = math.prod(map(len, move.values()))
    for values in itertools.product(*move.values()):
        settings = {f"staff.{g}.people": v for g, v in zip(move, values, strict=True)}
        candidate = trials.candidate(settings)
        cost = sum(
            ladder.present * float(v.split()[0])
            for ladder, v in zip(found.ladders, values, strict=True)
        )
        n, verdict, mean = 0, None, None
        if not candidate.loads:
            n, judgement = tested(trials, candidate, requirement, (1 - CONFIDENCE) / n_points)
            verdict = judgement.verdict
            mean = round(float(trials.samples(candidate, n)[0].values.mean()), 5)
        rows.append({"settings": settings, "cost": cost, "n": n, "verdict": verdict, "mean": mean})
        print(rows[-1], flush=True)
    best = min((row for row in rows if row["verdict"] == "kept"), key=lambda row: row["cost"])
    chosen = dict(found.chosen.settings) if found.chosen else None
    record = {
        "command": "python benchmarks/staffing.py district",
        "target": target,
        "zone": requirement.limit.zone,
        "staff": chosen,
        "every staffing": best["settings"],
        "is the same": chosen == best["settings"],
        "replications": {"staff": found.n_replications, "every staffing": trials.n_run},
        "tried by staff": [
            {"settings": dict(e.settings), "keeps": e.keeps, "n": e.n} for e in found.tried
        ],
        "tried one by one": rows,
    }
    (RECORD.parent / "staffing-district.json").write_text(json.dumps(record, indent=1) + "\n")
    return 0 if record["is the same"] else 1


def tested(
    trials: Trials, candidate: Candidate, requirement: Requirement, error: float
) -> tuple[int, Judgement]:
    """Replications until the sequential test has a verdict, a thousand at most."""
    n = FIRST
    while True:
        sample = trials.samples(candidate, n)[0]
        judgement = judge(sample.values, requirement.limit, error, out_of=sample.out_of)
        if judgement.verdict or n >= 1_000:
            return n, judgement
        n = min(n + max(4, n // 4), 1_000)


def main() -> int:
    begun = time.monotonic()
    outcomes = []
    for i, station in enumerate(stations(CASES, seed=20250303)):
        outcomes.append(outcome(station))
        last = outcomes[-1]
        print(i, station.target, station.people, last.found, last.n_staff, last.n_each_tested,
              last.n_each_estimated, flush=True)  # fmt: skip
    total: Callable[[str], int] = lambda name: sum(getattr(each, name) for each in outcomes)  # noqa: E731
    record = {
        "command": "python benchmarks/staffing.py",
        "stations": len(outcomes),
        "right": total("is_right"),
        "confidence": CONFIDENCE,
        "replications": {
            "staff": total("n_staff"),
            "every staffing tested": total("n_each_tested"),
            "every staffing estimated": total("n_each_estimated"),
        },
        "part of every staffing tested": round(total("n_staff") / total("n_each_tested"), 4),
        "part of every staffing estimated": round(total("n_staff") / total("n_each_estimated"), 4),
        "seconds": round(time.monotonic() - begun),
        "outcomes": [asdict(each) for each in outcomes],
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    print(json.dumps({k: v for k, v in record.items() if k != "outcomes"}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(district() if sys.argv[1:] == ["district"] else main())
