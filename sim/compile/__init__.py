"""Definitions in, a flat program of whole numbers out, with calendars and quantile tables."""
