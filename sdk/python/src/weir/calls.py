"""Calls as they leave an execution: arguments encoded, large parts stored, the group named."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Dict, Iterator, Optional

from .checks import shown
from .codec import Encoder
from .errors import WeirError
from .large import pack
from .limits import LIMITS, units
from .runtime import Runtime

_group: "ContextVar[Optional[str]]" = ContextVar("weir_group", default=None)


def encode_argument(runtime: Runtime, value: Any, target: str, name: str) -> Any:
    """An argument as it travels. Raises CodecError naming target, parameter and place."""
    kind = type(value)
    if kind is str:
        if len(value) < 1000:
            return value
    elif value is None or kind is bool:
        return value
    return pack(Encoder(runtime.blobs).encode(value, f"{target}: {name}"), runtime.blobs)


def send(runtime: Runtime, call: Dict[str, Any]) -> "Future[str]":
    """Makes a call in the group of this context."""
    group = _group.get()
    if group is not None:
        call["group"] = group
    return runtime.submit(call)


@contextmanager
def group(name: str) -> Iterator[None]:
    """Calls within the block are shown together under a name; groups inside groups are shown as `outer / inner`.

    Args:
        name: At most 100 characters, with those of the groups around it.
    """
    if not isinstance(name, str):
        raise WeirError(f"The name of a group is {shown(name)}.", "It is a text.")
    outer = _group.get()
    full = name if outer is None else f"{outer} / {name}"
    if not name or units(full) > LIMITS["group"]:
        raise WeirError(f"The name of the group {shown(full)} is empty, or longer than {LIMITS['group']} characters.", "Shorten it.")
    token = _group.set(full)
    try:
        yield
    finally:
        _group.reset(token)
