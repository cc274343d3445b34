"""Decides which cells a study has, and finds every fault in any of them before one is run.

It reads the file once; cells whose models are equal run once and share what comes out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.errors import Fault, RequestError, ScenarioError, with_way_out
from sim.experiment.checks import resolve_weighed
from sim.experiment.results import Cell, Omission
from sim.language import say
from sim.model import Model
from sim.scenario import Scenario, holidays_used
from sim.scenario.load import read, scenario_of
from sim.scenario.resolve.model import Shared
from sim.scenario.text.tree import Document, Path
from sim.wording import and_more, did_you_mean

AS_WRITTEN = "as written"
"""What the scenario itself is called beside its variants."""

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """The cells of a study and their models.

    ``models`` are distinct, ``model_of[i]`` is the index of the model of ``cells[i]``;
    ``omissions`` are points that are no cells, for their staff could not keep up.  ``compares``
    says whether cells are set against others; ``baseline`` names the first that others are set
    against.  ``holidays`` are plain data.
    """

    title: str
    cells: tuple[Cell, ...]
    omissions: tuple[Omission, ...]
    models: tuple[Model, ...]
    model_of: tuple[int, ...]
    baseline: str
    compares: bool
    varied: tuple[str, ...]
    holidays: Mapping[str, Any]

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Those of the models, which stand in the order of their first cells."""
        return tuple(dict.fromkeys(cell.fingerprint for cell in self.cells))

    @property
    def scenario(self) -> Scenario:
        """The scenario of the first cell: what they share stands in it."""
        return self.cells[0].scenario

    def expected_cases(self, replications: int, bundles: Collection[str] = ()) -> float:
        """How many rows of cases the runs will have, about; of all bundles if none is named."""
        return replications * sum(model.expected_cases(bundles) for model in self.models)


OnCell = Callable[[int, int], None]
"""Told how many cells are read, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a cell is to be: a variant, further overrides by their entries, and settings."""

    name: str
    variant: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[Path, ...] = ()


def plan_points(
    path: str,
    points: Sequence[Point],
    *,
    compares: bool = False,
    on_cell: OnCell | None = None,
) -> Plan:
    """Plan points that a question to a scenario needs, in the order in which they are given.

    Parameters
    ----------
    compares
        Whether all are set against the first, and those whose staff could not keep up left out.

    Raises
    ------
    ScenarioError
        With all faults of all points.
    """
    document, files = read(path)
    return _plan(path, document, files, points, compares=compares, on_cell=on_cell)


def plan_run(
    path: str,
    *,
    variants: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    on_cell: OnCell | None = None,
) -> Plan:
    """Plan to run a scenario as written, or some of its variants, each for itself.

    Parameters
    ----------
    settings
        Overrides for all of them, by lever or path.

    Raises
    ------
    ScenarioError
        With all faults of all cells.
    RequestError
        There is no variant of a name.
    """
    document, files = read(path)
    _known(variants, document)
    settings = dict(settings or {})
    points = [Point(name=name, variant=name, settings=settings) for name in variants]
    alone = Point(name=_described(settings) or AS_WRITTEN, settings=settings)
    return _plan(path, document, files, points or [alone], on_cell=on_cell)


def plan_compare(
    path: str,
    *,
    variants: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    baseline: str | None = None,
    on_cell: OnCell | None = None,
) -> Plan:
    """Plan to compare variants, by default all, with one of them: by default the first.

    A single variant is compared with the scenario as written.  Variants whose staff could not keep
    up are left out, unless all are.

    Raises
    ------
    ScenarioError, RequestError
        As for :func:`plan_run`; also if there is nothing to compare.
    """
    document, files = read(path)
    _known(variants, document)
    names = list(variants) or _variants(document)
    if not names:
        raise RequestError(
            say(
                "{path} has no variants to compare. Write some under variants:, or use "
                "sweep --vary.",
                path=path,
            )
        )
    settings = dict(settings or {})
    points = [Point(name=name, variant=name, settings=settings) for name in names]
    if len(points) == 1 or baseline == AS_WRITTEN:
        points.insert(0, Point(name=AS_WRITTEN, settings=settings))
    return _plan(path, document, files, points, compares=True, baseline=baseline, on_cell=on_cell)


