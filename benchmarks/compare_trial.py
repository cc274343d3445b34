"""Tries how often a comparison finds what is there, and what is not, on a busy machine.

``python compare_trial.py FILE`` compares a copy of ``sim`` with another copy of it, and with one
that takes 15 % more processor time, while a process for each core works at something else.  Each
try is added to the file; those that the file has already are not made again.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from compare import BLOCKS, FOLDER, ROUNDS, compare
from judge import OVERALL, RISK, TOLERANCE, judge, slower
from one_side import TASKS

INJECTED: Final = 0.15

SLOW: Final = f'''

_quick = run


def run(model, *, seed, replication, engine):
    """As before, but it takes {INJECTED:.0%} longer."""
    import time

    begun = time.process_time()
    found = _quick(model, seed=seed, replication=replication, engine=engine)
    ended = time.process_time()
    while time.process_time() < ended + {INJECTED} * (ended - begun):
        pass
    return found
'''


def work(number: int) -> None:
    """Keep a core and its memory busy, with pauses of random length."""
    rng = np.random.default_rng(number)
    parent = os.getppid()
    while os.getppid() == parent:  # and not after a parent that was killed
        until = time.monotonic() + rng.exponential(0.2)
        while time.monotonic() < until:
            np.sort(rng.random(200_000))
        time.sleep(rng.exponential(0.1))


@contextmanager
def busy_machine() -> Iterator[None]:
    others = [
        multiprocessing.Process(target=work, args=(number,), daemon=True)
        for number in range(os.cpu_count() or 1)
    ]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.terminate()


def copies(place: Path) -> dict[str, Path]:
    """The same tree three times, the last one slower."""
    folders = {name: place / name for name in ("same", "twin", "slow")}
    for folder in folders.values():
        shutil.copytree(FOLDER.parent / "sim", folder / "sim")
    with (folders["slow"] / "sim" / "engines" / "__init__.py").open("a") as module:
        module.write(SLOW)
    return folders


def one_try(folders: dict[str, Path], name: str) -> dict[str, Any]:
    begun = time.monotonic()
    judged = judge(compare(folders["same"], folders[name]).samples)
    return {
        "now": name,
        "slower": slower(judged),
        "judged": {
            each.workload: [round(found, 4) for found in (each.ratio, each.low, each.high)]
            for each in judged
        },
        "seconds": round(time.monotonic() - begun, 1),
        "load_average": round(os.getloadavg()[0], 2),
    }


def still_to_make(tries: Sequence[dict[str, Any]], wanted: Mapping[str, int]) -> list[str]:
    """What is to be tried, evenly mixed, so that a part of the experiment is one as well."""
    made = Counter(each["now"] for each in tries)
    places = [
        (number / wanted[name], name)
        for name in wanted
        for number in range(made[name], wanted[name])
    ]
    return [name for _, name in sorted(places)]


def summary(tries: Sequence[dict[str, Any]]) -> Iterator[str]:
    for name in ("slow", "twin"):
        made = [each for each in tries if each["now"] == name]
        if made:
            alarms = sum(bool(each["slower"]) for each in made)
            overall = [each["judged"][OVERALL][0] for each in made]
            single = [each["judged"][task][0] for each in made for task in TASKS]
            yield (
                f"{name}: {alarms} of {len(made)} called slower; overall {min(overall):.3f} to"
                f" {max(overall):.3f}, single workloads {min(single):.3f} to {max(single):.3f}"
            )
    yield "seconds of a comparison: " + _range([each["seconds"] for each in tries])
    yield "load average: " + _range([each["load_average"] for each in tries])


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.1f} to {max(values):.1f}, median {np.median(values):.1f}"


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="where the tries are kept, as JSON")
    parser.add_argument("--slow", type=int, default=20, help="tries with a slower copy")
    parser.add_argument("--twin", type=int, default=40, help="tries with an equal copy")
    given = parser.parse_args(words)
    settings = {
        "tasks": {task: list(what) for task, what in TASKS.items()},
        "blocks": BLOCKS,
        "rounds": ROUNDS,
        "tolerance": TOLERANCE,
        "risk": RISK,
        "injected": INJECTED,
    }
    kept = json.loads(given.file.read_text()) if given.file.exists() else {}
    tries = kept["tries"] if kept.get("settings") == settings else []
    wanted = {"slow": given.slow, "twin": given.twin}
    lacking = still_to_make(tries, wanted)
    if lacking:
        with tempfile.TemporaryDirectory() as place, busy_machine():
            folders = copies(Path(place))
            for name in wanted:
                compare(folders["same"], folders[name], blocks=1, rounds=1)  # compiles
            for name in lacking:
                tries.append(one_try(folders, name))
                write(given.file, settings, tries)
                print(f"{name}: slower are {tries[-1]['slower']}", flush=True)
    print(*summary(tries), sep="\n")


def write(file: Path, settings: dict[str, Any], tries: Sequence[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(each) for each in tries)
    file.write_text(f'{{"settings": {json.dumps(settings)},\n"tries": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main(sys.argv[1:])
