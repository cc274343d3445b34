"""The page as a service: answers, links, what is brought and taken, and what others may try."""

from __future__ import annotations

import io
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from urllib.request import urlopen

import pytest
from starlette.testclient import TestClient

import sim
from sim.api.workbench import MOST, Where
from sim.cli import main
from sim.errors import RequestError
from sim.page import answering, shelf
from sim.page import turns as turning
from sim.page.app import app
from sim.page.state import State, state_of
from sim.page.turns import Turn, Turns
from sim.report.verdicts import difference_words
from sim.report.words import in_short
from sim.scenario.shipped import folder as shipped_folder

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
TEXT = SMALL.read_text(encoding="utf-8")
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(app(str(SMALL)), follow_redirects=False)


def events(client: TestClient, **fields: str) -> list[tuple[str, object]]:
    """All events of an answer."""
    text = client.get(f"/answer?{urlencode({'tab': 'one', **fields})}").text
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)
    return [(name, json.loads(data)) for name, data in found]


def parts(client: TestClient, **fields: str) -> str:
    """What is shown in the end."""
    shown = [data for name, data in events(client, **fields) if name == "parts"]
    assert shown, events(client, **fields)
    last = shown[-1]
    assert isinstance(last, dict)
    assert last["last"]
    return str(last["parts"])


def test_an_answer_comes_in_stages_and_ends(client: TestClient) -> None:
    found = events(client, n="10", **{"set.uptake": "80 %"})
    shown = [data for name, data in found if name == "parts"]

    assert [data["done"] for data in shown if isinstance(data, dict)] == [2, 5, 10]
    assert found[-1][0] == "end"
    assert "uptake 80 %" in str(shown[-1])
    assert "<svg" in str(shown[-1])


def test_the_figures_come_before_all_else_and_do_not_change(client: TestClient) -> None:
    found = events(client, n="2", base="paper", **{"set.uptake": "80 %"})
    names = [name for name, _ in found]
    figures, whole = dict(found)["figures"], dict(found)["parts"]
    assert isinstance(figures, dict)
    assert isinstance(whole, dict)

    assert names.index("figures") < names.index("parts")
    assert names.count("figures") == 1
    assert "95\u00a0% interval" in figures["cards"]
    assert 'class="verdict"' in figures["cards"]
    assert whole["parts"].startswith(figures["cards"])
    assert figures["glance"] == whole["glance"]


def test_the_digits_are_those_of_compare(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "changes.yaml"
    query = urlencode({"n": "6", "seed": "3", "set.uptake": "80 %", "base": "paper"})
    path.write_bytes(client.get(f"/take/changes.yaml?{query}").content)
    path.write_text(path.read_text().replace('"small.yaml"', f'"{SMALL}"'), encoding="utf-8")
    study = sim.compare(
        path, variants=["baseline", "changed"], replications=6, seed=3, tables="none"
    )
    shown = parts(client, n="6", seed="3", base="paper", **{"set.uptake": "80 %"})
    plain = re.sub(r"<[^>]+>", "", shown)

    there = study.results
    assert there is not None
    for variant in ("baseline", "changed"):
        for kpi in ("working_days_mean", "on_time_share"):
            for group in ("residence", "residence/paper"):
                value = there.estimate(variant, kpi, group)
                assert value is not None
                assert in_short(value, 6) in plain
    assert difference_words(there, "working_days_mean", "residence") in plain


def test_a_link_opens_to_the_same_digits(client: TestClient) -> None:
    query = urlencode({"show": "1", "n": "4", "set.uptake": "35 %", "base": "online"})
    first = client.get(f"/?{query}").text
    again = TestClient(app(str(SMALL))).get(f"/?{query}").text

    assert first == again
    assert "4 replications" in first


def test_a_link_says_what_is_no_longer_the_same(client: TestClient) -> None:
    page = client.get("/").text
    fp = re.search(r'id="now-fp" value="(\w+)"', page)
    assert fp is not None

    assert "has changed since" not in client.get(f"/?fp={fp[1]}").text
    assert "has changed since this link was made" in client.get("/?fp=0123456789abcdef").text
    assert "made with lienthong 0.0.9" in client.get("/?v=0.0.9").text


@pytest.mark.parametrize("path", ["/", "/assets/page.js", "/health", "/nothing", "/?seed=x"])
def test_every_answer_has_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_nothing_is_asked_of_the_network_and_no_style_is_in_line(
    client: TestClient, language: str
) -> None:
    page = client.get(f"/?show=1&n=2&set.uptake=70+%25&lang={language}").text

    assert re.findall(r'(?:src|href|action)="(?:[a-z]+:)?//[^"]*"', page) == []
    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?! src=)", page)
    assert f'<html lang="{language}">' in page


