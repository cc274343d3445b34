# ruff: noqa: N802 - the name of a test carries the number of its rule
"""What a run counts of each element (K1): how often measured cases come, and how long they stay."""

from __future__ import annotations

from small_worlds import Play, Story, World

from sim import records
from sim.kpis import measure
from sim.units import HOUR, MINUTE

PLAIN = World(
    steps="""
    - {applicant: fill_form, time: 20 min}
    - {open: permit}
    - {do: read, role: clerk, time: 30 min}
    - together:
        - [{do: sign, role: clerk, time: 10 min}]
        - [{delay: rest, time: 2 h}]
    - {close: permit}
    """,
    filed=("Mon 3 08:00", "Mon 3 08:10"),
)


def passed(story: Story) -> dict[str, tuple[int, float]]:
    """By name of the element, how often cases came and how long they stayed (minutes)."""
    table = story.run.elements
    assert list(table) == list(records.ELEMENTS)
    rows = zip(table["element"], table["n_passes"], table["stay_time"], strict=True)
    return {story.model.elements[i].name: (int(n), time / MINUTE) for i, n, time in rows}


def test_K1_every_element_counts_who_comes_and_how_long_they_stay(play: Play) -> None:
    # Filed at 8:00 and 8:10; the form takes 20 minutes.  Read from 8:20 and, 20 minutes late, from
    # 8:50; the first is signed from 9:20 on, 30 minutes late, for the second is read then; the
    # second from 9:30, 10 minutes late.
    found = passed(play(PLAIN))
    assert found["fill_form"] == (2, 40)
    assert found["open:permit"] == (2, 0)
    assert found["read"] == (2, 20)
    assert found["sign"] == (2, 30 + 10)
    assert found["rest"] == (2, 240)
    assert found["close:permit"] == (2, 0)
    assert passed(play(PLAIN.but("Mon 3 08:10", "Mon 3 09:10")))["read"] == (2, 0)  # twin


def test_K1_only_measured_cases_are_counted(play: Play) -> None:
    world = World(
        steps="- {delay: rest, time: 1 h}",
        filed=("Sun 9 23:59", "Mon 10 00:00", "Sun 16 23:59", "Mon 17 00:00"),
        also="period: {warm_up: 1 week, length: 1 week, run_out: 1 week}",
    )
    assert passed(play(world))["rest"] == (2, 120)
    assert passed(play(world.but("Sun 9 23:59", "Mon 10 23:59")))["rest"] == (3, 180)


def test_K1_a_stay_counts_up_to_the_horizon(play: Play) -> None:
    world = World(
        steps="- {delay: rest, time: 9 d}",
        filed=("Fri 21 12:00",),
        also="period: {run_out: 0 weeks}",
    )
    assert passed(play(world))["rest"] == (1, (12 + 48) * HOUR / MINUTE)
    assert passed(play(world.but("9 d", "1 d")))["rest"] == (1, 24 * HOUR / MINUTE)


def test_K1_work_that_nobody_began_has_no_wait(play: Play) -> None:
    world = World(
        steps="- {do: read, role: clerk, time: 30 min}",
        filed=("Fri 21 16:00", "Fri 21 16:30", "Fri 21 18:00"),
        also="period: {run_out: 0 weeks}",
    )
    assert passed(play(world))["read"] == (3, 0)
    found = {m.group: m.value for m in measure(play(world).model, play(world).run)
             if m.kpi == "step_waiting_hours"}  # fmt: skip
    assert found == {"life/now/paper/read": 0.0}
    assert passed(play(world.but("Fri 21 16:30", "Fri 21 16:20")))["read"] == (3, 10)  # twin
