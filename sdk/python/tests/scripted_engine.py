"""A small engine for tests: speaks the worker protocol over a real WebSocket, keeps blobs, and runs calls on the worker itself."""

from __future__ import annotations

import asyncio
import hashlib
import http.server
import itertools
import json
import socket
import threading
import time
from typing import Any, Callable, Dict, List, Optional

from websockets.asyncio.server import ServerConnection, serve

TOKEN = "a-token-for-tests"
DEADLINE = 30.0
ENDINGS = ("result", "error", "suspend", "aborted")


class ScriptedEngine:
    """Attributes:
    url: Where it listens; changes with `restart`.
    heard: All messages of workers, in order.
    hellos: How often a worker connected.
    records: Whether endings are answered with `recorded`.
    takes_logs: Whether log lines are answered with `logged`.
    """

    def __init__(self) -> None:
        self.heard: List[Dict[str, Any]] = []
        self.blobs: Dict[str, bytes] = {}
        self.records = True
        self.takes_logs = True
        self.answers_heartbeats = True
        self.secrets: Dict[str, str] = {}
        self.inputs: Dict[str, Any] = {}
        self.abort_at_welcome: List[str] = []
        self.refuses_submit = False
        self.refuses_together = False
        self.close_at_hello: Optional[int] = None
        self.steps: Dict[str, Dict[str, Any]] = {}
        self._by_token: Dict[str, Dict[str, Any]] = {}
        self._selects: List[Dict[str, Any]] = []
        self._answered_submits: Dict[int, List[str]] = {}
        self._numbers: Dict[str, "itertools.count[int]"] = {}
        self._tokens = itertools.count(1)
        self._changed = threading.Condition()
        self._connection: Optional[ServerConnection] = None
        self.versions: Dict[str, int] = {}
        self._manifests: Dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._socket_port = 0
        self._server: Any = None
        self._front: Any = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listens, on the same port after a stop."""

        async def listen() -> None:
            self._server = await serve(self._serve, "127.0.0.1", 0, max_size=64 * 1024 * 1024, ping_interval=None)
            self._socket_port = next(iter(self._server.sockets)).getsockname()[1]

        asyncio.run_coroutine_threadsafe(listen(), self._loop).result(10)
        self._front = _Front(("127.0.0.1", self.port), self)
        self.port = self._front.server_address[1]
        threading.Thread(target=self._front.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Closes all connections without a word, as a killed engine does."""

        async def close() -> None:
            for connection in list(self._server.connections):
                connection.transport.abort()
            self._server.close(close_connections=False)

        self._front.shutdown()
        self._front.server_close()
        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._connection = None

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)

    # what tests ask

    def wait_until(self, what: Callable[[], Any], why: str = "") -> Any:
        """Waits until something is true of what was heard; fails the test after a while."""
        deadline = time.monotonic() + DEADLINE
        with self._changed:
            while True:
                found = what()
                if found:
                    return found
                if not self._changed.wait(max(0.0, min(0.05, deadline - time.monotonic()))) and time.monotonic() > deadline:
                    kinds = [message["type"] for message in self.heard][-40:]
                    raise AssertionError(f"never came: {why}; heard {kinds}")

    def of(self, type: str, token: Optional[str] = None) -> List[Dict[str, Any]]:
        return [m for m in list(self.heard) if m["type"] == type and token in (None, m.get("token"))]

    def wait_for(self, type: str, token: Optional[str] = None, count: int = 1) -> Dict[str, Any]:
        """The newest message of a kind, once there are so many."""
        return self.wait_until(lambda: self.of(type, token)[count - 1 :], f"{count} × {type} of {token}")[-1]

    def ending(self, token: str) -> Dict[str, Any]:
        """How an execution ended."""
        return self.wait_until(
            lambda: [m for m in list(self.heard) if m["type"] in ENDINGS and m["token"] == token], f"end of {token}"
        )[0]

    def output(self, token: str, *streams: str) -> str:
        lines = [line for m in self.of("log", token) for line in m["lines"]]
        return "".join(line[2] for line in lines if not streams or line[1] in streams)

    def send(self, *messages: Dict[str, Any]) -> None:
        connection = self._connection
        assert connection is not None
        asyncio.run_coroutine_threadsafe(connection.send(json.dumps(messages)), self._loop).result(10)

    def break_connection(self) -> None:
        connection = self._connection
        if connection is not None:
            self._loop.call_soon_threadsafe(connection.transport.abort)

    def close_connection(self, code: int, reason: str) -> None:
        """Ends the connection as an engine does, once it has welcomed the worker."""
        connection = self.wait_until(lambda: self._connection, "a connection")
        self._connection = None
        asyncio.run_coroutine_threadsafe(connection.close(code, reason), self._loop).result(10)

    def execute(self, target: str, *args: Any, isolation: str = "process", **more: Any) -> str:
        """Sends an execution; answers its token."""
        message = self._message(target, list(args), isolation, more)
        self.send(message)
        return str(message["token"])

    def execute_many(self, target: str, arguments: List[List[Any]], isolation: str) -> List[str]:
        messages = [self._message(target, args, isolation, {}) for args in arguments]
        self.send(*messages)
        return [message["token"] for message in messages]

    def _message(self, target: str, args: List[Any], isolation: str, more: Dict[str, Any]) -> Dict[str, Any]:
        module, _, name = target.partition("/")
        counter = self._numbers.setdefault(name, itertools.count())
        key = f"{name}[{next(counter)}]"
        message = {
            "type": "execute",
            "token": f"t{next(self._tokens)}",
            "execution": f"k3m9abcd:{key}:1",
            "run": "k3m9abcd",
            "workspace": "main",
            "target": target,
            "version": self.versions.get(module, 1),
            "args": args,
            "attempt": 1,
            "isolation": isolation,
            **more,
        }
        step = {"step": key, "outcome": "pending", "message": message}
        self.steps[key] = step
        self._by_token[message["token"]] = step
        return message

    # the protocol

    async def _serve(self, connection: ServerConnection) -> None:
        self._connection = connection
        async for frame in connection:
            answers: List[Dict[str, Any]] = []
            for message in json.loads(frame):
                with self._changed:
                    self.heard.append(message)
                    self._changed.notify_all()
                if message["type"] == "hello" and self.close_at_hello is not None:
                    await connection.close(self.close_at_hello, "as the test wants it")
                    return
                self._take(message, answers)
            if answers:
                await connection.send(json.dumps(answers))
            with self._changed:
                self._changed.notify_all()

    def _take(self, message: Dict[str, Any], answers: List[Dict[str, Any]]) -> None:
        kind = message["type"]
        if kind in ("hello", "declare"):
            for manifest in message["manifests"]:
                text = json.dumps(manifest, sort_keys=True)
                if self._manifests.get(manifest["module"]) != text:
                    self._manifests[manifest["module"]] = text
                    self.versions[manifest["module"]] = self.versions.get(manifest["module"], 0) + 1
            versions = {manifest["module"]: self.versions[manifest["module"]] for manifest in message["manifests"]}
            if kind == "declare":
                answers.append({"type": "declared", "id": message["id"], "versions": versions})
                return
            head = {"type": "welcome", "protocol": 1, "worker": "w1", "engine": "0.1.0", "project": "default"}
            answers.append({**head, "versions": versions, "abort": self.abort_at_welcome})
        elif kind == "heartbeat" and self.answers_heartbeats:
            answers.append({"type": "heartbeat"})
        elif kind == "log" and self.takes_logs:
            size = sum(len(line[2].encode()) for line in message["lines"])
            answers.append({"type": "logged", "token": message["token"], "bytes": size})
        elif kind in ENDINGS:
            if self.records:
                answers.append({"type": "recorded", "tokens": [message["token"]]})
            self._ended(message, answers)
        elif kind in ("submit", "select", "cancel", "secret"):
            self._ask(message, answers)

    def _ask(self, message: Dict[str, Any], answers: List[Dict[str, Any]]) -> None:
        kind, id = message["type"], message["id"]
        if kind == "submit":
            if self.refuses_submit or (self.refuses_together and len(message["calls"]) > 1):
                problem = {"code": "target_not_found", "message": "There is no such target.", "fix": "Host it."}
                answers.append({"type": "refused", "id": id, "problem": problem})
                return
            if id not in self._answered_submits:
                self._answered_submits[id] = [self._call(call, answers) for call in message["calls"]]
            answers.append({"type": "submitted", "id": id, "steps": self._answered_submits[id]})
            self._look(answers)
        elif kind == "select":
            if not any(select["id"] == id for select in self._selects):
                self._selects.append(message)
            timeout = message.get("timeoutMs")
            if timeout:
                self._loop.call_later(timeout / 1000, self._time_is_up, id)
            self._look(answers)
            if timeout == 0:
                self._answer_select(message, answers, True)
        elif kind == "cancel":
            for key in message["steps"]:
                self._cancel(key, answers)
            answers.append({"type": "cancelled", "id": id})
            self._look(answers)
        elif message["name"] in self.secrets:
            answers.append({"type": "secret", "id": id, "value": self.secrets[message["name"]]})
        else:
            problem = {"code": "secret_not_found", "message": f"There is no secret {message['name']}."}
            answers.append({"type": "refused", "id": id, "problem": problem})

    def _call(self, call: Dict[str, Any], answers: List[Dict[str, Any]]) -> str:
        if "input" in call:
            key = f"input[{len(self.steps)}]"
            self.steps[key] = {"step": key, "outcome": "succeeded", "value": self.inputs[call["input"]]}
            return key
        more = {"named": call["named"]} if "named" in call else {}
        message = self._message(call["target"], call["args"], call.get("options", {}).get("isolation", "process"), more)
        ends = {}
        for argument in call["args"]:
            if isinstance(argument, dict) and argument.get("$weir") == "step":
                ends[argument["step"]] = self._end(argument["step"])
        if any(end["outcome"] == "pending" for end in ends.values()):
            raise AssertionError("this engine does not wait for arguments")
        answers.append({**message, "steps": ends} if ends else message)
        return str(message["execution"].split(":")[1])

    def _ended(self, message: Dict[str, Any], answers: List[Dict[str, Any]]) -> None:
        step = self._by_token.get(message["token"])
        if step is None or step["outcome"] != "pending":
            return
        if message["type"] == "result":
            step.update(outcome="succeeded", value=message["value"])
        elif message["type"] == "error":
            step.update(outcome="failed", error={**message["error"], "step": step["message"]["execution"]})
            step["error"].pop("retry", None)
        elif message["type"] == "aborted":
            step.update(outcome="cancelled")
        self._look(answers)

    def _cancel(self, key: str, answers: List[Dict[str, Any]]) -> None:
        step = self.steps[key]
        if step["outcome"] == "pending":
            step["outcome"] = "cancelled"
            answers.append({"type": "abort", "token": step["message"]["token"], "reason": "cancel"})

    def _end(self, key: str) -> Dict[str, Any]:
        return {name: value for name, value in self.steps[key].items() if name != "message"}

    def _look(self, answers: List[Dict[str, Any]]) -> None:
        for select in list(self._selects):
            done = [self.steps[key]["outcome"] != "pending" for key in select["steps"]]
            if all(done) if select["mode"] == "all" else any(done):
                self._answer_select(select, answers, False)

    def _answer_select(self, select: Dict[str, Any], answers: List[Dict[str, Any]], timed_out: bool) -> None:
        if select not in self._selects:
            return
        self._selects.remove(select)
        ends = [self._end(key) for key in select["steps"]]
        if select["cancelRemaining"]:
            for key in select["steps"]:
                self._cancel(key, answers)
        answers.append({"type": "selected", "id": select["id"], "steps": ends, "timedOut": timed_out})

    def _time_is_up(self, id: int) -> None:
        answers: List[Dict[str, Any]] = []
        for select in list(self._selects):
            if select["id"] == id:
                self._answer_select(select, answers, True)
        connection = self._connection
        if answers and connection is not None:
            asyncio.ensure_future(connection.send(json.dumps(answers)))


