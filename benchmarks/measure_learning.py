"""How well scenarios are learnt: truths simulated, noted as registers, learnt, and set beside.

``python benchmarks/measure_learning.py FIRST LAST [--without-ready] [--absent]`` prints a line each
truth, then the sums. With ``--absent`` all staff are away 5 % of the time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from truths import Truth, truth

from sim.engines import run
from sim.experiment.tables import as_arrow
from sim.logs.event_log import EventLog
from sim.logs.learning.learn import learn
from sim.logs.learning.parts import Learnt
from sim.logs.learning.tree import Leaf, Node, OneOf
from sim.logs.of_study import log_of_tables
from sim.report.learnt import scenario_text
from sim.scenario import load, resolve


def register_of(text: str, folder: Path, seed: int, *, with_ready: bool = True) -> EventLog:
    """The register that one run of a scenario leaves."""
    file = folder / "truth.yaml"
    file.write_text(text, encoding="utf-8")
    model = resolve(load(str(file)))
    found = run(model, seed=seed, replication=0)
    cases = frame_of(as_arrow("cases", model, found))
    items = frame_of(as_arrow("work_items", model, found))
    log = log_of_tables(cases, items, model, name="register")
    if not with_ready:
        work = log.work.assign(ready_at=np.datetime64("NaT", "us"))
        work = work[work["started_at"].notna()].reset_index(drop=True)
        log = EventLog(name=log.name, work=work, cases=log.cases)
    return log


def frame_of(table: pa.Table) -> pd.DataFrame:
    """A table as a frame, with texts in place of codes: two flows may have steps of one name."""
    texts = [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(texts)).to_pandas()


def sojourn(log: EventLog, *, from_week: int = 4) -> float:
    """Mean days from filing to end of the cases filed behind the first weeks and not at the end."""
    filed, closed = log.cases["filed_at"], log.cases["closed_at"]
    begin = filed.min() + np.timedelta64(from_week * 7, "D")
    end = filed.max() - np.timedelta64(14, "D")
    which = (filed >= begin) & (filed < end) & closed.notna()
    return float(((closed - filed)[which]).mean() / np.timedelta64(1, "D"))


def _choice_share(node: Node, step: str) -> tuple[int, int] | None:
    if isinstance(node, Leaf):
        return None
    if isinstance(node, OneOf):
        for part, count in zip(node.parts, node.counts, strict=True):
            if isinstance(part, Leaf) and part.step == step:
                return count, node.out_of
    for part in node.parts:
        found = _choice_share(part, step)
        if found is not None:
            return found
    return None


def compare(made: Truth, learnt: Learnt) -> dict[str, list[bool]]:
    """Which true values lie in the interval of what is learnt, by kind."""
    from sim.logs.intervals import share_of_some

    kinds = "share", "mean", "people", "hours", "absence"
    found: dict[str, list[bool]] = {kind: [] for kind in kinds}
    (bundle,) = learnt.bundles
    flows = {flow.channel: flow for flow in bundle.flows}
    for name, value in made.shares.items():
        channel, _, what = name.partition(": ")
        if not what:
            interval = bundle.channels.get(channel)
        elif what.startswith("back to "):
            step = what.removeprefix("back to ")
            ways = [way for way, _ in flows[channel].backs if way.to == step]
            interval = share_of_some(ways[0].count, ways[0].out_of) if ways else None
        else:
            counts = _choice_share(flows[channel].tree, what)
            interval = share_of_some(*counts) if counts else None
        found["share"].append(interval is not None and interval.holds(value))
    for (channel, step), value in made.means.items():
        own = flows[channel].steps.get(step)
        found["mean"].append(
            own is not None and own.times is not None and own.times.mean.holds(value)
        )
    people = {group.name: group for group in learnt.groups}
    for role, value in made.people.items():
        group = people.get(role)
        found["people"].append(group is not None and abs(group.people - value) < 0.011)
    for absence in learnt.absences.values():
        is_learnt = absence.spell is not None and absence.spell.n > 1
        found["absence"].append(
            absence.share.holds(made.absence) if made.absence else not is_learnt
        )
    text = scenario_text(learnt)
    found["hours"].append(_hours_equal(made.hours, text))
    return found


def _hours_equal(hours: str, text: str) -> bool:
    line = next(line for line in text.splitlines() if line.strip().startswith("hours: "))
    return _weekly(hours) == _weekly(line.strip().removeprefix("hours: "))


def _weekly(text: str) -> dict[int, tuple[tuple[int, int], ...]]:
    flow = "[{do: x, role: a, time: 1 min}]"
    head = (
        f"title: x\nperiod: {{start: 2025-03-03, length: 1 weeks}}\n"
        f"calendars: {{office: {{hours: {text}}}}}\n"
    )
    rest = (
        "staff: {a: {office: commune, people: 1}}\n"
        f"bundles: {{b: {{demand: {{a_year: 10}}, regimes: {{r: {{c: {flow}}}}}}}}}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.yaml"
        file.write_text(head + rest, encoding="utf-8")
        spec = load(str(file)).spec.calendars["office"]
    return {day: tuple(hours) for day, hours in sorted(spec.hours.items())}


def main() -> None:
    first, last = int(sys.argv[1]), int(sys.argv[2])
    with_ready = "--without-ready" not in sys.argv
    absence = 0.05 if "--absent" in sys.argv else 0.0
    sums: dict[str, list[bool]] = {}
    away = []
    for number in range(first, last):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            made = truth(number, absence=absence)
            log = register_of(made.text, folder, seed=number, with_ready=with_ready)
            learnt = learn(log)
            found = compare(made, learnt)
            text = scenario_text(learnt)
            again = text.replace(
                "warm_up: 4 weeks, length: 26 weeks, run_out: 8 weeks",
                "warm_up: 0 weeks, length: 30 weeks, run_out: 0 weeks",
            )
            try:
                truths = [sojourn(register_of(made.text, folder, seed=1000 + s)) for s in range(3)]
                copies = [sojourn(register_of(again, folder, seed=2000 + s)) for s in range(3)]
                ratio = float(np.mean(copies) / np.mean(truths))
            except Exception as error:  # noqa: BLE001
                print(error)
                ratio = float("nan")
            away.append(ratio)
            for kind, each in found.items():
                sums.setdefault(kind, []).extend(each)
            replay = [round(f.n_replayed / f.n_ended, 4) for b in learnt.bundles for f in b.flows]
            print(
                number,
                {k: f"{sum(v)}/{len(v)}" for k, v in found.items()},
                replay,
                f"sojourn {ratio:.3f}",
                flush=True,
            )
    for kind, each in sums.items():
        print(kind, f"{sum(each)}/{len(each)} = {np.mean(each):.3f}")
    within = np.abs(np.asarray(away) - 1) <= 0.05
    print("sojourn within 5 %:", int(within.sum()), "of", len(away))


if __name__ == "__main__":
    main()
