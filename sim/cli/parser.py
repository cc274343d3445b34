"""The words of the command line: which verbs there are and what each takes."""

from __future__ import annotations

from argparse import Action, ArgumentParser, RawDescriptionHelpFormatter
from typing import Final, NoReturn

from sim.cli.arguments import (
    add_baseline,
    add_bundle,
    add_language,
    add_quiet,
    add_runs,
    add_scenario,
    add_study,
    add_variants,
    lever_values,
    names,
    whole,
)
from sim.cli.log_words import add_log_verbs
from sim.cli.page import add_page
from sim.cli.questions import add_questions
from sim.language import say
from sim.wording import visible

_COMMANDS: Final = """\
  lienthong new --from birth my-district.yaml
  lienthong check scenarios/first.yaml
  lienthong explain scenarios/birth.yaml
  lienthong run scenarios/first.yaml --set uptake='80 %' --out results/first
  lienthong compare scenarios/birth.yaml --variants separate,linked-paper,online
  lienthong compare scenarios/first.yaml --precision '0.2 wd'
  lienthong warmup scenarios/birth.yaml --out start-up.png
  lienthong why scenarios/birth-in-parts.yaml --replications 3
  lienthong bottlenecks scenarios/birth.yaml --variant hampered
  lienthong hangs-on scenarios/birth.yaml --variant separate --baseline online
  lienthong map scenarios/birth.yaml --variant separate --out map.svg
  lienthong story results/first --which slowest
  lienthong results diff results/first results/second
  lienthong log register.csv
  lienthong sweep scenarios/birth.yaml --vary uptake='48 %,74 %,95 %' --vary staffing='0.7 x,1 x'
  lienthong staff scenarios/first.yaml --target 'officer.waiting_mean <= 30 min'
  lienthong threshold scenarios/first.yaml uptake
"""


def build_parser() -> ArgumentParser:
    """The parser of the command line; it ends the program with 2 on what it cannot read."""
    parser = _Parser(
        prog="lienthong",
        description=say(
            "Simulates linked public services: what a rule, a person or a channel changes for "
            "applicants and\noffices."
        ),
        epilog=f"{say('examples:')}\n{_COMMANDS}",
        formatter_class=RawDescriptionHelpFormatter,
    )
    add_language(parser)
    parser.set_defaults(lang=None)
    parser.add_argument("--version", action=_Version, nargs=0, help=say("show the version and end"))
    verbs = parser.add_subparsers(
        dest="verb", required=True, metavar=say("VERB"), title=say("verbs")
    )

    new = verbs.add_parser(
        "new", help=say("start a scenario of your own, or list those to start from")
    )
    new.add_argument(
        "file", nargs="?", metavar=say("FILE"), help=say("what to write (default: list)")
    )
    new.add_argument(
        "--from",
        dest="base",
        metavar=say("NAME"),
        help=say("the shipped scenario (default: birth)"),
    )
    new.add_argument(
        "--copy",
        action="store_true",
        help=say("copy it with all that it needs, rather than extend it"),
    )
    new.add_argument(
        "--list", action="store_true", help=say("list the shipped scenarios, services and places")
    )
    add_language(new)

    check = verbs.add_parser("check", help=say("find every fault of scenarios and their variants"))
    check.add_argument("files", nargs="+", metavar=say("FILE"), help=say("a scenario"))
    add_language(check)
    add_quiet(check)

    schema = verbs.add_parser("schema", help=say("show the JSON Schema of scenarios, for editors"))
    schema.add_argument("--out", metavar=say("FILE"), help=say("write it to a file"))
    add_language(schema)

    kpis = verbs.add_parser("kpis", help=say("list every KPI with its unit and equation"))
    kpis.set_defaults(file="")
    add_language(kpis)

    explain = verbs.add_parser(
        "explain", help=say("show what a scenario says, where it comes from, and the load on staff")
    )
    add_scenario(explain)
    add_variants(explain)
    add_language(explain)
    explain.add_argument(
        "--model", action="store_true", help=say("show the resolved model instead, as JSON")
    )

    run = verbs.add_parser("run", help=say("simulate a scenario, or variants of it"))
    add_scenario(run)
    add_variants(run)
    run.add_argument(
        "--only-replication",
        type=whole,
        metavar=say("N"),
        help=say("run this one replication alone, counted from 0"),
    )
    run.add_argument(
        "--case",
        type=whole,
        metavar=say("N"),
        help=say("with --only-replication: tell the story of a case of it, by its number, as well"),
    )
    add_study(run)

    compare = verbs.add_parser("compare", help=say("compare variants, under common random numbers"))
    add_scenario(compare)
    add_variants(compare, by_default=say("all of them"))
    add_baseline(compare)
    add_study(compare)

    sweep = verbs.add_parser("sweep", help=say("simulate the grid of all values of some levers"))
    add_scenario(sweep)
    add_variants(sweep)
    sweep.add_argument(
        "--vary",
        action="append",
        required=True,
        type=lever_values,
        metavar=say("LEVER=VALUE,…"),
        help=say("a lever and its values; give it once for each lever"),
    )
    sweep.add_argument(
        "--also",
        action="append",
        default=[],
        type=lever_values,
        metavar=say("LEVER=VALUE,…"),
        help=say(
            "a lever that is moved alone beside the grid, with each value of the "
            "first --vary; name the value first that it has elsewhere"
        ),
    )
    add_baseline(sweep)
    add_study(sweep)

    add_questions(verbs)

    _add_map(verbs.add_parser("map", help=say("draw how a case goes through the offices, as SVG")))
    story = verbs.add_parser(
        "story", help=say("tell what happened to one case of a study, event by event")
    )
    story.add_argument(
        "folder", metavar=say("DIR"), help=say("a study kept with --out and its cases")
    )
    asked = story.add_mutually_exclusive_group(required=True)
    asked.add_argument("--case", type=whole, metavar=say("N"), help=say("the number of the case"))
    asked.add_argument(
        "--which",
        metavar=say("WORD"),
        help=say("slowest, typical, rejected or late: one of the measured cases that have ended"),
    )
    story.add_argument(
        "--variant",
        metavar=say("NAME"),
        help=say("the variant (may be left out where there is one alone)"),
    )
    story.add_argument(
        "--replication",
        type=whole,
        metavar=say("R"),
        help=say("the replication (default: the first; with --which any)"),
    )
    story.add_argument(
        "--bundle",
        metavar=say("NAME"),
        help=say("with --which: choose among the cases of this bundle"),
    )
    add_language(story)
    add_quiet(story)
    add_page(verbs)
    _add_results(
        verbs.add_parser("results", help=say("list, show and compare studies that were kept"))
    )
    add_log_verbs(verbs)
    return parser


