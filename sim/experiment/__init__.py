"""Experiments: replications of several arms, put together and kept."""
