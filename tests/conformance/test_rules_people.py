# ruff: noqa: N802 - the name of a test carries the number of its rule
"""The rules of absence, batches and help (P1-P3, H2, B2), on worlds worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from small_worlds import Play, World

from sim.absences import Absence, shift_of, spells
from sim.distributions import Constant, Exponential, sampler
from sim.engines import protocol
from sim.model import Activity, Batch, Help, Model
from sim.streams import key_of
from sim.units import DAY, HOUR, MINUTE, NEVER

Change = Callable[[Model], Model]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(World):
    """A world whose model is changed before it runs."""

    changes: tuple[Change, ...] = ()

    def model(self, folder: Path) -> Model:
        model = World.model(self, folder)
        for change in self.changes:
            model = change(model)
        return model

    def with_(self, *changes: Change) -> Changed:
        return replace(self, changes=changes)


def at(day: int, hour: int, minute: int = 0) -> int:
    """An instant of March 2025."""
    return (day - 3) * DAY + hour * HOUR + minute * MINUTE


def person(name: str, **values: object) -> Change:
    """Somebody is otherwise: away, faster."""

    def change(model: Model) -> Model:
        assert name in [member.name for member in model.staff]
        return replace(
            model,
            staff=tuple(
                replace(member, **values) if member.name == name else member
                for member in model.staff
            ),
        )

    return change


def work(**values: object) -> Change:
    """All activities are otherwise."""

    def change(model: Model) -> Model:
        return replace(
            model,
            elements=tuple(
                replace(element, **values) if isinstance(element, Activity) else element
                for element in model.elements
            ),
        )

    return change


def batch(size: int, at_most: int, *, setup: int = 0, together: bool = False) -> Change:
    """All activities are done in batches; ``at_most`` is counted on the office's calendar."""

    def change(model: Model) -> Model:
        hours = model.offices[0].calendar
        made = Batch(size=size, at_most=at_most, calendar=hours, setup=setup, together=together)
        return work(batch=made)(model)

    return change


TWO = "staff: {clerk: {office: commune, people: 2}}"
AWAY_ON_MONDAY = person("commune/clerk/1", away=((at(10, 0), at(10, 12)),))


def test_P3_what_is_half_done_when_an_absence_begins_is_taken_over_first(play: Play) -> None:
    # Clerk 2 has case 1 in hand until Monday 8:10, then does the rest of case 0, then case 2.
    world = Changed(
        steps="- {do: decide, role: clerk, time: 1 h}",
        filed=("Fri 7 16:30", "Fri 7 16:40", "Fri 7 16:50"),
        also=TWO,
        changes=(AWAY_ON_MONDAY,),
    )
    story = play(world)
    assert story.begun("decide") == ["Fri 7 16:30", "Fri 7 16:40", "Mon 10 08:40"]
    assert story.ends == ["Mon 10 08:40", "Mon 10 08:10", "Mon 10 09:40"]
    assert story.by("decide") == 3 * ["commune/clerk/2"]
    assert story.minutes(0) == {"service": 60, "closed": 62.5 * 60, "absence": 40}
    assert story.staff["n_items"] == [1, 2]
    assert [time / MINUTE for time in story.staff["busy_time"]] == [30, 150]
    first, second = story.staff["on_shift_time"]
    assert second - first == 4 * HOUR
    assert story.run.queues["n_at_once"].tolist() == [2]
    assert story.run.waits.tolist() == [(10 + 70) * MINUTE]
    twin = play(world.with_())
    assert twin.ends == ["Mon 10 08:00", "Mon 10 08:10", "Mon 10 09:00"]
    assert twin.by("decide") == ["commune/clerk/1", "commune/clerk/2", "commune/clerk/1"]
    assert twin.minutes(0) == {"service": 60, "closed": 62.5 * 60}


