"""Which cells a study has, which of them share runs, what is estimated and held against claims."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.errors import EngineError, RequestError, ScenarioError
from sim.experiment.attribution import PARTS, time_between, time_in
from sim.experiment.plan import AS_WRITTEN, plan_compare, plan_run, plan_sweep
from sim.experiment.replication import DayCounts, Failed, Finished
from sim.experiment.request import Request, request, tables_by_default, tables_named
from sim.experiment.results import Results
from sim.experiment.study import gather, run_study
from sim.kpis import Measure

SMALL = str(Path(__file__).parents[1] / "data" / "small.yaml")


def names(plan: object) -> list[str]:
    return [cell.name for cell in plan.cells]  # type: ignore[attr-defined]


def request_of(plan: object) -> Request:
    return Request(
        plan=plan,  # type: ignore[arg-type]
        replications=2,
        seed=1,
        engine="reference",
        workers=1,
        command="lienthong",
    )


@pytest.fixture(scope="module")
def compared() -> Results:
    return run_study(request_of(plan_compare(SMALL))).results


def test_a_run_has_one_cell_named_by_what_was_set() -> None:
    assert names(plan_run(SMALL)) == [AS_WRITTEN]
    assert names(plan_run(SMALL, settings={"uptake": "80 %"})) == ["uptake 80 %"]
    assert names(plan_run(SMALL, variants=["online"])) == ["online"]


def test_a_comparison_takes_all_variants_and_one_alone_meets_the_scenario_as_written() -> None:
    plan = plan_compare(SMALL)
    assert (names(plan), plan.baseline) == (["paper", "online"], "paper")
    assert names(plan_compare(SMALL, variants=["online"])) == [AS_WRITTEN, "online"]
    told = plan_compare(SMALL, baseline="online")
    assert (names(told), told.baseline) == (["paper", "online"], "online")


def test_a_scenario_without_variants_has_nothing_to_compare(tmp_path: Path) -> None:
    text = Path(SMALL).read_text("utf-8")
    start, end = text.index("variants:"), text.index("claims:")
    (tmp_path / "s.yaml").write_text(text[:start] + text[end:], "utf-8")
    with pytest.raises(RequestError, match=r"no variants to compare.*sweep --vary"):
        plan_compare(str(tmp_path / "s.yaml"))


def test_the_last_lever_of_a_grid_changes_fastest() -> None:
    plan = plan_sweep(SMALL, vary={"staffing": ("1 x", "2 x"), "uptake": ("20 %", "80 %")})
    assert names(plan) == [
        "staffing 1 x, uptake 20 %",
        "staffing 1 x, uptake 80 %",
        "staffing 2 x, uptake 20 %",
        "staffing 2 x, uptake 80 %",
    ]
    assert plan.varied == ("staffing", "uptake")
    assert dict(plan.cells[1].settings) == {"staffing": "1 x", "uptake": "80 %"}


def test_a_lever_that_is_moved_alone_goes_with_each_value_of_the_first() -> None:
    plan = plan_sweep(
        SMALL,
        vary={"regime": ("before", "today")},
        also={"uptake": ("20 %", "80 %"), "staffing": ("1 x", "2 x")},
    )
    assert names(plan) == [
        "before, uptake 20 %, staffing 1 x",
        "today, uptake 20 %, staffing 1 x",
        "before, uptake 80 %, staffing 1 x",
        "today, uptake 80 %, staffing 1 x",
        "before, uptake 20 %, staffing 2 x",
        "today, uptake 20 %, staffing 2 x",
    ]
    assert plan.varied == ("regime", "uptake", "staffing")


def test_a_baseline_of_some_levers_sets_each_cell_against_its_like() -> None:
    vary = {"regime": ("today", "before"), "uptake": ("20 %", "80 %")}
    plan = plan_sweep(SMALL, vary=vary, baseline="before")
    assert {cell.name: cell.baseline for cell in plan.cells} == {
        "today, uptake 20 %": "before, uptake 20 %",
        "today, uptake 80 %": "before, uptake 80 %",
        "before, uptake 20 %": "",
        "before, uptake 80 %": "",
    }
    results = run_study(request_of(plan)).results
    place = ("working_days_mean", "residence")
    found = results.difference("today, uptake 80 %", *place)
    assert found is not None
    assert found.baseline == "before, uptake 80 %"

    def check_mean(base: str) -> None:
        gap = results.values("today, uptake 80 %", *place) - results.values(base, *place)
        assert found is not None
        assert found.mean == pytest.approx(gap.mean())

    check_mean("before, uptake 80 %")
    with pytest.raises(AssertionError):
        check_mean("today, uptake 20 %")
    one = plan_sweep(SMALL, vary=vary, baseline="today, uptake 20 %")
    assert {cell.baseline for cell in one.cells} == {"", "today, uptake 20 %"}


def test_levers_that_cannot_be_moved_alone_are_refused() -> None:
    vary = {"regime": ("before", "today")}
    with pytest.raises(RequestError, match="--vary and in --also"):
        plan_sweep(SMALL, vary=vary, also={"regime": ("today", "before")})
    with pytest.raises(RequestError, match="--also uptake gives a value twice"):
        plan_sweep(SMALL, vary=vary, also={"uptake": ("20 %", "20 %")})
    with pytest.raises(RequestError, match=r"unknown baseline 'yesterday'.*"):
        plan_sweep(SMALL, vary=vary, also={"uptake": ("20 %", "80 %")}, baseline="yesterday")


def test_cells_with_equal_models_run_once() -> None:
    plan = plan_sweep(SMALL, vary={"regime": ("before", "today"), "uptake": ("20 %", "80 %")})
    assert [cell.shares_runs_with for cell in plan.cells] == [
        None,
        "before, uptake 20 %",
        None,
        None,
    ]
    assert len(plan.models) == 3
    assert plan.model_of == (0, 0, 1, 2)
    assert plan.fingerprints == tuple(model.fingerprint() for model in plan.models)


def test_cells_that_share_runs_have_equal_values_and_no_difference() -> None:
    plan = plan_sweep(SMALL, vary={"regime": ("before", "today"), "uptake": ("20 %", "80 %")})
    results = run_study(request_of(plan)).results
    first, second, third = names(plan)[:3]
    place = ("working_days_mean", "residence")
    assert np.array_equal(results.values(first, *place), results.values(second, *place))
    zero = results.difference(second, *place)
    assert zero is not None
    assert (zero.mean, zero.low, zero.high) == (0, 0, 0)
    with pytest.raises(AssertionError):  # the twin: another model has other values
        assert np.array_equal(results.values(first, *place), results.values(third, *place))


def test_a_fault_of_some_cells_says_in_which() -> None:
    with pytest.raises(ScenarioError) as caught:
        plan_sweep(SMALL, vary={"uptake": ("20 %", "120 %")})
    assert any("(in uptake 120 %)" in fault.message for fault in caught.value.faults)
    with pytest.raises(ScenarioError) as caught:
        plan_sweep(SMALL, vary={"uptakes": ("20 %", "30 %")})
    (fault,) = caught.value.faults
    assert "(in " not in fault.message


def test_points_whose_staff_cannot_keep_up_are_left_out_of_a_sweep_and_the_rest_runs() -> None:
    plan = plan_sweep(SMALL, vary={"staffing": ("0.1 x", "1 x", "2 x")})
    assert names(plan) == ["staffing 1 x", "staffing 2 x"]
    assert plan.baseline == "staffing 1 x"
    (omission,) = plan.omissions
    assert (omission.cell, dict(omission.settings)) == ("staffing 0.1 x", {"staffing": "0.1 x"})
    assert "the queue grows without end" in omission.reason
    results = run_study(request_of(plan)).results
    assert results.omissions == plan.omissions
    assert {each.variant for each in results.estimates} == set(names(plan))
    assert plan_sweep(SMALL, vary={"staffing": ("1 x", "2 x")}).omissions == ()  # twin


def test_what_cannot_keep_up_is_refused_where_nothing_else_is_left() -> None:
    overload = {"staffing": "0.1 x"}
    with pytest.raises(ScenarioError, match="grows without end"):
        plan_run(SMALL, settings=overload)
    with pytest.raises(ScenarioError, match="grows without end"):
        plan_compare(SMALL, settings=overload)
    vary = {"staffing": ("0.1 x", "1 x")}
    with pytest.raises(ScenarioError, match=r"grows without end \(in staffing 0.1 x\)"):
        plan_sweep(SMALL, vary=vary, baseline="staffing 0.1 x")
    wrong = {"staffing": ("0.1 x", "1 x"), "uptake": ("120 %",)}
    with pytest.raises(ScenarioError) as caught:
        plan_sweep(SMALL, vary=wrong)
    assert "120" in str(caught.value)


def test_a_difference_pairs_replications(compared: Results) -> None:
    place = ("sojourn_days_mean", "residence")
    pairs = compared.values("online", *place) - compared.values("paper", *place)
    found = compared.difference("online", *place)
    assert found is not None
    assert (found.variant, found.baseline) == ("online", "paper")
    assert found.mean == pytest.approx(pairs.mean(), rel=1e-12)
    # t with one degree of freedom at 97.5 % is tan(0.475 pi).
    half = np.tan(0.475 * np.pi) * pairs.std(ddof=1) / np.sqrt(2)
    assert found.high - found.mean == pytest.approx(half, rel=1e-9)


def test_the_parts_of_the_ledger_add_up_to_the_sojourn(compared: Results) -> None:
    found = time_in(compared, "paper", "residence")
    sojourn = compared.estimate("paper", "sojourn_days_mean", "residence")
    assert sojourn is not None
    assert sum(found.parts[part].mean for part in PARTS) == pytest.approx(24 * sojourn.mean)
    assert found.whole.mean == pytest.approx(24 * sojourn.mean)


def test_where_the_time_goes_between_two_cells(compared: Results) -> None:
    found = time_between(compared, "paper", "online", "residence")
    gain = compared.difference("online", "sojourn_days_mean", "residence")
    assert gain is not None
    assert found.whole.mean == pytest.approx(24 * gain.mean)
    # Online no one waits for the day on the result slip.
    before = time_in(compared, "paper", "residence").parts["appointment"].mean
    assert found.parts["appointment"].mean == pytest.approx(-before)
    turned = time_between(compared, "online", "paper", "residence")
    with pytest.raises(AssertionError):  # the twin: the other way round has the other sign
        assert turned.whole.mean == pytest.approx(found.whole.mean)


def test_a_claim_is_held_against_the_cells_of_its_regime(compared: Results) -> None:
    # The claim on the regime `before` meets no cell, the one on the channel `online` one of two.
    (check,) = compared.claims
    assert (check.cell, check.claim.channel) == ("online", "online")
    assert check.difference == check.mean - 1


def measure(value: float) -> Measure:
    return Measure(kpi="trips", group="residence", value=value, unit="trips")


def finished(replication: int, value: float, days: DayCounts) -> Finished:
    return Finished(
        model=0, replication=replication, measures=(measure(value),), days=(days,), n_cases=10
    )


def test_replications_are_brought_together_by_number_and_failures_are_left_out() -> None:
    asked = replace(request_of(plan_run(SMALL)), replications=3)
    days = DayCounts(group="residence", days=((0, 4), (2, 1)), limits=((2, 3), (-1, 2)))
    more = DayCounts(group="residence", days=((2, 5),), limits=((-1, 1), (2, 4)))
    done = (
        finished(0, 1.0, days),
        Failed(model=0, replication=1, error="ValueError: no"),
        finished(2, 4.0, more),
    )
    results = gather(asked, done, elapsed=1.0, is_complete=True)
    (estimate,) = results.estimates
    assert (estimate.mean, estimate.n, estimate.variant) == (2.5, 2, AS_WRITTEN)
    assert results.values(AS_WRITTEN, "trips", "residence")[[0, 2]].tolist() == [1.0, 4.0]
    assert np.isnan(results.values(AS_WRITTEN, "trips", "residence")[1])
    (failure,) = results.failures
    assert (failure.cell, failure.replication, failure.error) == (AS_WRITTEN, 1, "ValueError: no")
    (pooled,) = results.histograms
    assert (pooled.days, pooled.counts, pooled.limit_days) == ((0, 2), (4, 6), 2)
    assert results.n_cases == {AS_WRITTEN: 20}


def test_one_replication_alone_has_the_draws_that_it_has_among_others() -> None:
    plan = plan_run(SMALL)
    whole = run_study(request_of(plan)).results
    alone = run_study(request(plan, command="", only_replication=1, engine="reference")).results
    place = (AS_WRITTEN, "sojourn_days_mean", "residence")
    assert alone.measures.replication.tolist() == [1] * len(alone.measures)
    assert alone.values(*place).tolist() == whole.values(*place)[1:].tolist()
    assert alone.values(*place).tolist() != whole.values(*place)[:1].tolist()  # twin


def test_tables_are_asked_for_by_name() -> None:
    assert tables_named(["none"]) == ()
    assert tables_named(["all"]) == ("cases", "dossiers", "work_items")
    assert tables_named(["work_items", "cases"]) == ("cases", "work_items")
    with pytest.raises(RequestError, match=r"no table 'case'.*none, all, cases"):
        tables_named(["case"])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"replications": 0}, "replications: found 0; give a whole number from 1"),
        ({"replications": True}, "found True"),
        ({"workers": 1.5}, "found 1.5"),
        ({"only_replication": -1}, "whole number from 0"),
        ({"only_replication": 1, "replications": 2}, "Leave out one of the two"),
        ({"bundles": ("residenc",)}, "did you mean 'residence'"),
        ({"seed": "1"}, "seed: found '1'"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(asked: dict[str, object], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        request(plan_run(SMALL), command="", **asked)  # type: ignore[arg-type]


def test_a_request_for_no_engine_is_refused_and_not_run_to_no_numbers() -> None:
    with pytest.raises(EngineError, match="no engine 'auto'"):
        run_study(replace(request_of(plan_run(SMALL)), engine="auto"))
    assert request(plan_run(SMALL), command="").engine == "fast"


def test_tables_are_left_out_of_a_study_with_millions_of_cases() -> None:
    plan = plan_run(SMALL)
    # 800 cases a year, over four weeks of January, which has fewer working days than most (R4).
    assert plan.expected_cases(1) == pytest.approx(800 * 28 / 365, rel=0.03)
    assert tables_by_default(plan, 10) == ("cases", "dossiers")
    assert tables_by_default(plan, 100_000) == ()
