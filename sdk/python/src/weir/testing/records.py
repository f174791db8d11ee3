"""What a session remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional


@dataclass(frozen=True)
class LogRecord:
    """A line that was logged.

    Attributes:
        step: Key of the step.
        level: debug, info, warning or error.
        text: The text.
        fields: Its fields.
    """

    step: str
    level: str
    text: str
    fields: Dict[str, Any]


@dataclass
class StepRecord:
    """A step of a run.

    Attributes:
        key: e.g. `train[3]`.
        target: `module/target`, the name of a workflow, or `input`.
        args: Encoded arguments.
        group: Name of the group in which it was called, or None.
        outcome: succeeded, failed or cancelled.
        attempts: How many it took.
        value: Encoded result.
        error: type, message and stack of the last failure.
    """

    key: str
    target: str
    args: List[Any]
    group: Optional[str] = None
    outcome: str = "pending"
    attempts: int = 0
    value: Any = None
    error: Optional[Dict[str, Any]] = None

    def end(self) -> Dict[str, Any]:
        """How it stands, as the protocol has it."""
        out: Dict[str, Any] = {"step": self.key, "outcome": self.outcome}
        if self.outcome == "succeeded":
            out["value"] = self.value
        elif self.outcome == "failed":
            out["error"] = self.error
        return out


@dataclass
class RunRecord:
    """A run: its steps, what is memoised, and how far the numbers of steps are."""

    id: str
    steps: Dict[str, StepRecord] = field(default_factory=dict)
    memo: Dict[str, str] = field(default_factory=dict)
    numbers: Dict[str, int] = field(default_factory=dict)
