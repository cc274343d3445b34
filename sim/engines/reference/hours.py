"""When work and transfers make progress: on shift, with all systems up that they need (T4, Y1)."""

from __future__ import annotations

from sim.calendars import Calendar, always_open, intersection
from sim.engines.protocol import Inputs, is_paced
from sim.model import Model
from sim.outages import Pace


class Hours:
    """The calendars on which work and transfers make progress, made as they are asked for."""

    def __init__(self, model: Model, inputs: Inputs) -> None:
        self.model = model
        self.inputs = inputs
        self.hours: dict[tuple[int | None, tuple[int, ...]], Calendar | Pace] = {}

    def of(self, calendar: int | None, systems: tuple[int, ...]) -> Calendar | Pace:
        """When work makes progress, and how fast if one of the systems can be slow.

        It does on a shift, if one is named, and with every system up (T4).
        """
        if not systems and calendar is not None:
            return self.model.calendars[calendar]
        hours = self.hours.get((calendar, systems))
        if hours is None:
            shift = always_open() if calendar is None else self.model.calendars[calendar]
            hours = intersection(shift, self.inputs.all_up(systems), "hours")
            if is_paced(self.model, systems):
                hours = self.inputs.pace(self.model, hours, systems)
            self.hours[calendar, systems] = hours
        return hours

    def all_up(self, systems: tuple[int, ...]) -> Calendar | Pace:
        """When every one of the systems is up, and how fast they are."""
        return self.of(None, systems)
