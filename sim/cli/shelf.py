"""Lists what lienthong is shipped with: scenarios, services with their limits, and places."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator

from sim.language import date_in_words, say, say_of_scenario
from sim.wording import visible

_SERVICES = "services/"
_PLACES = "places/"


def show(base: str) -> None:
    """Print three tables of the shipped scenarios, in the language in use.

    Parameters
    ----------
    base
        What a new scenario starts from unless another is named.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from sim.cli.verbs import console
    from sim.scenario import shipped

    titled = {name: title for name in shipped.names() if (title := _title(name))}
    services = {name: title for name, title in titled.items() if name.startswith(_SERVICES)}
    places = {name: title for name, title in titled.items() if name.startswith(_PLACES)}
    scenarios = {name: title for name, title in titled.items() if "/" not in name}
    for heading, shown in (
        (say("Scenarios"), scenarios),
        (say("Services, each a bundle for a desk"), services),
        (say("Places, and desks with all services"), places),
    ):
        heads = (say("Name"), say("Title"), *([say("Limit")] if shown is services else []))
        table = Table(*heads, title=heading, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        table.columns[0].no_wrap = True
        for name, title in shown.items():
            limits = [visible("; ".join(_limits(name)))] if shown is services else []
            table.add_row(name, visible(title), *limits)
        console().print(table)
    start = say(
        "To start from one: {command}", command=f"lienthong new --from {base} my-district.yaml"
    )
    sys.stdout.write(f"{start}\n")


def _title(name: str) -> str:
    """The title of a shipped file; empty for a fragment, and for a worked study."""
    from sim.scenario import shipped
    from sim.scenario.text.yaml import read_file

    if name.startswith("studies/"):
        return ""
    _, document = read_file(str(shipped.path_of(name)))
    return say_of_scenario(str(document.tree.get("title", "")))


def _limits(name: str) -> Iterator[str]:
    """Each limit of a service, from when on where it changed, and how it is known."""
    from sim.report.assumptions import mark_in_words
    from sim.scenario import load, shipped

    scenario = load(shipped.path_of(name))
    for bundle, its in scenario.spec.bundles.items():
        for procedure, spec in its.procedures.items():
            for day, days in spec.limit:
                at = ("bundles", bundle, "procedures", procedure, "limit")
                dated = () if day == dt.date.min else (day.isoformat(),)
                mark = scenario.mark((*at, *dated))
                known = mark_in_words(mark.mark if mark else "unmarked")
                yield f"{_in_words(days, day)} ({known})"


def _in_words(days: int | None, since: dt.date) -> str:
    from sim.report.words import counted

    if days is None:
        limit = say("no limit")
    else:
        limit = counted(days, "working day") if days else say("the same day")
    if since == dt.date.min:
        return limit
    return say("{limit} from {day} on", limit=limit, day=date_in_words(since))
