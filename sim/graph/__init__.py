"""Journeys as graphs: what a world's procedures make together, and the plans derived from it."""

from sim.graph.drawing import drawing
from sim.graph.plan import Plan, PlanStep, plan_for

__all__ = ["Plan", "PlanStep", "drawing", "plan_for"]
