"""The part of the page that shows the logic of a model: its flows, step by step, as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sim.experiment.results import Results
from sim.language import Phrases, say, say_of_scenario
from sim.report.html import Html, folded, join, tag
from sim.report.view import channel_label, distinct, in_words
from sim.scenario.schema.steps import verbs_in
from sim.wording import visible

_VERBS: Final = Phrases(
    {
        "do": "staff work",
        "applicant": "applicant",
        "delay": "time passes",
        "transfer": "data under way",
        "appointment": "day on the result slip",
        "timetable": "set time",
        "pay": "fee",
        "open": "receipt, the legal clock starts",
        "close": "result, the legal clock ends",
        "extend": "limit extended",
        "stop": "legal clock stopped",
        "resume": "legal clock goes on",
        "incomplete": "dossier may be incomplete",
        "choose": "one of these ways",
        "together": "side by side",
        "return": "back to",
        "end": "the case ends",
    }
)
"""What each kind of step is called."""

_FIELDS: Final = Phrases(
    {
        "role": "role",
        "time": "time",
        "needs": "needs",
        "over": "over",
        "trips": "trips",
        "gives": "information given",
        "copies": "copies",
        "effort": "own time",
        "calendar": "calendar",
        "fee": "fee",
        "share": "share",
        "within": "within",
        "slip": "kept until the day on the slip",
    }
)
"""What the fields of a step are called; one that is not here is called as in the scenario."""

_NAMING: Final = frozenset({"role", "needs", "over", "calendar", "dossier"})
"""Fields that hold names of the scenario."""

_BELOW: Final = frozenset({"steps", "rest", "choose", "together", "source", "note", "mark"})
"""Fields that are told otherwise than as a detail, or elsewhere."""


def flows(results: Results, bundle: str) -> Iterator[Html]:
    """Every flow of a bundle that some setting uses, folded; each regime once."""
    seen: set[tuple[str, str]] = set()
    for shown in distinct(results):
        spec = shown.cell.scenario.spec.bundles.get(bundle)
        if spec is None:
            continue
        used = [spec.regime] if spec.regime in spec.regimes else list(spec.regimes)
        tree = shown.cell.scenario.tree["bundles"][bundle]["regimes"]
        for name in used:
            regime = spec.regimes[name]
            for channel in regime.channels:
                if (name, channel) in seen:
                    continue
                seen.add((name, channel))
                label = visible(say_of_scenario(regime.label or name))
                yield folded(
                    say("{regime}, filed {channel}", regime=label, channel=channel_label(channel)),
                    _flow(tree[name][channel]),
                    is_open=False,
                )


def _flow(steps: Any) -> Html:
    if isinstance(steps, str):
        return tag("p", say("As filed {channel}.", channel=channel_label(steps)))
    return tag("ol", *map(_step, steps or ()), attributes={"class": "flow"})


def _step(step: Any) -> Html:
    if not isinstance(step, Mapping) or not (verbs := verbs_in(step)):
        return tag("li", words(step))
    verb = verbs[0]
    if verb == "choose":
        ways = (tag("li", _condition(way), _flow(_steps_of(way))) for way in step[verb])
        return tag("li", _VERBS[verb], tag("ul", *ways))
    if verb == "together":
        ways = (tag("li", _flow(way)) for way in step[verb])
        return tag("li", _VERBS[verb], tag("ul", *ways))
    details = "; ".join(
        f"{_FIELDS.get(key, key)}: {names(value) if key in _NAMING else words(value)}"
        for key, value in step.items()
        if key != verb and key not in _BELOW
    )
    about = step[verb]
    name = tag("strong", in_words(about) if isinstance(about, str) else words(about))
    return tag("li", f"{_VERBS[verb]}: ", join((name, f" ({details})" if details else "")))


def _condition(way: Mapping[str, Any]) -> str:
    if "if" in way:
        return say("if {condition}:", condition=names(way["if"]))
    return f"{words(way['share'])}:" if "share" in way else say("otherwise:")


def _steps_of(way: Mapping[str, Any]) -> Any:
    return way.get("steps", way.get("rest", ()))


def names(value: Any) -> str:
    """Names of roles, systems or properties, as words."""
    if isinstance(value, str):
        return in_words(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(names, value))
    return words(value)


def words(value: Any) -> str:
    """A value as it is written, on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {words(below)}" for key, below in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(words, value))
    return visible(str(value).replace("_", " "))
