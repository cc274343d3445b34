"""Columns of texts as codes: each different text once, in one form."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """A column of texts: ``codes`` count into ``names``, -1 where there is none."""

    codes: NDArray[np.int64]
    names: tuple[str, ...]

    def take(self, rows: NDArray[np.int64]) -> Coded:
        """Some rows of the column."""
        return Coded(codes=self.codes[rows], names=self.names)

    def categorical(self) -> pd.Categorical:
        """The column for a frame."""
        names = pd.Index(list(self.names), dtype="str")
        return pd.Categorical.from_codes(self.codes, categories=names)


def coded(column: Any) -> Coded:
    """Codes of a column: blanks at the ends do not count, nor how a letter is typed (NFC)."""
    import pyarrow as pa

    found = column
    if not isinstance(column, pa.DictionaryArray):
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            column = column.cast(pa.string())
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        found = column.dictionary_encode()
        if isinstance(found, pa.ChunkedArray):
            found = found.combine_chunks()
    codes = found.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    names: dict[str, int] = {}
    places = np.full(len(found.dictionary) + 1, -1, np.int64)
    for at, text in enumerate(found.dictionary.to_pylist()):
        name = (text or "").strip()
        if not name.isascii():
            name = unicodedata.normalize("NFC", name)
        if name:
            places[at] = names.setdefault(name, len(names))
    return Coded(codes=places[codes], names=tuple(names))


def nothing(n: int) -> Coded:
    """A column in which nothing stands."""
    return Coded(codes=np.full(n, -1, np.int64), names=())


def in_order_of_rows(column: Coded) -> Coded:
    """The same column with only the names that it has, in the order in which they come."""
    used = column.codes[column.codes >= 0]
    kept, first = np.unique(used, return_index=True)
    kept = kept[np.argsort(first, kind="stable")]
    places = np.full(len(column.names) + 1, -1, np.int64)
    places[kept] = np.arange(len(kept))
    return Coded(codes=places[column.codes], names=tuple(column.names[code] for code in kept))
