"""Looks up what the names in the steps of a flow stand for in the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sim.language import later, say
from sim.model import BUNDLE, NO_DOSSIER, Batch, Option, Property
from sim.scenario.faults import Faults
from sim.scenario.resolve.flows.clocks import BUNDLE_CLOCK
from sim.scenario.resolve.times.period import series_of
from sim.scenario.resolve.times.timing import ALWAYS, Timing
from sim.scenario.schema.habits import BatchSpec
from sim.scenario.schema.steps import Do
from sim.scenario.schema.values import Condition, SeriesSpec
from sim.scenario.text.tree import Path
from sim.wording import did_you_mean

_NO_DOSSIER: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the names in the steps of a bundle stand for: indices of the model.

    ``limited`` are the clocks that have a limit in the regime, by procedure or ``bundle``;
    ``draw_names`` the names under which the cases draw their properties; ``limits_bundle``
    is the only procedure, where its limit is that of the bundle too.  ``roles_look_in`` are the
    times of day at which a role sees what has come (H1), ``level_of`` the level on which it stands.
    With ``has_backlog`` cases may be under way at any step.
    """

    procedures: Mapping[str, int]
    limited: frozenset[str]
    properties: Mapping[str, int]
    all_properties: Sequence[Property]
    roles: Mapping[str, int]
    systems: Mapping[str, int]
    draw_names: tuple[str, ...]
    limits_bundle: str | None
    roles_look_in: Mapping[str, tuple[int, ...]]
    level_of: Mapping[str, str]
    has_backlog: bool

    @property
    def sizes(self) -> list[int]:
        """How many values each property has."""
        return [len(each.values) for each in self.all_properties]

    def looks_in(self, step: Do) -> tuple[int, ...]:
        """The times of day at which some work is seen (H1): its own, else those of its role."""
        if step.role not in self.level_of:
            return ()  # what its people lack is a fault already
        if step.looks_in is None:
            return self.roles_look_in.get(step.role, ())
        return tuple(sorted(set(step.looks_in)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Finds indices by name, and notes names that nothing has.

    ``outcomes`` are the names of those known so far; new ones are added.
    """

    terms: Terms
    timing: Timing
    outcomes: list[str]
    faults: Faults

    def option(
        self, spec: float | SeriesSpec, condition: Condition | None, path: Path, target: int
    ) -> Option:
        """One way out of a choice; with a fault in it, one that no case takes."""
        share = series_of(spec, self.timing.time)
        if condition is None:
            return Option(share=share, property=-1, values=(), target=target)
        name = condition.property
        # With a fault in it an option has no share, so that no other fault follows from it.
        unread = Option(share=0.0, property=-1, values=(), target=target)
        if not self.faults.knows(path, later("property"), name, self.terms.properties):
            return unread
        index = self.terms.properties[name]
        values = self.terms.all_properties[index].values
        if condition.value not in values:
            way_out = did_you_mean(condition.value, values)
            self.faults.add(
                path,
                say("property '{name}' is never '{value}'", name=name, value=condition.value),
                way_out,
            )
            return unread
        return Option(
            share=share,
            property=index,
            values=tuple(
                place
                for place, value in enumerate(values)
                if (value == condition.value) != condition.negated
            ),
            target=target,
        )

    def time(self, text: str, where: Path, calendar: str | None, path: Path) -> tuple[int, int]:
        """The sampler of a time, and the calendar on which it is counted."""
        return self.timing.sampler_and_calendar(text, where, calendar, (*path, "calendar"))

    def effort(self, text: str | None, path: Path) -> int:
        """The sampler of an applicant's own hours, -1 where all of the time is theirs."""
        return -1 if text is None else self.timing.clock_sampler(text, (*path, "effort"))

    def systems(self, names: Sequence[str], path: Path) -> tuple[int, ...]:
        """The indices of some systems."""
        found = {
            self.terms.systems[name]
            for name in names
            if self.faults.knows(path, later("system"), name, self.terms.systems)
        }
        return tuple(sorted(found))

    def procedure(self, name: str) -> int:
        """The index of a procedure."""
        # An unknown one is a fault of the outline.
        return self.terms.procedures.get(name, 0)

    def clock(self, name: str) -> int:
        """The index of a procedure, or ``BUNDLE``."""
        return BUNDLE if name == BUNDLE_CLOCK else self.procedure(name)

    def due(self, name: str, path: Path) -> int:
        """The clock of which an appointment asks the due day; it has a limit."""
        is_known = name == BUNDLE_CLOCK or name in self.terms.procedures
        if is_known and name not in self.terms.limited:
            self.faults.add(
                (*path, "appointment"),
                say("the clock of '{name}' has no limit, so it gives no day", name=name),
                say("Give it a limit, or a delay in place of the appointment."),
            )
        return self.clock(name)

    def outcome(self, name: str, path: Path) -> int:
        """The index of an outcome, which is added where it is new."""
        if name == self.outcomes[0]:
            self.faults.add(
                path, say("'{name}' is no outcome", name=name), say("Write completed or rejected.")
            )
            return 0
        if name not in self.outcomes:
            self.outcomes.append(name)
        return self.outcomes.index(name)

    def role(self, name: str, path: Path) -> int:
        """The index of a role."""
        known = self.faults.knows(path, later("role"), name, self.terms.roles)
        return self.terms.roles[name] if known else 0

    def looks_in(self, step: Do, path: Path) -> int:
        """The instants at which it is seen that some work has come (H1)."""
        calendar = self.timing.calendar_on(self.terms.level_of[step.role])
        return self.timing.times_of_day(self.terms.looks_in(step), calendar, path)

    def batch(self, spec: BatchSpec | None, role: str) -> Batch | None:
        """How items of an activity of a role are worked on together (H2)."""
        if spec is None or role not in self.terms.level_of:
            return None
        hours = self.timing.calendar_on(self.terms.level_of[role])
        # Clock time passes at night too.
        counted = hours if spec.at_most.in_working_days else self.timing.calendar(ALWAYS, ())
        return Batch(
            size=spec.size,
            at_most=self.timing.open_time(spec.at_most, hours),
            calendar=self.timing.index(counted),
            setup=spec.setup,
            together=spec.ends == "together",
        )

    def has_limit(self, dossier: int) -> bool:
        """Whether the clock of a procedure, by its index, has a limit in the regime."""
        return any(self.terms.procedures.get(name) == dossier for name in self.terms.limited)

    def dossier(self, name: str | None, innermost: str | None, path: Path) -> int:
        """The index of the procedure to which work belongs: the one named, or the one around it."""
        if name == _NO_DOSSIER:
            return NO_DOSSIER
        if name is not None:
            self.faults.knows(path, later("procedure"), name, [*self.terms.procedures, _NO_DOSSIER])
        belongs_to = innermost if name is None else name
        return NO_DOSSIER if belongs_to is None else self.procedure(belongs_to)
