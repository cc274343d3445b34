# ruff: noqa: N802 - the name of a test carries the number of its rule
"""Habits, payments, slow systems and values by date, as a scenario file says them, by hand."""

from __future__ import annotations

import pytest
from small_worlds import Play, World

from sim.units import DAY, HOUR, MINUTE

UNSEEN = World(
    steps="- {do: read, role: clerk, time: 30 min}",
    also='staff: {clerk: {office: commune, people: 1, looks_in: ["14:00"]}}',
)


def test_H1_work_is_unseen_until_somebody_looks_in(play: Play) -> None:
    story = play(UNSEEN)
    assert (story.begun("read"), story.done("read")) == (["Mon 3 14:00"], ["Mon 3 14:30"])
    assert story.minutes() == {"unseen": 360, "service": 30}
    # Looking in at 8:00 sharp they see what comes at 8:00.
    twin = play(UNSEEN.but('"14:00"', '"08:00", "14:00"'))
    assert (twin.begun("read"), twin.minutes()) == (["Mon 3 08:00"], {"service": 30})


def test_H1_nobody_looks_in_on_a_day_on_which_the_office_is_closed(play: Play) -> None:
    world = UNSEEN.but("Mon 3 08:00", "Fri 7 14:01")
    assert play(world).begun("read") == ["Mon 10 14:00"]
    assert play(world.but("14:01", "14:00")).begun("read") == ["Fri 7 14:00"]


def test_H1_work_that_comes_back_is_unseen_again(play: Play) -> None:
    world = World(
        steps="""
        - {do: read, role: clerk, time: 30 min}
        - {return: read, share: 50 %}
        """,
        filed=("Mon 3 08:00",) * 6,
        also=UNSEEN.also,
    )
    story = play(world)
    again = story.draws("return:read") < 0.5
    assert 0 < again.sum() < 6
    begun = story.items("read")
    second = [at for at, visit in zip(begun["ready_at"], begun["visit"], strict=True) if visit == 1]
    # Seen at 14:00, they are read in turn from 14:00 on; what comes back is seen on Tuesday.
    assert set(second) == {DAY + 14 * HOUR}
    assert len(second) == again.sum()


HELD = World(
    steps="""
    - {open: permit}
    - {do: decide, role: clerk, time: 1 h, begins: {share: 100 %, before_due: 2 wd}}
    - {close: permit}
    """,
    filed=("Wed 5 08:00",),
    also="bundles: {life: {procedures: {permit: {limit: 5 wd}}}}",
)


def test_H3_work_is_held_back_until_so_many_working_days_before_it_is_due(play: Play) -> None:
    # Received on Wednesday with 5 wd it is due on Wednesday the 12th; 2 wd before is Monday.
    story = play(HELD)
    assert story.begun("decide") == ["Mon 10 07:30"]
    assert story.minutes() == {"held": (4 * 24 + 23.5) * 60, "service": 60}
    # The weekend lies between the two: one day more is Friday.
    assert play(HELD.but("before_due: 2 wd", "before_due: 3 wd")).begun("decide") == ["Fri 7 07:30"]
    assert play(HELD.but("before_due: 2 wd", "before_due: 9 wd")).begun("decide") == ["Wed 5 08:00"]


def test_H3_only_a_share_is_held_back_by_a_draw_of_its_own(play: Play) -> None:
    world = HELD.but("share: 100 %", "share: 40 %").but(
        "Wed 5 08:00", "\n".join(["Wed 5 08:00"] * 8)
    )
    story = play(world)
    held = story.draws("decide:held") < 0.4
    assert 0 < held.sum() < 8
    assert [minutes > 0 for minutes in story.cases["held_time"]] == held.tolist()
    other = play(world.but("share: 40 %", "share: 80 %"))
    assert [minutes > 0 for minutes in other.cases["held_time"]] != held.tolist()


def test_H3_work_without_a_limit_is_not_held_back(play: Play) -> None:
    world = World(
        steps="- {do: decide, role: clerk, time: 1 h, begins: {share: 100 %, before_due: 2 wd}}"
    )
    assert play(world).begun("decide") == ["Mon 3 08:00"]
    with pytest.raises(AssertionError):
        assert play(HELD).begun("decide") == ["Wed 5 08:00"]


def test_H3_what_is_held_back_is_seen_after_that(play: Play) -> None:
    also = HELD.also + '\nstaff: {clerk: {office: commune, people: 1, looks_in: ["09:00"]}}'
    world = World(steps=HELD.steps, filed=HELD.filed, also=also)
    story = play(world)
    assert story.begun("decide") == ["Mon 10 09:00"]
    assert story.minutes() == {"held": (4 * 24 + 23.5) * 60, "unseen": 90, "service": 60}
    assert play(world.but('"09:00"', '"07:30"')).minutes() == play(HELD).minutes()


SLIP = World(
    steps="""
    - {open: permit}
    - {do: decide, role: clerk, time: 1 min}
    - {appointment: permit, slip: 50 %}
    - {close: permit}
    """,
    filed=("Mon 3 08:00",) * 8,
)


