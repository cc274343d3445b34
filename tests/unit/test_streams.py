"""Draws are Philox 4x32-10, found from their names and from nothing else (rules R1, R3)."""

from __future__ import annotations

import hashlib
import math
import unicodedata

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import streams
from sim.engines.fast.drawing import compiled_key
from sim.errors import EngineError

# counter, key, answer: kat_vectors of Random123, all three lines "philox4x32 10".
KNOWN_ANSWERS = (
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
)
KEY = streams.key_of(20250106, 3)
STREAM = streams.name_key("birth/Hà Giang", streams.STREAM_BITS)
ELEMENT = streams.name_key("register", streams.ELEMENT_BITS)
CASES = np.arange(50_000)


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


def assert_known(counter: str, key: str, answer: str) -> None:
    low, high = words(key)
    found = streams.philox4x32(np.array(words(counter), dtype=np.uint32), (low, high))
    assert found.dtype == np.uint32
    assert found.tolist() == words(answer)


def assert_uniform(draws: NDArray[np.float64]) -> None:
    """Chi-square over 100 cells: 99 degrees of freedom, error rate 1e-4 a call (limit 161.3)."""
    counts = np.bincount((draws * 100).astype(int), minlength=100)
    expected = len(draws) / 100
    assert ((counts - expected) ** 2 / expected).sum() < 161.3


def assert_unrelated(first: NDArray[np.float64], second: NDArray[np.float64]) -> None:
    """Correlation within 4.42 standard errors of 0: error rate 1e-5 a call."""
    correlation = np.corrcoef(first, second)[0, 1]
    assert abs(correlation) < 4.42 / math.sqrt(len(first))


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_known_answers(counter: str, key: str, answer: str) -> None:
    assert_known(counter, key, answer)


def test_a_wrong_known_answer_is_noticed() -> None:
    counter, key, answer = KNOWN_ANSWERS[2]
    with pytest.raises(AssertionError):
        assert_known(counter, key, answer[:-1] + "0")
    with pytest.raises(AssertionError):
        assert_known(counter, "a4093822 299f31d1", answer)


def test_one_round_less_fails_the_known_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_ROUNDS", 9)
    for known in KNOWN_ANSWERS:
        with pytest.raises(AssertionError):
            assert_known(*known)


def test_a_table_of_counters_is_scrambled_row_by_row() -> None:
    counters = np.arange(24, dtype=np.uint32).reshape(2, 3, 4)
    found = streams.philox4x32(counters, KEY)
    assert found.shape == (2, 3, 4)
    for place in np.ndindex(2, 3):
        assert found[place].tolist() == streams.philox4x32(counters[place], KEY).tolist()
    assert counters.ravel().tolist() == list(range(24))


def test_a_draw_is_the_first_52_bits_of_the_counter_that_names_it() -> None:
    stream, number, element, visit = 0xABCD_1234_5678, 7, 0x9ABC_DEF0, 0x0102
    counter = [7, 0x1234_5678, 0x9ABC_DEF0, 0xABCD_0102]
    first, second, *_ = streams.philox4x32(np.array(counter, dtype=np.uint32), KEY).tolist()
    whole = (first << 32 | second) >> 12
    expected = (whole + 0.5) / 2**52
    assert streams.uniforms(KEY, stream, number, element, visit) == expected
    assert streams.uniforms(KEY, stream, number, element, visit + 1) != expected


def test_the_smallest_and_largest_draw_lie_inside_the_open_interval() -> None:
    step = streams._STEP
    assert 0.5 * step > 0
    largest = (2**52 - 1 + 0.5) * step
    assert largest < 1
    assert 1 - largest == 0.5 * step


def test_a_draw_does_not_depend_on_the_draws_made_with_it() -> None:  # R1
    together = streams.uniforms(KEY, STREAM, CASES, ELEMENT, 0)
    backwards = streams.uniforms(KEY, STREAM, CASES[::-1], ELEMENT, 0)
    alone = streams.uniforms(KEY, STREAM, CASES[40_001], ELEMENT, 0)
    assert np.array_equal(together, backwards[::-1])
    assert alone == together[40_001]
    assert not np.array_equal(together, backwards)


def test_arguments_broadcast_as_arrays_do() -> None:
    visits = np.array([[0], [1]])
    elements = np.array([3, 4, 5], dtype=np.uint32)
    table = streams.uniforms(KEY, np.uint64(STREAM), 9, elements, visits)
    assert table.shape == (2, 3)
    for row, column in np.ndindex(2, 3):
        assert table[row, column] == streams.uniforms(KEY, STREAM, 9, 3 + column, row)
    assert streams.uniforms(KEY, STREAM, 9, ELEMENT, 0).shape == ()
    assert streams.uniforms(KEY, STREAM, np.array([], dtype=int), ELEMENT, 0).shape == (0,)


COMPILED = compiled_key(20250106, 3)
MANY = np.full(len(CASES), STREAM, np.uint64)


