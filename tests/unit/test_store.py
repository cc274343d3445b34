"""The folder of a study: files whole or not at all, nothing finished lost, digits kept."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim import engines
from sim.errors import StoreError
from sim.experiment import replication, store, tables
from sim.experiment.columns import (
    columns_of,
    estimate_columns,
    kpi_columns,
    missing_columns,
    read_columns,
    write_columns,
)
from sim.experiment.identity import Identity
from sim.experiment.journal import FOLDER, kind_of
from sim.experiment.plan import Plan, plan_compare, plan_run, plan_sweep
from sim.experiment.replication import Done
from sim.experiment.request import Request
from sim.experiment.results import Failure, Omission, Results
from sim.experiment.study import Output, run_study
from sim.kpis import measure
from sim.records import NOT_YET

SMALL = str(Path(__file__).parents[1] / "data" / "small.yaml")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_compare(SMALL)


def request_of(plan: Plan, out: Path | None = None, *, seed: int = 1) -> Request:
    return Request(
        plan=plan,
        replications=2,
        seed=seed,
        engine="reference",
        workers=1,
        command="lienthong compare small.yaml",
        tables=("cases", "dossiers", "work_items") if out is not None else (),
        out=out,
    )


@pytest.fixture(scope="module")
def results(plan: Plan) -> Results:
    return run_study(request_of(plan)).results


def publish(out: Path, study: Output) -> None:
    now = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    manifest = store.manifest_of(study.results, started_at=now, ended_at=now, workers=1)
    store.publish(out, store.files_of(study.results, study.tables), manifest)


def identity(cells: tuple[tuple[str, str, str], ...] = (("paper", "f1", ""),)) -> Identity:
    return Identity(cells=cells, seed=1, first=0, bundles=(), version="1.0")


def claimed(out: Path, study: Identity, **how: Any) -> None:
    with store.claim(out, study, **how):
        pass


def manifest_like(study: Identity) -> dict[str, Any]:
    return {
        "command": "lienthong compare small.yaml",
        "cells": [
            {"name": name, "model_sha256": digest, "baseline": base}
            for name, digest, base in study.cells
        ],
        "seed": study.seed,
        "first_replication": study.first,
        "bundles": list(study.bundles),
        "versions": {"lienthong": study.version},
    }


def text(words: str) -> store.Writer:
    return lambda path: store.write_text(path, words)


def held(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): path.read_text()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def broken_writer(error: BaseException) -> store.Writer:
    def write(path: Path) -> None:
        path.write_text("half of what")
        raise error

    return write


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (OSError(28, "No space left on device"), StoreError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (ZeroDivisionError(), ZeroDivisionError),
    ],
)
def test_a_writer_that_breaks_in_the_middle_leaves_what_was_there(
    tmp_path: Path, error: BaseException, shown: type[BaseException]
) -> None:
    store.publish(tmp_path, {"a.csv": text("old"), "b.csv": text("old")}, {"title": "first"})
    before = held(tmp_path)
    files = {"a.csv": text("new"), "b.csv": broken_writer(error)}
    with pytest.raises(shown):
        store.publish(tmp_path, files, {"title": "second"})
    assert held(tmp_path) == before


def test_twin_a_writer_that_goes_through_replaces_what_was_there(tmp_path: Path) -> None:
    store.publish(tmp_path, {"a.csv": text("old")}, {})
    before = held(tmp_path)
    store.publish(tmp_path, {"a.csv": text("new")}, {})
    with pytest.raises(AssertionError):
        assert held(tmp_path) == before
    assert held(tmp_path)["a.csv"] == "new"


def test_a_full_disk_says_that_finished_replications_are_safe(tmp_path: Path) -> None:
    full = broken_writer(OSError(28, "No space left on device"))
    with pytest.raises(StoreError, match=r"No space left on device.*safe"):
        store.publish(tmp_path, {"a.csv": full}, {})
    assert held(tmp_path) == {}


def test_the_manifest_lists_each_file_with_its_hash(tmp_path: Path) -> None:
    store.publish(tmp_path, {"figures/a.svg": text("abc")}, {"title": "x"})
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    # SHA-256 of "abc": FIPS 180-2, appendix B.1.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert manifest["files"] == {"figures/a.svg": {"bytes": 3, "sha256": digest}}
    assert manifest["title"] == "x"


def test_files_of_an_earlier_study_do_not_linger(tmp_path: Path) -> None:
    store.publish(tmp_path, {"a.csv": text("1"), "work_items.parquet": text("2")}, {})
    store.publish(tmp_path, {"a.csv": text("3")}, {})
    assert set(held(tmp_path)) == {"a.csv", "manifest.json"}


def test_a_manifest_that_names_files_elsewhere_removes_none_of_them(tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "precious.txt"
    outside.write_text("kept")
    store.publish(out, {"a.csv": text("1")}, {})
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["files"] |= {"../precious.txt": {}, str(outside): {}}
    (out / "manifest.json").write_text(json.dumps(manifest))
    store.publish(out, {"b.csv": text("1")}, {})
    assert outside.read_text() == "kept"
    assert set(held(out)) == {"b.csv", "manifest.json"}


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("mine")
    with pytest.raises(StoreError, match=r"holds other files and no results.*new folder"):
        claimed(tmp_path, identity(), replace=True)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="is a file"):
        claimed(tmp_path / "file", identity())
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.odt", "file"}


def test_a_new_an_empty_and_an_own_folder_are_taken(tmp_path: Path) -> None:
    claimed(tmp_path / "new" / "deep", identity())
    claimed(tmp_path / "new" / "deep", identity())
    store.publish(tmp_path / "own", {"a.csv": text("1")}, manifest_like(identity()))
    claimed(tmp_path / "own", identity())


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"first": 7},
        {"cells": (("paper", "f1", "online"),)},
        {"bundles": ("residence",)},
        {"version": "1.1"},
        {"cells": (("paper", "f1", ""), ("online", "f3", ""))},
    ],
    ids=["seed", "first", "baseline", "bundles", "version", "cells"],
)
def test_the_results_of_another_study_are_replaced_only_if_one_says_so(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    store.publish(tmp_path, {"a.csv": text("1")}, manifest_like(identity()))
    with pytest.raises(StoreError, match=r"another study.*lienthong compare.*--replace"):
        claimed(tmp_path, replace(identity(), **other))
    claimed(tmp_path, replace(identity(), **other), replace=True)
    assert held(tmp_path)["a.csv"] == "1"


def test_replications_of_another_study_that_has_not_ended_are_not_lost(
    plan: Plan, tmp_path: Path
) -> None:
    run_study(request_of(plan, tmp_path), on_done=interrupted(after=2))
    same = identity(tuple((cell.name, cell.fingerprint, cell.baseline) for cell in plan.cells))
    now = version("lienthong")
    kind = kind_of("reference", now, None, ())
    claimed(tmp_path, same, kind=kind)
    for other, how, words in (
        (replace(same, seed=2), {}, "seed 1, not 2"),
        (identity(), {}, "another scenario"),
        (same, {"kind": kind_of("fast", now, None, ())}, "another kind: reference"),
        (same, {"kind": kind_of("reference", "9.9", None, ())}, "not reference 9"),
        (same, {"kind": kind_of("reference", now, "week", ())}, "not reference .* by week"),
    ):
        with pytest.raises(StoreError, match=rf"not yet ended \(.*{words}.*lienthong compare"):
            claimed(tmp_path, other, **how)
    assert len((tmp_path / FOLDER / "finished.jsonl").read_text("utf-8").splitlines()) == 2


def test_every_digit_is_in_the_csv_files(results: Results, tmp_path: Path) -> None:
    write_columns(tmp_path / "kpis.csv", kpi_columns(results))
    rows = list(csv.DictReader((tmp_path / "kpis.csv").read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["variant", "replication", "kpi", "group", "value", "unit", "out_of"]
    counts = {row["kpi"]: row["out_of"] for row in rows}
    assert int(counts["on_time_share"]) > 0
    assert counts["working_days_mean"] == ""
    again = read_columns(tmp_path / "kpis.csv")["out_of"]
    assert [n for n in again if n == n] == [n for n in results.measures.out_of.tolist() if n]
    assert [float(row["value"]) for row in rows] == results.measures.value.tolist()
    assert {row["variant"] for row in rows} == {"paper", "online"}


def test_a_bound_that_is_not_there_is_an_empty_field(results: Results, tmp_path: Path) -> None:
    known = results.estimates[0]
    single = replace(known, low=math.nan, high=math.nan, n=1)
    write_columns(tmp_path / "e.csv", columns_of(results, (single,)))
    (row,) = csv.DictReader((tmp_path / "e.csv").read_text("utf-8").splitlines())
    assert (row["low"], row["high"], row["n"]) == ("", "", "1")
    assert float(row["mean"]) == known.mean


def test_a_difference_is_told_by_columns_and_a_lever_has_one_of_its_own() -> None:
    plan = plan_sweep(SMALL, vary={"uptake": ("20 %", "80 %"), "staffing": ("1 x",)})
    columns = estimate_columns(run_study(request_of(plan)).results)
    assert list(columns)[:5] == ["variant", "baseline", "uptake", "staffing", "kpi"]
    rows = set(zip(*(columns[name] for name in list(columns)[:4]), strict=True))
    low, high = "uptake 20 %, staffing 1 x", "uptake 80 %, staffing 1 x"
    assert rows == {
        (low, "", "20 %", "1 x"),
        (high, "", "80 %", "1 x"),
        (high, low, "80 %", "1 x"),
    }


def test_a_lever_that_is_called_like_a_column_gets_another_name(results: Results) -> None:
    cells = tuple(replace(cell, settings={"kpi": "1 x"}) for cell in results.cells)
    columns = estimate_columns(replace(results, cells=cells, varied=("kpi",)))
    assert set(columns["lever_kpi"]) == {"1 x"}
    assert "trips" in columns["kpi"]


def missing_rows(results: Results) -> list[tuple[Any, ...]]:
    return list(zip(*missing_columns(results).values(), strict=True))


def test_what_failed_was_left_out_or_not_run_is_a_row_and_nothing_else(
    results: Results, tmp_path: Path
) -> None:
    assert missing_rows(results) == []
    shared = replace(results.cells[1], shares_runs_with="paper")
    failed = replace(
        results,
        cells=(results.cells[0], shared),
        failures=(Failure(cell="paper", replication=1, error="no luck"),),
        omissions=(Omission(cell="busy", settings={}, reason="clerk: too much"),),
    )
    rows = missing_rows(failed)
    assert math.isnan(rows[0][1])
    assert [(cell, what, why) for cell, _, what, why in rows] == [
        ("busy", "left out", "clerk: too much"),
        ("paper", "failed", "no luck"),
        ("online", "failed", "no luck"),
    ]
    assert [number for _, number, _, _ in rows[1:]] == [1, 1]
    write_columns(tmp_path / "m.csv", missing_columns(failed))
    assert read_columns(tmp_path / "m.csv")["what"] == ["left out", "failed", "failed"]


def test_finished_and_missing_replications_are_all_that_were_asked_for(
    plan: Plan, tmp_path: Path
) -> None:
    cut = run_study(request_of(plan, tmp_path), on_done=interrupted(after=3)).results
    runs = zip(cut.measures.cell, cut.measures.replication.tolist(), strict=True)
    missing = [(cell, number) for cell, number, what, _ in missing_rows(cut)]
    assert len(missing) == 1
    assert set(runs) | set(missing) == {(c.name, i) for c in plan.cells for i in range(2)}
    assert missing_rows(cut)[0][2] == "interrupted"


def test_a_point_left_out_has_its_levers() -> None:
    plan = plan_sweep(SMALL, vary={"staffing": ("0.01 x", "1 x")})
    (row,) = missing_rows(run_study(request_of(plan)).results)
    assert row[:2] == ("staffing 0.01 x", "0.01 x")
    assert "clerk" in row[4]


def test_columns_are_read_back_digit_for_digit(results: Results, tmp_path: Path) -> None:
    for columns in (kpi_columns(results), estimate_columns(results)):
        write_columns(tmp_path / "c.csv", columns)
        assert read_columns(tmp_path / "c.csv") == columns
        columns[next(iter(columns))][0] = "another"
        assert read_columns(tmp_path / "c.csv") != columns  # twin


def test_types_of_columns_do_not_depend_on_the_data(plan: Plan, tmp_path: Path) -> None:
    model = plan.models[plan.model_of[0]]
    run = engines.run(model, seed=1, replication=0)
    without = {**run.cases, "limit_days": np.full_like(run.cases["limit_days"], -1)}
    types = []
    for found in (run, replace(run, cases=without)):
        tables.write_part(tmp_path / "part", "cases", model, found)
        tables.join(tmp_path / "all.parquet", [("paper", 0, tmp_path / "part")])
        table = pq.read_table(tmp_path / "all.parquet")
        types.append((table.schema, table.to_pandas().dtypes.astype(str).to_dict()))
        assert table.schema.field("own_time").type == pa.duration("us")
    assert types[0] == types[1]
    assert types[0][1]["limit_days"] == "Int64"


def test_rows_say_whether_they_are_measured(plan: Plan) -> None:
    model = plan.models[plan.model_of[0]]
    run = engines.run(model, seed=1, replication=0)
    cases = tables.as_arrow("cases", model, run).to_pydict()
    measured = dict(zip(cases["case"], cases["measured"], strict=True))
    n_cases = next(e for e in measure(model, run) if e.kpi == "n_cases").value
    assert 0 < sum(measured.values()) == n_cases < len(measured)
    dossiers = tables.as_arrow("dossiers", model, run).to_pydict()
    assert dossiers["measured"] == [measured[case] for case in dossiers["case"]]
    items = tables.as_arrow("work_items", model, run).to_pydict()
    assert sum(items["measured"]) == run.queues["n_ready"].sum() < len(items["case"])


def test_parquet_has_names_timestamps_and_nulls(plan: Plan, tmp_path: Path) -> None:
    model = plan.models[plan.model_of[0]]
    run = engines.run(model, seed=1, replication=0)
    cases = {name: column.copy() for name, column in run.cases.items()}
    cases["arrives_at"][0] = 90 * 60 * 1_000_000  # 01:30 on the first day
    cases["ended_at"][0] = NOT_YET
    cases["working_days"][0] = -1
    cases["received_at"][0] = NOT_YET
    tables.write_part(tmp_path / "part", "cases", model, replace(run, cases=cases))
    tables.join(tmp_path / "all.parquet", [("giấy", 3, tmp_path / "part")])
    table = pq.read_table(tmp_path / "all.parquet")
    first = table.slice(0, 1).to_pylist()[0]
    assert first["variant"] == "giấy"
    assert first["replication"] == 3
    assert (first["bundle"], first["channel"], first["home"]) == ("residence", "paper", "commune")
    assert first["arrives_at"] == dt.datetime(2025, 3, 3, 1, 30)
    assert first["ended_at"] is None
    assert first["working_days"] is None
    assert first["received_day"] is None
    assert first["property_verification"] in {"yes", "no", "true", "false"}
    assert table.num_rows == len(cases["case"])
    last = table.slice(table.num_rows - 1).to_pylist()[0]
    assert last["own_time"] == dt.timedelta(microseconds=int(cases["own_time"][-1]))
    start = np.datetime64("2025-03-03", "us")
    wanted = start + np.timedelta64(int(cases["arrives_at"][-1]), "us")
    assert np.datetime64(last["arrives_at"], "us") == wanted


def test_a_study_writes_its_tables_by_variant_and_replication(plan: Plan, tmp_path: Path) -> None:
    study = run_study(request_of(plan, tmp_path))
    publish(tmp_path, study)
    for name in ("cases", "dossiers", "work_items"):
        table = pq.read_table(tmp_path / f"{name}.parquet").to_pydict()
        runs = dict.fromkeys(zip(table["variant"], table["replication"], strict=True))
        assert list(runs) == [("paper", 0), ("paper", 1), ("online", 0), ("online", 1)]
    assert len(pq.read_table(tmp_path / "cases.parquet")) == sum(study.results.n_cases.values())
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert manifest["is_complete"] is True
    assert manifest["scenario"][SMALL]["text"] == Path(SMALL).read_text("utf-8")
    assert [cell["n_finished"] for cell in manifest["cells"]] == [2, 2]


TABLES = {
    "offices.csv": "office,births\r\nan,1\r\nbình,2\r\n",
    "months.csv": "\ufeffmonth,births\n" + "".join(f"{k},1\n" for k in range(1, 13)),
    "times.csv": "minutes\n5\n15\n",
}
WITH_TABLES = """
title: Tables
period: {start: 2025-01-06, warm_up: 0 days, length: 30 days, run_out: 0 days}
legal_clock: {calendar: always}
offices: {file: offices.csv}
staff: {clerk: {office: commune, people: 1}}
bundles:
  b:
    demand: {a_year: 365, by: births, months: {file: months.csv}}
    regimes: {r: {desk: [{do: work, role: clerk, time: empirical(times.csv)}]}}
