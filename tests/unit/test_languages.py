"""Two languages: every text has both, numbers and dates take the form of each, nothing leaks."""

from __future__ import annotations

import argparse
import ast
import datetime as dt
import re
import string
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from texts_of_code import ROOT, texts_in, texts_left_out, texts_of

from sim import api
from sim.cli import main
from sim.cli.argparse_words import WORDS
from sim.errors import RequestError
from sim.kpis import KPIS
from sim.language import (
    date_in_words,
    language,
    say,
    say_in,
    say_of_scenario,
    several,
    speaking,
    weekday_in_words,
)
from sim.language.catalogue import OF_SCENARIOS
from sim.report.page import page
from sim.report.pictures import Pictures
from sim.report.words import amount, between, counted, difference, duration, number
from sim.scenario.text.yaml import read_file

SAID = ("report", "api", "cli", "answers", "experiment", "page", "logs", "engines", "language")
"""Rooms whose texts are in both languages."""

OF_FAULTS = (
    "arrivals",
    "distributions",
    "files",
    "model",
    "public_holidays",
    "scenario",
    "units",
    "wording",
)
"""Rooms that find faults in a scenario or a model, whose texts are in both languages too."""

NOT_TOLD = frozenset(
    {
        # What is offered, by name; what columns of files mean, in English as their names.
        "api/__init__.py",
        "answers/verdicts.py",
        "experiment/columns.py",
        "experiment/tables.py",
        "logs/event_log.py",
        "logs/headings.py",
        # The formats of registers, and of dates in them.
        "logs/instants.py",
        "logs/sources/ocel_files.py",
        "logs/targets/ocel.py",
        "logs/targets/register.py",
        "logs/targets/xes.py",
    }
)
"""Modules with words that no reader is told, below ``sim``."""

WITHOUT_GLUE = [
    path
    for room in ("report", "page", "api", "cli", "answers", "experiment", "logs")
    for path in sorted((ROOT / "sim" / room).rglob("*.py"))
    if path.relative_to(ROOT / "sim").as_posix() not in NOT_TOLD
]
"""Modules all of whose words go through the catalogue."""

DAY = dt.date(2026, 11, 26)


@pytest.fixture(scope="module")
def vietnamese() -> Catalog:
    with (ROOT / "sim" / "language" / "vi.po").open("rb") as stream:
        return read_po(stream, locale="vi")


def said() -> dict[str, str]:
    """Every text that is said, with its plural: those written out, and the labels of KPIs."""
    return texts_in(*SAID, *OF_FAULTS) | {kpi.label: "" for kpi in KPIS.values()}


def fields(text: str) -> set[str]:
    """What is filled in: by name, and as ``argparse`` has it."""
    named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return named | set(re.findall(r"%(?:\(\w+\))?[a-z%]", text))


def missing(texts: Mapping[str, str], found: Catalog) -> list[str]:
    """Texts without Vietnamese, or whose Vietnamese has other fields."""
    faults = []
    for text, plural in texts.items():
        message = found.get(text)
        translated = message.string if message else ""
        if isinstance(translated, tuple):
            translated = translated[0]
        if not translated or fields(translated) != fields(text) | fields(plural):
            faults.append(text)
    return faults


def test_every_text_has_its_vietnamese_with_the_same_fields(vietnamese: Catalog) -> None:
    assert len(said()) > 400
    assert missing(said(), vietnamese) == []
    assert missing({"A text that nobody translated.": ""}, vietnamese) != []
    wrong = Catalog(locale="vi")
    wrong.add("{n} of {settings}", "{n} trên {phuong_an}")
    wrong.add("the engine (default: %(default)s)", "bộ máy mô phỏng")
    assert missing({"{n} of {settings}": ""}, wrong) == ["{n} of {settings}"]
    helped = "the engine (default: %(default)s)"
    assert missing({helped: ""}, wrong) == [helped]


