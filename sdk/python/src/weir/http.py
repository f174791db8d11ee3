"""The engine's REST API over its socket or TCP: small, blocking, with the standard library only."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Callable, Dict, Iterator, Optional, Tuple, TypeVar, Union, cast
from urllib.parse import quote, urlencode

from .engine import Address, EnginePlace
from .errors import EngineUnreachable, RefusedError, WeirError

T = TypeVar("T")
Body = Union[bytes, IO[bytes], None]

#: How long an answer may take to begin, seconds; streams that follow something have no such limit.
ANSWER_SECONDS = 120
CHUNK_BYTES = 1024 * 1024
#: Waits between attempts to reach an engine that is away, seconds.
FIRST_WAIT, LAST_WAIT = 0.2, 5.0
FEW_BLOBS = 64
KEPT_BLOB_BYTES = 256 * 1024


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: Optional[float]) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(self.timeout)
        try:
            made.connect(self._path)
        except OSError:
            made.close()
            raise
        self.sock = made


class Http:
    """Requests to one engine. A connection is kept for each thread."""

    def __init__(self, place: EnginePlace) -> None:
        self.place = place
        self._local = threading.local()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Optional[Dict[str, Any]] = None,
        headers: Optional[Dict[str, str]] = None,
    ) -> Any:
        """A request with JSON in both directions.

        Raises:
            EngineUnreachable: Nobody answers.
            RefusedError: The engine answered with a problem.
        """
        data = None if body is None else json.dumps(body).encode()
        with self.request(method, path, data, query, {"Content-Type": "application/json", **(headers or {})}) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    @contextmanager
    def request(
        self,
        method: str,
        path: str,
        body: Body = None,
        query: Optional[Dict[str, Any]] = None,
        headers: Optional[Dict[str, str]] = None,
        timeout: Optional[float] = ANSWER_SECONDS,
    ) -> Iterator[http.client.HTTPResponse]:
        """A request whose answer is read by the caller. Raises as `call` does."""
        target = path if not query else f"{path}?{urlencode({k: v for k, v in query.items() if v is not None})}"
        connection, address = self._connection(timeout)
        everything = {"Host": address.host_header, **(headers or {})}
        if address.token is not None:
            everything["Authorization"] = f"Bearer {address.token}"
        clean = False
        try:
            answer = self._send(connection, method, target, body, everything)
            if answer.status >= 400:
                raise _problem(answer)
            yield answer
            clean = answer.isclosed() or answer.read(1) == b""
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(address, error) from error
        finally:
            if clean and timeout == ANSWER_SECONDS:
                self._local.kept = (address, connection)
            else:
                connection.close()

    def _connection(self, timeout: Optional[float]) -> Tuple[http.client.HTTPConnection, Address]:
        address = self.place.address()
        kept = getattr(self._local, "kept", None)
        self._local.kept = None
        if kept is not None and timeout == ANSWER_SECONDS and kept[0] == address:
            return cast(http.client.HTTPConnection, kept[1]), address
        if address.socket is not None:
            return _UnixConnection(address.socket, timeout), address
        return http.client.HTTPConnection(address.host, address.port, timeout=timeout), address

    def _send(
        self, connection: http.client.HTTPConnection, method: str, target: str, body: Body, headers: Dict[str, str]
    ) -> http.client.HTTPResponse:
        fresh = connection.sock is None
        try:
            connection.request(method, target, body, headers)
            return connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            # A connection that was kept may have been closed by the engine in the same moment: once more.
            if fresh or (body is not None and not isinstance(body, bytes)) or method not in ("GET", "PUT"):
                raise
            connection.close()
            connection.request(method, target, body, headers)
            return connection.getresponse()


def unreachable(address: Address, error: BaseException) -> EngineUnreachable:
    """What is said when nobody answers."""
    return EngineUnreachable(f"No engine answers at {address.text}: {error}.", "Start one with: weir boot up")


def _problem(answer: http.client.HTTPResponse) -> RefusedError:
    text = answer.read(1_000_000)
    try:
        problem = json.loads(text)
        field = f" ({problem['field']})" if problem.get("field") else ""
        return RefusedError(f"{problem['detail']}{field}", problem.get("fix"), problem["code"])
    except (ValueError, KeyError, TypeError):
        return RefusedError(f"The engine answered {answer.status}: {text[:200].decode('utf-8', 'replace')}", None, "unexpected")


def segment(text: str) -> str:
    """A part of a path, escaped."""
    return quote(text, safe="")


class HttpBlobs:
    """The engine's store of bodies.

    Args:
        http: The engine.
        project: Whose store it is.
        patient: Whether to wait for an engine that is away, as executions do, instead of failing.
    """

    def __init__(self, http: Http, project: str, patient: bool) -> None:
        self._http = http
        self._path = f"/api/v1/projects/{segment(project)}/blobs"
        self._patient = patient
        self._few: Dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        """Stores bytes; answers their digest."""
        digest = hashlib.sha256(data).hexdigest()
        self._again(lambda: self._post(data, digest, len(data)))
        return digest

    def put_file(self, path: Path) -> Tuple[str, int]:
        """Stores a file as a stream; answers digest and size in bytes."""
        digest, size = hash_file(path)

        def send() -> None:
            with path.open("rb") as file:
                self._post(file, digest, size)

        self._again(send)
        return digest, size

    def _post(self, body: Body, digest: str, size: int) -> None:
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        with self._http.request("POST", self._path, body, {"digest": digest}, headers) as answer:
            answer.read()

    def open(self, digest: str) -> IO[bytes]:
        """A body as a stream, checked while it is read."""
        known = self._few.get(digest)
        if known is not None:
            return io.BytesIO(known)
        return self._again(lambda: self._get(digest))

    def _get(self, digest: str) -> IO[bytes]:
        with self._http.request("GET", f"{self._path}/{digest}") as answer:
            size = answer.length
            if size is not None and size <= KEPT_BLOB_BYTES:
                data = answer.read()
                check_body(hashlib.sha256(data).hexdigest(), digest)
                if len(self._few) >= FEW_BLOBS:
                    self._few.pop(next(iter(self._few)))
                self._few[digest] = data
                return io.BytesIO(data)
            return _spooled(answer, digest)

    def _again(self, send: Callable[[], T]) -> T:
        wait = FIRST_WAIT
        while True:
            try:
                return send()
            except EngineUnreachable:
                if not self._patient:
                    raise
                time.sleep(wait)
                wait = min(wait * 2, LAST_WAIT)


def _spooled(answer: http.client.HTTPResponse, digest: str) -> IO[bytes]:
    """A body of any size, on disk beyond a few MiB; checked before the first byte is handed out."""
    import tempfile

    spool = tempfile.SpooledTemporaryFile(max_size=8 * CHUNK_BYTES)
    found = hashlib.sha256()
    while chunk := answer.read(CHUNK_BYTES):
        found.update(chunk)
        spool.write(chunk)
    check_body(found.hexdigest(), digest)
    spool.seek(0)
    return cast(IO[bytes], spool)


def check_body(found: str, wanted: str) -> None:
    """Raises WeirError when a body is not the one that its digest names."""
    if found != wanted:
        raise WeirError(f"The body {wanted} came damaged: its digest is {found}.", "Read it again.")


def hash_file(path: Path) -> Tuple[str, int]:
    """SHA-256 and size in bytes of a file. Raises OSError."""
    found = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
            size += len(chunk)
    return found.hexdigest(), size
