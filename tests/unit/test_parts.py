"""How a model is divided, its cases are numbered and its tables are put together, all by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from unit.conftest import World

from sim.arrivals import AT_START, CaseTable, draw_cases
from sim.demand import ByDay, DatedFlow, Demand
from sim.engines import tables
from sim.engines.fast import numbering, parts
from sim.engines.fast.block import blocks
from sim.engines.fast.kernel import fields as f
from sim.engines.fast.numbering import Numbered
from sim.engines.fast.parts import Part
from sim.engines.fast.reading import Reading
from sim.engines.protocol import shifts
from sim.model import LEAVE, NO_DOSSIER, Activity, Delay, Element, Model, Office
from sim.profile import Profile
from sim.records import EVERYTHING, NOT_YET, Keep, Run, Table
from sim.streams import key_of
from sim.units import DAY, HOUR, MINUTE, NEVER

KEY = key_of(1, 0)
CLERK, POLICE = 0, 2
AT_THE_COMMUNE, AT_BOTH, AT_THE_DISTRICT, NOBODY = range(4)
"""Flows: who works in them."""


def activity(role: int, then: int = LEAVE) -> Activity:
    return Activity(
        name="work", key=1, then=then, role=role, service=0, systems=(), finish=False, priority=0,
        dossier=NO_DOSSIER,
    )  # fmt: skip


ELEMENTS: tuple[Element, ...] = (
    activity(CLERK),
    activity(CLERK, then=2),
    activity(POLICE),
    Delay(name="wait", key=2, then=LEAVE, time=0, calendar=0),
)
STARTS = (0, 1, 2, 3)


@pytest.fixture
def world(world: World) -> World:
    """The world by hand, with something to do in it."""
    birth, _, everyday = world.model.flows
    flows = (*(replace(birth, name=f"{at}", start=at) for at in STARTS), everyday)
    return replace(world, model=replace(world.model, elements=ELEMENTS, flows=flows))


@pytest.fixture
def model(world: World) -> Model:
    """Commune 0 under district 2, commune 1 under district 3."""

    def office(name: str, level: int, parent: int) -> Office:
        return Office(name=name, label=name, level=level, parent=parent, calendar=0)

    return replace(
        world.model,
        offices=(office("An", 0, 2), office("Binh", 0, 3), office("C", 1, -1), office("D", 1, -1)),
        office_at=np.array([[0, 2], [1, 3], [-1, 2], [-1, 3]]),
    )


def demand(
    *flows: int, homes: Sequence[int] = (0, 1), streams: Sequence[int] = (9, 5), mean: float = 4.0
) -> Demand:
    """Cases of each flow on a channel of its own; all come at one of two instants."""
    profile = Profile(
        starts=np.array([DAY, 2 * DAY]),
        ends=np.array([DAY, 2 * DAY]) + 1,
        shares=np.array([0.5, 1]),
        firsts=np.array([0, 2]),
    )
    n = len(flows)
    return Demand(
        bundle=0,
        homes=np.array(homes),
        streams=np.array(streams, np.uint64),
        yearly=np.full(len(homes), mean),
        blocks=np.zeros(1, int),
        block_shares=np.ones(1),
        until=3 * DAY,
        channels=np.arange(n),
        channel_shares=ByDay(from_days=np.zeros(1, int), rows=np.arange(1, n + 1)[None] / n),
        profiles=(profile,) * n,
        flows=tuple(DatedFlow(from_days=np.zeros(1, int), flows=np.array([f])) for f in flows),
        properties=(),
    )


def given(*cases: tuple[int, int]) -> CaseTable:
    """Cases by flow and home, one a day from day 1 on; their numbers count from 100."""
    flow, home = np.array(cases).T
    zeros = np.zeros(len(cases), np.int64)
    at = DAY * np.arange(1, len(cases) + 1)
    return CaseTable(
        stream=np.full(len(cases), 7, np.uint64),
        number=100 + np.arange(len(cases)),
        channel=zeros,
        flow=flow,
        home=home,
        arrives_at=at,
        received_at=at,
        entry=np.full(len(cases), AT_START),
        properties=np.zeros((len(cases), 0), np.int64),
    )


def divided(model: Model, *, fewest: float = 0) -> tuple[Part, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FEWEST", fewest)
        return parts.parts.__wrapped__(model)


def offices(model: Model, *, fewest: float = 0) -> list[list[int]]:
    return [part.offices.tolist() for part in divided(model, fewest=fewest)]


# -- which offices make a part -------------------------------------------------------------------


def test_offices_that_serve_one_case_are_in_one_part(model: Model) -> None:
    model = replace(model, demands=(demand(AT_BOTH),))
    assert offices(model) == [[0, 2], [1, 3]]
    merged = np.array([[0, 2], [1, 2], [-1, 2], [-1, 3]])
    assert offices(replace(model, office_at=merged)) == [[0, 1, 2], [3]]


def test_offices_that_share_no_case_are_apart(model: Model) -> None:
    model = replace(model, demands=(demand(AT_THE_COMMUNE), demand(AT_THE_DISTRICT)))
    assert offices(model) == [[0], [1], [2], [3]]
    homes = [[each.homes.tolist() for each in part.demands] for part in divided(model)]
    assert homes == [[[0], []], [[1], []], [[], [0]], [[], [1]]]


def test_channels_that_are_served_on_two_levels_make_one_part(model: Model) -> None:
    """They share the draws of a home, so that its cases cannot be drawn apart."""
    one = replace(model, demands=(demand(AT_THE_COMMUNE, AT_THE_DISTRICT),))
    assert offices(one) == [[0, 2], [1, 3]]
    dated = DatedFlow(from_days=np.array([0, 9]), flows=np.array([AT_THE_COMMUNE, AT_THE_DISTRICT]))
    dated_demand = replace(demand(AT_THE_COMMUNE), flows=(dated,))
    assert offices(replace(model, demands=(dated_demand,))) == [[0, 2], [1, 3]]


def test_cases_that_nobody_serves_are_in_the_part_of_their_home(model: Model) -> None:
    nobody = replace(model, demands=(demand(NOBODY),))
    assert [part.demands[0].homes.tolist() for part in divided(nobody)] == [[0], [1], [], []]
    # A district has no commune over it: whoever comes there finds no clerk.
    lost = replace(model, demands=(demand(AT_THE_COMMUNE, homes=(3, 0)),))
    assert [part.demands[0].homes.tolist() for part in divided(lost)] == [[0], [], [], [3]]
    assert offices(lost) == [[0], [1], [2], [3]]


def test_given_cases_go_where_their_own_flow_is_served(model: Model) -> None:
    rows = ((AT_BOTH, 1), (AT_THE_COMMUNE, 0), (AT_THE_DISTRICT, 0), (AT_BOTH, 1))
    found = divided(replace(model, case_list=given(*rows)))
    assert [part.offices.tolist() for part in found] == [[0], [1, 3], [2]]
    assert [part.case_list.number.tolist() for part in found] == [[101], [100, 103], [102]]
    without = divided(replace(model, case_list=given(*rows[1:3])))
    assert [part.offices.tolist() for part in without] == [[0], [1], [2], [3]]


def test_parts_of_few_cases_are_put_together_and_none_of_few_is_left(model: Model) -> None:
    communes = np.arange(5)
    model = replace(
        model,
        offices=(model.offices[0],) * 5,
        office_at=np.column_stack((communes, np.full(5, -1))),
        demands=(demand(AT_THE_COMMUNE, homes=range(5), streams=range(5), mean=3.0),),
    )
    assert offices(model, fewest=3) == [[0], [1], [2], [3], [4]]
    assert offices(model, fewest=5) == [[0, 1], [2, 3, 4]]
    assert offices(model, fewest=8) == [[0, 1, 2, 3, 4]]
    assert offices(replace(model, demands=()), fewest=3) == [[0, 1, 2, 3, 4]]


def test_a_model_without_offices_has_no_part(model: Model) -> None:
    nothing = replace(model, offices=(), office_at=np.zeros((0, 2), int), staff=())
    assert offices(nothing) == []


# -- numbers of cases ----------------------------------------------------------------------------


def assert_numbered_as_one(model: Model, found: Sequence[Numbered]) -> None:
    """Each part has the rows of the whole table that its numbers say, and each row is somewhere."""
    whole = draw_cases(model.demands, n_properties=0, key=KEY, case_list=model.case_list)
    whole = whole.rows(whole.arrives_at < model.horizon)
    assert sorted(np.concatenate([mine.numbers for mine in found])) == list(range(len(whole)))
    for mine in found:
        cases = numbering.draw(model, mine.part, KEY) if mine.cases is None else mine.cases
        same = whole.rows(mine.numbers.astype(np.intp))
        for column in fields(CaseTable):
            np.testing.assert_array_equal(getattr(cases, column.name), getattr(same, column.name))


@pytest.fixture
def tied(model: Model) -> Model:
    """Some fifty cases at two instants in four parts, and three given, one behind the horizon."""
    local, above = demand(AT_THE_COMMUNE, mean=12.0), demand(AT_THE_DISTRICT, mean=12.0)
    above = replace(above, streams=np.array([3, 11], np.uint64))
    cases = given((AT_THE_COMMUNE, 1), (AT_THE_DISTRICT, 0), (AT_THE_COMMUNE, 0))
    cases = replace(cases, arrives_at=np.array([DAY, 2 * DAY, 28 * DAY]))
    return replace(model, demands=(local, above), case_list=cases)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("most_held", [0, 10**6])
def test_cases_have_the_numbers_they_would_have_in_one_table(
    tied: Model, monkeypatch: pytest.MonkeyPatch, threads: int, most_held: int
) -> None:
    monkeypatch.setattr(numbering, "MOST_HELD", most_held)
    found = numbering.numbered(tied, divided(tied), KEY, threads=threads)
    assert len(found) == 4
    assert all((mine.cases is None) == (most_held == 0) for mine in found)
    assert_numbered_as_one(tied, found)


def test_numbers_by_instant_alone_would_be_noticed(tied: Model) -> None:
    found = numbering.numbered(tied, divided(tied), KEY, threads=1)
    instants = np.concatenate([mine.cases.arrives_at for mine in found])
    numbers = np.argsort(np.argsort(instants, kind="stable"))
    cuts = np.cumsum([len(mine.numbers) for mine in found])[:-1]
    by_instant = [
        replace(mine, numbers=some.astype(np.uint32))
        for mine, some in zip(found, np.split(numbers, cuts), strict=True)
    ]
    with pytest.raises(AssertionError):
        assert_numbered_as_one(tied, by_instant)


def test_each_keeps_the_order_of_what_it_is_given() -> None:
    for threads in (1, 3):
        assert numbering.each(lambda x: x * x, range(20), threads=threads) == [
            x * x for x in range(20)
        ]
    with pytest.raises(ZeroDivisionError):
        numbering.each(lambda x: 1 // x, [1, 0, 1], threads=2)


# -- what the parts leave ------------------------------------------------------------------------


@pytest.fixture
def items(world: World) -> Table:
    """Items at An, open all day but at noon, at Binh, open in the morning, and at the district."""
    at = world.at
    clerk_at_an = {"role": 0, "office": 0, "staff": 0}
    clerk_at_binh = {"role": 0, "office": 1, "staff": 2}
    registrar_at_an = {"role": 1, "office": 0, "staff": 1}
    police = {"role": 2, "office": 2, "staff": 3}
    rows = (
        clerk_at_an | {"ready_at": at(4, 9), "started_at": at(7, 9)},  # ready before the window
        clerk_at_an | {"ready_at": at(7, 9), "started_at": at(7, 9, 30)},
        police | {"ready_at": at(7, 10), "started_at": at(7, 10)},
        clerk_at_binh | {"ready_at": at(7, 11), "started_at": at(8, 9)},  # 1 h, night, 1 h
        registrar_at_an | {"ready_at": at(7, 11), "started_at": at(7, 14)},  # 1 h, noon, 1 h
        clerk_at_an | {"ready_at": at(8, 8), "started_at": at(8, 8, 15)},
        {"role": 0, "office": 1, "ready_at": at(8, 9)},  # still waiting
        police | {"ready_at": at(18, 16), "started_at": at(21, 8, 20)},  # begun behind the window
        {"role": 1, "office": 0, "ready_at": at(21, 9)},  # ready behind it
    )
    return world.run(work_items=[{"case": i, **row} for i, row in enumerate(rows)]).work_items


QUEUES = {
    "role": [0, 0, 1, 1, 2],
    "office": [0, 1, 0, 1, 2],
    "n_ready": [2, 2, 1, 0, 2],
    "n_waiting": [0, 1, 0, 0, 0],
    "n_begun": [3, 1, 1, 0, 1],
    "n_at_once": [0, 0, 0, 0, 1],
}
WAITS = [15, 30, 120, 120, 80]  # minutes: An's clerk twice, Binh's, An's registrar, the police


def in_parts(world: World, items: Table, offices: Sequence[Sequence[int]]) -> Run:
    """The run of some parts, each of which counts its own items."""
    none = world.run()
    left = []
    for mine in offices:
        is_mine = np.isin(items["office"], mine)
        counted = tables.of_rows(
            world.model,
            none.properties,
            cases=none.cases,
            dossiers=none.dossiers,
            work_items={name: column[is_mine] for name, column in items.items()},
            spells=spells({name: column[is_mine] for name, column in items.items()}),
            elements=none.elements,
            shifts=shifts(world.model, (1, 0)),
            keep=EVERYTHING,
        )
        works = np.isin([member.office for member in world.model.staff], mine)
        left.append(
            replace(
                counted,
                offices=np.array(mine),
                queues={name: counts[:, mine] for name, counts in counted.queues.items()},
                staff={name: column[works] for name, column in counted.staff.items()},
            )
        )
    return joined(world, left)


def joined(world: World, left: list[tables.PartTables]) -> Run:
    return tables.joined(
        world.model,
        left,
        shifts=shifts(world.model, (1, 0)),
        seed=1,
        replication=0,
        engine="hand",
    )


def spells(items: Table) -> Table:
    """Each item that was begun is a spell of work of its own."""
    is_begun = items["started_at"] != NOT_YET
    ended_at = np.where(items["ended_at"] == NOT_YET, NEVER, items["ended_at"])
    columns = {
        "staff": items["staff"],
        "activity": items["activity"],
        "n_items": np.ones_like(ended_at),
        "begun_at": items["started_at"],
        "ended_at": ended_at,
        "n_in_hand": np.ones_like(ended_at),
        **dict.fromkeys(("n_measured", "n_begun", "n_limited", "n_last_day"), ended_at >= 0),
    }
    return {name: column[is_begun] for name, column in columns.items()}


def assert_queues(run: Run) -> None:
    assert {name: column.tolist() for name, column in run.queues.items()} == QUEUES
    np.testing.assert_array_equal(run.waits, MINUTE * np.array(WAITS))


@pytest.mark.parametrize("offices", [[[0, 1, 2]], [[0], [1, 2]], [[1], [0, 2]]])
def test_queues_and_waits_are_those_counted_by_hand(
    world: World, items: Table, offices: list[list[int]]
) -> None:
    run = in_parts(world, items, offices)
    assert_queues(run)
    for name, column in items.items():
        np.testing.assert_array_equal(run.work_items[name], column)
    assert run.staff["n_items"].tolist() == [3, 1, 1, 1]
    assert run.digest() == in_parts(world, items, [[0, 1, 2]]).digest()


@pytest.mark.parametrize("column", ["ready_at", "started_at", "role", "office"])
def test_a_change_of_one_item_is_seen_in_queues_or_waits(
    world: World, items: Table, column: str
) -> None:
    changed = items[column].copy()
    changed[4] += MINUTE if column.endswith("_at") else -1 if column == "role" else 1
    with pytest.raises(AssertionError):
        assert_queues(in_parts(world, {**items, column: changed}, [[0], [1, 2]]))


def test_what_is_not_kept_is_counted_all_the_same(world: World, items: Table) -> None:
    run = world.run(
        cases=[{"flow": 0}, {"flow": 4, "bundle": 1}, {"flow": 1}],
        dossiers=[{"case": 0}, {"case": 2}, {"case": 2, "procedure": 1}],
    )

    def kept(keep: Keep) -> Run:
        left = tables.of_rows(
            world.model,
            np.arange(4)[:, np.newaxis],
            cases=run.cases,
            dossiers=run.dossiers,
            work_items=items,
            spells=spells(items),
            elements=run.elements,
            shifts=shifts(world.model, (1, 0)),
            keep=keep,
        )
        return joined(world, [left])

    everything = kept(EVERYTHING)
    birth = kept(Keep(bundles=("birth",), work_items=False))
    other = kept(Keep(bundles=("everyday",)))
    assert [each.cases["case"].tolist() for each in (everything, birth, other)] == [
        [0, 1, 2], [0, 2], [1],
    ]  # fmt: skip
    assert [each.properties.ravel().tolist() for each in (birth, other)] == [[0, 2], [1]]
    assert birth.dossiers["case"].tolist() == [0, 2, 2]
    assert not len(other.dossiers["case"])
    assert not len(birth.work_items["case"])
    assert len(other.work_items["case"]) == len(items["case"])
    for each in (everything, birth, other):
        assert each.n_cases == 3
        assert_queues(each)
    assert len({each.digest() for each in (everything, birth, other)}) == 3


# -- blocks of rows ------------------------------------------------------------------------------


def assert_whole(instants: np.ndarray, found: list[tuple[int, int]]) -> None:
    """Blocks follow each other, hold all rows, and none ends within an instant."""
    edges = [0, *(last for _, last in found)]
    assert found == list(pairwise(edges))
    assert edges[-1] == len(instants)
    assert all(instants[at - 1] < instants[at] for at in edges[1:-1])


def test_rows_of_one_instant_stay_in_one_block() -> None:
    instants = np.array([0, 0, 0, HOUR, HOUR, DAY, DAY + 1, DAY + 1])
    assert blocks(instants, 1) == [(0, 3), (3, 5), (5, 6), (6, 8)]
    assert blocks(instants, 2) == [(0, 3), (3, 5), (5, 8)]
    assert blocks(instants, 4) == [(0, 5), (5, 8)]
    assert blocks(instants, 99) == [(0, 8)]
    assert blocks(instants[:0], 2) == []
    for size in range(1, 10):
        assert_whole(instants, blocks(instants, size))
    with pytest.raises(AssertionError):
        assert_whole(instants, [(first, first + 2) for first in range(0, 8, 2)])


def test_items_of_one_instant_are_read_together_once_none_of_them_waits() -> None:
    items = np.zeros((4, f.N_ITEM), np.int64)
    items[:, f.ITEM_READY_AT] = [3, 4, 5, 5]
    items[:, f.ITEM_STARTED_AT] = [3, 4, 5, NOT_YET]
    memory = np.zeros(f.N_HEAD, np.int64)
    memory[[f.NOW, f.N_ITEMS]] = 6, len(items)
    read: list[list[int]] = []
    reading = SimpleNamespace(
        read_items=lambda some: read.append(some[:, f.ITEM_READY_AT].tolist()),
        has_absences=False,
    )
    left = Reading.make_room(reading, memory, items)
    assert read == [[3, 4]]
    assert memory[f.N_ITEMS] == 2
    assert left[:2, f.ITEM_READY_AT].tolist() == [5, 5]
    left[:2, f.ITEM_STARTED_AT] = 6
    left[2:, f.ITEM_READY_AT] = 6
    memory[f.N_ITEMS] = 4
    Reading.make_room(reading, memory, left)
    assert read == [[3, 4], [5, 5]]
    assert memory[f.ITEM_BASE] == 4 * f.N_ITEM