@pytest.mark.parametrize(
    "text",
    [
        "simulate a scenario, or variants of it",  # the help of a verb
        "show no progress",  # of an option
        "the following arguments are required: %s",  # of argparse itself
        "{many} end before they start",  # a flaw of a register
        "{name}: no case has ended, so that no way can be learnt.",  # a fault of one
        "no engine '{engine}'; there are: {known}",  # a fault of a request
        "No space left on device",  # what the system says
    ],
)
def test_words_of_every_kind_are_looked_for(text: str, vietnamese: Catalog) -> None:
    assert missing({text: said()[text]}, vietnamese) == []
    without = Catalog(locale="vi")
    for each in vietnamese:
        if each.id != text:
            without.add(each.id, each.string, context=each.context)
    assert missing(said(), without) == [text]


def test_all_that_argparse_says_to_a_user_is_said() -> None:
    def unsaid(words: Collection[str]) -> list[str]:
        return [text for text in texts_of_argparse() if text not in words]

    assert unsaid({*WORDS, *TO_DEVELOPERS}) == []
    assert unsaid({*WORDS, *TO_DEVELOPERS} - {"usage: "}) == ["usage: "]


TO_DEVELOPERS = {
    ".__call__() not defined", "conflicting subparser: %s", "conflicting subparser alias: %s",
    "unknown parser %(parser_name)r (choices: %(choices)s)", 'argument "-" with mode %r',
    "can't open '%(filename)s': %(error)s", "cannot merge actions - two groups are named %r",
    "'required' is an invalid argument for positionals",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",

    "dest= is required for options like %r", "invalid conflict_resolution value: %r",
    "mutually exclusive arguments must be optional", "cannot have multiple subparser arguments",
    "subcommands", "unexpected option string: %s", "%r is not callable",
}  # fmt: skip
"""What ``argparse`` says of parsers, or of what no parser of ours has: types of files, titles."""


def texts_of_argparse() -> list[str]:
    """Texts that ``argparse`` gives to gettext, as far as its source shows."""
    tree = ast.parse(Path(argparse.__file__).read_text(encoding="utf-8"))
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and isinstance(node.args[0], ast.Constant)
    ]


def test_every_text_is_given_the_fields_that_stand_in_it() -> None:
    def unlike(source: str) -> list[str]:
        return [
            text.value
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("say", "several")
            and node.keywords
            for text in node.args[-1:]
            if isinstance(text, ast.Constant)
            if {each.arg for each in node.keywords} != fields(text.value)
        ]

    for path in sorted((ROOT / "sim").rglob("*.py")):
        assert unlike(path.read_text(encoding="utf-8")) == [], path
    assert unlike('say("{n} of {all}", n=1)') == ["{n} of {all}"]
    assert unlike('say("{n} of {all}", n=1, all=2)') == []


def equations() -> dict[str, str]:
    return {kpi.equation: "" for kpi in KPIS.values()}


def test_every_equation_of_a_kpi_has_its_vietnamese(vietnamese: Catalog) -> None:
    assert missing(equations(), vietnamese) == []
    assert missing(equations() | {"n_open / n": ""}, vietnamese) == ["n_open / n"]


def test_no_translation_is_of_a_text_that_nobody_says(vietnamese: Catalog) -> None:
    def unused(texts: Mapping[str, str]) -> list[str]:
        return [
            text
            for each in vietnamese
            if not each.context
            for text in [each.id[0] if isinstance(each.id, tuple) else each.id]
            if text and text not in texts
        ]

    known = said() | equations()
    assert unused(known) == []
    assert unused({text: p for text, p in known.items() if text != "Answer"}) == ["Answer"]


@pytest.mark.parametrize(
    "module", WITHOUT_GLUE, ids=lambda path: path.relative_to(ROOT / "sim").as_posix()
)
def test_no_words_for_a_reader_go_past_the_catalogue(module: Path) -> None:
    assert texts_left_out(module.read_text(encoding="utf-8")) == []


