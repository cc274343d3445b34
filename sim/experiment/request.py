"""A study that is asked for, and the one place where what is asked is checked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final, cast

from sim.analysis.stopping import FEWEST, FIRST
from sim.errors import RequestError, ValueFault
from sim.experiment.aims import MOST_REPLICATIONS, aims_of
from sim.experiment.dated import dated_changes
from sim.experiment.plan import Plan
from sim.experiment.precision import Aim
from sim.experiment.runner import AUTO, available_workers, choose_engine
from sim.experiment.tables import NAMES, Name
from sim.kpis.over_time import STEPS, Step
from sim.language import say
from sim.units import DAY, parse_share
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
    by_office, line
        Whether cases are counted by home office; and the share on time that offices are held
        against, None for that of the target, or else of the law.
    aims, most
        How narrow intervals shall be, empty for as many replications as are said; else these are
        the first stage, and ``most`` is the number that is not exceeded.
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
    by_office: bool = False
    line: float | None = None
    aims: tuple[Aim, ...] = ()
    most: int = MOST_REPLICATIONS

    @property
    def version(self) -> str:
        """That of lienthong, which the results are of."""
        return version("lienthong")

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
    by_office: bool | float | str = False,
    is_elsewhere: bool = False,
    precision: Sequence[tuple[str, str]] = (),
    most_replications: int | None = None,
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
    by_office
        Whether cases are counted by home office; a share, ``95 %``, is the line for those on time.
    is_elsewhere
        Whether other machines run it, from which no tables come.
    precision
        How narrow intervals shall be, see :func:`sim.experiment.aims.aims_of`.  Replications are
        run in stages until they are; ``replications`` are the first, by default 20 or as the
        scenario says, if that is more.
    most_replications
        Replications that are not exceeded then; by default 1,000.

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
    _check_stages(precision, replications, only_replication, most_replications)
    if replications is not None and only_replication is not None:
        raise RequestError(
            say("both replications and only-replication are given. Leave out one of the two.")
        )
    for bundle in bundles:
        if bundle not in spec.bundles:
            raise RequestError(
                say(
                    "no bundle '{bundle}'; {way_out}",
                    bundle=bundle,
                    way_out=did_you_mean(bundle, spec.bundles),
                )
            )
    n = 1 if only_replication is not None else replications or spec.replications
    most = most_replications or MOST_REPLICATIONS
    if precision and replications is None:
        n = min(max(n, FIRST), most)
    if tables is not None:
        names = tables_named(tables)
    else:
        rows = most if precision else n
        names = () if is_elsewhere else tables_by_default(plan, rows, bundles)
    if names and is_elsewhere:
        raise RequestError(
            say(
                "{names}: tables do not come from the workers of a scheduler. Leave out "
                "the tables, or the scheduler; --only-replication runs one again with "
                "its tables.",
                names=", ".join(names),
            )
        )
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
        by_office=by_office is not False,
        line=None if isinstance(by_office, bool) else line_of(by_office),
        aims=aims_of(plan, precision, bundles),
        most=most,
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
        raise RequestError(
            say(
                "over time by '{name}': give one of {known}, none.",
                name=name,
                known=", ".join(STEPS),
            )
        )
    return None if name == "none" else cast(Step, name)


def line_of(share: float | str) -> float:
    """The share on time that offices are held against.

    Raises
    ------
    RequestError
        It is none, or 0.
    """
    try:
        line = parse_share(share)
    except ValueFault as fault:
        told = f"{fault.message}. {fault.way_out}".rstrip()
        raise RequestError(say("by office: {fault}", fault=told)) from None
    if line == 0:
        raise RequestError(say("by office: no office is below 0 % on time. Give a share above it."))
    return line


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
            raise RequestError(
                say("no table '{name}'. Name some of {known}.", name=name, known=", ".join(_TABLES))
            )
    wanted = {table for name in names for table in _TABLES[name]}
    return tuple(name for name in NAMES if name in wanted)


def _check_stages(
    precision: Sequence[tuple[str, str]],
    replications: int | None,
    only_replication: int | None,
    most: int | None,
) -> None:
    """Refuse a number of replications that does not go with a precision."""
    check_count("most-replications", most, least=FEWEST)
    if not precision:
        if most is not None:
            raise RequestError(say("most-replications goes with a precision. Give one, e.g. 5 %."))
        return
    if only_replication is not None:
        raise RequestError(
            say("one replication alone has no precision. Leave out precision or only-replication.")
        )
    check_count(say("replications, the first stage of a precision"), replications, least=FEWEST)
    if replications is not None and replications > (most or MOST_REPLICATIONS):
        raise RequestError(
            say(
                "{replications} replications are more than the {most} that are not to "
                "be exceeded. Give fewer, or a larger number of most-replications.",
                replications=replications,
                most=most or MOST_REPLICATIONS,
            )
        )


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
        raise RequestError(
            say("{what}: found {number!r}; give a whole number", what=what, number=number)
            if least is None
            else say(
                "{what}: found {number!r}; give a whole number from {least}",
                what=what,
                number=number,
                least=least,
            )
        )
