"""What is set on the page, as its link says it: nothing else is kept of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from sim.api.workbench import MOST, Where
from sim.errors import RequestError
from sim.language import ENGLISH, LANGUAGES, say
from sim.wording import visible

PRECISIONS: Final = (0.05, 0.02, 0.01)
"""Half-widths of intervals that can be asked for, as shares of the mean."""

PRECISION: Final = 0.02
"""What is asked for without a word."""

NUMBERS: Final = (10, 20, 50, 100, 200)
"""Replications that can be chosen."""

_MOST_SETTINGS: Final = 60
_MOST_LETTERS: Final = 400
_NAME: Final = re.compile(r"[\w.:-]{1,80}")
_SET: Final = "set."
_PINNED: Final = "pin."
_LARGEST_SEED: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is set.

    Parameters
    ----------
    scenario
        A name on the shelf; empty for the one that the page was started with.
    fingerprint, version
        Of the scenario and of lienthong, when the link was made; empty where it does not say.
    where, baseline
        What is looked at, and what it is set against.
    bundle
        None for that of the target.
    replications
        None until intervals are as narrow as ``precision``.
    seed
        None for that of the scenario.
    """

    scenario: str = ""
    fingerprint: str = ""
    version: str = ""
    where: Where = field(default_factory=Where)
    baseline: Where = field(default_factory=Where)
    bundle: str | None = None
    replications: int | None = None
    precision: float = PRECISION
    seed: int | None = None
    language: str = ENGLISH

    def query(self) -> str:
        """The state as the query of a link."""
        pairs = {
            "scenario": self.scenario,
            "lang": self.language,
            "variant": self.where.variant or "",
            **{f"{_SET}{name}": text for name, text in self.where.settings.items()},
            "base": self.baseline.variant or "",
            **{f"{_PINNED}{name}": text for name, text in self.baseline.settings.items()},
            "bundle": self.bundle or "",
            "n": "" if self.replications is None else str(self.replications),
            "precision": "" if self.precision == PRECISION else f"{self.precision:g}",
            "seed": "" if self.seed is None else str(self.seed),
            "fp": self.fingerprint,
            "v": self.version,
        }
        return urlencode({key: value for key, value in pairs.items() if value})


def state_of(pairs: Iterable[tuple[str, str]]) -> State:
    """Read the fields of a link; those that mean nothing here are left out.

    Raises
    ------
    RequestError
        A field is not what it can be.
    """
    fields: dict[str, str] = {}
    settings: dict[str, str] = {}
    pinned: dict[str, str] = {}
    for key, raw in pairs:
        text = raw.strip()
        if len(text) > _MOST_LETTERS or visible(text) != text or "\n" in text:
            raise RequestError(
                say(
                    "{key}: give at most {most} letters, on one line.",
                    key=_short(key),
                    most=_MOST_LETTERS,
                )
            )
        if not text:
            continue
        for prefix, those in ((_SET, settings), (_PINNED, pinned)):
            if key.startswith(prefix):
                those[_name(key.removeprefix(prefix), say("a lever"))] = text
        fields[key] = text
    if len(settings) + len(pinned) > _MOST_SETTINGS:
        raise RequestError(
            say(
                "more than {most} levers are set. Set fewer.",
                most=_MOST_SETTINGS,
            )
        )
    language = fields.get("lang", ENGLISH)
    if language not in LANGUAGES:
        raise RequestError(
            say(
                "there is no language '{name}'. Known: {known}.",
                name=_short(language),
                known=", ".join(LANGUAGES),
            )
        )
    n = _whole(fields, "n")
    if n is not None and not 2 <= n <= MOST:
        raise RequestError(
            say("n: found {n}; give a whole number from 2 to {most}.", n=n, most=MOST)
        )
    return State(
        scenario=_named(fields, "scenario") or "",
        fingerprint=_named(fields, "fp") or "",
        version=_named(fields, "v") or "",
        where=Where(variant=_named(fields, "variant"), settings=settings),
        baseline=Where(variant=_named(fields, "base"), settings=pinned),
        bundle=_named(fields, "bundle"),
        replications=n,
        precision=_precision(fields.get("precision")),
        seed=_seed(fields),
        language=language,
    )


def _named(fields: Mapping[str, str], key: str) -> str | None:
    text = fields.get(key)
    return None if text is None else _name(text, key)


def _name(text: str, what: str) -> str:
    if not _NAME.fullmatch(text) or ".." in text:
        raise RequestError(say("'{text}' is no name of {what}.", text=_short(text), what=what))
    return text


def _precision(text: str | None) -> float:
    if text is None:
        return PRECISION
    known = {f"{each:g}": each for each in PRECISIONS}
    if text not in known:
        raise RequestError(
            say(
                "precision: found '{text}'; give one of {known}.",
                text=_short(text),
                known=", ".join(known),
            )
        )
    return known[text]


def _seed(fields: Mapping[str, str]) -> int | None:
    seed = _whole(fields, "seed")
    if seed is not None and not 0 <= seed <= _LARGEST_SEED:
        raise RequestError(say("seed: give a whole number from 0, of at most 18 digits."))
    return seed


def _whole(fields: Mapping[str, str], key: str) -> int | None:
    text = fields.get(key)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise RequestError(
            say("{key}: found '{text}'; give a whole number.", key=key, text=_short(text))
        )
    return int(text)


def _short(text: str) -> str:
    """What somebody sent, short enough for a message."""
    shown = visible(text)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
