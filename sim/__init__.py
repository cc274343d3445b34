"""lienthong: a discrete-event simulator of linked public services.

``sim.scenario`` reads what a planner wrote, ``sim.engines`` runs it, ``sim.kpis`` measures it.
Importing this package loads none of them.
"""
