"""What a scenario is with a variant and some settings: read once, resolved once each."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final

from sim.answers.asking import Where, check_variant
from sim.errors import Fault, ScenarioError
from sim.experiment.claims import claim_faults
from sim.experiment.loads import load_faults
from sim.experiment.loads import overloaded as overloads_of
from sim.files import Gate, only_through
from sim.model import Model
from sim.scenario import Scenario, resolve
from sim.scenario.load import files_named, read, scenario_of
from sim.scenario.overrides.override import levers_of
from sim.scenario.resolve.model import Shared
from sim.scenario.shipped import folder as shipped_folder
from sim.workload import RoleLoad

_MOST_KEPT: Final = 24


@dataclass(slots=True, kw_only=True, eq=False)
class Setting:
    """A variant with settings, its model, and what there is to say of the work of its staff."""

    where: Where
    scenario: Scenario
    model: Model
    fingerprint: str
    _faults: tuple[Fault, ...] | None = None
    _overloads: tuple[RoleLoad, ...] | None = None

    def refuse_overload(self) -> None:
        """Refuse work that the staff cannot do.

        Raises
        ------
        ScenarioError
            With the roles.
        """
        if self._faults is None:
            self._faults = load_faults(self.scenario, self.model)
        if self._faults:
            raise ScenarioError(self._faults)

    @property
    def overloads(self) -> tuple[RoleLoad, ...]:
        """The roles that cannot keep up somewhere."""
        if self._overloads is None:
            self._overloads = overloads_of(self.model)
        return self._overloads


class Settings:
    """A scenario with whatever is set in it; threads may ask side by side.

    Parameters
    ----------
    path
        The file.
    held
        What stands in the place of files, by path.  With it, nothing else can be read but shipped
        scenarios; without it, nothing but what the file names itself.

    Raises
    ------
    ScenarioError
        With all faults of the scenario.
    """

    def __init__(self, path: str, held: Mapping[str, bytes] | None = None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._shared = Shared()
        self._kept: OrderedDict[tuple[object, ...], Setting] = OrderedDict()
        self._gate = Gate(folder=shipped_folder(), held=held or {})
        if held is None:
            self._document, self._files = read(path)
            named = {*files_named(self._document, path), *map(os.path.normpath, self._files)}
            self._gate = replace(self._gate, named=frozenset(named))
        else:
            with only_through(self._gate):
                self._document, self._files = read(path)
        self._levers = levers_of(self._document)
        self.scenario = self.at(Where()).scenario
        self.fingerprint = self._digest()

    def at(self, where: Where) -> Setting:
        """A variant with settings.

        Raises
        ------
        ScenarioError
            With all faults of what is set.
        RequestError
            There is no variant of the name.
        """
        key = where.variant, *where.settings.items()
        with self._lock, only_through(self._gate):
            if key not in self._kept:
                self._kept[key] = self._resolved(where)
            self._kept.move_to_end(key)
            found = self._kept[key]
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def reading(self, more: Mapping[str, bytes]) -> AbstractContextManager[None]:
        """Let what the scenario is made of be read within a ``with``, and some files in memory."""
        return only_through(replace(self._gate, held={**self._gate.held, **more}))

    def _resolved(self, where: Where) -> Setting:
        check_variant(self._document.tree.get("variants", {}), where.variant)
        scenario = scenario_of(
            self.path,
            self._document.copy(),
            self._files,
            variant=where.variant,
            settings=where.settings,
            levers=self._levers,
        )
        # Settings of their own would fill the memory.
        shared = self._shared.for_one() if where.settings else self._shared
        model = resolve(scenario, shared)
        if faults := claim_faults(scenario):
            raise ScenarioError(faults)
        return Setting(where=where, scenario=scenario, model=model, fingerprint=model.fingerprint())

    def _digest(self) -> str:
        """What tells the scenario from any other, and from itself after a change."""
        digest = hashlib.sha256(self.scenario.digest.encode())
        for name, content in sorted(self._files.items()):
            if name.endswith(".csv"):
                digest.update(hashlib.sha256(content).digest())
        return digest.hexdigest()[:16]
