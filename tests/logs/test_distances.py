"""Distances between logs of which they are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from registers import read

from sim.analysis.estimate import Interval
from sim.logs.distances import DISTANCES, Traces, traces_of
from sim.logs.event_log import EventLog
from sim.logs.likeness import Likeness
from sim.report.likeness import likeness_lines
from sim.units import DAY, HOUR

MONDAY = 4 * DAY


def traces(*cases: tuple[str, int, int]) -> Traces:
    """Cases as steps, the instant of the first, and what lies between two; each takes no time."""
    rows = [
        (at, step, first + place * gap)
        for at, (steps, first, gap) in enumerate(cases)
        for place, step in enumerate(steps)
    ]
    case, step, instant = zip(*rows, strict=True)
    ended = np.asarray(instant, np.int64)
    return Traces(
        case=np.asarray(case, np.int64),
        step=np.asarray(step, object),
        started=ended,
        ended=ended,
        has_starts=False,
    )


BASE = (("abc", MONDAY + 8 * HOUR, HOUR), ("abc", MONDAY + DAY + 8 * HOUR, HOUR))


def measured(one: Traces, other: Traces) -> dict[str, float]:
    return {name: measure(one, other) for name, measure in DISTANCES.items()}


def test_a_log_is_not_away_from_itself_nor_from_one_with_all_cases_twice() -> None:
    assert set(measured(traces(*BASE), traces(*BASE)).values()) == {0.0}
    assert set(measured(traces(*BASE), traces(*BASE, *BASE)).values()) == {0.0}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        # A day later: all events 24 h away; on one more and one fewer day of the week.
        (
            tuple((steps, first + DAY, gap) for steps, first, gap in BASE),
            {"absolute_events": 24.0, "arrivals": 24.0, "circadian_events": 2 * 23 / 7},
        ),
        # Two hours later on the same days.
        (
            tuple((steps, first + 2 * HOUR, gap) for steps, first, gap in BASE),
            {"absolute_events": 2.0, "arrivals": 2.0, "circadian_events": 2 * 2 / 7},
        ),
        # Twice as long between steps: 0, 1, 2 h become 0, 2, 4.
        (
            tuple((steps, first, 2 * gap) for steps, first, gap in BASE),
            {
                "absolute_events": 1.0,
                "circadian_events": 2 / 7,
                "relative_events": 1.0,
                "cycle_times": 2.0,
            },
        ),
        # The first step left out everywhere: of 5 and 4 threes --a, -ab, abc, bc-, c-- and --b,
        # -bc, bc-, c-- two are in both.
        (
            tuple((steps[1:], first, gap) for steps, first, gap in BASE),
            {
                "n_grams": (3 / 5 + 2 / 4 + 2 * (1 / 4 - 1 / 5)) / 2,
                "relative_events": 0.5,
                "cycle_times": 1.0,
                "absolute_events": 0.5,
                "circadian_events": 2 * 0.5 / 7,
            },
        ),
    ],
)
def test_what_is_moved_is_so_far_away(
    other: tuple[tuple[str, int, int], ...], expected: dict[str, float]
) -> None:
    for pair in ((traces(*BASE), traces(*other)), (traces(*other), traces(*BASE))):
        found = measured(*pair)
        assert found == pytest.approx({name: expected.get(name, 0.0) for name in DISTANCES})


def test_starts_count_only_beside_a_log_that_has_them(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(
        "case,step,start,end\n"
        "1,a,2025-05-05 08:00,2025-05-05 10:00\n"
        "1,b,2025-05-05 11:00,2025-05-05 12:00\n"
        "2,a,2025-05-05 08:00,\n",
        encoding="utf-8",
    )
    log: EventLog = read(path)
    with_starts, ends = (traces_of(log, has_starts=each) for each in (True, False))
    assert with_starts.n_cases == ends.n_cases == 1
    assert len(with_starts.instants) == 4
    assert len(ends.instants) == 2
    assert int(with_starts.last[0] - with_starts.first[0]) == 4 * HOUR
    assert int(ends.last[0] - ends.first[0]) == 2 * HOUR
    some = traces(*BASE).some(np.asarray([False, True]))
    assert some.n_cases == 1
    assert some.first.tolist() == [MONDAY + DAY + 8 * HOUR]


@pytest.mark.parametrize(
    ("between_halves", "times"), [(0.1, ", 2.00 (2.00 to 2.00) times"), (0.0, "")]
)
def test_nothing_is_so_many_times_as_far_as_no_distance(between_halves: float, times: str) -> None:
    def interval(at: float) -> Interval:
        return Interval(mean=at, low=at, high=at, n=3, confidence=0.95)

    each = Likeness(measure="n_grams", halves=interval(between_halves), scenario=interval(0.2))
    _, line, verdict = likeness_lines([each], [each], None)
    drawn = f"cases drawn 20.0 % (20.0 to 20.0){times}; cases as they were filed 20.0 %"
    assert drawn in line.replace("\u00a0", " ")
    assert verdict.startswith("more than 1.25 times as far")
