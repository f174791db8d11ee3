"""Which files `weir.asset` takes, and what it says of others."""

import os
import socket
import sys
from pathlib import Path
from typing import Any, List

import pytest

import weir
from weir.testing import Session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither pipes of this kind nor links for all")


def kept(*paths: Any) -> List[str]:
    """Paths in the asset; raises as the call does."""

    @weir.workflow
    def keeps() -> List[str]:
        return [file.path for file in weir.asset(*paths).files]

    with Session() as session:
        return session.run(keeps)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "given"
    (made / "sub").mkdir(parents=True)
    (made / "a.txt").write_text("a")
    (made / "sub" / "b.txt").write_text("b")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "c.txt").write_text("c")
    return made


def test_links_inside_of_a_folder_are_followed(folder: Path) -> None:
    (folder / "again.txt").symlink_to("a.txt")
    (folder / "linked").symlink_to("sub")
    assert kept(folder) == ["a.txt", "again.txt", "linked/b.txt", "sub/b.txt"]


def test_a_link_that_is_named_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "link.txt").symlink_to(folder / "a.txt")
    assert kept(tmp_path / "link") == ["a.txt", "sub/b.txt"]
    assert kept(tmp_path / "link.txt") == ["link.txt"]


@pytest.mark.parametrize("target", ["../outside", "../outside/c.txt"])
def test_a_link_out_of_the_folder_is_refused(folder: Path, target: str) -> None:
    (folder / "out").symlink_to(target)
    with pytest.raises(weir.WeirError, match="out is a link to .*outside.*, out of the folder"):
        kept(folder)


def test_links_that_lead_nowhere(folder: Path) -> None:
    (folder / "up").symlink_to(".")
    with pytest.raises(weir.WeirError, match="up is a link to .*given, a folder around it"):
        kept(folder)
    (folder / "up").unlink()
    (folder / "self").symlink_to("self")
    for given in (folder, folder / "self"):
        with pytest.raises(weir.WeirError, match="self is a link that leads to itself"):
            kept(given)
    (folder / "self").unlink()
    (folder / "gone").symlink_to("nothing")
    for given in (folder, folder / "gone"):
        with pytest.raises(weir.WeirError, match="gone is a link to nothing, which is not there"):
            kept(given)


def test_only_files(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for given in (folder, folder / "pipe"):
        with pytest.raises(weir.WeirError, match="pipe is a named pipe"):
            kept(given)
    (folder / "pipe").unlink()
    for device in ("/dev/null", "/dev/zero"):
        with pytest.raises(weir.WeirError, match=f"{device} is a device"):
            kept(device)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(folder / "sock"))
    with pytest.raises(weir.WeirError, match="sock is a socket"):
        kept(folder)


def test_a_blob_is_a_file_too() -> None:
    @weir.workflow
    def stores() -> None:
        weir.blob("/dev/null")

    with Session() as session, pytest.raises(weir.WeirError, match="is a device"):
        session.run(stores)


def test_a_file_that_vanishes_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = os.listdir
    monkeypatch.setattr("weir.files.os.listdir", lambda path: [*names(path), "z.txt"])
    with pytest.raises(weir.WeirError, match="z.txt is not there any more"):
        kept(folder)
