"""The map of how a case goes through the offices, from a scenario or a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.api.languages import in_language
from sim.api.scenarios import AnyPath, OnProgress, Setting
from sim.api.studies import compare, run
from sim.api.study import Study
from sim.errors import RequestError, StoreError
from sim.experiment.results import Results
from sim.language import language, say, speaking, why_not
from sim.report.process_map.maps import FlowMap, flow_maps
from sim.report.process_map.picture import picture
from sim.report.view import bundles
from sim.wording import as_one_form, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProcessMap:
    """How a case goes through the offices: a notebook shows it.

    ``study`` has the numbers, ``channel`` is the one shown of each setting, empty for that of most
    cases; ``lang`` is the language of the picture.
    """

    study: Study
    bundle: str
    channel: str = ""
    lang: str = field(default_factory=language)

    @property
    def svg(self) -> str:
        """The map as SVG: of two settings one over the other, on one scale.

        Presentation attributes only, no script; steps are named by ``data-step``.
        """
        with speaking(self.lang):
            return picture(self._maps())

    def save(self, path: AnyPath) -> None:
        """Write the map as an SVG file.

        Raises
        ------
        StoreError
            It cannot be written.
        """
        try:
            Path(path).write_text(self.svg, encoding="utf-8")
        except OSError as error:
            raise StoreError(
                say("cannot write {path}: {why}", path=path, why=why_not(error))
            ) from None

    def _maps(self) -> list[FlowMap]:
        maps = list(flow_maps(_results(self.study), self.bundle))
        if not self.channel:
            return [each for each in maps if each.is_chief][:2]
        found = [each for each in maps if each.channel == self.channel]
        if not found:
            known = list(dict.fromkeys(each.channel for each in maps))
            way_out = did_you_mean(self.channel, known)
            raise RequestError(
                say(
                    "no case is filed on a channel '{channel}'; {way_out}",
                    channel=self.channel,
                    way_out=way_out,
                )
            )
        return found[:2]

    def _repr_html_(self) -> str:
        return self.svg


def process_map(
    path: AnyPath,
    *,
    variant: str | None = None,
    bundle: str | None = None,
    channel: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    lang: str | None = None,
    progress: OnProgress | None = None,
) -> ProcessMap:
    """Draw how a case goes through the offices: who has it, where it waits, how many pass.

    Parameters
    ----------
    path
        The YAML file.
    variant
        One to draw below the scenario as written, on the same scale; by default none.
    bundle
        By default that of the target.
    channel
        By default that on which most cases are filed, in each of the two.
    settings
        What to set in both, by lever or path.
    replications, seed
        As for :func:`sim.run`.
    lang
        Language of the map: ``en`` or ``vi``; by default the one in use.
    progress
        Called as ``progress(doing, done, total)``.

    Raises
    ------
    ScenarioError, RequestError, EngineError
        As for :func:`sim.run`; or there is no such bundle or channel.
    """
    with in_language(lang):
        wanted = {} if bundle is None else {"bundles": (bundle,)}
        common = {
            "settings": settings,
            "replications": replications,
            "seed": seed,
            "tables": "none",
            "progress": progress,
        }
        if variant is None:
            study = run(path, **common, **wanted)  # type: ignore[arg-type]
        else:
            study = compare(path, variants=variant, **common, **wanted)  # type: ignore[arg-type]
        return map_of_study(study, bundle=bundle, channel=channel)


def map_of_study(
    study: Study, *, bundle: str | None = None, channel: str | None = None
) -> ProcessMap:
    """The map of a study that was run: of its first two settings.

    Raises
    ------
    RequestError
        There is no such bundle or channel, or the study was read back from its folder.
    """
    known = bundles(_results(study))
    name = known[0] if bundle is None else as_one_form(bundle)
    found = ProcessMap(
        study=study, bundle=name, channel="" if channel is None else as_one_form(channel)
    )
    if not found._maps():
        raise RequestError(
            say(
                "no case of a bundle '{name}'; {way_out}",
                name=name,
                way_out=did_you_mean(name, known),
            )
        )
    return found


def _results(study: Study) -> Results:
    if study.results is None:
        raise RequestError(
            say("a study that was read back is not drawn anew. Open its report, or run it again.")
        )
    return study.results
