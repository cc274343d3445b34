# ruff: noqa: N802 - the name of a test carries the number of its rule
"""What a run counts of each activity (K1), and what people present do (P2), by hand."""

from __future__ import annotations

from small_worlds import Play, Story, World

from sim import records
from sim.kpis import measure
from sim.units import MINUTE

LATE = World(
    steps="""
    - {open: permit}
    - {do: read, role: clerk, time: 30 min}
    - {delay: rest, time: 1 d}
    - {do: decide, role: clerk, time: 1 h}
    - {close: permit}
    """,
)
"""Received on Monday with 2 wd: due on Wednesday.  Read on Monday, decided from Tuesday 8:30 on."""


def counted(story: Story) -> dict[str, list[int]]:
    table = story.run.activities
    assert list(table) == list(records.ACTIVITIES)
    return {name: column.tolist() for name, column in table.items() if name != "activity"}


def minutes(story: Story) -> list[float]:
    return (story.run.activities["work_time"] / MINUTE).tolist()


def values(story: Story, kpi: str) -> dict[str, float]:
    return {m.group: m.value for m in measure(story.model, story.run) if m.kpi == kpi}


def test_K1_work_is_counted_by_activity_and_by_how_near_it_is_to_its_limit(play: Play) -> None:
    story = play(LATE)
    names = [story.model.elements[index].name for index in story.run.activities["activity"]]
    assert names == ["read", "decide"]
    assert counted(story) == {
        "n_begun": [1, 1],
        "work_time": [30 * MINUTE, 60 * MINUTE],
        "n_limited": [1, 1],
        "n_last_day": [0, 1],
    }
    assert values(story, "begun_on_last_day_share") == {
        "life": 0.5, "life/permit": 0.5, "clerk": 0.5,
    }  # fmt: skip
    # On Monday there are two days left, behind the due day none.
    assert counted(play(LATE.but("time: 1 d", "time: 1 h")))["n_last_day"] == [0, 0]
    assert counted(play(LATE.but("time: 1 d", "time: 9 d")))["n_last_day"] == [0, 1]


def test_K1_work_of_no_dossier_goes_by_the_limit_of_the_bundle(play: Play) -> None:
    # The bundle is due on Thursday: on Tuesday two days are left, on Wednesday one.
    world = LATE.but("- {do: decide", "- {close: permit}\n    - {do: decide").but(
        "time: 30", "time: 0"
    )
    story = play(world)
    assert counted(story)["n_limited"] == [1, 1]
    assert counted(story)["n_last_day"] == [0, 0]
    assert counted(play(world.but("time: 1 d", "time: 2 d")))["n_last_day"] == [0, 1]


def test_K1_work_without_a_clock_has_no_last_day(play: Play) -> None:
    world = World(steps="- {do: read, role: clerk, time: 30 min}")
    assert counted(play(world)) == {
        "n_begun": [1], "work_time": [30 * MINUTE], "n_limited": [0], "n_last_day": [0],
    }  # fmt: skip
    assert values(play(world), "begun_on_last_day_share") == {}
    assert values(play(LATE), "begun_on_last_day_share") != {}


def test_K1_a_stopped_or_extended_clock_has_its_days_left_as_known_when_work_begins(
    play: Play,
) -> None:
    # Stopped from Monday to Tuesday, Tuesday is taken off: due on Thursday.
    stopped = LATE.but(
        "- {delay: rest, time: 1 d}",
        """- {stop: permit}
    - {delay: rest, time: 1 d}
    - {resume: permit}""",
    )
    assert counted(play(stopped))["n_last_day"] == [0, 0]
    extended = LATE.but("- {delay: rest", "- {extend: permit, by: 1 wd}\n    - {delay: rest")
    assert counted(play(extended))["n_last_day"] == [0, 0]
    assert counted(play(LATE))["n_last_day"] == [0, 1]


def test_K1_only_the_work_of_measured_cases_is_counted(play: Play) -> None:
    world = World(
        steps="- {do: read, role: clerk, time: 30 min}",
        filed=("Sun 9 23:59", "Mon 10 00:00", "Sun 16 23:59", "Mon 17 00:00"),
        also="period: {warm_up: 1 week, length: 1 week, run_out: 1 week}",
    )
    assert counted(play(world))["n_begun"] == [2]
    assert minutes(play(world)) == [60]
    assert minutes(play(world.but("Sun 9 23:59", "Mon 10 23:59"))) == [90]


