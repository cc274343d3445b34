"""What a study leaves as a register reads back to the same log, in every format."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from registers import STUDY, check_equal, read

import sim
from sim.errors import LogError, RequestError
from sim.experiment import store
from sim.logs.event_log import EventLog
from sim.logs.of_study import log_of_study
from sim.logs.targets import FORMATS


@pytest.fixture(name="kept", scope="module")
def fixture_kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "counter.yaml").write_text(STUDY, encoding="utf-8")
    study = sim.run(
        folder / "counter.yaml", replications=2, workers=1, engine="reference", tables="all"
    )
    study.save(folder / "kept")
    return folder / "kept"


def log_of(kept: Path, **which: object) -> EventLog:
    study = sim.Study.open(kept)
    return log_of_study(study.manifest, study.tables, **which)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(set(FORMATS) - {"register"}))
def test_a_log_is_the_same_after_it_was_written_and_read(kind: str, kept: Path) -> None:
    path = sim.export_log(kept, format=kind)
    back = read(path)
    check_equal(log_of(kept), back)
    assert back.findings == ()


def test_another_run_is_another_log(kept: Path, tmp_path: Path) -> None:
    path = sim.export_log(kept, format="csv", out=tmp_path / "second.csv", replication=1)
    check_equal(log_of(kept, replication=1), read(path))
    with pytest.raises(AssertionError):
        check_equal(log_of(kept, replication=0), read(path))


def test_the_log_has_what_the_tables_have(kept: Path) -> None:
    study, log = sim.Study.open(kept), log_of(kept)
    cases = study.cases[study.cases["replication"] == 0]
    items = study.work_items[study.work_items["replication"] == 0]
    assert len(log.cases) == len(cases)
    assert len(log.work) == len(items)
    assert log.work["ended_at"].notna().sum() == items["ended_at"].notna().sum()
    done = cases["working_days"].notna().to_numpy()
    late = (cases["working_days"] > cases["limit_days"]).to_numpy()[done]
    by_log = (log.cases["done_at"].dt.normalize() > log.cases["due_on"]).to_numpy()[done]
    assert by_log.tolist() == late.tolist()
    assert late.any()
    assert not late.all()
    with pytest.raises(AssertionError):
        assert (~by_log).tolist() == late.tolist()


def test_what_is_not_there_is_refused_by_name(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no format 'xess'; did you mean 'xes'"):
        sim.export_log(kept, format="xess")
    with pytest.raises(RequestError, match="no replication 7: the study has 0 to 1"):
        sim.export_log(kept, format="xes", replication=7)
    with pytest.raises(RequestError, match="no variant 'papers'"):
        sim.export_log(kept, format="xes", variant="papers")
    manifest = store.read_manifest(kept)
    with pytest.raises(RequestError, match="no table of work_items"):
        log_of_study(manifest, {"cases": kept / "cases.parquet"})


def test_another_program_reads_what_is_written(kept: Path) -> None:
    r4pm = pytest.importorskip("r4pm")
    log = log_of(kept)
    n_events = int(log.work[["ready_at", "started_at", "ended_at"]].notna().to_numpy().sum())
    projection = "process_mining::core::event_data::case_centric::utils::activity_projection"
    of_cases = f"{projection}::get_num_cases", "projection", len(log.cases)
    of_events = "process_mining::bindings::num_events", "ocel", n_events
    for kind, what, (asked, name, number) in (
        ("xes", "EventLog", of_cases),
        ("ocel-json", "SlimLinkedOCEL", of_events),
        ("ocel-sqlite", "SlimLinkedOCEL", of_events),
    ):
        path = str(sim.export_log(kept, format=kind))
        arguments = json.dumps({name: r4pm.import_item(what, path)})
        assert int(r4pm.call_binding(asked, arguments)) == number
        assert number > 100


OTHERS = """<?xml version="1.0" encoding="UTF-8"?>
<log>
  <object-types><object-type name="order"><attributes><attribute name="channel" type="string"/></attributes></object-type>
    <object-type name="item"><attributes/></object-type></object-types>
  <event-types><event-type name="Create"><attributes><attribute name="resource" type="string"/></attributes></event-type></event-types>
  <objects>
    <object id="o1" type="order"><attributes>
      <attribute name="channel" time="1970-01-01T00:00:00Z">paper</attribute>
      <attribute name="channel" time="2025-05-19T02:00:00Z">online</attribute></attributes>
      <objects><relationship object-id="i1" qualifier="has"/></objects></object>
    <object id="o2" type="order"><attributes><attribute name="channel" time="1970-01-01T00:00:00Z">paper</attribute></attributes></object>
    <object id="i1" type="item"/>
  </objects>
  <events>
    <event id="e1" type="Create" time="2025-05-19T08:00:00+07:00"><attributes><attribute name="resource">An</attribute></attributes>
      <objects><relationship object-id="o1" qualifier="of"/><relationship object-id="o2" qualifier="of"/><relationship object-id="i1" qualifier=""/></objects></event>
    <event id="e2" type="Pay &amp; close" time="2025-05-20T09:30:00+07:00"><attributes><attribute name="resource">B&#236;nh</attribute></attributes>
      <objects><relationship object-id="o1" qualifier="of"/></objects></event>
  </events>
