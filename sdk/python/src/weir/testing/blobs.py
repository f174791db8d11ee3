"""A store of bodies in a folder."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import IO, Tuple

from ..errors import WeirError
from ..http import hash_file


class FolderBlobs:
    """Bodies as files that are named by their digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> str:
        """Stores bytes; answers their digest."""
        digest = hashlib.sha256(data).hexdigest()
        (self._folder / digest).write_bytes(data)
        return digest

    def put_file(self, path: Path) -> Tuple[str, int]:
        """Stores a file; answers digest and size in bytes."""
        digest, size = hash_file(path)
        shutil.copyfile(path, self._folder / digest)
        return digest, size

    def open(self, digest: str) -> IO[bytes]:
        """A body as a stream."""
        try:
            return (self._folder / digest).open("rb")
        except FileNotFoundError as error:
            raise WeirError(f"There is no blob {digest}.") from error
