"""When systems are up: outages drawn before a run, for each replication (T4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.calendars import Calendar, always_open, without
from sim.distributions import Sampler, sample
from sim.streams import name_key, uniforms

_UP = name_key("system:up", 32)
_DOWN = name_key("system:down", 32)
_BLOCK = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class System:
    """An IT system or data link.

    ``stream`` is the 48-bit key of its name; ``up`` and ``down`` sample the lengths of its up
    times and outages in microseconds, None for a system that never fails by chance; ``planned``
    are dated outages, in microseconds since the start date.
    """

    name: str
    stream: int
    up: Sampler | None
    down: Sampler | None
    planned: tuple[tuple[int, int], ...]

    def up_calendar(self, key: tuple[int, int], horizon: int) -> Calendar:
        """When the system is up in one replication.

        The first up time starts at 0.  Outage n uses draw n of the system's stream (R1), so the
        outages of one system do not depend on another, nor on any case.
        """
        return without(always_open(self.name), sorted([*self._drawn(key, horizon), *self.planned]))

    def _drawn(self, key: tuple[int, int], horizon: int) -> list[tuple[int, int]]:
        outages: list[tuple[int, int]] = []
        if self.up is None or self.down is None:
            return outages
        at = 0
        first = 0
        while at < horizon:
            number = np.arange(first, first + _BLOCK)
            ups = sample(self.up, uniforms(key, self.stream, number, _UP, 0)).tolist()
            downs = sample(self.down, uniforms(key, self.stream, number, _DOWN, 0)).tolist()
            for up, down in zip(ups, downs, strict=True):
                if down > 0 and at + up < horizon:
                    outages.append((at + up, at + up + down))
                at += up + max(down, 1)  # an up time and an outage of 0 must not stop the clock
            first += _BLOCK
        return outages
