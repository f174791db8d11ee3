"""Attempts at steps, and what they see."""

from __future__ import annotations

import contextvars
import json
import os
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar

from ..errors import RefusedError
from ..runtime import Context, Runtime, entered
from ..targets import AnyTarget
from ..worker.perform import perform
from .records import LogRecord, RunRecord, StepRecord

if TYPE_CHECKING:
    from .session import Session

T = TypeVar("T")

#: Attempts of one step: retries without a limit, suspensions and recurrence end there.
MAX_ATTEMPTS = 1000


def references(value: Any) -> List[str]:
    """Keys of the steps that an encoded value refers to."""
    if isinstance(value, list):
        return [step for item in value for step in references(item)]
    if isinstance(value, dict):
        if value.get("$weir") == "step":
            return [value["step"]]
        return [step for item in value.values() for step in references(item)]
    return []


class Attempts:
    """The attempts at one step, one after the other."""

    def __init__(
        self,
        session: Session,
        run: RunRecord,
        record: StepRecord,
        target: AnyTarget,
        args: List[Any],
        named: Dict[str, Any],
        settings: Dict[str, Any],
        known: Mapping[str, StepRecord],
    ) -> None:
        self.session = session
        self.run = run
        self.record = record
        self.target = target
        self.settings = settings
        self.message = {
            "token": record.key,
            "target": target.path,
            "args": args,
            "named": named,
            "steps": {step: known[step].end() for step in references([*args, *named.values()]) if step in known},
        }

    def go(self) -> None:
        """Makes attempts until the step has ended."""
        retries = self.settings.get("retries") or {"limit": 0}
        left = MAX_ATTEMPTS if retries["limit"] is None else retries["limit"]
        earlier: List[Tuple[str, str]] = []
        while True:
            self.record.attempts += 1
            if self.record.attempts > MAX_ATTEMPTS:
                self._fail({"type": "weir.WeirError", "message": f"{self.record.key} did not end in {MAX_ATTEMPTS} attempts."})
                return
            runtime, end = self._attempt(earlier)
            earlier = []
            if end["type"] == "suspend":
                earlier = runtime.calls
            elif end["type"] == "result":
                if self.settings.get("recurrent") is not None and end["value"] is None:
                    continue
                self.record.outcome, self.record.value = "succeeded", end["value"]
                return
            elif end["type"] == "aborted":
                self.record.outcome = "cancelled"
                return
            else:
                if left == 0 or end["error"].get("retry") is False:
                    self._fail(end["error"])
                    return
                left -= 1

    def _fail(self, error: Mapping[str, Any]) -> None:
        where = f"{self.run.id}:{self.record.key}:{self.record.attempts}"
        self.record.outcome = "failed"
        self.record.error = {**{k: v for k, v in error.items() if k != "retry"}, "step": where}

    def _attempt(self, earlier: List[Tuple[str, str]]) -> Tuple["StepRuntime", Dict[str, Any]]:
        folder = self.session.working_folder()
        facts = Context(
            self.run.id,
            self.record.key,
            self.record.attempts,
            self.session.workspace,
            "default",
            self.target.path,
            resumed=bool(earlier),
            folder=folder,
        )
        runtime = StepRuntime(self.session, self.run, facts, earlier)
        # A context of its own: groups and suspense of the caller end at the call.
        text = _in_fresh_context(lambda: self._run_in(runtime, folder), self.target.is_async)
        end: Dict[str, Any] = json.loads(text)
        return runtime, end

    def _run_in(self, runtime: "StepRuntime", folder: Path) -> str:
        before = os.getcwd()
        os.chdir(folder)
        try:
            with entered(runtime):
                return perform(self.message, self.session.blobs, {self.target.path: self.target}, runtime.settle)
        finally:
            os.chdir(before)


def _in_fresh_context(job: Callable[[], str], is_async: bool) -> str:
    context = contextvars.Context()
    if not is_async:
        return context.run(job)
    found: List[str] = []  # an event loop may run in this thread: async functions get a thread of their own
    thread = threading.Thread(target=lambda: found.append(context.run(job)))
    thread.start()
    thread.join()
    return found[0]


class StepRuntime(Runtime):
    """One attempt, seen from inside."""

    def __init__(
        self, session: Session, run: RunRecord, facts: Context, earlier: Optional[List[Tuple[str, str]]] = None
    ) -> None:
        self.session = session
        self.run = run
        self._facts = facts
        self.blobs = session.blobs
        self.calls: List[Tuple[str, str]] = []
        self._earlier = list(earlier or [])
        self._unseen: "List[Future[str]]" = []

    @property
    def facts(self) -> Context:
        return self._facts

    def take_earlier(self, identity: str) -> Optional[str]:
        """The step of the same call in the attempt before, in the order in which they were made."""
        for index, (known, key) in enumerate(self._earlier):
            if known == identity:
                del self._earlier[index]
                self.calls.append((known, key))
                return key
        return None

    def submit(self, call: Mapping[str, Any]) -> "Future[str]":
        made: "Future[str]" = Future()
        try:
            made.set_result(self.session.call(self, call))
        except RefusedError as refused:
            made.set_exception(refused)
            self._unseen.append(made)
        return made

    def settle(self) -> None:
        """Raises what a call that nobody waited for was refused with."""
        for future in self._unseen:
            future.result()

    def select(
        self, steps: Sequence[str], mode: str, timeout_ms: Optional[int], cancel_remaining: bool
    ) -> "Future[Tuple[List[Dict[str, Any]], bool]]":
        return _done(([self.run.steps[step].end() for step in steps], False))

    def cancel(self, steps: Sequence[str]) -> "Future[None]":
        return _done(None)  # they have ended before anybody could cancel them

    def secret(self, name: str) -> "Future[str]":
        if name in self.session.secrets:
            return _done(self.session.secrets[name])
        failed: "Future[str]" = Future()
        fix = f"Hand it in: Session(secrets={{{name!r}: …}})."
        failed.set_exception(RefusedError(f"There is no secret {name}.", fix, "secret_not_found"))
        return failed

    def wait(self, future: "Future[T]") -> T:
        if future in self._unseen:
            self._unseen.remove(future)  # type: ignore[arg-type]  # it is in there
        return future.result()

    async def wait_async(self, future: "Future[T]") -> T:
        return self.wait(future)

    def log(self, level: str, text: str, fields: Optional[Dict[str, Any]]) -> None:
        self.session.logs.append(LogRecord(self.facts.step, level, text, dict(fields or {})))

    def metric(self, name: str, value: float, x: Optional[float]) -> None:
        self.session.metrics.append((self.facts.step, name, value, x))

    def progress(self, done: float, total: Optional[float], text: Optional[str]) -> None:
        self.session.progress.append((self.facts.step, done, total, text))

    def asset(self, name: str, value: Any) -> None:
        self.session.assets.append((self.facts.step, name, value))


def _done(value: T) -> "Future[T]":
    made: "Future[T]" = Future()
    made.set_result(value)
    return made
