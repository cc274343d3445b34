"""The part of the page on method, by the headings of STRESS-DES (Monks et al. 2019).

Monks, Currie, Onggo, Robinson, Kunc and Taylor, Strengthening the reporting of empirical simulation
studies, Journal of Simulation 13 (2019) 55-67.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import PurePath

from sim.experiment.results import Results
from sim.kpis import KPIS
from sim.language import date_in_words, say, say_of_scenario
from sim.report.assumptions import Values, mark_in_words
from sim.report.components import activities, entries, resources
from sim.report.flows import flows
from sim.report.grid import goal
from sim.report.html import Html, Rows, folded, table, tag
from sim.report.view import (
    baseline_words,
    bundle_label,
    bundles,
    channel_label,
    distinct,
    in_words,
    levers,
    setting,
)
from sim.report.words import UNITS, counted, label_of, length, listed, number
from sim.wording import visible


def method(results: Results, found: Values) -> Iterator[Html]:
    """Objectives, logic, data, experimentation, implementation, code access.

    Parameters
    ----------
    found
        Every value of the study, see :func:`sim.report.assumptions.values_of`.
    """
    yield tag(
        "p",
        say(
            "By the headings of STRESS-DES, the checklist of Monks et al. (2019) for reports of "
            "discrete-event simulations; filled from the model that was run."
        ),
    )
    parts = (
        (say("1. Objectives"), _objectives(results)),
        (say("2. Logic"), _logic(results)),
        (say("3. Data"), _data(results, found)),
        (say("4. Experimentation"), _experimentation(results)),
        (say("5. Implementation"), _implementation(results)),
        (say("6. Code access"), _code(results)),
    )
    for heading, items in parts:
        yield tag("h3", heading)
        yield from items


def run_id(results: Results) -> str:
    """What tells one study from another: a digest of its models, seed and replications."""
    parts = [cell.fingerprint for cell in results.cells]
    parts += map(str, (results.seed, results.first, results.replications))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _objectives(results: Results) -> Iterator[Html]:
    spec = results.cells[0].scenario.spec
    asked = [_question(results, bundle) for bundle in bundles(results)]
    yield _item(say("Purpose"), say_of_scenario(spec.description or spec.title), *asked)
    measured = {each.kpi for each in results.estimates}
    rows: Rows = [
        (name, label_of(name), UNITS.get(kpi.unit, kpi.unit), tag("code", say(kpi.equation)))
        for name, kpi in KPIS.items()
        if name in measured
    ]
    heads = (say("Name"), say("Meaning"), say("Unit"), say("How it is counted"))
    yield _item(
        say("Outputs"),
        folded(
            say("The indicators that were measured ({n})", n=len(rows)),
            table(heads, rows, kind="values", numbers_from=9),
            is_open=False,
        ),
    )
    moved = [
        f"{lever.label}: {', '.join(setting(results, lever, text) for text in lever.texts)}"
        for lever in levers(results)
    ]
    compared = (
        say("Each is set against {baseline}.", baseline=baseline_words(results))
        if results.differences
        else say("None is set against another.")
    )
    n = counted(len(results.cells), "setting")
    yield _item(say("Aims of the experiments"), f"{n}. {compared}", *moved)


def _question(results: Results, bundle: str) -> str:
    wanted = goal(results, bundle)
    label = bundle_label(results, bundle)
    if wanted.value is None:
        return say("{bundle}: how long does it take, and what changes that?", bundle=label)
    return say(
        "{bundle}: under which settings is “{kpi}” {target}?",
        bundle=label,
        kpi=label_of(wanted.kpi),
        target=wanted.words,
    )


def _logic(results: Results) -> Iterator[Html]:
    spec = results.cells[0].scenario.spec
    yield _item(
        say("Overview"),
        say(
            "Cases arrive at their home office on a channel. Each goes through the flow of its "
            "regime and channel: the applicant acts, staff work on it, data travel between "
            "systems, and time passes. Work waits for a person of its role at its office who is on "
            "shift. Every procedure has a legal clock of its own in working days."
        ),
    )
    yield _item(
        say("Logic of the flows"),
        *chain.from_iterable(flows(results, bundle) for bundle in bundles(results)),
    )
    yield _item(
        say("What differs between the settings"),
        say(
            "Only what “Set by a variant, a sweep or on the command line” names under Assumptions; "
            "all else is the same, and so are the random numbers."
        ),
    )
    yield _item(
        say("Rules"),
        say(
            "The day of receipt is not counted; what comes after the cut-off counts from the next "
            "working day; the clock stands still while the applicant completes a dossier. Of "
            "waiting work the highest priority goes first, then what came first unless the group "
            "of staff says otherwise. The rules have numbers in docs/semantics.md."
        ),
    )
    entities = [
        say(
            "{bundle}: channels {channels}; cases differ in {properties}.",
            bundle=visible(say_of_scenario(each.label or name)),
            channels=listed(map(channel_label, each.channels)) if each.channels else say("one"),
            properties=listed(map(in_words, each.properties))
            if each.properties
            else say("nothing"),
        )
        for name, each in spec.bundles.items()
    ]
    yield _item(say("Entities: cases"), *entities)
    yield _item(say("Activities"), *(activities(results, b) for b in bundles(results)))
    yield _item(say("Resources"), *resources(results))
    yield _item(
        say("Queues"),
        say(
            "One for each role at each office, without a limit of length. Nobody leaves a queue; "
            "work goes to another office only where a group helps another."
        ),
    )
    yield _item(say("Entry and exit"), *entries(results))


def _data(results: Results, found: Values) -> Iterator[Html]:
    marks: dict[str, Counter[str]] = {}
    for value in found.in_files:
        if value.source:
            marks.setdefault(value.source, Counter())[value.mark] += 1
    rows: Rows = [
        (
            visible(source),
            ", ".join(f"{mark_in_words(mark)} {number(n)}" for mark, n in each.items()),
        )
        for source, each in sorted(marks.items(), key=lambda pair: -pair[1].total())
    ]
    yield _item(
        say("Sources"),
        folded(
            say("Every source, with how many values it gives ({n})", n=len(rows)),
            table((say("Source"), say("Values")), rows, kind="values", numbers_from=9),
            is_open=False,
        ),
    )
    yield _item(
        say("Input parameters"), say("Every one, with its value, stands under Assumptions.")
    )
    files = sorted({PurePath(file.replace("\\", "/")).name for file in _files(results)})
    yield _item(
        say("Pre-processing"),
        say(
            "None beyond reading the files {files}. Times are drawn from distributions given by "
            "their mean and spread; yearly numbers become numbers of months by the weights given; "
            "public holidays are those of the holidays library.",
            files=listed(map(visible, files)),
        ),
    )
    yield _item(
        say("Assumptions"),
        say(
            "{n} of {values} are assumed or not marked; they stand under Assumptions. What no "
            "model here has stands under “What is not modelled”.",
            n=number(found.n_assumed),
            values=counted(found.n, "value"),
        ),
    )


def _files(results: Results) -> set[str]:
    return {file for shown in distinct(results) for file in shown.cell.scenario.files}


def _experimentation(results: Results) -> Iterator[Html]:
    spec = results.cells[0].scenario.spec
    period = spec.period
    yield _item(
        say("Initialisation"),
        say(
            "The run begins with the cases under way that {file} lists, and with empty queues "
            "otherwise.",
            file=PurePath(spec.backlog).name,
        )
        if spec.backlog
        else say("The run begins with empty queues."),
        say(
            "Warm-up: {warm_up}; cases that arrive in it are not measured.",
            warm_up=length(period.warm_up),
        ),
    )
    yield _item(
        say("Run length"),
        say(
            "From {start}; cases that arrive in {length} behind the warm-up are measured, and "
            "{run_out} of run-out let them end.",
            start=date_in_words(period.start, is_plain=True),
            length=length(period.length),
            run_out=length(period.run_out),
        ),
    )
    yield _item(
        say("Estimation"),
        say(
            "{replications} of each setting, independent of each other. Means over replications "
            "with 95\u00a0% intervals: of shares those of Korn and Graubard, of other values "
            "Student’s t with a longer arm away from the bounds. Differences are paired by "
            "replication.",
            replications=counted(results.replications, "replication"),
        ),
    )


def _implementation(results: Results) -> Iterator[Html]:
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    yield _item(say("Software"), versions)
    yield _item(
        say("Random sampling"),
        say(
            "Seed {seed}. A draw belongs to seed, replication, case, step and visit, not to the "
            "turn in which it is made, so that settings are compared on the same applicants "
            "(Philox 4x32-10, rule R1).",
            seed=results.seed,
        ),
    )
    yield _item(
        say("Execution"),
        say(
            "Event by event, engine {engine}. The reference engine on SimPy and the compiled one "
            "give the same digits; tests hold them to that.",
            engine=results.engine,
        ),
    )
    yield _item(
        say("Hardware"),
        say(
            "{system} on {machine}, {n} processors; the runs took {seconds} s.",
            system=platform.system(),
            machine=platform.machine(),
            n=os.cpu_count() or 1,
            seconds=number(results.elapsed, 1),
        ),
    )


def _code(results: Results) -> Iterator[Html]:
    yield _item(
        say("Computer model"),
        say(
            "lienthong {version}, free software under the Apache License 2.0. The scenario is the "
            "model: manifest.json beside this page holds its files, and “Run it again” the "
            "command.",
            version=results.versions.get("lienthong", ""),
        ),
        say("Run {run}, seed {seed}.", run=run_id(results), seed=results.seed),
    )


def _item(label: str, *parts: str) -> Html:
    """One entry of the checklist: its label, then paragraphs, or what is markup already."""
    body = (part if isinstance(part, Html) else tag("p", part) for part in parts if part)
    return tag("div", tag("h4", label), *body, attributes={"class": "item"})
