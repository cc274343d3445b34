"""Says what makes two studies one, and in what another is unlike it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
        found = (
            ("seed", held.seed, self.seed),
            ("first replication", held.first, self.first),
            ("bundles", ", ".join(held.bundles) or "all", ", ".join(self.bundles) or "all"),
            ("lienthong", held.version, self.version),
        )
        words = [f"{what} {its}, not {mine}" for what, its, mine in found if its != mine]
        if changed:
            words.insert(0, f"another scenario or baseline in {some(changed)}")
        elif names != known:
            words.insert(0, f"other settings: {some(known)}, not {some(names)}")
        return "; ".join(words)
