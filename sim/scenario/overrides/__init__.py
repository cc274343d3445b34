"""Overrides of a scenario: where they stand, what they set, what changes of values mean."""
