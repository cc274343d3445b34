"""Queues: binary heaps of rows, the least by major, then minor, first.

No two rows of a queue are equal in both.
"""

from __future__ import annotations

from sim.engines.fast.kernel import fields as f
from sim.engines.fast.kernel.compiler import inlined
from sim.engines.fast.kernel.fields import Memory


@inlined
def put(queue: int, major: int, minor: int, what: int, m: Memory) -> None:
    """Add a row; a full queue moves to a place with twice the room."""
    size = m[queue + f.SIZE]
    if size == m[queue + f.ROOM]:
        _move(queue, m)
    m[queue + f.SIZE] = size + 1
    _rise(m[queue + f.QUEUE_FROM], size, major, minor, what, m)


@inlined
def drop_first(queue: int, m: Memory) -> None:
    """Take the first row away."""
    first = m[queue + f.QUEUE_FROM]
    size = m[queue + f.SIZE] - 1
    m[queue + f.SIZE] = size
    # A hole sinks to the bottom; the last row, late as a rule, then seldom has to rise from it.
    hole = 0
    below = 1
    while below < size:
        row = first + f.N_ROW * below
        if below + 1 < size and (
            m[row + f.N_ROW + f.MAJOR] < m[row + f.MAJOR]
            or (
                m[row + f.N_ROW + f.MAJOR] == m[row + f.MAJOR]
                and m[row + f.N_ROW + f.MINOR] < m[row + f.MINOR]
            )
        ):
            below += 1
            row += f.N_ROW
        to = first + f.N_ROW * hole
        m[to + f.MAJOR] = m[row + f.MAJOR]
        m[to + f.MINOR] = m[row + f.MINOR]
        m[to + f.WHAT] = m[row + f.WHAT]
        hole = below
        below = 2 * hole + 1
    last = first + f.N_ROW * size
    _rise(first, hole, m[last + f.MAJOR], m[last + f.MINOR], m[last + f.WHAT], m)


@inlined
def _rise(first: int, hole: int, major: int, minor: int, what: int, m: Memory) -> None:
    """Let a row rise from a hole to where it belongs."""
    to = first + f.N_ROW * hole
    while hole > 0:
        hole = (hole - 1) >> 1
        row = first + f.N_ROW * hole
        if m[row + f.MAJOR] < major or (m[row + f.MAJOR] == major and m[row + f.MINOR] < minor):
            break
        m[to + f.MAJOR] = m[row + f.MAJOR]
        m[to + f.MINOR] = m[row + f.MINOR]
        m[to + f.WHAT] = m[row + f.WHAT]
        to = row
    m[to + f.MAJOR] = major
    m[to + f.MINOR] = minor
    m[to + f.WHAT] = what


@inlined
def _move(queue: int, m: Memory) -> None:
    """Give a queue twice the room; its old place stays unused."""
    room = max(4, 2 * m[queue + f.ROOM])
    first = m[f.TOP]
    m[f.TOP] = first + f.N_ROW * room
    m[f.MARGIN] = max(m[f.MARGIN], 8 * f.N_ROW * room)
    for word in range(f.N_ROW * m[queue + f.SIZE]):
        m[first + word] = m[m[queue + f.QUEUE_FROM] + word]
    m[queue + f.QUEUE_FROM] = first
    m[queue + f.ROOM] = room
