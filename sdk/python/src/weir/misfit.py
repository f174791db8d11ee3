"""What is said when a value does not fit a type."""

from __future__ import annotations

from typing import Any, Dict

from .values import Record


class Misfit(Exception):
    """A value that does not fit; places are put before it on the way up."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.place = ""


def kind_of(value: Any) -> str:
    """What a value is, in words for people: `text "abc"`, `a list`."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    names: Dict[type, str] = {list: "a list", dict: "an object", tuple: "a tuple", set: "a set", bytes: "bytes"}
    if isinstance(value, Record):
        return f"an object of {value.type}"
    return names.get(type(value), f"a {type(value).__name__}")


def want(what: str, value: Any) -> Misfit:
    """Says what is wanted, and what came."""
    return Misfit(f"{what} is wanted, and {kind_of(value)} came")


def within(place: str, misfit: Misfit) -> Misfit:
    """The same, in a part of a value."""
    misfit.place = place + misfit.place
    return misfit
