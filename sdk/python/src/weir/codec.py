"""Values as they travel: JSON, with objects that have the key `$weir` for what JSON cannot say.

docs/worker-protocol.md, "Values", has the table; sdk/vectors/values.json the examples that every SDK passes.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import math
import sys
import uuid
from typing import Any, Callable, Dict, List, Optional, Tuple, Type, TypeVar

from .errors import CodecError, type_name
from .runtime import BlobStore
from .values import Asset, Blob, Record, StepRef

T = TypeVar("T")
Json = Any

MAX_SAFE_INTEGER = 2**53 - 1
#: Bytes above this size are stored as a blob.
BYTES_INLINE = 32 * 1024
#: A value above this size is refused; bytes, blobs and assets do not count.
VALUE_BYTES = 64 * 1024 * 1024
ABSENT: Dict[str, str] = {"$weir": "absent"}
#: About what a number, a key's quotes and the commas take in JSON.
_ITEM_BYTES = 3

_HELP = "Return plain values, a dataclass, bytes, weir.blob(…) or weir.asset(…), or give its class a weir.codec."


class Codec:
    """How objects of a class travel.

    Attributes:
        name: Name of the class as others see it.
        encode: Makes a value that can travel from an object.
        decode: Makes an object from that value.
    """

    def __init__(self, name: str, encode: Callable[[Any], Any], decode: Callable[[Any], Any]) -> None:
        self.name = name
        self.encode = encode
        self.decode = decode


_by_class: Dict[type, Codec] = {}
_by_name: Dict[str, Codec] = {}


def codec(
    cls: Type[T], encode: Callable[[T], Any], decode: Callable[[Any], T], name: Optional[str] = None
) -> None:
    """Lets objects of a class travel as arguments and results.

    Args:
        cls: The class; subclasses need a codec of their own.
        encode: Makes a plain value (JSON, bytes, dates, other objects …) from an object.
        decode: Makes an object from that value.
        name: Name in other processes and languages; `module.Class` when absent.

    Example:
        weir.codec(Path, encode=str, decode=Path)
    """
    entry = Codec(name or type_name(cls), encode, decode)
    _by_class[cls] = entry
    _by_name[entry.name] = entry


def has_codec(cls: type) -> bool:
    """Whether objects of this class travel by a codec."""
    return cls in _by_class


codec(decimal.Decimal, str, decimal.Decimal, "decimal.Decimal")
codec(uuid.UUID, str, uuid.UUID, "uuid.UUID")
codec(datetime.time, lambda t: t.isoformat(), lambda text: datetime.time.fromisoformat(text), "datetime.time")
codec(complex, lambda z: [z.real, z.imag], lambda parts: complex(*parts), "builtins.complex")


class _Misfit(Exception):
    """A value that cannot travel; places are put before it on the way up."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.place = ""

    def within(self, segment: str) -> "_Misfit":
        self.place = segment + self.place
        return self


