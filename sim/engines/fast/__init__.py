"""The compiled engine: the tables of the reference, digit for digit, many times faster."""

from __future__ import annotations

from sim.engines.fast.engine import IS_THREADED as IS_THREADED
from sim.engines.fast.engine import NAME as NAME
from sim.engines.fast.engine import make_ready as make_ready
from sim.engines.fast.engine import refuses as refuses
from sim.engines.fast.engine import run as run
