"""A small world by hand: three offices, two bundles, and runs of it written row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from sim.calendars import build
from sim.engines.protocol import shifts
from sim.engines.tables import SPELLS, joined, of_rows
from sim.kpis import measure
from sim.legal import working_days
from sim.model import (
    LEAVE,
    NO_DOSSIER,
    Activity,
    Applicant,
    Bundle,
    Costs,
    Flow,
    Model,
    Office,
    Order,
    Procedure,
    Role,
    Staff,
)
from sim.records import (
    ACTIVITIES,
    CASES,
    DOSSIERS,
    ELEMENTS,
    EVERYTHING,
    NOT_YET,
    STAFF,
    UNKNOWN,
    WORK_ITEMS,
    Run,
    packer,
    table,
)
from sim.units import DAY, HOUR, MINUTE

Row = Mapping[str, int]

_FULL = ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))
_MORNING = ((8 * HOUR, 12 * HOUR),)

_BLANK_CASE = {
    **dict.fromkeys(CASES, 0),
    "arrives_at": 7 * DAY,
    "ended_at": NOT_YET,
    "received_at": NOT_YET,
    "received_day": UNKNOWN,
    "done_at": NOT_YET,
    "limit_days": UNKNOWN,
    "working_days": UNKNOWN,
}
_BLANK_DOSSIER = {
    **dict.fromkeys(DOSSIERS, 0),
    "received_at": 7 * DAY,
    "received_day": 7,
    "done_at": NOT_YET,
    "limit_days": UNKNOWN,
    "working_days": UNKNOWN,
}
_BLANK_ITEM = {
    **dict.fromkeys(WORK_ITEMS, 0),
    "dossier": UNKNOWN,
    "staff": UNKNOWN,
    "started_at": NOT_YET,
    "ended_at": NOT_YET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Monday to Friday, from Monday 2025-01-06 on; days 7 to 20 are measured, day 27 is the last.

    Offices: 0 An and 1 Binh are communes, Binh open in the morning only; 2 is the district.
    Roles: 0 clerk and 1 registrar in communes, 2 police in the district.  Activities: 0 and 1 of
    birth on paper, by the clerk and on the residence by the police; 2 of birth online, by the clerk
    on the registration; 3 of everyday work, by the registrar.  Birth on paper takes a trip, own
    time and a copy; all amounts of money are there.  Staff: 0 and 1 in An,
    the second of them also registrar; 2 in Binh; 3 in the district.  Bundle 0 is birth, on paper
    (channel 0) and online (1); bundle 1 is everyday work, on paper.  Outcome 3 is withdrawn.
    """

    model: Model

    @staticmethod
    def at(day: int, hour: int = 0, minute: int = 0) -> int:
        return day * DAY + hour * HOUR + minute * MINUTE

    def run(
        self,
        *,
        cases: Sequence[Row] = (),
        dossiers: Sequence[Row] = (),
        work_items: Sequence[Row] = (),
        staff: Sequence[Row] = (),
        activities: Mapping[int, Row] | None = None,
        elements: Mapping[int, Row] | None = None,
    ) -> Run:
        """Rows say only what differs from an open case, an open dossier, a waiting item."""
        numbered = [{"case": i, **row} for i, row in enumerate(cases)]
        people = [
            {"staff": i, "office": person.office} | (staff[i] if i < len(staff) else {})
            for i, person in enumerate(self.model.staff)
        ]
        items = _table(WORK_ITEMS, _BLANK_ITEM, work_items)
        counted = of_rows(
            self.model,
            np.zeros((0, 0), np.int64),
            cases=_table(CASES, _BLANK_CASE, ()),
            dossiers=_table(DOSSIERS, _BLANK_DOSSIER, ()),
            work_items=items,
            spells=table(SPELLS, ()),  # who took an item need not be said
            elements=table(ELEMENTS, ()),
            shifts=shifts(self.model, (1, 0)),
            keep=EVERYTHING,
        )
        whole = joined(
            self.model,
            [counted],
            shifts=shifts(self.model, (1, 0)),
            seed=1,
            replication=0,
            engine="hand",
        )
        work = [{"activity": i} | dict((activities or {}).get(i, {})) for i in range(4)]
        passed = [
            {"element": i} | dict((elements or {}).get(i, {}))
            for i in range(len(self.model.elements))
        ]
        return Run(
            fingerprint="by hand",
            seed=1,
            replication=0,
            engine="hand",
            cases=_table(CASES, _BLANK_CASE, numbered),
            dossiers=_table(DOSSIERS, _BLANK_DOSSIER, dossiers),
            work_items=items,
            staff=_table(STAFF, dict.fromkeys(STAFF, 0), people),
            queues=whole.queues,
            activities=_table(ACTIVITIES, dict.fromkeys(ACTIVITIES, 0), work),
            elements=_table(ELEMENTS, dict.fromkeys(ELEMENTS, 0), passed),
            waits=whole.waits,
            properties=np.zeros((len(cases), 0), np.int64),
            n_cases=len(cases),
        )

    def values(self, run: Run, kpi: str) -> dict[str, float]:
        return {row.group: row.value for row in measure(self.model, run) if row.kpi == kpi}

    def assert_kpi(self, run: Run, kpi: str, expected: Mapping[str, float]) -> None:
        """All groups of the KPI and no others, in the expected order, to 12 digits."""
        found = self.values(run, kpi)
        assert list(found) == list(expected)
        assert list(found.values()) == pytest.approx(list(expected.values()), rel=1e-12)

    def completed(self, arrives_at: int, ended_at: int, **rest: int) -> dict[str, int]:
        """A completed case, whose whole time is service."""
        time = {"service_time": ended_at - arrives_at}
        return {"arrives_at": arrives_at, "ended_at": ended_at, "outcome": 1} | time | rest


