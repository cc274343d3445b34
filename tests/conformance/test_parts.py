"""A model that is run in parts, on any number of threads, is run as if in one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conformance.models import side_by_side, small_model
from conformance.search import search, shown
from conformance.test_engines_agree import SIZES, assert_agree
from hypothesis import given
from hypothesis import strategies as st

from sim.engines import reference, run
from sim.engines.fast import engine as fast
from sim.engines.fast import numbering, parts
from sim.engines.fast.desks import desks
from sim.errors import EngineError
from sim.model import Model
from sim.records import Keep
from sim.scenario import load, resolve

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHIPPED = sorted(path.name for path in SCENARIOS.glob("*.yaml"))
THREADS = (1, 2, 4)
AS_LARGE = ("birth-viet-nam-2024.yaml", "death-viet-nam-2024.yaml", "death-viet-nam-2025.yaml")
"""With the flows of others and as many offices as one that is tried: a minute of work."""


@contextmanager
def small_parts(fewest: float = 1, most_held: float = numbering.MOST_HELD) -> Iterator[None]:
    """Divide a model as far as can be, and hold the cases of small models only."""
    parts.parts.cache_clear()
    desks.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FEWEST", fewest)
        patch.setattr(numbering, "MOST_HELD", most_held)
        yield
    parts.parts.cache_clear()
    desks.cache_clear()


@search(300)
@given(
    model=st.builds(
        side_by_side, st.builds(small_model, st.integers(0, 2**32 - 1), **SIZES), st.integers(1, 4)
    ),
    most_held=st.sampled_from([-1, 10**9]),
)
def test_parts_give_the_tables_of_the_whole(model: Model, most_held: float) -> None:
    with shown(model), small_parts(most_held=most_held):
        whole = reference.run(model, seed=1, replication=0)
        for threads in THREADS:
            assert_agree(whole, fast.run(model, seed=1, replication=0, threads=threads))


def test_a_run_says_how_far_it_is_from_its_first_part_to_its_last() -> None:
    model = side_by_side(small_model(60, n_cases=60, n_flows=3, length=7, depth=3), 4)
    shares: list[float] = []
    with small_parts():
        n_parts = len(parts.parts(model))
        fast.run(model, seed=1, replication=0, on_share=shares.append)
    assert n_parts >= 4
    assert len(shares) == 2 * n_parts  # once as its cases are drawn, once as it is over
    assert 0 < shares[0] < fast.DRAWING
    assert shares[n_parts - 1] == fast.DRAWING
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_case_that_two_parts_could_serve_would_be_noticed() -> None:
    model = side_by_side(small_model(60, n_cases=60, n_flows=3, length=7, depth=3), 3)
    whole = reference.run(model, seed=1, replication=0)
    with small_parts():
        assert len(parts.parts(model)) >= 3
        assert_agree(whole, fast.run(model, seed=1, replication=0))
    torn = pytest.MonkeyPatch()
    torn.setattr(parts, "connected", lambda n, _: np.arange(n))
    try:
        with small_parts(), pytest.raises(EngineError, match="has no office"):
            assert_agree(whole, fast.run(model, seed=1, replication=0))
    finally:
        torn.undo()


def thin(model: Model, n_cases: int) -> Model:
    """The model with so much less demand that about so many cases come."""
    expected = sum(demand.means.sum() for demand in model.demands)
    share = min(1.0, n_cases / expected)
    demands = tuple(replace(each, yearly=each.yearly * share) for each in model.demands)
    return replace(model, demands=demands)


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in AS_LARGE])
def test_a_shipped_scenario_gives_the_same_tables_on_any_number_of_threads(name: str) -> None:
    model = thin(resolve(load(SCENARIOS / name)), 2500)
    expected = run(model, seed=1, replication=0, engine="reference").digest()
    with small_parts(fewest=300):
        found = {
            threads: run(model, seed=1, replication=0, engine="fast", threads=threads).digest()
            for threads in THREADS
        }
    assert found == dict.fromkeys(THREADS, expected)
    assert expected != run(model, seed=1, replication=1, engine="fast").digest()


def test_what_is_kept_is_a_part_of_the_whole() -> None:
    model = thin(resolve(load(SCENARIOS / "birth.yaml")), 2500)
    keep = Keep(bundles=("birth",), work_items=False)
    for engine in ("reference", "fast"):
        whole = run(model, seed=1, replication=0, engine=engine)
        kept = run(model, seed=1, replication=0, engine=engine, keep=keep)
        is_birth = whole.cases["bundle"] == [b.name for b in model.bundles].index("birth")
        assert 0 < is_birth.sum() < len(is_birth)
        for column, values in kept.cases.items():
            np.testing.assert_array_equal(values, whole.cases[column][is_birth])
        of_birth = is_birth[whole.dossiers["case"]]
        for column, values in kept.dossiers.items():
            np.testing.assert_array_equal(values, whole.dossiers[column][of_birth])
        assert not len(kept.work_items["case"])
        for name in ("staff", "queues"):
            for column, values in getattr(kept, name).items():
                np.testing.assert_array_equal(values, getattr(whole, name)[column])
        np.testing.assert_array_equal(kept.waits, whole.waits)
        assert kept.n_cases == whole.n_cases == len(is_birth)


ELSEWHERE = """
title: Offices that file for each other
period: {start: 2025-01-06, warm_up: 0 days, length: 60 days, run_out: 7 days}
overload: allowed
levels: [district, commune]
offices:
OFFICES
staff: {clerk: {office: commune, people: 1}}
bundles:
  b:
    demand: {each: 2000, surges: [{from: 2025-01-20, to: 2025-01-27, times: 2.5}]}
    properties: {account: 60 %}
    channels: {online: {share: {2025-01-06: 20 %, 2025-03-01: 90 %, between: straight},
                        only_if: account}, paper: rest}
    files_elsewhere: {share: 20 %, among: district}
    regimes:
      r: {online: [{do: work, role: clerk, time: exponential(mean 9 min)}],
          paper: [{do: work, role: clerk, time: exponential(mean 19 min)}]}
"""


def elsewhere(folder: Path) -> Model:
    """Three districts of two communes each."""
    rows = [f"  d-{d}: {{level: district}}" for d in range(3)]
    rows += [f"  xa-{d}-{i}: {{parent: d-{d}}}" for i in range(2) for d in range(3)]
    file = folder / "elsewhere.yaml"
    file.write_text(ELSEWHERE.replace("OFFICES", "\n".join(rows)), encoding="utf-8")
    return resolve(load(file))


def test_offices_that_file_for_each_other_are_one_part_and_threads_change_no_digit(
    tmp_path: Path,
) -> None:  # B1
    model = elsewhere(tmp_path)
    whole = reference.run(model, seed=1, replication=0)
    with small_parts():
        # Without the exchange each commune would be a part of its own.
        communes = [[o for o in part.offices.tolist() if o > 2] for part in parts.parts(model)]
        assert [each for each in communes if each] == [[3, 6], [4, 7], [5, 8]]
        for threads in THREADS:
            assert_agree(whole, fast.run(model, seed=1, replication=0, threads=threads))
    at_home = replace(model, demands=tuple(replace(d, elsewhere=None) for d in model.demands))
    assert run(at_home, seed=1, replication=0).digest() != whole.digest()
    torn = pytest.MonkeyPatch()
    torn.setattr(parts, "connected", lambda n, links: np.arange(n))
    try:
        with small_parts(), pytest.raises((AssertionError, EngineError)):
            assert_agree(whole, fast.run(model, seed=1, replication=0))
    finally:
        torn.undo()