</log>
"""  # noqa: E501
"""Orders with their items, an event of two of them."""


def in_xml(path: Path) -> ET.Element:
    """A log of objects that was written as JSON, as OCEL 2.0 has it in XML."""
    told = json.loads(path.read_text(encoding="utf-8"))
    log = ET.Element("log")
    for plural, one in (("objectTypes", "object-type"), ("eventTypes", "event-type")):
        types = ET.SubElement(log, f"{one}s")
        for each in told[plural]:
            kind = ET.SubElement(types, one, name=each["name"])
            attributes = ET.SubElement(kind, "attributes")
            for attribute in each["attributes"]:
                ET.SubElement(attributes, "attribute", attribute)
    for plural, one in (("objects", "object"), ("events", "event")):
        those = ET.SubElement(log, plural)
        for each in told[plural]:
            keys = [key for key in ("id", "type", "time") if key in each]
            thing = ET.SubElement(those, one, {key: each[key] for key in keys})
            attributes = ET.SubElement(thing, "attributes")
            for attribute in each.get("attributes", ()):
                named = {key: attribute[key] for key in ("name", "time") if key in attribute}
                ET.SubElement(attributes, "attribute", named).text = attribute["value"]
            related = ET.SubElement(thing, "objects")
            for relation in each.get("relationships", ()):
                named = {"object-id": relation["objectId"], "qualifier": relation["qualifier"]}
                ET.SubElement(related, "relationship", named)
    return log


@pytest.mark.parametrize("prefix", ["", "ocel:"])
def test_a_log_of_objects_in_xml_is_the_log_that_it_is_in_json(
    prefix: str, kept: Path, tmp_path: Path
) -> None:
    log = in_xml(sim.export_log(kept, format="ocel-json", out=tmp_path / "log.jsonocel"))
    if prefix:
        log.set("xmlns:ocel", "http://www.ocel-standard.org/")
        for element in log.iter():
            element.tag = prefix + element.tag
    path = tmp_path / "log.xmlocel"
    ET.ElementTree(log).write(path, encoding="utf-8", xml_declaration=True)
    back = read(path)
    check_equal(log_of(kept), back)
    assert back.findings == ()
    # The twin: an event that is about another case.
    (first, *_) = log.iter(f"{prefix}event")
    relations = list(first.iter(f"{prefix}relationship"))
    ids = {each.get("id") for each in log.iter(f"{prefix}object") if each.get("type") == "case"}
    (of_case,) = (each for each in relations if each.get("object-id") in ids)
    of_case.set("object-id", max(filter(None, ids)))
    ET.ElementTree(log).write(path, encoding="utf-8", xml_declaration=True)
    with pytest.raises(AssertionError):
        check_equal(log_of(kept), read(path))


def test_a_log_of_objects_in_xml_as_others_write_it(tmp_path: Path) -> None:
    path = tmp_path / "orders.xml"
    path.write_text(OTHERS, encoding="utf-8")
    log = read(path, columns={"case": "order"})
    assert log.work["case"].tolist() == ["o1", "o1", "o2"]
    assert log.work["step"].tolist() == ["Create", "Pay & close", "Create"]
    assert [str(at) for at in log.work["ended_at"]] == [
        "2025-05-19 08:00:00", "2025-05-20 09:30:00", "2025-05-19 08:00:00",
    ]  # fmt: skip
    assert log.work["officer"].tolist() == ["An", "Bình", "An"]
    # Of two values of an attribute the last counts.
    assert log.cases["channel"].tolist() == ["online", "paper"]
    with pytest.raises(LogError, match="no type of object 'orders'; did you mean 'order'"):
        read(path, columns={"case": "orders"})
    path.write_text(OTHERS.replace("</events>", ""), encoding="utf-8")
    with pytest.raises(LogError, match="no XML"):
        read(path, columns={"case": "order"})