class Encoder:
    """Encodes values; bytes that are large go to the store.

    Args:
        blobs: Where large bytes are stored; None refuses them.
    """

    def __init__(self, blobs: Optional[BlobStore] = None) -> None:
        self.blobs = blobs
        self._size = 0

    def encode(self, value: Any, name: str = "value") -> Json:
        """The value as JSON.

        Args:
            value: What is to travel.
            name: What it is called in errors, e.g. `result`.

        Raises:
            CodecError: A part of it cannot travel; the message names the part, e.g. `result.scores[3]`.
        """
        self._size = 0
        try:
            return self._any(value)
        except _Misfit as misfit:
            raise CodecError(f"{name}{misfit.place} cannot be passed on: {misfit}", _HELP) from misfit.__cause__
        except RecursionError:
            raise CodecError(
                f"{name} cannot be passed on: it holds itself, or is nested too deeply.",
                "Make it a flat list whose items refer to each other by number.",
            ) from None

    def _any(self, value: Any) -> Json:
        method = _ENCODERS.get(type(value))
        return method(self, value) if method is not None else self._object(value)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > VALUE_BYTES:
            raise _Misfit(f"the value is larger than {VALUE_BYTES // 1024 // 1024} MiB.")

    def _none(self, value: None) -> Json:
        self._size += _ITEM_BYTES
        return value

    def _bool(self, value: bool) -> Json:
        self._size += _ITEM_BYTES
        return value

    def _str(self, value: str) -> Json:
        self._count(len(value) + _ITEM_BYTES)
        return value

    def _int(self, value: int) -> Json:
        self._count(_ITEM_BYTES)
        if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            return value
        try:
            return {"$weir": "integer", "value": str(value)}
        except ValueError as error:  # Python limits the digits that it prints
            raise _Misfit(str(error)) from error

    def _float(self, value: float) -> Json:
        self._count(_ITEM_BYTES)
        if math.isfinite(value):
            return value + 0.0  # JSON's readers know no -0.0
        return {"$weir": "float", "value": "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}

    def _items(self, values: Any) -> List[Json]:
        out: List[Json] = []
        try:
            for value in values:
                out.append(self._any(value))
        except _Misfit as misfit:
            raise misfit.within(f"[{len(out)}]") from misfit.__cause__
        return out

    def _list(self, value: List[Any]) -> Json:
        self._count(_ITEM_BYTES)
        return self._items(value)

    def _tuple(self, value: Tuple[Any, ...]) -> Json:
        return {"$weir": "tuple", "items": self._items(value)}

    def _set(self, value: Any) -> Json:
        return {"$weir": "set", "items": sorted(self._items(value), key=_json_text)}

    def _dict(self, value: Dict[Any, Any]) -> Json:
        self._count(_ITEM_BYTES)
        if all(type(key) is str for key in value):
            fields = self._fields(value, "[{!r}]" if not all(map(_is_plain_name, value)) else ".{}")
            return {"$weir": "escaped", "value": fields} if _looks_special(fields) else fields
        entries = []
        for key, item in value.items():
            try:
                entries.append([self._any(key), self._any(item)])
            except _Misfit as misfit:
                raise misfit.within(f"[{key!r}]") from misfit.__cause__
        return {"$weir": "map", "entries": entries}

    def _fields(self, fields: Dict[str, Any], place: str = ".{}") -> Dict[str, Json]:
        out: Dict[str, Json] = {}
        key = ""
        try:
            for key, item in fields.items():
                self._size += len(key)
                out[key] = self._any(item)
        except _Misfit as misfit:
            raise misfit.within(place.format(key)) from misfit.__cause__
        return out

    def _bytes(self, value: Any) -> Json:
        data = bytes(value)
        if len(data) <= BYTES_INLINE:
            return {"$weir": "bytes", "base64": base64.b64encode(data).decode("ascii")}
        if self.blobs is None:
            raise _Misfit(f"{len(data)} bytes need a store, and there is none here.")
        return {"$weir": "bytes", "blob": self.blobs.put(data), "size": len(data)}

    def _datetime(self, value: datetime.datetime) -> Json:
        return {"$weir": "datetime", "value": datetime_text(value)}

    def _date(self, value: datetime.date) -> Json:
        return {"$weir": "date", "value": value.isoformat()}

    def _timedelta(self, value: datetime.timedelta) -> Json:
        seconds = value.total_seconds()
        try:
            is_exact = datetime.timedelta(seconds=seconds) == value
        except OverflowError:  # rounded up, beyond the longest
            is_exact = False
        if not is_exact:
            raise _Misfit(f"{value} is too long a span for its microseconds. Round it to seconds.")
        return {"$weir": "duration", "seconds": seconds}

    def _step(self, value: StepRef) -> Json:
        return {"$weir": "step", "run": value.run, "step": value.step}

    def _blob(self, value: Blob) -> Json:
        out: Dict[str, Json] = {"$weir": "blob", "digest": value.digest, "size": value.size}
        if value.media_type is not None:
            out["mediaType"] = value.media_type
        return out

    def _asset(self, value: Asset) -> Json:
        return encode_asset(value)

    def _record(self, value: Record) -> Json:
        return self._typed(value.type, value.value)

    def _typed(self, name: str, value: Any) -> Json:
        return {"$weir": "object", "type": name, "value": self._any(value)}

    def _object(self, value: Any) -> Json:
        """What has no entry in the table: classes of the project, subclasses of builtins, numbers of NumPy."""
        cls = type(value)
        entry = _by_class.get(cls)
        if entry is not None:
            return {"$weir": "object", "type": entry.name, "value": self._by_codec(entry, value)}
        reference = getattr(cls, "__weir_ref__", None)
        if reference is not None:
            return self._step(reference(value))
        if isinstance(value, enum.Enum):
            return self._typed(type_name(cls), value.value)
        fields = fields_of(value)
        if fields is not None:
            return {"$weir": "object", "type": type_name(cls), "value": self._fields(fields)}
        for base, method in _BASES:
            if isinstance(value, base):
                return method(self, value)
        if cls.__module__.partition(".")[0] == "numpy" and getattr(value, "shape", None) == () and hasattr(value, "item"):
            return self._any(value.item())
        raise _Misfit(_why_not(value))

    def _by_codec(self, entry: Codec, value: Any) -> Json:
        try:
            made = entry.encode(value)
        except Exception as error:
            raise _Misfit(f"the codec of {entry.name} failed: {type(error).__name__}: {error}.") from error
        return self._any(made)


_ENCODERS: Dict[type, Callable[[Encoder, Any], Json]] = {
    type(None): Encoder._none,
    bool: Encoder._bool,
    int: Encoder._int,
    float: Encoder._float,
    str: Encoder._str,
    list: Encoder._list,
    tuple: Encoder._tuple,
    dict: Encoder._dict,
    set: Encoder._set,
    frozenset: Encoder._set,
    bytes: Encoder._bytes,
    bytearray: Encoder._bytes,
    memoryview: Encoder._bytes,
    datetime.datetime: Encoder._datetime,
    datetime.date: Encoder._date,
    datetime.timedelta: Encoder._timedelta,
    StepRef: Encoder._step,
    Blob: Encoder._blob,
    Asset: Encoder._asset,
    Record: Encoder._record,
}

#: Subclasses of these travel as their base does (an IntEnum is an Enum before).
_BASES: Tuple[Tuple[Any, Callable[[Encoder, Any], Json]], ...] = (
    (str, lambda encoder, value: encoder._str(str.__str__(value))),
    (int, lambda encoder, value: encoder._int(int(value))),
    (float, lambda encoder, value: encoder._float(float(value))),
    (dict, lambda encoder, value: encoder._dict(dict(value))),
    (list, Encoder._list),
    (tuple, Encoder._tuple),
    ((set, frozenset), Encoder._set),
)


def _looks_special(fields: Dict[str, Json]) -> bool:
    return "$weir" in fields or fields.get("kind") == "asset"


def _is_plain_name(key: str) -> bool:
    return key.isidentifier()


def _json_text(value: Json) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _why_not(value: Any) -> str:
    cls = type(value)
    name = type_name(cls).replace("builtins.", "")
    if callable(value) and hasattr(value, "__name__"):
        return f"{value.__name__} is a {name}, and code does not travel."
    if hasattr(value, "__next__"):
        return f"a {name} can be read once only; make a list of it."
    if name == "numpy.ndarray":
        return "an array of NumPy travels as a list: .tolist(), or as a file."
    if hasattr(value, "fileno") and hasattr(value, "read"):
        return "an open file does not travel; weir.blob(path) stores what it holds."
    return f"there is no rule for objects of the class {name}."


def fields_of(value: Any) -> Optional[Dict[str, Any]]:
    """Fields of a dataclass, a named tuple or a model of pydantic, by name; None for anything else."""
    cls = type(value)
    if dataclasses.is_dataclass(cls):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(cls)}
    if isinstance(value, tuple) and hasattr(cls, "_fields"):
        return {name: getattr(value, name) for name in cls._fields}
    if is_model(cls):
        return {name: getattr(value, name) for name in cls.model_fields}
    return None


