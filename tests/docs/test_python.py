"""Runs the examples of docs/python.md as a reader would, each in a fresh namespace."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "python.md"
BLOCK = re.compile(r"^<!-- checked: python -->\n```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples(page: str) -> list[str]:
    return BLOCK.findall(page)


def printed_by(example: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (folder / "scenarios").mkdir(exist_ok=True)
    shutil.copy(ROOT / "scenarios" / "first.yaml", folder / "scenarios")
    monkeypatch.chdir(folder)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "docs/python.md", "exec"), {})
    return printed.getvalue()


EXAMPLES = examples(PAGE.read_text(encoding="utf-8"))

EXPECTED = (
    ("paper", "online"),
    ("0.9 x", "staffing 0.2 x, uptake 20 % was not run: staff.clerk: offered load"),
    ("True", "working_days_mean ±", "of 0.01 wanted"),
    ("online", "True"),
    ("2025-03-03", "officer"),
    ("officer",),
    ("Where the time went", "waiting for staff", "By law: received on"),
    (" 2\n", "commune "),
    ("complete", "bundles.residence.channels.online", "working_days_mean"),
    ("uptake (0 % → 100 %)", "The whole change", "staffing"),
    (
        "--set staff.officer.people=2",
        "The cheapest staffing",
        "is kept from uptake 80 % on",
        "broken",
    ),
    ("Online hangs most on", "moves", "turns_at"),
    ("cases", "register", "officer: 1 on duty", "replays 100 %", "no faults"),
    ("no faults", "clerk", "One office, one procedure"),
    ("True", "sojourn_days_mean"),
    ("did you mean 'paper'?", "did you mean 'uptake'?"),
)
"""What each example prints, among the rest."""


@pytest.mark.parametrize(("example", "words"), [*zip(EXAMPLES, EXPECTED, strict=True)])
def test_every_example_runs_and_prints_what_the_page_tells(
    example: str, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = printed_by(example, tmp_path, monkeypatch)
    assert [each for each in words if each not in printed] == []


def test_an_example_with_a_typo_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = EXAMPLES[0].replace("variants=", "variant=")
    with pytest.raises(TypeError, match="variant"):
        printed_by(wrong, tmp_path, monkeypatch)


def test_every_python_block_of_the_page_is_run() -> None:
    assert PAGE.read_text(encoding="utf-8").count("```python") == len(EXAMPLES)


def test_the_page_names_what_the_package_offers() -> None:
    page = PAGE.read_text(encoding="utf-8")
    offered = set(sim.__all__) - {"__version__"}
    assert {name for name in offered if f"sim.{name}" not in page} == set()
    assert {name for name in {*offered, "people"} if f"sim.{name}" not in page} == {"people"}
