"""Makes a study of what came of a request, and writes it into its folder."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sim.api.study import Study, UnsavedError
from sim.errors import StoreError
from sim.experiment import store
from sim.experiment.study import Output
from sim.experiment.tables import Name, join
from sim.report.files import files_shown


def study_of(
    output: Output,
    *,
    started_at: datetime,
    workers: int,
    out: Path | None,
    scratch: Path | None,
    languages: Sequence[str] = (),
) -> Study:
    """What came of a request, written into its folder if it has one.

    Parameters
    ----------
    scratch
        Where the tables of a study without a folder lie; it is removed with the study.
    languages
        In which there is a report beside that in the language in use.

    Raises
    ------
    UnsavedError
        It cannot be written.
    """
    results = output.results
    ended_at = datetime.now(UTC).astimezone()
    manifest = store.manifest_of(results, started_at=started_at, ended_at=ended_at, workers=workers)
    made = partial(Study, results=results, n_resumed=output.n_resumed)
    if out is not None:
        files = store.files_of(results, output.tables) | files_shown(results, languages)
        try:
            store.publish(out, files, manifest)
        except StoreError as error:
            unsaved = made(manifest=manifest, folder=None, tables={})
            raise UnsavedError(str(error), unsaved) from None
        if output.journal is not None and results.is_complete:
            output.journal.drop()
        saved = Study.open(out)
        return made(manifest=saved.manifest, folder=out, tables=saved.tables)
    tables: dict[Name, Path] = {}
    for name, parts in output.tables.items():
        if parts and scratch is not None:
            tables[name] = scratch / store.table_file(name)
            join(tables[name], parts)
    if output.journal is not None:
        output.journal.drop()
    study = made(manifest=manifest, folder=None, tables=tables)
    if scratch is not None:
        weakref.finalize(study, shutil.rmtree, scratch, ignore_errors=True)
    return study
