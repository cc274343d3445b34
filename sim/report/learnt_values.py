"""How values that were measured are written in a scenario, each with what it was found from."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Final

from sim.analysis.estimate import Interval
from sim.language import marks, say
from sim.logs.learning.times import Times
from sim.logs.mapping import quoted as in_quotes
from sim.units import HOUR, MINUTE

_NOT_IN_NAMES: Final = re.compile(r"[.\[\]*\n\r\t]")
_PLAIN: Final = re.compile(r"[^\W\d_][\w]*(?: [\w]+)*")
_WORDS_OF_YAML: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def distribution(times: Times, unit: str) -> str:
    """Times as a scenario says them: ``lognormal(mean 11 min, cv 0.5)``."""
    mean = f"{digits(times.mean.mean)} {unit}"
    if times.family == "constant":
        return mean
    if times.family == "exponential":
        return f"exponential(mean {mean})"
    if times.family == "discrete":
        parts = Counter(digits(value) for value in times.values)
        shares = ((text, percent_text(n / len(times.values))) for text, n in parts.items())
        return f"discrete({', '.join(f'{text} {unit} {share}' for text, share in shares)})"
    if times.family == "uniform":
        return f"uniform({digits(times.least)} {unit}, {digits(times.most)} {unit})"
    return f"{times.family}(mean {mean}, cv {digits(times.cv)})"


def of_times(file: str, times: Times) -> str:
    """What times were found from: how many, and why this family."""
    if not times.criterion:
        return say("{file}: n {n}", file=file, n=times.mean.n)
    rest = sorted(times.criterion.items(), key=lambda each: each[1])
    return say(
        "{file}: n {n}, cv ± {error}; family by AIC, {lead} before {second}",
        file=file,
        n=times.mean.n,
        error=in_figures(digits(times.cv_error)),
        lead=in_figures(digits(rest[1][1] - rest[0][1])),
        second=rest[1][0],
    )


def of_share(file: str, share: Interval) -> str:
    """What a share was found from."""
    return say("{file}: n {n}", file=file, n=share.n)


def between(low: float, written: float, high: float, unit: str = "") -> str:
    """A range around what is written, ``11.5-12.1 min``; empty where it holds nothing else."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    ends = digits(low), digits(high)
    is_within = float(ends[0]) <= float(digits(written)) <= float(ends[1])
    return f"{'-'.join(ends)} {unit}".strip() if is_within and ends[0] != ends[1] else ""


def value(text: str, source: str, *, mark: str = "measured", span: str = "") -> str:
    """A value with its mark and source, and the range in which it may lie."""
    shown = in_quotes(text) if re.search(r"[,(]", text) else text
    told = f", range: {span}" if span else ""
    return f"{{value: {shown}, mark: {mark}, source: {in_quotes(one_line(source))}{told}}}"


def share_text(file: str, share: Interval) -> str:
    """A share as a value: percent, from how many, and its range."""
    span = between(100 * share.low, 100 * share.mean, 100 * share.high, "%")
    return value(percent_text(share.mean), of_share(file, share), span=span)


def times_text(file: str, times: Times, unit: str) -> str:
    """Times as a value: their distribution, from how many, and the range of the mean.

    There is no range where the mean as it is written lies outside, as that of a uniform
    distribution may, or where nothing is known of it.
    """
    written = times.mean.mean if times.family != "uniform" else (times.least + times.most) / 2
    span = between(times.mean.low, written, times.mean.high, unit)
    return value(distribution(times, unit), of_times(file, times), span=span)


def digits(value: float) -> str:
    """Four digits, never in powers of ten."""
    text = f"{value:.4g}"
    return text if "e" not in text else f"{value:.10f}".rstrip("0").rstrip(".")


def percent_text(share: float) -> str:
    """A share in percent, as a scenario says it."""
    return f"{digits(100 * share)} %"


def percent_in_words(share: float) -> str:
    """A share in percent, as a sentence tells it."""
    return say("{number} %", number=in_figures(digits(100 * share)))


def in_figures(text: str) -> str:
    """A number that is written already, with what stands before decimals in the language in use."""
    return text.replace(".", marks()[0])


def clock(microseconds: int) -> str:
    """A time of day: ``07:30``."""
    return f"{microseconds // HOUR:02d}:{microseconds % HOUR // MINUTE:02d}"


def safe_name(name: str) -> str:
    """A name without what cannot stand in the names of a scenario."""
    return " ".join(_NOT_IN_NAMES.sub(" ", name).split()) or say("unnamed")


def one_line(text: str) -> str:
    """A text without breaks."""
    return " ".join(text.split())


def quoted(text: str) -> str:
    """A name or text as YAML takes it, in quotes where it needs them."""
    is_plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML
    return text if is_plain else in_quotes(text)
