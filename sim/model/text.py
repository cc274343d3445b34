"""A model as text: for its fingerprint, and for people to read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Calendar
from sim.distributions import Sampler
from sim.model.elements import Node
from sim.profile import Profile


def fingerprint(model: Any) -> str:
    """SHA-256 over all fields of a model."""
    texts = {each.name: getattr(model, each.name) for each in fields(model)}
    for name, value in texts.items():
        is_long = name in ("offices", "staff")
        texts[name] = _text_of_shared(_SharedPiece(value)) if is_long else _text(value)
    text = ",".join(f'"{name}":{text}' for name, text in texts.items())
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class _SharedPiece:
    """A piece that models share, equal to itself alone: 1 and 1.0 are equal, and not one text."""

    value: Any

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SharedPiece) and other.value is self.value


@lru_cache(maxsize=8)  # the cells of a study share these pieces, which have the most records
def _text_of_shared(piece: _SharedPiece) -> str:
    return _text(piece.value)


def _text(value: Any) -> str:
    return json.dumps(
        _short(value) if isinstance(value, tuple) else value,
        default=_as_json,
        ensure_ascii=False,
        separators=(",", ":"),
        check_circular=False,
    )


_LONG = 64


def _as_json(value: Any) -> Any:
    """What JSON can hold of a value that it does not know."""
    kind = type(value)
    if kind is Calendar or kind is Profile or kind is Sampler:
        return _record_of_shared(value)
    if is_dataclass(kind):
        return _record(value)
    if isinstance(value, np.ndarray):
        return _digest(value)
    return value.isoformat() if isinstance(value, date) else value.item()


@lru_cache(maxsize=1024)  # the cells of a study share most of them, and digests take long
def _record_of_shared(value: Calendar | Profile | Sampler) -> dict[str, Any]:
    return _record(value)


def _record(value: Any) -> dict[str, Any]:
    """The fields of a dataclass; an array is the digest of its bytes."""
    record = {"is": type(value).__name__} if isinstance(value, Node) else {}
    for name in value.__dataclass_fields__:
        part = getattr(value, name)
        if isinstance(part, tuple):
            part = _short(part)
        elif isinstance(part, np.ndarray):
            part = _digest(part)
        record[name] = part
    return record


def _short(parts: tuple[Any, ...]) -> Any:
    """A tuple, but each long one of whole numbers in it as its digest, which says as much."""
    if parts and isinstance(parts[0], tuple):
        return [_short(each) for each in parts]
    if len(parts) > _LONG and isinstance(parts[0], int):
        return _digest(np.array(parts))
    return parts


def _digest(array: NDArray[Any]) -> str:
    content = f"{array.dtype}{array.shape}".encode() + array.tobytes()
    return hashlib.sha256(content).hexdigest()


def plain(value: Any, *, longest: int) -> Any:
    """Turn a model, or a part of it, into what JSON can hold, for people to read.

    Elements carry their class as ``is``; numbers beyond ``longest`` in one list give way to a
    count.
    """
    if isinstance(value, (list, tuple)):
        shown = value
        if len(value) > longest and isinstance(value[0], (int, float)):
            shown = [*value[:longest], f"and {len(value) - longest} more"]
        return [plain(item, longest=longest) for item in shown]
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), longest=longest)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        head = {"is": type(value).__name__} if isinstance(value, Node) else {}
        return head | {
            each.name: plain(getattr(value, each.name), longest=longest) for each in fields(value)
        }
    return value
