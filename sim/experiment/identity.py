"""Says what makes two studies one, and in what another is unlike it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.language import later, say
from sim.wording import some


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What makes two studies one: the second goes on where the first stopped, or writes it again.

    ``cells`` are the names and fingerprints of those that are run, with what they are set against;
    ``version`` is that of lienthong.
    """

    cells: tuple[tuple[str, str, str], ...]
    seed: int
    first: int
    bundles: tuple[str, ...]
    version: str

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Identity:
        """That of the study that a manifest is of."""
        return cls(
            cells=tuple(
                (cell["name"], cell["model_sha256"], cell.get("baseline", ""))
                for cell in manifest["cells"]
            ),
            seed=manifest["seed"],
            first=manifest["first_replication"],
            bundles=tuple(manifest["bundles"]),
            version=manifest["versions"]["lienthong"],
        )

    def unlike(self, held: Identity) -> str:
        """In what another study differs from this one, in words; empty for the same."""
        names, known = ([name for name, _, _ in each.cells] for each in (self, held))
        changed = [mine[0] for mine in self.cells if mine[0] in known and mine not in held.cells]
        every = say("all")
        found = (
            (later("seed {its}, not {mine}"), held.seed, self.seed),
            (later("first replication {its}, not {mine}"), held.first, self.first),
            (
                later("bundles {its}, not {mine}"),
                ", ".join(held.bundles) or every,
                ", ".join(self.bundles) or every,
            ),
            (later("lienthong {its}, not {mine}"), held.version, self.version),
        )
        words = [say(what, its=its, mine=mine) for what, its, mine in found if its != mine]
        if changed:
            words.insert(0, say("another scenario or baseline in {names}", names=some(changed)))
        elif names != known:
            words.insert(
                0, say("other settings: {its}, not {mine}", its=some(known), mine=some(names))
            )
        return "; ".join(words)
