"""Faults that the page shows are in the language of the request, wherever they are found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from sim.page.app import app

SMALL = Path(__file__).parents[2] / "tests" / "data" / "small.yaml"
TEXT = SMALL.read_text(encoding="utf-8")

BROKEN = [
    (("role: clerk", "role: clark"), "có phải ý là", "did you mean"),
    (("people: 1", "people: one"), "không phải là số. Hãy viết", "is no number. Write"),
    (("title: A small study", "title: [\n"), "không đúng YAML", "not YAML"),
    (("levers:", "extends: nowhere.yaml\nlevers:"), "không có tệp này", "no such file"),
]


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(app(str(SMALL)), follow_redirects=False)


@pytest.mark.parametrize(
    ("change", "vietnamese", "english"), BROKEN, ids=lambda each: str(each)[:30]
)
def test_a_scenario_that_is_brought_in_is_refused_in_the_language_of_the_request(
    client: TestClient, change: tuple[str, str], vietnamese: str, english: str
) -> None:
    assert change[0] in TEXT
    files = [("scenario", ("my.yaml", TEXT.replace(*change), "application/yaml"))]

    def told(language: str) -> str:
        found = client.post(f"/bring?lang={language}", files=files, data={"lang": language})
        assert found.status_code == 422
        return found.text

    shown = {language: told(language) for language in ("vi", "en", "vi")}
    assert vietnamese in shown["vi"]
    assert english not in shown["vi"]
    assert english in shown["en"]
    assert vietnamese not in shown["en"]


def test_a_lever_that_is_moved_where_it_cannot_be_is_told_so_in_the_language_of_the_link(
    client: TestClient,
) -> None:
    def told(**fields: str) -> str:
        query = urlencode({"tab": "one", "n": "2", "run": "1", "set.uptake": "ten", **fields})
        text = client.get(f"/answer?{query}").text
        faults = re.findall(r"event: fault\ndata: (.*)\n\n", text)
        assert faults, text
        return str([json.loads(each) for each in faults])

    assert "không phải là số" in told(lang="vi")
    assert "is no number" not in told(lang="vi")
    assert "is no number" in told()
    assert "không phải là số" not in told()


def test_a_start_with_a_broken_scenario_is_told_in_the_language_of_each_request(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace("people: 1", "people: one"), encoding="utf-8")
    client = TestClient(app(str(path)), follow_redirects=False)

    assert "không phải là số" in client.get("/?lang=vi").text
    assert "is no number" in client.get("/").text
    assert "không phải là số" in client.get("/levers?lang=vi").text