def test_P3_the_rest_is_done_at_the_speed_of_who_goes_on_with_it(play: Play) -> None:
    # Half an hour of 40 minutes is done; the rest, 10 minutes at 1.5, is 7 and a half at 2.
    world = Changed(
        steps="- {do: decide, role: clerk, time: 1 h}",
        filed=("Fri 7 16:30",),
        also=TWO,
        changes=(AWAY_ON_MONDAY, person("commune/clerk/1", speed=1.5)),
    )
    fast = person("commune/clerk/2", speed=2.0)
    assert play(world.with_(*world.changes, fast)).ends == ["Mon 10 07:37:30.000000"]
    story = play(world)
    assert story.ends == ["Mon 10 07:45"]
    assert story.minutes(0)["service"] == 30 + 15


def test_P3_an_item_that_ends_as_the_absence_begins_is_done(play: Play) -> None:
    # The item that closes the week goes on with the absence; one in overtime ends at that instant.
    world = Changed(
        steps="- {do: decide, role: clerk, time: 15 h 30 min, at_closing: finish}",
        filed=("Mon 3 16:00",),
        also=TWO,
        changes=(person("commune/clerk/1", away=((at(4, 0), at(4, 12)),)),),
    )
    story = play(world)
    assert story.ends == ["Tue 4 07:30"]
    assert story.by("decide") == ["commune/clerk/1"]
    twin = play(world.but("15 h 30 min", "15 h 31 min"))
    assert twin.ends == ["Tue 4 07:31"]
    assert twin.by("decide") == ["commune/clerk/2"]


def test_P3_work_after_closing_goes_back_when_an_absence_begins(play: Play) -> None:
    world = Changed(
        steps="- {do: decide, role: clerk, time: 20 h, at_closing: finish}",
        filed=("Mon 3 16:00",),
        also=TWO,
        changes=(person("commune/clerk/1", away=((at(4, 0), at(4, 12)),)),),
    )
    story = play(world)
    assert story.ends == ["Tue 4 12:00"]
    assert [time / MINUTE for time in story.staff["busy_time"]] == [60, 240]
    assert [time / MINUTE for time in story.staff["overtime"]] == [870, 30]
    twin = play(world.but("at_closing: finish", "at_closing: pause"))
    assert [time / MINUTE for time in twin.staff["overtime"]] == [0, 0]


def test_P3_what_nobody_takes_over_waits_for_its_person_and_has_not_ended(play: Play) -> None:
    world = Changed(
        steps="- {do: decide, role: clerk, time: 1 h}",
        filed=("Fri 7 16:30",),
        changes=(person("commune/clerk/1", away=((at(10, 0), at(11, 0)),)),),
    )
    story = play(world)
    assert story.ends == ["Tue 11 08:00"]
    assert story.minutes(0)["absence"] == 24 * 60
    gone = play(world.with_(person("commune/clerk/1", away=((at(10, 0), NEVER),))))
    assert gone.begun("decide") == ["Fri 7 16:30"]
    assert gone.done("decide") == ["not yet"]
    assert gone.by("decide") == ["commune/clerk/1"]


HALF_AWAY = Absence(
    present=sampler(Exponential(mean=16.0 * HOUR)), spell=sampler(Constant(value=16.0 * HOUR))
)


def test_P1_one_more_person_changes_nobody_elses_absences(play: Play) -> None:
    def ill(model: Model) -> Model:
        staff = tuple(
            replace(member, absence=0, stream=i + 1) for i, member in enumerate(model.staff)
        )
        return replace(model, absences=(HALF_AWAY,), staff=staff)

    world = Changed(steps="- {do: decide, role: clerk, time: 1 h}", also=TWO, changes=(ill,))
    two, three = play(world), play(world.but("people: 2", "people: 3"))
    assert three.staff["on_shift_time"][:2] == two.staff["on_shift_time"]
    assert two.staff["on_shift_time"][0] != two.staff["on_shift_time"][1]
    hours = two.model.calendars[two.model.staff[0].calendar]
    last = hours.open_between(0, two.model.horizon)
    (drawn,) = spells(HALF_AWAY, np.array([1], np.uint64), key_of(1, 0), last)
    shift = shift_of(hours, (), drawn)
    assert two.staff["on_shift_time"][0] == shift.calendar.open_between(0, 21 * DAY)
    assert protocol.shifts(two.model, key_of(1, 0)).away_from[0] == shift.away_from


