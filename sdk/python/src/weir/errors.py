"""Errors: what happened, why, and what to do."""

from __future__ import annotations

import builtins
import sys
import traceback
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from .limits import clipped

MAX_STACK_CHARS = 100_000


class WeirError(Exception):
    """Something that Weir could not do.

    Attributes:
        fix: What to do about it, in a sentence; None when the message says it.
    """

    def __init__(self, message: str, fix: Optional[str] = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        if not self.fix:
            return self.message
        end = "" if self.message.endswith((".", "!", "?", ":")) else "."
        return f"{self.message}{end} {self.fix[0].upper()}{self.fix[1:]}"


class CodecError(WeirError, ValueError):
    """A value cannot travel between processes, or is not what it claims to be."""


class ArgumentError(WeirError, TypeError):
    """An argument does not fit the type of its parameter; the message names the parameter."""


class RefusedError(WeirError):
    """The engine refused a request.

    Attributes:
        code: Stable name of the reason.
    """

    def __init__(self, message: str, fix: Optional[str] = None, code: str = "refused") -> None:
        super().__init__(message, fix)
        self.code = code


class EngineUnreachable(WeirError, ConnectionError):
    """No engine answers at the address."""


class RemoteStack(Exception):
    """The stack of an error that arose in another process; stands as `__cause__` of the error here."""

    def __init__(self, stack: str) -> None:
        super().__init__(stack)
        self.stack = stack

    def __str__(self) -> str:
        return f"in another process\n\n{self.stack.rstrip()}"


class StepError(WeirError):
    """A step failed with an error whose class cannot be made here.

    Attributes:
        type: Class of the error where it arose, e.g. `digits.BadFold`.
        message: Its message.
        stack: Its stack there, or None.
        step: `run:step:attempt` where it arose, or None.
    """

    def __init__(self, type: str, message: str, stack: Optional[str] = None, step: Optional[str] = None) -> None:
        super().__init__(message)
        self.type = type
        self.stack = stack
        self.step = step

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"


class StepCancelled(WeirError):
    """The step that was waited for was cancelled.

    Attributes:
        step: Its key in the run.
    """

    def __init__(self, step: str) -> None:
        super().__init__(f"The step {step} was cancelled.")
        self.step = step


class Cancelled(BaseException):
    """This execution is being ended: it was cancelled or ran out of time. Clean up in `finally`, do not catch it."""


class Suspended(BaseException):
    """This execution gives up its process and goes on later, from its beginning. Raised by waiting in `suspense`."""

    def __init__(self, steps: Sequence[str], mode: str, delay_ms: Optional[int]) -> None:
        super().__init__("suspended")
        self.steps: List[str] = list(steps)
        self.mode = mode
        self.delay_ms = delay_ms


def type_name(cls: type) -> str:
    """Class with its module, as errors and objects carry it: `builtins.ValueError`, `digits.Score`."""
    return f"{cls.__module__}.{cls.__qualname__}"


def describe_error(error: BaseException, internal: Sequence[str] = ()) -> Dict[str, Any]:
    """An error as it travels: type, message, stack. An error that came from another step keeps what it was.

    Args:
        error: What was raised.
        internal: Folders whose frames say nothing to the author.
    """
    if isinstance(error, StepError):
        kind, message = error.type, error.message
    else:
        kind, message = type_name(type(error)), message_of(error)
    try:
        told = traceback.TracebackException.from_exception(error)
        _leave_out(told, tuple(internal), set())
        stack = "".join(told.format())
    except Exception:  # an error whose own __str__ raises
        stack = "".join(traceback.format_tb(error.__traceback__)) + kind
    return {"type": clipped(kind, "errorType"), "message": clipped(message, "errorMessage"), "stack": stack[-MAX_STACK_CHARS:]}


def _leave_out(told: traceback.TracebackException, internal: Tuple[str, ...], seen: Set[int]) -> None:
    """Takes frames of internal folders out of a stack and of those of its causes; never all of a stack."""
    if id(told) in seen or not internal:
        return
    seen.add(id(told))
    kept = [frame for frame in told.stack if not frame.filename.startswith(internal)]
    if kept:
        told.stack[:] = kept
    for cause in (told.__cause__, told.__context__):
        if cause is not None:
            _leave_out(cause, internal, seen)


def message_of(error: BaseException) -> str:
    """`str(error)`; a KeyError without its quotes, and a broken `__str__` in words."""
    try:
        if isinstance(error, KeyError) and len(error.args) == 1:
            return str(error.args[0])
        return str(error)
    except Exception as broken:
        return f"(its message could not be made: {type(broken).__name__})"


def remote_error(facts: Mapping[str, Any]) -> Exception:
    """The error of another step as an exception of this process.

    A builtin class, or a class of a module that is loaded here, is made from its message when that works; anything else is
    a `StepError`. The remote stack is its `__cause__`.

    Args:
        facts: `type`, `message`, and maybe `stack` and `step`.
    """
    kind, message = str(facts.get("type", "Error")), str(facts.get("message", ""))
    stack, step = facts.get("stack"), facts.get("step")
    error = _same_class(kind, message) or StepError(kind, message, stack, step)
    error.__cause__ = RemoteStack(str(stack) if stack else f"{kind}: {message}")
    if isinstance(step, str):
        error.weir_step = step  # type: ignore[attr-defined]  # for people who debug
    return error


def _same_class(kind: str, message: str) -> Optional[Exception]:
    module, _, name = kind.rpartition(".")
    holder = builtins if module == "builtins" else sys.modules.get(module)
    cls = getattr(holder, name, None) if holder is not None else None
    if not (isinstance(cls, type) and issubclass(cls, Exception)) or issubclass(cls, (StepError, StopIteration)):
        return None
    try:
        made = cls(message)
    except Exception:
        return None  # needs more than a message
    return made if message_of(made) == message or isinstance(made, KeyError) else None


# Known to people and to other processes by the names under which they are imported.
for _public in (
    WeirError,
    CodecError,
    ArgumentError,
    RefusedError,
    EngineUnreachable,
    RemoteStack,
    StepError,
    StepCancelled,
    Cancelled,
    Suspended,
):
    _public.__module__ = "weir"
