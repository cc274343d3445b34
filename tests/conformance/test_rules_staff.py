# ruff: noqa: N802 - the name of a test carries the number of its rule
"""The rules of who does the work (S1-S8), on worlds worked out by hand."""

from __future__ import annotations

from small_worlds import Play, World

from sim.units import MINUTE


def test_S1_work_waits_at_the_office_of_the_case_on_the_level_of_the_role(play: Play) -> None:
    # An and Binh belong to Dong, Chau to Tay.  Each commune has a clerk, each district a police.
    world = World(
        steps="""
        - {do: receive, role: clerk, time: 10 min}
        - {do: stamp, role: police, time: 20 min}
        """,
        filed=("filed_at,office", "Mon 3 08:00,an", "Mon 3 08:01,binh", "Mon 3 08:02,chau"),
        also="""
        levels: [district, commune]
        offices:
          dong: {level: district}
          tay: {level: district}
          an: {parent: dong}
          binh: {parent: dong}
          chau: {parent: tay}
        staff:
          clerk: {office: commune, people: 1}
          police: {office: district, people: 1}
        """,
    )
    story = play(world)
    assert story.by("receive") == ["an/clerk/1", "binh/clerk/1", "chau/clerk/1"]
    assert story.by("stamp") == ["dong/police/1", "dong/police/1", "tay/police/1"]
    # The second waits for the police of Dong.
    assert story.ends == ["Mon 3 08:30", "Mon 3 08:50", "Mon 3 08:32"]
    twin = play(world.but("binh: {parent: dong}", "binh: {parent: tay}"))
    assert twin.by("stamp") == ["dong/police/1", "tay/police/1", "tay/police/1"]
    assert twin.ends == ["Mon 3 08:30", "Mon 3 08:31", "Mon 3 08:51"]


URGENT = """
- choose:
  - {if: urgent, steps: [{do: hurry, role: clerk, time: 10 min, priority: 1}]}
  - rest: [{do: receive, role: clerk, time: 10 min}]
"""
URGENCY = "bundles: {life: {properties: {urgent: 5 %}}}"


def test_S2_all_tokens_move_before_work_is_given_out(play: Play) -> None:
    # At 8:10 the clerk is done with case 0, case 1 has waited since 8:05, and case 2 comes.
    world = World(
        steps=URGENT,
        filed=(
            "filed_at,office,urgent",
            "Mon 3 08:00,commune,no",
            "Mon 3 08:05,commune,no",
            "Mon 3 08:10,commune,yes",
        ),
        also=URGENCY,
    )
    assert play(world).ends == ["Mon 3 08:10", "Mon 3 08:30", "Mon 3 08:20"]
    assert play(world.but("Mon 3 08:10", "Mon 3 08:11")).ends[1:] == ["Mon 3 08:20", "Mon 3 08:30"]


def test_S2_simultaneous_arrivals_are_all_there_before_the_first_is_taken(play: Play) -> None:
    world = World(
        steps=URGENT,
        filed=("filed_at,office,urgent", "Mon 3 08:00,commune,no", "Mon 3 08:00,commune,yes"),
        also=URGENCY,
    )
    assert play(world).ends == ["Mon 3 08:20", "Mon 3 08:10"]
    assert play(world.but("priority: 1", "priority: 0")).ends == ["Mon 3 08:10", "Mon 3 08:20"]


def test_S2_a_token_that_passes_a_join_at_the_instant_is_there_too(play: Play) -> None:
    # At 8:10 the clerk is done with case 0; case 2 has waited, and case 1 comes from its join.
    world = World(
        steps="""
        - choose:
          - if: urgent
            steps:
              - together: [[{delay: one, time: 10 min}], [{delay: other, time: 10 min}]]
              - {do: hurry, role: clerk, time: 10 min, priority: 1}
          - rest: [{do: receive, role: clerk, time: 10 min}]
        """,
        filed=(
            "filed_at,office,urgent",
            "Mon 3 08:00,commune,no",
            "Mon 3 08:00,commune,yes",
            "Mon 3 08:05,commune,no",
        ),
        also=URGENCY,
    )
    assert play(world).ends == ["Mon 3 08:10", "Mon 3 08:20", "Mon 3 08:30"]
    twin = play(world.but("other, time: 10 min", "other, time: 11 min"))
    assert twin.ends == ["Mon 3 08:10", "Mon 3 08:30", "Mon 3 08:20"]


