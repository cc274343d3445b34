"""The check of a warm-up: whether it is long enough, as text, frames and a picture."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from sim.api.arguments import as_name
from sim.api.frames import frame
from sim.api.languages import in_language
from sim.api.scenarios import AnyPath, OnProgress, Setting, as_texts
from sim.errors import RequestError, StoreError
from sim.experiment.runner import AUTO
from sim.experiment.startup import REPLICATIONS, WarmUp, check_startup
from sim.language import language, say, speaking, why_not
from sim.report.startup import warm_up_lines

if TYPE_CHECKING:
    import pandas as pd

FORMS = ("png", "svg")
"""Forms of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WarmUpStudy:
    """Whether a warm-up is long enough; printed, the answer in sentences.

    ``found`` has the same as data; ``lang`` is the language that it is told in.
    """

    found: WarmUp
    lang: str = field(default_factory=language)

    @property
    def is_long_enough(self) -> bool | None:
        """None where it cannot be told, or a warm-up has no meaning."""
        return {"enough": True, "short": False, "unknown": None}[self.found.standing]

    @property
    def biases(self) -> pd.DataFrame:
        """What is left of the start-up in each KPI: mean, difference, interval, margin."""
        rows = self.found.biases
        return frame(
            {
                "kpi": [each.kpi for each in rows],
                "group": [each.group for each in rows],
                "mean": [each.mean for each in rows],
                "difference": [each.judgement.interval.mean for each in rows],
                "low": [each.judgement.interval.low for each in rows],
                "high": [each.judgement.interval.high for each in rows],
                "margin": [each.judgement.margin for each in rows],
                "standing": [each.standing for each in rows],
                "unit": [each.unit for each in rows],
            }
        )

    @property
    def series(self) -> pd.DataFrame:
        """The state by day from the start on, means over replications, a row each day."""
        rows = [
            (each.kpi, each.group, day, own, earlier)
            for each in self.found.series
            for day, (own, earlier) in enumerate(
                zip(each.own.mean(0).tolist(), each.earlier.mean(0).tolist(), strict=True)
            )
        ]
        names = ("kpi", "group", "day", "own", "earlier")
        return frame({name: [row[i] for row in rows] for i, name in enumerate(names)})

    def draw(self, path: AnyPath) -> None:
        """Write Welch's picture, as PNG or SVG by the ending of the name.

        Raises
        ------
        RequestError
            The name has another ending, or nothing was run.
        StoreError
            It cannot be written.
        """
        from sim.report.figures import encode
        from sim.report.figures.startup import start_up

        place = Path(path)
        check_form(place)
        with speaking(self.lang):
            figure = start_up(self.found)
            if figure is None:
                raise RequestError(say("there is no start-up to draw: nothing was run."))
            form = place.suffix[1:].lower()
            drawn = encode(figure, cast(Literal["png", "svg"], form))
        try:
            place.write_bytes(drawn)
        except OSError as error:
            raise StoreError(
                say("cannot write {path}: {why}", path=place, why=why_not(error))
            ) from None

    def __str__(self) -> str:
        with speaking(self.lang):
            return "\n".join(warm_up_lines(self.found))

    __repr__ = __str__


def check_form(path: Path) -> None:
    """Refuse a picture that is neither PNG nor SVG."""
    if path.suffix[1:].lower() not in FORMS:
        raise RequestError(
            say("{path} is no picture. Give a name that ends in .png or .svg.", path=path)
        )


def warmup(
    path: AnyPath,
    *,
    variant: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    lang: str | None = None,
    progress: OnProgress | None = None,
) -> WarmUpStudy:
    """Check whether the warm-up of a scenario is long enough.

    It is run as written and from earlier on, with the same cases on the same days, so that what the
    two differ by is the start-up alone, and no season; see ``docs/scenario.md``.

    Parameters
    ----------
    path
        The YAML file.
    variant
        The name of a variant.
    settings
        What to set beside, by lever or path, such as ``{"period.warm_up": "8 weeks"}``.
    replications
        Runs of each of the two, at least two.
    seed, engine, workers, lang, progress
        As for :func:`sim.run`.

    Raises
    ------
    ScenarioError
        With all faults.
    RequestError
        Something is asked for that is not there, or nothing earlier can be run.
    EngineError
        The engine cannot run it, or a replication failed.
    """

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(say("simulating the start-up"), done, total)

    def tell_of_compiling(words: str) -> None:
        if progress is not None:
            progress(words, 0, 0)

    with in_language(lang):
        return WarmUpStudy(
            found=check_startup(
                os.fspath(path),
                variant=as_name(variant),
                settings=as_texts(settings),
                replications=replications,
                seed=seed,
                engine=engine,
                workers=workers,
                on_compile=tell_of_compiling,
                on_done=tell,
            )
        )
