"""Frames between the worker and its processes: length, kind, payload.

Payloads to a process are marshalled (it runs the same Python); those from it are JSON texts that go on to the engine as they are.
"""

from __future__ import annotations

import struct
from typing import List, Tuple

_HEADER = struct.Struct("!IB")
HEADER_BYTES = _HEADER.size
ID = struct.Struct("!I")

# From the template to the worker
LOADED = 1  #: marshalled: manifests, faults, files
FORKED = 2  #: marshalled pid; file descriptors travel with it
FORKED_SHARED = 3  #: the same for the warm process of `isolation: shared`
ENDED = 4  #: marshalled (pid, wait status, peak memory in bytes)

# From the worker to the template
SETUP = 20  #: marshalled
FORK = 21  #: marshalled count
FORK_SHARED = 22
KILL = 23  #: marshalled (pid, signal): the process group and all descendants

# From an executor to the worker
REQUEST = 40  #: number, then a JSON object without its closing brace: the worker adds the `id`
CALL = 45  #: number, then the JSON of a call: the worker puts those that come together into one `submit`
MESSAGE = 41  #: a JSON message that goes on as it is
LOG = 42  #: marshalled lines
ENDING = 43  #: the JSON message of the end
ENDINGS = 44  #: marshalled [(token, JSON message)]

# From the worker to an executor
EXECUTE = 60  #: marshalled message; for a shared executor a list of them
ANSWER = 61  #: number, then a marshalled message
SUBMITTED = 62  #: marshalled [(number, key of the step)]


def frame(kind: int, payload: bytes) -> bytes:
    """A frame, ready to be sent."""
    return _HEADER.pack(len(payload), kind) + payload


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> List[Tuple[int, bytes]]:
        """Takes bytes; answers the frames that are complete now, as (kind, payload)."""
        buffer = self._buffer
        buffer += data
        found: List[Tuple[int, bytes]] = []
        at, end = 0, len(buffer)
        while end - at >= HEADER_BYTES:
            size, kind = _HEADER.unpack_from(buffer, at)
            until = at + HEADER_BYTES + size
            if until > end:
                break
            found.append((kind, bytes(buffer[at + HEADER_BYTES : until])))
            at = until
        del buffer[:at]
        return found
