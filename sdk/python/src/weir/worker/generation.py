"""A generation: the processes of one state of the code. A reload starts another one; this one ends when it has nothing to do."""

from __future__ import annotations

import asyncio
import marshal
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import Any, Deque, Dict, List, Optional, Tuple

from ..errors import WeirError
from . import framing
from .children import Child
from .loading import Loaded

READ_BYTES = 256 * 1024
MAX_DESCRIPTORS = 64


@dataclass(frozen=True)
class Setup:
    """What processes are told.

    Attributes:
        root, paths, modules: See `Hosting`.
        engine: Fields of `EnginePlace`.
        project: Name of the project.
        ready: How many executors are kept ready.
    """

    root: str
    paths: List[str]
    modules: List[str]
    engine: Tuple[Optional[str], Optional[str], Optional[str]]
    project: str
    ready: int


class Generation(ABC):
    """Processes of one state of the code.

    Attributes:
        loaded: What loading the modules came to.
        users: Executions that run in it.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.loaded = Loaded()
        self.users = 0
        self.ready: Deque[Child] = deque()
        self.is_retired = False
        self.is_broken = False
        self.folder = tempfile.mkdtemp(prefix="weir-worker-")
        self._waiting: "Deque[asyncio.Future[Child]]" = deque()
        self._loop = asyncio.get_running_loop()

    @abstractmethod
    async def start(self) -> Loaded:
        """Loads the modules and makes executors ready. Raises WeirError when that cannot be told."""

    @abstractmethod
    def refill(self) -> None:
        """Makes another executor, in place of one that was taken."""

    async def take(self) -> Child:
        """An executor that is ready; waits for one. Raises WeirError when there will be none."""
        while self.ready:
            child = self.ready.popleft()
            if not child.has_exited:
                self.refill()
                return child
        if self.is_broken:
            raise WeirError("The process that starts executors has ended.")
        self.refill()
        future: "asyncio.Future[Child]" = self._loop.create_future()
        self._waiting.append(future)
        return await future

    def offer(self, child: Child) -> None:
        """An executor is ready."""
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(child)
                return
        if self.is_retired:
            child.close()
        else:
            self.ready.append(child)

    def fail(self, reason: str) -> None:
        """No executor will come any more."""
        self.is_broken = True
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_exception(WeirError(reason))

    def remove_folder(self, folder: str) -> None:
        """Removes the working folder of an executor that has ended, beside the loop: it may hold much."""
        self._loop.run_in_executor(None, lambda: shutil.rmtree(folder, ignore_errors=True))

    def retire(self) -> None:
        """It gets no more work of new versions: executors that are ready go."""
        self.is_retired = True
        while self.ready:
            self.ready.popleft().close()

    @abstractmethod
    async def close(self) -> None:
        """Ends all its processes."""


class ForkedGeneration(Generation):
    """Executors are forked off a template; see `template`."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.children: Dict[int, Child] = {}
        self._sock: Optional[socket.socket] = None
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._frames = framing.FrameReader()
        self._descriptors: Deque[int] = deque()
        self._out = bytearray()
        self._loaded: "asyncio.Future[Loaded]" = self._loop.create_future()
        self._shared: "Deque[asyncio.Future[Tuple[Child, int, int]]]" = deque()
        self._early_exits: Dict[int, Tuple[int, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> Loaded:
        """Starts the template; resolves when it has loaded the modules."""
        mine, theirs = socket.socketpair()
        mine.setblocking(False)
        self._sock = mine
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "weir.worker.template", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )
        self._loop.add_reader(mine, self._on_readable)
        setup = {
            "root": self.setup.root,
            "paths": self.setup.paths,
            "modules": self.setup.modules,
            "engine": self.setup.engine,
            "project": self.setup.project,
            "folder": self.folder,
        }
        self._send(framing.SETUP, marshal.dumps(setup))
        self.loaded = await self._loaded
        self._send(framing.FORK, marshal.dumps(self.setup.ready))
        return self.loaded

    def refill(self) -> None:
        """Asks the template for another executor."""
        if not self.is_broken:
            self._send(framing.FORK, marshal.dumps(1))

    async def take_shared(self) -> Tuple[Child, int, int]:
        """A process for many executions; with the descriptors of its output and of its counter."""
        if self.is_broken:
            raise WeirError("The process that starts executors has ended.")
        future: "asyncio.Future[Tuple[Child, int, int]]" = self._loop.create_future()
        self._shared.append(future)
        self._send(framing.FORK_SHARED, b"")
        return await future

    def _send(self, kind: int, payload: bytes) -> None:
        if self._sock is None:
            return
        self._out += framing.frame(kind, payload)
        self._flush()

    def _flush(self) -> None:
        sock = self._sock
        if sock is None:
            return
        try:
            sent = sock.send(self._out)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # it has ended, which reading tells
        del self._out[:sent]
        if self._out:
            self._loop.add_writer(sock, self._flush)
        else:
            self._loop.remove_writer(sock)

    def _on_readable(self) -> None:
        assert self._sock is not None
        try:
            data, descriptors, _, _ = socket.recv_fds(self._sock, READ_BYTES, MAX_DESCRIPTORS)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            self._on_gone()
            return
        self._descriptors.extend(descriptors)
        for kind, payload in self._frames.feed(data):
            self._on_frame(kind, marshal.loads(payload))

    def _on_frame(self, kind: int, facts: Any) -> None:
        if kind == framing.LOADED:
            self._loaded.set_result(Loaded(*facts))
        elif kind == framing.ENDED:
            pid, status, peak = facts
            child = self.children.pop(pid, None)
            if child is not None:
                child.exited(status, peak)
                self.remove_folder(child.folder)
            else:
                self._early_exits[pid] = (status, peak)
        else:
            handed = [self._descriptors.popleft() for _ in range(3)]
            task = self._loop.create_task(self._adopt(kind, *facts, *handed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _adopt(self, kind: int, pid: int, folder: str, channel: int, first: int, second: int) -> None:
        is_shared = kind == framing.FORKED_SHARED
        outputs = [] if is_shared else [first, second]
        for descriptor in outputs:
            os.set_blocking(descriptor, False)
        child = Child(pid, folder, outputs, self._kill)
        sock = socket.socket(fileno=channel)
        sock.setblocking(False)
        await self._loop.create_connection(lambda: child, sock=sock)
        self.children[pid] = child
        if pid in self._early_exits:
            self.children.pop(pid)
            child.exited(*self._early_exits.pop(pid))
        if not is_shared:
            self.offer(child)
        elif self._shared:
            self._shared.popleft().set_result((child, first, second))

    def _kill(self, pid: int, number: int) -> None:
        self._send(framing.KILL, marshal.dumps((pid, int(number))))

    def _on_gone(self) -> None:
        """The template has ended, and its executors with it."""
        sock, self._sock = self._sock, None
        if sock is not None:
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)
            sock.close()
        if not self._loaded.done():
            code = self._process.wait() if self._process is not None else None
            self._loaded.set_exception(WeirError(f"The modules ended the process that loads them (exit code {code})."))
        reason = "The process that starts executors has ended."
        self.fail(reason)
        while self._shared:
            self._shared.popleft().set_exception(WeirError(reason))
        for child in list(self.children.values()):
            child.exited(None, 0)
        self.children.clear()

    async def close(self) -> None:
        """Ends the template, and so all executors."""
        if self._process is not None:
            if self._sock is not None:
                self._on_gone()
            process = self._process
            await self._loop.run_in_executor(None, lambda: _end(process))
        await self._loop.run_in_executor(None, lambda: shutil.rmtree(self.folder, ignore_errors=True))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Waits for a process that was told to end; by force after 5 s."""
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
