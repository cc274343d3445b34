"""XML that wants to do harm is refused before it can, with the line and a way out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from registers import read

from sim.errors import LogError

HEAD = '<?xml version="1.0"?>\n'
CASE = '<trace><string key="concept:name" value="1"/>{}</trace>'
EVENT = (
    '<event><string key="concept:name" value="a"/>'
    '<date key="time:timestamp" value="2025-05-05T08:00:00"/></event>'
)

BOMB = "".join(
    f'<!ENTITY e{n} "{"".join(f"&e{n - 1};" for _ in range(10)) if n else "ha"}">'
    for n in range(12)
)

HOSTILE = {
    "bomb": (HEAD + f"<!DOCTYPE log [{BOMB}]>\n<log>&e11;</log>", "DTD", 2),
    "outside": (HEAD + '<!DOCTYPE log SYSTEM "file:///etc/passwd">\n<log/>', "DTD", 2),
    "depth": (HEAD + "<log><trace>" + "<a>" * 2_000, "more than 64 deep", 2),
    "undeclared": (HEAD + "<log><trace>&nbsp;</trace></log>", "no XML: undefined entity", 2),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_at_its_line(name: str, tmp_path: Path) -> None:
    text, words, row = HOSTILE[name]
    path = tmp_path / "log.xes"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LogError, match=words) as refused:
        read(path)
    assert refused.value.faults[0].line == row
    assert refused.value.faults[0].way_out


def test_a_line_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(f'{HEAD}<log><trace><string key="'.encode())
        for _ in range(100):
            stream.write(b"a" * 1_000_000)
        stream.write(b'" value="1"/></trace></log>')
    with pytest.raises(LogError, match="more than 8 MB"):
        read(path)


def test_harmless_xml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text(f"{HEAD}<log>{CASE.format(EVENT * 3)}</log>", encoding="utf-8")
    assert len(read(path).work) == 3


def test_json_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text('{"objects":' + "[" * 200_000, encoding="utf-8")
    with pytest.raises(LogError, match="no JSON"):
        read(path)
