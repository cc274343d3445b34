"""What several verbs of the command line take, and how its words are read."""

from __future__ import annotations

import re
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError

from sim.cli.lists import part_values
from sim.errors import ValueFault
from sim.language import say
from sim.wording import as_one_form


def add_scenario(verb: ArgumentParser) -> None:
    """A scenario, and what is set in it."""
    verb.add_argument("file", metavar=say("FILE"), help=say("a scenario"))
    verb.add_argument(
        "--set",
        action="append",
        default=[],
        type=setting,
        dest="settings",
        metavar=say("PATH=VALUE"),
        help=say("set a lever or a path; a value may be 0.7 x, + 1 or - 1; may be given again"),
    )


def add_variants(verb: ArgumentParser, by_default: str = "") -> None:
    """Which variants of it; ``by_default`` says which where none are named."""
    by_default = by_default or say("the scenario as written")
    verb.add_argument(
        "--variants",
        "--variant",
        default=(),
        type=names,
        metavar=say("NAME,…"),
        help=say("variants of the scenario (default: {by_default})", by_default=by_default),
    )


def add_baseline(verb: ArgumentParser) -> None:
    """What is compared with what."""
    verb.add_argument(
        "--baseline",
        metavar=say("NAME"),
        help=say(
            "what the others are compared with, by its name in the table (default: "
            "the first); in a sweep also settings of some levers: each point with "
            "that which differs in them only"
        ),
    )


def add_bundle(verb: ArgumentParser) -> None:
    """Which bundle an answer is about."""
    verb.add_argument(
        "--bundle",
        metavar=say("NAME"),
        help=say("the bundle that it is about (default: the target's)"),
    )


def add_answer(verb: ArgumentParser) -> None:
    """How an answer is run, and where it goes."""
    add_runs(verb)
    verb.add_argument("--out", metavar=say("DIR"), help=say("write tables and pictures there"))
    verb.add_argument(
        "--replace", action="store_true", help=say("replace files of these names that DIR holds")
    )
    add_language(verb)
    add_quiet(verb)


def add_runs(verb: ArgumentParser, words: str = "") -> None:
    """How often, from which seed, and by what."""
    verb.add_argument(
        "--replications",
        type=whole,
        metavar=say("N"),
        help=words or say("independent runs of each (default: as the scenario says)"),
    )
    add_seed(verb)


def add_study(verb: ArgumentParser) -> None:
    """How a study is run, and what is kept of it."""
    add_runs(
        verb,
        say(
            "independent runs of each (default: as the scenario says; with --precision the first "
            "stage, 20 or as the scenario says, if more)"
        ),
    )
    verb.add_argument(
        "--precision",
        action="append",
        default=[],
        metavar=say("[KPI=]WIDTH"),
        help=say(
            "run replications until the interval is this narrow on either side: '5 "
            "%%' of the mean, or '0.2 wd'; of the target's KPI, or of one by name, "
            "'on_time_share=1 point', 'waiting_mean of clerk=10 %%'; may be given "
            "again; of the differences, where there are some, in percent of the "
            "baseline's mean"
        ),
    )
    verb.add_argument(
        "--most-replications",
        type=whole,
        metavar=say("N"),
        help=say("with --precision: what is not exceeded (default: 1000)"),
    )
    verb.add_argument(
        "--scheduler",
        metavar=say("ADDRESS"),
        help=say(
            "run on the workers of a Dask scheduler, such as tcp://10.0.0.5:8786; keeps no tables"
        ),
    )
    verb.add_argument(
        "--over-time",
        nargs="?",
        const="week",
        type=step,
        metavar="day|week|none",
        help=say(
            "show the state of the offices over time, by week or day (default: in "
            "the report, by week, where something changes by date or there is a "
            "backlog)"
        ),
    )
    verb.add_argument(
        "--by-office",
        nargs="?",
        const=True,
        default=False,
        type=line,
        metavar=say("SHARE"),
        help=say(
            "show which offices keep to a share on time, such as '95 %%', and which "
            "differ from the others (default: the target's, if it is of cases on "
            "time, else 100 %%)"
        ),
    )
    verb.add_argument(
        "--out", metavar=say("DIR"), help=say("write tables, figures and a report there")
    )
    verb.add_argument(
        "--replace",
        action="store_true",
        help=say("replace the results of another study that DIR holds"),
    )
    verb.add_argument(
        "--tables",
        type=names,
        metavar=say("NAME,…"),
        help=say(
            "records to write to DIR: some of cases, dossiers, work_items, or all, "
            "or none (default: cases,dossiers; none for more than 2 million cases)"
        ),
    )
    verb.add_argument(
        "--bundles",
        default=(),
        type=names,
        metavar=say("NAME,…"),
        help=say(
            "keep the KPIs, cases and dossiers of these bundles, and the KPIs of "
            "roles over all offices; not those of others and of each office"
        ),
    )
    verb.add_argument(
        "--json", action="store_true", help=say("print the estimates as JSON in place of the table")
    )
    add_language(verb)
    add_quiet(verb)


