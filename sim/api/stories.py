"""The story of one case of a study, as text."""

from __future__ import annotations

from dataclasses import dataclass

from sim.answers.story import Story
from sim.report.story import story_lines


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseStory:
    """What happened to one case; printed, a line each event, then where the time went.

    ``story`` has the same as data: its events, its row, what is lacking.
    """

    story: Story

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed."""
        return story_lines(self.story)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__
