"""The library of services and the desks that they make: each is another, and says what is known."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.engines import run
from sim.errors import ScenarioError
from sim.experiment.checks import check, resolve_checked
from sim.model import Model
from sim.scenario import Scenario, load, resolve, values
from sim.scenario.schema.steps import verbs_in
from sim.scenario.text.yaml import read_file
from sim.workload import offered_load, work_by_office

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FRAGMENTS = {"common", "fees", "residence", "land", "all"}
SERVICES = sorted(
    path.stem for path in (SCENARIOS / "services").glob("*.yaml") if path.stem not in FRAGMENTS
)
DESKS = ("commune-2024", "commune-2025", "ward-2025")
README = (SCENARIOS / "README.md").read_text("utf-8")


def service(name: str) -> Path:
    return SCENARIOS / "services" / f"{name}.yaml"


def desk(name: str) -> Path:
    return SCENARIOS / "places" / f"{name}.yaml"


@cache
def scenario_at(name: str) -> Scenario:
    return load(desk(name))


@cache
def model_at(name: str) -> Model:
    return resolve(scenario_at(name))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_stands_alone_and_says_how_each_value_is_known(name: str) -> None:
    assert check(service(name)) == ()
    scenario = load(service(name))
    assert [each.path for each in values(scenario) if each.mark == "unmarked"] == []
    assert len(scenario.spec.bundles) == 1
    for words in ("tate", "ssumed:", "would change the answer"):
        assert words in str(scenario.spec.description)
    for bundle in scenario.spec.bundles.values():
        assert set(bundle.channels) == {"online", "paper"}


@pytest.mark.parametrize("name", [*SERVICES, *DESKS])
def test_both_engines_give_the_same_tables_of_a_service_and_of_a_desk(name: str) -> None:
    file = service(name) if name in SERVICES else desk(name)
    model = resolve(load(file, settings={"period.length": "3 weeks", "period.warm_up": "0 weeks"}))
    expected = sum(demand.means.sum() for demand in model.demands)
    share = min(1.0, 400 / expected)
    model = replace(
        model,
        demands=tuple(replace(each, yearly=each.yearly * share) for each in model.demands),
    )
    digests = [
        run(model, seed=1, replication=n, engine=engine).digest()
        for engine, n in (("reference", 0), ("fast", 0), ("fast", 1))
    ]
    assert digests[0] == digests[1] != digests[2]


# -- none is another with its name changed -------------------------------------------------------


def shape_of(steps: Any) -> list[Any]:
    """What is done, by whom and on which condition, whatever it is called."""
    found: list[Any] = []
    for step in steps if isinstance(steps, list) else []:
        verb = next(iter(verbs_in(step)))
        ways = step[verb] if isinstance(step[verb], list) else []
        inside = [
            [bool(way.get("if")), shape_of(way.get("steps", way.get("rest", [])))]
            if isinstance(way, dict)
            else shape_of(way)
            for way in ways
        ]
        found.append([verb, step.get("role"), inside])
    return found


def shape(file: Path) -> str:
    """Limits, flows and actors of a service."""
    _, document = read_file(str(file))
    (bundle,) = document.tree["bundles"].values()
    limits = [each.get("limit") for each in bundle["procedures"].values()]
    flows = [
        [shape_of(regime[channel]) for channel in ("paper", "online")]
        for regime in bundle["regimes"].values()
    ]
    return json.dumps([limits, flows], default=str)


def test_each_service_has_a_flow_limits_or_actors_of_its_own() -> None:
    shapes = [shape(service(name)) for name in SERVICES]
    assert len(shapes) >= 12
    assert len(set(shapes)) == len(shapes)
    flows = [json.dumps(json.loads(each)[1]) for each in shapes]
    assert len(set(flows)) == len(flows)


def test_a_service_under_another_name_is_noticed(tmp_path: Path) -> None:  # the twin
    text = service("marriage").read_text("utf-8")
    copy = tmp_path / "wedding.yaml"
    copy.write_text(text.replace("marriage", "wedding"), encoding="utf-8")
    assert shape(copy) == shape(service("marriage"))


# -- desks ---------------------------------------------------------------------------------------


def test_a_desk_has_every_service_of_the_library() -> None:
    _, document = read_file(str(SCENARIOS / "services" / "all.yaml"))
    assert sorted(Path(each).stem for each in document.tree["extends"]) == SERVICES
    for name in DESKS:
        assert len(scenario_at(name).spec.bundles) == len(SERVICES) + 1


def test_a_desk_has_no_fault_and_no_unmarked_value() -> None:
    for name in DESKS:
        scenario = scenario_at(name)
        assert [each.path for each in values(scenario) if each.mark == "unmarked"] == []
    for variant in ("as-they-are", "online", "fees-waived", "no-saturday"):  # one place is enough
        resolve_checked(load(desk("commune-2025"), variant=variant))
    with pytest.raises(ScenarioError, match="offered load"):  # the twin
        resolve_checked(load(desk("commune-2025"), settings={"staffing": "0.5 x"}))


WORKING_DAYS = 250
"""In a year: 365 days less weekends and eleven public holidays."""

ONE_STOP = ("birth_alone", "death_alone", "marriage", "certification", "land_change", "other_work")
"""What comes to the one-stop desk of a commune; the others go to police, insurance and province."""

NOT_POLICE = 0.9
"""Of other work: a tenth is of the police, in every desk."""


def a_year(name: str) -> dict[str, float]:
    """Cases a year by bundle, and of the linked groups, which come with their own files."""
    model = model_at(name)
    found = {model.bundles[each.bundle].name: float(each.yearly.sum()) for each in model.demands}
    with (SCENARIOS / "places" / f"{name}.csv").open(encoding="utf-8") as stream:
        commune = list(csv.DictReader(stream))[-1]
    return found | {"birth": float(commune["births"]), "death": float(commune["deaths"])}


def at_the_desk(name: str) -> dict[str, tuple[float, float]]:
    """Dossiers a year that come to the one-stop desk, and how many of them online, by bundle."""
    yearly = a_year(name)
    bundles = scenario_at(name).spec.bundles
    online = {bundle: float(bundles[bundle].channels["online"].share) for bundle in ONE_STOP}
    online |= {"birth": 0.62, "death": 0.50}
    yearly["other_work"] *= NOT_POLICE
    return {bundle: (yearly[bundle], yearly[bundle] * online[bundle]) for bundle in online}


def assert_near(found: float, published: float) -> None:
    assert found == pytest.approx(published, rel=0.05)


def test_as_many_dossiers_come_as_are_published() -> None:
    rural = at_the_desk("commune-2024")
    beside_copies = sum(n for bundle, (n, _) in rural.items() if bundle != "certification")
    assert_near(beside_copies / WORKING_DAYS, 7)
    large = at_the_desk("commune-2025").values()
    assert_near(sum(n for n, _ in large) / 12, 3_000)
    assert_near(sum(n for _, n in large) / 12, 700)
    with pytest.raises(AssertionError):  # the twin
        assert_near(sum(n for n, _ in rural.values()) / 12, 3_000)


def test_as_many_people_come_to_the_ward_as_are_published() -> None:
    yearly = a_year("ward-2025")
    spec = scenario_at("ward-2025").spec
    assert spec.bundles["certification"].properties["asked_for"].shares["signature"] == 0.10
    extracts = yearly["certification"] * (1 - 0.65 - 0.10)
    civil = sum(
        yearly[each] for each in ("birth", "death", "birth_alone", "death_alone", "marriage")
    )
    assert 50 <= (civil + extracts) / WORKING_DAYS <= 60

    found = sim.run(desk("ward-2025"), replications=1, workers=1).estimates
    trips = found[found.kpi == "trips"].set_index("group")["mean"]
    elsewhere = {"household_card", "land_mortgage", "criminal_record"}
    # Of a linked group about one trip each.
    visits = sum(n * trips.get(each, 1.0) for each, n in yearly.items() if each not in elsewhere)
    assert_near(visits / WORKING_DAYS, 300)


def table_of(heading: str) -> dict[str, list[str]]:
    """The rows of a table of the README by their first cell."""
    lines = README.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in rows}


def test_the_loads_of_the_desks_stand_in_the_readme_and_those_at_the_ends_say_why() -> None:
    rows = table_of("role")
    assert len(rows) > 8
    for column, name in enumerate(DESKS):
        loads = {each.role: each.load for each in offered_load(model_at(name))}
        assert set(loads) == set(rows)
        for role, found in loads.items():
            assert abs(100 * found - float(rows[role][column])) < 0.6, (name, role)
            assert 0.05 <= found <= 0.95 or "below 5 %: " in rows[role][-1], (name, role)


def test_the_share_of_other_work_is_what_the_readme_says() -> None:
    rows = table_of("share of other work")
    for column, name in enumerate(DESKS):
        model = model_at(name)
        place = [each.name for each in model.bundles].index("other_work")
        others = tuple(each for each in model.demands if each.bundle == place)
        yearly = [sum(each.yearly.sum() for each in some) for some in (others, model.demands)]
        hours = [work_by_office(each).sum() for each in (replace(model, demands=others), model)]
        shares = [100 * part / whole for part, whole in (yearly, hours)]
        stated = [float(cells[column].removesuffix(" %")) for cells in rows.values()]
        assert all(abs(a - b) < 0.6 for a, b in zip(shares, stated, strict=True)), (name, shares)
        in_words = f"{stated[0]:.0f} % of the dossiers and {stated[1]:.0f} % of the work"
        assert in_words in " ".join(str(scenario_at(name).spec.description).split())


def test_a_planner_composes_a_desk_of_her_own(tmp_path: Path) -> None:
    page = (SCENARIOS.parent / "README.md").read_text("utf-8")
    text = page.partition("<!-- desk -->\n```yaml\n")[2].partition("```")[0]
    assert len(text.splitlines()) <= 13
    (tmp_path / "my-desk.yaml").write_text(text, encoding="utf-8")
    offices = (SCENARIOS / "places" / "ward-2025.csv").read_text("utf-8")
    (tmp_path / "my-ward.csv").write_text(offices, encoding="utf-8")
    assert check(tmp_path / "my-desk.yaml") == ()
    model = resolve(load(tmp_path / "my-desk.yaml"))
    assert sorted(each.name for each in model.bundles) == [
        "certification",
        "marriage",
        "other_work",
        "temporary_residence",
    ]
    loads = {each.role: each for each in offered_load(model)}
    assert loads["civil_status_officer"].n_people == pytest.approx(4)
    assert loads["civil_status_officer"].load > 0.4


@pytest.mark.parametrize("group", ["birth", "death"])
@pytest.mark.parametrize(
    ("desk", "year", "cases"), [("commune-2024", 2024, 115), ("ward-2025", 2025, 600)]
)
def test_the_linked_groups_come_to_a_desk(
    group: str, desk: str, year: int, cases: int, tmp_path: Path
) -> None:
    def loads(*places: str) -> dict[str, float]:
        names = ", ".join(f"lienthong:{each}" for each in places)
        file = tmp_path / "linked.yaml"
        demand = f"bundles: {{{group}: {{demand: {{a_year: {cases}}}}}}}"
        file.write_text(f"title: Linked\nextends: [{names}]\n{demand}\n", encoding="utf-8")
        return {
            each.role: each.load for each in offered_load(resolve(load(file))) if not each.office
        }

    found = loads(f"places/{desk}", f"linked/{group}", f"places/linked-{year}")
    assert max(found.values()) < 0.95
    assert found["technician"] > 0
    with pytest.raises(ScenarioError, match="technician"):  # the twin: nobody sits there
        loads(f"places/{desk}", f"linked/{group}")


PROVINCES = ("nghe-an-2024", "nghe-an-2025", "viet-nam-2024", "viet-nam-2025")


@pytest.mark.parametrize("place", PROVINCES[:2])
def test_the_table_of_loads_of_a_province_is_what_its_model_has(place: str) -> None:
    page = (SCENARIOS / "README.md").read_text("utf-8")
    table = page[page.index("| role | Nghệ An 2024 |") :].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    written = {row[0].strip("`"): row[1 + PROVINCES.index(place)] for row in rows}
    loads = offered_load(resolve(load(SCENARIOS / f"birth-{place}.yaml")))
    for role, text in written.items():
        whole = next(each.load for each in loads if each.role == role and each.office is None)
        busiest = max([each.load for each in loads if each.role == role and each.office] or [whole])
        numbers = [int(number) for number in text.split(",")]
        assert numbers == [round(100 * whole), round(100 * busiest)][: len(numbers)]
        assert 5 <= numbers[0] <= 95
    assert set(written) == {each.role for each in loads}


SHARES = ("uptake", "accounts", "data_reused", "returned", "slip", "slip_online")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_holds_with_each_share_at_either_end(name: str) -> None:
    moved = 0
    for lever in SHARES:
        for end in ("0 %", "100 %"):
            try:
                model = resolve(load(service(name), settings={lever: end}))
            except ScenarioError:  # of a service without such a share, or that would go round
                continue
            moved += len(run(model, seed=1, replication=0, engine="reference").cases["case"]) > 0
    assert moved >= 6
