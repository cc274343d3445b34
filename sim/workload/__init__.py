"""Says before any run what load each role will carry, and what cannot keep up."""

from sim.workload.loads import RoleLoad, even_loads, offered_load
from sim.workload.work import mean_of, share_above, work_by_office

__all__ = ["RoleLoad", "even_loads", "mean_of", "offered_load", "share_above", "work_by_office"]
