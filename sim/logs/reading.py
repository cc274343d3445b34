"""From a file to an event log, with every fault of the file at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import Fault, LogError
from sim.language import say
from sim.logs import mapping
from sim.logs.columns_of_instants import Instants, instants_of
from sim.logs.event_log import (
    CASE_INSTANTS,
    CASES,
    INSTANT,
    PROPERTY,
    WORK,
    WORK_INSTANTS,
    EventLog,
    Finding,
    Flaw,
    instant_of,
)
from sim.logs.headings import AT, INSTANCE, LIFECYCLE
from sim.logs.mapping import Reading
from sim.logs.performances import Performances, paired, ranks
from sim.logs.sources import read_source
from sim.logs.table import RawTable
from sim.logs.texts import Coded, coded, in_order_of_rows, nothing

_WORK_TEXTS: Final = ("step", "dossier", "officer", "role", "office")
_CASE_TEXTS: Final = ("bundle", "channel", "home", "outcome")


def read_log(path: Path, reading: Reading) -> EventLog:
    """Read a register.

    Parameters
    ----------
    reading
        How; what it leaves open is taken from beside the file, or proposed.

    Raises
    ------
    LogError
        It cannot be read, or can be read in two ways: every fault with its row and a way out.
    """
    file = str(path)
    mapping.check(reading, file)
    reading = mapping.with_kept(path, reading)
    mapping.check(reading, file)
    kind = reading.columns.get("case", "")
    table = read_source(path, encoding=reading.encoding, sheet=reading.sheet, case=kind)
    headings = list(table.columns)
    if kind and kind not in headings and "case:concept:name" in headings:
        # Of an object-centric log the case is a type of object, not a heading.
        rest = {name: heading for name, heading in reading.columns.items() if name != "case"}
        reading = Reading(
            columns=rest, dates=reading.dates, zone=reading.zone, leaves_out=reading.leaves_out
        )
    columns = mapping.propose(headings, reading, file)
    mapping.check_enough(columns, headings, file)
    if not table.n_rows and not table.faults:
        raise mapping.nothing_in(file)
    return log_of(table, columns, reading)


def log_of(table: RawTable, columns: Mapping[str, str], reading: Reading) -> EventLog:
    """The log of a table whose columns are known, or a LogError with all that is wrong."""
    faults = [] if reading.leaves_out else list(table.faults)
    findings = []
    if table.faults and reading.leaves_out:
        first = min(table.faults)
        n = len(table.faults)
        findings.append(
            Finding(
                flaw=Flaw.UNREADABLE, count=n, out_of=table.n_rows + n, row=first.line,
                example=first.message,
            )
        )  # fmt: skip
    instants = instants_of(table, columns, reading)
    faults += instants.faults
    findings += instants.findings
    case = in_order_of_rows(coded(table.columns[columns["case"]]))
    if not case.names and not faults:
        faults.append(_no_case(table, columns["case"]))
    if faults:
        raise LogError(faults)
    texts = {
        name: coded(table.columns[heading])
        for name, heading in columns.items()
        if name in (*_WORK_TEXTS, *_CASE_TEXTS, LIFECYCLE, INSTANCE) or name.startswith(PROPERTY)
    }
    maker = _Maker(table, columns, case, texts, instants)
    cases = maker.cases()
    work = maker.work()
    if not len(work):
        way_out = say("Look at the columns: --map step='HEADING'.")
        raise LogError([Fault(
            file=table.file, line=0, column=0, path="",
            message=say("no row with a step and an instant"), way_out=way_out,
        )])  # fmt: skip
    return EventLog(
        name=Path(table.file).name,
        work=work,
        cases=cases,
        mapping=dict(columns),
        findings=tuple(findings + maker.findings),
    )


def _no_case(table: RawTable, heading: str) -> Fault:
    return Fault(
        file=table.file, line=int(table.rows[0]) if table.n_rows else 0, column=0, path="",
        message=say("no row has a case: the column '{heading}' is empty", heading=heading),
        way_out=say("Name the column of the case: --map case='HEADING'."),
    )  # fmt: skip


class _Maker:
    """Makes the frames of a log, and notes what it has to leave out."""

    def __init__(
        self,
        table: RawTable,
        columns: Mapping[str, str],
        case: Coded,
        texts: Mapping[str, Coded],
        instants: Instants,
    ) -> None:
        self.table, self.columns, self.case = table, columns, case
        self.texts, self.instants = texts, instants.values
        self.findings: list[Finding] = []

    def note(self, flaw: Flaw, which: NDArray[np.bool_], example: str = "") -> None:
        if which.any():
            at = int(np.flatnonzero(which)[0])
            self.findings.append(
                Finding(
                    flaw=flaw, count=int(which.sum()), out_of=len(which),
                    row=int(self.table.rows[at]), example=example,
                )
            )  # fmt: skip

    def cases(self) -> pd.DataFrame:
        names = self.case.names
        frame: dict[str, object] = {"case": pd.Series(list(names), dtype="str")}
        for name in CASES:
            if name == "case":
                continue
            if name in CASE_INSTANTS:
                frame[name] = self._instant_of_case(name)
            else:
                frame[name] = self._text_of_case(name).categorical()
        for name in self.texts:
            if name.startswith(PROPERTY):
                frame[name] = self._text_of_case(name).categorical()
        return pd.DataFrame(frame)

    def _text_of_case(self, name: str) -> Coded:
        if name not in self.texts:
            return nothing(len(self.case.names))
        column = self.texts[name]
        first = self._first(column.codes >= 0, name)
        codes = np.where(first >= 0, column.codes[first], -1)
        self._note_differing(name, column.codes >= 0, column.codes != codes[self.case.codes])
        return in_order_of_rows(Coded(codes=codes, names=column.names))

    def _instant_of_case(self, name: str) -> NDArray[np.datetime64]:
        found = np.full(len(self.case.names), np.datetime64("NaT"), INSTANT)
        if name not in self.instants:
            return found
        values = self.instants[name]
        first = self._first(~np.isnat(values), name)
        found[first >= 0] = values[first[first >= 0]]
        self._note_differing(name, ~np.isnat(values), values != found[self.case.codes])
        if name == "due_on":
            return found.astype("datetime64[D]").astype(INSTANT)
        return found

    def _first(self, is_known: NDArray[np.bool_], _: str) -> NDArray[np.int64]:
        first = np.full(len(self.case.names), -1, np.int64)
        rows = np.flatnonzero(is_known & (self.case.codes >= 0))[::-1]
        first[self.case.codes[rows]] = rows
        return first

    def _note_differing(
        self, name: str, is_known: NDArray[np.bool_], differs: NDArray[np.bool_]
    ) -> None:
        which = is_known & differs & (self.case.codes >= 0)
        if which.any():
            case = self.case.names[self.case.codes[int(np.flatnonzero(which)[0])]]
            example = say("{what} of case {case}", what=self.columns[name], case=case)
            self.note(Flaw.DIFFERING, which, example)

    def work(self) -> pd.DataFrame:
        n = self.table.n_rows
        step = in_order_of_rows(self.texts["step"])
        given = [self.instants[name] for name in (AT, *WORK_INSTANTS) if name in self.instants]
        has_instant = ~np.isnat(np.stack(given)).all(axis=0)
        has_case, has_step = self.case.codes >= 0, step.codes >= 0
        self.note(Flaw.NO_CASE, ~has_case)
        self.note(Flaw.NO_STEP, has_case & ~has_step & has_instant)
        self.note(Flaw.NO_INSTANT, has_case & has_step & ~has_instant)
        rows = np.flatnonzero(has_case & has_step & has_instant)
        texts = {name: self.texts.get(name, nothing(n)).take(rows) for name in _WORK_TEXTS}
        texts["step"] = step.take(rows)
        case = self.case.codes[rows]
        told: dict[str, NDArray[np.datetime64]]
        if LIFECYCLE in self.texts and AT in self.instants:
            found = self._paired(rows, case, texts["step"].codes)
            texts = {name: found.told(column) for name, column in texts.items()}
            told = {name: getattr(found, name) for name in WORK_INSTANTS}
            case, rows = case[found.first_row], rows[found.first_row]
        else:
            none = np.full(len(rows), np.datetime64("NaT"), INSTANT)
            told = {
                name: self.instants[name][rows] if name in self.instants else none
                for name in WORK_INSTANTS
            }
            if AT in self.instants and "ended_at" not in self.instants:
                told["ended_at"] = self.instants[AT][rows]
        frame: dict[str, object] = {
            "case": pd.Categorical.from_codes(
                case, categories=pd.Index(list(self.case.names), dtype="str")
            )
        }
        frame |= {name: column.categorical() for name, column in texts.items()}
        frame |= told
        frame["row"] = self.table.rows[rows]
        work = pd.DataFrame(frame, columns=list(WORK))
        order = np.lexsort((work["row"].to_numpy(), instant_of(work), case))
        return work.iloc[order].reset_index(drop=True)

    def _paired(
        self, rows: NDArray[np.int64], case: NDArray[np.int64], step: NDArray[np.int64]
    ) -> Performances:
        lifecycle = self.texts[LIFECYCLE].take(rows)
        rank = ranks(lifecycle)
        which = np.zeros(self.table.n_rows, np.bool_)
        which[rows] = rank < 0
        if which.any():
            at = int(np.flatnonzero(rank < 0)[0])
            self.note(Flaw.OTHER_LIFECYCLE, which, lifecycle.names[lifecycle.codes[at]])
        instance = self.texts[INSTANCE].take(rows) if INSTANCE in self.texts else None
        return paired(case, step, self.instants[AT][rows], rank, instance)
