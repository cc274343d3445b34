"""Turns what a scenario says of money into the costs of its model, all in one currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sim.language import later, say
from sim.model import Costs
from sim.scenario.faults import Faults
from sim.scenario.resolve.people.roles import roles_held
from sim.scenario.schema.sections import ScenarioSpec
from sim.scenario.schema.steps import Choose, OptionSpec, Pay, Step, Together
from sim.scenario.text.tree import Path


def costs_of(spec: ScenarioSpec, roles: Sequence[str], faults: Faults) -> Costs | None:
    """What things cost; None where no amount is given at all.

    An hour of a role costs what ``costs`` says, else the pay of the groups that hold it; groups of
    different pay are a fault where nothing says which counts.
    """
    currency = _currency(spec, faults)
    costs = spec.costs
    for role in costs.pay:
        faults.knows(("costs", "pay", role), later("role"), role, roles)
    pay = {**_pay_of_groups(spec, faults), **{r: each.amount for r, each in costs.pay.items()}}
    if currency is None:
        return None
    return Costs(
        currency=currency,
        hour=None if costs.hour is None else costs.hour.amount,
        trip=None if costs.trip is None else costs.trip.amount,
        copy=None if costs.copy_of_papers is None else costs.copy_of_papers.amount,
        pay=tuple(pay.get(role) for role in roles),
    )


def _pay_of_groups(spec: ScenarioSpec, faults: Faults) -> dict[str, float]:
    """The pay of each role that ``costs`` does not name, as its groups have it."""
    found: dict[str, tuple[str, float]] = {}
    for name, group in spec.staff.items():
        if group.pay is None:
            continue
        for role in roles_held(name, group):
            first, amount = found.setdefault(role, (name, group.pay.amount))
            if role not in spec.costs.pay and amount != group.pay.amount:
                faults.add(
                    ("staff", name, "pay"),
                    say("role '{role}' has another pay in staff.{first}", role=role, first=first),
                    say("Say which counts: costs: {{pay: {{{role}: …}}}}.", role=role),
                )
    return {role: amount for role, (_, amount) in found.items()}


def _currency(spec: ScenarioSpec, faults: Faults) -> str | None:
    """The one currency of all amounts, None where there are none."""
    amounts = list(_amounts(spec))
    if not amounts:
        return None
    ((usual, _),) = Counter(currency for _, currency in amounts).most_common(1)
    for path, currency in amounts:
        if currency != usual:
            faults.add(
                path,
                say(
                    "an amount in {currency}, where others are in {usual}",
                    currency=currency,
                    usual=usual,
                ),
                say("Give all amounts in one currency."),
            )
    return usual


def _amounts(spec: ScenarioSpec) -> Iterator[tuple[Path, str]]:
    """Where amounts of money stand, and in which currency."""
    costs = spec.costs
    single = {"hour": costs.hour, "trip": costs.trip, "copy": costs.copy_of_papers}
    for name, amount in single.items():
        if amount is not None:
            yield ("costs", name), amount.currency
    for role, pay in costs.pay.items():
        yield ("costs", "pay", role), pay.currency
    for name, group in spec.staff.items():
        if group.pay is not None:
            yield ("staff", name, "pay"), group.pay.currency
    for name, bundle in spec.bundles.items():
        for regime, its in bundle.regimes.items():
            for channel, steps in its.channels.items():
                if not isinstance(steps, str):
                    path = ("bundles", name, "regimes", regime, channel)
                    yield from _fees(steps, path)


def _fees(steps: Sequence[Step], path: Path) -> Iterator[tuple[Path, str]]:
    for number, step in enumerate(steps):
        here = (*path, number)
        match step:
            case Pay():
                yield (*here, "fee"), step.fee.currency
            case Choose():
                for place, option in enumerate(step.choose):
                    is_option = isinstance(option, OptionSpec)
                    inside = option.steps if isinstance(option, OptionSpec) else option.rest
                    name = "steps" if is_option else "rest"
                    yield from _fees(inside, (*here, "choose", place, name))
            case Together():
                for place, branch in enumerate(step.together):
                    yield from _fees(branch, (*here, "together", place))
