# ruff: noqa: N802 - the name of a test carries the number of its rule
"""The rules of what a run leaves (K1-K4), on worlds worked out by hand."""

from __future__ import annotations

from small_worlds import Play, Story, World

from sim import records
from sim.kpis import measure
from sim.records import LEDGER, NOT_YET
from sim.units import HOUR, MINUTE

WAY = World(
    steps="""
    - {applicant: go, time: 10 min, trips: 1, gives: 1}
    - {open: permit}
    - {do: receive, role: clerk, time: 20 min}
    - {transfer: send, over: portal, time: 30 min}
    - {timetable: courier}
    - {delay: print, time: 1 h}
    - {appointment: permit}
    - {close: permit}
    """,
    filed=("Mon 3 11:00", "Mon 3 11:01"),
    also="""
    timetables: {courier: {departures: {mon-fri: "15:00"}}}
    systems: {portal: {planned: [{from: 2025-03-03 13:00, to: 2025-03-03 14:00}]}}
    """,
)
"""Case 0: at the counter at 11:10, received until 11:30; sent by 12:00; courier 15:00; printed by
16:00; due on Wednesday 7:30.  Case 1: ready at 11:11, received 13:00-13:20; the portal is down
until 14:00; sent by 14:30; then as case 0."""


def values(story: Story, kpi: str) -> dict[str, float]:
    found = measure(story.model, story.run)
    return {each.group: each.value for each in found if each.kpi == kpi}


def test_K1_a_run_leaves_four_tables_with_the_columns_listed(play: Play) -> None:
    run = play(WAY).run
    columns = (records.CASES, records.DOSSIERS, records.WORK_ITEMS, records.STAFF)
    tables = (run.cases, run.dossiers, run.work_items, run.staff)
    assert [list(table) for table in tables] == [list(listed) for listed in columns]
    assert [{len(column) for column in table.values()} for table in tables] == [{2}, {2}, {2}, {1}]
    twin = play(WAY.but("Mon 3 11:01", "Mon 3 11:01\nMon 3 11:02")).run
    assert len(twin.cases["case"]) == 3


def test_K1_rows_come_in_the_order_of_their_keys(play: Play) -> None:
    # Case 1 is ready before case 0, which fills its forms for 8 min, and case 2 at their instant.
    world = World(
        steps="""
        - choose: [{if: slow, steps: [{delay: forms, time: 8 min}]}]
        - {open: card}
        - {open: permit}
        - {do: receive, role: clerk, time: 10 min}
        - {close: card}
        - {close: permit}
        """,
        filed=(
            "filed_at,office,slow",
            "Mon 3 08:00,commune,yes",
            "Mon 3 08:00,commune,no",
            "Mon 3 08:08,commune,no",
        ),
        also="bundles: {life: {properties: {slow: 5 %}}}",
    )
    story = play(world)
    assert story.cases["case"] == [0, 1, 2]
    assert story.run.work_items["case"].tolist() == [1, 0, 2]
    rows = list(zip(story.dossiers["case"], story.dossiers["procedure"], strict=True))
    assert rows == [(case, procedure) for case in range(3) for procedure in range(2)]
    assert play(world.but("8 min", "9 min")).run.work_items["case"].tolist() == [1, 2, 0]


def test_K2_the_ledger_splits_the_time_into_nine_parts(play: Play) -> None:
    story = play(WAY)
    assert story.ends == ["Wed 5 07:30"] * 2
    # From Monday 16:00 to Wednesday 7:30 are 39 h 30 min.
    rest = {"applicant": 10, "service": 20, "transfer": 30, "delay": 60, "appointment": 2370}
    assert story.minutes(0) == rest | {"timetable": 180}
    # Ready 11:11, open until 11:30, closed until 13:00; the outage from 13:20 to 14:00.
    assert story.minutes(1) == rest | {"queue": 19, "closed": 90, "outage": 40, "timetable": 30}
    twin = play(WAY.but("to: 2025-03-03 14:00", "to: 2025-03-03 13:30"))
    assert twin.minutes(1) == rest | {"queue": 19, "closed": 90, "outage": 10, "timetable": 60}