def test_S2_an_item_of_length_0_ends_at_once_and_its_token_moves_on(play: Play) -> None:
    # Each goes through three hands at the instant at which it comes.
    world = World(
        steps="""
        - {do: look, role: clerk, time: 0 min}
        - {do: nod, role: clerk, time: 0 min}
        - {do: write, role: clerk, time: 0 min}
        """,
        filed=("Mon 3 08:00", "Mon 3 08:00", "Mon 3 12:00"),
    )
    story = play(world)
    assert story.ends == ["Mon 3 08:00", "Mon 3 08:00", "Mon 3 13:00"]
    assert story.staff["n_items"] == [9]
    assert story.staff["busy_time"] == [0]
    twin = play(world.but("nod, role: clerk, time: 0 min", "nod, role: clerk, time: 1 min"))
    assert twin.ends == ["Mon 3 08:01", "Mon 3 08:02", "Mon 3 13:01"]


def test_S2_what_a_zero_item_leads_to_waits_for_the_next_giving_out(play: Play) -> None:
    # At 8:00 look 0 begins and ends at once.  Then sign 0 and look 1 wait: the lower case first.
    world = World(
        steps="""
        - {do: look, role: clerk, time: 0 min, priority: 0}
        - {do: sign, role: clerk, time: 10 min}
        """,
        filed=("Mon 3 08:00", "Mon 3 08:00"),
    )
    story = play(world)
    assert story.begun("look") == ["Mon 3 08:00", "Mon 3 08:10"]
    assert story.begun("sign") == ["Mon 3 08:00", "Mon 3 08:10"]
    twin = play(world.but("priority: 0", "priority: 1"))
    assert twin.begun("look") == ["Mon 3 08:00", "Mon 3 08:00"]
    assert twin.begun("sign") == ["Mon 3 08:00", "Mon 3 08:10"]


STAFF = World(
    steps="""
    - choose:
      - {if: simple, steps: [{do: receive, role: clerk, time: 30 min}]}
      - rest: [{do: decide, role: officer, time: 30 min}]
    """,
    filed=("filed_at,office,simple", "Mon 3 08:00,commune,yes", "Mon 3 08:00,commune,no"),
    also="""
    bundles: {life: {properties: {simple: 50 %}}}
    staff:
      window: {office: commune, people: 1, roles: clerk}
      helper: {office: commune, people: 1, roles: [clerk, officer]}
    """,
)


def test_S3_idle_staff_take_items_in_staff_order(play: Play) -> None:
    # The window takes the simple case, and the helper, next in order, what is left.
    story = play(STAFF)
    assert (story.by("receive"), story.by("decide")) == (
        ["commune/window/1"],
        ["commune/helper/1"],
    )
    assert story.ends == ["Mon 3 08:30", "Mon 3 08:30"]


def test_S3_nobody_leaves_an_item_for_somebody_else(play: Play) -> None:
    # Written first, the helper takes the first item, which the window could have taken too; the
    # window may not decide.
    other = World(
        steps=STAFF.steps,
        filed=STAFF.filed,
        also="""
        bundles: {life: {properties: {simple: 50 %}}}
        staff:
          helper: {office: commune, people: 1, roles: [clerk, officer]}
          window: {office: commune, people: 1, roles: clerk}
        """,
    )
    story = play(other)
    assert story.by("receive") == story.by("decide") == ["commune/helper/1"]
    assert story.ends == ["Mon 3 08:30", "Mon 3 09:00"]
    assert play(other.but("roles: clerk}", "roles: [clerk, officer]}")).ends[1] == "Mon 3 08:30"


def test_S3_teams_take_turns_by_the_order_of_their_people(play: Play) -> None:
    # Three groups; the first and the last may do the same and are one team, at other speeds.
    world = World(
        steps="- {do: receive, role: clerk, time: 60 min}",
        filed=("Mon 3 08:00",) * 4,
        also="""
        staff:
          front: {office: commune, people: 1, roles: clerk}
          middle: {office: commune, people: 2, roles: [clerk, officer]}
          back: {office: commune, people: 1, roles: clerk, speed: 2}
        """,
    )
    story = play(world)
    order = ["front/1", "middle/1", "middle/2", "back/1"]
    assert story.by("receive") == [f"commune/{name}" for name in order]
    assert story.ends == ["Mon 3 09:00", "Mon 3 09:00", "Mon 3 09:00", "Mon 3 08:30"]
    twin = play(world.but("people: 2", "people: 1"))
    # The fourth goes to whoever is free first: the one at the back, at 8:30.
    assert twin.by("receive")[2:] == ["commune/back/1"] * 2
    assert twin.ends[2:] == ["Mon 3 08:30", "Mon 3 09:00"]


