"""Back from JSON to values; see `codec` for the way out."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import re
from typing import Any, Callable, Dict, List, Mapping, Optional

from .codec import Json, class_named, codec_named
from .errors import CodecError, remote_error
from .runtime import BlobStore
from .values import Asset, AssetFile, Blob, Record, StepRef, check_digest


def load_json(text: "str | bytes") -> Json:
    """JSON as the specification has it: NaN and Infinity are refused, which Python would read."""
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(word: str) -> Json:
    raise CodecError(f"{word} is no JSON.")


class Decoder:
    """Decodes values.

    Args:
        blobs: Where bodies of large parts are read from; None refuses them.
        steps: How the steps stand that references may name (`StepEnd` of the protocol by key); a reference to another one
            stays a reference.
    """

    def __init__(self, blobs: Optional[BlobStore] = None, steps: Optional[Mapping[str, Mapping[str, Any]]] = None) -> None:
        self.blobs = blobs
        self.steps = steps or {}

    def decode(self, encoded: Json) -> Any:
        """The value. Raises CodecError when it is none, and the error of a step that it refers to."""
        kind = type(encoded)
        if kind is list:
            return [self.decode(item) for item in encoded]
        if kind is not dict:
            return encoded
        if "$weir" not in encoded:
            if encoded.get("kind") == "asset":
                return decode_asset(encoded)
            return {key: self.decode(item) for key, item in encoded.items()}
        return self._special(encoded)

    def _special(self, encoded: Dict[str, Json]) -> Any:
        kind = encoded["$weir"]
        method = _DECODERS.get(kind) if isinstance(kind, str) else None
        if method is None:
            raise CodecError(
                f"A value of the kind {kind!r} is not known here.", "The other side may need an older or this one a newer SDK."
            )
        try:
            return method(self, encoded)
        except CodecError:
            raise
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise CodecError(f"This is no {kind}: {json.dumps(encoded)[:200]} ({error}).") from error

    def _integer(self, encoded: Dict[str, Json]) -> int:
        if re.match(r"-?\d+\Z", encoded["value"]) is None:
            raise ValueError("an integer has digits only")
        return int(encoded["value"])

    def _float(self, encoded: Dict[str, Json]) -> float:
        if encoded["value"] not in ("NaN", "Infinity", "-Infinity"):
            raise ValueError("NaN, Infinity or -Infinity")
        return float(encoded["value"])

    def _bytes(self, encoded: Dict[str, Json]) -> bytes:
        if "blob" in encoded:
            return self._body(encoded["blob"])
        try:
            return base64.b64decode(encoded["base64"], validate=True)
        except binascii.Error as error:
            raise CodecError(f"The bytes are no base64: {error}.") from error

    def _body(self, digest: Json) -> bytes:
        check_digest(digest)
        if self.blobs is None:
            raise CodecError(f"The body {digest} needs a store, and there is none here.")
        with self.blobs.open(digest) as body:
            return body.read()

    def _date(self, encoded: Dict[str, Json]) -> datetime.date:
        return datetime.date.fromisoformat(encoded["value"])

    def _datetime(self, encoded: Dict[str, Json]) -> datetime.datetime:
        return parse_datetime(encoded["value"])

    def _duration(self, encoded: Dict[str, Json]) -> datetime.timedelta:
        return datetime.timedelta(seconds=encoded["seconds"])

    def _set(self, encoded: Dict[str, Json]) -> Any:
        items = encoded["items"]
        texts = {json.dumps(item, sort_keys=True) for item in items}
        values = {_hashable(self.decode(item), "set") for item in items}
        if len(texts) != len(items) or len(values) != len(items):
            raise CodecError("A set holds an item twice, or items that Python cannot tell apart.")
        return values

    def _tuple(self, encoded: Dict[str, Json]) -> Any:
        return tuple([self.decode(item) for item in encoded["items"]])

    def _map(self, encoded: Dict[str, Json]) -> Any:
        return {_hashable(self.decode(key), "map"): self.decode(item) for key, item in encoded["entries"]}

    def _object(self, encoded: Dict[str, Json]) -> Any:
        return make_object(encoded["type"], self.decode(encoded["value"]))

    def _step(self, encoded: Dict[str, Json]) -> Any:
        end = self.steps.get(encoded["step"])
        if end is None:
            return StepRef(encoded["run"], encoded["step"])
        if end["outcome"] != "succeeded":
            raise remote_error(end.get("error") or {"type": "weir.StepCancelled", "message": f"{end['step']} was cancelled."})
        return self.decode(end.get("value"))

    def _blob(self, encoded: Dict[str, Json]) -> Blob:
        return Blob(encoded["digest"], _size(encoded), encoded.get("mediaType"))

    def _stored(self, encoded: Dict[str, Json]) -> Any:
        return self.decode(load_json(self._body(encoded["blob"])))

    def _escaped(self, encoded: Dict[str, Json]) -> Any:
        return {key: self.decode(item) for key, item in encoded["value"].items()}

    def _absent(self, encoded: Dict[str, Json]) -> Any:
        raise CodecError("An argument that was left out stands where a value is needed.")


_DECODERS: Dict[str, Callable[[Decoder, Dict[str, Json]], Any]] = {
    "integer": Decoder._integer,
    "float": Decoder._float,
    "bytes": Decoder._bytes,
    "date": Decoder._date,
    "datetime": Decoder._datetime,
    "duration": Decoder._duration,
    "set": Decoder._set,
    "tuple": Decoder._tuple,
    "map": Decoder._map,
    "object": Decoder._object,
    "step": Decoder._step,
    "blob": Decoder._blob,
    "stored": Decoder._stored,
    "escaped": Decoder._escaped,
    "absent": Decoder._absent,
}


def _size(encoded: Mapping[str, Json]) -> int:
    size = encoded["size"]
    if not isinstance(size, int) or size < 0:
        raise ValueError("its size is no number of bytes")
    return size


def _hashable(value: Any, where: str) -> Any:
    if isinstance(value, set):
        return frozenset(value)
    try:
        hash(value)
    except TypeError as error:
        raise CodecError(f"An item of a {where} cannot be one in Python: {error}.") from error
    return value


def decode_asset(encoded: Mapping[str, Json]) -> Asset:
    """An asset. Raises CodecError when it is none, or a path leaves its folder."""
    files = encoded.get("files")
    if not isinstance(files, list) or not isinstance(encoded.get("name"), str):
        raise CodecError("An asset needs a name and a list of files.")
    made: List[AssetFile] = []
    for file in files:
        try:
            made.append(AssetFile(str(file["path"]), file["digest"], _size(file), bool(file.get("executable", False))))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            if isinstance(error, CodecError):
                raise
            raise CodecError(f"A file of the asset {encoded['name']} is none: {error}.") from error
    return Asset(encoded["name"], tuple(made))


_DATETIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)?\Z")


def parse_datetime(text: str) -> datetime.datetime:
    """ISO 8601 as every version of Python reads it; finer than microseconds is cut. Raises ValueError."""
    match = _DATETIME.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no moment such as 2026-11-21T10:00:00Z")
    day, time, fraction, zone = match.groups()
    if len(time) == 5:
        time += ":00"
    digits = f".{fraction[:6].ljust(6, '0')}" if fraction else ""
    if zone == "Z":
        zone = "+00:00"
    elif zone and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return datetime.datetime.fromisoformat(f"{day}T{time}{digits}{zone or ''}")


def make_object(name: str, value: Any) -> Any:
    """An object of the class that a type name stands for; a `Record` when the class is not known here.

    Raises:
        CodecError: The class refuses the value.
    """
    entry = codec_named(name)
    cls = None if entry is not None else class_named(name)
    if entry is None and cls is None:
        return Record(name, value)
    try:
        if entry is not None:
            return entry.decode(value)
        from .coerce import converter  # the two know each other: fields have types

        convert = converter(cls)
        return convert(value) if convert is not None else value
    except Exception as error:
        raise CodecError(f"An object of the class {name} cannot be made from what came: {error}") from error
