"""What a person waits for at every command is not loaded before it is used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FIRST = Path(__file__).parents[2] / "scenarios" / "first.yaml"

HEAVY = {
    "SALib", "babel", "distributed", "holidays", "matplotlib", "numba", "numpy", "pandas",
    "pyarrow", "pydantic", "rich", "ruamel", "scipy", "seaborn", "simpy",
}  # fmt: skip

HELP = """
import contextlib, io
from sim.cli import main
with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
    main(["--help"])
assert "sweep" in said.getvalue()
"""

CHECK = f"""
import contextlib, io
from sim.cli import main
with contextlib.redirect_stdout(io.StringIO()) as said:
    main(["check", {str(FIRST)!r}])
assert "no faults" in said.getvalue()
"""

RUN = f"""
import contextlib, io
from sim.cli import main
words = ["--replications", "1", "--workers", "1", "--engine", "reference", "--quiet"]
with contextlib.redirect_stdout(io.StringIO()) as said:
    main(["run", {str(FIRST)!r}, *words])
assert "residence" in said.getvalue().lower()
"""

RUN_INTO_A_FOLDER = f"""
import contextlib, io, tempfile
from sim.cli import main
words = ["--replications", "2", "--workers", "1", "--engine", "reference", "--quiet"]
with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
    main(["run", {str(FIRST)!r}, *words, "--out", folder + "/out"])
assert "residence" in said.getvalue().lower()
"""

WRITE = f"""
import tempfile
from pathlib import Path
from sim.engines import run
from sim.experiment.tables import join, write_part
from sim.scenario import load, resolve
model = resolve(load({str(FIRST)!r}))
found = run(model, seed=1, replication=0)
with tempfile.TemporaryDirectory() as folder:
    for name in ("cases", "dossiers", "work_items"):
        part = Path(folder) / name
        write_part(part, name, model, found)
        join(Path(folder) / "all", [("today", 0, part)])
"""


def loaded_by(code: str) -> set[str]:
    """The heavy libraries that a fresh Python has loaded after some code."""
    report = "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code + report], check=True, capture_output=True, text=True
    )
    return HEAVY & {name.partition(".")[0] for name in json.loads(done.stdout)}


@pytest.mark.parametrize("code", ["import sim", HELP], ids=["import sim", "lienthong --help"])
def test_nothing_heavy_is_loaded(code):
    assert loaded_by(code) == set()


def test_a_check_loads_nothing_that_simulates_draws_or_writes():
    loaded = loaded_by(CHECK)
    assert "pydantic" in loaded
    assert not loaded & {"holidays", "matplotlib", "numba", "pandas", "pyarrow", "seaborn", "simpy"}


def test_a_run_without_a_folder_loads_nothing_that_draws_or_writes():
    loaded = loaded_by(RUN)
    assert "simpy" in loaded
    assert not loaded & {
        "babel", "distributed", "holidays", "matplotlib", "numba", "pandas", "pyarrow", "seaborn",
    }  # fmt: skip


def test_a_run_with_a_folder_draws_and_writes_without_pandas():
    loaded = loaded_by(RUN_INTO_A_FOLDER)
    assert {"matplotlib", "pyarrow"} <= loaded
    assert not loaded & {"holidays", "numba", "pandas", "seaborn"}


def test_tables_are_written_without_pandas():
    loaded = loaded_by(WRITE)
    assert "pyarrow" in loaded
    assert "pandas" not in loaded


def test_a_heavy_library_would_be_noticed():
    assert loaded_by("import simpy.events") == {"simpy"}
    elsewhere = 'from sim.public_holidays import public_holidays as of; of("TH", (2025,))'
    assert "holidays" in loaded_by(elsewhere)
    with pytest.raises(AssertionError):
        assert loaded_by("import sim.engines") == set()
    assert "pandas" in loaded_by("import numpy, pyarrow; pyarrow.array(numpy.zeros(1))")
