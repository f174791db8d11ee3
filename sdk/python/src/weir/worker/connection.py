"""The WebSocket to the engine: connects, says hello, keeps the heart beating, comes back when it breaks."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Dict, List, Optional, Protocol

from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from ..engine import Address, EnginePlace
from ..errors import WeirError
from ..http import segment
from ..large import dump

PROTOCOL = 1
HEARTBEAT_SECONDS = 5.0
SILENCE_SECONDS = 15.0
FIRST_WAIT, LAST_WAIT = 0.2, 5.0
OPEN_SECONDS = 10.0
FRAME_BYTES = 8 * 1024 * 1024
#: Messages are put into one frame up to this size.
AIM_BYTES = 512 * 1024

#: So often within so many seconds the engine may end the connection for a message that it does not understand.
MOST_MALFORMED, MALFORMED_SECONDS = 3, 60.0

#: Closes after which another attempt would end the same way, with what to do.
MALFORMED = 4400
_FINAL = {
    MALFORMED: "This SDK and the engine do not understand each other: install the SDK that came with the engine.",
    4404: "Name a project and a workspace that are there, with --project and --workspace.",
    4409: "Release the code with --register, or develop with --dev.",
    4426: "Install the SDK that came with the engine.",
}
_REFUSALS = {
    401: "Give the engine's token in WEIR_TOKEN.",
    403: "Give a token that may run workflows in WEIR_TOKEN.",
    404: "Name a project that is there with --project; an engine without workers is too old.",
}


class Listener(Protocol):
    """Who hears of the connection."""

    def hello(self) -> Dict[str, Any]:
        """What is said first."""

    def welcomed(self, message: Dict[str, Any]) -> None:
        """The engine took the session."""

    def received(self, message: Dict[str, Any]) -> None:
        """Any other message."""

    def lost(self, reason: str) -> None:
        """The connection broke, or could not be made; another attempt follows."""

    def misunderstood(self, reason: str) -> None:
        """The engine ended the connection because of something that was said on it: that must not be said again."""

    def holding(self) -> List[str]:
        """Tokens for the heartbeat."""


class Connection:
    """One session's connection; see `Listener` for what it tells."""

    def __init__(self, place: EnginePlace, project: str, listener: Listener) -> None:
        self._place = place
        self._path = f"/api/v1/projects/{segment(project)}/workers/connect"
        self._listener = listener
        self._outbox: List[str] = []
        self._wake = asyncio.Event()
        self._socket: Optional[ClientConnection] = None
        self._heard = 0.0
        self._is_closing = False
        self._malformed: List[float] = []
        self.is_open = False

    def send(self, text: str) -> None:
        """Sends a message, as JSON text, in the order of the calls. Nothing happens while there is no connection."""
        if self.is_open:
            self._outbox.append(text)
            self._wake.set()

    async def run(self) -> None:
        """Keeps the connection until `close`.

        Raises:
            WeirError: The engine refuses this worker, and would again.
        """
        wait = FIRST_WAIT
        while not self._is_closing:
            welcomed = False
            try:
                welcomed = await self._once()
                reason = "the engine closed the connection"
            except InvalidStatus as error:
                status = error.response.status_code
                if status in _REFUSALS:
                    raise WeirError(f"The engine refuses the worker ({status}).", _REFUSALS[status]) from error
                reason = f"the engine answered {status}"
            except ConnectionClosed as error:
                welcomed = self.is_open
                reason = self._judge(error)
            except (OSError, InvalidHandshake, asyncio.TimeoutError, WeirError) as error:
                welcomed = self.is_open
                reason = str(error) or type(error).__name__
            self._forget()
            if self._is_closing:
                return
            self._listener.lost(reason)
            wait = FIRST_WAIT if welcomed else min(wait * 2, LAST_WAIT)
            await asyncio.sleep(wait)

    async def close(self) -> None:
        """Sends what waits and closes the connection for good."""
        self._is_closing = True
        socket = self._socket
        if socket is None:
            return
        try:
            await self._flush(socket)
            await socket.close(1000, "drained")
        except (ConnectionClosed, OSError):
            return  # it broke in the same moment

    def _forget(self) -> None:
        self.is_open = False
        self._socket = None
        self._outbox.clear()

    def _judge(self, error: ConnectionClosed) -> str:
        code = error.rcvd.code if error.rcvd is not None else 1006
        words = error.rcvd.reason if error.rcvd is not None else "the connection broke"
        if code == MALFORMED and self.is_open and self._may_go_on():
            self._listener.misunderstood(words)
        elif code in _FINAL:
            raise WeirError(f"The engine ended the session ({code}): {words}.".replace("..", "."), _FINAL[code]) from error
        return f"{words} ({code})"

    def _may_go_on(self) -> bool:
        now = time.monotonic()
        self._malformed = [at for at in self._malformed if now - at < MALFORMED_SECONDS] + [now]
        return len(self._malformed) < MOST_MALFORMED

    async def _once(self) -> bool:
        """One connection, from its opening to its end; answers whether the engine took the session."""
        address = self._place.address()
        async with _opened(address, self._path) as socket:
            self._socket = socket
            self._heard = time.monotonic()
            await socket.send(dump([self._listener.hello()]))
            tasks = [asyncio.ensure_future(job) for job in (self._read(socket), self._write(socket), self._beat(socket))]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            for task in done:
                task.result()
            return self.is_open

    async def _read(self, socket: ClientConnection) -> None:
        # Not `async for`: that hides with which code the engine closed.
        while True:
            frame = await socket.recv()
            self._heard = time.monotonic()
            for message in json.loads(frame):
                self._take(message)

    def _take(self, message: Dict[str, Any]) -> None:
        if message["type"] == "heartbeat":
            return  # it is there: that was noted
        if message["type"] == "welcome":
            self.is_open = True
            self._listener.welcomed(message)
        else:
            self._listener.received(message)

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._flush(socket)

    async def _flush(self, socket: ClientConnection) -> None:
        while self._outbox:
            size, count = 0, 0
            for text in self._outbox:
                size += len(text) + 1
                if count > 0 and size > AIM_BYTES:
                    break
                count += 1
            chosen, self._outbox = self._outbox[:count], self._outbox[count:]
            await socket.send(f"[{','.join(chosen)}]")

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if time.monotonic() - self._heard > SILENCE_SECONDS:
                await socket.close(4408, "the engine was silent")
                return
            if self.is_open:
                self.send(dump({"type": "heartbeat", "executions": self._listener.holding()}))


def _opened(address: Address, path: str) -> connect:
    options: Dict[str, Any] = {
        "compression": None,
        "max_size": 2 * FRAME_BYTES,
        "ping_interval": None,
        "open_timeout": OPEN_SECONDS,
        "close_timeout": 2.0,
        "proxy": None,
    }
    if address.token is not None:
        options["additional_headers"] = {"Authorization": f"Bearer {address.token}"}
    if address.socket is not None:
        return unix_connect(address.socket, f"ws://localhost{path}", **options)
    return connect(f"ws://{address.host_header}{path}", **options)