def test_S3_who_is_free_again_comes_in_its_order_of_staff(play: Play) -> None:
    # All are free at 9:00: the first in staff order takes the next, whoever was free for longer.
    world = World(
        steps="- {do: receive, role: clerk, time: 30 min}",
        filed=("Mon 3 08:00", "Mon 3 08:10", "Mon 3 09:00"),
        also="staff: {clerk: {office: commune, people: 2}}",
    )
    assert play(world).by("receive") == [f"commune/clerk/{k}" for k in (1, 2, 1)]
    assert play(world.but("Mon 3 09:00", "Mon 3 08:29")).begun("receive")[2] == "Mon 3 08:30"
    busy = play(world.but("time: 30 min", "time: 55 min"))
    assert busy.begun("receive")[2] == "Mon 3 09:00"
    assert busy.by("receive")[2] == "commune/clerk/1"


def test_S4_the_highest_priority_goes_first_and_work_in_hand_goes_on(play: Play) -> None:
    world = World(
        steps=URGENT,
        filed=(
            "filed_at,office,urgent",
            "Mon 3 08:00,commune,no",
            "Mon 3 08:01,commune,no",
            "Mon 3 08:02,commune,yes",
            "Mon 3 08:03,commune,yes",
        ),
        also=URGENCY,
    )
    # 8:10 case 2, 8:20 case 3, 8:30 case 1.
    assert play(world).ends == ["Mon 3 08:10", "Mon 3 08:40", "Mon 3 08:20", "Mon 3 08:30"]
    twin = play(world.but("priority: 1", "priority: 0"))
    assert twin.ends == ["Mon 3 08:10", "Mon 3 08:20", "Mon 3 08:30", "Mon 3 08:40"]


def test_S4_at_equal_priority_the_one_ready_earliest_goes_first(play: Play) -> None:
    # Case 0 has its forms to fill and is ready at 8:08, case 2 at 8:05; case 1 is in hand.
    world = World(
        steps="""
        - choose: [{if: slow, steps: [{delay: forms, time: 8 min}]}]
        - {do: receive, role: clerk, time: 10 min}
        """,
        filed=(
            "filed_at,office,slow",
            "Mon 3 08:00,commune,yes",
            "Mon 3 08:00,commune,no",
            "Mon 3 08:05,commune,no",
        ),
        also="bundles: {life: {properties: {slow: 5 %}}}",
    )
    assert play(world).ends == ["Mon 3 08:30", "Mon 3 08:10", "Mon 3 08:20"]
    # Ready at the same instant, the lower case number goes first.
    assert play(world.but("8 min", "5 min")).ends == ["Mon 3 08:20", "Mon 3 08:10", "Mon 3 08:30"]


def test_S4_between_steps_of_one_case_the_first_in_the_flow_goes_first(play: Play) -> None:
    world = World(
        steps="""
        - together:
          - [{do: write, role: clerk, time: 10 min, priority: 0}]
          - [{do: copy, role: clerk, time: 10 min}]
        """
    )
    story = play(world)
    assert (story.begun("write"), story.begun("copy")) == (["Mon 3 08:00"], ["Mon 3 08:10"])
    twin = play(world.but("time: 10 min}", "time: 10 min, priority: 1}"))
    assert (twin.begun("write"), twin.begun("copy")) == (["Mon 3 08:10"], ["Mon 3 08:00"])


DUE = World(
    steps="""
    - choose:
      - if: kind is busy
        steps: [{do: block, role: clerk, time: 1 h, dossier: none, priority: 9}]
      - if: kind is late
        steps: [{open: card}, {do: issue, role: clerk, time: 10 min}, {close: card}]
      - if: kind is soon
        steps: [{open: permit}, {do: permit, role: clerk, time: 10 min}, {close: permit}]
      - rest: [{do: serve, role: clerk, time: 10 min}]
    """,
    filed=(
        "filed_at,office,kind",
        "Mon 3 08:00,commune,busy",
        "Mon 3 08:01,commune,other",
        "Mon 3 08:02,commune,late",
        "Mon 3 08:03,commune,soon",
    ),
    also="""
    staff: {clerk: {office: commune, people: 1, first: earliest_due}}
    bundles:
      life:
        procedures: {permit: {limit: 1 wd}, card: {limit: 5 wd}}
        properties: {kind: {busy: 10 %, other: 10 %, late: 10 %, soon: rest}}
    """,
)


