"""Answers the requests of browsers: the page, answers as they come, what is brought and taken."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Final, TypeAlias

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

import sim
from sim.errors import LienthongError, RequestError, ScenarioError, ValueFault
from sim.language import language, later, say, speaking
from sim.page import registers
from sim.page.answering import Answering, Emit, refuse_unknown
from sim.page.frame import curve_of, failed, levers_form, whole
from sim.page.lane import Lane
from sim.page.questions.question import FIELD
from sim.page.shelf import MOST_BYTES, Shelf
from sim.page.state import State, state_of
from sim.page.streams import language_of, streamed, tab_of
from sim.page.take import FILES, TYPES
from sim.page.turns import Turn

_LOG: Final = logging.getLogger("lienthong.page")

_HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""What a browser lets the page do: nothing but what it is made for, and nothing from elsewhere."""

_ASSETS: Final = {
    "report.css": ("sim.report", "page.css", "text/css"),
    "page.css": ("sim.page", "assets/page.css", "text/css"),
    "replay.js": ("sim.page", "assets/replay.js", "text/javascript"),
    "questions.css": ("sim.page", "assets/questions.css", "text/css"),
    "questions.js": ("sim.page", "assets/questions.js", "text/javascript"),
    "page.js": ("sim.page", "assets/page.js", "text/javascript"),
}

_WORDS: Final = {
    400: later("What was sent is broken, or has too many parts. Go back to the page, and send it "
               "again."),
    404: later("There is nothing at this address. Go back to the page, and follow its links."),
    405: later("This address does not take such a request. Go back to the page, and use its "
               "forms."),
    411: later("The length of what is sent has to be said. Go back to the page, and send it "
               "again."),
    414: later("The link is too long. Go back to the page, and set fewer levers."),
}  # fmt: skip
"""What is said of a request that is not served, by status."""

_LONGEST_QUERY: Final = 16_000
_SLACK: Final = 20_000
"""Bytes of a request beside the files in it."""

_Scope: TypeAlias = MutableMapping[str, Any]
_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]
_App: TypeAlias = Callable[[_Scope, _Receive, _Send], Awaitable[None]]


