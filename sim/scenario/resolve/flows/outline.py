"""Outlines a flow: gives each step its name, its index, and what is open when a case comes to it.

It goes through the steps in their written order, which is that in which a case meets them, and
makes no elements.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from sim.language import say
from sim.model import LEAVE
from sim.model.elements import effort_name
from sim.scenario.faults import Faults
from sim.scenario.resolve.flows.clocks import ClockChecks, Clocks
from sim.scenario.resolve.flows.names import names_of_flow
from sim.scenario.resolve.flows.outline_step import OutlineStep
from sim.scenario.schema.dossiers import Close, ExtendLimit, Incomplete, Open, Resume, Stop
from sim.scenario.schema.step_names import free_name
from sim.scenario.schema.steps import (
    AwaitTimetable,
    ByApplicant,
    Choose,
    Do,
    EndCase,
    KeepAppointment,
    OptionSpec,
    Pay,
    Return,
    Send,
    Step,
    Together,
    Wait,
)
from sim.scenario.text.tree import Path
from sim.streams import ELEMENT_BITS, name_key
from sim.wording import did_you_mean

_DRAWN_BEFORE: Final = ("case:count", "case:channel", "case:instant")
"""What arrivals draw under these names no element may draw again."""


@dataclass(slots=True, kw_only=True)
class _Target:
    """A step to go back to, as a case finds it: its index, and the stops that are open there."""

    entry: int
    stops: dict[str, int]


@dataclass(slots=True, kw_only=True)
class Outline:
    """The outline of one flow; indices count from ``next_index`` on.

    ``looks_in`` gives the times of the day at which some work is seen, if not at once (H1);
    ``entries`` are the indices of the steps by name; ``in_branches`` the names of those in a fork.
    """

    next_index: int
    checks: ClockChecks
    limits_bundle: str | None
    looks_in: Callable[[Do], Collection[int]]
    faults: Faults
    steps: list[OutlineStep] = field(default_factory=list)
    entries: dict[str, int] = field(default_factory=dict)
    in_branches: set[str] = field(default_factory=set)
    _names: dict[Path, str] = field(default_factory=dict)
    _keys: dict[int, str] = field(default_factory=dict)
    _lost: list[tuple[Path, str, list[str]]] = field(default_factory=list)

    def read(self, steps: Sequence[Step], path: Path, draw_names: Sequence[str]) -> None:
        """Outline the steps at a path; ``draw_names`` are further names under which cases draw."""
        for name in (*_DRAWN_BEFORE, *draw_names):
            self._keys[name_key(name, ELEMENT_BITS)] = name
        self._names = names_of_flow(path, self.faults)
        if not steps:
            self.faults.add(path, say("a flow without steps"), say("Give at least one step."))
        self.steps, _ = self._sequence(steps, path, {}, Clocks(), in_branch=False)
        for where, name, visible in self._lost:
            self._note_lost(where, name, visible)

    def _sequence(
        self,
        steps: Sequence[Step],
        path: Path,
        visible: dict[str, _Target],
        clocks: Clocks,
        *,
        in_branch: bool,
    ) -> tuple[list[OutlineStep], bool]:
        """Outline a sequence; also tell whether a case can come to its end."""
        sequence: list[OutlineStep] = []
        goes_on = True
        for number, step in enumerate(steps):
            here = (*path, number)
            if not goes_on:
                self.faults.add(
                    here,
                    say("no case ever comes to this step"),
                    say("Delete it, or what leads away before."),
                )
                break
            before = dict(clocks.stops)
            place, goes_on = self._step(step, here, visible, clocks, in_branch=in_branch)
            sequence.append(place)
            if not place.is_jump:
                visible[place.name] = _Target(entry=place.entry, stops=before)
                self.entries[place.name] = place.entry
                if in_branch:
                    self.in_branches.add(place.name)
        return sequence, goes_on

    def _step(
        self,
        step: Step,
        path: Path,
        visible: dict[str, _Target],
        clocks: Clocks,
        *,
        in_branch: bool,
    ) -> tuple[OutlineStep, bool]:
        if isinstance(step, Return) and step.share == 1 and step.condition is None:
            target = self._back(step.to, (*path, "return"), visible, clocks)
            return OutlineStep(step=step, path=path, name="", entry=target, is_jump=True), False
        name = self._names[path]
        at = self._take(name, path)
        place = OutlineStep(step=step, path=path, name=name, entry=at, at=at)
        if clocks.opened:
            place.innermost = clocks.opened[-1]
        goes_on = True
        match step:
            case ByApplicant() if step.effort is not None:
                self._note_key(effort_name(name), path)
            case Open():
                if self.checks.is_known(step.open, (*path, "open")):
                    clocks.opened = [*(p for p in clocks.opened if p != step.open), step.open]
                    clocks.ever.add(step.open)
            case Close():
                self.checks.require_open(step.close, (*path, "close"), clocks)
                clocks.opened = [p for p in clocks.opened if p != step.close]
            case Stop():
                self.checks.require_open(step.stop, (*path, "stop"), clocks)
                clocks.stops[step.stop] = clocks.stops.get(step.stop, 0) + 1
            case Resume():
                self.checks.resume(step.resume, (*path, "resume"), clocks)
            case ExtendLimit():
                self.checks.require_open(step.extend, (*path, "extend"), clocks, bundle=True)
                if step.extend == self.limits_bundle:
                    self._add_extra(place, "bundle")
            case KeepAppointment():
                self.checks.require_open(
                    step.appointment, (*path, "appointment"), clocks, bundle=True
                )
                if step.slip is not None:
                    self._add_before(place, "slip", *["otherwise"] * (step.otherwise is not None))
            case Incomplete():
                self._incomplete(step, place, visible, clocks)
            case Return():
                place.target = self._back(step.to, (*path, "return"), visible, clocks)
            case Choose():
                # A choice is before its own options, so they may go back to it.
                seen = {**visible, name: _Target(entry=place.entry, stops=dict(clocks.stops))}
                goes_on = self._choose(step, place, seen, clocks, in_branch=in_branch)
            case Together():
                goes_on = self._together(step, place, clocks)
            case EndCase():
                goes_on = False
            case Do():
                held = ["held", "hold"] if step.begins is not None else []
                self._add_before(place, *held, *["seen"] * bool(self.looks_in(step)))
            case Pay():
                self._pay(step, place)
            case ByApplicant() | Wait() | Send() | AwaitTimetable():
                pass
            case _:
                assert_never(step)
        return place, goes_on

    def _pay(self, step: Pay, place: OutlineStep) -> None:
        parts = ["counter"] * ("counter" in step.model_fields_set)
        if step.online is not None:
            tries = ["fails", "again"] if step.fails is not None else []
            parts = ["online", *tries, "paid", *parts]
        if step.fee.is_ever_nothing:
            self._add_before(place, "due", *parts)
        elif step.online is None:
            self._add_before(place, *parts)
        else:
            self._add_extra(place, *parts)

    def _incomplete(
        self, step: Incomplete, place: OutlineStep, visible: dict[str, _Target], clocks: Clocks
    ) -> None:
        self.checks.require_open(step.incomplete, (*place.path, "incomplete"), clocks)
        parts = ["stop", "supplement", "resume"] + ["late"] * (step.within is not None)
        self._add_extra(place, *parts)
        if step.effort is not None:
            self._note_key(effort_name(place.extra[1]), place.path)
        if step.back_to is not None:
            place.target = self._back(step.back_to, (*place.path, "back_to"), visible, clocks)

    def _choose(
        self,
        step: Choose,
        place: OutlineStep,
        visible: dict[str, _Target],
        clocks: Clocks,
        *,
        in_branch: bool,
    ) -> bool:
        before = clocks.copy()
        ends = []
        has_rest = False
        for number, option in enumerate(step.choose):
            here = (*place.path, "choose", number)
            if has_rest:
                self.faults.add(
                    here, say("an option after `rest`"), say("Put `rest` last, and once.")
                )
            is_rest = not isinstance(option, OptionSpec)
            has_rest = has_rest or is_rest
            steps = option.steps if isinstance(option, OptionSpec) else option.rest
            after = before.copy()
            sequence, goes_on = self._sequence(
                steps,
                (*here, "rest" if is_rest else "steps"),
                dict(visible),
                after,
                in_branch=in_branch,
            )
            place.parts.append(sequence)
            clocks.ever |= after.ever
            if goes_on:
                ends.append(after)
        if not has_rest:
            ends.append(before)
        if len({tuple(sorted(end.stops.items())) for end in ends}) > 1:
            self.faults.add(
                place.path,
                say("some of its options leave a legal clock stopped and others do not"),
                say("Let each option resume what it stops."),
            )
        if not ends:
            return False
        clocks.join_ways(ends)
        return True

    def _together(self, step: Together, place: OutlineStep, clocks: Clocks) -> bool:
        before = clocks.copy()
        ends = []
        for number, steps in enumerate(step.together):
            here = (*place.path, "together", number)
            if not steps:
                self.faults.add(
                    here, say("a branch without steps"), say("Give it steps, or leave it out.")
                )
            after = before.copy()
            sequence, goes_on = self._sequence(steps, here, {}, after, in_branch=True)
            place.parts.append(sequence)
            clocks.ever |= after.ever
            if goes_on:
                ends.append(after)
        join = f"{step.name}:join" if step.name else self._free_join()
        place.extra, place.extra_at = (join,), self.next_index
        self._take(join, place.path)
        clocks.join_branches(ends)
        return len(ends) == len(step.together)

    def _back(self, name: str, path: Path, visible: dict[str, _Target], clocks: Clocks) -> int:
        target = visible.get(name)
        if target is None:
            self._lost.append((path, name, list(visible)))
            return LEAVE
        if {p: n for p, n in clocks.stops.items() if n} != {
            p: n for p, n in target.stops.items() if n
        }:
            self.faults.add(
                path,
                say("at '{name}' other legal clocks are stopped than here", name=name),
                say("Resume what was stopped since before going back."),
            )
        return target.entry

    def _note_lost(self, path: Path, name: str, visible: list[str]) -> None:
        if name not in self.entries:
            earlier = [each for each in self.entries if each in visible]
            way_out = did_you_mean(name, earlier) if earlier else say("No step comes before.")
            self.faults.add(
                path, say("there is no step '{name}' to go back to", name=name), way_out
            )
            return
        self.faults.add(
            path,
            say("'{name}' is not before this step, or in another branch", name=name),
            say(
                "Go back to an earlier step of the same branch, such as '{name}'.", name=visible[-1]
            )
            if visible
            else say("Go back to an earlier step of the same branch; there is none yet."),
        )

    def _add_extra(self, place: OutlineStep, *parts: str) -> None:
        place.extra = tuple(f"{place.name}:{part}" for part in parts)
        place.extra_at = self.next_index
        for name in place.extra:
            self._take(name, place.path)

    def _add_before(self, place: OutlineStep, *parts: str) -> None:
        """Add elements that a token comes to before the step itself."""
        if parts:
            self._add_extra(place, *parts)
            place.entry = place.extra_at

    def _free_join(self) -> str:
        return free_name("join", {*self._names.values(), *self._keys.values()})

    def _take(self, name: str, path: Path) -> int:
        self._note_key(name, path)
        index = self.next_index
        self.next_index += 1
        return index

    def _note_key(self, name: str, path: Path) -> None:
        key = name_key(name, ELEMENT_BITS)
        if key in self._keys:
            self.faults.add(
                path,
                say("the name '{name}' is taken", name=name)
                if self._keys[key] == name
                else say(
                    "'{name}' would share its random numbers with '{other}'",
                    name=name,
                    other=self._keys[key],
                ),
                say("Give the step another `name`."),
            )
        self._keys[key] = name
