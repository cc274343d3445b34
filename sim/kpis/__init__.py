"""Measures one run: tables in, one row for each KPI and group out.

A KPI is a function in one of the modules below, registered with its unit and equation.
"""

from sim.kpis.registry import KPIS, Kpi, Measure, measure

# The order in which they register is the order of the measures.
# isort: off
from sim.kpis import times as times
from sim.kpis import legal as legal
from sim.kpis import flow as flow
from sim.kpis import staff as staff
from sim.kpis import work as work
from sim.kpis import burden as burden
from sim.kpis import backlog as backlog
from sim.kpis import money as money
from sim.kpis import steps as steps
# isort: on

__all__ = ["KPIS", "Kpi", "Measure", "measure"]
