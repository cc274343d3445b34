"""Offices, the roles held in them, and the people who hold them with their hours of duty."""
