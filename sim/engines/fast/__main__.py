"""Compiles the engine, so that the first run need not: ``python -m sim.engines.fast``."""

from sim.engines.fast.engine import compile_kernel

compile_kernel()
