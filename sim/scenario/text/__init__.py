"""The text of a scenario: a tree with places, read from YAML, and rows of CSV files."""