def test_what_would_take_the_whole_machine_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_CASES", 10)
    name, told = events(client, n="2", run="1")[0]
    assert name == "fault"
    assert "Run it in a terminal" in str(told)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?" + "x=1&" * 6000, 414),
        ("/take/secret.txt", 404),
        ("/take/..%2f..%2fetc%2fpasswd", 404),
        ("/assets/..%2fapp.py", 404),
        ("/assets/app.py", 404),
        ("/../../etc/passwd", 404),
        ("/bring", 405),
    ],
    ids=lambda each: str(each)[:30],
)
def test_what_is_not_there_is_refused(client: TestClient, path: str, status: int) -> None:
    found = client.get(path)

    assert found.status_code == status
    assert found.text.endswith(".\n")


def test_what_is_set_by_date_is_drawn_as_it_is_written(client: TestClient) -> None:
    def curve(text: str, of: str = "uptake", language: str = "en") -> tuple[int, str]:
        query = urlencode({"of": of, f"set.{of}": text, "lang": language})
        found = client.get(f"/curve?{query}")
        return found.status_code, found.text

    steps = "{2025-09-01: 80 %, 2025-03-03: 30.5 %}"
    status, drawn = curve(steps)
    assert status == 200
    assert "uptake by date: 3 Mar 2025: 30.5 %, 1 Sep 2025: 80 %" in drawn.replace("\u00a0", " ")
    assert "03/03/2025: 30,5%" in curve(steps, language="vi")[1]
    assert "stroke-dasharray" in drawn  # what it is today
    assert (
        curve("{2025-03-03: 30 %, 2025-09-01: 80 %, between: straight}")[1]
        != curve("{2025-03-03: 30 %, 2025-09-01: 80 %}")[1]
    )
    assert curve("80 %") == (200, "")
    assert curve("{2025-03-03: 30 %, 2025-09-01: 8") == (204, "")
    assert curve("{2025-03-03: 30 %, 2025-19-01: 80 %}") == (204, "")
    assert curve(steps, of="nothing")[0] == 400
    assert "80 %" in client.get(f"/?{urlencode({'set.uptake': steps})}").text.partition("<svg")[2]


def test_a_refusal_is_in_the_language_of_the_link(client: TestClient) -> None:
    def told(path: str, **data: str) -> str:
        return (client.post(path, files={}, data=data) if data else client.get(path)).text

    assert "không có gì ở địa chỉ này" in told("/nothing?lang=vi").lower()
    assert "Go back to the page" in told("/nothing")
    assert "Liên kết quá dài" in told("/?lang=vi&" + "x=1&" * 6000)
    assert '<html lang="vi">' in told("/bring?lang=vi", text="title: [")
    assert '<html lang="vi">' in told("/register?lang=vi", dates="backwards")
    assert 'action="bring?lang=vi"' in told("/?lang=vi")
    assert 'action="register?lang=vi"' in told("/?lang=vi")
    found = events(client, lang="vi", **{"set.uptake": "120 %"})
    assert "Không chạy được" in str(dict(found)["fault"])


def bring(client: TestClient, text: str | bytes, tables: dict[str, bytes] | None = None):
    files = [("scenario", ("my.yaml", text, "application/yaml"))]
    files += [("tables", (name, data, "text/csv")) for name, data in (tables or {}).items()]
    return client.post("/bring", files=files)


def test_a_scenario_is_brought_in_and_answers(client: TestClient) -> None:
    found = bring(client, TEXT.replace("A small study", "Mine"))

    assert found.status_code == 303
    link = found.headers["location"].removeprefix(".")
    assert "Mine" in client.get(link).text
    fields = {"scenario": link.split("=")[1].split("&")[0], "n": "2", "set.uptake": "9 %"}
    assert "<svg" in parts(client, **fields)
    changes = client.get(f"/take/changes.yaml?{urlencode(fields)}").text
    assert 'extends: "scenario.yaml"' in changes


def test_a_scenario_may_come_with_its_table_of_offices(client: TestClient) -> None:
    offices = b"office,level,parent,officers\nnorth,commune,,2\nsouth,commune,,1\n"
    text = TEXT.replace("staff:\n", "offices: {file: offices.csv}\nstaff:\n").replace(
        "people: 1}", "people: {column: officers}}"
    )

    assert bring(client, text).status_code == 422  # without it there are no offices
    assert bring(client, text, {"offices.csv": offices}).status_code == 303


def test_a_script_in_a_title_does_not_run(client: TestClient) -> None:
    found = bring(client, TEXT.replace("A small study", f"'{SCRIPT}'").replace(
        "label: Đăng ký thường trú", f"label: '{SCRIPT}'"))  # fmt: skip
    assert found.status_code == 303
    page = client.get(found.headers["location"].removeprefix(".") + "&show=1&n=2").text
    name = re.search(r"brought-\w+", found.headers["location"])
    assert name is not None
    picture = client.get(f"/take/days.svg?scenario={name[0]}&n=2").text

    assert SCRIPT not in page
    assert SCRIPT not in picture
    assert "&lt;script&gt;" in page


