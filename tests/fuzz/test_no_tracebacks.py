"""No file ends in a traceback: a damaged scenario has faults, or runs alike on both engines."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from fuzz.mutants import LARGE, SHIPPED, SMALL, Fields, Mutant, mutant, parsed, parts_of

from sim import engines
from sim.errors import Fault, LienthongError, ScenarioError
from sim.experiment.checks import check, resolve_checked
from sim.language import LANGUAGES, speaking
from sim.scenario import load, show_faults

MUTANTS_ASKED_FOR = "LIENTHONG_FUZZ"
"""How many mutants, by hand: others than those of each day."""

ASKED = int(os.environ.get(MUTANTS_ASKED_FOR, "0"))
N_MUTANTS = ASKED or 400
SEED = time.time_ns() if ASKED else 1
CHUNK = 25

PATIENCE = 10.0
"""Seconds of the processor that a check may take; undamaged, the largest takes one."""

A_MOMENT = {"period.warm_up": "0 d", "period.length": "3 d", "period.run_out": "1 d"}

Check = Callable[[Path], Sequence[Fault]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of a mutant: what is wrong with the program, and whether it came to a run."""

    wrong: str = ""
    has_run: bool = False


def try_out(path: Path, check: Check = check) -> Found:
    """Check a scenario; if it has no fault, run a moment of it on both engines."""
    began = time.process_time()
    try:
        faults = tuple(check(path))
        show_faults(str(path), faults)
    except Exception as error:  # noqa: BLE001  whatever it is, it is reported
        return Found(wrong=_in_one_line("check", error))
    if time.process_time() - began > PATIENCE:
        return Found(wrong=f"check took {time.process_time() - began:.0f} s")
    if faults:
        return Found()
    try:
        return run_a_moment(path)
    except Exception as error:  # noqa: BLE001  likewise
        return Found(wrong=_in_one_line("run", error))


def run_a_moment(path: Path) -> Found:
    """Run three days with little demand, and compare what the engines leave."""
    try:
        demand = {f"bundles.{name}.demand.a_year": "500" for name in load(path).spec.bundles}
        model = resolve_checked(load(path, settings=A_MOMENT | demand))
    except ScenarioError:
        return Found()  # over in a moment, or demand is given in another way
    try:
        digests = {
            engine: engines.run(model, seed=1, replication=0, engine=engine).digest()
            for engine in engines.ENGINES
        }
    except LienthongError:
        return Found()
    wrong = "" if len(set(digests.values())) == 1 else f"the engines differ: {digests}"
    return Found(wrong=wrong, has_run=True)


def _in_one_line(what: str, error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "nowhere"
    return f"{what} raised {type(error).__name__}: {str(error)[:200]} in {place}"


def report(each: Mutant, path: Path, found: Found) -> str:
    return (
        f"mutant {each.number} of seed {SEED}, {' and '.join(each.damage)} in {each.file}: "
        f"{found.wrong}\n  {path}"
    )


@pytest.mark.parametrize("first", range(0, N_MUTANTS, CHUNK))
def test_no_damage_ends_in_a_traceback(first: int, tmp_path: Path) -> None:
    wrong = []
    for number in range(first, min(first + CHUNK, N_MUTANTS)):
        each = mutant(number, SEED)
        folder = tmp_path / str(number)
        path = each.write(folder)
        with speaking(LANGUAGES[number % len(LANGUAGES)]):
            found = try_out(path)
        if found.wrong:
            wrong.append(report(each, path, found))
        else:  # after a test that ran out of time, what is left is the mutant that took it
            shutil.rmtree(folder)
    assert not wrong, "\n".join(wrong)


# -- twins -----------------------------------------------------------------------------------------


def test_a_check_that_raises_is_reported(tmp_path: Path) -> None:
    def stand_in(path: Path) -> Sequence[Fault]:
        raise KeyError("0")

    found = try_out(mutant(1).write(tmp_path), stand_in)
    assert found.wrong.startswith("check raised KeyError: '0' in test_a_check_that_raises")
    assert str(tmp_path) in report(mutant(1), tmp_path, found)


def test_a_mutant_is_the_same_each_time_and_differs_from_the_next() -> None:
    assert mutant(7).data == mutant(7).data
    assert len({mutant(number).data for number in range(50)}) > 45


ELEMENTS = (
    "absence", "among", "at_most", "away", "batch", "before_due", "begins", "between", "if",
    "copies", "costs", "counter", "files_elsewhere", "helps", "log", "backlog", "looks_in",
    "only_if", "pay", "pooled", "readings", "slip", "slow", "surges", "times", "reforms", "parts",
    "through", "in_turn", "after", "bottlenecks",
)  # fmt: skip


def keys_that_are_damaged() -> set[str]:
    return {
        key
        for source in (*SMALL, *LARGE)
        for file in source.files
        if file.endswith(".yaml")
        for part in parts_of(parsed((source.folder / file).read_bytes()))
        if isinstance(part, Fields)
        for key in part.keys
    }


@pytest.mark.parametrize("element", ELEMENTS)
def test_every_element_of_the_language_is_damaged(element: str) -> None:
    assert element in keys_that_are_damaged()


def test_twin_an_element_that_no_file_has_is_not_damaged() -> None:
    assert "weekends" not in keys_that_are_damaged()


def test_some_mutants_come_to_a_run_and_engines_that_differ_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "first.yaml"
    path.write_bytes((SHIPPED / "first.yaml").read_bytes())
    assert try_out(path) == Found(has_run=True)
    whole = engines.run

    def stand_in(model, *, seed, replication, engine):
        return whole(model, seed=seed + (engine == "fast"), replication=replication, engine=engine)

    monkeypatch.setattr(engines, "run", stand_in)
    assert try_out(path).wrong.startswith("the engines differ")
