"""Reads cases from files: a log of filings that happened, and a backlog of cases under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.arrivals import AT_START, NO_VALUE, CaseTable
from sim.errors import ValueFault
from sim.language import later, say
from sim.scenario.faults import Faults
from sim.scenario.resolve.csv_files import MOST_FAULTS, read_rows
from sim.scenario.resolve.flows.compile import Compiled
from sim.scenario.resolve.people.offices import Offices
from sim.scenario.resolve.properties import Properties, PropertyOfBundle
from sim.scenario.resolve.regimes import Service
from sim.scenario.resolve.times.period import Range
from sim.scenario.schema.base import DAY_FIRST
from sim.scenario.schema.values import parse_moment
from sim.scenario.text.rows import Rows
from sim.scenario.text.tree import Path
from sim.streams import STREAM_BITS, name_key
from sim.units import DAY
from sim.wording import both, did_you_mean

BACKLOG: Final = "backlog/"
"""Begins the names of the streams of a backlog, whose cases draw apart from those that arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """What the names in a file of cases stand for.

    ``flow_of`` gives the index and the elements of the flow of a bundle, a regime and a channel
    with steps.
    """

    bundles: Mapping[str, int]
    services: Mapping[str, Service]
    homes: Mapping[str, NDArray[np.int64]]
    channels: Mapping[str, int]
    offices: Offices
    properties: Properties
    flow_of: Callable[[str, str, str], tuple[int, Compiled]]
    time: Range


