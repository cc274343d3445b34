"""Draws the pictures of a study for its folder and its page, and keeps a fault in one to that one.

Tables and report are worth more than a picture: one that fails is named with its reason, and the
rest is drawn.  Nothing else guards a figure: whoever calls :mod:`sim.report.figures` gets its
errors.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from sim.experiment.results import Results
from sim.language import say
from sim.report.figures import FIGURES, encode
from sim.report.view import bundles


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """The pictures of a study.

    ``files`` has the bytes by path in the folder of the results, ``svg`` those that the page shows,
    by bundle and by name, and ``faults`` a line for each picture that could not be drawn.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    svg: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def pictures(results: Results) -> Pictures:
    """Draw every figure of every bundle that the results are about, as PNG and as SVG."""
    about = bundles(results)
    files: dict[str, bytes] = {}
    svg: dict[str, dict[str, bytes]] = {bundle: {} for bundle in about}
    faults: list[str] = []
    for bundle in about:
        for name, draw in FIGURES.items():
            stem = name if len(about) == 1 else f"{bundle}-{name}"
            try:
                figure = draw(results, bundle)
                if figure is None:
                    continue
                drawn = {form: encode(figure, form) for form in ("svg", "png")}
            except Exception as error:  # noqa: BLE001 - whatever it is, the numbers are right
                words = say(
                    "The picture {name} could not be drawn: {reason}.",
                    name=stem,
                    reason=_reason(error),
                )
                faults.append(words)
                continue
            svg[bundle][name] = drawn["svg"]
            files |= {f"figures/{stem}.{form}": found for form, found in drawn.items()}
    return Pictures(files=files, svg=svg, faults=tuple(faults))


def _reason(error: Exception) -> str:
    """The error in one line, and where it was raised, for whoever mends it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    words = " ".join(str(error).split())
    what = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return f"{what} ({PurePath(frame.filename).name}:{frame.lineno})"
