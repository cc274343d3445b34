"""Reads what cases differ in, and what channels ask for of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.demand import Admission, PropertyDraw
from sim.language import later, say
from sim.model import Property
from sim.scenario.faults import Faults
from sim.scenario.resolve.people.offices import Offices
from sim.scenario.resolve.shares import Shares, shares_of
from sim.scenario.resolve.times.period import Range
from sim.scenario.schema.bundles import BundleSpec
from sim.scenario.schema.values import BY_CHANCE_NO, BY_CHANCE_YES, Condition
from sim.scenario.text.tree import Path
from sim.streams import ELEMENT_BITS, name_key
from sim.wording import did_you_mean

_YES_OR_NO = {
    "yes": BY_CHANCE_YES,
    "true": BY_CHANCE_YES,
    "1": BY_CHANCE_YES,
    "no": BY_CHANCE_NO,
    "false": BY_CHANCE_NO,
    "0": BY_CHANCE_NO,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyOfBundle:
    """How the cases of one bundle get one property: by shares of its values, or by office."""

    name: str
    values: tuple[str, ...]
    shares: Shares | None
    of_office: Mapping[int, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """All properties of a model; those of a bundle by its name."""

    all: tuple[Property, ...]
    index: Mapping[str, int]
    of_bundle: Mapping[str, tuple[PropertyOfBundle, ...]]


def properties_of(
    bundles: Mapping[str, BundleSpec],
    homes: Mapping[str, NDArray[np.int64]],
    offices: Offices,
    time: Range,
    faults: Faults,
) -> Properties:
    """The properties of all bundles; one of a name in several bundles has the values of all."""
    values: dict[str, dict[str, None]] = {}
    of_bundle: dict[str, tuple[PropertyOfBundle, ...]] = {}
    for bundle, spec in bundles.items():
        found = []
        for name, source in spec.properties.items():
            path: Path = ("bundles", bundle, "properties", name)
            if source.column is None:
                shares = shares_of(source.shares, path, later("values"), time, faults)
                found.append(
                    PropertyOfBundle(
                        name=name, values=tuple(shares.of), shares=shares, of_office=None
                    )
                )
            else:
                texts = offices.texts(source.column, homes[bundle], path, faults)
                found.append(_by_office(name, homes[bundle], texts))
            values.setdefault(name, {}).update(dict.fromkeys(found[-1].values))
        of_bundle[bundle] = tuple(found)
    return Properties(
        all=tuple(Property(name=name, values=tuple(each)) for name, each in values.items()),
        index={name: place for place, name in enumerate(values)},
        of_bundle=of_bundle,
    )


def _by_office(name: str, homes: NDArray[np.int64], texts: Sequence[str]) -> PropertyOfBundle:
    if all(text.casefold() in _YES_OR_NO for text in texts):
        texts = [_YES_OR_NO[text.casefold()] for text in texts]
        values: tuple[str, ...] = (BY_CHANCE_YES, BY_CHANCE_NO)
    else:
        values = tuple(sorted(set(texts)))
    return PropertyOfBundle(
        name=name,
        values=values,
        shares=None,
        of_office=dict(zip(homes.tolist(), texts, strict=True)),
    )


def draw_name(property_name: str) -> str:
    """The name to which the draws of a property belong (R1)."""
    return f"property:{property_name}"


def admissions_of(
    bundle: str,
    spec: BundleSpec,
    channels: Sequence[str],
    only_if: Mapping[str, Condition],
    properties: Properties,
    faults: Faults,
) -> tuple[Admission | None, ...]:
    """What each channel that the model keeps asks for (A1); nothing where none asks."""
    its = {each.name: each for each in properties.of_bundle[bundle]}
    found: dict[Condition, Admission] = {}
    for channel, its_spec in spec.channels.items():
        wanted, path = its_spec.only_if, ("bundles", bundle, "channels", channel, "only_if")
        if wanted is None or not faults.knows(path, later("property"), wanted.property, its):
            continue
        values = its[wanted.property].values
        if wanted.value not in values:
            way_out = did_you_mean(wanted.value, values)
            message = say(
                "property '{name}' is never '{value}'",
                name=wanted.property,
                value=wanted.value,
            )
            faults.add(path, message, way_out)
            continue
        index = properties.index[wanted.property]
        all_values = properties.all[index].values
        admits = [(value == wanted.value) != wanted.negated for value in all_values]
        found[wanted] = Admission(property=index, admits=np.array(admits))
    if not only_if:
        return ()
    return tuple(
        found.get(only_if[channel]) if channel in only_if else None for channel in channels
    )


def property_draw(
    source: PropertyOfBundle, properties: Properties, homes: NDArray[np.int64]
) -> PropertyDraw:
    """How the cases of some homes get a property."""
    index = properties.index[source.name]
    values = properties.all[index].values
    key = name_key(draw_name(source.name), ELEMENT_BITS)
    if source.of_office is not None:
        of_home = [values.index(source.of_office[home]) for home in homes.tolist()]
        return PropertyDraw(
            property=index, key=key, shares=None, of_home=np.array(of_home, np.int64)
        )
    shares = None if source.shares is None else source.shares.cumulated(values)
    return PropertyDraw(property=index, key=key, shares=shares, of_home=None)
