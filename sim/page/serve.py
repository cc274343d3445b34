"""Starts the service of the page on this machine."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Final

import uvicorn

from sim.errors import RequestError
from sim.language import say, why_not
from sim.page.app import app

_BACKLOG: Final = 128
_SECONDS_TO_END: Final = 2
_LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def serve(first: str, *, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve the page of a scenario until Ctrl-C.

    Parameters
    ----------
    first
        The path of the scenario, or ``lienthong:NAME``.
    tell
        Told where the page is.

    Raises
    ------
    RequestError
        The address cannot be taken.
    ScenarioError
        The scenario has faults.
    """
    with closing(_listening(host, port)) as listening:
        made = app(first)
        page = made.state.page
        page.shelf.open("")
        place = f"[{host}]" if ":" in host else host
        address = f"http://{place}:{listening.getsockname()[1]}/"
        tell(say("The page is at {address}; Ctrl-C ends it.", address=address))
        # The first to ask does not wait for what all need.
        threading.Thread(target=page.answering.warm_up, daemon=True).start()
        logging.basicConfig(level=logging.INFO, format=_LINE, stream=sys.stderr)
        config = uvicorn.Config(
            made,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_SECONDS_TO_END,
            lifespan="off",
            ws="none",
        )
        uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(_BACKLOG)
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise RequestError(
            say(
                "cannot serve at {host}:{port}: {why}. Take another with --port or --host.",
                host=host,
                port=port,
                why=why_not(error),
            )
        ) from None
    return made
