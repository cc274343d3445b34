"""A register that is brought in: what is wrong with it, a scenario learnt, and what others try."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import sim
from sim.page import registers
from sim.page.app import app

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(app(str(SMALL)), follow_redirects=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the register of one run, as CSV and as XES."""
    place = tmp_path_factory.mktemp("register")
    long = {"period.length": "16 weeks"}
    sim.run(SMALL, replications=1, tables="all", out=place / "study", settings=long)
    for form in ("csv", "xes"):
        sim.export_log(place / "study", format=form, out=place / f"register.{form}")
    return place


def bring(
    client: TestClient, content: bytes, name: str = "register.csv", **fields: str
) -> tuple[Any, str]:
    """What is answered to a register, with its words."""
    answer = client.post("/register", files={"register": (name, content)}, data=fields)
    return answer, unescape(re.sub(r"<[^>]+>", " ", answer.text))


@pytest.mark.parametrize("form", ["csv", "xes"])
def test_a_register_becomes_the_scenario_of_the_page(
    client: TestClient, folder: Path, form: str
) -> None:
    path = folder / f"register.{form}"
    answer, words = bring(client, path.read_bytes(), "../../etc/passwd;.exe")
    log = sim.read_log(path)
    learnt = sim.learn(log)

    assert answer.status_code == 200
    for line in (*log.lines, *learnt.lines):
        assert line.strip() in words
    assert "passwd" not in answer.text
    assert tempfile.gettempdir() not in answer.text
    name = re.search(r"scenario=(brought-\w+)", answer.text)
    assert name is not None
    page = client.get(f"/?scenario={name[1]}&show=1&n=2&set.staffing=2").text
    assert 'class="card"' in page
    assert re.findall(r'<input name="set\.(\w+)" type="text"', page)


def test_what_is_learnt_has_levers_and_is_else_as_the_verb_has_it(folder: Path) -> None:
    text = sim.learn(sim.read_log(folder / "register.csv")).text
    found = registers.with_levers(text)

    assert found.startswith(text.rstrip())
    for path in ("staff.*.people", "staff.clerk.people", "bundles.residence.demand.a_year"):
        assert f'"{path}"' in found


def test_columns_and_dates_can_be_said(client: TestClient) -> None:
    rows = "\n".join(f"{n},lam,0{1 + n % 9}/05/2025 09:00,clerk" for n in range(40))
    content = f"so,viec,luc,ai\n{rows}\n".encode()
    refused, words = bring(client, content)
    said, more = bring(client, content, columns="case = so\nstep=viec\nat = luc", dates="day first")

    assert refused.status_code == 422
    assert "no column for the step" in words
    assert "has a field here" in words
    assert 'name="columns"' in refused.text
    assert "This cannot be read" not in more
    assert "40 cases" in more
    assert said.status_code in (200, 422)  # what has no flow is not learnt, and says so


def bomb() -> bytes:
    """A workbook that says to be 200 MB when it is unpacked."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(2):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", b"0" * 100_000_000)
    return into.getvalue()


DTD = b'<?xml version="1.0"?><!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>'
HOSTILE = {
    "nothing": (b"  \n", "nothing was brought"),
    "zeros": (b"\0" * 500, "This cannot be"),
    "half a workbook": (b"PK\x03\x04" + b"x" * 50, "no whole workbook"),
    "gzip": (b"\x1f\x8b" + b"x" * 50, "not packed"),
    "parquet": (b"PAR1" + b"x" * 50, "not packed"),
    "dtd": (DTD, "DTD"),
    "script": (f"case,step,at\n1,{SCRIPT},never\n".encode(), "row 2"),
    "path": (b"case,step,at\n/etc/passwd,../../x,2025-13-45\n", "row 2"),
    "one row": (b"case,step,at\n1,a,2025-05-05 09:00\n", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_register_gets_a_clear_answer(
    client: TestClient, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    content, said = HOSTILE[name]
    answer, words = bring(client, content, "/etc/passwd")

    assert answer.status_code in (400, 422)
    assert said in words
    for shown in ("Traceback", "root:", SCRIPT, tempfile.gettempdir()):
        assert shown not in answer.text
    assert [each for each in caplog.records if each.levelname in ("ERROR", "CRITICAL")] == []


def test_a_workbook_that_grows_is_refused(client: TestClient) -> None:
    answer, words = bring(client, bomb())
    assert answer.status_code == 422
    assert "too large when it is unpacked" in words


def test_too_large_a_register_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post(
        "/register", content=b"x", headers={"content-length": str(registers.MOST_BYTES * 2)}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "fields", [{"dates": "backwards"}, {"encoding": "../x"}, {"columns": "case"}]
)
def test_fields_are_held_to_what_they_can_be(client: TestClient, fields: dict[str, str]) -> None:
    answer, words = bring(client, b"case,step,at\n", **fields)
    assert answer.status_code == 400
    assert f"{next(iter(fields))}:" in words


def test_nothing_of_a_register_stays(
    client: TestClient, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    make = tempfile.mkdtemp

    def noted(*args: Any, **wanted: Any) -> str:
        made.append(make(*args, **wanted))
        return made[-1]

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other tests use the usual one
    monkeypatch.setattr(tempfile, "mkdtemp", noted)
    bring(client, (folder / "register.csv").read_bytes())
    bring(client, b"case,step,at\n1,a,x\n")
    assert made
    assert all(Path(each).parent == tmp_path for each in made)
    assert list(tmp_path.iterdir()) == []
