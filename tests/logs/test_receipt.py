"""A register of ends alone that others kept: what is learnt from four fifths foretells the rest.

J. Buijs, *Receipt phase of an environmental permit application process (WABO), CoSeLoG project*,
4TU.ResearchData, 2014, doi:10.4121/uuid:a07386a5-7be3-4367-9535-70bc9e77dbe6.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.logs.held_out import halves
from sim.logs.learning.learn import learn
from sim.logs.likeness import MOST
from sim.report.learnt import scenario_text

RECEIPT = Path(__file__).parents[3] / "shared" / "data" / "receipt.csv.gz"

pytestmark = pytest.mark.skipif(
    not RECEIPT.exists(), reason="the receipt log is not beside the repository"
)

DRAWN_MISSED = {"absolute_events", "arrivals"}
"""Filings fell to half in the December of the rest: nothing in the part before foretells it."""


@pytest.fixture(name="register", scope="module")
def fixture_register() -> sim.Log:
    return sim.read_log(RECEIPT)


@pytest.fixture(name="found", scope="module")
def fixture_found(register: sim.Log) -> sim.Validation:
    return sim.validate(register)


def test_nine_in_ten_cases_of_each_channel_are_replayed(register: sim.Log) -> None:
    for log in (register.log, halves(register.log, 0.8).before):
        (bundle,) = learn(log).bundles
        assert [flow.channel for flow in bundle.flows] == ["Internet", "Desk", "Post", "e-mail"]
        for flow in bundle.flows:
            assert flow.n_replayed >= 0.9 * flow.n_ended, flow.channel
        internet = bundle.flows[0]
        assert internet.n_replayed >= 0.96 * internet.n_ended
        assert bundle.limit is not None
        assert (bundle.limit.days, bundle.limit.on_weekdays) == (40, True)


def test_the_rest_is_foretold_as_near_as_its_halves_are(found: sim.Validation) -> None:
    as_filed = {each.measure: each.times.mean for each in found.as_filed}
    drawn = {each.measure: each.times.mean for each in found.drawn}
    assert len(as_filed) == 6
    assert max(as_filed.values()) <= MOST
    assert {name for name, times in drawn.items() if times > MOST} == DRAWN_MISSED
    assert max(drawn.values()) < 3
    told = "\n".join(found.lines)
    assert "events in time (cases drawn); first events of cases in time (cases drawn)" in told


def test_the_share_on_time_lies_in_what_was_foretold(found: sim.Validation) -> None:
    assert found.forecast is not None
    assert found.forecast.is_inside
    assert found.forecast.was.n == 195
    assert found.forecast.was.mean == pytest.approx(0.831, abs=0.001)
    # An interval that holds anything would tell nothing.
    assert found.forecast.told.high - found.forecast.told.low < 0.3


def test_a_scenario_that_was_tampered_with_is_further_away(
    register: sim.Log, found: sim.Validation, tmp_path: Path
) -> None:
    text = scenario_text(learn(halves(register.log, 0.8).before))
    # Work at night, twice the time to the end, three in five cases lying before each step, and two
    # steps in each other's place.
    text = re.sub(r"hours: \{[^}]*\}", 'hours: {mon-fri: "00:00-06:00"}', text)
    text = re.sub(
        r"discrete\([^)]*\)",
        lambda times: re.sub(r"([\d.]+) h", lambda h: f"{2 * float(h[1]):g} h", times[0]),
        text,
    )
    lying = re.compile(r"share: \{value: [\d.]+ %([^}]*\}\n\s+steps: \[\{delay)")
    text = re.sub(r", range: [^}]*", "", lying.sub(r"share: {value: 60 %\1", text))
    one, other = (
        "do: T04 Determine confirmation of receipt",
        "do: T05 Print and send confirmation of receipt",
    )
    text = text.replace(one, "do: X").replace(other, one).replace("do: X", other)
    file = tmp_path / "tampered.yaml"
    file.write_text(text, encoding="utf-8")
    tampered = sim.validate(register, scenario=file, replications=3)
    usual = {each.measure: each.times.mean for each in found.as_filed}
    worse = {each.measure: each.times.mean for each in tampered.as_filed}
    for measure in ("n_grams", "relative_events", "cycle_times"):
        assert worse[measure] > max(MOST, 2 * usual[measure]), measure
    assert worse["circadian_events"] > MOST
    assert tampered.forecast is not None
    assert not tampered.forecast.is_inside
    assert "more than 1.25 times as far: three steps in a row (cases drawn)" in str(tampered)
