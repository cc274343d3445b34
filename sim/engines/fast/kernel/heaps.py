"""Queues: binary heaps of rows, the least by major, then minor, first.

No two rows of a queue are equal in both.
"""

from __future__ import annotations

from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import (
    MAJOR,
    MARGIN,
    MINOR,
    N_ROW,
    QUEUE_FROM,
    ROOM,
    SIZE,
    TOP,
    WHAT,
    Memory,
)


@inlined
def put(queue: int, major: int, minor: int, what: int, m: Memory) -> None:
    """Add a row; a full queue moves to a place with twice the room."""
    size = m[queue + SIZE]
    if size == m[queue + ROOM]:
        _move(queue, m)
    m[queue + SIZE] = size + 1
    _rise(m[queue + QUEUE_FROM], size, major, minor, what, m)


@inlined
def drop_first(queue: int, m: Memory) -> None:
    """Take the first row away."""
    first = m[queue + QUEUE_FROM]
    left = m[queue + SIZE] - 1
    m[queue + SIZE] = left
    # A hole sinks to the bottom; the last row, late as a rule, then seldom has to rise from it.
    hole = 0
    below = 1
    while below < left:
        row = first + N_ROW * below
        if below + 1 < left and (
            m[row + N_ROW + MAJOR] < m[row + MAJOR]
            or (
                m[row + N_ROW + MAJOR] == m[row + MAJOR] and m[row + N_ROW + MINOR] < m[row + MINOR]
            )
        ):
            below += 1
            row += N_ROW
        to = first + N_ROW * hole
        m[to + MAJOR] = m[row + MAJOR]
        m[to + MINOR] = m[row + MINOR]
        m[to + WHAT] = m[row + WHAT]
        hole = below
        below = 2 * hole + 1
    last = first + N_ROW * left
    _rise(first, hole, m[last + MAJOR], m[last + MINOR], m[last + WHAT], m)


@inlined
def _rise(first: int, hole: int, major: int, minor: int, what: int, m: Memory) -> None:
    """Let a row rise from a hole to where it belongs."""
    to = first + N_ROW * hole
    while hole > 0:
        hole = (hole - 1) >> 1
        row = first + N_ROW * hole
        if m[row + MAJOR] < major or (m[row + MAJOR] == major and m[row + MINOR] < minor):
            break
        m[to + MAJOR] = m[row + MAJOR]
        m[to + MINOR] = m[row + MINOR]
        m[to + WHAT] = m[row + WHAT]
        to = row
    m[to + MAJOR] = major
    m[to + MINOR] = minor
    m[to + WHAT] = what


@inlined
def _move(queue: int, m: Memory) -> None:
    """Give a queue twice the room; its old place stays unused."""
    room = max(4, 2 * m[queue + ROOM])
    first = m[TOP]
    m[TOP] = first + N_ROW * room
    m[MARGIN] = max(m[MARGIN], 8 * N_ROW * room)
    for word in range(N_ROW * m[queue + SIZE]):
        m[first + word] = m[m[queue + QUEUE_FROM] + word]
    m[queue + QUEUE_FROM] = first
    m[queue + ROOM] = room
