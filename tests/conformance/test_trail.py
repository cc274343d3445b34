"""A case that is followed through a run changes nothing in it, and where it was adds up."""

from __future__ import annotations

import pytest
from conformance.models import side_by_side, small_model
from conformance.search import search, shown
from conformance.test_engines_agree import MODELS, SIZES
from conformance.test_parts import small_parts
from hypothesis import given
from hypothesis import strategies as st

from sim.answers.events import Events
from sim.answers.story import Kind, check_sum
from sim.engines import reference
from sim.engines.following import follow
from sim.engines.reference.trail import Trail
from sim.errors import EngineError
from sim.model import Applicant, Model
from sim.records import NOT_YET


def followed(model: Model, case: int) -> Trail:
    shares: list[float] = []
    found = follow(
        model, seed=1, replication=0, case=case, on_cases=lambda _: True, on_share=shares.append
    )
    assert found is not None
    assert shares == sorted(set(shares))
    assert all(0 < share < 1 for share in shares)
    assert len(shares) > 50
    return found


def is_told_apart(model: Model) -> bool:
    """Whether a late applicant goes another way than one in time, as in every scenario."""
    return not any(
        isinstance(each, Applicant) and each.within >= 0 and each.late == each.then
        for each in model.elements
    )


@search(150)
@given(model=MODELS, which=st.integers(0, 59))
def test_the_events_of_a_case_are_those_of_its_row(model: Model, which: int) -> None:
    with shown(model):
        whole = reference.run(model, seed=1, replication=0)
        if not whole.n_cases:
            return
        case = which % whole.n_cases
        row = {name: int(column[case]) for name, column in whole.cases.items()}
        trail = followed(model, case)
        assert trail.run.digest() == whole.digest()
        events = list(Events(model, trail))
        for event in events:
            if event.ends_at is not None:
                assert sum(event.parts) == event.ends_at - event.begins_at
        if row["ended_at"] != NOT_YET:
            check_sum(row, events)
            assert events[-1].begins_at == row["ended_at"]
        assert sum(each.number for each in events if each.kind is Kind.PAID) == row["fees"]
        if is_told_apart(model):
            assert sum(each.n_trips for each in events) == row["n_trips"]
            assert sum(each.n_given for each in events) == row["n_given"]
            assert sum(each.n_copies for each in events) == row["n_copies"]


def test_an_event_left_out_would_be_noticed() -> None:
    model = small_model(60, n_cases=60, n_flows=3, length=7, depth=3)
    n_noticed = 0
    for case in range(60):
        trail = followed(model, case)
        row = {name: int(column[case]) for name, column in trail.run.cases.items()}
        events = list(Events(model, trail))
        longest = max(events, key=lambda event: sum(event.parts) * event.is_counted)
        if row["ended_at"] > row["arrives_at"]:
            with pytest.raises(EngineError, match="does not add up"):
                check_sum(row, [event for event in events if event is not longest])
            n_noticed += 1
    assert n_noticed > 30


@search(100)
@given(
    model=st.builds(
        side_by_side, st.builds(small_model, st.integers(0, 2**32 - 1), **SIZES), st.integers(1, 4)
    ),
    which=st.integers(0, 239),
    most_held=st.sampled_from([-1, 10**9]),
)
def test_a_case_is_followed_in_its_part_alone(model: Model, which: int, most_held: float) -> None:
    with shown(model), small_parts(most_held=most_held):
        whole = reference.run(model, seed=1, replication=0)
        if not whole.n_cases:
            return
        case = which % whole.n_cases
        trail = followed(model, case)
        for name, column in whole.cases.items():
            if name != "case":
                assert trail.run.cases[name][trail.case] == column[case], name


def test_following_in_parts_runs_fewer_cases_and_numbers_them_anew() -> None:
    model = side_by_side(small_model(60, n_cases=60, n_flows=3, length=7, depth=3), 4)
    n_cases = reference.run(model, seed=1, replication=0).n_cases
    with small_parts():
        trails = [followed(model, case) for case in range(n_cases)]
    assert all(trail.run.n_cases < n_cases for trail in trails)
    assert any(trail.case != case for case, trail in enumerate(trails))


def test_a_case_that_no_replication_has_is_refused() -> None:
    model = small_model(60, n_cases=5, n_flows=1, length=2, depth=0)
    with pytest.raises(EngineError, match="replication 0 has no case 5"):
        followed(model, 5)
    assert follow(model, seed=1, replication=0, case=4, on_cases=lambda _: False) is None
