"""The reference engine: what a model means, as a SimPy model written to be read."""

from __future__ import annotations

from sim.engines.reference.engine import IS_THREADED as IS_THREADED
from sim.engines.reference.engine import NAME as NAME
from sim.engines.reference.engine import make_ready as make_ready
from sim.engines.reference.engine import refuses as refuses
from sim.engines.reference.engine import run as run
