"""The page in a real browser: levers, keys alone, a narrow screen, and what axe says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import CHROMIUM, is_done, served
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[2]
SMALL = str(ROOT / "tests" / "data" / "small.yaml")
SERIOUS = ("serious", "critical")

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium is installed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(SMALL) as place:
        yield place


def shown(page: Page) -> str:
    is_done(page)
    return page.locator(".card strong").first.inner_text()


def test_moving_a_lever_changes_the_answer_and_the_link(page: Page, address: str) -> None:
    page.goto(f"{address}?n=5")
    before = shown(page)
    page.locator("input[type=range][data-for=set-uptake]").fill("100")

    expect(page.locator(".card .verdict").first).to_contain_text("horter by")
    assert shown(page) != before
    assert page.locator("#set-uptake").input_value() == "100 %"
    assert "set.uptake=100+%25" in page.url
    assert "fp=" in page.url
    after = page.locator("#parts").inner_text()
    page.reload()
    is_done(page)
    assert page.locator("#parts").inner_text() == after


def test_the_curve_of_what_is_set_by_date_changes_as_it_is_edited(page: Page, address: str) -> None:
    page.goto(f"{address}?n=2")
    is_done(page)
    field, drawn = page.locator("#set-uptake"), page.locator("[data-curve=set-uptake] svg")
    expect(drawn).to_have_count(0)
    field.fill("{2025-03-03: 30 %, 2025-03-17: 80 %}")
    expect(drawn.locator("title").first).to_contain_text("17 Mar 2025: 80 %")
    before = drawn.locator("polyline").get_attribute("points")
    field.fill("{2025-03-03: 30 %, 2025-03-17: 60 %")
    is_done(page)
    assert drawn.locator("polyline").get_attribute("points") == before
    field.fill("{2025-03-03: 30 %, 2025-03-17: 60 %}")
    expect(drawn.locator("title").first).to_contain_text("17 Mar 2025: 60 %")
    assert drawn.locator("polyline").get_attribute("points") != before
    page.locator("[data-reset]").click()
    expect(drawn).to_have_count(0)


def test_figures_are_shown_first_and_what_is_older_is_marked(page: Page, address: str) -> None:
    page.goto(f"{address}?n=20")
    is_done(page)
    page.evaluate("""() => {
      window.seen = [];
      new MutationObserver(() => window.seen.push(
        [document.getElementById("parts").classList.contains("stale"),
         document.querySelectorAll("#parts > .cards").length,
         document.querySelectorAll("#parts > section").length])
      ).observe(document.documentElement, { attributeFilter: ["data-answered"] });
    }""")
    page.locator("input[type=range][data-for=set-uptake]").fill("100")
    expect(page.locator(".card .verdict").first).to_contain_text("horter by")
    is_done(page)

    (is_stale, n_cards, n_sections), *others = page.evaluate("window.seen")
    assert is_stale
    assert n_cards == 1
    assert n_sections > 5
    assert others
    assert not any(each[0] for each in others)


def test_a_lever_that_cannot_be_says_so_and_goes_back(page: Page, address: str) -> None:
    page.goto(f"{address}?n=2")
    is_done(page)
    page.locator("details[data-group=staff] summary").first.wait_for()
    page.locator("#set-staffing").fill("0.1 x")
    expect(page.locator("#parts")).to_contain_text("queue grows without end")
    page.locator("[data-reset]").click()
    is_done(page)
    expect(page.locator("#glance")).to_contain_text("Working days")


def test_pinning_sets_the_answer_against_what_was_set(page: Page, address: str) -> None:
    page.goto(f"{address}?n=2&set.uptake=100+%25")
    is_done(page)
    page.locator("[data-pin]").click()
    expect(page.locator(".pinned")).to_contain_text("100 %")
    is_done(page)
    assert "pin.uptake=100+%25" in page.url


def test_keys_alone_move_a_lever_and_change_the_variant(page: Page, address: str) -> None:
    page.goto(f"{address}?n=2")
    before = shown(page)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator("input[type=range]:focus").count():
            break
    outline = page.locator(":focus").evaluate("each => getComputedStyle(each).outlineStyle")
    assert outline == "solid"
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#set-uptake")).to_have_value("70 %")
    expect(page.locator(".card .verdict").first).to_contain_text("wd")
    assert shown(page) != before
    page.locator("#at-variant").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#at-variant")).to_be_focused()
    is_done(page)
    assert "variant=paper" in page.url


@pytest.mark.parametrize("language", ["en", "vi"])
def test_axe_finds_no_serious_fault(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}?n=2&set.uptake=90+%25&base=paper&lang={language}")
    is_done(page)
    for each in page.locator("details").all():
        each.evaluate("each => { each.open = true; }")
    found = Axe().run(page).response["violations"]
    serious = [
        (each["id"], [node["html"][:160] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in SERIOUS
    ]
    assert serious == []


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_narrow_screen_does_not_scroll_sideways(page: Page, address: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}?n=2&set.uptake=90+%25&base=paper&lang={language}")
    is_done(page)
    for each in page.locator("details").all():
        each.evaluate("each => { each.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_nothing_is_fetched_from_elsewhere(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}?n=2&set.uptake=90+%25")
    is_done(page)

    assert len(asked) >= 5
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_without_javascript_the_form_answers(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{address}?n=2")
    plain.locator("#set-uptake").fill("100 %")
    plain.locator("#show").click()
    assert "set.uptake=100" in plain.url
    expect(plain.locator(".card").first).to_contain_text("horter by")
    context.close()
