"""Burden and cost before, after and saved, as they are shown."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from sim.analysis.estimate import Estimate
from sim.experiment.results import Results
from sim.kpis.money import Lacking
from sim.report.gaps import gaps
from sim.report.page import page
from sim.report.pictures import Pictures
from sim.report.savings import sheets
from sim.report.tables import show_results

MONEY = {"fees": "VND", "burden": "VND", "burden_a_year": "VND a year", "copies": "copies"}


def with_money(results: Results) -> Results:
    """The study with a burden of a million before, and less by the number of the cell after."""
    estimates, differences = list(results.estimates), list(results.differences)
    for number, cell in enumerate(results.cells):
        for kpi, unit in MONEY.items():
            mean = 0.0 if kpi == "copies" else 1_000_000.0 - 1_000 * number
            known = {"variant": cell.name, "kpi": kpi, "group": "birth", "n": 4, "unit": unit}
            estimates.append(Estimate(mean=mean, low=mean - 250, high=mean + 250, **known))
            if number:
                less = 0.0 if kpi == "copies" else -1_000.0 * number
                differences.append(
                    Estimate(
                        baseline=results.baseline, mean=less, low=less - 40, high=less + 40, **known
                    )
                )
    return replace(results, estimates=tuple(estimates), differences=tuple(differences))


def terminal(results: Results, width: int = 140) -> str:
    into = Console(file=io.StringIO(), width=width)
    show_results(into, results)
    assert isinstance(into.file, io.StringIO)
    return into.file.getvalue().replace("\u00a0", " ")


def html(results: Results) -> str:
    return page(results, Pictures()).replace("\u00a0", " ")


def test_a_setting_is_set_out_before_and_after_with_what_is_saved(line: Results) -> None:
    first, _ = sheets(with_money(line), "birth")
    assert first.heads == ("", "Unit", "Before", "After", "Saving")
    rows = {row[0]: [cell.replace("\u00a0", " ") for cell in row[1:]] for row in first.rows}
    assert rows["Burden of a case"] == ["VND", "1 000 000 ± 250", "999 000 ± 250", "+1 000 ± 40"]
    assert rows["Burden of all cases"][0] == "VND a year"
    assert rows["Own hours of a case"][:2] == ["h", "1.7"]
    assert "Copies of a case" not in rows  # 0 throughout
    assert "Cost of a case for offices" not in rows  # not computed
    with pytest.raises(AssertionError):  # after less before
        assert rows["Burden of a case"][-1] == "−1 000 ± 40"


def test_more_burden_than_before_is_a_negative_saving(line: Results) -> None:
    money = with_money(line)
    worse = tuple(replace(each, mean=500.0, low=450.0, high=560.0) for each in money.differences)
    first, _ = sheets(replace(money, differences=worse), "birth")
    rows = {row[0]: row[-1].replace("\u00a0", " ") for row in first.rows}
    assert rows["Burden of a case"] == "−500 (−560 to −450)"
    assert rows["Burden of a case"] != "−500 (−560 to 450)"


def test_settings_that_are_not_compared_stand_side_by_side(line: Results) -> None:
    money = replace(with_money(line), differences=())
    (only,) = sheets(money, "birth")
    assert len(only.heads) == 2 + 3
    assert "Saving" not in only.heads
    assert len(sheets(with_money(line), "birth")) == 2


def test_without_money_there_is_nothing_to_set_out(line: Results) -> None:
    assert sheets(line, "birth") == ()
    assert "Burden and cost" not in terminal(line) + html(line)
    assert "Burden and cost" in terminal(with_money(line))
    assert "Burden and cost" in html(with_money(line))


def test_the_terminal_and_the_page_show_the_saving(line: Results, results: Results) -> None:
    for text in (terminal(with_money(line)), html(with_money(line))):
        assert "+1 000 ± 40" in text
        assert "+3 000 ± 40" not in text  # there is no such setting
    # Of many settings the terminal shows the first, and the page folds the others.
    many = with_money(results)
    assert len(sheets(many, "birth")) == 5
    assert terminal(many).count("Burden and cost, before") == 3
    assert html(many).count("Burden and cost, before") == 5
    assert "Burden and cost of 1 other setting" in html(many)
    assert "Burden and cost of 1 other setting" not in html(with_money(line))


@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_amount_is_cut_where_the_terminal_is_narrow(line: Results, width: int) -> None:
    money = with_money(line)
    large = tuple(
        replace(each, mean=each.mean * 1e5, low=each.low * 1e5, high=each.high * 1e5)
        if each.unit == "VND a year"
        else each
        for each in money.estimates
    )
    text = terminal(replace(money, estimates=large), width)
    assert all(len(row) <= width for row in text.splitlines())
    assert "100 000 000 000" in text
    assert "± 25 000 000" in text
    assert "…" not in text
    assert bool(re.search("100 000 000 000 ± 25", text)) == (width > 100)


def test_what_the_lines_mean_is_on_the_page(line: Results) -> None:
    assert "Burden of a case for the applicant" in html(with_money(line))
    assert "Burden of a case for the applicant" not in html(line)


def test_an_amount_that_is_not_given_is_named(one: Results) -> None:
    lacks = Lacking(asks_applicants=True, burden=("hour", "copy"), pay=("officer",))
    cell = one.cells[0].name
    lacking = replace(one, lacking={cell: {"birth": lacks}})
    assert gaps(lacking, "birth") == (
        "No burden in money: the scenario does not say what an hour of an applicant (costs.hour) "
        "and a copy (costs.copy) costs.",
        "No cost for offices in money: the scenario does not say the pay of Civil-status officer "
        "(costs.pay.officer).",
    )
    nothing = Lacking(asks_applicants=True, burden=(), pay=())
    assert gaps(replace(one, lacking={cell: {"birth": nothing}}), "birth") == ()
