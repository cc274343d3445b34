"""What queueing theory says of people who share a queue: Erlang's C, and the square-root rule."""

from __future__ import annotations

import math


def waiting_chance(people: int, offered: float) -> float:
    """The chance that work waits: Erlang's C.

    Parameters
    ----------
    people
        Who share the queue, all alike.
    offered
        Work that arrives, in people who work on nothing else.

    Returns
    -------
    float
        1 where the work is more than they can do.

    Notes
    -----
    Erlang 1917, by way of the recursion for his B: ``1/B(c) = 1 + c / offered / B(c - 1)``.
    """
    if offered <= 0:
        return 0.0
    if people <= offered:
        return 1.0
    inverse = 1.0
    for n in range(1, people + 1):
        inverse = 1.0 + n / offered * inverse
    blocked = 1 / inverse
    return blocked / (1 - offered / people * (1 - blocked))


def mean_wait(people: int, offered: float, service: float) -> float:
    """The mean wait, in the unit of the mean time of service; infinite for too few people."""
    if people <= offered:
        return math.inf
    return waiting_chance(people, offered) * service / (people - offered)


def share_within(people: int, offered: float, service: float, bound: float) -> float:
    """The share that waits no longer than a bound, which is in the unit of ``service``."""
    if people <= offered:
        return 0.0
    beyond = math.exp(-(people - offered) * bound / service)
    return 1 - waiting_chance(people, offered) * beyond


def square_root_people(offered: float, safety: float) -> float:
    """People for some work and a multiple of its square root: little waits where that is 2 or more.

    Halfin and Whitt 1981, *Operations Research* 29, 567-588.
    """
    return offered + safety * math.sqrt(max(offered, 0.0))
