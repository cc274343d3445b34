"""What a person may write in a scenario file, section by section."""
