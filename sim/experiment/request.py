"""A study that is asked for, and the one place where what is asked is checked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from sim.errors import RequestError
from sim.experiment.dated import dated_changes
from sim.experiment.plan import Plan
from sim.experiment.runner import AUTO, available_workers, choose_engine
from sim.experiment.tables import NAMES, Name
from sim.kpis.over_time import STEPS, Step
from sim.units import DAY
from sim.wording import did_you_mean

MOST_ROWS: Final = 2_000_000
"""More rows of cases than these are not written unless asked for by name."""

MOST_CASES: Final = 100_000
"""Expected cases of a run up to which it is followed over time without being asked."""

_TABLES: Final[dict[str, tuple[Name, ...]]] = {
    "none": (),
    "all": NAMES,
    **{name: (name,) for name in NAMES},
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """A study that is asked for.

    Parameters
    ----------
    engine
        A name, see :func:`sim.experiment.runner.choose_engine`.
    tables
        The tables to write; they take a folder.
    out
        The folder of the results, where finished replications are kept on the way; None for none.
    command
        As typed.
    first
        The number of the first replication.
    bundles
        Names of the bundles whose KPIs, cases and dossiers are kept, with the KPIs of roles over
        all offices; empty for those of every bundle, role and office.
    over_time, is_over_time_asked
        The step by which runs are followed over time, None for not at all; and whether somebody
        asked for it.
    """

    plan: Plan
    replications: int
    seed: int
    engine: str
    workers: int
    command: str
    bundles: tuple[str, ...] = ()
    tables: tuple[Name, ...] = ()
    out: Path | None = None
    first: int = 0
    over_time: Step | None = None
    is_over_time_asked: bool = False

    @property
    def numbers(self) -> range:
        """The numbers of the replications, the same for each cell."""
        return range(self.first, self.first + self.replications)


def request(
    plan: Plan,
    *,
    command: str,
    replications: int | None = None,
    only_replication: int | None = None,
    seed: int | None = None,
    engine: str = AUTO,
    workers: int | None = None,
    bundles: Sequence[str] = (),
    tables: Sequence[str] | None = None,
    out: Path | None = None,
    over_time: str | None = None,
) -> Request:
    """Ask for a study of a plan; what is left out is as the scenario says.

    Parameters
    ----------
    only_replication
        The number of the one replication to run.
    tables
        Names of tables, ``none`` or ``all``; by default see :func:`tables_by_default`.
    out
        As in :class:`Request`; without it no table is written.
    over_time
        ``day``, ``week`` or ``none``; by default see :func:`step_by_default`.

    Raises
    ------
    RequestError
        A number is out of its range, or there is no bundle or table of a name.
    EngineError
        There is no engine of the name, or it cannot run a model (E2).
    """
    spec = plan.scenario.spec
    check_count("replications", replications, least=1)
    check_count("workers", workers, least=1)
    check_count("only-replication", only_replication, least=0)
    check_count("seed", seed, least=None)
    if replications is not None and only_replication is not None:
        raise RequestError(
            "both replications and only-replication are given. Leave out one of the two."
        )
    for bundle in bundles:
        if bundle not in spec.bundles:
            raise RequestError(f"no bundle '{bundle}'; {did_you_mean(bundle, spec.bundles)}")
    n = 1 if only_replication is not None else replications or spec.replications
    names = tables_by_default(plan, n, bundles) if tables is None else tables_named(tables)
    return Request(
        plan=plan,
        replications=n,
        first=only_replication or 0,
        seed=spec.seed if seed is None else seed,
        engine=choose_engine(plan.models, engine),
        workers=workers or available_workers(),
        command=command,
        bundles=tuple(bundles),
        tables=names if out is not None else (),
        out=out,
        over_time=step_by_default(plan) if over_time is None else step_named(over_time),
        is_over_time_asked=over_time is not None,
    )


def step_by_default(plan: Plan) -> Step | None:
    """Weeks, where a cell has a backlog or something changes by date; not for runs too large."""
    if max(model.expected_cases() for model in plan.models) > MOST_CASES:
        return None
    models = (plan.models[model] for model in plan.model_of)
    moves = any(
        cell.scenario.spec.backlog is not None
        or dated_changes(cell.scenario, -(-model.horizon // DAY))
        for cell, model in zip(plan.cells, models, strict=True)
    )
    return "week" if moves else None


def step_named(name: str) -> Step | None:
    """The step that a word names; None for ``none``.

    Raises
    ------
    RequestError
        It names none.
    """
    if name not in (*STEPS, "none"):
        raise RequestError(f"over time by '{name}': give one of {', '.join(STEPS)}, none.")
    return None if name == "none" else cast(Step, name)


def tables_by_default(
    plan: Plan, replications: int, bundles: Collection[str] = ()
) -> tuple[Name, ...]:
    """Cases and dossiers, unless there will be more than :data:`MOST_ROWS` rows of cases."""
    expected = plan.expected_cases(replications, bundles)
    return ("cases", "dossiers") if expected <= MOST_ROWS else ()


def tables_named(names: Sequence[str]) -> tuple[Name, ...]:
    """The tables that some words name, in the order of :data:`NAMES`.

    Raises
    ------
    RequestError
        A word names none.
    """
    for name in names:
        if name not in _TABLES:
            raise RequestError(f"no table '{name}'. Name some of {', '.join(_TABLES)}.")
    wanted = {table for name in names for table in _TABLES[name]}
    return tuple(name for name in NAMES if name in wanted)


def check_count(what: str, number: int | None, *, least: int | None) -> None:
    """Refuse what is no whole number, or below the least; None stands for the default.

    Raises
    ------
    RequestError
        It is none.
    """
    if number is None:
        return
    # In Python True is a number, and nobody means it.
    if type(number) is not int or (least is not None and number < least):
        bound = "" if least is None else f" from {least}"
        raise RequestError(f"{what}: found {number!r}; give a whole number{bound}")
