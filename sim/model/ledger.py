"""The parts of the time ledger."""

from __future__ import annotations

from enum import IntEnum


class LedgerPart(IntEnum):
    """The parts of the time ledger (K2), in the order of its columns."""

    SERVICE = 0
    QUEUE = 1
    CLOSED = 2
    TIMETABLE = 3
    TRANSFER = 4
    OUTAGE = 5
    APPLICANT = 6
    APPOINTMENT = 7
    DELAY = 8
    UNSEEN = 9
    HELD = 10
    BATCH = 11
    ABSENCE = 12
