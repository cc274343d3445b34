"""What stands where in the kernel's memory.

All numbers of a run stand in one array of int64, the memory ``m``.  A record is known by the place
where it begins, and its fields have fixed distances from there: ``m[token + f.CASE]``.  So places
can be kept in other records, and the memory can be copied to a larger one while a run stands still.
Floats stand in a second array, which no run changes.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Final, TypeAlias

from sim.model import LedgerPart

Memory: TypeAlias = MutableSequence[int]
"""Whole numbers of 64 bits: an array, or in compiled code the place of its first number."""

Floats: TypeAlias = Sequence[float]

A_LINE: Final = 8
"""Words that the processor brings into its cache at once."""

FORESEEN: Final = 7
"""Rows at the top of a queue, of which the next ones come."""

NONE: Final = -1
"""No place, no index; also ``LEAVE`` among elements."""

# -- the head of the memory ------------------------------------------------------------------
HORIZON: Final = 0
NOW: Final = 1
TOP: Final = 2  # from here on the memory is free
MARGIN: Final = 3  # how much of it one turn of the loop may take
KEY_0: Final = 4
KEY_1: Final = 5
N_SCHEDULED: Final = 6
N_ITEMS: Final = 7
FREE_TOKEN: Final = 8  # what is free: each points at the next by the field that links it
FREE_CLOCK: Final = 9
NEW_FIRST: Final = 10  # tokens that a fork has made at this instant
NEW_LAST: Final = 11
LATER_FIRST: Final = 12  # tokens that move at this instant, after all that was scheduled for it
LATER_LAST: Final = 13
EVENTS: Final = 14  # a queue
CHANGED: Final = 17  # a queue of offices
FAULT: Final = 20
FAULT_AT: Final = 21
FAULT_CASE: Final = 22
ARRIVALS: Final = 23  # where rows of arrivals begin
NEXT_ARRIVAL: Final = 24
ARRIVALS_END: Final = 25
HAS_MORE: Final = 26  # more arrivals come when these have
ARRIVAL_WIDTH: Final = 27
CASE_WIDTH: Final = 28
FREE_CASE: Final = 29
OPEN_FIRST: Final = 30  # a case
N_CASE_EXITS: Final = 31  # rows of exits, until they are read
N_CLOCK_EXITS: Final = 32
EXIT_ROOM: Final = 33  # rows of cases; behind them begin those of clocks
ITEM_BASE: Final = 34  # words of items that have been read and taken away
ITEM_ROOM: Final = 35  # NONE: items are counted, not kept
MEMORY_SIZE: Final = 36
N_PROPERTIES: Final = 37
N_PROCEDURES: Final = 38
FIRST_DAY: Final = 39
DAY_COUNT: Final = 40
N_DAY_COUNT: Final = 41
DAYS: Final = 42
N_DAYS: Final = 43
MEASURED_FROM: Final = 44
MEASURED_UNTIL: Final = 45
N_WAITS: Final = 46  # of more than 0
WAIT_ROOM: Final = 47
HELPING: Final = 48  # a queue of groups of offices that help each other
EXIT_WIDTH: Final = 51  # of a case
N_HEAD: Final = 52

# -- elements --------------------------------------------------------------------------------
KIND: Final = 0
THEN: Final = 1
INDEX: Final = 2
KEY: Final = 3
IS_COUNTED: Final = 4  # a case may come again
TIME: Final = 5  # a sampler
CALENDAR: Final = 6  # of a transfer: when all its systems are up
EFFORT: Final = 7  # a sampler
EFFORT_KEY: Final = 8
N_TRIPS: Final = 9
N_GIVEN: Final = 10
WITHIN: Final = 11
LATE: Final = 12
N_COPIES: Final = 13
ROLE: Final = 6  # the line of the role, or of the activity, among those of the level
LEVEL: Final = 7
RANK: Final = 8
ORDER: Final = 9
DOSSIER: Final = 10
UP: Final = 11  # a calendar: when all systems are up
IS_FINISHED: Final = 12
IS_PACED: Final = 13  # UP is a pace: some of the systems can be slow
IS_POOLED: Final = 14  # it can be done at another office
CLOCK: Final = 5  # a procedure or BUNDLE
DAYS_MORE: Final = 6
DAYS_BEFORE: Final = 6
PART: Final = 7  # of the ledger
TIMETABLE: Final = 5
FIRST: Final = 5  # options of a choice, branches of a fork
LAST: Final = 6
OUTCOME: Final = 5
FEES_FROM: Final = 5  # of a payment: fees by day
FEES_TO: Final = 6
IS_ONLINE: Final = 7
N_BEGUN_OF: Final = 15  # of an activity what is counted of measured cases
WORK_TIME: Final = 16
N_LIMITED: Final = 17
N_LAST_DAY: Final = 18
N_PASSES: Final = 19  # what is counted of every element, of measured cases
STAY_TIME: Final = 20
N_ELEMENT: Final = 21

IS_ACTIVITY: Final = 0
IS_CHOICE: Final = 1
IS_APPLICANT: Final = 2
IS_DELAY: Final = 3
IS_TRANSFER: Final = 4
IS_APPOINTMENT: Final = 5
IS_TIMETABLE: Final = 6
IS_FORK: Final = 7
IS_JOIN: Final = 8
IS_CLOCK_START: Final = 9
IS_CLOCK_STOP: Final = 10
IS_CLOCK_RESUME: Final = 11
IS_CLOCK_END: Final = 12
IS_EXTEND: Final = 13
IS_PAYMENT: Final = 14
IS_END: Final = 15

PROPERTY: Final = 0  # of an option
VALUES_FROM: Final = 1
VALUES_TO: Final = 2
TARGET: Final = 3
SHARE: Final = 4  # among the floats
SHARES_FROM: Final = 5  # shares by day; NONE where it does not change
SHARES_TO: Final = 6
N_OPTION: Final = 7

DATED_DAY: Final = 0  # of a value by day: from this day on
DATED_VALUE: Final = 1
N_DATED: Final = 2

SHAPE: Final = 0  # of a sampler
SHARES: Final = 1  # among the floats
N_STEPS: Final = 2
NODES: Final = 3  # among the floats
VALUE: Final = 4
N_SAMPLER: Final = 5

STEPS: Final = 0
TABLE: Final = 1
CONSTANT: Final = 2

# -- time and law ----------------------------------------------------------------------------
OPENS: Final = 0  # of an interval; a calendar is where the place of its present one stands
CLOSES: Final = 1
PASSED: Final = 2
N_INTERVAL: Final = 3
FACTOR: Final = 3  # of an interval of a pace, in hundredths
N_PACE: Final = 4

FAR: Final = 2**63 - 1
"""Closing instant of the interval that ends a calendar; it opens NEVER."""

DAY_INDEX: Final = 0  # of a working day
DAY_OPENS: Final = 1
DAY_CLOSES: Final = 2
N_DAY: Final = 3

RECEIPT_CUT_OFF: Final = 0  # of a flow, for each procedure and then for the bundle
LIMITS_FROM: Final = 1  # its limits by the day of receipt
LIMITS_TO: Final = 2
N_RECEIPT: Final = 3

LIMIT_DAY: Final = 0  # from which on it holds
LIMIT_DAYS: Final = 1
N_LIMIT: Final = 2

CLOCK_CASE: Final = 0  # its index
CLOCK_NAME: Final = 1  # a procedure or BUNDLE
NEXT: Final = 2  # the next clock of the case, or the next free one
CUT_OFF: Final = 3
CLOCK_RECEIVED_AT: Final = 4
RECEIVED_DAY: Final = 5
LIMIT: Final = 6
EXTENDED: Final = 7
DEPTH: Final = 8
STOPPED_FROM: Final = 9
COVERED_UNTIL: Final = 10
STOPPED_DAYS: Final = 11
CLOSED_AT: Final = 12
USED_DAYS: Final = 13
N_CLOCK: Final = 14

NO_LIMIT: Final = -(2**62)

# -- offices ---------------------------------------------------------------------------------
OFFICE_INDEX: Final = 0
OFFICE_CALENDAR: Final = 1
TEAMS_FROM: Final = 2
TEAMS_TO: Final = 3
QUEUES: Final = 4  # a line for each role of its level, then for each activity done in batches
WAITING: Final = 5  # a bit for each line that can be taken from
N_IDLE: Final = 6
WAKES_AT: Final = 7
IS_CHANGED: Final = 8
GROUP: Final = 9  # offices that help each other, NONE where nobody does
N_OFFICE: Final = 10

GROUP_CHANGED: Final = 0
MEMBERS_FROM: Final = 1  # places of offices
MEMBERS_TO: Final = 2
N_GROUP: Final = 3

TEAM_CALENDAR: Final = 0  # staff of one office with the same roles and shifts
TEAM_ROLES: Final = 1  # a bit for each of their lines
QUEUES_FROM: Final = 2
QUEUES_TO: Final = 3
IDLE: Final = 4  # a queue
N_TEAM: Final = 7

STAFF_INDEX: Final = 0
TEAM: Final = 1
OFFICE: Final = 2
SPEED: Final = 3  # among the floats
SPEEDS_FROM: Final = 4  # speeds by day; NONE where it does not change
SPEEDS_TO: Final = 5
AWAY_FROM: Final = 6  # where the beginning of the next absence stands; NONE for who is never away
HANDS_BACK: Final = 7  # the first of the tokens whose items go back when it begins
N_TAKEN: Final = 8  # items begun in the measured window; from here on it is counted
BUSY_TIME: Final = 9
OVERTIME: Final = 10
N_STAFF: Final = 11

QUEUE_FROM: Final = 0  # where its rows begin
SIZE: Final = 1
ROOM: Final = 2
N_QUEUE: Final = 3
WAITS_FROM: Final = 3  # of a line: its waits are written as numbers from this one on
N_READY: Final = 4  # what is counted of it
N_WAITING: Final = 5
N_BEGUN: Final = 6
BATCH: Final = 7  # NONE where each item is taken on its own
IS_SHUT: Final = 8  # it waits for more items, or for time to pass
RIPENS_AT: Final = 9  # when it is looked at again
HELP: Final = 10  # where stands after how long others help; one place for a role in a group
N_LINE: Final = 11

BATCH_SIZE: Final = 0
AT_MOST: Final = 1
AT_MOST_CALENDAR: Final = 2
SETUP: Final = 3
IS_TOGETHER: Final = 4
N_BATCH: Final = 5

MAJOR: Final = 0  # of a row: it comes before others by major, then minor
MINOR: Final = 1
WHAT: Final = 2
N_ROW: Final = 3

# -- tokens: at work, on its way, or while its branches are under way, a token needs other things
CASE: Final = 0
AT: Final = 1
UNTIL: Final = 2
PARENT: Final = 3
BRANCH: Final = 4
LINK: Final = 5  # the next in its line, or the next free one
WHY: Final = 6
STREAM: Final = 7
NUMBER: Final = 8
HOME: Final = 9
VISITS: Final = 10
NEXT_AT: Final = 11
IS_LATE: Final = 12
ITEM: Final = 11
SERVICE: Final = 12
RIPE_AT: Final = 13  # while it waits: when it has waited long enough for others of its batch
BY: Final = 13  # a member of staff who is free with its end, or NONE
OPEN_BEFORE: Final = 14  # NONE once it was begun
READY_AT: Final = 15  # then, when it was handed back
TASK_ENDS_AT: Final = 14  # while a batch is begun
TASK_TIME: Final = 15
N_OPEN_BRANCHES: Final = 11
LAST_CAME: Final = 12
LAST_CAME_AT: Final = 13
OUTCOME_FROM: Final = 14
BRANCH_OUTCOME: Final = 15
AT_SPEED: Final = 16  # among the floats: to which SERVICE belongs, of an item handed back
HELPED_AT: Final = 17  # from when on it may be taken at another office
LEDGER: Final = 18
N_PARTS: Final = len(LedgerPart)
N_TOKEN: Final = LEDGER + N_PARTS

SERVICE_TIME: Final = LEDGER + int(LedgerPart.SERVICE)
QUEUE_TIME: Final = LEDGER + int(LedgerPart.QUEUE)
CLOSED_TIME: Final = LEDGER + int(LedgerPart.CLOSED)
TIMETABLE_TIME: Final = LEDGER + int(LedgerPart.TIMETABLE)
TRANSFER_TIME: Final = LEDGER + int(LedgerPart.TRANSFER)
OUTAGE_TIME: Final = LEDGER + int(LedgerPart.OUTAGE)
APPLICANT_TIME: Final = LEDGER + int(LedgerPart.APPLICANT)
APPOINTMENT_TIME: Final = LEDGER + int(LedgerPart.APPOINTMENT)
DELAY_TIME: Final = LEDGER + int(LedgerPart.DELAY)
BATCH_TIME: Final = LEDGER + int(LedgerPart.BATCH)
ABSENCE_TIME: Final = LEDGER + int(LedgerPart.ABSENCE)

WORK_DONE: Final = 0
BRANCH_OVER: Final = 1
ALL_OVER: Final = 2

# -- cases: what is drawn of them, then what becomes of them --------------------------------------
CASE_INDEX: Final = 0
CASE_ARRIVES_AT: Final = 1
CASE_RECEIVED_AT: Final = 2
CASE_RECEIPTS: Final = 3
CASE_HOME: Final = 4  # the offices above it
CASE_STREAM: Final = 5
CASE_NUMBER: Final = 6
CASE_ENTRY: Final = 7  # an element
CASE_BACKLOG: Final = 8  # how many clocks run, and which; NONE for a new case
CASE_FIRST_VISITED: Final = 9
CASE_IS_KEPT: Final = 10
N_ARRIVAL: Final = 11  # as far as this they are the row of an arrival; its properties follow
CASE_CLOCK: Final = 11  # the first of its clocks, the bundle's
CASE_NEXT: Final = 12  # the next open case, or the next free place of one
CASE_BEFORE: Final = 13
CASE_N_RETURNS: Final = 14
CASE_N_TRIPS: Final = 15
CASE_N_GIVEN: Final = 16
CASE_OWN_TIME: Final = 17
CASE_N_COPIES: Final = 18
CASE_N_PAID: Final = 19
CASE_N_PAID_ONLINE: Final = 20
CASE_FEES: Final = 21
N_CASE: Final = 22  # its properties follow, then its visits

# -- exits: rows of cases as they end, and of their clocks, in an array of their own ---------------
EXIT_CASE: Final = 0
EXIT_ENDED_AT: Final = 1
EXIT_OUTCOME: Final = 2
EXIT_N_RETURNS: Final = 3
EXIT_N_TRIPS: Final = 4
EXIT_N_GIVEN: Final = 5
EXIT_OWN_TIME: Final = 6
EXIT_LEDGER: Final = 7
USUAL_EXIT: Final = EXIT_LEDGER + int(LedgerPart.UNSEEN)  # the rest is 0 in most models: not there
EXIT_N_COPIES: Final = EXIT_LEDGER + N_PARTS
EXIT_N_PAID: Final = EXIT_N_COPIES + 1
EXIT_N_PAID_ONLINE: Final = EXIT_N_COPIES + 2
EXIT_FEES: Final = EXIT_N_COPIES + 3
N_EXIT: Final = EXIT_N_COPIES + 4
EXIT_CLOCK_ENDED_AT: Final = NEXT  # of its case, in a clock's row
EXIT_CLOCK_OUTCOME: Final = CUT_OFF

# -- work items: rows of an array of their own, which grows --------------------------------------
ITEM_CASE: Final = 0
ITEM_AT: Final = 1
ITEM_STAFF: Final = 2
ITEM_OFFICE: Final = 3
ITEM_READY_AT: Final = 4
ITEM_STARTED_AT: Final = 5
ITEM_ENDED_AT: Final = 6
ITEM_VISIT: Final = 7
N_ITEM: Final = 8

HANDED_BACK: Final = -(2**62) + 1
"""Stands for the end of an item that was begun and goes back, or went, to its queue."""

# -- events: a token goes on, or by its negative an office gives out work; or, with one of these --
GOES_AWAY: Final = 2**40  # and a member of staff: an absence begins
RIPENS: Final = 2**41  # and a line: an item has waited long enough

# -- why the loop returns --------------------------------------------------------------------
DONE: Final = 0
MORE_MEMORY: Final = 1
MORE_ITEMS: Final = 2
MORE_ARRIVALS: Final = 3
MORE_WAITS: Final = 4
MORE_EXITS: Final = 5
TOO_MANY_VISITS: Final = 6
NO_OFFICE: Final = 7