def add_language(verb: ArgumentParser) -> None:
    """In which language; what stands before the verb holds where nothing is said behind it."""
    verb.add_argument(
        "--lang",
        default=SUPPRESS,
        metavar="en|vi",
        help=say(
            "language of what is shown and of the report (default: LIENTHONG_LANG, "
            "or en); of a study also several, en,vi: a report in each"
        ),
    )


def add_seed(verb: ArgumentParser) -> None:
    """From which seed, and by what."""
    verb.add_argument(
        "--seed",
        type=whole,
        metavar=say("N"),
        help=say("of the draws (default: as the scenario says)"),
    )
    verb.add_argument(
        "--workers",
        type=whole,
        metavar=say("N"),
        help=say("threads or processes to share the work (default: cores)"),
    )
    verb.add_argument(
        "--engine",
        default="auto",
        metavar=say("NAME"),
        help=say("the engine (default: %(default)s)"),
    )


def add_quiet(verb: ArgumentParser) -> None:
    """Whether progress is shown."""
    verb.add_argument("--quiet", action="store_true", help=say("show no progress"))


def setting(text: str) -> tuple[str, str]:
    """``PATH=VALUE`` in its two parts."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise ArgumentTypeError(
            say("found '{text}'; write PATH=VALUE, for example uptake='74 %'", text=text)
        )
    return as_one_form(name.strip()), value.strip()


def variant_or_setting(text: str) -> str | tuple[str, str]:
    """The name of a variant, or a setting."""
    return setting(text) if "=" in text else as_one_form(text.strip())


def lever_values(text: str) -> tuple[str, tuple[str, ...]]:
    """``LEVER=VALUE,VALUE`` in its parts."""
    name, sign, values = text.partition("=")
    try:
        found = part_values(values)
    except ValueFault as fault:
        raise ArgumentTypeError(f"{fault.message}. {fault.way_out}") from None
    if not sign or not name.strip() or not all(found):
        raise ArgumentTypeError(
            say(
                "found '{text}'; write LEVER=VALUE,VALUE, for example staffing='0.7 x,1 x'",
                text=text,
            )
        )
    return as_one_form(name.strip()), found


def moved(text: str) -> tuple[str, tuple[str, ...]]:
    """A group of staff, and the values of its people to look among."""
    return lever_values(text) if "=" in text else (as_one_form(text.strip()), ())


def share(text: str) -> float:
    """A share, such as ``95 %``."""
    from sim.units import parse_share

    try:
        return parse_share(text)
    except ValueFault as fault:
        raise ArgumentTypeError(f"{fault.message}. {fault.way_out}".rstrip()) from None


def line(text: str) -> float:
    """A share on time that offices are held against."""
    try:
        return share(text)
    except ArgumentTypeError:
        # What follows the option is taken for its share, the scenario too.
        raise ArgumentTypeError(
            say(
                "found '{text}'; give a share, such as '95 %', or put --by-office behind the "
                "scenario",
                text=text,
            )
        ) from None


def step(text: str) -> str:
    """A period over which the state of the offices is told."""
    if text not in ("day", "week", "none"):
        raise ArgumentTypeError(say("found '{text}'; give day, week or none", text=text))
    return text


def names(text: str) -> tuple[str, ...]:
    """Names with commas between them."""
    found = tuple(name.strip() for name in text.split(","))
    if not all(found):
        raise ArgumentTypeError(
            say("found '{text}'; write names with commas between them", text=text)
        )
    return found


def whole(text: str) -> int:
    """A whole number."""
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ArgumentTypeError(say("found '{text}'; give a whole number", text=text))
    return int(text)
