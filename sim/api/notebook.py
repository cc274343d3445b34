"""The rows of the small table that a notebook shows of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sim.experiment.columns import Columns
from sim.kpis import KPIS
from sim.language import say
from sim.report.headline import COLUMNS
from sim.report.words import amount, between, counted, decimals, difference


def main_rows(columns: Columns) -> Iterator[tuple[str, ...]]:
    """The main estimates, a row for each variant and bundle."""
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    main = {each.kpi for each in COLUMNS}
    shown = [row for row in rows if row["kpi"] in main and "/" not in row["group"]]

    def place(row: Mapping[str, Any]) -> tuple[str, str, str]:
        return row["variant"], row["baseline"], row["group"]

    order = {key: i for i, key in enumerate(dict.fromkeys(map(place, shown)))}
    for key, members in groupby(sorted(shown, key=lambda row: order[place(row)]), key=place):
        by_kpi = {row["kpi"]: row for row in members}
        yield (*key, *(_cell(by_kpi.get(each.kpi)) for each in COLUMNS))


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    unit = KPIS[row["kpi"]].unit
    places = decimals([(row["high"] - row["low"]) / 2], unit)
    interval = between(row["low"], row["high"], unit, places)
    mean = (difference if row["baseline"] else amount)(row["mean"], unit, places)
    return f"{mean} ({interval})" if interval else mean


def in_words(manifest: Mapping[str, Any]) -> str:
    """What a study is, in a line."""
    n_failed = len(manifest["failures"])
    words = [
        manifest["title"],
        counted(len(manifest["cells"]), "setting"),
        counted(manifest["replications"], "replication"),
        say("seed {seed}", seed=manifest["seed"]),
        say("engine {engine}", engine=manifest["engine"]),
    ]
    if n_failed:
        words.append(say("{replications} failed", replications=counted(n_failed, "replication")))
    if manifest["omissions"]:
        n = counted(len(manifest["omissions"]), "setting")
        words.append(say("{settings} left out", settings=n))
    return ", ".join(words if manifest["is_complete"] else [*words, say("interrupted")])
