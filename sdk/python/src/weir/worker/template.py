"""The template: a process with one thread that has imported the modules, and forks executors that are ready at once.

    worker ── control socket ── template
       ╲                          │ fork
        ╲── a socket each ──── executor, executor, …   each its own session, working folder, pipes for output

The template passes on the descriptors of each executor, reaps it, ends what it left behind, and dies with the worker. It is
for Linux: it relies on child subreapers and /proc.
"""

from __future__ import annotations

import ctypes
import gc
import marshal
import os
import select
import shutil
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Optional, Set

from ..engine import EnginePlace
from ..http import Http, HttpBlobs
from ..targets import AnyTarget
from . import framing
from .channel import Channel
from .executor import open_output, run_one, run_shared
from .loading import Hosting, load
from .perform import find_target

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
READ_BYTES = 64 * 1024
_FAILED = 71


class Template:
    """State of the template process."""

    def __init__(self, control: socket.socket, setup: Dict[str, Any]) -> None:
        self.control = control
        self.setup = setup
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.executors: Set[int] = set()
        self.targets: Dict[str, AnyTarget] = {}
        self.count = 0
        self.wakeup_read, self.wakeup_write = os.pipe()
        for descriptor in (self.wakeup_read, self.wakeup_write):
            os.set_blocking(descriptor, False)

    def prepare(self) -> None:
        """Loads the modules, says what they are, and makes itself ready to fork."""
        self.libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        hosting = Hosting(self.setup["root"], self.setup["paths"], self.setup["modules"])
        loaded = load(hosting)
        for manifest in loaded.manifests:
            for described in manifest["targets"]:
                path = f"{manifest['module']}/{described['name']}"
                self.targets[path] = target = find_target(path)
                target.prepare()
        threads = threading.active_count() - 1
        if threads > 0:
            loaded.notes.append(
                f"The modules start {threads} thread(s) when they are imported, which executors will not have. Start threads in "
                "tasks, or run the worker with --start-method spawn."
            )
        self.control.sendall(
            framing.frame(framing.LOADED, marshal.dumps((loaded.manifests, loaded.faults, loaded.notes, loaded.files)))
        )
        sys.stdout.flush()
        sys.stderr.flush()
        gc.collect()
        gc.freeze()  # what is here stays: forks share it until it is written to

    def serve(self) -> None:
        """Answers the worker until it goes away."""
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self.wakeup_write)
        frames = framing.FrameReader()
        while True:
            ready, _, _ = select.select((self.control.fileno(), self.wakeup_read), (), ())
            if self.wakeup_read in ready:
                _drain(self.wakeup_read)
                self.reap()
            if self.control.fileno() not in ready:
                continue
            data = self.control.recv(READ_BYTES)
            if not data:
                return
            for kind, payload in frames.feed(data):
                self.obey(kind, payload)

    def obey(self, kind: int, payload: bytes) -> None:
        """Does what the worker asks for."""
        if kind == framing.FORK:
            for _ in range(marshal.loads(payload)):
                self.fork(False)
        elif kind == framing.FORK_SHARED:
            self.fork(True)
        elif kind == framing.KILL:
            pid, number = marshal.loads(payload)
            self.kill(pid, number)

    def kill(self, pid: int, number: int) -> None:
        """Sends a signal to an executor and all that it started.

        One that was reaped is left alone: its number may be another's.
        """
        if pid not in self.executors:
            return
        for descendant in _descendants(pid):
            _signal(descendant, number)
        try:
            os.killpg(pid, number)
        except (ProcessLookupError, PermissionError):
            _signal(pid, number)

    def reap(self) -> None:
        """Tells of executors that have ended, after what they left behind was ended, too."""
        ended = False
        while True:
            try:
                info = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                break
            if info is None:
                break
            pid = info.si_pid
            if pid in self.executors:
                self.executors.discard(pid)
                try:
                    os.killpg(pid, signal.SIGKILL)  # its number is not free before it was reaped
                except (ProcessLookupError, PermissionError):
                    pass  # nobody is left in its group
                _, status, usage = os.wait4(pid, 0)
                self.control.sendall(framing.frame(framing.ENDED, marshal.dumps((pid, status, usage.ru_maxrss * 1024))))
                ended = True
            else:
                os.waitpid(pid, 0)
        if ended:
            self.kill_orphans()

    def kill_orphans(self) -> None:
        """Ends processes that executors left behind outside of their group; they became children of this process."""
        for pid in _children(os.getpid()):
            if pid not in self.executors:
                for descendant in _descendants(pid):
                    _signal(descendant, signal.SIGKILL)
                _signal(pid, signal.SIGKILL)

    def fork(self, is_shared: bool) -> None:
        """Makes an executor that is ready, and hands its descriptors to the worker."""
        mine, theirs = socket.socketpair()
        self.count += 1
        folder = Path(self.setup["folder"], str(self.count))
        if is_shared:
            output = os.memfd_create("weir-output")
            counter = os.memfd_create("weir-counter")
            os.ftruncate(counter, 4096)
            kept, given = [mine.fileno(), output, counter], [theirs.fileno(), output, counter]
        else:
            out_read, out_write = os.pipe()
            err_read, err_write = os.pipe()
            kept, given = [mine.fileno(), out_read, err_read], [theirs.fileno(), out_write, err_write]
        pid = os.fork()
        if pid == 0:
            self.become_executor(theirs, mine, given[1:], folder, is_shared)
        self.executors.add(pid)
        kind = framing.FORKED_SHARED if is_shared else framing.FORKED
        socket.send_fds(self.control, [framing.frame(kind, marshal.dumps((pid, str(folder))))], kept)
        mine.detach()
        theirs.detach()
        for descriptor in {*kept, *given}:
            os.close(descriptor)

    def become_executor(
        self, channel: socket.socket, other: socket.socket, output: List[int], folder: Path, is_shared: bool
    ) -> NoReturn:
        """The child's side of a fork: it never returns."""
        code = _FAILED
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.setsid()
            self.libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            self.libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
            for descriptor in (self.control.fileno(), other.fileno(), self.wakeup_read, self.wakeup_write):
                os.close(descriptor)
            os.dup2(output[0], 1)
            os.dup2(output[0] if is_shared else output[1], 2)
            os.close(output[0])
            if not is_shared:
                os.close(output[1])
            open_output()
            folder.mkdir(mode=0o700)
            os.chdir(folder)
            if "numpy" in sys.modules:
                sys.modules["numpy"].random.seed()  # or all executors would draw the same numbers
            self.execute(Channel(channel), folder, is_shared, output)
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)

    def execute(self, channel: Channel, folder: Path, is_shared: bool, output: List[int]) -> None:
        setup = self.setup
        blobs = HttpBlobs(Http(EnginePlace(*setup["engine"])), setup["project"], patient=True)
        if is_shared:
            run_shared(channel, setup["project"], blobs, folder, self.targets, 1, output[1])
        else:
            run_one(channel, setup["project"], blobs, folder, self.targets)


