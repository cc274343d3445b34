"""The command line: exit codes, words on stderr, nothing half written, no traceback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sim import engines
from sim.cli import main
from sim.errors import StoreError
from sim.experiment import store
from sim.experiment.journal import FOLDER
from sim.report.figures import FIGURES

ROOT = Path(__file__).parents[2]
SMALL = str(ROOT / "tests" / "data" / "small.yaml")
QUICK = ("--workers", "1", "--quiet")


def ends(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    try:
        code = main(words)
    except SystemExit as end:
        code = int(end.code or 0)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def started(*words: str) -> subprocess.Popen[str]:
    # A job in the background of a shell's script ignores Ctrl-C, and hands that down.
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from sim.cli import main; sys.exit(main())"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def test_run_prints_a_table_and_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ends(capsys, "run", SMALL, *QUICK)
    assert (code, err) == (0, "")
    assert "A small study" in out
    assert "Working days" in out


def test_compare_writes_everything_into_its_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, _, err = ends(capsys, "compare", SMALL, "--workers", "1", "--out", str(out))
    assert code == 0
    assert "report.html" in err
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names >= {
        "manifest.json",
        "kpis.csv",
        "estimates.csv",
        "cases.parquet",
        "dossiers.parquet",
        "report.html",
        "figures/working-days.png",
        "figures/working-days.svg",
    }
    assert not any(name.startswith(FOLDER) for name in names)
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["command"].startswith("lienthong compare")
    assert set(manifest["files"]) == names - {"manifest.json"}


@pytest.mark.filterwarnings("default")  # elsewhere in the tests a warning is an error
def test_a_picture_that_fails_is_told_and_costs_neither_tables_nor_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setitem(FIGURES, "time-ledger", broken)
    out = tmp_path / "out"
    code, _, err = ends(capsys, "run", SMALL, "--workers", "1", "--out", str(out))
    assert code == 0
    assert "lienthong: The picture time-ledger could not be drawn: ZeroDivisionError" in err
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names >= {"estimates.csv", "report.html", "figures/working-days.svg"}
    assert "figures/time-ledger.svg" not in names
    assert "time-ledger could not be drawn" in (out / "report.html").read_text("utf-8")


def test_json_has_every_estimate_and_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ends(capsys, "compare", SMALL, "--replications", "1", "--json", *QUICK)
    assert code == 0
    found = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    labels = {each["variant"] for each in found["estimates"]}
    assert labels == {"paper", "online"}
    pairs = {(each["variant"], each["baseline"]) for each in found["differences"]}
    assert pairs == {("online", "paper")}
    assert all(each["low"] is None for each in found["estimates"])


def test_sweep_runs_the_grid_and_shares_equal_models(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--vary", "regime=before,today", "--vary", "uptake=20 %,80 %", "--json")
    code, out, _ = ends(capsys, "sweep", SMALL, *words, "--replications", "2", *QUICK)
    assert code == 0
    labels = list(dict.fromkeys(each["variant"] for each in json.loads(out)["estimates"]))
    # Before, online cases are served on paper: uptake makes no difference.
    assert labels == [
        "before, uptake 20 %",
        "before, uptake 80 %",
        "today, uptake 20 %",
        "today, uptake 80 %",
    ]


def test_a_point_that_cannot_keep_up_is_named_and_the_rest_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("sweep", SMALL, "--vary", "staffing=0.1 x,1 x", "--replications", "2")
    code, out, _ = ends(capsys, *words, *QUICK)
    assert code == 0
    assert "“staffing 0.1 x”: staff.clerk: offered load" in " ".join(out.split())
    code, out, _ = ends(capsys, *words, "--json", *QUICK)
    found = json.loads(out)
    assert [each["name"] for each in found["omissions"]] == ["staffing 0.1 x"]
    assert {(each["variant"], each["staffing"]) for each in found["estimates"]} == {
        ("staffing 1 x", "1 x")
    }


def test_the_results_of_another_study_are_not_replaced_unasked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("run", SMALL, "--replications", "1", "--out", str(tmp_path), *QUICK)
    assert ends(capsys, *words)[0] == 0
    before = (tmp_path / "kpis.csv").read_text()
    code, out, err = ends(capsys, *words, "--seed", "2")
    assert (code, out) == (2, "")
    assert "holds the results of another study" in err
    assert (tmp_path / "kpis.csv").read_text() == before
    assert ends(capsys, *words)[0] == 0  # the same study writes them again
    assert ends(capsys, *words, "--seed", "2", "--replace")[0] == 0
    assert (tmp_path / "kpis.csv").read_text() != before


def test_one_replication_is_run_again_alone_with_the_tables_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("run", SMALL, "--only-replication", "7", "--tables", "cases,work_items", *QUICK)
    assert ends(capsys, *words, "--out", str(tmp_path))[0] == 0
    assert (tmp_path / "work_items.parquet").exists()
    assert not (tmp_path / "dossiers.parquet").exists()
    rows = (tmp_path / "kpis.csv").read_text("utf-8").splitlines()[1:]
    assert {row.split(",")[1] for row in rows if not row.startswith('"')} == {"7"}


def test_results_that_cannot_be_written_are_shown_all_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("no space left")

    monkeypatch.setattr(store, "publish", full)
    code, out, err = ends(capsys, "run", SMALL, "--out", str(tmp_path), *QUICK)
    assert (code, err) == (2, "lienthong: no space left\n")
    assert "Working days" in out


def test_a_window_without_cases_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    scenario = tmp_path / "empty.yaml"
    text = Path(SMALL).read_text("utf-8")
    scenario.write_text(text.replace("a_year: 800", "a_year: 0.001"), "utf-8")
    code, out, _ = ends(capsys, "run", str(scenario), *QUICK)
    assert code == 0
    assert "No case in the measured window" in out


def test_one_worker_and_two_print_the_same_digits(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("run", SMALL, "--replications", "2", "--json", "--quiet", "--workers")
    one, two = (ends(capsys, *words, n)[1] for n in ("1", "2"))
    assert json.loads(one)["estimates"] == json.loads(two)["estimates"]


def test_twin_another_seed_prints_other_digits(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("run", SMALL, "--replications", "2", "--json", *QUICK, "--seed")
    one, two = (ends(capsys, *words, n)[1] for n in ("1", "2"))
    with pytest.raises(AssertionError):
        assert json.loads(one)["estimates"] == json.loads(two)["estimates"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nowhere.yaml"), "no such file: nowhere.yaml"),
        (("run", SMALL, "--variants", "papr"), "unknown variant 'papr'; did you mean 'paper'?"),
        (("run", SMALL, "--set", "uptak=5 %"), "did you mean 'uptake'?"),
        (("run", SMALL, "--set", "uptake=5 %", "--set", "uptake=6 %"), "'uptake' is set twice"),
        (("run", SMALL, "--set", "uptake"), "write PATH=VALUE"),
        (("run", SMALL, "--engine", "quick"), "no engine 'quick'"),
        (("run", SMALL, "--replications", "0"), "a whole number from 1"),
        (("run", SMALL, "--tables", "all"), "Give --out DIR"),
        (
            ("run", SMALL, "--tables", "case", "--out", "x"),
            "no table 'case'. Name some of none, all",
        ),
        (("run", SMALL, "--only-replication", "-1"), "give a whole number from 0"),
        (("run", SMALL, "--bundles", "residenc"), "did you mean 'residence'?"),
        (("run", SMALL, "--set", "staffing=0.1 x"), "the queue grows without end"),
        (("run", SMALL, "--out", SMALL), "is a file"),
        (("run", SMALL, "--out", str(ROOT / "tests")), "holds other files"),
        (("compare", SMALL, "--baseline", "papre"), "did you mean 'paper'?"),
        (("sweep", SMALL, "--vary", "uptake"), "write LEVER=VALUE,VALUE"),
        (("sweep", SMALL, "--vary", "uptake=1 %,1 %"), "gives a value twice"),
        (
            ("sweep", SMALL, "--vary", "staffing=0,8 x,1 x"),
            "'0,8 x' can be 0.8 x, or the two values 0 and 8 x. Write 0.8 x, or a blank behind",
        ),
        (("sweep", SMALL, "--vary", "uptake=1 %", "--set", "uptake=2 %"), "both set and varied"),
        (("explain", SMALL, "--variants", "paper,online"), "explain takes one variant"),
        (("frobnicate", SMALL), "invalid choice"),
        ((), "required"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, out, err = ends(capsys, *words)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
    assert "Traceback" not in err


OBEYED = ("\x1b[31m", "\u202e", "\u200b", "\x9b5m")
"""What a terminal obeys, or does not show."""


@pytest.mark.parametrize("mark", OBEYED, ids=ascii)
@pytest.mark.parametrize(
    "words",
    [
        ("check", "nowhere*.yaml"),
        ("run", "nowhere*.yaml"),
        ("run", SMALL, "--set", "up*take=5 %"),
        ("run", SMALL, "--set", "uptake=5* %"),
        ("run", SMALL, "--set", "title=a*"),
        ("run", SMALL, "--variants", "pa*per"),
        ("run", SMALL, "--bundles", "a*"),
        ("run", SMALL, "--engine", "a*"),
        ("run", SMALL, "--seed", "a*"),
        ("compare", SMALL, "--baseline", "a*"),
        ("sweep", SMALL, "--vary", "up*take=1"),
        ("sweep", SMALL, "--vary", "uptake=0,5* %,2"),
        ("new", "--from", "a*", "x.yaml"),
        ("explain", SMALL, "--variants", "a*"),
        ("fro*b",),
    ],
    ids=" ".join,
)
def test_no_word_of_a_command_steers_the_terminal(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], mark: str
) -> None:
    _, out, err = ends(capsys, *(word.replace("*", mark) for word in words))
    assert mark not in out + err
    assert mark[0] not in out + err
    # The twin: what stands for the mark is shown.
    _, out, err = ends(capsys, *(word.replace("*", "§") for word in words))
    assert "§" in out + err or "title=a*" in words


TEXTS = """
title: "T*t"
description: "D*d"
period: {start: 2025-03-03, warm_up: 0 weeks, length: 2 weeks, run_out: 1 week}
replications: 2
offices: {"An*n": {}, "Bi*h": {label: "OL*"}}
staff: {"cl*k": {label: "RL*", office: commune, people: 1, mark: assumed, source: "SO*"}}
costs: {hour: {value: 30 000 VND/h, mark: stated, source: "CS*", note: "CN*"}}
bundles:
  "bu*n":
    label: "BL*"
    procedures: {"pr*c": {limit: 7 wd}}
    demand: {a_year: 30 000}
    properties: {"pp*": 30 %}
    channels: {"on*l": {share: 30 %, only_if: "pp*"}, paper: rest}
    regimes:
      "re*g":
        "on*l": paper
        paper:
          - {open: "pr*c", note: "SN*"}
          - {do: "st*p", role: "cl*k", time: 25 min}
          - {close: "pr*c"}
