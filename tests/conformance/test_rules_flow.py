# ruff: noqa: N802 - the name of a test carries the number of its rule
"""The rules of the way of a case (F1-F8), on worlds worked out by hand."""

from __future__ import annotations

import numpy as np
from small_worlds import Play, Story, World

from sim.units import HOUR


def test_F1_bundle_regime_and_channel_give_a_case_its_flow(play: Play) -> None:
    world = World(
        steps="- {delay: wait, time: 10 min}",
        filed=("filed_at,office,channel", "Mon 3 08:00,commune,paper", "Mon 3 08:00,commune,web"),
        also="""
        bundles:
          life:
            channels: {web: 50 %, paper: rest}
            regimes: {now: {web: [{delay: wait, time: 20 min}]}}
          other:
            demand: {log: others.csv}
            regimes: {now: {paper: [{delay: wait, time: 30 min}]}}
        """,
        files={"others.csv": "filed_at,office\nMon 3 08:00,commune\n"},
    )
    story = play(world)
    assert sorted(story.ends) == ["Mon 3 08:10", "Mon 3 08:20", "Mon 3 08:30"]
    assert set(story.outcomes) == {"completed"}
    twin = play(world.but("web: [{delay: wait, time: 20 min}]", "web: paper"))
    assert sorted(twin.ends) == ["Mon 3 08:10", "Mon 3 08:10", "Mon 3 08:30"]


def test_F1_a_dated_regime_goes_by_the_day_of_arrival_and_keeps_the_case(play: Play) -> None:
    # The new regime is in force from Tuesday, 0:00.  The first case stays in the old one.
    world = World(
        steps="""
        - {delay: wait, time: 1 h}
        - {delay: more, time: 2 h}
        """,
        filed=("Mon 3 23:59", "Tue 4 00:00"),
        also="""
        bundles:
          life:
            regime: dated
            regimes:
              now: {from: 2020-01-01}
              next:
                from: 2025-03-04
                paper: [{delay: wait, time: 1 h}, {delay: less, time: 1 min}]
        """,
    )
    assert play(world).ends == ["Tue 4 02:59", "Tue 4 01:01"]
    assert play(world.but("2025-03-04", "2025-03-03")).ends == ["Tue 4 01:00", "Tue 4 01:01"]


def in_a_row(story: Story, name: str) -> np.ndarray:
    """How many draws of a choice lie below one half before the first that does not, by case."""
    below = np.array([story.draws(name, visit) < 0.5 for visit in range(30)])
    return np.cumprod(below, axis=0).sum(axis=0)


def test_F1_a_way_back_leads_to_an_earlier_step_again_and_again(play: Play) -> None:
    world = World(
        steps="""
        - {delay: before, time: 1 h}
        - {do: check, role: clerk, time: 0 min}
        - {return: check, share: 50 %}
        """,
        filed=("Mon 3 08:00",) * 20,
    )
    story = play(world)
    # A case checks once more for each of its draws in a row that lies below one half.
    visits = 1 + in_a_row(story, "return:check")
    assert np.bincount(story.items("check")["case"]).tolist() == visits.tolist()
    assert visits.max() > 2
    assert set(story.ends) == {"Mon 3 09:00"}
    twin = play(world.but("return: check", "return: before"))
    assert set(twin.ends) > {"Mon 3 09:00", "Mon 3 10:00"}


def test_F2_a_delay_in_working_days_counts_open_time(play: Play) -> None:
    # Half a working day is 4 open hours: 1 h on Monday, 3 h from 7:30 on Tuesday.
    world = World(steps="- {delay: wait, time: 0.5 wd}", filed=("Mon 3 16:00", "Sat 8 12:00"))
    assert play(world).ends == ["Tue 4 10:30", "Mon 10 11:30"]
    # Clock time counts always.
    assert play(world.but("0.5 wd", "4 h")).ends == ["Mon 3 20:00", "Sat 8 16:00"]


def test_F2_a_delay_counts_on_its_calendar(play: Play) -> None:
    world = World(
        steps="- {delay: wait, time: 4 h, calendar: office}", filed=("Mon 3 16:00", "Sat 8 12:00")
    )
    assert play(world).ends == ["Tue 4 10:30", "Mon 10 11:30"]
    assert play(world).minutes() == {"delay": 18 * 60 + 30}
    assert play(world.but("office", "always")).ends == ["Mon 3 20:00", "Sat 8 16:00"]


