"""Finds the texts that the code says, so that tests can hold the catalogues to them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

SAYING = {"say": 0, "later": 0, "say_in": 1}
"""Functions that say a text, and the place of the text among their arguments."""


def texts_of(source: str) -> Iterator[tuple[str, str]]:
    """Each text that a module says: the text, and its plural or nothing."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        words = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
        if name in SAYING and len(words) > SAYING[name]:
            text = words[SAYING[name]]
            if isinstance(text, str):
                yield text, ""
        elif name == "several" and len(words) == 3 and isinstance(words[1], str):
            yield words[1], str(words[2])
        elif name == "counted" and isinstance(words[1], str):
            yield words[1], words[2] if len(words) > 2 and words[2] else f"{words[1]}s"
        elif name == "Phrases" and node.args:
            for each in ast.walk(node.args[0]):
                if isinstance(each, ast.Dict):
                    for value in each.values:
                        assert isinstance(value, ast.Constant), ast.unparse(value)
                        yield value.value, ""


def texts_in(*rooms: str) -> dict[str, str]:
    """The texts of all modules of some rooms, with their plurals."""
    found: dict[str, str] = {}
    for room in rooms:
        place = ROOT / "sim" / room
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        for file in files:
            for text, plural in texts_of(file.read_text(encoding="utf-8")):
                found[text] = plural or found.get(text, "")
    return found
