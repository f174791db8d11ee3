"""Large values: what is above the limit of a message is kept in the store, part by part."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple, Union

from .errors import CodecError
from .runtime import BlobStore

#: A value above this size travels with its largest parts stored.
INLINE_BYTES = 64 * 1024
#: Parts below this size are not worth a blob of their own.
PART_BYTES = 8 * 1024
#: A value above this size is refused.
VALUE_BYTES = 64 * 1024 * 1024

Json = Any


def dump(value: Json) -> str:
    """JSON text without blanks, plain ASCII."""
    return _ENCODER.encode(value)


def quoted(text: str) -> str:
    """A text as JSON; quick for plain ones, as tokens are."""
    return f'"{text}"' if text.isalnum() and text.isascii() else _ENCODER.encode(text)


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False)


def pack(encoded: Json, blobs: BlobStore) -> Json:
    """The value, with its largest parts stored when it is above the limit.

    Args:
        encoded: As `Encoder.encode` made it; not changed.
        blobs: Where parts are stored.

    Raises:
        CodecError: The value is larger than 64 MiB.
    """
    if type(encoded) in (int, float):
        return encoded
    shrunk = _shrink(encoded, dump(encoded), blobs)
    return encoded if shrunk is None else shrunk


def pack_text(encoded: Json, blobs: BlobStore) -> str:
    """The same as JSON text."""
    text = dump(encoded)
    shrunk = _shrink(encoded, text, blobs)
    return text if shrunk is None else dump(shrunk)


def _shrink(encoded: Json, text: str, blobs: BlobStore) -> Json:
    """What goes in place of the value; None when it can stay."""
    if len(text) <= INLINE_BYTES:
        return None
    if len(text) > VALUE_BYTES:
        raise CodecError(
            f"The value has {len(text) // 1024 // 1024} MiB; more than {VALUE_BYTES // 1024 // 1024} MiB are not passed on.",
            "Return bytes, weir.blob(…) or weir.asset(…): those may be of any size.",
        )
    parts = _parts(encoded)
    size = len(text)
    sized = sorted(((len(dump(part)), key) for key, part in parts), key=lambda entry: -entry[0])
    chosen = []
    for part_size, key in sized:
        if size <= INLINE_BYTES or part_size < PART_BYTES:
            break
        chosen.append(key)
        size -= part_size - 200  # about what a reference takes
    if size > INLINE_BYTES:
        return _store(encoded, text, blobs)
    return _with_stored(encoded, chosen, blobs)


def _parts(encoded: Json) -> List[Tuple[Union[int, str], Json]]:
    if isinstance(encoded, list):
        return list(enumerate(encoded))
    if isinstance(encoded, dict):
        if "$weir" not in encoded and encoded.get("kind") != "asset":
            return list(encoded.items())
        inner = encoded.get("value")
        if encoded.get("$weir") in ("object", "escaped") and isinstance(inner, dict) and "$weir" not in inner:
            return list(inner.items())
    return []


def _with_stored(encoded: Json, keys: List[Union[int, str]], blobs: BlobStore) -> Json:
    if isinstance(encoded, list):
        items = list(encoded)
        for key in keys:
            items[int(key)] = _store(items[int(key)], dump(items[int(key)]), blobs)
        return items
    fields = encoded["value"] if encoded.get("$weir") in ("object", "escaped") and "$weir" in encoded else encoded
    stored = {name: _store(item, dump(item), blobs) if name in keys else item for name, item in fields.items()}
    return stored if fields is encoded else {**encoded, "value": stored}


def _store(encoded: Json, text: str, blobs: BlobStore) -> Dict[str, Json]:
    body = text.encode("ascii")
    inside: List[str] = []
    _digests(encoded, inside)
    return {"$weir": "stored", "blob": blobs.put(body), "size": len(body), "blobs": sorted(set(inside))}


def _digests(encoded: Json, found: List[str]) -> None:
    """Digests of all blobs that a value refers to, so that they are kept as long as it is."""
    if isinstance(encoded, list):
        for item in encoded:
            _digests(item, found)
        return
    if not isinstance(encoded, dict):
        return
    kind = encoded.get("$weir")
    if kind == "escaped":
        for item in encoded["value"].values():
            _digests(item, found)
        return
    if kind in ("blob", "bytes", "stored"):
        found += [encoded[name] for name in ("digest", "blob") if isinstance(encoded.get(name), str)]
        found += encoded.get("blobs", []) if kind == "stored" else []
        return
    if encoded.get("kind") == "asset":
        found += [file["digest"] for file in encoded["files"]]
        return
    for item in encoded.values():
        _digests(item, found)
