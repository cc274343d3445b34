"""What the system says of files and addresses that it refuses, in the language in use."""

from __future__ import annotations

from typing import Final

from sim.language.speech import later, say

_KNOWN: Final = frozenset(
    {
        later("No such file or directory"),
        later("Permission denied"),
        later("Is a directory"),
        later("Not a directory"),
        later("File exists"),
        later("File name too long"),
        later("No space left on device"),
        later("Read-only file system"),
        later("Too many open files"),
        later("Input/output error"),
        later("Disk quota exceeded"),
        later("Address already in use"),
        later("Cannot assign requested address"),
        later("it is a folder"),
        later("it is a pipe"),
        later("it is a socket"),
        later("it is a device"),
    }
)
"""What may well happen; anything else stays as the system says it."""


def why_not(error: OSError) -> str:
    """Why something could not be read, written or served."""
    words = error.strerror or str(error)
    return say(words) if words in _KNOWN else words
