"""The values of a group's people among which a staffing is looked for, and where it is expected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sim.analysis.selection import least
from sim.errors import RequestError
from sim.experiment.requirements import Requirement, roles_asked
from sim.experiment.trials import Trials
from sim.language import say
from sim.model import Activity, Model
from sim.model.graph import reachable
from sim.scenario.overrides.changes import is_change
from sim.scenario.resolve.people.roles import roles_held
from sim.scenario.schema.staff import StaffGroup
from sim.units import DAY, HOUR, MINUTE, YEAR, parse_amount
from sim.wording import did_you_mean
from sim.workload import RoleLoad, mean_of, offered_load
from sim.workload.erlang import mean_wait, share_within, square_root_people

_FACTOR: Final = 0.1
"""Step of a group whose people stand in a column, or go by date: a tenth of them."""

_PART: Final = 0.25
"""Step of a group that has a part of a person."""

_SAFETY: Final = 1.0
"""Multiple of the square root of the work at which a staffing is expected: half of it waits."""

_PLENTY: Final = 4.0
"""Multiple at which next to nothing waits: more people change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A group of staff and the numbers of people that it can have.

    Parameters
    ----------
    path
        What is set, as with ``--set``.
    values
        The values to set it to, from the fewest people upwards.
    people
        Full-time people over all offices at each of them.
    present
        Those that the scenario has.
    price
        What one of them costs: 1, or the wages of a year.
    guess
        The place in ``values`` that queueing theory expects.
    n_left_out
        How many smaller values were left out, for the work exceeds the people.
    """

    group: str
    label: str
    path: str
    values: tuple[str, ...]
    people: tuple[float, ...]
    present: float
    price: float
    guess: int = 0
    n_left_out: int = 0


def ladders_of(
    trials: Trials,
    requirements: Sequence[Requirement],
    move: Mapping[str, Sequence[str]] | None,
    *,
    by_wages: bool,
) -> tuple[Ladder, ...]:
    """The ladders of the groups to move, without what cannot be enough.

    Parameters
    ----------
    move
        The groups, each with its values as on the command line, or none for values that are found:
        from one person on, or tenths of what there is, up to where next to nothing waits; by
        default all groups that work on what the targets are about.
    by_wages
        Whether people cost their wages, and not 1 each.

    Raises
    ------
    RequestError
        With all groups that are not there, have no pay, or whose values are not what they can be.
    """
    base = trials.candidate({})
    spec, model = base.scenario.spec, base.model
    loads = offered_load(model)
    wanted = move or dict.fromkeys(_groups(spec.staff, requirements, model), ())
    faults: list[str] = []
    found: list[Ladder] = []
    for name, texts in wanted.items():
        if name not in spec.staff:
            way_out = did_you_mean(name, spec.staff)
            faults.append(say("no group of staff '{name}'; {way_out}", name=name, way_out=way_out))
            continue
        group = spec.staff[name]
        present, hours = _present(model, name)
        pay = _pay(model, name, group)
        if by_wages and pay is None:
            faults.append(
                say("staff.{name} has no pay. Give it one, or take --cost people.", name=name)
            )
            continue
        try:
            rungs = _rungs(texts, name, group, model, loads, present)
        except RequestError as error:
            faults.append(str(error))
            continue
        price = 1.0
        if by_wages:
            price = (pay or 0.0) * hours * YEAR / model.horizon
        found.append(
            Ladder(
                group=name,
                label=group.label or name,
                path=f"staff.{name}.people",
                values=tuple(rungs),
                people=tuple(rungs.values()),
                present=present,
                price=price,
            )
        )
    if faults:
        raise RequestError("\n".join(faults))
    if not found:
        raise RequestError(
            say("no group of staff works on what the targets are about. Give --move.")
        )
    screened = _screened(trials, found, loads)
    return tuple(
        _with_guess(each, spec.staff[each.group], requirements, model, loads) for each in screened
    )


def _groups(
    staff: Mapping[str, StaffGroup], requirements: Sequence[Requirement], model: Model
) -> Iterable[str]:
    bundles, roles = roles_asked(requirements, model)
    for flow in model.flows:
        if model.bundles[flow.bundle].name in bundles:
            inside = (model.elements[i] for i in reachable(model.elements, flow.start))
            roles |= {model.roles[e.role].name for e in inside if isinstance(e, Activity)}
    for name, group in staff.items():
        if roles.intersection(roles_held(name, group)) and _present(model, name)[0] > 0:
            yield name


def _present(model: Model, group: str) -> tuple[float, float]:
    """Full-time people of a group over all offices, and the hours of one of them in the run."""
    people = hours = 0.0
    for each in model.staff:
        if each.name.rsplit("/", 2)[1] == group:
            whole = each.calendar if each.full_time < 0 else each.full_time
            on_duty = model.calendars[each.calendar].open_between(0, model.horizon)
            full = model.calendars[whole].open_between(0, model.horizon)
            people += on_duty / full if full else 0.0
            hours += on_duty / HOUR
    return people, hours / people if people else 0.0


def _pay(model: Model, name: str, group: StaffGroup) -> float | None:
    if group.pay is not None:
        return group.pay.amount
    if model.costs is None:
        return None
    by_role = {role.name: pay for role, pay in zip(model.roles, model.costs.pay, strict=True)}
    known = [pay for role in roles_held(name, group) if (pay := by_role.get(role)) is not None]
    return max(known, default=None)


def _rungs(
    texts: Sequence[str],
    name: str,
    group: StaffGroup,
    model: Model,
    loads: Sequence[RoleLoad],
    present: float,
) -> dict[str, float]:
    """The values of a group, with the people that each makes over all offices."""
    level = model.levels.index(group.office)
    n_offices = sum(each.level == level for each in model.offices)
    is_plain = group.people.column is None and isinstance(group.people.times, int | float)
    if texts:
        rungs: dict[str, float] = {}
        for text in texts:
            if not is_change(text):
                rungs[text] = parse_amount(text) * n_offices
            elif text.strip()[-1] in "x×":
                rungs[text] = parse_amount(text.strip()[:-1]) * present
            else:
                raise RequestError(
                    say("staff.{name}: '{text}'. Give a number, or 0.7 x.", name=name, text=text)
                )
            if rungs[text] < 0:
                raise RequestError(
                    say(
                        "staff.{name}: '{text}' is fewer people than none. Give a number from 0, "
                        "or 0.7 x.",
                        name=name,
                        text=text,
                    )
                )
        return dict(sorted(rungs.items(), key=lambda each: each[1]))
    # As many at the office with the most work for its people as leave next to nothing waiting.
    most = max(
        (square_root_people(a, _PLENTY) / c for a, c in _offices(name, group, loads) if c > 0),
        default=1.0,
    )
    if is_plain and present > 0:
        here = present / n_offices
        step = 1.0 if here == int(here) else _PART
        n = math.ceil(max(most, 1.0) * here / step - 1e-9)
        return {f"{i * step:.12g}": i * step * n_offices for i in range(1, n + 1)}
    n = math.ceil(max(most, 1.0) / _FACTOR - 1e-9)
    return {f"{i * _FACTOR:.12g} x": i * _FACTOR * present for i in range(1, n + 1)}


def _offices(
    name: str, group: StaffGroup, loads: Sequence[RoleLoad]
) -> Iterable[tuple[float, float]]:
    """The work of a group's roles and the people who hold them, office by office."""
    roles = roles_held(name, group)
    places = dict.fromkeys(each.office for each in loads if each.role in roles and each.office)
    for office in places:
        here = [each for each in loads if each.role in roles and each.office == office]
        yield sum(each.offered for each in here), max(each.n_people for each in here)


