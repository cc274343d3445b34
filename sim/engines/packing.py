"""Adds the cases and outages of one replication to the layout of a model."""

from __future__ import annotations

import numpy as np

from sim.arrivals import AT_START
from sim.engines import protocol
from sim.engines.block import Block, Ints, intervals, ints
from sim.engines.kernel import fields as f
from sim.engines.layout import Layout
from sim.engines.protocol import Inputs
from sim.model import Model


def with_cases(model: Model, laid: Layout, inputs: Inputs, *, spare: int) -> Ints:
    """Copy a layout and add the cases and outages of a replication, and ``spare`` free memory."""
    cases = inputs.cases
    n = int(np.searchsorted(cases.arrives_at, model.horizon))  # the others never come
    flow = cases.flow[:n]
    block = Block(0)
    block.add(laid.memory)
    for i, systems in enumerate(laid.up_systems):
        place = block.add(intervals(inputs.all_up(systems)))
        block.write(laid.ups_from + i, ints([place]))
    starts = ints([model.flows[i].start for i in range(len(model.flows))])
    entry = np.where(cases.entry[:n] == AT_START, starts[flow], cases.entry[:n])
    visited = np.cumsum(laid.most_visited[flow])
    visits = block.reserve(int(visited[-1]) if n else 0)
    head = {
        f.KEY_0: inputs.key[0],
        f.KEY_1: inputs.key[1],
        f.N_CASES: n,
        f.N_PROPERTIES: len(model.properties),
        f.ARRIVES_AT: block.add(np.maximum(cases.arrives_at[:n], 0)),
        f.RECEIVED_AT: block.add(cases.received_at[:n]),
        f.FLOW_OF: block.add(laid.receipts[flow]),
        f.HOME_OF: block.add(laid.homes[cases.home[:n]]),
        f.STREAM_OF: block.add(cases.stream[:n].astype(np.int64)),
        f.NUMBER_OF: block.add(cases.number[:n]),
        f.ENTRY_OF: block.add(laid.entries[entry]),
        f.BACKLOG_OF: block.add(_backlog(model, inputs, n, block)),
        f.VISITS_OF: block.add(
            visits + visited - laid.most_visited[flow] - laid.first_visited[flow]
        ),
        f.CLOCK_OF: block.add(np.full(n, f.NONE, np.int64)),
        f.PROPERTIES: block.add(cases.properties[:n]),
        f.NEXT_CLOCK: block.reserve(int(laid.most_clocks[flow].sum()) * f.N_CLOCK),
    }
    # All that a turn can schedule must fit after one more doubling.
    room = 2 * (len(model.staff) + len(model.offices) + 1)
    head[f.MARGIN] = (laid.n_branches + 2) * f.N_TOKEN + 8 * f.N_ROW * room
    block.write(f.EVENTS, ints([block.reserve(f.N_ROW * room), 0, room]))
    head[f.TOP] = block.size
    for field, value in head.items():
        block.write(field, ints([value]))
    return block.memory(block.size + head[f.MARGIN] + spare)


def _backlog(model: Model, inputs: Inputs, n: int, block: Block) -> Ints:
    """Where the clocks are listed that run for each case under way, NONE for a new case."""
    cases = inputs.cases
    places = np.full(n, f.NONE, np.int64)
    under_way = np.flatnonzero(cases.entry[:n] != AT_START)
    stands = np.column_stack((cases.flow[under_way], cases.entry[under_way]))
    kinds, kind = np.unique(stands, axis=0, return_inverse=True)
    lists = []
    for flow, entry in kinds.tolist():
        running = protocol.clocks_running(model, flow, entry)
        lists.append(block.add(ints([len(running), *running])))
    places[under_way] = ints(lists)[kind.reshape(-1)]
    return places
