"""The map of how a case goes through the offices: where everything stands, and what it says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import sim
from sim.cli import main
from sim.errors import RequestError
from sim.experiment.results import Results
from sim.language import speaking
from sim.report.process_map.bands import bands
from sim.report.process_map.flow import BOXES, HANDS, Kind, Sequence, Step, Way, Ways, steps_of
from sim.report.process_map.geometry import HEAD, Geometry, geometry
from sim.report.process_map.layout import Layout, lay_out
from sim.report.process_map.maps import flow_maps, has_limit
from sim.report.process_map.passing import parted, taken
from sim.report.process_map.picture import picture
from sim.report.process_map.reading import APPLICANT, Reading
from sim.report.process_map.scale import colour, ink_on, line_width
from sim.report.process_map.section import process_maps
from sim.report.process_map.shapes import WIDTH

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
GOLDEN = Path(__file__).with_name("first-map.svg")
DRAWN_EXTRA = {Kind.CHOICE, Kind.FORK, Kind.JOIN, Kind.STRAIGHT}

Passes = Callable[[str], float | None]


SEEN: dict[Sequence, Path] = {}


@cache
def flows(path: Path) -> list[tuple[str, Sequence]]:
    """Every flow of a scenario that no other has."""
    return list(_flows(path))


def _flows(path: Path) -> Iterator[tuple[str, Sequence]]:
    scenario = sim.load(path)
    for bundle, spec in scenario.spec.bundles.items():
        for regime, rules in spec.regimes.items():
            for channel in rules.channels:
                name = f"{bundle}/{regime}/{channel}"
                flow = Reading(scenario, bundle, regime, channel).flow()
                if SEEN.setdefault(flow, path) == path:
                    yield name, flow


def once(_: str) -> float | None:
    return 1.0


def unknown(_: str) -> float | None:
    return None


def overlaps(places: Geometry) -> list[tuple[int, int]]:
    """Boxes that cover a part of each other."""
    rects = [(i, r) for i, r in enumerate(places.boxes) if r.width]
    return [
        (i, j)
        for n, (i, a) in enumerate(rects)
        for j, b in rects[n + 1 :]
        if a.x < b.right and b.x < a.right and a.y < b.y + b.height and b.y < a.y + a.height
    ]


def faults(flow: Sequence, layout: Layout, places: Geometry) -> list[str]:
    """What is wrong with a layout."""
    found = [f"{i} and {j} overlap" for i, j in overlaps(places)]
    drawn = [box.step.name for box in layout.boxes if box.step.kind not in DRAWN_EXTRA]
    if sorted(drawn) != sorted(step.name for step in steps_of(flow)):
        found.append("not every step is drawn once")
    for box in layout.boxes:
        if box.step.kind in HANDS and box.lane != box.step.lane:
            found.append(f"{box.step.name} is in the lane of another")
        if not (HEAD <= places.boxes[box.index].x <= WIDTH):
            found.append(f"{box.step.name} is beside the page")
    known = range(len(layout.boxes))
    for link in layout.links:
        if link.source not in known or link.target not in known or link.source == link.target:
            found.append(f"{link} joins nothing")
        elif not link.is_back and (
            layout.boxes[link.source].column >= layout.boxes[link.target].column
        ):
            found.append(f"{link} runs to the left")
    lanes = {box.lane for box in layout.boxes}
    if lanes != set(layout.lanes) or len(lanes) != len(layout.lanes):
        found.append("lanes are lacking, or more than are used")
    return found


def crossed(layout: Layout, places: Geometry) -> list[str]:
    """Boxes through which the line of another runs."""
    found = []
    for line in places.lines:
        for points in line.pieces:
            for (x1, y1), (x2, y2) in pairwise(points):
                for box, rect in zip(layout.boxes, places.boxes, strict=True):
                    if box.step.kind not in BOXES or box.index in (
                        line.link.source, line.link.target,
                    ):  # fmt: skip
                        continue
                    if (
                        min(x1, x2) < rect.right - 1 and max(x1, x2) > rect.x + 1
                        and min(y1, y2) < rect.y + rect.height - 1 and max(y1, y2) > rect.y + 1
                    ):  # fmt: skip
                        found.append(f"{line.link} runs through {box.step.name}")
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@pytest.mark.parametrize("passes", [once, unknown])
def test_every_step_of_every_shipped_flow_has_a_place_of_its_own(
    path: Path, passes: Passes
) -> None:
    for name, flow in flows(path):
        layout = lay_out(flow, APPLICANT, passes)
        places = geometry(layout, WIDTH, "bundle")
        assert faults(flow, layout, places) == [], name
        assert crossed(layout, places) == [], name


def test_flows_of_all_kinds_are_laid_out() -> None:
    kinds = {each.kind for path in SHIPPED for _, flow in flows(path) for each in steps_of(flow)}
    assert kinds >= set(Kind) - DRAWN_EXTRA - {Kind.STOP, Kind.RESUME}


def test_a_layout_that_is_wrong_is_told() -> None:
    path = ROOT / "scenarios" / "birth-in-parts.yaml"
    name, flow = max(flows(path), key=lambda each: len(each[1]))
    layout = lay_out(flow, APPLICANT, once)
    places = geometry(layout, WIDTH)
    first, second, *others = layout.boxes
    moved = Layout(
        boxes=(first, second, *others[:-1]),
        links=layout.links,
        lanes=layout.lanes,
        n_columns=layout.n_columns,
    )
    assert "not every step is drawn once" in faults(flow, moved, places), name
    same = (places.boxes[0], places.boxes[0], *places.boxes[2:])
    piled = Geometry(
        width=places.width, height=places.height, boxes=same, lines=places.lines,
        lanes=places.lanes, bars=places.bars, band_of=places.band_of,
    )  # fmt: skip
    assert faults(flow, layout, piled) != []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_bands_take_all_columns_in_their_order_and_no_more_than_the_page(path: Path) -> None:
    for name, flow in flows(path):
        layout = lay_out(flow, APPLICANT, once)
        found = bands(layout, WIDTH - HEAD)
        assert [band.first for band in found] == [0, *(band.last for band in found[:-1])], name
        assert found[-1].last == layout.n_columns
        for band in found:
            assert band.lefts[-1] + band.widths[-1] <= WIDTH - HEAD, name


# -- how many go which way ------------------------------------------------------------------------


def step(name: str, kind: Kind = Kind.WORK) -> Step:
    return Step(name=name, kind=kind, label=name, lane="clerk" if kind is Kind.WORK else "")


def choice(*ways: Way) -> Ways:
    return Ways(name="choice", label="choice", is_fork=False, ways=ways)


# Of 100 cases 100 are received, 20 of them again; 15 are looked into, 30 are sent, 55 neither.
ONES = (
    step("receive"),
    choice(
        Way(steps=(step("look", Kind.DELAY),)),
        Way(steps=(step("send", Kind.TRANSFER),)),
        Way(steps=()),
    ),
    step("sign"),
)
COUNTED = {"receive": 1.0, "look": 0.15, "send": 0.3, "sign": 1.0}


def shares(flow: Sequence, counted: dict[str, float]) -> dict[tuple[str, str], float]:
    layout = lay_out(flow, APPLICANT, counted.get)
    name = [f"{box.step.name}|{box.step.kind}" for box in layout.boxes]
    return {
        (name[link.source].partition("|")[0], name[link.target]): round(link.passes, 9)
        for link in layout.links
    }


def test_lines_are_as_wide_as_the_share_of_the_cases_that_pass_them() -> None:
    expected = {
        ("receive", "choice|choice"): 1.0,
        ("choice", "choice|straight"): 0.55,
        ("choice", "send|transfer"): 0.3,
        ("choice", "look|delay"): 0.15,
        ("look", "sign|work"): 0.15,
        ("send", "sign|work"): 0.3,
    }
    found = shares(ONES, COUNTED)
    assert expected.items() <= found.items()
    assert found["choice", "sign|work"] == 0.55
    poisoned = shares(ONES, COUNTED | {"look": 0.25})
    assert poisoned["choice", "choice|straight"] == 0.45 != found["choice", "choice|straight"]


def test_behind_branches_it_goes_on_as_often_as_the_one_that_ends_most() -> None:
    parts = choice(Way(steps=(step("look", Kind.DELAY),)), Way(steps=()))
    ends = choice(Way(steps=(step("refuse", Kind.END),)), Way(steps=()))

    def behind(*branches: Sequence) -> float:
        ways = tuple(Way(steps=steps) for steps in branches)
        fork = Ways(name="fork", label="", is_fork=True, ways=ways)
        layout = lay_out((step("receive"), fork, step("note")), APPLICANT, known.get)
        return next(box.passes for box in layout.boxes if box.step.name == "note")

    known = {"receive": 1.0, "look": 0.4, "refuse": 0.1, "other": 1.0}
    assert behind((parts,), (step("other"),)) == 1.0  # not 0.4, the least of its lines
    assert behind((ends,), (step("other"),)) == 0.9


def test_the_chief_way_runs_straight_on() -> None:
    def rows(counted: dict[str, float]) -> dict[str, int]:
        layout = lay_out(ONES, APPLICANT, counted.get)
        return {box.step.name: box.row for box in layout.boxes if box.step.kind in BOXES}

    assert rows(COUNTED) == {"receive": 0, "look": 2, "send": 1, "sign": 0}
    assert rows(COUNTED | {"look": 0.6}) == {"receive": 0, "look": 0, "send": 1, "sign": 0}


def test_what_two_ways_share_is_as_the_scenario_says_or_is_not_known() -> None:
    ways = (Way(steps=(step("back", Kind.RETURN),), share=0.2), Way(steps=()))
    assert [share for _, share in parted(choice(*ways), 1.5, {}.get)] == pytest.approx([0.3, 1.2])
    ways = (Way(steps=(step("back", Kind.RETURN),)), Way(steps=()))
    assert all(share != share for _, share in parted(choice(*ways), 1.5, {}.get))  # NaN


def test_ways_that_no_case_takes_are_left_out_and_named() -> None:
    found = taken(ONES, (COUNTED | {"look": 0.0}).get)
    assert [each.name for each in found.left_out] == ["look"]
    assert [each.name for each in steps_of(found.flow)] == ["receive", "send", "sign"]
    assert taken(ONES, COUNTED.get).left_out == []
    alone = taken(ONES, {"receive": 1.0, "look": 0.0, "send": 1.0, "sign": 1.0}.get)
    assert not any(isinstance(node, Ways) for node in alone.flow) or len(alone.left_out) == 1


def test_the_scale_grows_with_wait_and_share() -> None:
    fills = [colour(hours) for hours in (0, 0.5, 2, 10, 48, 500)]
    assert len(set(fills)) == 6
    darkness = [sum(int(fill[i : i + 2], 16) for i in (1, 3, 5)) for fill in fills]
    assert darkness == sorted(darkness, reverse=True)
    assert ink_on(fills[0]) != ink_on(fills[-1])
    assert line_width(0.1) < line_width(0.5) < line_width(1.0) == line_width(1.3)


# -- the picture ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def results() -> Results:
    path = ROOT / "scenarios" / "first.yaml"
    study = sim.compare(path, variants=["paper", "online"], replications=3, tables="none")
    assert study.results is not None
    return study.results


def test_the_map_of_the_first_scenario_is_as_it_was() -> None:
    found = sim.process_map(ROOT / "scenarios" / "first.yaml", variant="online", replications=3)
    assert found.svg == GOLDEN.read_text(encoding="utf-8")
    assert 'data-step="receive"' in found.svg


def test_a_map_is_of_a_bundle_and_channel_that_there_are(tmp_path: Path) -> None:
    path = ROOT / "scenarios" / "first.yaml"
    found = sim.process_map(path, channel="online", replications=1, lang="vi")
    found.save(tmp_path / "map.svg")
    text = (tmp_path / "map.svg").read_text(encoding="utf-8")
    assert text == found.svg
    assert 'data-step="fill_form"' in text
    assert 'data-step="receive"' not in text  # of the other channel
    assert "±" not in text  # one replication has no interval
    with pytest.raises(RequestError, match="no case is filed on a channel 'onlin'; did you mean"):
        sim.process_map(path, channel="onlin", replications=1)
    with pytest.raises(RequestError, match="residenc"):
        sim.process_map(path, bundle="residenc", replications=1)


def test_the_command_draws_the_same_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = str(ROOT / "scenarios" / "first.yaml"), tmp_path / "map.svg"
    asked = ["map", path, "--quiet", "--replications", "1", "--lang", "vi"]
    assert main([*asked, "--out", str(out)]) == 0
    expected = sim.process_map(path, replications=1, lang="vi").svg
    assert out.read_text(encoding="utf-8") == expected
    capsys.readouterr()
    assert main([*asked, "--channel", "fax"]) == 2
    said = capsys.readouterr()
    assert "không có hồ sơ nào nộp theo hình thức 'fax'; Các tên đã có: online, paper." in said.err
    assert said.out == ""


def test_a_picture_has_presentation_attributes_only_and_a_title_on_each_step(
    results: Results,
) -> None:
    with speaking("vi"):
        text = picture([each for each in flow_maps(results, "residence") if each.is_chief])
    root = ET.fromstring(text)
    for each in root.iter():
        assert each.tag.partition("}")[2] in {
            "svg", "g", "title", "rect", "path", "circle", "text", "polygon",
        }, each.tag  # fmt: skip
        assert not {"style", "class", "href"} & each.attrib.keys()
        assert not any(name.startswith("on") for name in each.attrib)
        if "data-step" in each.attrib:
            title = each.find("{http://www.w3.org/2000/svg}title")
            assert title is not None
            assert title.text
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids)) > 10
    assert "Bổ sung hồ sơ" in text


SCRIPT = '<script>alert(1)</script>"&'


def test_a_script_in_a_label_is_text(tmp_path: Path) -> None:
    text = (ROOT / "scenarios" / "first.yaml").read_text(encoding="utf-8")
    text = text.replace("label: Registration,", f"label: '{SCRIPT}',")
    text = text.replace("clerk:   {office", f"clerk:   {{label: '{SCRIPT}', office")
    text = text.replace("      today:\n", f"      today:\n        label: '{SCRIPT}'\n")
    text = text.replace("title: One", f"title: '{SCRIPT}' #")
    path = tmp_path / "first.yaml"
    path.write_text(text, encoding="utf-8")
    study = sim.run(path, replications=2, tables="none")
    assert study.results is not None
    maps = list(flow_maps(study.results, "residence"))
    whole = "".join(process_maps(study.results, "residence")) + picture(maps)
    assert "<script" not in whole
    assert whole.count("&lt;script&gt;") > 5
    ET.fromstring(picture(maps))


def test_the_section_pairs_two_settings_on_one_legend_and_folds_the_rest(results: Results) -> None:
    whole = "".join(process_maps(results, "residence"))
    assert re.findall(r"<h4>([^<]*)</h4>", whole) == [
        "Paper: today, filed paper",
        "Online: today, filed online",
    ]
    assert whole.count('aria-label="Legend"') == 2  # the box and the picture
    assert whole.count("The numbers of its steps") == 2
    assert has_limit(results, "residence")


def test_the_table_has_what_was_measured(results: Results) -> None:
    whole = "".join(process_maps(results, "residence"))
    found = results.estimate("paper", "step_passes", "residence/today/paper/receive")
    assert found is not None
    assert found.mean > 1.1  # some come again
    assert f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f})" in whole
    assert f"{found.mean + 0.05:.2f} ({found.low:.2f}" not in whole
