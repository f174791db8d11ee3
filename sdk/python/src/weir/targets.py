"""Workflows and tasks: functions that Weir can run."""

from __future__ import annotations

import inspect
import itertools
import sys
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Coroutine,
    Dict,
    Generic,
    Literal,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
    cast,
    overload,
)

from . import calls
from .checks import check_target
from .coerce import converter
from .codec import ABSENT
from .errors import WeirError
from .handles import Handle
from .options import Cache, Concurrency, Defer, Duration, Retries, check_parameters, encode_options
from .runtime import current, current_or_none
from .signature import Signature, absent

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")
elif sys.version_info >= (3, 10):
    from typing import ParamSpec

    P = ParamSpec("P")
else:
    P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")

Isolation = Literal["process", "shared"]

_known: "Dict[str, Target[..., Any, Any]]" = {}


def known_target(path: str) -> "Optional[Target[..., Any, Any]]":
    """A target that was made in this process, by `module/target`, or a workflow by its name; None when there is none."""
    if "/" in path:
        return _known.get(path)
    return next((made for made in _known.values() if made.kind == "workflow" and made.name == path), None)


class Target(Generic[P, R, T]):
    """A function that Weir can run: a workflow, or a task.

    Calling it inside a run submits it as a step and waits for its result; outside of any run it calls the function.

    Attributes:
        function: The function itself.
        kind: `workflow` or `task`.
        module: Module that it is in.
        name: Its name there.
        settings: Options as the protocol has them.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        kind: str,
        settings: Dict[str, Any],
        retry_when: Optional[Callable[[BaseException], bool]] = None,
        overrides: Optional[Dict[str, Any]] = None,
    ) -> None:
        self.function = function
        self.kind = kind
        self.settings = settings
        self.retry_when = retry_when
        self.overrides = overrides or {}
        self.module: str = function.__module__
        self.name: str = function.__name__
        self.signature = Signature(function)
        self.is_async = inspect.iscoroutinefunction(function)
        self.__name__ = function.__name__
        self.__qualname__ = function.__qualname__
        self.__module__ = function.__module__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function
        check_parameters(settings, [p.name for p in self.signature.ordered], self.name)
        if overrides is None:
            _known[self.path] = self

    @property
    def path(self) -> str:
        """`module/target`, e.g. `digits/train`."""
        return f"{self.module}/{self.name}"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Inside a run: submits and waits for the result. Outside: calls the function. Raises the step's error."""
        if current_or_none() is None:
            return cast(R, self.function(*args, **kwargs))
        handle = self._submit(args, kwargs)
        return cast(R, handle.result_async() if self.is_async else handle.result())

    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Handle[T]:
        """Submits it as a step without waiting. Handles among the arguments are references to results."""
        return self._submit(args, kwargs)

    def _submit(self, args: Tuple[Any, ...], kwargs: Mapping[str, Any]) -> Handle[T]:
        runtime = current(f"{self.name}.submit")
        places, named = self.signature.split(args, kwargs)
        names = [p.name for p in self.signature.fixed]
        encoded = [
            ABSENT if value is absent() else calls.encode_argument(runtime, value, self.name, name)
            for name, value in zip(itertools.chain(names, itertools.repeat("arguments")), places)
        ]
        call: Dict[str, Any] = {"target": self.path, "args": encoded}
        if named:
            call["named"] = {name: calls.encode_argument(runtime, value, self.name, name) for name, value in named.items()}
        if self.overrides:
            call["options"] = self.overrides
        convert = None if self.result_type is None else converter(self.result_type)
        return Handle(runtime, calls.send(runtime, call), convert)

    def prepare(self) -> None:
        """Makes at once what the first call would make: how arguments are read."""
        self.signature.prepare()

    @property
    def result_type(self) -> Any:
        """The annotated type of the result, or None when there is none."""
        if not hasattr(self, "_result_type"):
            self._result_type = self.signature.hints.get("return")
        return self._result_type

    def options(
        self,
        *,
        retries: Union[int, Retries, None] = None,
        timeout: Optional[Duration] = None,
        cache: Union[bool, Cache, None] = None,
        memo: Union[bool, Sequence[str], None] = None,
        defer: Union[Duration, Defer, None] = None,
        delay: Optional[Duration] = None,
        recurrent: Union[bool, Duration, None] = None,
        requires: Optional[Sequence[str]] = None,
        priority: Optional[int] = None,
        concurrency: Union[int, Concurrency, None] = None,
        isolation: Optional[Isolation] = None,
    ) -> "Target[P, R, T]":
        """The same target with other options for the calls that are made through the answer; see `task`."""
        given = {name: value for name, value in locals().items() if name != "self" and value is not None}
        if retries is not None and isinstance(retries, Retries) and retries.when is not None:
            raise WeirError("retries: when cannot be changed by a call.", "It belongs to the decorator of the function.")
        overrides = {**self.overrides, **encode_options(given)}
        return Target(self.function, self.kind, self.settings, self.retry_when, overrides)

    def __repr__(self) -> str:
        return f"<weir {self.kind} {self.path}>"

    def __get__(self, instance: object, owner: Optional[type] = None) -> "Target[P, R, T]":
        return self  # a target in a class is as good as one outside; it gets no self


if TYPE_CHECKING:
    AnyTarget = Target[..., Any, Any]
else:
    AnyTarget = Target  # Python 3.9 knows no `...` there


