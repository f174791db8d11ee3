"""The worker against a scripted engine: real processes, a real WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path
from typing import List, Tuple

import pytest
from conftest import StartWorker
from scripted_engine import ScriptedEngine

from weir.worker import framing
from weir.worker.code import MOST_EARLIER
from weir.worker.execution import Execution
from weir.worker.watch import watch

FLOW = '''
import os, subprocess, sys, time
import weir

@weir.task
def add(a: int, b: int = 2) -> int:
    print("adding", a, b)
    return a + b

@weir.workflow
def total(n: int) -> int:
    with weir.group("squares"):
        return sum(weir.gather(add.submit(i, i) for i in range(n)))

@weir.workflow
async def concurrent(n: int) -> int:
    import asyncio
    handles = [add.submit(i, 0) for i in range(n)]
    return sum(await asyncio.gather(*(h.result_async() for h in handles)))

@weir.task
def where() -> dict:
    c = weir.context()
    return {"folder": os.getcwd(), "pid": os.getpid(), "execution": c.execution, "same": str(c.folder) == os.getcwd()}

@weir.task
def speaks() -> None:
    print("from python")
    os.write(1, b"from a descriptor\\n")
    subprocess.run(["sh", "-c", "echo from a child; echo wrong >&2"])
    weir.log.warning("careful", depth=3, path=os.path)

@weir.task
def sleeps(seconds: float) -> str:
    marker = subprocess.Popen(["sleep", "1000"])
    print("child", marker.pid)
    stray = subprocess.Popen(["setsid", "sleep", "1000"])
    print("stray", stray.pid)
    try:
        time.sleep(seconds)
    finally:
        print("cleaned up")
    return "slept"

@weir.task
def stubborn() -> None:
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("ready")
    while True:
        time.sleep(1)

@weir.task
def dies(how: str) -> None:
    if how == "kill":
        os.kill(os.getpid(), 9)
    os._exit(3)

class Broken(Exception):
    pass

@weir.task
def fails(kind: str) -> None:
    if kind == "project":
        raise Broken("as a project error")
    raise KeyError("missing")

@weir.workflow
def catches(kind: str) -> str:
    try:
        fails(kind)
    except (Broken, KeyError) as error:
        return f"{type(error).__name__}: {error}|{'raise Broken' in str(error.__cause__) or 'raise KeyError' in str(error.__cause__)}"
    return "no error"

@weir.task(retries=weir.Retries(3, when=lambda e: not isinstance(e, ValueError)))
def picky() -> None:
    raise ValueError("not again")

@weir.workflow
def waits_with_suspense() -> int:
    with weir.suspense():
        return len(sleeps.options(delay=1)(0.5))

@weir.workflow
def picks() -> str:
    first = weir.select([sleeps.submit(60), add.submit(1, 1)], cancel_remaining=True)
    return str(first.result())

@weir.task
def big(n: int) -> list:
    return ["x" * 1000] * n

@weir.task
def length(items: list, data: bytes) -> int:
    return len(items) + len(data)

@weir.workflow
def moves_much() -> int:
    return length(big(200), b"y" * 100_000)

@weir.task
def hides() -> str:
    token = weir.secret("token")
    print("the token is", token)
    sys.stderr.write("and again " + token)
    raise RuntimeError("leaks " + token)

@weir.task
def unserialisable():
    return {"scores": [1, 2, 3, open(os.devnull)]}

@weir.task
def loud(lines: int) -> int:
    for i in range(lines):
        print("x" * 99)
    return lines

@weir.task
def saves() -> weir.Asset:
    os.mkdir("out")
    open("out/a.txt", "w").write("body")
    weir.metric("loss", 0.5, x=1)
    weir.progress(1, 2, "half")
    return weir.asset("out", name="model")

@weir.task
def reads(asset: weir.Asset) -> str:
    return asset.read_text("a.txt")

@weir.task(isolation="shared")
def pure(x: int) -> int:
    if x == 13:
        print("thirteen")
    if x == 666:
        os._exit(9)
    if x == 777:
        time.sleep(1000)
    return x + 1

@weir.task(isolation="shared")
def nosy() -> int:
    return add(1, 1)
'''


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while alive(pid):
        assert time.monotonic() < deadline, f"{pid} lives on"
        time.sleep(0.02)


def pid_after(engine: ScriptedEngine, token: str, word: str) -> int:
    engine.wait_until(lambda: f"{word} " in engine.output(token) and engine.output(token).count("\n") >= 2, word)
    return int(engine.output(token).split(f"{word} ")[1].split()[0])


@pytest.fixture(params=["fork", "spawn"])
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_says_hello_and_runs(engine: ScriptedEngine, start_worker: StartWorker, method: str) -> None:
    start_worker(FLOW, "--tag", "gpu", "--tag", "region=eu", "--name", "ana", "--concurrency", "3", "--start-method", method)
    hello = engine.heard[0]
    assert (hello["type"], hello["protocol"], hello["name"], hello["concurrency"]) == ("hello", 1, "ana", 3)
    assert hello["tags"] == ["gpu", "region=eu"] and hello["register"] == "never"
    assert [m["module"] for m in hello["manifests"]] == ["flow"]
    token = engine.execute("flow/add", 40)
    assert engine.ending(token)["value"] == 42
    assert engine.ending(token)["usage"]["peakMemoryBytes"] > 1_000_000
    engine.wait_until(lambda: engine.output(token, "stdout") == "adding 40 2\n")
    assert [m["type"] for m in engine.heard if m.get("token") == token] == ["started", "log", "result"]


def test_each_execution_has_a_process_and_a_folder(engine: ScriptedEngine, start_worker: StartWorker, method: str) -> None:
    start_worker(FLOW, "--start-method", method)
    first, second = (engine.ending(engine.execute("flow/where"))["value"] for _ in range(2))
    assert first["pid"] != second["pid"] and first["folder"] != second["folder"]
    assert first["same"] and second["execution"] == "k3m9abcd:where[1]:1"
    engine.wait_until(lambda: not os.path.exists(first["folder"]) and not os.path.exists(second["folder"]), "folders go")


def test_calls_and_groups(engine: ScriptedEngine, start_worker: StartWorker, method: str) -> None:
    start_worker(FLOW, "--start-method", method)
    assert engine.ending(engine.execute("flow/total", 6))["value"] == 30
    assert {call.get("group") for m in engine.of("submit") for call in m["calls"]} == {"squares"}
    assert engine.ending(engine.execute("flow/concurrent", 5))["value"] == 10


def test_output_of_everything(engine: ScriptedEngine, start_worker: StartWorker, method: str) -> None:
    start_worker(FLOW, "--start-method", method)
    token = engine.execute("flow/speaks")
    engine.ending(token)
    assert engine.output(token, "stdout") == "from python\nfrom a descriptor\nfrom a child\n"
    assert engine.output(token, "stderr") == "wrong\n"
    [line] = [line for m in engine.of("log", token) for line in m["lines"] if line[1] == "warning"]
    assert line[2] == "careful" and line[3]["depth"] == 3 and "posixpath" in line[3]["path"]


def test_abort_ends_all_processes(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    token = engine.execute("flow/sleeps", 1000)
    child, stray = pid_after(engine, token, "child"), pid_after(engine, token, "stray")
    engine.send({"type": "abort", "token": token, "reason": "cancel"})
    assert engine.ending(token)["type"] == "aborted"
    assert "cleaned up" in engine.output(token)
    gone(child)
    gone(stray)


def test_abort_by_force(engine: ScriptedEngine, start_worker: StartWorker, method: str) -> None:
    start_worker(FLOW, "--start-method", method)
    token = engine.execute("flow/stubborn")
    engine.wait_until(lambda: "ready" in engine.output(token))
    pid = engine.of("started", token)[0]["pid"]
    engine.send({"type": "abort", "token": token, "reason": "timeout"})
    assert engine.ending(token)["type"] == "aborted"
    gone(pid)


def test_what_a_success_leaves_behind_is_ended(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    token = engine.execute("flow/sleeps", 0)
    assert engine.ending(token)["value"] == "slept"
    text = engine.output(token)
    for word in ("child", "stray"):
        gone(int(text.split(f"{word} ")[1].split()[0]))


@pytest.mark.parametrize("how", ["kill", "exit"])
def test_a_process_that_vanishes(engine: ScriptedEngine, start_worker: StartWorker, method: str, how: str) -> None:
    start_worker(FLOW, "--start-method", method)
    end = engine.ending(engine.execute("flow/dies", how))
    assert (end["type"], end["kind"]) == ("error", "abandoned")
    assert ("SIGKILL" if how == "kill" else "exit code 3") in end["error"]["message"]
    assert engine.ending(engine.execute("flow/add", 1))["value"] == 3


def test_errors_keep_what_they_are(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    end = engine.ending(engine.execute("flow/fails", "project"))
    assert end["error"]["type"] == "flow.Broken" and end["error"]["message"] == "as a project error"
    assert 'raise Broken("as a project error")' in end["error"]["stack"] and "perform.py" not in end["error"]["stack"]
    assert engine.ending(engine.execute("flow/catches", "project"))["value"] == "Broken: as a project error|True"
    assert engine.ending(engine.execute("flow/catches", "builtin"))["value"] == "KeyError: 'missing'|True"
    assert engine.ending(engine.execute("flow/picky"))["error"]["retry"] is False
    bad = engine.ending(engine.execute("flow/add", "text"))["error"]
    assert bad["type"] == "weir.ArgumentError" and "The argument a does not fit" in bad["message"]


def test_suspense_gives_up_the_process(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    token = engine.execute("flow/waits_with_suspense")
    end = engine.ending(token)
    assert end["type"] == "suspend" and end["steps"] == ["sleeps[0]"] and end["mode"] == "all"
    assert engine.of("submit")[0]["calls"][0]["options"] == {"delayMs": 1000}


def test_select_and_cancel(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    assert engine.ending(engine.execute("flow/picks"))["value"] == "2"
    assert engine.wait_for("aborted")["token"] == engine.steps["sleeps[0]"]["message"]["token"]


def test_large_values_are_stored(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    assert engine.ending(engine.execute("flow/moves_much"))["value"] == 100_200
    big = engine.steps["big[0]"]["value"]
    assert big["$weir"] == "stored" and len(engine.blobs[big["blob"]]) == big["size"]


def test_secrets_are_masked(engine: ScriptedEngine, start_worker: StartWorker, method: str) -> None:
    engine.secrets["token"] = "s3cr3t-value"
    start_worker(FLOW, "--start-method", method)
    token = engine.execute("flow/hides")
    end = engine.ending(token)
    assert end["error"]["message"] == "leaks ***"
    assert "s3cr3t" not in str(engine.heard)
    assert engine.output(token, "stdout") == "the token is ***\n" and engine.output(token, "stderr") == "and again ***"


def test_unserialisable_results_name_the_place(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    error = engine.ending(engine.execute("flow/unserialisable"))["error"]
    assert "result.scores[3]" in error["message"] and "weir.blob" in error["message"]


def test_assets_metrics_progress(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    token = engine.execute("flow/saves")
    asset = engine.ending(token)["value"]
    assert asset["kind"] == "asset" and asset["files"][0]["path"] == "a.txt"
    assert engine.of("asset", token)[0]["assets"] == [{"name": "model", "value": asset}]
    assert engine.of("metric", token)[0]["values"][0][1:] == ["loss", 0.5, 1.0]
    assert engine.of("progress", token)[0]["done"] == 1
    assert engine.ending(engine.execute("flow/reads", asset))["value"] == "body"


def test_flow_control(engine: ScriptedEngine, start_worker: StartWorker, method: str) -> None:
    engine.takes_logs = False
    start_worker(FLOW, "--start-method", method)
    token = engine.execute("flow/loud", 50_000)  # 5 MB
    engine.wait_until(lambda: len(engine.output(token)) > 900_000, "a window of log")
    time.sleep(0.3)  # were it not held back, the rest would be here by now
    assert len(engine.output(token)) <= 1024 * 1024 and not engine.of("result", token)
    engine.takes_logs = True
    engine.send({"type": "logged", "token": token, "bytes": len(engine.output(token))})
    assert engine.ending(token)["value"] == 50_000
    assert len(engine.output(token)) == 50_000 * 100


def test_results_are_held_until_they_are_recorded(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    engine.records = False
    start_worker(FLOW)
    token = engine.execute("flow/add", 1, 1)
    engine.ending(token)
    engine.break_connection()
    hello = engine.wait_for("hello", count=2)
    assert hello["executions"] == [token] and hello["session"] == engine.heard[0]["session"]
    engine.wait_for("result", token, count=2)
    engine.send({"type": "recorded", "tokens": [token]})
    engine.break_connection()
    assert engine.wait_for("hello", count=3)["executions"] == []


def test_work_goes_on_while_the_engine_is_away(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    token = engine.execute("flow/sleeps", 1)
    engine.wait_until(lambda: "stray" in engine.output(token))
    engine.stop()
    time.sleep(1.2)  # it ends meanwhile
    engine.start()
    assert engine.wait_for("hello", count=2)["executions"] == [token]
    assert engine.ending(token)["value"] == "slept"
    assert engine.output(token).endswith("cleaned up\n")


def test_requests_are_sent_again(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    token = engine.execute("flow/picks")
    waiting = engine.wait_for("select", token)
    engine.stop()
    engine.start()
    engine.wait_for("hello", count=2)
    assert engine.ending(token)["type"] == "result"
    again = [m for m in engine.of("select", token)]
    assert [m["id"] for m in again] == [waiting["id"]] * len(again)


def test_what_the_engine_does_not_understand_is_not_said_again(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    engine.records = False
    ended = engine.execute("flow/add", 1)
    assert engine.ending(ended)["type"] == "result"
    asking = engine.execute("flow/picks")
    engine.wait_for("select", asking)
    running = engine.execute("flow/sleeps", 0.5)
    engine.wait_until(lambda: "stray" in engine.output(running))
    engine.close_connection(4400, "a message is odd")
    engine.wait_for("hello", count=2)
    failure = engine.wait_for("error", ended)
    assert "a message is odd" in failure["error"]["message"] and failure["error"]["retry"] is False
    assert "a message is odd" in engine.wait_for("error", asking)["error"]["message"]
    assert len(engine.of("select", asking)) == 1 and len(engine.of("result", ended)) == 1
    assert engine.wait_for("result", running)["value"] == "slept"


def test_a_worker_that_is_never_understood_ends_with_words(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    worker = start_worker(FLOW)
    for count in (2, 3):
        engine.close_connection(4400, "a message is odd")
        engine.wait_for("hello", count=count)
    engine.close_connection(4400, "a message is odd")
    assert worker.wait(30) == 1


def test_given_up_executions_are_ended_without_a_word(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    token = engine.execute("flow/sleeps", 1000)
    child = pid_after(engine, token, "child")
    engine.abort_at_welcome = [token]
    engine.break_connection()
    engine.wait_for("hello", count=2)
    gone(child)
    before = len(engine.of("log", token))
    assert engine.ending(engine.execute("flow/add", 1))["value"] == 3
    assert len(engine.of("log", token)) == before and not engine.of("aborted", token)


def test_drains(engine: ScriptedEngine, start_worker: StartWorker, method: str) -> None:
    worker = start_worker(FLOW, "--start-method", method)
    token = engine.execute("flow/sleeps", 0.5)
    engine.wait_for("started", token)
    worker.signal(signal.SIGTERM)
    engine.wait_for("drain")
    assert engine.ending(token)["value"] == "slept"
    assert worker.wait() == 0


def test_a_second_signal_ends_it_at_once(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    worker = start_worker(FLOW)
    token = engine.execute("flow/sleeps", 1000)
    child = pid_after(engine, token, "child")
    worker.signal(signal.SIGINT)
    engine.wait_for("drain")
    worker.signal(signal.SIGINT)
    assert worker.wait() == 1
    gone(child)


def test_a_killed_worker_leaves_nothing_behind(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    worker = start_worker(FLOW)
    folder = os.path.dirname(engine.ending(engine.execute("flow/where"))["value"]["folder"])
    token = engine.execute("flow/sleeps", 1000)
    child, stray = pid_after(engine, token, "child"), pid_after(engine, token, "stray")
    worker.signal(signal.SIGKILL)
    gone(child)
    gone(stray)
    gone(engine.of("started", token)[0]["pid"])
    deadline = time.monotonic() + 10
    while os.path.exists(folder):
        assert time.monotonic() < deadline, f"{folder} stays"
        time.sleep(0.02)


def test_the_engine_may_ask_to_drain(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    worker = start_worker(FLOW)
    engine.ending(engine.execute("flow/add", 1))
    engine.send({"type": "drain"})
    assert worker.wait() == 0


@pytest.mark.parametrize(("code", "word"), [(4409, "--register"), (4404, "--project"), (4426, "Install the SDK")])
def test_refusals_end_it_with_words(engine: ScriptedEngine, start_worker: StartWorker, code: int, word: str) -> None:
    engine.close_at_hello = code
    worker = start_worker(FLOW)
    assert worker.wait() == 1
    assert "as the test wants it" in worker.text and word in worker.text and "Traceback" not in worker.text


def test_a_refused_call_that_nobody_waits_for_fails_the_execution(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    engine.refuses_submit = True
    start_worker("import weir\n@weir.task\ndef t():\n    pass\n@weir.workflow\ndef w():\n    t.submit()\n    return 1\n")
    error = engine.ending(engine.execute("flow/w"))["error"]
    assert error["type"] == "weir.RefusedError" and "no such target" in error["message"]


def test_shared(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    tokens = engine.execute_many("flow/pure", [[i] for i in range(600)], "shared")
    assert [engine.ending(token)["value"] for token in tokens] == list(range(1, 601))
    assert engine.output(tokens[13]) == "thirteen\n"
    assert len({m["pid"] for m in engine.of("started")}) == 1
    nosy = engine.ending(engine.execute("flow/nosy", isolation="shared"))
    assert "would hold up those behind it" in nosy["error"]["message"]


def test_shared_survives_its_process(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    tokens = engine.execute_many("flow/pure", [[1], [2], [666], [3], [4]], "shared")
    ends = [engine.ending(token) for token in tokens]
    assert [end.get("value") for end in ends] == [2, 3, None, 4, 5]
    assert ends[2]["kind"] == "abandoned" and "exit code 9" in ends[2]["error"]["message"]


def test_shared_can_be_aborted(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    tokens = engine.execute_many("flow/pure", [[1], [777], [3]], "shared")
    engine.ending(tokens[0])
    engine.send({"type": "abort", "token": tokens[1], "reason": "timeout"})
    assert [engine.ending(token)["type"] for token in tokens] == ["result", "aborted", "result"]


def test_a_save_between_loading_and_the_first_look_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "helper.py"
    seen: List[Path] = []

    async def changed(path: Path) -> None:
        seen.append(path)

    async def look() -> None:
        since = time.time_ns()
        os.utime(file, ns=(since + 1, since + 1))
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(watch(lambda: [str(file)], changed, since), 2)

    file.write_text("N = 1\n")
    asyncio.run(look())
    assert seen == [file]


def test_dev_reloads_and_survives_a_syntax_error(engine: ScriptedEngine, start_worker: StartWorker, tmp_path: Path) -> None:
    source = "import helper, weir\n@weir.task\ndef f() -> int:\n    return helper.N\n"
    (tmp_path / "helper.py").write_text("N = 1\n")
    worker = start_worker(source, "--dev")
    assert engine.heard[0]["register"] == "always"
    assert engine.ending(engine.execute("flow/f"))["value"] == 1
    (tmp_path / "helper.py").write_text("N = 22\n")
    engine.wait_for("declare")
    engine.wait_until(lambda: engine.versions["flow"] == 2, "a new version, because the code that it uses changed")
    engine.wait_until(lambda: "flow@2" in worker.text, "declared")
    assert engine.ending(engine.execute("flow/f"))["value"] == 22
    (tmp_path / "flow.py").write_text(source + "def broken(:\n")
    [fault] = engine.wait_for("declare", count=2)["faults"]
    assert fault["module"] == "flow" and "flow.py:5" in fault["message"]
    engine.wait_until(lambda: "flow.py:5" in worker.text, "the terminal says it, too")
    assert engine.ending(engine.execute("flow/f"))["value"] == 22
    (tmp_path / "flow.py").write_text(source.replace("helper.N", "helper.N + 1"))
    assert engine.wait_for("declare", count=3)["faults"] == []
    engine.wait_until(lambda: "flow@3" in worker.text, "declared")
    assert engine.ending(engine.execute("flow/f"))["value"] == 23


DEV_FLOW = "import weir\n@weir.task\ndef f() -> int:\n    return 1\n@weir.task(isolation='shared')\ndef pure() -> int:\n    return 1\n"


def test_dev_serves_the_version_before_until_the_engine_says_that_no_run_needs_it(
    engine: ScriptedEngine, start_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_worker(DEV_FLOW, "--dev")
    assert engine.heard[0]["earlier"] == {}
    for number in (2, 3):
        (tmp_path / "flow.py").write_text(DEV_FLOW.replace("return 1", f"return {'1' * number}"))
        engine.wait_until(lambda: f"flow@{number}" in worker.text, "a new version")
    assert [told["earlier"] for told in engine.of("declare")] == [{"flow": [1]}, {"flow": [1, 2]}]
    for isolation, target in (("process", "flow/f"), ("shared", "flow/pure")):
        tokens = [engine.execute(target, isolation=isolation, version=version) for version in (1, 2, 3, 1)]
        assert [engine.ending(token)["value"] for token in tokens] == [1, 11, 111, 1]
    engine.break_connection()
    engine.wait_for("hello", count=2)
    assert engine.of("hello")[1]["earlier"] == {"flow": [1, 2]}
    engine.wait_until(lambda: "engine again" in worker.text, "connected again")
    templates = len(children_of(worker.process.pid))
    engine.send({"type": "retire", "versions": {"flow": [1], "other": [7]}})
    engine.wait_until(lambda: len(children_of(worker.process.pid)) == templates - 1, "the end of the processes of version 1")
    gone = engine.ending(engine.execute("flow/f", version=1))
    assert gone["kind"] == "abandoned" and "does not host flow@1" in gone["error"]["message"]
    assert engine.ending(engine.execute("flow/f", version=2))["value"] == 11
    assert engine.ending(engine.execute("flow/f", version=3))["value"] == 111


def test_dev_keeps_what_runs_of_a_version_that_is_let_go(
    engine: ScriptedEngine, start_worker: StartWorker, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    source = f"import pathlib, time, weir\n@weir.task\ndef f() -> int:\n    while not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.02)\n    return 1\n"
    worker = start_worker(source, "--dev")
    token = engine.execute("flow/f")
    engine.wait_for("started", token)
    (tmp_path / "flow.py").write_text(source.replace("return 1", "return 22"))
    engine.wait_until(lambda: "flow@2" in worker.text, "a new version")
    engine.send({"type": "retire", "versions": {"flow": [1]}})
    assert engine.ending(engine.execute("flow/f", version=1))["kind"] == "abandoned"
    gate.touch()
    assert engine.ending(token)["value"] == 1


def test_dev_keeps_a_bounded_number_of_versions(
    engine: ScriptedEngine, start_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_worker(DEV_FLOW, "--dev")
    for number in range(2, MOST_EARLIER + 3):
        (tmp_path / "flow.py").write_text(DEV_FLOW.replace("return 1", f"return {'1' * number}"))
        engine.wait_until(lambda: f"flow@{number}" in worker.text, "a new version")
    assert engine.of("declare")[-1]["earlier"] == {"flow": list(range(2, MOST_EARLIER + 2))}
    assert "Lets go of flow@1" in worker.text
    engine.wait_until(lambda: len(children_of(worker.process.pid)) == MOST_EARLIER + 1, "a process for each state of the code")


def children_of(pid: int) -> List[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_module_with_a_syntax_error_does_not_start(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    worker = start_worker("import weir\ndef f(:\n", wait=False)
    assert worker.wait() == 1
    assert "flow.py:2" in worker.text and "Traceback" not in worker.text


def test_calls_that_come_together_go_together() -> None:
    class Told:
        def __init__(self) -> None:
            self.submitted: List[List[Tuple[int, str]]] = []

        def submit(self, _execution: Execution, calls: List[Tuple[int, str]]) -> None:
            self.submitted.append(calls)

    worker = Told()
    execution = Execution(worker, {"token": "t1"}, None)  # type: ignore[arg-type]
    for number in range(40):
        execution.on_frame(framing.CALL, framing.ID.pack(number) + b'{"target":"flow/add","args":[]}')
    assert worker.submitted == []
    execution.on_pause()
    assert [len(calls) for calls in worker.submitted] == [40]


def test_one_bad_call_does_not_spoil_the_others(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    engine.refuses_together = True
    start_worker(FLOW)
    assert engine.ending(engine.execute("flow/total", 20))["value"] == 2 * sum(range(20))
