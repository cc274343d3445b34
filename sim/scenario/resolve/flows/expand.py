"""Makes the elements of steps for which several stand: supplements, payments, habits around work.

Each function gives elements by their index; those of a step are named after it (R1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from sim.language import say
from sim.model import (
    BUNDLE,
    LEAVE,
    NO_DOSSIER,
    Applicant,
    Appointment,
    Choice,
    ClockResume,
    ClockStop,
    Delay,
    Element,
    End,
    Extend,
    LedgerPart,
    Option,
    Payment,
    Series,
    Timetable,
)
from sim.scenario.resolve.flows.lookup import Lookup
from sim.scenario.resolve.flows.outline_step import OutlineStep
from sim.scenario.resolve.times.period import series_of
from sim.scenario.schema import dossiers
from sim.scenario.schema import steps as spec
from sim.scenario.schema.values import SeriesSpec
from sim.streams import ELEMENT_BITS, name_key

Made: TypeAlias = dict[int, Element]
"""Elements by their index."""


def key_of(name: str) -> int:
    """The key of an element's draws (R1)."""
    return name_key(name, ELEMENT_BITS)


def before_work(place: OutlineStep, step: spec.Do, lookup: Lookup) -> Made:
    """What an item meets before it is ready: it may be held back (H3), then be unseen (H1)."""
    made: Made = {}
    after = place.at
    seen = f"{place.name}:seen"
    if seen in place.extra:
        after = place.extra_index("seen")
        made[after] = Timetable(
            name=seen,
            key=key_of(seen),
            then=place.at,
            instants=lookup.looks_in(step, (*place.path, "role")),
            part=LedgerPart.UNSEEN,
        )
    if step.begins is not None:
        path = (*place.path, "dossier")
        dossier = lookup.dossier(step.dossier, place.innermost, path)
        hold = place.extra_index("hold")
        made[hold] = Appointment(
            name=f"{place.name}:hold",
            key=key_of(f"{place.name}:hold"),
            then=after,
            # As in the queue (S4): the limit of the dossier, else that of the bundle.
            clock=dossier if dossier != NO_DOSSIER and lookup.has_limit(dossier) else BUNDLE,
            days_before=step.begins.before_due,
            part=LedgerPart.HELD,
        )
        made[place.extra_index("held")] = _chance(
            f"{place.name}:held", step.begins.share, hold, after, lookup
        )
    return made


def slip(place: OutlineStep, step: spec.KeepAppointment, then: int, lookup: Lookup) -> Made:
    """A share comes on the day of the slip, the others when the result is there (H4)."""
    path = place.path
    if step.slip is None:
        if step.otherwise is not None:
            lookup.faults.add(
                (*path, "otherwise"),
                say("nobody comes otherwise: all come on the day of the slip"),
                say("Give a share, as in slip: 60 %."),
            )
        return {}
    made: Made = {}
    after = then
    if step.otherwise is not None:
        after = place.extra_index("otherwise")
        name = f"{place.name}:otherwise"
        time, calendar = lookup.time(step.otherwise, (*path, "otherwise"), None, path)
        made[after] = Delay(
            name=name,
            key=key_of(name),
            then=then,
            time=time,
            calendar=calendar,
            part=LedgerPart.APPLICANT,
        )
    made[place.extra_index("slip")] = _chance(
        f"{place.name}:slip", step.slip, place.at, after, lookup
    )
    return made


def payment(place: OutlineStep, step: spec.Pay, then: int, lookup: Lookup) -> Made:
    """A fee is paid online, in one try or several, or at the counter; one of 0 is not (M1)."""
    path = place.path
    at_counter = place.name if step.online is None else f"{place.name}:paid"
    index = place.at if step.online is None else place.extra_index("paid")
    made: Made = {index: _payment(at_counter, step, then, lookup, is_online=False)}
    counter = index
    if "counter" in step.model_fields_set:
        name, counter = f"{place.name}:counter", place.extra_index("counter")
        made[counter] = _applicant(
            name, step.counter.time, (*path, "counter", "time"), index, step.counter.trips, lookup
        )
    if step.fails is not None and (step.online is None or step.again is None):
        message, way_out = say("no try can fail: nobody pays online"), say("Add online: 43 %.")
        if step.online is not None:
            message, way_out = (
                say("nothing says how long a new try takes"),
                say("Add again: 10 min."),
            )
        lookup.faults.add((*path, "fails"), message, way_out)
    if step.fee.is_ever_nothing:
        to = counter if step.online is None else place.at
        made[place.extra_index("due")] = _if_due(place, step, to, then, lookup)
    if step.online is None:
        return made
    online = place.extra_index("online")
    made[online] = _payment(f"{place.name}:online", step, then, lookup, is_online=True)
    if step.fails is not None:
        again, fails = place.extra_index("again"), place.extra_index("fails")
        made[fails] = _chance(f"{place.name}:fails", step.fails, again, online, lookup)
        made[again] = _applicant(
            f"{place.name}:again", step.again or "0 min", (*path, "again"), fails, 0, lookup
        )
        online = fails
    made[place.at] = _chance(place.name, step.online, online, counter, lookup)
    return made


