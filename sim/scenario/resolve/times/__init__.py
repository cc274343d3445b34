"""The simulated time: its period, opening hours and timetables, and when systems are up."""
