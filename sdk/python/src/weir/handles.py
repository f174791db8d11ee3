"""Handles of submitted steps, and waiting for several of them."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future
from contextvars import ContextVar
from typing import (
    Any,
    Callable,
    Dict,
    Generator,
    Generic,
    Iterable,
    Iterator,
    List,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
    cast,
)

from .coerce import apply
from .decode import Decoder
from .errors import StepCancelled, Suspended, WeirError, remote_error
from .options import Duration, milliseconds
from .runtime import Runtime, current
from .values import StepRef

T = TypeVar("T")
End = Dict[str, Any]
_Selected = Tuple[List[End], bool]

#: Within `suspense`: how long to wait before the process is given up, in ms; None outside of it.
_suspense: "ContextVar[Optional[int]]" = ContextVar("weir_suspense", default=None)


class Handle(Generic[T]):
    """A step that was submitted. It can be an argument of further calls: a reference to its result.

    `handle.result()` waits for the result, `await handle` does so without blocking the event loop.
    """

    def __init__(self, runtime: Runtime, key: "Future[str]", convert: Optional[Callable[[Any], Any]] = None) -> None:
        self._runtime = runtime
        self._key = key
        self._convert = convert
        self._end: Optional[End] = None
        self._value: Optional[List[T]] = None

    @property
    def key(self) -> str:
        """Key of the step in the run, e.g. `train[3]`; waits until the engine has recorded the call."""
        return self._runtime.wait(self._key)

    @property
    def ref(self) -> T:
        """The handle itself, for type checkers as what it stands for: `train.submit(load.submit().ref)`."""
        return cast(T, self)

    def result(self, timeout: Optional[Duration] = None) -> T:
        """Waits for the result.

        Args:
            timeout: How long, in seconds; without end when None.

        Raises:
            TimeoutError: It is not there in time; the step goes on.
            StepCancelled: The step was cancelled.
            Exception: The error of the step: of the same class where that can be made here, else a `StepError`.
        """
        if self._end is None:
            keys = [self.key]
            limit, suspends = _limit(timeout)
            answer = self._runtime.wait(self._runtime.select(keys, "all", limit, False))
            _take([self], answer, suspends, keys, "all")
        return self._ended()

    async def result_async(self, timeout: Optional[Duration] = None) -> T:
        """`result` for async functions."""
        if self._end is None:
            keys = [await self._runtime.wait_async(self._key)]
            limit, suspends = _limit(timeout)
            answer = await self._runtime.wait_async(self._runtime.select(keys, "all", limit, False))
            _take([self], answer, suspends, keys, "all")
        return self._ended()

    def __await__(self) -> Generator[Any, None, T]:
        return self.result_async().__await__()

    def poll(self, default: Optional[T] = None) -> Optional[T]:
        """The result when it is there, else `default`. Raises the step's error when it has failed."""
        return self._ended() if self.done() else default

    def done(self) -> bool:
        """Whether the step has ended, in whatever way."""
        if self._end is None:
            ends, _ = self._runtime.wait(self._runtime.select([self.key], "all", 0, False))
            self._settle(ends[0])
        return self._end is not None

    def cancel(self) -> None:
        """Cancels the step; does nothing when it has ended."""
        self._runtime.wait(self._runtime.cancel([self.key]))

    def _settle(self, end: End) -> None:
        if end["outcome"] != "pending":
            self._end = end

    def _ended(self) -> T:
        if self._value is not None:
            return self._value[0]
        end = self._end
        if end is None:
            raise WeirError("The step has not ended.")
        if end["outcome"] == "cancelled":
            raise StepCancelled(end["step"])
        if end["outcome"] == "failed":
            raise remote_error(end.get("error") or {"type": "Error", "message": f"{end['step']} failed."})
        value = Decoder(self._runtime.blobs).decode(end.get("value"))
        value = apply(self._convert, value, "result") if self._convert is not None else value
        self._value = [value]
        return cast(T, value)

    def __weir_ref__(self) -> StepRef:
        return StepRef(self._runtime.facts.run, self.key)

    def __repr__(self) -> str:
        known = self._key.done() and self._key.exception() is None
        return f"<weir handle {self._key.result() if known else 'not recorded yet'}>"


def _limit(timeout: Optional[Duration]) -> Tuple[Optional[int], bool]:
    """How long to wait in ms, and whether the process is given up then."""
    suspense_ms = _suspense.get()
    own = None if timeout is None else milliseconds(timeout, "timeout")
    if suspense_ms is None or (own is not None and own <= suspense_ms):
        return own, False
    return suspense_ms, True


def _take(handles: Sequence["Handle[Any]"], answer: _Selected, suspends: bool, keys: Sequence[str], mode: str) -> None:
    ends, timed_out = answer
    for handle, end in zip(handles, ends):
        handle._settle(end)
    if not timed_out:
        return
    pending = [key for key, end in zip(keys, ends) if end["outcome"] == "pending"]
    if suspends:
        raise Suspended(pending, mode, None)
    raise TimeoutError(f"{', '.join(pending[:5])}{' …' if len(pending) > 5 else ''} did not end in time.")


