"""The whole page: the levers, the place of the answer, and what can be brought in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.api.workbench import MovedLever, Workbench, moved_levers
from sim.errors import LienthongError, ScenarioError
from sim.language import LANGUAGES, language, say, say_of_scenario
from sim.page.forms import curve, field, form, select
from sim.page.panels import View, cards, panels
from sim.page.questions.forms import question_forms
from sim.page.register_form import register_form
from sim.page.state import State
from sim.page.take import taken
from sim.page.words import fault_lines
from sim.report.html import Html, folded, join, tag
from sim.report.words import counted, number, percent
from sim.wording import visible

_NAMES = {"en": "English", "vi": "Tiếng Việt"}


def document(title: str, *parts: str) -> str:
    """A page in the language in use."""
    head = tag(
        "head",
        tag("meta", attributes={"charset": "utf-8"}),
        tag("meta", attributes={"name": "viewport", "content": "width=device-width"}),
        tag("meta", attributes={"name": "color-scheme", "content": "light dark"}),
        tag("title", title),
        tag("link", attributes={"rel": "stylesheet", "href": "assets/report.css"}),
        tag("link", attributes={"rel": "stylesheet", "href": "assets/page.css"}),
        tag("link", attributes={"rel": "icon", "href": "data:,"}),
        tag("link", attributes={"rel": "stylesheet", "href": "assets/questions.css"}),
        tag("script", attributes={"src": "assets/page.js", "defer": "defer"}),
        tag("script", attributes={"src": "assets/questions.js", "defer": "defer"}),
    )
    body = tag("body", *parts)
    return f"<!doctype html>\n{tag('html', head, body, attributes={'lang': language()})}\n"


def whole(
    bench: Workbench,
    state: State,
    names: Sequence[str],
    *,
    notices: Sequence[str] = (),
    answered: Html | None = None,
) -> str:
    """The page of a scenario as it is opened.

    Parameters
    ----------
    names
        The scenarios that can be chosen.
    notices
        What has to be known of the link.
    answered
        The answer, where it was waited for.
    """
    scenario = bench.scenario
    title = visible(say_of_scenario(scenario.title))
    spec = scenario.spec
    lead = []
    if spec.description:
        words = visible(say_of_scenario(spec.description))
        lead.append(tag("p", words, attributes={"class": "lead"}))
    return document(
        f"{title} · lienthong",
        tag("a", say("To the answer"), attributes={"class": "skip", "href": "#answer"}),
        tag("header", *_bar(state, names)),
        tag("div", tag("h1", title), *lead, attributes={"class": "opening"}),
        *(tag("p", words, attributes={"class": "warning"}) for words in notices),
        tag(
            "main",
            tag(
                "div",
                levers_form(bench, state),
                attributes={"id": "levers", "role": "region", "aria-label": say("Levers")},
            ),
            tag(
                "div",
                _standing(),
                question_forms(bench, state),
                tag("div", answered or _waiting(), attributes={"id": "parts"}),
                attributes={"id": "answer", "role": "region", "aria-label": say("Answer"),
                            "tabindex": "-1"},
            ),
        ),
        tag("footer", *_bring(), register_form()),
        field("", type="hidden", id="now-fp", value=state.fingerprint),
        field("", type="hidden", id="now-v", value=state.version),
    )  # fmt: skip


def levers_form(bench: Workbench, state: State) -> Html:
    """The form of a variant of a scenario."""
    return form(bench, state, _levers(bench, state))


def curve_of(bench: Workbench, state: State, name: str) -> Html:
    """How one of the levers changes by date, as it is and as it is set.

    Raises
    ------
    ScenarioError, ValueFault
        What is set cannot be read.
    """
    lever = next(each for each in _levers(bench, state) if each.name == name)
    return curve(bench, lever, state.where.settings[name])


def _levers(bench: Workbench, state: State) -> Sequence[MovedLever]:
    """The levers as they are where the state begins."""
    return moved_levers(bench.settings.at(replace(state.where, settings={})).scenario)


def answer_parts(view: View, link: str, command: str) -> Html:
    """What an answer shows: figures, panels, how sure they are, and what can be taken away."""
    return join(
        (
            cards(view),
            *panels(view),
            tag("section", tag("h2", say("How sure")), *_sure(view), attributes={"id": "sure"}),
            tag("section", tag("h2", say("Take away")), *taken(link, command),
                attributes={"id": "take"}),
        )
    )  # fmt: skip


def told(error: LienthongError) -> tuple[str, Html]:
    """An error as a reader of the page needs it: a heading, and what is wrong, a line each."""
    if isinstance(error, ScenarioError):
        heading, lines = say("This cannot be run"), fault_lines(error.faults)
    else:
        heading, lines = say("This cannot be answered"), (visible(str(error)),)
    items = (tag("li", line) for line in lines)
    return heading, tag("ul", *items, attributes={"class": "warning faults"})


def failed(error: LienthongError, state: State) -> str:
    """A page of its own for an error."""
    back = tag("a", say("Back to the page"), attributes={"href": f"./?{state.query()}"})
    heading, lines = told(error)
    parts = tag("h1", heading), lines, tag("p", back)
    return document("lienthong", tag("main", *parts, attributes={"class": "plain"}))


def _bar(state: State, names: Sequence[str]) -> Iterator[Html]:
    yield tag("strong", "lienthong", attributes={"class": "brand"})
    options = [(name, name) for name in names]
    if state.scenario not in names:
        options.insert(0, (state.scenario, say("your own scenario")))
    yield tag(
        "form",
        field("lang", type="hidden", value=state.language),
        select("scenario", say("Scenario"), options, state.scenario),
        " ",
        tag("button", say("Open it"), attributes={"type": "submit"}),
        attributes={"method": "get", "action": "./", "id": "choose"},
    )
    yield tag(
        "nav",
        *(
            tag(
                "a",
                _NAMES[each],
                attributes={
                    "href": f"?{replace(state, language=each).query()}",
                    "lang": each,
                    "hreflang": each,
                    "data-language": each,
                    **({"aria-current": "true"} if each == state.language else {}),
                },
            )
            for each in LANGUAGES
        ),
        tag("a", say("Bring in a scenario"), attributes={"href": "#bring"}),
        tag("a", say("Bring in a register"), attributes={"href": "#register"}),
        attributes={"aria-label": say("Language and more")},
    )


def _standing() -> Html:
    """How far the answer is; its words are read out as they change."""
    return tag(
        "div",
        tag("p", "", attributes={"id": "glance", "aria-live": "polite"}),
        tag(
            "p",
            tag("progress", attributes={"id": "progress", "max": "1", "value": "0",
                                        "aria-label": say("Progress of the answer")}),
            " ",
            tag(
                "span",
                "",
                attributes={
                    "id": "standing",
                    "data-lost": say("The connection was lost. Move a lever to ask again."),
                },
            ),
            " ",
            tag("button", say("Stop"),
                attributes={"type": "button", "id": "stop", "hidden": "hidden"}),
            attributes={"class": "standing js"},
        ),
        attributes={"id": "bar"},
    )  # fmt: skip


def _waiting() -> Html:
    words = say("Without JavaScript, press “Show the answer” to see what changes.")
    return tag("noscript", tag("p", words))


def _sure(view: View) -> Iterator[Html]:
    stage = view.stage
    results = stage.results
    n = counted(results.replications, "replication")
    if stage.reached is None:
        yield tag("p", say("{replications}; too few for an interval.", replications=n))
    else:
        yield tag(
            "p",
            say(
                "From {replications} of each side, with the same draws on both. The 95\u00a0% "
                "interval of the chief figure is ± {share} of its mean{aim}.",
                replications=n,
                share=percent(number(100 * stage.reached, 1)),
                aim="" if stage.is_last else say("; it is still being sharpened"),
            ),
        )
    yield tag(
        "p",
        say(
            "An interval says how far luck can move a figure, and nothing of whether the values of "
            "the scenario are right: each lever shows how its value is known."
        ),
    )


def _bring() -> Iterator[Html]:
    text = {"name": "text", "id": "bring-text", "rows": "8", "spellcheck": "false"}
    parts = [
        tag(
            "p",
            tag("label", say("A scenario (YAML)"), attributes={"for": "bring-file"}),
            field("scenario", type="file", id="bring-file", accept=".yaml,.yml"),
        ),
        tag(
            "p",
            tag("label", say("or its text"), attributes={"for": "bring-text"}),
            tag("textarea", "", attributes=text),
        ),
        tag(
            "p",
            tag("label", say("Tables that it names, such as offices (CSV)"),
                attributes={"for": "bring-tables"}),
            field("tables", type="file", id="bring-tables", accept=".csv", multiple="multiple"),
        ),
        tag(
            "p",
            say(
                "At most 2 MB. It is kept in memory only, and gives way to newer ones. It can "
                "extend shipped scenarios (extends: lienthong:birth) and name the tables that "
                "come with it."
            ),
            attributes={"class": "caption"},
        ),
        tag("button", say("Bring in"), attributes={"type": "submit"}),
    ]  # fmt: skip
    yield tag(
        "section",
        tag("h2", say("Bring in a scenario")),
        tag(
            "form",
            *parts,
            attributes={
                "method": "post",
                "action": f"bring?lang={language()}",
                "enctype": "multipart/form-data",
            },
        ),
        attributes={"id": "bring"},
    )
    yield folded(
        say("What this page is"),
        tag(
            "p",
            say(
                "A simulation: every case of the scenario goes through the offices, step by step, "
                "by the rules and with the staff that are set. Moving a lever runs it again with "
                "the same draws, so that what differs comes from the lever. The link holds all "
                "that is set and opens to the same digits."
            ),
        ),
        is_open=False,
    )
