"""Says which offices keep to their share on time and which differ from the others: rows and words.

A row of the chief table is a service of a cell, with counts of offices; one of the other tables is
an office.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.analysis.estimate import Interval
from sim.experiment.offices import LAW, ON_TIME, OfficeEstimate
from sim.experiment.results import Results
from sim.language import Phrases, say
from sim.report.view import Shown, bundle_label, channel_label, distinct
from sim.report.words import NOTHING, amount, between, number
from sim.wording import visible

MOST_CELLS: Final = 4
"""Cells whose offices are shown; those of the others are in the file."""

WORST: Final = 20
BEST: Final = 5
"""Offices that are shown from either end, where there are more than both."""

_ENOUGH: Final = 20
"""Replications from which single offices can be told apart, see ``docs/results.md``."""

_OTHERS: Final = Phrases(
    {"less": "lower", "more": "higher", "alike": "alike", "unknown": "cannot tell"}
)
_LINE: Final = Phrases(
    {"less": "below", "more": "above", "alike": "at it", "unknown": "cannot tell"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table with what stands above it; the first ``n_names`` columns hold names."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_names: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The offices of a cell with cases of a bundle, from the least share on time up.

    ``line`` is the share on time that they are held to.
    """

    offices: tuple[OfficeEstimate, ...]
    line: float

    @property
    def is_law(self) -> bool:
        """Whether every case has to be on time: one that is late settles it, without chance."""
        return self.line == LAW

    def is_kept(self, office: OfficeEstimate) -> bool:
        """Whether an office is known to keep to the line, or had no late case where that is all."""
        if self.is_law:
            return office.interval.mean == LAW
        return office.to_line is not None and office.to_line.finding in ("more", "alike")

    def is_below(self, office: OfficeEstimate) -> bool:
        """Whether an office is below the line by more than chance; of all, by one late case."""
        return office.to_line is not None and office.to_line.finding == "less"

    @property
    def n_kept(self) -> int:
        """How many are known to keep to the line."""
        return sum(map(self.is_kept, self.offices))

    @property
    def n_below(self) -> int:
        """How many are below it."""
        return sum(map(self.is_below, self.offices))

    def n_against_others(self, finding: str) -> int:
        """How many are ``less`` or ``more`` than the others."""
        return sum(e.to_others is not None and e.to_others.finding == finding for e in self.offices)

    def ends(self, worst: int, best: int) -> tuple[tuple[OfficeEstimate, ...], int]:
        """Those at either end, and how many lie between them."""
        n_between = max(len(self.offices) - worst - best, 0)
        if not n_between:
            return self.offices, 0
        return self.offices[:worst] + self.offices[worst + n_between :], n_between


def ranked(results: Results, cell: str, bundle: str) -> Ranked | None:
    """The offices of a cell by their share on time; None where none has any."""
    found = results.by_office
    offices = () if found is None else found.of(cell, ON_TIME, bundle)
    if found is None or not offices:
        return None

    def place(each: OfficeEstimate) -> tuple[float, float]:
        return each.interval.mean, each.interval.low

    return Ranked(offices=tuple(sorted(offices, key=place)), line=found.lines[bundle])


def services(results: Results) -> tuple[str, ...]:
    """The bundles with a share on time, in the order of the scenario."""
    return () if results.by_office is None else results.by_office.groups(ON_TIME)


def shown_cells(results: Results) -> tuple[Shown, ...]:
    """The cells whose offices are shown."""
    return distinct(results)[:MOST_CELLS]


def in_words(results: Results, shown: Shown, bundle: str) -> str:
    """How many offices keep to the line, and how many differ from the others, in sentences."""
    found = ranked(results, shown.cell.name, bundle)
    if found is None:
        return ""
    n = number(len(found.offices))
    if found.is_law:
        first = say(
            "No case late in any replication: {kept} of {n} offices.",
            kept=number(found.n_kept),
            n=n,
        )
    else:
        first = say(
            "Below {line} on time by more than chance: {below} of {n} offices; keeping to it: "
            "{kept}; not to be told: {rest}.",
            n=n,
            below=number(found.n_below),
            line=line_in_words(found.line),
            kept=number(found.n_kept),
            rest=number(len(found.offices) - found.n_below - found.n_kept),
        )
    if len(found.offices) < 2:
        return first
    second = say(
        "Lower than all others together by more than chance: {less}; higher: {more}.",
        less=number(found.n_against_others("less")),
        more=number(found.n_against_others("more")),
    )
    return f"{first} {second}"


def line_in_words(line: float) -> str:
    """The share on time that offices are held to: "95 %"."""
    return amount(line, "share", 1 if round(100 * line, 6) % 1 else 0)


