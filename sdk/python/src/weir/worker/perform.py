"""Runs a target: arguments in, result or error out, as the JSON message that goes to the engine."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import sys
from typing import Any, Callable, Dict, Optional

from ..codec import ABSENT, MAX_SAFE_INTEGER, Encoder
from ..decode import Decoder
from ..errors import ArgumentError, Cancelled, CodecError, Suspended, WeirError, describe_error
from ..large import dump, pack_text, quoted
from ..runtime import BlobStore
from ..signature import absent
from ..targets import AnyTarget, Target

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Frames that say nothing to authors.
_INTERNAL = (_PACKAGE + os.sep, os.path.dirname(asyncio.__file__) + os.sep, os.path.dirname(concurrent.futures.__file__) + os.sep)


_PLAIN = {None: "null", True: "true", False: "false"}


def find_target(path: str) -> AnyTarget:
    """The target of a path `module/target` among the modules that are loaded here. Raises WeirError."""
    module, _, name = path.partition("/")
    found = getattr(sys.modules.get(module), name, None)
    if not isinstance(found, Target):
        raise WeirError(f"There is no target {path} in this version of the module.")
    return found


def perform(
    message: Dict[str, Any],
    blobs: BlobStore,
    targets: Dict[str, AnyTarget],
    settle: Optional[Callable[[], None]] = None,
    usage: Optional[Callable[[], Dict[str, Any]]] = None,
) -> str:
    """Runs the execution that a message describes; answers the JSON text of its ending.

    Args:
        message: `execute` of the protocol.
        blobs: Where large parts are read and stored.
        targets: Targets by path that were found before.
        settle: Called before the end is told; its errors are errors of the execution.
        usage: Tells what the execution used.
    """
    token = message["token"]
    target: Optional[AnyTarget] = None
    try:
        target = targets.get(message["target"])
        if target is None:
            target = targets[message["target"]] = find_target(message["target"])
        args, named = read_arguments(target, message, blobs)
        value = target.function(*args, **named)
        if target.is_async:
            value = asyncio.run(value)
        if settle is not None:
            settle()
        text = _PLAIN.get(value) if value is None or type(value) is bool else None
        if text is None:
            is_small = type(value) is int and -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER
            text = str(value) if is_small else pack_text(Encoder(blobs).encode(value, "result"), blobs)
        return f'{{"type":"result","token":{quoted(token)},"value":{text}{_usage(usage)}}}'
    except Suspended as suspended:
        return _suspend(token, suspended)
    except Cancelled:
        return f'{{"type":"aborted","token":{quoted(token)}}}'
    except BaseException as error:
        return error_text(token, error, target, usage)


def read_arguments(target: AnyTarget, message: Dict[str, Any], blobs: BlobStore) -> Any:
    """Arguments for the function. Raises ArgumentError or CodecError naming the parameter."""
    decoder = Decoder(blobs, message.get("steps"))
    values = []
    for index, encoded in enumerate(message["args"]):
        kind = type(encoded)
        if kind is not dict and kind is not list:
            values.append(encoded)
        elif encoded == ABSENT:
            values.append(absent())
        else:
            values.append(_decoded(decoder, encoded, target, index))
    given = message.get("named")
    named = {name: decoder.decode(encoded) for name, encoded in given.items()} if given else {}
    return target.signature.join(values, named)


def _decoded(decoder: Decoder, encoded: Any, target: AnyTarget, index: int) -> Any:
    try:
        return decoder.decode(encoded)
    except CodecError as error:
        fixed = target.signature.fixed
        name = fixed[index].name if index < len(fixed) else f"number {index + 1}"
        raise CodecError(f"The argument {name} cannot be read: {error.message}", error.fix) from error


def _usage(usage: Optional[Callable[[], Dict[str, Any]]]) -> str:
    return "" if usage is None else f',"usage":{dump(usage())}'


def _suspend(token: str, suspended: Suspended) -> str:
    out: Dict[str, Any] = {"type": "suspend", "token": token, "steps": suspended.steps, "mode": suspended.mode}
    if suspended.delay_ms is not None:
        out["delayMs"] = suspended.delay_ms
    return dump(out)


#: Python raises MemoryError without words.
_NO_MEMORY = "The process got no more memory: the machine has no more, or a limit is set (ulimit -v). Work on smaller parts."


def error_text(
    token: str,
    error: BaseException,
    target: Optional[AnyTarget],
    usage: Optional[Callable[[], Dict[str, Any]]] = None,
) -> str:
    """An `error` message for what was raised."""
    facts = describe_error(error, _INTERNAL)
    if not _may_retry(error, target):
        facts["retry"] = False
    out = {"type": "error", "token": token, "error": facts}
    if isinstance(error, MemoryError):
        out["kind"] = "oom"
        facts["message"] = facts["message"] or _NO_MEMORY
    if usage is not None:
        out["usage"] = usage()
    return dump(out)


def _may_retry(error: BaseException, target: Optional[AnyTarget]) -> bool:
    if isinstance(error, (ArgumentError, CodecError)):
        return False  # the same arguments give the same error
    if target is None or target.retry_when is None:
        return True
    try:
        return bool(target.retry_when(error))
    except Exception as broken:
        sys.stderr.write(f"retries: when failed with {type(broken).__name__}: {broken}; the rule applies without it.\n")
        return True
