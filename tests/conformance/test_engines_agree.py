"""E1: for one model, seed and replication both engines give the same tables, digit for digit."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from conformance.models import small_model, without_habits
from conformance.search import search, shown
from hypothesis import given
from hypothesis import strategies as st

from sim.arrivals import AT_START, CaseTable
from sim.calendars import always_open
from sim.distributions import (
    Constant,
    Discrete,
    Distribution,
    Gamma,
    Lognormal,
    Normal,
    Uniform,
    sample,
    sampler,
)
from sim.engines import reference
from sim.engines.fast import engine as fast
from sim.engines.fast import packing
from sim.engines.fast.block import row
from sim.engines.fast.desks import desks
from sim.engines.fast.kernel import fields, loop, philox, samplers
from sim.errors import EngineError
from sim.model import (
    BUNDLE,
    LEAVE,
    Activity,
    Appointment,
    Choice,
    ClockStart,
    DatedLimit,
    Delay,
    Extend,
    Fork,
    Join,
    Model,
    Option,
)
from sim.records import Run
from sim.streams import VISITS, key_of, uniforms
from sim.units import HOUR, MINUTE

SIZES = {
    "n_cases": st.integers(1, 60),
    "n_flows": st.integers(1, 3),
    "length": st.integers(1, 7),
    "depth": st.integers(0, 3),
}
TABLES = ("cases", "dossiers", "work_items", "staff", "queues", "activities")
MODELS = st.builds(small_model, st.integers(0, 2**32 - 1), **SIZES)


def assert_agree(one: Run, other: Run) -> None:
    for name in TABLES:
        for column, values in getattr(one, name).items():
            np.testing.assert_array_equal(getattr(other, name)[column], values, f"{name}.{column}")
    np.testing.assert_array_equal(one.waits, other.waits)
    np.testing.assert_array_equal(one.properties, other.properties)
    assert one.digest() == other.digest()


def run_both(model: Model, replication: int = 0) -> tuple[Run, Run]:
    assert not fast.refuses(model)
    return (
        reference.run(model, seed=1, replication=replication),
        fast.run(model, seed=1, replication=replication),
    )


@search(300)
@given(model=MODELS, replication=st.integers(0, 3))
def test_both_engines_give_the_same_tables(model: Model, replication: int) -> None:
    with shown(model):
        assert_agree(*run_both(model, replication))


@search(60)
@given(model=MODELS.map(without_habits), replication=st.integers(0, 3))
def test_without_habits_both_engines_give_the_same_tables_too(
    model: Model, replication: int
) -> None:
    assert fast.loop_for(model) == "plain"
    with shown(model):
        assert_agree(*run_both(model, replication))


def test_the_smallest_model_that_fails_is_shown() -> None:
    few = {"n_cases": st.integers(1, 3), "n_flows": st.integers(1, 2), "length": st.just(2)}

    @search(100)
    @given(model=st.builds(small_model, st.integers(0, 99), **few, depth=st.integers(0, 2)))
    def no_model_has_a_fork(model: Model) -> None:
        with shown(model):
            assert not any(isinstance(element, Fork) for element in model.elements)

    with pytest.raises(AssertionError) as caught:
        no_model_has_a_fork()
    text = "\n".join(caught.value.__notes__)
    smallest = json.loads(text[text.index("{\n") : text.rindex("\n}") + 2])
    assert "Fork" in {element["is"] for element in smallest["elements"]}
    assert len(smallest["case_list"]["stream"]) == 1


@pytest.fixture(scope="module")
def model() -> Model:
    """A model in which much is done: items end, tokens join, clocks stop, systems fail."""
    return small_model(2153, n_cases=60, n_flows=3, length=7, depth=3)


@pytest.fixture(scope="module")
def run(model: Model) -> Run:
    return reference.run(model, seed=1, replication=0)


def test_the_model_of_the_twins_has_work_that_ends(run: Run) -> None:
    items = run.work_items
    assert (items["ended_at"] > items["started_at"]).sum() > 40
    assert (run.cases["outcome"] > 0).sum() > 40
    for column in ("outage_time", "appointment_time", "stopped_days", "batch_time", "absence_time"):
        assert run.cases[column].any()
    assert items["visit"].any()
    assert run.staff["overtime"].any()
    begun = items["staff"] >= 0
    assert (run.staff["office"][items["staff"][begun]] != items["office"][begun]).any()


def test_one_microsecond_of_service_more_is_noticed(model: Model, run: Run) -> None:
    items = run.work_items
    done = items["activity"][items["ended_at"] > items["started_at"]]
    service = model.elements[int(done[0])].service
    samplers_ = list(model.samplers)
    samplers_[service] = replace(samplers_[service], values=samplers_[service].values + 1)
    slower = replace(model, samplers=tuple(samplers_))
    with pytest.raises(AssertionError):
        assert_agree(run, fast.run(slower, seed=1, replication=0))


@pytest.mark.parametrize("name", TABLES)
def test_one_number_changed_in_a_table_is_noticed(model: Model, run: Run, name: str) -> None:
    other = fast.run(model, seed=1, replication=0)
    assert_agree(run, other)
    for column, values in getattr(other, name).items():
        changed = values.copy()
        changed[len(changed) // 2] += 1
        poisoned = replace(other, **{name: {**getattr(other, name), column: changed}})
        with pytest.raises(AssertionError):
            assert_agree(run, poisoned)


def test_a_wait_more_or_longer_is_noticed(model: Model, run: Run) -> None:
    assert len(run.waits) > 20
    assert (run.waits > 0).all()
    for waits in (run.waits[1:], run.waits + (np.arange(len(run.waits)) == 5)):
        with pytest.raises(AssertionError):
            assert_agree(run, replace(run, waits=waits))


def test_habits_in_the_loop_without_them_are_noticed(
    model: Model, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fast.loop_for(model) == "general"
    monkeypatch.setattr(fast, "loop_for", lambda _: "plain")
    with pytest.raises(AssertionError):
        assert_agree(run, fast.run(model, seed=1, replication=0))


def test_another_replication_is_another_run(model: Model, run: Run) -> None:
    with pytest.raises(AssertionError):
        assert_agree(run, fast.run(model, seed=1, replication=1))


def test_a_run_that_needs_more_memory_goes_on_where_it_stopped(
    model: Model, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = watched(monkeypatch)
    monkeypatch.setattr(fast, "SPARE", 0)
    monkeypatch.setattr(fast, "ITEMS_AT_A_TIME", 3)
    monkeypatch.setattr(fast, "WAITS_AT_FIRST", 0)
    monkeypatch.setattr(fast, "EXITS_AT_A_TIME", 2)
    monkeypatch.setattr(packing, "AT_A_TIME", 7)
    crowd = crowded(model, 3000)
    grown = fast.run(crowd, seed=1, replication=0)
    assert signals.count(fields.MORE_MEMORY) > 1
    assert signals.count(fields.MORE_ITEMS) > 1
    assert signals.count(fields.MORE_EXITS) > 1000
    assert_agree(reference.run(crowd, seed=1, replication=0), grown)
    signals.clear()
    assert_agree(run, fast.run(model, seed=1, replication=0))
    assert signals.count(fields.MORE_WAITS) > 1


@search(60)
@given(model=MODELS)
def test_how_much_is_laid_out_and_read_at_a_time_changes_nothing(model: Model) -> None:
    with shown(model):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fast, "ITEMS_AT_A_TIME", 1)
            patch.setattr(fast, "WAITS_AT_FIRST", 0)
            patch.setattr(fast, "EXITS_AT_A_TIME", 1)
            patch.setattr(packing, "AT_A_TIME", 1)
            signals = watched(patch)
            little = fast.run(model, seed=1, replication=0)
        instants = np.unique(np.maximum(little.cases["arrives_at"], 0))
        assert signals.count(fields.MORE_ARRIVALS) == len(instants)
        assert_agree(fast.run(model, seed=1, replication=0), little)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Why the kernel returns, each time that it does."""
    signals = []
    compiled = fast.compiled

    def listening(name):
        once = compiled(name)

        def loop(*arguments):
            signals.append(once(*arguments))
            return signals[-1]

        return loop

    monkeypatch.setattr(fast, "compiled", listening)
    return signals