def _children(pid: int) -> List[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(text) for text in file.read().split()]
    except OSError:
        return []  # it has ended


def _descendants(pid: int) -> List[int]:
    found: List[int] = []
    for task in _tasks(pid):
        try:
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                children = [int(text) for text in file.read().split()]
        except OSError:
            continue  # the thread has ended
        for child in children:
            found += [child, *_descendants(child)]
    return found


def _tasks(pid: int) -> List[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []  # it has ended


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return  # it has ended, or became somebody else's


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except BlockingIOError:
        return


def main(arguments: Optional[List[str]] = None) -> None:
    """Entry of the template process; the one argument is the number of its control socket."""
    control = socket.socket(fileno=int((arguments or sys.argv[1:])[0]))
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))  # by way of `finally`
    frames = framing.FrameReader()
    setup: Optional[Dict[str, Any]] = None
    while setup is None:
        data = control.recv(READ_BYTES)
        if not data:
            return
        for _, payload in frames.feed(data):
            setup = marshal.loads(payload)
    template = Template(control, setup)
    try:
        template.prepare()
        template.serve()
    except (BrokenPipeError, ConnectionResetError):
        pass  # the worker is gone
    finally:
        for pid in list(template.executors):
            template.kill(pid, signal.SIGKILL)
        shutil.rmtree(setup["folder"], ignore_errors=True)  # a worker that was killed cannot


if __name__ == "__main__":
    main()
