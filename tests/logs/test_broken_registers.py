"""Registers in ``broken`` have one flaw each, told in the words of the text beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import LogError
from sim.logs.flaws import flaws_of
from sim.logs.mapping import Reading
from sim.logs.reading import read_log
from sim.report.flaws import finding_line

HERE = Path(__file__).parent / "broken"
REGISTERS = sorted(path.name for path in HERE.iterdir() if path.suffix != ".txt")


def told_of(name: str) -> str:
    """What is refused, or else what is found wrong."""
    try:
        log = read_log(Path(name), Reading())
    except LogError as error:
        return f"refused\n{error}\n"
    return "\n".join(["read", *map(finding_line, flaws_of(log))]) + "\n"


def expected(name: str) -> str:
    return (HERE / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", REGISTERS)
def test_a_broken_register_is_told_in_these_words(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(HERE)
    assert told_of(name) == expected(name)


def test_other_words_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    with pytest.raises(AssertionError):
        assert told_of("text-dates.csv") == expected("text-dates.csv").replace("row 6", "row 7")
    with pytest.raises(AssertionError):
        assert told_of("ends-before-starts.csv") == expected("headings-in-nfd.csv")


def test_every_text_has_its_register() -> None:
    texts = sorted(path.name.removesuffix(".txt") for path in HERE.glob("*.txt"))
    assert texts == REGISTERS
    assert len(REGISTERS) >= 30


@pytest.mark.parametrize("name", REGISTERS)
def test_what_is_refused_names_its_place_and_a_way_out(name: str) -> None:
    kind, *lines = expected(name).splitlines()
    assert kind in ("read", "refused")
    for line in lines if kind == "refused" else ():
        place, _, words = line.partition(": ")
        assert place.startswith(name)
        assert ". " in words or "; " in words
