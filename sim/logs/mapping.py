"""Which column of a file means what, and how its dates read: proposed, given, or kept beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from sim.errors import Fault, LogError, StoreError
from sim.language import later, say, why_not
from sim.logs.event_log import PROPERTY
from sim.logs.headings import AT, MEANINGS, meaning_of, standard_meaning
from sim.logs.instants import DAY_FIRST, MONTH_FIRST
from sim.logs.table import fault_at, refuse
from sim.scenario.text.source import UnreadableError
from sim.scenario.text.yaml import read_file
from sim.wording import did_you_mean

KEPT: Final = ".map.yaml"
"""What the name of the file that keeps a mapping adds to that of the log."""

ORDERS: Final = (DAY_FIRST, MONTH_FIRST)
_OPTIONS: Final = ("dates", "zone", "encoding", "sheet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is to be read; what is not given is proposed, or refused where it is open.

    Parameters
    ----------
    columns
        By meaning, the heading of its column.
    dates
        ``day first`` or ``month first``: how dates read that do not begin with their year.
    zone
        The zone of the local time that is wanted, such as ``Asia/Ho_Chi_Minh``.
    encoding
        Of the text of a CSV file.
    sheet
        The sheet of a workbook.
    leaves_out
        Whether rows that cannot be read are left out, and counted, rather than refused.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    zone: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    leaves_out: bool = False

    @property
    def is_given(self) -> bool:
        """Whether anything is given that is worth keeping."""
        return bool(self.columns or any(getattr(self, name) for name in _OPTIONS))


def check(reading: Reading, file: str) -> None:
    """Refuse what no reading knows.

    Raises
    ------
    LogError
        An unknown meaning, order or zone: all of them.
    """
    faults = [
        fault_at(
            file, 0, say("no column can mean '{name}'", name=name), did_you_mean(name, MEANINGS)
        )
        for name in reading.columns
        if name not in MEANINGS and not name.startswith(PROPERTY)
    ]
    if reading.dates is not None and reading.dates not in ORDERS:
        message = say("dates are '{dates}'", dates=reading.dates)
        faults.append(fault_at(file, 0, message, say("Write 'day first' or 'month first'.")))
    if reading.zone is not None and not _is_zone(reading.zone):
        message = say("no time zone is called '{zone}'", zone=reading.zone)
        faults.append(fault_at(file, 0, message, say("Write for example Asia/Ho_Chi_Minh.")))
    if faults:
        raise LogError(faults)


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def propose(headings: Sequence[str], reading: Reading, file: str) -> dict[str, str]:
    """The heading of each meaning: as given, else as the headings are known.

    Raises
    ------
    LogError
        A heading that is given is not there, or two may mean the same.
    """
    faults: list[Fault] = []
    found: dict[str, str] = {}
    exact = {unicodedata.normalize("NFC", heading).strip(): heading for heading in headings}
    folded = {heading.casefold(): heading for heading in headings}
    for name, given in reading.columns.items():
        wanted = unicodedata.normalize("NFC", given).strip()
        there = exact.get(wanted, folded.get(wanted.casefold()))
        if there is None:
            message = say("no column '{given}', which is mapped to {name}", given=given, name=name)
            faults.append(fault_at(file, 0, message, did_you_mean(given, headings)))
        else:
            found[name] = there
    taken = set(found.values())
    candidates: dict[str, list[str]] = {}
    for heading in headings:
        meaning = meaning_of(heading)
        if meaning is not None and meaning not in found and heading not in taken:
            candidates.setdefault(meaning, []).append(heading)
    for meaning, names in candidates.items():
        standard = [name for name in names if standard_meaning(name) is not None]
        standard.sort(key=lambda name: not name.startswith("case:"))
        if not standard and len(names) > 1:
            known = say(" and ").join(f"'{name}'" for name in names)
            message = say("{known} can both be the {meaning}", known=known, meaning=meaning)
            faults.append(
                fault_at(
                    file,
                    0,
                    message,
                    say("Write --map {meaning}='{name}'.", meaning=meaning, name=names[0]),
                )
            )
        found[meaning] = (standard or names)[0]
    if faults:
        raise LogError(faults)
    return found


def check_enough(found: Mapping[str, str], headings: Sequence[str], file: str) -> None:
    """Refuse a file without a case, a step or an instant.

    Raises
    ------
    LogError
        With what lacks, all at once.
    """
    named = ", ".join(f"'{heading}'" for heading in headings[:12]) or say("nothing")
    faults = [
        fault_at(
            file,
            0,
            say(what, named=named),
            say("Name it: --map {meaning}='HEADING'.", meaning=meaning),
        )
        for what, meaning, others in (
            (later("no column for the case; found {named}"), "case", ()),
            (later("no column for the step; found {named}"), "step", ()),
            (
                later("no column for the instant; found {named}"),
                AT,
                ("started_at", "ended_at"),
            ),
        )
        if not {meaning, *others} & set(found)
    ]
    if faults:
        raise LogError(faults)


def kept_path(path: Path) -> Path:
    """The file beside a log that keeps how it is read."""
    return path.with_name(path.name + KEPT)


def with_kept(path: Path, reading: Reading) -> Reading:
    """What is given, and behind it what is kept beside the log.

    Raises
    ------
    LogError
        What is kept cannot be read.
    """
    beside = kept_path(path)
    if not beside.exists():
        return reading
    try:
        _, document = read_file(str(beside))
    except UnreadableError as error:
        raise LogError([error.fault]) from None
    tree: Mapping[str, Any] = document.tree
    faults = list(document.faults)
    known = ("columns", *_OPTIONS)
    faults += [
        fault_at(
            str(beside), 0, say("unknown field '{name}'", name=name), did_you_mean(name, known)
        )
        for name in tree
        if name not in known
    ]
    if not isinstance(tree.get("columns", {}), Mapping):
        way_out = say("Write for example columns: {case: Mã hồ sơ}.")
        faults.append(fault_at(str(beside), 0, say("columns is no mapping"), way_out))
    if faults:
        raise LogError(faults)
    columns = {str(key): str(value) for key, value in tree.get("columns", {}).items()}
    options: dict[str, Any] = {
        name: getattr(reading, name) or (str(tree[name]) if name in tree else None)
        for name in _OPTIONS
    }
    return replace(reading, columns={**columns, **reading.columns}, **options)


def keep(path: Path, reading: Reading, columns: Mapping[str, str]) -> Path:
    """Keep beside a log how it is read, so that it need not be said again.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    lines = [
        "# " + say("How lienthong reads {name}. Change it as you like.", name=path.name),
        "columns:",
    ]
    lines += [f"  {meaning}: {quoted(heading)}" for meaning, heading in columns.items()]
    lines += [f"{name}: {quoted(value)}" for name in _OPTIONS if (value := getattr(reading, name))]
    beside = kept_path(path)
    try:
        beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(
            say("cannot write {path}: {why}", path=beside, why=why_not(error))
        ) from None
    return beside


def quoted(text: str) -> str:
    """A text as YAML takes it in any place."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def nothing_in(file: str) -> LogError:
    """The error of a file with headings and no rows."""
    return refuse(
        file, say("no row below the headings"), say("Give a register with a row each event.")
    )
