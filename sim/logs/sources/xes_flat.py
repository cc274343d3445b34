"""Reads XES as nearly all programs write it: traces that hold attributes and events, and no more.

Such a log is cut at its tags and quotes, all at once, in a fraction of the time of a parser.
Whatever does not fit to the last sign is left to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.logs.table import RawTable

Ints = NDArray[np.int64]

_ENCODING: Final = re.compile(rb'<\?xml[^>]*encoding=["\'](?!utf-8["\'])', re.IGNORECASE)
_OTHER_ENTITY: Final = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_BEGIN: Final = b"<trace>"
_END: Final = b"</trace>"
_KINDS: Final = ((b"<trace>", 1), (b"</trace>", 2), (b"<event>", 3), (b"</event>", 4))
_ELEMENTS: Final = (b"string", b"date", b"int", b"float", b"boolean", b"id")
_NEXT: Final = frozenset({(1, 2), (1, 3), (3, 4), (4, 3), (4, 2), (2, 1)})
"""What may follow what, attributes left out."""

_PIECE: Final = 1 << 23


def around_traces(data: bytes) -> bytes | None:
    """The log with one empty trace in place of all that it has; None where it has none."""
    first, last = data.find(_BEGIN), data.rfind(_END)
    if first < 0 or last < first or _ENCODING.match(data):
        return None
    return data[:first] + _BEGIN + _END + data[last + len(_END) :]


def read_flat(data: bytes, file: str, *, of_case: str) -> RawTable | None:
    """The events of a log, a row each; None where something in its traces does not fit.

    Parameters
    ----------
    data
        A log of which :func:`around_traces` is fine.
    of_case
        Stands before the names of what belongs to a trace.
    """
    import pyarrow as pa

    columns: dict[bool, dict[str, list[Any]]] = {False: {}, True: {}}
    n_rows, n_cases, case_of = 0, 0, []
    try:
        for piece in _pieces(data):
            found = None if piece is None else _columns(piece)
            if found is None:
                return None
            case_of.append(found.case_of + n_cases)
            sizes = (False, n_rows, len(found.case_of)), (True, n_cases, found.n_cases)
            for of_cases, before, n in sizes:
                values, chunks = found.columns[of_cases], columns[of_cases]
                for name in values:
                    chunks.setdefault(name, [pa.nulls(before, pa.string())])
                for name, parts in chunks.items():
                    parts.append(values.get(name, pa.nulls(n, pa.string())))
            n_rows += len(found.case_of)
            n_cases += found.n_cases
    except pa.ArrowInvalid:  # no UTF-8
        return None
    # What belongs to events comes first, as the parser has it.
    named = {name: pa.chunked_array(parts) for name, parts in columns[False].items()}
    index = pa.array(np.concatenate(case_of).astype(np.int32))
    for name, parts in columns[True].items():
        # Each case has its texts once, however many events it has.
        named[of_case + name] = pa.DictionaryArray.from_arrays(index, pa.concat_arrays(parts))
    return RawTable(file=file, columns=named, rows=np.arange(1, n_rows + 1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece:
    """The traces of a piece: the case of each row, and columns of rows and of cases (True)."""

    case_of: Ints
    n_cases: int
    columns: Mapping[bool, Mapping[str, Any]]


def _pieces(data: bytes) -> Iterator[bytes | None]:
    """Whole traces, as many as a piece holds; None for a trace that is larger."""
    at, last = data.find(_BEGIN), data.rfind(_END) + len(_END)
    while at < last:
        end = data.rfind(_END, at, at + _PIECE)
        yield None if end < 0 else data[at : end + len(_END)]
        at = end + len(_END) if end >= 0 else last


def _columns(piece: bytes) -> _Piece | None:
    """Takes whole traces to pieces; None where something in them does not fit."""
    import pyarrow as pa
    import pyarrow.compute as pc

    tags = _tags(piece)
    if tags is None or _OTHER_ENTITY.search(piece):
        return None
    kind, quotes = tags
    # Cut at the quotes, a piece is keys, what follows them, values, and what follows those.
    offsets = pa.py_buffer((quotes + np.array([1, 0, 1, 0])).astype(np.int32))
    n_texts = max(quotes.size - 1, 0)
    texts = pa.Array.from_buffers(pa.binary(), n_texts, [None, offsets, pa.py_buffer(piece)])
    attribute = np.cumsum(kind == 0) - 1
    keys = texts.take(pa.array(np.arange(0, n_texts, 4))).dictionary_encode()
    names, of_key = keys.dictionary.cast(pa.string()).to_pylist(), keys.indices.to_numpy()
    has_entities = b"&" in piece
    if has_entities and any("&" in name for name in names):
        return None
    places = np.flatnonzero(kind)
    order = kind[places]
    if not len(order) or order[0] != 1 or order[-1] != 2:
        return None
    if not {divmod(pair, 8) for pair in np.unique(order[:-1] * 8 + order[1:]).tolist()} <= _NEXT:
        return None
    # A trace without an event is a case all the same.
    is_row = order == 3
    is_row[:-1] |= (order[:-1] == 1) & (order[1:] == 2)
    starts = np.zeros(len(kind), np.bool_)
    starts[places[is_row]] = True
    row, trace = np.cumsum(starts) - 1, np.cumsum(kind == 1) - 1
    inside = kind[places][np.cumsum(kind > 0) - 1]
    n_cases = int(trace[-1]) + 1
    found: dict[bool, dict[str, Any]] = {False: {}, True: {}}
    for of_cases, which, at, n in (
        (False, inside == 3, row, int(starts.sum())),
        (True, inside != 3, trace, n_cases),
    ):
        here = np.flatnonzero(which & (kind == 0))
        owner, attributes = at[here], attribute[here]
        key = of_key[attributes]
        for code in dict.fromkeys(key.tolist()):
            is_mine = key == code
            index = np.full(n, -1)
            index[owner[is_mine]] = attributes[is_mine] * 4 + 2
            column = texts.take(pa.array(index, mask=index < 0)).cast(pa.string())
            for entity, sign in _ENTITIES.items() if has_entities else ():
                column = pc.replace_substring(column, entity, sign)
            found[of_cases][names[code]] = column
    return _Piece(case_of=trace[starts], n_cases=n_cases, columns=found)


def _tags(piece: bytes) -> tuple[Ints, Ints] | None:
    """What each tag is, and where the quotes are of those that are attributes, four a row.

    None where a tag is neither, or an attribute has more than a key and a value.
    """
    letters = np.frombuffer(piece, np.uint8)
    tags = np.flatnonzero(letters == ord("<"))
    quotes = np.flatnonzero(letters == ord('"'))
    # The eight letters from each place on, as one number.
    words = np.ndarray(len(piece), "<u8", piece + bytes(8), strides=(1,))
    kind = np.zeros(len(tags), np.int64)
    for text, code in _KINDS:
        kind[_is_at(words[tags], text)] = code
    attributes = np.flatnonzero(kind == 0)
    if len(quotes) != 4 * len(attributes):
        return None
    fours = quotes.reshape(-1, 4)
    begins, ends = tags[attributes], np.append(tags, len(piece))[attributes + 1]
    begin_key, end_key, begin_value, end_value = fours.T
    is_fine = (begins < begin_key) & (end_value < ends) & (begin_value == end_key + 8)
    # Where one is not fine, what is looked at before or behind it may lie elsewhere.
    is_fine &= _is_at(words[np.maximum(begin_key - 5, 0)], b' key="')
    is_fine &= _is_at(words[end_key + 1], b' value="')
    after = words[end_value + 1]
    is_fine &= _is_at(after, b"/>") | _is_at(after, b" />")
    is_named = np.zeros(len(attributes), np.bool_)
    first = words[begins + 1]
    for name in _ELEMENTS:
        is_named |= _is_at(first, (name + b" key=")[:8]) & (begin_key - begins == len(name) + 6)
    controls = np.flatnonzero(letters < ord(" "))
    # Breaks between tags alone, and nothing else that is no letter.
    is_break = np.isin(letters[controls], (ord("\t"), ord("\n"), ord("\r")))
    is_break &= np.searchsorted(quotes, controls) % 2 == 0
    return (kind, fours) if (is_fine & is_named).all() and is_break.all() else None


def _is_at(words: NDArray[np.uint64], text: bytes) -> NDArray[np.bool_]:
    """Which words begin with a text of no more than eight letters."""
    mask = np.uint64((1 << 8 * len(text)) - 1)
    found: NDArray[np.bool_] = words & mask == np.uint64(int.from_bytes(text, "little"))
    return found
