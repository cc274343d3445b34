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


def add_questions(verbs: Any) -> None:
    """Add them to the verbs of a parser."""
    warmup = verbs.add_parser(
        "warmup", help="check whether the warm-up is long enough, and draw the start-up"
    )
    add_scenario(warmup)
    add_variants(warmup)
    warmup.add_argument(
        "--replications",
        type=whole,
        default=5,
        metavar="N",
        help="runs as written, and as many begun earlier (default: %(default)s)",
    )
    add_seed(warmup)
    warmup.add_argument("--out", metavar="FILE", help="draw the start-up there: .png or .svg")
    add_language(warmup)
    add_quiet(warmup)
    why = verbs.add_parser(
        "why", help="split the change between two variants over the parts of a reform"
    )
    add_scenario(why)
    for option, side in (("--from", "before"), ("--to", "after")):
        why.add_argument(
            option,
            action="append",
            dest=side,
            type=variant_or_setting,
            metavar="NAME|PATH=VALUE",
            help=f"what is {side}: a variant, or a setting; may be given again (default: the "
            "scenario as written; without --from and --to its only reform)",
        )
    why.add_argument("--kpi", metavar="NAME", help="what changes (default: that of the target)")
    add_bundle(why)
    why.add_argument(
        "--orders",
        type=whole,
        metavar="N",
        help="draw so many orders of the parts (default: all count, unless there are more than 8)",
    )
    add_answer(why)

    bottlenecks = verbs.add_parser(
        "bottlenecks", help="take each bottleneck of a scenario away, alone and as the last"
    )
    add_scenario(bottlenecks)
    bottlenecks.add_argument(
        "--variant",
        metavar="NAME",
        help="what they are taken away from (default: the scenario as written)",
    )
    add_bundle(bottlenecks)
    add_answer(bottlenecks)

    hangs_on = verbs.add_parser(
        "hangs-on", help="find which assumed values a figure hangs on, and where a verdict turns"
    )
    add_scenario(hangs_on)
    _add_hangs_on(hangs_on)

    staff = verbs.add_parser(
        "staff", help="find the cheapest staffing that keeps to the target, or to several"
    )
    add_scenario(staff)
    add_variants(staff)
    _add_targets(staff, most="of one staffing")
    staff.add_argument(
        "--move",
        action="append",
        default=[],
        type=moved,
        metavar="GROUP[=VALUE,…]",
        help="a group of staff to move, and the values of its people to look among; give it once "
        "for each (default: all groups that work on what the target is about)",
    )
    staff.add_argument(
        "--cost",
        default="people",
        metavar="people|wages",
        help="what is to be least: full-time people, or their wages in a year (default: people)",
    )

    threshold = verbs.add_parser(
        "threshold", help="find up to which value of a lever the target holds, or from which on"
    )
    add_scenario(threshold)
    threshold.add_argument("lever", metavar="LEVER", help="a lever, or a path, of one quantity")
    add_variants(threshold)
    _add_targets(threshold, most="at one value")
    threshold.add_argument(
        "--between",
        nargs=2,
        metavar=("LEAST", "MOST"),
        help="the range to look in, such as '20 %%' '80 %%' or '0.5 x' '2 x'",
    )
    threshold.add_argument("--step", metavar="VALUE", help="how finely to look")


def _add_targets(verb: ArgumentParser, most: str) -> None:
    verb.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="GROUP.KPI>=VALUE",
        help="what is to be kept to, such as 'birth.on_time_share >= 95 %%'; with '± 0.5 %%' "
        "behind it, its indifference zone; may be given again (default: that of the scenario)",
    )
    verb.add_argument(
        "--confidence",
        default=0.95,
        type=share,
        metavar="SHARE",
        help="chance that the answer is right (default: 95 %%)",
    )
    verb.add_argument(
        "--most",
        default=1000 if verb.prog.endswith("staff") else 320,
        type=whole,
        metavar="N",
        help=f"replications {most}, at most (default: %(default)s)",
    )
    add_seed(verb)
    verb.add_argument("--out", metavar="FILE", help="write the answer as a page, too")
    verb.add_argument("--replace", action="store_true", help="replace FILE if it exists")
    add_language(verb)
    add_quiet(verb)


def _add_hangs_on(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--variant", metavar="NAME", help="whose figure it is (default: the scenario as written)"
    )
    verb.add_argument(
        "--baseline",
        metavar="NAME",
        help="another variant, or 'as written': look at the difference of the two as well",
    )
    verb.add_argument("--kpi", metavar="KPI", help="the figure (default: that of the target)")
    verb.add_argument("--bundle", metavar="NAME", help="of which bundle (default: the target's)")
    verb.add_argument("--channel", metavar="NAME", help="of which channel (default: all)")
    verb.add_argument(
        "--only",
        default=(),
        type=names,
        metavar="PATTERN,…",
        help="move only what these name, such as 'staff' or 'bundles.*.demand' (default: all that "
        "may be otherwise)",
    )
    verb.add_argument(
        "--no-shares",
        action="store_true",
        help="do not move those that lead together: no shares of the variance, and no SALib",
    )
    verb.add_argument(
        "--replications",
        type=whole,
        metavar="N",
        help="independent runs where it matters (default: as the scenario says)",
    )
    add_seed(verb)
    verb.add_argument("--out", metavar="DIR", help="write tables, figures and a page there")
    verb.add_argument(
        "--replace", action="store_true", help="replace what was written to DIR before"
    )
    add_language(verb)
    add_quiet(verb)
