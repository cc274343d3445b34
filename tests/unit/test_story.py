"""The story of a case: true to its run, in words, and clear where it cannot be told."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from small_worlds import World

import sim
from sim.answers.kept import find_case
from sim.answers.story import Kind, check_sum
from sim.answers.tell import tell
from sim.cli import main
from sim.errors import EngineError, RequestError, StoreError
from sim.experiment.again import model_again
from sim.records import LEDGER
from sim.report.story import story_lines
from sim.report.words import PARTS

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"

WORLD = World(
    steps="""
    - {applicant: go_to_office, time: 0 min, effort: 30 min, trips: 1, gives: 1}
    - {open: permit}
    - {do: receive, role: clerk, time: 30 min}
    - together:
      - - {transfer: send, over: line, time: 10 min}
        - {do: check, role: officer, time: 1 h}
      - - {delay: post, time: 1 wd}
        - {open: card}
        - {timetable: courier}
        - {close: card}
    - {pay: fee, fee: 8 000 VND}
    - {appointment: permit}
    - {close: permit}
    - {applicant: collect, time: 5 min, trips: 1}
    """,
    filed=("Mon 3 10:30", "Mon 3 10:30"),
    also="""
    offices: {commune: {label: Xã Ân Phú}}
    staff:
      clerk: {office: commune, people: 1}
      officer: {office: commune, people: 1, label: Hộ tịch}
    systems: {line: {planned: [{from: 2025-03-03 11:35, to: 2025-03-03 11:45}]}}
    timetables: {courier: {calendar: office, departures: {mon-fri: ["15:00"]}}}
    bundles: {life: {label: Khai sinh}}
    """,
)

# The clerk takes the first at 10:30, so the second waits until 11:00.  The officer has the first
# from 11:10 to 11:30 and from 13:00 to 13:40; the second comes at 11:50, for the line is down for
# 10 of its minutes, and the office is closed until 13:00.  One working day after 11:30 the post
# has come; the courier goes at 15:00, and the slip names Wednesday, two days after Monday.
TOLD = """\
Case 1: Khai sinh, paper, Xã Ân Phú
A small world: as written, replication 0, seed 1

On Monday 3 March 2025 at 10:30 the applicant began “go to office” (1 trip and the information \
given once).
At 10:30 permit was filed: its legal clock started.
At 10:30 it came to Xã Ân Phú for “receive” (clerk); nobody was free, so it waited 30 min. Work \
began at 11:00, and commune/clerk/1 was done at 11:30: 30 min of work.
At 11:30 2 things began to go on side by side.
1. On Monday 3 March 2025 at 11:30 its data were under way for 10 min (“send”) and a system that \
was down or slow held it up for 10 min, until 11:50.
   At 11:50 it came to Xã Ân Phú for “check” (Hộ tịch); nobody was free, so it waited 40 min and \
the office was closed for 1 h 10 min. Work began at 13:40, and commune/officer/1 was done at \
14:40: 1 h of work.
2. On Monday 3 March 2025 at 11:30 “post” took 1 d, until Tuesday 4 March 2025 at 11:30.
   At 11:30 card was filed: its legal clock started.
   At 11:30 it waited 3 h 30 min for a set time (“timetable: courier”), until 15:00.
   At 15:00 the result of card was there.
On Tuesday 4 March 2025 at 15:00 all that went on side by side was over.
At 15:00 the applicant paid 8 000 VND at the counter.
At 15:00 it waited 16 h 30 min for the day on the result slip, until Wednesday 5 March 2025 at \
07:30.
At 07:30 the result of permit was there.
At 07:30 the applicant began “collect”; it took 5 min (1 trip), until 07:35.
At 07:35 the case ended: completed.

Where the time went, 1 d 21 h 5 min in all:
  staff at work on it: 30 min
  waiting for staff: 30 min
  waiting for a courier or a signing hour: 3 h 30 min
  in the applicant’s hands: 5 min
  waiting for the day on the result slip: 16 h 30 min
  other delays: 1 d
  Of what went on side by side, the time of what came last counts.

