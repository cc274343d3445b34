"""Some days of one office as data for a page that plays them on the map."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.answers.replay import Replay, bundle_with_limit
from sim.answers.replay import replay as replayed
from sim.api.arguments import as_name
from sim.api.languages import in_language
from sim.api.scenarios import AnyPath, OnProgress, Setting, as_texts
from sim.errors import RequestError
from sim.experiment import store
from sim.experiment.again import model_again, scenarios_again
from sim.experiment.chosen import cell_named
from sim.language import say
from sim.model import Model
from sim.scenario import Scenario, load, resolve


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplayData:
    """Some days of one office; ``replay`` has them as objects, ``data`` ready for JSON."""

    replay: Replay

    @property
    def data(self) -> dict[str, Any]:
        """What a page needs to play it on a map: see ``docs/python.md``."""
        return self.replay.as_dict()

    def json(self) -> str:
        """The same as compact JSON."""
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))


def replay(
    path: AnyPath,
    *,
    office: str | None = None,
    start: dt.date | str | None = None,
    days: int = 14,
    variant: str | None = None,
    bundle: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    seed: int | None = None,
    replication: int = 0,
    lang: str | None = None,
    progress: OnProgress | None = None,
) -> ReplayData:
    """Follow all cases of one office through some days of a replication, to play them on the map.

    The reference engine runs it up to the end of these days: offices that share no case with this
    one are left out, and no digit differs from the study's.

    Parameters
    ----------
    path
        The YAML file, or the folder of a kept study.
    office
        The home office, by its name, or one above several: then these together.  By default the
        first home office of the bundle.
    start
        The first day, ``2025-01-20``; by default that on which the measured time begins.
    days
        How many.
    variant
        Of the scenario or the study; by default as written, or the only one of the study.
    bundle
        By default that of the target, or the first with a legal limit.
    settings
        What to set beside; not for a kept study, which has its own.
    seed
        By default as the scenario, or the study, says.
    replication
        The number of the replication, from 0.
    lang
        Language of what is told: ``en`` or ``vi``; by default the one in use.
    progress
        Called as ``progress(doing, done, total)``.

    Raises
    ------
    ScenarioError
        With all faults of the scenario.
    RequestError
        There is no such office, bundle or variant, the days are not in the run, or it would take
        too many cases.
    """
    n_run = 0

    def show(share: float) -> None:
        if progress is not None:
            doing = say("running {n} cases, to follow those of one office", n=n_run)
            progress(doing, share * n_run, n_run)

    def count(n: int) -> None:
        nonlocal n_run
        n_run = n
        show(0.0)

    with in_language(lang):
        scenario, model, default_seed = _model(path, as_name(variant), settings)
        target = scenario.target.bundle if scenario.target else bundle_with_limit(model)
        return ReplayData(
            replay=replayed(
                model,
                bundle=as_name(bundle) or target,
                office=as_name(office),
                start=_date(start),
                days=days,
                seed=default_seed if seed is None else seed,
                replication=replication,
                on_cases=count,
                on_share=show,
            )
        )


def _model(
    path: AnyPath, variant: str | None, settings: Mapping[str, Setting] | None
) -> tuple[Scenario, Model, int]:
    """The scenario, its model, and the seed that goes with them."""
    if not Path(path).is_dir():
        scenario = load(path, variant=variant, settings=as_texts(settings))
        return scenario, resolve(scenario), scenario.spec.seed
    if settings:
        raise RequestError(
            say("a kept study has its settings. Leave them out, or give the scenario.")
        )
    manifest = store.read_manifest(Path(path))
    cell = cell_named(manifest, variant)
    (scenario,) = scenarios_again(manifest, [cell])
    return scenario, model_again(manifest, cell), int(manifest["seed"])


def _date(day: dt.date | str | None) -> dt.date | None:
    if not isinstance(day, str):
        return day
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        raise RequestError(
            say("start: found '{day}'; give a date such as 2025-01-20", day=day)
        ) from None
