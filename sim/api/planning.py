"""What a planner asks for: the cheapest staffing that keeps to targets, and how far they hold."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.answers import staffing
from sim.answers import threshold as thresholds
from sim.answers.staffing import Staffing, find_staffing
from sim.answers.threshold import Threshold, find_threshold
from sim.api.languages import in_language
from sim.api.scenarios import AnyPath, OnProgress, Setting, as_text, as_texts
from sim.experiment.runner import AUTO
from sim.experiment.trials import Trials
from sim.language import language, say_of_scenario, speaking
from sim.report.html import Html
from sim.report.planning import as_picture, write_page
from sim.report.staffing import staffing_lines, staffing_section
from sim.report.threshold import threshold_lines, threshold_section
from sim.wording import as_one_form

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StaffAnswer:
    """The cheapest staffing that keeps to targets; printed, in words.

    ``staffing`` has the same as data; ``lang`` is the language that it is told in.
    """

    staffing: Staffing
    lang: str = field(default_factory=language)

    @property
    def settings(self) -> dict[str, str]:
        """What to set, as for :func:`sim.run`; empty where no staffing will do."""
        chosen = self.staffing.chosen
        return {} if chosen is None else dict(chosen.settings)

    @property
    def tried(self) -> pd.DataFrame:
        """A row for each staffing and target that was run: settings, cost, verdict, interval."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    **each.settings,
                    "cost": each.cost,
                    "keeps": each.keeps,
                    "n": each.n,
                    "group": found.requirement.group,
                    "kpi": found.requirement.kpi,
                    "mean": found.interval.mean,
                    "low": found.interval.low,
                    "high": found.interval.high,
                    "unit": found.requirement.unit,
                }
                for each in self.staffing.tried
                for found in each.found
            ]
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed."""
        with speaking(self.lang):
            return staffing_lines(self.staffing)

    def report(self, path: AnyPath, *, replace: bool = False) -> None:
        """Write the answer with a table and a picture into one HTML file.

        Raises
        ------
        StoreError
            It cannot be written; or there is one, and ``replace`` does not say that it may go.
        """
        from sim.report.figures.limits import staffing_figure

        with speaking(self.lang):
            picture = _picture(staffing_figure(self.staffing))
            title = say_of_scenario(self.staffing.title)
            write_page(path, title, staffing_section(self.staffing, picture), replace=replace)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThresholdAnswer:
    """For which values of a lever targets hold; printed, in words.

    ``threshold`` has the same as data; ``lang`` is the language that it is told in.
    """

    threshold: Threshold
    lang: str = field(default_factory=language)

    @property
    def tried(self) -> pd.DataFrame:
        """A row for each value and target that was run: value, verdict, interval."""
        import pandas as pd

        found = self.threshold
        return pd.DataFrame(
            [
                {
                    found.lever: each.text,
                    "amount": each.amount,
                    "side": each.side.value,
                    "n": each.n,
                    "group": requirement.group,
                    "kpi": requirement.kpi,
                    "mean": interval.mean,
                    "low": interval.low,
                    "high": interval.high,
                    "unit": requirement.unit,
                }
                for each in found.at
                for requirement, interval in zip(found.requirements, each.found, strict=False)
            ]
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed."""
        with speaking(self.lang):
            return threshold_lines(self.threshold)

    def report(self, path: AnyPath, *, replace: bool = False) -> None:
        """Write the answer with a table and a picture into one HTML file.

        Raises
        ------
        StoreError
            It cannot be written; or there is one, and ``replace`` does not say that it may go.
        """
        from sim.report.figures.limits import threshold_figure

        with speaking(self.lang):
            picture = _picture(threshold_figure(self.threshold))
            title = say_of_scenario(self.threshold.title)
            write_page(path, title, threshold_section(self.threshold, picture), replace=replace)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


