"""Turns the flows that a person wrote into the elements of a model."""
