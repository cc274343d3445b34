"""Keyed random numbers: each draw is found from its name, never taken from a sequence (rule R1).

A draw belongs to (seed, replication, stream and number of the case, element, visit). Those six
are packed into the key and the counter of Philox 4x32-10 (rule R3), a bijection that scrambles
128 bits of counter under 64 bits of key:

==== ======================================= =========================
word holds                                   bits
==== ======================================= =========================
key  seed and replication                    64, hashed by `key_of`
c0   number of the case in its stream        32
c1   stream, low part                        32 of the 48 of `name_key`
c2   element                                 32, hashed by `name_key`
c3   stream, high part; visit                16 and 16
==== ======================================= =========================

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import EngineError

ELEMENT_BITS: Final = 32
STREAM_BITS: Final = 48
VISITS: Final = 1 << 16
"""How often one case may visit one element; the counter has room for no more."""

_ROUNDS: Final = 10
_MULTIPLIER_0: Final = 0xD2511F53
_MULTIPLIER_2: Final = 0xCD9E8D57
_WEYL_0: Final = 0x9E3779B9
_WEYL_1: Final = 0xBB67AE85
_WORD_BITS: Final = 32
_VISIT_BITS: Final = 16
_LOW: Final = 0xFFFFFFFF

# Two words hold 64 bits; 52 of them leave room for the half that keeps a draw off 0 and 1.
_SPARE_BITS: Final = 12
_STEP: Final = 2.0**-52

# Six buffers of this many 64-bit words stay in a core's own cache.
_BLOCK: Final = 16384


class Key(tuple[int, int]):
    """Key of one replication, two words of 32 bits; who draws faster puts a kind of its own."""

    __slots__ = ()

    def fill(
        self,
        draws: NDArray[np.float64],
        stream: NDArray[np.integer],
        number: NDArray[np.integer],
        element: NDArray[np.integer],
        visit: NDArray[np.integer],
    ) -> None:
        """Fill a row with its :func:`uniforms`; what names them is one number, or a row as long."""
        fields = stream, number, element, visit
        buffers = np.empty((6, min(_BLOCK, draws.size)), dtype=np.uint64)
        shift = np.uint64(_WORD_BITS)
        for start in range(0, draws.size, _BLOCK):
            block = slice(start, min(start + _BLOCK, draws.size))
            streams, numbers, elements, visits = (f if f.ndim == 0 else f[block] for f in fields)
            c0, c1, c2, c3, scratch_0, scratch_2 = buffers[:, : block.stop - start]
            c0[:] = numbers
            c1[:] = streams
            c2[:] = elements
            np.right_shift(c1, shift, out=c3)
            np.left_shift(c3, np.uint64(_VISIT_BITS), out=c3)
            scratch_0[:] = visits
            np.bitwise_or(c3, scratch_0, out=c3)
            np.bitwise_and(c1, np.uint64(_LOW), out=c1)
            _scramble(c0, c1, c2, c3, scratch_0, scratch_2, self)
            np.left_shift(c0, shift, out=c0)
            np.bitwise_or(c0, c1, out=c0)
            np.right_shift(c0, np.uint64(_SPARE_BITS), out=c0)
            part = draws[block]
            np.add(c0, 0.5, out=part)
            np.multiply(part, _STEP, out=part)


def key_of(seed: int, replication: int) -> Key:
    """Key of one replication: 64 bits of BLAKE2b over ``lienthong/{seed}/{replication}``.

    The first bytes of the hash are in the first word.
    """
    bits = _hash(f"lienthong/{seed}/{replication}")
    return Key((bits >> _WORD_BITS, bits & _LOW))


def name_key(name: str, bits: int) -> int:
    """Key of a named thing: the top bits of the 64-bit BLAKE2b of its name.

    Parameters
    ----------
    name
        Hashed as UTF-8 after composition (NFC), so that two spellings of one Vietnamese name that
        look the same are the same.
    bits
        ``ELEMENT_BITS`` or ``STREAM_BITS``.

    Returns
    -------
    int
        From 0 to ``2**bits - 1``. Two names may share a key: whoever lists names checks.
    """
    return _hash(unicodedata.normalize("NFC", name)) >> (64 - bits)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def philox4x32(counter: ArrayLike, key: tuple[int, int]) -> NDArray[np.uint32]:
    """Scramble counters by ten rounds of Philox 4x32.

    Parameters
    ----------
    counter
        Words of 32 bits, shape (..., 4).
    key
        Two words of 32 bits.

    Returns
    -------
    numpy.ndarray
        Words of 32 bits, of the counter's shape.

    Notes
    -----
    Checked against ``kat_vectors`` of Random123, the authors' own library.
    """
    words = np.asarray(counter, dtype=np.uint32).astype(np.uint64)
    c0, c1, c2, c3 = (words[..., place].copy() for place in range(4))
    _scramble(c0, c1, c2, c3, np.empty_like(c0), np.empty_like(c0), key)
    return np.stack((c0, c1, c2, c3), axis=-1).astype(np.uint32)


def _scramble(
    c0: NDArray[np.uint64],
    c1: NDArray[np.uint64],
    c2: NDArray[np.uint64],
    c3: NDArray[np.uint64],
    product_0: NDArray[np.uint64],
    product_2: NDArray[np.uint64],
    key: tuple[int, int],
) -> None:
    """Ten rounds in place: 32-bit words in 64-bit buffers, so that products keep their high part.

    Each round is (c0, c1, c2, c3) -> (high(p2) ^ c1 ^ k0, low(p2), high(p0) ^ c3 ^ k1, low(p0)).
    """
    shift, low = np.uint64(_WORD_BITS), np.uint64(_LOW)
    multiplier_0, multiplier_2 = np.uint64(_MULTIPLIER_0), np.uint64(_MULTIPLIER_2)
    for turn in range(_ROUNDS):
        key_0 = np.uint64((key[0] + turn * _WEYL_0) & _LOW)
        key_1 = np.uint64((key[1] + turn * _WEYL_1) & _LOW)
        np.multiply(c0, multiplier_0, out=product_0)
        np.multiply(c2, multiplier_2, out=product_2)
        np.right_shift(product_2, shift, out=c0)
        np.bitwise_xor(c0, c1, out=c0)
        np.bitwise_xor(c0, key_0, out=c0)
        np.bitwise_and(product_2, low, out=c1)
        np.right_shift(product_0, shift, out=c2)
        np.bitwise_xor(c2, c3, out=c2)
        np.bitwise_xor(c2, key_1, out=c2)
        np.bitwise_and(product_0, low, out=c3)


def uniforms(
    key: tuple[int, int],
    stream: ArrayLike,
    number: ArrayLike,
    element: ArrayLike,
    visit: ArrayLike,
) -> NDArray[np.float64]:
    """Draws of many cases at once, each found from its own name (rule R1).

    Parameters
    ----------
    key
        Of the replication, see :func:`key_of`.
    stream, number
        The case: the 48-bit key of its stream, and its number there, below 2**32.
    element
        Key of the element, below 2**32.
    visit
        Which visit of the case to the element, from 0, below ``VISITS``.

    Returns
    -------
    numpy.ndarray
        Uniform numbers in the open interval (0, 1), in the shape to which the arguments broadcast.
        Each is ``(k + 0.5) / 2**52`` for a whole k below 2**52, so ``1 - u`` is exact too.

    Raises
    ------
    EngineError
        A case visits an element more than ``VISITS`` times.
    ValueError
        Another argument does not fit its bits.
    """
    fields = (
        _fitting("stream", stream, STREAM_BITS),
        _fitting("number", number, _WORD_BITS),
        _fitting("element", element, ELEMENT_BITS),
        _visits(visit),
    )
    shapes = {field.shape for field in fields if field.ndim}
    shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
    flat = [f if f.shape in ((), shape) else np.broadcast_to(f, shape) for f in fields]
    draws = np.empty(shape)
    rows = (f.reshape(-1) if f.ndim else f for f in flat)
    (key if isinstance(key, Key) else Key(key)).fill(draws.reshape(-1), *rows)
    return draws


def _fitting(name: str, values: ArrayLike, bits: int) -> NDArray[np.integer]:
    field = np.asarray(values)
    if field.dtype.kind not in "iu":
        raise ValueError(f"{name} is of whole numbers, not {field.dtype}")
    is_signed, held = field.dtype.kind == "i", 8 * field.dtype.itemsize
    if field.size and (is_signed or held > bits):
        least, most = (field, field) if field.ndim == 0 else (field.min(), field.max())
        if least < 0 or int(most) >> bits:
            raise ValueError(f"{name} does not fit in {bits} bits")
    return field


def _visits(values: ArrayLike) -> NDArray[np.integer]:
    field = np.asarray(values)
    if field.size and (field if field.ndim == 0 else field.max()) >= VISITS:
        raise EngineError(
            f"a case came to one element more than {VISITS} times: its flow goes round without end"
        )
    return _fitting("visit", field, _VISIT_BITS)