def plan_sweep(
    path: str,
    *,
    vary: Mapping[str, Sequence[str]],
    also: Mapping[str, Sequence[str]] | None = None,
    variant: str | None = None,
    settings: Mapping[str, str] | None = None,
    baseline: str | None = None,
    on_cell: OnCell | None = None,
) -> Plan:
    """Plan the grid of all values of some levers; the last lever changes fastest.

    Points whose staff could not keep up are left out, unless all are.

    Parameters
    ----------
    vary
        The values of each lever, or path, as on the command line.
    also
        Levers that are moved alone beside the grid: each of their values with each value of the
        first lever of ``vary``, all others at the value that is named first.
    variant
        Where the grid starts from; by default the scenario as written.
    baseline
        The name of a point, which all others are set against; or the settings of some levers in
        the words of such names, and each point is set against the one that differs in them only.

    Raises
    ------
    ScenarioError, RequestError
        As for :func:`plan_run`; also if a lever is both set and varied, or a value comes twice.
    """
    document, files = read(path)
    settings = dict(settings or {})
    _known([variant] if variant is not None else [], document)
    if not vary:
        raise RequestError(say("nothing to vary. Give --vary LEVER=VALUE,VALUE,…"))
    also = dict(also or {})
    for option, levers in (("--vary", vary), ("--also", also)):
        for lever, values in levers.items():
            if lever in settings:
                raise RequestError(
                    say("'{lever}' is both set and varied. Leave out one of the two.", lever=lever)
                )
            if option == "--also" and lever in vary:
                raise RequestError(
                    say("'{lever}' is in --vary and in --also. Leave it in one.", lever=lever)
                )
            if not values or len(set(values)) < len(values):
                raise RequestError(
                    say(
                        "{option} {lever} gives a value twice. Give each value once.",
                        option=option,
                        lever=lever,
                    )
                    if values
                    else say(
                        "{option} {lever} gives no values. Give each value once.",
                        option=option,
                        lever=lever,
                    )
                )
    grid = _grid(vary, also)
    names = [_described(each) for each in grid]
    if len(set(names)) < len(names):
        names = [", ".join(f"{lever} {value}" for lever, value in each.items()) for each in grid]
    points = [
        Point(name=name, variant=variant, settings=settings | each)
        for name, each in zip(names, grid, strict=True)
    ]
    return _plan(
        path,
        document,
        files,
        points,
        compares=len(points) > 1,
        baseline=baseline,
        varied=(*vary, *also),
        on_cell=on_cell,
    )


def _grid(
    vary: Mapping[str, Sequence[str]], also: Mapping[str, Sequence[str]]
) -> list[dict[str, str]]:
    """The settings of each point: the grid, then the levers that are moved alone beside it."""
    first = {lever: values[0] for lever, values in {**vary, **also}.items()}
    lead = next(iter(vary))
    grid = [
        first | dict(zip(vary, each, strict=True)) for each in itertools.product(*vary.values())
    ]
    alone = [
        first | {lead: value, lever: moved}
        for lever, values in also.items()
        for value in vary[lead]
        for moved in values[1:]
    ]
    return grid + alone


def _described(settings: Mapping[str, str]) -> str:
    """A name for settings; a value that is a name itself says enough without its lever."""
    return ", ".join(
        value if value[:1].isalpha() else f"{lever} {value}" for lever, value in settings.items()
    )


def _variants(document: Document) -> list[str]:
    variants = document.tree.get("variants")
    return list(variants) if isinstance(variants, dict) else []


def _known(variants: Sequence[str], document: Document) -> None:
    known = _variants(document)
    for name in variants:
        if name not in known:
            raise RequestError(
                with_way_out(
                    say("unknown variant '{variant}'", variant=name),
                    did_you_mean(name, known) or say("The scenario has no variants."),
                )
            )
    if len(set(variants)) < len(variants):
        raise RequestError(say("a variant is named twice. Name each once."))


