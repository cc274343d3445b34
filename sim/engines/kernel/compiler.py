"""How the kernel is compiled, and where the compiled code is kept.

Compiled code is kept in the user's cache folder, not beside the source: an installation may be
read-only.  The folder is named by a digest of the whole kernel, since Numba itself would only see
that the file of one function changed, and not that of another which it calls.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba import types
from numba.extending import intrinsic, register_jitable

Function = TypeVar("Function", bound=Callable[..., object])


def inlined(function: Function) -> Function:
    """Let a function be compiled as a part of whatever compiled function calls it."""
    return cast(Function, register_jitable(forceinline=True, error_model="numpy")(function))


def compiled(function: Function) -> Function:
    """Compile a function at its first call, to run without Python's lock, and keep the code."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_folder())
    try:
        made = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    except RuntimeError:  # no folder can be written: compile anew in each process
        made = numba.njit(nogil=True, error_model="numpy")(function)
    finally:
        numba.config.CACHE_DIR = before
    return cast(Function, made)


@intrinsic
def pointer(_: Any, array: Any) -> Any:
    """The place of the first number of an array.

    An array would carry its shape through each call, and be counted in and out of it.
    """

    def place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), place


@cache
def _folder() -> Path:
    digest = hashlib.blake2b(digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    return Path(base or Path.home() / ".cache") / "lienthong" / f"kernel-{digest.hexdigest()}"