def crowded(model: Model, n: int) -> Model:
    """The model with its cases n times, all at the instants they had."""
    case_list = model.case_list
    assert case_list is not None
    some = np.arange(n) % len(case_list)
    columns = {name: getattr(case_list, name)[some] for name in CaseTable.__dataclass_fields__}
    return replace(model, case_list=CaseTable(**{**columns, "number": np.arange(n)}))


def going_round(model: Model, element: Activity | Delay, share: float) -> Model:
    """Cases that come to one element again and again."""
    back = Option(share=share, property=-1, values=(), target=0)
    again = Choice(name="again", key=7, then=LEAVE, options=(back,))
    flows = tuple(replace(flow, start=0) for flow in model.flows)
    elements = (replace(element, then=1), again)
    return replace(model, elements=elements, flows=flows, case_list=at_start(model))


def at_start(model: Model) -> CaseTable:
    """The cases of a model, none of them under way."""
    case_list = model.case_list
    assert case_list is not None
    return replace(case_list, entry=np.full(len(case_list), AT_START))


def test_more_work_items_than_expected_find_room(model: Model) -> None:
    activity = next(e for e in model.elements if isinstance(e, Activity))
    one, other = run_both(going_round(model, replace(activity, service=0), 0.9))
    assert len(one.work_items["case"]) > 2 * len(one.cases["case"])
    assert_agree(one, other)


