"""The Python half of what calls the other language: `theirs` is the TypeScript half."""

import datetime
from dataclasses import dataclass
from typing import Any, List

import weir

theirs = weir.target("theirs/echo_ts")


class TooCold(Exception):
    pass


@dataclass
class Reading:
    at: datetime.datetime
    celsius: float


@weir.task(cache=True)
def echo_py(value: Any) -> Any:
    return value


@weir.task
def freezes_py() -> None:
    raise TooCold("below zero")


@weir.workflow
def passes_py(value: Any) -> Any:
    return theirs(value)


@weir.workflow
def catches_py() -> List[str]:
    try:
        weir.target("theirs/freezes_ts")()
    except weir.StepError as error:
        return [error.type, error.message, str(error.stack)]
    return []


@weir.workflow
def chain_py() -> Any:
    step = theirs.submit({"n": 1})
    return echo_py([step, weir.run_workflow("size_ts", text="grün")])


@weir.workflow
def size_py(text: str) -> int:
    return len(text)