def test_S4_the_work_due_earliest_goes_first_and_that_never_due_last(play: Play) -> None:
    # From 9:00 on: the permit due on Tuesday, the card due next Monday, the one without a clock.
    assert play(DUE).ends[1:] == ["Mon 3 09:30", "Mon 3 09:20", "Mon 3 09:10"]
    assert play(DUE.but("permit: {limit: 1 wd}", "permit: {limit: 6 wd}")).ends[1:] == [
        "Mon 3 09:30", "Mon 3 09:10", "Mon 3 09:20",
    ]  # fmt: skip
    in_turn = play(DUE.but("first: earliest_due", "first: first_come"))
    assert in_turn.ends[1:] == ["Mon 3 09:10", "Mon 3 09:20", "Mon 3 09:30"]


def test_S4_work_without_a_dossier_is_due_with_its_bundle(play: Play) -> None:
    # The bundle has 3 wd: due on Thursday, before the card, which is due next Monday.
    world = DUE.but("time: 10 min}, {close: permit", "time: 10 min, dossier: none}, {close: permit")
    world = world.but("permit: {limit: 1 wd}", "permit: {limit: 9 wd}")
    assert play(world).ends[1:] == ["Mon 3 09:30", "Mon 3 09:20", "Mon 3 09:10"]
    twin = play(world.but("dossier: none}, {close", "dossier: permit}, {close"))
    assert twin.ends[1:] == ["Mon 3 09:30", "Mon 3 09:10", "Mon 3 09:20"]


def test_S4_equally_due_work_goes_by_case_number_however_long_it_has_waited(play: Play) -> None:
    # Both are due on Wednesday.  Case 1 is ready at 8:20, case 2 at 8:10; both wait for 9:00.
    world = World(
        steps="""
        - {open: permit}
        - choose:
          - {if: kind is busy, steps: [{do: block, role: clerk, time: 1 h}]}
          - {if: kind is slow, steps: [{delay: forms, time: 20 min}]}
        - {do: receive, role: clerk, time: 10 min, priority: 1}
        - {close: permit}
        """,
        filed=(
            "filed_at,office,kind",
            "Mon 3 08:00,commune,busy",
            "Mon 3 08:00,commune,slow",
            "Mon 3 08:10,commune,quick",
        ),
        also="""
        staff: {clerk: {office: commune, people: 1, first: earliest_due}}
        bundles: {life: {properties: {kind: {busy: 10 %, slow: 10 %, quick: rest}}}}
        """,
    )
    assert play(world).ends == ["Mon 3 09:10", "Mon 3 09:20", "Mon 3 09:30"]
    in_turn = play(world.but("earliest_due", "first_come"))
    assert in_turn.ends == ["Mon 3 09:30", "Mon 3 09:20", "Mon 3 09:10"]


def test_S4_the_due_day_is_that_known_when_the_item_became_ready(play: Play) -> None:
    # Case 0 blocks until 9:00.  Case 1 is ready at 8:10, due on Wednesday; an extension makes
    # that Friday.  Case 2, received after the cut-off of 8:15, is due on Thursday.
    world = World(
        steps="""
        - choose: [{if: busy, steps: [{do: block, role: clerk, time: 1 h}, {end: completed}]}]
          name: who_is_busy
        - {open: permit}
        - together:
          - [{do: receive, role: clerk, time: 10 min}]
          - - {delay: doubt, time: 20 min}
            - {name: how_long, choose: [{if: long, steps: [{extend: permit, by: 2 wd}]}]}
        - {close: permit}
        """,
        filed=(
            "filed_at,office,busy,long",
            "Mon 3 08:00,commune,yes,no",
            "Mon 3 08:10,commune,no,yes",
            "Mon 3 08:15,commune,no,no",
        ),
        also="""
        staff: {clerk: {office: commune, people: 1, first: earliest_due}}
        legal_clock: {cut_off: "08:15"}
        bundles: {life: {properties: {busy: 10 %, long: 10 %}}}
        """,
    )
    assert play(world).done("receive") == ["Mon 3 09:10", "Mon 3 09:20"]
    # Given before the item is ready, the extension counts.
    known = world.but("- [{do: receive,", "- [{delay: post, time: 21 min}, {do: receive,")
    assert play(known).done("receive") == ["Mon 3 09:20", "Mon 3 09:10"]


