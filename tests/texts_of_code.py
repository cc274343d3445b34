"""Finds the texts that the code says, so that tests can hold the catalogues to them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

SAYING = {"say": 0, "later": 0, "say_in": 1}
"""Functions that say a text, and the place of the text among their arguments."""


def texts_of(source: str) -> Iterator[tuple[str, str]]:
    """Each text that a module says: the text, and its plural or nothing."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        words = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
        if name in SAYING and len(words) > SAYING[name]:
            text = words[SAYING[name]]
            if isinstance(text, str):
                yield text, ""
        elif name == "several" and len(words) == 3 and isinstance(words[1], str):
            yield words[1], str(words[2])
        elif name == "counted" and isinstance(words[1], str):
            yield words[1], words[2] if len(words) > 2 and words[2] else f"{words[1]}s"
        elif name == "Phrases" and node.args:
            for each in ast.walk(node.args[0]):
                if isinstance(each, ast.Dict):
                    for value in each.values:
                        assert isinstance(value, ast.Constant), ast.unparse(value)
                        yield value.value, ""


@cache
def texts_in(*rooms: str) -> dict[str, str]:
    """The texts of all modules of some rooms, with their plurals."""
    found: dict[str, str] = {}
    for room in rooms:
        place = ROOT / "sim" / room
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        for file in files:
            for text, plural in texts_of(file.read_text(encoding="utf-8")):
                found[text] = plural or found.get(text, "")
    return found


def left_in_english(shown: str) -> list[str]:
    """Parts of our own English texts, three words or more, that stand in what is shown."""
    flat = " ".join(shown.split())
    parts = {
        " ".join(part.split())
        for text in texts_in("report")
        for part in re.split(r"\{\w+\}", text)
        if len(part.split()) >= 3
    }
    return sorted(part for part in parts if part in flat)


def texts_left_out(source: str) -> list[str]:
    """Words of a module that are said to a reader, but not in the language in use.

    Those are texts with a letter and a blank, or that begin with a capital, outside of docstrings,
    of :data:`SAYING` and of what is for machines or for whoever mends the program.
    """
    tree = ast.parse(source)
    known: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Raise) and is_bug(node)):
            known |= set(ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # docstrings
            known.add(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            is_said = node.func.id in {*SAYING, "several", "counted", "Phrases", *FOR_MACHINES}
            known |= {a for a in node.args if isinstance(a, ast.Constant)} if is_said else set()
            if node.func.id in ("Phrases", *FOR_MACHINES):
                known |= set(ast.walk(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            known |= set(ast.walk(node)) if node.func.attr in FOR_MACHINES else set()
        elif isinstance(node, ast.Assign):
            is_all = any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
            known |= set(ast.walk(node)) if is_all else set()
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            known |= set(ast.walk(node)) if node.target.id in CONSTANTS else set()
    glued = {
        part for each in ast.walk(tree) if isinstance(each, ast.JoinedStr) for part in each.values
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and node not in known
        and (is_text(node.value) or (node in glued and is_word(node.value)))
    ]


BUGS = {
    "AttributeError", "IndexError", "KeyError", "NotImplementedError", "OSError", "RuntimeError",
    "TypeError", "ValueError",
}  # fmt: skip
"""What is raised at whoever mends the program; anything else is a fault, told to its user."""


def is_bug(node: ast.Raise) -> bool:
    """Whether something is raised that no user is told."""
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id in BUGS


FOR_MACHINES = {
    "compile", "read_text", "joinpath", "warn", "partition", "rpartition", "split",
    "cast", "TypeVar", "removesuffix", "rc_context", "rename", "metadata",
}  # fmt: skip
"""Functions whose texts no reader of a report sees."""

CONSTANTS = {"_POLICY", "_SETTINGS", "_MARKERS", "DATES", "_COMMANDS"}
"""Constants that a browser or a library reads, or that are typed."""

KEYS = re.compile(
    r"^\W*(?:a_year|choose|close|closed|cut_off|delay|demand|departures|do|end|holidays|"
    r"hours|length|levels?|limit|mark|name|office|open|appointment|parent|people|period|"
    r"procedures|range|resume|rest|return|role|roles|run_out|share|source|start|steps|stop|time|"
    r"timetable|title|together|value|warm_up|while_open):"
)
"""What begins with a key of a scenario, as what writes one has them."""

NO_WORDS = {
    "values places", "Content-Security-Policy", "light dark", " (costs.", " (costs.pay.",
    " (n\u00a0=\u00a0", "<!doctype html>\n", "<Study ", "<Explanation of ", ": .values (",
    "), .loads (", "), .scenario, .model>", "Date", "Creator",
    "buttons js", "lever moved", "mark ", "warning faults", "standing js", "English", "Tiếng Việt",
    " · lienthong",
    "Software", "M", "L", "Q", "offset points", "axes fraction", "outside lower left", "bold red",
    "lienthong: ",
    "case = Mã hồ sơ",
    # of commands, and values as they are typed
    "LIENTHONG_LANG", "lienthong ", "lienthong check ", "lienthong new --from ",
    " my-district.yaml", "# lienthong ", "extends: ", "from: ", "1 x", "0.5 x", "2 x", " x",
    "0.5 points", " days", "warm_up: ", " weeks, length: ", " weeks, run_out: 8 weeks",
    " weeks, length: 26 weeks, run_out: ", " weeks", "0 weeks", "weekdays: {", "{log: ",
    "  weekdays: {hours: {", ", calendar: office", "  calendar: office", "- {extend: ", ", by: ",
    " wd}",
    # of protocols, libraries and the log of a service
    "POST", "Cache-Control", "Content-Disposition", "X-Accel-Buffering", "attachment; filename=\"",
    "event: ", "\ndata: ", "Turn", "an answer failed", "%s failed", "expected %s argument",
    "NaT", "NFC", "D", "T", "Z", "UTC", "Etc/UTC", "Nelder-Mead", "SALib", "VN",
    "import sim.engines.fast.kernel.",
    # names of calendars and of settings, which reports put into words
    "of ", "as written", "as it is", "without all", "without ", " alone left", "with no part",
    "with ", " less ", " a year", "by office", "by ", "not installed",
    # of values in a scenario
    "exponential(mean ", "(mean ", ", cv ", " min)", " wd", " wd)", ", absence: {share: ",
    ", spell: ",
}  # fmt: skip
"""What looks like words and is markup."""


def is_word(value: object) -> bool:
    """Whether a part of a glued text has a word beside a blank."""
    if not isinstance(value, str) or value in NO_WORDS or KEYS.search(value):
        return False
    return " " in value and any(char.isalpha() for char in value)


def is_text(value: object) -> bool:
    """Whether a constant looks like words for a reader."""
    if not isinstance(value, str) or not any(char.isalpha() for char in value):
        return False
    words = value.split()
    if value in NO_WORDS or KEYS.search(value):
        return False
    return (len(words) > 1 and any(w.isalpha() for w in words)) or value[:1].isupper()
