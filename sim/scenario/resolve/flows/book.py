"""Keeps the flows of a model: each is compiled when it is first asked for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.language import date_in_words, later, say
from sim.model import Activity, DatedLimit, Element, Flow, Outcome
from sim.scenario.faults import Faults
from sim.scenario.resolve.flows.apart import FlowApart
from sim.scenario.resolve.flows.clocks import BUNDLE_CLOCK
from sim.scenario.resolve.flows.compile import Compiled, compile_flow
from sim.scenario.resolve.flows.lookup import Terms
from sim.scenario.resolve.properties import Properties, draw_name
from sim.scenario.resolve.recent import Recent
from sim.scenario.resolve.regimes import FROM_EVER
from sim.scenario.resolve.setting import Setting
from sim.scenario.resolve.times.timing import Timing
from sim.scenario.schema.sections import ScenarioSpec
from sim.scenario.schema.values import LimitByDate
from sim.scenario.text.tree import Path


@dataclass(slots=True, kw_only=True)
class FlowBook:
    """The flows, elements and outcomes of a model, in the order in which they were asked for.

    ``procedures`` are indices by bundle and name; ``homes`` the home offices by bundle; ``known``
    are flows without a fault of this and other scenarios.
    """

    spec: ScenarioSpec
    timing: Timing
    faults: Faults
    setting: Setting
    known: Recent[FlowApart]
    properties: Properties
    channels: Mapping[str, int]
    procedures: Mapping[str, Mapping[str, int]]
    homes: Mapping[str, NDArray[np.int64]]
    flows: list[Flow] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=lambda: [each.name.lower() for each in Outcome])
    _compiled: dict[tuple[str, str, str], tuple[int, Compiled]] = field(default_factory=dict)
    _limits: dict[tuple[str, str], Mapping[str, DatedLimit]] = field(default_factory=dict)

    def flow(self, bundle: str, regime: str, channel: str) -> tuple[int, Compiled]:
        """The index and the elements of the flow of a channel that has steps in a regime."""
        key = (bundle, regime, channel)
        if key not in self._compiled:
            compiled = self._apart(key).placed(len(self.elements), self.timing, self.outcomes)
            self.elements.extend(compiled.elements)
            limits = self._limits_in(bundle, regime)
            by_index: list[DatedLimit | None] = [None] * sum(map(len, self.procedures.values()))
            for name, index in self.procedures[bundle].items():
                by_index[index] = limits.get(name)
            self.flows.append(
                Flow(
                    name="/".join(key),
                    bundle=list(self.spec.bundles).index(bundle),
                    regime=regime,
                    channel=self.channels[channel],
                    start=compiled.start,
                    limits=tuple(by_index),
                    bundle_limit=limits.get(BUNDLE_CLOCK),
                )
            )
            self._compiled[key] = (len(self.flows) - 1, compiled)
            self._require_offices(bundle, compiled)
        return self._compiled[key]

    def check_idle(self) -> None:
        """Compile, for their faults, the flows that the model does not use."""
        for bundle, spec in self.spec.bundles.items():
            for regime, its in spec.regimes.items():
                self._limits_in(bundle, regime)
                for channel, steps in its.channels.items():
                    key = (bundle, regime, channel)
                    if key in self._compiled or isinstance(steps, str):
                        continue
                    self._apart(key)

    def _apart(self, key: tuple[str, str, str]) -> FlowApart:
        bundle, regime, channel = key
        terms = self._terms(bundle, regime)
        content = self._content(key, terms)
        if (known := self.known.find(content)) is not None:
            return known
        n_faults = len(self.faults.found)
        timing = self.timing.apart()
        outcomes = [each.name.lower() for each in Outcome]
        compiled = compile_flow(
            self.spec.bundles[bundle].regimes[regime].channels[channel],
            _path(key),
            terms=terms,
            timing=timing,
            outcomes=outcomes,
            faults=self.faults,
        )
        flow = FlowApart(
            compiled=compiled,
            calendars=tuple(timing.calendars),
            timetables=tuple(timing.timetables),
            samplers=tuple(timing.samplers),
            outcomes=tuple(outcomes),
        )
        if len(self.faults.found) == n_faults:
            self.known.keep(content, flow)
        return flow

    def _terms(self, bundle: str, regime: str) -> Terms:
        its, roles = self.properties.of_bundle[bundle], self.setting.roles
        return Terms(
            procedures=self.procedures[bundle],
            limited=frozenset(self._limits_in(bundle, regime)),
            properties={each.name: self.properties.index[each.name] for each in its},
            all_properties=self.properties.all,
            roles={name: place for place, name in enumerate(roles)},
            systems={name: place for place, name in enumerate(self.spec.systems)},
            draw_names=tuple(draw_name(each.name) for each in its if each.of_office is None),
            limits_bundle=self._limits_bundle(bundle, regime),
            roles_look_in=self.setting.looks_in,
            level_of={name: self.spec.levels[role.level] for name, role in roles.items()},
            has_backlog=self.spec.backlog is not None,
        )

    def _content(self, key: tuple[str, str, str], terms: Terms) -> Hashable:
        """All that a flow comes from."""
        return (
            self.setting.for_flows,
            key,
            self.faults.scenario.text_at(_path(key)),
            tuple(terms.procedures.items()),
            terms.limited,
            tuple(terms.properties.items()),
            terms.all_properties,
            terms.draw_names,
            terms.limits_bundle,
            terms.has_backlog,
        )

    def _limits_in(self, bundle: str, regime: str) -> Mapping[str, DatedLimit]:
        """The limits of a regime by procedure or ``bundle``; without those that set none."""
        key = (bundle, regime)
        if key in self._limits:
            return self._limits[key]
        spec = self.spec.bundles[bundle]
        path: Path = ("bundles", bundle)
        limits: dict[str, tuple[LimitByDate, Path]] = {
            name: (procedure.limit, (*path, "procedures", name, "limit"))
            for name, procedure in spec.procedures.items()
        }
        limits[BUNDLE_CLOCK] = (spec.limit, (*path, "limit"))
        own = spec.regimes[regime].limits
        for name, limit in own.items():
            where = (*path, "regimes", regime, "limits", name)
            if self.faults.knows(where, later("procedure"), name, limits):
                limits[name] = (limit, where)
        found = {name: self._dated(limit, where) for name, (limit, where) in limits.items()}
        kept = {name: limit for name, limit in found.items() if limit is not None}
        only = self._limits_bundle(bundle, regime)
        if only is not None and only in kept:
            kept[BUNDLE_CLOCK] = kept[only]
        self._limits[key] = kept
        return kept

    def _limits_bundle(self, bundle: str, regime: str) -> str | None:
        """The only procedure of a bundle that says nothing of a limit of its own."""
        spec = self.spec.bundles[bundle]
        has_own = "limit" in spec.model_fields_set or BUNDLE_CLOCK in spec.regimes[regime].limits
        return next(iter(spec.procedures)) if len(spec.procedures) == 1 and not has_own else None

    def _dated(self, limit: LimitByDate, path: Path) -> DatedLimit | None:
        """A limit by day (L7); days before its first date have none."""
        from_days: list[int] = []
        days: list[int] = []
        for date, number in limit:
            if number is not None:
                is_dated = date.year > 1
                from_days.append(self.timing.time.day(date) if is_dated else FROM_EVER)
                days.append(number)
            elif days:
                self.faults.add(
                    path,
                    say(
                        "the limit ends on {date}, and a limit cannot end within a regime",
                        date=date_in_words(date, is_plain=True),
                    ),
                    say("Make a regime that begins on that day, with the limit `none`."),
                )
        return DatedLimit(from_days=tuple(from_days), days=tuple(days)) if days else None

    def _require_offices(self, bundle: str, compiled: Compiled) -> None:
        """Each home has an office on the levels of the roles that its cases ask for (S1)."""
        roles, offices = list(self.setting.roles.values()), self.setting.offices
        homes = self.homes[bundle]
        if not roles or not len(homes):
            return
        for element in compiled.elements:
            if not isinstance(element, Activity):
                continue
            role = roles[element.role]
            without = homes[offices.office_at[homes, role.level] < 0]
            if len(without):
                self.faults.add(
                    (*compiled.paths[element.name], "role"),
                    say(
                        "role '{role}' is on level {level}, and there is no office there for "
                        "{names}",
                        role=role.name,
                        level=offices.levels[role.level],
                        names=offices.some(without.tolist()),
                    ),
                    say("Give it a parent on that level, or the role another level."),
                )


def _path(key: tuple[str, str, str]) -> Path:
    bundle, regime, channel = key
    return ("bundles", bundle, "regimes", regime, channel)


def procedures_of(spec: ScenarioSpec) -> dict[str, dict[str, int]]:
    """The indices of all procedures, by bundle and name."""
    found: dict[str, dict[str, int]] = {}
    at = 0
    for name, bundle in spec.bundles.items():
        found[name] = {each: at + place for place, each in enumerate(bundle.procedures)}
        at += len(bundle.procedures)
    return found


def channels_of(spec: ScenarioSpec) -> dict[str, int]:
    """The indices of all channels by name, in the order in which they are first written."""
    names: dict[str, None] = {}
    for bundle in spec.bundles.values():
        names.update(dict.fromkeys(bundle.channels))
        for regime in bundle.regimes.values():
            names.update(dict.fromkeys(regime.channels))
    return {name: place for place, name in enumerate(names)}
