"""The tables of the kernel: ``Plan`` says what is to happen, ``State`` how far it has come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Plan(NamedTuple):
    """What a run reads.  Two-dimensional tables have the columns of :mod:`columns`.

    Ranges point into the table named after them; ``day_*`` are the fields of ``WorkingDays``;
    ``limit_ranges[flow, procedure]`` points into ``limits`` (from day, days), its last column is
    the bundle's; ``clocks_of_entry`` are the clocks that run for a case under way.
    """

    key: NDArray[np.uint64]
    horizon: int
    first_day: int
    n_branches: int
    elements: Ints
    options: Ints
    option_shares: Floats
    option_values: Ints
    branches: Ints
    samplers: Ints
    shares: Floats
    nodes: Floats
    intervals: Ints
    instants: Ints
    day_count: Ints
    days: Ints
    day_opens: Ints
    day_closes: Ints
    cut_offs: Ints
    bundle_cut_offs: Ints
    limits: Ints
    limit_ranges: Ints
    slots: Ints
    offices: Ints
    office_at: Ints
    teams: Ints
    team_queues: Ints
    staff: Ints
    speeds: Floats
    arrives_at: Ints
    received_at: Ints
    flow: Ints
    home: Ints
    stream: Ints
    number: Ints
    entry: Ints
    properties: Ints
    backlog: Ints
    entry_clocks_from: Ints
    entry_clocks: Ints
    first_visit: Ints


class State(NamedTuple):
    """What a run writes.

    ``new`` and ``later`` are rings of tokens that move at this instant: made by a fork, and other.
    ``events``, ``changed``, ``places`` (waiting items) and ``idle`` (staff) hold heaps.
    """

    counters: Ints
    cursors: Ints
    next_instants: Ints
    tokens: Ints
    free: Ints
    new: Ints
    later: Ints
    events: Ints
    changed: Ints
    desks: Ints
    n_idle: Ints
    idle: Ints
    queues: Ints
    places: Ints
    visits: NDArray[np.int32]
    first_clock: Ints
    clocks: Ints
    items: Ints
    cases: Ints
