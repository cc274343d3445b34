"""Worlds small enough to be worked out by hand: the steps of one bundle, who files when, the rest.

The office opens Monday to Friday 7:30-11:30 and 13:00-17:00, the cut-off is 15:00 and no holiday is
near.  An instant reads ``Mon 3 08:00``: weekday and day of March 2025, the month of every world.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np

from sim.engines import run
from sim.engines.protocol import Inputs, prepare
from sim.model import Model
from sim.records import LEDGER, NOT_YET, Run, Table
from sim.scenario import load, resolve
from sim.streams import ELEMENT_BITS, name_key, uniforms
from sim.units import MINUTE

SEED = 1

_BASE = """
title: A small world
period: {start: 2025-03-03, warm_up: 0 weeks, length: 3 weeks, run_out: 1 week}
overload: allowed
calendars:
  office: {hours: {mon-fri: ["07:30-11:30", "13:00-17:00"]}}
bundles:
  life:
    procedures: {permit: {limit: 2 wd}, card: {limit: 2 wd}}
    limit: 3 wd
    demand: {log: filings.csv}
    regimes:
      now:
        paper:
"""
_CLERK = "staff: {clerk: {office: commune, people: 1}}\n"
_DAY = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([0-9]{1,2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A scenario with one clerk, unless ``also`` gives the staff.

    ``filed`` are the lines of the log: an instant, or all columns under a header of one's own;
    ``also`` is further YAML, laid over the rest, and ``files`` are further files that it names.
    """

    steps: str
    filed: tuple[str, ...] = ("Mon 3 08:00",)
    also: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def but(self, old: str, new: str) -> World:
        """The twin: the same world with one thing changed, which must stand in it."""
        files = {name: text.replace(old, new) for name, text in self.files.items()}
        filed = tuple("\n".join(self.filed).replace(old, new).split("\n"))
        twin = replace(
            self,
            steps=self.steps.replace(old, new),
            also=self.also.replace(old, new),
            filed=filed,
            files=files,
        )
        assert twin != self, f"'{old}' does not stand in the world"
        return twin

    def model(self, folder: Path) -> Model:
        """Write the world into a folder, load it and resolve it."""
        steps = textwrap.indent(textwrap.dedent(self.steps), 10 * " ")
        also = textwrap.dedent(self.also)
        log = self.filed
        if not log[0].startswith("filed_at"):
            log = ("filed_at,office", *(f"{line},commune" for line in log))
        staff = "" if re.search("^staff:", also, re.MULTILINE) else _CLERK
        (folder / "base.yaml").write_text(_BASE + steps)
        (folder / "world.yaml").write_text(f"extends: base.yaml\n{staff}{also}")
        for name, text in {"filings.csv": "\n".join(log), **self.files}.items():
            (folder / name).write_text(_DAY.sub(_date, textwrap.dedent(text)))
        return resolve(load(folder / "world.yaml"))


@dataclass(frozen=True, kw_only=True)
class Story:
    """What happened in a world, in words."""

    model: Model
    run: Run

    @property
    def cases(self) -> dict[str, list[int]]:
        return _lists(self.run.cases)

    @property
    def dossiers(self) -> dict[str, list[int]]:
        return _lists(self.run.dossiers)

    @property
    def staff(self) -> dict[str, list[int]]:
        return _lists(self.run.staff)

    @cached_property
    def inputs(self) -> Inputs:
        return prepare(self.model, seed=SEED, replication=0)

    @property
    def ends(self) -> list[str]:
        """When each case ended."""
        return [self.moment(at) for at in self.cases["ended_at"]]

    @property
    def outcomes(self) -> list[str]:
        return [self.model.outcomes[index] for index in self.cases["outcome"]]

    def begun(self, step: str) -> list[str]:
        """When work at a step was begun, by case and visit."""
        return [self.moment(at) for at in self.items(step)["started_at"]]

    def done(self, step: str) -> list[str]:
        """When work at a step was done, by case and visit."""
        return [self.moment(at) for at in self.items(step)["ended_at"]]

    def by(self, step: str) -> list[str]:
        """Who did the work at a step, by case and visit: ``commune/clerk/1``."""
        return [self.model.staff[index].name for index in self.items(step)["staff"]]

    def items(self, step: str) -> dict[str, list[int]]:
        """The work items of a step, by case and visit."""
        table = self.run.work_items
        names = np.array([self.model.elements[index].name for index in table["activity"]])
        assert step in names
        mine = np.flatnonzero(names == step)
        order = mine[np.lexsort((table["visit"][mine], table["case"][mine]))]
        return _lists({name: column[order] for name, column in table.items()})

    def minutes(self, case: int = 0) -> dict[str, float]:
        """The parts of a case's ledger that are not 0."""
        parts = {name.removesuffix("_time"): self.cases[name][case] / MINUTE for name in LEDGER}
        return {name: time for name, time in parts.items() if time}

    def minutes_to_end(self) -> list[float]:
        """From arrival to end, of each case."""
        return ((self.run.cases["ended_at"] - self.run.cases["arrives_at"]) / MINUTE).tolist()

    def draws(self, name: str, visit: int = 0) -> np.ndarray:
        """The numbers that a visit of an element draws, by case (R1)."""
        cases, key = self.inputs.cases, name_key(name, ELEMENT_BITS)
        return uniforms(self.inputs.key, cases.stream, cases.number, key, visit)

    def moment(self, at: int) -> str:
        if at == NOT_YET:
            return "not yet"
        midnight = dt.datetime.combine(self.model.start, dt.time())
        then = midnight + dt.timedelta(microseconds=at)
        precise = "%H:%M" if at % MINUTE == 0 else "%H:%M:%S.%f"
        return f"{then:%a} {then.day} {then.strftime(precise)}"


Play: TypeAlias = Callable[[World], Story]
"""Runs a world on the engine under test."""


def play_on(engine: str, folder: Path) -> Play:
    def play(world: World) -> Story:
        model = world.model(folder)
        return Story(model=model, run=run(model, seed=SEED, replication=0, engine=engine))

    return play


def _date(found: re.Match[str]) -> str:
    date = dt.date(2025, 3, int(found[2]))
    assert f"{date:%a}" == found[1], f"{date} is no {found[1]}"
    return date.isoformat()


def _lists(table: Table) -> dict[str, list[int]]:
    return {name: column.tolist() for name, column in table.items()}
