"""Keeps what was lately made for scenarios from one file, which say most things alike."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent(Generic[_T]):
    """The ``most`` things last asked for, by all that each comes from."""

    most: int
    _kept: dict[Hashable, _T] = field(default_factory=dict)

    def find(self, content: Hashable) -> _T | None:
        """What was made of this content; None where it is not there."""
        found = self._kept.pop(content, None)
        if found is not None:
            self._kept[content] = found
        return found

    def keep(self, content: Hashable, made: _T) -> None:
        """Add a thing, in the place of the one not asked for the longest."""
        if len(self._kept) >= self.most:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[content] = made
