"""The worker's end of an executor process."""

from __future__ import annotations

import asyncio
import marshal
import os
from typing import Any, Callable, Dict, List, Optional, Protocol

from . import framing
from .logs import Line, OutputText

#: Bytes that are read of an output at once: the size of a pipe.
READ_BYTES = 64 * 1024


class Owner(Protocol):
    """Who hears of what an executor says."""

    def on_frame(self, kind: int, payload: bytes) -> None:
        """A frame came."""

    def on_pause(self) -> None:
        """All frames that came together have been told."""

    def on_output(self, lines: List[Line]) -> None:
        """Output came."""

    def on_exit(self, status: Optional[int], peak: int) -> None:
        """The process has ended: wait status (None when nobody knows it) and peak memory in bytes."""


class Child(asyncio.Protocol):
    """An executor process: its connection, its output, its end.

    Attributes:
        pid: Of the process.
        folder: Its working folder.
        owner: Who hears of it; None while it is ready and has nothing to do.
    """

    def __init__(self, pid: int, folder: str, outputs: List[int], kill: Callable[[int, int], None]) -> None:
        self.pid = pid
        self.folder = folder
        self.owner: Optional[Owner] = None
        self.has_exited = False
        self._outputs = dict(zip(outputs, (OutputText("stdout"), OutputText("stderr"))))
        self._open = set(outputs)
        self._read: set[int] = set()
        self._kill = kill
        self._frames = framing.FrameReader()
        self._transport: Optional[asyncio.Transport] = None
        self._is_paused = False
        self._exit: Optional[tuple[Optional[int], int]] = None
        self._is_closed = False
        self._loop = asyncio.get_running_loop()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: the connection is there."""
        self._transport = transport  # type: ignore[assignment]  # a socket's transport reads and writes
        self._read_outputs()

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes came."""
        for kind, payload in self._frames.feed(data):
            if self.owner is not None:
                self.owner.on_frame(kind, payload)
        if self.owner is not None:
            self.owner.on_pause()

    def connection_lost(self, exc: Optional[Exception]) -> None:
        """asyncio: the process closed its end, usually by exiting."""
        self._is_closed = True
        self._tell_exit()

    # what the worker does

    def send(self, kind: int, payload: bytes) -> None:
        """Sends a frame; nothing happens when the process is gone, whose end is told by itself."""
        if self._transport is not None and not self._is_closed:
            self._transport.write(framing.frame(kind, payload))

    def answer(self, number: int, message: Dict[str, Any]) -> None:
        """Sends an answer to a request."""
        self.send(framing.ANSWER, framing.ID.pack(number) + marshal.dumps(message))

    def signal(self, number: int) -> None:
        """Sends a signal to the process and all that it started."""
        if not self.has_exited:
            self._kill(self.pid, number)

    def pause(self) -> None:
        """Reads nothing more, so that the process blocks when it writes on."""
        if self._is_paused or self._is_closed:
            return
        self._is_paused = True
        if self._transport is not None:
            self._transport.pause_reading()
        for descriptor in list(self._read):
            self._loop.remove_reader(descriptor)
        self._read.clear()

    def resume(self) -> None:
        """Reads again."""
        if not self._is_paused:
            return
        self._is_paused = False
        if self._transport is not None and not self._is_closed:
            self._transport.resume_reading()
        self._read_outputs()

    def drain_output(self) -> bool:
        """Takes all output that is there now; false when that can only be had at the process's end."""
        for descriptor in list(self._open):
            while self._take_output(descriptor):
                pass
            lines = self._outputs[descriptor].lines(b"", False)
            if lines and self.owner is not None:
                self.owner.on_output(lines)
        return True

    def exited(self, status: Optional[int], peak: int) -> None:
        """The process has ended, as who watches it says. Its owner hears of it after all that it had said."""
        self._exit = (status, peak)
        self.has_exited = True
        self._tell_exit()

    def close(self) -> None:
        """Closes what is open of it; a process that is ready ends by that."""
        for descriptor in list(self._open):
            self._close_output(descriptor)
        if self._transport is not None:
            self._transport.close()

    def _tell_exit(self) -> None:
        if self._exit is None or not self._is_closed:
            return
        self.drain_output()
        (status, peak), owner = self._exit, self.owner
        self.owner = None
        self.close()
        if owner is not None:
            owner.on_exit(status, peak)

    def _read_outputs(self) -> None:
        for descriptor in self._open:
            if descriptor not in self._read:
                self._loop.add_reader(descriptor, self._take_output, descriptor)
                self._read.add(descriptor)

    def _take_output(self, descriptor: int) -> bool:
        try:
            data = os.read(descriptor, READ_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        lines = self._outputs[descriptor].lines(data, getattr(self.owner, "has_secrets", False), not data)
        if lines and self.owner is not None:
            self.owner.on_output(lines)
        if not data:
            self._close_output(descriptor)
        return bool(data)

    def _close_output(self, descriptor: int) -> None:
        if descriptor in self._read:
            self._loop.remove_reader(descriptor)
            self._read.discard(descriptor)
        if descriptor in self._open:
            self._open.discard(descriptor)
            os.close(descriptor)
