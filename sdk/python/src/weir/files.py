"""Files and folders that code gives away: which ones are meant, and that they are files at all."""

from __future__ import annotations

import errno
import glob
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, List, Sequence, Tuple, Union

from .errors import WeirError

PathLike = Union[str, "os.PathLike[str]"]

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def find_files(paths: Sequence[PathLike]) -> List[Tuple[str, Path]]:
    """Files with their paths in an asset.

    One folder alone: its files by their paths in it. Otherwise by their paths below the working folder, or by name (with the
    folder that was given) when they are elsewhere. Links are followed where they are named, and inside of a folder as long as
    they stay in it.

    Raises:
        WeirError: A path names nothing, or something that is neither file nor folder; a link leads out of its folder, to a
            folder around it, or nowhere.
    """
    named = [one for path in paths for one in _named(path)]
    is_alone = len(paths) == 1 and len(named) == 1 and _is_folder(named[0])
    found = [
        (inside.as_posix() if is_alone else _shown(base, inside), base / inside)
        for base in named
        for inside in (_below(base) if _is_folder(base) else [Path()])
    ]
    return list(dict.fromkeys(found))


def check_file(path: Path) -> os.stat_result:
    """What a file is like. Raises WeirError when it is none, or not there."""
    with in_words(path):
        facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        kind = "a folder" if stat.S_ISDIR(facts.st_mode) else _KINDS.get(stat.S_IFMT(facts.st_mode), "no file")
        raise WeirError(f"{path} is {kind}.", "Only files can be kept, and folders of them.")
    return facts


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Says what the system refuses as a WeirError."""
    try:
        yield
    except WeirError:
        raise  # has words
    except FileNotFoundError as error:
        if path.is_symlink():
            raise WeirError(f"{path} is a link to {os.readlink(path)}, which is not there.", "Remove or correct it.") from error
        raise WeirError(f"{path} is not there any more.", "It may not be removed while it is read.") from error
    except (OSError, RuntimeError) as error:  # until Python 3.12 a loop is a RuntimeError of `resolve`
        if isinstance(error, RuntimeError) or error.errno == errno.ELOOP:
            raise WeirError(f"{path} is a link that leads to itself.", "Remove or correct it.") from error
        raise WeirError(f"{path} cannot be read: {error.strerror or error}.") from error


def _named(path: PathLike) -> List[Path]:
    text = os.fspath(path)
    if os.path.lexists(text):
        return [Path(text)]
    matches = sorted(glob.glob(text, recursive=True))
    if not matches:
        raise WeirError(f"There is no file {text}.", f"The working folder is {Path.cwd()}.")
    return [Path(match) for match in matches]


def _is_folder(path: Path) -> bool:
    with in_words(path):
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    if not is_folder:
        check_file(path)
    return is_folder


def _below(root: Path) -> List[Path]:
    """Files of a folder, by their paths in it."""
    with in_words(root):
        home = root.resolve(strict=True)
    found: List[Path] = []
    _walk(root, Path(), home, [home], found)
    return found


def _walk(root: Path, folder: Path, home: Path, around: List[Path], found: List[Path]) -> None:
    with in_words(root / folder):
        names = sorted(os.listdir(root / folder))
    for name in names:
        inside = folder / name
        path = root / inside
        with in_words(path):
            real = path.resolve(strict=True)
        if path.is_symlink() and home != real and home not in real.parents:
            raise WeirError(
                f"{path} is a link to {real}, out of the folder {root}.", "Give that path itself, or copy it into the folder."
            )
        if not _is_folder(path):
            found.append(inside)
        elif real in around:
            raise WeirError(f"{path} is a link to {real}, a folder around it.", "Remove or correct it.")
        else:
            _walk(root, inside, home, [*around, real], found)


def _shown(base: Path, inside: Path) -> str:
    """Not by where a link leads: it is called as it was named."""
    full = Path(os.path.abspath(base))
    place = full.parent.resolve() / full.name
    try:
        return (place.relative_to(Path.cwd().resolve()) / inside).as_posix()
    except ValueError:
        return inside.name or full.name
