"""The worked study of a register: made again from its truth, it gives what its page shows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.estimate import Interval
from sim.engines.protocol import shifts
from sim.logs.event_log import Flaw
from sim.logs.held_out import ON_TIME, Held
from sim.logs.intervals import share_of_some
from sim.logs.learning.parts import Learnt, LearntFlow
from sim.logs.learning.tree import Node, OneOf
from sim.scenario import load, resolve
from sim.streams import key_of
from sim.units import DAY

STUDY = Path(__file__).parents[2] / "scenarios" / "studies" / "register"
PAGE = (STUDY / "README.md").read_text("utf-8")
ONLINE, COUNTER = "trực tuyến", "trực tiếp"
WAYS = {"": "all", ONLINE: "online", COUNTER: "counter"}
ROLES = {"clerk": "Tiếp nhận", "officer": "Thẩm định", "chair": "Ký duyệt"}
"""What the roles of the truth are called where a register names none: by what they do most."""

WRONG = {
    "an end and no start": Flaw.MISSING_STARTS,
    "nobody named": Flaw.MISSING_OFFICERS,
    "rows that stand twice": Flaw.DUPLICATES,
    "day and month of the end swapped": Flaw.SWAPPED,
    "entered at one instant": Flaw.AT_ONE_INSTANT,
    "at night": Flaw.NIGHTS,
    "under an account that was lent": Flaw.LENT_ACCOUNT,
}
OFFICERS = ("2", "2.5", "3", "3.5")
SEED_OF_FLAWS = 1
Row = tuple[str, float, Interval]


@pytest.fixture(name="register", scope="module")
def fixture_register(tmp_path_factory: pytest.TempPathFactory) -> sim.Log:
    folder = tmp_path_factory.mktemp("commune")
    sim.run(STUDY / "truth.yaml", tables="all").save(folder / "kept")
    path = sim.export_log(folder / "kept", format="register", flaws=SEED_OF_FLAWS)
    return sim.read_log(path)


@pytest.fixture(name="learnt", scope="module")
def fixture_learnt(register: sim.Log) -> sim.LearntScenario:
    return sim.learn(register)


def shown(name: str) -> list[list[str]]:
    """The rows of a table of the page, cell by cell."""
    table = re.search(f"<!-- {name} -->\n(.*?)<!-- /{name} -->", PAGE, re.DOTALL)
    assert table is not None
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()[2:]
    ]


def mean_of(time: str) -> float:
    found = re.search(r"\(mean ([\d.]+) ", time)
    assert found is not None, time
    return float(found[1])


def choice(node: Node) -> OneOf:
    """The one choice of a flow."""
    if isinstance(node, OneOf):
        return node
    found = [part for part in getattr(node, "parts", ()) if getattr(part, "parts", ())]
    assert len(found) == 1
    return choice(found[0])


def rows(learnt: Learnt) -> Iterator[Row]:
    """Each value of the truth that is a number, beside what is learnt of it."""
    spec = load(STUDY / "truth.yaml").spec
    for bundle in learnt.bundles:
        true = spec.bundles[bundle.name]
        yield f"{bundle.name}: cases a year", float(true.demand.a_year), bundle.a_year
        share = float(true.channels[ONLINE].share)
        yield f"{bundle.name}: filed online", share, bundle.channels[ONLINE]
        for flow in bundle.flows:
            steps = getattr(true.regimes["today"], flow.channel)
            for name, value, found in of_flow(steps, flow):
                yield f"{bundle.name}, {WAYS[flow.channel]}: {name}", value, found


def of_flow(steps: object, flow: LearntFlow) -> Iterator[Row]:
    for step in steps:  # type: ignore[attr-defined]
        kind = type(step).__name__
        if kind == "Do":
            times = flow.steps[step.do].times
            assert times is not None
            yield f"minutes of {step.do}", mean_of(step.time), times.mean
        elif kind == "Incomplete":
            ((way, wait),) = flow.backs
            assert (way.at, way.to) == (step.back_to, step.back_to)
            assert wait is not None
            assert wait.times is not None
            yield "sent back", step.share, share_of_some(way.count, way.out_of)
            yield "hours until supplemented", mean_of(step.supplement), wait.times.mean
        elif kind == "Choose":
            (branch,) = step.choose
            delay, verify = branch.steps
            found = choice(flow.tree)
            yield (
                f"share with {verify.do}",
                branch.share,
                share_of_some(found.counts[0], found.out_of),
            )
            learnt = flow.steps[verify.do]
            assert learnt.times is not None
            assert learnt.wait is not None
            assert learnt.wait.times is not None
            yield "hours until answered", mean_of(delay.time), learnt.wait.times.mean
            yield f"minutes of {verify.do}", mean_of(verify.time), learnt.times.mean


def cells(row: Row) -> list[str]:
    name, true, found = row
    is_share = true < 1
    form: Callable[[float], str] = (
        (lambda value: f"{100 * value:.1f} %") if is_share else (lambda value: f"{value:,.4g}")
    )
    told = f"{form(found.mean)} ({form(found.low)} to {form(found.high)})".replace(",", " ")
    return [name, form(true).replace(",", " "), told, "" if found.holds(true) else "missed"]


def held_cells(held: Held) -> list[str]:
    seen = held.seen
    is_share = seen.kpi == ON_TIME
    name = f"{seen.bundle}, {WAYS[seen.channel]}: " + ("on time" if is_share else "days to the end")

    def told(found: Interval) -> str:
        if is_share:
            return f"{100 * found.mean:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f})"
        return f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f})"

    return [name, told(seen.value), told(held.model), "agrees" if held.agrees else "differs"]


def minutes(row: Mapping[str, float]) -> str:
    return f"{row['mean']:.1f} ({row['low']:.1f} to {row['high']:.1f})"


def test_the_page_shows_what_is_learnt_beside_the_truth(learnt: sim.LearntScenario) -> None:
    made = [cells(row) for row in rows(learnt.learnt)]
    assert shown("learnt") == made
    n_missed = sum(row[-1] == "missed" for row in made)
    assert f"{len(made) - n_missed} of {len(made)}" in PAGE


def test_the_page_shows_how_much_people_are_away(learnt: sim.LearntScenario) -> None:
    model = resolve(load(STUDY / "truth.yaml"))
    found = shifts(model, key_of(1, 0))
    n_away, n_all = dict.fromkeys(ROLES, 0), dict.fromkeys(ROLES, 0)
    for at, member in enumerate(model.staff):
        role = member.name.split("/")[1]
        opens = np.asarray(model.calendars[member.calendar].opens)
        opens = opens[(opens >= 0) & (opens < 104 * 7 * DAY)]
        n_all[role] += len(opens)
        n_away[role] += len(np.setdiff1d(opens, found.calendars[found.calendar_of[at]].opens))
    made = []
    for role, name in ROLES.items():
        absence = learnt.learnt.absences[name]
        share = absence.share
        told = f"{100 * share.mean:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"
        true = n_away[role] / n_all[role]
        assert share.holds(true)
        made.append([name, f"{100 * true:.1f} %", told, str(share.n)])
    assert shown("absence") == made
    spell = learnt.learnt.absences[ROLES["officer"]].spell
    assert spell is not None
    assert f"{spell.mean:.1f} days long on average ({spell.low:.1f} to {spell.high:.1f})" in PAGE


def test_what_the_cases_and_the_weeks_cannot_show_is_exact(learnt: sim.LearntScenario) -> None:
    found, spec = learnt.learnt, load(STUDY / "truth.yaml").spec
    assert dict(found.hours.weekly) == {
        day: tuple(hours) for day, hours in spec.calendars["office"].hours.items()
    }
    assert found.hours.closed == ()
    people = {group.name: group.people for group in found.groups}
    assert people == {ROLES[role]: group.people.times for role, group in spec.staff.items()}
    for bundle in found.bundles:
        true = spec.bundles[bundle.name].procedures[bundle.name]
        assert bundle.limit is not None
        assert ((dt.date.min, bundle.limit.days),) == true.limit
        assert bundle.limit.cut_off == true.cut_off
        (wait,) = (flow.steps["Ký duyệt"].wait for flow in bundle.flows if flow.channel == COUNTER)
        assert wait is not None
        assert dict(wait.departures) == dict(spec.timetables["signing"].departures)


def test_the_page_shows_what_is_wrong_with_the_register(register: sim.Log) -> None:
    counts = {finding.flaw: finding.count for finding in register.findings}
    assert {words: int(n.replace(" ", "")) for words, n, _ in shown("flaws")} == {
        words: counts[flaw] for words, flaw in WRONG.items()
    }


def test_the_page_shows_what_the_register_says_of_its_last_fifth(register: sim.Log) -> None:
    made = [held_cells(held) for held in sim.validate(register, share=0.8).held]
    assert shown("last fifth") == made
    assert all(row[-1] == "agrees" for row in made)


def test_the_page_shows_the_staffing_of_the_learnt_scenario(
    learnt: sim.LearntScenario, tmp_path: Path
) -> None:
    found = sim.staff(
        learnt.write(tmp_path / "learnt.yaml"),
        settings={"bundles.*.demand.a_year": "1.8 x", "period.start": "2025-07-07"},
        target="Thẩm định.waiting_mean <= 60 min",
        move={ROLES["officer"]: OFFICERS},
    )
    assert found.settings == {"staff.Thẩm định.people": "3.5"}
    made = {row["staff.Thẩm định.people"]: minutes(row) for row in found.tried.to_dict("records")}
    page = {people: told for people, _, told in shown("staffing")}
    assert {people: told for people, told in page.items() if told != "not tried"} == made


def test_the_page_shows_what_the_truth_says_of_the_same_staffing() -> None:
    page = {people: told for people, told, _ in shown("staffing")}
    study = sim.run(STUDY / "merged.yaml", settings={"staff.officer.people": "3"}, replications=10)
    rows = study.estimates.set_index(["kpi", "group"])
    assert page["3"] == minutes(rows.loc["waiting_mean", "officer"])
    assert page["2.5"] != page["3"]  # the twin
