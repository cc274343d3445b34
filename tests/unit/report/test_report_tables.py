"""Tables in a terminal: what is in them, at which width, and that no text becomes markup."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from sim.analysis.estimate import Estimate
from sim.experiment.results import Results
from sim.report import headline
from sim.report.page import page
from sim.report.pictures import Pictures
from sim.report.tables import claim_notes, show_loads, show_results, show_values
from sim.scenario import Entry
from sim.workload import RoleLoad


def console(width: int) -> Console:
    return Console(file=io.StringIO(), width=width)


def shown(results: Results, width: int = 120) -> str:
    into = console(width)
    show_results(into, results)
    assert isinstance(into.file, io.StringIO)
    return into.file.getvalue().replace("\u00a0", " ")


def test_the_hours_of_applicants_stand_in_the_table_and_on_the_page(results: Results) -> None:
    lines = shown(results, 160).splitlines()
    head = next(n for n, line in enumerate(lines) if "Own" in line)
    assert "hours" in lines[head + 1]
    column = lines[head].index("Own")
    cells = [line[column - 3 : column + 6].split() for line in lines[head + 2 :]]
    assert ["8.4"] in cells
    assert ["1.7"] in cells
    assert ["8.5"] not in cells  # the twin
    made = page(results, Pictures())
    assert ">Own hours" in made
    assert ">8.4<" in made


def test_columns_that_find_no_room_are_named(one: Results) -> None:
    narrow = shown(one, 70)
    assert "still open" in narrow.rpartition("No room for:")[2]
    assert "No room for:" not in shown(one, 160)


def test_a_study_shows_every_cell_with_mean_interval_and_unit(results: Results) -> None:
    text = shown(results, 200)
    for words in (
        'A newborn <in> "one" commune & Nghệ An',
        "Birth (khai sinh)",
        "Working days",
        "20.7 ± 0.2",
        "× 0.7",
        "47.8 %",
        "· online",
        "Differences from",
        "−17.83 ± 0.05",
        "Published and simulated",
        "21 wd",
        "ValueError: <odd> & bad",
    ):
        assert words in text, words


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_no_line_is_wider_than_the_console_and_no_number_is_cut(
    results: Results, width: int
) -> None:
    def check(text: str) -> None:
        assert all(len(line) <= width for line in text.splitlines())
        assert "…" not in text

    text = shown(results, width)
    check(text)
    with pytest.raises(AssertionError):
        check(f"{text}\n{'x' * (width + 1)}")


def test_a_narrow_console_has_fewer_columns_and_a_wide_one_has_all(results: Results) -> None:
    assert "Rejected" not in shown(results, 80)
    assert "Working days" in shown(results, 80)
    assert "Rejected" in shown(results, 160)


def test_output_that_is_no_terminal_has_no_colour_codes(results: Results) -> None:
    assert "\x1b[" not in shown(results)


def test_what_steers_a_terminal_is_written_out(results: Results) -> None:
    failure = replace(results.failures[0], error="\x1b]0;x\x07 \u202e")
    text = shown(replace(results, title="Births \u202e\x1b[2J", failures=(failure,)))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "Births \\u202e\\x1b[2J" in text
    assert "\\x1b]0;x\\x07" in text


def test_calendar_days_stand_beside_working_days_at_every_width(results: Results) -> None:
    for width in (80, 160):
        heads = [line for line in shown(results, width).splitlines() if "Working days" in line]
        assert any("Calendar days" in line for line in heads)


def test_an_interval_that_is_cut_is_told_by_its_ends_and_a_small_count_beside_it() -> None:
    def value(low: float, high: float, n: int) -> str:
        found = Estimate(
            variant="x", kpi="working_days_mean", group="birth", mean=0.4, low=low, high=high, n=n,
            unit="wd",
        )  # fmt: skip
        words = headline.text(found, places=1, replications=4)
        return words.replace("\u00a0", " ")

    nan = float("nan")
    assert value(0.1, 0.7, 4) == "0.4 ± 0.3"
    assert value(0.0, 1.2, 4) == "0.4 (0.0 to 1.2)"
    assert value(0.1, 0.72, 4) == "0.4 ± 0.3"
    assert value(0.1, 0.82, 4) == "0.4 (0.1 to 0.8)"
    assert value(0.1, 0.7, 3) == "0.4 ± 0.3 (n = 3)"
    assert value(nan, nan, 1) == "0.4 (n = 1)"


def test_square_brackets_in_names_stay_as_they_are(results: Results) -> None:
    failure = replace(results.failures[0], error="OSError: [disk] full")
    odd = replace(results, title="A [bold]title[/bold]", failures=(failure,))
    assert "A [bold]title[/bold]" in shown(odd)
    assert "OSError: [disk] full" in shown(odd)


def test_a_published_figure_is_shown_with_its_source_and_what_is_to_be_said_of_it(
    results: Results,
) -> None:
    notes = claim_notes(results)
    sources = {check.claim.source for check in results.claims}
    assert sources
    assert all(any(source in note for note in notes) for source in sources)
    unsaid = [
        replace(check, claim=check.claim.model_copy(update={"source": "", "note": ""}))
        for check in results.claims
    ]
    assert claim_notes(replace(results, claims=tuple(unsaid))) == ()  # twin


def test_an_interrupted_study_says_so(results: Results) -> None:
    assert "Interrupted" in shown(replace(results, is_complete=False))
    assert "Interrupted" not in shown(results)


def test_one_cell_has_no_differences(one: Results) -> None:
    text = shown(one)
    assert "Differences" not in text
    assert "2.9" in text


def test_a_role_that_cannot_keep_up_is_marked_and_its_busiest_office_named() -> None:
    def load(role: str, office: str | None, share: float) -> RoleLoad:
        return RoleLoad(
            role=role,
            level="commune",
            office=office,
            n_people=2,
            offered=2 * share,
            load=share,
            lasting=share,
            shared_with=(),
        )

    into = console(100)
    show_loads(
        into,
        [load("clerk", None, 0.5), load("clerk", "An", 0.4), load("clerk", "Bình", 1.02),
         load("chair", None, 0.3), load("chair", "An", 0.3)],
    )  # fmt: skip
    assert isinstance(into.file, io.StringIO)
    lines = into.file.getvalue().splitlines()
    assert [line for line in lines if "cannot keep up" in line] == [
        line for line in lines if "most: Bình" in line
    ]
    assert not any("most: An" in line for line in lines)


@pytest.mark.parametrize(
    ("share", "lasting", "words"),
    [
        (1.0, 1.0, "cannot keep up"),
        (0.99, 0.99, ""),
        (1.0, 0.4, "the log fits exactly"),
        (1.28, 0.4, "the log does not fit into the run"),
        (1.28, 1.1, "cannot keep up"),
    ],
)
def test_what_a_role_cannot_do_is_told_as_it_is(share: float, lasting: float, words: str) -> None:
    into = console(100)
    load = RoleLoad(
        role="clerk", level="commune", office=None, n_people=1, offered=share, load=share,
        lasting=lasting, shared_with=(),
    )  # fmt: skip
    show_loads(into, [load])
    assert isinstance(into.file, io.StringIO)
    line = into.file.getvalue().splitlines()[4]
    told = line.rpartition(f"{100 * share:.0f}")[2].strip()
    assert told == words
    with pytest.raises(AssertionError):  # the twin: a load is not enough to tell
        assert told == ("the queue grows without end" if share >= 1 else "fits")


def test_values_are_shown_by_mark_what_is_assumed_first() -> None:
    def value(path: str, mark: str) -> Entry:
        return Entry(
            path=path, text="1", mark=mark, source="A law [2014]", note="", file="a.yaml", line=1
        )

    into = console(100)
    show_values(into, [value("a.b", "stated"), value("c.d[0]", "assumed"), value("e", "unmarked")])
    assert isinstance(into.file, io.StringIO)
    text = into.file.getvalue()
    assert text.index("c.d[0]") < text.index("\n    e ") < text.index("a.b")
    assert "A law [2014]" in text
