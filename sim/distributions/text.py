"""Reads how people write a duration: ``10 min``, ``lognormal(mean 25 min, cv 0.6)``.

One way to write each thing: arguments are named, except bounds in their natural order and the mean
of an exponential distribution; a time that never varies stands alone.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from sim.distributions.bounded import Pert, Triangular, Uniform
from sim.distributions.checks import require_one_unit, require_positive
from sim.distributions.measured import read_measured
from sim.distributions.sampling import Distribution
from sim.distributions.stepped import Constant, Discrete
from sim.distributions.tailed import Erlang, Exponential, Gamma, Lognormal, Normal, Weibull
from sim.errors import ValueFault
from sim.language import say
from sim.units import Span, parse_number, parse_share, parse_span
from sim.wording import both, either


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A distribution with its unit.

    Parameters
    ----------
    distribution
        In microseconds, or in working days where ``in_working_days``.
    in_working_days
        Whether the values count working days (rule L3).
    file
        The file whose values they are, as the text names it.
    """

    distribution: Distribution
    in_working_days: bool
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How one family is written: of each group in ``needs`` exactly one argument is given."""

    example: str
    needs: tuple[tuple[str, ...], ...]
    in_order: bool
    build: Callable[[Mapping[str, float]], Distribution]


def _cv(values: Mapping[str, float]) -> float:
    if "cv" in values:
        return values["cv"]
    require_positive("mean", values["mean"])
    require_positive("sd", values["sd"])
    return values["sd"] / values["mean"]


def _stages(number: float) -> int:
    if not number.is_integer():
        raise ValueFault(
            say("k is {number}, which is no number of stages", number=f"{number:g}"),
            way_out=say("Give a whole number from 1, or use gamma(mean ..., cv ...)."),
        )
    return int(number)


_MEAN_AND_SPREAD: Final = (("mean",), ("cv", "sd"))
_THREE_POINTS: Final = (("min",), ("mode",), ("max",))

_FORMS: Final[Mapping[str, _Form]] = {
    "uniform": _Form(
        example="uniform(5 min, 15 min)",
        needs=(("min",), ("max",)),
        in_order=True,
        build=lambda values: Uniform(minimum=values["min"], maximum=values["max"]),
    ),
    "triangular": _Form(
        example="triangular(5 min, 8 min, 15 min)",
        needs=_THREE_POINTS,
        in_order=True,
        build=lambda values: Triangular(
            minimum=values["min"], mode=values["mode"], maximum=values["max"]
        ),
    ),
    "pert": _Form(
        example="pert(5 min, 8 min, 15 min)",
        needs=_THREE_POINTS,
        in_order=True,
        build=lambda values: Pert(
            minimum=values["min"], mode=values["mode"], maximum=values["max"]
        ),
    ),
    "exponential": _Form(
        example="exponential(mean 10 min)",
        needs=(("mean",),),
        in_order=True,
        build=lambda values: Exponential(mean=values["mean"]),
    ),
    "normal": _Form(
        example="normal(mean 10 min, sd 2 min)",
        needs=_MEAN_AND_SPREAD,
        in_order=False,
        build=lambda values: Normal.by_mean(values["mean"], _cv(values)),
    ),
    "lognormal": _Form(
        example="lognormal(mean 25 min, cv 0.6)",
        needs=_MEAN_AND_SPREAD,
        in_order=False,
        build=lambda values: Lognormal.by_mean(values["mean"], _cv(values)),
    ),
    "gamma": _Form(
        example="gamma(mean 25 min, cv 0.6)",
        needs=_MEAN_AND_SPREAD,
        in_order=False,
        build=lambda values: Gamma.by_mean(values["mean"], _cv(values)),
    ),
    "erlang": _Form(
        example="erlang(mean 25 min, k 3)",
        needs=(("mean",), ("k",)),
        in_order=False,
        build=lambda values: Erlang(mean=values["mean"], k=_stages(values["k"])),
    ),
    "weibull": _Form(
        example="weibull(mean 25 min, cv 0.6)",
        needs=_MEAN_AND_SPREAD,
        in_order=False,
        build=lambda values: Weibull.by_mean(values["mean"], _cv(values)),
    ),
}
_DISCRETE: Final = "discrete(5 min 30 %, 10 min 70 %)"
_EMPIRICAL: Final = "empirical(times.csv)"
_NAMES: Final = (*_FORMS, "discrete", "empirical")
_BARE_NUMBERS: Final = frozenset({"cv", "k"})

_CALL: Final = re.compile(r"([^\W\d][\w-]*)\s*\((.*)\)", re.DOTALL)
_NAMED: Final = re.compile(r"([^\W\d]\w*)\s+(\S.*)", re.DOTALL)
# A comma between two digits stands before decimals.
_BETWEEN: Final = re.compile(r",(?![0-9])|(?<![0-9]),")
_WITH_SHARE: Final = re.compile(r"(.*\S)\s+(\S+\s*%)", re.DOTALL)


def parse_duration(text: object, *, folder: Path | None) -> Duration:
    """Read a duration: a span, or a distribution with its arguments.

    Parameters
    ----------
    text
        ``10 min``, ``4 wd``, or one of::

            uniform(5 min, 15 min)             exponential(mean 10 min)
            triangular(5 min, 8 min, 15 min)   normal(mean 10 min, sd 2 min)
            pert(5 min, 8 min, 15 min)         lognormal(mean 25 min, cv 0.6)
            discrete(5 min 30 %, 10 min 70 %)  gamma(mean 25 min, cv 0.6)
            empirical(times.csv)               weibull(mean 25 min, cv 0.6)
                                               erlang(mean 25 min, k 3)

        A cv may be given as sd, and an sd as cv.
    folder
        Where the files of ``empirical(...)`` lie; None where there are no files.

    Returns
    -------
    Duration
        In microseconds or in working days.

    Raises
    ------
    ValueFault
        The text cannot be read, or no such distribution exists.
    """
    if not isinstance(text, str) or not re.match(r"\s*[^\W\d]", text):
        span = parse_span(text)
        constant = Constant(value=span.amount)
        return Duration(distribution=constant, in_working_days=span.in_working_days)
    try:
        return _parse_call(text.strip(), folder)
    except ValueFault as fault:
        raise ValueFault(f"'{text}': {fault.message}", way_out=fault.way_out) from None


def _parse_call(text: str, folder: Path | None) -> Duration:
    call = _CALL.fullmatch(text)
    name = (call[1] if call else text.split(maxsplit=1)[0].split("(", maxsplit=1)[0]).lower()
    if name not in _NAMES:
        raise ValueFault(say("unknown distribution '{name}'", name=name), way_out=_suggestion(name))
    if call is None:
        raise ValueFault(
            say("the arguments are not in brackets"),
            way_out=say("Write for example {example}.", example=_example(name)),
        )
    if name == "empirical":
        file = call[2].strip()
        values, in_working_days = read_measured(file, folder)
        return Duration(distribution=values, in_working_days=in_working_days, file=file)
    arguments = [part.strip() for part in _BETWEEN.split(call[2])]
    if "" in arguments:
        raise ValueFault(
            say("an argument is empty"),
            way_out=say("Write for example {example}.", example=_example(name)),
        )
    if name == "discrete":
        return _parse_discrete(arguments)
    return _parse_form(name, tuple(arguments))


# Each text is read when the scenario is checked and again for the model, in every cell of a sweep.
@lru_cache(maxsize=512)
def _parse_form(name: str, arguments: tuple[str, ...]) -> Duration:
    form = _FORMS[name]
    example = say("Write for example {example}.", example=form.example)
    spans: list[Span] = []
    values: dict[str, float] = {}
    for argument, text in _with_names(form, arguments, example):
        known = [each for group in form.needs for each in group]
        if argument not in known:
            close = difflib.get_close_matches(argument, known, n=1)
            way_out = say("Did you mean '{name}'?", name=close[0]) if close else example
            raise ValueFault(
                say("{name} has no argument '{argument}'", name=name, argument=argument),
                way_out=way_out,
            )
        if argument in values:
            raise ValueFault(say("'{argument}' is given twice", argument=argument), way_out=example)
        if argument in _BARE_NUMBERS:
            values[argument] = parse_number(text)
        else:
            spans.append(parse_span(text))
            values[argument] = spans[-1].amount
    for group in form.needs:
        chosen = [argument for argument in group if argument in values]
        if len(chosen) > 1:
            raise ValueFault(
                say("both {names} are given", names=both(chosen)),
                way_out=say("Give one of them."),
            )
        if not chosen:
            raise ValueFault(
                say("{names} is missing", names=either(list(map(repr, group)))), way_out=example
            )
    in_working_days = require_one_unit(spans)
    return Duration(distribution=form.build(values), in_working_days=in_working_days)


def _with_names(form: _Form, arguments: Sequence[str], example: str) -> list[tuple[str, str]]:
    """Arguments with their names: those written, or those of their places."""
    named = [_NAMED.fullmatch(argument) for argument in arguments]
    if all(named):
        return [(match[1].lower(), match[2]) for match in named if match]
    if any(named) or not form.in_order:
        unnamed = next(a for a, match in zip(arguments, named, strict=True) if not match)
        raise ValueFault(
            say("'{argument}' does not begin with a name", argument=unnamed), way_out=example
        )
    if len(arguments) > len(form.needs):
        raise ValueFault(
            say("{n} arguments are given for {wanted}", n=len(arguments), wanted=len(form.needs)),
            way_out=example,
        )
    return [(group[0], a) for group, a in zip(form.needs, arguments, strict=False)]


def _parse_discrete(arguments: list[str]) -> Duration:
    spans: list[Span] = []
    shares: list[float] = []
    for argument in arguments:
        pair = _WITH_SHARE.fullmatch(argument)
        if pair is None:
            raise ValueFault(
                say("'{argument}' has no share", argument=argument),
                way_out=say("Write for example {example}.", example=_DISCRETE),
            )
        spans.append(parse_span(pair[1]))
        shares.append(parse_share(pair[2]))
    in_working_days = require_one_unit(spans)
    discrete = Discrete(values=tuple(span.amount for span in spans), shares=tuple(shares))
    return Duration(distribution=discrete, in_working_days=in_working_days)


def _example(name: str) -> str:
    if name == "discrete":
        return _DISCRETE
    return _EMPIRICAL if name == "empirical" else _FORMS[name].example


def _suggestion(name: str) -> str:
    close = difflib.get_close_matches(name, _NAMES, n=1)
    if close:
        return say(
            "Did you mean '{name}'? For example {example}.",
            name=close[0],
            example=_example(close[0]),
        )
    return say(
        "Use {names}; or write a time that never varies alone, such as 25 min.",
        names=", ".join(_NAMES),
    )
