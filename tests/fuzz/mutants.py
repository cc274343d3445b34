"""Scenarios with damage: a file is taken apart, changed in one place or two, and put together.

The same seed and number make the same mutant.  A tree is damaged as a person would who mixes up
where things belong; a text as by a slip of the hand, or a broken disk.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

ROOT: Final = Path(__file__).parents[2]
SHIPPED: Final = ROOT / "scenarios"
VALID: Final = ROOT / "tests" / "scenarios" / "valid"

DISTRICT: Final = ("places/nghe-an-district.yaml", "places/everyday.yaml")
TABLES: Final = ("places/nghe-an-district.csv", "births-by-month.csv")
FILINGS: Final = ("filings-offices.csv", "filings.csv", "filings-backlog.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A scenario, and the files of its folder that are damaged in turn; the first is checked."""

    folder: Path
    files: tuple[str, ...]


SMALL: Final = (
    Source(folder=SHIPPED, files=("first.yaml",)),
    Source(folder=VALID, files=("extends.yaml", "bases/district.yaml")),
    Source(folder=VALID, files=("variants.yaml",)),
    Source(folder=VALID, files=("minimal.yaml",)),
    Source(folder=VALID, files=("habits.yaml",)),
    Source(folder=VALID, files=("reforms.yaml",)),
    Source(folder=VALID, files=("filings.yaml", *FILINGS)),
)
LARGE: Final = (
    Source(folder=SHIPPED, files=("birth.yaml", *DISTRICT, *TABLES)),
    Source(folder=SHIPPED, files=("death.yaml", *DISTRICT, *TABLES[:1])),
    Source(
        folder=SHIPPED,
        files=("birth-nghe-an-2025.yaml", "places/nghe-an-2025.yaml", "places/nghe-an-2025.csv"),
    ),
)
LARGE_EVERY: Final = 50
"""One mutant in so many is of a large scenario: checking one takes as long as fifty of a small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """What one file of a scenario holds in place of what it held; ``damage`` says how."""

    number: int
    source: Source
    file: str
    data: bytes
    damage: tuple[str, ...]

    def write(self, folder: Path) -> Path:
        """Put the whole scenario into a folder; the path of what is to be checked."""
        for name in ("*.yaml", "*.csv"):
            for path in self.source.folder.rglob(name):
                # Nothing extends the country, and its tables are large.
                if "viet-nam" not in path.name:
                    target = folder / path.relative_to(self.source.folder)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, target)
        (folder / self.file).write_bytes(self.data)
        return folder / self.source.files[0]


def mutant(number: int, seed: int = 1) -> Mutant:
    """The mutant of a number."""
    chance = random.Random(f"{seed}/{number}")
    source = chance.choice(LARGE if number % LARGE_EVERY == 0 else SMALL)
    file = chance.choice(source.files)
    data = (source.folder / file).read_bytes()
    damage: list[str] = []
    for _ in range(chance.choice((1, 1, 2))):
        is_table = file.endswith(".csv")
        if is_table or damage or chance.random() < 0.2:
            how: Callable[[bytes, random.Random], bytes] = chance.choice(OF_TEXT)
            data = how(data, chance)
        else:
            twice = chance.choice((1, 1, 2))
            data, names = _tree_damaged(data, chance, twice)
            damage += names
            if len(names) == twice:
                break
            continue
        damage.append(how.__name__)
    return Mutant(number=number, source=source, file=file, data=data, damage=tuple(damage))


# -- trees ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Scalar:
    text: str
    is_plain: bool


@dataclass(slots=True)
class Items:
    below: list[Part]


@dataclass(slots=True)
class Fields:
    """A mapping, in which a key may come twice."""

    keys: list[str]
    below: list[Part]


Part = Scalar | Items | Fields


def parsed(data: bytes) -> Part:
    return _part(YAML(typ="safe", pure=True).compose(data.decode()))


def _part(node: Node) -> Part:
    if isinstance(node, MappingNode):
        return Fields([key.value for key, _ in node.value], [_part(each) for _, each in node.value])
    if isinstance(node, SequenceNode):
        return Items([_part(each) for each in node.value])
    return Scalar(node.value, is_plain=not node.style)


def text_of(part: Part, indent: int = 0) -> str:
    """A part as YAML: mappings over lines, lists within brackets once they hold plain values."""
    blanks = "  " * indent
    if isinstance(part, Fields) and part.keys:
        lines = []
        for key, below in zip(part.keys, part.below, strict=True):
            name = key if _is_simple(key) else json.dumps(key, ensure_ascii=False)
            if isinstance(below, Scalar) or not below.below:
                lines.append(f"{blanks}{name}: {text_of(below)}")
            else:
                lines.append(f"{blanks}{name}:\n{text_of(below, indent + 1)}")
        return "\n".join(lines)
    if isinstance(part, Items) and part.below:
        return "\n".join(
            f"{blanks}- {text_of(below)}"
            if isinstance(below, Scalar) or not below.below
            else f"{blanks}-\n{text_of(below, indent + 1)}"
            for below in part.below
        )
    if isinstance(part, Scalar):
        return part.text if part.is_plain else json.dumps(part.text, ensure_ascii=False)
    return "{}" if isinstance(part, Fields) else "[]"


def _is_simple(key: str) -> bool:
    return key.isidentifier() or key.replace("-", "").isalnum()


def parts_of(part: Part) -> Iterator[Part]:
    yield part
    if not isinstance(part, Scalar):
        for below in part.below:
            yield from parts_of(below)


STRANGE: Final = (
    "", " ", "~", "null", "true", "0", "-1", "1e999", "-1e999", "1e-300", "9" * 30, "9" * 400,
    "0 %", "100 %", "150 %", "-5 %", "1e9 %", "1e-300 %", "0.000001 %", "rest", "none", "0 min",
    "0.0001 s", "1000000000 years", "9:99", "2025-13-01",
    "99999999 weeks", "3 wd", "1000000 wd", "-3 d", "1 s", "1 year", "1000 years", "0001-01-01",
    "9999-12-31", "2025-02-30", "1899-12-31", "2262-04-12", "25:00", "24:00-00:00", "00:00-24:00",
    "11:30-07:30", "mon-fri", "mon-sun", "lognormal(mean 2 h, cv 0.5)", "lognormal(mean 0 s, cv 9)",
    "lognormal(mean 1000000 years, cv 99)", "exponential(mean 0.000001 s)",
    "lognormal(mean 0.000000001 s, cv 1)", "uniform(5 min, 1 min)",
    "triangular(1 min, 2 min, 3 min)", "normal(1 min, 2 min)", "erlang(2, 3)", "poisson(3)",
    "file(births-by-month.csv)", "file(x.csv)", "0.7 x", "+ 1", "- 1", "1e308 x", "*", "a.b[0]",
    "[", "..", "/", ".", "-", "birth", "residence", "office", "always", "paper", "online", "today",
    "x" * 5000, "👶🏽" * 3, "A\u0301\u0302 ằ ằ", "\0", "a\x07b", "\u202e\u200b", "\ufeff", "\ud7ff",
    "%", "%%s{0}", "{}", "[]", "é", "lienthong:birth", "lienthong:", "first.yaml", ".yaml",
    "places", "1 000 VND/h", "VN", "XX", "VN ", "٣ min", "１ h", "3 000 000 000 000 min",
)  # fmt: skip


def _strange(chance: random.Random) -> Scalar:
    return Scalar(chance.choice(STRANGE), is_plain=False)


def _tree_damaged(data: bytes, chance: random.Random, times: int) -> tuple[bytes, list[str]]:
    tree = parsed(data)
    names = []
    for _ in range(times):
        how = chance.choice(OF_TREE)
        holders = [part for part in parts_of(tree) if not isinstance(part, Scalar) and part.below]
        if not holders:
            break
        holder = chance.choice(holders)
        how(holder, chance.randrange(len(holder.below)), tree, chance)
        names.append(how.__name__)
    return f"{text_of(tree)}\n".encode("utf-8", "surrogatepass"), names


def delete(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    del holder.below[at]
    if isinstance(holder, Fields):
        del holder.keys[at]


def duplicate(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    holder.below.insert(at, holder.below[at])
    if isinstance(holder, Fields):
        key = holder.keys[at]
        holder.keys.insert(at, chance.choice((key, f"{key}-2")))


def rename(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    if isinstance(holder, Items):
        return replace_strange(holder, at, tree, chance)
    known = [key for part in parts_of(tree) if isinstance(part, Fields) for key in part.keys]
    holder.keys[at] = chance.choice(
        (chance.choice(known), f"{holder.keys[at]}x", chance.choice(STRANGE))
    )
    return None


def replace_strange(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    holder.below[at] = _strange(chance)


def replace_plain(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    """What YAML reads without quotes as a number or nothing; and half a character, as an escape."""
    texts = ("0", "1", "-1", "1.5", "true", "9" * 25, "1e300", "", "~", "-0", r'"\ud800"')
    holder.below[at] = Scalar(chance.choice(texts), is_plain=True)


def replace_empty(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    holder.below[at] = chance.choice((Items([]), Fields([], []), Scalar("", is_plain=False)))


def replace_by_another(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    """What stands elsewhere in the file; a name for another name, a list for a text."""
    under = {id(part) for part in parts_of(tree) if id(holder) in map(id, parts_of(part))}
    others = [part for part in parts_of(tree) if id(part) not in under]
    if chance.random() < 0.5:
        others = [part for part in others if isinstance(part, Scalar)]
    if others:
        holder.below[at] = chance.choice(others)


def wrap(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    """A list or a mapping where a value belongs."""
    part = holder.below[at]
    name = chance.choice(("value", "a", "mark", "file", "column", "from", "paths", "source"))
    holder.below[at] = chance.choice((Items([part]), Items([part, part]), Fields([name], [part])))


def unwrap(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    """A value where a list or a mapping belongs; a list for a mapping, and the other way round."""
    part = holder.below[at]
    if isinstance(part, Scalar) or not part.below:
        wrap(holder, at, tree, chance)
    elif isinstance(part, Items):
        numbered = Fields([str(index) for index in range(len(part.below))], part.below)
        holder.below[at] = chance.choice((part.below[0], numbered))
    else:
        listed = Items([Fields([k], [v]) for k, v in zip(part.keys, part.below, strict=True)])
        holder.below[at] = chance.choice(
            (part.below[0], Scalar(part.keys[0], is_plain=True), Items(part.below), listed)
        )


def swap(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    other = chance.randrange(len(holder.below))
    holder.below[at], holder.below[other] = holder.below[other], holder.below[at]


def bury(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    depth = chance.choice((10, 59, 70, 2000))
    holder.below[at] = Scalar("[" * depth + "1" + "]" * depth, is_plain=True)


def add_field(holder: Items | Fields, at: int, tree: Part, chance: random.Random) -> None:
    """A field that stands elsewhere in the file, put where it does not belong."""
    if isinstance(holder, Items):
        return duplicate(holder, at, tree, chance)
    under = {id(part) for part in parts_of(tree) if id(holder) in map(id, parts_of(part))}
    found = [
        (key, below)
        for part in parts_of(tree)
        if isinstance(part, Fields)
        for key, below in zip(part.keys, part.below, strict=True)
        if id(below) not in under
    ]
    if found:
        key, below = chance.choice(found)
        holder.keys.append(key)
        holder.below.append(below)
    return None


OF_TREE: Final = (
    delete, duplicate, rename, replace_strange, replace_strange, replace_plain, replace_empty,
    replace_by_another, replace_by_another, wrap, wrap, unwrap, unwrap, swap, bury, add_field,
)  # fmt: skip


# -- texts ---------------------------------------------------------------------------------------


def _lines(data: bytes, chance: random.Random) -> tuple[list[bytes], int]:
    lines = data.split(b"\n")
    return lines, chance.randrange(len(lines))


def delete_line(data: bytes, chance: random.Random) -> bytes:
    lines, at = _lines(data, chance)
    del lines[at]
    return b"\n".join(lines)


def double_line(data: bytes, chance: random.Random) -> bytes:
    lines, at = _lines(data, chance)
    lines.insert(at, lines[chance.randrange(len(lines))])
    return b"\n".join(lines)


def move_line(data: bytes, chance: random.Random) -> bytes:
    lines, at = _lines(data, chance)
    lines.insert(chance.randrange(len(lines)), lines.pop(at))
    return b"\n".join(lines)


def indent_line(data: bytes, chance: random.Random) -> bytes:
    lines, at = _lines(data, chance)
    lines[at] = chance.choice((b"  " + lines[at], lines[at].lstrip(), b"\t" + lines[at]))
    return b"\n".join(lines)


def cut_line(data: bytes, chance: random.Random) -> bytes:
    lines, at = _lines(data, chance)
    lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
    return b"\n".join(lines)


def cut_file(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def insert_bytes(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    what = (
        b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\x1b", "\u2028".encode(), "\u0301".encode(),
        "👶".encode(), b":", b"- ", b"#", b"{", b"]", b"&a ", b"*a", b"!!int ", b"---\n", b"|\n",
        b'"', b"'", b",", b"<<: ", b"? ", b"%YAML 1.1\n", b"\xc3", b"\xed\xa0\x80",
    )  # fmt: skip
    return data[:at] + chance.choice(what) + data[at:]


def change_byte(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def change_number(data: bytes, chance: random.Random) -> bytes:
    places = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if not places:
        return data
    at = chance.choice(places)
    number = chance.choice(
        (b"0", b"-1", b"999999999999", b"1e99", b"nan", b"inf", b"0.000001", b"")
    )
    return data[:at] + number + data[at + 1 :]


def swap_words(data: bytes, chance: random.Random) -> bytes:
    words = data.split(b" ")
    one, other = chance.randrange(len(words)), chance.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return b" ".join(words)


OF_TEXT: Final = (
    delete_line, double_line, move_line, indent_line, cut_line, cut_file, insert_bytes,
    insert_bytes, change_byte, change_number, change_number, swap_words,
)  # fmt: skip
