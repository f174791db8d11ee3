"""Against the real engine: it is built from this repository, and started for these tests."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest
from conftest import WorkerProcess

import weir

#: The repository whose build is tested.
ROOT = Path(os.environ.get("WEIR_TEST_ROOT") or Path(__file__).parents[3])
DEADLINE = 60.0

FLOW = '''
import dataclasses, datetime, os, sys, time
from typing import Optional
import weir

@weir.task
def square(x: int) -> int:
    print("squares", x)
    return x * x

@weir.workflow
def total(n: int = 3, start: float = 0) -> float:
    """Adds squares.

    Args:
        n: How many.
    """
    weir.log.info("begins", n=n)
    return start + sum(weir.gather(square.submit(i) for i in range(n)))

class BadFold(Exception):
    pass

@weir.task
def refuses(x: int) -> int:
    raise BadFold(f"fold {x}")

@weir.workflow
def fails() -> int:
    return refuses(7)

@weir.workflow
def recovers() -> str:
    try:
        return str(refuses(8))
    except BadFold as error:
        return f"caught {error}"

def mark(name: str, text: str = "x") -> int:
    with open(os.path.join(os.environ["MARKS"], name), "a") as file:
        file.write(text)
    return len(open(os.path.join(os.environ["MARKS"], name)).read())

@weir.task(retries=weir.Retries(3, min_delay=0.01))
def third_time(name: str) -> int:
    if mark(name) < 3:
        raise OSError("not yet")
    return 3

@weir.workflow
def retries(name: str) -> int:
    return third_time(name)

@weir.task(memo=True)
def memoised(name: str) -> int:
    return mark(name)

@weir.task(cache=True)
def cached(name: str) -> int:
    return mark(name) * 1

@weir.workflow
def twice(name: str) -> list:
    return [memoised(name), memoised(name), cached(name + "c")]

@weir.task(timeout=0.3)
def too_slow() -> None:
    time.sleep(60)

@weir.workflow
def times_out() -> None:
    too_slow()

@weir.task
def sleeps(seconds: float, name: str) -> str:
    mark(name, "b")
    try:
        time.sleep(seconds)
    except BaseException:
        mark(name, "!")
        raise
    mark(name, "e")
    return "slept"

@weir.workflow
def long(seconds: float, name: str) -> str:
    return sleeps(seconds, name)

@weir.workflow
def suspends(name: str) -> str:
    mark(name, "s")
    first = sleeps.submit(0.3, name)
    with weir.suspense():
        return first.result()

@weir.workflow
def asks() -> str:
    answer = weir.input("Your name?", str, key="name")
    return f"hello {answer}"

@weir.workflow
def files() -> weir.Asset:
    open("a.txt", "w").write("from a file")
    return weir.asset("a.txt", name="notes")

@weir.workflow
def chain() -> int:
    return square.submit(square.submit(square.submit(2).ref).ref).result()

@weir.workflow
def child(n: int) -> float:
    return total(n) + 1

@weir.workflow
def picks(name: str) -> str:
    slow, fast = sleeps.submit(60, name), square.submit(3)
    return str(weir.select([slow, fast], cancel_remaining=True).result())

@weir.task(isolation="shared")
def pure(x: int) -> int:
    return x + 1

@weir.workflow
def many(n: int) -> int:
    return sum(weir.gather(pure.submit(i) for i in range(n)))

@weir.workflow
async def concurrently(n: int) -> int:
    import asyncio
    return sum(await asyncio.gather(*(square.submit(i).result_async() for i in range(n))))

@weir.workflow
def large() -> int:
    return measure(["x" * 1000] * 300, b"y" * 200_000)

@weir.task
def measure(texts: list, data: bytes) -> int:
    return len(texts) + len(data)

@weir.task(recurrent=0.05)
def polls(name: str) -> Optional[int]:
    n = mark(name)
    return n if n >= 3 else None

@weir.task(defer=weir.Defer(0.3, ["user"]))
def newest(user: str, n: int) -> int:
    return n

@weir.workflow
def later(name: str) -> list:
    handles = [newest.submit("ana", i) for i in range(3)]
    return [polls(name), *weir.gather(handles)]

@weir.workflow
def pauses(name: str) -> int:
    n = mark(name)
    if n < 3:
        weir.suspend(0.05)
    return n

@dataclasses.dataclass
class Decision:
    accept: bool
    when: Optional[datetime.date] = None

@weir.task
def postpones(decision: Decision, days: datetime.timedelta) -> Decision:
    return dataclasses.replace(decision, when=decision.when + days)

@weir.workflow
def typed(decision: Decision) -> Decision:
    return postpones(decision, datetime.timedelta(days=1))

@weir.task
def recurse(n: int) -> int:
    return recurse(n + 1)

@weir.workflow
def endless() -> int:
    return recurse(0)

@weir.workflow
def loud(n: int) -> int:
    for i in range(n):
        print("line", i)
    return n
'''


class Engine:
    """A real engine on a data folder of its own, and workers for it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.marks = folder / "marks"
        self.flows = folder / "flows"
        for made in (self.marks, self.flows):
            made.mkdir()
        self.environment = {"WEIR_DATA": str(self.data), "WEIR_ENGINE": "", "MARKS": str(self.marks)}
        self.workers: List[WorkerProcess] = []
        self.start()

    def weir(self, *arguments: str) -> str:
        """Runs the command line."""
        made = subprocess.run(
            ["node", str(ROOT / "resources/bin/weir.cjs"), "--data", str(self.data), *arguments],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert made.returncode == 0, made.stderr + made.stdout
        return made.stdout

    def start(self) -> None:
        self.weir("boot", "up", "--daemon", "--listen", "127.0.0.1:0")

    def kill(self) -> None:
        """Kills the engine; its supervisor starts it again."""
        os.kill(int(json.loads((self.data / "engine.json").read_text())["pid"]), signal.SIGKILL)

    def client(self) -> weir.Client:
        return weir.Client(f"unix:{self.data / 'engine.sock'}")

    def worker(self, *arguments: str, source: str = FLOW) -> WorkerProcess:
        (self.flows / "flow.py").write_text(source)
        worker = WorkerProcess(self.flows, self.environment, "flow.py", *arguments)
        self.workers.append(worker)
        wait_until(lambda: "Hosts flow@" in worker.text or worker.process.poll() is not None, worker)
        assert "Hosts flow@" in worker.text, worker.text
        return worker

    def mark(self, name: str) -> str:
        path = self.marks / name
        return path.read_text() if path.exists() else ""


def wait_until(what: Callable[[], Any], about: object = "") -> Any:
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            found = what()
        except (weir.EngineUnreachable, weir.RefusedError):
            found = None  # the engine is just starting again
        if found:
            return found
        assert time.monotonic() < deadline, getattr(about, "text", about)
        time.sleep(0.02)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if shutil.which("node") is None or not (ROOT / "out/main/engine.cjs").exists():
        pytest.skip("the engine is not built")
    made = Engine(tmp_path_factory.mktemp("e"))
    yield made
    for worker in made.workers:
        worker.end()
    made.weir("boot", "down")


@pytest.fixture(scope="module")
def worker(engine: Engine) -> WorkerProcess:
    return engine.worker("--concurrency", "4")


@pytest.fixture
def client(engine: Engine, worker: WorkerProcess) -> weir.Client:
    return engine.client()


def result(client: weir.Client, workflow: str, **params: Any) -> Any:
    return client.submit(workflow, **params).result(DEADLINE)


def steps(run: weir.Run) -> Dict[str, Any]:
    return {step["key"]: step for step in run.facts(steps=True)["steps"]}


def test_a_run(client: weir.Client) -> None:
    run = client.submit("total", n=4, start=0.5)
    assert run.result(DEADLINE) == 14.5 and run.status() == "succeeded"
    assert {f"square[{i}]" for i in range(4)} <= set(steps(run))
    lines = list(run.logs())
    assert [line.text for line in lines if line.step == "square[2]"] == ["squares 2"]
    [begins] = [line for line in lines if line.level == "info"]
    assert begins.text == "begins" and begins.fields == {"n": 4}
    assert any(target["path"] == "flow/square" for target in client.targets())


def test_default_and_bad_parameters(client: weir.Client) -> None:
    assert result(client, "total") == 5
    with pytest.raises(weir.RefusedError):
        client.submit("total", n="many")
    with pytest.raises(weir.RefusedError, match="nowhere"):
        client.submit("nowhere")


def test_errors(client: weir.Client) -> None:
    with pytest.raises(weir.StepError, match="fold 7") as caught:
        result(client, "fails")
    assert caught.value.type == "flow.BadFold"
    assert 'raise BadFold(f"fold {x}")' in str(caught.value.__cause__)
    assert result(client, "recovers") == "caught fold 8"


def test_retries(client: weir.Client, engine: Engine) -> None:
    assert result(client, "retries", name="retries") == 3
    assert engine.mark("retries") == "xxx"


def test_memo_and_cache(client: weir.Client, engine: Engine) -> None:
    assert result(client, "twice", name="memo") == [1, 1, 1]
    assert result(client, "twice", name="memo") == [2, 2, 1]
    assert engine.mark("memoc") == "x"


def test_timeout(client: weir.Client) -> None:
    run = client.submit("times_out")
    with pytest.raises(Exception):
        run.result(DEADLINE)
    assert steps(run)["too_slow[0]"]["executions"][0]["status"] == "timeout"


def test_cancel_reaches_the_process(client: weir.Client, engine: Engine) -> None:
    run = client.submit("long", seconds=600, name="cancel")
    wait_until(lambda: engine.mark("cancel") == "b")
    run.cancel("no more")
    with pytest.raises(weir.StepCancelled):
        run.result(DEADLINE)
    wait_until(lambda: engine.mark("cancel") == "b!")


def test_suspense(client: weir.Client, engine: Engine) -> None:
    assert result(client, "suspends", name="suspends") == "slept"
    assert sorted(engine.mark("suspends")) == sorted("ssbe")


def test_a_question(client: weir.Client) -> None:
    run = client.submit("asks")
    waiting = wait_until(
        lambda: [s for s in steps(run).values() if s["key"] == "input[0]" and s["status"] == "waiting"]
    )[0]
    answers = {name: "Ada" for name in waiting["approval"]["form"]}
    client.http.call("POST", f"{run._path}/approvals/{waiting['key']}", {"approved": True, "answers": answers})
    assert run.result(DEADLINE) == "hello Ada"


def test_assets(client: weir.Client, tmp_path: Path) -> None:
    run = client.submit("files")
    assert run.result(DEADLINE).read_text("a.txt") == "from a file"
    assert [asset.name for asset in run.assets()].count("notes") == 1
    run.restore(tmp_path)
    assert (tmp_path / "notes" / "a.txt").read_text() == "from a file"


def test_references_children_select(client: weir.Client, engine: Engine) -> None:
    assert result(client, "chain") == 256
    assert result(client, "child", n=3) == 6
    assert result(client, "picks", name="picks") == "9"
    wait_until(lambda: engine.mark("picks") in ("", "b!"))
    assert result(client, "concurrently", n=4) == 14
    assert result(client, "large") == 200_300


def test_many_in_a_shared_process(client: weir.Client) -> None:
    assert result(client, "many", n=1000) == 500_500


def test_later_again_and_newest(client: weir.Client) -> None:
    assert result(client, "later", name="later") == [3, 2, 2, 2]
    assert result(client, "pauses", name="pauses") == 3


def test_classes_travel(client: weir.Client) -> None:
    made = result(client, "typed", decision={"accept": True, "when": "2026-01-31"})
    assert made == weir.Record("flow.Decision", {"accept": True, "when": datetime.date(2026, 2, 1)})


def test_recursion_has_an_end(client: weir.Client) -> None:
    with pytest.raises(weir.WeirError, match="nested 100 deep"):
        result(client, "endless")


def test_logs_of_any_length(client: weir.Client) -> None:
    run = client.submit("loud", n=30_000)
    assert run.result(DEADLINE) == 30_000
    assert sum(1 for line in run.logs() if line.text.startswith("line ")) == 30_000


def test_follow_logs(client: weir.Client) -> None:
    run = client.submit("loud", n=10)
    assert len([line for line in run.logs(follow=True) if line.stream == "stdout"]) == 10


def test_the_engine_is_killed_in_mid_run(client: weir.Client, engine: Engine) -> None:
    run = client.submit("long", seconds=2, name="killed")
    wait_until(lambda: engine.mark("killed") == "b")
    engine.kill()
    wait_until(lambda: run.status() == "succeeded")
    assert run.result(DEADLINE) == "slept" and engine.mark("killed") == "be"


def test_the_worker_is_killed_in_mid_run(client: weir.Client, engine: Engine, worker: WorkerProcess) -> None:
    run = client.submit("long", seconds=3, name="lost")
    wait_until(lambda: engine.mark("lost") == "b")
    worker.end()
    engine.worker("--concurrency", "4")
    assert run.result(120) == "slept"
    assert engine.mark("lost") == "bbe"


def test_dev_reload_makes_cached_results_old(client: weir.Client, engine: Engine, worker: WorkerProcess) -> None:
    for one in engine.workers:
        one.end()
    developing = engine.worker("--dev")
    before = result(client, "twice", name="dev")
    assert before[2] == 1
    (engine.flows / "flow.py").write_text(FLOW.replace("mark(name) * 1", "mark(name) * 10"))
    wait_until(lambda: developing.text.count("Hosts flow@") >= 2, developing)
    assert result(client, "twice", name="dev")[2] == 20
