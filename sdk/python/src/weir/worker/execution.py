"""An execution that this worker holds: its process, its log, its requests, how it ended."""

from __future__ import annotations

import asyncio
import functools
import json
import marshal
import signal
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from ..large import dump, quoted
from . import framing
from .children import Child
from .logs import Line, LogWindow
from .oom import was_out_of_memory

if TYPE_CHECKING:
    from .generation import Generation
    from .worker import Worker

#: Time between a request to end and force, seconds.
GRACE_SECONDS = 5.0
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
#: Calls of one message.
MAX_CALLS, MAX_CALLS_CHARS = 2_000, 1024 * 1024

_ASSET, _METRIC = '{"type":"asset"', '{"type":"metric"'


class Execution:
    """One execution.

    Attributes:
        token: Its name in the protocol.
        message: `execute`, as it came.
        child: The process that runs it; None before it has one.
        is_aborting: Whether it is being ended.
    """

    child: Optional[Child] = None
    is_aborting = False
    has_started = False
    _answer: Optional[str] = None
    _ending: Optional[str] = None
    _is_over = False
    _force: Optional[asyncio.TimerHandle] = None

    def __init__(self, worker: "Worker", message: Dict[str, Any], generation: "Generation") -> None:
        self.worker = worker
        self.token: str = message["token"]
        self.message = message
        self.generation = generation

    # Made when they are needed: most executions are quick and silent.

    @functools.cached_property
    def window(self) -> LogWindow:
        """Its log, on the way to the engine."""
        return LogWindow(self.token)

    @functools.cached_property
    def _calls(self) -> List[Tuple[int, str]]:
        return []

    @functools.cached_property
    def assets(self) -> List[str]:
        """Messages about files that it has kept."""
        return []

    @property
    def has_secrets(self) -> bool:
        """Whether its output is masked line by line."""
        return self.window.has_secrets

    @property
    def has_window(self) -> bool:
        """Whether it has said anything."""
        return "window" in self.__dict__

    def begin(self, child: Child) -> None:
        """Hands it to a process."""
        self.child = child
        child.owner = self
        child.send(framing.EXECUTE, marshal.dumps(self.message))
        self.has_started = True
        self.worker.send(self.started_text())

    def started_text(self) -> str:
        """The message that it runs."""
        pid = "" if self.child is None else f',"pid":{self.child.pid}'
        return f'{{"type":"started","token":{quoted(self.token)}{pid}}}'

    # what its process says (Owner)

    def on_frame(self, kind: int, payload: bytes) -> None:
        """A frame of its process."""
        if kind == framing.CALL:
            self._calls.append((framing.ID.unpack_from(payload)[0], payload[framing.ID.size :].decode()))
            return
        self.on_pause()
        if kind == framing.REQUEST:
            self.worker.ask(self, framing.ID.unpack_from(payload)[0], payload[framing.ID.size :].decode())
        elif kind == framing.LOG:
            self.on_output(marshal.loads(payload))
        elif kind == framing.MESSAGE:
            self.say(payload.decode())
        elif kind == framing.ENDING:
            self._answer = payload.decode()
            if self.child is None or self.child.drain_output():
                self.end(self._answer)

    def on_pause(self) -> None:
        """Calls that came together go on together: each message costs the engine a turn."""
        calls, self._calls = self._calls, []
        while calls:
            size, count = 0, 0
            for _, text in calls:
                size += len(text)
                if count > 0 and (size > MAX_CALLS_CHARS or count >= MAX_CALLS):
                    break
                count += 1
            self.worker.submit(self, calls[:count])
            calls = calls[count:]
        if self.has_window:
            self.push_logs()

    def say(self, text: str) -> None:
        """Passes a message on, and keeps it as long as the engine may not have it."""
        if text.startswith(_METRIC):
            self.window.add_values(json.loads(text)["values"])
            return
        if text.startswith(_ASSET):
            self.assets.append(text)
        self.worker.send(text)

    def on_output(self, lines: List[Line]) -> None:
        """Output, or lines of the log."""
        self.window.add(lines)
        self.push_logs()

    def on_exit(self, status: Optional[int], peak: int) -> None:
        """Its process has ended; without an ending it was lost."""
        if self._ending is None and not self._is_over:
            self.end(self._answer or self.lost_text(status, peak))

    def lost_text(self, status: Optional[int], peak: int) -> str:
        """The message that its process ended without an answer."""
        if self.is_aborting:
            return f'{{"type":"aborted","token":{dump(self.token)}}}'
        oom = was_out_of_memory(status, peak)
        kind = "oom" if oom else "abandoned"
        facts = {"type": f"weir.{'OutOfMemory' if oom else 'ProcessLost'}", "message": _why(status, peak, oom)}
        return dump({"type": "error", "token": self.token, "error": facts, "kind": kind})

    # what the engine says

    def abort(self) -> None:
        """Ends it: the process and all that it started are asked to, and forced after 5 s."""
        if self.is_aborting or self._ending is not None:
            return
        self.is_aborting = True
        if self.child is None:
            self.end(self.lost_text(None, 0))
            return
        self.child.resume()
        self.child.signal(signal.SIGTERM)
        self._force = asyncio.get_running_loop().call_later(GRACE_SECONDS, self.child.signal, KILL)

    def logged(self, size: int, values: int) -> None:
        """The engine has written so many bytes of its log, and so many measured values."""
        self.window.confirm(size, values)
        self.push_logs()

    def resend(self) -> None:
        """After a break: says again what the engine may not have."""
        if self.has_started:
            self.worker.send(self.started_text())
        for text in self.assets:
            self.worker.send(text)
        if self.has_window:
            self.push_logs()

    def push_logs(self) -> None:
        """Sends lines as far as there is room; a process that writes more has to wait."""
        if self.worker.is_connected:
            for text in self.window.messages():
                self.worker.send(text)
        if self.window.is_full and not self.is_aborting:
            if self.child is not None and self._ending is None:
                self.child.pause()
            return
        if self.child is not None:
            self.child.resume()
        if self._ending is not None:
            self._finish(self._ending)

    # its end

    def end(self, text: str) -> None:
        """It has ended; that is told when its log is with the engine."""
        if self._ending is not None or self._is_over:
            return
        if self._force is not None and (self.child is None or self.child.has_exited):
            self._force.cancel()
        self._ending = self.hidden(text)
        self.push_logs()

    def hidden(self, text: str) -> str:
        """The message of an error without secrets."""
        return self.window.masked(text) if text.startswith('{"type":"error"') else text

    def _finish(self, text: str) -> None:
        if not self._is_over:
            self._is_over = True
            self.worker.ended(self, text)

    def forget(self) -> None:
        """The engine has given it up: ends the process without a word."""
        self._is_over = True
        self.is_aborting = True
        if self.child is not None:
            self.child.resume()
            self.child.signal(KILL)


def _why(status: Optional[int], peak: int, oom: bool) -> str:
    used = f" It had used {peak // 1024 // 1024} MiB." if peak else ""
    if oom:
        return f"The process was ended because memory ran out.{used} Work on smaller parts, or run fewer at once (--concurrency)."
    if status is None:
        return "The process ended without an answer."
    number, code = status & 0x7F, status >> 8
    if number:
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return f"The process was ended by {name} before it had an answer.{used}"
    return f"The process ended with exit code {code} before it had an answer, e.g. by os._exit()."