By law: received on Monday 3 March 2025, 2 working days until the last result, of 3 allowed.
The applicant: 2 trips, 35 min of own time, the information given once and 8 000 VND in fees.
"""


def run_of(world: World, folder: Path, **asked: object) -> sim.Study:
    world.model(folder)
    return sim.run(folder / "world.yaml", replications=1, tables="all", workers=1, **asked)


@pytest.fixture
def study(tmp_path: Path) -> sim.Study:
    return run_of(WORLD, tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of two variants and two replications in its folder."""
    folder = tmp_path_factory.mktemp("story") / "kept"
    sim.compare(SMALL, replications=2, tables="cases", workers=1, out=folder)
    return folder


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


# -- in words ------------------------------------------------------------------------------------


def test_a_story_is_told_as_it_is_worked_out_by_hand(study: sim.Study, tmp_path: Path) -> None:
    assert plain(f"{study.story(case=1)}\n") == TOLD
    twin = run_of(
        WORLD.but("receive, role: clerk, time: 30", "receive, role: clerk, time: 31"), tmp_path
    )
    assert plain(f"{twin.story(case=1)}\n") != TOLD


def test_work_that_pauses_overnight_or_is_put_down_says_so(tmp_path: Path) -> None:
    world = World(
        steps="- {do: check, role: clerk, time: 2 h}",
        filed=("Mon 3 16:00",),
        also="staff: {clerk: {office: commune, people: 2, away: "
        "[{from: 2025-03-04, to: 2025-03-05, people: 1}]}}",
    )
    (line,) = [each for each in run_of(world, tmp_path).story(case=0).lines if "check" in each]
    assert line == (
        "On Monday 3 March 2025 at 16:00 it came to commune for “check” (clerk); somebody was "
        "free at once. Work began at 16:00, and commune/clerk/2 was done on Tuesday 4 March 2025 "
        "at 08:30: 2 h of work and the office was closed for 14 h 30 min."
    )
    alone = run_of(world.but("people: 1}]", "people: 2}]"), tmp_path).story(case=0)
    assert any("on Wednesday 5 March 2025 at 08:30" in each for each in alone.lines)


def test_a_supplement_that_does_not_come_in_time_ends_the_story(tmp_path: Path) -> None:
    world = World(
        steps="""
        - {open: permit}
        - {incomplete: permit, share: 100 %, supplement: 9 d, within: 1 wd}
        - {close: permit}
        """
    )
    lines = run_of(world, tmp_path).story(case=0).lines
    assert lines[4:8] == (
        "At 08:00 something was missing for permit: its legal clock was stopped.",
        "At 08:00 the applicant began to complete the dossier; after 1 d 9 h the time allowed was "
        "over.",
        "On Tuesday 4 March 2025 at 17:00 the case ended: rejected.",
        "",
    )
    in_time = run_of(world.but("within: 1 wd", "within: 9 wd"), tmp_path).story(case=0).lines
    assert "what was missing for permit came" in in_time[6]


def test_what_the_run_did_not_see_the_end_of_is_open(tmp_path: Path) -> None:
    world = World(steps="- {delay: wait, time: 30 min}\n- {do: check, role: clerk, time: 200 h}")
    lines = run_of(world, tmp_path).story(case=0).lines
    assert "was not done when the run ended" in lines[4]
    assert lines[5] == "When the run ended, the case was still open."
    assert not any(line.startswith("Where the time went") for line in lines)


def test_a_case_under_way_says_when_it_was_received(tmp_path: Path) -> None:
    world = World(
        steps="- {open: permit}\n- {do: check, role: clerk, time: 1 h}\n- {close: permit}",
        also="backlog: backlog.csv",
        files={
            "backlog.csv": "received_on,office,bundle,channel,step\n"
            "2025-02-28,commune,life,paper,check\n"
        },
    )
    lines = run_of(world, tmp_path).story(case=0).lines
    assert lines[3] == (
        "It had been received on Friday 28 February 2025, and was under way when the run began."
    )


def test_labels_stay_vietnamese_and_obey_nobody(study: sim.Study) -> None:
    story = study.story(case=1).story
    assert "Xã Ân Phú" in story_lines(story)[0]
    steered = replace(story, bundle="Khai\x1b[31m sinh\u202e", home="Xã\nAn")
    assert story_lines(steered)[0] == "Case 1: Khai\\x1b[31m sinh\\u202e, paper, Xã An"


