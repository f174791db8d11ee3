"""An engine's part in one process: steps, attempts, memo, cache, answers of people."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Tuple, Type, TypeVar

from ..coerce import apply, converter
from ..decode import Decoder
from ..errors import RefusedError, WeirError, remote_error
from ..large import dump
from ..runtime import Context, entered
from ..targets import AnyTarget, Target, known_target
from .attempts import Attempts, StepRuntime, references
from .blobs import FolderBlobs
from .records import LogRecord, RunRecord, StepRecord

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")
elif sys.version_info >= (3, 10):
    from typing import ParamSpec

    P = ParamSpec("P")
else:
    P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")

#: Steps of one run.
MAX_STEPS = 100_000


def run(target: "Target[P, R, T]", /, *args: "P.args", **kwargs: "P.kwargs") -> T:
    """Runs a workflow or task with everything that it calls; answers its result.

    Raises:
        Exception: The error that it failed with, as a caller in a run would see it.
    """
    with Session() as session:
        return session.run(target, *args, **kwargs)


class Session:
    """What a test hands in, and what it looks at afterwards.

    Args:
        inputs: Answers of people, by key or by question.
        secrets: Values by name.
        targets: Functions that stand in for targets (`module/target`) and workflows (by name), e.g. of other languages.
        workspace: Name of the workspace.

    Attributes:
        logs: Structured log lines, in order.
        metrics: (step, name, value, x), in order.
        progress: (step, done, total, text), in order.
        assets: (step, name, encoded asset), in order.
        steps: All steps of the newest run, in order.
    """

    def __init__(
        self,
        inputs: Optional[Mapping[str, Any]] = None,
        secrets: Optional[Mapping[str, str]] = None,
        targets: Optional[Mapping[str, Callable[..., Any]]] = None,
        workspace: str = "main",
    ) -> None:
        self.inputs = dict(inputs or {})
        self.secrets = dict(secrets or {})
        self.stand_ins = {name: _as_target(function) for name, function in (targets or {}).items()}
        self.workspace = workspace
        self.logs: List[LogRecord] = []
        self.metrics: List[Tuple[str, str, float, Optional[float]]] = []
        self.progress: List[Tuple[str, float, Optional[float], Optional[str]]] = []
        self.assets: List[Tuple[str, str, Any]] = []
        self.folder = Path(tempfile.mkdtemp(prefix="weir-testing-"))
        self.blobs = FolderBlobs(self.folder / "blobs")
        self._cache: Dict[str, Any] = {}
        self._runs: List[RunRecord] = []
        self._folders = itertools.count(1)

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], stack: Optional[TracebackType]
    ) -> None:
        self.close()

    def close(self) -> None:
        """Removes what was stored."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def steps(self) -> List[StepRecord]:
        """All steps of the newest run, the workflow itself first."""
        return list(self._runs[-1].steps.values()) if self._runs else []

    def run(self, target: "Target[P, R, T]", /, *args: "P.args", **kwargs: "P.kwargs") -> T:
        """Runs a workflow or task with everything that it calls; see `run` of the module."""
        made = self._begin_run()
        runtime = StepRuntime(self, made, Context("", "", 1, self.workspace, "default", "", folder=self.folder))
        with entered(runtime):
            key = runtime.wait(target.submit(*args, **kwargs)._key)
        self._runs.remove(made)
        self._runs.append(made)
        end = made.steps[key].end()
        if end["outcome"] != "succeeded":
            raise remote_error(end["error"])
        with entered(runtime):
            value = Decoder(self.blobs).decode(end["value"])
            convert = None if target.result_type is None else converter(target.result_type)
            found: T = apply(convert, value, "result")
        return found

    # what steps need

    def _begin_run(self) -> RunRecord:
        made = RunRecord(f"test{len(self._runs) + 2:04d}".replace("0", "a").replace("1", "b"))
        self._runs.append(made)
        return made

    def call(self, caller: "StepRuntime", call: Mapping[str, Any]) -> str:
        """Makes a call and runs it; answers the key of its step."""
        run = caller.run
        if "input" in call:
            return self._ask(run, call)
        target, path = self._target_of(call)
        args, named = list(call.get("args", ())), dict(call.get("named") or call.get("params") or {})
        settings = {**target.settings, **call.get("options", {})}
        identity = dump([path, args, named])
        earlier = caller.take_earlier(identity)
        if earlier is not None:
            return earlier
        memo = settings.get("memo")
        memo_key = None if memo is None else dump([path, *_chosen(target, args, named, memo.get("parameters"))])
        key = run.memo.get(memo_key) if memo_key is not None else None
        if key is None:
            record = self._step(run, target.name, path, args, call.get("group"))
            key = record.key
            if memo_key is not None:
                run.memo[memo_key] = key
            self._perform(run, record, target, args, named, settings)
        caller.calls.append((identity, key))
        return key

    def _step(self, run: RunRecord, name: str, target: str, args: List[Any], group: Optional[str]) -> StepRecord:
        number = run.numbers[name] = run.numbers.get(name, -1) + 1
        record = StepRecord(f"{name}[{number}]", target, args, group)
        if len(run.steps) >= MAX_STEPS:
            raise WeirError(f"The run has more than {MAX_STEPS} steps.", "Look for a call that calls itself without end.")
        run.steps[record.key] = record
        return record

    def _target_of(self, call: Mapping[str, Any]) -> Tuple[AnyTarget, str]:
        path = str(call.get("target") or call["workflow"])
        target = self.stand_ins.get(path) or known_target(path)
        if target is None:
            raise RefusedError(
                f"There is no target {path} in this process.",
                f'Import its module, or give a function in its place: Session(targets={{"{path}": …}}).',
                "target_not_found",
            )
        return target, path

    def _ask(self, run: RunRecord, call: Mapping[str, Any]) -> str:
        name = call.get("key") or call["input"]
        key = run.memo.get(f"input {name}")
        if key is not None:
            return key
        record = self._step(run, "input", "input", [], call.get("group"))
        run.memo[f"input {name}"] = record.key
        if name not in self.inputs and call["input"] not in self.inputs:
            message = f"Nobody answers {name!r} here. Hand in the answer: Session(inputs={{{name!r}: …}})."
            record.outcome, record.error = "failed", {"type": "weir.WeirError", "message": message}
        else:
            answer = self.inputs.get(name, self.inputs.get(call["input"]))
            record.outcome, record.value = "succeeded", json.loads(json.dumps(answer))
        return record.key

    def _perform(
        self, run: RunRecord, record: StepRecord, target: AnyTarget, args: List[Any], named: Dict[str, Any], settings: Dict[str, Any]
    ) -> None:
        failed = self._failed_reference(run, args, named)
        if failed is not None:
            record.outcome, record.error = failed.outcome, failed.error
            return
        cache = settings.get("cache")
        cache_key = None
        if cache is not None:
            parts = _chosen(target, args, named, cache.get("parameters"))
            cache_key = dump([cache.get("namespace") or record.target, cache.get("version"), *parts])
            if cache_key in self._cache:
                record.outcome, record.value = "succeeded", self._cache[cache_key]
                return
        inner = self._begin_run() if target.kind == "workflow" and record.key != next(iter(run.steps)) else run
        Attempts(self, inner, record, target, args, named, settings, run.steps).go()
        if cache_key is not None and record.outcome == "succeeded":
            self._cache[cache_key] = record.value

    def _failed_reference(self, run: RunRecord, args: List[Any], named: Dict[str, Any]) -> Optional[StepRecord]:
        for step in references([*args, *named.values()]):
            found = run.steps.get(step)
            if found is not None and found.outcome != "succeeded":
                return found
        return None

    def working_folder(self) -> Path:
        """A new folder for an attempt."""
        folder = self.folder / "work" / str(next(self._folders))
        folder.mkdir(parents=True)
        return folder


def _as_target(function: Callable[..., Any]) -> AnyTarget:
    return function if isinstance(function, Target) else Target(function, "task", {})


def _chosen(target: AnyTarget, args: List[Any], named: Dict[str, Any], parameters: Optional[List[str]]) -> List[Any]:
    """Arguments that make a key: all, or those of some parameters."""
    if parameters is None:
        return [args, named]
    names = [p.name for p in target.signature.fixed]
    by_name = {**dict(zip(names, args)), **named}
    return [{name: by_name.get(name) for name in parameters}]