def _table(columns: Mapping[str, str], blank: Row, rows: Sequence[Row]) -> dict:
    for row in rows:
        assert row.keys() <= columns.keys(), row.keys() - columns.keys()
    packed = packer(columns)
    return table(columns, [packed(*((blank | row)[name] for name in columns)) for row in rows])


def _office_hours(name: str, hours: Sequence[tuple[int, int]]):
    return build(
        name,
        start=dt.date(2025, 1, 6),
        first_day=-7,
        last_day=60,
        weekly=dict.fromkeys(range(5), hours),
    )


@pytest.fixture(scope="session")
def world() -> World:
    full = _office_hours("office", _FULL)

    def flow(name: str, bundle: int, channel: int, start: int) -> Flow:
        return Flow(
            name=name,
            bundle=bundle,
            regime="today",
            channel=channel,
            start=start,
            limits=(None, None),
            bundle_limit=None,
        )

    def office(name: str, level: int, parent: int, calendar: int) -> Office:
        return Office(name=name, label=name, level=level, parent=parent, calendar=calendar)

    def role(name: str, level: int) -> Role:
        return Role(name=name, label=name, level=level, order=Order.FIRST_COME)

    def person(name: str, at: int, roles: tuple[int, ...]) -> Staff:
        return Staff(name=name, office=at, roles=roles, calendar=0, speed=1.0)

    def activity(key: int, *, then: int, role: int, dossier: int = NO_DOSSIER) -> Activity:
        return Activity(
            name=f"work {key}",
            key=key,
            then=then,
            role=role,
            service=0,
            systems=(),
            finish=False,
            priority=0,
            dossier=dossier,
        )

    model = Model(
        title="by hand",
        start=dt.date(2025, 1, 6),
        warm_up_ends_at=7 * DAY,
        measured_until=21 * DAY,
        horizon=28 * DAY,
        calendars=(full, _office_hours("mornings", _MORNING)),
        timetables=(),
        working_days=working_days(full, -7, 60),
        systems=(),
        samplers=(),
        levels=("commune", "district"),
        offices=(office("An", 0, 2, 0), office("Binh", 0, 2, 1), office("district", 1, -1, 0)),
        office_at=np.array([[0, 2], [1, 2], [-1, 2]]),
        roles=(role("clerk", 0), role("registrar", 0), role("police", 1)),
        staff=(
            person("Lan", 0, (0,)),
            person("Minh", 0, (0, 1)),
            person("Nga", 1, (0,)),
            person("Phong", 2, (2,)),
        ),
        channels=("paper", "online"),
        properties=(),
        procedures=(
            Procedure(name="registration", label="registration", cut_off=15 * HOUR),
            Procedure(name="residence", label="residence", cut_off=15 * HOUR),
        ),
        bundles=(
            Bundle(name="birth", label="birth", procedures=(0, 1), cut_off=15 * HOUR),
            Bundle(name="everyday", label="everyday", procedures=(), cut_off=15 * HOUR),
        ),
        outcomes=("open", "completed", "rejected", "withdrawn"),
        flows=(flow("paper", 0, 0, 4), flow("online", 0, 1, 2), flow("counter", 1, 0, 3)),
        elements=(
            activity(0, then=1, role=0),
            activity(1, then=LEAVE, role=2, dossier=1),
            activity(2, then=LEAVE, role=0, dossier=0),
            activity(3, then=LEAVE, role=1),
            Applicant(
                name="go",
                key=9,
                then=0,
                time=0,
                calendar=0,
                effort=-1,
                n_trips=1,
                n_given=1,
                within=-1,
                late=LEAVE,
                n_copies=1,
            ),
        ),
        costs=Costs(
            currency="VND",
            hour=30_000.0,
            trip=20_000.0,
            copy=2_000.0,
            pay=(50_000.0, 40_000.0, 60_000.0),
        ),
        demands=(),
        case_list=None,
    )
    return World(model=model)
