"""XES that is cut at tags and quotes is what the parser makes of it; all else is left to it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from sim.errors import LogError
from sim.logs.mapping import Reading
from sim.logs.reading import read_log
from sim.logs.sources import xes
from sim.logs.sources.xes_flat import around_traces, read_flat
from sim.logs.table import RawTable

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849-2016">\n'
GLOBAL = '<global scope="event"><string key="concept:name" value=""/></global>\n'


def event(*attributes: tuple[str, str]) -> str:
    told = "".join(f'<string key="{key}" value="{value}"/>' for key, value in attributes)
    return f"<event>{told}</event>\n"


def trace(name: str, *events: str, more: str = "") -> str:
    return f'<trace>\n<string key="concept:name" value="{name}"/>{more}{"".join(events)}</trace>\n'


A = event(("concept:name", "Tiếp nhận"), ("org:resource", "An &amp; B&lt;&quot;"))
B = event(("concept:name", "b"), ("cost", "1 > 0"), ("concept:name", "bb"))
EMPTY = event()
FLAT = {
    "one": HEAD + trace("1", A) + "</log>",
    "many": HEAD + GLOBAL + trace("1", A, B, A) + trace("2", B) + trace("3", EMPTY, A) + "</log>\n",
    "without an event": HEAD + trace("1") + trace("2", A) + trace("3") + "</log>",
    "behind events": HEAD
    + trace("1", A).replace("</trace>", '<int key="n" value="3"/></trace>')
    + "</log>",
    "no attribute of the trace": HEAD + f"<trace>{A}</trace></log>",
    "a blank before the end of a tag": HEAD + trace("1", A.replace('"/>', '" />')) + "</log>",
}
NESTED = '<string key="a" value="b"><int key="c" value="1"/></string>'
OTHER = {
    "nested": HEAD + trace("1", A, more=NESTED) + "</log>",
    "a comment": HEAD + trace("1", f"<!-- {A} -->", A) + "</log>",
    "CDATA": HEAD + trace("1", f"<![CDATA[{A}]]>", A) + "</log>",
    "other quotes": HEAD + trace("1", A, more="<string key='a' value='b'/>") + "</log>",
    "the other order": HEAD + trace("1", A, more='<string value="b" key="a"/>') + "</log>",
    "a number for a sign": HEAD + trace("1", A.replace("An", "&#65;n")) + "</log>",
    "a break in a value": HEAD + trace("1", A.replace("An", "A\nn")) + "</log>",
    "a list": HEAD + trace("1", A, more='<list key="l"><values/></list>') + "</log>",
    "quotes in text": HEAD + trace("1", '"so" and "on"', A) + "</log>",
    "a third attribute": HEAD + trace("1", A, more='<string key="a" value="b" c="d"/>') + "</log>",
    "another attribute": HEAD + trace("1", A, more='<string kez="a" value="b"/>') + "</log>",
    "no value": HEAD + trace("1", A, more='<string key="a" walue="b"/>') + "</log>",
    "an unknown element": HEAD + trace("1", A, more='<integer key="a" value="1"/>') + "</log>",
    "wide": HEAD + trace("1", A, more='<string  key="a" value="b"  />') + "</log>",
    "with prefix": (HEAD + trace("1", A) + "</log>").replace("<log", "<x:log").replace(
        "</log", "</x:log"
    ).replace("<trace", "<x:trace").replace("</trace", "</x:trace"),
    "deeper": (HEAD + "<a>" + trace("1", A) + "</a>" + trace("2", A) + "</log>"),
}  # fmt: skip
FAULTY = {
    "cut off": HEAD + trace("1", A) + "<trace><event>",
    "no end": HEAD + trace("1", A),
    "crossed": HEAD + trace("1", A).replace("</event>\n</trace>", "</trace></event>") + "</log>",
    "a DTD": HEAD.replace("<log", "<!DOCTYPE log>\n<log") + trace("1", A) + "</log>",
    "a sign for machines": HEAD + trace("1", A, more="\x01") + "</log>",
    "a tag in a value": HEAD + trace("1", A.replace("An", "A<n")) + "</log>",
    "one quote": HEAD + trace("1", A, more='<string key="a" value="b/>') + "</log>",
    "an entity": HEAD + trace("1", A.replace("&amp;", "&nbsp;")) + "</log>",
}


def flat(text: str) -> RawTable | None:
    return xes._flat(text.encode(), "log.xes")


def parsed(text: str, monkeypatch: pytest.MonkeyPatch) -> RawTable:
    with monkeypatch.context() as patched:
        patched.setattr(xes, "around_traces", lambda _: None)
        return xes.read_xml(text.encode(), "log.xes", case="")


def told(table: RawTable) -> tuple[list[tuple[str, list[str | None]]], list[int]]:
    return [(k, v.to_pylist()) for k, v in table.columns.items()], table.rows.tolist()


@pytest.mark.parametrize("name", FLAT)
def test_what_fits_is_what_the_parser_makes_of_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = flat(FLAT[name])
    assert found is not None
    assert told(found) == told(parsed(FLAT[name], monkeypatch))
    other = flat(FLAT[name].replace("Tiếp", "Tiêp"))
    assert other is not None
    assert told(other) != told(found)


@pytest.mark.parametrize("name", OTHER)
def test_what_does_not_fit_is_left_to_the_parser(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert flat(OTHER[name]) is None
    found = xes.read_xml(OTHER[name].encode(), "log.xes", case="")
    assert told(found) == told(parsed(OTHER[name], monkeypatch))


@pytest.mark.parametrize("name", FAULTY)
def test_what_is_faulty_is_refused_by_the_parser(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert flat(FAULTY[name]) is None
    with pytest.raises(LogError) as refused:
        xes.read_xml(FAULTY[name].encode(), "log.xes", case="")
    with pytest.raises(LogError) as expected:
        parsed(FAULTY[name], monkeypatch)
    assert refused.value.faults == expected.value.faults


def test_pieces_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD + "".join(trace(str(n), A, *[B] * (n % 3)) for n in range(40)) + "</log>"
    expected = told(parsed(text, monkeypatch))
    monkeypatch.setattr("sim.logs.sources.xes_flat._PIECE", 1_000)
    found = flat(text)
    assert found is not None
    assert told(found) == expected
    monkeypatch.setattr("sim.logs.sources.xes_flat._PIECE", 100)
    assert flat(text) is None


def test_what_belongs_to_a_case_reads_the_same_once_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = (("concept:name", "a"), ("time:timestamp", "2025-03-04T08:00:00+07:00"))
    filed = '<date key="filed_at" value="2025-03-03T08:00:00+07:00"/>'
    channel = '<string key="channel" value=" paper "/>'
    events = event(*done), event(*done)
    text = HEAD + trace("1", *events, more=filed) + trace("2", *events, more=channel)
    text += trace("3", *events, more=filed.replace("03T", "02T") + channel) + trace("4", *events)
    path = tmp_path / "log.xes"
    path.write_text(text + "</log>", encoding="utf-8")
    assert isinstance(flat(text + "</log>").columns["case:channel"], pa.DictionaryArray)  # type: ignore[union-attr]
    found = read_log(path, Reading())
    assert found.cases["filed_at"].dt.day.tolist()[:3:2] == [3, 2]
    assert found.cases["filed_at"].isna().tolist() == [False, True, False, True]
    assert found.cases["channel"].astype("object").fillna("").tolist() == ["", "paper", "paper", ""]
    with monkeypatch.context() as patched:
        patched.setattr(xes, "around_traces", lambda _: None)
        expected = read_log(path, Reading())
    pd.testing.assert_frame_equal(found.cases, expected.cases)
    pd.testing.assert_frame_equal(found.work, expected.work)
    assert found.findings == expected.findings
    # What is no date is a fault of every event of its case.
    path.write_text((text + "</log>").replace("2025-03-02T", "2025-13-02T"), encoding="utf-8")
    with pytest.raises(LogError, match="as in 1 other row"):
        read_log(path, Reading())


def test_text_that_is_no_utf_8_is_left_to_the_parser() -> None:
    data = FLAT["one"].encode().replace("Tiếp".encode(), b"Ti\xff")
    assert around_traces(data) is not None
    assert read_flat(data, "log.xes", of_case="case:") is None
    assert (
        around_traces(FLAT["one"].replace("UTF-8", "latin-1").encode("latin-1", "replace")) is None
    )
    data = FLAT["one"].encode().replace(b'key="org:', b'key="\xfforg:')
    assert read_flat(data, "log.xes", of_case="case:") is None
