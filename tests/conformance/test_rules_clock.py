# ruff: noqa: N802 - the name of a test carries the number of its rule
"""The rules of the legal clock (L1-L8), on worlds worked out by hand."""

from __future__ import annotations

import pytest
from small_worlds import Play, World

from sim.kpis import measure

PLAIN = World(
    steps="""
    - {open: permit}
    - {delay: decide, time: 24 h}
    - {close: permit}
    """
)


def test_L1_a_filing_at_the_cut_off_is_received_on_the_next_working_day(play: Play) -> None:
    # Days count from Monday the 3rd, which is day 0: Friday is 4, the next Monday 7.
    filed = "Fri 7 14:59\nFri 7 15:00\nSat 8 09:00\nMon 10 00:00"
    world = PLAIN.but("Mon 3 08:00", filed)
    assert play(world).dossiers["received_day"] == [4, 7, 7, 7]
    assert play(world).cases["received_day"] == [4, 7, 7, 7]
    later = World(steps=world.steps, filed=world.filed, also="legal_clock: {cut_off: '15:01'}")
    assert play(later).dossiers["received_day"] == [4, 4, 7, 7]


def test_L1_a_procedure_and_the_bundle_can_have_cut_offs_of_their_own(play: Play) -> None:
    world = World(
        steps=PLAIN.steps,
        filed=("Mon 3 10:30",),
        also="bundles: {life: {cut_off: '11:00', procedures: {permit: {cut_off: '10:00'}}}}",
    )
    story = play(world)
    assert (story.dossiers["received_day"], story.cases["received_day"]) == ([1], [0])
    twin = play(world.but("'11:00'", "'10:30'"))
    assert (twin.dossiers["received_day"], twin.cases["received_day"]) == ([1], [1])


LIMITED = World(
    steps="""
    - {open: permit}
    - {appointment: permit}
    - {close: permit}
    """,
    filed=("Fri 7 08:00", "Fri 7 15:00"),
    also="bundles: {life: {procedures: {permit: {limit: 2 wd}}}}",
)


def test_L2_a_limit_ends_on_the_nth_working_day_after_the_receipt(play: Play) -> None:
    # Received on Friday: due on Tuesday.  Received on Monday: due on Wednesday.
    assert play(LIMITED).ends == ["Tue 11 07:30", "Wed 12 07:30"]
    # With n = 0 it is the day of receipt itself, whose opening is past for the first.
    assert play(LIMITED.but("2 wd", "0 wd")).ends == ["Fri 7 08:00", "Mon 10 07:30"]


def test_L3_a_day_on_which_the_office_opens_at_all_is_a_working_day(play: Play) -> None:
    # One hour on Saturday counts; due on Monday instead of Tuesday.
    world = World(
        steps=LIMITED.steps,
        filed=("Fri 7 08:00",),
        also="calendars: {office: {also_open: {2025-03-08: '09:00-10:00'}}}",
    )
    assert play(world).ends == ["Mon 10 07:30"]
    assert play(world.but("2025-03-08:", "2025-03-15:")).ends == ["Tue 11 07:30"]


def test_L3_a_working_saturday_counts_and_a_closed_day_does_not(play: Play) -> None:
    # Saturday, 26 April stands in for Friday, 2 May; 30 April and 1 May are off too.
    world = World(
        steps=LIMITED.steps,
        filed=("filed_at,office", "2025-04-25 08:00,commune", "2025-04-29 08:00,commune"),
        also="""
        period: {start: 2025-04-21}
        calendars: {office: {holidays: VN}}
        """,
    )
    # Saturday and Monday; then 5 and 6 May.
    assert play(world).ends == ["Mon 28 07:30", "Tue 6 07:30"]
    assert play(world.but("VN", "none")).ends == ["Tue 29 07:30", "Thu 1 07:30"]


def test_L3_the_clock_may_count_on_a_calendar_of_its_own(play: Play) -> None:
    world = World(
        steps=LIMITED.steps,
        filed=("Fri 7 08:00",),
        also="""
        calendars: {law: {hours: {mon-sun: "00:00-24:00"}}}
        legal_clock: {calendar: law}
        calendar_of: {commune: office}
        """,
    )
    assert play(world).ends == ["Sun 9 00:00"]
    assert play(world.but("{calendar: law}", "{calendar: office}")).ends == ["Tue 11 07:30"]


