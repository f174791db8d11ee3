"""Code that a case edits while its worker runs."""

from typing import Any, List

import weir
from marks import gate, mark


def helper() -> int:
    return 1


def bystander() -> int:
    return 1


@weir.task(cache=True)
def kept(name: str) -> int:
    return mark(name) * helper()


@weir.task(cache=weir.Cache(code=False))
def lasting(name: str) -> int:
    return mark(name) * 1


@weir.task
def version() -> str:
    return "first"


@weir.workflow
def current() -> str:
    return version()


@weir.workflow
def held(name: str) -> List[str]:
    before = version()
    mark(name)
    gate(name)
    return [before, version()]


@weir.workflow
def keeps(name: str) -> int:
    return kept(name)


@weir.workflow
def lasts(name: str) -> int:
    return lasting(name)


@weir.workflow
def other() -> Any:
    return bystander()