@pytest.mark.parametrize("branches", [(2, 6), (6, 2)])
def test_tokens_of_a_case_move_in_one_order_at_an_instant(
    model: Model, branches: tuple[int, int]
) -> None:
    """A limit is extended and its due day is asked at one instant: in both engines, alike."""
    rest = {"key": 1, "name": ""}
    elements = (
        ClockStart(**rest, then=1, procedure=0),
        Fork(**rest, then=8, branches=branches),
        Delay(**rest, then=3, time=1, calendar=2),
        Fork(**rest, then=5, branches=(4,)),
        Extend(**rest, then=5, clock=BUNDLE, days=2),
        Join(**rest, then=8),
        Delay(**rest, then=7, time=1, calendar=2),
        Appointment(**rest, then=8, clock=BUNDLE),
        Join(**rest, then=LEAVE),
    )
    limit = DatedLimit(from_days=(0,), days=(1,))
    flows = tuple(replace(flow, start=0, bundle_limit=limit) for flow in model.flows)
    new = at_start(model)
    one, other = run_both(replace(model, elements=elements, flows=flows, case_list=new))
    assert one.cases["appointment_time"].any()
    assert_agree(one, other)


def test_a_case_that_goes_round_without_end_is_an_error(model: Model) -> None:
    delay = Delay(name="nothing", key=5, then=1, time=0, calendar=0)
    with pytest.raises(EngineError, match=f"'nothing' more than {VISITS} times"):
        fast.run(going_round(model, delay, 1.0), seed=1, replication=0)


def test_a_case_without_an_office_on_the_level_is_an_error(model: Model) -> None:
    homeless = replace(model, office_at=np.full_like(model.office_at, -1))
    with pytest.raises(EngineError, match="has no office"):
        fast.run(homeless, seed=1, replication=0)


