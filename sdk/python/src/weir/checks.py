"""Checks where a value is given: the error then stands at the line that gave it, and not at the answer of the engine."""

from __future__ import annotations

import re
from typing import Any, Optional

from .errors import WeirError
from .limits import LIMITS, units

_TARGET = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*/[A-Za-z][A-Za-z0-9_]*\Z")
#: Characters of a long text that an error repeats.
_SHOWN = 40


def check_text(value: Any, name: str, limit: str) -> str:
    """The text. Raises WeirError when it is none, or longer than the engine takes."""
    if not isinstance(value, str):
        raise WeirError(f"{name} is {shown(value)}.", "It is a text.")
    if units(value) > LIMITS[limit]:
        raise WeirError(
            f"{name} has {units(value):,} characters: {shown(value)}.", f"It may have {LIMITS[limit]:,}. Shorten it."
        )
    return value


def check_whole(value: Any, name: str, least: int, most: Optional[int] = None) -> int:
    """The number. Raises WeirError when it is not whole, or outside of what the engine takes."""
    greatest = LIMITS["whole"] if most is None else most
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= greatest:
        raise WeirError(f"{name} is {shown(value)}.", f"It is a whole number from {least} to {greatest}.")
    return value


def check_target(path: Any) -> str:
    """The path of a target. Raises WeirError when none can have it."""
    check_text(path, "The path of a target", "target")
    if _TARGET.match(path) is None:
        raise WeirError(f"{path!r} names no target.", "A target is named by module and name, e.g. weather/load.")
    return str(path)


def shown(value: Any) -> str:
    """A value in an error: its beginning, when it is long."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**_SHOWN:
        return "a number of very many digits"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
