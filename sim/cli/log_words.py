"""The words of the verbs of event logs: which there are and what each takes."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import TYPE_CHECKING, Any, Final

from sim.wording import as_one_form

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_FORMATS: Final = "xes, ocel-json, ocel-sqlite, csv, or register"


def add_log_verbs(verbs: _SubParsersAction[Any]) -> None:
    """Add the verbs to the parser of the command line."""
    log = verbs.add_parser(
        "log", help="show what a register shows, and what is wrong with its data"
    )
    log.add_argument("file", metavar="FILE", help="CSV, Excel, Parquet, XES or OCEL 2.0")
    _add_reading(log)

    export = verbs.add_parser(
        "export", help="write what happened in a run of a study as a register"
    )
    export.add_argument("folder", metavar="DIR", help="a study kept with --out and --tables all")
    export.add_argument("--format", required=True, metavar="NAME", help=_FORMATS)
    export.add_argument("--out", metavar="FILE", help="what to write (default: in DIR)")
    export.add_argument(
        "--variant", metavar="NAME", help="the variant (may be left out where there is one alone)"
    )
    export.add_argument(
        "--replication", type=int, metavar="R", help="the replication (default: the first)"
    )
    export.add_argument(
        "--flaws",
        type=int,
        metavar="SEED",
        help="put in the flaws that registers have, drawn with this seed",
    )
    export.add_argument("--quiet", action="store_true", help="show no progress")

    learn = verbs.add_parser("learn", help="learn a scenario from a register")
    learn.add_argument("file", metavar="FILE", help="CSV, Excel, Parquet, XES or OCEL 2.0")
    learn.add_argument("--out", required=True, metavar="FILE", help="the scenario to write")
    learn.add_argument(
        "--home",
        metavar="NAME",
        help="the office at which cases are filed, where there are several",
    )
    _add_reading(learn)

    backlog = verbs.add_parser(
        "backlog", help="write the cases of a register that are open on a day, for a scenario"
    )
    backlog.add_argument("file", metavar="FILE", help="CSV, Excel, Parquet, XES or OCEL 2.0")
    backlog.add_argument("--on", required=True, metavar="DATE", help="the day, as 2025-05-31")
    backlog.add_argument("--out", required=True, metavar="FILE", help="the CSV file to write")
    _add_reading(backlog)

    validate = verbs.add_parser(
        "validate", help="hold a scenario, or what is learnt, against the last part of a register"
    )
    validate.add_argument(
        "scenario",
        nargs="?",
        metavar="SCENARIO",
        help="what to run; by default what is learnt from the earliest cases",
    )
    validate.add_argument("file", metavar="FILE", help="CSV, Excel, Parquet, XES or OCEL 2.0")
    validate.add_argument(
        "--share",
        type=float,
        default=0.8,
        metavar="SHARE",
        help="of the cases that are learnt from, the earliest (default: %(default)s)",
    )
    validate.add_argument(
        "--replications", type=int, default=10, metavar="N", help="runs (default: %(default)s)"
    )
    _add_reading(validate)


def _add_reading(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--map",
        action="append",
        default=[],
        type=_column,
        dest="columns",
        metavar="MEANING=HEADING",
        help="what a column means, such as case='Mã hồ sơ'; may be given again; kept beside FILE",
    )
    verb.add_argument(
        "--dates",
        metavar="ORDER",
        help="'day first' or 'month first', of dates that do not begin with their year",
    )
    verb.add_argument(
        "--zone", metavar="NAME", help="the zone whose local time is wanted: Asia/Ho_Chi_Minh"
    )
    verb.add_argument(
        "--encoding", metavar="NAME", help="of a CSV file that is neither UTF-8 nor UTF-16"
    )
    verb.add_argument(
        "--sheet", metavar="NAME", help="the sheet of a workbook (default: the first)"
    )
    verb.add_argument(
        "--leave-out", action="store_true", help="leave out, and count, rows that cannot be read"
    )
    verb.add_argument("--quiet", action="store_true", help="show no progress")


def _column(text: str) -> tuple[str, str]:
    meaning, sign, heading = text.partition("=")
    if not sign or not meaning.strip() or not heading.strip():
        raise ArgumentTypeError(
            f"found '{text}'; write MEANING=HEADING, for example case='Mã hồ sơ'"
        )
    return meaning.strip(), as_one_form(heading.strip())
