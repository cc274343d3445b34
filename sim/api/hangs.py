"""What a figure hangs on: of a variant, or of the difference between two."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.answers.hangs_on import HangsOn
from sim.answers.search import Question, search
from sim.api.frames import frame
from sim.api.languages import in_language
from sim.api.scenarios import AnyPath, OnProgress, Setting, as_texts
from sim.experiment.folder import claim_folder, write_files
from sim.experiment.runner import AUTO
from sim.language import language, say, speaking
from sim.report.hangs_on import COLUMNS, TURN_COLUMNS, headline, rows, turn_rows
from sim.report.hangs_on_page import files_of
from sim.report.words import capital
from sim.wording import as_one_form

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HangsOnAnswer:
    """What a figure hangs on; printed, a sentence for each outcome.

    ``found`` has the same as data: outcomes, factors with their effects, shares and turns;
    ``lang`` is the language that it is told in.
    """

    found: HangsOn
    lang: str = field(default_factory=language)

    @property
    def effects(self) -> pd.DataFrame:
        """What each factor moves, a row for each outcome, factor and value; ``rank`` 1 leads."""
        return _frame(COLUMNS, rows(self.found))

    @property
    def turns(self) -> pd.DataFrame:
        """The verdicts that a factor turns alone, and where."""
        return _frame(TURN_COLUMNS, turn_rows(self.found))

    def __str__(self) -> str:
        with speaking(self.lang):
            return "\n".join(
                f"{capital(headline(self.found, place))}."
                for place in range(len(self.found.outcomes))
            )

    __repr__ = __str__


def hangs_on(
    path: AnyPath,
    *,
    variant: str | None = None,
    baseline: str | None = None,
    kpi: str | None = None,
    bundle: str | None = None,
    channel: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    only: Sequence[str] = (),
    shares: bool = True,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    out: AnyPath | None = None,
    replace: bool = False,
    lang: str | None = None,
    progress: OnProgress | None = None,
    command: str | None = None,
) -> HangsOnAnswer:
    """Find what a figure hangs on: which assumed values and readings move it, and by how much.

    Parameters
    ----------
    path
        The YAML file.
    variant
        Whose figure it is; by default that of the scenario as written.
    baseline
        Another variant, or ``as written``: its figure, and the difference of the two, are looked
        at as well.
    kpi, bundle, channel
        By default those of the target, else the mean working days of the only bundle; of all
        channels.
    settings
        What to set beside, by lever or path.
    only
        Levers and paths, or patterns such as ``staff.*``, of the values that are moved; by default
        all that may be otherwise.
    shares
        Whether the few that lead are moved together for their shares of the variance, which takes
        SALib.
    replications
        Of the factors that lead; by default as the scenario says.
    seed, engine, workers
        As for :func:`sim.run`; engine and workers change no digit.
    out
        A folder for tables, figures and a page.
    replace
        Whether results of another study in it are replaced, which is refused otherwise.
    lang
        The language that it is told in: ``en`` or ``vi``; by default the one in use.
    progress
        Called as ``progress(doing, done, total)`` on the way.
    command
        What the page says how to get the same numbers again; by default this call.

    Raises
    ------
    ScenarioError
        With all faults of the scenario.
    RequestError
        Something is asked for that is not there, or SALib is not installed.
    EngineError
        The engine cannot run the scenario, or a replication failed.
    StoreError
        The files cannot be written.
    """

    def tell(doing: str, done: float, total: int) -> None:
        if progress is not None:
            progress(doing, done, total)

    name = os.fspath(path)
    question = Question(
        path=name,
        command=command
        or _call(
            name,
            variant=variant,
            baseline=baseline,
            kpi=kpi,
            bundle=bundle,
            channel=channel,
            settings=settings,
            only=tuple(only),
            replications=replications,
            seed=seed,
            engine=engine,
        ),
        variant=None if variant is None else as_one_form(variant),
        baseline=None if baseline is None else as_one_form(baseline),
        settings=as_texts(settings),
        kpi=kpi,
        bundle=None if bundle is None else as_one_form(bundle),
        channel=None if channel is None else as_one_form(channel),
        only=tuple(only),
        replications=replications,
        seed=seed,
        engine=engine,
        workers=workers,
        shares=shares,
    )
    with in_language(lang):
        folder = None if out is None else Path(out)
        if folder is not None:
            claim_folder(folder, replace=replace)
        found = search(question, tell)
        if folder is not None:
            tell(say("writing {folder}", folder=folder), 0, 0)
            write_files(folder, files_of(found))
        return HangsOnAnswer(found=found)


def _call(name: str, **asked: object) -> str:
    """The call as it was written, without what is left out."""
    shown = [
        f"{key}={value!r}" for key, value in asked.items() if value not in (None, {}, (), AUTO)
    ]
    return f"sim.hangs_on({', '.join([repr(name), *shown])})"


def _frame(columns: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    return frame({name: [line[name] for line in lines] for name in columns})
