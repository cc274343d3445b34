"""Holds the documentation against the program: examples, links, rule numbers, names.

What a machine can check is checked here; each check is also shown something wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.kpis import KPIS
from sim.language import speaking
from sim.scenario.check import check
from sim.scenario.messages import show_faults
from sim.scenario.schema.steps import VERBS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GUIDE = DOCS / "scenario.md"
SEMANTICS = DOCS / "semantics.md"
GLOSSARY = DOCS / "glossary.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "scenarios").glob("*.md")])

BLOCK = re.compile(
    r"^<!-- (checked|file): ([^\n]*?) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE
)
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
IN_TEXT = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
RULE = re.compile(r"\b([TRFSLKE][1-9][0-9]?)\b")
DEFINED = re.compile(r"^- \*\*([TRFSLKE][1-9][0-9]?)\*\* ", re.MULTILINE)

NOT_IN_CODE = {"S7": "no line of code keeps bundles apart: staff belong to offices"}
"""Rules that hold because of what the code does not do."""

WEEKDAYS = "weekdays.py"
"""The module in which T2 is a Monday and no rule; on pages such a T2 stands between backticks."""


# -- examples ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A block of the guide that stands for a scenario: a whole one, or one laid over another."""

    file: str
    text: str
    line: int
    is_faulty: bool


def examples(page: str) -> Iterator[Example]:
    """The checked blocks of a page, as the files that a reader would make of them."""
    for match in BLOCK.finditer(page):
        kind, what, text = match.groups()
        line = page.count("\n", 0, match.start()) + 3
        words = what.split()
        if kind == "file":
            continue
        if words[0] == "scenario":
            yield Example(file=words[1], text=text, line=line, is_faulty=False)
        elif words[0] == "over":
            text = f"extends: {words[1]}\n{text}"
            yield Example(file=f"line-{line}.yaml", text=text, line=line, is_faulty=False)
        elif words == ["faults"]:
            yield Example(file="slips.yaml", text=text, line=line, is_faulty=True)
        else:
            raise ValueError(f"line {line}: nothing is known of 'checked: {what}'")


def write(page: str, folder: Path) -> None:
    """Put the examples of a page, and the CSV files that they name, into a folder."""
    for kind, what, text in BLOCK.findall(page):
        if kind == "file":
            (folder / what).write_text(text, encoding="utf-8")
    for example in examples(page):
        (folder / example.file).write_text(example.text, encoding="utf-8")


def faults_of(page: str, folder: Path) -> dict[str, str]:
    """What ``lienthong check`` says of each example of a page that should have no fault."""
    write(page, folder)
    said = {
        f"line {example.line}": show_faults(example.file, check(folder / example.file))
        for example in examples(page)
        if not example.is_faulty
    }
    return {line: text for line, text in said.items() if not text.endswith("no faults")}


def test_every_example_of_the_guide_has_no_fault(tmp_path: Path) -> None:
    page = GUIDE.read_text(encoding="utf-8")
    assert len(list(examples(page))) >= 18
    assert faults_of(page, tmp_path) == {}


def test_every_yaml_block_of_the_guide_is_checked() -> None:
    page = GUIDE.read_text(encoding="utf-8")
    assert page.count("```yaml") == len(list(examples(page)))


def test_an_example_with_a_typo_would_be_found(tmp_path: Path) -> None:
    page = GUIDE.read_text(encoding="utf-8").replace("supplement:", "suplement:", 1)
    assert "did you mean 'supplement'?" in "".join(faults_of(page, tmp_path).values())