BROKEN: list[tuple[str | bytes, str]] = [
    ("", "nothing was brought"),
    ("\n\n", "nothing was brought"),
    (b"\xff\xfe\x00", "UTF-8"),
    ("title: [", "scenario.yaml:1"),
    ("a: &x 1\nb: *x\n", "scenario.yaml:1"),
    ("!!python/object/apply:os.system ['id']", "where a scenario belongs"),
    ("title: x\ntitle: y\n", "scenario.yaml:2"),
    (TEXT.replace("role: clerk", "role: clark"), "did you mean"),
    (TEXT.replace("people: 1", "people: -1"), "scenario.yaml:6"),
    (TEXT + "extends: /etc/passwd\n", "extends"),
    (TEXT + "extends: ../../../../etc/passwd\n", "extends"),
    (TEXT + "extends: scenario.yaml\n", "leads back to itself"),
    (TEXT + "offices: {file: /etc/passwd}\n", "cannot read"),
    (TEXT + "offices: {file: ../../../etc/passwd}\n", "cannot read"),
    (TEXT.replace("time: 50 min", 'time: "empirical(/etc/passwd)"'), "there is no file"),
    ("{" * 5000, "scenario.yaml:1"),
    ("x: " + "[" * 3000, "scenario.yaml:1"),
    (TEXT.replace("a_year: 800", "a_year: 1e18"), "scenario.yaml"),
    (TEXT.replace("A small study", "\u202egniht"), "scenario.yaml:2"),
]


@pytest.mark.parametrize(("text", "told"), BROKEN, ids=lambda each: str(each)[:40])
def test_a_broken_upload_is_told_where_and_what(
    client: TestClient, text: str | bytes, told: str
) -> None:
    found = bring(client, text)

    assert found.status_code in (400, 422)
    assert told in found.text
    for secret in ("Traceback", "root:", str(ROOT), str(shipped_folder())):
        assert secret not in found.text


def test_a_table_with_the_name_of_a_path_is_refused(client: TestClient) -> None:
    for name in ("../offices.csv", "/etc/offices.csv", "offices.yaml", ".csv", "a" * 200 + ".csv"):
        assert bring(client, TEXT, {name: b"office\n"}).status_code == 400


def test_what_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    assert bring(client, b"#" * 3_000_000).status_code == 413
    chunked = client.post("/bring", content=iter([b"x" * 10]))
    assert chunked.status_code == 411


@pytest.mark.parametrize("name", ["days.svg", "time.svg", "load.svg", "course.svg"])
def test_a_picture_is_an_svg(client: TestClient, name: str) -> None:
    found = client.get(f"/take/{name}?n=3&set.uptake=80+%25")

    assert found.headers["content-type"] == "image/svg+xml"
    assert found.text.startswith("<svg")
    assert "style=" not in found.text


@pytest.mark.parametrize(
    ("name", "words"), [("report.en.html", "How sure this is"), ("report.vi.html", "Kết quả")]
)
def test_a_report_can_be_taken_in_both_languages(client: TestClient, name: str, words: str) -> None:
    found = client.get(f"/take/{name}?n=3&set.uptake=80+%25")

    assert found.status_code == 200
    assert words in found.text
    assert "lienthong compare changes.yaml --variants baseline,changed" in found.text
    assert str(shipped_folder()) not in found.text


def test_tables_can_be_taken(client: TestClient) -> None:
    found = client.get("/take/tables.zip?n=3&set.uptake=80+%25")
    archive = zipfile.ZipFile(io.BytesIO(found.content))

    assert {"estimates.csv", "cases.parquet", "changes.yaml"} <= set(archive.namelist())
    for name in archive.namelist():
        assert str(ROOT).encode() not in archive.read(name), name


def test_a_scenario_of_ones_own_gives_tables_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "small.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("extends: base/small.yaml\ntitle: Mine\n")
    monkeypatch.chdir(tmp_path)
    own = TestClient(app("./mine.yaml"))

    found = own.get("/take/report.en.html?n=2&set.uptake=80+%25")
    assert found.status_code == 200, found.text
    assert "Mine" in found.text