STOPPED = World(
    steps="""
    - {open: permit}
    - {delay: reading, time: 24 h}
    - {stop: permit}
    - {applicant: supplement, time: 50 h}
    - {resume: permit}
    - {appointment: permit}
    - {close: permit}
    """
)
"""Received on Monday with 2 wd, stopped on Tuesday 8:00, supplement on Thursday 10:00."""


def test_L4_a_stop_takes_off_the_days_behind_it_up_to_the_supplement(play: Play) -> None:
    # Wednesday and Thursday do not count: Tuesday is the first day, Friday the second.
    story = play(STOPPED)
    assert story.ends == ["Fri 7 07:30"]
    assert story.dossiers["stopped_days"] == story.cases["stopped_days"] == [2]
    assert story.dossiers["working_days"] == [2]
    twin = play(STOPPED.but("50 h", "26 h"))
    assert twin.ends == ["Thu 6 07:30"]
    assert twin.dossiers["stopped_days"] == [1]


def test_L4_a_supplement_at_the_cut_off_is_received_on_the_next_working_day(play: Play) -> None:
    # Thursday 16:00, received on Friday, which does not count either: due on Monday.
    story = play(STOPPED.but("50 h", "56 h"))
    assert story.ends == ["Mon 10 07:30"]
    assert story.dossiers["stopped_days"] == [3]
    # 54 h 59 min are 14:59, and 55 h are 15:00.
    assert play(STOPPED.but("50 h", "54 h 59 min")).ends == ["Fri 7 07:30"]
    assert play(STOPPED.but("50 h", "55 h")).ends == ["Mon 10 07:30"]


def test_L4_days_behind_the_result_are_not_credited(play: Play) -> None:
    # Supplement on Thursday 16:00, result at once: Tuesday is the one working day.
    world = STOPPED.but("50 h", "56 h").but("    - {appointment: permit}\n", "")
    story = play(world)
    assert story.ends == ["Thu 6 16:00"]
    assert story.dossiers["working_days"] == story.cases["working_days"] == [1]
    # A result on Friday evening makes no more: Friday is the day of the supplement.
    friday = world.but("- {resume: permit}", "- {resume: permit}\n    - {delay: sign, time: 24 h}")
    assert play(friday).dossiers["working_days"] == [1]
    monday = friday.but("sign, time: 24 h", "sign, time: 96 h")
    assert play(monday).dossiers["working_days"] == [2]


def test_L4_a_stop_that_begins_before_the_receipt_takes_off_from_there(play: Play) -> None:
    # Filed on Friday 16:00, received on Monday; stopped on Friday 17:00, supplement on Tuesday
    # 10:00: Tuesday does not count.  Due on Thursday: Wednesday and Thursday.
    world = STOPPED.but("Mon 3 08:00", "Fri 7 16:00").but("24 h", "1 h").but("50 h", "89 h")
    story = play(world)
    assert story.ends == ["Thu 13 07:30"]
    assert story.dossiers["stopped_days"] == [1]
    # Filed at 14:00 it is received on Friday, and Monday is stopped too.
    twin = play(world.but("Fri 7 16:00", "Fri 7 14:00").but("89 h", "91 h"))
    assert twin.dossiers["stopped_days"] == [2]
    assert twin.ends == ["Thu 13 07:30"]


def test_L4_stops_that_follow_each_other_take_no_day_twice(play: Play) -> None:
    # Stopped on Monday 9:00, supplement on Tuesday 16:00, received on Wednesday: Tuesday and
    # Wednesday.  Stopped again on Tuesday 17:00, supplement on Thursday 10:00: Thursday only.
    world = World(
        steps="""
        - {open: permit}
        - {delay: reading, time: 1 h}
        - {stop: permit}
        - {applicant: first, time: 31 h}
        - {resume: permit}
        - {delay: again, time: 1 h}
        - {stop: permit}
        - {applicant: second, time: 41 h}
        - {resume: permit}
        - {appointment: permit}
        - {close: permit}
        """
    )
    story = play(world)
    assert story.dossiers["stopped_days"] == [3]
    # Friday is the first day, Monday the second.
    assert story.ends == ["Mon 10 07:30"]
    assert story.dossiers["working_days"] == [2]
    # With a first supplement on Tuesday 14:00 Wednesday is stopped by the second wait: the same.
    same = play(world.but("31 h", "29 h").but("again, time: 1 h", "again, time: 3 h"))
    assert same.dossiers["stopped_days"] == [3]
    # Without the second wait Wednesday is the last day off: Thursday and Friday.
    twin = play(world.but("41 h", "1 min"))
    assert twin.dossiers["stopped_days"] == [2]
    assert twin.ends == ["Fri 7 07:30"]


