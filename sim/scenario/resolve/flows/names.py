"""Names the steps of a flow, and refuses what leaves a name to chance."""

from __future__ import annotations

from sim.language import say
from sim.scenario.faults import Faults
from sim.scenario.schema.step_names import draws, own_name, plain_name, step_names
from sim.scenario.text.tree import Path, dotted


def names_of_flow(path: Path, faults: Faults) -> dict[Path, str]:
    """The names of the steps of the flow at a path, by the path of each.

    Two of one name are a fault; so is a step without a name of its own that draws random numbers
    and whose plain name is taken (R1).
    """
    document = faults.scenario.document
    names = step_names(document.get(path), path)
    at = {name: here for here, name in names.items()}
    for here, name in names.items():
        step = document.get(here)
        plain = plain_name(step)
        if name == plain:
            continue
        if own_name(step) is not None:
            faults.add(
                here,
                say(
                    "two steps of the flow are called '{name}'; the other is {path}",
                    name=plain,
                    path=dotted(at[plain]),
                ),
                say("Give one of them a `name`."),
            )
        elif draws(step):
            faults.add(
                here,
                say(
                    "a second step '{name}' of the flow without a name; the other is {path}",
                    name=plain,
                    path=dotted(at[plain]),
                ),
                say("Give the newer of them a `name`, for random numbers belong to names."),
            )
    return names
