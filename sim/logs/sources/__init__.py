"""Files of logs as columns: what kind a file is shows in its first bytes, not in its name."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import Final, TypeAlias

from sim.files import read_ordinary
from sim.language import say, why_not
from sim.logs.sources.csv_file import read_csv
from sim.logs.sources.ocel import flattened
from sim.logs.sources.ocel_files import read_ocel_json, read_ocel_sqlite
from sim.logs.sources.parquet import read_parquet
from sim.logs.sources.sheet import read_sheet
from sim.logs.sources.xes import read_xml
from sim.logs.table import MOST_BYTES, RawTable, refuse

Headings: TypeAlias = frozenset[str]

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_PARQUET: Final = b"PAR1"
_SQLITE: Final = b"SQLite format 3\x00"
_PIECE: Final = 1 << 24


def read_source(path: Path, *, encoding: str | None, sheet: str | None, case: str) -> RawTable:
    """Read the columns of a file of any kind that is known.

    Parameters
    ----------
    encoding
        Of the text of a CSV file, where it is neither UTF-8 nor UTF-16.
    sheet
        The sheet of a workbook; by default the first with something in it.
    case
        The type of object that is the case of an object-centric log; empty to find it.

    Raises
    ------
    LogError
        Nothing of it can be used.
    """
    file = str(path)
    try:
        data = read_ordinary(path, most=MOST_BYTES + 1)
    except FileNotFoundError:
        raise refuse(file, say("no such file"), say("Check the name and the folder.")) from None
    except OSError as error:
        raise refuse(
            file,
            say("cannot be read: {why}", why=why_not(error)),
            say("Give the path of an ordinary file."),
        ) from None
    if data.startswith(_GZIP):
        data = _unpacked(data, file)
    if len(data) > MOST_BYTES:
        raise refuse(file, say("larger than 4 GB"), say("Take a part of the time."))
    if not data or data.isspace():
        raise refuse(
            file, say("empty"), say("Give a file with a line of headings and a row each event.")
        )
    if data.startswith((_ZIP, _OLD_OFFICE)):
        return read_sheet(data, file, sheet=sheet)
    if data.startswith(_PARQUET):
        return read_parquet(data, file)
    if data.startswith(_SQLITE):
        return flattened(read_ocel_sqlite(data, file), file, case=case)
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        return read_xml(data, file, case=case)
    if head.startswith(b"{"):
        return flattened(read_ocel_json(data, file), file, case=case)
    return read_csv(data, file, encoding=encoding)


def _unpacked(data: bytes, file: str) -> bytes:
    """What is packed in a gzip file, of which no more than is allowed is unpacked."""
    pieces, n = [], 0
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            while piece := stream.read(_PIECE):
                pieces.append(piece)
                n += len(piece)
                if n > MOST_BYTES:
                    raise refuse(
                        file, say("larger than 4 GB once unpacked"), say("Take a part of the time.")
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise refuse(
            file, say("cannot be unpacked: {error}", error=error), say("Get the file again.")
        ) from None
    return b"".join(pieces)
