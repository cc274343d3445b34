"""What can be taken away: link, command, reports, tables, pictures, and the changes as a file."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import sim
from sim.api.workbench import (
    BASELINE,
    CHANGED,
    Question,
    Stage,
    Workbench,
    changes_as_file,
    command_of,
    without_folders,
)
from sim.language import LANGUAGES, say
from sim.page.charts.course import course_chart
from sim.page.charts.days import days_chart
from sim.page.charts.ledger import ledger_chart
from sim.page.charts.load import load_chart
from sim.report.html import Html, tag

CHANGES: Final = "changes.yaml"
PICTURES: Final = ("days.svg", "time.svg", "load.svg", "course.svg")
REPORTS: Final = ("report.en.html", "report.vi.html")
TABLES: Final = "tables.zip"
FILES: Final = (CHANGES, *REPORTS, TABLES, *PICTURES)
"""Names under which something can be taken."""

TYPES: Final = {
    "yaml": "application/yaml; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "zip": "application/zip",
}
"""By the ending of the name."""

_REPORT: Final = "report.html"
_TEXTS: Final = frozenset({".json", ".txt", ".html"})
_LANGUAGES: Final = dict(zip(REPORTS, LANGUAGES, strict=True))


def taken(link: str, command: str) -> Iterator[Html]:
    """The links of an answer, each with what it gives.

    Parameters
    ----------
    link
        The query of the state, with the replications of the answer.
    command
        What gives the same digits.
    """
    kinds: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
        (say("Report"), REPORTS, ("English", "Tiếng Việt")),
        (say("Tables"), (TABLES,), (say("CSV and Parquet"),)),
        (say("Pictures"), PICTURES,
         (say("working days"), say("time"), say("load"), say("over time"))),
        (say("Changes as a scenario"), (CHANGES,), (CHANGES,)),
    )  # fmt: skip
    rows = []
    for heading, files, words in kinds:
        links = [
            part
            for file, word in zip(files, words, strict=True)
            for part in (
                tag("a", word, attributes={"href": f"take/{file}?{link}", "download": file}),
                " ",
            )
        ]
        rows += [tag("dt", heading), tag("dd", *links)]
    here = tag("a", say("this answer, with its number of replications"),
               attributes={"href": f"?{link}"})  # fmt: skip
    rows += [tag("dt", say("Link")), tag("dd", here)]
    yield tag("dl", *rows, attributes={"class": "take"})
    told = say("The same digits in a terminal, with {file} from above:", file=CHANGES)
    yield tag("p", told)
    yield tag("pre", tag("code", command))


def picture_of(name: str, stage: Stage) -> Html:
    """A picture of an answer by the name of its file; empty where there is nothing to draw."""
    match name.partition(".")[0]:
        case "days":
            return days_chart(stage, stage.bundle)
        case "time":
            return ledger_chart(stage)
        case "load":
            return load_chart(stage)
        case _:
            return course_chart(stage)


def folder_of_changes(bench: Workbench, base: str) -> Path:
    """Where the file of changes stands in memory, so that it finds the scenario it extends."""
    is_shipped = base.startswith("lienthong:")
    return Path("changes") if is_shipped else Path(bench.settings.path).parent


def study_file(name: str, bench: Workbench, question: Question, base: str) -> bytes:
    """A report, or all tables and pictures of the study, made by the command that is shown."""
    changes = changes_as_file(question, base).encode()
    beside = folder_of_changes(bench, base)
    path = str(beside / CHANGES)
    variants = [BASELINE, CHANGED] if question.baseline != question.changed else [CHANGED]
    verb = sim.compare if len(variants) > 1 else sim.run
    with (
        bench.settings.reading({path: changes}),
        tempfile.TemporaryDirectory(prefix="lienthong-") as folder,
    ):
        verb(
            path,
            variants=variants,
            replications=question.replications,
            seed=question.seed,
            bundles=[question.bundle] if question.bundle else (),
            tables="none" if name in REPORTS else None,
            out=Path(folder) / "study",
            lang=_LANGUAGES.get(name, "en,vi"),
            command=command_of(question, CHANGES),
        )
        place = Path(folder) / "study"
        if name in REPORTS:
            return _told(place / _REPORT, beside).encode()
        return _packed(place, {CHANGES: changes}, beside)


def _packed(folder: Path, more: dict[str, bytes], beside: Path) -> bytes:
    """The files of a study in one."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.suffix in _TEXTS:
                archive.writestr(name, _told(path, beside))
            elif path.is_file():
                archive.write(path, name)
        for name, content in more.items():
            archive.writestr(name, content)
    return into.getvalue()


def _told(path: Path, beside: Path) -> str:
    """What a file says, without the folders of this machine."""
    words = without_folders(path.read_text(encoding="utf-8"))
    return words.replace(f"{beside}{os.sep}", "") if beside.is_absolute() else words