def is_model(cls: Any) -> bool:
    """Whether a class is a model of pydantic 2, without importing pydantic."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(cls, type) and issubclass(cls, pydantic.BaseModel)


def datetime_text(value: datetime.datetime) -> str:
    """ISO 8601; UTC ends in Z and has milliseconds at least."""
    offset = value.utcoffset()
    if offset is None or offset.total_seconds() != 0:
        return value.isoformat()
    precision = "milliseconds" if value.microsecond % 1000 == 0 else "microseconds"
    return value.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def encode_asset(value: Asset) -> Dict[str, Json]:
    """An asset as it travels."""
    files: List[Dict[str, Json]] = []
    for file in value.files:
        entry: Dict[str, Json] = {"path": file.path, "digest": file.digest, "size": file.size}
        if file.executable:
            entry["executable"] = True
        files.append(entry)
    return {"kind": "asset", "name": value.name, "files": files}


def codec_named(name: str) -> Optional[Codec]:
    """The codec that a type name stands for, or None."""
    return _by_name.get(name)


def class_named(name: str) -> Optional[type]:
    """The class that a type name stands for, when its module is loaded here and the class travels by its fields."""
    module, _, rest = name.rpartition(".")
    path = [rest]
    while module and module not in sys.modules:  # nested classes: digits.Outer.Inner
        module, _, rest = module.rpartition(".")
        path.insert(0, rest)
    found: Any = sys.modules.get(module)
    for part in path:
        found = getattr(found, part, None)
    if not isinstance(found, type):
        return None
    travels = (
        dataclasses.is_dataclass(found)
        or is_model(found)
        or issubclass(found, enum.Enum)
        or (issubclass(found, tuple) and hasattr(found, "_fields"))
    )
    return found if travels else None
