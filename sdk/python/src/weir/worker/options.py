"""How a worker was started."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, List, Optional

from ..engine import EnginePlace
from .loading import Hosting


@dataclass(frozen=True)
class Options:
    """How a worker was started.

    Attributes:
        place: The engine.
        project, workspace: Whom it serves.
        hosting: What it hosts.
        register: `never`, `once` or `always`.
        concurrency: Executions in processes at once.
        tags: What it offers.
        name: Shown to people.
        pool: Of the engine's pool that started it, or None.
        start_method: `fork` or `spawn`.
        say: Prints a line for the person at the terminal.
    """

    place: EnginePlace
    project: str
    workspace: str
    hosting: Hosting
    register: str = "never"
    concurrency: int = 1
    tags: List[str] = field(default_factory=list)
    name: str = ""
    pool: Optional[str] = None
    start_method: str = "fork"
    say: Callable[[str], None] = print
