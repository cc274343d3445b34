"""The words of the command line: which verbs there are and what each takes."""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from typing import Final, NoReturn

from sim.cli.lists import part_values
from sim.cli.log_words import add_log_verbs
from sim.errors import ValueFault
from sim.wording import as_one_form, visible

_ABOUT: Final = """\
Simulates linked public services: what a rule, a person or a channel changes for applicants and
offices."""

_EXAMPLES: Final = """\
examples:
  lienthong new --from birth my-district.yaml
  lienthong check scenarios/first.yaml
  lienthong explain scenarios/birth.yaml
  lienthong run scenarios/first.yaml --set uptake='80 %' --out results/first
  lienthong compare scenarios/birth.yaml --variants separate,linked-paper,online
  lienthong story results/first --which slowest
  lienthong log register.csv
  lienthong sweep scenarios/birth.yaml --vary uptake='48 %,74 %,95 %' --vary staffing='0.7 x,1 x'
"""


def build_parser() -> ArgumentParser:
    """The parser of the command line; it ends the program with 2 on what it cannot read."""
    parser = _Parser(
        prog="lienthong",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and end")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", title="verbs")

    new = verbs.add_parser("new", help="start a scenario of your own, or list those to start from")
    new.add_argument("file", nargs="?", metavar="FILE", help="what to write (default: list)")
    new.add_argument(
        "--from", dest="base", metavar="NAME", help="the shipped scenario (default: birth)"
    )
    new.add_argument(
        "--copy", action="store_true", help="copy it with all that it needs, rather than extend it"
    )
    new.add_argument("--list", action="store_true", help="list the shipped scenarios")

    check = verbs.add_parser("check", help="find every fault of scenarios and their variants")
    check.add_argument("files", nargs="+", metavar="FILE", help="a scenario")
    _add_quiet(check)

    schema = verbs.add_parser("schema", help="show the JSON Schema of scenarios, for editors")
    schema.add_argument("--out", metavar="FILE", help="write it to a file")

    kpis = verbs.add_parser("kpis", help="list every KPI with its unit and equation")
    kpis.set_defaults(file="")

    explain = verbs.add_parser(
        "explain", help="show what a scenario says, where it comes from, and the load on staff"
    )
    _add_scenario(explain)
    _add_variants(explain)
    explain.add_argument(
        "--model", action="store_true", help="show the resolved model instead, as JSON"
    )

    run = verbs.add_parser("run", help="simulate a scenario, or variants of it")
    _add_scenario(run)
    _add_variants(run)
    run.add_argument(
        "--only-replication",
        type=_whole,
        metavar="N",
        help="run this one replication alone, counted from 0",
    )
    run.add_argument(
        "--case",
        type=_whole,
        metavar="N",
        help="with --only-replication: tell the story of a case of it, by its number, as well",
    )
    _add_study(run)

    compare = verbs.add_parser("compare", help="compare variants, under common random numbers")
    _add_scenario(compare)
    _add_variants(compare, by_default="all of them")
    _add_baseline(compare)
    _add_study(compare)

    sweep = verbs.add_parser("sweep", help="simulate the grid of all values of some levers")
    _add_scenario(sweep)
    _add_variants(sweep)
    sweep.add_argument(
        "--vary",
        action="append",
        required=True,
        type=_lever_values,
        metavar="LEVER=VALUE,…",
        help="a lever and its values; give it once for each lever",
    )
    sweep.add_argument(
        "--also",
        action="append",
        default=[],
        type=_lever_values,
        metavar="LEVER=VALUE,…",
        help="a lever that is moved alone beside the grid, with each value of the first --vary; "
        "name the value first that it has elsewhere",
    )
    _add_baseline(sweep)
    _add_study(sweep)

    story = verbs.add_parser(
        "story", help="tell what happened to one case of a study, event by event"
    )
    story.add_argument("folder", metavar="DIR", help="a study kept with --out and its cases")
    asked = story.add_mutually_exclusive_group(required=True)
    asked.add_argument("--case", type=_whole, metavar="N", help="the number of the case")
    asked.add_argument(
        "--which",
        metavar="WORD",
        help="slowest, typical, rejected or late: one of the measured cases that have ended",
    )
    story.add_argument(
        "--variant", metavar="NAME", help="the variant (may be left out where there is one alone)"
    )
    story.add_argument(
        "--replication",
        type=_whole,
        metavar="R",
        help="the replication (default: the first; with --which any)",
    )
    story.add_argument(
        "--bundle", metavar="NAME", help="with --which: choose among the cases of this bundle"
    )
    _add_quiet(story)

    add_log_verbs(verbs)
    return parser


