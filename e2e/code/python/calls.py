"""Calls, references, groups, runs of their own, and the errors of steps."""

from typing import Any, Dict, List

import weir
from marks import gate, mark, open_gate


class BadFold(Exception):
    pass


@weir.task
def add(a: int, b: int = 10) -> int:
    return a + b


@weir.task
def held(name: str) -> str:
    mark(name, "b")
    gate(name)
    mark(name, "e")
    return name


@weir.task
def deep(value: Any) -> int:
    """Sum of all numbers inside of a value."""
    if isinstance(value, dict):
        return sum(deep.function(inner) for inner in value.values())
    if isinstance(value, list):
        return sum(deep.function(inner) for inner in value)
    return int(value)


@weir.task
def breaks(how: str) -> int:
    if how == "custom":
        raise BadFold("fold 3 is empty")
    return [1, 2][len(how)]


@weir.workflow
def plain(n: int) -> int:
    return add(n, 1)


@weir.workflow
def defaults(n: int) -> List[int]:
    return [add(n), add(b=1, a=n)]


@weir.workflow
def fans(n: int) -> List[int]:
    return weir.gather(add.submit(i, 0) for i in range(n))


@weir.workflow
def first(name: str) -> List[Any]:
    slow, quick = held.submit(name), add.submit(1, 2)
    done = weir.select([slow, quick])
    open_gate(name)
    return [done.result(), slow.result()]


@weir.workflow
def everyone(name: str) -> List[Any]:
    slow, quick = held.submit(name), add.submit(1, 2)
    quick.result()
    open_gate(name)
    return weir.gather(slow, quick)


@weir.workflow
def impatient(name: str) -> List[Any]:
    slow = held.submit(name)
    try:
        weir.select([slow], timeout=0.05)
    except TimeoutError:
        open_gate(name)
        return ["timed out", slow.result()]
    return ["it had ended", None]


@weir.workflow
def race(name: str) -> int:
    return int(weir.select([held.submit(name), add.submit(1, 2)], cancel_remaining=True).result())


@weir.workflow
def polls(name: str) -> List[Any]:
    handle = held.submit(name)
    before = handle.done()
    open_gate(name)
    handle.result()
    return [before, handle.done(), handle.poll()]


@weir.workflow
def chain(n: int) -> int:
    return add.submit(add.submit(add.submit(n, 1).ref, 1).ref, 1).result()


@weir.workflow
def nested() -> int:
    one, two = add.submit(1, 0), add.submit(2, 0)
    return deep({"list": [one, {"deep": two}], "plain": 4})


@weir.workflow
def hands() -> Dict[str, Any]:
    return {"later": add.submit(1, 2), "now": 1}


@weir.workflow
def grouped() -> int:
    with weir.group("folds"):
        one = add.submit(1, 1)
        with weir.group("inner"):
            two = add.submit(2, 2)
    return sum(weir.gather(one, two, add.submit(3, 3)))


@weir.workflow
def parent(n: int) -> int:
    return plain(n) + int(weir.run_workflow("plain", n=n + 1))


@weir.workflow
def broken(how: str) -> int:
    return breaks(how)


@weir.workflow
def stepmother(how: str) -> int:
    return broken(how)


@weir.workflow
def catches() -> List[str]:
    try:
        breaks("custom")
    except BadFold as error:
        return [type(error).__name__, str(error), str(error.__cause__)]
    return []


@weir.workflow
def refails() -> str:
    after = add.submit(breaks.submit("custom").ref, 1)
    try:
        after.result()
    except BadFold as error:
        return str(error)
    return "it did not fail"


@weir.workflow
def greets(name: str) -> Dict[str, str]:
    with weir.group("größe 📏"):
        add(1, 2)
    return {"straße": name, "日本": "🐍"}
