"""Where the cases of an office were on some days, beside the tables of the same replication."""

from __future__ import annotations

import datetime as dt
import json
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import engines
from sim.errors import RequestError
from sim.records import NOT_YET, Run
from sim.scenario import load, resolve
from sim.units import DAY, SECOND

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "scenarios" / "first.yaml"


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return json.loads(sim.replay(FIRST, start="2025-04-07").json())


@pytest.fixture(scope="module")
def run() -> Run:
    scenario = load(FIRST)
    return engines.run(resolve(scenario), seed=scenario.spec.seed, replication=0, engine="fast")


def differ(data: dict[str, Any], run: Run) -> list[str]:
    """Work items of the tables that the replay lacks, or has at other times."""
    model = resolve(load(FIRST))
    since = (dt.date.fromisoformat(data["start"]) - model.start).days * DAY
    until = since + data["length"] * SECOND

    def seconds(at: int) -> int | None:
        return None if at == NOT_YET or at >= until else max(0, at - since) // SECOND

    moves = {
        (data["cases"][case][0], data["steps"][step], came): (begun, left)
        for case, _, step, came, begun, left in data["moves"]
    }
    items = run.work_items
    faults = []
    for i in np.flatnonzero((items["ready_at"] > since) & (items["ready_at"] < until)).tolist():
        ready, begun, ended = (int(items[n][i]) for n in ("ready_at", "started_at", "ended_at"))
        key = int(items["case"][i]), model.elements[items["activity"][i]].name, seconds(ready)
        if moves.get(key) != (seconds(begun), seconds(ended)):
            faults.append(f"{key}: {moves.get(key)}")
    return faults


def test_a_replay_has_the_work_of_the_tables_of_its_replication(
    data: dict[str, Any], run: Run
) -> None:
    assert differ(data, run) == []
    late = data | {"moves": [[*m[:4], None if m[4] is None else m[4] + 1, m[5]] for m in
                             data["moves"]]}  # fmt: skip
    assert len(differ(late, run)) > 100
    assert len(differ(data | {"moves": data["moves"][1::2]}, run)) > 50


def test_a_thread_is_at_one_step_at_a_time_and_goes_on_at_once(data: dict[str, Any]) -> None:
    moves = sorted(data["moves"], key=lambda move: (move[1], move[3]))
    n = 0
    for _, of_thread in groupby(moves, key=lambda move: move[1]):
        mine = list(of_thread)
        assert len({move[0] for move in mine}) == 1
        for one, other in pairwise(mine):
            assert one[5] == other[3]
            n += 1
        for _, _, _, came, begun, left in mine:
            assert 0 <= came <= (begun if begun is not None else came)
            assert left is None or came <= left <= data["length"]
    assert n > 100


def test_it_has_the_days_and_opening_hours_of_the_office(data: dict[str, Any]) -> None:
    assert data["office"] == "commune"
    assert data["length"] == 14 * 86_400
    kinds = dict(data["days"])
    assert kinds["2025-04-07"] == "holiday"  # the Hung Kings
    assert kinds["2025-04-08"] == "open"
    assert kinds["2025-04-12"] == "weekend"
    assert len(kinds) == 14
    monday = [each for each in data["open"] if each[0] < 86_400]
    tuesday = [each for each in data["open"] if 86_400 <= each[0] < 2 * 86_400]
    assert monday == []
    assert tuesday == [[86_400 + 27_000, 86_400 + 41_400], [86_400 + 46_800, 86_400 + 61_200]]


def test_every_step_of_it_is_on_a_map(data: dict[str, Any]) -> None:
    drawn = "".join(
        sim.process_map(FIRST, channel=channel, replications=1).svg
        for channel in ("paper", "online")
    )
    assert [step for step in data["steps"] if f'data-step="{step}"' not in drawn] == []
    assert all(f'data-flow="{flow}"' in drawn for flow in data["flows"])


def test_a_kept_study_is_replayed_as_its_scenario(tmp_path: Path) -> None:
    sim.run(FIRST, replications=1, tables="none", out=tmp_path / "kept", seed=7)
    kept = sim.replay(tmp_path / "kept", days=2)
    assert kept.data == sim.replay(FIRST, days=2, seed=7).data
    assert kept.data != sim.replay(FIRST, days=2, seed=8).data
    with pytest.raises(RequestError, match="a kept study has its settings"):
        sim.replay(tmp_path / "kept", settings={"uptake": "10 %"})


def test_what_there_is_not_is_named() -> None:
    with pytest.raises(RequestError, match="no office 'comune'; did you mean 'commune'"):
        sim.replay(FIRST, office="comune")
    with pytest.raises(RequestError, match="no bundle 'birth'"):
        sim.replay(FIRST, bundle="birth")
    with pytest.raises(RequestError, match="are not in the run"):
        sim.replay(FIRST, start="2026-01-01")
    with pytest.raises(RequestError, match="give a date such as"):
        sim.replay(FIRST, start="7 April")