TWO = World(
    steps="""
    - {open: permit}
    - {open: card}
    - together:
      - - {stop: permit}
        - {applicant: permit_papers, time: 50 h}
        - {resume: permit}
      - - {delay: reading, time: 24 h}
        - {stop: card}
        - {applicant: card_papers, time: 50 h}
        - {resume: card}
    - {delay: decide, time: 22 h}
    - {close: permit}
    - {close: card}
    """
)
"""The permit is stopped from Monday 8:00 to Wednesday 10:00, the card from Tuesday 8:00 to Thursday
10:00; both results are there on Friday 8:00."""


def test_L4_the_bundle_stands_while_any_of_its_dossiers_does(play: Play) -> None:
    story = play(TWO)
    assert story.ends == ["Fri 7 08:00"]
    # Permit: Tuesday, Wednesday.  Card: Wednesday, Thursday.  Bundle: Tuesday to Thursday.
    assert story.dossiers["stopped_days"] == [2, 2]
    assert story.cases["stopped_days"] == [3]
    assert story.dossiers["working_days"] == [2, 2]
    assert story.cases["working_days"] == [1]
    # Apart from each other: Tuesday, then Thursday; Wednesday counts.
    apart = play(TWO.but("50 h", "24 h").but("reading, time: 24 h", "reading, time: 48 h"))
    assert apart.dossiers["stopped_days"] == [1, 1]
    assert apart.cases["stopped_days"] == [2]


def test_L4_a_stop_within_a_stop_counts_once(play: Play) -> None:
    # The card waits only on Tuesday, while the permit does.
    world = TWO.but("card_papers, time: 50 h", "card_papers, time: 1 h")
    story = play(world)
    assert story.dossiers["stopped_days"] == [2, 0]
    assert story.cases["stopped_days"] == [2]
    # The same clock stopped from two branches, too.
    same = TWO.but("{stop: card}", "{stop: permit}").but("{resume: card}", "{resume: permit}")
    assert play(same).dossiers["stopped_days"] == [3, 0]
    assert play(same).cases["stopped_days"] == [3]
    assert play(same).dossiers["working_days"] == [1, 4]


def test_L4_a_stop_and_a_resumption_at_one_instant_come_in_any_order(play: Play) -> None:
    # The permit's wait ends on Wednesday 8:00, when the card's begins, in either order of steps.
    world = World(
        steps="""
        - {open: permit}
        - {open: card}
        - together:
          - - {stop: permit}
            - {applicant: permit_papers, time: 48 h}
            - {resume: permit}
          - - {delay: reading, time: 48 h}
            - {stop: card}
            - {applicant: card_papers, time: 24 h}
            - {resume: card}
        - {close: permit}
        - {close: card}
        """
    )
    other = World(
        steps="""
        - {open: permit}
        - {open: card}
        - together:
          - - {delay: reading, time: 48 h}
            - {stop: card}
            - {applicant: card_papers, time: 24 h}
            - {resume: card}
          - - {stop: permit}
            - {applicant: permit_papers, time: 48 h}
            - {resume: permit}
        - {close: permit}
        - {close: card}
        """
    )
    for each in (world, other):
        story = play(each)
        assert story.dossiers["stopped_days"] == [2, 1]
        assert story.cases["stopped_days"] == [3]
    assert play(other.but("time: 24 h", "time: 1 h")).cases["stopped_days"] == [2]


