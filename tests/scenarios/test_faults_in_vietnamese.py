"""The faults of scenarios in Vietnamese: whole sentences of the catalogue, and no English left."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from texts_of_code import ROOT, texts_in, texts_left_out

from sim.cli import main
from sim.distributions import parse_duration
from sim.distributions import text as distributions
from sim.errors import Fault, ValueFault
from sim.experiment.checks import check
from sim.kpis import KPIS
from sim.language import say, speaking
from sim.public_holidays import SWAPS
from sim.scenario import show_faults
from sim.scenario.schema.sections import known_fields
from sim.scenario.schema.steps import VERBS
from sim.units import spans, weekdays

HERE = Path(__file__).parent / "invalid"
INVALID = sorted(path.stem for path in HERE.glob("*.yaml"))
IN_WORDS = sorted(path.stem for path in (HERE / "vietnamese").glob("*.txt"))

ROOMS = ("distributions", "scenario", "units")

OF_THE_FORMAT = {
    "0 min", "1 x", "NFC", "VN", "VND", "Null", "NULL", "True", "TRUE", "False", "FALSE", "Cc",
    "Cf", "U+", "TCVN3", "Windows-1258", "Windows-1252 (Latin-1)", " wd", " x", "names only",
    "year first", "day first", "discrete(5 min 30 %, 10 min 70 %)",
    "normal(mean 10 min, sd 2 min)", "lognormal(mean 25 min, cv 0.6)", "gamma(mean 25 min, cv 0.6)",
    "erlang(mean 25 min, k 3)", "weibull(mean 25 min, cv 0.6)", "working day", "working days",
    "tổng cộng", "tổng số", "not written", "reading ", *weekdays._DAY_OF, *spans._WORDS,
    *(text for swap in SWAPS["VN"] for text in (swap.name, swap.source)),
}  # fmt: skip
"""What looks like words, and is written in files or read from them."""

OF_MACHINES = {"above ", "at ", "alone ", " by date"}
"""Names of streams of random numbers, of groups and of calendars, which nobody is told."""

FOR_EDITORS = {"fields", "json_schema"}
"""Modules whose words are the help of the JSON Schema, in English alone."""

OF_THE_PROGRAM = {
    *known_fields(), *VERBS, *KPIS, *distributions._NAMES, "range", "mark", "wd", "min", "MB",
    "stated", "measured", "derived", "pause", "finish", "cv", "mean", "sd", "k", "rest", "UTF",
    "Windows", "yaml", "csv", "lienthong", "none", "dated", "YAML", "OVERRIDE", "LEFT", "RIGHT",
    "Windows-1258", "D800", "e9", "tháng", "first_come", "earliest_due", "latest_come", "always",
    "year", "first", "share", "VND",
}  # fmt: skip
"""Words of scenarios that stay as they are in every language."""


def faults_of(name: str, language: str) -> tuple[Fault, ...]:
    with speaking(language):
        return check(f"{name}.yaml")


@pytest.mark.parametrize("name", IN_WORDS)
def test_an_invalid_file_is_refused_in_these_vietnamese_words(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("LIENTHONG_LANG", "vi")
    expected = (HERE / "vietnamese" / f"{name}.txt").read_text(encoding="utf-8")

    assert main(["check", "--quiet", f"{name}.yaml"]) == 2
    assert capsys.readouterr().err == expected

    monkeypatch.setenv("LIENTHONG_LANG", "en")  # the twin
    main(["check", "--quiet", f"{name}.yaml"])
    assert capsys.readouterr().err != expected


@pytest.mark.parametrize("verb", ["run", "explain", "staff"])
def test_every_verb_tells_faults_in_the_language_in_use(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("LIENTHONG_LANG", "vi")
    assert main([verb, "number.yaml"]) == 2
    shown = capsys.readouterr().err
    assert "number.yaml: 1 lỗi" in shown
    assert "'two' không phải là số. Hãy viết, ví dụ, 2300 hoặc 0.5." in shown


@pytest.mark.parametrize("name", INVALID)
def test_the_same_faults_are_found_in_both_languages_at_the_same_places(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(HERE)
    english, vietnamese = (faults_of(name, language) for language in ("en", "vi"))
    assert sorted((each.place, each.path) for each in vietnamese) == sorted(
        (each.place, each.path) for each in english
    )
    told = {each.message for each in english} & {each.message for each in vietnamese}
    assert not told
    assert {each.way_out for each in english if each.way_out}.isdisjoint(
        each.way_out for each in vietnamese
    )
    assert [bool(each.way_out) for each in sorted(english, key=_where)] == [
        bool(each.way_out) for each in sorted(vietnamese, key=_where)
    ]


def _where(fault: Fault) -> tuple[str, str, bool]:
    return fault.place, fault.path, bool(fault.way_out)


class Marked(NullTranslations):
    """A catalogue that sets its own words in brackets, and leaves what stands in their fields."""

    def gettext(self, message: str) -> str:
        parts = re.split(r"(\{\w+\})", message)
        return "".join(f"⟦{each}⟧" if place % 2 == 0 else each for place, each in enumerate(parts))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def words_past_the_catalogue(told: str, written: str) -> list[str]:
    """Words of a message that are neither the catalogue's, nor a file's, nor the program's."""
    while (bare := re.sub(r"⟦[^⟦⟧]*⟧", " ", told)) != told:
        told = bare
    words = re.findall(r"[^\W\d_][\w-]*", told)
    return [word for word in words if word not in written and word not in OF_THE_PROGRAM]


