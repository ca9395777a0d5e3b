"""Tetsuzuki simulates the journeys of people and firms through government procedures."""

__version__ = "0.1.0"