def test_F2_the_working_day_of_a_calendar_is_its_mean_open_day(play: Play) -> None:
    # The office opens 8 h a day and the desk 2 h: one working day is 2 h there, 8:00 to 10:00.
    world = World(
        steps="- {delay: wait, time: 1 wd, calendar: desk}",
        filed=("Mon 3 09:00",),
        also="calendars: {desk: {hours: {mon-fri: '08:00-10:00'}}}",
    )
    assert play(world).ends == ["Tue 4 09:00"]
    # On the office's own calendar: 2.5 h before noon, 4 h after it, 1.5 h on Tuesday.
    assert play(world.but(", calendar: desk", "")).ends == ["Tue 4 09:00"]
    assert play(world.but("1 wd", "1.5 wd")).ends == ["Tue 4 10:00"]
    assert play(world.but("1 wd, calendar: desk", "1.5 wd")).ends == ["Tue 4 14:30"]


def test_F2_days_of_unequal_length_count_by_the_usual_week(play: Play) -> None:
    # Five days of 2 h and a Saturday of 1 h: 11 h in 6 days, 110 min a day, whatever is closed.
    world = World(
        steps="- {delay: wait, time: 1 wd, calendar: desk}",
        filed=("Mon 3 08:00",),
        also="calendars: {desk: {hours: {mon-fri: '08:00-10:00', sat: '08:00-09:00'}, closed: []}}",
    )
    assert play(world).ends == ["Mon 3 09:50"]
    saturdays = ", ".join(
        f"2025-0{month}-0{day}" for month, day in ((2, 1), (2, 8), (3, 1), (3, 8))
    )
    assert play(world.but("closed: []", f"closed: [{saturdays}]")).ends == ["Mon 3 09:50"]
    assert play(world.but(", sat: '08:00-09:00'", "")).ends == ["Mon 3 10:00"]  # twin


def test_F2_the_time_of_an_applicant_is_counted_likewise(play: Play) -> None:
    world = World(steps="- {applicant: think, time: 0.5 wd}", filed=("Mon 3 16:00",))
    story = play(world)
    assert story.ends == ["Tue 4 10:30"]
    # The hours of their own are the 4 h, the time that passes is theirs in the ledger.
    assert story.cases["own_time"] == [4 * HOUR]
    assert story.minutes() == {"applicant": 18 * 60 + 30}
    assert play(world.but("0.5 wd", "4 h")).ends == ["Mon 3 20:00"]


APPOINTMENT = World(
    steps="""
    - {open: permit}
    - {delay: prepare, time: 24 h}
    - {appointment: permit}
    - {close: permit}
    """,
    also="bundles: {life: {procedures: {permit: {limit: 3 wd}}}}",
)


def test_F3_an_appointment_passes_at_the_opening_of_the_due_day(play: Play) -> None:
    # Received on Monday with 3 wd: due on Thursday.  The result is ready on Tuesday.
    assert play(APPOINTMENT).ends == ["Thu 6 07:30"]
    assert play(APPOINTMENT).minutes() == {"delay": 24 * 60, "appointment": 47 * 60 + 30}
    assert play(APPOINTMENT.but("3 wd", "2 wd")).ends == ["Wed 5 07:30"]


def test_F3_an_appointment_in_the_past_passes_at_once(play: Play) -> None:
    # 74 h after Monday 8:00 it is Thursday 10:00, after the opening; 100 h after, Friday.
    late = APPOINTMENT.but("24 h", "74 h")
    assert play(late).ends == ["Thu 6 10:00"]
    assert play(APPOINTMENT.but("24 h", "100 h")).ends == ["Fri 7 12:00"]
    assert play(late.but("3 wd", "4 wd")).ends == ["Fri 7 07:30"]


def test_F3_an_appointment_knows_the_extensions_of_its_instant_and_no_later_ones(
    play: Play,
) -> None:
    # The token comes to the appointment on Tuesday 8:00; the extension is given before, or after.
    world = World(
        steps="""
        - {open: permit}
        - together:
          - - {delay: prepare, time: 24 h}
            - {appointment: permit}
          - - {delay: doubt, time: 23 h}
            - {extend: permit, by: 2 wd}
        - {close: permit}
        """
    )
    assert play(world).ends == ["Fri 7 07:30"]
    assert play(world.but("23 h", "25 h")).ends == ["Wed 5 07:30"]


