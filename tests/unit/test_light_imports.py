"""What a person waits for at every command is not loaded before it is used."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "holidays", "matplotlib", "numba", "numpy", "pandas", "pyarrow", "pydantic", "rich", "ruamel",
    "scipy", "seaborn", "simpy",
}  # fmt: skip

HELP = """
import contextlib, io
from sim.cli import main
with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
    main(["--help"])
assert "sweep" in said.getvalue()
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


def test_a_heavy_library_would_be_noticed():
    assert loaded_by("import simpy.events") == {"simpy"}
    with pytest.raises(AssertionError):
        assert loaded_by("import sim.engines") == set()