def test_the_faults_shown_are_those_that_check_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = GUIDE.read_text(encoding="utf-8")
    write(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    (faulty,) = (example for example in examples(page) if example.is_faulty)
    shown = page[page.index(faulty.text) + len(faulty.text) :].split("```text\n")[1]
    assert shown.split("\n```")[0] == show_faults(faulty.file, check(faulty.file))
    with speaking("vi"):
        assert f"```text\n{show_faults(faulty.file, check(faulty.file))}\n```" in page


def test_the_guide_names_every_verb() -> None:
    rows = re.findall(r"^\| `(\w+): .*$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(VERBS) - {"resume"} <= set(rows)
    assert not set(VERBS) - {"resume"} <= set(rows) - {"together"}


def test_the_kpis_that_the_guide_names_exist() -> None:
    page = GUIDE.read_text(encoding="utf-8")
    table = page.split("| kpi | unit |")[1].split("\n\n")[0]
    named = {
        name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert len(named) > 10
    assert named <= set(KPIS)
    assert not named | {"waiting_time"} <= set(KPIS)


# -- links ---------------------------------------------------------------------------------------


def broken_links(page: Path, text: str) -> list[str]:
    """The relative links of a page that lead to no file, or to no heading in it."""
    broken = []
    for target in LINK.findall(FENCED.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            broken.append(target)
    return broken


def anchors(text: str) -> set[str]:
    """The anchors that the headings of a page get where it is shown."""
    headings = HEADING.findall(FENCED.sub("", text))
    return {re.sub(r"[^\w\- ]", "", each.strip().lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


def test_a_link_to_nowhere_would_be_found() -> None:
    text = "[a](semantics.md) [b](semantic.md) [c](semantics.md#time) [d](semantics.md#tme)"
    assert broken_links(SEMANTICS, text) == ["semantic.md", "semantics.md#tme"]


def test_every_page_of_the_documentation_is_on_its_map() -> None:
    on_map = set()
    for page in (DOCS / "README.md", DOCS / "decisions" / "README.md"):
        links = LINK.findall(page.read_text(encoding="utf-8"))
        on_map |= {(page.parent / link.partition("#")[0]).resolve() for link in links}
    pages = {page.resolve() for page in DOCS.rglob("*.md")}
    assert pages - {(DOCS / "README.md").resolve()} <= on_map


# -- rules ---------------------------------------------------------------------------------------


def rules_named(text: str) -> set[str]:
    """The numbers of rules that a text names: ``L1-L7`` and ``rules F7, F8`` give their ends."""
    return set(RULE.findall(text))


def rules_in_code() -> set[str]:
    """The rules that the comments and docstrings of the program name."""
    return {
        rule
        for file in (ROOT / "sim").rglob("*.py")
        if file.name != WEEKDAYS
        for rule in rules_named(file.read_text(encoding="utf-8"))
    }


def rules_defined() -> list[str]:
    """The rules of the semantics, in their order."""
    return DEFINED.findall(SEMANTICS.read_text(encoding="utf-8"))


def test_every_rule_that_the_code_names_is_defined() -> None:
    assert rules_in_code() <= set(rules_defined())
    assert not rules_in_code() | {"T9"} <= set(rules_defined())


def test_every_rule_defined_is_named_in_the_code() -> None:
    assert set(rules_defined()) - rules_in_code() == set(NOT_IN_CODE)


def test_every_rule_of_flow_work_and_records_is_named_in_the_reference_engine() -> None:
    modules = sorted((ROOT / "sim" / "engines" / "reference").glob("*.py"))
    engine = "\n".join(module.read_text(encoding="utf-8") for module in modules)
    carried_out_before_a_run = {"S7", "S8"}
    expected = {rule for rule in rules_defined() if rule[0] in "FSK"} - carried_out_before_a_run
    assert expected <= rules_named(engine)
    assert not expected <= rules_named(engine.replace("F8", ""))


def test_rules_are_numbered_without_gaps_and_defined_once() -> None:
    by_letter: dict[str, list[int]] = {}
    for rule in rules_defined():
        by_letter.setdefault(rule[0], []).append(int(rule[1:]))
    assert "".join(by_letter) == "TRFSLKE"
    for letter, numbers in by_letter.items():
        assert numbers == list(range(1, len(numbers) + 1)), letter


def test_every_rule_that_a_page_names_is_defined() -> None:
    for page in PAGES:
        text = IN_TEXT.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))
        assert rules_named(text) <= set(rules_defined())
    assert rules_named(IN_TEXT.sub("", "`T6` is a Friday, T9 a rule")) == {"T9"}


# -- names ---------------------------------------------------------------------------------------


def names_in_glossary(page: str) -> set[str]:
    """The names of code and of scenarios that the glossary gives, part by part."""
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ")]
    cells = [row[3] if len(row) == 6 else row[2] for row in rows]
    return {
        part
        for cell in cells
        for name in re.findall(r"`([^`]+)`", cell)
        for part in name.split(".")
    }


def unknown(names: set[str]) -> set[str]:
    """Those of the names that stand nowhere in the program and the scenarios."""
    files = [*(ROOT / "sim").rglob("*.py"), *(ROOT / "scenarios").rglob("*.yaml")]
    words = set(re.findall(r"\w+", " ".join(file.read_text(encoding="utf-8") for file in files)))
    return {name for name in names if not any(word.startswith(name.rstrip("…")) for word in words)}


def test_the_names_in_the_glossary_exist() -> None:
    names = names_in_glossary(GLOSSARY.read_text(encoding="utf-8"))
    assert len(names) > 60
    assert unknown(names) == set()
    assert unknown({"LegalClock", "LegalKlock"}) == {"LegalKlock"}