def test_F3_an_appointment_knows_the_stops_that_have_ended(play: Play) -> None:
    # Stopped on Monday and resumed on Tuesday 7:00: Tuesday counts not, due on Thursday.  A stop
    # still open at 8:00 is not known yet.
    world = World(
        steps="""
        - {open: permit}
        - together:
          - - {delay: prepare, time: 24 h}
            - {appointment: permit}
          - - {stop: permit}
            - {delay: doubt, time: 23 h}
            - {resume: permit}
        - {close: permit}
        """
    )
    assert play(world).ends == ["Thu 6 07:30"]
    assert play(world.but("23 h", "25 h")).ends == ["Wed 5 07:30"]


def test_F3_without_a_started_clock_an_appointment_passes_at_once(play: Play) -> None:
    world = World(
        steps="""
        - choose: [{if: dossier, steps: [{open: permit}]}]
        - {delay: prepare, time: 1 h}
        - {appointment: permit}
        - {close: permit}
        """,
        filed=("filed_at,office,dossier", "Mon 3 08:00,commune,no"),
        also="bundles: {life: {properties: {dossier: 50 %}}}",
    )
    assert play(world).ends == ["Mon 3 09:00"]
    assert play(world.but("commune,no", "commune,yes")).ends == ["Wed 5 07:30"]


def test_F3_without_a_limit_an_appointment_passes_at_once(play: Play) -> None:
    # The first limit is that of Tuesday: what is received on Monday has none.
    world = APPOINTMENT.but("limit: 3 wd", "limit: {2025-03-04: 3 wd}")
    world = world.but("Mon 3 08:00", "Mon 3 08:00\nTue 4 08:00")
    assert play(world).ends == ["Tue 4 08:00", "Fri 7 07:30"]
    assert play(world.but("2025-03-04", "2025-03-03")).ends == ["Thu 6 07:30", "Fri 7 07:30"]


COURIER = World(
    steps="""
    - {do: pack, role: clerk, time: 10 min}
    - {timetable: courier}
    """,
    filed=("Tue 4 14:50", "Thu 6 14:51", "Fri 7 08:00"),
    also="timetables: {courier: {departures: {tue thu: '15:00'}}}",
)


def test_F4_a_timetable_takes_what_is_ready_at_its_instant(play: Play) -> None:
    # Ready on Tuesday at 15:00 sharp: now.  Ready on Thursday at 15:01: on Tuesday.
    assert play(COURIER).ends == ["Tue 4 15:00", "Tue 11 15:00", "Tue 11 15:00"]
    assert play(COURIER).minutes(0) == {"service": 10}
    twin = play(COURIER.but("time: 10 min", "time: 11 min"))
    assert twin.ends == ["Thu 6 15:00", "Tue 11 15:00", "Tue 11 15:00"]
    assert twin.minutes(0) == {"service": 11, "timetable": 2 * 24 * 60 - 1}


def test_F4_nothing_leaves_on_a_day_off(play: Play) -> None:
    closed = World(
        steps=COURIER.steps,
        filed=("Mon 3 08:00",),
        also=f"{COURIER.also}\ncalendars: {{office: {{closed: 2025-03-04}}}}",
    )
    assert play(closed).ends == ["Thu 6 15:00"]
    assert play(closed.but("closed: 2025-03-04", "closed: 2025-03-05")).ends == ["Tue 4 15:00"]


def test_F5_a_join_passes_when_all_branches_have_come(play: Play) -> None:
    world = World(
        steps="""
        - together:
          - [{delay: short, time: 10 min}]
          - [{delay: long, time: 30 min}]
          - [{delay: middle, time: 20 min}]
        - {delay: after, time: 5 min}
        """
    )
    assert play(world).ends == ["Mon 3 08:35"]
    assert play(world.but("30 min", "15 min")).ends == ["Mon 3 08:25"]


