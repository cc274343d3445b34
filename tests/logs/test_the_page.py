"""Holds docs/logs.md against the program: meanings of columns, formats, options."""

from __future__ import annotations

import re
from pathlib import Path

from sim.cli.parser import build_parser
from sim.logs.headings import MEANINGS
from sim.logs.targets import FORMATS

PAGE = (Path(__file__).parents[2] / "docs" / "logs.md").read_text(encoding="utf-8")


def meanings(page: str) -> dict[str, str]:
    text = page.split("<!-- columns: meanings -->\n")[1].split("\n\n", maxsplit=1)[0]
    rows = [line.split("|")[1:-1] for line in text.splitlines()[2:]]
    return {name.strip().strip("`"): words.strip() for name, words in rows}


def unknown_options(page: str) -> set[str]:
    used = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*)", page))
    parser = build_parser()
    (verbs,) = (each for each in parser._actions if each.dest == "verb")
    known = {
        option
        for verb in verbs.choices.values()  # type: ignore[union-attr]
        for action in verb._actions
        for option in action.option_strings
    }
    return used - known


def test_the_page_says_what_each_column_can_mean() -> None:
    assert meanings(PAGE) == dict(MEANINGS)
    assert meanings(PAGE.replace("| `home` |", "| `house` |")) != dict(MEANINGS)


def test_the_page_names_every_format_and_no_option_that_is_not_there() -> None:
    assert [name for name in FORMATS if f"`{name}`" not in PAGE] == []
    assert unknown_options(PAGE) == set()
    assert unknown_options(PAGE + " --leave-outs") == {"--leave-outs"}
