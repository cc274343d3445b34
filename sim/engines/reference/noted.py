"""The elements of a model as a token meets them: each one that it comes to is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from sim.model import Element


class Noted(Sequence[Element]):
    """Elements of which each that is asked for is told, by its index."""

    def __init__(self, elements: Sequence[Element], tell: Callable[[int], None]) -> None:
        self.elements = elements
        self.tell = tell

    @overload
    def __getitem__(self, index: int) -> Element: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Element]: ...
    def __getitem__(self, index: int | slice) -> Element | Sequence[Element]:
        if not isinstance(index, slice):
            self.tell(index)
        return self.elements[index]

    def __len__(self) -> int:
        return len(self.elements)
