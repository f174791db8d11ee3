"""Makes arguments fit the types of their parameters: what came as JSON from a form, a drawn workflow or another language."""

from __future__ import annotations

import base64
import binascii
import collections.abc
import datetime
import enum
import sys
from typing import Any, Callable, Dict, List, Literal, Optional, Tuple, Union, get_args, get_origin

from .coerce_classes import Converter, class_converter
from .decode import parse_datetime
from .errors import ArgumentError
from .misfit import Misfit, kind_of, want, within
from .values import Asset, Blob

UNIONS: Tuple[Any, ...] = (Union,) if sys.version_info < (3, 10) else (Union, __import__("types").UnionType)
LISTS = (list, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection, collections.abc.MutableSequence)
SETS = (set, frozenset, collections.abc.Set, collections.abc.MutableSet)
MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def coerce(value: Any, annotation: Any, name: str) -> Any:
    """The value as the type has it: `1` as 1.0 for a float, an object as a dataclass.

    Args:
        value: What came.
        annotation: Type of the parameter, resolved (no text).
        name: Of the parameter, for the error.

    Raises:
        ArgumentError: It does not fit; the message names parameter and place.
    """
    return apply(converter(annotation), value, name)


def apply(convert: Optional[Converter], value: Any, name: str) -> Any:
    """Applies what `converter` made; see `coerce`."""
    if convert is None:
        return value
    try:
        return convert(value)
    except Misfit as misfit:
        raise ArgumentError(f"The argument {name}{misfit.place} does not fit: {misfit}.") from misfit.__cause__


def converter(annotation: Any) -> Optional[Converter]:
    """How values are made to fit a type; None when anything fits as it is."""
    try:
        if annotation in _SIMPLE:
            return _SIMPLE[annotation]
    except TypeError:
        return None  # e.g. a list in place of a type
    origin = get_origin(annotation)
    if origin is not None:
        return _generic(annotation, origin, get_args(annotation))
    supertype = getattr(annotation, "__supertype__", None)  # NewType
    if supertype is not None:
        return converter(supertype)
    if not isinstance(annotation, type):
        return None
    return _of_class(annotation)


def _generic(annotation: Any, origin: Any, args: Tuple[Any, ...]) -> Optional[Converter]:
    if origin in UNIONS:
        return _union(args)
    if origin is Literal:
        return _literal(args)
    if hasattr(annotation, "__metadata__"):
        return converter(annotation.__origin__)
    if getattr(origin, "__name__", "") in ("Required", "NotRequired", "ReadOnly", "Final"):
        return converter(args[0])
    if origin in LISTS:
        return _sequence(list, converter(args[0]), "a list")
    if origin in SETS:
        return _sequence(frozenset if origin is frozenset else set, converter(args[0]), "a set")
    if origin is tuple:
        return _tuple(args)
    if origin in MAPS and len(args) == 2:
        return _mapping(converter(args[0]), converter(args[1]))
    return converter(origin) if isinstance(origin, type) else None


def _of_class(cls: type) -> Optional[Converter]:
    if cls in (list, tuple, set, frozenset):
        return _sequence(cls, None, f"a {cls.__name__}")
    if cls is dict:
        return _mapping(None, None)
    return class_converter(cls, converter)


def _int(value: Any) -> Any:
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise want("a whole number", value)


def _float(value: Any) -> Any:
    if type(value) is float:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise want("a number", value)


