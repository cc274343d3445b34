"""Distributions of durations: what they are, how they are written, and how an engine draws them.

=============  ============================================================================
`bounded`      uniform, triangular, pert
`tailed`       exponential, normal, lognormal, gamma, erlang, weibull
`stepped`      constant, discrete, empirical
`text`         reads ``lognormal(mean 25 min, cv 0.6)``
`sampling`     turns uniform numbers into durations, to the last digit the same everywhere
=============  ============================================================================

Each distribution is a small frozen class with ``mean``, ``variance``, ``quantile`` and ``scaled``.
Values are plain numbers, not negative; their unit is the caller's: microseconds or working days.
"""

from sim.distributions.bounded import Pert, Triangular, Uniform
from sim.distributions.sampling import (
    CELLS,
    MEAN_ERROR,
    OCTAVES,
    STEPS,
    TABLE,
    Distribution,
    Sampler,
    sample,
    sampler,
)
from sim.distributions.stepped import Constant, Discrete, Empirical
from sim.distributions.tailed import Erlang, Exponential, Gamma, Lognormal, Normal, Weibull
from sim.distributions.text import Duration, parse_duration

__all__ = [
    "CELLS",
    "MEAN_ERROR",
    "OCTAVES",
    "STEPS",
    "TABLE",
    "Constant",
    "Discrete",
    "Distribution",
    "Duration",
    "Empirical",
    "Erlang",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Normal",
    "Pert",
    "Sampler",
    "Triangular",
    "Uniform",
    "Weibull",
    "parse_duration",
    "sample",
    "sampler",
]