def test_S5_work_is_given_out_when_a_shift_opens(play: Play) -> None:
    # Early is on duty 8:00-10:00, late 9:00-12:00.  Early takes case 0 at 8:00, late case 1 at
    # 9:00; early begins case 2 at 9:30, pauses at 10:00 and ends on Tuesday at 9:00.
    world = World(
        steps="- {do: receive, role: clerk, time: 90 min}",
        filed=("Mon 3 07:00",) * 3,
        also="""
        calendars:
          early: {hours: {mon-fri: "08:00-10:00"}}
          late: {hours: {mon-fri: "09:00-12:00"}}
        staff:
          first: {office: commune, people: 1, roles: clerk, calendar: early}
          second: {office: commune, people: 1, roles: clerk, calendar: late}
        """,
    )
    story = play(world)
    assert story.begun("receive") == ["Mon 3 08:00", "Mon 3 09:00", "Mon 3 09:30"]
    assert story.ends == ["Mon 3 09:30", "Mon 3 10:30", "Tue 4 09:00"]
    twin = play(world.but("09:00-12:00", "09:45-12:00"))
    # Early is free first: case 1 from 9:30 on; late takes case 2 at 9:45.
    assert twin.begun("receive") == ["Mon 3 08:00", "Mon 3 09:30", "Mon 3 09:45"]
    assert twin.ends == ["Mon 3 09:30", "Tue 4 09:00", "Mon 3 11:15"]


def test_S5_each_role_wakes_those_who_hold_it(play: Play) -> None:
    # The clerk comes at 8:00 and the officer at 9:00; both kinds of work wait since 7:00.
    world = World(
        steps=STAFF.steps,
        filed=("filed_at,office,simple", "Mon 3 07:00,commune,yes", "Mon 3 07:00,commune,no"),
        also="""
        bundles: {life: {properties: {simple: 50 %}}}
        calendars:
          early: {hours: {mon-fri: "08:00-10:00"}}
          late: {hours: {mon-fri: "09:00-12:00"}}
        staff:
          clerk: {office: commune, people: 1, calendar: early}
          officer: {office: commune, people: 1, calendar: late}
        """,
    )
    assert play(world).ends == ["Mon 3 08:30", "Mon 3 09:30"]
    assert play(world.but("09:00-12:00", "08:30-12:00")).ends == ["Mon 3 08:30", "Mon 3 09:00"]


def test_S6_a_faster_person_divides_the_time_and_rounds_once(play: Play) -> None:
    # 10 min / 0.8 = 12 min 30 s; 600 s / 0.7 = 857.142857142... s.
    world = World(
        steps="- {do: receive, role: clerk, time: 10 min}",
        also="staff: {clerk: {office: commune, people: 1, speed: 0.8}}",
    )
    assert play(world).ends == ["Mon 3 08:12:30.000000"]
    assert play(world.but("0.8", "0.7")).ends == ["Mon 3 08:14:17.142857"]
    assert play(world.but("0.8", "2")).ends == ["Mon 3 08:05"]


def test_S6_an_item_that_pauses_overnight_is_ended_before_another(play: Play) -> None:
    # Begun on Monday at 16:50, 20 min: 10 min are left for Tuesday, before the urgent one.
    world = World(
        steps=URGENT.replace("time: 10 min}", "time: 20 min}"),
        filed=("filed_at,office,urgent", "Mon 3 16:50,commune,no", "Mon 3 18:00,commune,yes"),
        also=URGENCY,
    )
    assert play(world).ends == ["Tue 4 07:40", "Tue 4 07:50"]
    assert play(world.but("16:50", "16:40")).ends == ["Mon 3 17:00", "Tue 4 07:40"]
    # Not begun on Monday, it comes behind the urgent one.
    assert play(world.but("16:50", "17:00")).ends == ["Tue 4 08:00", "Tue 4 07:40"]


