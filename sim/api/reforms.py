"""Why a figure changes from one variant to another, and which bottleneck costs what."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from sim.answers.asking import Runs, Where
from sim.answers.bottlenecks import Bottlenecks
from sim.answers.bottlenecks import bottlenecks as find_bottlenecks
from sim.answers.why import Why
from sim.answers.why import why as find_why
from sim.api.frames import frame
from sim.api.languages import in_language
from sim.api.scenarios import AnyPath, OnProgress, Setting, as_texts
from sim.experiment.runner import AUTO
from sim.language import language, speaking
from sim.report import bottlenecks as words_of_bottlenecks
from sim.report import why as words_of_why
from sim.report.folders import write_answer
from sim.wording import as_one_form

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

End: TypeAlias = str | Mapping[str, Setting] | tuple[str, Mapping[str, Setting]] | None
"""A variant by its name, settings by lever or path, or both; None for the scenario as written."""

WHY: Final = "why.csv"
BOTTLENECKS: Final = "bottlenecks.csv"
"""The tables of each answer: by them a folder is known to hold one."""

_WIDTH: Final = 120
"""Columns of an answer that is printed to no terminal."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WhyAnswer:
    """Why a figure changes; printed, a table of its parts.

    ``why`` has the same as data; ``lang`` is the language that it is told in.
    """

    why: Why
    lang: str = field(default_factory=language)

    @property
    def parts(self) -> pd.DataFrame:
        """Before, after and the change, then each part and the rest, as in ``why.csv``."""
        return frame(words_of_why.columns(self.why))

    @property
    def by_replication(self) -> pd.DataFrame:
        """What each part has in the change of each replication; they add up to it."""
        return frame(words_of_why.replication_columns(self.why))

    def show(self, console: Console) -> None:
        """Print it to a console of Rich."""
        with speaking(self.lang):
            words_of_why.show_why(console, self.why)

    def save(self, folder: AnyPath, *, replace: bool = False) -> None:
        """Write the tables and two pictures into a folder.

        Parameters
        ----------
        replace
            Whether another such answer in it is replaced, which is refused otherwise.

        Raises
        ------
        StoreError
            It holds something else, or another answer, or cannot be written to.
        """
        from sim.report.figures.waterfall import ledger_waterfall, parts_waterfall

        with speaking(self.lang):
            write_answer(
                Path(folder),
                {
                    WHY: words_of_why.columns(self.why),
                    "why-by-replication.csv": words_of_why.replication_columns(self.why),
                },
                {
                    "why": partial(parts_waterfall, self.why),
                    "time-waterfall": partial(ledger_waterfall, self.why),
                },
                mark=WHY,
                replace=replace,
            )

    def __str__(self) -> str:
        return _printed(self.show)

    __repr__ = __str__


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BottlenecksAnswer:
    """What each bottleneck costs; printed, a table for each KPI.

    ``found`` has the same as data; ``lang`` is the language that it is told in.
    """

    found: Bottlenecks
    lang: str = field(default_factory=language)

    @property
    def gains(self) -> pd.DataFrame:
        """The change in each KPI by bottleneck, as ``bottlenecks.csv``."""
        return frame(words_of_bottlenecks.columns(self.found))

    def show(self, console: Console) -> None:
        """Print it to a console of Rich."""
        with speaking(self.lang):
            words_of_bottlenecks.show_bottlenecks(console, self.found)

    def save(self, folder: AnyPath, *, replace: bool = False) -> None:
        """Write the table and a picture into a folder; as :meth:`WhyAnswer.save`."""
        from sim.report.figures.bottlenecks import gains_of_bottlenecks

        with speaking(self.lang):
            write_answer(
                Path(folder),
                {BOTTLENECKS: words_of_bottlenecks.columns(self.found)},
                {"bottlenecks": partial(gains_of_bottlenecks, self.found)},
                mark=BOTTLENECKS,
                replace=replace,
            )

    def __str__(self) -> str:
        return _printed(self.show)

    __repr__ = __str__


def why(
    path: AnyPath,
    *,
    before: End = None,
    after: End = None,
    kpi: str | None = None,
    bundle: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    orders: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    lang: str | None = None,
    progress: OnProgress | None = None,
) -> WhyAnswer:
    """Split the change of a figure over the parts of a reform, by Shapley values.

    Every set of parts is simulated, under common random numbers; so the shares of the parts add up
    to the whole change in each replication.

    Parameters
    ----------
    path
        The YAML file.
    before, after
        A variant by its name, settings by lever or path, or both as a pair; one of them left out
        is the scenario as written, both are the only reform that the scenario names.  Where it
        names none between the two, each lever in which they differ is a part.
    kpi, bundle
        What changes; by default that of the target.
    settings
        What to set on both sides, by lever or path.
    orders
        How many orders of the parts to draw; by default all count, unless there are more than 8
        parts.

    Other parameters are those of :func:`sim.run`; so are the errors.
    """
    named = before is not None or after is not None
    with in_language(lang):
        return WhyAnswer(
            why=find_why(
                os.fspath(path),
                before=_where(before) if named else None,
                after=_where(after) if named else None,
                kpi=None if kpi is None else as_one_form(kpi),
                bundle=None if bundle is None else as_one_form(bundle),
                settings=as_texts(settings),
                orders=orders,
                runs=Runs(
                    replications=replications,
                    seed=seed,
                    engine=engine,
                    workers=workers,
                    progress=progress,
                ),
            )
        )


def bottlenecks(
    path: AnyPath,
    *,
    variant: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    bundle: str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    lang: str | None = None,
    progress: OnProgress | None = None,
) -> BottlenecksAnswer:
    """Take each bottleneck that the scenario names away: alone, all of them, and all but each.

    Parameters
    ----------
    path
        The YAML file.
    variant, settings
        What they are taken away from; by default the scenario as written.
    bundle
        What is looked at; by default the bundle of the target.

    Other parameters are those of :func:`sim.run`; so are the errors.
    """
    with in_language(lang):
        return BottlenecksAnswer(
            found=find_bottlenecks(
                os.fspath(path),
                where=Where(
                    variant=None if variant is None else as_one_form(variant),
                    settings=as_texts(settings),
                ),
                bundle=None if bundle is None else as_one_form(bundle),
                runs=Runs(
                    replications=replications,
                    seed=seed,
                    engine=engine,
                    workers=workers,
                    progress=progress,
                ),
            )
        )


def _where(end: End) -> Where:
    if isinstance(end, tuple):
        variant, settings = end
        return Where(variant=as_one_form(variant), settings=as_texts(settings))
    if isinstance(end, str):
        return Where(variant=as_one_form(end))
    return Where(settings=as_texts(end))


def _printed(show: Callable[[Console], None]) -> str:
    from rich.console import Console

    into = io.StringIO()
    show(Console(file=into, width=_WIDTH, markup=False, highlight=False, emoji=False))
    return "\n".join(line.rstrip() for line in into.getvalue().splitlines())
