"""Advises where a file is no YAML: by what the parser says and the line at which it stopped."""

from __future__ import annotations

import re
from typing import Final

from sim.language import later, say
from sim.wording import retold

_TWO_COLONS: Final = re.compile(r"""[\s-]*([^\s:#"'][^:"']*):\s+([^\s:"'\[][^"']*?:(?:\s.*)?)""")


_OF_THE_PARSER: Final = (
    later("mapping values are not allowed here"),
    later("mapping keys are not allowed here"),
    later("sequence entries are not allowed here"),
    later("could not find expected"),
    later("that cannot start any token"),
    later("found unknown escape character"),
    later("found undefined tag handle"),
    later("found unexpected end of stream"),
    later("found unexpected document separator"),
    later("found unexpected"),
    later("found duplicate YAML directive"),
    later("found character"),
    later("duplicate tag handle"),
    later("more indented follow up line than first in a block scalar"),
    later("invalid intendation or unclosed"),
    later("while scanning a simple key"),
    later("while scanning a quoted scalar"),
    later("while scanning a double-quoted scalar"),
    later("while parsing a flow mapping"),
    later("while parsing a flow sequence"),
    later("while parsing a block mapping"),
    later("while parsing a block collection"),
    later("expected alphabetic or numeric character"),
    later("expected a comment or a line break"),
    later("expected chomping or indentation indicators"),
    later("expected indentation indicator in the range"),
    later("expected URI escape sequence of"),
    later("expected escape sequence of"),
    later("hexdecimal numbers"),
    later("expected the node content"),
    later("expected a digit"),
    later("but found"),
    later("but got"),
    later("expected"),
    later("special characters are not allowed"),
    later("unacceptable character"),
    later(" or "),
    later("<stream end>"),
    later("<block end>"),
    later("<block mapping start>"),
    later("<document start>"),
    later("<document end>"),
    later("<scalar>"),
)
"""What the parser says, in the parts that stay the same."""


def problem_in_words(problem: str) -> str:
    """What the parser says, in the language in use."""
    return retold(problem, _OF_THE_PARSER)


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
        return say("Indent with blanks, not with tabs.")
    for entry in re.split("[{},]", line) if "{" in line else [line]:
        if match := _TWO_COLONS.fullmatch(entry):
            return say(
                'Put a text with a colon into quotes: {key}: "{text}".',
                key=match[1],
                text=match[2].strip(),
            )
    return say("Check the indentation, the colons and the brackets just above.")