def test_a_large_scenario_is_run_when_asked(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.answers.workbench.LARGE", 10)
    assert [name for name, _ in events(client, n="2")] == ["ask", "end"]
    assert "parts" in [name for name, _ in events(client, n="2", run="1")]


def test_health_and_assets(client: TestClient) -> None:
    assert client.get("/health").json() == {
        "status": "ok", "version": sim.__version__, "waiting": 0,
    }  # fmt: skip
    assert client.get("/assets/page.css").headers["content-type"].startswith("text/css")
    assert client.get("/assets/report.css").status_code == 200


def test_the_link_says_all_that_is_set() -> None:
    state = State(
        scenario="birth",
        fingerprint="0123456789abcdef",
        version="0.1.0",
        where=Where(variant="online", settings={"helped": "60 %", "inbox": '["08:00", "14:00"]'}),
        baseline=Where(variant="separate", settings={"slip": "50 %"}),
        bundle="birth",
        replications=20,
        precision=0.05,
        seed=7,
        language="vi",
    )

    assert state_of(parse_qsl(state.query())) == state
    assert state_of([]) == State()
    with pytest.raises(RequestError, match="on one line"):
        state_of([("set.uptake", "1 %\nx: 2")])


def steps_of(log: list[str], name: str, n: int):
    def steps(turn: Turn) -> Iterator[float]:
        for number in range(n):
            log.append(f"{name}{number}")
            time.sleep(0.02)
            yield 0.0

    return steps


def test_first_steps_come_before_the_sharpening_of_others() -> None:
    log: list[str] = []
    turns = Turns(1)
    for name in "abc":
        turns.take(name, steps_of(log, name, 4))
    deadline = time.monotonic() + 5
    while turns.n_waiting and time.monotonic() < deadline:
        time.sleep(0.01)

    assert log[:3] == ["a0", "b0", "c0"]
    assert log[3:] == [f"{name}{n}" for n in (1, 2, 3) for name in "abc"]


def test_a_step_waits_for_as_long_as_the_one_before_says() -> None:
    turns, at = Turns(1), []

    def steps(turn: Turn) -> Iterator[float]:
        for pause in (0.15, 0.0, 0.0):
            at.append(time.monotonic())
            yield pause

    turns.take("tab", steps)
    deadline = time.monotonic() + 5
    while turns.n_waiting and time.monotonic() < deadline:
        time.sleep(0.01)

    assert len(at) == 3
    assert at[1] - at[0] >= 0.15
    assert at[1] - at[0] < 5


def test_the_newest_request_of_a_tab_replaces_its_older_one() -> None:
    log: list[str] = []
    turns = Turns(1)
    gate = threading.Event()

    def waits(turn: Turn) -> Iterator[float]:
        gate.wait(5)
        yield 0.0

    turns.take("other", waits)
    dropped = threading.Event()
    first = turns.take("tab", steps_of(log, "old", 2), dropped.set)
    turns.take("tab", steps_of(log, "new", 1))
    gate.set()
    deadline = time.monotonic() + 5
    while turns.n_waiting and time.monotonic() < deadline:
        time.sleep(0.01)

    assert first.is_stopped
    assert dropped.is_set()
    assert log == ["new0"]


def test_too_many_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turning, "MOST_WAITING", 2)
    turns = Turns(0)
    turns.take("a", steps_of([], "a", 1))
    turns.take("b", steps_of([], "b", 1))
    with pytest.raises(RequestError, match="too many are waiting"):
        turns.take("c", steps_of([], "c", 1))


def test_the_command_serves_the_page_until_it_is_interrupted() -> None:
    words = "import sys; from sim.cli import main; sys.exit(main())"
    command = (sys.executable, "-c", words, "page", str(SMALL), "--port", "0")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert address is not None, told
        with urlopen(f"{address[0]}health") as found:
            assert json.load(found)["status"] == "ok"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["page", str(SMALL), "--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"lienthong: cannot serve at 127.0.0.1:{port}")
    assert len(told.splitlines()) == 1


def test_a_missing_extra_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.cli.page.find_spec", lambda name: None)

    assert main(["page"]) == 2
    assert "python -m pip install 'lienthong[web]'" in capsys.readouterr().err


def test_a_broken_scenario_ends_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "broken.yaml").write_text("title: [", encoding="utf-8")

    assert main(["page", str(tmp_path / "broken.yaml"), "--port", "0"]) == 2
    assert "broken.yaml" in capsys.readouterr().err


def test_what_the_guide_says_is_so(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert example is not None
    (tmp_path / "mine.yaml").write_text(example[1], encoding="utf-8")
    limits = dict(re.findall(r"^\| ([\w, ]+) \| ([\d \w,]+?) \|", guide, re.MULTILINE))

    assert sim.load(tmp_path / "mine.yaml", variant="more").variants[-1] == "more"
    assert limits["replications of an answer"] == f"{MOST}"
    assert limits["work on an answer"] == f"{answering.LONGEST:.0f} s"
    assert limits["cases of a replication"] == f"{answering.MOST_CASES // 1_000_000} million"
    assert limits["an upload"] == f"{shelf.MOST_BYTES // 1_000_000} MB"
    assert limits["tabs that wait"] == f"{turning.MOST_WAITING}"
    assert limits["scenarios open, and brought in"] == f"{shelf.MOST_OPEN}, {shelf.MOST_BROUGHT}"
