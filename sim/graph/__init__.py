"""Journeys as graphs: what a world's procedures make together, and the plans derived from it."""