def _screened(trials: Trials, ladders: Sequence[Ladder], loads: Sequence[RoleLoad]) -> list[Ladder]:
    """Leave out of each ladder what exceeds the people even with the most in all others."""
    base = trials.candidate({})
    staff = base.scenario.spec.staff
    held = {name: set(roles_held(name, group)) for name, group in staff.items()}
    top = {each.path: each.values[-1] for each in ladders}
    found = []
    for each in ladders:
        roles = held[each.group]
        is_alone = not any(roles & others for name, others in held.items() if name != each.group)
        load = max((x.load for x in loads if x.office is None and x.role in roles), default=0.0)

        def does(at: int, each: Ladder = each, load: float = load) -> bool:
            return load * each.present < each.people[at]

        def does_by_weight(at: int, each: Ladder = each) -> bool:
            trials.tell(say("weighing the work: {group}", group=each.group))
            return not trials.candidate({**top, each.path: each.values[at]}).loads

        n = len(each.values)
        if base.scenario.spec.overload != "refused":
            n = 0
        elif is_alone and math.isfinite(load):
            n = least(n, does, n // 2)
        else:
            n = least(n, does_by_weight, n // 2)
        # With nothing left the search itself says that the most do not do.
        n = min(n, len(each.values) - 1)
        found.append(replace(each, values=each.values[n:], people=each.people[n:], n_left_out=n))
    return found


def _with_guess(
    ladder: Ladder,
    group: StaffGroup,
    requirements: Sequence[Requirement],
    model: Model,
    loads: Sequence[RoleLoad],
) -> Ladder:
    """Say where the answer is expected: by Erlang's C for waits, else by the square-root rule."""
    offices = list(_offices(ladder.group, group, loads))
    roles = roles_held(ladder.group, group)
    mine = [each for each in requirements if each.group in roles]
    service = _service(model, roles)
    a_day = _a_day(model, group.office)

    def is_enough(at: int) -> bool:
        ratio = ladder.people[at] / ladder.present if ladder.present else 0.0
        return all(is_expected(offered, people * ratio) for offered, people in offices)

    def is_expected(offered: float, there: float) -> bool:
        people = math.floor(there + 1e-9)
        told = [
            float(each.limit.room(mean_wait(people, offered, service)))
            for each in mine
            if each.kpi == "waiting_mean"
        ]
        told += [
            float(each.limit.room(share_within(people, offered, service, a_day)))
            for each in mine
            if each.kpi == "begun_within_a_day_share"
        ]
        return min(told) >= 0 if told else there >= square_root_people(offered, _SAFETY)

    enough = (at for at in range(len(ladder.values)) if is_enough(at))
    return replace(ladder, guess=next(enough, len(ladder.values) - 1))


def _service(model: Model, roles: Sequence[str]) -> float:
    """The mean time of the activities of some roles, in minutes."""
    times = [
        mean_of(model.samplers[each.service]) / MINUTE
        for each in model.elements
        if isinstance(each, Activity) and model.roles[each.role].name in roles
    ]
    return sum(times) / len(times) if times else 0.0


def _a_day(model: Model, level: str) -> float:
    """The minutes for which the offices of a level are open on a day on which they open."""
    office = next(each for each in model.offices if model.levels[each.level] == level)
    calendar = model.calendars[office.calendar]
    days = {int(at) // DAY for at in calendar.opens if 0 <= at < model.horizon}
    if len(days) <= 1:  # it never closes
        return DAY / MINUTE
    return float(calendar.open_between(0, model.horizon)) / len(days) / MINUTE