class _Front(http.server.ThreadingHTTPServer):
    """Blobs over HTTP; WebSockets are passed on."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: Any, engine: ScriptedEngine) -> None:
        self.engine = engine
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that tests break are no news."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Front

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, b'{"code":"unauthorized","detail":"Sign-in is needed"}')
            return
        digest = hashlib.sha256(body).hexdigest()
        self.server.engine.blobs[digest] = body
        self._answer(201, json.dumps({"digest": digest, "size": len(body)}).encode())

    def do_GET(self) -> None:
        if self.headers.get("Upgrade") == "websocket":
            self._pass_on()
            return
        body = self.server.engine.blobs.get(self.path.rsplit("/", 1)[1])
        if body is None:
            self._answer(404, b'{"code":"blob_not_found","detail":"There is no such blob."}')
        else:
            self._answer(200, body)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _pass_on(self) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, b"{}")
            return
        back = socket.create_connection(("127.0.0.1", self.server.engine._socket_port))
        head = f"{self.requestline}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in self.headers.items()) + "\r\n"
        back.sendall(head.encode())
        thread = threading.Thread(target=_copy, args=(back, self.connection), daemon=True)
        thread.start()
        _copy(self.connection, back)
        thread.join()
        self.close_connection = True


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for one in (source, sink):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
