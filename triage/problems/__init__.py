"""Recurring problems: which complaints share a cause, by what signs, and what people said about it."""
