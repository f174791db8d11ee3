"""Inside an executor process: the runtime that targets see, for one execution or, shared, for one after the other."""

from __future__ import annotations

import functools
import json
import marshal
import mmap
import os
import signal
import struct
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from types import FrameType
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple, TypeVar

from ..errors import Cancelled, WeirError
from ..large import dump
from ..runtime import BlobStore, Context, Runtime, set_process_runtime
from ..targets import AnyTarget
from . import framing
from .channel import Channel, interrupt
from .perform import perform

T = TypeVar("T")

#: How often progress is told at most, seconds.
PROGRESS_SECONDS = 0.1
#: Results of a shared executor are handed over at the latest after so long, seconds.
BATCH_SECONDS = 0.002
#: Longest text of one log line; the rest is cut.
MAX_TEXT = 128 * 1024
COUNTER = struct.Struct("Q")


def now_ms() -> int:
    """Moment of a log line or a metric."""
    return time.time_ns() // 1_000_000


class ExecutorRuntime(Runtime):
    """An execution whose requests go through the worker to the engine."""

    _progress: Optional[str] = None
    _progress_at = 0.0

    def __init__(self, channel: Channel, message: Mapping[str, Any], project: str, blobs: BlobStore, folder: Path) -> None:
        self.blobs = blobs
        self._channel = channel
        self._message_in = message
        self._project = project
        self._folder = folder

    # Made when they are needed: an execution in a shared process may take 10 µs, and needs none of them.

    @functools.cached_property
    def facts(self) -> Context:
        """Which execution it is."""
        message = self._message_in
        return Context(
            run=message["run"],
            step=message["execution"].split(":")[1],
            attempt=message["attempt"],
            workspace=message["workspace"],
            project=self._project,
            target=message["target"],
            resumed=bool(message.get("resumed")),
            folder=self._folder,
        )

    @functools.cached_property
    def _head(self) -> str:
        return f'"token":{dump(self._message_in["token"])}'

    @functools.cached_property
    def _unseen(self) -> "Set[Future[Any]]":
        return set()

    def submit(self, call: Mapping[str, Any]) -> "Future[str]":
        answer = self._channel.request(dump(call), framing.CALL)
        key: "Future[str]" = Future()
        self._unseen.add(key)
        answer.add_done_callback(lambda done: _pass_on(done, key, lambda message: message["steps"][0]))
        return key

    def select(
        self, steps: Sequence[str], mode: str, timeout_ms: Optional[int], cancel_remaining: bool
    ) -> "Future[Tuple[List[Dict[str, Any]], bool]]":
        timeout = "" if timeout_ms is None else f',"timeoutMs":{timeout_ms}'
        cancel = "true" if cancel_remaining else "false"
        answer = self._channel.request(
            f'{{"type":"select",{self._head},"steps":{dump(list(steps))},"mode":"{mode}"{timeout},"cancelRemaining":{cancel}'
        )
        selected: "Future[Tuple[List[Dict[str, Any]], bool]]" = Future()
        answer.add_done_callback(
            lambda done: _pass_on(done, selected, lambda message: (message["steps"], message["timedOut"]))
        )
        return selected

    def cancel(self, steps: Sequence[str]) -> "Future[None]":
        answer = self._channel.request(f'{{"type":"cancel",{self._head},"steps":{dump(list(steps))}')
        cancelled: "Future[None]" = Future()
        answer.add_done_callback(lambda done: _pass_on(done, cancelled, lambda message: None))
        return cancelled

    def secret(self, name: str) -> "Future[str]":
        answer = self._channel.request(f'{{"type":"secret",{self._head},"name":{dump(name)}')
        value: "Future[str]" = Future()
        answer.add_done_callback(lambda done: _pass_on(done, value, lambda message: message["value"]))
        return value

    def wait(self, future: "Future[T]") -> T:
        self._unseen.discard(future)
        return self._channel.wait(future)

    async def wait_async(self, future: "Future[T]") -> T:
        self._unseen.discard(future)
        return await self._channel.wait_async(future)

    def settle(self) -> None:
        """Waits until all calls are recorded; raises what a call that nobody waited for was refused with."""
        self.flush_progress()
        while self._unseen:
            self.wait(next(iter(self._unseen)))

    def log(self, level: str, text: str, fields: Optional[Dict[str, Any]]) -> None:
        flush_output()  # what was printed before comes before
        plain = None if fields is None else _plain(fields)
        self._channel.send(framing.LOG, marshal.dumps([(now_ms(), level, text[:MAX_TEXT], plain)]))

    def metric(self, name: str, value: float, x: Optional[float]) -> None:
        self._message(f'{{"type":"metric",{self._head},"values":{dump([[now_ms(), name, value, x]])}}}')

    def progress(self, done: float, total: Optional[float], text: Optional[str]) -> None:
        facts = dump({"done": done, "total": total, "text": text})[1:]
        self._progress = f'{{"type":"progress",{self._head},{facts}'
        if time.monotonic() - self._progress_at >= PROGRESS_SECONDS:
            self.flush_progress()

    def flush_progress(self) -> None:
        """Tells progress that was held back because it came too often."""
        text, self._progress = self._progress, None
        if text is not None:
            self._progress_at = time.monotonic()
            self._message(text)

    def asset(self, name: str, value: Any) -> None:
        self._message(f'{{"type":"asset",{self._head},"assets":{dump([{"name": name, "value": value}])}}}')

    def _message(self, text: str) -> None:
        self._channel.send(framing.MESSAGE, text.encode())


