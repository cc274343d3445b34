"""Small random models in which much happens at the same instant.

Times are whole half hours as a rule, so that arrivals, ends, openings and deadlines meet.  Sizes
are parameters, so that a search for the smallest model that fails can lower them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from random import Random

import numpy as np

from sim.absences import Absence
from sim.arrivals import AT_START, CaseTable
from sim.calendars import Calendar, always_open, build, share_of
from sim.distributions import Constant, Discrete, Lognormal, Sampler, Uniform, sampler
from sim.legal import working_days
from sim.model import (
    BUNDLE,
    LEAVE,
    NO_DOSSIER,
    Activity,
    Applicant,
    Appointment,
    Batch,
    Bundle,
    Choice,
    ClockEnd,
    ClockResume,
    ClockStart,
    ClockStop,
    DatedLimit,
    Delay,
    Element,
    End,
    Extend,
    Flow,
    Fork,
    Help,
    Join,
    LedgerPart,
    Model,
    Office,
    Option,
    Order,
    Payment,
    Procedure,
    Property,
    Role,
    Series,
    Staff,
    Timetable,
    Transfer,
)
from sim.model.graph import reachable
from sim.model.series import on
from sim.outages import Renewal, System
from sim.streams import STREAM_BITS, name_key
from sim.units import DAY, HOUR, NEVER

START = dt.date(2025, 1, 6)
HALF = HOUR // 2
DAYS = 12
N_COMMUNES = 3
N_OFFICES = N_COMMUNES + 1
N_PROCEDURES = 3
N_PROPERTIES = 2

_OFFICE_HOURS = ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))
_SAMPLERS = (
    Constant(value=0.0),
    Constant(value=HALF),
    Constant(value=2 * HOUR),
    Constant(value=DAY),
    Discrete(values=(0.0, HALF, HOUR), shares=(0.3, 0.4, 0.3)),
    Discrete(values=(HOUR, 5 * HOUR, 20 * HOUR), shares=(0.5, 0.3, 0.2)),
    Uniform(minimum=0.0, maximum=3 * HOUR),
    Lognormal.by_mean(2 * HOUR, 1.5),
)


def small_model(seed: int, *, n_cases: int, n_flows: int, length: int, depth: int) -> Model:
    """Make a model: three communes under a district.

    Parameters
    ----------
    seed
        Decides all but the sizes.
    length, depth
        Elements in the longest row; how deep choices and forks nest at most.
    """
    random = Random(seed)
    calendars = _calendars(random)
    systems = tuple(_system(random, f"system {i}") for i in range(random.randint(1, 2)))
    roles = tuple(
        Role(
            name=f"role {i}",
            label="",
            level=i % 2,
            order=random.choice(list(Order)),
            help=_help(random),
        )
        for i in range(4)
    )
    timetables = tuple(
        tuple(
            sorted({random.randrange(2 * 24 * DAYS) * HALF for _ in range(random.randint(0, 20))})
        )
        for _ in range(2)
    )
    sketch = Sketch(
        random, n_calendars=len(calendars), n_systems=len(systems), length=length, depth=depth
    )
    flows = tuple(sketch.flow(f"flow {i}") for i in range(n_flows))
    elements = sketch.finished()
    # No way leads to what stands behind an end.
    entries = [
        [at for at in mine if at in reachable(elements, flow.start)]
        for flow, mine in zip(flows, sketch.entries, strict=True)
    ]
    return Model(
        title="small",
        start=START,
        warm_up_ends_at=random.choice((0, DAY)),
        measured_until=random.choice((5 * DAY, DAYS * DAY)),
        horizon=random.choice((DAYS * DAY, 6 * DAY + 10 * HOUR)),
        calendars=calendars,
        timetables=timetables,
        working_days=working_days(calendars[0], -5, random.choice((DAYS, 40))),
        systems=systems,
        samplers=tuple(map(_sampler, _SAMPLERS)),
        levels=("commune", "district"),
        offices=tuple(
            Office(
                name=f"office {i}",
                label="",
                level=int(i == N_COMMUNES),
                parent=-1 if i == N_COMMUNES else N_COMMUNES,
                calendar=random.choice((0, 0, 1)),
            )
            for i in range(N_OFFICES)
        ),
        office_at=np.array([[i, N_COMMUNES] for i in range(N_COMMUNES)] + [[-1, N_COMMUNES]]),
        roles=roles,
        staff=_staff(random, roles, len(calendars)),
        channels=("paper", "online"),
        properties=tuple(Property(name=f"p{i}", values=("a", "b")) for i in range(N_PROPERTIES)),
        procedures=tuple(
            Procedure(name=f"procedure {i}", label="", cut_off=random.choice((15 * HOUR, DAY)))
            for i in range(N_PROCEDURES)
        ),
        bundles=(Bundle(name="bundle", label="", procedures=(0, 1, 2), cut_off=15 * HOUR),),
        outcomes=("open", "completed", "rejected", "withdrawn"),
        flows=flows,
        elements=elements,
        demands=(),
        case_list=_cases(random, n_cases, flows, entries),
        absences=ABSENCES,
    )


class Sketch:
    """The elements of a model, drawn place by place: each knows where it is before what it is."""

    def __init__(
        self, random: Random, *, n_calendars: int, n_systems: int, length: int, depth: int
    ) -> None:
        self.random = random
        self.n_calendars = n_calendars
        self.n_systems = n_systems
        self.length = length
        self.depth = depth
        self.elements: list[Element | None] = []
        self.entries: list[list[int]] = []
        """For each flow, where a case that is under way may stand: not in a branch."""

    def flow(self, name: str) -> Flow:
        """One more flow."""
        self.entries.append([])
        start, then, last = self.place(), self.place(), self.place()
        self.elements[start] = ClockStart(**self.head(start, then), procedure=0)
        self.elements[last] = ClockEnd(**self.head(last, LEAVE), procedure=0)
        self.sequence(then, last, earlier=[], depth=0, in_fork=False)
        chosen = self.random.choice
        return Flow(
            name=name,
            bundle=0,
            regime="",
            channel=0,
            start=start,
            limits=tuple(
                chosen((None, _limit(2), _limit(1, 0), _limit(0, 3))) for _ in range(N_PROCEDURES)
            ),
            bundle_limit=chosen((None, _limit(3, 1), _limit(1))),
        )

    def finished(self) -> tuple[Element, ...]:
        """All elements; each place was filled."""
        assert None not in self.elements
        return tuple(element for element in self.elements if element is not None)

    def place(self) -> int:
        """Where an element will stand."""
        self.elements.append(None)
        return len(self.elements) - 1

    def sequence(
        self, at: int, then: int, *, earlier: list[int], depth: int, in_fork: bool
    ) -> None:
        """Fill places from ``at`` on with elements that lead to ``then``."""
        n = self.random.randint(1, self.length if depth == 0 else min(self.length, 3))
        comes_here = True
        for i in range(n):
            following = self.place() if i < n - 1 else then
            self.fill(at, following, earlier=earlier, depth=depth, in_fork=in_fork)
            if not in_fork and comes_here:
                self.entries[-1].append(at)
            comes_here = comes_here and not isinstance(self.elements[at], End)
            earlier = [*earlier, at]
            at = following

    def fill(self, at: int, then: int, *, earlier: list[int], depth: int, in_fork: bool) -> None:
        """Put an element of a random kind at a place."""
        makers: list[Callable[[int, int], Element]] = [
            self.activity, self.activity, self.activity, self.applicant, self.delay, self.transfer,
            self.appointment, self.timetable, self.payment, self.supplement, self.clock, self.clock,
        ]  # fmt: skip
        if depth < self.depth:
            makers += [
                lambda at, then: self.choice(at, then, earlier, depth, in_fork),
                lambda at, then: self.fork(at, then, depth),
                lambda at, then: self.fork(at, then, depth),
            ]
        if earlier:
            makers += 2 * [lambda at, then: self.way_back(at, then, earlier)]
        if depth and self.random.random() < 0.1:
            makers = [self.end]
        self.elements[at] = self.random.choice(makers)(at, then)

    def activity(self, at: int, then: int) -> Element:
        random = self.random
        return Activity(
            **self.head(at, then),
            role=random.randrange(4),
            service=random.choice((0, 1, 1, 2, 4, 4, 5, 6, 7)),
            systems=self.systems() if random.random() < 0.4 else (),
            finish=random.random() < 0.3,
            priority=random.choice((0, 0, 0, 1, -2)),
            dossier=random.choice((NO_DOSSIER, 0, 1, 2)),
            batch=self.batch() if random.random() < 0.3 else None,
            pooled=random.random() < 0.6,
        )

    def batch(self) -> Batch:
        chosen = self.random.choice
        return Batch(
            size=chosen((1, 2, 3, 5)),
            at_most=chosen((0, HALF, 2 * HOUR, DAY, NEVER)),
            calendar=self.calendar(),
            setup=chosen((0, 0, HALF, HOUR + 1)),
            together=chosen((False, True)),
        )

    def applicant(self, at: int, then: int) -> Element:
        random = self.random
        late = then
        within = random.choice((-1, 0, 1, 2))
        if within >= 0 and random.random() < 0.5:
            late = self.place()
            self.elements[late] = self.end(late, then)
        return Applicant(
            **self.head(at, then),
            time=self.time(),
            calendar=self.calendar(),
            effort=random.choice((-1, 1, 6)),
            n_trips=random.randrange(2),
            n_given=random.randrange(2),
            n_copies=random.choice((0, 0, 3)),
            within=within,
            late=late,
        )

    def delay(self, at: int, then: int) -> Element:
        part = self.random.choice((LedgerPart.DELAY, LedgerPart.APPLICANT))
        return Delay(**self.head(at, then), time=self.time(), calendar=self.calendar(), part=part)

    def transfer(self, at: int, then: int) -> Element:
        systems = self.systems() if self.random.random() < 0.8 else ()
        return Transfer(**self.head(at, then), time=self.time(), systems=systems)

    def appointment(self, at: int, then: int) -> Element:
        days_before = self.random.choice((0, 0, 1, 2, 40))
        part = LedgerPart.HELD if days_before else LedgerPart.APPOINTMENT
        return Appointment(
            **self.head(at, then), clock=self.clock_index(), days_before=days_before, part=part
        )

    def timetable(self, at: int, then: int) -> Element:
        part = self.random.choice((LedgerPart.TIMETABLE, LedgerPart.UNSEEN))
        return Timetable(**self.head(at, then), instants=self.random.randrange(2), part=part)

    def payment(self, at: int, then: int) -> Element:
        fee = self.series((8_000, 0, 20_000))
        return Payment(**self.head(at, then), fee=fee, is_online=self.random.random() < 0.5)

    def series(self, values: Sequence[float]) -> Series:
        """Some of the values, from days in the run on, a few days before it and behind it."""
        n = self.random.randint(1, 4)
        days = sorted(self.random.sample(range(-5, DAYS + 5), n))
        return Series(from_days=tuple(days), values=tuple(self.random.choice(values) for _ in days))

    def clock(self, at: int, then: int) -> Element:
        kind = self.random.choice(
            (ClockStart, ClockStart, ClockStop, ClockResume, ClockEnd, Extend)
        )
        if kind is Extend:
            days = self.random.randrange(3)
            return Extend(**self.head(at, then), clock=self.clock_index(), days=days)
        return kind(**self.head(at, then), procedure=self.random.choice((0, 0, 1, 2)))

    def supplement(self, at: int, then: int) -> Element:
        """The clock of a procedure stands still while the applicant is at work."""
        procedure = self.random.choice((0, 0, 1))
        work, resume = self.place(), self.place()
        self.elements[work] = self.applicant(work, resume)
        self.elements[resume] = ClockResume(**self.head(resume, then), procedure=procedure)
        return ClockStop(**self.head(at, work), procedure=procedure)

    def end(self, at: int, then: int) -> Element:
        return End(**self.head(at, then), outcome=self.random.choice((1, 2, 3)))

    def choice(self, at: int, then: int, earlier: list[int], depth: int, in_fork: bool) -> Element:
        """A choice of up to three ways, which come together again."""
        options = []
        for _ in range(self.random.randint(1, 3)):
            target = self.place()
            options.append(self.option(target, share=self.random.choice((0.2, 0.5, 1.0))))
            self.sequence(target, then, earlier=earlier, depth=depth + 1, in_fork=in_fork)
        return Choice(**self.head(at, then), options=tuple(options))

    def way_back(self, at: int, then: int, earlier: Sequence[int]) -> Element:
        back = self.option(self.random.choice(earlier), share=self.random.choice((0.2, 0.6)))
        return Choice(**self.head(at, then), options=(back,))

    def fork(self, at: int, then: int, depth: int) -> Element:
        join = self.place()
        self.elements[join] = Join(**self.head(join, then))
        branches = []
        for _ in range(self.random.randint(1, 3)):
            branches.append(self.place())
            self.sequence(branches[-1], join, earlier=[], depth=depth + 1, in_fork=True)
        return Fork(**self.head(at, join), branches=tuple(branches))

    def option(self, target: int, *, share: float) -> Option:
        property_ = self.random.choice((-1, -1, 0, 1))
        values = self.random.choice(((0,), (1,), (0, 1), ()))
        shares = share if self.random.random() < 0.8 else self.series((0.0, share / 2, share))
        return Option(share=shares, property=property_, values=values, target=target)

    def head(self, at: int, then: int) -> dict[str, object]:
        """What every element has; a name may come twice, so that draws are shared (R1)."""
        name = f"element {at if self.random.random() < 0.9 else 0}"
        return {"name": name, "key": name_key(name, 32), "then": then}

    def time(self) -> int:
        return self.random.randrange(len(_SAMPLERS))

    def calendar(self) -> int:
        return self.random.randrange(self.n_calendars)

    def systems(self) -> tuple[int, ...]:
        return tuple(sorted({self.random.randrange(self.n_systems) for _ in range(2)}))

    def clock_index(self) -> int:
        return self.random.choice((BUNDLE, 0, 0, 1))


def _calendars(random: Random) -> tuple[Calendar, ...]:
    """Office hours with a day off, half of them, nights, always, and hours that soon end."""
    hours = build(
        "office",
        start=START,
        first_day=-5,
        last_day=40,
        weekly=dict.fromkeys(range(5), _OFFICE_HOURS),
        days_off=[START + dt.timedelta(days=random.randrange(5))],
    )
    ending = Calendar(name="ending", opens=(8 * HOUR, DAY), closes=(12 * HOUR, DAY + 9 * HOUR))
    nights = build(
        "nights",
        start=START,
        first_day=0,
        last_day=40,
        weekly=dict.fromkeys(range(7), ((0, 6 * HOUR), (22 * HOUR, DAY))),
    )
    return hours, share_of(hours, 1, 2, random.randrange(2), "half"), always_open(), nights, ending


SPEEDS = Series(from_days=(2, 4), values=(0.7, 1.0))
HOURS = sampler(Uniform(minimum=HOUR, maximum=20 * HOUR))


ABSENCES = tuple(
    Absence(
        present=sampler(Uniform(minimum=0.0, maximum=present)), spell=sampler(Constant(value=spell))
    )
    for present, spell in ((30 * HOUR, 3.0 * HOUR), (8 * HOUR, 10.0 * HOUR))
)


def _help(random: Random) -> Help | None:
    """Nobody helps, or some communes do; what is said of the district has no meaning."""
    group_of = tuple(random.choice((-1, 0, 0, 0, 1)) for _ in range(N_OFFICES))
    if random.random() < 0.5:
        return None
    return Help(group_of=group_of, after=random.choice((0, 0, HALF, 3 * HOUR, NEVER)))


def _system(random: Random, name: str) -> System:
    planned = []
    for _ in range(random.randint(0, 4)):
        begin = random.randrange(2 * 24 * DAYS) * HALF
        planned.append((begin, begin + random.choice((HALF, 3 * HOUR, 2 * DAY))))
    fails = random.random() < 0.3
    return System(
        name=name,
        stream=name_key(name, 48),
        outages=Renewal(
            from_days=(0,),
            good=(sampler(Uniform(minimum=HOUR, maximum=30 * HOUR)),),
            bad=sampler(Uniform(minimum=0.0, maximum=5 * HOUR)),
        )
        if fails
        else None,
        planned=tuple(planned),
        slow=Renewal(
            from_days=(0, 3),
            good=(sampler(Uniform(minimum=HOUR, maximum=9 * HOUR)), random.choice((None, HOURS))),
            bad=sampler(Uniform(minimum=0.0, maximum=5 * HOUR)),
        )
        if random.random() < 0.4
        else None,
        factor=random.choice((133, 200, 450)),
    )


def _sampler(distribution: Constant | Discrete | Uniform | Lognormal) -> Sampler:
    return sampler(distribution)


def _limit(*days: int) -> DatedLimit:
    return DatedLimit(from_days=tuple(range(0, 4 * len(days), 4)), days=days)


def _staff(random: Random, roles: Sequence[Role], n_calendars: int) -> tuple[Staff, ...]:
    """Somebody for each role of each office, as a rule, and others with roles of one kind."""
    wanted: list[tuple[int, tuple[int, ...]]] = []
    for office in range(N_OFFICES):
        level = int(office == N_COMMUNES)
        fit = [i for i, role in enumerate(roles) if role.level == level]
        wanted += [(office, (role,)) for role in fit if random.random() < 0.9]
        for _ in range(random.randrange(3)):
            mine = random.sample(fit, random.randint(1, len(fit)))
            by_due_day = roles[mine[0]].order
            alike = tuple(role for role in mine if roles[role].order == by_due_day)
            wanted.append((office, alike))
    random.shuffle(wanted)
    return tuple(
        Staff(
            name=f"person {i}",
            office=office,
            roles=mine,
            calendar=random.choice((0, 0, 0, 2, *range(n_calendars))),
            speed=random.choice((1.0, 1.0, 0.5, 1.3, SPEEDS)),
            stream=name_key(f"person {i}", STREAM_BITS),
            absence=random.choice((-1, -1, 0, 1)),
            away=tuple(
                (day * DAY + hour * HOUR, day * DAY + hour * HOUR + random.choice((HOUR, DAY)))
                for day, hour in zip(range(0, 9, 3), (0, 9, 13), strict=True)
                if random.random() < 0.1
            ),
        )
        for i, (office, mine) in enumerate(wanted)
    )


def _cases(
    random: Random, n: int, flows: Sequence[Flow], entries: Sequence[Sequence[int]]
) -> CaseTable:
    """Cases listed one by one, a few of them under way, at instants that repeat."""
    instants = [random.randrange(2 * 24 * 5) * HALF for _ in range(random.randint(1, 12))]
    arrives_at = np.array([random.choice(instants) for _ in range(n)], np.int64)
    flow = np.array([random.randrange(len(flows)) for _ in range(n)], np.int64)
    entry = np.full(n, AT_START, np.int64)
    received_at = arrives_at.copy()
    for case in range(n):
        if random.random() < 0.15:
            entry[case] = random.choice(entries[flow[case]])
            received_at[case] -= random.randrange(10) * 7 * HOUR
    return CaseTable(
        stream=np.array([name_key(f"stream {i % 3}", 48) for i in range(n)], np.uint64),
        number=np.arange(n),
        channel=np.array([random.randrange(2) for _ in range(n)], np.int64),
        flow=flow,
        home=np.array([random.randrange(N_COMMUNES) for _ in range(n)], np.int64),
        arrives_at=arrives_at,
        received_at=received_at,
        entry=entry,
        properties=np.array(
            [[random.choice((-1, 0, 1)) for _ in range(N_PROPERTIES)] for _ in range(n)], np.int64
        ),
    )


def without_habits(model: Model) -> Model:
    """The model with nobody away, no batches, no help, no slow systems, nothing by the day."""

    def plain(element: Element) -> Element:
        match element:
            case Activity():
                return replace(element, batch=None)
            case Choice():
                return replace(element, options=tuple(map(fixed, element.options)))
            case _:
                return element

    def fixed(option: Option) -> Option:
        return replace(option, share=on(option.share, 0))

    return replace(
        model,
        elements=tuple(map(plain, model.elements)),
        roles=tuple(
            replace(role, help=None, order=Order.FIRST_COME)
            if role.order is Order.LATEST_COME
            else replace(role, help=None)
            for role in model.roles
        ),
        staff=tuple(
            replace(member, speed=on(member.speed, 0), absence=-1, away=())
            for member in model.staff
        ),
        systems=tuple(replace(system, slow=None) for system in model.systems),
    )


def side_by_side(model: Model, n: int) -> Model:
    """The model n times over, in one: the same offices, people and cases, with other draws.

    The copies share systems, calendars and flows, and no case goes from one to another; offices,
    staff and cases of one copy stand between those of the others.
    """
    case_list = model.case_list
    assert case_list is not None
    copies = range(n)

    def moved(office: int, copy: int) -> int:
        return -1 if office < 0 else office * n + copy

    return replace(
        model,
        offices=tuple(
            replace(office, name=f"{office.name}/{copy}", parent=moved(office.parent, copy))
            for office in model.offices
            for copy in copies
        ),
        roles=tuple(replace(role, help=_at_copies(role.help, n)) for role in model.roles),
        office_at=np.array(
            [
                [moved(office, copy) for office in row]
                for row in model.office_at.tolist()
                for copy in copies
            ]
        ),
        staff=tuple(
            replace(member, office=moved(member.office, copy))
            for member in model.staff
            for copy in copies
        ),
        case_list=CaseTable(
            **{
                field.name: np.concatenate([getattr(case_list, field.name)] * n)
                for field in fields(CaseTable)
            }
            | {
                "home": np.concatenate([case_list.home * n + copy for copy in copies]),
                "stream": np.concatenate(
                    [(case_list.stream + np.uint64(977 * copy)) % 2**STREAM_BITS for copy in copies]
                ),
            }
        ),
    )


def _at_copies(help_: Help | None, n: int) -> Help | None:
    """The same help in each copy, and none between them."""
    if help_ is None:
        return None
    group_of = [
        -1 if group < 0 else group * n + copy for group in help_.group_of for copy in range(n)
    ]
    return replace(help_, group_of=tuple(group_of))