def test_L5_an_extension_makes_the_limit_longer(play: Play) -> None:
    world = LIMITED.but("- {appointment", "- {extend: permit, by: 3 wd}\n    - {appointment")
    story = play(world)
    # 5 working days after Friday and after Monday.
    assert story.ends == ["Fri 14 07:30", "Mon 17 07:30"]
    assert story.dossiers["limit_days"] == [5, 5]
    assert story.cases["limit_days"] == [3, 3]
    bundle = play(world.but("extend: permit", "extend: bundle"))
    assert bundle.ends == ["Tue 11 07:30", "Wed 12 07:30"]
    assert bundle.dossiers["limit_days"] == [2, 2]
    assert bundle.cases["limit_days"] == [6, 6]


def test_L5_an_extension_of_a_clock_not_started_does_nothing(play: Play) -> None:
    world = World(
        steps="""
        - {name: at_first, choose: [{if: early, steps: [{open: permit}]}]}
        - {extend: permit, by: 3 wd}
        - {delay: wait, time: 1 h}
        - {name: later, choose: [{if: not early, steps: [{open: permit}]}]}
        - {close: permit}
        """,
        filed=("filed_at,office,early", "Mon 3 08:00,commune,no"),
        also="bundles: {life: {properties: {early: 50 %}}}",
    )
    assert play(world).dossiers["limit_days"] == [2]
    assert play(world.but("commune,no", "commune,yes")).dossiers["limit_days"] == [5]


CARRIED = World(
    steps="""
    - {open: permit}
    - {delay: decide, time: 25 h}
    - {close: permit}
    - {applicant: carry, time: 47 h, trips: 1}
    - {open: card}
    - {delay: print, time: 24 h}
    - choose: [{if: refused, steps: [{end: rejected}]}]
    - {close: card}
    """,
    filed=("filed_at,office,refused", "Mon 3 08:00,commune,no"),
    also="bundles: {life: {properties: {refused: 5 %}}}",
)
"""The permit takes from Monday 8:00 to Tuesday 9:00; carried until Thursday 8:00; the card until
Friday 8:00."""


def test_L6_a_bundle_counts_from_its_first_dossier_to_its_last_result(play: Play) -> None:
    story = play(CARRIED)
    assert story.dossiers["working_days"] == [1, 1]
    # Wednesday and Thursday, in the applicant's hands, count for the bundle.
    assert story.cases["working_days"] == [4]
    assert story.cases["received_at"] == [story.dossiers["received_at"][0]]
    assert story.cases["done_at"] == [story.dossiers["done_at"][1]]
    assert play(CARRIED.but("47 h", "1 h")).cases["working_days"] == [2]


def test_L6_a_case_that_is_not_completed_has_no_working_days_but_its_results_have(
    play: Play,
) -> None:
    story = play(CARRIED.but("commune,no", "commune,yes"))
    assert story.outcomes == ["rejected"]
    assert story.cases["working_days"] == [-1]
    assert story.dossiers["working_days"] == [1, -1]
    assert play(CARRIED).cases["working_days"] != [-1]


@pytest.mark.parametrize(
    ("time", "days"),
    [("1 h", 0), ("16 h", 1), ("3 d", 3), ("5 d", 4), ("7 d", 5)],
    ids=["on the same day", "on the next", "on Thursday", "on Saturday", "on Monday"],
)
def test_L6_working_days_are_those_after_the_receipt_up_to_the_result(
    time: str, days: int, play: Play
) -> None:
    assert play(PLAIN.but("24 h", time)).cases["working_days"] == [days]
    assert play(PLAIN.but("24 h", "9 d")).cases["working_days"] == [7]


def test_L6_working_days_are_never_below_0(play: Play) -> None:
    # Filed on Friday 16:00, received on Monday, result on Friday evening or Monday: 0.
    friday = PLAIN.but("Mon 3 08:00", "Fri 7 16:00").but("24 h", "2 h")
    assert play(friday).cases["working_days"] == [0]
    assert play(friday.but("2 h", "64 h")).cases["working_days"] == [0]
    assert play(friday.but("2 h", "88 h")).cases["working_days"] == [1]


