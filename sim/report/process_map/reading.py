"""Reads a flow of a scenario as a map shows it: its steps by name, and who has the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, assert_never

from sim.language import Phrases, later, say, say_of_scenario
from sim.report.flows import names, words
from sim.report.process_map.flow import HERE, Kind, Node, Sequence, Step, Way, Ways, steps_of
from sim.report.view import in_words
from sim.report.words import as_given
from sim.scenario import Scenario
from sim.scenario.schema import dossiers
from sim.scenario.schema import steps as spec
from sim.scenario.schema.step_names import step_names
from sim.scenario.text.tree import Path
from sim.wording import visible

APPLICANT: Final = "applicant:"
"""The lane of the applicant: no role can be called so."""

COMPLETED: Final = ":completed"
"""The name of the end of a flow: no step can be called so."""

_OF_CLOCKS: Final = {
    Kind.OPEN: later("Receipt: {procedure}"),
    Kind.CLOSE: later("Result: {procedure}"),
    Kind.EXTEND: later("Longer limit: {procedure}"),
    Kind.STOP: later("Clock stopped: {procedure}"),
    Kind.RESUME: later("Clock goes on: {procedure}"),
}

_LABELS: Final = Phrases(
    {
        "supplement": "Complete the dossier",
        "otherwise": "Result handed out before that day",
        "counter": "Pay at the counter",
        "incomplete": "Incomplete?",
        "together": "side by side",
    }
)


class Reading:
    """Reads the flow of one channel under one regime."""

    def __init__(self, scenario: Scenario, bundle: str, regime: str, channel: str) -> None:
        self.bundle = scenario.spec.bundles[bundle]
        self.regime = self.bundle.regimes[regime]
        self.channel = served_as(scenario, bundle, regime, channel)
        tree = scenario.tree["bundles"][bundle]["regimes"][regime][self.channel]
        self.names = step_names(tree, ())
        self.tree = tree

    def flow(self) -> Sequence:
        """All steps."""
        flow = _settled(self._sequence(self.regime.channels[self.channel], (), self.tree), HERE)
        return (*flow, Step(name=COMPLETED, kind=Kind.END, label=say("completed")))

    def _sequence(self, steps: Any, path: Path, tree: Any) -> Sequence:
        return tuple(
            node
            for number, step in enumerate(steps)
            for node in self._step(step, (*path, number), tree[number])
        )

    def _step(self, step: spec.Step, path: Path, tree: Any) -> tuple[Node, ...]:
        name = self.names[path]
        label = in_words(name)

        def one(kind: Kind, label: str = label, **more: Any) -> tuple[Node, ...]:
            return (Step(name=name, kind=kind, label=label, **more),)

        match step:
            case spec.Do():
                return one(Kind.WORK, lane=step.role, parts=(":hold", ":seen"))
            case spec.ByApplicant():
                return one(Kind.APPLICANT, lane=APPLICANT)
            case spec.Wait():
                return one(Kind.DELAY)
            case spec.Send():
                return one(Kind.TRANSFER)
            case spec.AwaitTimetable():
                return one(Kind.TIMETABLE, in_words(step.name or step.timetable))
            case spec.KeepAppointment():
                return self._appointment(step, name)
            case spec.Pay():
                return self._payment(step, name)
            case dossiers.Open():
                return self._clock(name, Kind.OPEN, step.open)
            case dossiers.Close():
                return self._clock(name, Kind.CLOSE, step.close)
            case dossiers.Stop():
                return self._clock(name, Kind.STOP, step.stop)
            case dossiers.Resume():
                return self._clock(name, Kind.RESUME, step.resume)
            case dossiers.ExtendLimit():
                return self._clock(name, Kind.EXTEND, step.extend, days=step.by)
            case dossiers.Incomplete():
                return self._incomplete(step, name)
            case spec.Choose():
                return self._choose(step, path, name, tree)
            case spec.Together():
                branches = tuple(
                    Way(steps=self._sequence(each, (*path, "together", i), below))
                    for i, (each, below) in enumerate(
                        zip(step.together, tree["together"], strict=True)
                    )
                )
                return (Ways(name=name, label=_LABELS["together"], is_fork=True, ways=branches),)
            case spec.Return():
                back = one(Kind.RETURN, _back(step.to), target=step.to)
                if step.share == 1 and step.condition is None:
                    return back
                ways = (Way(steps=back, share=_constant(step)), Way(steps=()))
                return (Ways(name=name, label=_back(step.to), is_fork=False, ways=ways),)
            case spec.EndCase():
                return one(Kind.END, in_words(step.end))
            case _:
                assert_never(step)

    def _about(self, clock: str) -> str:
        """What a procedure is called, or the bundle, without what stands in brackets."""
        spec_of = self.bundle.procedures.get(clock, self.bundle)
        return visible(say_of_scenario(spec_of.label or clock)).partition(" (")[0]

    def _clock(self, name: str, kind: Kind, clock: str, days: int = 0) -> tuple[Node, ...]:
        label = say(_OF_CLOCKS[kind], procedure=self._about(clock))
        return (Step(name=name, kind=kind, label=label, clock=clock, days=days),)

    def _appointment(self, step: spec.KeepAppointment, name: str) -> tuple[Node, ...]:
        clock = step.appointment
        label = say("Day on the result slip: {procedure}", procedure=self._about(clock))
        kept: Node = Step(name=name, kind=Kind.APPOINTMENT, label=label, clock=clock)
        if step.slip is None:
            return (kept,)
        otherwise: Sequence = ()
        if step.otherwise is not None:
            part = f"{name}:otherwise"
            otherwise = (Step(name=part, kind=Kind.DELAY, label=_LABELS["otherwise"]),)
        ways = (Way(steps=(kept,)), Way(steps=otherwise))
        return (Ways(name=f"{name}:slip", label="", is_fork=False, ways=ways),)

    def _payment(self, step: spec.Pay, name: str) -> tuple[Node, ...]:
        label = in_words(name)
        if "counter" not in step.model_fields_set:
            return (Step(name=name, kind=Kind.PAYMENT, label=label, parts=(":paid",)),)
        at_counter = Step(
            name=f"{name}:counter", kind=Kind.APPLICANT, label=_LABELS["counter"], lane=APPLICANT
        )
        paid = Step(name=name, kind=Kind.PAYMENT, label=label)
        if step.online is None:
            return (at_counter, paid)
        online = Step(name=f"{name}:paid", kind=Kind.PAYMENT, label=say("Pay online"))
        ways = (Way(steps=(at_counter, paid)), Way(steps=(online,)))
        return (Ways(name=f"{name}:online", label=label, is_fork=False, ways=ways),)

    def _incomplete(self, step: dossiers.Incomplete, name: str) -> tuple[Node, ...]:
        supplement = Step(
            name=f"{name}:supplement",
            kind=Kind.APPLICANT,
            label=_LABELS["supplement"],
            lane=APPLICANT,
            clock=step.incomplete,
        )
        missing: Sequence = (supplement,)
        if step.back_to is not None:
            back = Step(
                name=f"{name}:back",
                kind=Kind.RETURN,
                label=_back(step.back_to),
                target=step.back_to,
            )
            missing = (supplement, back)
        ways = (Way(steps=missing), Way(steps=()))
        return (Ways(name=name, label=_LABELS["incomplete"], is_fork=False, ways=ways),)

    def _choose(
        self, step: spec.Choose, path: Path, name: str, tree: Mapping[str, Any]
    ) -> tuple[Node, ...]:
        ways = []
        has_rest = False
        for i, (option, below) in enumerate(zip(step.choose, tree["choose"], strict=True)):
            is_rest = not isinstance(option, spec.OptionSpec)
            has_rest = has_rest or is_rest
            key = "rest" if is_rest else "steps"
            inside = option.rest if isinstance(option, spec.RestSpec) else option.steps
            here = (*path, "choose", i, key)
            label = "" if is_rest else _condition(below)
            share = None if isinstance(option, spec.RestSpec) else _constant(option)
            sequence = self._sequence(inside, here, below[key])
            ways.append(Way(label=label, steps=sequence, share=share))
        if not has_rest:
            ways.append(Way(steps=()))
        label = in_words(name)
        return (Ways(name=name, label=label, is_fork=False, ways=tuple(ways)),)


def _settled(steps: Sequence, ahead: str) -> Sequence:
    """Put what is on its way to somebody, and its receipt, into the lane of whom it comes to."""
    found: list[Node] = []
    for node in reversed(steps):
        if isinstance(node, Step):
            is_coming = node.lane == HERE and node.kind in (Kind.OPEN, Kind.TRANSFER)
            found.append(replace(node, lane=ahead) if is_coming else node)
            ahead = ahead if node.lane == HERE else node.lane
        else:
            ways = tuple(replace(way, steps=_settled(way.steps, ahead)) for way in node.ways)
            found.append(replace(node, ways=ways))
            # Most go the last way, or past a choice whose last way has no steps.
            lanes = [each.lane for each in steps_of(node.ways[-1].steps) if each.lane != HERE]
            ahead = HERE if node.is_fork else (lanes or [ahead])[0]
    return tuple(reversed(found))


def served_as(scenario: Scenario, bundle: str, regime: str, channel: str) -> str:
    """The channel whose steps a channel has: itself, or the one that it names."""
    channels = scenario.spec.bundles[bundle].regimes[regime].channels
    while isinstance(channels[channel], str):
        channel = channels[channel]
    return channel


def _condition(way: Mapping[str, Any]) -> str:
    if "if" in way:
        return say("if {condition}", condition=names(way["if"]))
    return as_given(words(way["share"])) if "share" in way else ""


def _constant(option: spec.OptionSpec | spec.Return) -> float | None:
    """The share of a way that is the same for all cases on all days; None for any other."""
    if option.condition is not None or not isinstance(option.share, float | int):
        return None
    return float(option.share)


def _back(to: str) -> str:
    return say("Back to “{step}”", step=in_words(to))
