"""Values: the vectors that all SDKs pass, errors that name the place, large parts."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import pytest
from scripted_engine import TOKEN, ScriptedEngine

import weir
from weir.codec import VALUE_BYTES, Encoder
from weir.decode import Decoder, load_json, parse_datetime
from weir.engine import EnginePlace
from weir.http import Http, HttpBlobs
from weir.large import INLINE_BYTES, dump, pack
from weir.testing.blobs import FolderBlobs

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "values.json").read_text("utf-8"))


def same(left: Any, right: Any) -> bool:
    """Equal, with NaN as itself, and 1 apart from 1.0 and True."""
    if isinstance(left, float) and left != left:
        return isinstance(right, float) and right != right
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


@pytest.mark.parametrize("vector", VECTORS["values"], ids=lambda vector: vector["name"])
def test_vectors(vector: Dict[str, Any]) -> None:
    value = eval(vector["python"], {"datetime": datetime, "weir": weir})
    assert same(load_json(dump(Encoder().encode(value))), vector["encoded"])
    assert same(Decoder().decode(vector["encoded"]), value)


@pytest.mark.parametrize("vector", VECTORS["oneWay"], ids=lambda vector: vector["name"])
def test_one_way_vectors(vector: Dict[str, Any]) -> None:
    text = dump(Encoder().encode(eval(vector["python"])))
    assert json.loads(text) == vector["encoded"] and "-" not in text


def test_spans_are_exact_or_refused() -> None:
    for span in (datetime.timedelta(days=99_000, microseconds=1), datetime.timedelta(days=-99_999, seconds=1), datetime.timedelta.min):
        assert Decoder().decode(load_json(dump(Encoder().encode(span)))) == span
    for span in (datetime.timedelta.max, datetime.timedelta(days=400_000_000, microseconds=1)):
        with pytest.raises(weir.CodecError, match="value cannot be passed on: .*too long a span for its microseconds"):
            Encoder().encode(span)


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_refused_vectors(vector: Dict[str, Any]) -> None:
    with pytest.raises(weir.CodecError, match=vector["message"]):
        Decoder().decode(vector["encoded"])


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Point(NamedTuple):
    x: int
    y: float = 0.5


@dataclasses.dataclass(frozen=True)
class Inner:
    when: datetime.date
    tags: frozenset  # type: ignore[type-arg]


@dataclasses.dataclass
class Outer:
    inner: Inner
    many: List[Inner]
    colour: Colour
    derived: int = dataclasses.field(init=False, default=0)

    def __post_init__(self) -> None:
        self.derived = len(self.many)


class Opaque:
    def __init__(self, n: int) -> None:
        self.n = n

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and other.n == self.n


weir.codec(Opaque, encode=lambda o: {"n": o.n}, decode=lambda v: Opaque(v["n"]))


@pytest.mark.parametrize(
    "value",
    [
        Outer(Inner(datetime.date(2026, 1, 2), frozenset({1})), [], Colour.RED),
        Point(1, 2.5),
        Level.HIGH,
        Opaque(3),
        decimal.Decimal("1.10"),
        datetime.time(10, 30),
        complex(1, 2),
        {"kind": "assets", "a b": {1: [Colour.RED]}},
        frozenset({(1, 2)}),
    ],
)
def test_classes_there_and_back(value: Any) -> None:
    back = Decoder().decode(json.loads(dump(Encoder().encode(value))))
    assert back == value and isinstance(back, type(value)) or isinstance(value, frozenset)


def test_pydantic_models() -> None:
    pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed")
    global Model  # where its name says that it is

    class Model(pydantic.BaseModel):  # type: ignore[no-redef,misc,name-defined]
        when: datetime.datetime
        names: List[str] = []

    Model.__qualname__ = "Model"
    value = Model(when=datetime.datetime(2026, 1, 1), names=["a"])
    encoded = Encoder().encode(value)
    assert encoded["type"] == f"{__name__}.Model"
    assert Decoder().decode(encoded) == value


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"scores": [1, 2, 3, open]}, r"result\.scores\[3\]"),
        ({"a b": object()}, r"result\['a b'\]"),
        ([(1, {2: {3, len}})], r"result\[0\]\[1\]\[2\]\[\d\]"),
        (Outer(Inner(datetime.date.min, frozenset()), [print], Colour.RED), r"result\.many\[0\]"),  # type: ignore[list-item]
        (iter([1]), "make a list of it"),
    ],
)
def test_errors_name_the_place(value: Any, place: str) -> None:
    with pytest.raises(weir.CodecError, match=place):
        Encoder().encode(value, "result")


def test_a_value_that_holds_itself() -> None:
    loop: List[Any] = []
    loop.append(loop)
    with pytest.raises(weir.CodecError, match="holds itself"):
        Encoder().encode(loop, "result")


def test_a_value_that_is_too_large() -> None:
    with pytest.raises(weir.CodecError, match="larger than 64 MiB"):
        Encoder().encode(["x" * 1_000_000] * 70, "result")


def test_large_parts_are_stored(tmp_path: Path) -> None:
    store = FolderBlobs(tmp_path)
    value = {"small": 1, "large": ["y" * 100] * 1000, "bytes": b"z" * 40_000, "many": list(range(100))}
    encoded = pack(Encoder(store).encode(value), store)
    assert encoded["small"] == 1 and encoded["large"]["$weir"] == "stored" and encoded["bytes"]["$weir"] == "bytes"
    assert len(dump(encoded)) < INLINE_BYTES
    assert Decoder(store).decode(encoded) == value
    digest = hashlib.sha256(b"z" * 40_000).hexdigest()
    nested = pack(Encoder(store).encode([[b"z" * 40_000, i] for i in range(5000)]), store)
    assert nested["$weir"] == "stored" and nested["blobs"] == [digest]
    assert len(Decoder(store).decode(nested)) == 5000


def test_moments_of_every_form() -> None:
    for text, microsecond in (("2026-01-01T10:00:00.1Z", 100_000), ("2026-01-01T10:00:00.123456789+0100", 123_456)):
        assert parse_datetime(text).microsecond == microsecond
    with pytest.raises(ValueError, match="no moment"):
        parse_datetime("yesterday")
    with pytest.raises(weir.CodecError):
        load_json('{"a": NaN}')


def test_blobs_over_http(engine: ScriptedEngine, tmp_path: Path) -> None:
    store = HttpBlobs(Http(EnginePlace(engine.url, TOKEN)), "default", patient=False)
    large = tmp_path / "large.bin"
    large.write_bytes(b"0123456789" * 1_000_000)
    digest, size = store.put_file(large)
    assert size == 10_000_000 and engine.blobs[digest] == large.read_bytes()
    with store.open(digest) as body:
        assert body.read() == large.read_bytes()
    small = store.put(b"abc")
    assert store.open(small).read() == b"abc"
    engine.blobs["0" * 64] = b"not this"
    with pytest.raises(weir.WeirError, match="damaged"):
        store.open("0" * 64)
    with pytest.raises(weir.RefusedError, match="no such blob"):
        store.open("1" * 64)
    with pytest.raises(weir.RefusedError, match="Sign-in"):
        HttpBlobs(Http(EnginePlace(engine.url, "wrong")), "default", patient=False).put(b"x")
    engine.stop()
    with pytest.raises(weir.EngineUnreachable, match="weir boot up"):
        store.put(b"x")
    engine.start()


def test_limits_are_those_of_the_protocol() -> None:
    contract = Path(__file__).parents[3] / "src-shared" / "contract" / "worker-protocol.ts"
    text = contract.read_text("utf-8")
    assert f"VALUE_BYTES = {VALUE_BYTES // 1024 // 1024} * 1024 * 1024" in text
    assert f"VALUE_INLINE_BYTES = {INLINE_BYTES // 1024} * 1024" in text
