"""The questions that a planner can ask beside the answer: one module for each kind of them."""
