"""The scenarios that can be looked at: the one the page was started with, shipped and brought ones.

What somebody brings is kept in memory, by what is in it, until newer ones take its place.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sim.api.workbench import Workbench, check_held, shipped_scenarios, workbench
from sim.errors import RequestError, ScenarioError
from sim.language import say
from sim.wording import did_you_mean

MOST_BYTES: Final = 2_000_000
"""Of what somebody brings at a time."""

MOST_BROUGHT: Final = 20
"""Scenarios that are kept of those that were brought in."""

MOST_OPEN: Final = 4
"""Scenarios that are kept ready to answer."""

_SECONDS: Final = 20
"""That somebody waits for the check of another's scenario."""

_BROUGHT: Final = "brought-"
_FOLDER: Final = "brought"
_FILE: Final = f"{_FOLDER}/scenario.yaml"
_CSV: Final = re.compile(r"[\w][\w.-]{0,80}\.csv")
LOCAL: Final = "local"
"""The name of a scenario of the user's own that the page was started with."""


class Shelf:
    """Scenarios by name, each opened when it is first looked at.

    Parameters
    ----------
    first
        The path of the scenario that the page is started with, or ``lienthong:NAME``.
    """

    def __init__(self, first: str) -> None:
        self.names = shipped_scenarios()
        bare = first.removeprefix("lienthong:")
        is_shipped = bare in self.names and (bare != first or not Path(first).exists())
        self.first = bare if is_shipped else LOCAL
        self._path = first
        self._open: OrderedDict[str, Workbench] = OrderedDict()
        self._brought: OrderedDict[str, Mapping[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()
        self._checking = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}

    def open(self, name: str) -> Workbench:
        """The scenario of a name; that of the start for no name.

        Raises
        ------
        RequestError
            There is none of the name, or it is no longer kept.
        ScenarioError
            With all faults of the scenario.
        """
        name = name or self.first
        with self._lock:
            lock = self._opening.setdefault(name, threading.Lock())
            if len(self._opening) > 10 * MOST_BROUGHT:
                self._opening.clear()
        with lock:
            with self._lock:
                if name in self._open:
                    self._open.move_to_end(name)
                    return self._open[name]
            found = self._opened(name)
            with self._lock:
                self._open[name] = found
                while len(self._open) > MOST_OPEN:
                    del self._open[next(each for each in self._open if each != self.first)]
            return found

    def extends(self, name: str) -> str:
        """What a file that builds on a scenario of the shelf extends."""
        name = name or self.first
        if name in self.names:
            return f"lienthong:{name}"
        return "scenario.yaml" if name.startswith(_BROUGHT) else self._path.rpartition("/")[2]

    def bring(self, text: bytes, tables: Mapping[str, bytes]) -> str:
        """Take in a scenario, with the CSV files that it names.

        Returns
        -------
        str
            Its name on the shelf.

        Raises
        ------
        RequestError
            A file has no name of a CSV file.
        ScenarioError
            With all faults of the scenario and of its variants.
        """
        for table in tables:
            if not _CSV.fullmatch(table):
                raise RequestError(say("a table is a CSV file, with a name such as offices.csv."))
        held = {_FILE: text, **{f"{_FOLDER}/{name}": data for name, data in tables.items()}}
        if not self._checking.acquire(timeout=_SECONDS):
            raise RequestError(say("another scenario is being checked. Try again in a minute."))
        try:
            faults = check_held(_FILE, held)
        finally:
            self._checking.release()
        if faults:
            raise ScenarioError(faults)
        digest = hashlib.sha256()
        for path, content in sorted(held.items()):
            digest.update(path.encode() + b"\0" + hashlib.sha256(content).digest())
        name = f"{_BROUGHT}{digest.hexdigest()[:16]}"
        with self._lock:
            self._brought[name] = held
            self._brought.move_to_end(name)
            while len(self._brought) > MOST_BROUGHT:
                self._open.pop(self._brought.popitem(last=False)[0], None)
        return name

    def _opened(self, name: str) -> Workbench:
        if name == LOCAL and self.first == LOCAL:
            return workbench(self._path)
        if name in self.names:
            return workbench(f"lienthong:{name}")
        if name in self._brought:
            return workbench(_FILE, held=self._brought[name])
        if name.startswith(_BROUGHT):
            raise RequestError(
                say("the scenario of this link is no longer kept here. Bring it in again.")
            )
        raise RequestError(
            say(
                "no scenario '{name}'; {way_out}", name=name, way_out=did_you_mean(name, self.names)
            )
        )
