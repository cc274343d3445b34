"""Takes in a register: says what is wrong with it, and learns a scenario to go on with.

What is sent lies in a folder of the server's own until it is read.  Names of files are not looked
at: what kind of file it is shows in how it begins.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sim
from sim.api.workbench import workbench
from sim.errors import LienthongError, LogError, RequestError
from sim.language import language, say
from sim.page.frame import document, told
from sim.page.register_form import DATES, ENCODINGS, register_form
from sim.page.shelf import Shelf
from sim.page.state import State
from sim.report.flaws import finding_line
from sim.report.html import Html, folded, join, tag
from sim.report.view import in_words
from sim.report.words import capital
from sim.wording import visible

MOST_BYTES: Final = 10_000_000
"""Of a register that is sent."""

_MOST_UNPACKED: Final = 100_000_000
"""Bytes of a workbook when it is unpacked."""

_MOST_FAULTS: Final = 40
_FILE: Final = "register"
_SCENARIO: Final = "scenario.yaml"
_MOST_COLUMNS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register as somebody sent it, with how to read it.

    Parameters
    ----------
    columns
        By meaning, the heading of its column.
    home
        The office at which cases are filed; empty where there is one alone.
    """

    content: bytes
    columns: Mapping[str, str]
    dates: str = ""
    encoding: str = ""
    home: str = ""
    leaves_out: bool = False


def register_of(content: bytes, fields: Mapping[str, str]) -> Register:
    """What the form says of a register.

    Raises
    ------
    RequestError
        There is none, or a field is not what it can be.
    """
    if not content.strip():
        raise RequestError(say("nothing was brought: choose a file."))
    columns: dict[str, str] = {}
    for line in filter(str.strip, fields.get("columns", "").splitlines()):
        meaning, is_one, heading = line.partition("=")
        if not is_one or len(columns) >= _MOST_COLUMNS:
            raise RequestError(say("columns: write one a line, such as: case = Mã hồ sơ."))
        columns[meaning.strip()] = heading.strip()
    dates = fields.get("dates", "")
    if dates not in DATES:
        raise RequestError(say("dates: choose one of the list."))
    encoding = fields.get("encoding", "")
    if encoding not in ENCODINGS:
        raise RequestError(say("encoding: choose one of the list."))
    return Register(
        content=content,
        columns=columns,
        dates=dates,
        encoding=encoding,
        home=fields.get("home", "").strip(),
        leaves_out="leave_out" in fields,
    )


def brought(register: Register, shelf: Shelf) -> tuple[str, bool]:
    """The page about a register, and whether a scenario was learnt from it."""
    with tempfile.TemporaryDirectory(prefix="lienthong-") as folder:
        parts, name = _read(register, shelf, Path(folder))
    if name:
        query = State(scenario=name, language=language()).query()
        on = tag("a", say("Go on with it"), attributes={"href": f"./?{query}", "class": "button"})
        parts.insert(0, tag("p", say("A scenario was learnt from the register."), " ", on))
    else:
        back = tag(
            "a",
            say("Back to the page"),
            attributes={"href": f"./?{State(language=language()).query()}"},
        )
        words = say(
            "What is to be said with --map, --dates, --encoding or --leave-out has a field here:"
        )
        parts += [tag("p", back), tag("p", words), register_form()]
    body = tag("h1", say("The register")), *parts
    page = document("lienthong", tag("main", *body, attributes={"class": "plain"}))
    return page, bool(name)


def _read(register: Register, shelf: Shelf, folder: Path) -> tuple[list[Html], str]:
    """What there is to say, and the name of the scenario on the shelf; empty for none."""
    parts: list[Html] = []
    try:
        place = folder / f"{_FILE}{_ending(register.content)}"
        place.write_bytes(register.content)
        log = sim.read_log(
            place,
            columns=register.columns,
            dates=register.dates or None,
            encoding=register.encoding or None,
            leave_out=register.leaves_out,
        )
        flaws = [tag("li", visible(finding_line(each))) for each in log.findings]
        if flaws:
            parts += [tag("h2", say("What is wrong with its data")), tag("ul", *flaws)]
        parts.append(_block(say("What it shows"), log.lines))
        learnt = sim.learn(log, home=register.home or None)
        parts.append(_block(say("What was learnt"), learnt.lines))
        text = with_levers(learnt.text)
        parts.append(
            folded(
                say("The scenario as a file"), tag("pre", tag("code", visible(text))), is_open=False
            )
        )
        return parts, shelf.bring(text.encode(), {})
    except LogError as error:
        return [*parts, _faults(error, folder)], ""
    except LienthongError as error:
        return [*parts, told(error)[1]], ""


def with_levers(text: str) -> str:
    """A scenario that was learnt, with levers for its people, its demand and its channels."""
    spec = workbench(_SCENARIO, held={_SCENARIO: text.encode()}).scenario.spec
    levers = {"staffing": ("staff.*.people", say("Staff"))}
    for name in spec.staff:
        levers[f"people_{name}"] = (f"staff.{name}.people", capital(in_words(name)))
    for name, bundle in spec.bundles.items():
        words = f"{say('Demand')}: {in_words(name)}"
        levers[f"demand_{name}"] = (f"bundles.{name}.demand.a_year", words)
        # One share is the rest, and what all of the others leave over.
        for each in list(bundle.channels)[:-1]:
            words = f"{in_words(name)}, {say('filed: {channel}', channel=in_words(each))}"
            levers[f"share_{name}_{each}"] = (f"bundles.{name}.channels.{each}", capital(words))
    rows = {
        name: {"paths": path, "label": visible(label)} for name, (path, label) in levers.items()
    }
    # JSON is YAML; without its braces it goes on with the mapping above.
    written = json.dumps({"levers": rows}, ensure_ascii=False)[1:-1]
    return f"{text.rstrip()}\n{written}\n"


def _ending(content: bytes) -> str:
    """The kind of a file by how it begins.

    Raises
    ------
    RequestError
        It is none that is taken in.
    """
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                size = sum(each.file_size for each in archive.infolist())
        except (zipfile.BadZipFile, ValueError, OverflowError):
            raise RequestError(say("it is no whole workbook. Save it again, or as CSV.")) from None
        if size > _MOST_UNPACKED:
            raise RequestError(
                say("the workbook is too large when it is unpacked. Save it as CSV.")
            )
        return ".xlsx"
    for mark in (b"\x1f\x8b", b"PAR1", b"SQLite format 3\0", b"%PDF", b"\xd0\xcf\x11\xe0"):
        if content.startswith(mark):
            raise RequestError(say("give a register as CSV, XLSX or XES, not packed."))
    bare = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
    return ".xes" if bare.startswith((b"<?xml", b"<log")) else ".csv"


def _faults(error: LogError, folder: Path) -> Html:
    """What is wrong, row by row, without the folder in which it was read."""
    lines = [
        f"{say('row {n}', n=each.line)}: {each}" if each.line else str(each)
        for each in error.faults
    ]
    lines = [line.replace(f"{folder}{os.sep}", "") for line in lines]
    if len(lines) > _MOST_FAULTS:
        n = len(lines) - _MOST_FAULTS
        lines = [*lines[:_MOST_FAULTS], say("and {n} more", n=n)]
    items = (tag("li", visible(line)) for line in lines)
    heading = tag("p", tag("strong", say("This cannot be read:")))
    return tag("div", heading, tag("ul", *items), attributes={"class": "warning"})


def _block(heading: str, lines: tuple[str, ...]) -> Html:
    words = "\n".join(map(visible, lines))
    return join((tag("h2", heading), tag("pre", words, attributes={"tabindex": "0"})))
