"""The state over time as it is shown: the figure, the tables, the words about a backlog."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, date2num
from matplotlib.figure import Figure
from rich.console import Console

import sim
from sim.experiment.results import Results
from sim.language import speaking
from sim.report.figures import encode, over_time
from sim.report.figures.canvas import INK
from sim.report.over_time import backlog, chief_channel, chief_roles, columns, row_numbers
from sim.report.page import page
from sim.report.periods import show_over_time
from sim.report.pictures import pictures

SMALL = Path(__file__).parents[2] / "data" / "small.yaml"

HELD = f"""
extends: {SMALL}
period: {{start: 2025-01-20, warm_up: 0 weeks, length: 4 weeks, run_out: 1 week}}
backlog: backlog.csv
staff: {{clerk: {{people: {{2025-01-20: 1, 2025-02-10: 2, 2025-02-11: 3}}}}}}
"""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """One cell with a backlog of sixty cases, more people from two days on, and Tết."""
    folder = tmp_path_factory.mktemp("held")
    rows = ["residence,paper,commune,register,2025-01-10,no"] * 60
    head = "bundle,channel,office,step,received_on,verification"
    (folder / "backlog.csv").write_text("\n".join([head, *rows]))
    (folder / "held.yaml").write_text(HELD)
    return results_of(folder / "held.yaml")


@pytest.fixture(scope="module")
def both() -> Results:
    """Two cells in which nothing moves, by day."""
    found = sim.compare(SMALL, replications=2, over_time="day", engine="reference", workers=1)
    assert found.results is not None
    return found.results


def results_of(path: Path) -> Results:
    found = sim.run(path, replications=3, engine="reference", workers=1).results
    assert found is not None
    return found


def drawn(results: Results) -> Figure:
    figure = over_time(results, "residence")
    assert figure is not None
    return figure


def panels(figure: Figure) -> dict[str, Axes]:
    return {axes.get_title(loc="left"): axes for axes in figure.axes if axes.get_visible()}


def curves(axes: Axes) -> list[np.ndarray]:
    """The heights of the lines of a panel, those that only mark a date left out."""
    return [np.asarray(line.get_ydata()) for line in axes.lines if len(line.get_ydata()) > 2]


def words(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.texts).replace("\n", " ")


def test_the_panels_are_those_of_cases_then_a_row_for_each_role(held: Results) -> None:
    assert list(panels(drawn(held))) == [
        "Open cases",
        "Cases by week",
        "Cases filed: online, %",
        "Working days, by week of arrival, wd",
        "On time, by week of arrival, %",
        "Overdue: registration",
        "Waiting: clerk",
        "Present: clerk",
    ]


def test_a_line_is_the_mean_and_its_band_the_interval(held: Results) -> None:
    assert held.over_time is not None
    axes = panels(drawn(held))["Open cases"]
    course = held.over_time.course("as written", "open_cases", "residence")
    other = held.over_time.course("as written", "cases_arrived", "residence")
    assert course is not None
    assert other is not None
    (curve,) = curves(axes)
    np.testing.assert_allclose(curve, course.mean)
    assert not np.allclose(curve, other.mean)
    (band,) = axes.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(np.min(course.low))
    assert heights.max() == pytest.approx(np.max(course.high))


def test_what_changes_by_date_is_marked_and_named(held: Results) -> None:
    figure = drawn(held)
    for axes in panels(figure).values():
        marks = [line.get_xdata()[0] for line in axes.lines if line.get_color() == INK]
        assert marks == [date2num(np.datetime64(date)) for date in ("2025-02-10", "2025-02-11")]
        assert [text.get_text() for text in axes.texts] == ["1", "2"]
    assert "1 (10 Feb 2025) clerk: 2; 2 (11 Feb 2025) clerk: 3" in words(figure)


def test_days_off_are_shaded_and_tet_with_its_weekends_in_one(held: Results) -> None:
    assert held.over_time is not None
    since, until = max(
        held.over_time.timelines["as written"].days_off, key=lambda days: days[1] - days[0]
    )
    assert (f"{since:%d %b}", f"{until:%d %b}") == ("25 Jan", "03 Feb")
    spans = [
        (patch.get_x(), patch.get_x() + patch.get_width())
        for patch in panels(drawn(held))["Open cases"].patches
    ]
    assert (date2num(since), date2num(until)) in spans
    assert len(spans) == 4  # of a run this short the weekends, too


def test_each_cell_has_its_line_in_a_style_of_its_own(both: Results) -> None:
    found = panels(drawn(both))
    assert "Cases by day" not in found
    lines = [line for line in found["Open cases"].lines if len(line.get_ydata()) > 2]
    assert len({line.get_color() for line in lines}) == 2
    assert len({str(line.get_linestyle()) for line in lines}) == 2
    legend = [text.get_text() for text in drawn(both).legends[0].get_texts()]
    assert legend == ["paper", "online"]


def test_the_same_results_give_the_same_bytes(held: Results) -> None:
    once, again = encode(drawn(held), "svg"), encode(drawn(held), "svg")
    assert once == again
    assert held.over_time is not None
    fewer = replace(held.over_time, courses=held.over_time.courses[1:])
    assert encode(drawn(replace(held, over_time=fewer)), "svg") != once


def test_nothing_is_drawn_where_nothing_is_followed(held: Results, one: Results) -> None:
    assert over_time(one, "birth") is None
    assert over_time(held, "no bundle") is None
    assert "Over time" not in page(one, pictures(one))


def test_the_page_has_the_figure_the_backlog_and_a_table(held: Results) -> None:
    shown = page(held, pictures(held))
    part = shown.split('id="over-time"')[1].split("</section>")[0]
    assert "<figure>" in part
    assert "The last case of the backlog ends" in part
    assert part.count("<tr>") == 1 + 5
    assert "3 Feb 2025" in part
    assert 'href="#over-time"' in shown


def test_the_words_about_a_backlog_give_days_interval_and_date(held: Results) -> None:
    last, queue = (sentence.replace("\u00a0", " ") for sentence in backlog(held, "residence"))
    value = held.estimate("as written", "backlog_days", "residence")
    assert value is not None
    assert last.startswith(f"The last case of the backlog ends {value.mean:.1f} d (95 % interval ")
    assert re.search(r"after the start, about [0-9]+ (Jan|Feb) 2025\.$", last)
    assert queue.startswith("Nothing waits any more for clerk ")
    assert f"{value.mean + 1:.1f} d" not in last


def test_a_backlog_that_does_not_end_is_not_passed_over(held: Results) -> None:
    kept = tuple(e for e in held.estimates if not e.kpi.startswith("backlog"))
    assert backlog(replace(held, estimates=kept), "residence") == (
        "The backlog of cases does not end within the run.",
    )
    fewer = tuple(replace(e, n=2) if e.kpi == "backlog_days" else e for e in held.estimates)
    assert backlog(replace(held, estimates=fewer), "residence")[0].endswith(
        "in 2 of 3 replications."
    )


def test_without_a_backlog_nothing_is_told_of_one(both: Results) -> None:
    assert backlog(both, "residence") == ()


def test_no_more_than_sixty_rows_are_shown() -> None:
    assert list(row_numbers(4)) == [0, 1, 2, 3]
    assert len(row_numbers(60)) == 60
    assert list(row_numbers(61))[:3] == [0, 2, 4]
    assert all(len(row_numbers(n)) <= 60 for n in range(1, 2000))


def test_a_narrow_terminal_gets_fewer_columns(both: Results) -> None:
    def printed(width: int) -> str:
        console = Console(width=width, record=True, file=io.StringIO())
        show_over_time(console, both)
        return console.export_text()

    narrow, wide = printed(60), printed(200)
    assert "Present:" in wide
    assert "Present:" not in narrow
    assert max(map(len, narrow.splitlines())) <= 60
    assert "…" not in narrow
    assert narrow.count(" Mar 2025") == wide.count(" Mar 2025") == 2 * 28


def test_the_channel_is_the_one_that_moves_and_the_roles_those_with_long_queues(
    both: Results,
) -> None:
    assert both.over_time is not None
    assert chief_channel(both, both.over_time, "residence") == "residence/online"
    assert chief_roles(both.over_time) == ("clerk",)
    headings = [column.heading for column in columns(both, "residence", "paper")]
    assert headings[:4] == ["Arrive", "Done", "Open", "Working days"]


def overlaps(figure: Figure) -> list[str]:
    """Dates below an axis that run into the next one."""
    encode(figure, "png")
    found = []
    for axes in panels(figure).values():
        ticks = [each for each in axes.get_xticklabels() if each.get_text()]
        boxes = [each.get_window_extent() for each in ticks]
        found += [
            before.get_text()
            for before, box, after in zip(ticks, boxes, boxes[1:], strict=False)
            if box.x1 > after.x0
        ]
    return found


@pytest.mark.parametrize("language", ["en", "vi"])
def test_no_date_below_the_picture_runs_into_the_next(tmp_path: Path, language: str) -> None:
    year = tmp_path / "half-a-year.yaml"
    year.write_text(f"extends: {SMALL}\nperiod: {{start: 2025-01-20, length: 30 weeks}}\n")
    found = sim.run(year, replications=1, over_time="week", engine="fast", workers=1).results
    assert found is not None
    with speaking(language):
        figure = drawn(found)
        assert overlaps(figure) == []
        for axes in panels(figure).values():
            axes.xaxis.set_major_formatter(DateFormatter("%A %d/%m/%Y"))
        assert overlaps(figure) != []
