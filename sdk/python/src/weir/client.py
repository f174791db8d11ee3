"""Starting runs from a script, and following them."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Union

from .codec import Encoder
from .coerce import apply, converter
from .decode import Decoder, decode_asset
from .engine import find_engine
from .errors import RefusedError, StepCancelled, WeirError, remote_error
from .http import Http, HttpBlobs, segment
from .large import pack
from .options import Duration, milliseconds
from .runtime import reading_from, set_default_blobs
from .targets import Target
from .values import Asset

ENDED = ("succeeded", "failed", "cancelled")
#: Waits between two looks at a run, seconds.
FIRST_LOOK, LAST_LOOK = 0.02, 1.0
PAGE = 1000


@dataclass(frozen=True)
class LogLine:
    """One line of a run's log.

    Attributes:
        at: ISO 8601, UTC.
        step: Key of the step.
        attempt: Number of the attempt.
        stream: `stdout`, `stderr`, `system`, or `log` for a structured line.
        text: Without its line end.
        level: Of a structured line: debug, info, warning or error; else None.
        fields: Of a structured line.
    """

    at: str
    step: str
    attempt: int
    stream: str
    text: str
    level: Optional[str] = None
    fields: Mapping[str, Any] = field(default_factory=dict)


class Client:
    """An engine, seen from a script.

    Args:
        engine: `http://host:port` or `unix:/path`; WEIR_ENGINE, or the engine of the data folder when None.
        project: Name of the project.
        workspace: In which runs are started.
        token: For TCP; WEIR_TOKEN when None.

    Raises:
        WeirError: The address makes no sense. Whether somebody answers shows at the first call.
    """

    def __init__(
        self,
        engine: Optional[str] = None,
        project: str = "default",
        workspace: str = "main",
        token: Optional[str] = None,
    ) -> None:
        place = find_engine(engine)
        if token is not None:
            from dataclasses import replace

            place = replace(place, token=token)
        self.project = project
        self.workspace = workspace
        self.http = Http(place)
        self.blobs = HttpBlobs(self.http, project, patient=False)
        self._base = f"/api/v1/projects/{segment(project)}"
        set_default_blobs(self.blobs)

    def submit(self, workflow: Union[str, Target[..., Any, Any]], /, **params: Any) -> "Run":
        """Starts a run.

        Args:
            workflow: A workflow of this code, or the name of any workflow.
            params: Its parameters.

        Raises:
            EngineUnreachable: Nobody answers.
            RefusedError: There is no such workflow, or the parameters do not fit.
            CodecError: A parameter cannot travel.
        """
        name = workflow if isinstance(workflow, str) else workflow.name
        convert = None
        if isinstance(workflow, Target):
            if workflow.kind != "workflow":
                raise WeirError(f"{workflow.path} is a task.", "A run is started with a workflow.")
            workflow.signature.signature.bind(**params)
            convert = None if workflow.result_type is None else converter(workflow.result_type)
        encoded = {
            key: pack(Encoder(self.blobs).encode(value, f"{name}: {key}"), self.blobs) for key, value in params.items()
        }
        facts = self.http.call(
            "POST",
            f"{self._base}/runs",
            {"workflow": name, "params": encoded, "workspace": self.workspace},
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )
        return Run(self, facts["id"], convert)

    def run(self, id: str) -> "Run":
        """A run by its identifier. Whether there is one shows at the first question about it."""
        return Run(self, id, None)

    def workflows(self) -> List[Dict[str, Any]]:
        """All workflows of the project, as the API lists them."""
        return self._pages(f"{self._base}/workflows", {})

    def targets(self) -> List[Dict[str, Any]]:
        """The workflows and tasks that modules of code offer, as the API lists them."""
        return self._pages(f"{self._base}/targets", {"workspace": self.workspace})

    def runs(self, limit: int = 50) -> List[Dict[str, Any]]:
        """The newest runs, newest first."""
        found: List[Dict[str, Any]] = self.http.call("GET", f"{self._base}/runs", query={"limit": limit})["items"]
        return found

    def _pages(self, path: str, query: Dict[str, Any]) -> List[Dict[str, Any]]:
        items: List[Dict[str, Any]] = []
        cursor: Optional[str] = None
        while True:
            page = self.http.call("GET", path, query={**query, "limit": PAGE, "cursor": cursor})
            items += page["items"]
            cursor = page.get("next")
            if cursor is None:
                return items


class Run:
    """A run of a workflow.

    Attributes:
        id: Its identifier, e.g. `k3m9abcd`.
    """

    def __init__(self, client: Client, id: str, convert: Any) -> None:
        self.id = id
        self._client = client
        self._convert = convert
        self._path = f"{client._base}/runs/{segment(id)}"

    def facts(self, steps: bool = False) -> Dict[str, Any]:
        """The run as the API shows it, with its steps when asked for."""
        found: Dict[str, Any] = self._client.http.call("GET", self._path, query={"steps": "all" if steps else "none"})
        return found

    def status(self) -> str:
        """`queued`, `running`, `waiting`, `cancelling`, `succeeded`, `failed` or `cancelled`."""
        return str(self.facts()["status"])

    def wait(self, timeout: Optional[Duration] = None) -> str:
        """Waits until the run has ended; answers its status.

        Args:
            timeout: How long, in seconds; without end when None.

        Raises:
            TimeoutError: It has not ended in time, and goes on.
        """
        deadline = None if timeout is None else time.monotonic() + milliseconds(timeout, "timeout") / 1000
        pause = FIRST_LOOK
        while (status := self.status()) not in ENDED:
            left = pause if deadline is None else min(pause, deadline - time.monotonic())
            if left <= 0:
                raise TimeoutError(f"The run {self.id} is {status} and has not ended in time.")
            time.sleep(left)
            pause = min(pause * 1.5, LAST_LOOK)
        return status

    def result(self, timeout: Optional[Duration] = None) -> Any:
        """Waits for the end; the value that the workflow returned, or the outputs of a drawn one by name.

        Raises:
            TimeoutError: It has not ended in time.
            StepCancelled: It was cancelled.
            Exception: The error that it failed with; see `Handle.result`.
        """
        status = self.wait(timeout)
        facts = self._client.http.call("GET", f"{self._path}/result")
        if status == "cancelled":
            raise StepCancelled(self.id)
        if status == "failed":
            raise self._failure(facts.get("error") or {})
        outputs = facts.get("outputs") or {}
        only = set(outputs) == {"result"}
        with reading_from(self._client.blobs):
            value = Decoder(self._client.blobs).decode(outputs["result"] if only else outputs)
            return apply(self._convert, value, "result") if only else value

    def _failure(self, error: Mapping[str, Any]) -> Exception:
        """The error of the run: of a workflow of code, what its function raised."""
        steps = self.facts(steps=True)["steps"]
        own = steps[0] if steps and steps[0].get("kind") == "target" and steps[0].get("executions") else {}
        found = (own.get("executions") or [{}])[-1].get("error") or error
        kind = found.get("type") or found.get("code") or "Error"
        message = found.get("message") or "The run failed."
        return remote_error({"type": kind, "message": message, "stack": found.get("details"), "step": self.id})

    def cancel(self, reason: Optional[str] = None) -> None:
        """Cancels the run, its children and what they run; does nothing when it has ended."""
        try:
            self._client.http.call("POST", f"{self._path}/cancel", {} if reason is None else {"reason": reason})
        except RefusedError as refused:
            if refused.code != "run_finished":
                raise

    def logs(self, follow: bool = False, step: Optional[str] = None) -> Iterator[LogLine]:
        """Lines of output, in the order in which they came.

        Args:
            follow: Also those that come, until the run has ended.
            step: Only those of one step.
        """
        query = {"follow": "true" if follow else "false", "step": step}
        timeout = None if follow else 120.0
        with self._client.http.request("GET", f"{self._path}/logs", query=query, timeout=timeout) as answer:
            for line in answer:
                if line.strip():
                    yield _log_line(json.loads(line))

    def assets(self) -> List[Asset]:
        """Assets that its executions recorded; read them with `restore` and `read_bytes`."""
        found = self._client._pages(f"{self._client._base}/assets", {"run": self.id})
        set_default_blobs(self._client.blobs)
        return [decode_asset(facts) for facts in found]

    def restore(self, folder: Union[str, Path]) -> List[Path]:
        """Writes all assets below a folder, each in a folder of its name; answers the paths of the files."""
        return [path for asset in self.assets() for path in asset.restore(Path(folder, asset.name))]

    def __repr__(self) -> str:
        return f"<weir run {self.id}>"


def _log_line(facts: Mapping[str, Any]) -> LogLine:
    return LogLine(
        facts["at"],
        facts["step"],
        facts["attempt"],
        facts["stream"],
        facts["text"],
        facts.get("level"),
        facts.get("fields") or {},
    )
