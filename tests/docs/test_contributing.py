"""CONTRIBUTING.md is true where a machine can tell: paths, rooms, targets and variables exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
IN_THE_REPOSITORY = ("sim", "scenarios", "tests", "docs", "results", "benchmarks")


def missing_paths(page: str) -> list[str]:
    """What stands in backticks like a path of the repository, and is not there."""
    names = [
        word.rstrip(".,:;)")
        for text in re.findall(r"`([^`]+)`", page)
        for word in text.split()
        if word.startswith(tuple(f"{top}/" for top in IN_THE_REPOSITORY)) or word.endswith(".md")
    ]
    assert len(names) > 20
    return [name for name in names if not list(ROOT.glob(name.rstrip("/")))]


def rows_of(page: str) -> list[list[str]]:
    """The rooms by row, from the top, as the page has them."""
    _, _, after = page.partition("<!-- rooms, from the top -->")
    table, _, _ = after.partition("<!-- /rooms -->")
    return [re.findall(r"`(\w+)`", line) for line in table.splitlines() if "`" in line]


def rows_held() -> list[list[str]]:
    """The rooms by row that the linter holds; those in parentheses are still to be built."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == ["sim"])
    rooms = [[room.strip() for room in row.split("|") if "(" not in room] for row in layers]
    return [row for row in rooms if row]


def unknown_targets(page: str) -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    return set(re.findall(r"`make ([a-z-]+)", page)) - known


def unread_variables(page: str) -> set[str]:
    """Environment variables of ours that no test reads."""
    tests = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("*.py"))
    return {name for name in re.findall(r"LIENTHONG_\w+", page) if f'"{name}"' not in tests}


def test_every_path_that_is_named_exists() -> None:
    assert missing_paths(PAGE) == []
    assert missing_paths(PAGE.replace("sim/kpis/", "sim/kpi/")) == ["sim/kpi/"] * 3


def test_the_rooms_are_those_that_the_linter_holds() -> None:
    assert rows_of(PAGE) == rows_held()
    assert rows_of(PAGE.replace("| `model`, `records` |", "| `model` |")) != rows_held()


def test_the_numbers_of_rows_count_down_to_1() -> None:
    numbers = [int(row) for row in re.findall(r"^\| (\d+) \| `", PAGE, re.MULTILINE)]
    assert numbers == list(range(len(rows_held()), 0, -1))


def test_every_make_target_that_is_named_exists() -> None:
    assert unknown_targets(PAGE) == set()
    assert unknown_targets(PAGE + "`make tea`") == {"tea"}


def test_every_variable_that_is_named_is_read() -> None:
    assert unread_variables(PAGE) == set()
    assert unread_variables("LIENTHONG_" + "NOTHING=1") == {"LIENTHONG_" + "NOTHING"}
