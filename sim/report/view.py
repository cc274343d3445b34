"""Chooses what a report shows of results: which bundle, which cells once, and what to call them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sim.experiment.results import Cell, Results
from sim.language import marks, say, say_of_scenario
from sim.report.words import percent
from sim.wording import visible

_AMOUNT: Final = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*(\D*?)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Cells that share their runs, shown as one.

    ``group`` says what has no number (the regime), ``rest`` the levers with numbers; ``label`` is
    both.  ``settings`` has the name and the setting of each lever with numbers, "any" where it
    does not matter.  ``stands_for`` counts the cells.
    """

    cell: Cell
    group: str
    rest: str
    settings: tuple[tuple[str, str], ...]
    stands_for: int

    @property
    def label(self) -> str:
        """What the cell is called in tables and texts."""
        return ", ".join(words for words in (self.group, self.rest) if words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A lever that differs between cells; ``amounts`` by text where every setting is a number."""

    name: str
    label: str
    texts: tuple[str, ...]
    amounts: Mapping[str, float] | None


def bundles(results: Results) -> tuple[str, ...]:
    """The bundles that the results are about.

    Those of the target and the claims; without them every bundle with working days to show.
    """
    scenario = results.cells[0].scenario
    named = [scenario.target.bundle] if scenario.target else []
    named += [claim.bundle for claim in scenario.claims]
    found = [estimate.group for estimate in results.estimates if estimate.kpi == "n_cases"]
    return tuple(dict.fromkeys(b for b in named or found if "/" not in b and b in found))


def bundle_label(results: Results, bundle: str) -> str:
    """What a bundle is called in reports."""
    spec = results.cells[0].scenario.spec.bundles.get(bundle)
    return visible(say_of_scenario((spec.label if spec else None) or bundle))


def channels(results: Results, cell: str, bundle: str) -> tuple[str, ...]:
    """The groups of a bundle by channel that had cases in a cell."""
    return tuple(
        estimate.group
        for estimate in results.estimates
        if estimate.variant == cell
        and estimate.kpi == "n_cases"
        and estimate.group.startswith(f"{bundle}/")
        and estimate.mean > 0
    )


def levers(results: Results) -> tuple[Lever, ...]:
    """The levers that differ between cells, in the order in which they were given."""
    names = dict.fromkeys(name for cell in results.cells for name in cell.settings)
    found = []
    for name in names:
        texts = tuple(dict.fromkeys(cell.settings.get(name, "") for cell in results.cells))
        if len(texts) > 1:
            found.append(
                Lever(
                    name=name,
                    label=_lever_label(results, name),
                    texts=texts,
                    amounts=amounts(texts),
                )
            )
    return tuple(found)


def amounts(texts: Sequence[str]) -> Mapping[str, float] | None:
    """The numbers that texts such as ``47.8 %`` give, None unless all do and in one unit."""
    matches = [_AMOUNT.fullmatch(text) for text in texts]
    known = [match for match in matches if match is not None]
    if len(known) < len(texts) or len({match[2] for match in known}) > 1:
        return None
    return {text: float(match[1]) for text, match in zip(texts, known, strict=True)}


def setting(results: Results, lever: Lever, text: str) -> str:
    """A lever's setting in words: ``Staff × 0.7``, or the label of a regime."""
    if lever.amounts is not None:
        return f"{lever.label} {tick(text)}"
    return visible(say_of_scenario(_label(results, lever.name, text) or text))


def tick(text: str) -> str:
    """A setting short enough for an axis, kept on one line: a factor ``0.7 x`` reads ``× 0.7``."""
    match = _AMOUNT.fullmatch(text)
    shown = f"× {match[1]}" if match and match[2] in ("x", "×") else text
    if match:
        shown = shown.replace(".", marks()[0])
        shown = shown if match[2] != "%" else percent(shown.removesuffix("%").strip())
    return shown.replace(" ", "\u00a0")


def distinct(results: Results) -> tuple[Shown, ...]:
    """The cells, those that share their runs as one, those of a group one after the other.

    A lever that does not matter among cells that share their runs is left out of their label.
    """
    families: dict[str, list[Cell]] = {}
    for cell in results.cells:
        families.setdefault(cell.shares_runs_with or cell.name, []).append(cell)
    moved = levers(results)
    found = [_shown(results, family, moved) for family in families.values()]
    groups = list(dict.fromkeys(each.group for each in found))
    return tuple(sorted(found, key=lambda each: groups.index(each.group)))


def shown_as(results: Results, cell: str) -> str:
    """The label under which :func:`distinct` shows a cell."""
    runs = results.cell(cell).shares_runs_with or cell
    return next(shown.label for shown in distinct(results) if shown.cell.name == runs)


def baseline_words(results: Results) -> str:
    """What cells are set against, saying that all else is alike where each has its own."""
    label = baseline_label(results)
    return say("{setting} with all else alike", setting=label) if is_paired(results) else label


def baseline_label(results: Results) -> str:
    """What cells are set against: a cell, or where each has its own what all of these have."""
    if not is_paired(results):
        return f"“{shown_as(results, results.baseline)}”"
    return f"“{compared_as(results, results.cell(results.baseline))}”"


def is_paired(results: Results) -> bool:
    """Whether cells are set against baselines of their own, rather than all against one."""
    return len({cell.baseline for cell in results.cells if cell.baseline}) > 1


def compared(results: Results) -> tuple[Lever, ...]:
    """The levers in which some cell differs from the cell that it is set against."""
    pairs = [(cell, results.cell(cell.baseline)) for cell in results.cells if cell.baseline]
    return tuple(
        lever
        for lever in levers(results)
        if any(a.settings.get(lever.name) != b.settings.get(lever.name) for a, b in pairs)
    )


def compared_as(results: Results, cell: Cell) -> str:
    """What a cell is among those that are compared, in words: the levers of :func:`compared`."""
    return ", ".join(
        setting(results, lever, cell.settings[lever.name])
        for lever in compared(results)
        if lever.name in cell.settings
    )


def _shown(results: Results, family: Sequence[Cell], moved: Sequence[Lever]) -> Shown:
    first = family[0]
    groups: list[str] = []
    rests: list[str] = []
    settings: list[tuple[str, str]] = []
    if moved and len({cell.variant for cell in results.cells}) > 1:
        groups.append(visible(say_of_scenario(first.variant or first.scenario.title)))
    for lever in moved:
        texts = tuple(dict.fromkeys(cell.settings.get(lever.name, "") for cell in family))
        text = texts[0] if len(texts) == 1 else ""
        if text and lever.amounts is not None:
            rests.append(setting(results, lever, text))
        elif lever.amounts is None and (text or len(texts) < len(lever.texts)):
            # Some of the names only: it may matter with the others.
            groups.append(" = ".join(setting(results, lever, each) for each in texts))
        if lever.amounts is not None:
            settings.append((lever.name, tick(text) if text else say("any")))
    if not groups and not rests:
        # Nothing is swept; a compared cell that has a twin stands for both.
        rests = [" = ".join(visible(say_of_scenario(cell.name)) for cell in family)]
    return Shown(
        cell=first,
        group=", ".join(groups),
        rest=", ".join(rests),
        settings=tuple(settings),
        stands_for=len(family),
    )


def _lever_label(results: Results, name: str) -> str:
    spec = results.cells[0].scenario.levers.get(name)
    return visible(say_of_scenario((spec.label if spec else None) or name))


def _label(results: Results, name: str, text: str) -> str | None:
    """What the scenario calls a regime or a reading."""
    scenario = results.cells[0].scenario
    spec = scenario.levers.get(name)
    for path in spec.paths if spec else (name,):
        if path == "reading" and text in scenario.spec.readings:
            return scenario.spec.readings[text].label
        parts = path.split(".")
        bundle = scenario.spec.bundles.get(parts[1]) if len(parts) == 3 else None
        if bundle and parts[2] == "regime" and text in bundle.regimes:
            return bundle.regimes[text].label
    return None


def in_words(name: str) -> str:
    """A name of a scenario, such as that of a step, as words."""
    return visible(say_of_scenario(name.replace("_", " ")))


def channel_label(channel: str) -> str:
    """What a channel is called in reports."""
    return visible(say_of_scenario(channel))


def roles(results: Results) -> tuple[str, ...]:
    """The roles that have staff in some cell."""
    found = [each.group for each in results.estimates if each.kpi == "utilisation"]
    return tuple(dict.fromkeys(group for group in found if "@" not in group))


def role_label(results: Results, role: str) -> str:
    """What a role is called in reports, without what stands in brackets."""
    group = results.cells[0].scenario.spec.staff.get(role)
    label = group.label if group and group.label else role.replace("_", " ")
    return visible(say_of_scenario(label).partition(" (")[0])
