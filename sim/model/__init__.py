"""Validated definitions: what planners write in YAML, as frozen Python objects."""
