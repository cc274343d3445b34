"""Offices made up by chance, whose registers are learnt from: what is true of each is known."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Truth:
    """A scenario and what is true of it.

    ``shares`` are by name of step or channel, ``means`` minutes of work by channel and step,
    ``people`` by role, ``hours`` what the calendar says, ``absence`` the share of the time on duty
    in which everybody is away, in spells of two days.
    """

    text: str
    hours: str
    shares: dict[str, float] = field(default_factory=dict)
    means: dict[tuple[str, str], float] = field(default_factory=dict)
    people: dict[str, float] = field(default_factory=dict)
    absence: float = 0.0


HOURS = (
    '{mon-fri: ["07:30-11:30", "13:00-17:00"]}',
    '{mon-fri: ["08:00-12:00", "13:30-17:30"]}',
    '{mon-fri: ["07:00-11:30", "13:30-17:00"], sat: "07:00-11:30"}',
    '{mon-fri: ["07:30-12:00", "13:00-16:30"]}',
    '{mon-thu: ["07:30-11:30", "13:30-17:00"], fri: "07:30-11:30"}',
)
FAMILIES = ("lognormal", "gamma", "weibull")


def truth(number: int, *, absence: float = 0.0) -> Truth:
    """The office of a number: always the same, whatever the absence."""
    chance = random.Random(number)
    hours = chance.choice(HOURS)
    a_year = chance.randrange(2_500, 5_000)
    people = {
        "clerk": chance.choice((1, 1, 2)),
        "officer": chance.choice((2, 2, 3)),
        "chair": chance.choice((0.5, 1)),
    }
    online = chance.choice((0.3, 0.5, 0.65))
    made = Truth(
        text="", hours=hours, people={k: float(v) for k, v in people.items()}, absence=absence
    )
    made.shares["online"] = online
    flows = {}
    for channel in ("paper", "online"):
        flows[channel] = _flow(chance, made, channel)
    times = ", ".join(
        f'"{chance.choice(some)}"' for some in (("10:00", "11:00"), ("15:00", "16:00"))
    )
    signing = f"{{calendar: office, departures: {{mon-fri: [{times}]}}}}"
    away = f', absence: {{share: {absence}, spell: "lognormal(mean 2 wd, cv 1)"}}' * (absence > 0)
    staff = "\n".join(
        f"  {role}: {{office: commune, people: {n}{away}}}" for role, n in people.items()
    )
    made.text = f"""
title: Office {number}
period: {{start: 2025-03-03, warm_up: 0 weeks, length: 30 weeks, run_out: 0 weeks}}
calendars: {{office: {{hours: {hours}, holidays: VN}}}}
timetables: {{signing: {signing}}}
staff:
{staff}
filing: {{paper: {{while_open: office}}}}
bundles:
  residence:
    procedures: {{registration: {{limit: 7 wd}}}}
    demand: {{a_year: {a_year}}}
    channels: {{online: {online}, paper: rest}}
    regimes:
      today:
{flows["paper"]}
{flows["online"]}
"""
    return made


def _flow(chance: random.Random, made: Truth, channel: str) -> str:
    lines = [f"        {channel}:", "          - {open: registration}"]

    def work(step: str, role: str, mean: float, indent: str = "          ") -> str:
        mean = round(mean, 1)
        made.means[channel, step] = mean
        cv, family = chance.choice((0.4, 0.6, 0.8)), chance.choice(FAMILIES)
        return f'{indent}- {{do: {step}, role: {role}, time: "{family}(mean {mean} min, cv {cv})"}}'

    first = "receive" if channel == "paper" else "check"
    role = "clerk" if channel == "paper" else "officer"
    lines.append(work(first, role, chance.uniform(6, 12)))
    share = chance.choice((0.08, 0.15, 0.2))
    made.shares[f"{channel}: back to {first}"] = share
    lines.append(
        f"          - {{incomplete: registration, share: {share}, supplement: "
        f'"lognormal(mean 30 h, cv 0.7)", back_to: {first}}}'
    )
    if chance.random() < 0.5:
        share = chance.choice((0.1, 0.3, 0.6))
        made.shares[f"{channel}: visit"] = share
        visit = work("visit", "officer", chance.uniform(15, 40), " " * 16)
        lines += [f"          - choose:\n              - share: {share}\n                steps:"]
        lines += [visit.replace(" " * 16, " " * 18, 1)]
    if chance.random() < 0.4:
        one = work("ask police", "officer", chance.uniform(5, 15), "")
        other = work("ask insurance", "clerk", chance.uniform(5, 10), "")
        lines += ["          - together:", f"              - {one}", f"              - {other}"]
        lines[-2] = lines[-2].replace("- - ", "- - ")
    lines.append(work("register", "officer", chance.uniform(12, 22)))
    if chance.random() < 0.4:
        lines.append('          - {delay: courier, time: "uniform(3 h, 30 h)"}')
    if channel == "paper":
        lines.append("          - {timetable: signing}")
    lines.append(work("sign", "chair", chance.uniform(2, 4)))
    lines.append("          - {close: registration}")
    return "\n".join(lines)
