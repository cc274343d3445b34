"""A name is one name however its letters are put together: ``ấ``, or ``a`` with two marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.errors import RequestError
from sim.scenario.load import load
from sim.scenario.resolve.model import resolve

Form = Callable[[str], str]


def whole(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def parted(text: str) -> str:
    return unicodedata.normalize("NFD", text)


# Each name comes with a number: its first use, its second, and so on.
SCENARIO = """
title: x
period: {start: 2025-03-03, warm_up: 0 weeks, length: 2 weeks, run_out: 1 week}
replications: 1
overload: allowed
levels: [«tỉnh»1, «xã»1]
offices: {file: offices.csv}
staff:
  «cán»1:
    office: «xã»2
    people: {column: «người»1}
    away: {from: 2025-03-04, to: 2025-03-05, offices: [«Yên»1]}
    helps: {who: «phường»1, after: 2 h}
costs: {pay: {«cán»2: 1 000 VND/h}}
systems: {«cổng»1: {slow: {share: 5 %, factor: 2, spell: 1 h}}}
bundles:
  «bó»1:
    procedures: {«thủ»1: {limit: 7 wd}}
    demand: {a_year: 300, by: «số»1, at: «xã»3}
    properties: {«tài»1: 30 %, xa: {column: «nẻo»1}}
    channels: {online: {share: 30 %, only_if: «tài»2}, «giấy»1: rest}
    files_elsewhere: {share: 10 %, among: «phường»2}
    regimes:
      «chế»1:
        online: «giấy»2
        «giấy»3:
          - {open: «thủ»2}
          - {do: «đọc xấp»1, role: «cán»3, time: 25 min, needs: «cổng»2, pooled: true}
          - {return: «đọc xấp»2, share: 10 %, if: «tài»3 is yes}
          - {close: «thủ»3}
filing: {«giấy»4: {while_open: office}}
levers: {«đòn bẩy»1: staff.«cán»4.people}
reading: «nhận»1
readings: {«nhận»2: {«đòn bẩy»2: 1}}
variants:
  «biến»1: {«đòn bẩy»3: 2, reading: «nhận»3}
  thêm: {from: «biến»2}
claims: [{bundle: «bó»2, channel: «giấy»5, kpi: working_days_mean, value: 4, source: x}]
backlog: backlog.csv
"""
OFFICES = """office,level,parent,số,người,nẻo,phường
Nghệ,tỉnh,,,,,
Yên,xã,Nghệ,3,1,yes,bắc
Quỳ,xã,Nghệ,3,1,no,bắc
"""
BACKLOG = "bundle,office,step,received_on,channel,tài\nbó,Yên,đọc xấp,2025-02-26,giấy,yes\n"
USES = [piece.partition("«")[2] for piece in SCENARIO.split("»")[:-1]]


def scenario_with(folder: Path, form_of: Callable[[int], Form], of_tables: Form = whole) -> Path:
    """The scenario, with the n-th use of a name in the form that is asked for."""
    pieces = SCENARIO.split("»")
    text = pieces[0]
    for number, piece in enumerate(pieces[1:]):
        before, _, name = text.rpartition("«")
        text = before + form_of(number)(name) + piece.lstrip("0123456789")
    file = folder / "s.yaml"
    file.write_text(text, "utf-8")
    (folder / "offices.csv").write_text(of_tables(OFFICES), "utf-8")
    (folder / "backlog.csv").write_text(of_tables(BACKLOG), "utf-8")
    return file


def model_of(file: Path, variant: str | None = None) -> str:
    return resolve(load(file, variant=variant)).fingerprint()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    return model_of(scenario_with(tmp_path_factory.mktemp("plain"), lambda _: whole))


@pytest.mark.parametrize("use", range(len(USES)), ids=[ascii(name) for name in USES])
def test_a_name_used_in_the_other_form_is_the_same_name(
    tmp_path: Path, plain: str, use: int
) -> None:
    assert parted(USES[use]) != USES[use]
    file = scenario_with(tmp_path, lambda number: parted if number == use else whole)
    assert str(sim.check(file)).endswith("no faults")
    assert model_of(file) == plain


@pytest.mark.parametrize("of_tables", [whole, parted])
@pytest.mark.parametrize("of_file", [whole, parted])
def test_tables_and_the_file_need_not_agree_on_the_form(
    tmp_path: Path, plain: str, of_file: Form, of_tables: Form
) -> None:
    assert model_of(scenario_with(tmp_path, lambda _: of_file, of_tables)) == plain


def test_twin_another_name_is_another(tmp_path: Path, plain: str) -> None:
    first = scenario_with(tmp_path, lambda _: whole)
    first.write_text(first.read_text("utf-8").replace("[Yên]", "[Quỳ]"), "utf-8")
    assert model_of(first) != plain
    first.write_text(first.read_text("utf-8").replace("who: phường", "who: phuong"), "utf-8")
    assert "phuong" in str(sim.check(first))


@pytest.mark.parametrize("form", [whole, parted])
def test_what_is_asked_for_is_found_in_either_form(tmp_path: Path, form: Form) -> None:
    file = scenario_with(tmp_path, lambda _: whole)

    def people(**asked: object) -> float:
        loaded = sim.load(file, **asked)  # type: ignore[arg-type]
        return float(loaded.tree["staff"]["cán"]["people"])

    assert people(variant=form("biến")) == 2
    assert people(settings={form("đòn bẩy"): "3"}) == 3
    assert people(settings={form("staff.cán.people"): 4}) == 4
    assert people(settings={form("reading"): form("nhận")}) == 1
    assert sim.explain(file, variant=form("biến")).scenario.variant == "biến"
    quick = {"workers": 1, "bundles": [form("bó")]}
    study = sim.compare(file, variants=[form("biến"), "thêm"], baseline=form("biến"), **quick)
    assert study.results is not None
    assert study.results.baseline == "biến"
    swept = sim.sweep(file, vary={form("đòn bẩy"): [1, 2]}, variant=form("biến"), **quick)
    assert swept.results is not None
    assert swept.results.varied == ("đòn bẩy",)
    with pytest.raises(RequestError, match="unknown variant"):
        sim.run(file, variants=form("biên"), **quick)