def test_F5_branches_ask_for_people_at_the_same_time(play: Play) -> None:
    # One clerk does both branches, one after the other; two do them together.
    world = World(
        steps="""
        - together:
          - [{do: write, role: clerk, time: 10 min}]
          - [{do: copy, role: clerk, time: 30 min}]
        """,
        also="staff: {clerk: {office: commune, people: 1}}",
    )
    assert play(world).ends == ["Mon 3 08:40"]
    assert play(world.but("people: 1", "people: 2")).ends == ["Mon 3 08:30"]


def test_F6_a_choice_goes_by_a_property(play: Play) -> None:
    world = World(
        steps="""
        - choose:
          - {if: age is over_80, steps: [{delay: home, time: 30 min}]}
          - {if: not remote, steps: [{delay: near, time: 10 min}]}
        """,
        filed=(
            "filed_at,office,age,remote",
            "Mon 3 08:00,commune,over_80,yes",
            "Mon 3 08:00,commune,over_80,no",
            "Mon 3 08:00,commune,under_80,no",
            "Mon 3 08:00,commune,under_80,yes",
        ),
        also="bundles: {life: {properties: {age: {under_80: 45 %, over_80: rest}, remote: 5 %}}}",
    )
    assert play(world).minutes_to_end() == [30, 30, 10, 0]
    assert play(world.but("not remote", "remote")).minutes_to_end() == [30, 30, 0, 10]


def test_F6_a_choice_goes_by_property_and_share_together(play: Play) -> None:
    # Of those who are old, those with u below one half; of the others nobody.
    world = World(
        steps="""
        - name: visit
          choose:
          - {if: old, share: 50 %, steps: [{delay: home, time: 30 min}]}
        """,
        filed=(
            "filed_at,office,old",
            *("Mon 3 08:00,commune,yes", "Mon 3 08:00,commune,no") * 20,
        ),
        also="bundles: {life: {properties: {old: 5 %}}}",
    )
    story = play(world)
    old = np.arange(40) % 2 == 0
    taken = old & (story.draws("visit") < 0.5)
    assert story.minutes_to_end() == np.where(taken, 30, 0).tolist()
    assert 0 < taken.sum() < 20
    everybody = play(world.but("if: old, ", ""))
    assert everybody.minutes_to_end() == np.where(story.draws("visit") < 0.5, 30, 0).tolist()


def test_F6_visit_n_of_a_choice_uses_draw_n(play: Play) -> None:
    # Found incomplete again and again, each time by a new draw, each time an hour more.
    world = World(
        steps="""
        - {open: permit}
        - {delay: check, time: 0 min}
        - {incomplete: permit, share: 50 %, supplement: 1 h, back_to: check}
        - {close: permit}
        """,
        filed=("Mon 3 08:00",) * 20,
    )
    story = play(world)
    times = in_a_row(story, "incomplete:permit")
    assert story.minutes_to_end() == (60 * times).tolist()
    assert times.max() > 1
    # Without the way back only the first draw counts.
    once = play(world.but(", back_to: check", ""))
    assert once.minutes_to_end() == (60 * (times > 0)).tolist()


SUPPLEMENT = World(
    steps="""
    - {open: permit}
    - {do: receive, role: clerk, time: 10 min}
    - {incomplete: permit, share: 100 %, supplement: 3410 min, within: 2 wd, trips: 1, gives: 2}
    - {delay: after, time: 1 min}
    - {close: permit}
    """
)
"""The wait begins on Monday 8:10; the second working day after it closes on Wednesday 17:00, which
is 56 h 50 min or 3410 min later."""


def test_F7_a_supplement_at_the_last_instant_is_in_time(play: Play) -> None:
    story = play(SUPPLEMENT)
    assert story.outcomes == ["completed"]
    assert story.ends == ["Wed 5 17:01"]
    assert (story.cases["n_trips"], story.cases["n_given"]) == ([1], [2])


