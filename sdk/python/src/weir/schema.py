"""JSON Schema from annotations."""

from __future__ import annotations

import base64
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import json
import uuid
from typing import Any, Dict, List, Literal, Optional, Set, Tuple, get_args, get_origin

from .codec import is_model
from .coerce import LISTS, MAPS, SETS, UNIONS
from .coerce_classes import hints_of, is_typed_dict
from .values import Asset, Blob

Schema = Dict[str, Any]

_ASSET: Schema = {
    "type": "object",
    "title": "Asset",
    "properties": {"kind": {"const": "asset"}, "name": {"type": "string"}, "files": {"type": "array"}},
    "required": ["kind", "name", "files"],
}
_BLOB: Schema = {
    "type": "object",
    "title": "Blob",
    "properties": {"$weir": {"const": "blob"}, "digest": {"type": "string"}, "size": {"type": "integer"}},
    "required": ["$weir", "digest", "size"],
}

_SIMPLE: Dict[Any, Schema] = {
    Any: {},
    object: {},
    int: {"type": "integer"},
    float: {"type": "number"},
    complex: {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    bool: {"type": "boolean"},
    str: {"type": "string"},
    None: {"type": "null"},
    type(None): {"type": "null"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    datetime.date: {"type": "string", "format": "date"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.time: {"type": "string", "format": "time"},
    datetime.timedelta: {"type": "number", "description": "Seconds"},
    decimal.Decimal: {"type": "string", "format": "decimal"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    Asset: _ASSET,
    Blob: _BLOB,
    list: {"type": "array"},
    tuple: {"type": "array"},
    set: {"type": "array", "uniqueItems": True},
    frozenset: {"type": "array", "uniqueItems": True},
    dict: {"type": "object"},
}


def schema_of(annotation: Any) -> Schema:
    """JSON Schema (2020-12) of the values that fit a type; {} for any, also for types that have no schema."""
    builder = _Builder()
    schema = builder.build(annotation)
    if builder.definitions:
        schema = {**schema, "$defs": builder.definitions}
    return schema


class _Builder:
    def __init__(self) -> None:
        self.definitions: Dict[str, Schema] = {}
        self.open: List[Any] = []
        self.recursive: Set[str] = set()

    def build(self, annotation: Any) -> Schema:
        try:
            if annotation in _SIMPLE:
                return dict(_SIMPLE[annotation])
        except TypeError:
            return {}
        origin = get_origin(annotation)
        if origin is not None:
            return self._generic(annotation, origin, get_args(annotation))
        supertype = getattr(annotation, "__supertype__", None)
        if supertype is not None:
            return self.build(supertype)
        return self._class(annotation) if isinstance(annotation, type) else {}

    def _generic(self, annotation: Any, origin: Any, args: Tuple[Any, ...]) -> Schema:
        if origin in UNIONS:
            return self._union(args)
        if origin is Literal:
            return _choice([_plain(arg) for arg in args])
        if hasattr(annotation, "__metadata__"):
            return self._annotated(annotation)
        if getattr(origin, "__name__", "") in ("Required", "NotRequired", "ReadOnly", "Final"):
            return self.build(args[0])
        if origin is tuple:
            return self._tuple(args)
        if origin in LISTS or origin in SETS:
            schema = _with({"type": "array"}, items=self.build(args[0]))
            return {**schema, "uniqueItems": True} if origin in SETS else schema
        if origin in MAPS and len(args) == 2:
            return _with({"type": "object"}, additionalProperties=self.build(args[1]))
        if origin in (collections.abc.Awaitable, collections.abc.Coroutine):
            return self.build(args[-1])
        return self.build(origin)

    def _annotated(self, annotation: Any) -> Schema:
        """Texts beside a type describe it: `Annotated[int, "Folds, at least 2"]`."""
        schema = self.build(annotation.__origin__)
        texts = [item for item in annotation.__metadata__ if isinstance(item, str)]
        return {**schema, "description": texts[0]} if texts else schema

    def _union(self, args: Tuple[Any, ...]) -> Schema:
        schemas = [self.build(arg) for arg in args]
        if {} in schemas:
            return {}
        simple = all(set(schema) == {"type"} and isinstance(schema["type"], str) for schema in schemas)
        return {"type": [schema["type"] for schema in schemas]} if simple else {"anyOf": schemas}

    def _tuple(self, args: Tuple[Any, ...]) -> Schema:
        if len(args) == 2 and args[1] is Ellipsis:
            return _with({"type": "array"}, items=self.build(args[0]))
        items = [] if args == ((),) else [self.build(arg) for arg in args]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items), "maxItems": len(items)}

    def _class(self, cls: type) -> Schema:
        if issubclass(cls, enum.Enum):
            return {"title": cls.__name__, **_choice([_plain(member) for member in cls])}
        if is_model(cls):
            return self._model(cls)
        fields = _class_fields(cls)
        if fields is None:
            return {}
        if cls in self.open:  # it holds itself
            self.recursive.add(cls.__name__)
            return {"$ref": f"#/$defs/{cls.__name__}"}
        self.open.append(cls)
        schema = self._object(cls, *fields)
        self.open.pop()
        if cls.__name__ in self.recursive:
            self.definitions[cls.__name__] = schema
            return {"$ref": f"#/$defs/{cls.__name__}"}
        return schema

    def _object(self, cls: type, names: List[str], required: List[str], defaults: Dict[str, Any]) -> Schema:
        hints = hints_of(cls)
        properties: Dict[str, Schema] = {}
        for name in names:
            properties[name] = self.build(hints.get(name, Any))
            if name in defaults:
                properties[name] = {**properties[name], "default": defaults[name]}
        schema: Schema = {"type": "object", "title": cls.__name__, "properties": properties, "additionalProperties": False}
        return {**schema, "required": required} if required else schema

    def _model(self, cls: Any) -> Schema:
        try:
            schema: Schema = cls.model_json_schema()
        except Exception:
            return {"type": "object", "title": cls.__name__}  # a field without a schema
        self.definitions.update(schema.pop("$defs", {}))
        return schema


def _class_fields(cls: type) -> Optional[Tuple[List[str], List[str], Dict[str, Any]]]:
    """Names, required names and plain defaults of a class that is a record; None for any other."""
    if dataclasses.is_dataclass(cls):
        fields = [field for field in dataclasses.fields(cls) if field.init]
        needed = [
            field.name
            for field in fields
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        ]
        given = {field.name: field.default for field in fields if field.default is not dataclasses.MISSING}
        return [field.name for field in fields], needed, _plain_values(given)
    if is_typed_dict(cls):
        keys = list(getattr(cls, "__annotations__", {})) or sorted(hints_of(cls))
        every = [key for key in hints_of(cls)] or keys
        return every, [key for key in every if key in getattr(cls, "__required_keys__", ())], {}
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        given = dict(getattr(cls, "_field_defaults", {}))
        return list(cls._fields), [name for name in cls._fields if name not in given], _plain_values(given)
    return None


def _plain_values(values: Dict[str, Any]) -> Dict[str, Any]:
    out = {}
    for name, value in values.items():
        found, plain = plain_json(value)
        if found:
            out[name] = plain
    return out


def _with(schema: Schema, **parts: Schema) -> Schema:
    return {**schema, **{name: part for name, part in parts.items() if part}}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, enum.Enum) else value


def _choice(values: List[Any]) -> Schema:
    plain = [value for value in values if value is None or isinstance(value, (str, int, float, bool, list))]
    names = {type(value) for value in plain}
    if len(plain) < len(values):
        return {}
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number"}
    known = kinds.get(next(iter(names))) if len(names) == 1 else None
    return {"type": known, "enum": plain} if known else {"enum": plain}


def plain_json(value: Any) -> Tuple[bool, Any]:
    """Whether a default can be shown as plain JSON, and as what: dates as text, enums as their value."""
    if isinstance(value, enum.Enum):
        return plain_json(value.value)
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return True, value.isoformat()
    if isinstance(value, datetime.timedelta):
        return True, value.total_seconds()
    if isinstance(value, bytes) and len(value) <= 1000:
        return True, base64.b64encode(value).decode("ascii")
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False, None
    return len(text) <= 10_000, json.loads(text)
