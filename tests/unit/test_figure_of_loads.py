"""Long labels have room: names of many roles above the map of loads, settings beside the days."""

from __future__ import annotations

from itertools import pairwise

import pytest

import sim
from sim.experiment.results import Results
from sim.language import speaking
from sim.report.figures import canvas, days, staff
from sim.scenario import shipped


@pytest.fixture(scope="module")
def results() -> Results:
    made = sim.sweep(
        shipped.folder() / "studies" / "beside-lumps" / "district.yaml",
        vary={
            "regime": ["separate-2006", "linked-online-2024"],
            "reading": ["by-the-letter", "calendar-days"],
        },
        also={"uptake": ["47.8 %", "95 %"], "staffing": ["1 x", "1.3 x"]},
        settings={
            "period.warm_up": "0 weeks",
            "period.length": "2 weeks",
            "period.run_out": "5 weeks",
        },
        replications=1,
        tables="none",
    )
    assert made.results is not None
    return made.results


def overlaps(results: Results) -> int:
    figure = staff.staff_load(results)
    assert figure is not None
    figure.draw_without_rendering()
    boxes = [each.get_window_extent() for each in figure.axes[0].get_xticklabels()]
    assert len(boxes) == 15
    return sum(one.overlaps(other) for one, other in pairwise(boxes))


def test_the_names_of_many_roles_stand_apart(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert staff.MOST_ACROSS < 15
    assert overlaps(results) == 0
    monkeypatch.setattr(staff, "MOST_ACROSS", 15)  # the twin
    assert overlaps(results) > 0


def test_long_labels_in_vietnamese_leave_the_days_their_room(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    def width() -> float:
        with speaking("vi"):
            figure = days.working_days_distribution(results, "birth")
        assert figure is not None
        return float(figure.axes[0].get_position().width)

    assert width() > 0.3
    monkeypatch.setattr(canvas, "BESIDE", 400)  # the twin
    assert width() < 0.3
