"""A page on which planners move levers and see what changes; it is served to a browser."""
