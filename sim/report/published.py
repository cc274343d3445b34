"""Says in sentences how published figures stand to simulated ones, and under which readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from sim.analysis.estimate import Estimate
from sim.experiment.claims import group_of
from sim.experiment.results import Cell, ClaimCheck, Results
from sim.kpis import KPIS
from sim.language import say, say_of_scenario
from sim.report.findings import checks, holds, in_calendar_days, verdict
from sim.report.grid import goal, numeric
from sim.report.view import (
    Lever,
    baseline_label,
    channel_label,
    compared,
    compared_as,
    distinct,
    is_paired,
    levers,
    setting,
)
from sim.report.words import (
    amount,
    between,
    counted,
    decimals,
    difference,
    in_short,
    listed,
    number,
    span,
    within,
)
from sim.scenario.schema.sections import Claim
from sim.wording import visible


def readings(results: Results) -> Lever | None:
    """The lever without numbers that moves beside what is compared; None unless there is one."""
    with_numbers = {lever.name for lever in numeric(results)}
    fixed = {lever.name for lever in compared(results)}
    found = [each for each in levers(results) if each.name not in with_numbers | fixed]
    return found[0] if is_paired(results) and len(found) == 1 else None


def at_the_base(results: Results) -> list[Cell]:
    """The cells in which every lever with numbers is as in the baseline."""
    base = results.cell(results.baseline)
    held = {each.name: base.settings[each.name] for each in numeric(results)}
    return [cell for cell in results.cells if held.items() <= dict(cell.settings).items()]


def on_published(results: Results, bundle: str) -> Iterator[str]:
    """The verdict on each published figure, over the settings in which its rules hold."""
    mine = [check for check in checks(results) if check.claim.bundle == bundle]
    lever = readings(results)
    if lever is not None:
        yield from _by_reading(results, bundle, lever)
        return
    cells = distinct(results)
    is_swept = bool(levers(results))
    groups = {s.cell.name: s.group if is_swept else s.label for s in cells if len(cells) > 1}
    for claim, same in groupby(mine, key=lambda check: check.claim):
        found = list(same)
        unit = KPIS[claim.kpi].unit
        regimes = {groups.get(check.cell, "") for check in found} - {""}
        head = _head(claim, regimes.pop() if len(regimes) == 1 else "")
        means = [check.mean for check in found]
        places = decimals([(check.high - check.low) / 2 for check in found], unit)
        n_agree = sum(holds(check) for check in found)
        group = group_of(claim)
        if len(found) == 1:
            check = found[0]
            simulated = results.estimate(check.cell, claim.kpi, group)
            words = in_short(simulated, results.replications) if simulated else ""
            yield say(
                "{head}: the simulation {verdict}; it gives {value}.",
                head=head,
                verdict=verdict(check),
                value=words + in_calendar_days(results, check.cell, group),
            )
        else:
            days = [
                each.mean
                for check in found
                if (each := results.estimate(check.cell, "sojourn_days_mean", group))
            ]
            by_calendar = (
                say(", {days} calendar days", days=between(min(days), max(days))) if days else ""
            )
            settings = counted(len(found), "setting")
            agreement = (
                say("agrees in all {settings}", settings=settings)
                if n_agree == len(found)
                else say("agrees in {n} of {settings}", n=number(n_agree), settings=settings)
                if n_agree
                else say("differs in all {settings}", settings=settings)
            )
            yield say(
                "{head}: the simulation {verdict}; it gives {value}.",
                head=head,
                verdict=agreement,
                value=span(amount(min(means), unit, places), amount(max(means), unit, places))
                + by_calendar,
            )


def _by_reading(results: Results, bundle: str, lever: Lever) -> Iterator[str]:
    """Each published figure under each reading, the levers with numbers at the base, then all."""
    cells = {cell.name: cell.settings[lever.name] for cell in at_the_base(results)}
    mine = [each for each in results.claims if each.claim.bundle == bundle and each.cell in cells]
    agreeing: dict[Claim, list[str]] = {}
    for claim, same in groupby(mine, key=lambda check: check.claim):
        found = {cells[check.cell]: check for check in same}
        words = [_under(results, lever, text, check) for text, check in found.items()]
        agreeing[claim] = [text for text, check in found.items() if holds(check)]
        regime = results.cells[0].scenario.spec.bundles[bundle].regimes.get(claim.regime or "")
        label = visible(say_of_scenario(regime.label or claim.regime or "")) if regime else ""
        yield say(
            "{head}: the simulation gives {values}.",
            head=_head(claim, label),
            values=listed(words),
        )
    if agreeing:
        parts = [
            say(
                "{figure} holds {where}",
                figure=_figure(claim),
                where=_named(results, lever, texts)
                if texts
                else _nearest(results, lever, claim, cells),
            )
            for claim, texts in agreeing.items()
        ]
        together = [text for text in lever.texts if all(text in each for each in agreeing.values())]
        joint = (
            say("; together they hold {where}", where=_named(results, lever, together))
            if len(agreeing) > 1
            else ""
        )
        yield say(
            "As exactly as they are published, {figures}{joint}.",
            figures=listed(parts),
            joint=joint,
        )
    yield from _hangs_on(results, bundle, lever)


def _hangs_on(results: Results, bundle: str, lever: Lever) -> Iterator[str]:
    """How far each difference moves with the reading, from the smallest to the largest."""
    kpi = goal(results, bundle).kpi
    gains: dict[str, list[tuple[Estimate, str]]] = {}
    for cell in at_the_base(results):
        if (gain := results.difference(cell.name, kpi, bundle)) is not None:
            mine = gains.setdefault(compared_as(results, cell), [])
            mine.append((gain, setting(results, lever, cell.settings[lever.name])))
    parts = []
    for words, mine in gains.items():
        ends = min(mine, key=lambda each: each[0].mean), max(mine, key=lambda each: each[0].mean)
        told = [
            say(
                "{value} ({interval}) under “{reading}”",
                value=difference(gain.mean, gain.unit, places),
                interval=between(gain.low, gain.high, gain.unit, places),
                reading=reading,
            )
            for gain, reading in ends
            for places in [decimals([gain.half_width], gain.unit)]
        ]
        parts.append(f"“{words}” {span(*told)}")
    if parts:
        yield say(
            "What a {lever} says is assumed, and the answer hangs on it. Instead of {baseline}: "
            "{differences}.",
            lever=within(lever.label),
            baseline=baseline_label(results),
            differences=listed(parts),
        )


def _under(results: Results, lever: Lever, text: str, check: ClaimCheck) -> str:
    unit = KPIS[check.claim.kpi].unit
    places = decimals([(check.high - check.low) / 2], unit)
    bounds = between(check.low, check.high, "", places)
    return say(
        "{value} under “{reading}”",
        value=amount(check.mean, unit, places) + (f" ({bounds})" if bounds else ""),
        reading=setting(results, lever, text),
    )


def _nearest(results: Results, lever: Lever, claim: Claim, cells: Mapping[str, str]) -> str:
    mine = [each for each in results.claims if each.claim == claim and each.cell in cells]
    check = min(mine, key=lambda check: abs(check.difference))
    words = _under(results, lever, cells[check.cell], check)
    return say("{where} (the nearest: {value})", where=_named(results, lever, []), value=words)


def _named(results: Results, lever: Lever, texts: Sequence[str]) -> str:
    if not texts:
        return say(
            "under none of the {readings}", readings=counted(len(lever.texts), within(lever.label))
        )
    return say(
        "under {readings}",
        readings=listed([f"“{setting(results, lever, text)}”" for text in texts]),
    )


def _figure(claim: Claim) -> str:
    return amount(claim.value, KPIS[claim.kpi].unit, _places(claim.value))


def _head(claim: Claim, regime: str) -> str:
    """What was published, and of which rules and channel."""
    of = say(" for “{regime}”", regime=regime) if regime else ""
    filed = say(", filed {channel}", channel=channel_label(claim.channel)) if claim.channel else ""
    return say("Published {figure}{of}{filed}", figure=_figure(claim), of=of, filed=filed)


def _places(value: float) -> int:
    return 0 if value == int(value) else 1
