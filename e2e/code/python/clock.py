"""Waits in every way while the engine's clock jumps."""

import weir
from marks import gate, mark


@weir.task(timeout=1800)
def held(name: str) -> str:
    mark(name, "b")
    gate(name)
    mark(name, "e")
    return name


@weir.task(delay=0.5, retries=weir.Retries(1, min_delay=0.5))
def late(name: str) -> int:
    count = mark(name)
    if count == 1:
        raise OSError("the first one")
    return count


@weir.workflow
def through(name: str) -> str:
    handle = held.submit(name)
    with weir.suspense():
        return handle.result()


@weir.workflow
def passing(name: str) -> int:
    """Suspended for a while, a delay, a retry."""
    if not weir.context().resumed:
        weir.suspend(0.5)
    return late(name)