def written_in(folder: Path) -> str:
    files = (each for each in sorted(folder.rglob("*")) if each.suffix in (".yaml", ".csv"))
    texts = [each.read_bytes().decode("utf-8", "replace") for each in files]
    return "\n".join([*texts, *(each.name for each in folder.rglob("*"))])


@pytest.fixture(scope="module")
def written() -> str:
    return written_in(HERE)


@pytest.mark.parametrize("name", INVALID)
def test_every_word_of_a_fault_comes_through_the_catalogue(
    name: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(HERE)
    monkeypatch.setattr("sim.language.speech.catalogue", lambda _: Marked())
    for fault in faults_of(name, "vi"):
        assert "⟦" in fault.message
        assert words_past_the_catalogue(fault.message, written) == []
        assert words_past_the_catalogue(fault.way_out, written) == []


NO_YAML = (
    "a: b: c", "a: [1", "a: 'x", 'a: "\\q"', "- a\nb: c", "a: |9x\n  y", "%YAML 2\n---\na: 1",
    "%TAG x\n---\na: 1", "a: !foo!bar x", "a: {b: 1, c", "a: @x", "a: b\n\tc: d", 'a: "x\n--- y"',
    "a: - b", "a: &", "a: !<x", 'a: "\\x4"', "%FOO\na", "... x\n", "a: }", "{a: 1}}", "a: !!\nb",
    "a:\n  - b\n c: d", "%YAML 1.2\n%YAML 1.2\n---\na: 1", "a: \ufffe",
)  # fmt: skip
"""Slips for each of which the parser of YAML has words of its own."""


@pytest.mark.parametrize("text", NO_YAML)
def test_what_the_parser_says_is_told_in_words_of_the_catalogue(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slip.yaml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr("sim.language.speech.catalogue", lambda _: Marked())
    (fault,) = check(path)
    assert fault.message.startswith("⟦not YAML: ⟧")
    assert words_past_the_catalogue(fault.message, f"{text} x00 xfffe n t") == []


def test_what_python_says_of_a_file_is_told_in_words_of_the_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "latin.csv").write_bytes("giây\n".encode("latin-1"))
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.setattr("sim.language.speech.catalogue", lambda _: Marked())
    for name in ("latin.csv", "folder.csv"):
        with pytest.raises(ValueFault) as caught:
            parse_duration(f"empirical({name})", folder=tmp_path)
        assert words_past_the_catalogue(caught.value.message, f"{name} empirical utf-8 xe2") == []


def test_a_word_past_the_catalogue_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.language.speech.catalogue", lambda _: Marked())
    assert words_past_the_catalogue(say("no '{part}' in {above}", part="a", above="b"), "a b") == []
    glued = say("no '{part}' in {above}", part="a", above="whatever stands above")
    assert words_past_the_catalogue(glued, "a") == ["whatever", "stands", "above"]


def modules() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / "sim" / room).rglob("*.py")):
            if path.stem not in FOR_EDITORS:
                yield path
    yield ROOT / "sim" / "experiment" / "claims.py"
    yield ROOT / "sim" / "experiment" / "loads.py"
    yield ROOT / "sim" / "wording.py"
    yield ROOT / "sim" / "public_holidays.py"


