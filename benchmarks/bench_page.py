"""What a planner waits for: the page's start, and the answer after each of 100 moves of a lever.

A real browser moves the levers of births, and an answer counts from the move until it is shown: its
chief figures, their intervals and verdicts.  All else of it follows when the hand rests.  Beside it
stands the command that gives the same answer, as a process of its own.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest
from one_run import warm
from playwright.sync_api import Page, sync_playwright
from pytest_benchmark.fixture import BenchmarkFixture
from workloads import FOLDER

PROGRAM = str(Path(sys.executable).parent / "lienthong")
BIRTH = str(FOLDER.parent / "scenarios" / "birth.yaml")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
ARGUMENTS = ("--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking")
MOVES = 100
WHOLE = 10
"""Moves behind which the hand rests until all of the answer is shown."""

LEVERS = ("uptake", "staffing", "helped", "lost")

MOVE = """([name, value, what]) => new Promise((tell) => {
  const root = document.documentElement, before = Number(root.dataset.asked);
  const slider = document.querySelector(`input[type=range][data-for="set-${name}"]`);
  const begun = performance.now();
  new MutationObserver((_, watch) => {
    const { asked } = root.dataset;
    if (Number(asked) > before && root.dataset[what] === asked) {
      watch.disconnect();
      requestAnimationFrame(() => tell(performance.now() - begun));
    }
  }).observe(root, { attributes: true });
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})"""
"""Moves a slider, and gives the milliseconds until the answer, or all of it, is painted."""

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium is installed")


@contextmanager
def served() -> Iterator[tuple[str, float, float]]:
    """The page as a process: its address, the seconds until it listens, and until it is shown."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    begun = time.monotonic()
    words = (PROGRAM, "page", "lienthong:birth", "--port", str(port))
    with subprocess.Popen(words, stderr=subprocess.DEVNULL, env=warm()) as process:
        try:
            while not is_well(address):
                time.sleep(0.02)
            started = time.monotonic() - begun
            urlopen(address).read()
            yield address, started, time.monotonic() - begun - started
        finally:
            process.terminate()


def is_well(address: str) -> bool:
    try:
        return json.load(urlopen(f"{address}health"))["status"] == "ok"
    except OSError:
        return False


@contextmanager
def opened(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.wait_for_selector("html[data-done]", state="attached", timeout=60_000)
        yield page
        browser.close()


def value(lever: str, turn: int) -> str:
    """A value that the lever had at none of its moves before, at a step of its slider."""
    if lever == "staffing":
        return f"{0.75 + 0.05 * (turn + (turn >= 5)):.2f}"  # without 1, which stands there
    return str(3 * turn + 4)


def test_moves_of_a_lever(benchmark: BenchmarkFixture) -> None:
    """Milliseconds to the first answer, over moves; and seconds until it is as sharp as asked."""
    with served() as (address, started, first_page), opened(address) as page:
        moves = ((LEVERS[i % len(LEVERS)], i // len(LEVERS)) for i in range(MOVES))
        found: list[float] = []

        def move() -> None:
            lever, turn = next(moves)
            found.append(page.evaluate(MOVE, [lever, value(lever, turn), "answered"]))

        begun = time.monotonic()
        page.evaluate(MOVE, ["uptake", "80", "answered"])
        page.wait_for_selector("html[data-done='2']", state="attached")
        sharp = time.monotonic() - begun
        benchmark.pedantic(move, rounds=MOVES)
        wholes = [
            page.evaluate(MOVE, ["uptake", str(3 * turn + 5), "whole"]) for turn in range(WHOLE)
        ]
    median, late = np.percentile(found, (50, 95))
    benchmark.extra_info |= {
        "first answer, median (ms)": round(float(median)),
        "first answer, P95 (ms)": round(float(late)),
        "all of the first answer, median (ms)": round(float(np.median(wholes))),
        "sharp (s)": round(sharp, 2),
        "start (s)": round(started, 2),
        "first page (s)": round(first_page, 2),
    }


def test_the_command_for_the_same_answer(benchmark: BenchmarkFixture) -> None:
    """The comparison of two settings with two replications, as the first answer is made of."""
    words = (PROGRAM, "sweep", BIRTH, "--vary", "uptake=62 %,80 %", "--bundle", "birth",
             "--replications", "2", "--quiet")  # fmt: skip
    start = partial(subprocess.run, words, check=True, capture_output=True, env=warm())
    benchmark.pedantic(start, rounds=5, warmup_rounds=1)
