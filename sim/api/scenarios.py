"""What can be asked of a scenario before anything is run: load, check, explain."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from numbers import Real
from typing import TYPE_CHECKING, TypeAlias, overload

from sim import scenario as scenarios
from sim.api.frames import frame_of_rows
from sim.errors import Fault, RequestError
from sim.experiment import checks
from sim.experiment.plan import plan_run
from sim.language import say
from sim.model import Model
from sim.scenario import Entry, Scenario, holidays_used, show_faults, values
from sim.wording import as_one_form
from sim.workload import RoleLoad, offered_load

if TYPE_CHECKING:
    import pandas as pd

AnyPath: TypeAlias = str | os.PathLike[str]

Setting: TypeAlias = str | int | float
"""A value as on the command line, ``80 %`` or ``0.7 x``; or a number."""

OnProgress: TypeAlias = Callable[[str, float, int], None]
"""Told what is being done, how much of it is done, and of how much (0 where that is not known)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultList(Sequence[Fault]):
    """Every fault of a scenario in the order of their places; printed, a line each."""

    path: str
    faults: tuple[Fault, ...]

    @overload
    def __getitem__(self, index: int) -> Fault: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Fault, ...]: ...
    def __getitem__(self, index: int | slice) -> Fault | tuple[Fault, ...]:
        return self.faults[index]

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.faults)

    def __len__(self) -> int:
        return len(self.faults)

    def __str__(self) -> str:
        return show_faults(self.path, self.faults)

    __repr__ = __str__


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation:
    """What a scenario says before it is run, and the model that it makes."""

    scenario: Scenario
    model: Model

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every value written, with its mark and source."""
        return values(self.scenario)

    @property
    def role_loads(self) -> tuple[RoleLoad, ...]:
        """What each role has to do, over all its offices and at each."""
        return offered_load(self.model)

    @property
    def holidays(self) -> str:
        """Whose public holidays are used, and how far they are announced; empty for none."""
        used = holidays_used(self.scenario)
        if used is None:
            return ""
        last = self.model.start + timedelta(microseconds=self.model.horizon)
        standing = used.standing(self.model.start.year, last.year)
        return say(
            "Public holidays of {country}: {standing}", country=used.country, standing=standing
        )

    @property
    def values(self) -> pd.DataFrame:
        """Every value written: path, text, mark, source, note, file, line."""
        return frame_of_rows(Entry, self.entries)

    @property
    def loads(self) -> pd.DataFrame:
        """The load of each role: see :class:`sim.workload.RoleLoad` for the columns."""
        return frame_of_rows(RoleLoad, self.role_loads)

    def __repr__(self) -> str:
        return (
            f"<Explanation of {self.scenario.title!r}: .values ({len(self.entries)}), "
            f".loads ({len(self.role_loads)}), .scenario, .model>"
        )


def load(
    path: AnyPath,
    *,
    variant: str | None = None,
    settings: Mapping[str, Setting] | None = None,
) -> Scenario:
    """Read a scenario, or one of its variants.

    Parameters
    ----------
    path
        The YAML file.
    variant
        The name of a variant.
    settings
        What to set beside, by lever or path: ``{"uptake": "80 %"}``.

    Raises
    ------
    ScenarioError
        With all faults of the file and of what is set.
    """
    named = None if variant is None else as_one_form(variant)
    return scenarios.load(path, variant=named, settings=as_texts(settings))


def check(path: AnyPath) -> FaultList:
    """Find every fault of a scenario and of its variants.

    Returns
    -------
    FaultList
        Empty when all is well; ``print`` shows them a line each.
    """
    return FaultList(path=os.fspath(path), faults=checks.check(path))


def explain(
    path: AnyPath,
    *,
    variant: str | None = None,
    settings: Mapping[str, Setting] | None = None,
) -> Explanation:
    """Say what a scenario means before it is run: its values, and the load on its staff.

    Raises
    ------
    ScenarioError
        With all faults of the scenario.
    RequestError
        There is no variant of the name.
    """
    variants = () if variant is None else (as_one_form(variant),)
    plan = plan_run(os.fspath(path), variants=variants, settings=as_texts(settings))
    return Explanation(scenario=plan.scenario, model=plan.models[0])


def as_texts(settings: Mapping[str, Setting] | None) -> dict[str, str]:
    """Settings as on the command line.

    Raises
    ------
    RequestError
        One is neither text nor a number.
    """
    return {as_one_form(name): as_text(name, value) for name, value in (settings or {}).items()}


def as_text(name: str, value: Setting) -> str:
    """One setting as on the command line, see :func:`as_texts`."""
    if isinstance(value, bool) or not isinstance(value, str | Real):
        raise RequestError(
            say(
                "{name}: found {value!r}; give text, such as '80 %', or a number",
                name=name,
                value=value,
            )
        )
    return as_one_form(str(value))
