"""Requests that no browser of ours sends: kinds of values, at places of every route, by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

SCRIPT = "<script>alert(1)</script>"

KINDS: Mapping[str, Sequence[str]] = {
    "oversized": ("a" * 401, "9" * 4000, "ạ" * 900, "x " * 2500, "-" * 401),
    "of another type": (
        "NaN", "-1", "1e999", "٣", "2.5.1", "[1, 2]", "{a: 1}", "0x10", "1_0", "∞", "1;2", "½",
        "- 1",
    ),
    "unknown": (
        "nothing", "Uptake", "uptake.share", "period.length", "__class__", "constructor", "ụptake",
        "staff.*.people", "toString", "levers",
    ),
    "like a path": (
        "/etc/passwd", "../../etc/passwd", "..", "./../x.csv", "C:\\Windows\\win.ini", "~root/.ssh",
        "file:///etc/passwd", "\\\\host\\share", "lienthong:../../x", "/proc/self/environ",
        "a/../b", "http://[::1]:1/", "{file: /etc/passwd}", "empirical(../small.yaml)",
    ),
    "script": (
        SCRIPT, '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "<svg/onload=alert(1)>",
        "javascript:alert(1)", "</title><script>alert(1)</script>", "<!--", "]]><script>",
    ),
    "control": (
        "a\x00b", "x\r\nSet-Cookie: a=1", "\u202ex", "\x1b[31mx", "x\x7f", "\ufeffx\u2028",
        "\ue000\u0007",
    ),
    "yaml": (
        "*a", "&a 1", "!!python/object/apply:os.system ['id']", "[" * 150, "{a: " * 90, "1 %\nb: 2",
        "? x", "<<: *a", "!!binary aGk=", "{1 %, 1 %}", "'", '"', "a: b: c", "{2025-01-01: 1 %,",
    ),
    "a format": (
        "%s%s%n", "{0.__class__}", "${jndi:ldap://x}", "{{7*7}}", "$(id)", "`id`",
        "'; DROP TABLE x;--",
        "%2e%2e%2f", "%c0%ae", "__import__('os')", "\\u0000", "{size}", "%(x)s",
    ),
}  # fmt: skip
"""Values by their kind: none of them is one that a field takes."""

BEYOND: Mapping[str, Sequence[str]] = {
    "n": ("0", "1", "201", "1e9", "2.5", "-5"),
    "seed": ("1.5", "9" * 40, "-0"),
    "precision": ("0", "1e-9", "tiny", "2 %"),
    "lang": ("de", "en,vi", "EN"),
    "set.uptake": ("120 %", "-1 %", "null", "~", "101", "{2025-01-01: 1 %, 2025-01-01: 2 %}"),
    "set.staffing": ("0 x", "-1 x", "1e300", "inf x", "x"),
    "set.regime": ("before; x", "{before: 1}", "today, before"),
    "pin.uptake": ("1e5 %", "0.5 0.5"),
}
"""Values that are nearly what a field takes."""

FIELDS = (
    "scenario", "lang", "variant", "base", "bundle", "n", "seed", "precision", "set.uptake",
    "set.staffing", "set.regime", "pin.uptake",
)  # fmt: skip
"""Fields of a link that have to be what they can be."""

OPEN_FIELDS = ("tab", "fp", "v", "of-nothing")
"""Fields that may be anything, if it is no more than a word: what they say is not looked up."""

FORMS = ("/", "/levers", "/curve?of=uptake")
ROUTES = (*FORMS, "/?show=1", "/answer", "/take/changes.yaml", "/question/staff")

ASKED = {
    "staff": ("kpi", "limit", "move", "cost"),
    "threshold": ("kpi", "limit", "lever"),
    "hangs-on": ("kpi",),
    "offices": ("line",),
    "story": ("which",),
    "replay": ("office", "start"),
}
"""Fields of the questions."""

IN_A_SCENARIO = (
    ("title: A small study", "title: {}"),
    ("label: Đăng ký thường trú", "label: {}"),
    ("label: Registration", "label: {}"),
    ("role: clerk, time: 50 min", "role: {}, time: 50 min"),
    ("time: 50 min", "time: {}"),
    ("people: 1", "people: {}"),
    ("a_year: 800", "a_year: {}"),
    ("limit: 2 wd}", "limit: {}}}"),
    ("online: 50 %", "online: {}"),
    ("start: 2025-03-03", "start: {}"),
    ("uptake: 0 %", "uptake: {}"),
    ("uptake: bundles.residence", "{}: bundles.residence"),
    ("filing:", "extends: {}\nfiling:"),
    ("filing:", "offices: {{file: {}}}\nfiling:"),
)
"""Places of a scenario that is brought in, and what stands there then."""

TABLE = b"office,level,parent,officers\nnorth,commune,,2\n"
LOG = b"case,step,office,start,end\n1,receive,A,2025-03-03 08:00,2025-03-03 08:10\n"
ENTITIES = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};&e{n - 1};">' for n in range(1, 30))
LOGS = (
    b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<log><trace><string key="concept:name" value="&x;"/></trace></log>',
    f'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY e0 "lol">{ENTITIES}]><log>&e29;</log>'.encode(),
    b'<?xml version="1.0"?><!DOCTYPE log SYSTEM "http://localhost:1/x.dtd"><log/>',
    b"<log>" * 50_000,
    LOG.replace(b"receive", b"=cmd|' /C calc'!A0") + b"\x00" * 50,
    b",".join([b"case"] * 20_000) + b"\n",
    LOG + b'"' * 9_999,
    b"case;step\n" * 4_000,
    b"\xfe\xff\x00c\x00a",
    bytes(range(256)) * 40,
)
"""Registers that are broken in themselves, or made to break what reads them."""

BODIES = (
    b"", b"\x00", b"--", b"--x\r\n\r\n",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="scenario"; filename="a"\r\n\r\ntitle: [',
    b"{}", b"a=1&b=2", b"\xff" * 2000, b"--x--\r\n", b"--x\r\n" * 300,
)  # fmt: skip
TYPES = (
    "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/html",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=" + "y" * 300, "",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A request, and whether it can be answered as if nothing was wrong with it."""

    kind: str
    method: str = "GET"
    path: str
    files: Sequence[tuple[str, tuple[str, bytes]]] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    may_be_served: bool = False

    @property
    def name(self) -> str:
        """What it is, in short."""
        return f"{self.kind}: {self.method} {self.path[:90]} {str(self.data or self.files)[:120]}"


