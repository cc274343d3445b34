"""How the kernel is compiled, and where the compiled code is kept.

Compiled code is kept in the user's cache folder, not beside the source: an installation may be
read-only.  The folder is named by a digest of all that is compiled in, since Numba itself would
only see that the file of the outermost function changed.  Where no folder can be written, each
process compiles anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, overload, register_jitable, register_model

from sim import model, outages, records, streams, units
from sim.distributions import sampling
from sim.model import ledger

Function = TypeVar("Function", bound=Callable[..., object])


def inlined(function: Function) -> Function:
    """Let a function be compiled as a part of whatever compiled function calls it."""
    return cast(Function, register_jitable(forceinline=True, error_model="numpy")(function))


def compiled(signature: Any) -> Callable[[Function], Function]:
    """Compile the decorated function at once, to run without Python's lock, and keep the code."""

    def make(function: Function) -> Function:
        folder = _folder()
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(folder or "")
        try:
            njit = numba.njit(signature, nogil=True, cache=folder is not None, error_model="numpy")
            return cast(Function, njit(function))
        finally:
            numba.config.CACHE_DIR = before

    return make


def is_kept(name: str) -> bool:
    """Whether there is code of a compiled function, of this version: none need be made then."""
    folder = _folder()
    kept = folder.glob(f"**/*.{name}-*.nbi") if folder else ()
    return bool(numba.config.DISABLE_JIT) or any(kept)


def pointer(array: Any) -> Any:
    """The place of the first number of an array.

    An array would carry its shape through each call, and be counted in and out of it.  Where
    nothing is compiled (``NUMBA_DISABLE_JIT``, to step through), the array itself in one row.
    """
    return array.reshape(-1)


plain_pointer = pointer
"""The same, of the memory of a model without habits: see :func:`has_habits`."""


def has_habits(_: Any) -> bool:
    """Whether the code for habits is in: for a memory at a plain pointer it is left out.

    What a model does not use would cost it a branch at each turn, and half of the code to compile.
    """
    return True


def fetch(m: Any, place: int) -> None:
    """Let the processor bring a line of memory that is asked for soon, where code is compiled."""


if not numba.config.DISABLE_JIT:

    @register_model(PlainPointer := type("PlainPointer", (types.CPointer,), {}))
    class _PlainPointerModel(models.PointerModel):  # type: ignore[misc]
        pass

    def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    @intrinsic
    def pointer(_: Any, array: Any) -> Any:
        """The same, compiled."""
        return types.CPointer(array.dtype)(array), _place

    @intrinsic
    def plain_pointer(_: Any, array: Any) -> Any:
        """The same, compiled."""
        return PlainPointer(array.dtype)(array), _place

    @intrinsic
    def _prefetch(_: Any, m: Any, _place: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            word = builder.gep(arguments[0], [arguments[1]])
            byte = ir.IntType(8).as_pointer()
            kind = ir.FunctionType(ir.VoidType(), [byte, *[ir.IntType(32)] * 3])
            call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
            # To be read, to be kept near, data.
            levels = [ir.Constant(ir.IntType(32), level) for level in (0, 3, 1)]
            builder.call(call, [builder.bitcast(word, byte), *levels])
            return context.get_dummy_value()

        return types.void(m, types.int64), code

    @overload(fetch)
    def _fetch(m, place):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return lambda m, place: _prefetch(m, place)  # noqa: PLW0108  names must be those above

    @overload(has_habits)
    def _has_habits(m):  # type: ignore[no-untyped-def]
        if isinstance(m, PlainPointer):
            return lambda m: False  # noqa: ARG005
        return lambda m: True  # noqa: ARG005


def _folder() -> Path | None:
    """The folder for this version of the kernel, None if it cannot be written."""
    digest = hashlib.blake2b(digest_size=8)
    outside = (
        ledger,
        model,
        outages,
        records,
        sampling,
        streams,
        units,
    )  # constants of theirs are compiled in
    sources = sorted(Path(__file__).parent.glob("*.py"))
    for source in (*sources, *(Path(str(module.__file__)) for module in outside)):
        digest.update(source.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    folder = Path(base) if base else Path("~/.cache").expanduser()
    folder = folder / "lienthong" / f"kernel-{digest.hexdigest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