class Guarded:
    """Speaks the language of a request, puts headers on its answer, refuses a long one."""

    def __init__(self, app: _App) -> None:
        self.app = app

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        is_long = len(scope.get("query_string", b"")) > _LONGEST_QUERY
        with speaking(language_of(Request(scope))):
            app = _plain(say(_WORDS[414]), 414) if is_long else self.app
            await app(scope, receive, send_with_headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What serves requests."""

    shelf: Shelf
    answering: Answering
    lane: Lane

    async def index(self, request: Request) -> Response:
        """The page as a link has it."""
        state = state_of(request.query_params.multi_items())
        waits = f"{tab_of(request)}/show" if "show" in request.query_params else ""
        shown, is_answered = await run_in_threadpool(self._index, state, waits)
        return HTMLResponse(shown, 200 if is_answered else 400)

    async def levers(self, request: Request) -> Response:
        """The form alone, for another variant."""
        state = state_of(request.query_params.multi_items())
        return HTMLResponse(await run_in_threadpool(self._levers, state))

    async def curve(self, request: Request) -> Response:
        """How a lever changes by date as it is set; nothing while that is half written."""
        state = state_of(request.query_params.multi_items())
        name = request.query_params.get("of", "")
        drawn = await run_in_threadpool(self._curve, state, name)
        return Response(status_code=204) if drawn is None else HTMLResponse(drawn)

    async def answer(self, request: Request) -> Response:
        """The answer in stages, as a stream of events."""
        is_asked = "run" in request.query_params

        def begin(emit: Emit) -> Turn:
            state = self._completed(state_of(request.query_params.multi_items()))
            return self.answering.stream(tab_of(request), state, emit, is_asked=is_asked)

        return streamed(self.answering.turns, begin)

    async def question(self, request: Request) -> Response:
        """The answer to a question beside, as a stream of events."""
        pairs = request.query_params.multi_items()
        name, is_asked = request.path_params["name"], "run" in request.query_params

        def begin(emit: Emit) -> Turn:
            state = self._completed(state_of(pairs))
            fields = {k.removeprefix(FIELD): v.strip() for k, v in pairs if k.startswith(FIELD)}
            return self.lane.stream(tab_of(request), name, state, fields, emit, is_asked=is_asked)

        return streamed(self.lane.turns, begin)

    async def take(self, request: Request) -> Response:
        """A file to keep."""
        name = request.path_params["name"]
        if name not in FILES:
            raise HTTPException(404)
        state = self._completed(state_of(request.query_params.multi_items()))
        content = await self.answering.file(f"{tab_of(request)}/{name}", name, state)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=TYPES[name.rpartition(".")[2]], headers=headers)

    async def bring(self, request: Request) -> Response:
        """Take in a scenario; its faults are shown at their lines."""
        _refuse_length(request, MOST_BYTES)
        async with request.form(max_files=8, max_fields=4, max_part_size=MOST_BYTES) as fields:
            text, tables = b"", {}
            for key, each in fields.multi_items():
                if key == "scenario" and isinstance(each, UploadFile) and each.filename:
                    text = await each.read()
                elif key == "text" and isinstance(each, str) and each.strip() and not text:
                    text = each.encode("utf-8", "replace")
                elif key == "tables" and isinstance(each, UploadFile) and each.filename:
                    tables[each.filename] = await each.read()
        if not text.strip():
            raise RequestError(say("nothing was brought: choose a file, or paste its text."))
        try:
            name = await run_in_threadpool(self.shelf.bring, text, tables)
        except ScenarioError as error:
            return HTMLResponse(failed(error, State(language=language())), 422)
        return RedirectResponse(f"./?{State(scenario=name, language=language()).query()}", 303)

    async def register(self, request: Request) -> Response:
        """Take in a register; what is wrong with it is shown, and what was learnt."""
        _refuse_length(request, registers.MOST_BYTES)
        content, texts = b"", {}
        async with request.form(max_files=1, max_fields=8, max_part_size=_SLACK) as fields:
            for key, each in fields.multi_items():
                if isinstance(each, str):
                    texts[key] = each
                elif key == "register":
                    content = await each.read()
        register = registers.register_of(content, texts)
        page, is_learnt = await self.lane.register(tab_of(request), register)
        return HTMLResponse(page, 200 if is_learnt else 422)

    async def health(self, _: Request) -> Response:
        """Whether the service is well."""
        return JSONResponse(
            {
                "status": "ok",
                "version": sim.__version__,
                "waiting": self.answering.turns.n_waiting,
            },
            headers={"Cache-Control": "no-store"},
        )

    async def asset(self, request: Request) -> Response:
        """Style or script."""
        if request.path_params["name"] not in _ASSETS:
            raise HTTPException(404)
        room, path, kind = _ASSETS[request.path_params["name"]]
        content = files(room).joinpath(path).read_bytes()
        return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})

    def _index(self, state: State, waits: str) -> tuple[str, bool]:
        """The page, and whether it has the answer that it was to wait for."""
        bench = self.shelf.open(state.scenario)
        refuse_unknown(bench, state)
        notices = tuple(_notices(state, bench.settings.fingerprint))
        state = replace(
            self._completed(state),
            fingerprint=bench.settings.fingerprint,
            version=sim.__version__,
        )
        answered, is_answered = self.answering.whole(waits, state) if waits else (None, True)
        names = self.shelf.names
        return whole(bench, state, names, notices=notices, answered=answered), is_answered

    def _levers(self, state: State) -> str:
        bench = self.shelf.open(state.scenario)
        refuse_unknown(bench, state)
        return levers_form(bench, self._completed(state))

    def _curve(self, state: State, name: str) -> str | None:
        bench = self.shelf.open(state.scenario)
        only = {name: state.where.settings.get(name, "")}
        state = replace(state, where=replace(state.where, settings=only))
        refuse_unknown(bench, state)
        try:
            return curve_of(bench, state, name)
        except (ScenarioError, ValueFault):
            return None

    def _completed(self, state: State) -> State:
        return replace(state, scenario=state.scenario or self.shelf.first)


def _notices(state: State, fingerprint: str) -> Iterator[str]:
    """What is no longer as it was when the link was made."""
    if state.fingerprint and state.fingerprint != fingerprint:
        yield say(
            "The scenario has changed since this link was made: its numbers may be others now."
        )
    if state.version and state.version != sim.__version__:
        yield say(
            "This link was made with lienthong {version}; here is {here}, and numbers may be "
            "others.",
            version=state.version,
            here=sim.__version__,
        )


def _refuse_length(request: Request, most: int) -> None:
    """Refuse what is too long before it is read, or does not say how long it is."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        raise HTTPException(411)
    if int(length) > most + _SLACK:
        words = say("At most {n} MB can be brought in at a time.", n=most // 1_000_000)
        raise HTTPException(413, words)


async def _refused(_: Request, error: Exception) -> Response:
    """An error that whoever asked can mend."""
    assert isinstance(error, LienthongError)  # noqa: S101  what it is registered for
    return HTMLResponse(failed(error, State(language=language())), 400)


async def _not_served(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  what it is registered for
    status = error.status_code
    return _plain(say(_WORDS[status]) if status in _WORDS else error.detail, status)


async def _broken(request: Request, error: Exception) -> Response:
    _LOG.error("%s failed", request.url.path, exc_info=error)
    with speaking(language_of(request)):
        return _plain(say("The page failed; the log of the server says why."), 500)


def _plain(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, media_type="text/plain")


def app(first: str) -> Starlette:
    """The page of a scenario, to be served."""
    shelf = Shelf(first)
    page = Page(shelf=shelf, answering=Answering.of(shelf), lane=Lane.of(shelf))
    routes = [
        Route("/", page.index),
        Route("/levers", page.levers),
        Route("/curve", page.curve),
        Route("/answer", page.answer),
        Route("/question/{name}", page.question),
        Route("/take/{name}", page.take),
        Route("/bring", page.bring, methods=["POST"]),
        Route("/register", page.register, methods=["POST"]),
        Route("/health", page.health),
        Route("/assets/{name}", page.asset),
    ]
    handlers: dict[Any, Any] = {
        LienthongError: _refused,
        HTTPException: _not_served,
        Exception: _broken,
    }
    made = Starlette(routes=routes, exception_handlers=handlers)
    made.add_middleware(Guarded)
    made.state.page = page
    return made
