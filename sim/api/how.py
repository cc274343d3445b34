"""How a study is run beside its plan: where it goes, on which machines, and who is told."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sim.api.languages import LanguageNames, in_language, languages
from sim.api.outcome import study_of
from sim.api.scenarios import AnyPath, OnProgress
from sim.api.study import Study
from sim.errors import RequestError
from sim.experiment import store
from sim.experiment.cluster import connected
from sim.experiment.executors import Crew
from sim.experiment.identity import Identity
from sim.experiment.journal import kind_of
from sim.experiment.plan import OnCell, Plan
from sim.experiment.replication import Done
from sim.experiment.request import Request, request
from sim.experiment.runner import make_ready
from sim.experiment.study import Output, run_study
from sim.language import later, say

_RUNNING: Final = later("simulating replications")


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What a study has beside its plan: where it goes, and who is told."""

    path: str
    out: AnyPath | None
    replace: bool
    lang: LanguageNames | None
    progress: OnProgress | None
    command: str
    scheduler: str | Executor | None

    def study(
        self, plan_it: Callable[[OnCell], Plan], *, tables: Sequence[str] | None, **wanted: Any
    ) -> Study:
        """Plan it, run it and write it."""
        first, *others = languages(self.lang) or (None,)
        with in_language(first):
            return self._study(plan_it, tables=tables, others=others, **wanted)

    def _study(
        self,
        plan_it: Callable[[OnCell], Plan],
        *,
        tables: Sequence[str] | None,
        others: Sequence[str],
        **wanted: Any,
    ) -> Study:
        if isinstance(self.scheduler, str) and wanted["workers"] is not None:
            raise RequestError(
                say(
                    "a scheduler has the workers that it has. Leave out the number of "
                    "workers, or the scheduler."
                )
            )
        started_at = datetime.now(UTC).astimezone()
        plan = plan_it(
            lambda done, total: self._tell(say("reading {path}", path=self.path), done, total)
        )
        scratch: Path | None = None
        out = Path(self.out) if self.out is not None else None
        if out is None and tables != ("none",) and self.scheduler is None:
            scratch = Path(tempfile.mkdtemp(prefix="lienthong-"))
        try:
            asked = request(
                plan,
                command=self.command,
                tables=tables,
                out=out or scratch,
                is_elsewhere=self.scheduler is not None,
                **wanted,
            )
            with self._claim(out, asked):
                with self._crew(asked.workers) as crew:
                    n_workers = asked.workers if crew is None else crew.n_workers()
                    output = self._run(asked, crew)
                if not output.results.is_complete and not len(output.results.measures):
                    raise KeyboardInterrupt
                if out is not None:
                    self._tell(say("writing {path}", path=out), 0, 0)
                return study_of(
                    output,
                    started_at=started_at,
                    workers=n_workers,
                    out=out,
                    scratch=scratch,
                    languages=others,
                )
        except BaseException:
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)
            raise

    def _claim(self, out: Path | None, asked: Request) -> AbstractContextManager[None]:
        if out is None:
            return nullcontext()
        kind = kind_of(
            asked.engine,
            asked.version,
            asked.over_time,
            asked.bundles,
            is_by_office=asked.by_office,
        )
        return store.claim(out, _identity(asked), kind=kind, replace=self.replace)

    @contextmanager
    def _crew(self, workers: int) -> Iterator[Crew | None]:
        if self.scheduler is None:
            yield None
        elif isinstance(self.scheduler, str):
            self._tell(say("looking for workers at {address}", address=self.scheduler), 0, 0)
            with connected(self.scheduler) as crew:
                yield crew
        else:
            yield Crew(executor=self.scheduler, n_workers=lambda: workers)

    def _run(self, asked: Request, crew: Crew | None) -> Output:
        n_models = len(asked.plan.models)
        total = n_models * asked.replications
        n_done = 0

        def resume(n: int) -> None:
            nonlocal n_done
            n_done = n
            self._tell(say(_RUNNING), n_done, total)

        def grow(replications: int) -> None:
            nonlocal total
            total = n_models * replications
            self._tell(say(_RUNNING), n_done, total)

        def count(_: Done) -> None:
            nonlocal n_done
            n_done += 1
            self._tell(say(_RUNNING), n_done, total)

        if crew is None:
            make_ready(asked.engine, asked.plan.models, lambda words: self._tell(words, 0, 0))
        self._tell(say(_RUNNING), 0, total)
        return run_study(
            asked,
            on_resume=resume,
            on_done=count,
            on_share=lambda share: self._tell(say(_RUNNING), n_done + share, total),
            on_stage=grow,
            crew=crew,
        )

    def _tell(self, doing: str, done: float, total: int) -> None:
        if self.progress is not None:
            self.progress(doing, done, total)


def _identity(asked: Request) -> Identity:
    return Identity(
        cells=tuple((cell.name, cell.fingerprint, cell.baseline) for cell in asked.plan.cells),
        seed=asked.seed,
        first=asked.first,
        bundles=asked.bundles,
        version=asked.version,
    )
