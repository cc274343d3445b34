"""The compiled event loop of the fast engine: numbers in, numbers out.

It knows no name and checks nothing: :mod:`sim.engines.fast.layout` lays a model out,
:mod:`sim.engines.fast.packing` feeds cases, :mod:`sim.engines.fast.engine` gives room and
:mod:`sim.engines.fast.reading` reads the results.
Numba is imported here and nowhere else.

==============  ==========================================================
`fields`        what stands where in the memory of a run
`compiler`      how functions are compiled, and where that is kept
`philox`        one draw from its name (R1, R3)
`uniforms`      many draws, compiled for all models
`samplers`      a draw turned into a duration (T1)
`dated`         values that change by the day (V1)
`calendars`     open time, with a present that only moves forward (T2)
`legal`         legal clocks (L1-L8)
`heaps`         queues in order
`events`        what is to happen, and which offices give out work then (S2)
`spells`        items are begun: when they end or go back (S6, P3, K2)
`batches`       the same of batches of items (H2)
`work`          waiting items, and who takes them (S1-S5, H2, B2)
`cases`         how cases come, and leave their rows (R4, K1)
`tokens`        from element to element (F1-F8)
`loop`          what happens next (S2)
`general`       the loop, compiled for every model
`plain`         the loop, compiled for models without habits
==============  ==========================================================
"""
