"""When work and transfers make progress: on shift, with all systems up that they need (T4, Y1)."""

from __future__ import annotations

from typing import TypeAlias

from sim.calendars import Calendar, always_open, intersection
from sim.engines.protocol import Inputs, is_paced
from sim.model import Model
from sim.outages import FULL, Pace

Progress: TypeAlias = Calendar | Pace
"""When work makes progress, and how fast if that may change."""


class Hours:
    """The calendars on which work and transfers make progress, made as they are asked for."""

    def __init__(self, model: Model, inputs: Inputs) -> None:
        self.model = model
        self.inputs = inputs
        self.shifts = inputs.shifts.calendars
        self.hours: dict[tuple[int | None, tuple[int, ...]], Progress] = {}

    def of(self, calendar: int | None, systems: tuple[int, ...]) -> Progress:
        """When work makes progress, and how fast if one of the systems can be slow.

        It does on a shift, if one is named, and with every system up (T4).
        """
        if not systems and calendar is not None:
            return self.shifts[calendar]
        hours = self.hours.get((calendar, systems))
        if hours is None:
            shift = always_open() if calendar is None else self.shifts[calendar]
            hours = intersection(shift, self.inputs.all_up(systems), "hours")
            if is_paced(self.model, systems):
                hours = self.inputs.pace(self.model, hours, systems)
            self.hours[calendar, systems] = hours
        return hours

    def all_up(self, systems: tuple[int, ...]) -> Progress:
        """When every one of the systems is up, and how fast they are."""
        return self.of(None, systems)


def left(hours: Progress, begun: int, time: int, until: int) -> int:
    """What is left at an instant of work that is not done by then (P3)."""
    if isinstance(hours, Calendar):
        return time - hours.open_between(begun, until)
    for opens, closes, factor in zip(hours.opens, hours.closes, hours.factors, strict=True):
        begin, end = max(begun, opens), min(until, closes)
        if begin < end:
            time -= (end - begin) * FULL // factor
    return time
