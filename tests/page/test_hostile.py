"""Requests that mean no good: each gets a clear answer, and nothing of the machine is touched."""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import hostile
import pytest
from hostile import SCRIPT, Hostile
from starlette.testclient import TestClient

from sim.page.app import app
from sim.scenario.shipped import folder as shipped_folder

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
SEED = 20_261_126

GROUPS = {
    "links": hostile.links,
    "names": hostile.names,
    "questions": hostile.questions,
    "scenarios": lambda draw: hostile.scenarios(draw, SMALL.read_text(encoding="utf-8")),
    "registers": hostile.registers,
    "bodies": hostile.bodies,
}

REFUSED = frozenset({400, 404, 405, 411, 413, 414, 415, 422})
LEAKS = (
    "Traceback", "root:", "Error(", "Error:", "Exception", " object at 0x", "NoneType",
    "site-packages", SCRIPT, "<img src=x", "<svg/onload", str(ROOT), str(shipped_folder()),
    tempfile.gettempdir() + os.sep,
)  # fmt: skip
"""What is never said: of the program, of the machine, and nothing that would be run."""

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
OWN = (
    str(Path(tempfile.gettempdir()) / "lienthong-"),
    str(Path("~/.cache/lienthong").expanduser()),
)
"""Folders of our own: what is sent is read in one, compiled code lies in the other."""

CHANGES = frozenset({
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect",
})  # fmt: skip


def requests(group: str) -> list[Hostile]:
    return list(GROUPS[group](random.Random(SEED)))


class Watch:
    """Notes what is opened, changed and started while it looks."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.is_looking = False
        sys.addaudithook(self._note)  # for good: Python has no way to take one out

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_looking or (event != "open" and event not in CHANGES):
            return
        place = str(arguments[0]) if arguments else ""
        if event == "open":
            if isinstance(arguments[0], int) or self._is_ours(place, int(str(arguments[2] or 0))):
                return
        elif (
            place.startswith(OWN) or not Path(place).is_absolute()
        ):  # below a folder that was opened
            return
        self.found.append(f"{event} {place}")

    def _is_ours(self, place: str, flags: int) -> bool:
        if place.startswith(OWN):
            return True
        if flags & WRITES:
            return "__pycache__" in place
        read = (str(ROOT / "sim"), str(shipped_folder()), sys.prefix, sys.base_prefix, str(SMALL))
        return place.startswith(read) or Path(place).suffix in (".py", ".pyc", ".so")

    @contextmanager
    def looking(self) -> Iterator[list[str]]:
        self.found.clear()
        self.is_looking = True
        try:
            yield self.found
        finally:
            self.is_looking = False


@pytest.fixture(scope="module")
def client() -> TestClient:
    made = TestClient(app(str(SMALL)), follow_redirects=False, raise_server_exceptions=False)
    made.get("/?show=1&n=2&set.uptake=80+%25")  # whatever is loaded once
    return made


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


def faults(client: TestClient, request: Hostile) -> Iterator[str]:
    """What is wrong with the answer."""
    # With a type, or the client would look one up in a file.
    files = [(name, (*file, "text/plain")) for name, file in request.files] or None
    headers = {name: value.encode("latin-1") for name, value in request.headers.items()}
    answer = client.request(request.method, request.path, files=files, data=request.data or None,
                            content=request.content, headers=headers)  # fmt: skip
    shown = answer.text
    yield from (f"says {leak!r}" for leak in LEAKS if leak in shown or leak in str(answer.headers))
    if "set-cookie" in answer.headers:
        yield "sets a cookie"
    if answer.headers.get("content-type", "").startswith("text/event-stream"):
        is_refused = "event: fault" in shown
        if "event: end" not in shown:
            yield "does not end"
    else:
        is_refused = answer.status_code in REFUSED
    if not is_refused and (not request.may_be_served or answer.status_code not in (200, 204, 303)):
        yield f"has status {answer.status_code}"
    if is_refused and not is_clear(shown):
        yield f"is not clear: {shown[:200]!r}"
    if answer.status_code == 303:
        page = client.get(answer.headers["location"].removeprefix(".") + "&show=1&n=2").text
        yield from (f"says {leak!r} later" for leak in LEAKS if leak in page)


def is_clear(shown: str) -> bool:
    """Whether it says something in a sentence."""
    words = unescape(re.sub(r"<[^>]+>", " ", shown))
    return re.search(r"(\w+\W+){3}\w+.*[.:;)»”]", words, re.DOTALL) is not None


def test_there_are_five_hundred_of_them_and_no_two_alike() -> None:
    every = [request for group in GROUPS for request in requests(group)]

    assert len(every) >= 500
    assert len({repr(request) for request in every}) >= 500
    assert {request.path.partition("?")[0].split("/")[1] for request in every} >= {
        "", "levers", "answer", "question", "take", "bring", "register", "health", "assets",
    }  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_each_gets_a_clear_answer_and_touches_nothing(
    client: TestClient, watch: Watch, group: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = client.get("/?show=1&n=2&set.uptake=80+%25").text
    n_threads = threading.active_count()
    found = []
    for request in requests(group):
        with watch.looking() as touched:
            found += [f"{request.name} {fault}" for fault in faults(client, request)]
        found += [f"{request.name} touches {each}" for each in touched]

    assert found == []
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/?show=1&n=2&set.uptake=80+%25").text == first
    assert threading.active_count() <= n_threads + 5


def test_what_touches_a_file_is_noticed(watch: Watch, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    with watch.looking() as touched:
        other.write_text("x", encoding="utf-8")
        other.read_bytes()
        other.rename(tmp_path / "moved")
    assert len(touched) == 3
    assert not is_clear("Method Not Allowed.")
    assert is_clear("There is nothing here.")