def test_K2_the_parts_add_up_to_the_time_from_arrival_to_end(play: Play) -> None:
    cases = play(WAY).run.cases
    total = sum(cases[name] for name in LEDGER)
    assert (total == cases["ended_at"] - cases["arrives_at"]).all()
    assert (total + 1 != cases["ended_at"] - cases["arrives_at"]).all()
    assert (total - cases["queue_time"] != total).tolist() == [False, True]


def test_K2_waiting_is_queue_while_the_office_is_open_and_closed_while_it_is_not(
    play: Play,
) -> None:
    # The example: ready on Monday 16:30, begun on Tuesday 8:00, behind work that began at 16:00,
    # with 1 h on Monday and 30 min on Tuesday.
    world = World(
        steps="""
        - choose:
          - {if: long, steps: [{do: visit, role: clerk, time: 90 min}]}
          - rest: [{do: receive, role: clerk, time: 10 min}]
        """,
        filed=("filed_at,office,long", "Mon 3 16:00,commune,yes", "Mon 3 16:30,commune,no"),
        also="bundles: {life: {properties: {long: 50 %}}}",
    )
    story = play(world)
    assert story.minutes(1) == {"queue": 60, "closed": 14 * 60 + 30, "service": 10}
    # The pause of the work begun is closed, too.
    assert story.minutes(0) == {"service": 90, "closed": 14 * 60 + 30}
    assert play(world.but("90 min", "60 min")).minutes(1)["queue"] == 30


def test_K2_the_queue_is_measured_on_the_calendar_of_the_office(play: Play) -> None:
    # The clerk comes on Tuesday 8:00; the office was open on Monday 16:00-17:00 and from 7:30 on.
    world = World(
        steps="- {do: receive, role: clerk, time: 10 min}",
        filed=("Mon 3 16:00",),
        also="""
        calendars: {part: {hours: {mon-fri: "08:00-10:00"}}}
        staff: {clerk: {office: commune, people: 1, calendar: part}}
        """,
    )
    assert play(world).minutes() == {"queue": 90, "closed": 14 * 60 + 30, "service": 10}
    assert play(world.but("08:00-10:00", "07:30-10:00")).minutes()["queue"] == 60


def test_K2_a_pause_counts_by_the_shift_of_the_person(play: Play) -> None:
    # Begun at 9:50 with 10 min left in the shift: closed from 10:00 on, though the office is open.
    world = World(
        steps="- {do: receive, role: clerk, time: 20 min}",
        filed=("Mon 3 09:50",),
        also="""
        calendars: {part: {hours: {mon-fri: "08:00-10:00"}}}
        staff: {clerk: {office: commune, people: 1, calendar: part}}
        """,
    )
    assert play(world).minutes() == {"service": 20, "closed": 22 * 60}
    assert play(world.but("08:00-10:00", "08:00-10:05")).minutes()["closed"] == 21 * 60 + 55


def test_K2_service_is_the_time_as_sped_up(play: Play) -> None:
    world = World(
        steps="- {do: receive, role: clerk, time: 20 min}",
        also="staff: {clerk: {office: commune, people: 1, speed: 0.5}}",
    )
    assert play(world).minutes() == {"service": 40}
    assert play(world.but("0.5", "2")).minutes() == {"service": 10}


def test_K2_behind_a_join_the_ledger_is_that_of_the_branch_that_came_last(play: Play) -> None:
    world = World(
        steps="""
        - {delay: before, time: 5 min}
        - together:
          - [{delay: wait, time: 10 min}]
          - [{do: receive, role: clerk, time: 30 min}]
        - {delay: after, time: 5 min}
        """
    )
    assert play(world).minutes() == {"delay": 10, "service": 30}
    twin = play(world.but("clerk, time: 30 min", "clerk, time: 9 min"))
    assert twin.minutes() == {"delay": 20}


