"""Answers to questions about a study, as data: who shows them computes nothing."""
