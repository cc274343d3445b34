"""Targets as an answer tests them: the KPI of a group, and the limit that it has to keep to."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sim.analysis.estimate import bounds_of
from sim.analysis.selection import Limit
from sim.errors import RequestError, ValueFault, with_way_out
from sim.experiment.claims import OF_NO_BUNDLE
from sim.kpis import KPIS, Kpi
from sim.kpis.registry import CURRENCY
from sim.language import say
from sim.model import Model
from sim.scenario import Scenario
from sim.units import parse_number, parse_share
from sim.wording import did_you_mean

EXAMPLE: Final = "birth.on_time_share >= 95 %"
"""A target as on the command line."""

_TARGET: Final = re.compile(r"(?P<group>.+)\.(?P<kpi>\w+)\s*(?P<sign>[<>=≤≥]+)\s*(?P<rest>.+)")
_AT_MOST: Final = ("<=", "≤", "=<")
_AT_LEAST: Final = (">=", "≥", "=>")
_ZONE: Final = re.compile(r"\s*(?:±|\+-|\+/-)\s*")
_WITH_UNIT: Final = re.compile(r"(?P<number>.*?[0-9])\s*(?P<unit>[^\W\d_]+)")

_POINTS: Final = 0.01
_PART: Final = 0.05
_LEAST_POINTS: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A target as an answer tests it.

    ``group`` is that of the KPI: a bundle, a role, or one of their parts, such as
    ``birth/online``; ``limit`` has the bound, its side and its indifference zone, in ``unit``.
    """

    group: str
    kpi: str
    limit: Limit

    @property
    def unit(self) -> str:
        """That of the KPI; of money the currency, once it is known."""
        return self.limit.unit


def requirements_of(
    scenario: Scenario, model: Model, targets: Sequence[str]
) -> tuple[Requirement, ...]:
    """The targets that somebody asks for; by default that of the scenario.

    Parameters
    ----------
    targets
        Each as ``GROUP.KPI >= VALUE``, or ``<=``; with ``± ZONE`` behind it, if the indifference
        zone is to be another: by default a percentage point for shares, but no more than half of
        the way to 0 or 100 %, and a twentieth of the value for all else.

    Raises
    ------
    RequestError
        With all that is wrong with any of them; or there is none.
    """
    bundles = {each.name for each in model.bundles}
    known = bundles | {each.name for each in model.roles}
    money = "" if model.costs is None else model.costs.currency
    faults: list[str] = []
    requirements: list[Requirement] = []
    if not targets:
        own = scenario.target
        if own is None:
            raise RequestError(
                say("the scenario has no target. Give --target '{example}'.", example=EXAMPLE)
            )
        at_most = own.at_most is not None
        value = (own.at_most if at_most else own.at_least) or 0.0
        limit = _limit(KPIS[own.kpi], value, at_most, None, money)
        requirements.append(Requirement(group=own.bundle, kpi=own.kpi, limit=limit))
    for text in targets:
        try:
            requirements.append(_aim(text, bundles, known, money))
        except ValueFault as fault:
            told = with_way_out(fault.message, fault.way_out)
            faults.append(say("target '{text}': {fault}", text=text, fault=told))
    if faults:
        raise RequestError("\n".join(faults))
    return tuple(requirements)


def bundles_measured(requirements: Sequence[Requirement], model: Model) -> tuple[str, ...]:
    """The bundles whose KPIs are needed; none for those of all, as where an office is asked for."""
    if any(" @ " in each.group for each in requirements):
        return ()
    names = [each.name for each in model.bundles]
    wanted = {_head(each.group) for each in requirements}
    # The KPIs of roles over all offices are there whatever bundle is asked for.
    return tuple(name for name in names if name in wanted) or tuple(names[:1])


def roles_asked(requirements: Sequence[Requirement], model: Model) -> tuple[set[str], set[str]]:
    """The names of bundles and of roles that the targets are of."""
    heads = {_head(each.group) for each in requirements}
    bundles = {each.name for each in model.bundles} & heads
    return bundles, {each.name for each in model.roles} & heads


def _head(group: str) -> str:
    return re.split(r"/| @ ", group)[0]


def _aim(text: str, bundles: Collection[str], known: Collection[str], money: str) -> Requirement:
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        raise ValueFault(
            say("is no target"), way_out=say("Write for example '{example}'.", example=EXAMPLE)
        )
    group, sign = match["group"].strip(), match["sign"]
    if sign not in (*_AT_MOST, *_AT_LEAST):
        raise ValueFault(
            say("'{sign}' is no side of a limit", sign=sign), way_out=say("Write >= or <=.")
        )
    if match["kpi"] not in KPIS:
        raise ValueFault(
            say("unknown KPI '{kpi}'", kpi=match["kpi"]),
            way_out=did_you_mean(match["kpi"], KPIS),
        )
    if _head(group) not in known:
        way_out = did_you_mean(_head(group), known)
        raise ValueFault(say("no bundle or role '{group}'", group=_head(group)), way_out=way_out)
    kpi = KPIS[match["kpi"]]
    if group in bundles and kpi.name in OF_NO_BUNDLE:
        raise ValueFault(
            say(
                "'{name}' is measured for roles or single procedures, not for a bundle",
                name=kpi.name,
            ),
            way_out=say("Write for example a role: ROLE.{name}.", name=kpi.name),
        )
    value, *zones = _ZONE.split(match["rest"])
    if len(zones) > 1:
        raise ValueFault(say("has two zones"), way_out=say("Give one ±."))
    zone = _figure(zones[0], kpi, money) if zones else None
    bound = _figure(value, kpi, money)
    if bound < bounds_of(kpi.unit)[0]:
        raise ValueFault(
            say(
                "'{value}' is below 0, which '{name}' never is", value=value.strip(), name=kpi.name
            ),
            way_out=say("Give a limit above 0."),
        )
    return Requirement(
        group=group,
        kpi=kpi.name,
        limit=_limit(kpi, bound, sign in _AT_MOST, zone, money),
    )


def _figure(text: str, kpi: Kpi, money: str) -> float:
    """A value in the unit of a KPI, which may stand behind it."""
    text = text.strip()
    if kpi.unit == "share":
        return parse_share(text)
    unit = _unit(kpi, money)
    match = _WITH_UNIT.fullmatch(text)
    if text.endswith("%") or (match and match["unit"] != unit.split()[0]):
        raise ValueFault(
            say("'{text}' is not in {unit}", text=text, unit=unit),
            way_out=say("Give a number in that unit."),
        )
    return parse_number(match["number"] if match else text)


def _limit(kpi: Kpi, value: float, at_most: bool, zone: float | None, money: str) -> Limit:
    if zone is None:
        if kpi.unit == "share":
            zone = max(min(_POINTS, value / 2, (1 - value) / 2), _LEAST_POINTS)
        else:
            zone = _PART * abs(value)
    if not zone > 0:
        raise ValueFault(
            say("a limit of {value:g} has no indifference zone of its own", value=value),
            way_out=say("Give one above 0 behind it, with ±."),
        )
    return Limit(value=value, at_most=at_most, zone=zone, unit=_unit(kpi, money))


def _unit(kpi: Kpi, money: str) -> str:
    return kpi.unit.replace(CURRENCY, money) if money else kpi.unit
