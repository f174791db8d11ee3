"""Values with a meaning of their own: references, blobs, assets, objects of classes that are not known here."""

from __future__ import annotations

import io
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, List, Optional, Tuple, Union

from . import runtime
from .errors import CodecError, WeirError

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def check_digest(digest: object) -> str:
    """The digest itself. Raises CodecError when it is no SHA-256 in lower-case hex."""
    if not isinstance(digest, str) or _DIGEST.match(digest) is None:
        raise CodecError(f"{digest!r} is no digest: a digest is a SHA-256, 64 hexadecimal digits.")
    return digest


@dataclass(frozen=True)
class Record:
    """An object of a class that is not known here. It goes back out as it came.

    Attributes:
        type: Name of the class, e.g. `shapes.Point`.
        value: Its fields, or what its codec made of it.
    """

    type: str
    value: Any


@dataclass(frozen=True)
class StepRef:
    """A reference to the result of a step, e.g. `StepRef("k3m9abcd", "train[3]")`."""

    run: str
    step: str


@dataclass(frozen=True)
class Blob:
    """Bytes in the engine's store, by their SHA-256.

    Attributes:
        digest: SHA-256, 64 hexadecimal digits.
        size: Bytes.
        media_type: e.g. `image/png`, or None.
    """

    digest: str
    size: int
    media_type: Optional[str] = None

    def __post_init__(self) -> None:
        check_digest(self.digest)

    def open(self) -> IO[bytes]:
        """The bytes as a stream, checked while they are read. Raises WeirError when the store does not have them."""
        return runtime.blobs().open(self.digest)

    def read(self) -> bytes:
        """All bytes."""
        with self.open() as body:
            return body.read()

    def read_text(self, encoding: str = "utf-8") -> str:
        """All bytes as text."""
        return self.read().decode(encoding)

    def save(self, path: Union[str, "os.PathLike[str]"]) -> Path:
        """Writes the bytes to a file; answers its path."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.open() as body, target.open("wb") as file:
            shutil.copyfileobj(body, file, 1024 * 1024)
        return target


@dataclass(frozen=True)
class AssetFile:
    """One file of an asset.

    Attributes:
        path: Relative, with forward slashes; never leaves its folder.
        digest: SHA-256 of its body.
        size: Bytes.
        executable: Whether it may be run as a program.
    """

    path: str
    digest: str
    size: int
    executable: bool = False

    def __post_init__(self) -> None:
        check_digest(self.digest)
        parts = PurePosixPath(self.path).parts
        leaves = not parts or self.path.startswith("/") or ".." in parts or "\\" in self.path or "\0" in self.path
        if leaves or re.match(r"[A-Za-z]:", self.path):
            raise CodecError(f"The path {self.path!r} of a file in an asset leaves its folder, or is none.")

    def open(self) -> IO[bytes]:
        """The body as a stream."""
        return runtime.blobs().open(self.digest)

    def read_bytes(self) -> bytes:
        """The whole body."""
        with self.open() as body:
            return body.read()


@dataclass(frozen=True)
class Asset:
    """A named collection of files, made by an execution. The bodies are in the engine's store."""

    name: str
    files: Tuple[AssetFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def file(self, path: Optional[str] = None) -> AssetFile:
        """One file by its path; without a path the only file. Raises WeirError when there is no such file."""
        if path is None:
            if len(self.files) == 1:
                return self.files[0]
            raise WeirError(f"The asset {self.name} has {len(self.files)} files.", "Name one of them by its path.")
        for file in self.files:
            if file.path == path:
                return file
        names = ", ".join(file.path for file in self.files[:10])
        raise WeirError(f"The asset {self.name} has no file {path}.", f"It has: {names or 'no files at all'}.")

    def read_bytes(self, path: Optional[str] = None) -> bytes:
        """The body of a file; see `file` for the path."""
        return self.file(path).read_bytes()

    def read_text(self, path: Optional[str] = None, encoding: str = "utf-8") -> str:
        """The body of a file as text."""
        return self.read_bytes(path).decode(encoding)

    def open(self, path: Optional[str] = None) -> IO[str]:
        """A file as a stream of text (UTF-8)."""
        return io.TextIOWrapper(self.file(path).open(), encoding="utf-8")

    def restore(self, folder: Union[str, "os.PathLike[str]"] = ".") -> List[Path]:
        """Writes all files below a folder, which is made when it is not there; answers their paths."""
        written = []
        for file in self.files:
            target = Path(folder, *PurePosixPath(file.path).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with file.open() as body, target.open("wb") as out:
                shutil.copyfileobj(body, out, 1024 * 1024)
            if file.executable:
                target.chmod(target.stat().st_mode | 0o111)
            written.append(target)
        return written
