"""Development: looks whether files of the project have changed, and has them loaded anew."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Awaitable, Callable, Dict, Iterable, Optional, Tuple

#: How often is looked.
LOOK_SECONDS = 0.25
#: A file that is written in pieces is left alone until it has been quiet for so long.
QUIET_SECONDS = 0.1

GONE = (0, -1)
State = Dict[str, Tuple[int, int]]


def state_of(files: Iterable[str]) -> State:
    """When each file was changed and how large it is; `GONE` for one that is not there, maybe for a moment."""
    out: State = {}
    for file in files:
        try:
            facts = os.stat(file)
        except OSError:
            out[file] = GONE
            continue
        out[file] = (facts.st_mtime_ns, facts.st_size)
    return out


async def watch(files: Callable[[], Iterable[str]], changed: Callable[[Path], Awaitable[None]], since: int) -> None:
    """Calls `changed` with a file whenever one of the files has changed; until it is cancelled.

    Args:
        files: Which files are looked at now.
        changed: Loads the code; the next look is after that.
        since: When the code was loaded first, ns since 1970: a file that was saved later, and before the first look, has changed, too.
    """
    known: State = {}
    loaded = since
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = state_of(files())
        file = difference(known, now) or newer(known, now, loaded)
        while file is not None:
            await asyncio.sleep(QUIET_SECONDS)
            later = state_of(files())
            if later == now:
                break
            now = later
        known = now
        if file is not None:
            loaded = time.time_ns()
            await changed(Path(file))


def newer(before: State, after: State, since: int) -> Optional[str]:
    """A file that is looked at for the first time and was saved since a moment."""
    return next((file for file, (saved, _) in after.items() if file not in before and saved > since), None)


def difference(before: State, after: State) -> Optional[str]:
    """A file that changed, went or came back; None when all is as before. One that was not looked at before is no change."""
    for file, state in after.items():
        if file in before and before[file] != state:
            return file
    return None