A_DAY = 8 * HOUR


def test_H2_a_batch_that_does_not_fill_is_begun_when_its_first_has_waited(play: Play) -> None:
    world = Changed(
        steps="- {do: sign, role: clerk, time: 10 min}",
        filed=("Mon 3 09:00", "Mon 3 09:10", "Mon 3 09:20"),
        changes=(batch(10, A_DAY, setup=15 * MINUTE),),
    )
    story = play(world)
    assert story.begun("sign") == 3 * ["Tue 4 09:00"]
    assert story.ends == ["Tue 4 09:25", "Tue 4 09:35", "Tue 4 09:45"]
    assert story.minutes(2) == {"queue": 460, "closed": 960, "batch": 35, "service": 10}
    assert story.staff["busy_time"] == [45 * MINUTE]
    assert story.staff["n_items"] == [3]
    together = play(world.with_(batch(10, A_DAY, setup=15 * MINUTE, together=True)))
    assert together.ends == 3 * ["Tue 4 09:45"]
    assert together.minutes(0) == {"queue": 480, "closed": 960, "batch": 35, "service": 10}
    twin = play(world.with_(batch(3, A_DAY, setup=15 * MINUTE)))
    assert twin.begun("sign") == 3 * ["Mon 3 09:20"]


def test_H2_a_full_batch_is_begun_at_once_and_the_rest_waits_on(play: Play) -> None:
    world = Changed(
        steps="- {do: sign, role: clerk, time: 10 min}",
        filed=("Mon 3 08:00", "Mon 3 08:10", "Mon 3 08:20", "Mon 3 08:30"),
        changes=(batch(3, A_DAY, setup=15 * MINUTE, together=True),),
    )
    story = play(world)
    assert story.begun("sign") == [*3 * ["Mon 3 08:20"], "Tue 4 08:30"]
    assert story.ends == [*3 * ["Mon 3 09:05"], "Tue 4 08:55"]
    assert story.minutes(1) == {"queue": 10, "batch": 35, "service": 10}
    assert story.staff["busy_time"] == [(45 + 25) * MINUTE]
    soon = play(world.with_(batch(3, 30 * MINUTE, setup=15 * MINUTE, together=True)))
    assert soon.ends == [*3 * ["Mon 3 09:05"], "Mon 3 09:30"]
    never = play(world.with_(batch(3, NEVER, setup=15 * MINUTE, together=True)))
    assert never.ends[3] == "not yet"


def test_H2_an_absence_hands_back_what_is_left_of_a_batch(play: Play) -> None:
    # By Friday's close one is done and a half; clerk 2 takes the rest, with no others, on Monday.
    world = Changed(
        steps="- {do: sign, role: clerk, time: 1 h}",
        filed=3 * ("Fri 7 15:30",),
        also=TWO,
        changes=(AWAY_ON_MONDAY, batch(3, NEVER)),
    )
    story = play(world)
    assert story.ends == ["Fri 7 16:30", "Mon 10 08:00", "Mon 10 09:00"]
    assert [name[-1] for name in story.by("sign")] == ["1", "2", "2"]
    assert story.minutes(2) == {"service": 60, "batch": 90 + 30, "closed": 62.5 * 60}
    assert story.staff["n_items"] == [3, 0]
    assert story.staff["busy_time"] == [90 * MINUTE, 90 * MINUTE]
    twin = play(world.with_(AWAY_ON_MONDAY, batch(3, NEVER, together=True)))
    assert twin.ends == 3 * ["Mon 10 09:00"]
    assert play(world.with_(batch(3, NEVER))).by("sign") == 3 * ["commune/clerk/1"]


