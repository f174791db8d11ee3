"""What stands behind the functions of this package while a target runs: a worker's process, or the test mode."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Dict, Iterator, List, Mapping, Optional, Protocol, Sequence, Tuple, TypeVar

from .errors import WeirError

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """Which execution this is.

    Attributes:
        run: Identifier of the run, e.g. `k3m9abcd`.
        step: Key of the step in it, e.g. `train[3]`.
        attempt: Number of the attempt, from 1.
        workspace: Workspace that it runs in.
        project: Project of the workspace.
        target: `module/target`.
        resumed: Whether an earlier attempt was suspended or lost: calls find its steps.
        folder: Working folder of this execution; removed afterwards.
    """

    run: str
    step: str
    attempt: int
    workspace: str
    project: str
    target: str
    resumed: bool = False
    folder: Path = field(default_factory=Path.cwd)

    @property
    def execution(self) -> str:
        """`run:step:attempt`"""
        return f"{self.run}:{self.step}:{self.attempt}"


class BlobStore(Protocol):
    """Where bodies of files are kept, by their SHA-256."""

    def put(self, data: bytes) -> str:
        """Stores bytes; answers their digest."""

    def put_file(self, path: Path) -> Tuple[str, int]:
        """Stores a file without reading it whole; answers digest and size in bytes."""

    def open(self, digest: str) -> IO[bytes]:
        """A body as a stream. Raises WeirError when it is not there or damaged."""


class Runtime(ABC):
    """One execution, seen from inside. Answers come as futures, so that many requests can be under way at once."""

    blobs: BlobStore

    @property
    @abstractmethod
    def facts(self) -> Context:
        """Which execution it is."""

    @abstractmethod
    def submit(self, call: Mapping[str, Any]) -> "Future[str]":
        """Makes a call (see `Call` in the protocol); answers the key of its step."""

    @abstractmethod
    def select(
        self, steps: Sequence[str], mode: str, timeout_ms: Optional[int], cancel_remaining: bool
    ) -> "Future[Tuple[List[Dict[str, Any]], bool]]":
        """Waits until any or all of the steps have ended; answers how each stands, and whether time ran out."""

    @abstractmethod
    def cancel(self, steps: Sequence[str]) -> "Future[None]":
        """Cancels steps."""

    @abstractmethod
    def secret(self, name: str) -> "Future[str]":
        """The value of a secret."""

    @abstractmethod
    def wait(self, future: "Future[T]") -> T:
        """Blocks until an answer is there."""

    @abstractmethod
    async def wait_async(self, future: "Future[T]") -> T:
        """The same without blocking the event loop."""

    @abstractmethod
    def log(self, level: str, text: str, fields: Optional[Dict[str, Any]]) -> None:
        """A structured log line."""

    @abstractmethod
    def metric(self, name: str, value: float, x: Optional[float]) -> None:
        """A point of a metric."""

    @abstractmethod
    def progress(self, done: float, total: Optional[float], text: Optional[str]) -> None:
        """How far this execution is."""

    @abstractmethod
    def asset(self, name: str, value: Any) -> None:
        """Records an encoded asset with this execution."""


_current: "ContextVar[Optional[Runtime]]" = ContextVar("weir_runtime", default=None)
_fallback_blobs: "ContextVar[Optional[BlobStore]]" = ContextVar("weir_blobs", default=None)


class _Process:
    """The runtime of a process that runs one execution at a time: it holds in all threads."""

    runtime: Optional[Runtime] = None
    blobs: Optional[BlobStore] = None


def set_process_runtime(runtime: Optional[Runtime]) -> None:
    """Names the execution that runs in this process now."""
    _Process.runtime = runtime


def set_default_blobs(store: BlobStore) -> None:
    """Names the store that values outside of an execution read from: that of the newest client."""
    _Process.blobs = store


@contextmanager
def entered(runtime: Runtime) -> Iterator[None]:
    """Names the execution that runs in this context (thread or asyncio task)."""
    token = _current.set(runtime)
    try:
        yield
    finally:
        _current.reset(token)


def current_or_none() -> Optional[Runtime]:
    """The execution that this code runs in, or None outside of any."""
    return _current.get() or _Process.runtime


def current(what: str) -> Runtime:
    """The execution that this code runs in.

    Raises:
        WeirError: Outside of any; `what` names the function that was called.
    """
    runtime = current_or_none()
    if runtime is None:
        raise WeirError(
            f"{what} works only while a workflow or task runs.",
            "Start one with weir.Client().submit(…) or, in a test, with weir.testing.run(…).",
        )
    return runtime


@contextmanager
def reading_from(store: BlobStore) -> Iterator[None]:
    """Blobs and assets read from this store within the block."""
    token = _fallback_blobs.set(store)
    try:
        yield
    finally:
        _fallback_blobs.reset(token)


def blobs() -> BlobStore:
    """The store that blobs and assets read from here. Raises WeirError when there is none."""
    runtime = current_or_none()
    store = runtime.blobs if runtime is not None else (_fallback_blobs.get() or _Process.blobs)
    if store is None:
        raise WeirError(
            "The body of a blob or asset can be read in a workflow or task, or with a client.",
            "Make a weir.Client() first.",
        )
    return store