def test_words_that_go_past_the_catalogue_are_noticed() -> None:
    assert texts_left_out('x = f"{n} settings"') == [" settings"]
    assert texts_left_out('tag("p", "How sure this is")') == ["How sure this is"]
    assert texts_left_out('heads = ("Setting",)') == ["Setting"]
    assert texts_left_out('tag("p", say("How sure this is"), kind="values")') == []
    assert texts_left_out('verb.add_argument("--seed", help="of the draws")') == ["of the draws"]
    assert texts_left_out('raise RequestError(f"no lever {name}")') == ["no lever "]
    assert texts_left_out('raise ValueError("a bug")') == []
    assert texts_left_out('yield "    mark: measured"') == []
    assert texts_left_out('yield "  This is a sentence."') == ["  This is a sentence."]


def test_a_text_is_found_however_it_is_said() -> None:
    code = 'say("A {b}", b=1); later("C"); counted(n, "copy", "copies"); Phrases({"d": "D"})'
    assert set(texts_of(code)) == {("A {b}", ""), ("C", ""), ("copy", "copies"), ("D", "")}


def labels_of(tree: object) -> Iterator[str]:
    """What a scenario calls things: titles, descriptions, labels."""
    if isinstance(tree, dict):
        for key, below in tree.items():
            if key in ("title", "description", "label") and isinstance(below, str):
                yield below.strip()
            else:
                yield from labels_of(below)
    elif isinstance(tree, list):
        for below in tree:
            yield from labels_of(below)


def test_every_label_of_a_shipped_scenario_has_its_vietnamese(vietnamese: Catalog) -> None:
    def lacking(label: str) -> bool:
        found = vietnamese.get(label, OF_SCENARIOS)
        return not (found and found.string)

    files = sorted((ROOT / "scenarios").rglob("*.yaml"))
    labels = {label for file in files for label in labels_of(read_file(str(file))[1].tree)}
    assert len(labels) > 100
    assert sorted(filter(lacking, labels)) == []
    assert lacking("Nothing of this name")


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        (
            "en",
            "1 234.5; 24.2 wd; +1.5 points; 98.2 %; 1.0 to 2.5; 2 h 30 min; "
            "26 Nov 2026; 2026-11-26; Thursday 26 November 2026; 2 settings",
        ),
        (
            "vi",
            "1.234,5; 24,2 ngày làm việc; +1,5 điểm phần trăm; 98,2%; 1,0 đến 2,5; 2 giờ 30 phút; "
            "26/11/2026; 26/11/2026; Thứ Năm, 26/11/2026; 2 phương án",
        ),
    ],
)
def test_numbers_shares_and_dates_take_the_form_of_the_language(spoken: str, expected: str) -> None:
    def shown() -> str:
        texts = [
            number(1234.5, 1),
            amount(24.2, "wd"),
            difference(0.015, "share"),
            amount(0.982, "share"),
            between(1, 2.5),
            duration(9_000_000_000),
            date_in_words(DAY),
            date_in_words(DAY, is_plain=True),
            weekday_in_words(DAY),
            counted(2, "setting"),
        ]
        return "; ".join(texts).replace("\u00a0", " ")

    with speaking(spoken):
        assert shown() == expected
    with speaking({"en": "vi", "vi": "en"}[spoken]):  # the twin
        assert shown() != expected


def test_a_count_of_one_is_told_in_the_singular_where_there_is_one() -> None:
    assert [several(n, "setting", "settings") for n in (0, 1, 2)] == [
        "settings",
        "setting",
        "settings",
    ]
    with speaking("vi"):
        assert {several(n, "setting", "settings") for n in (0, 1, 2)} == {"phương án"}


