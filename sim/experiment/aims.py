"""Reads how precise a study shall be: ``5 %``, ``0.2 wd``, ``on_time_share of birth=1 point``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sim.errors import RequestError, ValueFault, with_way_out
from sim.experiment.claims import OF_NO_BUNDLE, OF_NO_CHANNEL, is_measured
from sim.experiment.plan import Plan
from sim.experiment.precision import Aim
from sim.kpis import KPIS
from sim.kpis.registry import unit_of
from sim.language import say
from sim.scenario import Scenario
from sim.scenario.schema.sections import Target
from sim.units import DAY, DIGITS, HOUR, MINUTE, parse_number, parse_span
from sim.wording import did_you_mean

MOST_REPLICATIONS: Final = 1_000
"""Replications that a study to a precision does not exceed, unless it is said."""

_OF: Final = " of "
"""Parts a KPI from the group that it is measured over."""

_CLOCK: Final = {"d": DAY, "h": HOUR, "min": MINUTE}
_POINTS: Final = frozenset({"point", "points", "pp"})
_NUMBER: Final = re.compile(rf"({DIGITS})\s*(.*)")


def chief_kpi(target: Target | None, bundle: str) -> str:
    """The KPI that a study is about: that of its target, or how long a bundle takes by law."""
    is_wanted = target is not None and target.bundle == bundle
    return target.kpi if target is not None and is_wanted else "working_days_mean"


def chief_bundles(scenario: Scenario, kept: Collection[str]) -> tuple[str, ...]:
    """The bundles that a study is about: those of target and claims, else all that are kept."""
    named = [scenario.target.bundle] if scenario.target is not None else []
    named += [claim.bundle for claim in scenario.claims]
    found = [each for each in dict.fromkeys(named) if not kept or each in kept]
    return tuple(found or [each for each in scenario.spec.bundles if not kept or each in kept])


def aims_of(plan: Plan, asked: Sequence[tuple[str, str]], kept: Collection[str]) -> tuple[Aim, ...]:
    """Read what precision is asked for.

    Parameters
    ----------
    asked
        Pairs of what is measured and of how narrow its interval shall be.  What is measured is a
        KPI, ``KPI of GROUP``, or empty for the KPI of the target; without a group it is that of
        each bundle that the study is about.  The half-width is in percent of the mean, or in the
        unit of the KPI; of shares in points of a percentage.
    kept
        Names of the bundles that are kept, empty for all.

    Raises
    ------
    RequestError
        With all that cannot be read.
    """
    faults: list[str] = []
    found: dict[tuple[str, str], Aim] = {}
    for name, width in asked:
        try:
            for aim in _read(plan, name, width, kept):
                if (aim.kpi, aim.group) in found:
                    raise ValueFault(
                        say("{kpi} of {group} is asked for twice", kpi=aim.kpi, group=aim.group),
                        way_out=say("Ask once."),
                    )
                found[aim.kpi, aim.group] = aim
        except ValueFault as fault:
            told = with_way_out(fault.message, fault.way_out)
            faults.append(say("precision: {fault}", fault=told))
    if faults:
        raise RequestError("\n".join(faults))
    return tuple(found.values())


def _read(plan: Plan, name: str, width: str, kept: Collection[str]) -> Iterator[Aim]:
    kpi, _, group = (part.strip() for part in name.partition(_OF))
    if kpi and kpi not in KPIS:
        raise ValueFault(say("unknown KPI '{kpi}'", kpi=kpi), way_out=did_you_mean(kpi, KPIS))
    groups = (group,) if group else chief_bundles(plan.scenario, kept)
    for each in groups:
        which = kpi or chief_kpi(plan.scenario.target, each)
        _check_group(plan, which, each, kept, is_given=bool(group))
        unit = _unit(plan, which)
        amount, is_relative = half_width(width, unit)
        yield Aim(
            kpi=which,
            group=each,
            unit=unit,
            amount=amount,
            is_relative=is_relative,
            text=width.strip(),
        )


def _check_group(
    plan: Plan, kpi: str, group: str, kept: Collection[str], *, is_given: bool
) -> None:
    """Refuse a group that the KPI is never measured over."""
    if kpi in OF_NO_BUNDLE:
        known = _others(plan)
        if not is_given:
            raise ValueFault(
                say("'{kpi}' is measured for roles or single procedures", kpi=kpi),
                way_out=say("Say of which, e.g. '{kpi} of {group}=5 %'.", kpi=kpi, group=known[0]),
            )
        if group.partition(" @ ")[0] not in known:
            raise ValueFault(
                say("no role or procedure '{group}'", group=group),
                way_out=did_you_mean(group, known),
            )
        return
    bundle, _, channel = group.partition("/")
    bundles = [each for each in plan.scenario.spec.bundles if not kept or each in kept]
    if bundle not in bundles:
        raise ValueFault(
            say("no bundle '{bundle}' is kept", bundle=bundle),
            way_out=did_you_mean(bundle, bundles),
        )
    if (channel and kpi in OF_NO_CHANNEL) or not _is_had(plan, kpi, bundle, channel):
        raise ValueFault(
            say(
                "'{kpi}' of '{group}' is never measured in two that are compared",
                kpi=kpi,
                group=group,
            )
            if plan.compares
            else say("'{kpi}' of '{group}' is never measured in this study", kpi=kpi, group=group),
            way_out=say("Take another KPI (lienthong kpis), or another bundle or channel."),
        )


def _is_had(plan: Plan, kpi: str, bundle: str, channel: str) -> bool:
    """Whether some cell has a value; in a comparison, whether its baseline has one too."""
    pairs = zip(plan.cells, plan.model_of, strict=True)
    measured = {
        cell.name
        for cell, model in pairs
        if is_measured(kpi, bundle, channel, cell.scenario, plan.models[model])
    }
    if not plan.compares:
        return bool(measured)
    return any({cell.name, cell.baseline} <= measured for cell in plan.cells if cell.baseline)


def _others(plan: Plan) -> list[str]:
    """The groups that are no bundles: roles, and procedures of bundles."""
    model = plan.models[0]
    procedures = [
        f"{bundle.name}/{model.procedures[index].name}"
        for bundle in model.bundles
        for index in bundle.procedures
    ]
    return [*(role.name for role in model.roles), *procedures]


def _unit(plan: Plan, kpi: str) -> str:
    return unit_of(kpi, plan.models[0])


def half_width(text: str, unit: str) -> tuple[float, bool]:
    """Read a half-width, and whether it is a share of the mean.

    Parameters
    ----------
    text
        Such as ``5 %``, ``0.2 wd``, ``1 point``.
    unit
        That of the KPI.

    Returns
    -------
    tuple[float, bool]
        Above 0: in ``unit``, or as a share of the mean.

    Raises
    ------
    ValueFault
        No number, not above 0, without a unit or in another one.
    """
    words = text.strip()
    is_relative = words.endswith("%")
    amount = parse_number(words[:-1]) / 100 if is_relative else _in_unit(words, unit)
    if not amount > 0:
        raise ValueFault(say("'{words}' is not above 0", words=words), way_out=_example(unit))
    return amount, is_relative


def _in_unit(words: str, unit: str) -> float:
    match = _NUMBER.fullmatch(words)
    if match is None:
        raise ValueFault(say("'{words}' is no precision", words=words), way_out=_example(unit))
    number, its_unit = parse_number(match[1]), match[2].strip().lower()
    if not its_unit:
        raise ValueFault(say("'{words}' has no unit", words=words), way_out=_example(unit))
    if unit == "share":
        if its_unit in _POINTS:
            return number / 100
    elif unit == "wd" or unit in _CLOCK:
        span = parse_span(words)
        if span.in_working_days == (unit == "wd"):
            return span.amount / _CLOCK.get(unit, 1)
    elif its_unit in (unit.lower(), unit.lower().removesuffix("s")):
        return number
    raise ValueFault(
        say("'{words}' is not in the unit of the KPI, {unit}", words=words, unit=unit),
        way_out=_example(unit),
    )


def _example(unit: str) -> str:
    own = "0.5 points" if unit == "share" else f"0.2 {unit}"
    return say("Write for example 5 % of the mean, or {own}.", own=own)
