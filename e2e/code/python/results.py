"""Results of earlier steps: cache and memo."""

from typing import Any, List

import weir
from marks import gate, mark


@weir.task(cache=True)
def cached(name: str, n: int = 1) -> int:
    return mark(name) * 10


@weir.task(cache=True)
def cached_slowly(name: str) -> int:
    count = mark(name)
    gate(name)
    return count


@weir.task(cache=True)
def cached_failure(name: str) -> int:
    raise OSError(f"failure {mark(name)}")


@weir.task(cache=weir.Cache(params=["name"]))
def subset(name: str, verbose: bool) -> int:
    return mark(name)


@weir.task(cache=weir.Cache(namespace="together"))
def left(name: str) -> str:
    return f"left {mark(name)}"


@weir.task(cache=weir.Cache(namespace="together", code=False))
def right(name: str) -> str:
    return f"right {mark(name)}"


@weir.task(cache=weir.Cache(namespace="together", code=False))
def middle(name: str) -> str:
    return f"middle {mark(name)}"


@weir.workflow
def uses(name: str, n: int = 1) -> int:
    return cached(name, n)


@weir.workflow
def uses_slowly(name: str) -> int:
    return cached_slowly(name)


@weir.workflow
def uses_failure(name: str) -> int:
    return cached_failure(name)


@weir.workflow
def uses_part(name: str) -> List[int]:
    return [subset(name, True), subset(name, False)]


@weir.workflow
def uses_space(name: str) -> List[str]:
    return [right(name), middle(name), left(name)]


@weir.workflow
def uses_options(name: str) -> List[int]:
    young = cached.options(cache=weir.Cache(max_age=0))
    other = cached.options(cache=weir.Cache(version="2"))
    return [cached(name), young(name), other(name), other(name)]


@weir.workflow
def uses_result(name: str) -> int:
    return cached.submit(name, cached.submit(name + "-first").ref).result()


@weir.task(memo=True)
def remembered(name: str, n: int = 1) -> int:
    return mark(name)


@weir.task(memo=True)
def remembered_slowly(name: str) -> int:
    count = mark(name)
    gate(name)
    return count


@weir.task(memo=True)
def remembered_failure(name: str) -> int:
    if mark(name) == 1:
        raise OSError("the first one")
    return 2


@weir.task(memo=["name"])
def remembered_part(name: str, n: int) -> int:
    return mark(name)


@weir.workflow
def recalls(name: str) -> List[int]:
    return [remembered(name), remembered(name), remembered(name, 2)]


@weir.workflow
def recalls_pending(name: str) -> List[int]:
    return weir.gather(remembered_slowly.submit(name), remembered_slowly.submit(name))


@weir.workflow
def recalls_failure(name: str) -> List[Any]:
    try:
        remembered_failure(name)
    except OSError as error:
        return [str(error), remembered_failure(name)]
    return []


@weir.workflow
def recalls_part(name: str) -> List[int]:
    return [remembered_part(name, 1), remembered_part(name, 2)]


@weir.task
def inner(name: str) -> List[int]:
    return [mark(name + "-inner"), remembered(name)]


@weir.workflow
def recalls_again(name: str) -> List[Any]:
    return [remembered(name), inner(name)]