def test_each_thread_speaks_its_own_language_and_gives_it_back() -> None:
    def told(spoken: str) -> tuple[str, str, str]:
        with speaking(spoken):
            before = say("Answer")
            with speaking("vi" if spoken == "en" else "en"):
                within = say("Answer")
            return before, within, say("Answer")

    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(told, ["vi", "en"] * 20))
    assert both == [("Trả lời", "Answer", "Trả lời"), ("Answer", "Trả lời", "Answer")] * 20
    assert language() == "en"


def test_what_a_scenario_says_is_left_as_it_is_unless_it_is_a_shipped_text() -> None:
    with speaking("vi"):
        assert say_of_scenario("By the letter") == "Đúng câu chữ quy định"
        assert say_of_scenario("My own {label}") == "My own {label}"
        assert say_of_scenario("Answer") == "Answer"  # a text of ours, not of a scenario
        assert say_in("elsewhere", "Answer") == "Answer"
        assert say("{step} took {time}", step="{time}", time="2 giờ") == "{time} mất 2 giờ"


def test_there_is_no_other_language() -> None:
    with pytest.raises(ValueError, match="no language 'fr'"), speaking("fr"):
        pass
    with speaking("vi"), speaking(None):
        assert language() == "vi"


def test_the_command_takes_its_language_from_the_option_then_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def headings(*words: str) -> str:
        assert main(["kpis", *words]) == 0
        return capsys.readouterr().out

    assert "Meaning" in headings()
    assert "Ý nghĩa" in headings("--lang", "vi")
    monkeypatch.setenv("LIENTHONG_LANG", "vi")
    assert "Ý nghĩa" in headings()
    assert "Meaning" in headings("--lang", "en")


@pytest.mark.parametrize(("words", "where"), [(["--lang", "fr"], "--lang"), ([], "LIENTHONG_LANG")])
def test_a_language_that_is_not_there_is_refused_with_those_that_are(
    words: list[str],
    where: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "fr")
    assert main(["kpis", *words]) == 2
    message = capsys.readouterr().err
    assert message == f"lienthong: there is no language 'fr' ({where}). Known: en, vi.\n"


def test_no_translation_has_lost_its_diacritics(vietnamese: Catalog) -> None:
    """Of the long ones nearly every word has a sign that English has not."""

    def is_plain(text: str) -> bool:
        words = re.sub(r"\{\w+\}|\w+_\w+", "", text)  # without fields, and names of columns
        return len(words) > 40 and sum(not char.isascii() for char in words) < 0.08 * len(words)

    texts = [each.string for each in vietnamese if each.id and isinstance(each.string, str)]
    assert [text for text in texts if is_plain(text)] == []
    assert is_plain("Ho so chua ket thuc khi mo phong dung, so ngay trung binh khong tinh")


def test_one_study_gives_reports_and_stories_in_both_languages(tmp_path: Path) -> None:
    study = api.run(
        ROOT / "scenarios" / "first.yaml", replications=1, engine="reference", workers=1, lang="vi"
    )
    assert study.results is not None
    study.report(tmp_path / "vi.html", lang="vi")

    def check(texts: Mapping[str, str]) -> None:
        assert "Một cơ quan, một thủ tục, hai hình thức nộp" in texts["vi"]
        assert "Thời gian đi đâu" in texts["vi"]
        assert "One office, one procedure, two channels" in texts["en"]
        assert "Where the time goes" in texts["en"]
        assert "Thời gian đi đâu" not in texts["en"]

    in_vietnamese = (tmp_path / "vi.html").read_text(encoding="utf-8")
    shown = {"vi": in_vietnamese, "en": page(study.results, Pictures())}
    check(shown)
    with pytest.raises(AssertionError):
        check({"vi": shown["en"], "en": shown["vi"]})

    told = study.story(which="slowest", lang="vi")
    assert "Thời gian đi đâu" in str(told)
    assert "Where the time went" in str(study.story(which="slowest"))
    assert language() == "en"
    with pytest.raises(RequestError, match="no language 'fr'"):
        study.report(tmp_path / "fr.html", lang="fr")