def _instance(cls: Any, what: str) -> Converter:
    def convert(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        raise want(what, value)

    return convert


def _null(value: Any) -> Any:
    if value is None:
        return None
    raise want("nothing (null)", value)


def _complex(value: Any) -> Any:
    if isinstance(value, (int, float, complex)) and not isinstance(value, bool):
        return complex(value)
    raise want("a number", value)


def _bytes(value: Any) -> Any:
    if isinstance(value, bytes):
        return value
    if isinstance(value, Blob):
        return value.read()
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise Misfit(f"text that stands for bytes is base64, and {value[:40]!r} is none") from error
    raise want("bytes", value)


def _parsed(cls: Any, parse: Callable[[str], Any], what: str) -> Converter:
    def convert(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            try:
                return parse(value)
            except ValueError as error:
                raise Misfit(f"{what} is wanted: {error}") from error
        raise want(what, value)

    return convert


def _date(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        raise want("a date without a time", value)
    return _plain_date(value)


def _timedelta(value: Any) -> Any:
    if isinstance(value, datetime.timedelta):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.timedelta(seconds=value)
    raise want("a duration in seconds", value)


_plain_date = _parsed(datetime.date, datetime.date.fromisoformat, "a date such as 2026-11-21")

_SIMPLE: Dict[Any, Optional[Converter]] = {}


def _fill_simple() -> None:
    _SIMPLE[Any] = _SIMPLE[object] = None
    _SIMPLE.update(
        {
            int: _int,
            float: _float,
            complex: _complex,
            bool: _instance(bool, "true or false"),
            str: _instance(str, "a text"),
            None: _null,
            type(None): _null,
            bytes: _bytes,
            datetime.date: _date,
            datetime.datetime: _parsed(datetime.datetime, parse_datetime, "a moment such as 2026-11-21T10:00:00Z"),
            datetime.time: _parsed(datetime.time, datetime.time.fromisoformat, "a time such as 10:00"),
            datetime.timedelta: _timedelta,
            Asset: _instance(Asset, "an asset"),
            Blob: _instance(Blob, "a blob"),
        }
    )


_fill_simple()


def _sequence(make: Any, item: Optional[Converter], what: str) -> Converter:
    def convert(value: Any) -> Any:
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise want(what, value)
        if item is None:
            return value if type(value) is make else _made(make, value, what)
        out: List[Any] = []
        for one in value:
            try:
                out.append(item(one))
            except Misfit as misfit:
                raise within(f"[{len(out)}]", misfit) from misfit.__cause__
        return out if make is list else _made(make, out, what)

    return convert


def _made(make: Any, items: Any, what: str) -> Any:
    try:
        return make(items)
    except TypeError as error:
        raise Misfit(f"its items cannot be in {what}: {error}") from error


def _tuple(args: Tuple[Any, ...]) -> Converter:
    if len(args) == 2 and args[1] is Ellipsis:
        return _sequence(tuple, converter(args[0]), "a tuple")
    items = [] if args == ((),) else [converter(arg) for arg in args]

    def convert(value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            raise want("a tuple", value)
        if len(value) != len(items):
            raise Misfit(f"{len(items)} items are wanted, and {len(value)} came")
        out = []
        for index, (item, one) in enumerate(zip(items, value)):
            try:
                out.append(one if item is None else item(one))
            except Misfit as misfit:
                raise within(f"[{index}]", misfit) from misfit.__cause__
        return tuple(out)

    return convert


def _mapping(key: Optional[Converter], item: Optional[Converter]) -> Converter:
    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            raise want("an object", value)
        out = {}
        for name, one in value.items():
            try:
                out[_key(key, name)] = one if item is None else item(one)
            except Misfit as misfit:
                raise within(f"[{name!r}]", misfit) from misfit.__cause__
        return out

    return convert


def _key(convert: Optional[Converter], name: Any) -> Any:
    if convert is None:
        return name
    try:
        return convert(name)
    except Misfit:
        # Keys of JSON are text: {"1": …} for a dict with whole numbers as keys.
        if isinstance(name, str) and convert in (_int, _float):
            try:
                return int(name) if convert is _int else float(name)
            except ValueError:
                pass  # what the first attempt said is the better error
        raise


def _union(args: Tuple[Any, ...]) -> Optional[Converter]:
    choices = [(arg, converter(arg)) for arg in args]
    if any(choice is None for _, choice in choices):
        return None

    def convert(value: Any) -> Any:
        for arg, _ in choices:
            if type(value) is arg or (value is None and arg in (None, type(None))):
                return value
        reasons = []
        for _, choice in choices:
            try:
                return choice(value) if choice is not None else value
            except Misfit as misfit:
                reasons.append(misfit)
        best = max(reasons, key=lambda misfit: len(misfit.place))
        if best.place:
            raise best
        raise Misfit("; or ".join(str(misfit) for misfit in reasons if not str(misfit).startswith("nothing")))

    return convert


def _literal(args: Tuple[Any, ...]) -> Converter:
    def convert(value: Any) -> Any:
        for arg in args:
            if arg == value and type(arg) is type(value):
                return arg
        for arg in args:
            if isinstance(arg, enum.Enum) and value in (arg.value, arg.name):
                return arg
            if isinstance(value, float) and not isinstance(arg, bool) and arg == value:
                return arg
        raise Misfit(f"one of {', '.join(map(repr, args))} is wanted, and {kind_of(value)} came")

    return convert