def _add_scenario(verb: ArgumentParser) -> None:
    verb.add_argument("file", metavar="FILE", help="a scenario")
    verb.add_argument(
        "--set",
        action="append",
        default=[],
        type=_setting,
        dest="settings",
        metavar="PATH=VALUE",
        help="set a lever or a path; a value may be 0.7 x, + 1 or - 1; may be given again",
    )


def _add_variants(verb: ArgumentParser, by_default: str = "the scenario as written") -> None:
    verb.add_argument(
        "--variants",
        "--variant",
        default=(),
        type=_names,
        metavar="NAME,…",
        help=f"variants of the scenario (default: {by_default})",
    )


def _add_baseline(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--baseline",
        metavar="NAME",
        help="what the others are compared with, by its name in the table (default: the first); in "
        "a sweep also settings of some levers: each point with that which differs in them only",
    )


def _add_study(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--replications",
        type=_whole,
        metavar="N",
        help="independent runs of each (default: as the scenario says)",
    )
    verb.add_argument(
        "--seed", type=_whole, metavar="N", help="of the draws (default: as the scenario says)"
    )
    verb.add_argument(
        "--workers",
        type=_whole,
        metavar="N",
        help="threads or processes to share the work (default: cores)",
    )
    verb.add_argument(
        "--engine", default="auto", metavar="NAME", help="the engine (default: %(default)s)"
    )
    verb.add_argument(
        "--over-time",
        nargs="?",
        const="week",
        type=_step,
        metavar="day|week|none",
        help="show the state of the offices over time, by week or day (default: in the report, by "
        "week, where something changes by date or there is a backlog)",
    )
    verb.add_argument("--out", metavar="DIR", help="write tables, figures and a report there")
    verb.add_argument(
        "--replace",
        action="store_true",
        help="replace the results of another study that DIR holds",
    )
    verb.add_argument(
        "--tables",
        type=_names,
        metavar="NAME,…",
        help="records to write to DIR: some of cases, dossiers, work_items, or all, or none "
        "(default: cases,dossiers; none for more than 2 million cases)",
    )
    verb.add_argument(
        "--bundles",
        default=(),
        type=_names,
        metavar="NAME,…",
        help="keep the KPIs, cases and dossiers of these bundles, and the KPIs of roles over all "
        "offices; not those of others and of each office",
    )
    verb.add_argument(
        "--json", action="store_true", help="print the estimates as JSON in place of the table"
    )
    _add_quiet(verb)


def _add_quiet(verb: ArgumentParser) -> None:
    verb.add_argument("--quiet", action="store_true", help="show no progress")


def _setting(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise ArgumentTypeError(f"found '{text}'; write PATH=VALUE, for example uptake='74 %'")
    return as_one_form(name.strip()), value.strip()


def _lever_values(text: str) -> tuple[str, tuple[str, ...]]:
    name, sign, values = text.partition("=")
    try:
        found = part_values(values)
    except ValueFault as fault:
        raise ArgumentTypeError(f"{fault.message}. {fault.way_out}") from None
    if not sign or not name.strip() or not all(found):
        raise ArgumentTypeError(
            f"found '{text}'; write LEVER=VALUE,VALUE, for example staffing='0.7 x,1 x'"
        )
    return as_one_form(name.strip()), found


def _step(text: str) -> str:
    if text not in ("day", "week", "none"):
        raise ArgumentTypeError(f"found '{text}'; give day, week or none")
    return text


def _names(text: str) -> tuple[str, ...]:
    found = tuple(name.strip() for name in text.split(","))
    if not all(found):
        raise ArgumentTypeError(f"found '{text}'; write names with commas between them")
    return found


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ArgumentTypeError(f"found '{text}'; give a whole number")
    return int(text)


class _Parser(ArgumentParser):
    """Shows what it cannot read, and lets none of it steer the terminal."""

    def error(self, message: str) -> NoReturn:
        super().error(visible(message))


class _Version(Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"lienthong {version('lienthong')}\n")
