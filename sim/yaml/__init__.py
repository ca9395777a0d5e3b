"""YAML files read with the place of every value, so that every problem is shown where it is."""
