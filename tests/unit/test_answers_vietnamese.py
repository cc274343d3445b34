"""Answers to questions in Vietnamese: none of our English is left in them, and none of it lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from texts_of_code import ROOT, left_in_english

import sim
from sim.cli import main
from sim.errors import RequestError
from sim.language import language, speaking
from sim.report.words import as_given, confidence

FIRST = ROOT / "scenarios" / "first.yaml"


def why() -> object:
    return sim.why(FIRST, before="paper", after="fewer", replications=2)


def threshold() -> object:
    return sim.threshold(FIRST, "uptake", between=("0 %", "100 %"), step="25 %", most=20)


def staff() -> object:
    return sim.staff(FIRST, move={"officer": [1, 2]}, target="residence.trips <= 3", most=20)


def warmup() -> object:
    return sim.warmup(FIRST, replications=2)


def hangs_on() -> object:
    return sim.hangs_on(FIRST, replications=2, shares=False)


@pytest.mark.parametrize("ask", [why, threshold, staff, warmup, hangs_on], ids=lambda f: f.__name__)
def test_an_answer_in_vietnamese_has_no_english_left(ask: Callable[[], object]) -> None:
    with speaking("vi"):
        answer = ask()
    in_vietnamese = str(answer)  # in the language that it was asked in
    assert left_in_english(in_vietnamese) == []
    assert not re.search(r"[0-9]\.[0-9] ngày|[0-9]\u00a0%", in_vietnamese)
    assert left_in_english(str(ask())) != []
    assert language() == "en"


def test_studies_are_listed_and_compared_in_vietnamese(tmp_path: Path) -> None:
    old = sim.run(FIRST, replications=2, out=tmp_path / "old")
    new = sim.run(FIRST, replications=2, settings={"uptake": "80 %"})
    told = f"{sim.results(tmp_path, lang='vi')} {old.diff(new, kpis='trips', lang='vi')}"
    assert left_in_english(told) == []
    assert "hoàn tất" in told
    assert "lần chạy cùng hạt giống được ghép cặp" in told
    assert left_in_english(str(old.diff(new, kpis="trips"))) != []


def test_bottlenecks_are_told_in_vietnamese_on_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    birth = str(ROOT / "scenarios" / "birth.yaml")
    words = ["bottlenecks", birth, "--replications", "1", "--quiet"]
    assert main([*words, "--lang", "vi"]) == 0
    told = capsys.readouterr().out
    assert left_in_english(told) == []
    assert "Hạ tầng công nghệ" in told


def test_a_language_that_is_not_there_is_refused_before_anything_is_run() -> None:
    for ask in (sim.why, sim.bottlenecks, sim.staff, sim.warmup, sim.hangs_on):
        with pytest.raises(RequestError, match="no language 'fr'"):
            ask(FIRST, lang="fr")
    with pytest.raises(RequestError, match="no language 'fr'"):
        sim.threshold(FIRST, "uptake", lang="fr")


def test_values_that_somebody_gave_take_the_form_of_the_language() -> None:
    given = ("77.5 %", "3 600", "2 wd", "0.5", "lognormal(mean 2 min, cv 1)", "usual")
    assert [as_given(each) for each in given] == list(given)
    assert confidence(0.975) == "97.5 %"
    with speaking("vi"):
        assert [as_given(each) for each in given] == [
            "77,5%", "3.600", "2 ngày làm việc", "0,5", "lognormal(mean 2 min, cv 1)", "usual",
        ]  # fmt: skip
        assert confidence(0.975) == "97,5%"