"""


def kept_of(folder: Path) -> dict[str, dict[str, str]]:
    """What the manifest of a run of a scenario with tables keeps of each file."""
    for name, words in TABLES.items():
        (folder / name).write_bytes(words.encode())
    (folder / "tables.yaml").write_text(WITH_TABLES)
    plan = plan_run(str(folder / "tables.yaml"))
    now = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    results = run_study(request_of(plan)).results
    manifest = store.manifest_of(results, started_at=now, ended_at=now, workers=1)
    return {Path(path).name: kept for path, kept in manifest["scenario"].items()}


def assert_kept(folder: Path, kept: dict[str, dict[str, str]]) -> None:
    assert set(kept) == {"tables.yaml", *TABLES}
    for name, each in kept.items():
        content = (folder / name).read_bytes()
        assert each == {"sha256": hashlib.sha256(content).hexdigest(), "text": content.decode()}


def test_the_manifest_keeps_every_table_that_the_scenario_reads(tmp_path: Path) -> None:
    assert_kept(tmp_path, kept_of(tmp_path))


@pytest.mark.parametrize("name", TABLES)
def test_twin_a_table_that_changed_since_is_noticed(tmp_path: Path, name: str) -> None:
    kept = kept_of(tmp_path)
    (tmp_path / name).write_bytes(TABLES[name].encode() + b"\n")
    with pytest.raises(AssertionError):
        assert_kept(tmp_path, kept)


def test_of_a_long_table_the_manifest_keeps_the_digest_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LONGEST_TEXT", len(TABLES["times.csv"]))
    kept = kept_of(tmp_path)
    assert [name for name, each in kept.items() if "text" in each] == ["times.csv"]
    content = TABLES["offices.csv"].encode()
    assert kept["offices.csv"] == {"sha256": hashlib.sha256(content).hexdigest()}


def interrupted(after: int) -> Callable[[Done], None]:
    seen: list[Done] = []

    def count(done: Done) -> None:
        seen.append(done)
        if len(seen) == after:
            raise KeyboardInterrupt

    return count


def test_an_interrupted_study_goes_on_where_it_stopped(plan: Plan, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    publish(one, run_study(request_of(plan, one)))

    cut = run_study(request_of(plan, two), on_done=interrupted(after=3))
    assert not cut.results.is_complete
    publish(two, cut)
    assert json.loads((two / "manifest.json").read_text("utf-8"))["is_complete"] is False
    told: list[int] = []
    run: list[Done] = []
    whole = run_study(request_of(plan, two), on_resume=told.append, on_done=run.append)
    publish(two, whole)
    assert (told, len(run)) == ([3], 1)
    for name in ("kpis.csv", "estimates.csv", "cases.parquet", "work_items.parquet"):
        assert (two / name).read_bytes() == (one / name).read_bytes()


def test_twin_the_results_of_an_interrupted_study_are_fewer(plan: Plan, tmp_path: Path) -> None:
    publish(tmp_path / "one", run_study(request_of(plan, tmp_path / "one")))
    cut = run_study(request_of(plan, tmp_path / "two"), on_done=interrupted(after=3))
    publish(tmp_path / "two", cut)
    with pytest.raises(AssertionError):
        assert (tmp_path / "one/kpis.csv").read_text() == (tmp_path / "two/kpis.csv").read_text()


def test_a_line_cut_in_half_by_a_crash_counts_for_nothing(plan: Plan, tmp_path: Path) -> None:
    run_study(request_of(plan, tmp_path), on_done=interrupted(after=2))
    path = tmp_path / FOLDER / "finished.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(lines[0] + lines[1][: len(lines[1]) // 2], "utf-8")
    told: list[int] = []
    study = run_study(request_of(plan, tmp_path), on_resume=told.append)
    assert told == [1]
    assert study.results.is_complete
    assert len(path.read_text("utf-8").splitlines()) == 4


def test_a_replication_whose_tables_are_gone_is_run_again(plan: Plan, tmp_path: Path) -> None:
    run_study(request_of(plan, tmp_path), on_done=interrupted(after=2))
    next((tmp_path / FOLDER).glob("cases-*.parquet")).unlink()
    told: list[int] = []
    run_study(request_of(plan, tmp_path), on_resume=told.append)
    assert told == [1]


def test_a_study_with_another_seed_takes_up_nothing(plan: Plan, tmp_path: Path) -> None:
    run_study(request_of(plan, tmp_path), on_done=interrupted(after=2))
    told: list[int] = []
    run_study(request_of(plan, tmp_path, seed=2), on_resume=told.append)
    assert told == []


def test_a_disk_that_gets_full_loses_nothing_that_was_finished(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    publish(one, run_study(request_of(plan, one)))
    write_part = replication.write_part
    written: list[Path] = []

    def full(path: Path, *rest: Any) -> None:
        written.append(path)
        if len(written) > 7:  # in the middle of the third replication
            path.write_bytes(b"half of wh")
            raise OSError(28, "No space left on device")
        write_part(path, *rest)

    monkeypatch.setattr(replication, "write_part", full)
    with pytest.raises(StoreError, match=r"No space left on device.*safe: make room"):
        run_study(request_of(plan, two))
    monkeypatch.undo()
    told: list[int] = []
    publish(two, run_study(request_of(plan, two), on_resume=told.append))
    assert told == [2]
    assert not list(two.rglob("*.half"))
    for name in ("kpis.csv", "estimates.csv", "cases.parquet", "work_items.parquet"):
        assert (two / name).read_bytes() == (one / name).read_bytes()


def test_a_journal_that_cannot_be_written_is_an_error_with_a_way_out(
    plan: Plan, tmp_path: Path
) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder belongs")
    with pytest.raises(StoreError, match=r"cannot keep finished replications.*make room"):
        run_study(request_of(plan, tmp_path))