overload: allowed
levers: {"le*v": {paths: "staff.*.people", label: "LL*"}}
reading: "rd*a"
readings: {"rd*a": {label: "RL*", note: "RN*", "le*v": 1}}
variants: {"va*r": {"le*v": 1}, other: {"le*v": 2}}
claims: [{bundle: "bu*n", kpi: working_days_mean, value: 4, source: "CL*", note: "CN*"}]
"""


@pytest.mark.parametrize("mark", ["\\e[31m", "\\u202e", "\\u200b", "\\u2066"])
@pytest.mark.parametrize("verb", [("check",), ("explain",), ("run", *QUICK), ("compare", *QUICK)])
def test_no_text_of_a_scenario_steers_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, verb: tuple[str, ...], mark: str
) -> None:
    name, *options = verb

    def shown(sign: str) -> str:
        scenario = tmp_path / "texts.yaml"
        text = TEXTS.replace("staff.*.people", "STAR").replace("*", sign)
        scenario.write_text(text.replace("STAR", "staff.*.people"), "utf-8")
        _, out, err = ends(capsys, name, str(scenario), *options)
        return out + err

    found = shown(mark)
    assert not {"\x1b", "\u202e", "\u200b", "\u2066"} & set(found)
    # The twin: another sign in its place is shown as it is.
    assert "§" in shown("§") or name == "check"


def test_all_faults_are_told_at_once_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scenario = tmp_path / "wrong.yaml"
    text = Path(SMALL).read_text("utf-8")
    wrong = text.replace("role: clerk", "rol: clerk", 1).replace("kpi: working_days_mean", "kpi: x")
    scenario.write_text(wrong.replace("people: 1", "people: -1"), "utf-8")
    out = tmp_path / "out"
    code, shown, err = ends(capsys, "run", str(scenario), "--out", str(out))
    assert (code, shown) == (2, "")
    assert "faults" in err.splitlines()[0]
    assert "unknown field 'rol'; did you mean 'role'?" in err
    assert "people" in err
    assert not out.exists()


def test_a_claim_on_a_kpi_that_is_not_there_is_a_fault(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scenario = tmp_path / "claims.yaml"
    text = Path(SMALL).read_text("utf-8")
    scenario.write_text(text.replace("kpi: working_days_mean", "kpi: working_day_mean"), "utf-8")
    for verb in ("check", "run"):
        code, _, err = ends(capsys, verb, str(scenario))
        assert code == 2
        assert "claims[0].kpi: unknown KPI 'working_day_mean'; did you mean" in err
        assert "target.kpi" in err


def test_check_tells_good_from_bad(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert ends(capsys, "check", SMALL, "--quiet") == (0, f"{SMALL}: no faults\n", "")
    bad = tmp_path / "bad.yaml"
    bad.write_text("titel: x\n")
    code, out, err = ends(capsys, "check", str(bad), SMALL, "--quiet")
    assert code == 2
    assert "did you mean 'title'?" in err
    assert "no faults" in out


def test_explain_shows_the_load_before_anything_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ends(capsys, "explain", SMALL)
    assert code == 0
    assert "clerk" in out
    assert "uptake" in out
    code, out, _ = ends(capsys, "explain", SMALL, "--variant", "paper", "--model")
    assert code == 0
    assert json.loads(out)["title"] == "A small study"


OFFICES = """
title: Four communes
period: {start: 2025-01-06, warm_up: 0 days, length: 13 weeks}
offices: {file: communes.csv}
staff: {officer: {office: commune, people: {column: officers}}}
bundles:
  birth:
    demand: {a_year: 10 300, by: births}
    regimes: {r: {paper: [{do: work, role: officer, time: 25 min}]}}
