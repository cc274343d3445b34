"""The report in Vietnamese: the page, its figures and the terminal have no English words left."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from rich.console import Console
from texts_of_code import left_in_english

from sim.errors import RequestError
from sim.experiment.results import Results
from sim.language import language, speaking
from sim.report import show_results
from sim.report.method import run_id
from sim.report.page import page
from sim.report.pictures import Pictures
from sim.report.view import bundles


class Words(HTMLParser):
    """What a reader reads of a page, without code and style."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] not in ("code", "style"):
            self.found.append(data)


def words(html: str) -> str:
    reader = Words()
    reader.feed(html)
    return "\n".join(reader.found)


def terminal(results: Results) -> str:
    into = Console(file=io.StringIO(), width=200, markup=False, highlight=False)
    show_results(into, results)
    return into.file.getvalue()  # type: ignore[attr-defined,no-any-return]


@pytest.fixture(scope="module")
def vietnamese(results: Results) -> str:
    with speaking("vi"):
        return page(results, Pictures())


def test_the_page_is_in_vietnamese_from_end_to_end(results: Results, vietnamese: str) -> None:
    assert '<html lang="vi">' in vietnamese
    assert left_in_english(words(vietnamese)) == []
    assert len(left_in_english(words(page(results, Pictures())))) > 40


def test_the_terminal_is_in_vietnamese_too(results: Results) -> None:
    with speaking("vi"):
        shown = terminal(results)
    assert left_in_english(shown) == []
    assert len(left_in_english(terminal(results))) > 5


def test_the_page_says_numbers_as_vietnamese_does(vietnamese: str) -> None:
    shown = words(vietnamese).replace("\u00a0", " ")

    def check(text: str) -> None:
        assert "không quá 4 ngày làm việc" in text
        assert re.search(r"\d,\d ngày làm việc", text)
        assert not re.search(r"\d\.\d ngày", text)
        assert not re.search(r"\d %", text.replace("47.8 %", "").replace("95 %", ""))

    check(shown)
    for wrong in ("4.5 ngày", "4,5 %"):
        with pytest.raises(AssertionError):
            check(f"{shown} {wrong}")


def test_pictures_are_drawn_in_the_language_in_use(results: Results) -> None:
    from sim.report.figures.ledger import time_ledger

    def texts() -> list[str]:
        (bundle,) = bundles(results)
        figure = time_ledger(results, bundle)
        assert figure is not None
        return [t.get_text() for t in figure.findobj(lambda each: hasattr(each, "get_text"))]

    with speaking("vi"):
        found = texts()
    assert any("Ngày theo lịch (24 giờ)" in text for text in found)
    assert left_in_english("\n".join(found)) == []
    assert left_in_english("\n".join(texts())) != []


def test_the_page_may_fetch_nothing(vietnamese: str) -> None:
    def check(html: str) -> None:
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
        rules = dict(each.split(maxsplit=1) for each in policy.replace("&#x27;", "'").split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["img-src"] == "data:"
        assert "script-src" not in rules
        # Before anything that could be loaded.
        assert html.index("Content-Security-Policy") < html.index("<style>")

    check(vietnamese)
    with pytest.raises(AssertionError):
        check(vietnamese.replace("img-src data:", "img-src *"))


STRESS = (
    "Purpose", "Outputs", "Aims of the experiments", "Overview", "Logic of the flows",
    "What differs between the settings", "Rules", "Entities: cases", "Activities", "Resources",
    "Queues", "Entry and exit", "Sources", "Input parameters", "Pre-processing", "Assumptions",
    "Initialisation", "Run length", "Estimation", "Random sampling", "Execution", "Software",
    "Hardware", "Computer model",
)  # fmt: skip


def test_the_method_has_every_heading_of_the_checklist_filled_from_the_model(
    results: Results,
) -> None:
    def check(html: str) -> None:
        items = re.findall(r'<div class="item"><h4>(.*?)</h4>(.*?)</div>', html)
        assert {heading for heading, _ in items} == set(STRESS)
        assert all(inside for _, inside in items)
        shown = words(html).replace("\u00a0", " ")
        for fact in (
            "42 days; cases that arrive in it are not measured",  # warm-up of the scenario
            "182 days behind the warm-up",
            "(role: officer; time: lognormal(mean 12 min, cv 0.5))",
            "channels online and paper",
            "Civil-status officer (hộ tịch)",
            "Births over communes",  # a source
            f"Run {run_id(results)}, seed 1.",
        ):
            assert fact in shown, fact

    check(page(results, Pictures()))
    with pytest.raises(AssertionError):
        check(page(results, Pictures()).replace("<h4>Queues</h4>", "<h4></h4>"))
    with pytest.raises(AssertionError):
        check(page(results, Pictures()).replace("182 days", "183 days"))


def test_another_seed_is_another_run(results: Results) -> None:
    from dataclasses import replace

    assert run_id(results) == run_id(replace(results, elapsed=1.0, title="Another"))
    assert run_id(results) != run_id(replace(results, seed=2))
    assert run_id(results) != run_id(replace(results, replications=5))


def test_a_language_that_is_not_there_is_refused_in_python() -> None:
    from sim.api.languages import in_language

    def refused(make: Callable[[], object]) -> str:
        with pytest.raises(RequestError) as told:
            make()
        return str(told.value)

    assert "Known: en, vi." in refused(lambda: in_language("Vietnamese"))
    with in_language("vi"), in_language(None):
        assert language() == "vi"
