"""Steps become elements: names, what follows what, dossiers, and what cannot be."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.model import (
    BUNDLE,
    LEAVE,
    NO_DOSSIER,
    Activity,
    Applicant,
    Appointment,
    Choice,
    ClockResume,
    ClockStop,
    Delay,
    Element,
    End,
    Extend,
    Fork,
    Join,
    LedgerPart,
    Model,
    Payment,
    Series,
    Timetable,
    Transfer,
)
from sim.model.graph import surely_ends, trapped
from sim.scenario.load import load
from sim.scenario.resolve.model import resolve
from sim.streams import name_key
from sim.units import HOUR

HEAD = """
title: Steps
period: {start: 2025-01-06, length: 8 weeks}
staff:
  clerk: {office: commune, people: 1}
systems:
  portal: {}
  register: {}
bundles:
  birth:
    procedures: {birth: {limit: 1 wd}, residence: {limit: 3 wd}}
    limit: 5 wd
    demand: {a_year: 10}
    properties: {remote: 10 %, age: {young: 30 %, middle: 30 %, old: rest}}
    regimes:
      now:
        paper:
"""

Steps = Callable[[str], Model]


@pytest.fixture
def of(tmp_path: Path) -> Steps:
    def make(steps: str) -> Model:
        file = tmp_path / "steps.yaml"
        indented = textwrap.indent(textwrap.dedent(steps).strip(), " " * 10)
        file.write_text(HEAD.lstrip() + indented + "\n", encoding="utf-8")
        return resolve(load(file))

    return make


def named(model: Model, name: str) -> Element:
    return next(element for element in model.elements if element.name == name)


def place(model: Model, name: str) -> int:
    return model.elements.index(named(model, name))


def faults(of: Steps, steps: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        of(steps)
    return [fault.message for fault in caught.value.faults]


def test_steps_follow_each_other_as_written(of: Steps) -> None:
    model = of("""
        - open: birth
        - {do: register, role: clerk, time: 10 min}
        - {do: sign, role: clerk, time: 2 min}
        - close: birth
    """)
    assert [element.name for element in model.elements] == [
        "open:birth",
        "register",
        "sign",
        "close:birth",
    ]
    assert [element.then for element in model.elements] == [1, 2, 3, LEAVE]
    assert model.flows[0].start == 0
    with pytest.raises(AssertionError):
        assert [element.then for element in model.elements] == [1, 2, 3, 0]


def test_a_key_is_that_of_the_name(of: Steps) -> None:
    model = of("- {do: đăng ký, role: clerk, time: 10 min}")
    assert model.elements[0].key == name_key("đăng ký", 32)
    with pytest.raises(AssertionError):
        assert model.elements[0].key == name_key("dang ky", 32)


def test_steps_that_nobody_named_are_numbered(of: Steps) -> None:
    model = of("""
        - open: birth
        - choose: [{share: 10 %, steps: [{extend: birth, by: 2 wd}]}]
        - choose: [{share: 10 %, steps: [{extend: birth, by: 2 wd}]}]
          name: once_more
        - {extend: bundle, by: 1 wd, name: longer}
        - close: birth
    """)
    assert [element.name for element in model.elements] == [
        "open:birth",
        "choose",
        "extend:birth",
        "once_more",
        "extend:birth#2",
        "longer",
        "close:birth",
    ]
    last = named(model, "longer")
    assert isinstance(last, Extend)
    assert (last.clock, last.days) == (BUNDLE, 1)


def test_an_option_goes_on_behind_the_choice_and_rest_stands_for_the_others(of: Steps) -> None:
    model = of("""
        - choose:
            - {share: 30 %, if: remote, steps: [{delay: travel, time: 2 h}]}
            - {if: age is not old, steps: []}
            - rest: [{do: register, role: clerk, time: 10 min}]
        - {do: sign, role: clerk, time: 2 min}
    """)
    choice = named(model, "choose")
    assert isinstance(choice, Choice)
    travel, sign = place(model, "travel"), place(model, "sign")
    assert model.properties[0].values == ("yes", "no")
    assert [(o.share, o.property, o.values, o.target) for o in choice.options] == [
        (0.3, 0, (0,), travel),
        (1.0, 1, (0, 1), sign),
    ]
    assert choice.then == place(model, "register")
    assert named(model, "travel").then == named(model, "register").then == sign
    with pytest.raises(AssertionError):
        assert choice.then == sign


def test_without_rest_the_others_go_on_behind_the_choice(of: Steps) -> None:
    model = of("""
        - choose: [{if: not remote, steps: [{delay: wait, time: 2 h}]}]
        - {do: sign, role: clerk, time: 2 min}
    """)
    choice = named(model, "choose")
    assert isinstance(choice, Choice)
    assert choice.then == place(model, "sign")
    assert choice.options[0].values == (1,)


def test_branches_meet_at_the_join(of: Steps) -> None:
    model = of(
        """
        - together:
            - [{delay: a, time: 1 h}, {delay: b, time: 1 h}]
            - - {delay: c, time: 1 h}
              - end: rejected
        - {delay: d, time: 1 h}
    """.replace("- end: rejected", "- choose: [{share: 10 %, steps: [end: withdrawn]}]")
    )
    fork, join = named(model, "together"), named(model, "join")
    assert isinstance(fork, Fork)
    assert isinstance(join, Join)
    assert fork.branches == (place(model, "a"), place(model, "c"))
    assert (
        fork.then == named(model, "b").then == named(model, "choose").then == place(model, "join")
    )
    assert join.then == place(model, "d")
    end = named(model, "end:withdrawn")
    assert isinstance(end, End)
    assert model.outcomes[end.outcome] == "withdrawn"
    assert model.outcomes == ("open", "completed", "rejected", "withdrawn")


@pytest.mark.parametrize("in_turn", [True, False])
def test_branches_in_turn_follow_each_other_and_leave_no_fork(of: Steps, in_turn: bool) -> None:
    model = of(f"""
        - in_turn: {str(in_turn).lower()}
          together:
            - [{{delay: a, time: 1 h}}, {{delay: b, time: 1 h}}]
            - [{{delay: c, time: 1 h}}]
        - {{delay: d, time: 1 h}}
    """)
    follow = named(model, "b").then == place(model, "c") and named(model, "c").then == place(
        model, "d"
    )
    assert follow == in_turn
    assert any(isinstance(each, Fork | Join) for each in model.elements) != in_turn
    assert len(model.elements) == (4 if in_turn else 6)


def test_a_plain_return_needs_no_element_of_its_own(of: Steps) -> None:
    model = of("""
        - {do: register, role: clerk, time: 10 min}
        - choose:
            - {share: 5 %, steps: [{delay: ask, time: 1 h}, {return: register}]}
        - {return: register, share: 20 %, if: age is young}
    """)
    assert named(model, "ask").then == place(model, "register")
    back = named(model, "return:register")
    assert isinstance(back, Choice)
    assert (back.options[0].target, back.options[0].share) == (0, 0.2)
    assert back.then == LEAVE


def test_an_incomplete_dossier_stops_the_clock_and_comes_back(of: Steps) -> None:
    model = of("""
        - open: birth
        - {do: check, role: clerk, time: 10 min}
        - {incomplete: birth, share: 8 %, supplement: 2 wd, within: 7 wd, back_to: check,
           trips: 1, gives: 2, effort: 30 min}
        - {do: sign, role: clerk, time: 10 min}
        - close: birth
    """)
    choice = named(model, "incomplete:birth")
    stop, supplement = named(model, "incomplete:birth:stop"), "incomplete:birth:supplement"
    given, resumed = named(model, supplement), named(model, "incomplete:birth:resume")
    late = named(model, "incomplete:birth:late")
    assert isinstance(choice, Choice)
    assert isinstance(given, Applicant)
    assert isinstance(late, End)
    assert isinstance(stop, ClockStop)
    assert isinstance(resumed, ClockResume)
    assert choice.options[0].target == place(model, "incomplete:birth:stop")
    assert choice.then == place(model, "sign")
    assert stop.then == place(model, supplement)
    assert (given.n_trips, given.n_given, given.within) == (1, 2, 7)
    assert given.then == place(model, "incomplete:birth:resume")
    assert given.late == place(model, "incomplete:birth:late")
    assert model.samplers[given.effort].values.tolist() == [HOUR / 2]
    assert resumed.then == place(model, "check")
    assert model.outcomes[late.outcome] == "rejected"
    with pytest.raises(AssertionError):
        assert resumed.then == place(model, "sign")


def test_without_a_deadline_a_supplement_is_never_late(of: Steps) -> None:
    model = of("""
        - open: birth
        - {incomplete: birth, share: 8 %, supplement: 2 wd}
        - close: birth
    """)
    given = named(model, "incomplete:birth:supplement")
    assert isinstance(given, Applicant)
    assert (given.within, given.late, given.effort) == (-1, LEAVE, -1)
    assert named(model, "incomplete:birth:resume").then == place(model, "close:birth")
    assert not [element for element in model.elements if isinstance(element, End)]


def test_work_belongs_to_the_dossier_opened_last_unless_it_says_otherwise(of: Steps) -> None:
    model = of("""
        - {do: before, role: clerk, time: 1 min}
        - open: birth
        - {do: first, role: clerk, time: 1 min}
        - together:
            - - open: residence
              - {do: inner, role: clerk, time: 1 min}
              - close: residence
              - {do: after, role: clerk, time: 1 min}
            - - {do: beside, role: clerk, time: 1 min}
              - {do: said, role: clerk, time: 1 min, dossier: residence}
              - {do: unsaid, role: clerk, time: 1 min, dossier: none}
        - {do: behind, role: clerk, time: 1 min}
        - close: birth
        - {do: last, role: clerk, time: 1 min}
    """)
    found = {e.name: e.dossier for e in model.elements if isinstance(e, Activity)}
    expected = {
        "before": NO_DOSSIER,
        "first": 0,
        "inner": 1,
        "after": 0,
        "beside": 0,
        "said": 1,
        "unsaid": NO_DOSSIER,
        "behind": 0,
        "last": NO_DOSSIER,
    }
    assert found == expected
    with pytest.raises(AssertionError):
        assert found == expected | {"inner": 0}


def test_working_days_count_on_the_office_calendar_and_clock_time_always(of: Steps) -> None:
    model = of("""
        - {delay: days, time: 1.5 wd}
        - {delay: hours, time: 36 h}
        - {applicant: own, time: 2 wd, calendar: always}
    """)
    days, hours, own = (named(model, name) for name in ("days", "hours", "own"))
    assert isinstance(days, Delay)
    assert isinstance(hours, Delay)
    assert isinstance(own, Applicant)
    # A day of the office has eight hours, one of a calendar that never closes twenty-four.
    assert model.samplers[days.time].values.tolist() == [12 * HOUR]
    assert model.calendars[days.calendar].name == "office"
    assert model.samplers[hours.time].values.tolist() == [36 * HOUR]
    assert model.calendars[hours.calendar].name == "always"
    assert model.samplers[own.time].values.tolist() == [48 * HOUR]
    with pytest.raises(AssertionError):
        assert model.samplers[days.time].values.tolist() == [36 * HOUR]


def test_systems_are_indices_each_once(of: Steps) -> None:
    model = of("- {transfer: send, over: [register, portal, register], time: 1 min}")
    send = named(model, "send")
    assert isinstance(send, Transfer)
    assert send.systems == (0, 1)


def test_an_appointment_may_name_the_bundle(of: Steps) -> None:
    model = of("[open: birth, appointment: bundle, appointment: birth, close: birth]")
    found = [element.clock for element in model.elements if isinstance(element, Appointment)]
    assert found == [BUNDLE, 0]


def test_equal_times_share_one_sampler(of: Steps) -> None:
    model = of("""
        - {delay: a, time: 90 min}
        - {delay: b, time: 1 h 30 min}
        - {delay: c, time: 91 min}
    """)
    assert len(model.samplers) == 2


def test_an_option_behind_one_that_takes_all_may_be_for_other_cases(of: Steps) -> None:
    model = of("""
        - choose:
            - {if: remote, steps: [{delay: a, time: 1 h}]}
            - {share: 30 %, steps: [{delay: b, time: 1 h}]}
            - {share: 70 %, steps: [{delay: c, time: 1 h}]}
    """)
    assert len(model.elements) == 4


def test_an_option_of_no_share_is_no_fault_since_a_lever_may_have_put_it_there(of: Steps) -> None:
    model = of("""
        - choose:
            - {share: 100 %, steps: [{delay: a, time: 1 h}]}
            - {share: 0 %, steps: [{delay: b, time: 1 h}]}
    """)
    assert [each.name for each in model.elements] == ["a"]


def test_a_loop_that_only_some_cases_cannot_leave_is_found(of: Steps) -> None:
    steps = """
        - {delay: wait, time: 1 h}
        - {return: wait, if: age is old}
    """
    assert faults(of, steps) == ["a case that comes here never comes to an end of the flow"]
    assert len(of(steps.replace("age is old", "age is old, share: 99 %")).elements) == 2


def test_a_branch_may_end_the_case_but_not_be_caught(of: Steps) -> None:
    steps = """
        - together:
            - [{delay: a, time: 1 h}]
            - [{delay: b, time: 1 h}, {WAY}]
    """
    assert of(steps.replace("WAY", "return: b, share: 50 %"))
    found = faults(of, steps.replace("WAY", "return: b"))
    assert found == ["a case can be caught in this branch, so that the others wait for it in vain"]


def test_a_clock_opened_in_one_branch_is_not_open_in_the_other(of: Steps) -> None:
    found = faults(
        of,
        """
        - together:
            - [open: birth, close: birth]
            - [{delay: a, time: 1 h}, {stop: birth}]
        """,
    )
    assert found == ["'birth' was not opened before"]


def test_no_fault_comes_alone(of: Steps) -> None:
    found = faults(
        of,
        """
        - {do: a, role: clark, time: 1 min}
        - close: birth
        - {return: b, share: 10 %}
        - end: open
        """,
    )
    assert len(found) == 4


def test_a_case_surely_ends_where_each_way_of_a_choice_has_a_way_on() -> None:
    forward, back, ends = frozenset((2,)), frozenset((0,)), frozenset[int]()
    # A loop from 1 that a case may leave whatever its property, one that some never leave.
    assert surely_ends({0: [frozenset((1,))], 1: [forward, forward | back], 2: [ends]}, 0, LEAVE)
    never = {0: [frozenset((1,))], 1: [forward, back], 2: [ends]}
    assert not surely_ends(never, 0, LEAVE)
    assert trapped({0: frozenset((1,)), 1: back, 2: ends}, 0, LEAVE) == [0, 1]
    # A branch comes to its join, 3, and the way out of the flow is no way to it.
    assert surely_ends({0: [frozenset((3,))], 3: [frozenset((LEAVE,))]}, 0, 3)
    assert not surely_ends({0: [frozenset((LEAVE,))]}, 0, 3)


def test_of_two_choices_by_one_property_it_does_not_see_that_they_agree() -> None:
    # With the property 0 goes on to 1 and leaves; without it goes to 2, which then leaves too.
    on, over, out, back = (frozenset((each,)) for each in (1, 2, LEAVE, 0))
    ways = {0: [on, over], 1: [out, back], 2: [back, out]}
    assert not surely_ends(ways, 0, LEAVE)
    for value in (0, 1):
        nexts = {index: sets[value] for index, sets in ways.items()}
        assert trapped(nexts, 0, LEAVE) == []


def test_habits_stand_before_the_work_and_a_way_back_leads_to_the_first_of_them(
    tmp_path: Path,
) -> None:
    steps = """
          - open: birth
          - {do: work, role: clerk, time: 1 min, begins: {share: 40 %, before_due: 2 wd}}
          - {do: check, role: clerk, time: 1 min, dossier: none}
          - {return: work, share: 5 %}
          - close: birth
