"""The worker: between the engine's connection and the processes."""

from __future__ import annotations

import asyncio
import marshal
import os
import platform
import secrets
import socket
import sys
import traceback
from dataclasses import dataclass, field
from typing import Any, Callable, Coroutine, Dict, List, Tuple, Union

from ..errors import WeirError
from ..large import dump, quoted
from ..version import __version__
from . import framing, oom
from .code import Code
from .connection import PROTOCOL, Connection
from .execution import Execution
from .generation import ForkedGeneration, Generation
from .logs import Tail
from .misunderstood import give_up_unanswered
from .options import Options
from .shared import SharedExecution, SharedRunner
from .sight import own_process

#: Executions with isolation `shared` that are taken at once.
SHARED_AT_ONCE = 2000


@dataclass
class Request:
    """A request of an execution that the engine has not answered."""

    execution: Execution
    number: int
    text: str
    is_secret: bool = False
    #: Of a `submit`: numbers and texts of its calls
    calls: List[Tuple[int, str]] = field(default_factory=list)


class Worker:
    """A session with an engine; see docs/worker-protocol.md."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.session = secrets.token_hex(32)
        self.connection = Connection(options.place, options.project, self)
        self.executions: Dict[str, Execution] = {}
        self.endings: Dict[str, str] = {}
        #: What those that have ended said, as long as the engine may not have it
        self.tails: Dict[str, Tail] = {}
        self.requests: Dict[int, Request] = {}
        self.code = Code(options, self)
        self.is_draining = False
        self._last_id = 0
        self._runners: Dict[int, SharedRunner] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._finished: "asyncio.Future[None]" = asyncio.get_running_loop().create_future()
        self._was_away = False
        self._abandon = False

    @property
    def is_connected(self) -> bool:
        """Whether the engine hears what is sent now."""
        return self.connection.is_open

    # life

    async def run(self) -> int:
        """Serves until it is drained; answers the exit code. Raises WeirError when the engine refuses it."""
        oom.watch()
        loaded = await self.code.load()
        if loaded.faults and (self.options.register != "always" or self.code.generation is None):
            raise WeirError("\n".join(f"{fault['module']} cannot be loaded.\n{fault['message']}" for fault in loaded.faults))
        connecting = asyncio.ensure_future(self.connection.run())
        try:
            await asyncio.wait([connecting, self._finished], return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                connecting.result()
            await self.connection.close()
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await self._close()
        return 1 if self._abandon else 0

    async def _close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.code.close()

    def drain(self) -> None:
        """Takes nothing more and ends when nothing is left; the second time: at once."""
        if self.is_draining:
            self.options.say("Ends at once.")
            self._abandon = bool(self.executions or self.endings)
            self._finish()
            return
        self.is_draining = True
        left = len(self.executions)
        self.options.say(f"Drains: {left} execution{'' if left == 1 else 's'} to finish. Once more to end at once.")
        self.send('{"type":"drain"}')
        self._look_whether_done()

    def _look_whether_done(self) -> None:
        if self.is_draining and not self.executions and not self.endings:
            self._finish()

    def _finish(self) -> None:
        if not self._finished.done():
            self._finished.set_result(None)

    def spawn(self, job: Coroutine[Any, Any, None]) -> None:
        """Runs a coroutine beside everything else."""
        task = asyncio.ensure_future(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Listener of the connection

    def hello(self) -> Dict[str, Any]:
        """What the worker says first."""
        options = self.options
        out: Dict[str, Any] = {
            "type": "hello",
            "protocol": PROTOCOL,
            "session": self.session,
            "workspace": options.workspace,
            "name": options.name,
            "host": socket.gethostname()[:200],
            "pid": os.getpid(),
            "sdk": f"python {__version__}",
            "runtime": f"{platform.python_implementation()} {platform.python_version()}"[:60],
            "concurrency": options.concurrency,
            "shared": SHARED_AT_ONCE if options.start_method == "fork" else 0,
            "tags": options.tags,
            **self.code.greet(),
            "register": options.register,
            "executions": self.holding(),
        }
        in_sight = own_process()
        if in_sight is not None:
            out["process"] = in_sight
        return out if options.pool is None else {**out, "pool": options.pool}

    def welcomed(self, message: Dict[str, Any]) -> None:
        """The engine took the session: says again what it may not have heard."""
        again = " again" if self._was_away else f" as {message['worker']}"
        self.options.say(f"Connected to the engine{again}.")
        self._was_away = False
        self.code.welcomed(message["versions"])
        for token in message["abort"]:
            self._give_up(token)
        for execution in list(self.executions.values()):
            execution.resend()
        for request in list(self.requests.values()):
            self.send(request.text)
        for tail in self.tails.values():
            for text in tail.texts():
                self.send(text)
        for text in self.endings.values():
            self.send(text)
        if self.is_draining:
            self.send('{"type":"drain"}')
            self._look_whether_done()

    def lost(self, reason: str) -> None:
        """The connection broke, or could not be made."""
        if not self._was_away:
            self.options.say(f"No connection to the engine at {self._where()}: {reason}. Tries again.")
        self._was_away = True
        tellers: List[Union[Execution, Tail]] = [*self.executions.values(), *self.tails.values()]
        for teller in tellers:
            if teller.has_window:
                teller.window.rewind()

    def misunderstood(self, reason: str) -> None:
        """What was said and has no answer is not said again."""
        give_up_unanswered(self, reason)

    def _where(self) -> str:
        try:
            return self.options.place.address().text
        except WeirError as error:
            return str(error)

    def holding(self) -> List[str]:
        """Tokens of what runs, and of endings that are not recorded."""
        return [*self.executions, *(token for token in self.endings if token not in self.executions)]

    def received(self, message: Dict[str, Any]) -> None:
        """A message of the engine."""
        handler = _HANDLERS.get(message["type"])
        if handler is None:
            return  # of a newer engine
        try:
            handler(self, message)
        except Exception:  # a fault of this SDK: what else runs goes on
            self.options.say(f"A fault of the SDK at the message {message['type']}:\n{traceback.format_exc()}")

    def _execute(self, message: Dict[str, Any]) -> None:
        token = message["token"]
        if token in self.executions or token in self.endings:
            return  # said again by an engine that was not sure
        module = message["target"].partition("/")[0]
        generation = self.code.at(module, message["version"])
        if generation is None:
            self._not_hosted(token, f"{module}@{message['version']}")
            return
        generation.users += 1
        if message["isolation"] == "shared" and isinstance(generation, ForkedGeneration):
            runner = self._runners.get(id(generation))
            if runner is None:
                runner = self._runners[id(generation)] = SharedRunner(generation)
            shared = SharedExecution(self, message, generation, runner)
            self.executions[token] = shared
            runner.add(shared)
            return
        execution = self.executions[token] = Execution(self, message, generation)
        if generation.ready:
            child = generation.ready.popleft()
            if not child.has_exited:
                execution.begin(child)
                generation.refill()
                return
        self.spawn(self._begin(execution, generation))

    async def _begin(self, execution: Execution, generation: Generation) -> None:
        try:
            child = await generation.take()
        except WeirError:
            execution.end(execution.lost_text(None, 0))
            return
        if execution.is_aborting:
            generation.offer(child)
        else:
            execution.begin(child)

    def _not_hosted(self, token: str, what: str) -> None:
        facts = {"type": "weir.VersionGone", "message": f"This worker does not host {what} any more."}
        self.endings[token] = dump({"type": "error", "token": token, "error": facts, "kind": "abandoned"})
        self.send(self.endings[token])

    def _abort(self, message: Dict[str, Any]) -> None:
        execution = self.executions.get(message["token"])
        if execution is not None:
            execution.abort()

    def _give_up(self, token: str) -> None:
        execution = self.executions.pop(token, None)
        self._forget(token)
        if execution is not None:
            self._drop_requests(execution)
            execution.generation.users -= 1
            execution.forget()
        self._look_whether_done()

    def _recorded(self, message: Dict[str, Any]) -> None:
        for token in message["tokens"]:
            self._forget(token)
        self._look_whether_done()

    def _forget(self, token: str) -> None:
        self.endings.pop(token, None)
        self.tails.pop(token, None)

    def _logged(self, message: Dict[str, Any]) -> None:
        token, size, values = message["token"], message["bytes"], message.get("values", 0)
        execution = self.executions.get(token)
        if execution is not None:
            execution.logged(size, values)
        elif token in self.tails:
            self.tails[token].window.confirm(size, values)

    def _answered(self, message: Dict[str, Any]) -> None:
        request = self.requests.pop(message["id"], None)
        if request is None:
            return
        if request.calls:
            self._submitted(request, message)
            return
        if request.is_secret and message["type"] == "secret":
            request.execution.window.hide(message["value"])
        if request.execution.child is not None:
            request.execution.child.answer(request.number, message)

    def _submitted(self, request: Request, message: Dict[str, Any]) -> None:
        """Keys for the calls of a `submit`. One that was refused is made again call by call: the others may be sound."""
        child, calls = request.execution.child, request.calls
        if message["type"] == "submitted":
            keys = [(number, key) for (number, _), key in zip(calls, message["steps"])]
            if child is not None:
                child.send(framing.SUBMITTED, marshal.dumps(keys))
        elif len(calls) > 1:
            for call in calls:
                self.submit(request.execution, [call])
        elif child is not None:
            child.answer(calls[0][0], message)

    def _refused(self, message: Dict[str, Any]) -> None:
        if self.code.refused(message):
            return
        if message.get("id") in self.requests:
            self._answered(message)
        else:
            self.options.say(f"The engine refused something: {message['problem']['message']}")

    def _declared(self, message: Dict[str, Any]) -> None:
        self.code.declared(message)

    def _retire(self, message: Dict[str, Any]) -> None:
        self.code.retired(message["versions"])

    def _engine_drains(self, message: Dict[str, Any]) -> None:
        if not self.is_draining:
            self.options.say("The engine asks to drain.")
            self.drain()

    # executions

    def send(self, text: str) -> None:
        """Sends a message as JSON text; nothing happens while there is no connection."""
        self.connection.send(text)

    def next_id(self) -> int:
        """Number of the next request; they count on over reconnects."""
        self._last_id += 1
        return self._last_id

    def ask(self, execution: Execution, number: int, text: str) -> None:
        """Passes a request on; `text` lacks its `id` and the closing brace."""
        id = self.next_id()
        request = Request(execution, number, f'{text},"id":{id}}}', text.startswith('{"type":"secret"'))
        self.requests[id] = request
        self.send(request.text)

    def submit(self, execution: Execution, calls: List[Tuple[int, str]]) -> None:
        """Makes calls: numbers of the execution, with the JSON of each."""
        id = self.next_id()
        texts = ",".join(text for _, text in calls)
        text = f'{{"type":"submit","id":{id},"token":{quoted(execution.token)},"calls":[{texts}]}}'
        self.requests[id] = Request(execution, 0, text, calls=calls)
        self.send(text)

    def ended(self, execution: Execution, text: str) -> None:
        """An execution has ended; that is held until it is recorded."""
        if self.executions.pop(execution.token, None) is None:
            return
        self._drop_requests(execution)
        execution.generation.users -= 1
        self.endings[execution.token] = text
        if "assets" in execution.__dict__ or (execution.has_window and not execution.window.is_confirmed):
            self.tails[execution.token] = Tail(execution.window, execution.assets)
        self.send(text)

    def _drop_requests(self, execution: Execution) -> None:
        if self.requests:
            for id in [id for id, request in self.requests.items() if request.execution is execution]:
                del self.requests[id]


_HANDLERS: Dict[str, Callable[[Worker, Dict[str, Any]], None]] = {
    "execute": Worker._execute,
    "abort": Worker._abort,
    "recorded": Worker._recorded,
    "logged": Worker._logged,
    "submitted": Worker._answered,
    "selected": Worker._answered,
    "cancelled": Worker._answered,
    "secret": Worker._answered,
    "refused": Worker._refused,
    "declared": Worker._declared,
    "retire": Worker._retire,
    "drain": Worker._engine_drains,
}


def default_concurrency() -> int:
    """As many as there are processors for this process."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
