"""The words of the verbs of event logs: which there are and what each takes."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import TYPE_CHECKING, Any

from sim.cli.arguments import add_language, add_quiet
from sim.language import say
from sim.wording import as_one_form

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_log_verbs(verbs: _SubParsersAction[Any]) -> None:
    """Add the verbs to the parser of the command line."""
    log = verbs.add_parser(
        "log", help=say("show what a register shows, and what is wrong with its data")
    )
    log.add_argument("file", metavar=say("FILE"), help=say("CSV, Excel, Parquet, XES or OCEL 2.0"))
    _add_reading(log)

    export = verbs.add_parser(
        "export", help=say("write what happened in a run of a study as a register")
    )
    export.add_argument(
        "folder", metavar=say("DIR"), help=say("a study kept with --out and --tables all")
    )
    export.add_argument(
        "--format",
        required=True,
        metavar=say("NAME"),
        help=say("xes, ocel-json, ocel-sqlite, csv, or register"),
    )
    export.add_argument("--out", metavar=say("FILE"), help=say("what to write (default: in DIR)"))
    export.add_argument(
        "--variant",
        metavar=say("NAME"),
        help=say("the variant (may be left out where there is one alone)"),
    )
    export.add_argument(
        "--replication",
        type=int,
        metavar=say("R"),
        help=say("the replication (default: the first)"),
    )
    export.add_argument(
        "--flaws",
        type=int,
        metavar=say("SEED"),
        help=say("put in the flaws that registers have, drawn with this seed"),
    )
    add_language(export)
    add_quiet(export)

    learn = verbs.add_parser("learn", help=say("learn a scenario from a register"))
    learn.add_argument(
        "file", metavar=say("FILE"), help=say("CSV, Excel, Parquet, XES or OCEL 2.0")
    )
    learn.add_argument(
        "--out", required=True, metavar=say("FILE"), help=say("the scenario to write")
    )
    learn.add_argument(
        "--home",
        metavar=say("NAME"),
        help=say("the office at which cases are filed, where there are several"),
    )
    _add_reading(learn)

    backlog = verbs.add_parser(
        "backlog", help=say("write the cases of a register that are open on a day, for a scenario")
    )
    backlog.add_argument(
        "file", metavar=say("FILE"), help=say("CSV, Excel, Parquet, XES or OCEL 2.0")
    )
    backlog.add_argument(
        "--on", required=True, metavar=say("DATE"), help=say("the day, as 2025-05-31")
    )
    backlog.add_argument(
        "--out", required=True, metavar=say("FILE"), help=say("the CSV file to write")
    )
    _add_reading(backlog)

    validate = verbs.add_parser(
        "validate",
        help=say("hold a scenario, or what is learnt, against the last part of a register"),
    )
    validate.add_argument(
        "scenario",
        nargs="?",
        metavar=say("SCENARIO"),
        help=say("what to run; by default what is learnt from the earliest cases"),
    )
    validate.add_argument(
        "file", metavar=say("FILE"), help=say("CSV, Excel, Parquet, XES or OCEL 2.0")
    )
    validate.add_argument(
        "--share",
        type=float,
        default=0.8,
        metavar=say("SHARE"),
        help=say("of the cases that are learnt from, the earliest (default: %(default)s)"),
    )
    validate.add_argument(
        "--replications",
        type=int,
        default=10,
        metavar=say("N"),
        help=say("runs (default: %(default)s)"),
    )
    validate.add_argument(
        "--out", metavar=say("DIR"), help=say("write a page with pictures and the distances there")
    )
    validate.add_argument(
        "--replace", action="store_true", help=say("replace what was written to DIR before")
    )
    _add_reading(validate)


def _add_reading(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--map",
        action="append",
        default=[],
        type=_column,
        dest="columns",
        metavar=say("MEANING=HEADING"),
        help=say(
            "what a column means, such as case='Mã hồ sơ'; may be given again; kept beside FILE"
        ),
    )
    verb.add_argument(
        "--dates",
        metavar=say("ORDER"),
        help=say("'day first' or 'month first', of dates that do not begin with their year"),
    )
    verb.add_argument(
        "--zone",
        metavar=say("NAME"),
        help=say("the zone whose local time is wanted: Asia/Ho_Chi_Minh"),
    )
    verb.add_argument(
        "--encoding",
        metavar=say("NAME"),
        help=say("of a CSV file that is neither UTF-8 nor UTF-16"),
    )
    verb.add_argument(
        "--sheet", metavar=say("NAME"), help=say("the sheet of a workbook (default: the first)")
    )
    verb.add_argument(
        "--leave-out",
        action="store_true",
        help=say("leave out, and count, rows that cannot be read"),
    )
    add_language(verb)
    add_quiet(verb)


def _column(text: str) -> tuple[str, str]:
    meaning, sign, heading = text.partition("=")
    if not sign or not meaning.strip() or not heading.strip():
        raise ArgumentTypeError(
            say("found '{text}'; write MEANING=HEADING, for example case='Mã hồ sơ'", text=text)
        )
    return meaning.strip(), as_one_form(heading.strip())
