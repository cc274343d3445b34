"""Elements are a closed set: models of the search have every kind, engines refuse any other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import pytest
from conformance.models import small_model

from sim import engines
from sim.engines import fast, reference
from sim.engines.fast.rules import KINDS
from sim.errors import EngineError
from sim.model import LEAVE, Element, Model
from sim.model.elements import Node
from sim.model.graph import targets

ALL_KINDS = set(get_args(Element))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee(Node):
    """A stand-in for a kind of element that is new to the engines."""


def assert_every_kind_is_among(elements: list[Element]) -> None:
    assert {type(element) for element in elements} == ALL_KINDS


def with_a_fee(model: Model) -> Model:
    """The model with a fee before all else, for cases that begin at the start of their flow."""
    fee = Fee(name="fee", key=1, then=LEAVE)
    flows = tuple(replace(flow, start=len(model.elements)) for flow in model.flows)
    return replace(model, elements=(*model.elements, fee), flows=flows)


@pytest.fixture(scope="module")
def model() -> Model:
    return small_model(1, n_cases=5, n_flows=1, length=2, depth=0)


def test_the_models_of_the_search_have_every_kind_of_element() -> None:
    models = [small_model(seed, n_cases=1, n_flows=3, length=7, depth=3) for seed in range(5)]
    elements = [element for model in models for element in model.elements]
    assert_every_kind_is_among(elements)
    for kind in ALL_KINDS:
        with pytest.raises(AssertionError):
            assert_every_kind_is_among([each for each in elements if type(each) is not kind])


def test_the_kernel_knows_every_kind_of_element_by_a_number_of_its_own() -> None:
    assert set(KINDS) == ALL_KINDS
    assert sorted(KINDS.values()) == list(range(len(ALL_KINDS)))


@pytest.mark.timeout(20)
def test_the_reference_engine_stops_at_an_element_of_an_unknown_kind(model: Model) -> None:
    reference.run(model, seed=1, replication=0)
    with pytest.raises(AssertionError, match="Fee"):
        reference.run(with_a_fee(model), seed=1, replication=0)


def test_the_fast_engine_refuses_an_element_of_an_unknown_kind_by_name(model: Model) -> None:
    assert fast.refuses(model) == ()
    assert fast.refuses(with_a_fee(model)) == ("elements of kind Fee",)
    with pytest.raises(EngineError, match="elements of kind Fee"):
        engines.run(with_a_fee(model), seed=1, replication=0, engine="fast")


def test_nobody_knows_where_an_element_of_an_unknown_kind_leads(model: Model) -> None:
    assert {target for each in model.elements for target in targets(each)} >= {LEAVE}
    with pytest.raises(AssertionError, match="Fee"):
        targets(with_a_fee(model).elements[-1])
