"""The page in Vietnamese: nothing of it, its answers and its questions is left in English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from babel.messages.pofile import read_po
from starlette.testclient import TestClient

from sim.page.app import app
from sim.page.questions.all import QUESTIONS

ROOT = Path(__file__).parents[2]
SHORTEST = 9
"""Letters of a text that is looked for: shorter ones are parts of names and of other words."""

FIELDS = {
    "n": "2", "variant": "online", "base": "", "run": "1", "ask.kpi": "working_days_mean",
    "ask.limit": "5", "ask.only": "staff",
}  # fmt: skip


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(app("lienthong:first"), follow_redirects=False)


@pytest.fixture(scope="module")
def english() -> frozenset[str]:
    """Texts that are said otherwise in Vietnamese, those with fields left out."""
    with (ROOT / "sim" / "language" / "vi.po").open("rb") as stream:
        found = read_po(stream, locale="vi")
    texts = {each.id[0] if isinstance(each.id, tuple) else each.id: each.string for each in found}
    return frozenset(
        text
        for text, said in texts.items()
        if len(text) >= SHORTEST
        and "{" not in text
        and text != said
        and (" " in text or text[:1].isupper())  # else it may be a name in the scenario
    )


def left(html: str, english: frozenset[str]) -> Iterator[str]:
    """What is left in English of the words that are shown; code and data are no words."""
    html = re.sub(r"<(code|title|script|textarea|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    html = re.sub(r'<div class="replay-data".*?</div>', " ", html, flags=re.DOTALL)
    html = re.sub(r'(?:aria-label|placeholder|data-lost|data-said|alt)="([^"]*)"', r">\1<", html)
    shown = unescape(re.sub(r"<[^>]*>", "\n", html.replace(">", ">\n").replace("<", "\n<")))
    words = " " + re.sub(r"\s+", " ", shown) + " "
    for text in english:
        if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", words):
            yield text


def events(client: TestClient, path: str, **fields: str) -> dict[str, object]:
    text = client.get(f"{path}?{urlencode({'tab': 'one', **fields})}").text
    return {n: json.loads(d) for n, d in re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)}


def test_the_page_and_its_answer(client: TestClient, english: frozenset[str]) -> None:
    query = urlencode({"show": "1", "n": "3", "lang": "vi", "variant": "online"})
    page = client.get(f"/?{query}").text

    assert '<html lang="vi">' in page
    assert 'class="card"' in page
    assert sorted(left(page, english)) == []
    assert len(list(left(client.get(f"/?{query}&lang=en").text, english))) > 60  # the twin


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_and_its_answer(client: TestClient, english: frozenset[str], name: str) -> None:
    fields = FIELDS | {"lang": "vi"}
    levers = re.findall(r'id="at-ask.lever"><option value="(\w+)"', client.get("/").text)
    if levers:
        fields["ask.lever"] = levers[0]
    found = events(client, f"/question/{name}", **fields)
    told = found.get("shown") or found.get("fault")

    assert isinstance(told, dict)
    assert sorted(left(str(told.get("html", told.get("parts"))), english)) == []
    assert sorted(left(str(told["glance"]), english)) == []
