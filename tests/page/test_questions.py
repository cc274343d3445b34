"""The questions beside the answer: the figures of the verbs, cancel, a lane of their own."""

from __future__ import annotations

import base64
import json
import re
import shlex
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

import sim
from sim.cli.parser import build_parser
from sim.page import lane as lanes
from sim.page.answering import Emit
from sim.page.app import app
from sim.page.lane import Lane
from sim.page.questions import planning
from sim.page.questions.all import QUESTIONS
from sim.page.questions.question import Asked, Shown
from sim.page.shelf import Shelf
from sim.page.state import State
from sim.page.turns import Turn
from sim.report.bottlenecks import rows as bottleneck_rows
from sim.report.by_office import overview
from sim.report.hangs_on import moved
from sim.report.process_map.words import in_numbers
from sim.report.staffing import mean_words
from sim.report.why import rows as why_rows

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
SCRIPT = "<script>alert(1)</script>"
BOTTLENECKS = """
bottlenecks:
  desk: {label: The desk, uptake: 100 %}
  people: {label: People, staffing: 2 x}
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small scenario with two bottlenecks, in a folder of which nothing may be seen."""
    place = tmp_path_factory.mktemp("own") / "own.yaml"
    place.write_text(SMALL.read_text(encoding="utf-8") + BOTTLENECKS, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def client(path: Path) -> TestClient:
    return TestClient(app(str(path)), follow_redirects=False)


def asked(client: TestClient, name: str, **fields: str) -> dict[str, object]:
    """What a question emits, by name of the event, the last of each."""
    text = client.get(f"/question/{name}?{urlencode({'tab': 'one', **fields})}").text
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)
    assert found[-1][0] == "end"
    return {event: json.loads(data) for event, data in found}


def shown(client: TestClient, path: Path, name: str, **fields: str) -> tuple[str, list[str]]:
    """The words of an answer, and the command lines below it."""
    found = asked(client, name, **fields)
    assert "shown" in found, found
    data = found["shown"]
    assert isinstance(data, dict)
    html = str(data["html"])
    assert str(path.parent) not in html
    assert " style=" not in html
    code = unescape(re.findall(r"<pre><code>(.*?)</code></pre>", html, re.DOTALL)[-1])
    return unescape(re.sub(r"<[^>]+>", " ", html)), code.splitlines()


def understood(line: str) -> None:
    """The command takes the line."""
    words = shlex.split(line)
    assert words[0] == "lienthong"
    build_parser().parse_args(words[1:])


def test_people_have_the_figures_of_the_verb(client: TestClient, path: Path) -> None:
    fields = {"ask.kpi": "on_time_share", "ask.limit": "90 %", "ask.move": "clerk"}
    words, (line,) = shown(client, path, "staff", seed="3", **fields)
    there = sim.staff(
        path, target="residence.on_time_share >= 90 %", move="clerk", seed=3, most=80
    ).staffing

    understood(line)
    assert "--target 'residence.on_time_share >= 90 %' --move clerk --most 80 --seed 3" in line
    assert there.chosen is not None
    for found in there.chosen.found:
        assert mean_words(found) in words