def _add_map(drawn: ArgumentParser) -> None:
    """Which flow is drawn, and what is held against it."""
    add_scenario(drawn)
    drawn.add_argument(
        "--variant",
        metavar=say("NAME"),
        help=say("draw this variant too, below and on the same scale"),
    )
    add_bundle(drawn)
    drawn.add_argument(
        "--channel",
        metavar=say("NAME"),
        help=say("the channel (default: in each the one on which most cases are filed)"),
    )
    add_runs(drawn)
    drawn.add_argument(
        "--out", metavar=say("FILE"), help=say("write it there (default: to the terminal)")
    )
    add_language(drawn)
    add_quiet(drawn)


def _add_results(results: ArgumentParser) -> None:
    acts = results.add_subparsers(
        dest="act", required=True, metavar=say("VERB"), title=say("verbs")
    )

    each = acts.add_parser("list", help=say("list the studies in a folder and below it"))
    each.add_argument(
        "folder",
        nargs="?",
        default="results",
        metavar=say("DIR"),
        help=say("(default: %(default)s)"),
    )
    add_language(each)

    show = acts.add_parser("show", help=say("show again what a study showed at its end"))
    show.add_argument("folder", metavar=say("DIR"), help=say("a study kept with --out"))
    add_language(show)

    diff = acts.add_parser(
        "diff", help=say("say what differs between two studies: in the scenario and in the answer")
    )
    diff.add_argument("old", metavar=say("DIR"), help=say("a study kept with --out"))
    diff.add_argument("new", metavar=say("DIR"), help=say("the one to compare it with"))
    diff.add_argument(
        "--kpis",
        default=(),
        type=names,
        metavar=say("NAME,…"),
        help=say(
            "compare these alone; the fewer, the smaller a difference can be told from chance"
        ),
    )
    diff.add_argument(
        "--groups",
        default=(),
        type=names,
        metavar=say("NAME,…"),
        help=say("likewise, such as birth"),
    )
    diff.add_argument(
        "--all",
        action="store_true",
        help=say("show every KPI, not the main ones and those that differ"),
    )
    diff.add_argument("--json", action="store_true", help=say("print all of it as JSON"))
    add_language(diff)
    add_quiet(diff)


class _Parser(ArgumentParser):
    """Shows what it cannot read, and lets none of it steer the terminal."""

    def error(self, message: str) -> NoReturn:
        super().error(visible(message))


class _Version(Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"lienthong {version('lienthong')}\n")
