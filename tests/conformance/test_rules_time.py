# ruff: noqa: N802 - the name of a test carries the number of its rule
"""The rules of time (T1-T4) and of chance (R1-R4), on worlds worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import lognorm
from small_worlds import SEED, Play, Story, World

from sim.engines.protocol import prepare
from sim.streams import STREAM_BITS, name_key, philox4x32
from sim.units import DAY, HOUR, MINUTE

MANY = ("Mon 3 08:00",) * 40
"""Forty cases at one instant, where a rule is about chance."""


def test_T1_a_time_is_rounded_once_and_half_to_even(play: Play) -> None:
    # 0.5 µs is 0 and 2.5 µs is 2; rounding halves up, or the sum of 3 µs, would be 1 + 3 or 3.
    world = World(
        steps="""
        - {delay: half, time: 0.0000005 s}
        - {delay: more, time: 0.0000025 s}
        """
    )
    assert play(world).ends == ["Mon 3 08:00:00.000002"]
    # 1.5 µs is 2.
    assert play(world.but("0.0000005", "0.0000015")).ends == ["Mon 3 08:00:00.000004"]


def test_T1_a_drawn_time_below_nothing_is_nothing(play: Play) -> None:
    # A third or more of the draws lie below 0: those with the lowest u.
    world = World(steps="- {delay: wait, time: 'normal(mean 10 min, sd 30 min)'}", filed=MANY)
    story = play(world)
    time = np.array(story.minutes_to_end())
    low = story.draws("wait") < story.draws("wait")[time > 0].min()
    assert low.any()
    assert (time[low] == 0).all()
    assert (time >= 0).all()
    twin = play(world.but("mean 10 min, sd 30 min", "mean 60 min, sd 1 min"))
    assert (np.array(twin.minutes_to_end()) > 0).all()


def test_T1_what_would_happen_at_the_horizon_does_not_happen(play: Play) -> None:
    # The run covers one week: it ends before Monday the 10th, 0:00.  So the second is no case.
    world = World(
        steps="- {delay: wait, time: 60 min}",
        filed=("Sun 9 23:00", "Mon 10 00:00"),
        also="period: {length: 1 week, run_out: 0 weeks}",
    )
    assert play(world).ends == ["not yet"]
    assert play(world.but("60 min", "59 min")).ends == ["Sun 9 23:59"]


def test_T2_at_closing_sharp_the_office_is_closed(play: Play) -> None:
    # The work of the first ends at 11:30; the second, ready since 11:20, waits for the afternoon.
    world = World(
        steps="- {do: receive, role: clerk, time: 10 min}", filed=("Mon 3 11:20", "Mon 3 11:20")
    )
    assert play(world).begun("receive") == ["Mon 3 11:20", "Mon 3 13:00"]
    twin = play(world.but("time: 10 min", "time: 9 min"))
    # One minute is left: 11:29 to 11:30, then 13:00 to 13:08.
    assert twin.begun("receive") == ["Mon 3 11:20", "Mon 3 11:29"]
    assert twin.done("receive") == ["Mon 3 11:29", "Mon 3 13:08"]


def test_T2_at_the_opening_sharp_the_office_is_open(play: Play) -> None:
    world = World(steps="- {do: receive, role: clerk, time: 10 min}", filed=("Mon 3 13:00",))
    assert play(world).minutes() == {"service": 10}
    assert play(world.but("Mon 3 13:00", "Mon 3 12:59")).minutes() == {"service": 10, "closed": 1}


def test_T2_work_ends_after_its_open_time(play: Play) -> None:
    # On Friday 16:00 one hour is left; the second hour is 7:30 to 8:30 on Monday.
    world = World(steps="- {do: receive, role: clerk, time: 2 h}", filed=("Fri 7 16:00",))
    assert play(world).ends == ["Mon 10 08:30"]
    assert play(world.but("2 h", "1 h")).ends == ["Fri 7 17:00"]


def test_T2_dated_closures_and_openings_change_the_hours(play: Play) -> None:
    # Tuesday is closed, Wednesday opens at 9:00, and Sunday has two hours in the evening.
    world = World(
        steps="- {do: receive, role: clerk, time: 1 h}",
        filed=("Tue 4 08:00", "Fri 7 16:30"),
        also="""
        calendars:
          office:
            closed: [2025-03-04, {from: 2025-03-05 07:00, to: 2025-03-05 09:00}]
            also_open: {2025-03-09: "18:00-20:00"}
        """,
    )
    assert play(world).ends == ["Wed 5 10:00", "Sun 9 18:30"]
    assert play(world.but("2025-03-09:", "2025-03-16:")).ends == ["Wed 5 10:00", "Mon 10 08:00"]
    assert play(world.but("[2025-03-04, ", "[")).ends == ["Tue 4 09:00", "Sun 9 18:30"]


def test_T2_a_working_saturday_has_the_hours_of_monday(play: Play) -> None:
    # Saturday, 26 April 2025 stands in for Friday, 2 May.
    world = World(
        steps="- {do: receive, role: clerk, time: 30 min}",
        filed=("filed_at,office", "2025-04-26 06:00,commune", "2025-05-02 08:00,commune"),
        also="""
        period: {start: 2025-04-21}
        calendars:
          hall: {hours: {mon: "09:00-10:00", tue-fri: "07:30-11:30"}, holidays: VN}
        calendar_of: {commune: hall}
        """,
    )
    # Friday, 2 May is off: Monday, 5 May.
    assert play(world).ends == ["Sat 26 09:30", "Mon 5 09:30"]
    assert play(world.but("holidays: VN", "holidays: none")).ends == ["Mon 28 09:30", "Fri 2 08:30"]
    # With Saturday in the week it has its own hours.
    own = world.but('tue-fri: "07:30-11:30"', 'tue-fri: "07:30-11:30", sat: "10:00-11:00"')
    assert play(own).ends == ["Sat 26 10:30", "Sat 3 10:30"]


def test_T3_work_pauses_at_closing_or_is_finished(play: Play) -> None:
    # 20 min begun at 11:20: 10 min before noon, 10 min from 13:00 on.
    world = World(
        steps="- {do: receive, role: clerk, time: 20 min, at_closing: pause}",
        filed=("Mon 3 11:20",),
    )
    story = play(world)
    assert story.ends == ["Mon 3 13:10"]
    assert story.staff["overtime"] == [0]
    twin = play(world.but("pause", "finish"))
    assert twin.ends == ["Mon 3 11:40"]
    assert twin.staff["overtime"] == [10 * MINUTE]
    assert twin.staff["busy_time"] == [10 * MINUTE]


def test_T3_work_to_be_finished_is_begun_only_on_shift(play: Play) -> None:
    # The first is done at 17:10 in overtime.  The second waits since 16:55, the third since 17:05,
    # and nobody begins them that evening.
    world = World(
        steps="- {do: receive, role: clerk, time: 20 min, at_closing: finish}",
        filed=("Mon 3 16:50", "Mon 3 16:55", "Mon 3 17:05"),
    )
    assert play(world).begun("receive") == ["Mon 3 16:50", "Tue 4 07:30", "Tue 4 07:50"]
    twin = play(world.but("20 min", "9 min"))
    assert twin.begun("receive") == ["Mon 3 16:50", "Mon 3 16:59", "Tue 4 07:30"]
    assert twin.ends[1] == "Mon 3 17:08"


def test_T4_work_stands_still_while_a_system_is_down(play: Play) -> None:
    # 8:50 to 9:00, then 10:00 to 10:10.
    world = World(
        steps="- {do: receive, role: clerk, time: 20 min, needs: portal}",
        filed=("Mon 3 08:50",),
        also="systems: {portal: {planned: [{from: 2025-03-03 09:00, to: 2025-03-03 10:00}]}}",
    )
    assert play(world).ends == ["Mon 3 10:10"]
    assert play(world).minutes() == {"service": 20, "outage": 60}
    assert play(world.but(", needs: portal", "")).ends == ["Mon 3 09:10"]


def test_T4_work_begun_while_a_system_is_down_keeps_its_person(play: Play) -> None:
    # Taken at 9:30 by the clerk, who sits before it until 10:00; the second begins at 10:20.
    world = World(
        steps="""
        - choose:
          - {if: digital, steps: [{do: type, role: clerk, time: 20 min, needs: portal}]}
          - rest: [{do: write, role: clerk, time: 5 min}]
        """,
        filed=("filed_at,office,digital", "Mon 3 09:30,commune,yes", "Mon 3 09:35,commune,no"),
        also="""
        systems: {portal: {planned: [{from: 2025-03-03 09:00, to: 2025-03-03 10:00}]}}
        bundles: {life: {properties: {digital: 50 %}}}
        """,
    )
    story = play(world)
    assert story.begun("type") == ["Mon 3 09:30"]
    assert story.ends == ["Mon 3 10:20", "Mon 3 10:25"]
    assert play(world.but("10:00}", "09:30}")).ends == ["Mon 3 09:50", "Mon 3 09:55"]


def test_T4_an_outage_at_closing_holds_up_overtime_only(play: Play) -> None:
    # Begun at 11:20.  Finished: 10 min until 11:30, down until 12:00, 10 min more.  Paused: the
    # clerk is off until 13:00 anyhow.
    world = World(
        steps="- {do: receive, role: clerk, time: 20 min, needs: portal, at_closing: finish}",
        filed=("Mon 3 11:20",),
        also="systems: {portal: {planned: [{from: 2025-03-03 11:30, to: 2025-03-03 12:00}]}}",
    )
    assert play(world).ends == ["Mon 3 12:10"]
    assert play(world).minutes() == {"service": 20, "outage": 30}
    twin = play(world.but("finish", "pause"))
    assert twin.ends == ["Mon 3 13:10"]
    assert twin.minutes() == {"service": 20, "closed": 90}


def test_T4_an_outage_over_noon_counts_on_shift_and_the_rest_is_closed(play: Play) -> None:
    # Begun 10:40, down 10:50 to 13:30: 40 min before noon and 30 min after it on shift.
    world = World(
        steps="- {do: receive, role: clerk, time: 20 min, needs: portal}",
        filed=("Mon 3 10:40",),
        also="systems: {portal: {planned: [{from: 2025-03-03 10:50, to: 2025-03-03 13:30}]}}",
    )
    assert play(world).ends == ["Mon 3 13:40"]
    assert play(world).minutes() == {"service": 20, "outage": 70, "closed": 90}
    twin = play(world.but("13:30}", "13:00}"))
    assert twin.minutes() == {"service": 20, "outage": 40, "closed": 90}


def test_T4_a_transfer_needs_all_its_systems(play: Play) -> None:
    # Begun at 19:50 at night: 10 min, down 20:00-21:00, up 30 min, down 21:30-22:00, 20 min more.
    world = World(
        steps="- {transfer: send, over: [portal, link], time: 1 h}",
        filed=("Mon 3 19:50",),
        also="""
        systems:
          portal: {planned: [{from: 2025-03-03 20:00, to: 2025-03-03 21:00}]}
          link: {planned: [{from: 2025-03-03 21:30, to: 2025-03-03 22:00}]}
        """,
    )
    assert play(world).ends == ["Mon 3 22:20"]
    assert play(world).minutes() == {"transfer": 60, "outage": 90}
    assert play(world.but("[portal, link]", "link")).ends == ["Mon 3 20:50"]


def test_T4_up_times_and_outages_follow_each_other_up_first(play: Play) -> None:
    # Up for about a minute, down for 100 min.  At instant 0 it is up (a microsecond of sending
    # misses that with a chance below 1e-7); later whole outages of 100 min are in the way.
    world = World(
        steps="- {transfer: send, over: portal, time: 0.000001 s}",
        filed=("Mon 3 00:00",),
        also="systems: {portal: {up: 1 %, outage: 100 min}}",
    )
    assert play(world).ends == ["Mon 3 00:00:00.000001"]
    long = play(world.but("0.000001 s", "10 min")).minutes()
    assert long["transfer"] == 10
    assert long["outage"] >= 100
    assert long["outage"] % 100 == 0
    twin = play(world.but("outage: 100 min", "outage: 99 min").but("0.000001 s", "10 min"))
    assert twin.minutes()["outage"] % 99 == 0


TWICE = World(
    steps="""
    - {delay: first, time: "discrete(10 min 50 %, 20 min 50 %)"}
    - {return: first, share: 50 %}
    """,
    filed=MANY,
)


def minutes_by_draws(story: Story, names: tuple[str, str]) -> list[float]:
    """What the draws of the delay and of the way back add up to, for each case."""
    wait, back = names
    total = np.zeros(len(MANY))
    here = np.ones(len(MANY), bool)
    visit = 0
    while here.any():
        total[here] += np.where(story.draws(wait, visit) < 0.5, 10, 20)[here]
        here = here & (story.draws(back, visit) < 0.5)
        visit += 1
    return total.tolist()


def test_R1_a_draw_belongs_to_its_case_its_name_and_its_visit(play: Play) -> None:
    story = play(TWICE)
    assert story.minutes_to_end() == minutes_by_draws(story, ("first", "return:first"))
    assert len(set(story.minutes_to_end())) > 2
    renamed = play(TWICE.but("delay: first", "delay: other").but("return: first", "return: other"))
    assert renamed.minutes_to_end() == minutes_by_draws(renamed, ("other", "return:other"))
    assert renamed.minutes_to_end() != story.minutes_to_end()


def test_R1_another_step_or_more_staff_leaves_the_other_draws_as_they_were(play: Play) -> None:
    story = play(TWICE)
    longer = play(
        TWICE.but(
            "- {delay: first,",
            "- {delay: before, time: 'discrete(0 min 50 %, 60 min 50 %)'}\n    - {delay: first,",
        )
    )
    staffed = play(
        World(steps=TWICE.steps, filed=MANY, also="staff: {clerk: {office: commune, people: 7}}")
    )
    before = np.where(longer.draws("before") < 0.5, 0, 60)
    assert before.any()
    assert (np.array(longer.minutes_to_end()) - before).tolist() == story.minutes_to_end()
    assert staffed.minutes_to_end() == story.minutes_to_end()
    assert longer.minutes_to_end() != story.minutes_to_end()


def test_R1_steps_of_one_name_in_two_regimes_share_their_draws(play: Play) -> None:
    world = World(
        steps="- {delay: wait, time: 'discrete(10 min 50 %, 20 min 50 %)'}",
        filed=MANY,
        also="""
        bundles:
          life:
            regime: now
            regimes:
              then:
                paper:
                  - {delay: before, time: 1 h}
                  - {delay: wait, time: "discrete(10 min 50 %, 20 min 50 %)"}
        """,
    )
    now = play(world).minutes_to_end()
    then = play(world.but("regime: now", "regime: then")).minutes_to_end()
    assert then == [time + 60 for time in now]
    other = world.but("regime: now", "regime: then").but("{delay: wait", "{delay: other")
    assert play(other).minutes_to_end() != then


def test_R1_effort_has_a_draw_of_its_own(play: Play) -> None:
    world = World(
        steps="""
        - applicant: fill
          time: discrete(10 min 50 %, 20 min 50 %)
          effort: discrete(10 min 50 %, 20 min 50 %)
        """,
        filed=MANY,
    )
    story = play(world)
    own = [time / MINUTE for time in story.cases["own_time"]]
    assert story.minutes_to_end() == np.where(story.draws("fill") < 0.5, 10, 20).tolist()
    assert own == np.where(story.draws("fill:effort") < 0.5, 10, 20).tolist()
    assert own != story.minutes_to_end()


CHOICE = World(
    steps="""
    - name: way
      choose:
      - {share: 30 %, steps: [{delay: short, time: 10 min}]}
      - {share: 50 %, steps: [{delay: long, time: 20 min}]}
    """,
    filed=MANY,
)


def test_R2_a_choice_takes_the_first_option_whose_summed_share_exceeds_its_draw(play: Play) -> None:
    story = play(CHOICE)
    draws = story.draws("way")
    assert story.minutes_to_end() == np.select([draws < 0.3, draws < 0.8], [10, 20], 0).tolist()
    assert set(story.minutes_to_end()) == {0, 10, 20}


def test_R2_a_larger_share_moves_only_the_cases_at_the_margin(play: Play) -> None:
    before = play(CHOICE)
    after = play(CHOICE.but("30 %", "50 %"))
    draws = before.draws("way")
    moved = np.array(before.minutes_to_end()) != np.array(after.minutes_to_end())
    # 0.3 to 0.5: now short instead of long; 0.8 to 1: now long instead of neither.
    assert moved.any()
    assert (moved == (((draws >= 0.3) & (draws < 0.5)) | (draws >= 0.8))).all()
    assert play(CHOICE.but("name: way", "name: other")).ends != before.ends


def test_R2_an_option_whose_condition_does_not_hold_is_passed_over(play: Play) -> None:
    # For those who are not entitled the first 50 % belong to the second option.
    world = World(
        steps="""
        - name: way
          choose:
          - {share: 30 %, if: entitled, steps: [{delay: short, time: 10 min}]}
          - {share: 50 %, steps: [{delay: long, time: 20 min}]}
          - rest: [{delay: rest, time: 30 min}]
        """,
        filed=("filed_at,office,entitled", *("Mon 3 08:00,commune,no",) * 40),
        also="bundles: {life: {properties: {entitled: 50 %}}}",
    )
    story = play(world)
    assert story.minutes_to_end() == np.where(story.draws("way") < 0.5, 20, 30).tolist()
    twin = play(world.but("commune,no", "commune,yes"))
    draws = twin.draws("way")
    assert twin.minutes_to_end() == np.select([draws < 0.3, draws < 0.8], [10, 20], 30).tolist()


def test_R3_philox_gives_its_published_answer_and_no_other() -> None:
    # Random123, kat_vectors: the digits of pi.
    pi = [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344]
    key = (0xA4093822, 0x299F31D0)
    answer = [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]
    assert philox4x32(np.array(pi, np.uint32), key).tolist() == answer
    assert philox4x32(np.array(pi, np.uint32), (key[0], key[1] + 1)).tolist() != answer


def test_R3_a_draw_becomes_a_time_through_the_quantile_function(play: Play) -> None:
    # Lognormal with mean 20 min and cv 1: sigma**2 = ln 2, and the median is 20 min / sqrt(2).
    world = World(steps="- {delay: wait, time: 'lognormal(mean 20 min, cv 1)'}", filed=MANY)
    story = play(world)
    closed_form = lognorm.ppf(story.draws("wait"), np.sqrt(np.log(2)), scale=20 / np.sqrt(2))
    np.testing.assert_allclose(story.minutes_to_end(), closed_form, rtol=1e-4)
    twin = play(world.but("mean 20 min", "mean 21 min"))
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(twin.minutes_to_end(), closed_form, rtol=1e-4)


def test_R4_equal_arrivals_are_numbered_by_the_key_of_their_home(play: Play) -> None:
    homes = ("dong", "chau", "binh", "an")
    world = World(
        steps="- {delay: wait, time: 10 min}",
        filed=("filed_at,office", *(f"Mon 3 08:00,{home}" for home in homes), "Mon 3 07:59,dong"),
        also="offices: {dong: {}, chau: {}, binh: {}, an: {}}",
    )
    story = play(world)
    by_key = sorted(homes, key=lambda home: name_key(f"life/{home}", STREAM_BITS))
    found = [story.model.offices[home].name for home in story.cases["home"]]
    assert found == ["dong", *by_key]
    assert by_key != list(homes)
    # What comes first has the lower number, whatever its key.
    twin = play(world.but("08:00,an", "07:58,an"))
    assert [twin.model.offices[home].name for home in twin.cases["home"]][:2] == ["an", "dong"]


def test_R4_more_demand_adds_cases_and_leaves_the_others_as_they_were(play: Play) -> None:
    world = World(
        steps="- {delay: wait, time: 'discrete(10 min 50 %, 20 min 50 %)'}",
        also="bundles: {day: {demand: {a_year: 400}, regimes: {now: {paper: [{delay: stay, time:"
        " 'discrete(1 min 50 %, 2 min 50 %)'}]}}}}",
    )

    def cases_of(world: World) -> set[tuple[int, int]]:
        cases = play(world).cases
        return set(zip(cases["arrives_at"], cases["ended_at"], strict=True))

    some, more = cases_of(world), cases_of(world.but("a_year: 400", "a_year: 600"))
    assert 20 < len(some) < len(more)
    assert some < more
    assert not some < cases_of(world.but("day:", "night:").but("a_year: 400", "a_year: 600"))


BACKLOG = World(
    steps="""
    - {open: permit}
    - {do: receive, role: clerk, time: 10 min}
    - {close: permit}
    - {open: card}
    - {do: issue, role: clerk, time: 20 min}
    - {appointment: card}
    - {close: card}
    """,
    filed=("Mon 3 07:30",),
    also="backlog: backlog.csv",
    files={
        "backlog.csv": """
        bundle,office,step,received_on
        life,commune,receive,2025-02-27
        life,commune,issue,2025-02-28
        """.replace(" ", "")
    },
)


def test_R4_a_case_of_the_backlog_stands_at_its_step_from_the_first_instant(play: Play) -> None:
    # All are there at 7:30; the backlog came first.  Receive 0 7:30-7:40, issue 1 7:40-8:00,
    # receive 2 8:00-8:10, issue 0, ready 7:40: 8:10-8:30, issue 2 8:30-8:50.
    story = play(BACKLOG)
    numbers = story.cases["arrives_at"]
    assert numbers == [0, 0, 7 * HOUR + 30 * MINUTE]
    assert story.begun("receive") == ["Mon 3 07:30", "Mon 3 08:00"]
    assert story.items("receive")["case"] == [0, 2]
    assert sorted(story.begun("issue")) == ["Mon 3 07:40", "Mon 3 08:10", "Mon 3 08:30"]
    # Received on Friday with 2 wd, the card of case 1 is due on Tuesday; those of the others are
    # received on Monday and due on Wednesday.
    assert story.ends == ["Wed 5 07:30", "Tue 4 07:30", "Wed 5 07:30"]
    twin = play(BACKLOG.but("issue,2025-02-28", "issue,2025-02-27"))
    assert twin.ends == ["Wed 5 07:30", "Mon 3 08:00", "Wed 5 07:30"]


def test_R4_the_clocks_that_a_way_opened_and_not_closed_run_since_the_receipt(play: Play) -> None:
    story = play(BACKLOG)
    procedures = [story.model.procedures[index].name for index in story.dossiers["procedure"]]
    # The permit of case 1 was closed before: only its card runs.
    rows = list(zip(story.dossiers["case"], procedures, strict=True))
    assert rows == [(0, "permit"), (0, "card"), (1, "card"), (2, "permit"), (2, "card")]
    assert story.dossiers["received_at"][0] == -4 * DAY
    assert story.dossiers["received_day"] == [-4, 0, -3, 0, 0]
    # Permit 0: Friday and Monday; card 1: Monday and Tuesday; the others by Wednesday.
    assert story.dossiers["working_days"] == [2, 2, 2, 0, 2]
    assert story.cases["working_days"] == [4, 2, 2]
    # Standing at the card, case 0 has it since Thursday: Friday and Monday, and no permit.
    twin = play(BACKLOG.but("receive,2025-02-27", "issue,2025-02-27"))
    assert twin.dossiers["case"] == [0, 1, 2, 2]
    assert twin.cases["working_days"] == [2, 2, 2]


def test_R4_a_case_of_the_backlog_is_in_the_regime_of_its_day_of_receipt(play: Play) -> None:
    world = World(
        steps="- {delay: wait, time: 10 min}",
        filed=("Mon 3 00:00",),
        also="""
        backlog: backlog.csv
        bundles:
          life:
            regime: dated
            regimes:
              now: {from: 2025-03-01}
              before: {from: 2020-01-01, paper: [{delay: wait, time: 60 min}]}
        """,
        files={
            "backlog.csv": "bundle,office,step,received_on\n"
            "life,commune,wait,2025-02-28\nlife,commune,wait,2025-03-01\n"
        },
    )
    # By number in the backlog's stream, which may come before or behind that of the log.
    assert sorted(play(world).ends) == ["Mon 3 00:10", "Mon 3 00:10", "Mon 3 01:00"]
    twin = play(world.but("now: {from: 2025-03-01}", "now: {from: 2025-02-28}"))
    assert sorted(twin.ends) == ["Mon 3 00:10"] * 3


def test_R4_the_table_of_cases_is_drawn_before_the_run(play: Play) -> None:
    world = World(
        steps="- {do: receive, role: clerk, time: 10 min}",
        also="bundles: {life: {demand: {log: filings.csv}}, day: {demand: {a_year: 800},"
        " regimes: {now: {paper: [{do: serve, role: clerk, time: 30 min}]}}}}",
    )
    story = play(world)
    table = prepare(story.model, seed=SEED, replication=0).cases
    assert story.cases["arrives_at"] == table.arrives_at.tolist()
    assert story.cases["arrives_at"] == sorted(story.cases["arrives_at"])
    other = prepare(story.model, seed=SEED, replication=1).cases
    assert story.cases["arrives_at"] != other.arrives_at.tolist()
