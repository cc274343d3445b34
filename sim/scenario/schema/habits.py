"""What a person may write of how work is gone about: batches, holding back, paying at a counter."""

from __future__ import annotations

from typing import Literal

from sim.scenario.schema.base import Sourced
from sim.scenario.schema.fields import (
    ClockTime,
    Count,
    Duration,
    Length,
    PositiveCount,
    ShareByDate,
    WorkingDayCount,
)


class BatchSpec(Sourced):
    """How items are worked on together (rule H2)."""

    size: PositiveCount
    """How many make a batch."""
    at_most: Length
    """How long an item waits for a batch at most; working days in open time of the office."""
    setup: ClockTime = 0
    """The time that the preparation of a batch takes."""
    ends: Literal["each", "together"] = "each"
    """Each item ends with its own time, or all with the last."""


class BeginsSpec(Sourced):
    """How many items are held back until shortly before they are due (rule H3)."""

    share: ShareByDate = 1.0
    """How many are."""
    before_due: WorkingDayCount
    """How many working days before the due day they are begun."""


class CounterSpec(Sourced):
    """What paying at the counter takes."""

    trips: Count = 0
    """Trips to an office for it."""
    time: Duration = "0 min"
    """How long it takes the applicant."""
