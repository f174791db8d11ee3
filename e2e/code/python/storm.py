"""Work for the series of kills: every task writes when it begins and ends to a file that no engine knows of."""

import json
import os
import time
from pathlib import Path
from typing import List

import weir

#: A process that is killed is a failure as any other; a worker that is gone is none.
AGAIN = weir.Retries(20, min_delay=0.01)


def trace(event: str) -> None:
    """Adds a line; one write, so that lines of several processes never mix."""
    at = weir.context()
    line = json.dumps([event, at.run, at.step, at.attempt, os.getpid()]) + "\n"
    file = os.open(Path(os.environ["MARKS"], "storm"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)


def work(n: int) -> int:
    """Takes a moment that differs from call to call."""
    trace("begin")
    time.sleep(n % 7 * 0.02)
    trace("end")
    return n


@weir.task(retries=AGAIN)
def link(n: int) -> int:
    return work(n) + 1


@weir.task(retries=AGAIN)
def leaf(n: int) -> int:
    return work(n)


@weir.task(retries=AGAIN)
def flaky(n: int) -> int:
    """Fails in its first attempts."""
    trace("begin")
    if weir.context().attempt <= n % 3:
        trace("fail")
        raise OSError("not yet")
    trace("end")
    return n


@weir.task(cache=True, retries=AGAIN)
def kept(key: str, n: int) -> int:
    return work(n)


@weir.task(memo=True, retries=AGAIN)
def known(n: int) -> int:
    return work(n)


@weir.task(retries=AGAIN)
def parent(n: int) -> int:
    """Calls others itself, and begins anew when they are done."""
    handle = leaf.submit(n)
    with weir.suspense():
        return handle.result() + leaf(n + 1)


@weir.workflow(retries=AGAIN)
def storm(key: str, width: int) -> List[int]:
    """Chain, fan-out, retries, cache, memo and suspends, in one run."""
    leaves = [leaf.submit(n) for n in range(width)]
    tries = [flaky.submit(n) for n in range(3)]
    halves = [kept.submit(key, n % 2) for n in range(4)]
    same = [known.submit(5), known.submit(5)]
    chain = 0
    for _ in range(4):
        chain = link(chain)
    inner = parent.submit(3)
    with weir.suspense():
        sums = [sum(weir.gather(some)) for some in (leaves, tries, halves, same)]
        return [chain, *sums, inner.result()]
