"""A flow compiled apart from any model, and its place in one.

The variants of a scenario say most flows alike.  A flow is compiled once, with indices of its own,
and put into each model, whose indices depend on what stands there before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sim.calendars import Calendar
from sim.distributions import Sampler
from sim.model import LEAVE, Activity, Applicant, Delay, Element, End, Timetable, Transfer
from sim.scenario.resolve.flows.compile import Compiled
from sim.scenario.resolve.flows.idle import pointing
from sim.scenario.resolve.times.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlowApart:
    """A flow whose first element has the index 0, and what its other indices stand for."""

    compiled: Compiled
    calendars: tuple[Calendar, ...]
    timetables: tuple[tuple[int, ...], ...]
    samplers: tuple[Sampler, ...]
    outcomes: tuple[str, ...]

    def placed(self, first_index: int, timing: Timing, outcomes: list[str]) -> Compiled:
        """The flow in a model, to whose times and outcomes its own are added where they are new.

        Parameters
        ----------
        first_index
            The index that the first element has in the model.
        """
        outcomes.extend(name for name in self.outcomes if name not in outcomes)
        indices = _Indices(
            first=first_index,
            calendars=tuple(map(timing.index, self.calendars)),
            timetables=tuple(map(timing.index_of_instants, self.timetables)),
            samplers=tuple(map(timing.index_of_sampler, self.samplers)),
            outcomes=tuple(map(outcomes.index, self.outcomes)),
        )
        return _placed(self.compiled, indices)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Indices:
    """Those in the model, by those of a flow apart."""

    first: int
    calendars: tuple[int, ...]
    timetables: tuple[int, ...]
    samplers: tuple[int, ...]
    outcomes: tuple[int, ...]

    def element(self, index: int) -> int:
        return index if index == LEAVE else index + self.first

    def calendar(self, index: int) -> int:
        return _at(index, self.calendars)

    def sampler(self, index: int) -> int:
        return _at(index, self.samplers)


def _at(index: int, indices: tuple[int, ...]) -> int:
    """An index in the model; 0 where a fault left nothing that could have one."""
    return indices[index] if indices else 0


@lru_cache(maxsize=1024)  # most flows stand in the same place in every variant
def _placed(compiled: Compiled, to: _Indices) -> Compiled:
    return replace(
        compiled,
        elements=tuple(_elements(compiled.elements, to)),
        start=to.element(compiled.start),
        entries={name: to.element(index) for name, index in compiled.entries.items()},
    )


def _elements(elements: Sequence[Element], to: _Indices) -> Iterator[Element]:
    for element in elements:
        moved = pointing(element, to.element)
        match moved:
            case Activity(service=time, batch=batch):
                if batch is not None:
                    batch = replace(batch, calendar=to.calendar(batch.calendar))
                yield replace(moved, service=to.sampler(time), batch=batch)
            case Applicant(time=time, calendar=calendar, effort=effort):
                yield replace(
                    moved,
                    time=to.sampler(time),
                    calendar=to.calendar(calendar),
                    effort=effort if effort < 0 else to.sampler(effort),
                )
            case Delay(time=time, calendar=calendar):
                yield replace(moved, time=to.sampler(time), calendar=to.calendar(calendar))
            case Transfer(time=time):
                yield replace(moved, time=to.sampler(time))
            case Timetable(instants=instants):
                yield replace(moved, instants=_at(instants, to.timetables))
            case End(outcome=outcome):
                yield replace(moved, outcome=to.outcomes[outcome])
            case _:
                yield moved
