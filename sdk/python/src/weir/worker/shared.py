"""`isolation: shared`: one warm process that runs many executions, one after the other."""

from __future__ import annotations

import asyncio
import json
import marshal
import mmap
import os
from collections import deque
from typing import TYPE_CHECKING, Any, Deque, Dict, List, Optional

from ..errors import WeirError
from ..large import quoted
from . import framing
from .children import Child
from .execution import KILL, Execution
from .executor import COUNTER, now_ms
from .logs import Line

if TYPE_CHECKING:
    from .generation import ForkedGeneration
    from .worker import Worker

#: Executions that are handed to the process before it has answered; those behind can be ended without ending it.
AHEAD = 512
MAX_LOST_OUTPUT = 256 * 1024


class SharedExecution(Execution):
    """An execution in the shared process."""

    def __init__(
        self, worker: "Worker", message: Dict[str, Any], generation: "ForkedGeneration", runner: "SharedRunner"
    ) -> None:
        super().__init__(worker, message, generation)
        self.runner = runner

    def end(self, text: str) -> None:
        """It has ended; that is told when its log is with the engine."""
        if self._ending is None and not self._is_over:
            self._ending = text
            if self.has_window:
                self.push_logs()
            else:
                self._finish(text)

    def abort(self) -> None:
        """Takes it out of the queue; when the process has it, the process is ended and the others begin anew."""
        if self.is_aborting:
            return
        self.is_aborting = True
        self.runner.remove(self)
        self.end(self.lost_text(None, 0))

    def forget(self) -> None:
        """The engine has given it up."""
        self._is_over = True
        self.is_aborting = True
        self.runner.remove(self)


class SharedRunner:
    """The shared process of a generation, started at its first execution (Owner of its child)."""

    has_secrets = False

    def __init__(self, generation: "ForkedGeneration") -> None:
        self._generation = generation
        self._waiting: Deque[SharedExecution] = deque()
        self._sent: Deque[SharedExecution] = deque()
        self._child: Optional[Child] = None
        self._output = self._counter = -1
        self._answered = 0
        self._is_starting = False
        self._is_ending = False
        self._is_scheduled = False
        self._task: Optional[asyncio.Task[None]] = None
        self._loop = asyncio.get_running_loop()

    def add(self, execution: SharedExecution) -> None:
        """Queues an execution; those of one turn of the loop are handed over together."""
        self._waiting.append(execution)
        if not self._is_scheduled:
            self._is_scheduled = True
            self._loop.call_soon(self._hand_over)

    def remove(self, execution: SharedExecution) -> None:
        """Takes an execution away, by ending the process when that has it."""
        if execution in self._waiting:
            self._waiting.remove(execution)
        elif execution in self._sent and self._child is not None and not self._is_ending:
            self._is_ending = True
            self._child.signal(KILL)

    def _hand_over(self) -> None:
        self._is_scheduled = False
        if not self._waiting or self._is_ending:
            return
        if self._child is None:
            if not self._is_starting:
                self._is_starting = True
                self._task = self._loop.create_task(self._start())
            return
        batch: List[Dict[str, Any]] = []
        child = self._child
        started = f',"pid":{child.pid}}}'
        while self._waiting and len(self._sent) < AHEAD:
            execution = self._waiting.popleft()
            execution.child = child
            execution.has_started = True
            self._sent.append(execution)
            batch.append(execution.message)
            execution.worker.send(f'{{"type":"started","token":{quoted(execution.token)}{started}')
        if batch:
            child.send(framing.EXECUTE, marshal.dumps(batch))

    async def _start(self) -> None:
        try:
            child, self._output, self._counter = await self._generation.take_shared()
        except WeirError:
            self._is_starting = False
            while self._waiting:
                execution = self._waiting.popleft()
                execution.end(execution.lost_text(None, 0))
            return
        child.owner = self
        self._child = child
        self._answered = 0
        self._is_starting = False
        self._hand_over()

    # Owner

    def on_frame(self, kind: int, payload: bytes) -> None:
        """A frame of the process."""
        if kind == framing.ENDINGS:
            for token, text in marshal.loads(payload):
                execution = self._sent.popleft()
                self._answered += 1
                if execution.token != token:
                    raise RuntimeError(f"the shared process answered {token} in place of {execution.token}")
                execution.end(text)
            self._hand_over()
        elif kind == framing.MESSAGE and self._sent:
            self._say(payload.decode())

    def _say(self, text: str) -> None:
        message = json.loads(text)
        execution = self._sent[0].worker.executions.get(message["token"])
        if execution is None:
            return  # it was given up
        if message["type"] == "log":
            execution.on_output([(at, stream, line, fields) for at, stream, line, fields in message["lines"]])
        else:
            execution.say(text)
            if execution.has_window:
                execution.push_logs()

    def on_pause(self) -> None:
        """Nothing is kept back."""

    def on_output(self, lines: List[Line]) -> None:
        """It has no pipes: its output is in a file."""

    def on_exit(self, status: Optional[int], peak: int) -> None:
        """The process has ended: the execution that ran is at fault, the others go again in another process."""
        running = self._running()
        was_wanted = self._is_ending
        self._child = None
        self._is_ending = False
        sent, self._sent = list(self._sent), deque()
        again = [execution for execution in sent if not execution.is_aborting]
        if not was_wanted and running < len(sent):
            guilty = sent[running]
            again.remove(guilty)
            said = self._said()
            if said:
                guilty.on_output([(now_ms(), "stderr", said, None)])
            guilty.child = None
            guilty.end(guilty.lost_text(status, peak))
        for descriptor in (self._output, self._counter):
            os.close(descriptor)
        self._waiting.extendleft(reversed(again))
        self._hand_over()

    def _running(self) -> int:
        """Place in what was sent of the execution that the process began last."""
        with mmap.mmap(self._counter, mmap.PAGESIZE, prot=mmap.PROT_READ) as page:
            begun: int = COUNTER.unpack_from(page, 0)[0]
        return max(0, begun - self._answered - 1)

    def _said(self) -> str:
        size = os.fstat(self._output).st_size
        return os.pread(self._output, min(size, MAX_LOST_OUTPUT), max(0, size - MAX_LOST_OUTPUT)).decode("utf-8", "replace")
