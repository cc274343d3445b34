"""The questions as the page shows them: closed at first, each with what can be filled in."""

from __future__ import annotations

from collections.abc import Iterator

from sim.api.workbench import Workbench
from sim.language import say
from sim.page.questions.all import QUESTIONS
from sim.page.questions.question import Question
from sim.page.state import State
from sim.report.html import Html, tag


def question_forms(bench: Workbench, state: State) -> Html:
    """All questions; each says why it cannot be asked of the scenario, where that is so."""
    return tag(
        "section",
        tag("h2", say("Questions"), attributes={"id": "questions-heading"}),
        tag("div", *(_one(bench, state, each) for each in QUESTIONS.values()), *_answered(bench),
            attributes={"class": "questions"}),
        attributes={"id": "questions", "aria-labelledby": "questions-heading", "class": "js"},
    )  # fmt: skip


def _answered(bench: Workbench) -> Iterator[Html]:
    """The questions that the answer below has answered already, as links to its parts."""
    costs = bench.scenario.spec.costs
    if None not in (costs.hour, costs.trip, costs.copy_of_papers):
        yield tag("a", say("What does it save a year?"), attributes={"href": "#burden"})
    yield tag("a", say("Where does the time go?"), attributes={"href": "#time"})


def _one(bench: Workbench, state: State, question: Question) -> Html:
    parts = [tag("p", say(question.lead))]
    if words := question.misfit(bench):
        parts.append(tag("p", words, attributes={"class": "warning"}))
    else:
        parts += _form(bench, state, question)
    return tag(
        "details",
        tag("summary", say(question.heading)),
        *parts,
        attributes={"id": f"question-{question.name}", "name": "question"},
    )


def _form(bench: Workbench, state: State, question: Question) -> Iterator[Html]:
    yield tag(
        "form",
        *question.fields(bench, state),
        tag(
            "p",
            tag("button", say("Ask"), attributes={"type": "submit"}),
            " ",
            tag("button", say("Cancel"),
                attributes={"type": "button", "data-cancel": "1", "hidden": "hidden",
                            "data-said": say("cancelled")}),
            attributes={"class": "buttons"},
        ),
        attributes={"data-question": question.name, "autocomplete": "off"},
    )  # fmt: skip
    yield tag(
        "p",
        tag("progress", attributes={"max": "1", "value": "0", "hidden": "hidden",
                                    "aria-label": say("Progress of the question")}),
        " ",
        tag("span", "", attributes={"class": "doing"}),
        attributes={"class": "standing"},
    )  # fmt: skip
    yield tag("p", "", attributes={"class": "told", "role": "status"})
    yield tag("div", "", attributes={"class": "shown"})
