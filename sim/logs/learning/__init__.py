"""Learns a scenario from an event log."""
