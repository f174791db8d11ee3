"""What happens when processes, connections and engines are lost."""

import os
import signal
from typing import List

import weir
from marks import gate, mark


@weir.task(retries=weir.Retries(1, min_delay=0.01))
def dies(name: str) -> int:
    count = mark(name)
    if count == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return count


@weir.workflow
def survives(name: str) -> int:
    return dies(name)


@weir.task
def exits() -> None:
    os._exit(3)


@weir.workflow
def leaves_early() -> None:
    exits()


@weir.task
def step(name: str) -> str:
    mark(name, "b")
    gate(name)
    mark(name, "e")
    return name


@weir.workflow
def work(name: str) -> List[str]:
    mark(name + "-flow")
    return [step(name + "-1"), step(name + "-2")]


@weir.workflow
def sleeps(name: str) -> str:
    mark(name + "-flow")
    with weir.suspense():
        return step(name + "-1")