COMMUNES = """
levels: [district, commune]
offices: {dong: {level: district}, an: {parent: dong}, binh: {parent: dong}}
staff: {clerk: {office: commune, people: 1}}
"""


def helped(after: int) -> Change:
    def change(model: Model) -> Model:
        group = Help(group_of=tuple(office.parent for office in model.offices), after=after)
        return replace(model, roles=tuple(replace(role, help=group) for role in model.roles))

    return change


def test_B2_a_neighbour_takes_what_has_waited_long_enough(play: Play) -> None:
    world = Changed(
        steps="- {do: decide, role: clerk, time: 1 h}",
        filed=("filed_at,office", *3 * ("Mon 3 08:00,an",)),
        also=COMMUNES,
        changes=(work(pooled=True), helped(30 * MINUTE)),
    )
    story = play(world)
    assert story.by("decide") == ["an/clerk/1", "binh/clerk/1", "an/clerk/1"]
    assert story.ends == ["Mon 3 09:00", "Mon 3 09:30", "Mon 3 10:00"]
    an = [office.name for office in story.model.offices].index("an")
    assert story.items("decide")["office"] == 3 * [an]
    assert story.run.queues["n_begun"].tolist() == [3, 0]
    for changes in ((helped(30 * MINUTE),), (work(pooled=True), helped(NEVER))):
        alone = play(world.with_(*changes))
        assert alone.ends == ["Mon 3 09:00", "Mon 3 10:00", "Mon 3 11:00"]


def test_B2_work_of_ones_own_office_comes_first(play: Play) -> None:
    # Binh's clerk is busy until 9:25 with a case that came after those of An, and helps then.
    world = Changed(
        steps="- {do: decide, role: clerk, time: 1 h}",
        filed=("filed_at,office", *3 * ("Mon 3 08:00,an",), "Mon 3 08:25,binh"),
        also=COMMUNES,
        changes=(work(pooled=True), helped(30 * MINUTE)),
    )
    story = play(world)
    assert story.by("decide") == ["an/clerk/1", "an/clerk/1", "binh/clerk/1", "binh/clerk/1"]
    assert story.ends == ["Mon 3 09:00", "Mon 3 10:00", "Mon 3 10:25", "Mon 3 09:25"]
    twin = play(world.but("08:25,binh", "08:35,binh"))
    assert twin.ends == ["Mon 3 09:00", "Mon 3 09:30", "Mon 3 10:00", "Mon 3 10:30"]


def test_B2_help_begins_when_the_helper_comes_on_shift(play: Play) -> None:
    # Binh's clerk is away on Monday morning, and helps from 13:00 on.
    world = Changed(
        steps="- {do: decide, role: clerk, time: 6 h}",
        filed=("filed_at,office", *2 * ("Mon 3 08:00,an",)),
        also=COMMUNES,
        changes=(
            work(pooled=True),
            helped(0),
            person("binh/clerk/1", away=((at(3, 0), at(3, 12)),)),
        ),
    )
    story = play(world)
    assert story.begun("decide") == ["Mon 3 08:00", "Mon 3 13:00"]
    assert story.by("decide") == ["an/clerk/1", "binh/clerk/1"]
    assert play(world.with_(*world.changes[:2])).begun("decide")[1] == "Mon 3 08:00"


@pytest.mark.parametrize("size", [1, 2])
def test_B2_a_batch_of_another_office_is_taken_whole(play: Play, size: int) -> None:
    world = Changed(
        steps="- {do: decide, role: clerk, time: 1 h}",
        filed=("filed_at,office", *4 * ("Mon 3 08:00,an",)),
        also=COMMUNES,
        changes=(work(pooled=True), helped(0), batch(size, NEVER)),
    )
    here, there = "an/clerk/1", "binh/clerk/1"
    expected = {1: [here, there, here, there], 2: [here, here, there, there]}
    assert play(world).by("decide") == expected[size]
