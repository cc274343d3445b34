"""The map of a flow as the offices see it: who has the case, where it waits, how many pass."""
