"""The readings and levers of the shipped scenarios move the mean as their table says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from sim.engines import run
from sim.kpis import measure
from sim.records import Keep
from sim.scenario import load, resolve

SCENARIOS = Path(__file__).parents[2] / "scenarios"

BOTH = ("separate", "online")
ONCE, TWICE = "08:00", '["08:00", "14:00"]'
ROWS: Mapping[str, tuple[Mapping[str, str], float, float]] = {
    "as it is shipped": ({}, 24.2, 0.5),
    "nobody waits for the slip": ({"slip": "0 %"}, 4.5, 0.5),
    "half of the applicants keep the slip's day": ({"slip": "50 %"}, 14.6, 0.5),
    "the slip's day is kept online too": ({"slip_online": "100 %"}, 24.2, 2.5),
    "officers look in once a day": ({"inbox": ONCE}, 24.2, 2.2),
    "officers look in twice a day": ({"inbox": TWICE}, 24.2, 1.35),
    "the 15 days are of the calendar": ({"days_2006": "11 wd"}, 20.2, 0.5),
    "half a day between offices": (
        {"between_offices": '"lognormal(mean 0.5 wd, cv 0.8)"'},
        21.2,
        0.5,
    ),
    "11 days, the slip online, and once a day": (
        {"days_2006": "11 wd", "slip_online": "100 %", "inbox": ONCE},
        20.2,
        3.3,
    ),
}
READINGS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("birth", "by-the-letter"): (24.2, 0.5),
    ("birth", "as-habits-are"): (24.7, 3.5),
    ("birth", "at-its-best"): (4.5, 0.5),
    ("birth", "calendar-days"): (20.2, 0.5),
    ("birth", "from-filing"): (24.2, 0.55),
    ("death", "by-the-letter"): (17.9, 0.55),
    ("death", "as-habits-are"): (19.1, 9.9),
    ("death", "at-its-best"): (9.1, 0.55),
    ("death", "calendar-days"): (16.9, 0.55),
    ("death", "from-filing"): (17.9, 0.6),
}
OUTAGE = {"systems.public_portal.planned": "[{from: 2025-03-03 00:00, to: 2025-03-05 00:00}]"}


def mean(variant: str, settings: Mapping[str, str], bundle: str = "birth") -> float:
    """Mean working days of a bundle in one replication."""
    return _mean(variant, tuple(settings.items()), bundle)


@cache
def _mean(variant: str, settings: tuple[tuple[str, str], ...], bundle: str) -> float:
    file = SCENARIOS / f"{bundle}.yaml"
    model = resolve(load(file, variant=variant, settings=dict(settings)))
    keep = Keep(bundles=(bundle,), work_items=False)
    made = run(model, seed=1, replication=0, engine="fast", keep=keep)
    (found,) = (
        each.value
        for each in measure(model, made, (bundle,))
        if (each.kpi, each.group) == ("working_days_mean", bundle)
    )
    return found


def is_near(found: float, known: float) -> bool:
    """Within 3 % or 0.25 working days: about three times what another seed moves it."""
    return found == pytest.approx(known, rel=0.03, abs=0.25)


@pytest.mark.parametrize("row", ROWS)
def test_each_lever_of_habits_moves_the_mean_of_a_birth_as_measured(row: str) -> None:
    settings, on_paper, online = ROWS[row]
    assert is_near(mean("separate", settings), on_paper)
    assert is_near(mean("online", settings), online)


@pytest.mark.parametrize(("bundle", "reading"), READINGS)
def test_each_reading_gives_the_mean_that_it_is_listed_with(bundle: str, reading: str) -> None:
    on_paper, online = READINGS[bundle, reading]
    assert is_near(mean("separate", {"reading": reading}, bundle), on_paper)
    assert is_near(mean("online", {"reading": reading}, bundle), online)


def test_one_reading_does_not_pass_for_another() -> None:  # the twin of both
    paper, online = (mean(variant, {"reading": "as-habits-are"}) for variant in BOTH)
    best = READINGS["birth", "at-its-best"]
    assert not is_near(paper, best[0])
    assert not is_near(online, best[1])
    assert not is_near(mean("online", {"inbox": ONCE}), ROWS["officers look in twice a day"][2])


@pytest.mark.parametrize("bundle", ["birth", "death"])
def test_days_on_which_the_portal_is_down_count_from_the_filing_and_not_by_the_letter(
    bundle: str,
) -> None:
    def added(reading: str) -> float:
        with_outage = mean("online", {"reading": reading, **OUTAGE}, bundle)
        return with_outage - mean("online", {"reading": reading}, bundle)

    assert added("from-filing") > 0.004  # a day and a half, for one case in a hundred
    assert added("by-the-letter") < 0.001


@pytest.mark.parametrize("bundle", ["birth", "death"])
def test_the_reading_that_counts_by_default_is_the_file_without_readings(
    bundle: str, tmp_path: Path
) -> None:
    shipped = SCENARIOS / f"{bundle}.yaml"
    linked = (SCENARIOS / "linked" / f"{bundle}.yaml").read_text("utf-8")
    linked = linked.replace("../births-by-month.csv", f"{SCENARIOS}/births-by-month.csv")
    without_reading = linked.replace("\nreading: by-the-letter\n", "\n")
    (tmp_path / "linked.yaml").write_text(without_reading, "utf-8")
    text = shipped.read_text("utf-8").replace(f"linked/{bundle}.yaml", "linked.yaml")
    plain = tmp_path / "plain.yaml"
    plain.write_text(text.replace("[places/", f"[{SCENARIOS}/places/"), "utf-8")
    assert load(shipped).spec.reading == "by-the-letter"
    assert load(plain).spec.reading is None
    without = resolve(load(plain)).fingerprint()
    assert resolve(load(shipped)).fingerprint() == without
    other = resolve(load(shipped, settings={"reading": "at-its-best"}))
    assert other.fingerprint() != without  # twin


@pytest.mark.parametrize("bundle", ["birth", "death"])
@pytest.mark.parametrize(
    "reading", ["as-habits-are", "at-its-best", "calendar-days", "from-filing"]
)
def test_every_value_of_a_reading_is_marked_assumed_and_says_what_speaks_for_it(
    bundle: str, reading: str
) -> None:
    scenario = load(SCENARIOS / f"{bundle}.yaml", settings={"reading": reading})
    assert scenario.spec.readings[reading].note
    set_by_it = {
        mark.mark for path, mark in scenario.document.overridden.items() if path != ("reading",)
    }
    assert set_by_it == {"assumed"}
    plain = load(SCENARIOS / f"{bundle}.yaml", settings={"slip": "0 %"})
    assert "set" in {mark.mark for mark in plain.document.overridden.values()}  # twin
