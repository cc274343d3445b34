"""Chooses the maps of a study: of which settings, regimes and channels, and what each is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sim.experiment.results import Results
from sim.language import say, say_of_scenario
from sim.report.html import Html
from sim.report.process_map.flow import Step
from sim.report.process_map.layout import Layout, lay_out
from sim.report.process_map.numbers import Numbers
from sim.report.process_map.passing import Taken, taken
from sim.report.process_map.reading import APPLICANT, Reading
from sim.report.process_map.svg import drawn
from sim.report.process_map.words import Told
from sim.report.view import Shown, channel_label, channels, distinct
from sim.report.words import capital
from sim.wording import visible

_FEW: Final = 3
"""Up to so many settings each has maps of its own; of more the first of each regime."""


@dataclass(frozen=True, kw_only=True)
class FlowMap:
    """The map of the flow of a bundle in one setting, under one regime, on one channel.

    ``is_chief`` says whether most cases of the setting are on the channel.
    """

    results: Results
    shown: Shown
    bundle: str
    regime: str
    channel: str
    is_chief: bool

    @property
    def flow(self) -> str:
        """The name of the flow in the model."""
        return f"{self.bundle}/{self.regime}/{self.channel}"

    @cached_property
    def told(self) -> Told:
        """The whole flow, with what was measured of it."""
        cell = self.shown.cell
        return Told(
            results=self.results,
            cell=cell,
            bundle=self.bundle,
            regime=self.regime,
            flow=Reading(cell.scenario, self.bundle, self.regime, self.channel).flow(),
            numbers=Numbers(self.results, cell.name, self.flow),
        )

    @cached_property
    def _taken(self) -> Taken:
        return taken(self.told.flow, self.told.numbers.passes)

    @property
    def left_out(self) -> tuple[Step, ...]:
        """The steps that are not drawn, for no case came there."""
        return tuple(self._taken.left_out)

    @property
    def layout(self) -> Layout:
        """Where everything stands that is drawn."""
        return lay_out(self._taken.flow, APPLICANT, self.told.numbers.passes)

    @property
    def heading(self) -> str:
        """What the map is of."""
        spec = self.shown.cell.scenario.spec.bundles[self.bundle]
        words = say(
            "{setting}: {regime}, filed {channel}",
            setting=self.shown.label,
            regime=visible(say_of_scenario(spec.regimes[self.regime].label or self.regime)),
            channel=channel_label(self.channel),
        )
        return capital(words)

    def svg(self, prefix: str, top: float | None = None) -> Html:
        """The map as one SVG element; ids begin with ``prefix``, inside another it has a place."""
        return drawn(
            self.layout,
            self.told.words(),
            title=self.heading,
            flow=self.flow,
            prefix=prefix,
            top=top,
        )


def has_limit(results: Results, bundle: str) -> bool:
    """Whether the law sets a limit for a bundle, or for one of its procedures."""
    spec = results.cells[0].scenario.spec.bundles[bundle]
    given = [spec.limit, *(each.limit for each in spec.procedures.values())]
    given += [limit for regime in spec.regimes.values() for limit in regime.limits.values()]
    return any(days is not None for limit in given for _, days in limit)


def flow_maps(results: Results, bundle: str) -> Iterator[FlowMap]:
    """The maps of a bundle, setting by setting, the channel of most cases first."""
    shown = distinct(results)
    seen: set[str] = set()
    for each in shown:
        spec = each.cell.scenario.spec.bundles.get(bundle)
        if spec is None:
            continue
        groups = channels(results, each.cell.name, bundle)
        cases = {group: _cases(results, each, group) for group in groups}
        used = [spec.regime] if spec.regime in spec.regimes else list(spec.regimes)
        for regime in used:
            if len(shown) > _FEW and regime in seen:
                continue
            seen.add(regime)
            for i, group in enumerate(sorted(groups, key=cases.__getitem__, reverse=True)):
                channel = group.partition("/")[2]
                if channel in spec.regimes[regime].channels:
                    found = FlowMap(
                        results=results,
                        shown=each,
                        bundle=bundle,
                        regime=regime,
                        channel=channel,
                        is_chief=i == 0,
                    )
                    if found.told.numbers.is_known:
                        yield found


def _cases(results: Results, shown: Shown, group: str) -> float:
    found = results.estimate(shown.cell.name, "n_cases", group)
    return 0.0 if found is None else found.mean