def test_K2_on_a_tie_at_the_join_the_first_branch_as_written_counts(play: Play) -> None:
    world = World(
        steps="""
        - together:
          - [{delay: quick, time: 10 min}]
          - [{applicant: fetch, time: 30 min}]
          - [{do: receive, role: clerk, time: 30 min}]
        """
    )
    assert play(world).minutes() == {"applicant": 30}
    swapped = World(
        steps="""
        - together:
          - [{delay: quick, time: 10 min}]
          - [{do: receive, role: clerk, time: 30 min}]
          - [{applicant: fetch, time: 30 min}]
        """
    )
    assert play(swapped).minutes() == {"service": 30}
    # Own hours count whatever branch came last.
    assert play(swapped).cases["own_time"] == [HOUR // 2]


def test_K2_a_tie_in_an_inner_fork_is_settled_before_that_in_the_outer_one(play: Play) -> None:
    world = World(
        steps="""
        - together:
          - - together:
              - [{delay: wait, time: 30 min}]
              - [{applicant: fetch, time: 30 min}]
          - [{do: receive, role: clerk, time: 30 min}]
        """
    )
    assert play(world).minutes() == {"delay": 30}
    twin = play(world.but("wait, time: 30 min", "wait, time: 29 min"))
    assert twin.minutes() == {"applicant": 30}


def test_K2_a_case_that_is_not_completed_has_its_ledger_too(play: Play) -> None:
    world = World(
        steps="""
        - {delay: wait, time: 1 h}
        - choose: [{if: refused, steps: [{end: rejected}]}]
        - {delay: more, time: 1 h}
        """,
        filed=("filed_at,office,refused", "Mon 3 08:00,commune,yes"),
        also="bundles: {life: {properties: {refused: 5 %}}}",
    )
    assert play(world).minutes() == {"delay": 60}
    assert play(world.but("commune,yes", "commune,no")).minutes() == {"delay": 120}


def test_K3_a_work_item_is_recorded_with_all_that_it_was(play: Play) -> None:
    # The draws of the way back say how often the case comes to the step.
    world = World(
        steps="""
        - {open: permit}
        - {do: receive, role: clerk, time: 10 min}
        - {return: receive, share: 50 %}
        - {do: file, role: clerk, time: 5 min, dossier: none}
        - {close: permit}
        """,
        filed=("Mon 3 07:20",),
        also="staff: {guard: {office: commune, people: 1}, clerk: {office: commune, people: 1}}",
    )
    story = play(world)
    draws = [story.draws("return:receive", visit)[0] for visit in range(20)]
    n = 1 + next(visit for visit, draw in enumerate(draws) if draw >= 0.5)
    ready = [7 * HOUR + 20 * MINUTE] + [7 * HOUR + (40 + 10 * k) * MINUTE for k in range(n - 1)]
    begun = [7 * HOUR + (30 + 10 * k) * MINUTE for k in range(n)]
    received = story.items("receive")
    assert received["visit"] == list(range(n))
    assert received["ready_at"] == ready
    assert received["started_at"] == begun
    assert received["ended_at"] == [at + 10 * MINUTE for at in begun]
    assert set(received["case"]) == set(received["dossier"]) == set(received["office"]) == {0}
    assert [story.model.roles[role].name for role in set(received["role"])] == ["clerk"]
    assert set(story.by("receive")) == {"commune/clerk/1"}
    assert story.items("file")["dossier"] == [-1]
    assert play(world.but(", dossier: none", "")).items("file")["dossier"] == [0]


OPEN = World(
    steps="""
    - {applicant: go, time: 0 min, effort: 45 min, trips: 1, gives: 2}
    - {open: permit}
    - {do: receive, role: clerk, time: 6 h}
    - {close: permit}
    - {delay: wait, time: 1 d}
    """,
    filed=("Mon 3 07:30", "Thu 6 14:00", "Fri 7 08:00", "Sun 9 12:00"),
    also="period: {length: 1 week, run_out: 0 weeks}",
)
"""The run ends before Monday the 10th, 0:00.  Case 0 is done on Monday 15:00 and leaves on Tuesday.
Case 1 is received Thursday 14:00-17:00 and Friday 7:30-10:30, and leaves on Saturday.  Case 2 is in
hand from Friday 10:30 on for 5 h until 17:00, with 1 h left.  Case 3 waits."""


def test_K4_what_is_open_at_the_horizon_stays_in_the_tables(play: Play) -> None:
    story = play(OPEN)
    assert story.ends == ["Tue 4 15:00", "Sat 8 10:30", "not yet", "not yet"]
    assert story.outcomes == ["completed", "completed", "open", "open"]
    items = story.items("receive")
    assert story.begun("receive")[1:] == ["Thu 6 14:00", "Fri 7 10:30", "not yet"]
    assert items["ended_at"][2:] == [NOT_YET, NOT_YET]
    # In hand with its person, or waiting for one.
    assert items["staff"] == [0, 0, 0, -1]
    assert story.dossiers["done_at"][2:] == [NOT_YET, NOT_YET]
    assert story.dossiers["working_days"] == [0, 1, -1, -1]
    assert story.cases["working_days"] == [0, 1, -1, -1]
    longer = play(OPEN.but("run_out: 0 weeks", "run_out: 1 week"))
    assert longer.ends[2:] == ["Tue 11 08:30", "Tue 11 16:00"]


def test_K4_an_open_case_has_its_trips_and_hours_so_far_and_no_ledger(play: Play) -> None:
    story = play(OPEN)
    assert story.cases["n_trips"] == [1] * 4
    assert story.cases["n_given"] == [2] * 4
    assert story.cases["own_time"] == [45 * MINUTE] * 4
    assert story.minutes(2) == story.minutes(3) == {}
    assert story.minutes(1) == {"service": 360, "closed": 870, "delay": 1440}
    assert play(OPEN.but("1 d", "3 d")).minutes(1) == {}


def test_K4_work_in_hand_counts_as_busy_up_to_the_horizon(play: Play) -> None:
    # 6 h, 6 h, and Friday 10:30-11:30 and 13:00-17:00.
    story = play(OPEN)
    assert story.staff["busy_time"] == [17 * HOUR]
    assert story.staff["on_shift_time"] == [40 * HOUR]
    assert story.staff["n_items"] == [3]
    assert play(OPEN.but("Fri 7 08:00", "Sat 8 08:00")).staff["busy_time"] == [12 * HOUR]


def test_K4_open_cases_are_counted_and_late_once_past_their_limit(play: Play) -> None:
    # Case 2 was received on Friday: no working day has passed since.  It is open and not late.
    story = play(OPEN)
    assert set(values(story, "open_share").values()) == {0.5}
    assert set(values(story, "on_time_share").values()) == {1.0}
    assert set(values(story, "n_not_yet_due").values()) == {2}
    # Three of Monday and one of Friday, 20 h each.  Case 0 is done on Wednesday 11:30, case 1 on
    # Friday 17:00, 4 working days after Monday; case 2 still waits, past its limit of 3 wd.
    stuck = OPEN.but("Sun 9 12:00", "Mon 3 07:29").but("Thu 6 14:00", "Mon 3 07:31")
    late = play(stuck.but("time: 6 h", "time: 20 h"))
    assert late.outcomes == ["completed", "completed", "open", "open"]
    assert late.cases["working_days"] == [2, 4, -1, -1]
    assert set(values(late, "on_time_share").values()) == {1 / 3}
    assert set(values(late, "n_not_yet_due").values()) == {1}
    twin = play(stuck.but("time: 6 h", "time: 20 h").but("Mon 3 07:31", "Fri 7 07:31"))
    assert set(values(twin, "on_time_share").values()) == {1 / 2}


def test_K4_measured_are_the_cases_that_arrive_within_the_window(play: Play) -> None:
    # The first week is not measured, nor what arrives in the run-out; the rest may end in it.
    world = World(
        steps="- {do: receive, role: clerk, time: 8 h}",
        filed=("Fri 7 08:00", "Fri 14 08:00", "Mon 17 08:00"),
        also="period: {warm_up: 1 week, length: 1 week, run_out: 1 week}",
    )
    story = play(world)
    assert story.ends == ["Mon 10 08:00", "Mon 17 08:00", "Tue 18 08:00"]
    assert set(values(story, "n_cases").values()) == {1}
    # Half an hour of Monday the 10th and 7 h 30 min of Friday the 14th.
    assert story.staff["busy_time"] == [8 * HOUR]
    assert set(values(play(world.but("Mon 17 08:00", "Fri 14 08:01")), "n_cases").values()) == {2}
