"""The executor's end of its connection to the worker: requests from any thread, answers as futures."""

from __future__ import annotations

import asyncio
import marshal
import os
import select
import socket
import threading
from concurrent.futures import Future
from typing import Any, Dict, List, Tuple, TypeVar

from ..errors import Cancelled, RefusedError, WeirError
from . import framing

T = TypeVar("T")


class Critical:
    """Stretches of code in which an abort has to wait: it would cut a frame in two. For the main thread."""

    depth = 0
    is_wanted = False

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            Critical.depth += 1

    def __exit__(self, *error: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        Critical.depth -= 1
        if Critical.depth == 0 and Critical.is_wanted:
            Critical.is_wanted = False
            raise Cancelled()


def interrupt() -> None:
    """Raises Cancelled in the main thread, as soon as nothing is cut in two by it. For a signal's handler."""
    if Critical.depth > 0:
        Critical.is_wanted = True
    else:
        raise Cancelled()


READ_BYTES = 256 * 1024
#: Exit code of a process whose worker is gone.
ORPHANED = 70


class Channel:
    """Frames to and from the worker.

    Whoever waits reads: one thread at a time takes the reading lock and hands out the answers that come, so that a process
    without threads of its own needs none. Async code starts a reader thread at its first wait.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._pid = os.getpid()
        self._sending = threading.Lock()
        self._reading = threading.Lock()
        self._frames = framing.FrameReader()
        self._early: List[Tuple[int, bytes]] = []
        self._pending: "Dict[int, Future[Dict[str, Any]]]" = {}
        self._last = 0
        self._reader: "threading.Thread | None" = None

    def send(self, kind: int, payload: bytes) -> None:
        """Sends a frame. Raises WeirError in a process that was forked off by user code."""
        if os.getpid() != self._pid:
            raise WeirError(
                "A process that was started by a task cannot call Weir.", "Call it in the task itself, or from its threads."
            )
        with Critical(), self._sending:
            self._sock.sendall(framing.frame(kind, payload))

    def request(self, text: str, kind: int = framing.REQUEST) -> "Future[Dict[str, Any]]":
        """Sends a request: JSON of the message without `id` and without the closing brace; or of a call."""
        future: "Future[Dict[str, Any]]" = Future()
        with self._sending:
            self._last += 1
            number = self._last
            self._pending[number] = future
        self.send(kind, framing.ID.pack(number) + text.encode())
        return future

    def wait(self, future: "Future[T]") -> T:
        """Blocks until the answer is there. Raises RefusedError when the engine refused."""
        while not future.done():
            with self._reading:
                if not future.done():
                    self._read()
        return future.result()

    async def wait_async(self, future: "Future[T]") -> T:
        """The same without blocking the event loop."""
        if not future.done() and self._reader is None:
            self._reader = threading.Thread(target=self._read_for_ever, name="weir-reader", daemon=True)
            self._reader.start()
        return await asyncio.wrap_future(future)

    def _read_for_ever(self) -> None:
        while True:
            with self._reading:
                self._read()

    def next_execute(self) -> Any:
        """Blocks for the next EXECUTE frame."""
        while True:
            for index, (kind, payload) in enumerate(self._early):
                if kind == framing.EXECUTE:
                    del self._early[index]
                    return marshal.loads(payload)
            self._read()

    def _read(self) -> None:
        select.select((self._sock,), (), ())  # what can be interrupted is the wait, not the reading
        with Critical():
            data = self._sock.recv(READ_BYTES)
            if not data:
                os._exit(ORPHANED)  # the worker is gone, and so is whoever would hear of this execution
            for kind, payload in self._frames.feed(data):
                if kind == framing.ANSWER:
                    self._answer(framing.ID.unpack_from(payload)[0], marshal.loads(payload[framing.ID.size :]))
                elif kind == framing.SUBMITTED:
                    for number, key in marshal.loads(payload):
                        self._answer(number, {"type": "submitted", "steps": [key]})
                else:
                    self._early.append((kind, payload))

    def _answer(self, number: int, message: Dict[str, Any]) -> None:
        future = self._pending.pop(number, None)
        if future is None:
            return
        if message["type"] == "refused":
            problem = message["problem"]
            future.set_exception(RefusedError(problem["message"], problem.get("fix"), problem["code"]))
        else:
            future.set_result(message)
