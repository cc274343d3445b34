"""Breaks words into lines that fit, by how wide letters are about: no browser is asked."""

from __future__ import annotations

from typing import Final

_WIDE: Final = frozenset("mwMWQOGĐ@%")
_NARROW: Final = frozenset("iíìỉĩịjlItfr.,:;'|()[]- ")


def text_width(words: str, size: float) -> float:
    """How wide words are, about, in letters of a size (pixels)."""
    units = sum(0.9 if c in _WIDE else 0.36 if c in _NARROW else 0.6 for c in words)
    return units * size


def wrapped(words: str, room: float, size: float, *, most: int) -> list[str]:
    """Words in at most ``most`` lines; what does not fit is cut, with an ellipsis."""
    lines: list[str] = []
    rest = words.split()
    while rest and len(lines) < most:
        line = rest.pop(0)
        while rest and text_width(f"{line} {rest[0]}", size) <= room:
            line = f"{line} {rest.pop(0)}"
        lines.append(line)
    if rest:
        lines[-1] = f"{lines[-1]} {' '.join(rest)}"
    return [_cut(line, room, size) for line in lines] or [""]


def _cut(line: str, room: float, size: float) -> str:
    if text_width(line, size) <= room:
        return line
    while line and text_width(f"{line}…", size) > room:
        line = line[:-1]
    return f"{line.rstrip()}…"
