"""Shows results: tables in a terminal, figures, and a page that opens without a network."""

from __future__ import annotations

from sim.report.figures import draw, encode
from sim.report.page import page
from sim.report.pictures import pictures
from sim.report.tables import show_loads, show_results, show_values
from sim.report.view import bundles

__all__ = [
    "bundles",
    "draw",
    "encode",
    "page",
    "pictures",
    "show_loads",
    "show_results",
    "show_values",
]
