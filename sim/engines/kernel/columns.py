"""Where each number stands: the columns of the kernel's tables, and its codes."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.model import Part

Whole = int | np.int64
"""A whole number: Python's outside compiled code, 64 bits inside."""

NONE: Final = -1
NO_LIMIT: Final = -(2**62)
FAR: Final = 2**63 - 1
"""Closing instant of the row that ends a calendar: no instant is beyond it."""

# Elements: every row has a kind, the next element, a key for draws, whether visits are counted.
KIND: Final = 0
THEN: Final = 1
KEY: Final = 2
COUNTED: Final = 3
TIME: Final = 4  # a sampler; of activities too
CALENDAR: Final = 5  # of transfers: when all systems are up
EFFORT: Final = 6
EFFORT_KEY: Final = 7
N_TRIPS: Final = 8
N_GIVEN: Final = 9
WITHIN: Final = 10
LATE: Final = 11
ROLE: Final = 5
LEVEL: Final = 6
RANK: Final = 7
BY_DUE_DAY: Final = 8
DOSSIER: Final = 9
UP: Final = 10
FINISH: Final = 11
CLOCK: Final = 4  # a procedure or BUNDLE
DAYS: Final = 5
INSTANTS: Final = 4
FIRST: Final = 4  # options of a choice, branches of a fork
LAST: Final = 5
OUTCOME: Final = 4
N_ELEMENT: Final = 12

ACTIVITY: Final = 0
CHOICE: Final = 1
APPLICANT: Final = 2
DELAY: Final = 3
TRANSFER: Final = 4
APPOINTMENT: Final = 5
TIMETABLE: Final = 6
FORK: Final = 7
JOIN: Final = 8
CLOCK_START: Final = 9
CLOCK_STOP: Final = 10
CLOCK_RESUME: Final = 11
CLOCK_END: Final = 12
EXTEND: Final = 13
END: Final = 14

# Options of choices.
PROPERTY: Final = 0
VALUES_FROM: Final = 1
VALUES_TO: Final = 2
TARGET: Final = 3

# Samplers.
SHAPE: Final = 0
NODES_FROM: Final = 1
SHARES_FROM: Final = 2
N_STEPS: Final = 3
CONSTANT_VALUE: Final = 4
N_SAMPLER: Final = 5

STEPS: Final = 0
TABLE: Final = 1
CONSTANT: Final = 2

# Intervals of calendars; a row that opens NEVER ends each calendar.
OPENS: Final = 0
CLOSES: Final = 1
PASSED: Final = 2

# Offices, what changes about them, and teams: staff of one office with one set of roles and shifts.
OFFICE_CALENDAR: Final = 0
TEAMS_FROM: Final = 1
TEAMS_TO: Final = 2

N_WAITING: Final = 0
N_IDLE: Final = 1
WAKES_AT: Final = 2
IS_CHANGED: Final = 3

TEAM_CALENDAR: Final = 0
MEMBERS_FROM: Final = 1
QUEUES_FROM: Final = 2
QUEUES_TO: Final = 3

# Members of staff.
TEAM: Final = 0
OFFICE: Final = 1

# Queues: which rows of the table of waiting items are theirs.
QUEUE_FROM: Final = 0
QUEUE_SIZE: Final = 1
QUEUE_ROOM: Final = 2

# Tokens.  A token in a fork, at work, or on its way needs other things: they share columns.
TOKEN_CASE: Final = 0
TOKEN_AT: Final = 1
TOKEN_UNTIL: Final = 2
TOKEN_PARENT: Final = 3
TOKEN_BRANCH: Final = 4
TOKEN_STREAM: Final = 5
TOKEN_NUMBER: Final = 6
TOKEN_NEXT: Final = 7  # while on its way
TOKEN_IS_LATE: Final = 8
TOKEN_ITEM: Final = 8  # while at work
TOKEN_SERVICE: Final = 9
TOKEN_STAFF: Final = 10
TOKEN_OPEN_BEFORE: Final = 11
TOKEN_LEFT: Final = 8  # while its branches are under way
TOKEN_LAST: Final = 9
TOKEN_LAST_AT: Final = 10
TOKEN_OUTCOME_FROM: Final = 11
TOKEN_OUTCOME: Final = 12  # of a branch that is over, and of the branches of a fork
TOKEN_LEDGER: Final = 15
N_PARTS: Final = len(Part)
N_TOKEN: Final = TOKEN_LEDGER + N_PARTS

