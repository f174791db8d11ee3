"""The code that a worker hosts: generations of processes, and which version of which module each of them has."""

from __future__ import annotations

import asyncio
from typing import Any, Coroutine, Dict, List, Optional, Protocol, Tuple

from ..errors import WeirError
from ..large import dump
from .generation import ForkedGeneration, Generation, Setup
from .loading import Loaded
from .options import Options
from .spawned import SpawnedGeneration

#: How long executors of code that was replaced stay for executions that are on their way, seconds.
RETIRE_SECONDS = 30.0


class Link(Protocol):
    """What is needed of the worker."""

    @property
    def is_connected(self) -> bool:
        """Whether the engine hears what is sent now."""

    def send(self, text: str) -> None:
        """Sends a message."""

    def next_id(self) -> int:
        """Number of the next request."""

    def spawn(self, job: Coroutine[Any, Any, None]) -> None:
        """Runs a coroutine beside everything else."""


class Code:
    """See above.

    Attributes:
        generation: The newest that could be loaded; None when none could.
        faults: `{module, message}` of what could not be loaded the last time.
    """

    def __init__(self, options: Options, link: Link) -> None:
        self.options = options
        self.generation: Optional[Generation] = None
        self.faults: List[Dict[str, str]] = []
        self._link = link
        self._hosts: Dict[Tuple[str, int], Generation] = {}
        self._declared: "Dict[int, asyncio.Future[Dict[str, int]]]" = {}
        self._retired: List[Generation] = []

    def at(self, module: str, version: int) -> Optional[Generation]:
        """The processes that have a version of a module, or None."""
        return self._hosts.get((module, version))

    def declared(self, message: Dict[str, Any]) -> None:
        """The engine's answer to a declaration."""
        answer = self._declared.pop(message["id"], None)
        if answer is not None and not answer.done():
            answer.set_result(message["versions"])

    def refused(self, message: Dict[str, Any]) -> bool:
        """A refusal; answers whether it was one of a declaration."""
        answer = self._declared.pop(message.get("id", -1), None)
        if answer is None:
            return False
        problem = message["problem"]
        if not answer.done():
            answer.set_exception(WeirError(problem["message"], problem.get("fix")))
        return True

    def welcomed(self, versions: Dict[str, int]) -> None:
        """The engine took the session, whose manifests it knows now."""
        self.host(versions)
        open_answers = list(self._declared.values())
        self._declared.clear()
        for answer in open_answers:
            answer.cancel()
        if self.faults or open_answers:
            self._link.spawn(self.declare())

    async def close(self) -> None:
        """Ends all processes."""
        found = {id(g): g for g in (*self._hosts.values(), *self._retired, self.generation) if g is not None}
        await asyncio.gather(*(generation.close() for generation in found.values()), return_exceptions=True)

    async def load(self) -> Loaded:
        """Loads the code in new processes; they take over when nothing is wrong with it."""
        options = self.options
        place = options.place
        setup = Setup(
            root=options.hosting.root,
            paths=options.hosting.paths,
            modules=options.hosting.modules,
            engine=(place.named, place.token, place.data),
            project=options.project,
            ready=max(2, min(options.concurrency, 16)),
        )
        made: Generation = SpawnedGeneration(setup) if options.start_method == "spawn" else ForkedGeneration(setup)
        try:
            loaded = await made.start()
        except WeirError as error:
            loaded = Loaded(faults=[{"module": ", ".join(options.hosting.modules), "message": str(error)}])
        for note in loaded.notes:
            options.say(f"Note: {note}")
        usable = bool(loaded.manifests) or not loaded.faults
        if usable and (self.generation is None or not loaded.faults):
            self._replace(made)
        else:
            await made.close()
        self.faults = loaded.faults
        return loaded

    def _replace(self, made: Generation) -> None:
        old, self.generation = self.generation, made
        if old is None:
            return
        old.retire()
        self._retired.append(old)
        self._link.spawn(self._let_go(old))

    async def _let_go(self, generation: Generation) -> None:
        await asyncio.sleep(RETIRE_SECONDS)
        while generation.users > 0:
            await asyncio.sleep(1)
        self._retired.remove(generation)
        for key in [key for key, value in self._hosts.items() if value is generation]:
            del self._hosts[key]
        await generation.close()

    async def reload(self) -> Loaded:
        """Loads the code anew and declares it. What cannot be loaded is told, and the last good version goes on."""
        loaded = await self.load()
        if self._link.is_connected:
            await self.declare()
        return loaded

    async def declare(self) -> None:
        """Tells the engine what is hosted from now on."""
        number = self._link.next_id()
        answer: "asyncio.Future[Dict[str, int]]" = asyncio.get_running_loop().create_future()
        self._declared[number] = answer
        message = {"type": "declare", "id": number, "manifests": self.manifests(), "faults": self.faults}
        self._link.send(dump(message))
        await asyncio.wait([answer])
        if answer.cancelled():
            return  # the connection broke: it was declared anew after that
        error = answer.exception()
        if error is not None:
            self.options.say(f"The engine refused the modules: {error}")
        else:
            self.host(answer.result())

    def manifests(self) -> List[Dict[str, Any]]:
        """Of the newest code that could be loaded."""
        return [] if self.generation is None else self.generation.loaded.manifests

    def host(self, versions: Dict[str, int]) -> None:
        """The engine has given the modules these versions."""
        if self.generation is None:
            return
        for module, version in versions.items():
            self._hosts[(module, version)] = self.generation
        shown = ", ".join(f"{m['module']}@{versions.get(m['module'], '?')} ({len(m['targets'])})" for m in self.manifests())
        if versions:
            self.options.say(f"Hosts {shown}.")