def extension(place: OutlineStep, step: dossiers.ExtendLimit, then: int, lookup: Lookup) -> Made:
    """A clock gets more days, and with it that of a bundle which has its limit (L5)."""
    made: Made = {}
    for index, name in enumerate(place.extra, start=place.extra_at):
        made[index] = Extend(name=name, key=key_of(name), then=then, clock=BUNDLE, days=step.by)
        then = index
    made[place.at] = Extend(
        name=place.name,
        key=key_of(place.name),
        then=then,
        clock=lookup.clock(step.extend),
        days=step.by,
    )
    return made


def incomplete(place: OutlineStep, step: dossiers.Incomplete, then: int, lookup: Lookup) -> Made:
    """A share of the dossiers goes back to the applicant, with the clock stopped (F7)."""
    path, at, names = place.path, place.extra_at, place.extra
    procedure = lookup.procedure(step.incomplete)
    way = lookup.option(step.share, step.condition, (*path, "if"), at)
    time, calendar = lookup.time(step.supplement, (*path, "supplement"), step.calendar, path)
    outcome = lookup.outcome(step.otherwise, (*path, "otherwise"))
    made: Made = {
        place.at: Choice(name=place.name, key=key_of(place.name), then=then, options=(way,)),
        at: ClockStop(name=names[0], key=key_of(names[0]), then=at + 1, procedure=procedure),
        at + 1: Applicant(
            name=names[1],
            key=key_of(names[1]),
            then=at + 2,
            time=time,
            calendar=calendar,
            effort=lookup.effort(step.effort, path),
            n_trips=step.trips,
            n_given=step.gives,
            within=-1 if step.within is None else step.within,
            late=LEAVE if step.within is None else at + 3,
            n_copies=step.copies,
        ),
        at + 2: ClockResume(
            name=names[2],
            key=key_of(names[2]),
            then=then if place.target is None else place.target,
            procedure=procedure,
        ),
    }
    if step.within is not None:
        made[at + 3] = End(name=names[3], key=key_of(names[3]), then=LEAVE, outcome=outcome)
    return made


def _chance(name: str, share: float | SeriesSpec, target: int, then: int, lookup: Lookup) -> Choice:
    """A share goes to one element, the others to another."""
    way = Option(share=series_of(share, lookup.timing.time), property=-1, values=(), target=target)
    return Choice(name=name, key=key_of(name), then=then, options=(way,))


def _if_due(place: OutlineStep, step: spec.Pay, to: int, then: int, lookup: Lookup) -> Choice:
    """On days on which the fee is 0 there is nothing to pay."""
    fee = series_of(step.fee.amount, lookup.timing.time)
    share: float | Series = float(fee != 0)
    if isinstance(fee, Series):
        share = replace(fee, values=tuple(float(value != 0) for value in fee.values))
    way = Option(share=share, property=-1, values=(), target=to)
    return Choice(
        name=f"{place.name}:due", key=key_of(f"{place.name}:due"), then=then, options=(way,)
    )


def _payment(name: str, step: spec.Pay, then: int, lookup: Lookup, *, is_online: bool) -> Payment:
    fee = series_of(step.fee.amount, lookup.timing.time)
    if not isinstance(fee, Series):
        fee = Series(from_days=(0,), values=(fee,))
    return Payment(name=name, key=key_of(name), then=then, fee=fee, is_online=is_online)


def _applicant(
    name: str, text: str, where: tuple[str | int, ...], then: int, trips: int, lookup: Lookup
) -> Applicant:
    """Time of the applicant's own."""
    time, calendar = lookup.time(text, where, None, where[:-1])
    return Applicant(
        name=name,
        key=key_of(name),
        then=then,
        time=time,
        calendar=calendar,
        effort=-1,
        n_trips=trips,
        n_given=0,
        within=-1,
        late=LEAVE,
    )