class SharedRuntime(ExecutorRuntime):
    """An execution beside others in one process: it says things, and asks for nothing."""

    def log(self, level: str, text: str, fields: Optional[Dict[str, Any]]) -> None:
        plain = None if fields is None else _plain(fields)
        lines = dump([[now_ms(), level, text[:MAX_TEXT], plain]])
        self._message(f'{{"type":"log",{self._head},"lines":{lines}}}')

    def submit(self, call: Mapping[str, Any]) -> "Future[str]":
        raise _alone("calls other targets")

    def select(self, *args: Any, **kwargs: Any) -> "Future[Tuple[List[Dict[str, Any]], bool]]":
        raise _alone("waits for steps")

    def cancel(self, steps: Sequence[str]) -> "Future[None]":
        raise _alone("cancels steps")

    def secret(self, name: str) -> "Future[str]":
        raise _alone("reads secrets")


def _plain(fields: Dict[str, Any]) -> Any:
    """Fields as JSON has them; NaN and infinities, which it has not, as texts."""
    return json.loads(json.dumps(fields, default=str, skipkeys=True), parse_constant=str)


def _alone(what: str) -> WeirError:
    return WeirError(
        f'A target with isolation="shared" that {what} would hold up those behind it in its process.',
        'Leave isolation="shared" out: it is for functions that only compute.',
    )


def _pass_on(done: "Future[Any]", to: "Future[Any]", pick: Any) -> None:
    error = done.exception()
    if error is not None:
        to.set_exception(error)
    else:
        to.set_result(pick(done.result()))


def flush_output() -> None:
    """Hands on what Python holds back of the output."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # closed or replaced by user code


def open_output() -> None:
    """Makes Python write to the file descriptors 1 and 2 line by line."""
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _end_politely(number: int, frame: Optional[FrameType]) -> None:
    signal.signal(number, signal.SIG_IGN)  # once: what cleans up is not interrupted again
    interrupt()


def cpu_and_memory() -> Dict[str, Any]:
    """What this process and its children used so far."""
    if sys.platform == "win32":
        return {"cpuMs": round(time.process_time() * 1000, 3), "peakMemoryBytes": None}
    import resource

    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    unit = 1 if sys.platform == "darwin" else 1024
    return {"cpuMs": round(cpu * 1000, 3), "peakMemoryBytes": max(own.ru_maxrss, children.ru_maxrss) * unit}


def run_one(channel: Channel, project: str, blobs: BlobStore, folder: Path, targets: Dict[str, AnyTarget]) -> None:
    """Waits for the one execution of this process, runs it and tells how it ended."""
    if sys.platform != "win32":
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    message = channel.next_execute()
    runtime = ExecutorRuntime(channel, message, project, blobs, folder)
    set_process_runtime(runtime)
    text = ""
    try:
        if sys.platform != "win32":
            signal.signal(signal.SIGTERM, _end_politely)
        text = perform(message, blobs, targets, runtime.settle, cpu_and_memory)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except Cancelled:
        text = text or f'{{"type":"aborted","token":{dump(message["token"])}}}'
    flush_output()
    runtime.flush_progress()
    channel.send(framing.ENDING, text.encode())


class SharedOutput:
    """Output of a shared executor: the file behind 1 and 2 is emptied after each execution that wrote something."""

    def __init__(self, descriptor: int) -> None:
        self._file = descriptor

    def take(self) -> str:
        """What was written since the last time."""
        flush_output()
        size = os.fstat(self._file).st_size
        if size == 0:
            return ""
        data = os.pread(self._file, size, 0)
        os.ftruncate(self._file, 0)
        return data.decode("utf-8", "replace")


class Endings:
    """Endings of a shared executor, handed over together: at the end of a batch, and after 2 ms by a thread, because the next
    execution may take long.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._endings: List[Tuple[str, str]] = []
        self._lock = threading.Lock()
        self._some = threading.Event()
        threading.Thread(target=self._hand_over_late, name="weir-endings", daemon=True).start()

    def add(self, token: str, text: str) -> None:
        """Takes the ending of an execution."""
        with self._lock:
            self._endings.append((token, text))
            if len(self._endings) == 1:
                self._some.set()

    def hand_over(self) -> None:
        """Sends what is there."""
        with self._lock:
            self._some.clear()
            if self._endings:
                self._channel.send(framing.ENDINGS, marshal.dumps(self._endings))
                self._endings = []

    def _hand_over_late(self) -> None:
        while True:
            self._some.wait()
            time.sleep(BATCH_SECONDS)
            self.hand_over()


def run_shared(
    channel: Channel, project: str, blobs: BlobStore, folder: Path, targets: Dict[str, AnyTarget], output: int, counter: int
) -> None:
    """Runs executions one after the other until the worker closes the connection.

    The number of the execution that runs is kept in memory that the worker sees: when this process dies, it knows which one
    was at fault.
    """
    written = SharedOutput(output)
    page = mmap.mmap(counter, mmap.PAGESIZE)
    number = 0
    endings = Endings(channel)
    while True:
        for message in channel.next_execute():
            number += 1
            COUNTER.pack_into(page, 0, number)
            set_process_runtime(SharedRuntime(channel, message, project, blobs, folder))
            text = perform(message, blobs, targets)
            said = written.take()
            if said:
                channel.send(framing.MESSAGE, _log(message["token"], said).encode())
            endings.add(message["token"], text)
        endings.hand_over()


def _log(token: str, said: str) -> str:
    pieces = [said[at : at + MAX_TEXT] for at in range(0, len(said), MAX_TEXT)]
    return dump({"type": "log", "token": token, "lines": [[now_ms(), "stdout", piece, None] for piece in pieces[:8]]})
