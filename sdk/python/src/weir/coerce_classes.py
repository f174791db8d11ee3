"""Makes objects of classes from what came: dataclasses, named tuples, TypedDicts, models, enums, classes with a codec."""

from __future__ import annotations

import dataclasses
import enum
import sys
import typing
from typing import Any, Callable, Dict, Optional

from .codec import codec_named, has_codec, is_model
from .errors import type_name
from .misfit import Misfit, kind_of, want, within
from .values import Record

Converter = Callable[[Any], Any]
#: `coerce.converter`; handed in, because types of fields are any types.
MakeConverter = Callable[[Any], Optional[Converter]]


def class_converter(cls: Any, make: MakeConverter) -> Optional[Converter]:
    """How values are made to be objects of a class; None when it is no class that this knows.

    Args:
        cls: A class that is no builtin.
        make: Makes converters for the types of fields.
    """
    if issubclass(cls, enum.Enum):
        return _enum(cls)
    if dataclasses.is_dataclass(cls):
        return _dataclass(cls, make)
    if is_typed_dict(cls):
        return _typed_dict(cls, make)
    if is_model(cls):
        return _model(cls)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return _named_tuple(cls, make)
    return _by_codec(cls) if has_codec(cls) else None


def is_typed_dict(cls: Any) -> bool:
    """Whether a class is a TypedDict, of typing or of typing_extensions."""
    return isinstance(cls, type) and issubclass(cls, dict) and hasattr(cls, "__total__") and hasattr(cls, "__required_keys__")


def hints_of(thing: Any) -> Dict[str, Any]:
    """Resolved annotations of a function or class; what cannot be resolved is left out."""
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except Exception:
        pass  # one that names what is not there spoils all: one by one
    hints: Dict[str, Any] = {}
    scope = vars(sys.modules[thing.__module__]) if thing.__module__ in sys.modules else {}
    for name, annotation in getattr(thing, "__annotations__", {}).items():
        if not isinstance(annotation, str):
            hints[name] = annotation
            continue
        try:
            hints[name] = eval(annotation, dict(scope), dict(vars(typing)))  # the author's own text
        except Exception:
            continue  # e.g. `int | None` on Python 3.9, or a name that is imported for type checkers only
    return hints


def _enum(cls: Any) -> Converter:
    def convert(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        plain = value.value if isinstance(value, Record) else value
        try:
            return cls(plain)
        except ValueError:
            if isinstance(plain, list):
                return convert(tuple(plain))
            if isinstance(plain, str) and plain in cls.__members__:
                return cls[plain]
        names = ", ".join(repr(member.value) for member in cls)
        raise Misfit(f"one of {names} is wanted, and {kind_of(value)} came")

    return convert


class _Lazy:
    """Converters of a class's fields, made at first use: a class may hold itself."""

    def __init__(self, cls: Any, make: MakeConverter) -> None:
        self.cls = cls
        self.make = make
        self.fields: Optional[Dict[str, Optional[Converter]]] = None

    def convert(self, values: Dict[str, Any]) -> Dict[str, Any]:
        if self.fields is None:
            self.fields = {name: self.make(hint) for name, hint in hints_of(self.cls).items()}
        out = {}
        for name, value in values.items():
            convert = self.fields.get(name)
            try:
                out[name] = value if convert is None else convert(value)
            except Misfit as misfit:
                raise within(f".{name}", misfit) from misfit.__cause__
        return out


_fields_of_class: Dict[Any, _Lazy] = {}


def _fields(cls: Any, value: Any, make: MakeConverter) -> Dict[str, Any]:
    plain = value.value if isinstance(value, Record) else value
    if not isinstance(plain, dict):
        raise want(f"an object with the fields of {cls.__name__}", value)
    lazy = _fields_of_class.setdefault(cls, _Lazy(cls, make))
    return lazy.convert(plain)


def _construct(cls: Any, values: Dict[str, Any]) -> Any:
    try:
        return cls(**values)
    except Exception as error:
        message = str(error).replace("__init__() ", "").replace(f"{cls.__name__}.", "")
        raise Misfit(f"{cls.__name__} cannot be made: {message}") from error


def _dataclass(cls: Any, make: MakeConverter) -> Converter:
    later = {field.name for field in dataclasses.fields(cls) if not field.init}

    def convert(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        values = _fields(cls, value, make)
        made = _construct(cls, {name: item for name, item in values.items() if name not in later})
        for name in later & values.keys():
            object.__setattr__(made, name, values[name])
        return made

    return convert


def _named_tuple(cls: Any, make: MakeConverter) -> Converter:
    def convert(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if isinstance(value, (list, tuple)):
            if len(value) > len(cls._fields):
                raise Misfit(f"{cls.__name__} has {len(cls._fields)} fields, and {len(value)} items came")
            value = dict(zip(cls._fields, value))
        return _construct(cls, _fields(cls, value, make))

    return convert


def _typed_dict(cls: Any, make: MakeConverter) -> Converter:
    def convert(value: Any) -> Any:
        values = _fields(cls, value, make)
        missing = sorted(cls.__required_keys__ - values.keys())
        if missing:
            raise Misfit(f"{cls.__name__} needs {', '.join(missing)}")
        return values

    return convert


def _model(cls: Any) -> Converter:
    def convert(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        plain = value.value if isinstance(value, Record) else value
        try:
            return cls.model_validate(plain)
        except Exception as error:
            raise Misfit(f"{cls.__name__} cannot be made: {error}") from error

    return convert


def _by_codec(cls: type) -> Converter:
    def convert(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        entry = codec_named(type_name(cls))
        if entry is None:
            raise want(f"a {cls.__name__}", value)
        try:
            return entry.decode(value.value if isinstance(value, Record) else value)
        except Exception as error:
            raise Misfit(f"{cls.__name__} cannot be made from {kind_of(value)}: {error}") from error

    return convert
