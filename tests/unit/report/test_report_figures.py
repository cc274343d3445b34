"""Figures: which there are, that what they show is there, and that their bytes do not change."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure

from sim.experiment.results import Results
from sim.logs.shapes import Shape, Shapes
from sim.report.figures import (
    FIGURES,
    draw,
    encode,
    lever_response,
    staffing_uptake_map,
    time_ledger,
    working_days_distribution,
)
from sim.report.figures.days import labelled
from sim.report.figures.shapes import hours, times, weeks
from sim.report.page import page
from sim.report.pictures import pictures


def texts(figure: Figure) -> str:
    """All that is written in a figure."""
    found = [each.get_text() for each in figure.texts]
    for axes in figure.axes:
        found += [each.get_text() for each in axes.texts]
        found += [axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()]
        found += [each.get_text() for each in axes.get_yticklabels()]
    for legend in figure.legends:
        found += [each.get_text() for each in legend.get_texts()]
    return " | ".join(found).replace("\u00a0", " ").replace("\n", " ")


def widths(axes: Axes) -> Iterator[tuple[float, list[float]]]:
    """The widths of the bars of a chart of lying bars, by row."""
    rows: dict[float, list[float]] = {}
    for bar in axes.patches:
        rows.setdefault(round(bar.get_y(), 6), []).append(bar.get_width())
    yield from sorted(rows.items())


def test_a_sweep_over_two_levers_with_numbers_gets_a_map_and_no_lines(results: Results) -> None:
    assert set(draw(results, "birth")) == {
        "working-days",
        "time-ledger",
        "staffing-uptake",
        "staff-load",
    }


def test_a_sweep_over_one_lever_gets_lines_and_no_map(line: Results) -> None:
    found = draw(line, "birth")
    assert "lever-response" in found
    assert "staffing-uptake" not in found


def test_a_bundle_without_cases_gets_no_figure_of_its_own(results: Results) -> None:
    assert set(draw(results, "death")) == {"staff-load"}


def test_a_single_cell_of_one_replication_is_drawn(one: Results) -> None:
    assert set(draw(one, "birth")) == {"working-days", "time-ledger", "staff-load"}


def test_the_bars_of_a_cell_are_its_shares_by_day(results: Results) -> None:
    figure = working_days_distribution(results, "birth")
    assert figure is not None
    (axes,) = figure.axes
    heights = [-bar.get_height() for bar in axes.patches if bar.get_height() != 0]
    whole = results.histogram(results.cells[0].name, "birth")
    assert whole is not None
    first = heights[: len(whole.counts)]

    def check(counts: tuple[int, ...]) -> None:
        shares = np.array(counts) / sum(counts)
        np.testing.assert_allclose(np.array(first) / sum(first), shares, rtol=1e-9)

    check(whole.counts)
    with pytest.raises(AssertionError):
        check((whole.counts[0] + 50, *whole.counts[1:]))


def test_the_limit_is_marked_behind_the_last_day_allowed(results: Results) -> None:
    figure = working_days_distribution(results, "birth")
    assert figure is not None
    marked = {
        float(np.asarray(drawn.get_xdata())[0])
        for drawn in figure.axes[0].lines
        if drawn.get_linestyle() == "--"
    }
    # 3 online and 12 on paper; without a limit nothing is marked.
    assert marked == {3.5, 12.5}
    assert "legal limit of most cases" in texts(figure)
    assert "93.5 % on time" in texts(figure)


def test_the_parts_of_a_bar_add_up_to_the_days_written_beside_it(results: Results) -> None:
    figure = time_ledger(results, "birth")
    assert figure is not None
    _, row = next(widths(figure.axes[0]))
    # 714.2 hours over 0.7, less what is too short to be drawn.
    assert sum(row) == pytest.approx(714.2 / 0.7 / 24, rel=0.02)
    assert "office closed" in texts(figure)
    assert "too short to be seen" in texts(figure)


def test_the_map_has_a_panel_for_each_regime_and_a_line_only_where_the_target_is_crossed(
    results: Results,
) -> None:
    figure = staffing_uptake_map(results, "birth")
    assert figure is not None
    panels = [axes for axes in figure.axes if axes.get_title(loc="left")]
    lines = [any(isinstance(c, ContourSet) for c in axes.collections) for axes in panels]
    assert lines == [False, True]
    meshes = [next(c for c in axes.collections if isinstance(c, QuadMesh)) for axes in panels]
    kept = np.asarray(meshes[1].get_array()) <= 4
    assert kept.tolist() == [[False, True], [False, True]]
    assert texts(figure).count("✓") == 1 + kept.sum()
    assert "2 of 6 settings keep the target of at most 4 wd" in texts(figure)


def test_without_a_target_the_map_has_no_line(results: Results) -> None:
    figure = staffing_uptake_map(replace(results, target=None), "birth")
    assert figure is not None
    assert not any(isinstance(c, ContourSet) for axes in figure.axes for c in axes.collections)
    assert "✓" not in texts(figure)


def test_lines_rise_along_the_lever_whatever_the_order_of_the_cells(line: Results) -> None:
    shuffled = replace(line, cells=(line.cells[2], line.cells[0], line.cells[1]))
    figure = lever_response(shuffled, "birth")
    assert figure is not None
    drawn = np.asarray(figure.axes[0].lines[0].get_xdata()).tolist()
    assert drawn == [0.0, 50.0, 100.0]
    assert "target: at most 4 wd" in texts(figure)


def without_time(results: Results) -> Results:
    """The same study with every case closed at the instant at which it is opened."""
    return replace(
        results,
        estimates=tuple(
            replace(each, mean=0.0, low=0.0, high=0.0) if each.unit in ("h", "d", "wd") else each
            for each in results.estimates
        ),
        histograms=tuple(
            replace(each, days=(0,), counts=(sum(each.counts),)) for each in results.histograms
        ),
    )


def test_a_ledger_without_time_says_that_there_is_none_to_part(results: Results) -> None:
    figure = time_ledger(without_time(results), "birth")
    assert figure is not None
    assert "there is no time to part" in texts(figure)
    assert list(widths(figure.axes[0])) == []
    full = time_ledger(results, "birth")
    assert full is not None
    assert "there is no time to part" not in texts(full)


@pytest.mark.parametrize("study", ["results", "one", "line"])
def test_every_figure_is_drawn_where_no_time_passes(
    study: str, request: pytest.FixtureRequest
) -> None:
    found: Results = request.getfixturevalue(study)
    for figure in draw(without_time(found), "birth").values():
        assert encode(figure, "png").startswith(b"\x89PNG")


def test_calendar_days_stand_beside_working_days(results: Results) -> None:
    days, ledger = draw(results, "birth")["working-days"], draw(results, "birth")["time-ledger"]
    assert re.search(r"mean [0-9.]+ wd, [0-9.]+ d", texts(days))
    assert re.search(r"[0-9.]+ d \([0-9.]+ wd\)", texts(ledger))


def broken(_: Results, __: str) -> Figure:
    raise ZeroDivisionError("float division by zero")


def test_a_picture_that_fails_is_named_and_the_rest_is_drawn(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pictures(results)
    assert whole.faults == ()
    monkeypatch.setitem(FIGURES, "time-ledger", broken)  # type: ignore[arg-type]
    found = pictures(results)
    assert set(whole.svg["birth"]) - set(found.svg["birth"]) == {"time-ledger"}
    assert set(whole.files) - set(found.files) == {
        "figures/time-ledger.png",
        "figures/time-ledger.svg",
    }
    (fault,) = found.faults
    assert fault.startswith(
        "The picture time-ledger could not be drawn: ZeroDivisionError: float division by zero"
    )
    assert fault in page(results, found)
    # Nothing else keeps a fault from whoever draws.
    with pytest.raises(ZeroDivisionError):
        draw(results, "birth")


@pytest.mark.parametrize("draw_one", [working_days_distribution, time_ledger, staffing_uptake_map])
def test_the_same_results_give_the_same_bytes(
    results: Results, draw_one: Callable[[Results, str], Figure | None]
) -> None:
    figure, again = draw_one(results, "birth"), draw_one(results, "birth")
    assert figure is not None
    assert again is not None
    first = encode(figure, "svg")
    assert encode(again, "svg") == first
    again.texts[0].set_text("another title")
    with pytest.raises(AssertionError):
        assert encode(again, "svg") == first


def test_an_svg_holds_no_date_and_fetches_nothing(one: Results) -> None:
    svg = encode(draw(one, "birth")["time-ledger"], "svg").decode()
    assert "<dc:date>" not in svg
    assert not re.search(r'(?:href|src)="(?!#)', svg)


def test_a_png_is_a_png_of_150_dots_an_inch(one: Results) -> None:
    figure = draw(one, "birth")["working-days"]
    png = encode(figure, "png")
    assert png.startswith(b"\x89PNG")
    encode(figure, "svg")
    assert encode(figure, "png") == png
    width = int.from_bytes(png[16:20], "big")
    assert width == round(figure.get_size_inches()[0] * 150)


def test_drawing_leaves_the_settings_of_matplotlib_as_they_were(one: Results) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    encode(draw(one, "birth")["staff-load"], "svg")
    assert dict(mpl.rcParams) == before


def boxes(shares: np.ndarray, em: float, line: float, days: list[int]) -> list[tuple[float, ...]]:
    """Where the labels of some days lie: left, right, and the share at their foot and head."""
    half = [0.31 * em * len(f"{100 * shares[day]:.0f}") for day in days]
    return [
        (day - width, day + width, shares[day], shares[day] + line)
        for day, width in zip(days, half, strict=True)
    ]


def assert_apart(found: list[tuple[float, ...]]) -> None:
    for i, (left, right, foot, head) in enumerate(found):
        for other_left, other_right, other_foot, other_head in found[:i]:
            is_beside = right <= other_left or other_right <= left
            assert is_beside or head <= other_foot or other_head <= foot


@pytest.mark.parametrize("em", [0.2, 1.0, 3.0])
def test_the_shares_written_over_bars_are_apart_and_the_longest_bar_has_its_own(em: float) -> None:
    random = np.random.default_rng(5)
    for _ in range(50):
        shares = random.dirichlet(np.full(40, 0.3))
        days = labelled(shares, em, 0.05)
        assert int(np.argmax(shares)) in days
        assert all(shares[day] >= 0.03 for day in days)
        assert_apart(boxes(shares, em, 0.05, days))


def test_labels_on_all_bars_would_be_noticed() -> None:
    shares = np.array([0.1, 0.19, 0.2, 0.15, 0.1, 0.07])
    assert labelled(shares, 1.5, 0.05) != list(range(6))
    with pytest.raises(AssertionError):
        assert_apart(boxes(shares, 1.5, 0.05, list(range(6))))


def test_a_register_of_one_week_and_of_cases_with_one_event_is_drawn() -> None:
    """Nothing then has a width: no time, no second week, no range of runs."""
    one = Shape(times=np.zeros(3), by_week=np.array([3]), by_hour=np.eye(24)[9])
    found = Shapes(day=dt.date(2025, 5, 5), rest=one, drawn=(one,), as_filed=(one,))
    for of_shapes in (times, weeks, hours):
        figure = of_shapes(found, "What is seen", "What it shows")
        (axes,) = figure.axes
        assert len(axes.lines) == 3
        assert b"<svg" in encode(figure, "svg")
        low, high = axes.get_xlim()
        assert any(low <= tick <= high for tick in axes.get_xticks())