def test_the_ledger_is_told_in_the_words_and_the_order_of_the_report() -> None:
    assert [f"{part}_time" for part in PARTS] == list(LEDGER)


# -- true to the run -----------------------------------------------------------------------------


def test_a_story_adds_up_to_the_row_of_its_case(kept: Path) -> None:
    study = sim.Study.open(kept)
    rows = study.cases.query("variant == 'paper' and replication == 1 and outcome != 'open'")
    for _, row in rows.head(10).iterrows():
        story = study.story(case=row["case"], variant="paper", replication=1).story
        told = [sum(each.parts[i] for each in story.events) for i in range(len(LEDGER))]
        assert told == [row[part] // dt.timedelta(microseconds=1) for part in LEDGER]
        assert sum(told) == (row["ended_at"] - row["arrives_at"]) // dt.timedelta(microseconds=1)


def test_a_story_that_does_not_add_up_is_refused(study: sim.Study) -> None:
    story = study.story(case=1).story
    check_sum(story.row, story.events)
    with pytest.raises(EngineError, match="case 1 does not add up to its row: queue_time"):
        check_sum({**story.row, "queue_time": story.row["queue_time"] + 1}, story.events)
    with pytest.raises(EngineError, match="all of them together"):
        check_sum({**story.row, "ended_at": story.row["ended_at"] + 1}, story.events)
    with pytest.raises(EngineError, match="delay_time"):
        check_sum(story.row, [each for each in story.events if each.step != "post"])


def test_a_row_that_the_run_made_again_does_not_have_is_refused(
    study: sim.Study, tmp_path: Path
) -> None:
    study.save(tmp_path / "kept")
    path = tmp_path / "kept" / "cases.parquet"
    table = pq.read_table(path)
    at = table.column_names.index("queue_time")
    more = pc.add(table["queue_time"].cast("int64"), 1).cast(pa.duration("us"))
    pq.write_table(table.set_column(at, table.schema.field(at), more), path)
    with pytest.raises(EngineError, match=r"case 1 of replication 0, run again, .*: queue_time"):
        sim.Study.open(tmp_path / "kept").story(case=1)


# -- from what is kept ---------------------------------------------------------------------------


def test_a_scenario_that_has_gone_is_read_from_the_manifest(
    study: sim.Study, tmp_path: Path
) -> None:
    study.save(tmp_path / "kept")
    (tmp_path / "world.yaml").unlink()
    (tmp_path / "base.yaml").write_text("title: Another")
    again = sim.Study.open(tmp_path / "kept").story(case=1)
    assert plain(f"{again}\n") == TOLD


def changed(study: sim.Study, **file: str | None) -> dict:
    """The manifest, with another entry for the log of filings."""
    manifest = json.loads(json.dumps(study.manifest))
    (path,) = [path for path in manifest["scenario"] if path.endswith("filings.csv")]
    for key, value in file.items():
        if value is None:
            del manifest["scenario"][path][key]
        else:
            manifest["scenario"][path][key] = value
    return manifest


def test_a_long_file_is_read_where_it_lies_unless_it_has_changed(
    study: sim.Study, tmp_path: Path
) -> None:
    manifest = changed(study, text=None)
    cell = manifest["cells"][0]
    assert model_again(manifest, cell).fingerprint() == cell["model_sha256"]
    with (tmp_path / "filings.csv").open("a") as file:
        file.write("\n2025-03-04 08:00,commune\n")
    with pytest.raises(RequestError, match=r"filings\.csv' changed or went"):
        model_again(manifest, cell)
    found = find_case(manifest, study.tables, case=1)
    story = tell(manifest, found)
    assert "filings.csv' changed or went" in story.lacking
    assert [each.step for each in story.events if each.work] == ["receive", "check"]


def test_a_manifest_that_was_edited_is_not_believed(study: sim.Study, tmp_path: Path) -> None:
    manifest = changed(study, text="filed_at,office\n")
    (tmp_path / "filings.csv").unlink()
    with pytest.raises(RequestError, match=r"filings\.csv' changed or went"):
        model_again(manifest, manifest["cells"][0])
    manifest = json.loads(json.dumps(study.manifest))
    manifest["cells"][0]["model_sha256"] = "0" * 64
    with pytest.raises(RequestError, match="makes another model of the scenario"):
        model_again(manifest, manifest["cells"][0])


def test_a_manifest_writes_nowhere_but_where_it_may(study: sim.Study, tmp_path: Path) -> None:
    manifest = json.loads(json.dumps(study.manifest))
    outside = tmp_path / "outside.yaml"
    first = next(iter(manifest["scenario"].values()))
    manifest["scenario"]["../" * 60 + str(outside).lstrip("/")] = first
    with pytest.raises(RequestError, match=r"outside\.yaml"):
        model_again(manifest, manifest["cells"][0])
    assert not outside.exists()


def test_a_run_too_large_to_be_made_again_is_told_from_the_tables(study: sim.Study) -> None:
    found = find_case(study.manifest, study.tables, case=1)
    lines = story_lines(tell(study.manifest, found, most_cases=1))
    assert lines[3:7] == (
        "On Monday 3 March 2025 at 10:30 it came to Xã Ân Phú for “receive” (clerk); it waited "
        "30 min. Work began at 11:00, and commune/clerk/1 was done at 11:30.",
        "At 11:50 it came to Xã Ân Phú for “check” (Hộ tịch); it waited 1 h 50 min. Work began at "
        "13:40, and commune/officer/1 was done at 14:40.",
        "On Wednesday 5 March 2025 at 07:35 the case ended: completed.",
        "The tables do not have what happened between the pieces of work; the run was not made "
        "again: 2 cases would have to be run again for it.",
    )
    whole = story_lines(tell(study.manifest, found, most_cases=2))
    assert "\n".join(whole) == str(study.story(case=1))
    time = "  Of what went on side by side, the time of what came last counts."
    assert [line for line in whole[-12:] if line != time] == list(lines[-11:])


def test_without_work_items_what_is_lacking_says_how_to_keep_them(kept: Path) -> None:
    study = sim.Study.open(kept)
    found = find_case(study.manifest, study.tables, case=5, variant="paper")
    story = tell(study.manifest, found, most_cases=1)
    assert [each.kind for each in story.events] == [Kind.ENDED]
    assert "no work items are kept (--tables all)" in story.lacking
    assert story.ledger == study.story(case=5, variant="paper").story.ledger


# -- which case ----------------------------------------------------------------------------------


def test_a_case_is_found_by_what_it_shows(kept: Path) -> None:
    study = sim.Study.open(kept)
    rows = study.cases.query("measured and outcome == 'completed' and variant == 'online'")
    time = rows["ended_at"] - rows["arrives_at"]

    def found(which: str, **asked: int) -> tuple[int, int]:
        case = study.story(which=which, variant="online", **asked).story.kept
        return case.replication, case.number

    slowest = rows.loc[time.idxmax()]
    assert found("slowest") == (slowest["replication"], slowest["case"])
    fastest = rows.loc[time.idxmin()]
    assert found("slowest") != (fastest["replication"], fastest["case"])
    middle = rows.loc[time[time <= time.quantile(0.5)].idxmax()]
    assert found("typical") == (middle["replication"], middle["case"])
    own = time[rows["replication"] == 1]
    assert found("slowest", replication=1) == (1, rows.loc[own.idxmax()]["case"])


def test_a_late_case_is_the_one_furthest_beyond_its_limit(tmp_path: Path) -> None:
    world = World(
        steps="- {open: permit}\n- {do: check, role: clerk, time: 24 h}\n- {close: permit}",
        filed=("Mon 3 08:00", "Mon 3 08:01", "Mon 3 08:02"),
    )
    study = run_of(world, tmp_path)
    assert study.story(which="late").story.kept.number == 2
    assert study.story(which="typical").story.kept.number == 1
    quick = run_of(world.but("24 h", "1 h"), tmp_path)
    with pytest.raises(RequestError, match="no measured case was late in the study"):
        quick.story(which="late")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "give either a case or which: slowest, typical, rejected, late"),
        ({"case": 1, "which": "late"}, "give either a case or which"),
        (
            {"which": "fastest", "variant": "paper"},
            "no way to choose 'fastest'. Give one of slowest",
        ),
        ({"case": 1}, "the study has 2 variants. Name one: paper, online"),
        ({"case": 1, "variant": "papr"}, "no variant 'papr' in the study; did you mean 'paper'"),
        (
            {"case": 1, "variant": "paper", "replication": 2},
            "no replication 2: the study has 0 to 1",
        ),
        ({"case": 999, "variant": "paper"}, "'paper' has no case 999: its kept cases are 0 to "),
        ({"which": "rejected", "variant": "paper"}, "no measured case was rejected in 'paper'"),
        ({"case": 1, "variant": "paper", "bundle": "residence"}, "a case has its bundle"),
        (
            {"which": "late", "variant": "paper", "bundle": "x"},
            "no bundle 'x' is kept. Known: residence",
        ),
        (
            {"which": "rejected", "variant": "paper", "bundle": "residence"},
            "of 'residence' was rej",
        ),
    ],
)
def test_a_case_that_is_not_there_is_refused(kept: Path, asked: dict, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        sim.Study.open(kept).story(**asked)
    assert message in str(caught.value)


def test_a_case_that_the_study_did_not_keep_is_refused(tmp_path: Path) -> None:
    world = World(
        steps="- {delay: wait, time: 1 h}",
        also="""
        bundles:
          other: {demand: {log: others.csv}, regimes: {now: {paper: [{delay: wait, time: 1 h}]}}}
        """,
        files={"others.csv": "filed_at,office\nMon 3 07:00,commune\n"},
    )
    study = run_of(world, tmp_path, bundles="life")
    assert study.story(case=1).story.kept.row["bundle"] == "life"
    with pytest.raises(RequestError, match=r"case 0 of .* is not kept: .* of life alone"):
        study.story(case=0)
    bare = sim.run(tmp_path / "world.yaml", replications=1, tables="dossiers", workers=1)
    with pytest.raises(RequestError, match=r"keeps no table of cases.*--tables cases"):
        bare.story(case=1)


def test_a_table_that_cannot_be_read_is_named(kept: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(kept, broken)
    assert sim.Study.open(broken).story(case=5, variant="paper")
    (broken / "cases.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match=r"cannot read .*cases\.parquet"):
        sim.Study.open(broken).story(case=5, variant="paper")


# -- the command ---------------------------------------------------------------------------------


def command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = main(words)
    except SystemExit as end:
        code = int(end.code or 0)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_command_tells_what_python_tells(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = sim.Study.open(kept).story(case=5, variant="online", replication=1)
    words = ("story", str(kept), "--case", "5", "--variant", "online", "--quiet")
    assert command(capsys, *words, "--replication", "1") == (0, f"{told}\n", "")
    assert command(capsys, *words)[1] != f"{told}\n"
    code, out, err = command(capsys, "story", str(kept), "--case", "5", "--quiet")
    assert (code, out) == (2, "")
    assert err.startswith("lienthong: the study has 2 variants.")


def test_a_replication_run_alone_tells_the_same_case(
    kept: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("run", str(SMALL), "--variant", "online", "--only-replication", "1", "--quiet")
    code, out, _ = command(capsys, *words, "--workers", "1", "--case", "5")
    told = sim.Study.open(kept).story(case=5, variant="online", replication=1)
    assert code == 0
    assert out.endswith(f"\n{told}\n")
    assert not command(capsys, *words, "--workers", "1", "--case", "6")[1].endswith(f"\n{told}\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--case", "5"), "Give --only-replication N"),
        (("--case", "5", "--only-replication", "1", "--json"), "Leave out one of"),
        (("--case", "5", "--only-replication", "1", "--variants", "paper,online"), "Name one"),
    ],
)
def test_a_case_of_no_one_run_is_refused(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = command(capsys, "run", str(SMALL), "--quiet", *words)
    assert (code, out) == (2, "")
    assert message in err
