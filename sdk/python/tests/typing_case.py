"""For mypy: decorators keep signatures and types. Each `type: ignore` here must be needed, which mypy --strict checks."""

from __future__ import annotations

from typing import List

import weir


@weir.task
def plain(x: int, name: str = "") -> float:
    return x / 2


@weir.task(retries=3, cache=weir.Cache(max_age=60))
def with_options(x: int) -> List[str]:
    return [str(x)]


@weir.task
async def asynchronous(x: int) -> str:
    return str(x)


@weir.workflow
def flow(n: int) -> float:
    handle: weir.Handle[float] = plain.submit(n, name="a")
    value: float = plain(n)
    texts: List[str] = with_options.options(priority=3)(n)
    late: weir.Handle[str] = asynchronous.submit(1)
    both: List[float] = weir.gather(plain.submit(1), plain.submit(2))
    first: weir.Handle[float] = weir.select([handle])
    nested: weir.Handle[List[str]] = with_options.submit(weir.ref(weir.target("a/b").submit()))
    plain("text")  # type: ignore[arg-type]
    plain.submit(1, nme="a")  # type: ignore[call-arg]
    with_options.options(colour=1)  # type: ignore[call-arg]
    return value + len(texts) + len(late.result()) + sum(both) + first.result() + len(nested.result())


@weir.workflow
async def flow_async() -> str:
    a: str = await asynchronous(1)
    b: float = await plain.submit(1)
    c: List[float] = await weir.gather_async(plain.submit(1))
    return f"{a}{b}{c}"
