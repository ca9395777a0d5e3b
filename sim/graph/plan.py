"""A plan: which steps lead to a goal, by whom, in what order, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Labels = Mapping[str, str]


@dataclass(frozen=True)
class PlanStep:
    """One step of a plan. ``rank``: steps of one rank can be done at the same time."""

    name: str
    title: Labels
    procedure: str
    procedure_title: Labels
    actor_titles: tuple[Labels, ...]
    channel: str
    rank: int
    gate: bool
    critical: bool
    gives: tuple[str, ...]
    minutes: float


@dataclass(frozen=True)
class Plan:
    """What leads to ``goal``. ``minutes``: typical time along the critical path, waits included."""

    goal: tuple[str, ...]
    channel: str
    steps: tuple[PlanStep, ...]
    have: tuple[str, ...]
    missing: tuple[str, ...]
    minutes: float | None
    titles: Mapping[str, Labels]