def staff(
    path: AnyPath,
    *,
    target: str | Sequence[str] = (),
    move: str | Sequence[str] | Mapping[str, Sequence[Setting]] | None = None,
    cost: str = "people",
    variant: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    confidence: float = 0.95,
    most: int = staffing.MOST,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    lang: str | None = None,
    progress: OnProgress | None = None,
) -> StaffAnswer:
    """Find the cheapest staffing, by group and kind of office, that keeps to targets.

    Parameters
    ----------
    path
        The YAML file.
    target
        One or several, such as ``"birth.on_time_share >= 95 %"``: a bundle, a role or a part of
        one, a KPI, a limit, and with ``± 0.5 %`` behind it an indifference zone of its own, within
        which either verdict is right.  By default the target of the scenario.
    move
        The groups of staff whose people are moved, or a mapping from each to the values to look
        among; by default all groups that work on what the targets are about, from the fewest who
        can do the work to as many as leave next to nothing waiting.
    cost
        What is to be least: ``people``, full time, or their ``wages`` in a year.
    variant
        The variant to start from; by default the scenario as written.
    settings
        What to set in all of them, by lever or path.
    confidence
        Chance that the selection is right.
    most
        Replications of one staffing, at most.
    seed, engine, workers, lang, progress
        As for :func:`sim.run`.

    Raises
    ------
    ScenarioError
        With all faults of the scenario, or of a value.
    RequestError
        Something is asked for that is not there, such as a KPI, or that more people make worse.
    EngineError
        The engine cannot run the scenario, or a replication came to no end.

    Notes
    -----
    How it searches and tests, and why so: ``docs/decisions/0012-staffing.md``.
    """
    with in_language(lang):
        return StaffAnswer(
            staffing=find_staffing(
                _trials(path, variant, settings, seed, engine, workers, progress),
                _texts(target),
                move=_moved(move),
                cost=cost,
                confidence=confidence,
                most=most,
            )
        )


def threshold(
    path: AnyPath,
    lever: str,
    *,
    target: str | Sequence[str] = (),
    between: tuple[Setting, Setting] | None = None,
    step: Setting | None = None,
    variant: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    confidence: float = 0.95,
    most: int = thresholds.MOST,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    lang: str | None = None,
    progress: OnProgress | None = None,
) -> ThresholdAnswer:
    """Find for which values of a lever targets hold: the least uptake, the largest demand.

    Parameters
    ----------
    path
        The YAML file.
    lever
        A lever or a path of one quantity: people, a share, a time, a number.
    target
        As for :func:`staff`.
    between
        The ends of the range, such as ``("20 %", "80 %")``; by default all shares, one to twice as
        many people, half to twice as much of anything else.
    step
        How finely to look, in the unit of the ends.
    confidence
        Chance that the threshold lies in its interval, if there is only one.
    most
        Replications at one value, at most.
    variant, settings, seed, engine, workers, lang, progress
        As for :func:`staff`; so are the errors.
    """
    ends = None
    if between is not None:
        least, greatest = between
        ends = as_text("between", least), as_text("between", greatest)
    with in_language(lang):
        return ThresholdAnswer(
            threshold=find_threshold(
                _trials(path, variant, settings, seed, engine, workers, progress),
                as_one_form(lever),
                _texts(target),
                between=ends,
                step=None if step is None else as_text("step", step),
                confidence=confidence,
                most=most,
            )
        )


def _picture(figure: Any) -> Html | None:
    from sim.report.figures import encode

    return None if figure is None else as_picture(encode(figure, "svg"))


def _trials(
    path: AnyPath,
    variant: str | None,
    settings: Mapping[str, Setting] | None,
    seed: int | None,
    engine: str,
    workers: int | None,
    progress: OnProgress | None,
) -> Trials:
    return Trials(
        path=os.fspath(path),
        variant=None if variant is None else as_one_form(variant),
        settings=as_texts(settings),
        seed=seed,
        engine=engine,
        workers=workers,
        progress=progress,
    )


def _texts(target: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(map(as_one_form, (target,) if isinstance(target, str) else target))


def _moved(move: Any) -> dict[str, tuple[str, ...]] | None:
    if move is None:
        return None
    if isinstance(move, Mapping):
        return {
            as_one_form(name): tuple(as_text(name, value) for value in values)
            for name, values in move.items()
        }
    return {as_one_form(name): () for name in ((move,) if isinstance(move, str) else move)}
