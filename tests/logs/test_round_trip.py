"""What a study leaves as a register reads back to the same log, in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from registers import STUDY, check_equal, read

import sim
from sim.errors import RequestError
from sim.experiment import store
from sim.logs.event_log import EventLog
from sim.logs.of_study import log_of_study
from sim.logs.targets import FORMATS


@pytest.fixture(name="kept", scope="module")
def fixture_kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "counter.yaml").write_text(STUDY, encoding="utf-8")
    study = sim.run(
        folder / "counter.yaml", replications=2, workers=1, engine="reference", tables="all"
    )
    study.save(folder / "kept")
    return folder / "kept"


def log_of(kept: Path, **which: object) -> EventLog:
    study = sim.Study.open(kept)
    return log_of_study(study.manifest, study.tables, **which)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(set(FORMATS) - {"register"}))
def test_a_log_is_the_same_after_it_was_written_and_read(kind: str, kept: Path) -> None:
    path = sim.export_log(kept, format=kind)
    back = read(path)
    check_equal(log_of(kept), back)
    assert back.findings == ()


def test_another_run_is_another_log(kept: Path, tmp_path: Path) -> None:
    path = sim.export_log(kept, format="csv", out=tmp_path / "second.csv", replication=1)
    check_equal(log_of(kept, replication=1), read(path))
    with pytest.raises(AssertionError):
        check_equal(log_of(kept, replication=0), read(path))


def test_the_log_has_what_the_tables_have(kept: Path) -> None:
    study, log = sim.Study.open(kept), log_of(kept)
    cases = study.cases[study.cases["replication"] == 0]
    items = study.work_items[study.work_items["replication"] == 0]
    assert len(log.cases) == len(cases)
    assert len(log.work) == len(items)
    assert log.work["ended_at"].notna().sum() == items["ended_at"].notna().sum()
    done = cases["working_days"].notna().to_numpy()
    late = (cases["working_days"] > cases["limit_days"]).to_numpy()[done]
    by_log = (log.cases["done_at"].dt.normalize() > log.cases["due_on"]).to_numpy()[done]
    assert by_log.tolist() == late.tolist()
    assert late.any()
    assert not late.all()
    with pytest.raises(AssertionError):
        assert (~by_log).tolist() == late.tolist()


def test_what_is_not_there_is_refused_by_name(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no format 'xess'; did you mean 'xes'"):
        sim.export_log(kept, format="xess")
    with pytest.raises(RequestError, match="no replication 7: the study has 0 to 1"):
        sim.export_log(kept, format="xes", replication=7)
    with pytest.raises(RequestError, match="no variant 'papers'"):
        sim.export_log(kept, format="xes", variant="papers")
    manifest = store.read_manifest(kept)
    with pytest.raises(RequestError, match="no table of work_items"):
        log_of_study(manifest, {"cases": kept / "cases.parquet"})


def test_another_program_reads_what_is_written(kept: Path) -> None:
    r4pm = pytest.importorskip("r4pm")
    log = log_of(kept)
    n_events = int(log.work[["ready_at", "started_at", "ended_at"]].notna().to_numpy().sum())
    projection = "process_mining::core::event_data::case_centric::utils::activity_projection"
    of_cases = f"{projection}::get_num_cases", "projection", len(log.cases)
    of_events = "process_mining::bindings::num_events", "ocel", n_events
    for kind, what, (asked, name, number) in (
        ("xes", "EventLog", of_cases),
        ("ocel-json", "SlimLinkedOCEL", of_events),
        ("ocel-sqlite", "SlimLinkedOCEL", of_events),
    ):
        path = str(sim.export_log(kept, format=kind))
        arguments = json.dumps({name: r4pm.import_item(what, path)})
        assert int(r4pm.call_binding(asked, arguments)) == number
        assert number > 100