"""
    file = tmp_path / "steps.yaml"
    head = HEAD.replace("people: 1}", 'people: 1, looks_in: ["08:00", "14:00"]}')
    file.write_text(head.lstrip() + steps.lstrip("\n"), encoding="utf-8")
    model = resolve(load(file))
    held, hold, seen = (named(model, f"work:{part}") for part in ("held", "hold", "seen"))
    assert isinstance(held, Choice)
    assert (held.options[0].share, held.options[0].target) == (0.4, place(model, "work:hold"))
    assert held.then == place(model, "work:seen")
    assert isinstance(hold, Appointment)
    assert (hold.clock, hold.days_before, hold.part) == (0, 2, LedgerPart.HELD)
    assert isinstance(seen, Timetable)
    assert (seen.part, seen.then) == (LedgerPart.UNSEEN, place(model, "work"))
    assert held.key == name_key("work:held", 32)
    way_back = named(model, "return:work")
    assert isinstance(way_back, Choice)
    assert way_back.options[0].target == place(model, "work:held")
    assert named(model, "work").then == place(model, "check:seen")
    # The twin: without habits the same steps are five elements, and the way back leads to the work.
    file.write_text(
        HEAD.lstrip() + steps.lstrip("\n").replace(", begins: {share: 40 %, before_due: 2 wd}", ""),
        encoding="utf-8",
    )
    plain = resolve(load(file))
    assert len(plain.elements) == 5
    way_back = named(plain, "return:work")
    assert isinstance(way_back, Choice)
    assert way_back.options[0].target == place(plain, "work")


def test_work_without_a_limit_of_its_own_is_held_by_that_of_the_bundle(of: Steps) -> None:
    work = "- {do: work, role: clerk, time: 1 min, begins: {before_due: 1 wd}, dossier: DOSSIER}"
    steps = "- open: birth\n" + work + "\n- close: birth"
    clocks = {}
    for dossier in ("birth", "none"):
        hold = named(of(steps.replace("DOSSIER", dossier)), "work:hold")
        assert isinstance(hold, Appointment)
        clocks[dossier] = hold.clock
    assert clocks == {"birth": 0, "none": BUNDLE}


def test_a_batch_waits_in_clock_time_or_in_open_time_of_the_office(of: Steps) -> None:
    batch = "batch: {size: 10, at_most: LENGTH, setup: 15 min, ends: together}, pooled: true"
    found = {}
    for length in ("1 wd", "24 h"):
        model = of(f"- {{do: work, role: clerk, time: 1 min, {batch.replace('LENGTH', length)}}}")
        work = named(model, "work")
        assert isinstance(work, Activity)
        assert work.batch is not None
        assert work.pooled
        assert (work.batch.size, work.batch.setup, work.batch.together) == (10, HOUR // 4, True)
        found[length] = (work.batch.at_most, model.calendars[work.batch.calendar].name)
    assert found == {"1 wd": (8 * HOUR, "office"), "24 h": (24 * HOUR, "always")}
    alone = named(of("- {do: work, role: clerk, time: 1 min}"), "work")
    assert isinstance(alone, Activity)
    assert (alone.batch, alone.pooled) == (None, False)


def test_a_payment_at_the_counter_is_one_element_and_one_online_has_its_tries(of: Steps) -> None:
    (paid,) = of("- {pay: fee, fee: 8 000 VND}").elements
    assert isinstance(paid, Payment)
    assert (paid.name, paid.is_online, paid.fee) == (
        "fee",
        False,
        Series(from_days=(0,), values=(8000.0,)),
    )
    model = of("- {pay: fee, fee: 8 000 VND, online: 40 %, fails: 2 %, again: 10 min}")
    assert [each.name for each in model.elements] == [
        "fee",
        "fee:online",
        "fee:fails",
        "fee:again",
        "fee:paid",
    ]
    choice, tries = named(model, "fee"), named(model, "fee:fails")
    assert isinstance(choice, Choice)
    assert isinstance(tries, Choice)
    assert (choice.options[0].target, choice.then) == (2, 4)
    assert (tries.options[0].target, tries.then, model.elements[3].then) == (3, 1, 2)


def test_a_second_appointment_with_a_slip_needs_a_name(of: Steps) -> None:
    steps = """
        - open: birth
        - {appointment: birth, slip: 50 %}
        - {appointment: birth, slip: 60 %}
        - close: birth
    """
    assert "a second step 'appointment:birth' of the flow without a name" in faults(of, steps)[0]
    # Without shares nothing is drawn, and they are numbered.
    plain = steps.replace(", slip: 50 %", "").replace(", slip: 60 %", "")
    assert named(of(plain), "appointment:birth#2")


def test_a_way_back_for_all_who_arrive_from_some_day_on_is_refused(of: Steps) -> None:
    steps = """
        - {do: work, role: clerk, time: 1 min}
        - {return: work, share: {2025-01-06: 5 %, 2025-02-03: 100 %}}
    """
    assert faults(of, steps) == ["a case that comes here never comes to an end of the flow"]
    assert named(of(steps.replace("100 %", "99 %")), "return:work")


WITH_APPOINTMENT = """
          - open: birth
          - {{do: work, role: clerk, time: 1 min}}
          - {appointment}
          - {{return: {back}, share: 5 %}}
          - close: birth
