"""Turns what a call is given into what a study is asked for: texts, names, pairs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from sim.api.scenarios import Setting, as_text
from sim.errors import RequestError
from sim.experiment.runner import AUTO
from sim.language import say
from sim.wording import as_one_form

Wished: TypeAlias = str | Mapping[str, str] | Sequence[str] | None
"""How narrow intervals shall be: ``5 %``, ``0.2 wd``, by KPI, or as on the command line."""

_NOT_SHOWN: Final = frozenset({"path", "progress", "command", "scheduler"})


def as_pairs(precision: Wished) -> list[tuple[str, str]]:
    """What is measured, and how narrow its interval shall be; see :func:`run`.

    Raises
    ------
    RequestError
        Something in it is no text.
    """
    if precision is None:
        return []
    if isinstance(precision, Mapping):
        found = list(precision.items())
    else:
        texts = [precision] if isinstance(precision, str) else list(precision)
        found = [_parted(text) for text in texts]
    for each in found:
        if not all(isinstance(text, str) for text in each):
            raise RequestError(
                say(
                    "precision: found {value!r}; give text, such as '5 %' or '2 wd'", value=each[-1]
                )
            )
    return [(as_one_form(name).strip(), as_one_form(width).strip()) for name, width in found]


def _parted(text: Any) -> tuple[str, Any]:
    """``KPI=WIDTH`` in its two parts; a width alone is of no KPI by name."""
    if not isinstance(text, str) or "=" not in text:
        return "", text
    name, _, width = text.rpartition("=")
    return name, width


def as_name(name: str | None) -> str | None:
    """A name in the form in which names are compared; None for none."""
    return None if name is None else as_one_form(name)


def as_names(names: str | Sequence[str]) -> tuple[str, ...]:
    """One name or several, in the form in which names are compared."""
    return tuple(map(as_one_form, (names,) if isinstance(names, str) else names))


def _items(values: Sequence[Setting] | Setting) -> Sequence[Setting]:
    """A single value where several are expected stands for itself."""
    return [values] if isinstance(values, str | int | float) else values


def as_lever_texts(values: Mapping[str, Sequence[Setting]]) -> dict[str, list[str]]:
    """The values of each lever as on the command line."""
    return {
        as_one_form(lever): [as_text(lever, value) for value in _items(each)]
        for lever, each in values.items()
    }


def call_of(verb: str, arguments: Mapping[str, Any]) -> str:
    """The call as it was written, without what is left out."""
    named = [
        f"{name}={value!r}"
        for name, value in arguments.items()
        if name not in _NOT_SHOWN and value is not None and value is not False
        if value not in ((), AUTO)
    ]
    return f"sim.{verb}({', '.join([repr(os.fspath(arguments['path'])), *named])})"
