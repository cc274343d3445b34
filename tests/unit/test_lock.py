"""Two studies in one folder: the second is refused, and a crash leaves the folder free."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim.errors import StoreError
from sim.experiment.journal import FOLDER
from sim.experiment.lock import LOCK, held, is_held

ROOT = Path(__file__).parents[2]

HOLDS = """
import sys
from pathlib import Path
from sim.experiment.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds a folder until its stdin is closed."""
    program = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "held\n"
    return program


def test_a_second_process_is_refused_and_told_who_is_there(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    with holder(folder) as other:
        assert is_held(folder)
        with pytest.raises(StoreError, match=rf"process {other.pid} on .*Wait until"), held(folder):
            pass
        other.communicate()
    assert not folder.exists()
    with held(folder):  # the twin: it has ended
        assert is_held(folder)


def test_a_second_study_of_one_process_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    with held(folder), pytest.raises(StoreError, match="being written"), held(folder):
        pass
    with held(folder):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_a_process_that_is_killed_leaves_the_folder_free(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    with holder(folder) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert (folder / LOCK).exists()
        assert not is_held(folder)
        with held(folder):
            pass
    assert not folder.exists()


def test_a_lock_that_was_removed_meanwhile_is_not_taken_for_one(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    with held(folder):
        (folder / LOCK).unlink()
        with held(folder):  # another file, as after the end of a study
            assert is_held(folder)
        assert not (folder / LOCK).exists()


def test_what_lies_in_the_folder_outlives_the_lock(tmp_path: Path) -> None:
    with held(tmp_path):
        (tmp_path / "finished.jsonl").write_text("one\n")
    assert [path.name for path in tmp_path.iterdir()] == ["finished.jsonl"]