def test_H4_a_share_comes_on_the_day_of_the_slip_and_the_others_at_once(play: Play) -> None:
    story = play(SLIP)
    keeps = story.draws("appointment:permit:slip") < 0.5
    assert 0 < keeps.sum() < 8
    # Received on Monday with 2 wd: the slip names Wednesday.
    at_once = [f"Mon 3 08:0{n + 1}" for n in range(8)]
    expected = ["Wed 5 07:30" if k else at for k, at in zip(keeps, at_once, strict=True)]
    assert story.ends == expected
    assert play(SLIP.but("slip: 50 %", "slip: 100 %")).ends == ["Wed 5 07:30"] * 8
    with pytest.raises(AssertionError):
        assert play(SLIP.but("slip: 50 %", "slip: 0 %")).ends == expected


def test_H4_the_others_come_after_a_time_of_their_own(play: Play) -> None:
    world = SLIP.but("slip: 50 %", "slip: 50 %, otherwise: 3 h")
    story = play(world)
    keeps = story.draws("appointment:permit:slip") < 0.5
    applicant = [0 if k else 3 * HOUR for k in keeps]
    assert story.cases["applicant_time"] == applicant
    assert [at > 0 for at in story.cases["appointment_time"]] == keeps.tolist()
    # They come without hours of their own, as they would on the day of the slip.
    assert story.cases["own_time"] == [0] * 8
    assert play(world.but("otherwise: 3 h", "otherwise: 4 h")).cases["applicant_time"] != applicant


PAID = World(
    steps="- {pay: fee, fee: {2025-03-03: 8 000 VND, 2025-03-10: 10 000 VND}}",
    filed=("Fri 7 08:00", "Sun 9 23:59", "Mon 10 00:00"),
)


def test_M1_the_fee_is_that_of_the_day_on_which_the_case_arrives(play: Play) -> None:
    story = play(PAID)
    assert story.cases["fees"] == [8000, 8000, 10000]
    assert (story.cases["n_paid"], story.cases["n_paid_online"]) == ([1] * 3, [0] * 3)
    assert play(PAID.but("2025-03-10", "2025-03-09")).cases["fees"] == [8000, 10000, 10000]


TRIES = World(
    steps="""
    - pay: fee
      fee: 8 000 VND
      online: 60 %
      fails: 50 %
      again: 10 min
      counter: {trips: 1, time: 1 h}
    """,
    filed=("Mon 3 08:00",) * 12,
)


def test_M1_a_payment_that_fails_online_is_tried_again(play: Play) -> None:
    story = play(TRIES)
    online = (story.draws("fee") < 0.6).tolist()
    tries = []
    for case in range(12):
        fails = 0
        while story.draws("fee:fails", visit=fails)[case] < 0.5:
            fails += 1
        tries.append(fails)
    # Some pay at the counter, and some online fail once.
    assert any(not each for each in online)
    assert any(each and n == 1 for each, n in zip(online, tries, strict=True))
    minutes = [10 * n if each else 60 for each, n in zip(online, tries, strict=True)]
    assert story.minutes_to_end() == minutes
    assert [time / MINUTE for time in story.cases["own_time"]] == minutes
    assert story.cases["n_trips"] == [int(not each) for each in online]
    assert story.cases["n_paid_online"] == [int(each) for each in online]
    assert story.cases["fees"] == [8000] * 12
    twin = play(TRIES.but("again: 10 min", "again: 20 min"))
    assert twin.minutes_to_end() != minutes


def test_M1_copies_are_counted_beside_trips(play: Play) -> None:
    world = World(steps="- {applicant: collect_papers, time: 1 h, trips: 1, copies: 3}")
    assert play(world).cases["n_copies"] == [3]
    assert play(world.but("copies: 3", "copies: 0")).cases["n_copies"] == [0]


SLOW = World(
    steps="- {transfer: send, over: portal, time: 2 h}",
    filed=("Mon 3 08:00", "Wed 5 20:00", "Fri 7 12:00"),
    also="systems: {portal: {slow: {share: 60 %, factor: 2, spell: 40 min}}}",
)


def test_Y1_what_needs_a_slow_system_takes_a_multiple_of_its_time(play: Play) -> None:
    story = play(SLOW)
    expected = [_end(story.inputs.slow[0], at, 2) for at in story.cases["arrives_at"]]
    off = [a - b for a, b in zip(story.cases["ended_at"], expected, strict=True)]
    # Each change of pace may round up by a microsecond.
    assert all(abs(each) <= 20 for each in off)
    assert story.cases["transfer_time"] == [2 * HOUR] * 3
    late = [
        end - at - 2 * HOUR
        for end, at in zip(story.cases["ended_at"], story.cases["arrives_at"], strict=True)
    ]
    assert story.cases["outage_time"] == late
    assert min(late) > 0
    assert play(SLOW.but("factor: 2", "factor: 3")).cases["ended_at"] != story.cases["ended_at"]
    assert play(SLOW.but("share: 60 %", "share: 0 %")).minutes_to_end() == [120] * 3