def test_what_the_kernel_cannot_hold_is_refused_by_name(model: Model) -> None:
    assert fast.refuses(model) == ()
    assert fast.refuses(replace(model, horizon=fast.LONGEST)) == ("runs of more than 71 years",)
    most_queues = fast.MOST_WAITS // (model.horizon + 1)
    few = replace(model, offices=model.offices[:1] * (most_queues // len(model.roles)))
    assert fast.refuses(few) == ()
    many = replace(few, offices=few.offices + few.offices[:1] * len(model.roles))
    assert fast.refuses(many) == ("so many queues over so long a run",)


class Guarded:
    """Numbers that nobody may look for before the first or behind the last."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values.reshape(-1)

    def __getitem__(self, place: int):
        assert 0 <= place < len(self.values)
        return self.values[place].item()

    def __setitem__(self, place: int, value: int) -> None:
        assert 0 <= place < len(self.values)
        self.values[place] = value


@pytest.mark.parametrize("seed", [2, 6, 21, 29, 2153])
def test_the_kernel_keeps_to_its_memory(seed: int) -> None:
    """The kernel as plain Python, on arrays that check each place; compiled code does not."""
    model = small_model(seed, n_cases=40, n_flows=3, length=7, depth=3)
    compiled = fast.run(model, seed=1, replication=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "compiled", lambda _: lambda *arrays: loop.run(*map(Guarded, arrays)))
        guarded = fast.run(model, seed=1, replication=0)
    assert len(guarded.work_items["case"]) > 20
    assert_agree(compiled, guarded)


DISTRIBUTIONS = (
    Constant(value=10.0 * MINUTE),
    Discrete(values=(1.0, 2.5, 3.5), shares=(0.25, 0.5, 0.25)),
    Uniform(minimum=0.0, maximum=HOUR),
    Normal(centre=HOUR, sd=HOUR),
    Lognormal.by_mean(HOUR, 2.0),
    Gamma.by_mean(HOUR, 0.7),
)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_kernel_draws_durations_like_everyone_else(distribution: Distribution) -> None:
    """Over the middle, both tails as far as draws go, and the edges of octaves and cells."""
    edges = np.ldexp(0.5 + np.arange(128) / 256, -np.arange(40)[:, np.newaxis]).ravel()
    step = 2.0**-53
    near = np.concatenate((edges - step, edges, edges + step, np.linspace(step, 1 - step, 5000)))
    u = np.unique(np.concatenate((near, 1 - near)))
    u = u[(u > 0) & (u < 1)]
    prepared = sampler(distribution)
    expected = sample(prepared, u)

    shape = fields.TABLE if prepared.kind else fields.STEPS
    n_shares = len(prepared.shares)
    record = {fields.SHAPE: shape, fields.N_STEPS: n_shares, fields.NODES: n_shares}
    memory = row(fields.N_SAMPLER, record)
    floats = np.concatenate((prepared.shares, prepared.values, [np.nan]))
    found = np.array([samplers.duration(0, x, memory, floats) for x in u.tolist()])
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(AssertionError):
        np.testing.assert_array_equal(found, sample(prepared, np.append(u[1:], u[0])) + 1)


def test_the_kernel_draws_the_numbers_of_the_streams() -> None:
    key = key_of(7, 3)
    words = np.random.default_rng(1).integers(0, 2**32, (200, 2))
    for (number, element), stream, visit in zip(
        words.tolist(), range(2**47, 2**48, 2**47 // 200), range(200), strict=False
    ):
        drawn = philox.uniform(np.uint64(key[0]), np.uint64(key[1]), stream, number, element, visit)
        assert drawn == uniforms(key, stream, number, element, visit)
        assert drawn != uniforms(key, stream, number, element, visit + 1)


def test_a_layout_is_made_once_for_the_replications_of_a_model(model: Model) -> None:
    assert desks(model) is desks(model)
    other = replace(model, calendars=(always_open(), *model.calendars[1:]))
    assert desks(other) is not desks(model)
