"""Says texts in the language in use: English as in the code, or what a catalogue has for it.

The language is held in a context variable, set once at the door with :func:`speaking`: two reports
on two threads, or one within another, each have their own.
"""

from __future__ import annotations

from sim.language.catalogue import ENGLISH, LANGUAGES
from sim.language.forms import date_in_words, day_and_month, marks, weekday_in_words
from sim.language.speech import (
    Phrases,
    language,
    later,
    say,
    say_in,
    say_of_scenario,
    several,
    speaking,
)
from sim.language.system import why_not

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "Phrases",
    "date_in_words",
    "day_and_month",
    "language",
    "later",
    "marks",
    "say",
    "say_in",
    "say_of_scenario",
    "several",
    "speaking",
    "weekday_in_words",
    "why_not",
]
