"""The test mode: workflows in this process."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from pathlib import Path
from typing import List, Optional

import pytest

import weir
from weir.testing import Session, run


@weir.task
def square(x: int) -> int:
    return x * x


@weir.workflow
def total(n: int = 3) -> int:
    with weir.group("squares"):
        return sum(weir.gather(square.submit(i) for i in range(n)))


@weir.workflow
async def total_async(n: int) -> int:
    handles = [square.submit(i) for i in range(n)]
    first = await doubled(1)
    return first + sum(await asyncio.gather(*(handle.result_async() for handle in handles)))


@weir.task
async def doubled(x: int) -> int:
    await asyncio.sleep(0)
    return 2 * x


def test_runs_with_everything_that_it_calls() -> None:
    assert run(total, 4) == 14
    assert run(total) == 5
    assert run(total_async, 4) == 16
    with Session() as session:
        session.run(total, 3)
        assert [(s.key, s.attempts, s.group) for s in session.steps] == [
            ("total[0]", 1, None),
            ("square[0]", 1, "squares"),
            ("square[1]", 1, "squares"),
            ("square[2]", 1, "squares"),
        ]


def test_a_call_outside_of_a_run_is_a_plain_call() -> None:
    assert square(3) == 9
    with pytest.raises(weir.WeirError, match="only while a workflow or task runs"):
        square.submit(3)


attempts: List[int] = []


@weir.task(retries=weir.Retries(5, min_delay=60, when=lambda error: not isinstance(error, ValueError)))
def flaky(fails: int, kind: str = "OSError") -> int:
    attempts.append(1)
    if len(attempts) <= fails:
        raise ValueError("no more") if kind == "ValueError" else OSError("again")
    return len(attempts)


def test_retries_without_waiting() -> None:
    attempts.clear()
    assert run(flaky, 3) == 4
    attempts.clear()
    with pytest.raises(OSError, match="again"):
        run(flaky, 100)
    assert len(attempts) == 6
    attempts.clear()
    with pytest.raises(ValueError, match="no more"):
        run(flaky, 100, "ValueError")
    assert len(attempts) == 1


@dataclasses.dataclass
class Score:
    name: str
    value: float
    parts: Optional[List[int]] = None


class BadFold(Exception):
    pass


class NeedsTwo(Exception):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


@weir.task
def make(name: str) -> Score:
    if name == "bad":
        raise BadFold(name)
    if name == "two":
        raise NeedsTwo("a", "b")
    return Score(name, 1, [1])


@weir.workflow
def uses(name: str) -> str:
    score = make(name)
    return f"{score.name} {score.value!r} {type(score).__name__}"


@weir.workflow
def passes(name: str) -> Score:
    return rename(make.submit(name).ref)


@weir.task
def rename(score: Score) -> Score:
    return dataclasses.replace(score, name=score.name + "!")


def test_values_and_errors_keep_their_class() -> None:
    assert run(uses, "a") == "a 1.0 Score"
    assert run(passes, "a") == Score("a!", 1.0, [1])
    with pytest.raises(BadFold, match="bad") as caught:
        run(passes, "bad")
    assert "raise BadFold(name)" in str(caught.value.__cause__)
    with pytest.raises(weir.StepError, match="a and b") as other:
        run(uses, "two")
    assert other.value.type == f"{__name__}.NeedsTwo"


made: List[str] = []


@weir.task(memo=True)
def memoised(x: int) -> int:
    made.append("memo")
    return x


@weir.task(cache=weir.Cache(params=["x"]))
def cached(x: int, note: str) -> int:
    made.append("cache")
    return x


@weir.workflow
def repeats() -> int:
    return memoised(1) + memoised(1) + memoised(2) + cached(1, "a") + cached(1, "b")


def test_memo_and_cache() -> None:
    made.clear()
    with Session() as session:
        assert session.run(repeats) == 6
        assert made == ["memo", "memo", "cache"]
        assert session.run(repeats) == 6
        assert made == ["memo", "memo", "cache", "memo", "memo"]


polls: List[int] = []


@weir.task(recurrent=True)
def polls_until() -> Optional[int]:
    polls.append(1)
    return len(polls) if len(polls) > 3 else None


@weir.workflow
def suspends() -> int:
    first = square(2)
    if not weir.context().resumed:
        weir.suspend(3600)
    with weir.suspense():
        return first + square(2) + square(3)


@weir.task
def endless() -> None:
    weir.suspend()


def test_suspension_and_recurrence() -> None:
    polls.clear()
    assert run(polls_until) == 4
    with Session() as session:
        assert session.run(suspends) == 17
        assert [s.key for s in session.steps] == ["suspends[0]", "square[0]", "square[1]", "square[2]"]
    with pytest.raises(weir.WeirError, match="did not end in 1000 attempts"):
        run(endless)


@dataclasses.dataclass
class Answer:
    accept: bool
    reason: str = ""


@weir.workflow
def asks() -> str:
    answer = weir.input("Release it?", Answer, key="release")
    again = weir.input("Release it?", Answer, key="release")
    return f"{answer.accept} {answer.reason} {again == answer} {weir.secret('token')}"


def test_inputs_and_secrets() -> None:
    with Session(inputs={"release": {"accept": True, "reason": "fine"}}, secrets={"token": "s"}) as session:
        assert session.run(asks) == "True fine True s"
    with pytest.raises(weir.WeirError, match="Nobody answers 'release'"):
        run(asks)


@weir.workflow
def saves() -> str:
    Path("plots").mkdir()
    Path("plots/a.txt").write_text("a")
    Path("run.sh").write_text("#!/bin/sh\n")
    os.chmod("run.sh", 0o755)
    asset = weir.asset("plots", "*.sh", name="all")
    weir.log.info("saved", files=len(asset.files))
    weir.metric("loss", 0.5, x=1)
    weir.progress(1, 2)
    return reads(asset, weir.blob(b"blob"))


@weir.task
def reads(asset: weir.Asset, blob: weir.Blob) -> str:
    paths = [path.as_posix() for path in asset.restore("here")]
    assert os.access("here/run.sh", os.X_OK)
    return f"{paths} {asset.read_text('plots/a.txt')} {blob.read_text()}"


def test_assets_logs_metrics() -> None:
    before = os.getcwd()
    with Session() as session:
        assert session.run(saves) == "['here/plots/a.txt', 'here/run.sh'] a blob"
        assert [(r.step, r.level, r.text, r.fields) for r in session.logs] == [("saves[0]", "info", "saved", {"files": 2})]
        assert session.metrics == [("saves[0]", "loss", 0.5, 1.0)] and len(session.assets) == 1
    assert os.getcwd() == before


@weir.workflow
def elsewhere() -> int:
    return int(weir.target("weather/load")(2, scale=3)) + int(weir.run_workflow("drawn", x=1))


def test_stand_ins_for_other_languages() -> None:
    with Session(targets={"weather/load": lambda x, scale: x * scale, "drawn": lambda x: x + 100}) as session:
        assert session.run(elsewhere) == 107
    with pytest.raises(weir.RefusedError, match="no target weather/load"):
        run(elsewhere)


@weir.workflow
def forgets() -> int:
    weir.target("no/where").submit()
    return 1


@weir.workflow
def returns_code() -> object:
    return {"f": [1, lambda: 1]}


def test_what_cannot_work_shows() -> None:
    with pytest.raises(weir.RefusedError, match="no target no/where"):
        run(forgets)
    with pytest.raises(weir.CodecError, match=r"result\.f\[1\] cannot be passed on"):
        run(returns_code)
    with pytest.raises(TypeError, match="missing a required argument"):
        run(square)  # type: ignore[call-arg]


@weir.workflow
def picks() -> int:
    handles = [square.submit(3), square.submit(4)]
    first = weir.select(handles, cancel_remaining=True)
    assert first is handles[0] and handles[1].done() and handles[1].poll() == 16
    first.cancel()
    return first.result(timeout=1)


def test_select() -> None:
    assert run(picks) == 9