def links(draw: random.Random) -> Iterator[Hostile]:
    """Every kind in every field, each at a route; and as names of levers."""
    for kind, values in KINDS.items():
        for name in (*FIELDS, *OPEN_FIELDS):
            for route in draw.sample(ROUTES if name in FIELDS else FORMS, 2):
                pair = urlencode({"n": "2", name: draw.choice(values)})
                path = f"{route}{'&' if '?' in route else '?'}{pair}"
                # Where the form is, it has what is set, to be mended.
                is_to_mend = route in FORMS and name.startswith(("set.", "pin."))
                yield Hostile(kind=kind, path=path,
                              may_be_served=is_to_mend or name in OPEN_FIELDS)  # fmt: skip
        for prefix in ("set.", "pin."):
            pair = urlencode({f"{prefix}{draw.choice(values)}": "1"})
            yield Hostile(kind=kind, path=f"{draw.choice(('/', '/levers', '/answer'))}?{pair}")

    for name, values in BEYOND.items():
        for value in values:
            pair = urlencode({"n": "2", name: value} if name != "n" else {name: value})
            yield Hostile(kind="nearly right", path=f"{draw.choice(ROUTES[4:6])}?{pair}")


def names(draw: random.Random) -> Iterator[Hostile]:
    """Every kind as the name of a question, a file, an asset and a page."""
    for kind, values in KINDS.items():
        for folder in ("/question/", "/take/", "/assets/", "/"):
            path = folder + quote(draw.choice(values), safe="")
            yield Hostile(kind=kind, path=path)
            yield Hostile(kind=kind, path=folder + quote(draw.choice(values)).lstrip("/") + "/x")