SERVICE_PART: Final = TOKEN_LEDGER + int(Part.SERVICE)
QUEUE_PART: Final = TOKEN_LEDGER + int(Part.QUEUE)
CLOSED_PART: Final = TOKEN_LEDGER + int(Part.CLOSED)
TIMETABLE_PART: Final = TOKEN_LEDGER + int(Part.TIMETABLE)
TRANSFER_PART: Final = TOKEN_LEDGER + int(Part.TRANSFER)
OUTAGE_PART: Final = TOKEN_LEDGER + int(Part.OUTAGE)
APPLICANT_PART: Final = TOKEN_LEDGER + int(Part.APPLICANT)
APPOINTMENT_PART: Final = TOKEN_LEDGER + int(Part.APPOINTMENT)
DELAY_PART: Final = TOKEN_LEDGER + int(Part.DELAY)

# What comes later at the instant: a token, and why.
WORK_DONE: Final = 0
BRANCH_OVER: Final = 1
ALL_OVER: Final = 2

# Clocks.
CLOCK_CASE: Final = 0
CLOCK_OF: Final = 1
RECEIVED_AT: Final = 2
RECEIVED_DAY: Final = 3
LIMIT: Final = 4
EXTENDED: Final = 5
DEPTH: Final = 6
STOPPED_FROM: Final = 7
COVERED_UNTIL: Final = 8
STOPPED_DAYS: Final = 9
CLOSED_AT: Final = 10
NEXT_CLOCK: Final = 11
N_CLOCK: Final = 12

# Work items: one row of the table a column.
ITEM_CASE: Final = 0
ITEM_AT: Final = 1
ITEM_STAFF: Final = 2
ITEM_OFFICE: Final = 3
ITEM_READY_AT: Final = 4
ITEM_STARTED_AT: Final = 5
ITEM_ENDED_AT: Final = 6
ITEM_VISIT: Final = 7
N_ITEM: Final = 8

# Cases: one row of the table a column.
CASE_ENDED_AT: Final = 0
CASE_OUTCOME: Final = 1
CASE_N_TRIPS: Final = 2
CASE_N_GIVEN: Final = 3
CASE_OWN_TIME: Final = 4
CASE_LEDGER: Final = 5
N_CASE: Final = CASE_LEDGER + N_PARTS

# Counters of a run.
NOW: Final = 0
NEXT_CASE: Final = 1
N_FREE: Final = 2
N_EVENTS: Final = 3
N_SCHEDULED: Final = 4
N_CHANGED: Final = 5
N_ITEMS: Final = 6
N_CLOCKS: Final = 7
N_PLACES: Final = 8
LARGEST_ROOM: Final = 9
NEW_FROM: Final = 10
NEW_TO: Final = 11
LATER_FROM: Final = 12
LATER_TO: Final = 13
FAULT: Final = 14
FAULT_AT: Final = 15
FAULT_CASE: Final = 16
N_COUNTER: Final = 17

# What the loop says when it returns.
DONE: Final = 0
MORE_TOKENS: Final = 1
MORE_EVENTS: Final = 2
MORE_PLACES: Final = 3
MORE_ITEMS: Final = 4
TOO_MANY_VISITS: Final = 5
NO_OFFICE: Final = 6

WAKE: Final = 2**40
"""Events from here on wake an office; those below move a token."""
