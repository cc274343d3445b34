"""Whether a model needs that part of the kernel which is about habits."""

from __future__ import annotations

from functools import lru_cache

from sim.engines.protocol import is_paced, may_be_away
from sim.model import Activity, Choice, Model, Order, Transfer
from sim.model.series import Series


@lru_cache(maxsize=32)  # each part of each replication asks
def has_absences(model: Model) -> bool:
    """Whether anybody may be away (P1, P2)."""
    return any(map(may_be_away, model.staff))


@lru_cache(maxsize=32)
def has_habits(model: Model) -> bool:
    """Whether the kernel must know absences, batches, help, paces or changes by the day.

    These are what :func:`sim.engines.fast.kernel.compiler.has_habits` stands for (V1, P, H2, H5,
    B2, Y1); all else of a model costs only what uses it.
    """
    return (
        has_absences(model)
        or any(isinstance(member.speed, Series) for member in model.staff)
        or any(role.help is not None or role.order is Order.LATEST_COME for role in model.roles)
        or any(
            each.batch is not None or is_paced(model, each.systems)
            for each in model.elements
            if isinstance(each, Activity)
        )
        or any(
            is_paced(model, each.systems) for each in model.elements if isinstance(each, Transfer)
        )
        or any(
            isinstance(option.share, Series)
            for each in model.elements
            if isinstance(each, Choice)
            for option in each.options
        )
    )
