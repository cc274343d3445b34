"""Why a figure changes from one side to the other, and what each bottleneck costs."""

from __future__ import annotations

from typing import Final

import sim
from sim.api.reforms import End
from sim.api.workbench import Where, Workbench
from sim.errors import RequestError
from sim.language import later, say
from sim.page.questions.question import (
    REPLICATIONS,
    Asked,
    Question,
    Shown,
    command,
    drawn,
    fits,
    no_fields,
    seeded,
    side,
)
from sim.report import bottlenecks as words_of_bottlenecks
from sim.report import why as words_of_why
from sim.report.html import join, paragraphs, table, tag
from sim.report.words import capital

_MOST_SETS: Final = 256
"""Sets of parts that are run of many parts, about."""


def _parts(asked: Asked) -> int:
    """In how many levers the two sides differ, at least."""
    before, after = asked.state.baseline, asked.where
    names = {*before.settings, *after.settings}
    n = sum(before.settings.get(name) != after.settings.get(name) for name in names)
    variants = asked.bench.scenario.spec.variants
    if before.variant != after.variant:
        n += max(len(variants.get(each or "", ())) for each in (before.variant, after.variant))
    return n


def _why(asked: Asked) -> Shown:
    before, after = asked.state.baseline, asked.where
    reforms = asked.bench.scenario.spec.reforms
    is_named = before == after
    if is_named and len(reforms) != 1:
        raise RequestError(
            say(
                "both sides are the same. Move a lever, or start from another variant "
                "than the one that it is compared with."
            )
        )
    with asked.bench.settings.reading({}):
        found = sim.why(
            asked.bench.settings.path,
            before=None if is_named else _end(before),
            after=None if is_named else _end(after),
            bundle=asked.bundle,
            replications=asked.state.replications or REPLICATIONS,
            seed=asked.state.seed,
            workers=asked.workers,
            progress=asked.progress,
        ).why
    from sim.report.figures.waterfall import ledger_waterfall, parts_waterfall

    sentences = list(words_of_why.sentences(found))
    of_time = say("The time of a case before and after, by its parts")
    heads = (
        say("Part"),
        say("Its share"),
        say("95 % interval"),
        say("Of the whole"),
        say("Alone"),
        say("As the last"),
    )
    shown = join(
        (
            paragraphs(sentences),
            drawn(parts_waterfall(found), sentences[1]),
            table(heads, list(words_of_why.rows(found)), caption=words_of_why.heading(found)),
            drawn(ledger_waterfall(found), of_time),
            paragraphs(words_of_why.notes(found)),
            *(tag("p", words_of_why.failed(each)) for each in found.failures),
        )
    )
    words = ["why", asked.base]
    if not is_named:
        words += [*_option("--from", before), *_option("--to", after)]
    words += ["--bundle", asked.bundle, "--replications", str(found.replications)]
    return Shown(html=shown, glance=sentences[0], command=command(*words, *seeded(asked)))


def _end(where: Where) -> End:
    """One side as the verb has it."""
    if where.variant is None:
        return dict(where.settings) or None
    return where.variant, where.settings


def _option(option: str, where: Where) -> list[str]:
    given = [] if where.variant is None else [where.variant]
    given += [f"{name}={text}" for name, text in where.settings.items()]
    return [word for each in given for word in (option, each)]


def _bottlenecks(asked: Asked) -> Shown:
    with asked.bench.settings.reading({}):
        found = sim.bottlenecks(
            asked.bench.settings.path,
            variant=asked.where.variant,
            settings=asked.where.settings,
            bundle=asked.bundle,
            replications=asked.state.replications or REPLICATIONS,
            seed=asked.state.seed,
            workers=asked.workers,
            progress=asked.progress,
        ).found
    from sim.report.figures.bottlenecks import gains_of_bottlenecks

    sentences = [capital(each) for each in words_of_bottlenecks.sentences(found)]
    glance = sentences[0] if sentences else say("No bottleneck changes anything.")
    heads = (say("Bottleneck"), say("Taken away alone"), say("All but it"), say("As the last"))
    tables = [
        table(
            heads,
            list(words_of_bottlenecks.rows(found, kpi)),
            caption=words_of_bottlenecks.heading(found, kpi),
        )
        for kpi in found.units
    ]
    shown = join(
        (
            paragraphs(sentences or [glance]),
            drawn(gains_of_bottlenecks(found), glance),
            *tables,
            paragraphs(words_of_bottlenecks.notes(found)),
            *(tag("p", words_of_why.failed(each)) for each in found.failures),
        )
    )
    words = ["bottlenecks", asked.base, *side("--variant", asked.where)]
    words += ["--bundle", asked.bundle, "--replications", str(found.replications)]
    return Shown(html=shown, glance=glance, command=command(*words, *seeded(asked)))


def _no_bottlenecks(bench: Workbench) -> str:
    if bench.scenario.spec.bottlenecks:
        return ""
    return say(
        "This scenario names no bottlenecks. Open “birth”, which does, or name some under "
        "“bottlenecks” in a scenario of your own and bring it in."
    )


WHY: Final = Question(
    name="why",
    heading=later("Why does it change?"),
    lead=later(
        "The change from what it is compared with to what is set now, split over the parts in "
        "which the two differ."
    ),
    fields=no_fields,
    misfit=fits,
    runs=lambda asked: min(2 ** _parts(asked), _MOST_SETS) * REPLICATIONS,
    answer=_why,
)

BOTTLENECKS: Final = Question(
    name="bottlenecks",
    heading=later("Which bottleneck costs what?"),
    lead=later("What it gives to take away each of the bottlenecks that the scenario names."),
    fields=no_fields,
    misfit=_no_bottlenecks,
    runs=lambda asked: 2 * (len(asked.bench.scenario.spec.bottlenecks) + 1) * REPLICATIONS,
    answer=_bottlenecks,
)