def left_out(source: str) -> list[str]:
    """Words of a module past the catalogue; what is raised counts as what is returned does."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        found = getattr(node, "body", None)
        body = found if isinstance(found, list) else []
        for place, each in enumerate(body):
            if isinstance(each, ast.Raise) and isinstance(each.exc, ast.Call):
                is_bug = isinstance(each.exc.func, ast.Name) and each.exc.func.id == "ValueError"
                body[place] = each if is_bug else ast.Expr(each.exc)
    words = texts_left_out(ast.unparse(tree))
    return [word for word in words if word not in OF_THE_FORMAT | OF_MACHINES]


@pytest.mark.parametrize("module", [*modules()], ids=lambda path: path.stem)
def test_no_words_of_a_fault_go_past_the_catalogue(module: Path) -> None:
    assert left_out(module.read_text(encoding="utf-8")) == []


def test_a_new_fault_without_the_catalogue_is_noticed() -> None:
    glued = """
def read(value, faults, path):
    if value is None:
        raise ValueFault(f"{value} is nothing at all", way_out="Write something.")
    faults.add(path, "a fault that nobody translated", f"Give {value} or more.")
"""
    assert set(left_out(glued)) == {
        " is nothing at all", "Write something.", "a fault that nobody translated", "Give ",
        " or more.",
    }  # fmt: skip
    said = """
def read(value, faults, path):
    if value is None:
        raise ValueFault(say("{value} is nothing at all", value=value))
    raise ValueError(f"{value} is a bug, told to nobody")
"""
    assert left_out(said) == []


def said_too_early(source: str) -> list[str]:
    """Texts that are said as a module is read, when no language is set yet."""
    tree = ast.parse(source)
    within = {
        each
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for part in (node.body if isinstance(node.body, list) else [node.body])
        for each in ast.walk(part)
    }
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node not in within
        if isinstance(node.func, ast.Name) and node.func.id in ("say", "say_in", "several")
    ]


def test_no_text_is_said_before_a_language_is_set() -> None:
    files = sorted((ROOT / "sim").rglob("*.py"))
    assert {str(file): found for file in files if (found := said_too_early(file.read_text()))} == {}
    assert said_too_early('WAY_OUT = say("Leave it out.")') == ["say('Leave it out.')"]
    assert said_too_early('def way_out(text=say("Leave it out.")):\n    pass') != []
    assert said_too_early('def way_out():\n    return say("Leave it out.")') == []
    assert said_too_early('async def way_out():\n    return say("Leave it out.")') == []


def test_a_way_out_stays_a_sentence_of_its_own_or_goes_on_in_one() -> None:
    """A fault looks at the first letter to tell a question from an advice."""

    def changed(texts: dict[str, str]) -> list[str]:
        return [
            text
            for text, vietnamese in texts.items()
            if text[0].isalpha()
            and text[-1] in ".?"
            and (text[0].islower(), text[-1]) != (vietnamese[0].islower(), vietnamese[-1])
        ]

    with speaking("vi"):
        translated = {text: say(text) for text in texts_in(*ROOMS, "wording")}
    assert changed(translated) == []
    assert changed({"Leave it out.": "hãy bỏ đi."}) == ["Leave it out."]


def test_translations_keep_what_is_to_be_written_in_the_file() -> None:
    """Keys, values and examples in quotes are the same in both."""

    def lost(english: str, vietnamese: str) -> set[str]:
        quoted = set(re.findall(r"`([^`]+)`", english))
        fields = {name for _, name, _, _ in string.Formatter().parse(english) if name}
        return {each for each in quoted | fields if each not in vietnamese}

    with speaking("vi"):
        assert not any(lost(text, say(text)) for text in texts_in(*ROOMS))
    assert lost("Put `rest` last.", "Hãy đặt ở cuối.") == {"rest"}


def test_the_number_of_faults_and_none_at_all_are_told_in_vietnamese() -> None:
    fault = Fault(file="a.yaml", line=1, column=1, path="seed", message="m")
    with speaking("vi"):
        assert show_faults("a.yaml", [fault, fault]).startswith("a.yaml: 2 lỗi\n")
        assert show_faults("a.yaml", []) == "a.yaml: không có lỗi"
    assert show_faults("a.yaml", []) == "a.yaml: no faults"