def _plan(
    path: str,
    document: Document,
    files: dict[str, bytes],
    points: Sequence[Point],
    *,
    compares: bool = False,
    baseline: str | None = None,
    varied: tuple[str, ...] = (),
    on_cell: OnCell | None,
) -> Plan:
    names = [point.name for point in points]
    fixed: Mapping[str, str] = {}
    if baseline is not None and baseline not in names:
        fixed = _fixed(points, baseline, varied)
    cells: list[Cell] = []
    omissions: dict[str, Omission] = {}
    too_much: dict[Fault, list[str]] = {}
    models: dict[str, Model] = {}
    first: dict[str, str] = {}
    faults: dict[Fault, list[str]] = {}
    shared = Shared()
    for index, point in enumerate(points):
        if on_cell is not None:
            on_cell(index, len(points))
        try:
            scenario = scenario_of(
                path,
                document.copy(),
                files,
                variant=point.variant,
                settings=point.settings,
                entries=point.entries,
            )
            model, loads = resolve_weighed(scenario, shared)
        except ScenarioError as error:
            for fault in error.faults:
                faults.setdefault(fault, []).append(point.name)
            continue
        if loads:
            for fault in loads:
                too_much.setdefault(fault, []).append(point.name)
            reason = "; ".join(f"{fault.path}: {fault.message}" for fault in loads)
            omissions[point.name] = Omission(
                cell=point.name, settings=dict(point.settings), reason=reason
            )
            continue
        fingerprint = model.fingerprint()
        models.setdefault(fingerprint, model)
        cells.append(
            Cell(
                name=point.name,
                settings=dict(point.settings),
                variant=point.variant,
                scenario=scenario,
                fingerprint=fingerprint,
                shares_runs_with=first.get(fingerprint),
            )
        )
        first.setdefault(fingerprint, point.name)
    # What cannot keep up is left out of a comparison, as long as there is something left.
    if faults or not compares or not cells or baseline in omissions:
        faults |= too_much
    if faults:
        raise ScenarioError(list(_located(faults, len(points))))
    order = list(models)
    if compares:
        cells = _paired(cells, None if fixed else baseline, fixed)
    holidays = holidays_used(cells[0].scenario)
    return Plan(
        title=cells[0].scenario.title,
        cells=tuple(cells),
        omissions=tuple(omissions.values()),
        models=tuple(models.values()),
        model_of=tuple(order.index(cell.fingerprint) for cell in cells),
        baseline=next((cell.baseline for cell in cells if cell.baseline), cells[0].name),
        compares=compares,
        varied=varied,
        holidays=holidays.as_dict() if holidays is not None else {},
    )


def _fixed(points: Sequence[Point], baseline: str, varied: Sequence[str]) -> Mapping[str, str]:
    """The settings that a baseline names where it is no point: those of some levers."""
    for n in range(1, len(varied)):
        for levers in itertools.combinations(varied, n):
            for point in points:
                settings = {lever: point.settings[lever] for lever in levers}
                if _described(settings) == baseline:
                    return settings
    raise RequestError(
        with_way_out(
            say("unknown baseline '{baseline}'", baseline=baseline),
            did_you_mean(baseline, [point.name for point in points])
            or say("The scenario has no baselines."),
        )
    )


def _paired(cells: Sequence[Cell], baseline: str | None, fixed: Mapping[str, str]) -> list[Cell]:
    """Say of each cell which one it is set against.

    That is the baseline, by default the first; or with ``fixed`` settings the one that differs in
    these only, none where that is not run.
    """
    by_settings = {frozenset(cell.settings.items()): cell.name for cell in cells}

    def base_of(cell: Cell) -> str:
        if not fixed:
            return baseline or cells[0].name
        return by_settings.get(frozenset({**cell.settings, **fixed}.items()), "")

    pairs = [(cell, base_of(cell)) for cell in cells]
    return [cell if base == cell.name else replace(cell, baseline=base) for cell, base in pairs]


def _located(faults: Mapping[Fault, Sequence[str]], n_points: int) -> Iterator[Fault]:
    """Each fault once; one that only some cells have says in which."""
    for fault, names in faults.items():
        if len(names) == n_points:
            yield fault
            continue
        where = " · ".join(names[:_MOST_NAMED]) + and_more(names, _MOST_NAMED)
        yield replace(
            fault, message=say("{message} (in {where})", message=fault.message, where=where)
        )