"""


def with_appointment(of: Steps, appointment: str, back: str = "work") -> Model:
    return of(WITH_APPOINTMENT.format(appointment=appointment, back=back))


def test_an_appointment_that_nobody_keeps_is_no_element(of: Steps) -> None:
    none = of(WITH_APPOINTMENT.replace("          - {appointment}\n", "").format(back="work"))
    assert with_appointment(of, "{appointment: birth, slip: 0 %}").elements == none.elements
    by_date = "{appointment: birth, slip: {2025-01-06: 0 %, 2025-02-03: 0 %}}"
    assert with_appointment(of, by_date).elements == none.elements
    # The twin: where somebody keeps it, it and the choice stand in the flow.
    some = with_appointment(of, "{appointment: birth, slip: 1 %}")
    assert len(some.elements) == len(none.elements) + 2


def test_an_appointment_that_all_keep_asks_nobody(of: Steps) -> None:
    plain = with_appointment(of, "{appointment: birth}")
    assert with_appointment(of, "{appointment: birth, slip: 100 %}").elements == plain.elements
    assert with_appointment(of, "{appointment: birth, slip: 99 %}").elements != plain.elements


def test_a_way_back_to_an_appointment_that_nobody_keeps_leads_behind_it(of: Steps) -> None:
    model = with_appointment(of, "{appointment: birth, slip: 0 %}", "appointment:birth")
    way_back = named(model, "return:appointment:birth")
    assert isinstance(way_back, Choice)
    assert way_back.options[0].target == place(model, "return:appointment:birth")
    kept = with_appointment(of, "{appointment: birth}", "appointment:birth")
    assert named(kept, "return:appointment:birth") != way_back  # twin


def test_what_stands_in_an_option_that_nobody_takes_stays_only_for_a_backlog(
    tmp_path: Path,
) -> None:
    steps = """
          - open: birth
          - choose: [{share: 0 %, steps: [{do: ask, role: clerk, time: 1 min}]}]
          - close: birth
