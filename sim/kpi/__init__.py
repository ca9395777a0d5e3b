"""What one replication says about its cases and pools, and whether its log obeys the laws."""

from sim.kpi.invariants import check
from sim.kpi.measures import Measures, measure

__all__ = ["Measures", "check", "measure"]
