"""What a module declares: parameters, schemas, descriptions, options; how arguments are made to fit."""

from __future__ import annotations

import datetime
import enum
import importlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Literal, NewType, Optional, Set, Tuple, TypedDict, Union

import pytest

import weir
from weir.coerce import coerce
from weir.docstrings import parse_docstring
from weir.manifest import manifest_of
from weir.options import encode_options
from weir.schema import schema_of
from weir.source import Project
from weir.targets import Target


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Fit:
    rate: float
    colour: Colour = Colour.RED
    tags: List[str] = field(default_factory=list)


@dataclass
class Node:
    value: int
    children: List["Node"] = field(default_factory=list)


class Row(TypedDict, total=False):
    a: int


Folds = NewType("Folds", int)

SCHEMAS = [
    (int, {"type": "integer"}),
    (Optional[float], {"type": ["number", "null"]}),
    (List[int], {"type": "array", "items": {"type": "integer"}}),
    (list, {"type": "array"}),
    (Set[str], {"type": "array", "items": {"type": "string"}, "uniqueItems": True}),
    (Tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
    (
        Tuple[int, str],
        {
            "type": "array",
            "prefixItems": [{"type": "integer"}, {"type": "string"}],
            "items": False,
            "minItems": 2,
            "maxItems": 2,
        },
    ),
    (Dict[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
    (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
    (Literal["a", None], {"enum": ["a", None]}),
    (Colour, {"title": "Colour", "type": "string", "enum": ["red", "blue"]}),
    (datetime.datetime, {"type": "string", "format": "date-time"}),
    (bytes, {"type": "string", "contentEncoding": "base64"}),
    (Any, {}),
    (Folds, {"type": "integer"}),
    (Union[int, List[str]], {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}),
    (
        Fit,
        {
            "type": "object",
            "title": "Fit",
            "properties": {
                "rate": {"type": "number"},
                "colour": {"title": "Colour", "type": "string", "enum": ["red", "blue"], "default": "red"},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
            "additionalProperties": False,
            "required": ["rate"],
        },
    ),
    (
        Row,
        {"type": "object", "title": "Row", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
    ),
]


@pytest.mark.parametrize(("annotation", "schema"), SCHEMAS, ids=str)
def test_schemas(annotation: Any, schema: Dict[str, Any]) -> None:
    assert schema_of(annotation) == schema


def test_schema_of_a_class_that_holds_itself() -> None:
    schema = schema_of(Node)
    assert schema["$ref"] == "#/$defs/Node"
    assert schema["$defs"]["Node"]["properties"]["children"]["items"] == {"$ref": "#/$defs/Node"}
    made = coerce({"value": 1, "children": [{"value": 2}]}, Node, "x")
    assert made == Node(1, [Node(2)])


def test_schema_of_a_model() -> None:
    pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed")
    model = pydantic.create_model("Config", rate=(float, ...), steps=(int, 3))
    assert schema_of(model)["properties"]["rate"] == {"title": "Rate", "type": "number"}
    assert coerce({"rate": 1}, model, "x").rate == 1.0
    with pytest.raises(weir.ArgumentError, match="argument x does not fit"):
        coerce({"rate": "much"}, model, "x")


FITS = [
    (1, float, 1.0),
    (2.0, int, 2),
    ("red", Colour, Colour.RED),
    ("RED", Colour, Colour.RED),
    ({"rate": 1, "colour": "blue"}, Fit, Fit(1.0, Colour.BLUE)),
    ([1, "a"], Tuple[int, str], (1, "a")),
    ([1, 1], Set[int], {1}),
    ({"1": 2}, Dict[int, float], {1: 2.0}),
    ("2026-01-02", datetime.date, datetime.date(2026, 1, 2)),
    ("2026-01-02T03:04:05Z", datetime.datetime, datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)),
    (1.5, datetime.timedelta, datetime.timedelta(seconds=1.5)),
    ("AAE=", bytes, b"\0\1"),
    (None, Optional[Fit], None),
    ({"rate": 2}, Optional[Fit], Fit(2.0)),
    (3, Union[str, float], 3.0),
    ({"a": 1.0}, Row, {"a": 1}),
    (weir.Record("elsewhere.Fit", {"rate": 1}), Fit, Fit(1.0)),
]


@pytest.mark.parametrize(("value", "annotation", "fit"), FITS, ids=str)
def test_arguments_are_made_to_fit(value: Any, annotation: Any, fit: Any) -> None:
    made = coerce(value, annotation, "x")
    assert made == fit and type(made) is type(fit)


MISFITS = [
    ("1", int, "a whole number is wanted, and the text '1' came"),
    (True, int, "a whole number"),
    (1.5, int, "the number 1.5"),
    ([1, "b"], List[int], r"argument x\[1\]"),
    ({"rate": "fast"}, Fit, r"argument x\.rate"),
    ({"speed": 1}, Fit, "Fit cannot be made.*speed"),
    ({"k": [1, None]}, Dict[str, List[int]], r"x\['k'\]\[1\]"),
    ("green", Colour, "'red', 'blue'"),
    (1, Literal["a"], "one of 'a'"),
    ([1], Tuple[int, str], "2 items are wanted, and 1 came"),
    ("2026-13-01", datetime.date, "a date such as"),
    ({}, TypedDict("Two", {"b": int}), "needs b"),
    (None, int, "nothing"),
]


@pytest.mark.parametrize(("value", "annotation", "message"), MISFITS, ids=str)
def test_misfits_are_named(value: Any, annotation: Any, message: str) -> None:
    with pytest.raises(weir.ArgumentError, match=message):
        coerce(value, annotation, "x")


GOOGLE = """Trains a model.

    More words.

    Args:
        folds (int): How many folds,
            at least 2.
        *rest: The others.

    Returns:
        The score.
    """
NUMPY = """Trains a model.

    More words.

    Parameters
    ----------
    folds : int
        How many folds,
        at least 2.
    rest
        The others.

    Returns
    -------
    float
        The score.
    """
SPHINX = """Trains a model.

    More words.

    :param int folds: How many folds,
        at least 2.
    :param rest: The others.
    :returns: The score.
    """


@pytest.mark.parametrize("doc", [GOOGLE, NUMPY, SPHINX], ids=["google", "numpy", "sphinx"])
def test_docstrings(doc: str) -> None:
    text, parameters = parse_docstring(doc)
    assert text == "Trains a model.\n\nMore words."
    assert parameters == {"folds": "How many folds, at least 2.", "rest": "The others."}


def test_docstrings_without_sections() -> None:
    assert parse_docstring("Note: this stays.\n\n    Example:\n        x = 1") == (
        "Note: this stays.\n\nExample:\n    x = 1",
        {},
    )
    assert parse_docstring(None) == ("", {})


def test_options() -> None:
    encoded = encode_options(
        {
            "retries": weir.Retries(None, 1, datetime.timedelta(minutes=1), "random"),
            "timeout": 0.5,
            "cache": weir.Cache(max_age=60, params=["a"], version="2", code=False),
            "memo": ["a"],
            "defer": weir.Defer(2, ["a"]),
            "recurrent": 5,
            "requires": ["gpu"],
            "concurrency": weir.Concurrency(2, key="disk"),
            "isolation": "shared",
            "priority": 0,
        }
    )
    assert encoded == {
        "retries": {"limit": None, "minDelayMs": 1000, "maxDelayMs": 60_000, "backoff": "random"},
        "timeoutMs": 500,
        "cache": {"code": False, "parameters": ["a"], "maxAgeMs": 60_000, "version": "2"},
        "memo": {"parameters": ["a"]},
        "defer": {"delayMs": 2000, "parameters": ["a"]},
        "recurrent": {"delayMs": 5000},
        "requires": ["gpu"],
        "concurrency": {"limit": 2, "key": "disk"},
        "isolation": "shared",
        "priority": 0,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"retries": -1}, "whole number from 0"),
        ({"retries": 1.5}, "retries is 1.5"),
        ({"timeout": -1}, "not negative"),
        ({"timeout": "1s"}, "number of seconds"),
        ({"isolation": "thread"}, "process or shared"),
        ({"requires": ["not a tag"]}, "no tag"),
        ({"requires": "gpu"}, "list of names"),
        ({"priority": 101}, "-100 to 100"),
        ({"colour": 1}, "no option colour"),
    ],
)
def test_options_that_cannot_be(options: Dict[str, Any], message: str) -> None:
    with pytest.raises(weir.WeirError, match=message):
        encode_options(options)


def test_decorators_refuse_what_is_no_function() -> None:
    with pytest.raises(weir.WeirError, match="stands above a function"):
        weir.task(int)
    with pytest.raises(weir.WeirError, match="yields"):

        @weir.task
        def numbers() -> Any:
            yield 1

    with pytest.raises(weir.WeirError, match="names the parameter y"):

        @weir.task(memo=["y"])
        def one(x: int) -> int:
            return x


MODULE = '''
"""Digits, compared."""
import weir
from dataclasses import dataclass

@dataclass
class Score:
    value: float

@weir.task(retries=2)
def train(folds: int, rate: float = 0.5, *names: str, seed: int = 0, **more: bool) -> Score:
    """Trains.

    Args:
        folds: How many.
        names: Of models.
    """
    return Score(rate)

@weir.workflow
def digits(limit=None):
    return train(3)

alias = train
'''


def test_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some_digits.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("some_digits")
    manifest, notes = manifest_of(module, Project(tmp_path))
    sys.modules.pop("some_digits")
    assert notes == [] and manifest["module"] == "some_digits" and manifest["description"] == "Digits, compared."
    train, digits = manifest["targets"]
    assert (train["name"], train["kind"], train["description"]) == ("train", "task", "Trains.")
    assert train["source"] == {"file": "some_digits.py", "line": 10} and len(train["code"]) == 64
    assert train["options"] == {"retries": {"limit": 2, "minDelayMs": 1000, "backoff": "linear"}}
    assert train["result"]["properties"] == {"value": {"type": "number"}}
    assert train["parameters"] == [
        {"name": "folds", "kind": "positional", "schema": {"type": "integer"}, "required": True, "description": "How many."},
        {"name": "rate", "kind": "positional", "schema": {"type": "number"}, "required": False, "default": 0.5},
        {"name": "seed", "kind": "positional", "schema": {"type": "integer"}, "required": False, "default": 0},
        {"name": "names", "kind": "variadic", "schema": {"type": "string"}, "required": False, "description": "Of models."},
        {"name": "more", "kind": "named", "schema": {"type": "boolean"}, "required": False},
    ]
    assert digits["parameters"] == [
        {"name": "limit", "kind": "positional", "schema": {}, "required": False, "default": None}
    ]


@weir.task
def several(a: int, b: float = 2, *rest: int, c: str = "c", **more: bool) -> Any:
    return (a, b, rest, c, more)


@weir.task
def strict(a: int, /, b: int = 1) -> Any:
    return (a, b)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((1,), {}),
        ((1, 3), {}),
        ((1,), {"c": "d"}),
        ((1, 2, 3, 4), {"c": "d", "x": True}),
        ((1,), {"b": 5, "y": False}),
    ],
)
def test_arguments_travel_by_position(args: Any, kwargs: Any) -> None:
    target: Target[..., Any, Any] = several
    places, named = target.signature.split(args, kwargs)
    again, keywords = target.signature.join(places, named)
    assert target.function(*again, **keywords) == target.function(*args, **kwargs)


def test_arguments_by_name_from_elsewhere() -> None:
    made, named = several.signature.join([], {"a": 1, "c": "x", "z": True})
    assert several.function(*made, **named) == (1, 2, (), "x", {"z": True})
    made, named = strict.signature.join([5], {"b": 6})
    assert strict.function(*made, **named) == (5, 6)
    for args, names, message in (
        ([], {}, "argument a is missing"),
        ([1, 2, 3], {}, "3 arguments came"),
        ([1], {"q": 1}, "no parameter q"),
        ([1, 2], {"b": 3}, "came twice"),
    ):
        with pytest.raises(weir.ArgumentError, match=message):
            strict.signature.join(args, names)
