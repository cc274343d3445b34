"""The verb that serves the page."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from sim.cli.arguments import add_language, whole
from sim.errors import RequestError
from sim.language import say
from sim.wording import visible

PORT = 8642


def add_page(verbs: Any) -> None:
    """The arguments of the verb."""
    page: ArgumentParser = verbs.add_parser(
        "page", help=say("serve a page on which levers are moved and answers come at once")
    )
    page.add_argument(
        "file",
        nargs="?",
        default="lienthong:birth",
        metavar=say("SCENARIO"),
        help=say("a scenario, or the name of a shipped one (default: %(default)s)"),
    )
    page.add_argument(
        "--port", type=whole, default=PORT, metavar=say("N"), help=say("(default: %(default)s)")
    )
    page.add_argument(
        "--host",
        default="127.0.0.1",
        metavar=say("ADDRESS"),
        help=say("where it can be reached from (default: %(default)s, this machine alone)"),
    )
    add_language(page)


def page(args: Namespace) -> int:
    """Serve the page until Ctrl-C."""
    for library in ("starlette", "uvicorn", "python_multipart"):
        if find_spec(library) is None:
            raise RequestError(
                say(
                    "the page needs {library}: python -m pip install 'lienthong[web]'",
                    library=library,
                )
            )
    from sim.page.serve import serve

    def tell(words: str) -> None:
        sys.stderr.write(f"{visible(words)}\n")
        sys.stderr.flush()

    with suppress(KeyboardInterrupt):  # the way to end it
        serve(args.file, host=args.host, port=args.port, tell=tell)
    return 0
