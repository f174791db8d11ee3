"""What tests share: a scripted engine, and workers that are real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional

import pytest
from scripted_engine import TOKEN, ScriptedEngine

SOURCES = str(Path(__file__).parent.parent / "src")


class Summary:
    """Counts what passed, failed and was skipped, for scripts/test.mjs: written where WEIR_TEST_SUMMARY names a file."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.passed = self.failed = 0
        self.skipped: List["dict[str, str]"] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file, _, test = report.nodeid.partition("::")
        if report.failed:
            self.failed += 1
        elif report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.skipped.append({"file": f"sdk/python/{file}", "test": test, "reason": reason.replace("Skipped: ", "")})
        elif report.when == "call":
            self.passed += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed += 1

    def pytest_sessionfinish(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        facts = {"passed": self.passed, "failed": self.failed, "skipped": self.skipped}
        self.path.write_text(json.dumps(facts), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    path = os.environ.get("WEIR_TEST_SUMMARY")
    if path:
        config.pluginmanager.register(Summary(path))


class WorkerProcess:
    """`python -m weir worker start …` as its own process; what it prints is kept."""

    def __init__(self, folder: Path, environment: "dict[str, str]", *arguments: str) -> None:
        self.text = ""
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "weir", "worker", "start", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": SOURCES, "PYTHONUNBUFFERED": "1", **environment},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line.decode("utf-8", "replace")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait(self, timeout: float = 30) -> int:
        code = self.process.wait(timeout)
        self._reader.join(5)
        return code

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)


StartWorker = Callable[..., WorkerProcess]


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    made = ScriptedEngine()
    yield made
    made.close()


@pytest.fixture
def start_worker(engine: ScriptedEngine, tmp_path: Path) -> Iterator[StartWorker]:
    workers: List[WorkerProcess] = []

    def start(source: str, *arguments: str, module: str = "flow", wait: bool = True, count: Optional[int] = 1) -> Any:
        path = tmp_path / f"{module}.py"
        path.write_text(source, "utf-8")
        environment = {"WEIR_ENGINE": engine.url, "WEIR_TOKEN": TOKEN}
        worker = WorkerProcess(tmp_path, environment, f"{module}.py", *arguments)
        workers.append(worker)
        if wait:
            try:
                engine.wait_for("hello", count=count or 1)
            except AssertionError as error:
                raise AssertionError(f"{error}\nThe worker said:\n{worker.text}") from error
        return worker

    yield start
    for worker in workers:
        worker.end()
