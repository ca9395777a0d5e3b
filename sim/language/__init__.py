"""The language: what planners write in YAML, as frozen, validated Python objects."""