def questions(draw: random.Random) -> Iterator[Hostile]:
    """Every kind in every field of a question."""
    for kind, values in KINDS.items():
        for question, fields in ASKED.items():
            for name in fields:
                pair = urlencode({"n": "2", f"ask.{name}": draw.choice(values)})
                yield Hostile(kind=kind, path=f"/question/{question}?{pair}")


def scenarios(draw: random.Random, text: str) -> Iterator[Hostile]:
    """Every kind at places of a scenario that is brought in, as its text, and as names of files."""
    for kind, values in KINDS.items():
        for old, new in draw.sample(IN_A_SCENARIO, 8):
            value = draw.choice(values)
            brought = text.replace(old, new.format(value), 1).encode()
            files = [("scenario", (value, brought))]
            # A title may say anything: it is shown, and not looked up.
            is_said = old.startswith(("title", "label"))
            yield Hostile(kind=kind, method="POST", path="/bring", files=files,
                          may_be_served=is_said)  # fmt: skip
        value = draw.choice(values)
        yield Hostile(kind=kind, method="POST", path="/bring", data={"text": value})
        files = [("scenario", ("a.yaml", text.encode())), ("tables", (value, TABLE))]
        yield Hostile(kind=kind, method="POST", path="/bring", files=files)
        table = TABLE.replace(b"north", value.encode(errors="replace"), 1)
        offices = text.replace("filing:", "offices: {file: o.csv}\nfiling:").encode()
        files = [("scenario", ("a.yaml", offices)), ("tables", ("o.csv", table))]
        yield Hostile(kind=kind, method="POST", path="/bring", files=files, may_be_served=True)


def registers(draw: random.Random) -> Iterator[Hostile]:
    """Every kind in a register, as its columns, and in the fields beside it."""
    for kind, values in KINDS.items():
        for name in ("columns", "dates", "encoding", "home"):
            data = {name: draw.choice(values)}
            files = [("register", ("log.csv", LOG))]
            yield Hostile(kind=kind, method="POST", path="/register", files=files, data=data,
                          may_be_served=name == "home")  # fmt: skip
        for content in (
            draw.choice(values).encode(errors="replace"),
            LOG.replace(b"receive", draw.choice(values).encode(errors="replace")) * 2,
            b"<?xml version='1.0'?><log>" + draw.choice(values).encode(errors="replace"),
            b"PK\x03\x04" + draw.choice(values).encode(errors="replace"),
        ):
            yield Hostile(kind=kind, method="POST", path="/register",
                          files=[("register", (draw.choice(values), content))])  # fmt: skip
    for content in LOGS:
        yield Hostile(kind="a broken upload", method="POST", path="/register",
                      files=[("register", ("log", content))])  # fmt: skip


def bodies(draw: random.Random) -> Iterator[Hostile]:
    """Uploads that are broken in themselves, methods that a route does not know, odd headers."""
    for path in ("/bring", "/register"):
        for content in BODIES:
            for kind in draw.sample(TYPES, 2):
                yield Hostile(kind="a broken upload", method="POST", path=path, content=content,
                              headers={"content-type": kind})  # fmt: skip
        many = [("scenario", (f"{n}.yaml", b"title: x")) for n in range(40)]
        yield Hostile(kind="oversized", method="POST", path=path, files=many)
        data = {f"x{n}": "1" for n in range(60)}
        yield Hostile(kind="oversized", method="POST", path=path, files=many[:1], data=data)
        for length in ("-1", "1e3", "x", "99999999999", "\xb2"):
            headers = {"content-length": length, "content-type": TYPES[0]}
            yield Hostile(kind="a broken upload", method="POST", path=path, content=b"--x--",
                          headers=headers)  # fmt: skip
    for path in (*ROUTES, "/question/map", "/health", "/assets/page.js", "/bring", "/register"):
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
            yield Hostile(kind="a method", method=method, path=path)
    yield Hostile(kind="oversized", path="/?" + "x=1&" * 6000)
    many = urlencode({f"set.x{n}": "1" for n in range(80)})
    yield Hostile(kind="oversized", path=f"/levers?{many}")
    for path in ("/?n=%ff", "/answer?set.uptake=%c0%af", "/%ff", "/?scenario=%00"):
        yield Hostile(kind="control", path=path)
