"""Where the engine is: as named, by WEIR_ENGINE, or that of the data folder."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional
from urllib.parse import urlsplit

from .errors import WeirError

#: Longest path of a Unix socket that works everywhere; the engine moves it to the temporary folder beyond that.
MAX_SOCKET_PATH_BYTES = 100
_START = "Start one with: weir boot up"


@dataclass(frozen=True)
class Address:
    """One way to reach an engine: a Unix socket, or host and port with a token."""

    socket: Optional[str] = None
    host: str = "localhost"
    port: int = 80
    token: Optional[str] = None

    @property
    def text(self) -> str:
        """For people."""
        return f"unix:{self.socket}" if self.socket is not None else f"http://{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        """What stands in the Host header."""
        if self.socket is not None:
            return "localhost"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class EnginePlace:
    """Which engine is meant. Its address is looked up at each connection: a restarted engine may have another port.

    Attributes:
        named: `http://host:port`, `unix:/path` or a path; None for that of the data folder.
        token: For TCP; None for that of the data folder, or none.
        data: The data folder.
    """

    named: Optional[str] = None
    token: Optional[str] = None
    data: Optional[str] = None

    def address(self) -> Address:
        """Where it is now. Raises WeirError when the address makes no sense."""
        if self.named:
            return parse_address(self.named, self.token)
        folder = Path(self.data or data_folder(os.environ, sys.platform))
        if sys.platform == "win32":
            return _of_engine_file(folder)
        return Address(socket=str(socket_path(folder)))

    def as_environment(self) -> Mapping[str, str]:
        """Variables with which another process finds the same engine."""
        if self.named:
            return {"WEIR_ENGINE": self.named, "WEIR_TOKEN": self.token or ""}
        return {"WEIR_ENGINE": "", "WEIR_DATA": self.data or data_folder(os.environ, sys.platform)}


def find_engine(named: Optional[str] = None, environ: Mapping[str, str] = os.environ) -> EnginePlace:
    """The engine that is meant: as named, else by WEIR_ENGINE (with WEIR_TOKEN), else that of the data folder (WEIR_DATA)."""
    address = named or environ.get("WEIR_ENGINE") or None
    token = environ.get("WEIR_TOKEN") or None
    if address is not None:
        parse_address(address, token)
    return EnginePlace(address, token, None if address else os.path.abspath(data_folder(environ, sys.platform)))


def parse_address(text: str, token: Optional[str]) -> Address:
    """Reads `http://host:port`, `unix:/path` or a path. Raises WeirError."""
    if text.startswith("unix:"):
        return Address(socket=text[len("unix:") :].replace("///", "/", 1))
    if text.startswith(("/", "./")):
        return Address(socket=text)
    parts = urlsplit(text)
    try:
        if parts.scheme == "http" and parts.hostname:
            return Address(None, parts.hostname, parts.port or 80, token)
    except ValueError:
        pass  # a port that is none
    raise WeirError(f"{text!r} is not the address of an engine.", "Write it as http://host:port or unix:/path.")


def data_folder(environ: Mapping[str, str], platform: str) -> str:
    """Where the engine keeps its data: WEIR_DATA, or where the platform keeps data of programs."""
    named = environ.get("WEIR_DATA")
    if named:
        return os.path.abspath(named)
    home = os.path.expanduser("~")
    if platform == "win32":
        return os.path.join(environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local"), "Weir")
    if platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "Weir")
    return os.path.join(environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share"), "weir")


def socket_path(folder: Path) -> Path:
    """The engine's socket of a data folder; a long path is replaced by one in the temporary folder, as the engine does."""
    full = os.path.abspath(folder)
    inside = os.path.join(full, "engine.sock")
    if len(os.fsencode(inside)) <= MAX_SOCKET_PATH_BYTES:
        return Path(inside)
    digest = hashlib.sha256(full.encode()).hexdigest()[:16]
    temporary = os.environ.get("TMPDIR") or os.environ.get("TMP") or os.environ.get("TEMP") or "/tmp"
    return Path(temporary, f"weir-{os.getuid()}", f"{digest}-engine.sock")


def _of_engine_file(folder: Path) -> Address:
    """By the file that a running engine leaves in its data folder; for platforms without Unix sockets in Python."""
    try:
        url = json.loads((folder / "engine.json").read_text("utf-8"))["url"]
        token = (folder / "token").read_text("utf-8").strip()
    except (OSError, ValueError, KeyError) as error:
        raise WeirError(f"No engine runs in {folder}: {error}.", _START) from error
    return parse_address(url, token)
