"""What the engine would refuse is refused where it is given."""

import json
from pathlib import Path
from typing import Any, Callable

import pytest

import weir
from weir.checks import check_target
from weir.limits import LIMITS, clipped, units
from weir.testing import Session

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/limits.json").read_text("utf-8"))


def test_limits_are_those_of_all_sdks() -> None:
    assert LIMITS == VECTORS["limits"]


@pytest.mark.parametrize("path", VECTORS["targets"]["accepted"])
def test_paths_of_targets(path: str) -> None:
    assert check_target(path) == path


@pytest.mark.parametrize("path", [*VECTORS["targets"]["refused"], "a" * 197 + "/fit", 7])
def test_what_is_no_path_of_a_target(path: Any) -> None:
    with pytest.raises(weir.WeirError):
        weir.target(path)


@weir.task
def one(x: int) -> int:
    return x


BAD: "dict[str, Callable[[], Any]]" = {
    "concurrency: limit": lambda: one.options(concurrency=weir.Concurrency(10**30)),
    "concurrency: key": lambda: one.options(concurrency=weir.Concurrency(1, key="k" * 201)),
    "retries": lambda: one.options(retries=10**20),
    "cache: namespace": lambda: one.options(cache=weir.Cache(namespace="n" * 201)),
    "cache: version": lambda: one.options(cache=weir.Cache(version="n" * 101)),
    "cache: params": lambda: one.options(cache=weir.Cache(params=["p" * 101])),
    "cache: code": lambda: one.options(cache=weir.Cache(code="no")),  # type: ignore[arg-type]
    "memo": lambda: one.options(memo=["p"] * 101),
    "requires": lambda: one.options(requires=["a" * 101]),
    "requires ": lambda: one.options(requires=["gpu"] * 51),
    "priority": lambda: one.options(priority=101),
    "The name of a secret": lambda: weir.secret("s" * 101),
    "The key of the question": lambda: weir.input("q", bool, key="k" * 201),
    "The question": lambda: weir.input("q" * 10_001),
    "The question ": lambda: weir.input("📏" * 5_001),
    "The name of a workflow": lambda: weir.run_workflow("w" * 64),
    "The name of the group": lambda: weir.group("📏" * 51).__enter__(),
    "The progress": lambda: weir.progress(float("nan")),
    "The progress ": lambda: weir.progress(float("inf")),
    "The progress is a number": lambda: weir.progress(10**400),
    "The total": lambda: weir.progress(1, "all"),  # type: ignore[arg-type]
    "The metric m is 'a'": lambda: weir.metric("m", "a"),  # type: ignore[arg-type]
    "The metric m is nan": lambda: weir.metric("m", float("nan")),
    "The place of the metric m": lambda: weir.metric("m", 1, 10**400),
}


@pytest.mark.parametrize("place", BAD)
def test_what_the_engine_does_not_take_is_refused_at_the_call(place: str) -> None:
    @weir.workflow
    def bad() -> str:
        try:
            BAD[place]()
        except weir.WeirError as error:
            assert error.fix, error
            return str(error)
        return "nothing was raised"

    with Session() as session:
        said = session.run(bad)
    assert said.startswith(place.rstrip()), said
    assert len(said) < 200


def test_texts_are_counted_as_the_engine_does() -> None:
    assert units("größe 📏") == 8
    assert clipped("📏" * 300, "metric") == "📏" * 100
    assert clipped("a" + "📏" * 300, "metric") == "a" + "📏" * 99
