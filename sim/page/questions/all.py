"""All questions that the page asks; a new one is a row here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.page.questions.hangs import HANGS_ON
from sim.page.questions.maps import MAP
from sim.page.questions.offices import OFFICES
from sim.page.questions.planning import STAFF, THRESHOLD
from sim.page.questions.question import Question
from sim.page.questions.reforms import BOTTLENECKS, WHY
from sim.page.questions.replays import REPLAY
from sim.page.questions.stories import STORY

QUESTIONS: Final[Mapping[str, Question]] = {
    each.name: each
    for each in (STAFF, THRESHOLD, WHY, HANGS_ON, BOTTLENECKS, OFFICES, STORY, MAP, REPLAY)
}
"""By name, in the order in which they stand."""
