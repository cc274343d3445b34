"""A step in its place in a flow: its name, and the indices of the elements that stand for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.model import LEAVE
from sim.scenario.schema.steps import Step
from sim.scenario.text.tree import Path


@dataclass(slots=True, kw_only=True)
class OutlineStep:
    """A step in its place.

    ``entry`` is the index of the element to which a token comes, for a plain return the step gone
    back to; ``at`` that of the element of the step's own name; ``extra`` are the names of further
    elements, whose indices follow from ``extra_at`` on. ``innermost`` is the procedure opened last
    and not closed; ``parts`` are the sequences of a choice or a fork.
    """

    step: Step
    path: Path
    name: str
    entry: int
    at: int = LEAVE
    is_jump: bool = False
    extra: tuple[str, ...] = ()
    extra_at: int = 0
    target: int | None = None
    innermost: str | None = None
    parts: list[list[OutlineStep]] = field(default_factory=list)

    def extra_index(self, part: str) -> int:
        """The index of the further element that is called after a part."""
        return self.extra_at + self.extra.index(f"{self.name}:{part}")
