"""Advises where a file is no YAML: by what the parser says and the line at which it stopped."""

from __future__ import annotations

import re
from typing import Final

_TWO_COLONS: Final = re.compile(r"""[\s-]*([^\s:#"'][^:"']*):\s+([^\s:"'\[][^"']*?:(?:\s.*)?)""")


def advice(problem: str, line: str) -> str:
    """A way out of a fault in the syntax.

    Parameters
    ----------
    problem
        What the parser says.
    line
        The line at which it stopped.
    """
    if r"\t" in problem:
        return "Indent with blanks, not with tabs."
    for entry in re.split("[{},]", line) if "{" in line else [line]:
        if match := _TWO_COLONS.fullmatch(entry):
            return f'Put a text with a colon into quotes: {match[1]}: "{match[2].strip()}".'
    return "Check the indentation, the colons and the brackets just above."
