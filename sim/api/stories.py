"""The story of one case of a study, as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.answers.kept import find_case
from sim.answers.story import Story
from sim.answers.tell import tell
from sim.api.scenarios import OnProgress
from sim.experiment.tables import Name
from sim.language import language, say, speaking
from sim.report.story import story_lines
from sim.wording import as_one_form


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseStory:
    """What happened to one case; printed, a line each event, then where the time went.

    ``story`` has the same as data: its events, its row, what is lacking; ``lang`` is the language
    that it is told in.
    """

    story: Story
    lang: str = field(default_factory=language)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed."""
        with speaking(self.lang):
            return story_lines(self.story)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


def story_of(
    manifest: Mapping[str, Any],
    tables: Mapping[Name, Path],
    progress: OnProgress | None,
    *,
    case: int | None,
    which: str | None,
    variant: str | None,
    replication: int | None,
    bundle: str | None,
) -> CaseStory:
    """The story of a case of a study, see :meth:`sim.api.Study.story`."""
    kept = find_case(
        manifest,
        tables,
        case=case,
        which=which,
        variant=None if variant is None else as_one_form(variant),
        replication=replication,
        bundle=None if bundle is None else as_one_form(bundle),
    )

    n_run = 0

    def show(share: float) -> None:
        if progress is not None:
            doing = say("running {n} cases again, to follow case {case}", n=n_run, case=kept.number)
            progress(doing, share * n_run, n_run)

    def count(n: int) -> None:
        nonlocal n_run
        n_run = n
        show(0.0)

    return CaseStory(story=tell(manifest, kept, on_cases=count, on_share=show))
