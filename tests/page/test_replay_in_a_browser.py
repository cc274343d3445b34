"""The replay in a real browser, under a policy that allows no style and no foreign script."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "scenarios" / "first.yaml"
SCRIPT = ROOT / "sim" / "page" / "assets" / "replay.js"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no chromium")

PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'self'; connect-src 'self'"><title>t</title></head>
<body><div id="controls"></div><div id="map">{svg}</div>
<script type="module" src="main.js"></script></body></html>"""
MAIN = """import { mount } from "./replay.js";
const data = await (await fetch("data.json")).json();
window.player = mount({ root: document.getElementById("map"),
  controls: document.getElementById("controls"), data, words: { play: "Chạy" } });
"""
FLOW = "residence/today/paper"
DAY = 86_400


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def wait_until(page: Any, condition: str) -> None:
    """Wait for a condition; Playwright's own way would be refused by the policy."""
    for _ in range(500):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{condition} did not come true")


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return sim.replay(FIRST, start="2025-04-07").data


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page")
    svg = sim.process_map(FIRST, channel="paper", replications=2).svg
    (folder / "index.html").write_text(PAGE.format(svg=svg), "utf-8")
    (folder / "main.js").write_text(MAIN, "utf-8")
    (folder / "data.json").write_text(json.dumps(data), "utf-8")
    shutil.copy(SCRIPT, folder)
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    wait_until(page, "!!window.player")
    yield page
    assert said == []  # no error, and nothing that the policy refused
    page.close()


def by_hand(data: dict[str, Any], at: int) -> tuple[int, int]:
    """How many wait, and how many are worked on, at an instant."""
    waiting = working = 0
    for case, _, _, came, begun, left in data["moves"]:
        if data["flows"][data["cases"][case][1]] == FLOW and came <= at < (
            left or data["length"] + 1
        ):
            is_worked = begun is not None and begun <= at
            working += is_worked
            waiting += not is_worked
    return waiting, working


def shown(page: Any) -> tuple[int, int]:
    words = page.inner_text("#controls p").split()
    return int(words[0]), int(words[5])


def test_dots_are_where_the_data_have_the_cases(page: Any, data: dict[str, Any]) -> None:
    counts = set()
    for at in (0, DAY + 9 * 3600, 3 * DAY + 10 * 3600, 9 * DAY + 15 * 3600 + 1800):
        page.evaluate(f"player.go({at})")
        assert shown(page) == by_hand(data, at)
        counts.add(shown(page))
    assert len(counts) > 2
    assert by_hand(data, DAY) != by_hand(data, 9 * DAY)


def test_it_is_played_stepped_and_stopped_by_keys(page: Any) -> None:
    assert page.inner_text("#controls button:nth-of-type(2)") == "Chạy"
    page.focus("#controls button:nth-of-type(3)")
    page.keyboard.press("ArrowRight")
    first = page.evaluate("player.at")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("player.at") > first > 0
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("player.at") == first
    page.keyboard.press("End")
    assert page.evaluate("player.at") == 14 * DAY
    page.keyboard.press("Home")
    assert page.evaluate("player.at") == 0
    page.focus("#controls button:nth-of-type(2)")
    page.keyboard.press("Enter")
    wait_until(page, "player.at > 3600")
    page.keyboard.press("Enter")
    stopped = page.evaluate("player.at")
    page.wait_for_timeout(200)
    assert page.evaluate("player.at") == stopped


def test_the_clock_tells_the_day_and_holidays(page: Any) -> None:
    assert "7 tháng 4" in page.inner_text("output")
    assert page.inner_text("output").endswith("public holiday")  # words that nobody gave
    page.evaluate(f"player.go({DAY + 9 * 3600})")
    assert page.inner_text("output").endswith("office open")
    page.evaluate(f"player.go({5 * DAY + 9 * 3600})")
    assert page.inner_text("output").endswith("weekend")


def test_nothing_slides_where_motion_is_to_be_reduced(browser: Any, address: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    page.goto(address)
    wait_until(page, "!!window.player")
    page.evaluate("player.play()")
    seen = {page.evaluate("player.at") for _ in range(40) if not page.wait_for_timeout(10)}
    gaps = [b - a for a, b in zip(sorted(seen), sorted(seen)[1:], strict=False)]
    assert gaps
    assert min(gaps) >= 3600
    page.close()