def test_L6_on_time_is_within_the_limit_with_extensions(play: Play) -> None:
    # The bundle's limit is 3 wd: results on Thursday and on Friday, so one of two is in time.
    world = World(
        steps="""
        - {open: permit}
        - choose: [{if: long, steps: [{delay: more, time: 1 d}]}]
        - {delay: decide, time: 3 d}
        - {close: permit}
        """,
        filed=("filed_at,office,long", "Mon 3 08:00,commune,no", "Mon 3 08:00,commune,yes"),
        also="bundles: {life: {properties: {long: 50 %}}}",
    )

    def on_time(world: World) -> dict[str, float]:
        story = play(world)
        found = measure(story.model, story.run)
        return {each.group: each.value for each in found if each.kpi == "on_time_share"}

    assert play(world).cases["working_days"] == [3, 4]
    assert set(on_time(world).values()) == {0.5}
    extended = world.but("[{delay: more", "[{extend: bundle, by: 1 wd}, {delay: more")
    assert set(on_time(extended).values()) == {1.0}


def test_L7_the_limit_in_force_on_the_day_of_receipt_holds(play: Play) -> None:
    # From Wednesday on 2 wd.  Filed on Tuesday at 14:59 it is 5 wd: Tuesday the 11th; at 15:00
    # it is received on Wednesday: due on Friday.
    world = LIMITED.but("limit: 2 wd", "limit: {2020-01-01: 5 wd, 2025-03-05: 2 wd}")
    world = world.but("Fri 7 08:00", "Tue 4 14:59").but("Fri 7 15:00", "Tue 4 15:00")
    story = play(world)
    assert story.dossiers["limit_days"] == [5, 2]
    assert story.ends == ["Tue 11 07:30", "Fri 7 07:30"]
    assert play(world.but("2025-03-05:", "2025-03-06:")).dossiers["limit_days"] == [5, 5]


def test_L7_a_limit_of_the_regime_goes_before_that_of_the_procedure(play: Play) -> None:
    world = World(
        steps=PLAIN.steps,
        also="bundles: {life: {regimes: {now: {limits: {permit: 4 wd, bundle: 6 wd}}}}}",
    )
    story = play(world)
    assert (story.dossiers["limit_days"], story.cases["limit_days"]) == ([4], [6])
    twin = play(world.but("{permit: 4 wd, bundle: 6 wd}", "{card: 4 wd}"))
    assert (twin.dossiers["limit_days"], twin.cases["limit_days"]) == ([2], [3])


def test_L7_without_a_limit_there_is_none(play: Play) -> None:
    world = World(steps=PLAIN.steps, also="bundles: {life: {limit: none}}")
    assert play(world).cases["limit_days"] == [-1]
    assert play(world.but("limit: none", "limit: 1 wd")).cases["limit_days"] == [1]


def test_L8_a_later_start_changes_nothing_and_the_last_result_counts(play: Play) -> None:
    # Opened on Monday, closed on Tuesday, opened again on Wednesday, closed on Thursday.
    world = World(
        steps="""
        - {open: permit}
        - {delay: decide, time: 24 h}
        - {close: permit}
        - {delay: doubt, time: 24 h}
        - {open: permit, name: again}
        - {delay: correct, time: 24 h}
        - {close: permit, name: at_last}
        """
    )
    story = play(world)
    assert story.dossiers["received_day"] == story.cases["received_day"] == [0]
    assert story.dossiers["working_days"] == story.cases["working_days"] == [3]
    other = play(world.but("{close: permit, name: at_last}", "{end: rejected}"))
    assert other.dossiers["working_days"] == [1]
    card = world.but("open: permit, name: again", "open: card")
    card = card.but("close: permit, name: at_last", "close: card")
    assert play(card).dossiers["received_day"] == [0, 2]
    assert play(card).dossiers["working_days"] == [1, 1]


def test_L8_a_way_back_past_the_opening_starts_no_new_clock(play: Play) -> None:
    world = World(
        steps="""
        - {open: permit}
        - {delay: decide, time: 24 h}
        - {close: permit}
        - {return: open:permit, share: 50 %}
        """,
        filed=("Mon 3 08:00",) * 10,
    )
    story = play(world)
    # A case that goes round k times has its result on day k, counted from the first receipt.
    visits = [round(minutes / 1440) for minutes in story.minutes_to_end()]
    assert set(visits) > {1, 2}
    assert story.cases["received_day"] == [0] * 10
    working = [min(days, 4) if days < 7 else days - 2 for days in visits]
    assert story.cases["working_days"] == working
    assert play(world.but("share: 50 %", "share: 0 %")).cases["working_days"] == [1] * 10
