"""What `npm run bench -- code` measures: calls of functions that do nothing."""

import os
import time
from typing import List

import weir


@weir.task
def fresh(x: int) -> int:
    """In a process of its own."""
    return x


@weir.task(isolation="shared")
def shared(x: int) -> int:
    """In a warm process that many share."""
    return x


@weir.task
def first_line(sent: float) -> float:
    """Seconds of the machine's clock when the first line of code runs."""
    return time.time()


@weir.workflow
def chain(n: int, isolation: str) -> float:
    """Milliseconds that calls take one after the other."""
    call = shared if isolation == "shared" else fresh
    start = time.perf_counter()
    for x in range(n):
        call(x)
    return (time.perf_counter() - start) * 1000


@weir.workflow
def fan_out(n: int, isolation: str) -> float:
    """Milliseconds that calls take which are made together."""
    call = shared if isolation == "shared" else fresh
    start = time.perf_counter()
    weir.gather(call.submit(x) for x in range(n))
    return (time.perf_counter() - start) * 1000


@weir.workflow
def recorded(n: int) -> None:
    """Makes many calls, and waits for a person then."""
    weir.gather(shared.submit(x) for x in range(n))
    weir.input("Go on?", bool)


@weir.workflow
def forks(n: int) -> float:
    """Milliseconds that as many bare forks take which do nothing."""
    start = time.perf_counter()
    for _ in range(n):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    return (time.perf_counter() - start) * 1000


@weir.workflow
def dispatch(n: int) -> List[float]:
    """For each of so many calls, one after the other: milliseconds from the call to the first line of its code."""
    took = []
    for _ in range(n):
        sent = time.time()
        took.append((first_line(sent) - sent) * 1000)
    return took
