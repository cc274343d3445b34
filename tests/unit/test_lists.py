"""Lists of values on the command line, and the commas in them."""

from __future__ import annotations

import pytest

from sim.cli.lists import part_values
from sim.errors import ValueFault

LISTS = [
    ("0.7 x,1 x", ("0.7 x", "1 x")),
    ("1,2,3", ("1", "2", "3")),
    ("0, 1, 2", ("0", "1", "2")),
    ("0, 8 x", ("0", "8 x")),
    ("0.5,1,1.5", ("0.5", "1", "1.5")),
    ("1,1.5 x", ("1", "1.5 x")),
    ("+ 1,+ 2", ("+ 1", "+ 2")),
    ("48 %,74 %", ("48 %", "74 %")),
    ("as-written,as-habits-are", ("as-written", "as-habits-are")),
    ("2025-03-03,2025-06-02", ("2025-03-03", "2025-06-02")),
    ("15:00,16:30", ("15:00", "16:30")),
    ("2007,2025-03-03", ("2007", "2025-03-03")),
    (
        "{2025-03-03: 30 %, 2025-09-01: 80 %, between: straight},47 %",
        ("{2025-03-03: 30 %, 2025-09-01: 80 %, between: straight}", "47 %"),
    ),
    ("{value: {share: 4 %, spell: 1 wd}, mark: assumed}", None),
    ("[[1,2],[3,4]],[5,6]", ("[[1,2],[3,4]]", "[5,6]")),
    ("lognormal(mean 25 min, cv 0,6),12 min", ("lognormal(mean 25 min, cv 0,6)", "12 min")),
    ("'a, b',\"c, d]\",[e]", ("'a, b'", '"c, d]"', "[e]")),
    ("Cửa Lò's,O'Hara", ("Cửa Lò's,O'Hara",)),
    ("the others',ours", ("the others'", "ours")),
    ("1 x,", ("1 x", "")),
]


def parts(text: str) -> tuple[str, ...]:
    return part_values(text)


@pytest.mark.parametrize(("text", "values"), LISTS, ids=[text for text, _ in LISTS])
def test_a_list_is_parted_at_its_own_commas_only(text: str, values: tuple[str, ...] | None) -> None:
    assert parts(text) == ((text,) if values is None else values)
    # A blank behind each comma that parts is another way to write the same list.
    assert parts(", ".join(parts(text))) == parts(text)


COMMAS = [
    ("0,8 x,1 x", "'0,8 x' can be 0.8 x, or the two values 0 and 8 x", "Write 0.8 x, or a blank"),
    ("1 x,0,8 x", "'0,8 x' can be 0.8 x, or the two values 0 and 8 x", "0, 8 x."),
    ("47,8 %,74 %", "'47,8 %' can be 47.8 %", "Write 47.8 %"),
    ("+ 1,5", "'+ 1,5' can be + 1.5, or the two values + 1 and 5", "+ 1, 5."),
    ("-0,5 x", "'-0,5 x' can be -0.5 x", "-0, 5 x."),
    ("0,5,0,8", "'0,5' can be 0.5", "Write 0.5"),
    ("1,05,1.1", "'1,05' can be 1.05", "Write 1.05"),
    ("3,600", "'3,600' can be 3600 or 3.6, or the two values 3 and 600", "3, 600."),
    ("2,000 x,1 x", "'2,000 x' can be 2000 x or 2 x, or the two values 2 and 000 x", "Write"),
    ("3,600.5", "'3,600.5' can be 3600.5, or the two values 3 and 600.5", "Write 3600.5"),
    ("1 h 30,5 min", "'1 h 30,5 min' can be 1 h 30.5 min", "1 h 30, 5 min."),
]


@pytest.mark.parametrize(("text", "message", "way_out"), COMMAS, ids=[text for text, *_ in COMMAS])
def test_a_comma_that_may_stand_before_decimals_is_refused_with_both_readings(
    text: str, message: str, way_out: str
) -> None:
    with pytest.raises(ValueFault) as fault:
        part_values(text)
    assert message in fault.value.message
    assert way_out in fault.value.way_out


def test_twin_a_list_parted_at_every_comma_is_another() -> None:
    text = "lognormal(mean 25 min, cv 0.6),12 min"
    with pytest.raises(AssertionError):
        assert list(part_values(text)) == text.split(",")
