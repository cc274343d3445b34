"""The page: it opens without a network, escapes everything and names every assumption."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from reader_of_pages import read

from sim.experiment.results import Results
from sim.report.assumptions import values_of
from sim.report.html import Html, table, tag, text
from sim.report.page import page
from sim.report.pictures import Pictures, pictures
from sim.scenario import values


def words(html: str) -> str:
    return "\n".join(read(html).words).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def html(results: Results) -> str:
    return page(results, pictures(results))


def check_alone(html: str) -> None:
    """A page is alone if it links to itself and to what it holds, and has no script."""
    reader = read(html)
    assert all(link.startswith(("#", "data:")) for link in reader.links)
    assert not {"script", "link", "iframe", "object", "form", "base"} & reader.tags
    assert not re.search(r"@import|url\(", html)


def test_the_page_fetches_nothing(html: str) -> None:
    check_alone(html)
    for bad in (
        '<img src="http://example.org/a.png">',
        '<link rel="stylesheet" href="//example.org/a.css">',
        "<script>1</script>",
        "<style>@import 'a.css'</style>",
    ):
        with pytest.raises(AssertionError):
            check_alone(html.replace("</body>", f"{bad}</body>"))


def test_the_page_is_well_formed_and_its_contents_point_at_its_sections(html: str) -> None:
    reader = read(html)
    assert html.startswith("<!doctype html>")
    assert '<html lang="en">' in html
    assert '<meta charset="utf-8">' in html
    assert reader.faults == []
    assert reader.unclosed == []
    assert {link[1:] for link in reader.links if link.startswith("#")} == set(reader.anchors)


def test_text_of_a_scenario_never_becomes_markup(html: str) -> None:
    assert "A newborn &lt;in&gt; &quot;one&quot; commune &amp; Nghệ An" in html
    assert "A law &lt;b&gt;, article 1; the same day" in html
    assert "ValueError: &lt;odd&gt; &amp; bad" in html
    assert "--out &lt;DIR&gt;" in html
    assert not {"in", "odd", "b", "dir"} & read(html).tags


def test_a_hostile_title_stays_words(results: Results) -> None:
    hostile = '</title><script>alert(1)</script><img src="http://example.org" onerror="x">'
    made = page(replace(results, title=hostile), Pictures())
    check_alone(made)
    assert hostile in words(made)
    with pytest.raises(AssertionError):
        check_alone(made.replace("&lt;script&gt;", "<script>"))


def test_what_turns_the_direction_of_a_text_or_steers_a_terminal_is_written_out(
    results: Results,
) -> None:
    def check(made: str) -> None:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made)

    made = page(replace(results, title="Births \u202etxt\x1b[2J"), Pictures())
    check(made)
    assert "Births \\u202etxt\\x1b[2J" in words(made)
    with pytest.raises(AssertionError):
        check(made.replace("\\u202e", "\u202e"))


def test_vietnamese_survives(html: str) -> None:
    for vietnamese in ("Nghệ An", "khai sinh", "Decision 296/QĐ-VPCP", "Tết Nguyên Đán"):
        assert vietnamese in words(html)


def test_every_value_of_the_scenario_is_named_with_its_source(results: Results, html: str) -> None:
    shown = words(html).split("\n")

    def check(page_words: list[str]) -> None:
        for cell in results.cells:
            for value in values(cell.scenario):
                assert value.path in page_words, value.path
                assert value.source in page_words or value.mark in ("set", "unmarked")
        for value in values_of(results).set:
            assert f"{value.mark}: {value.source}" in page_words, value.path

    check(shown)
    with pytest.raises(AssertionError):
        check([each for each in shown if each != "staff.officer.office"])


def test_values_that_a_setting_sets_are_told_from_those_of_the_file(results: Results) -> None:
    found = values_of(results)
    assert "bundles.birth.regime" not in {value.path for value in found.in_files}
    assert not any(value.mark == "set" for value in found.in_files)
    (regime,) = (v for v in found.set if v.path == "bundles.birth.regime")
    assert regime.texts == ("separate-2006", "linked-online-2024")
    people = {v.path: v for v in found.set if v.path.endswith("people")}
    # 2 officers and 1 chair, times 0.7 and 1.
    assert people["staff.officer.people"].texts == ("1.4", "2")
    assert people["staff.chair.people"].texts == ("0.7", "1")
    assert {value.mark for value in people.values()} == {"assumed"}
    assert found.n == len(found.in_files) + len(found.set)
    assert 0 < found.n_assumed < found.n


def test_what_is_assumed_comes_before_what_is_stated(html: str) -> None:
    shown = words(html)
    order = [shown.index(head) for head in ("Assumed: ", "Not marked: ", "Derived: ", "Stated by")]
    assert order == sorted(order)


def test_no_folder_of_the_machine_is_named(results: Results, html: str) -> None:
    folder = results.cells[0].scenario.path.rpartition("/")[0]
    assert len(folder) > 3
    assert folder not in html
    assert "birth.yaml:" in html


def test_the_answer_the_claims_and_how_sure_it_is_stand_in_words(html: str) -> None:
    shown = words(html)
    for sentence in (
        "The target of at most 4 wd is kept on average in 2 of 6 settings",
        "Published: 21 wd, Birth (khai sinh).",
        "Published 21 wd for “Three offices, on paper (law of 2006)”: the simulation",
        "4 replications of each setting, from seed 1",
        "What is not modelled",
        "1 replication failed",
        "Public holidays used: VN, from the holidays library 0.109",
        "2025-04-26",
        "lienthong sweep birth.yaml",
        "numpy 2.4.6",
    ):
        assert sentence in shown, sentence


def test_pictures_are_inside_and_have_words_for_those_who_do_not_see_them(html: str) -> None:
    found = re.findall(r"<img ([^>]*)>", html)
    assert len(found) == 4
    assert all('src="data:image/svg+xml;base64,' in picture for picture in found)
    assert all(re.search(r'alt="[^"]+"', picture) for picture in found)


def test_the_same_results_give_the_same_page(results: Results, html: str) -> None:
    assert page(results, pictures(results)) == html


def test_an_interrupted_study_of_one_replication_says_both(one: Results) -> None:
    shown = words(page(replace(one, is_complete=False), Pictures()))
    assert "This study was interrupted" in shown
    assert "One replication gives no interval" in shown
    assert not re.search(r"\bnan\b", shown, re.IGNORECASE)


def test_a_study_without_holidays_or_claims_says_so(one: Results) -> None:
    shown = words(page(replace(one, holidays={}, claims=()), Pictures()))
    assert "No calendar of this study knows public holidays." in shown
    assert "holds no published figure" in shown


def test_a_study_of_which_nothing_was_measured_is_still_a_page(one: Results) -> None:
    empty = replace(one, estimates=(), differences=(), histograms=(), claims=())
    check_alone(page(empty, Pictures()))


def test_only_markup_is_left_as_it_is() -> None:
    assert text("<b>") == "&lt;b&gt;"
    assert text(Html("<b>")) == "<b>"
    assert tag("p", "a & b", tag("b", "<c>")) == "<p>a &amp; b<b>&lt;c&gt;</b></p>"
    assert tag("a", "x", attributes={"href": '"'}) == '<a href="&quot;">x</a>'
    assert "<td>&lt;i&gt;</td>" in table(("a",), [("<i>",)])
