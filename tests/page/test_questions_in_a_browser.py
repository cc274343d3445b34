"""A planner asks five questions by keyboard alone, in a real browser; and looks at a map."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import CHROMIUM, is_done, served
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
SERIOUS = ("serious", "critical")
MOST_TABS = 80

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium is installed")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of the small scenario, whose work is done with a system that can be down."""
    text = SMALL.read_text(encoding="utf-8").replace("role: clerk,", "role: clerk, needs: desk,")
    text = text.replace("filing:", "systems:\n  desk: {}\nfiling:", 1)
    text = text.replace("variants:", "  down: systems.desk.planned\nvariants:", 1)
    text = text.replace(
        "claims:", '  outage: {down: [{from: "2025-03-10 00:00", to: "2025-03-12 00:00"}]}\nclaims:'
    )
    text += "costs: {hour: 25 500 VND/h, trip: 20 000 VND, copy: 1 000 VND}\n"
    place = tmp_path_factory.mktemp("own") / "own.yaml"
    place.write_text(text, encoding="utf-8")
    with served(str(place)) as found:
        yield found


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"no way to {selector} by Tab")


def ask(page: Page, name: str) -> None:
    """Ask the open question, and wait for its answer."""
    tab_to(page, f"#question-{name} [type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#question-{name}:not([aria-busy]) .shown .command", timeout=60_000)


def open_question(page: Page, name: str) -> None:
    """Open a question."""
    tab_to(page, f"#question-{name} > summary")
    page.keyboard.press("Enter")
    expect(page.locator(f"#question-{name}")).to_have_attribute("open", "")


def test_five_questions_by_keyboard_alone(page: Page, address: str) -> None:
    # How many officers for 95 % on time?
    page.goto(f"{address}?n=2")
    is_done(page)
    open_question(page, "staff")
    tab_to(page, "[name='ask.limit']")
    expect(page.locator("#question-staff [name='ask.limit']")).to_have_value("95 %")
    ask(page, "staff")
    expect(page.locator("#question-staff .told")).to_contain_text("clerk 1; 1 person")

    # The least uptake for a target in working days?
    open_question(page, "threshold")
    tab_to(page, "#question-threshold [name='ask.limit']")
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    ask(page, "threshold")
    expect(page.locator("#question-threshold .told")).to_contain_text("0 % to 100 %")

    # What does an outage of two days do?
    page.goto(f"{address}?n=10")
    is_done(page)
    tab_to(page, "#at-variant")
    for variant in ("paper", "online", "outage"):
        page.keyboard.press("ArrowDown")
        expect(page.locator("#at-variant")).to_have_value(variant)
        expect(page.locator("#at-variant")).to_be_focused()
        is_done(page)
    is_done(page)
    expect(page.locator("#glance")).to_contain_text("onger by")

    # What does it save a year, and where does the time go?
    for anchor in ("burden", "time"):
        tab_to(page, f".questions a[href='#{anchor}']")
        page.keyboard.press("Enter")
        expect(page.locator(f"#{anchor} h2")).to_be_in_viewport()
    expect(page.locator("#burden")).to_contain_text("Burden of all cases")
    expect(page.locator("#time svg")).to_be_visible()


def test_a_step_of_the_map_tells_of_itself_by_click_and_by_key(page: Page, address: str) -> None:
    page.goto(f"{address}?n=2&variant=online")
    is_done(page)
    open_question(page, "map")
    ask(page, "map")
    words = page.locator("#question-map .step-words")
    tab_to(page, "#question-map [data-step='register']")
    page.keyboard.press("Enter")
    expect(words).to_contain_text("Wait until work begins")
    expect(words).to_contain_text("own.yaml:")
    before = words.inner_text()
    page.locator("#question-map .shown > .map [data-step='register']").nth(1).click()
    expect(words).to_contain_text("Work at each pass")
    assert words.inner_text() != before


def test_a_fortnight_is_played_and_stepped_by_key(page: Page, address: str) -> None:
    page.goto(f"{address}?n=2&variant=online")
    is_done(page)
    open_question(page, "replay")
    ask(page, "replay")
    controls = page.locator("#question-replay .replay-controls")
    expect(controls.get_by_role("button", name="Play")).to_be_visible()
    before = controls.inner_text()
    controls.get_by_role("button", name="Step forward").press("Enter")
    expect(controls).not_to_have_text(before)
    controls.get_by_role("button", name="Play").press("Enter")
    expect(controls.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("#question-replay circle:not([display=none])").first).to_be_attached()


def test_a_question_can_be_cancelled(page: Page, address: str) -> None:
    page.goto(f"{address}?n=2")
    is_done(page)
    open_question(page, "hangs-on")
    tab_to(page, "#question-hangs-on [type=submit]")
    page.keyboard.press("Enter")
    cancel = page.locator("#question-hangs-on [data-cancel]")
    if cancel.is_visible():
        cancel.press("Enter")
    expect(page.locator("#question-hangs-on .doing")).not_to_be_empty()
    expect(cancel).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_answers_are_accessible_and_fit_a_narrow_screen(
    page: Page, address: str, language: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}?n=2&variant=online&lang={language}")
    is_done(page)
    for name in ("why", "offices", "story", "map"):
        open_question(page, name)
        ask(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        found = Axe().run(page).response["violations"]
        serious = [
            (each["id"], [node["html"][:160] for node in each["nodes"]][:3])
            for each in found
            if each["impact"] in SERIOUS
        ]
        assert serious == []
