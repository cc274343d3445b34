"""One case in a run of the reference engine: its visits, legal clocks, ledger and rows."""

from __future__ import annotations

from sim.legal import LegalClock, day_of
from sim.model import BUNDLE, LedgerPart, Model, Outcome, Payment
from sim.records import CASES, DOSSIERS, NOT_YET, UNKNOWN, packer
from sim.units import NEVER

Ledger = list[int]
"""The parts of the time ledger (K2), in microseconds, by ``sim.model.LedgerPart``."""

N_PARTS = len(LedgerPart)

_packed_case, _packed_dossier = packer(CASES), packer(DOSSIERS)

(
    SERVICE, QUEUE, CLOSED, TIMETABLE, TRANSFER, OUTAGE, APPLICANT, APPOINTMENT, DELAY,
    UNSEEN, HELD, BATCH, ABSENCE,
) = map(int, LedgerPart)  # fmt: skip


class Case:
    """One life event of one applicant, and what it leaves behind."""

    __slots__ = (
        "arrives_at", "bundle_clock", "channel", "clocks", "ended_at", "fees", "flow",
        "flow_index", "home", "is_measured", "ledger", "model", "n_copies", "n_given",
        "n_paid", "n_paid_online", "n_returns", "n_trips", "number", "outcome", "own_time",
        "position", "visits",
    )  # fmt: skip

    def __init__(
        self,
        model: Model,
        number: int,
        channel: int,
        flow_index: int,
        position: int,
        home: int,
        arrives_at: int,
        is_measured: bool,
    ) -> None:
        self.model = model
        self.number = number
        self.channel = channel
        self.flow_index = flow_index
        self.flow = model.flows[flow_index]
        self.position = position  # among the cases of its flow
        self.home = home
        self.arrives_at = arrives_at
        self.is_measured = is_measured
        self.visits: dict[int, int] = {}
        self.clocks: dict[int, LegalClock] = {}
        self.bundle_clock: LegalClock | None = None
        self.ledger: Ledger = [0] * N_PARTS
        self.outcome = 0  # open
        self.ended_at = NOT_YET
        self.n_returns = 0
        self.n_trips = 0
        self.n_given = 0
        self.own_time = 0
        self.n_copies = 0
        self.n_paid = 0
        self.n_paid_online = 0
        self.fees = 0

    def visit(self, at: int) -> int:
        """Count a visit of an element; return how many there were before (F6)."""
        before = self.visits.get(at, 0)
        self.visits[at] = before + 1
        return before

    # -- legal clocks ----------------------------------------------------------------------

    def start_clock(self, procedure: int, t: int) -> None:
        """Receive a dossier, and with the first one the bundle (L1, L6, L7)."""
        if self.bundle_clock is None:
            self.bundle_clock = LegalClock(office=self.model.working_days)
            limit = self.flow.bundle_limit
            self.bundle_clock.start(t, self._cut_off(), limit.on if limit else _no_limit)
        if procedure not in self.clocks:
            clock = self.clocks[procedure] = LegalClock(office=self.model.working_days)
            limit = self.flow.limits[procedure]
            cut_off = self.model.procedures[procedure].cut_off
            clock.start(t, cut_off, limit.on if limit else _no_limit)

    def stop_clocks(self, procedure: int, t: int) -> None:
        """Wait for a supplement: the clocks of a dossier and of the bundle stand still (L4)."""
        for clock, _ in self._clocks_of(procedure):
            clock.stop(t)

    def resume_clocks(self, procedure: int, t: int) -> None:
        """The supplement is received (L4)."""
        for clock, cut_off in self._clocks_of(procedure):
            clock.resume(t, cut_off)

    def end_clocks(self, procedure: int, t: int) -> None:
        """A result is there; the bundle is done with its last (L6)."""
        for clock, _ in self._clocks_of(procedure):
            clock.close(t)

    def clock_of(self, clock: int) -> LegalClock | None:
        """The clock of a procedure or of the bundle, if it was started."""
        return self.bundle_clock if clock == BUNDLE else self.clocks.get(clock)

    def appointment(self, clock: int, days_before: int, now: int) -> int:
        """The opening of the due day of a clock, or days before (F3, H3); now without one."""
        named = self.clock_of(clock)
        if named is None or named.limit is None:
            return now
        days = self.model.working_days
        return days.opening(days.before(named.due_day(now), days_before))

    def pay(self, payment: Payment) -> None:
        """Pay the fee of the day on which the case arrived (M1)."""
        self.fees += round(payment.fee.on(day_of(self.arrives_at)))
        self.n_paid += 1
        self.n_paid_online += payment.is_online

    def due_day(self, dossier: int, now: int) -> int:
        """The due day by which a work item is ordered: its dossier's, else its bundle's (S4)."""
        clock = self.clocks.get(dossier) or self.bundle_clock
        return clock.due_day(now) if clock is not None else NEVER

    def is_last_day(self, dossier: int, now: int) -> bool | None:
        """Whether at most one working day is left to that due day; None where there is none."""
        clock = self.clocks.get(dossier) or self.bundle_clock
        return clock.is_last_day(now) if clock is not None else None

    def _cut_off(self) -> int:
        return self.model.bundles[self.flow.bundle].cut_off

    def _clocks_of(self, procedure: int) -> list[tuple[LegalClock, int]]:
        clock, bundle = self.clocks.get(procedure), self.bundle_clock
        if clock is None or bundle is None:
            return []
        return [(clock, self.model.procedures[procedure].cut_off), (bundle, self._cut_off())]

    # -- records ---------------------------------------------------------------------------

    def row(self) -> bytes:
        """The row of the cases table; an open case has no ledger yet (K2)."""
        clock = self.bundle_clock
        received: tuple[int, ...] = (NOT_YET, UNKNOWN, NOT_YET, UNKNOWN, 0, UNKNOWN)
        if clock is not None:
            is_done = self.outcome == Outcome.COMPLETED and clock.closed_at < NEVER
            received = self._columns(clock, is_done=is_done)
        return _packed_case(
            self.number, self.flow.bundle, self.channel, self.flow_index, self.home,
            self.arrives_at, self.ended_at, self.outcome, *received, self.n_returns, self.n_trips,
            self.n_given, self.own_time, self.n_copies, self.n_paid, self.n_paid_online, self.fees,
            *(self.ledger if self.outcome else _NO_TIME),
        )  # fmt: skip

    def dossier_rows(self) -> list[bytes]:
        """The rows of the dossiers table: one for each clock that was started."""
        return [
            _packed_dossier(
                self.number, procedure, *self._columns(clock, is_done=clock.closed_at < NEVER)
            )
            for procedure, clock in self.clocks.items()
        ]

    def _columns(self, clock: LegalClock, *, is_done: bool) -> tuple[int, ...]:
        """Columns received_at … working_days of a clock; no working days unless it is done."""
        limit = UNKNOWN if clock.limit is None else clock.limit + clock.extended
        used = clock.working_days() if is_done else None
        last = self.model.horizon if self.ended_at == NOT_YET else self.ended_at
        return (
            clock.received_at,
            clock.received_day,
            clock.closed_at if is_done else NOT_YET,
            limit,
            clock.stopped_by(day_of(last)),
            UNKNOWN if used is None else used,
        )


_NO_TIME = (0,) * N_PARTS


def _no_limit(_: int) -> None:
    return None