def test_Y1_a_system_is_slow_from_the_day_of_its_share_on(play: Play) -> None:
    world = SLOW.but("share: 60 %", "share: {2025-03-03: 0 %, 2025-03-05: 99 %}")
    story = play(world)
    assert min(since for since, _ in story.inputs.slow[0]) >= 2 * DAY
    assert story.cases["outage_time"][0] == 0
    assert story.cases["outage_time"][1] > HOUR
    twin = play(world.but("2025-03-05: 99 %", "2025-03-06: 99 %"))
    assert twin.cases["outage_time"][1] == 0


def _end(slow: tuple[tuple[int, int], ...], at: int, factor: int) -> float:
    """When two hours of work are done that are begun at an instant."""
    left: float = 2 * HOUR
    for since, until in [*slow, (100 * DAY, 101 * DAY)]:
        if until <= at:
            continue
        if since > at:
            if at + left <= since:
                break
            left -= since - at
            at = since
        if at + left * factor <= until:
            return at + left * factor
        left -= (until - at) / factor
        at = until
    return at + left


DATED = World(
    steps="- {do: decide, role: clerk, time: 8 h}",
    filed=("Mon 3 08:00", "Mon 3 08:00"),
    also="staff: {clerk: {office: commune, people: {2025-03-03: 1, 2025-03-04: 2}}}",
)


def test_V1_a_number_of_people_holds_from_the_first_half_day_of_its_date_on(play: Play) -> None:
    story = play(DATED)
    assert story.begun("decide") == ["Mon 3 08:00", "Tue 4 07:30"]
    assert story.by("decide") == ["commune/clerk/1", "commune/clerk/2"]
    # Until Wednesday there is one, who is free on Tuesday at 8:00.
    twin = play(DATED.but("2025-03-04", "2025-03-05"))
    assert twin.begun("decide") == ["Mon 3 08:00", "Tue 4 08:00"]
    assert twin.by("decide") == ["commune/clerk/1"] * 2


def test_V1_somebody_whose_number_ends_goes_on_when_it_returns(play: Play) -> None:
    # Half done on Monday, it waits as at a closing (T3) until there is somebody on Wednesday.
    people = "people: {2025-03-03: 1, 2025-03-04: 0, 2025-03-05: 1}"
    world = World(
        steps=DATED.steps,
        filed=("Mon 3 13:00",),
        also=f"staff: {{clerk: {{office: commune, {people}}}}}",
    )
    assert play(world).done("decide") == ["Wed 5 11:30"]
    assert play(world.but("2025-03-04: 0", "2025-03-04: 1")).done("decide") == ["Tue 4 11:30"]


def test_V1_a_speed_is_that_of_the_day_on_which_work_is_begun(play: Play) -> None:
    world = World(
        steps="- {do: decide, role: clerk, time: 1 h}",
        filed=("Mon 3 16:30", "Mon 3 16:30"),
        also="staff: {clerk: {office: commune, speed: {2025-03-03: 1, 2025-03-04: 2}}}",
    )
    assert play(world).done("decide") == ["Tue 4 08:00", "Tue 4 08:30"]
    assert play(world.but("2025-03-04", "2025-03-05")).done("decide") == [
        "Tue 4 08:00",
        "Tue 4 09:00",
    ]


def test_V1_the_share_of_an_option_is_that_of_the_day_of_arrival(play: Play) -> None:
    world = World(
        steps="""
        - {delay: think, time: 10 d}
        - choose:
            - {share: {2025-03-03: 0 %, 2025-03-10: 100 %}, steps: [{end: refused}]}
        """,
        filed=("Sun 9 23:59", "Mon 10 00:00"),
    )
    assert play(world).outcomes == ["completed", "refused"]
    assert play(world.but("2025-03-10", "2025-03-11")).outcomes == ["completed"] * 2


def test_V1_a_share_moves_in_a_straight_line_between_its_dates(play: Play) -> None:
    world = World(
        steps="""
        - choose:
            - share: {2025-03-03: 30 %, 2025-03-10: 80 %, between: straight}
              steps: [{end: online}]
        """,
        filed=("Thu 6 08:00",) * 20,
    )
    story = play(world)
    share = 0.3 + 0.5 * 3 / 7
    is_online = story.draws("choose") < share
    assert [outcome == "online" for outcome in story.outcomes] == is_online.tolist()
    twin = play(world.but(", between: straight", ""))
    assert [o == "online" for o in twin.outcomes] == (story.draws("choose") < 0.3).tolist()
    assert twin.outcomes != story.outcomes


def test_H5_the_one_that_came_latest_goes_first(play: Play) -> None:
    world = World(
        steps="- {do: decide, role: clerk, time: 1 h}",
        filed=("Mon 3 08:00", "Mon 3 08:10", "Mon 3 08:20"),
        also="staff: {clerk: {office: commune, first: latest_come}}",
    )
    assert play(world).begun("decide") == ["Mon 3 08:00", "Mon 3 10:00", "Mon 3 09:00"]
    assert play(world.but("latest_come", "first_come")).begun("decide") == [
        "Mon 3 08:00",
        "Mon 3 09:00",
        "Mon 3 10:00",
    ]
