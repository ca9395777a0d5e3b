"""Definitions in, flat integer model out: calendars, quantile tables and the model itself."""
