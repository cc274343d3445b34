"""The compiled event loop of the fast engine: numbers in, numbers out.

It knows no name, checks nothing and makes no array: :mod:`sim.engines.packing` lays a model out,
:mod:`sim.engines.fast` gives room and reads the results.  Numba is imported here and nowhere else.

==============  ==========================================================
`columns`       where each number stands in the tables
`tables`        the tables: ``Plan`` is read, ``State`` is written
`compiler`      how functions are compiled, and where that is kept
`philox`        one draw from its name (R1, R3)
`samplers`      a draw turned into a duration (T1)
`calendars`     open time, with a cursor that only moves forward (T2)
`legal`         legal clocks (L1-L7)
`heaps`         binary heaps side by side in one table
`work`          waiting items, and who takes them (S1-S6)
`tokens`        from element to element (F1-F8)
`loop`          what happens next
==============  ==========================================================
"""