def _known(handles: Sequence["Handle[Any]"]) -> Tuple[Runtime, List["Handle[Any]"]]:
    if not handles:
        raise WeirError("There is no handle to wait for.")
    for handle in handles:
        if not isinstance(handle, Handle):
            raise WeirError(f"{handle!r} is no handle.", "A handle is what .submit(…) answers.")
    return handles[0]._runtime, list(handles)


def select(
    handles: Iterable["Handle[T]"], *, cancel_remaining: bool = False, timeout: Optional[Duration] = None
) -> "Handle[T]":
    """Waits until one of the steps has ended, in whatever way.

    Args:
        handles: At least one.
        cancel_remaining: Whether the others are cancelled then.
        timeout: How long to wait, in seconds; without end when None.

    Returns:
        The first handle, in the given order, whose step has ended.

    Raises:
        TimeoutError: None has ended in time.
    """
    runtime, every = _known(list(handles))
    if not cancel_remaining:
        for handle in every:
            if handle._end is not None:
                return handle
    keys = [handle.key for handle in every]
    limit, suspends = _limit(timeout)
    answer = runtime.wait(runtime.select(keys, "any", limit, cancel_remaining))
    return _first(every, answer, suspends, keys)


async def select_async(
    handles: Iterable["Handle[T]"], *, cancel_remaining: bool = False, timeout: Optional[Duration] = None
) -> "Handle[T]":
    """`select` for async functions."""
    runtime, every = _known(list(handles))
    keys = [await runtime.wait_async(handle._key) for handle in every]
    limit, suspends = _limit(timeout)
    answer = await runtime.wait_async(runtime.select(keys, "any", limit, cancel_remaining))
    return _first(every, answer, suspends, keys)


def _first(every: List["Handle[T]"], answer: _Selected, suspends: bool, keys: Sequence[str]) -> "Handle[T]":
    ended = [handle for handle, end in zip(every, answer[0]) if end["outcome"] != "pending"]
    _take(every, answer, suspends and not ended, keys, "any")
    return ended[0]


def gather(*handles: Union["Handle[T]", Iterable["Handle[T]"]], timeout: Optional[Duration] = None) -> List[T]:
    """Waits for all steps; their results in the given order.

    Args:
        handles: Handles, or one list of them.
        timeout: How long to wait for all, in seconds; without end when None.

    Raises:
        TimeoutError: Not all have ended in time.
        Exception: The error of the first handle, in the given order, whose step did not succeed. All have ended then.
    """
    every = _flat(handles)
    waiting = [handle for handle in every if handle._end is None]
    if waiting:
        runtime, _ = _known(waiting)
        keys = [handle.key for handle in waiting]
        limit, suspends = _limit(timeout)
        _take(waiting, runtime.wait(runtime.select(keys, "all", limit, False)), suspends, keys, "all")
    return [handle._ended() for handle in every]


async def gather_async(*handles: Union["Handle[T]", Iterable["Handle[T]"]], timeout: Optional[Duration] = None) -> List[T]:
    """`gather` for async functions."""
    every = _flat(handles)
    waiting = [handle for handle in every if handle._end is None]
    if waiting:
        runtime, _ = _known(waiting)
        keys = [await runtime.wait_async(handle._key) for handle in waiting]
        limit, suspends = _limit(timeout)
        answer = await runtime.wait_async(runtime.select(keys, "all", limit, False))
        _take(waiting, answer, suspends, keys, "all")
    return [handle._ended() for handle in every]


def _flat(handles: Sequence[Any]) -> List["Handle[Any]"]:
    if len(handles) == 1 and not isinstance(handles[0], Handle):
        return list(handles[0])
    return list(handles)


def ref(handle: "Handle[T]") -> T:
    """The handle as an argument for type checkers: `train.submit(weir.ref(data))`."""
    return handle.ref


def suspend(delay: Duration = 0) -> None:
    """Ends this attempt and gives up its process; the function begins again after the delay, from its top.

    The calls that it made are still there: the same calls get the steps that they got before. It never returns.

    Args:
        delay: Seconds.
    """
    current("weir.suspend")
    raise Suspended([], "all", milliseconds(delay, "delay"))


@contextlib.contextmanager
def suspense(timeout: Optional[Duration] = None) -> Iterator[None]:
    """Waiting within the block gives up the process when what is waited for is not there at once.

    The function begins again when it is there, from its top; the same calls get the steps that they got before.

    Args:
        timeout: How long to wait with the process before it is given up, in seconds; 0 when None.
    """
    token = _suspense.set(0 if timeout is None else milliseconds(timeout, "timeout"))
    try:
        yield
    finally:
        _suspense.reset(token)
