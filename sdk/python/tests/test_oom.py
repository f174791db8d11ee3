"""Whether a process was ended because memory ran out, and what is said then."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from conftest import StartWorker
from scripted_engine import ScriptedEngine

from weir.worker import oom

FLOW = """
import resource
import weir

@weir.task
def eats() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))
    return len(b"x" * 2_000_000_000)
"""


def test_a_kill_that_the_kernel_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter([3, 3, 4])
    monkeypatch.setattr(oom, "kills_so_far", lambda: next(counts))
    monkeypatch.setattr(oom, "memory_limit", lambda: 1000)
    oom.watch()
    assert not oom.was_out_of_memory(signal.SIGKILL, 100)
    assert oom.was_out_of_memory(signal.SIGKILL, 100)
    assert not oom.was_out_of_memory(signal.SIGTERM, 999)
    assert not oom.was_out_of_memory(None, 0)


def test_a_kill_near_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oom, "kills_so_far", lambda: None)
    monkeypatch.setattr(oom, "memory_limit", lambda: 1000)
    oom.watch()
    assert oom.was_out_of_memory(signal.SIGKILL, 900)
    assert not oom.was_out_of_memory(signal.SIGKILL, 100)


def test_this_machine_is_read() -> None:
    if Path("/proc/vmstat").exists():
        assert oom.kills_so_far() is not None and (oom.memory_limit() or 0) > 1_000_000


def test_memory_that_python_cannot_have(engine: ScriptedEngine, start_worker: StartWorker) -> None:
    start_worker(FLOW)
    end = engine.ending(engine.execute("flow/eats"))
    assert (end["kind"], end["error"]["type"]) == ("oom", "builtins.MemoryError")
