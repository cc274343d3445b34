"""Event logs: what an office's register says, read, looked through, learnt from, and written.

=============  ============================================================================
`sources`      CSV, Excel, Parquet, XES and OCEL 2.0 as columns of texts and instants
`event_log`    what a log is: a row each performance of a step, a row each case
`reading`      from a file to a log, with every fault at once
`targets`      a log as XES, OCEL 2.0 or CSV
`overview`     what a log shows: ways, working hours, arrivals, times
`flaws`        what is wrong with its data, each with a count and an example
`learning`     a scenario learnt from a log
`held_out`     a log in two: what is learnt from, and what that is held against
`backlog`      the cases that are open on a day
`of_study`     the log that a run of a study would have left
=============  ============================================================================
"""
