"""More than there is room for."""

import resource
from pathlib import Path
from typing import List

import weir

MIB = 1024 * 1024


@weir.task(retries=weir.Retries(1, min_delay=0.01))
def eats(mib: int, last: int) -> int:
    """Takes memory beyond a limit of its process, up to attempt `last`."""
    if weir.context().attempt <= last:
        size = 1024 * MIB
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        kept: List[bytearray] = [bytearray(MIB) for _ in range(mib)]
        return len(kept)
    return 0


@weir.workflow
def hungry(mib: int, last: int) -> int:
    return eats(mib, last)


@weir.task
def fine() -> str:
    return "fine"


@weir.workflow
def goes_on() -> str:
    return fine()


@weir.task
def pours(lines: int) -> int:
    for n in range(lines):
        print(f"line {n}")
    return lines


@weir.workflow
def pour(lines: int) -> int:
    return pours(lines)


@weir.task
def fills(mib: int) -> weir.Blob:
    """A file of so many MiB, returned as a stream."""
    path = Path("large.bin")
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(b"\x07" * MIB)
    return weir.blob(path)


@weir.workflow
def fill(mib: int) -> weir.Blob:
    return fills(mib)


@weir.task
def swells(mib: int) -> bytes:
    return b"\x07" * (mib * MIB)


@weir.workflow
def swell(mib: int) -> int:
    return len(swells(mib))


@weir.task
def overflows(mib: int) -> str:
    return "x" * (mib * MIB)


@weir.workflow
def overflow(mib: int) -> None:
    overflows(mib)


@weir.task
def deeper(depth: int) -> int:
    return deeper(depth + 1)


@weir.workflow
def deep() -> int:
    return deeper(0)
