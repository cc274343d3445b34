"""Freed memory is kept for the next replication, unless replications are too large."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim.experiment import memory


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What is asked of the C library, of which this stands in."""
    found: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda option, value: found.append((option, value)))
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: library)
    monkeypatch.setattr(memory, "_set_thresholds", memory._set_thresholds.__wrapped__)
    return found


def test_freed_memory_is_kept_up_to_the_largest_replications(changes: list) -> None:
    memory.keep_freed(memory.MOST_CASES + 1)
    assert changes == []
    memory.keep_freed(memory.MOST_CASES)
    assert [option for option, _ in changes] == [-3, -1]
    assert min(value for _, value in changes) >= 2**30


def test_a_c_library_without_the_setting_is_left_as_it_is(
    changes: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: SimpleNamespace())
    memory.keep_freed(1)
    assert changes == []
