"""The board of offices as it is shown: the figure, the tables, the words, in both languages."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from rich.console import Console

import sim
from sim.experiment.by_office import estimates_of
from sim.experiment.offices import LAW, ON_TIME, ByOffice
from sim.experiment.results import Results
from sim.kpis.by_office import OfficeCounts
from sim.language import speaking
from sim.model import Office
from sim.report.board import show_by_office
from sim.report.by_office import in_words, offices_of, overview, ranked, shown_cells
from sim.report.figures import by_office, encode
from sim.report.figures.canvas import LIMIT
from sim.report.page import page
from sim.report.pictures import Pictures

SMALL = Path(__file__).parents[2] / "data" / "small.yaml"


@pytest.fixture(scope="module")
def plain() -> Results:
    found = sim.run(SMALL, replications=2, engine="reference", workers=1).results
    assert found is not None
    return found


def with_offices(results: Results, n: int, line: float = 0.9) -> Results:
    """Offices with 40 cases in each of 20 replications, from the last to the first ever better.

    Office 0 has all on time, the last three 70 %, all others 95 %.
    """
    late = np.full((20, n), 2)
    late[:, 0] = 0
    late[:, -3:] = 12
    late[::2, 1:] += 1
    late[1::2, 1:] -= 1
    whole = np.full(late.shape, 40)
    of = {"whole": whole, "batches": np.full((*whole.shape, 6), np.nan)}
    counts = OfficeCounts(kpi=ON_TIME, group="residence", part=whole - late, **of)
    online = OfficeCounts(kpi="uptake", group="residence/online", part=late, **of)
    offices = [
        Office(name=f"xa-{i}", label=f"Xã {i}", level=0, parent=-1, calendar=0) for i in range(n)
    ]
    found = [
        *estimates_of(offices, counts, line),
        *estimates_of(offices, online, None),
    ]
    cell = results.cells[0].name
    board = ByOffice(
        lines={"residence": line}, estimates=tuple(replace(e, cell=cell) for e in found)
    )
    return replace(results, by_office=board, replications=20)


@pytest.fixture(scope="module")
def twenty(plain: Results) -> Results:
    return with_offices(plain, 20)


@pytest.fixture(scope="module")
def many(plain: Results) -> Results:
    return with_offices(plain, 412)


def drawn(results: Results) -> Figure:
    figure = by_office(results, "residence")
    assert figure is not None
    return figure


def terminal(results: Results, width: int = 120) -> str:
    told = io.StringIO()
    show_by_office(Console(file=told, width=width), results)
    return told.getvalue()


def test_offices_are_ranked_and_counted_by_what_is_more_than_chance(twenty: Results) -> None:
    found = ranked(twenty, "as written", "residence")
    assert found is not None
    assert {each.label for each in found.offices[:3]} == {"Xã 17", "Xã 18", "Xã 19"}
    assert found.offices[-1].label == "Xã 0"
    assert (found.n_below, found.n_kept) == (3, 17)
    assert (found.n_against_others("less"), found.n_against_others("more")) == (3, 17)
    assert ranked(twenty, "as written", "another") is None
    (shown,) = shown_cells(twenty)
    assert in_words(twenty, shown, "residence") == (
        "Below 90\u00a0% on time by more than chance: 3 of 20 offices; keeping to it: 17; not to "
        "be told: 0. Lower than all others together by more than chance: 3; higher: 17."
    )


def test_against_the_law_those_without_a_late_case_keep_it(plain: Results) -> None:
    by_law = with_offices(plain, 20, LAW)
    (shown,) = shown_cells(by_law)
    words = in_words(by_law, shown, "residence")
    assert words.startswith("No case late in any replication: 1 of 20 offices.")
    (row,) = overview(by_law).rows
    assert row[1:5] == ("100\u00a0%", "20", "1", "19")
    found = offices_of(by_law, shown, "residence", 20, 5)
    assert found is not None
    assert [row[2] for row in found.rows] == ["below"] * 19 + ["none late"]


def test_a_row_has_every_number_with_its_interval(twenty: Results) -> None:
    (row,) = overview(twenty).rows
    assert row[1:8] == ("90\u00a0%", "20", "17", "3", "0", "3", "17")
    assert row[8].startswith("Xã 17: 70.0 (")
    (shown,) = shown_cells(twenty)
    found = offices_of(twenty, shown, "residence", 20, 5)
    assert found is not None
    assert found.heads[-1] == "Filed online, %"
    assert len(found.rows) == 20
    for row in found.rows:
        assert [words.count("(") for words in row] == [0, 1, 0, 1, 1]
    assert found.rows[0][2] == "below"
    assert found.rows[0][3].startswith("lower: −")


def test_of_many_offices_those_at_either_end_are_shown(many: Results, plain: Results) -> None:
    (shown,) = shown_cells(many)
    found = offices_of(many, shown, "residence", 20, 5)
    assert found is not None
    assert len(found.rows) == 26
    assert found.rows[20][0] == "… 387 offices"
    assert found.rows[-1][0] == "Xã 0"
    told = terminal(many)
    assert "… 401 offices" in told
    assert told.count("Xã ") == 1 + 11  # the worst again in the row of its service
    few = " ".join(terminal(replace(many, replications=5)).split())
    assert "With 5 replications little can be told of single offices" in few
    assert "replications little" not in " ".join(told.split())
    assert terminal(plain) == ""


def test_a_narrow_terminal_leaves_columns_out_and_not_the_share(twenty: Results) -> None:
    narrow = terminal(twenty, 70)
    assert "Filed" in terminal(twenty)
    assert "Filed" not in narrow
    assert "70.0 (" in narrow
    assert max(map(len, narrow.splitlines())) <= 70


@pytest.mark.parametrize(("offices", "rows", "panels"), [("twenty", 20, 1), ("many", 26, 2)])
def test_the_figure_marks_those_below_by_more_than_chance(
    offices: str, rows: int, panels: int, request: pytest.FixtureRequest
) -> None:
    results = request.getfixturevalue(offices)
    figure = drawn(results)
    assert len(figure.axes) == panels
    named = figure.axes[0]
    assert len(named.get_yticks()) == rows
    names = [label.get_text() for label in named.get_yticklabels()]
    below = set()
    for points in named.collections:
        places = np.asarray(points.get_offsets())
        if len(places) and len(places[0]) == 2 and hasattr(points, "get_sizes"):
            for (share, row), colour in zip(places, points.get_facecolors(), strict=True):
                if to_hex(colour) == LIMIT:
                    below.add(names[int(row)])
                    assert share == pytest.approx(70)
    n = len(results.by_office.of("as written", ON_TIME, "residence"))
    assert below == {f"Xã {i}" for i in range(n - 3, n)}
    (line,) = named.lines
    assert line.get_xdata()[0] == pytest.approx(90)
    if offices == "twenty":
        assert encode(figure, "svg") == encode(drawn(results), "svg")
    assert by_office(results, "another") is None


def test_the_page_has_the_board_in_both_languages(twenty: Results, plain: Results) -> None:
    svg = {"residence": {"by-office": b"<svg/>"}}
    shown = page(twenty, Pictures(svg=svg))
    part = shown.split('id="by-office"')[1].split("</section>")[0]
    assert "Below 90\u00a0% on time by more than chance: 3 of 20 offices" in part
    assert part.count("<img") == 1
    assert "Satisfaction is left out" in part
    assert 'href="#by-office"' in shown
    assert 'id="by-office"' not in page(plain, Pictures())
    with speaking("vi"):
        spoken = page(twenty, Pictures(svg=svg)).split('id="by-office"')[1].split("</section>")[0]
        assert "Mức độ hài lòng không được tính" in spoken
        assert "Dưới mức 90% đúng hạn không phải do ngẫu nhiên: 3 trên 20 cơ quan" in spoken
        figure = drawn(twenty)
    assert "dưới mức" in " ".join(text.get_text() for text in figure.legends[0].get_texts())