class Decorator:
    """What `@weir.task(…)` answers: it makes a target of a function."""

    def __init__(self, kind: str, options: Mapping[str, Any]) -> None:
        self.kind = kind
        self.options = dict(options)

    @overload
    def __call__(self, function: Callable[P, Coroutine[Any, Any, T]]) -> Target[P, Coroutine[Any, Any, T], T]: ...

    @overload
    def __call__(self, function: Callable[P, T]) -> Target[P, T, T]: ...

    def __call__(self, function: Callable[..., Any]) -> Any:
        if not inspect.isfunction(function):
            raise WeirError(f"@weir.{self.kind} stands above a function, and this is {function!r}.")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise WeirError(f"{function.__name__} yields, and a {self.kind} returns.", "Return a list.")
        retries = self.options.get("retries")
        when = retries.when if isinstance(retries, Retries) else None
        return Target(function, self.kind, encode_options(self.options), when)


@overload
def workflow(function: Callable[P, Coroutine[Any, Any, T]], /) -> Target[P, Coroutine[Any, Any, T], T]: ...


@overload
def workflow(function: Callable[P, T], /) -> Target[P, T, T]: ...


@overload
def workflow(
    *,
    retries: Union[int, Retries, None] = None,
    timeout: Optional[Duration] = None,
    cache: Union[bool, Cache, None] = None,
    memo: Union[bool, Sequence[str], None] = None,
    defer: Union[Duration, Defer, None] = None,
    delay: Optional[Duration] = None,
    recurrent: Union[bool, Duration, None] = None,
    requires: Optional[Sequence[str]] = None,
    priority: Optional[int] = None,
    concurrency: Union[int, Concurrency, None] = None,
    isolation: Optional[Isolation] = None,
) -> Decorator: ...


def workflow(function: Any = None, /, **options: Any) -> Any:
    """Makes a function a workflow: it can be started as a run, and calls tasks. For the options see `task`."""
    made = Decorator("workflow", options)
    return made if function is None else made(function)


@overload
def task(function: Callable[P, Coroutine[Any, Any, T]], /) -> Target[P, Coroutine[Any, Any, T], T]: ...


@overload
def task(function: Callable[P, T], /) -> Target[P, T, T]: ...


@overload
def task(
    *,
    retries: Union[int, Retries, None] = None,
    timeout: Optional[Duration] = None,
    cache: Union[bool, Cache, None] = None,
    memo: Union[bool, Sequence[str], None] = None,
    defer: Union[Duration, Defer, None] = None,
    delay: Optional[Duration] = None,
    recurrent: Union[bool, Duration, None] = None,
    requires: Optional[Sequence[str]] = None,
    priority: Optional[int] = None,
    concurrency: Union[int, Concurrency, None] = None,
    isolation: Optional[Isolation] = None,
) -> Decorator: ...


def task(function: Any = None, /, **options: Any) -> Any:
    """Makes a function a task: each call in a run is a step of it.

    Args:
        function: The function, when the decorator is used without parentheses.
        retries: Further attempts after a failure: how many, or a `Retries`. None when absent.
        timeout: An attempt that runs longer is ended; seconds.
        cache: Use results of earlier runs with the same arguments and code: True, or a `Cache`.
        memo: A second call with the same arguments in the same run gets the first one's step: True, or names of the
            parameters that count.
        defer: Wait, and let a newer call with the same key take over: seconds, or a `Defer`.
        delay: Wait before it may begin; seconds.
        recurrent: Run again after each attempt that returns None: True, or the pause between them in seconds.
        requires: Tags that a worker must offer, e.g. `["gpu"]`.
        priority: -100 to 100, added to that of the run; higher goes first.
        concurrency: At most so many at once in the project: a number, or a `Concurrency`.
        isolation: `process` (default): a fresh process for each execution. `shared`: many in one warm process, for pure
            functions that call nothing of Weir's but logs and metrics.

    Raises:
        WeirError: An option has a value that it cannot have.
    """
    made = Decorator("task", options)
    return made if function is None else made(function)


class RemoteTarget:
    """A target by its name, in whatever language: `weir.target("weather/load")`."""

    def __init__(self, path: str, overrides: Optional[Dict[str, Any]] = None) -> None:
        self.path = check_target(path)
        self.overrides = overrides or {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Submits it and waits for its result."""
        return self.submit(*args, **kwargs).result()

    def submit(self, *args: Any, **kwargs: Any) -> Handle[Any]:
        """Submits it as a step without waiting."""
        runtime = current(f"{self.path}.submit")
        call: Dict[str, Any] = {
            "target": self.path,
            "args": [calls.encode_argument(runtime, value, self.path, f"argument {i}") for i, value in enumerate(args)],
        }
        if kwargs:
            call["named"] = {name: calls.encode_argument(runtime, value, self.path, name) for name, value in kwargs.items()}
        if self.overrides:
            call["options"] = self.overrides
        return Handle(runtime, calls.send(runtime, call), None)

    def options(self, **options: Any) -> "RemoteTarget":
        """The same target with other options; see `task`."""
        return RemoteTarget(self.path, {**self.overrides, **encode_options(options)})

    def __repr__(self) -> str:
        return f"<weir target {self.path}>"


def target(path: str) -> RemoteTarget:
    """A target by its name, `module/target`, in whatever language it is written."""
    return RemoteTarget(path)
