"""Gets the text of a scenario file, or says why there is none."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from sim.errors import Fault
from sim.files import names_beside, read_ordinary
from sim.language import say, why_not
from sim.wording import did_you_mean

MOST_BYTES: Final = 4_000_000


class UnreadableError(Exception):
    """Nothing of a file can be used."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def bytes_of(file: str) -> bytes:
    """What is in a file.

    Raises
    ------
    UnreadableError
        It is not there, no ordinary file, or too large.
    """
    try:
        data = read_ordinary(file, most=MOST_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableError(
            fault_of(file, say("no such file: {file}", file=file), _near(file))
        ) from None
    except OSError as error:
        message = say("cannot be read: {reason}: {file}", reason=why_not(error), file=file)
        raise UnreadableError(
            fault_of(file, message, say("Give the path of an ordinary file."))
        ) from None
    if len(data) > MOST_BYTES:
        raise UnreadableError(
            fault_of(
                file,
                say("{file} is larger than 4 MB", file=file),
                say("Put tables into CSV files."),
            )
        )
    return data


def text_of(data: bytes, file: str) -> str:
    """The text that the bytes of a file are, or an UnreadableError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise UnreadableError(
            Fault(
                file=file,
                line=line,
                column=column,
                path="",
                message=say("a byte that is not UTF-8: 0x{byte}", byte=f"{data[error.start]:02x}"),
                way_out=say("Save the file as UTF-8."),
            )
        ) from None


def _near(file: str) -> str:
    path = FilePath(file)
    return did_you_mean(path.name, names_beside(path.parent, "*.y*ml")) or say("Check the folder.")


def fault_of(file: str, message: str, way_out: str) -> Fault:
    """A fault of a file as a whole."""
    return Fault(file=file, line=0, column=0, path="", message=message, way_out=way_out)