def overview(results: Results) -> Listing:
    """A row for each service and cell: how many offices keep to the line, and the worst of them."""
    cells = shown_cells(results)
    rows = []
    for bundle in services(results):
        for shown in cells:
            if (found := ranked(results, shown.cell.name, bundle)) is None:
                continue
            worst = found.offices[0]
            n = len(found.offices)
            rows.append(
                (
                    bundle_label(results, bundle),
                    *([shown.label] if len(cells) > 1 else []),
                    line_in_words(found.line),
                    number(n),
                    number(found.n_kept),
                    number(found.n_below),
                    number(n - found.n_kept - found.n_below),
                    number(found.n_against_others("less")),
                    number(found.n_against_others("more")),
                    f"{visible(worst.label)}: {share_in_words(worst.interval)}",
                )
            )
    return Listing(
        title=say("Offices by service: who keeps to the share on time"),
        heads=(
            say("Service"),
            *([say("Setting")] if len(cells) > 1 else []),
            say("Line"),
            say("Offices"),
            say("Keep to it"),
            say("Below it"),
            say("Cannot tell"),
            say("Lower than the others"),
            say("Higher than the others"),
            say("Worst office: on time, %"),
        ),
        rows=tuple(rows),
        n_names=1 if len(cells) == 1 else 2,
    )


def offices_of(
    results: Results, shown: Shown, bundle: str, worst: int, best: int
) -> Listing | None:
    """The offices of a cell with the least and the greatest share on time; None without any."""
    found = ranked(results, shown.cell.name, bundle)
    if found is None or results.by_office is None:
        return None
    more = [
        (words, {e.office: e for e in results.by_office.of(shown.cell.name, kpi, group)})
        for words, kpi, group in _other_shares(results, bundle)
    ]
    ends, n_between = found.ends(worst, best)
    rows = [_row(found, each, [shares.get(each.office) for _, shares in more]) for each in ends]
    if n_between:
        between_ends = say("… {n} offices", n=number(n_between))
        rows.insert(worst, (between_ends, *[""] * (3 + len(more))))
    label = bundle_label(results, bundle)
    if len(distinct(results)) > 1:
        label = f"{label}, “{shown.label}”"
    return Listing(
        title=say(
            "{bundle}: offices from the least share on time up, held to {line}",
            bundle=label,
            line=line_in_words(found.line),
        ),
        heads=(
            say("Office"),
            say("On time, %"),
            say("Against the line"),
            say("Less the others, points"),
            *(words for words, _ in more),
        ),
        rows=tuple(rows),
    )


def judged_in_words(results: Results) -> tuple[str, ...]:
    """What has to be known to read the tables."""
    few = say(
        "With {n} replications little can be told of single offices: of many judged together, each "
        "has to differ by much. Take {enough} or more.",
        n=number(results.replications),
        enough=number(_ENOUGH),
    )
    return (
        *([few] if results.replications < _ENOUGH else []),
        say(
            "A case belongs to its home office. In brackets: 95\u00a0% interval of that office "
            "alone. What is below, above, lower or higher is so by more than chance: with a chance "
            "of 95\u00a0% no office of a service is called that which is not (Holm’s rule, over "
            "its offices). Alike: the difference is within 1 point. An office without a case of a "
            "service has no figure."
        ),
        say(
            "Against 100\u00a0%, what the law asks, one late case settles it: below are those that "
            "had one, keep to it those that had none."
        ),
        say(
            "These are the parts of the published service index (Decision 766/QĐ-TTg) that a run "
            "can compute. Satisfaction is left out, for nobody is asked in a run; so are all other "
            "parts, and points: no sum is formed."
        ),
    )


def share_in_words(found: Interval) -> str:
    """A share in percent with its interval: "95.2 (93.1 to 96.8)"."""
    return _with_ends(number(100 * found.mean, 1), found)


def _other_shares(results: Results, bundle: str) -> list[tuple[str, str, str]]:
    """Heading, KPI and group of the shares of a bundle beside that on time."""
    if results.by_office is None:
        return []
    channels = [g for g in results.by_office.groups("uptake") if g.partition("/")[0] == bundle]
    wanted = [
        *(
            (
                say("Filed {channel}, %", channel=channel_label(group.partition("/")[2])),
                "uptake",
                group,
            )
            for group in channels
        ),
        (say("Paid online, %"), "paid_online_share", bundle),
        (say("Nothing given that offices know, %"), "reused_share", bundle),
    ]
    return [each for each in wanted if each[2] in results.by_office.groups(each[1])]


def _row(
    found: Ranked, office: OfficeEstimate, shares: Sequence[OfficeEstimate | None]
) -> tuple[str, ...]:
    others = office.to_others
    return (
        visible(office.label),
        share_in_words(office.interval),
        _to_line(found, office),
        NOTHING
        if others is None
        else f"{_OTHERS[others.finding]}: "
        + _with_ends(number(100 * others.interval.mean, 1), others.interval),
        *(NOTHING if each is None else share_in_words(each.interval) for each in shares),
    )


def _to_line(found: Ranked, office: OfficeEstimate) -> str:
    if found.is_law:
        return say("none late") if found.is_kept(office) else say("below")
    return _LINE[office.to_line.finding] if office.to_line is not None else NOTHING


def _with_ends(value: str, found: Interval) -> str:
    ends = between(found.low, found.high, "share")
    return f"{value} ({ends})" if ends else value
