"""The workload *linked* for Prosimos: the process as BPMN, its working minutes as JSON.

Prosimos counts waits for no resource in calendar time only, so its office never closes, as the
one by hand; and it keeps a log of events with no ledger of where a case's time went.
"""

from __future__ import annotations

import csv
import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

WORKING_DAY: Final = 8 * 60
POOLS: Final = {"desk": 7, "civil": 14, "police": 9, "insurance": 6}
TASKS: Final = {
    "register": ("civil", 20.75),
    "register_again": ("civil", 20.75),
    "residence": ("police", 14.4),
    "card": ("insurance", 9.6),
    "result": ("desk", 4.0),
    "paper_birth": ("desk", 6.0),
    "paper_register": ("civil", 20.75),
    "paper_register_again": ("civil", 20.75),
    "paper_take_in_residence": ("desk", 6.0),
    "paper_residence": ("police", 14.4),
    "paper_take_in_card": ("desk", 6.0),
    "paper_card": ("insurance", 9.6),
    "paper_result": ("desk", 4.0),
}
"""Who does each task, and its mean time in minutes; the coefficient of variation is 0.5."""
WAITS: Final = {
    "back": (2, 4),
    "paper_back": (2, 4),
    "carry_birth": (1, 3),
    "carry_residence": (1, 3),
    "carry_card": (1, 3),
}
"""Least and most working days of each wait, uniform."""
CHOICES: Final = {
    "channel": {"register": 0.6, "paper_birth": 0.4},
    "is_incomplete": {"back": 0.08, "is_complete": 0.92},
    "paper_is_incomplete": {"paper_back": 0.08, "paper_is_complete": 0.92},
}
PATHS: Final = (
    ("start", "channel", "register", "is_incomplete", "back", "register_again", "is_complete"),
    ("is_incomplete", "is_complete", "fork", "residence", "join", "result", "over", "end"),
    ("fork", "card", "join"),
    ("channel", "paper_birth", "paper_register", "paper_is_incomplete", "paper_back"),
    ("paper_back", "paper_register_again", "paper_is_complete"),
    ("paper_is_incomplete", "paper_is_complete", "carry_birth", "paper_take_in_residence"),
    ("paper_take_in_residence", "paper_residence", "carry_residence", "paper_take_in_card"),
    ("paper_take_in_card", "paper_card", "carry_card", "paper_result", "over"),
)
KINDS: Final = {
    "startEvent": ("start",),
    "endEvent": ("end",),
    "task": TASKS,
    "intermediateCatchEvent": WAITS,
    "exclusiveGateway": (*CHOICES, "is_complete", "paper_is_complete", "over"),
    "parallelGateway": ("fork", "join"),
}
LONGEST: Final = 1e9
"""Seconds that no draw exceeds: Prosimos asks for a bound."""


def write_bpmn(path: Path) -> None:
    root = ET.Element("definitions", xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL")
    process = ET.SubElement(root, "process", id="linked")
    for kind, names in KINDS.items():
        for name in names:
            element = ET.SubElement(process, kind, id=name, name=name)
            if name in WAITS:
                ET.SubElement(element, "timerEventDefinition")
    for steps in PATHS:
        for source, target in pairwise(steps):
            ET.SubElement(
                process,
                "sequenceFlow",
                id=f"{source}-{target}",
                sourceRef=source,
                targetRef=target,
            )
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def write_times(path: Path) -> None:
    always = [
        {"from": "MONDAY", "to": "SUNDAY", "beginTime": "00:00:00", "endTime": "23:59:59.999"}
    ]
    said = {
        "arrival_time_distribution": _drawn("expon", 120, 0, LONGEST),
        "arrival_time_calendar": always,
        "resource_calendars": [{"id": "always", "name": "always", "time_periods": always}],
        "resource_profiles": [
            {
                "id": pool,
                "name": pool,
                "resource_list": [
                    {
                        "id": pool,
                        "name": pool,
                        "cost_per_hour": 0,
                        "amount": people,
                        "calendar": "always",
                        "assignedTasks": [name for name, (by, _) in TASKS.items() if by == pool],
                    }
                ],
            }
            for pool, people in POOLS.items()
        ],
        "task_resource_distribution": [
            {
                "task_id": name,
                "resources": [
                    {"resource_id": pool}
                    | _drawn("lognorm", 60 * mean, (60 * mean * 0.5) ** 2, 0, LONGEST)
                ],
            }
            for name, (pool, mean) in TASKS.items()
        ],
        "event_distribution": [
            {"event_id": name} | _drawn("uniform", *(60 * WORKING_DAY * days for days in bounds))
            for name, bounds in WAITS.items()
        ],
        "gateway_branching_probabilities": [
            {
                "gateway_id": name,
                "probabilities": [
                    {"path_id": f"{name}-{then}", "value": share} for then, share in ways.items()
                ],
            }
            for name, ways in CHOICES.items()
        ],
    }
    path.write_text(json.dumps(said), "utf-8")


def _drawn(name: str, *parameters: float) -> dict[str, object]:
    return {
        "distribution_name": name,
        "distribution_params": [{"value": value} for value in parameters],
    }


def read_log(path: Path) -> tuple[int, int, tuple[float, ...]]:
    """Cases, services, and the mean sojourns in minutes online and on paper."""
    began: dict[str, datetime] = {}
    ended: dict[str, datetime] = {}
    on_paper: set[str] = set()
    n_services = 0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            case = row["case_id"]
            ready_at, end = (
                datetime.fromisoformat(row[column]) for column in ("enable_time", "end_time")
            )
            began[case] = min(began.get(case, ready_at), ready_at)
            ended[case] = max(ended.get(case, end), end)
            if row["activity"].startswith("paper"):
                on_paper.add(case)
            n_services += 1
    minutes: tuple[list[float], list[float]] = ([], [])
    for case, begins in began.items():
        minutes[case in on_paper].append((ended[case] - begins).total_seconds() / 60)
    return len(began), n_services, tuple(sum(each) / len(each) for each in minutes)
