"""Executors as fresh interpreters, for systems and modules where a fork is not safe.

Each connects to a port of this machine that the worker opened, with a secret that only it knows, says what it has loaded, and
waits for its one execution.
"""

from __future__ import annotations

import asyncio
import json
import marshal
import os
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, Dict, List, Optional

from ..errors import WeirError
from . import framing
from .children import READ_BYTES, Child
from .generation import Generation, Setup
from .loading import Loaded
from .logs import OutputText

#: How long the import of modules may take before an executor counts as broken, seconds.
LOAD_SECONDS = 300.0
SECRET_BYTES = 32


class SpawnedChild(Child):
    """An executor whose output is read by threads: that works on every system."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: str) -> None:
        super().__init__(process.pid, folder, [], self._end)
        self._process = process
        self._texts = {"stdout": OutputText("stdout"), "stderr": OutputText("stderr")}
        self._threads: List[threading.Thread] = []
        self._gate = threading.Event()
        self._gate.set()

    def read_output(self) -> None:
        """Starts to read what it prints."""
        for name, pipe in (("stdout", self._process.stdout), ("stderr", self._process.stderr)):
            if pipe is not None:
                thread = threading.Thread(target=self._copy, args=(name, pipe), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _copy(self, name: str, pipe: IO[bytes]) -> None:
        while True:
            self._gate.wait()
            data = os.read(pipe.fileno(), READ_BYTES)
            try:
                self._loop.call_soon_threadsafe(self._take_text, name, data)
            except RuntimeError:
                return  # the worker has ended
            if not data:
                pipe.close()
                return

    def _take_text(self, name: str, data: bytes) -> None:
        lines = self._texts[name].lines(data, getattr(self.owner, "has_secrets", False), not data)
        if lines and self.owner is not None:
            self.owner.on_output(lines)

    def pause(self) -> None:
        """Reads nothing more."""
        self._gate.clear()
        super().pause()

    def resume(self) -> None:
        """Reads again."""
        self._gate.set()
        super().resume()

    def drain_output(self) -> bool:
        """What the threads have not read yet comes before the process's end is told."""
        return False

    def joined(self) -> bool:
        """Whether all output has been read."""
        return not any(thread.is_alive() for thread in self._threads)

    def _end(self, pid: int, number: int) -> None:
        if self._process.poll() is not None:
            return
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)
            return
        try:
            os.killpg(pid, number)
        except (ProcessLookupError, PermissionError):
            self._process.send_signal(number)


class SpawnedGeneration(Generation):
    """Executors that were started from nothing."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._server: Optional[asyncio.AbstractServer] = None
        self._expected: "Dict[bytes, asyncio.Future[_Visitor]]" = {}
        self._children: Dict[int, SpawnedChild] = {}
        self._jobs: set[asyncio.Task[None]] = set()
        self._count = 0
        self._port = 0

    async def start(self) -> Loaded:
        """Starts the first executors; what the first has loaded is what all load."""
        self._server = await self._loop.create_server(lambda: _Visitor(self._expected), "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]
        self.loaded = await self._make()
        for _ in range(self.setup.ready - 1):
            self.refill()
        return self.loaded

    def refill(self) -> None:
        """Starts another executor."""
        job = self._loop.create_task(self._make_or_fail())
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _make_or_fail(self) -> None:
        try:
            await self._make()
        except (WeirError, OSError) as error:
            if not self.ready and not self.users:
                self.fail(str(error))

    async def _make(self) -> Loaded:
        self._count += 1
        folder = os.path.join(self.folder, str(self._count))
        Path(folder).mkdir(mode=0o700)
        secret = secrets.token_bytes(SECRET_BYTES)
        expected: "asyncio.Future[_Visitor]" = self._loop.create_future()
        self._expected[secret] = expected
        process = self._start_process(secret, folder)
        child = SpawnedChild(process, folder)
        self._children[process.pid] = child
        child.read_output()
        watching = self._loop.create_task(self._watch(child, process, expected))
        self._jobs.add(watching)
        watching.add_done_callback(self._jobs.discard)
        visitor = await asyncio.wait_for(expected, LOAD_SECONDS)
        loaded = Loaded(*marshal.loads(await visitor.said))
        visitor.hand_over(child)
        self.offer(child)
        return loaded

    def _start_process(self, secret: bytes, folder: str) -> "subprocess.Popen[bytes]":
        setup = self.setup
        facts = {
            "port": self._port,
            "secret": secret.hex(),
            "root": setup.root,
            "paths": setup.paths,
            "modules": setup.modules,
            "engine": setup.engine,
            "project": setup.project,
            "folder": folder,
        }
        options: Dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        process = subprocess.Popen(
            [sys.executable, "-m", "weir.worker.spawn_main"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            **options,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(facts).encode())  # not in the environment: the secret would be seen there
        process.stdin.close()
        return process

    async def _watch(
        self, child: SpawnedChild, process: "subprocess.Popen[bytes]", expected: "asyncio.Future[_Visitor]"
    ) -> None:
        code = await self._loop.run_in_executor(None, process.wait)
        if sys.platform != "win32":
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass  # nothing was left behind
        if not expected.done():
            expected.set_exception(WeirError(f"The modules ended the process that loads them (exit code {code})."))
        for _ in range(100):
            if child.joined():
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)  # what the threads have handed over is taken before
        self._children.pop(child.pid, None)
        child.exited(-code if code < 0 else code << 8, 0)
        self.remove_folder(child.folder)

    async def close(self) -> None:
        """Ends all processes."""
        self.fail("The worker ends.")
        if self._server is not None:
            self._server.close()
        for child in list(self._children.values()):
            child.signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        await asyncio.gather(*self._jobs, return_exceptions=True)
        import shutil

        await self._loop.run_in_executor(None, lambda: shutil.rmtree(self.folder, ignore_errors=True))


class _Visitor(asyncio.Protocol):
    """Whoever connects to the worker's port: nobody, until it said a secret that is expected."""

    def __init__(self, expected: "Dict[bytes, asyncio.Future[_Visitor]]") -> None:
        self.said: "asyncio.Future[bytes]" = asyncio.get_running_loop().create_future()
        self._expected = expected
        self._secret = b""
        self._frames = framing.FrameReader()
        self._transport: Optional[asyncio.Transport] = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a socket's transport reads and writes

    def data_received(self, data: bytes) -> None:
        missing = SECRET_BYTES - len(self._secret)
        if missing > 0:
            self._secret += data[:missing]
            data = data[missing:]
            if len(self._secret) < SECRET_BYTES:
                return
            future = self._expected.pop(self._secret, None)
            if future is None or future.done():
                if self._transport is not None:
                    self._transport.abort()
                return
            future.set_result(self)
        for _, payload in self._frames.feed(data):
            if not self.said.done():
                self.said.set_result(payload)

    def connection_lost(self, exc: Optional[Exception]) -> None:
        if not self.said.done():
            self.said.set_exception(WeirError("A process ended while it loaded the modules."))
            self.said.exception()  # it may be that nobody waits

    def hand_over(self, child: Child) -> None:
        """The connection is that of a child from now on."""
        if self._transport is not None:
            self._transport.set_protocol(child)
            child.connection_made(self._transport)
