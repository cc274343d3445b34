"""The words of the verbs that ask a question of a scenario."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from sim.cli.arguments import (
    add_answer,
    add_bundle,
    add_language,
    add_quiet,
    add_scenario,
    add_seed,
    add_variants,
    moved,
    names,
    share,
    variant_or_setting,
    whole,
)
from sim.language import say


def add_questions(verbs: Any) -> None:
    """Add them to the verbs of a parser."""
    warmup = verbs.add_parser(
        "warmup", help=say("check whether the warm-up is long enough, and draw the start-up")
    )
    add_scenario(warmup)
    add_variants(warmup)
    warmup.add_argument(
        "--replications",
        type=whole,
        default=5,
        metavar=say("N"),
        help=say("runs as written, and as many begun earlier (default: %(default)s)"),
    )
    add_seed(warmup)
    warmup.add_argument(
        "--out", metavar=say("FILE"), help=say("draw the start-up there: .png or .svg")
    )
    add_language(warmup)
    add_quiet(warmup)
    why = verbs.add_parser(
        "why", help=say("split the change between two variants over the parts of a reform")
    )
    add_scenario(why)
    for option, side, words in (
        (
            "--from",
            "before",
            say(
                "what is before: a variant, or a setting; may be given again (default: "
                "the scenario as written; without --from and --to its only reform)"
            ),
        ),
        (
            "--to",
            "after",
            say(
                "what is after: a variant, or a setting; may be given again (default: "
                "the scenario as written; without --from and --to its only reform)"
            ),
        ),
    ):
        why.add_argument(
            option,
            action="append",
            dest=side,
            type=variant_or_setting,
            metavar=say("NAME|PATH=VALUE"),
            help=words,
        )
    why.add_argument(
        "--kpi", metavar=say("NAME"), help=say("what changes (default: that of the target)")
    )
    add_bundle(why)
    why.add_argument(
        "--orders",
        type=whole,
        metavar=say("N"),
        help=say(
            "draw so many orders of the parts (default: all count, unless there are more than 8)"
        ),
    )
    add_answer(why)

    bottlenecks = verbs.add_parser(
        "bottlenecks", help=say("take each bottleneck of a scenario away, alone and as the last")
    )
    add_scenario(bottlenecks)
    bottlenecks.add_argument(
        "--variant",
        metavar=say("NAME"),
        help=say("what they are taken away from (default: the scenario as written)"),
    )
    add_bundle(bottlenecks)
    add_answer(bottlenecks)

    hangs_on = verbs.add_parser(
        "hangs-on",
        help=say("find which assumed values a figure hangs on, and where a verdict turns"),
    )
    add_scenario(hangs_on)
    _add_hangs_on(hangs_on)

    staff = verbs.add_parser(
        "staff", help=say("find the cheapest staffing that keeps to the target, or to several")
    )
    add_scenario(staff)
    add_variants(staff)
    _add_targets(staff, 1000, say("replications of one staffing, at most (default: %(default)s)"))
    staff.add_argument(
        "--move",
        action="append",
        default=[],
        type=moved,
        metavar=say("GROUP[=VALUE,…]"),
        help=say(
            "a group of staff to move, and the values of its people to look among; "
            "give it once for each (default: all groups that work on what the target "
            "is about)"
        ),
    )
    staff.add_argument(
        "--cost",
        default="people",
        metavar="people|wages",
        help=say(
            "what is to be least: full-time people, or their wages in a year (default: people)"
        ),
    )

    threshold = verbs.add_parser(
        "threshold",
        help=say("find up to which value of a lever the target holds, or from which on"),
    )
    add_scenario(threshold)
    threshold.add_argument(
        "lever", metavar=say("LEVER"), help=say("a lever, or a path, of one quantity")
    )
    add_variants(threshold)
    _add_targets(threshold, 320, say("replications at one value, at most (default: %(default)s)"))
    threshold.add_argument(
        "--between",
        nargs=2,
        metavar=(say("LEAST"), say("MOST")),
        help=say("the range to look in, such as '20 %%' '80 %%' or '0.5 x' '2 x'"),
    )
    threshold.add_argument("--step", metavar=say("VALUE"), help=say("how finely to look"))


def _add_targets(verb: ArgumentParser, most: int, words: str) -> None:
    """What is asked for, how surely, and with how many replications at most."""
    verb.add_argument(
        "--target",
        action="append",
        default=[],
        metavar=say("GROUP.KPI>=VALUE"),
        help=say(
            "what is to be kept to, such as 'birth.on_time_share >= 95 %%'; with '± "
            "0.5 %%' behind it, its indifference zone; may be given again (default: "
            "that of the scenario)"
        ),
    )
    verb.add_argument(
        "--confidence",
        default=0.95,
        type=share,
        metavar=say("SHARE"),
        help=say("chance that the answer is right (default: 95 %%)"),
    )
    verb.add_argument(
        "--most",
        default=most,
        type=whole,
        metavar=say("N"),
        help=words,
    )
    add_seed(verb)
    verb.add_argument("--out", metavar=say("FILE"), help=say("write the answer as a page, too"))
    verb.add_argument("--replace", action="store_true", help=say("replace FILE if it exists"))
    add_language(verb)
    add_quiet(verb)


def _add_hangs_on(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--variant",
        metavar=say("NAME"),
        help=say("whose figure it is (default: the scenario as written)"),
    )
    verb.add_argument(
        "--baseline",
        metavar=say("NAME"),
        help=say("another variant, or 'as written': look at the difference of the two as well"),
    )
    verb.add_argument(
        "--kpi", metavar=say("KPI"), help=say("the figure (default: that of the target)")
    )
    verb.add_argument(
        "--bundle", metavar=say("NAME"), help=say("of which bundle (default: the target's)")
    )
    verb.add_argument("--channel", metavar=say("NAME"), help=say("of which channel (default: all)"))
    verb.add_argument(
        "--only",
        default=(),
        type=names,
        metavar=say("PATTERN,…"),
        help=say(
            "move only what these name, such as 'staff' or 'bundles.*.demand' (default: all that "
            "may be otherwise)"
        ),
    )
    verb.add_argument(
        "--no-shares",
        action="store_true",
        help=say("do not move those that lead together: no shares of the variance, and no SALib"),
    )
    verb.add_argument(
        "--replications",
        type=whole,
        metavar=say("N"),
        help=say("independent runs where it matters (default: as the scenario says)"),
    )
    add_seed(verb)
    verb.add_argument(
        "--out", metavar=say("DIR"), help=say("write tables, figures and a page there")
    )
    verb.add_argument(
        "--replace", action="store_true", help=say("replace what was written to DIR before")
    )
    add_language(verb)
    add_quiet(verb)
