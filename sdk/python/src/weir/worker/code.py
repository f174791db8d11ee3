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

#: States of the code before the newest that are kept for runs which began with them: each is a process that has the modules loaded.
MOST_EARLIER = 8
#: How often is looked whether code that is not asked for any more still runs something, seconds.
LOOK_SECONDS = 1.0


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
        self._numbered: List[Generation] = []
        self._greeted: Optional[Generation] = None
        self._earlier: List[Generation] = []
        self._leaving: List[Generation] = []

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
        greeted, self._greeted = self._greeted, None
        self.host(greeted, versions)
        open_answers = list(self._declared.values())
        self._declared.clear()
        for answer in open_answers:
            answer.cancel()
        if self.faults or open_answers or greeted is not self.generation:
            self._link.spawn(self.declare())

    async def close(self) -> None:
        """Ends all processes."""
        found = {id(g): g for g in (*self._hosts.values(), *self._earlier, *self._leaving, self.generation) if g is not None}
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
        self._earlier.append(old)
        for generation in self._earlier[:-MOST_EARLIER]:
            self._withdraw(generation)
        self._sweep()

    def earlier(self) -> Dict[str, List[int]]:
        """Versions of modules that are hosted besides those of the newest code."""
        out: Dict[str, List[int]] = {}
        for (module, version), generation in self._hosts.items():
            if generation is not self.generation:
                out.setdefault(module, []).append(version)
        return out

    def retired(self, versions: Dict[str, List[int]]) -> None:
        """No run needs these versions any more: their code ends when nothing runs in it."""
        for module, numbers in versions.items():
            for number in numbers:
                if self._hosts.get((module, number)) is not self.generation:
                    self._hosts.pop((module, number), None)
        self._sweep()

    def _withdraw(self, generation: Generation) -> None:
        keys = [key for key, value in self._hosts.items() if value is generation]
        for key in keys:
            del self._hosts[key]
        names = ", ".join(f"{module}@{version}" for module, version in keys)
        if names:
            self.options.say(f"Lets go of {names}: it keeps {MOST_EARLIER} states of the code for runs that began with them.")

    def _sweep(self) -> None:
        """Lets go of code that has no version which may be asked for."""
        named = {id(g) for g in (*self._hosts.values(), *self._numbered, self._greeted)}
        for generation in [g for g in self._earlier if id(g) not in named]:
            self._earlier.remove(generation)
            self._leaving.append(generation)
            self._link.spawn(self._let_go(generation))

    async def _let_go(self, generation: Generation) -> None:
        while generation.users > 0:
            await asyncio.sleep(LOOK_SECONDS)
        await generation.close()
        self._leaving.remove(generation)

    async def reload(self) -> Loaded:
        """Loads the code anew and declares it. What cannot be loaded is told, and the last good version goes on."""
        loaded = await self.load()
        if self._link.is_connected:
            await self.declare()
        return loaded

    async def declare(self) -> None:
        """Tells the engine what is hosted from now on."""
        generation = self.generation
        number = self._link.next_id()
        answer: "asyncio.Future[Dict[str, int]]" = asyncio.get_running_loop().create_future()
        self._declared[number] = answer
        self._link.send(dump({"type": "declare", "id": number, **self.manifests(), "faults": self.faults}))
        if generation is not None:
            self._numbered.append(generation)  # it is about to have versions
        await asyncio.wait([answer])
        if generation is not None:
            self._numbered.remove(generation)
        if answer.cancelled():
            return  # the connection broke: it was declared anew after that
        error = answer.exception()
        if error is not None:
            self.options.say(f"The engine refused the modules: {error}")
            return
        self.host(generation, answer.result())
        if generation is not self.generation:
            await self.declare()  # it was replaced meanwhile, and has versions that the engine has not been told of as earlier ones

    def manifests(self) -> Dict[str, Any]:
        """Fields of a declaration: the newest code that could be loaded, and versions that are hosted besides."""
        found = [] if self.generation is None else self.generation.loaded.manifests
        return {"manifests": found, "earlier": self.earlier()}

    def greet(self) -> Dict[str, Any]:
        """The same, for a `hello`."""
        self._greeted = self.generation
        return self.manifests()

    def host(self, generation: Optional[Generation], versions: Dict[str, int]) -> None:
        """The engine has given the modules of a generation these versions."""
        if generation is None:
            return
        for module, version in versions.items():
            self._hosts[(module, version)] = generation
        self._sweep()
        manifests = generation.loaded.manifests
        shown = ", ".join(f"{m['module']}@{versions.get(m['module'], '?')} ({len(m['targets'])})" for m in manifests)
        if versions:
            self.options.say(f"Hosts {shown}.")