@dataclass(slots=True, kw_only=True)
class CaseReader:
    """Reads files of cases, and holds what was read so far column by column."""

    meanings: Meanings
    faults: Faults
    columns: dict[str, list[int]] = field(default_factory=dict)
    properties: list[list[int]] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)

    def read_log(self, bundle: str, name: str, path: Path) -> None:
        """Read the filings of a bundle: columns filed_at, office, channel and its properties.

        What was filed before the start or after the horizon is left out.
        """
        rows = read_rows(name, path, ("filed_at", "office"), self.faults, may=("channel",))
        if rows is None or not self._has_properties(bundle, rows, path):
            return
        filed: list[tuple[int, int, dict[str, str]]] = []
        n_before = len(self.faults.found)
        for line, cells in rows:
            if len(self.faults.found) - n_before >= MOST_FAULTS:
                return
            filed_at = self._instant(cells["filed_at"], rows, line, path)
            if filed_at is not None and 0 <= filed_at < self.meanings.time.horizon:
                filed.append((filed_at, line, cells))
        if not filed and len(self.faults.found) == n_before:
            self.faults.add(
                path,
                say("'{name}' has no filing in the simulated time", name=name),
                say("Move `period` to it."),
            )
        for filed_at, line, cells in sorted(filed, key=lambda each: each[:2]):
            if len(self.faults.found) - n_before >= MOST_FAULTS:
                return
            case = _Case(rows=rows, line=line, cells=cells, path=path, bundle=bundle)
            self._add(case, f"{bundle}/", filed_at, filed_at)

    def read_backlog(self, name: str, path: Path) -> None:
        """Read cases under way: bundle, channel, office, step, received_on and properties."""
        needs = ("bundle", "office", "step", "received_on")
        rows = read_rows(name, path, needs, self.faults, may=("channel",))
        if rows is None:
            return
        n_before = len(self.faults.found)
        checked: set[str] = set()
        for line, cells in rows:
            if len(self.faults.found) - n_before >= MOST_FAULTS:
                return
            bundle = cells["bundle"]
            if not self._knows(rows, line, path, later("bundle"), bundle, self.meanings.bundles):
                continue
            if bundle not in checked:
                checked.add(bundle)
                if not self._has_properties(bundle, rows, path):
                    return
            received_at = self._instant(cells["received_on"], rows, line, path)
            if received_at is None:
                continue
            time, received = self.meanings.time, cells["received_on"]
            if not time.first_day * DAY <= received_at <= 0:
                self.faults.in_file(
                    path,
                    rows.file,
                    line,
                    say("received on {date}, which is after the start", date=received)
                    if received_at > 0
                    else say(
                        "received on {date}, which is too long before the start", date=received
                    ),
                    say(
                        "Give a day from {first} to {last}.",
                        first=time.date(time.first_day),
                        last=time.start,
                    ),
                )
                continue
            case = _Case(rows=rows, line=line, cells=cells, path=path, bundle=bundle)
            self._add(case, f"{BACKLOG}{bundle}/", 0, received_at)

    def table(self) -> CaseTable | None:
        """All given cases, by arrival, stream and number; None where there are none."""
        if not self.properties:
            return None
        columns = {name: np.array(column, np.int64) for name, column in self.columns.items()}
        stream = columns.pop("stream").astype(np.uint64)
        order = np.lexsort((columns["number"], stream, columns["arrives_at"]))
        width = len(self.meanings.properties.all)
        properties = np.array(self.properties, np.int64).reshape(len(order), width)
        return CaseTable(
            stream=stream[order],
            number=columns["number"][order],
            channel=columns["channel"][order],
            flow=columns["flow"][order],
            home=columns["home"][order],
            arrives_at=columns["arrives_at"][order],
            received_at=columns["received_at"][order],
            entry=columns["entry"][order],
            properties=properties[order],
        )

    def _add(self, case: _Case, stream_prefix: str, arrives_at: int, received_at: int) -> None:
        meanings = self.meanings
        service = meanings.services.get(case.bundle)
        home = self._home(case)
        channel = self._channel(case, service)
        values = self._values(case, home)
        if service is None or home is None or channel is None or values is None:
            return
        regime = service.regime_on(received_at // DAY)
        served_as = service.served_as[regime].get(channel)
        if served_as is None:
            case.fault(
                self.faults,
                say(
                    "regime '{regime}' does not offer channel '{channel}'",
                    regime=regime,
                    channel=channel,
                ),
                say("Give another channel."),
            )
            return
        flow, compiled = meanings.flow_of(case.bundle, regime, served_as)
        entry = AT_START if "step" not in case.cells else self._entry(case, compiled)
        if entry is None:
            return
        name = meanings.offices.offices[home].name
        stream = name_key(f"{stream_prefix}{name}", STREAM_BITS)
        number = self._numbers.get(stream, 0)
        self._numbers[stream] = number + 1
        row = {
            "stream": stream,
            "number": number,
            "channel": meanings.channels[service.kept_as.get(channel) or channel],
            "flow": flow,
            "home": home,
            "arrives_at": arrives_at,
            "received_at": received_at,
            "entry": entry,
        }
        for column, value in row.items():
            self.columns.setdefault(column, []).append(value)
        self.properties.append(values)

    def _has_properties(self, bundle: str, rows: Rows, path: Path) -> bool:
        lacking = [
            each.name
            for each in self.meanings.properties.of_bundle.get(bundle, ())
            if each.of_office is None and each.name not in rows.columns
        ]
        if lacking:
            self.faults.in_file(
                path,
                rows.file,
                1,
                say(
                    "no column for the property {names} of '{bundle}'",
                    names=both(map(repr, lacking)),
                    bundle=bundle,
                ),
                say("Add it: given cases draw nothing by chance."),
            )
        return not lacking

    def _home(self, case: _Case) -> int | None:
        offices = self.meanings.offices
        name = case.cells["office"]
        if not self._knows(case.rows, case.line, case.path, later("office"), name, offices.index):
            return None
        home = offices.index[name]
        if home not in self.meanings.homes[case.bundle]:
            level = offices.levels[offices.offices[home].level]
            case.fault(
                self.faults,
                say(
                    "office '{name}' is on level {level}, where no case of '{bundle}' lives",
                    name=name,
                    level=level,
                    bundle=case.bundle,
                ),
                say("Give an office on the level of the demand's `at`."),
            )
            return None
        return home

    def _channel(self, case: _Case, service: Service | None) -> str | None:
        if service is None:
            return None
        names = list(service.kept_as)
        channel = case.cells.get("channel", "")
        if not channel and len(names) == 1:
            return names[0]
        if self._knows(case.rows, case.line, case.path, later("channel"), channel, names):
            return channel
        return None

    def _values(self, case: _Case, home: int | None) -> list[int] | None:
        properties = self.meanings.properties
        values = [NO_VALUE] * len(properties.all)
        for each in properties.of_bundle.get(case.bundle, ()):
            value = self._value(case, each, home)
            if value is None:
                return None
            index = properties.index[each.name]
            values[index] = properties.all[index].values.index(value)
        return values

    def _value(self, case: _Case, its: PropertyOfBundle, home: int | None) -> str | None:
        if its.name in case.cells:
            value = case.cells[its.name]
            if value in its.values:
                return value
            way_out = did_you_mean(value, its.values)
            case.fault(
                self.faults,
                say("property '{name}' is '{value}'", name=its.name, value=value),
                way_out,
            )
            return None
        if its.of_office is None or home is None:
            return None
        return its.of_office.get(home)

    def _entry(self, case: _Case, compiled: Compiled) -> int | None:
        step = case.cells["step"]
        names = compiled.entries
        if not self._knows(case.rows, case.line, case.path, later("step"), step, names):
            return None
        if step in compiled.in_branches:
            case.fault(
                self.faults,
                say(
                    "step '{step}' is inside `together`, and where the case stands in the other "
                    "branches is not known",
                    step=step,
                ),
                say("Put the case at the step before it or after it."),
            )
            return None
        return names[step]

    def _instant(self, text: str, rows: Rows, line: int, path: Path) -> int | None:
        try:
            is_day_first = self.faults.scenario.spec.dates == DAY_FIRST
            return self.meanings.time.instant(parse_moment(text, day_first=is_day_first))
        except ValueFault as fault:
            self.faults.in_file(path, rows.file, line, fault.message, fault.way_out)
            return None

    def _knows(
        self,
        rows: Rows,
        line: int,
        path: Path,
        kind: str,
        name: str,
        known: Mapping[str, object] | Sequence[str],
    ) -> bool:
        if name in known:
            return True
        message = (
            say("unknown {kind} '{name}'", kind=say(kind), name=name)
            if name
            else say("no {kind}", kind=say(kind))
        )
        self.faults.in_file(path, rows.file, line, message, did_you_mean(name, known))
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One line of a file of cases."""

    rows: Rows
    line: int
    cells: Mapping[str, str]
    path: Path
    bundle: str

    def fault(self, faults: Faults, message: str, way_out: str) -> None:
        faults.in_file(self.path, self.rows.file, self.line, message, way_out)