def test_F7_a_late_supplement_ends_the_case_as_rejected_at_the_deadline(play: Play) -> None:
    story = play(SUPPLEMENT.but("3410 min", "3411 min"))
    assert story.outcomes == ["rejected"]
    assert story.ends == ["Wed 5 17:00"]
    # The trip and the giving never came; the hours were spent.
    assert (story.cases["n_trips"], story.cases["n_given"]) == ([0], [0])
    assert story.cases["own_time"] == [3411 * HOUR // 60]
    assert story.minutes() == {"service": 10, "applicant": 3410}
    assert story.cases["working_days"] == story.dossiers["working_days"] == [-1]
    # Tuesday and Wednesday, up to the end of the case and not of the run (K1).
    assert story.cases["stopped_days"] == story.dossiers["stopped_days"] == [2]
    longer = SUPPLEMENT.but("3410 min", "3411 min").but("within: 2 wd", "within: 3 wd")
    assert play(longer).outcomes == ["completed"]
    assert play(longer).ends == ["Wed 5 17:02"]


def test_F7_another_outcome_may_be_named(play: Play) -> None:
    world = SUPPLEMENT.but("3410 min", "9 d").but("2 wd,", "2 wd, otherwise: abandoned,")
    assert play(world).outcomes == ["abandoned"]
    assert play(world.but("abandoned", "rejected")).outcomes == ["rejected"]


def test_F7_the_days_allowed_are_working_days_behind_the_first_day_of_the_wait(play: Play) -> None:
    # Begun on Friday, 2 wd end on Tuesday 17:00; begun on Saturday, on the same Tuesday.
    world = SUPPLEMENT.but("do: receive, role: clerk, time: 10 min", "delay: post, time: 10 min")
    world = world.but("3410 min", "10 d").but("Mon 3 08:00", "Fri 7 08:00\nSat 8 08:00")
    assert play(world).ends == ["Tue 11 17:00", "Tue 11 17:00"]


def test_F7_no_days_allowed_end_with_the_first_working_day_from_the_wait_on(play: Play) -> None:
    world = SUPPLEMENT.but("do: receive, role: clerk, time: 10 min", "delay: post, time: 10 min")
    world = world.but("3410 min", "10 d").but("within: 2 wd", "within: 0 wd")
    began = "Fri 7 08:00\nFri 7 18:00\nSat 8 08:00\nSun 9 23:55"
    # On Friday evening the close is past, and the token leaves at once; the weekend has none.
    ends = ["Fri 7 17:00", "Fri 7 18:10", "Mon 10 17:00", "Mon 10 17:00"]
    assert play(world.but("Mon 3 08:00", began)).ends == ends
    in_time = world.but("10 d", "2 d").but("Mon 3 08:00", "Sat 8 08:00")
    assert (play(in_time).outcomes, play(in_time).ends) == (["completed"], ["Mon 10 08:11"])


def test_F7_the_clock_stands_while_the_applicant_completes(play: Play) -> None:
    # Stopped on Monday, supplement on Wednesday 8:10 and result at once: Tuesday and Wednesday
    # do not count.
    world = SUPPLEMENT.but("3410 min", "2 d")
    story = play(world)
    assert story.dossiers["stopped_days"] == story.cases["stopped_days"] == [2]
    assert story.cases["working_days"] == [0]
    twin = play(world.but("share: 100 %", "share: 0 %"))
    assert twin.cases["stopped_days"] == [0]
    assert twin.ends == ["Mon 3 08:11"]


def test_F8_an_end_ends_the_case_at_once(play: Play) -> None:
    world = World(
        steps="""
        - {delay: before, time: 1 h}
        - choose: [{if: withdrawn, steps: [{end: withdrawn}]}]
        - {delay: after, time: 1 h}
        """,
        filed=("filed_at,office,withdrawn", "Mon 3 08:00,commune,yes"),
        also="bundles: {life: {properties: {withdrawn: 5 %}}}",
    )
    assert (play(world).ends, play(world).outcomes) == (["Mon 3 09:00"], ["withdrawn"])
    twin = play(world.but("commune,yes", "commune,no"))
    assert (twin.ends, twin.outcomes) == (["Mon 3 10:00"], ["completed"])


FORK = World(
    steps="""
    - together:
      - - {delay: residence, time: 1 d}
        - choose: [{if: refused, steps: [{end: rejected}]}]
          name: refusal
        - {delay: entry, time: 5 d}
      - - {delay: card, time: 4 d}
        - choose: [{if: withdrawn, steps: [{end: withdrawn}]}]
          name: withdrawal
      - - {do: notify, role: clerk, time: 2 h}
    - {delay: after, time: 1 h}
    """,
    filed=("filed_at,office,refused,withdrawn", "Mon 3 08:00,commune,yes,no"),
    also="bundles: {life: {properties: {refused: 5 %, withdrawn: 5 %}}}",
)
"""Refused on Tuesday 8:00; the card comes on Friday 8:00; without a refusal the entry on Sunday."""


def test_F8_an_end_inside_a_fork_waits_for_the_other_branches(play: Play) -> None:
    story = play(FORK)
    assert (story.ends, story.outcomes) == (["Fri 7 08:00"], ["rejected"])
    assert story.done("notify") == ["Mon 3 10:00"]
    twin = play(FORK.but("commune,yes,no", "commune,no,no"))
    assert (twin.ends, twin.outcomes) == (["Sun 9 09:00"], ["completed"])


def test_F8_the_first_branch_as_written_gives_the_outcome(play: Play) -> None:
    both = FORK.but("commune,yes,no", "commune,yes,yes")
    assert play(both).outcomes == ["rejected"]
    # Also when it comes later: refused on Saturday, after the withdrawal on Friday.
    later = both.but("residence, time: 1 d", "residence, time: 5 d")
    assert (play(later).ends, play(later).outcomes) == (["Sat 8 08:00"], ["rejected"])
    only = play(FORK.but("commune,yes,no", "commune,no,yes"))
    assert (only.ends, only.outcomes) == (["Sun 9 08:00"], ["withdrawn"])


def test_F8_completed_is_an_outcome_like_any_other(play: Play) -> None:
    both = FORK.but("commune,yes,no", "commune,yes,yes").but("end: rejected", "end: completed")
    story = play(both)
    assert (story.ends, story.outcomes) == (["Fri 7 08:00"], ["completed"])


def test_F8_a_late_supplement_inside_a_fork_ends_its_branch(play: Play) -> None:
    # Late on Tuesday 17:00; the other branch comes on Thursday 8:00.
    world = World(
        steps="""
        - {open: permit}
        - together:
          - - {incomplete: permit, share: 100 %, supplement: 9 d, within: 1 wd}
          - - {delay: card, time: 3 d}
        - {close: permit}
        """
    )
    story = play(world)
    assert (story.ends, story.outcomes) == (["Thu 6 08:00"], ["rejected"])
    assert story.minutes() == {"delay": 3 * 24 * 60}
    twin = play(world.but("card, time: 3 d", "card, time: 1 d"))
    assert (twin.ends, twin.outcomes) == (["Tue 4 17:00"], ["rejected"])


NESTED = World(
    steps="""
    - together:
      - - together:
          - - {name: refusal, choose: [{if: refused, steps: [{end: rejected}]}]}
          - - {delay: letter, time: 3 h}
        - {delay: behind, time: 10 h}
      - - {delay: card, time: 2 h}
        - choose: [{if: withdrawn, steps: [{end: withdrawn}]}]
          name: withdrawal
    - {delay: after, time: 1 h}
    """,
    filed=("filed_at,office,refused,withdrawn", "Mon 3 08:00,commune,yes,no"),
    also="bundles: {life: {properties: {refused: 5 %, withdrawn: 5 %}}}",
)


def test_F8_an_inner_fork_ends_the_branch_of_the_outer_one(play: Play) -> None:
    # Refused at 8:00; the letter is out at 11:00, and nothing behind the inner join is done.
    story = play(NESTED)
    assert (story.ends, story.outcomes) == (["Mon 3 11:00"], ["rejected"])
    assert story.minutes() == {"delay": 3 * 60}
    # Without the refusal: 3 h, 10 h and 1 h.
    twin = play(NESTED.but("commune,yes,no", "commune,no,no"))
    assert (twin.ends, twin.outcomes) == (["Mon 3 22:00"], ["completed"])


def test_F8_of_nested_ends_the_first_branch_of_the_outer_fork_counts(play: Play) -> None:
    both = play(NESTED.but("commune,yes,no", "commune,yes,yes"))
    assert (both.ends, both.outcomes) == (["Mon 3 11:00"], ["rejected"])
    # Without the refusal the first branch carries nothing, and comes at 21:00.
    outer = play(NESTED.but("commune,yes,no", "commune,no,yes"))
    assert (outer.ends, outer.outcomes) == (["Mon 3 21:00"], ["withdrawn"])
