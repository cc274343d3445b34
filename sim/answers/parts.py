"""What leads from one point to another: the parts of a reform, or the levers in which they differ.

Whatever the parts, any set of them is a scenario: its overrides by entry and by lever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.answers.asking import Where, check_variant
from sim.errors import RequestError
from sim.language import say
from sim.scenario import Scenario
from sim.scenario.load import read, scenario_of
from sim.scenario.overrides.entries import reform_entries, variant_entries
from sim.scenario.schema.reforms import ReformSpec
from sim.scenario.text.tree import Document, Path
from sim.wording import some


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a reform.

    ``change`` says in words what it sets, empty for a part that the scenario names; ``after`` names
    the parts that come before it.
    """

    name: str
    label: str
    change: str = ""
    note: str = ""
    mark: str = ""
    source: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reform:
    """What leads from ``before`` to ``after``, in parts.

    ``name`` is that of the scenario's reform; None where each lever is a part.  ``scenario`` is the
    one as written.
    """

    scenario: Scenario
    document: Document = field(repr=False)
    name: str | None
    label: str
    note: str
    before: Where
    after: Where
    parts: tuple[Part, ...]

    @property
    def moved(self) -> Mapping[str, Sequence[str]]:
        """The levers and paths that each part sets, by what it is called, and what holds beside."""
        if self.name is None:
            ends = {f"'{end.name}'": tuple(end.settings) for end in (self.before, self.after)}
            return {
                say("part '{name}'", name=part.name): (part.name,) for part in self.parts
            } | ends

        def keys(*parts: str) -> Sequence[str]:
            entries = reform_entries(self.document, str(self.name), parts)
            return [str(at[-1]) for at in entries]

        through = {say("reform '{name}'", name=self.name): keys()}
        return through | {
            say("part '{name}'", name=part.name): keys(part.name) for part in self.parts
        }

    def with_parts(self, there: frozenset[str]) -> tuple[tuple[Path, ...], Mapping[str, str]]:
        """The overrides with which some parts are there: entries, and settings by lever."""
        before = _entries(self.document, self.before)
        if self.name is not None:
            named = [part.name for part in self.parts if part.name in there]
            return (*before, *reform_entries(self.document, self.name, named)), {}
        after = _entries(self.document, self.after)
        entries = (
            *(at for at in before if at[-1] not in there),
            *(at for at in after if at[-1] in there),
        )
        settings = {
            **{lever: text for lever, text in self.before.settings.items() if lever not in there},
            **{lever: text for lever, text in self.after.settings.items() if lever in there},
        }
        return entries, settings


def reform_between(path: str, before: Where | None, after: Where | None) -> Reform:
    """The reform that leads from one point to another.

    Parameters
    ----------
    before, after
        Where it leads from and to; one of them alone is set against the scenario as written.
        Without either it is the only reform of the scenario.

    Raises
    ------
    ScenarioError
        With all faults of the scenario.
    RequestError
        There is no such variant, or no reform, or nothing differs.
    """
    document, files = read(path)
    scenario = scenario_of(path, document.copy(), files, variant=None, settings={})
    reforms = scenario.spec.reforms
    if before is None and after is None:
        name = _only(path, reforms)
        ends = Where(variant=reforms[name].before), Where(variant=reforms[name].after)
    else:
        ends = before or Where(), after or Where()
        for end in ends:
            check_variant(scenario.variants, end.variant)
        found = (each for each, reform in reforms.items() if _leads(reform, *ends))
        name = next(found, "")
    if name:
        return _named(scenario, document, name, *ends)
    parts = tuple(_levers(scenario, document, *ends))
    if not parts:
        raise RequestError(
            say(
                "'{first}' and '{second}' do not differ: there is nothing to split. Name "
                "two that do, with --from and --to.",
                first=ends[0].name,
                second=ends[1].name,
            )
        )
    return Reform(
        scenario=scenario,
        document=document,
        name=None,
        label="",
        note="",
        before=ends[0],
        after=ends[1],
        parts=parts,
    )


def _only(path: str, reforms: Mapping[str, ReformSpec]) -> str:
    if len(reforms) == 1:
        return next(iter(reforms))
    if not reforms:
        raise RequestError(
            say("{path} names no reform. Give --from and --to, each with a variant.", path=path)
        )
    raise RequestError(
        say(
            "{path} has {n} reforms: {names}. Give --from and --to to say which.",
            path=path,
            n=len(reforms),
            names=some(list(reforms)),
        )
    )


def _leads(reform: ReformSpec, before: Where, after: Where) -> bool:
    has_settings = bool(before.settings or after.settings)
    ends = (reform.before, reform.after)
    return not has_settings and ends == (before.variant, after.variant)


def _named(
    scenario: Scenario, document: Document, name: str, before: Where, after: Where
) -> Reform:
    spec = scenario.spec.reforms[name]
    return Reform(
        scenario=scenario,
        document=document,
        name=name,
        label=spec.label or name,
        note=spec.note or "",
        before=before,
        after=after,
        parts=tuple(
            Part(
                name=part,
                label=each.label or part,
                note=each.note or "",
                mark=each.mark or ("stated" if each.source else ""),
                source=each.source or "",
                after=each.after,
            )
            for part, each in spec.parts.items()
        ),
    )


def _levers(scenario: Scenario, document: Document, before: Where, after: Where) -> list[Part]:
    """A part for each lever, or path, that is not set alike on both sides."""
    sides = [_set(document, end) for end in (before, after)]
    found = []
    for lever in dict.fromkeys([*sides[0], *sides[1]]):
        texts = [" then ".join(map(str, side.get(lever, ()))) for side in sides]
        if sides[0].get(lever, ()) != sides[1].get(lever, ()):
            spec = scenario.levers.get(lever)
            change = f"{texts[0] or 'as written'} → {texts[1] or 'as written'}"
            label = (spec.label if spec else None) or lever
            found.append(Part(name=lever, label=label, change=change))
    return found


def _set(document: Document, where: Where) -> dict[str, tuple[object, ...]]:
    """What a point sets, by lever or path, in its order."""
    found: dict[str, tuple[object, ...]] = {}
    for at in _entries(document, where):
        found[str(at[-1])] = (*found.get(str(at[-1]), ()), document.get(at))
    for lever, text in where.settings.items():
        found[lever] = (*found.get(lever, ()), text)
    return found


def _entries(document: Document, where: Where) -> tuple[Path, ...]:
    return () if where.variant is None else variant_entries(document, where.variant)
