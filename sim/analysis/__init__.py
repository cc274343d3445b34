"""Judges over replications: intervals, paired differences, how many runs, how long a warm-up.

It knows nothing of KPIs: numbers in, an interval out.
"""