def test_K1_work_counts_while_it_is_in_hand_on_shift_and_up_to_the_horizon(play: Play) -> None:
    world = World(
        steps="- {do: read, role: clerk, time: 6 h}",
        filed=("Thu 20 16:00", "Fri 21 16:00"),
        also="period: {run_out: 0 weeks}",
    )
    # The first from Thursday 16:00 to Friday 14:00, the second from 16:00 to Friday's closing.
    assert minutes(play(world)) == [6 * 60 + 60]
    # Overtime is work, too.
    finish = world.but("time: 6 h", "time: 6 h, at_closing: finish")
    assert minutes(play(finish)) == [12 * 60]
    longer = play(world.but("run_out: 0 weeks", "run_out: 1 week"))
    assert minutes(longer) == [12 * 60]


def test_K1_who_sits_before_a_system_that_is_down_has_the_work_in_hand(play: Play) -> None:
    world = World(
        steps="- {do: read, role: clerk, time: 1 h, needs: portal}",
        also="systems: {portal: {planned: [{from: 2025-03-03 08:30, to: 2025-03-03 09:30}]}}",
    )
    assert minutes(play(world)) == [120]
    assert minutes(play(world.but("to: 2025-03-03 09:30", "to: 2025-03-03 09:00"))) == [90]
    # With overtime it is likewise.
    finish = world.but("time: 1 h", "time: 1 h, at_closing: finish")
    assert minutes(play(finish)) == [120]


BATCH = World(
    steps="- {do: read, role: clerk, time: 20 min, batch: {size: 2, at_most: 1 wd, setup: 10 min}}",
    filed=("Mon 10 07:30", "Mon 10 07:30"),
    also="period: {warm_up: 1 week, length: 1 week, run_out: 1 week}",
)


def test_K1_a_batch_is_shared_by_its_items(play: Play) -> None:
    story = play(BATCH)
    assert (counted(story)["n_begun"], minutes(story)) == ([2], [50])
    # Of a batch with one item of a case that came before the window, half counts.
    half = play(BATCH.but("Mon 10 07:30\nMon 10 07:30", "Sun 9 12:00\nMon 10 07:30"))
    assert (counted(half)["n_begun"], minutes(half)) == ([1], [25])
    assert minutes(play(BATCH.but("setup: 10 min", "setup: 0 min"))) == [40]


AWAY = World(
    steps="- {do: read, role: clerk, time: 1 h}",
    filed=("Fri 7 16:30",),
    also="""
    staff:
      clerk: {office: commune, people: 2, away: [{from: 2025-03-10, to: 2025-03-17, people: 1}]}
    """,
)


def test_K1_work_that_is_handed_back_is_counted_once_and_its_time_for_each(play: Play) -> None:
    story = play(AWAY)
    assert story.by("read") == ["commune/clerk/2"]
    assert (counted(story)["n_begun"], minutes(story)) == ([1], [60])
    alone = play(AWAY.but("people: 2", "people: 1").but("from: 2025-03-10", "from: 2025-03-11"))
    assert alone.by("read") == ["commune/clerk/1"]
    # Away for good before half an hour of it is left.
    gone = play(AWAY.but("people: 2", "people: 1").but("to: 2025-03-17", "to: 2025-03-31"))
    assert (counted(gone)["n_begun"], minutes(gone)) == ([1], [30])


def test_P2_who_is_away_is_not_present_and_not_idle(play: Play) -> None:
    # 15 days of 8 h; one of two is away for 5 of them: 80 h and 120 h, with 1 h of work.
    story = play(AWAY)
    assert values(story, "people_present") == {"clerk": 5 / 3, "clerk @ commune": 5 / 3}
    assert values(story, "utilisation") == {"clerk": 1 / 200, "clerk @ commune": 1 / 200}
    all_week = play(AWAY.but("to: 2025-03-17", "to: 2025-03-10 12:00"))
    assert values(all_week, "people_present")["clerk"] == (240 - 4) / 120
    assert values(all_week, "utilisation")["clerk"] == 1 / 236


def test_P1_spells_of_absence_are_taken_off_the_people_present(play: Play) -> None:
    also = 'staff: {clerk: {office: commune, people: 4, absence: {share: 20 %, spell: "2 wd"}}}'
    story = play(World(steps=AWAY.steps, filed=AWAY.filed, also=also))
    on_shift = sum(story.staff["on_shift_time"]) / MINUTE
    assert 0.6 < on_shift / (4 * 120 * 60) < 0.95
    assert values(story, "people_present")["clerk"] * 120 * 60 == on_shift
    busy = sum(story.staff["busy_time"]) / MINUTE
    assert values(story, "utilisation")["clerk"] == busy / on_shift > 60 / (4 * 120 * 60)
    full = play(World(steps=AWAY.steps, also=also.replace("share: 20 %", "share: 0 %")))
    assert values(full, "people_present")["clerk"] == 4.0