"""


def test_offices_that_cannot_keep_up_are_named_by_explain_and_run_and_the_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scenario, rows = tmp_path / "four.yaml", tmp_path / "communes.csv"
    scenario.write_text(OFFICES, "utf-8")
    head = "office,births,officers\nan,20,1\nbinh,5,0.5\n"
    rows.write_text(f"{head}chau,128,1\ndong,63,0.5\n", "utf-8")
    _, shown, _ = ends(capsys, "explain", str(scenario))
    assert "cannot keep up; nor can 1 more" in shown
    out = tmp_path / "out"
    code, told, _ = ends(capsys, "run", str(scenario), *QUICK, "--out", str(out))
    assert code == 0
    sentence = r"Cannot keep up: officer at chau \(13\d % load\), dong \(1[23]\d % load\)"
    assert re.search(sentence, " ".join(told.split()))
    assert "Cannot keep up" in (out / "report.html").read_text("utf-8")
    # The twin: with the births spread evenly all of them keep up.
    rows.write_text(f"{head.replace('20', '70')}chau,70,1\ndong,35,0.5\n", "utf-8")
    _, shown, _ = ends(capsys, "explain", str(scenario))
    _, told, _ = ends(capsys, "run", str(scenario), *QUICK)
    assert "cannot keep up" not in (shown + told).lower()


def test_schema_is_printed_or_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, out, _ = ends(capsys, "schema")
    assert "bundles" in json.loads(out)["properties"]
    path = tmp_path / "schema.json"
    assert ends(capsys, "schema", "--out", str(path)) == (0, "", "")
    assert path.read_text("utf-8") == out
    code, _, err = ends(capsys, "schema", "--out", str(tmp_path / "no" / "schema.json"))
    assert (code, "cannot write" in err) == (2, True)


def test_kpis_are_listed_with_units_and_equations(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ends(capsys, "kpis")
    assert code == 0
    assert "working_days_mean" in out
    assert "[warm_up_ends_at," in out


def test_a_failed_replication_is_shown_and_ends_with_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = engines.run

    def run(*given: Any, **named: Any) -> Any:
        if named["replication"] == 1:
            raise ValueError("the third case had no home")
        return really(*given, **named)

    monkeypatch.setattr(engines, "run", run)
    code, out, err = ends(capsys, "run", SMALL, "--out", str(tmp_path), *QUICK)
    assert (code, err) == (1, "")
    assert "the third case had no home" in " ".join(out.split())
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert [each["replication"] for each in manifest["failures"]] == [1]
    assert manifest["cells"][0]["n_finished"] == 2
    monkeypatch.undo()
    assert ends(capsys, "run", SMALL, *QUICK)[0] == 0


def test_a_study_of_which_nothing_worked_is_written_all_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object, **__: object) -> None:
        raise ValueError("no luck")

    monkeypatch.setattr(engines, "run", run)
    code, out, _ = ends(capsys, "run", SMALL, "--out", str(tmp_path), *QUICK)
    assert code == 1
    assert "no luck" in out
    assert (
        tmp_path / "kpis.csv"
    ).read_text() == "variant,replication,kpi,group,value,unit,out_of\n"


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_keeps_what_is_finished_and_ends_with_130(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("run", SMALL, "--replications", "3000", "--workers", "2", "--out", str(out))
    with started(*words) as program:
        journal = out / FOLDER / "finished.jsonl"
        patience = time.monotonic() + 60
        while not (journal.exists() and journal.stat().st_size) and time.monotonic() < patience:
            time.sleep(0.05)
        os.killpg(program.pid, signal.SIGINT)
        _, err = program.communicate(timeout=150)
    assert program.returncode == 130
    assert "Traceback" not in err
    assert "interrupted; what was finished is shown and in" in err
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["is_complete"] is False
    assert 0 < manifest["cells"][0]["n_finished"] < 3000
    assert not list(out.rglob("*.half"))
    assert not (out / FOLDER / "staged").exists()


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    with started("kpis") as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == ""
    assert program.returncode == 0


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from sim.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pydantic', 'ruamel', 'rich', 'pyarrow', 'matplotlib', 'simpy'}\n"
        "sys.exit(sorted(heavy & set(sys.modules)) or 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "compare" in ended.stdout


def test_progress_waits_and_then_speaks_in_plain_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from sim.cli.progress import Progress

    with Progress(patience=60) as progress:
        progress.at("simulating replications", 1, 2)
    assert capsys.readouterr().err == ""
    with Progress(patience=0.01) as progress:
        progress.at("simulating replications", 1, 2)
        time.sleep(0.3)
        progress.at("writing results")
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("simulating replications: 1 of 2, ")
    assert said[1].startswith("writing results, ")
    with Progress(is_quiet=True, patience=0.01) as progress:
        progress.at("simulating replications", 1, 2)
        time.sleep(0.1)
    assert capsys.readouterr().err == ""
