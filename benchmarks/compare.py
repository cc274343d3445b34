"""Says whether the working tree is slower than another revision, and fails if it is.

``python compare.py BASE`` ends with 0, with 1 if anything became slower, with 2 if it cannot tell.
Both are run by the same files: the workloads and answers beside this one.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from judge import Judged, judge, slower
from numpy.typing import NDArray
from one_side import TASKS

FOLDER: Final = Path(__file__).parent
ROOT: Final = FOLDER.parent

BLOCKS: Final = 3
"""How often both processes are started anew."""

ROUNDS: Final = 20
"""Rounds of each side and workload in a block."""

WARM_UPS: Final = 2
"""Rounds that do not count: the first one compiles."""


class CannotCompareError(Exception):
    """There is nothing to judge by; the message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The samples of each workload, as :func:`judge.judge` takes them, and what is to be told."""

    samples: dict[str, NDArray[np.float64]]
    notes: tuple[str, ...]


class Side:
    """A process that runs rounds with the package ``sim`` of a folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        own = {
            "PYTHONPATH": str(folder),
            "PYTHONHASHSEED": "0",
            "NUMBA_CACHE_DIR": str(folder / "kept"),  # gone with the folder
        }
        self._process = subprocess.Popen(
            [sys.executable, str(FOLDER / "one_side.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | own,
        )

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self, task: str) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(task + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # told by result()

    def result(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        said: dict[str, Any] = json.loads(line) if line else {"error": "its process ended"}
        return said

    def time_of_an_item(self, task: str) -> float:
        """Seconds of a round by work items: draws of another version come to more or fewer."""
        self.begin(task)
        said = self.result()
        if "error" in said:
            raise CannotCompareError(
                f"{task} failed in {self.name} after it had run: {said['error']}"
            )
        return float(said["seconds"]) / int(said["n_items"])


def compare(before: Path, now: Path, *, blocks: int = BLOCKS, rounds: int = ROUNDS) -> Compared:
    """Run the packages ``sim`` of two folders in turn; ratios of processor time a work item.

    Raises
    ------
    CannotCompareError
        The one now cannot run a workload that the one before can, or there is none left.
    """
    tasks, notes = list(TASKS), []
    samples = {task: np.empty((blocks, rounds)) for task in tasks}
    for block in range(blocks):
        with Side("the base", before) as base, Side("the working tree", now) as head:
            for task in tuple(tasks):
                note, can_run = _warm_up(task, base, head)
                if note and note not in notes:
                    notes.append(note)
                if not can_run:
                    tasks.remove(task)
                    del samples[task]
            if not tasks:
                raise CannotCompareError("; ".join(notes))
            for number in range(rounds):
                order = (base, head) if number % 2 == 0 else (head, base)
                for task in tasks:
                    spent = {side.name: side.time_of_an_item(task) for side in order}
                    samples[task][block, number] = spent[head.name] / spent[base.name]
    return Compared(samples=samples, notes=tuple(notes))


def _warm_up(task: str, base: Side, head: Side) -> tuple[str, bool]:
    """Let both run a task at once; say what is to be told of it, and whether it can be compared."""
    for _ in range(WARM_UPS):
        base.begin(task)
        head.begin(task)
        before, now = base.result(), head.result()
        if "error" in before:
            return f"{task} is skipped: {base.name} cannot run it: {before['error']}", False
        if "error" in now:
            raise CannotCompareError(f"{head.name} cannot run {task}: {now['error']}")
    counts = [(said["n_cases"], said["n_items"]) for said in (before, now)]
    if counts[0] == counts[1]:
        return "", True
    return f"{task} does other work: (cases, work items) were {counts[0]}, are {counts[1]}", True


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="compare.py", description=__doc__)
    parser.add_argument("base", help="the revision to compare the working tree with")
    base = parser.parse_args(words).base
    try:
        with tempfile.TemporaryDirectory() as place:
            before, now = Path(place) / "before", Path(place) / "at_now"  # paths of one length
            check_out(base, before)
            shutil.copytree(ROOT / "sim", now / "sim")
            print(f"The working tree against {base}: one to three minutes", flush=True)
            found = compare(before, now)
    except CannotCompareError as error:
        print(f"bench-compare: {error}", file=sys.stderr)
        return 2
    judged = judge(found.samples)
    print(*found.notes, *table(judged), sep="\n")
    return 1 if slower(judged) else 0


def check_out(revision: str, folder: Path) -> None:
    """Put the package ``sim`` of a revision into a folder."""
    words = ("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    commit = _git(*words, fault=f"no revision '{revision}' here; give one: BASE=main, BASE=HEAD~1")
    archive = _git("archive", commit.decode().strip(), "sim", fault=f"no package sim in {revision}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as sources:
        sources.extractall(folder, filter="data")


def table(judged: Sequence[Judged]) -> list[str]:
    heading = f"{'processor time':16}now : before (interval)"
    return [heading] + [
        f"{each.workload:16}{each.ratio:.3f} ({each.low:.3f} to {each.high:.3f})  {each.verdict}"
        for each in judged
    ]


def _git(*words: str, fault: str) -> bytes:
    try:
        return subprocess.run(
            ["git", "-C", str(ROOT), *words], check=True, capture_output=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        raise CannotCompareError(fault) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
