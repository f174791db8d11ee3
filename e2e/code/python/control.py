"""Retries, time limits, cancelling, waiting without a process, order and limits."""

import time
from typing import Any, List, Optional

import weir
from marks import gate, mark, open_gate


class Hopeless(Exception):
    pass


def tries(name: str, fails: int) -> int:
    count = mark(name)
    if count <= fails:
        raise OSError(f"try {count}")
    return count


@weir.task(retries=weir.Retries(2, min_delay=0.01))
def limited(name: str, fails: int) -> int:
    return tries(name, fails)


@weir.task(retries=weir.Retries(None, min_delay=0))
def stubborn(name: str, fails: int) -> int:
    return tries(name, fails)


@weir.task(retries=weir.Retries(2, min_delay=0.1, max_delay=0.4))
def patient(name: str, fails: int) -> int:
    return tries(name, fails)


@weir.task(retries=weir.Retries(2, min_delay=0.1, max_delay=0.2, backoff="random"))
def moody(name: str, fails: int) -> int:
    return tries(name, fails)


@weir.task(retries=weir.Retries(5, min_delay=0.01, when=lambda error: not isinstance(error, Hopeless)))
def picky(name: str) -> int:
    mark(name)
    raise Hopeless("no use")


@weir.task
def once(name: str) -> int:
    return tries(name, 1)


@weir.workflow
def retry(how: str, name: str, fails: int) -> int:
    return {"limited": limited, "stubborn": stubborn, "patient": patient, "moody": moody}[how](name, fails)


@weir.workflow
def choosy(name: str) -> int:
    return picky(name)


@weir.workflow
def single(name: str) -> int:
    return once(name)


@weir.workflow
def more(name: str) -> int:
    return once.options(retries=weir.Retries(1, min_delay=0.01))(name)


@weir.task(timeout=1, retries=weir.Retries(1, min_delay=0.01))
def slow(name: str) -> int:
    count = mark(name)
    if count == 1:
        time.sleep(600)
    return count


@weir.workflow
def timely(name: str) -> int:
    return slow(name)


@weir.task
def waits(name: str) -> str:
    mark(name, "b")
    gate(name)
    mark(name, "e")
    return name


@weir.task
def calls_waits(name: str) -> str:
    return waits(name)


@weir.workflow
def tree(name: str) -> List[str]:
    return weir.gather(waits.submit(name), calls_waits.submit(name + "-inner"))


@weir.workflow
def own_run(name: str) -> str:
    return waits(name)


@weir.workflow
def above(name: str) -> str:
    return own_run(name)


@weir.workflow
def drops(name: str) -> str:
    handle = waits.submit(name)
    gate(name + "-go")
    handle.cancel()
    try:
        handle.result()
    except weir.StepCancelled:
        return "cancelled"
    return "it ended"


@weir.task
def fails_late(name: str) -> None:
    waits.submit(name)
    gate(name + "-go")
    raise Hopeless("with children")


@weir.workflow
def orphans(name: str) -> str:
    try:
        fails_late(name)
    except Hopeless as error:
        return str(error)
    return "it did not fail"


@weir.workflow
def leaves(name: str) -> str:
    waits.submit(name)
    return "early"


@weir.workflow
def naps(name: str) -> List[Any]:
    mark(name, "s")
    attempt = weir.context().attempt
    handle = waits.submit(name + "-step")
    with weir.suspense():
        return [attempt, handle.result()]


@weir.workflow
def ready(name: str) -> List[Any]:
    mark(name, "s")
    handle = limited.submit(name + "-step", 0)
    handle.result()
    with weir.suspense():
        return [weir.context().attempt, handle.result()]


@weir.workflow
def pauses(name: str) -> int:
    if mark(name) < 3:
        weir.suspend(0.02)
    return weir.context().attempt


@weir.task(delay=0.2)
def late(name: str) -> str:
    return name


@weir.workflow
def delayed(name: str) -> str:
    return late(name)


@weir.task(defer=weir.Defer(1.5, params=["name"]))
def newest(name: str, n: int) -> int:
    mark(name)
    return n


@weir.workflow
def defers(name: str) -> List[int]:
    return weir.gather([newest.submit(name, n) for n in (1, 2, 3)])


@weir.task(recurrent=0.01)
def looks(name: str) -> Optional[int]:
    count = mark(name)
    return count if count >= 3 else None


@weir.workflow
def recurs(name: str) -> Optional[int]:
    return looks(name)


@weir.task(requires=["gpu"])
def trains() -> str:
    return "trained"


@weir.workflow
def needs_gpu() -> str:
    return trains()


@weir.task(concurrency=weir.Concurrency(1, params=["_key"]))
def exclusive(_key: str, name: str) -> str:
    mark(name, "b")
    gate(name)
    mark(name, "e")
    return name


@weir.workflow
def locks(name: str) -> List[str]:
    return weir.gather([exclusive.submit(key, f"{name}-{i}") for i, key in enumerate("aab")])


@weir.task(concurrency=weir.Concurrency(1))
def ordered(name: str, letter: str) -> str:
    if letter == "-":
        gate(name)
    mark(name, letter)
    return letter


@weir.workflow
def priorities(name: str) -> None:
    first = ordered.submit(name, "-")
    rest = [ordered.options(priority=p).submit(name, letter) for letter, p in (("c", -5), ("a", 50), ("b", 0))]
    for handle in rest:
        handle.key  # on record
    open_gate(name)
    weir.gather([first, *rest])


@weir.task(isolation="shared")
def pure(n: int) -> int:
    return n * 2


@weir.task(isolation="shared")
def impure(n: int) -> int:
    return pure(n)


@weir.workflow
def shares(n: int) -> int:
    return sum(weir.gather(pure.submit(i) for i in range(n)))


@weir.workflow
def shares_badly() -> str:
    try:
        impure(1)
    except Exception as error:
        return str(error)
    return "it was let through"


@weir.task
def dives(depth: int) -> None:
    """Goes on without waiting, so that no process is kept."""
    dives.submit(depth + 1)


@weir.workflow
def sinks(depth: int = 0) -> None:
    dives(depth)