def test_S7_bundles_share_the_staff(play: Play) -> None:
    # Everyday work comes at 8:00, 8:05 and 8:10 and takes 15 min; life at 8:04 takes 10.
    world = World(
        steps="- {do: receive, role: clerk, time: 10 min}",
        filed=("Mon 3 08:04",),
        also="""
        bundles:
          everyday:
            demand: {log: days.csv}
            regimes: {now: {paper: [{do: serve, role: clerk, time: 15 min}]}}
        """,
        files={
            "days.csv": "filed_at,office\nMon 3 08:00,commune\nMon 3 08:05,commune\n"
            "Mon 3 08:10,commune\n"
        },
    )
    story = play(world)
    assert story.done("serve") == ["Mon 3 08:15", "Mon 3 08:40", "Mon 3 08:55"]
    assert story.done("receive") == ["Mon 3 08:25"]
    assert play(world.but("Mon 3 08:04", "Mon 3 08:11")).done("receive") == ["Mon 3 08:55"]


def test_S7_a_step_of_one_bundle_can_go_before_those_of_another(play: Play) -> None:
    world = World(
        steps="- {do: receive, role: clerk, time: 10 min, priority: 1}",
        filed=("Mon 3 08:06",),
        also="""
        bundles:
          everyday:
            demand: {log: days.csv}
            regimes: {now: {paper: [{do: serve, role: clerk, time: 15 min}]}}
        """,
        files={"days.csv": "filed_at,office\nMon 3 08:00,commune\nMon 3 08:05,commune\n"},
    )
    assert play(world).done("receive") == ["Mon 3 08:25"]
    assert play(world.but("priority: 1", "priority: 0")).done("receive") == ["Mon 3 08:40"]


HALVES = World(
    steps="- {do: receive, role: clerk, time: 10 min}",
    filed=(
        "filed_at,office",
        *(
            f"{day} {time},{home}"
            for day in ("Mon 3", "Tue 4", "Fri 7")
            for time in ("07:30", "13:00")
            for home in ("an", "binh")
        ),
    ),
    also="""
    offices: {an: {}, binh: {}}
    staff: {clerk: {office: commune, people: 0.5}}
    """,
)


def test_S8_half_a_person_is_on_duty_every_other_half_day(play: Play) -> None:
    # Ten half-days a week: one commune has its clerk in the mornings, the other in the afternoons.
    story = play(HALVES)
    begun: dict[str, list[str]] = {"an": [], "binh": []}
    homes = [story.model.offices[home].name for home in story.cases["home"]]
    for home, at in zip(homes, story.begun("receive"), strict=True):
        begun[home].append(at)
    # Two come a day to each, on Monday, Tuesday and Friday; in the mornings the second waits.
    mornings = ["Mon 3 07:30", "Tue 4 07:30", "Tue 4 07:40", "Wed 5 07:30", "Fri 7 07:30"]
    afternoons = ["Mon 3 13:00", "Mon 3 13:10", "Tue 4 13:00", "Tue 4 13:10", "Fri 7 13:00"]
    expected = [[*mornings, "Mon 10 07:30"], [*afternoons, "Fri 7 13:10"]]
    assert sorted(begun.values()) == sorted(expected)
    full = play(HALVES.but("people: 0.5", "people: 1"))
    assert full.begun("receive")[:4] == ["Mon 3 07:30"] * 2 + ["Mon 3 13:00"] * 2


def test_S8_a_share_of_the_half_days_is_time_on_shift(play: Play) -> None:
    # Three weeks are measured: 15 mornings and as many afternoons of 4 h.
    story = play(HALVES)
    assert story.staff["on_shift_time"] == [15 * 4 * 60 * MINUTE] * 2
    more = play(HALVES.but("people: 0.5", "people: 1.25"))
    names = [member.name for member in more.model.staff]
    assert names == ["an/clerk/1", "an/clerk/2", "binh/clerk/1", "binh/clerk/2"]
    hours = [time // (60 * MINUTE) for time in more.staff["on_shift_time"]]
    assert hours[0] == hours[2] == 120
    # Every fourth of 30 half-days: 7 or 8, as the weeks fall.
    assert {hours[1], hours[3]} <= {28, 32}


def test_S8_a_fraction_is_rounded_to_a_hundredth(play: Play) -> None:
    half = play(HALVES)
    assert play(HALVES.but("people: 0.5", "people: 0.5049")).ends == half.ends
    assert play(HALVES.but("people: 0.5", "people: 0.9951")).ends != half.ends
    assert len(play(HALVES.but("people: 0.5", "people: 1.0040")).model.staff) == 2
