"""Studies: which cells to run, running them over several cores, and keeping what comes out."""
