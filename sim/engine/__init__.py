"""Engines execute a compiled model and return its event log; all of them draw the same numbers."""
