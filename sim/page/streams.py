"""Streams of events to a browser, and what is read of every request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

from sim.errors import LienthongError
from sim.language import ENGLISH, LANGUAGES
from sim.page.answering import Emit, fault
from sim.page.turns import Turn, Turns

_BEAT: Final = 15.0
"""Seconds after which a silent stream shows that it lives."""


def streamed(turns: Turns, begin: Callable[[Emit], Turn]) -> StreamingResponse:
    """What ``begin`` emits, as it comes; who closes the stream stops the work.

    Parameters
    ----------
    begin
        Puts the work in line; its errors are emitted as a fault.
    """
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    def emit(name: str, data: Any) -> None:
        with suppress(RuntimeError):  # the service has ended
            loop.call_soon_threadsafe(events.put_nowait, (name, data))

    turn = None
    try:
        turn = begin(emit)
    except LienthongError as error:
        emit("fault", fault(error))
        emit("end", {})

    async def stream() -> AsyncIterator[bytes]:
        try:
            while True:
                try:
                    name, data = await asyncio.wait_for(events.get(), _BEAT)
                except TimeoutError:
                    yield b": waiting\n\n"
                    continue
                yield f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
                if name == "end":
                    return
        finally:
            if turn is not None:
                turns.stop(turn)

    return StreamingResponse(
        stream(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def tab_of(request: Request) -> str:
    """Who waits: a tab says its name, else it is the machine."""
    tab = request.query_params.get("tab", "")
    if tab.isalnum() and tab.isascii() and len(tab) <= 40:
        return tab
    return request.client.host if request.client is not None else "nobody"


def language_of(request: Request) -> str:
    """The language that a request names, English for any other."""
    lang = request.query_params.get("lang", ENGLISH)
    return lang if lang in LANGUAGES else ENGLISH
