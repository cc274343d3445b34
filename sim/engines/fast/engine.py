"""The compiled engine: the tables of the reference, digit for digit, many times faster.

Here features are checked, room is given and results are read; the event loop itself is in
:mod:`sim.engines.fast.kernel`, which is compiled at its first use on a machine and then kept.  A
model is run part by part (:mod:`sim.engines.fast.parts`), several at once where there are threads.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engines import protocol, tables
from sim.engines.fast import numbering
from sim.engines.fast.block import grown
from sim.engines.fast.desks import Desks, desks
from sim.engines.fast.drawing import compiled_key
from sim.engines.fast.habits import has_habits
from sim.engines.fast.kernel import fields as f
from sim.engines.fast.packing import Packing
from sim.engines.fast.reading import Reading
from sim.engines.fast.rules import KINDS
from sim.engines.protocol import Inputs
from sim.engines.tables import PartTables
from sim.errors import EngineError
from sim.language import say
from sim.model import Activity, Model
from sim.records import EVERYTHING, Keep, Run
from sim.streams import VISITS

NAME: Final = "fast"
IS_THREADED: Final = True

LOOPS: Final = ("general", "plain")
"""The compiled loops: for every model, and for those without habits."""

DRAWS: Final = "uniforms"
"""What is compiled for draws before a run."""

LONGEST: Final = 2**51
"""Microseconds of the longest run, 71 years: instants share 63 bits with a priority."""

MOST_PRIORITIES: Final = 2**11

MOST_ROLES: Final = 62
"""Roles and activities with batches on one level: an office has a bit for each."""

SPARE: Final = 2**20
"""Words of memory for cases that are open; doubled when they are used."""

ITEMS_AT_A_TIME: Final = 2**14
"""Work items that the kernel has room for before they are read; more where they wait for long."""

DRAWING: Final = 0.2
"""Share of the time of a run, about, that goes into drawing and numbering its cases."""

EXITS_AT_A_TIME: Final = 2**12
"""Cases that have ended, with their clocks, that the kernel has room for before they are read."""

WAITS_AT_FIRST: Final = 2**18
"""Waits that there is room for; doubled when they are there."""

MOST_WAITS: Final = 2**63
"""Numbers for the waits of all queues: each queue takes as many as the run has instants."""

_LAYING_OUT: Final = threading.Lock()


def refuses(model: Model) -> tuple[str, ...]:
    """Name what the kernel does not know, or has no room for (E2)."""
    kinds = {type(element) for element in model.elements} - set(KINDS)
    lacking = [say("elements of kind {kind}", kind=kind.__name__) for kind in kinds]
    if find_spec("numba") is None:
        lacking.append(say("anything without the package numba: pip install 'lienthong[fast]'"))
    if model.horizon >= LONGEST:
        lacking.append(say("runs of more than 71 years"))
    if len(model.roles) * len(model.offices) * (model.horizon + 1) > MOST_WAITS:
        lacking.append(say("so many queues over so long a run"))
    if len({e.priority for e in model.elements if isinstance(e, Activity)}) > MOST_PRIORITIES:
        lacking.append(say("more than {n} priorities", n=MOST_PRIORITIES))
    lines = Counter(role.level for role in model.roles)
    lines += Counter(
        model.roles[e.role].level for e in model.elements if isinstance(e, Activity) and e.batch
    )
    if max(lines.values(), default=0) > MOST_ROLES:
        lacking.append(
            say("more than {n} roles and activities with batches on one level", n=MOST_ROLES)
        )
    return tuple(sorted(lacking))


def make_ready(models: Sequence[Model], on_compile: Callable[[], None]) -> None:
    """Compile what the models need of the kernel, unless its code is kept from another time."""
    from sim.engines.fast.kernel.compiler import is_kept

    if not models:
        return
    names = {loop_for(model) for model in models} | {DRAWS}
    if not all(map(is_kept, names)):
        on_compile()
    compile_kernel(names)


def compile_kernel(names: Collection[str] = (*LOOPS, DRAWS)) -> None:
    """Compile functions of the kernel, those whose code is not kept at the same time.

    Numba holds Python's lock, so each but one is compiled by a process of its own, which keeps the
    code; what cannot be kept, or such a process cannot do, is then compiled here.
    """
    from sim.engines.fast.kernel.compiler import is_kept

    first, *others = sorted(names, key=is_kept)
    compilers = [
        subprocess.Popen(  # noqa: S603  our own words
            [sys.executable, "-c", f"import sim.engines.fast.kernel.{name}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in others
        if not is_kept(name)
    ]
    compiled(first)
    for each in compilers:
        each.wait()
    for name in others:
        compiled(name)


def loop_for(model: Model) -> str:
    """The name of the compiled loop that runs a model."""
    general, plain = LOOPS
    return general if has_habits(model) else plain


def compiled(name: str) -> Callable[..., int]:
    """A function of the kernel by its name; compiled, unless its code is kept."""
    function: Callable[..., int] = getattr(import_module(f"sim.engines.fast.kernel.{name}"), name)
    return function


def run(
    model: Model,
    *,
    seed: int,
    replication: int,
    keep: Keep = EVERYTHING,
    threads: int = 1,
    on_share: Callable[[float], None] | None = None,
) -> Run:
    """Run one replication of a model and return what is to be kept of its tables."""
    key = compiled_key(seed, replication)
    up, slow = protocol.outages(model, key), protocol.slow_times(model, key)
    shifts = protocol.shifts(model, key)
    with _LAYING_OUT:  # replications that begin at once need one layout
        shares = desks(model)
    tell = on_share or (lambda _: None)
    numbered = numbering.numbered(
        model,
        [each.part for each in shares],
        key,
        threads=threads,
        on_share=lambda share: tell(DRAWING * share),
    )
    waiting = dict(enumerate(numbered))
    # The largest first: the others then fill the time, and the memory, that is left.
    order = sorted(waiting, key=lambda index: -len(waiting[index].numbers))
    n_cases = sum(len(each.numbers) for each in numbered)
    del numbered
    _give_back(n_cases)

    def tables_of(index: int) -> PartTables:
        mine = waiting.pop(index)  # held no longer than it is needed
        cases = numbering.draw(model, mine.part, key) if mine.cases is None else mine.cases
        inputs = Inputs(
            seed=seed,
            replication=replication,
            key=key,
            cases=cases,
            shifts=shifts,
            up=up,
            slow=slow,
        )
        found = _run_part(model, shares[index], inputs, mine.numbers, keep)
        n_waiting = sum(len(each.numbers) for each in list(waiting.values()))
        tell(1 - (1 - DRAWING) * n_waiting / max(n_cases, 1))
        return found

    done = dict(zip(order, numbering.each(tables_of, order, threads=threads), strict=True))
    _give_back(n_cases)
    parts = [done.pop(index) for index in range(len(shares))]
    joined = tables.joined(
        model, parts, shifts=shifts, seed=seed, replication=replication, engine=NAME
    )
    _give_back(n_cases)
    return joined


def _give_back(n_cases: int) -> None:
    """After much work, give freed memory back to the system, where the C library holds it.

    glibc does, for each thread: more than 2 GB, measured, after the parts of a nation.
    """
    if n_cases > numbering.MOST_HELD:
        with suppress(AttributeError, OSError, TypeError):
            ctypes.CDLL(None).malloc_trim(0)


def _run_part(
    model: Model, desks: Desks, inputs: Inputs, numbers: NDArray[np.uint32], keep: Keep
) -> PartTables:
    loop = compiled(loop_for(model))
    reading = Reading(model, desks, inputs.cases, numbers, keep)
    packing = Packing(model, desks, inputs, reading.is_kept, spare=SPARE)
    width = desks.laid.exit_width + f.N_CLOCK * desks.laid.most_clocks
    exits = np.empty(EXITS_AT_A_TIME * width, np.int64)
    items = np.empty((ITEMS_AT_A_TIME if keep.work_items else 0, f.N_ITEM), np.int64)
    # In one turn of the loop each member of staff may begin an item, or a batch.
    most_begun = len(desks.staff) * desks.laid.most_in_hand
    waits = np.empty(WAITS_AT_FIRST + most_begun, np.int64)
    memory = packing.memory
    while True:
        memory[[f.MEMORY_SIZE, f.EXIT_ROOM]] = len(memory), EXITS_AT_A_TIME
        memory[f.ITEM_ROOM] = len(items) if keep.work_items else f.NONE
        memory[f.WAIT_ROOM] = len(waits) - most_begun
        signal = loop(memory, desks.laid.floats, items, waits, exits)
        if signal == f.MORE_ARRIVALS:
            packing.feed(memory)
        elif signal == f.MORE_ITEMS:
            items = reading.make_room(memory, items)
        elif signal == f.MORE_MEMORY:
            memory = grown(memory)
        elif signal == f.MORE_WAITS:
            waits = grown(waits)
        elif signal == f.MORE_EXITS:
            reading.read_exits(memory, exits)
        elif signal == f.DONE:
            reading.read_items(items[: memory[f.N_ITEMS]])
            reading.read_exits(memory, exits)
            return reading.tables(memory, waits)
        else:
            case, name = numbers[memory[f.FAULT_CASE]], model.elements[memory[f.FAULT_AT]].name
            raise EngineError(
                say(
                    "case {case} came to '{name}' more than {most} times: its flow goes "
                    "round without end",
                    case=case,
                    name=name,
                    most=VISITS,
                )
                if signal == f.TOO_MANY_VISITS
                else say("case {case} has no office on the level of '{name}'", case=case, name=name)
            )