"""
    file = tmp_path / "steps.yaml"
    file.write_text(HEAD.lstrip() + steps.lstrip("\n"), encoding="utf-8")
    assert [each.name for each in resolve(load(file)).elements] == ["open:birth", "close:birth"]
    backlog = "bundle,office,step,received_on,remote,age\nbirth,commune,ask,2024-12-30,no,old\n"
    (tmp_path / "backlog.csv").write_text(backlog, encoding="utf-8")
    model = resolve(load(file, settings={"backlog": str(tmp_path / "backlog.csv")}))
    assert [each.name for each in model.elements] == ["open:birth", "ask", "close:birth"]
    assert named(model, "open:birth").then == place(model, "close:birth")


def test_a_fee_of_nothing_is_not_paid_on_the_days_on_which_it_is_nothing(of: Steps) -> None:
    steps = (
        "- {{pay: fee, fee: {fee}, online: 40 %, counter: {{trips: 1}}}}\n"
        "- {{delay: on, time: 1 h}}"
    )
    free = of(steps.format(fee="0 VND"))
    assert [each.name for each in free.elements] == ["on"]
    until = of(steps.format(fee="{2025-01-06: 0 VND, 2025-02-03: 8 000 VND}"))
    due = named(until, "fee:due")
    assert isinstance(due, Choice)
    assert due.options[0].share == Series(from_days=(0, 28), values=(0.0, 1.0))
    assert (due.options[0].target, due.then) == (place(until, "fee"), place(until, "on"))
    always = of(steps.format(fee="8 000 VND"))  # twin
    assert "fee:due" not in {each.name for each in always.elements}
    at_counter = of(
        steps.replace(", online: 40 %", "").format(fee="{2025-01-06: 0 VND, 2025-02-03: 8 000 VND}")
    )
    due = named(at_counter, "fee:due")
    assert isinstance(due, Choice)
    assert due.options[0].target == place(at_counter, "fee:counter")


def test_work_may_be_seen_at_other_times_than_its_role_looks_in(tmp_path: Path) -> None:
    steps = """
          - {do: come, role: clerk, time: 1 min}
          - {do: work, role: clerk, time: 1 min, looks_in: "14:00"}
          - {do: check, role: clerk, time: 1 min, looks_in: []}
"""
    file = tmp_path / "steps.yaml"
    head = HEAD.replace("people: 1}", 'people: 1, looks_in: "08:00"}')
    file.write_text(head.lstrip() + steps.lstrip("\n"), encoding="utf-8")
    model = resolve(load(file))
    names = [each.name for each in model.elements]
    assert names == ["come", "come:seen", "work", "work:seen", "check"]
    day = 24 * HOUR
    for name, hour in (("come:seen", 8), ("work:seen", 14)):
        seen = named(model, name)
        assert isinstance(seen, Timetable)
        assert {instant % day for instant in model.timetables[seen.instants]} == {hour * HOUR}