def test_a_threshold_has_the_figures_of_the_verb(
    client: TestClient, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_MOST", 20)
    fields = {"ask.kpi": "working_days_mean", "ask.limit": "1", "ask.lever": "uptake"}
    words, (line,) = shown(client, path, "threshold", **fields, **{"set.uptake": "70 %"})
    there = sim.threshold(path, "uptake", target="residence.working_days_mean <= 1 wd", most=20)

    understood(line)
    assert "uptake=70" not in line
    flat = " ".join(words.split())
    for each in there.lines[3:5]:
        assert " ".join(each.split()) in flat


def test_why_has_the_figures_of_the_verb(client: TestClient, path: Path) -> None:
    fields = {"set.uptake": "80 %", "set.staffing": "2", "n": "4"}
    words, (line,) = shown(client, path, "why", **fields)
    there = sim.why(path, after={"uptake": "80 %", "staffing": "2"}, replications=4).why

    understood(line)
    assert "--to 'uptake=80 %' --to staffing=2" in line
    for row in why_rows(there):
        assert all(cell in words for cell in row)


def test_bottlenecks_have_the_figures_of_the_verb(client: TestClient, path: Path) -> None:
    words, (line,) = shown(client, path, "bottlenecks", variant="paper", n="4")
    there = sim.bottlenecks(path, variant="paper", replications=4).found

    understood(line)
    assert "--variant paper" in line
    for kpi in there.units:
        for row in bottleneck_rows(there, kpi):
            assert all(cell in words for cell in row)


def test_what_it_hangs_on_has_the_figures_of_the_verb(client: TestClient, path: Path) -> None:
    words, (line,) = shown(client, path, "hangs-on", variant="online", n="4")
    there = sim.hangs_on(
        path, variant="online", baseline="as written", shares=False, replications=4
    ).found

    understood(line)
    for place in range(len(there.outcomes)):
        leads = there.ranked(place)[0]
        assert moved(leads.effects[0].moved[place], there.unit) in words


def test_offices_have_the_board_of_a_study_and_its_table(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("office,level\nnorth,commune\nsouth,commune\n")
    place = tmp_path / "two.yaml"
    text = SMALL.read_text(encoding="utf-8")
    place.write_text(text + "offices: {file: o.csv}\n", encoding="utf-8")
    client = TestClient(app(str(place)))
    fields = {"set.uptake": "80 %", "n": "4", "seed": "3"}
    words, (line,) = shown(client, place, "offices", **fields, **{"ask.line": "90 %"})
    path = tmp_path / "changes.yaml"
    path.write_bytes(client.get(f"/take/changes.yaml?{urlencode(fields)}").content)
    study = sim.compare(
        path, variants=["baseline", "changed"], replications=4, seed=3, by_office="90 %",
        tables="none", out=tmp_path / "study",
    )  # fmt: skip

    understood(line)
    assert line.endswith("--by-office '90 %'")
    there = study.results
    assert there is not None
    cells = [cell for row in overview(there).rows for cell in row[2:]]
    assert len(cells) == 16
    assert all(cell in words for cell in cells)
    html = str(asked(client, "offices", **fields, **{"ask.line": "90 %"})["shown"])
    taken = re.search(r"data:text/csv;base64,([\w+/=]+)", html)
    assert taken is not None
    mine = base64.b64decode(taken[1]).decode().splitlines()
    theirs = (tmp_path / "study" / "by_office.csv").read_text(encoding="utf-8").splitlines()
    assert mine[0] == theirs[0]
    assert [row.partition(",")[2] for row in mine] == [row.partition(",")[2] for row in theirs]
    assert len(mine) > 8


@pytest.mark.parametrize(
    "name", ["staff", "threshold", "story", "why", "offices", "replay", "hangs-on"]
)
def test_a_cancel_is_felt_at_each_replication(
    client: TestClient, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress, where a cancel is felt, is told of every replication, and within a long one."""
    told: list[tuple[float, int]] = []
    kind = QUESTIONS[name]

    def answer(asked: Asked) -> Shown:
        def progress(doing: str, done: float, total: int) -> None:
            told.append((done, total))
            asked.progress(doing, done, total)

        return kind.answer(replace(asked, progress=progress))

    monkeypatch.setattr(lanes, "QUESTIONS", {name: replace(kind, answer=answer)})
    fields = {"n": "4", "set.uptake": "80 %", "ask.lever": "uptake", "ask.limit": "1"}
    if name == "staff":
        fields["ask.limit"] = "90 %"
    assert "shown" in asked(client, name, **fields)
    steps = [done for done, total in told if total]
    most = {"staff": 10, "threshold": 10, "why": 8, "offices": 8, "story": 90, "replay": 90,
            "hangs-on": 60}  # fmt: skip
    assert len(steps) >= most[name]


def test_a_story_is_that_of_the_verb(client: TestClient, path: Path) -> None:
    words, lines = shown(client, path, "story", **{"ask.which": "typical"})
    study = sim.run(path, replications=1, tables="all", bundles="residence")

    for line in lines:
        understood(line)
    flat = " ".join(words.split())
    for each in study.story(which="typical").lines:
        assert " ".join(each.split()) in flat


def test_a_map_has_the_numbers_of_the_verb_and_tells_of_each_step(
    client: TestClient, path: Path
) -> None:
    found = asked(client, "map", variant="online", n="4")["shown"]
    assert isinstance(found, dict)
    html = str(found["html"])
    there = sim.process_map(path, variant="online", replications=4)

    understood(unescape(re.findall(r"<code>(lienthong .*?)</code>", html)[-1]))
    steps = re.findall(r'<g id="([\w-]+)" data-step="', html)
    assert len(steps) > 8
    assert set(steps) <= set(re.findall(r'data-of="([\w-]+)"', html))
    assert "lognormal(mean 30 min, cv 0.5)" in html
    assert "own.yaml:" in html
    results = there.study.results
    assert results is not None
    group = "residence/today/online/register"
    value = results.estimate("online", "step_waiting_hours", group)
    assert value is not None
    assert in_numbers(value) in html


@pytest.mark.parametrize("language", ["en", "vi"])
def test_each_question_has_a_form_in_the_language(client: TestClient, language: str) -> None:
    page = client.get(f"/?lang={language}").text

    assert re.findall(r'data-question="([\w-]+)"', page) == list(QUESTIONS)
    for each in re.findall(r'<select name="ask\.[\w]+" id="([\w.-]+)"', page):
        assert f'for="{each}"' in page


def test_a_question_that_does_not_fit_says_so_with_a_way_out() -> None:
    bare = TestClient(app(str(SMALL)))
    fault = str(asked(bare, "bottlenecks")["fault"])

    assert "names no bottlenecks. Open “birth”" in fault
    assert "names no bottlenecks. Open “birth”" in bare.get("/").text
    assert "both sides are the same. Move a lever" in str(asked(bare, "why")["fault"])


HOSTILE = [
    ("nothing", {}),
    ("staff", {"ask.kpi": "utilisation"}),
    ("staff", {"ask.limit": SCRIPT}),
    ("staff", {"ask.limit": "95 % ± ± 1 %"}),
    ("staff", {"ask.limit": "-5 %"}),
    ("staff", {"ask.limit": "{file: /etc/passwd}"}),
    ("staff", {"ask.move": "../../etc/passwd"}),
    ("staff", {"ask.move": SCRIPT}),
    ("staff", {"ask.cost": "lives"}),
    ("staff", {"bundle": "nothing"}),
    ("threshold", {}),
    ("threshold", {"ask.lever": "period.length"}),
    ("threshold", {"ask.lever": "/etc/passwd"}),
    ("threshold", {"ask.lever": "uptake", "ask.limit": "x" * 399}),
    ("hangs-on", {"ask.kpi": SCRIPT}),
    ("story", {"ask.which": "../slowest"}),
    ("story", {"ask.which": "rejected"}),
    ("map", {"bundle": "../residence"}),
    ("map", {"set.uptake": SCRIPT}),
    ("bottlenecks", {"variant": "nothing"}),
    ("why", {"set.period.length": "1"}),
    ("staff", {"scenario": "/etc/passwd"}),
    ("staff", {"n": "201"}),
    ("..%2f..%2fetc%2fpasswd", {}),
]


@pytest.mark.parametrize(("name", "fields"), HOSTILE)
def test_a_hostile_question_gets_a_clear_answer(
    client: TestClient, path: Path, name: str, fields: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    answer = client.get(f"/question/{name}?{urlencode({'tab': 'h', 'n': '2'} | fields)}")

    assert answer.status_code in (200, 404)
    if answer.status_code == 200:
        assert "event: fault" in answer.text
        assert "event: end" in answer.text
    for shown in ("Traceback", "root:", SCRIPT, str(path.parent), str(ROOT)):
        assert shown not in answer.text
    assert [each for each in caplog.records if each.levelname in ("ERROR", "CRITICAL")] == []


class Heard:
    """Hears what is emitted, and lets others wait for it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, object]] = []
        self.over = threading.Event()

    def __call__(self, name: str, data: object) -> None:
        self.events.append((name, data))
        if name == "end":
            self.over.set()

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Questions go on for as long as nobody lets them go; they tell of progress all the while."""
    go, kind = threading.Event(), QUESTIONS["staff"]

    def answer(asked: object) -> object:
        while not go.wait(0.02):
            asked.progress("waiting in /somewhere", 1, 2)  # type: ignore[attr-defined]
        return kind.answer(asked)  # type: ignore[arg-type]

    class Slow:
        misfit, runs = staticmethod(kind.misfit), staticmethod(kind.runs)

    Slow.answer = staticmethod(answer)  # type: ignore[attr-defined]
    monkeypatch.setattr(lanes, "QUESTIONS", {"staff": Slow})
    yield go
    go.set()


def ask(lane: Lane, tab: str, heard: Emit, *, is_asked: bool = False) -> Turn:
    return lane.stream(tab, "staff", State(), {"limit": "90 %"}, heard, is_asked=is_asked)


def is_free(lane: Lane) -> None:
    """Wait until nobody is in line."""
    until = time.monotonic() + 5
    while lane.turns.n_waiting:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_closing_a_stream_cancels_the_question_and_lets_the_next_one_go(
    held: threading.Event,
) -> None:
    lane = Lane.of(Shelf(str(SMALL)))
    first, second = Heard(), Heard()
    turn = ask(lane, "one", first)
    while "progress" not in first.names:
        time.sleep(0.01)
    ask(lane, "two", second)
    assert second.names == ["standing"]
    assert "in line behind 1 question" in str(second.events)

    lane.turns.stop(turn)
    assert first.over.wait(5)
    assert "shown" not in first.names
    held.set()
    assert second.over.wait(20)
    assert second.names[-2:] == ["shown", "end"]
    is_free(lane)


def test_a_question_of_a_tab_takes_the_place_of_the_one_before(held: threading.Event) -> None:
    lane = Lane.of(Shelf(str(SMALL)))
    first, second = Heard(), Heard()
    ask(lane, "one", first)
    while "progress" not in first.names:
        time.sleep(0.01)
    ask(lane, "one", second)
    assert first.over.wait(5)
    held.set()
    assert second.over.wait(20)
    assert second.names[-2:] == ["shown", "end"]


def test_a_question_that_takes_too_long_is_given_up(
    held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "LONGEST", 0.1)
    heard = Heard()
    ask(Lane.of(Shelf(str(SMALL))), "one", heard)
    assert heard.over.wait(5)
    assert "was given up" in str(heard.events)
    assert not held.is_set()


def test_how_long_it_takes_is_said_before_and_minutes_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lane, heard, again = Lane.of(Shelf(str(SMALL))), Heard(), Heard()
    monkeypatch.setattr(lanes, "_SAID", 0.0)
    monkeypatch.setattr(lanes, "_CONFIRMED", 0.0)
    ask(lane, "one", heard)
    assert heard.over.wait(10)
    assert heard.names == ["ask", "end"]
    assert "This takes about 1 second" in str(heard.events)
    is_free(lane)
    ask(lane, "one", again, is_asked=True)
    assert again.over.wait(20)
    assert again.names[0] == "estimate"
    assert again.names[-2:] == ["shown", "end"]


def test_a_part_of_what_takes_minutes_is_offered_and_can_be_asked(
    client: TestClient, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "_CONFIRMED", 0.0)
    monkeypatch.setattr(lanes, "LONGEST", 0.0)
    offered = str(asked(client, "hangs-on", n="2")["ask"])
    assert "It takes less for a part of it, to be chosen above:" in offered
    assert "<li>Staff: " in offered
    assert "The page gives a question up after" in offered
    offered = str(asked(client, "staff", **{"ask.move": "*"})["ask"])
    assert re.search(r"<li>one group alone: \d+ (second|minute)s?</li>", offered)
    assert "<li>" not in str(asked(client, "staff", **{"ask.move": "clerk"})["ask"])
    monkeypatch.undo()

    words, (line,) = shown(client, path, "hangs-on", n="2", run="1", **{"ask.only": "staff"})
    understood(line)
    assert "--only staff" in line
    assert "Only what these name was moved, and nothing is said of the rest: staff." in words
    assert "choose one of the list" in str(asked(client, "hangs-on", **{"ask.only": "levers"}))


def test_a_first_answer_does_not_wait_for_a_question(
    held: threading.Event, client: TestClient
) -> None:
    page = app(str(SMALL)).state.page
    first = Heard()
    page.answering.warm_up()
    turn = ask(page.lane, "one", first)
    while "progress" not in first.names:
        time.sleep(0.01)
    answered = Heard()
    begun = time.monotonic()
    page.answering.stream("two", State(replications=2), answered, is_asked=False)
    assert answered.over.wait(5)
    assert "parts" in answered.names
    assert time.monotonic() - begun < 5
    assert not first.over.is_set()
    assert not held.is_set()
    page.lane.turns.stop(turn)  # or its thread would work on while Python ends
    assert first.over.wait(5)