@pytest.mark.parametrize(
    ("stream", "number", "element", "visit"),
    [
        (STREAM, 7, ELEMENT, 3),
        (MANY, CASES.astype(np.uint32), ELEMENT, 0),
        (STREAM ^ 1 << 47, CASES[::-1], 2**32 - 1, 2**16 - 1),
        (np.uint64(STREAM), 9, np.array([3, 4, 5], np.uint32), np.array([[0], [1]])),
        (MANY[:1], CASES[:1], ELEMENT, 0),
        (MANY[:0], CASES[:0], ELEMENT, 0),
    ],
    ids=["one", "a column", "backwards", "a table", "a row", "none"],
)
def test_compiled_draws_have_the_same_digits(stream, number, element, visit) -> None:
    expected = streams.uniforms(KEY, stream, number, element, visit)
    found = streams.uniforms(COMPILED, stream, number, element, visit)
    assert found.shape == expected.shape
    assert found.tolist() == expected.tolist()
    others = streams.uniforms(compiled_key(20250106, 4), stream, number, element, visit)
    assert not expected.size or np.any(others != expected)


def test_draws_of_consecutive_cases_are_uniform() -> None:
    assert_uniform(streams.uniforms(KEY, STREAM, CASES, ELEMENT, 0))
    assert_uniform(streams.uniforms(KEY, STREAM, 4, ELEMENT, CASES))
    with pytest.raises(AssertionError):
        assert_uniform(streams.uniforms(KEY, STREAM, CASES, ELEMENT, 0) ** 1.1)


@pytest.mark.parametrize(
    "other",
    [
        (streams.key_of(20250106, 4), STREAM, CASES, ELEMENT, 0),
        (streams.key_of(20250107, 3), STREAM, CASES, ELEMENT, 0),
        (KEY, STREAM + 1, CASES, ELEMENT, 0),
        (KEY, STREAM ^ 1 << 47, CASES, ELEMENT, 0),
        (KEY, STREAM, CASES + 1, ELEMENT, 0),
        (KEY, STREAM, CASES, ELEMENT + 1, 0),
        (KEY, STREAM, CASES, ELEMENT, 1),
    ],
    ids=["replication", "seed", "stream", "stream top", "number", "element", "visit"],
)
def test_draws_that_differ_in_one_part_of_their_name_are_unrelated(other) -> None:
    draws = streams.uniforms(KEY, STREAM, CASES, ELEMENT, 0)
    assert_unrelated(draws, streams.uniforms(*other))


def test_related_draws_are_noticed() -> None:
    draws = streams.uniforms(KEY, STREAM, CASES, ELEMENT, 0)
    mixed = draws + 30 * streams.uniforms(KEY, STREAM, CASES, ELEMENT, 1)
    with pytest.raises(AssertionError):
        assert_unrelated(draws, mixed)


def test_a_key_is_the_top_of_the_hash_of_a_name() -> None:
    digest = hashlib.blake2b(b"register", digest_size=8).hexdigest()
    assert f"{streams.name_key('register', 32):08x}" == digest[:8]
    assert f"{streams.name_key('register', 48):012x}" == digest[:12]
    assert streams.name_key("register", 32) != streams.name_key("registered", 32)
    first, second = streams.key_of(1, 2)
    assert (
        f"{first:08x}{second:08x}" == hashlib.blake2b(b"lienthong/1/2", digest_size=8).hexdigest()
    )
    assert streams.key_of(1, 2) != streams.key_of(12, 0)


def test_two_spellings_of_a_name_that_look_the_same_have_one_key() -> None:
    composed = unicodedata.normalize("NFC", "Đăng ký khai sinh, Phường Bến Nghé")
    apart = unicodedata.normalize("NFD", composed)
    assert composed != apart
    assert streams.name_key(composed, 48) == streams.name_key(apart, 48)
    assert streams.name_key(composed, 48) != streams.name_key("Đăng ký khai sinh", 48)


def test_a_flow_without_end_is_refused_when_its_visits_run_out() -> None:
    last = streams.VISITS - 1
    assert 0 < streams.uniforms(KEY, STREAM, 0, ELEMENT, last) < 1
    with pytest.raises(EngineError, match="more than 65536 times"):
        streams.uniforms(KEY, STREAM, 0, ELEMENT, np.array([0, last + 1]))


@pytest.mark.parametrize(
    ("stream", "number", "element", "visit"),
    [(1 << 48, 0, 0, 0), (0, 1 << 32, 0, 0), (0, 0, 1 << 32, 0), (-1, 0, 0, 0), (0, 0, 0, -1)],
)
def test_a_field_that_overflows_its_bits_is_refused(
    stream: int, number: int, element: int, visit: int
) -> None:
    with pytest.raises(ValueError, match="fit"):
        streams.uniforms(KEY, stream, number, element, visit)


def test_a_field_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(ValueError, match="number is of whole numbers, not float64"):
        streams.uniforms(KEY, 0, np.array([0.5]), 0, 0)
