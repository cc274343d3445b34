"""What an hour, a trip, a copy and the work of a role cost (M2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Amounts of a currency; None for what the scenario does not give, which is never taken for 0.

    ``hour`` is that of an hour of an applicant, ``trip`` and ``copy`` of one of each; ``pay`` has
    that of an hour of each role of the model.
    """

    currency: str
    hour: float | None
    trip: float | None
    copy: float | None
    pay: tuple[float | None, ...]
