"""Folders with links, devices and things that change under the reader's eyes."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from docpack.archive.opening import open_package
from docpack.archive.package_check import check_package
from docpack.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

SOURCE = "data/representations/source/data/in.txt"


def link_file(top: Path) -> None:
    (top / "data/link").symlink_to("/etc/passwd")


def link_inside(top: Path) -> None:
    (top / "data/link").symlink_to("METS.xml")


def link_folder(top: Path) -> None:
    (top / "data/folder").symlink_to("/etc")


def link_nowhere(top: Path) -> None:
    (top / "data/nowhere").symlink_to("nothing")


def link_to_itself(top: Path) -> None:
    (top / "data/loop").symlink_to(".")


def replace_by_link(top: Path) -> None:
    (top / SOURCE).rename(top.parent.parent / "moved")
    (top / SOURCE).symlink_to(top.parent.parent / "moved")


def second_name(top: Path) -> None:
    os.link(top / SOURCE, top.parent.parent / "second")


def pipe(top: Path) -> None:
    os.mkfifo(top / "data/pipe")


def listener(top: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    try:  # a socket's path has 107 bytes at most
        os.chdir(top / "data")
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("socket")
    finally:
        os.fchdir(here)
        os.close(here)


def empty_folder(top: Path) -> None:
    (top / "data/hidden/deeper").mkdir(parents=True)


def undecodable_name(top: Path) -> None:
    (top / "data" / os.fsdecode(b"\xff\xfe")).write_bytes(b"")


def beside(top: Path) -> None:
    (top.parent / "beside.txt").write_bytes(b"")


def second_folder(top: Path) -> None:
    (top.parent / "docpack-2").mkdir()
    (top.parent / "docpack-2/bagit.txt").write_bytes(b"")


ATTACKS = {
    "link-to-a-file": (link_file, "link"),
    "link-inside": (link_inside, "link"),
    "link-to-a-folder": (link_folder, "link"),
    "link-to-nothing": (link_nowhere, "link"),
    "link-to-itself": (link_to_itself, "link"),
    "link-for-a-file": (replace_by_link, "link"),
    "file-with-two-names": (second_name, "hard-link"),
    "pipe": (pipe, "special-file"),
    "socket": (listener, "special-file"),
    "empty-folder": (empty_folder, "empty-folder"),
    "name-of-no-encoding": (undecodable_name, "name-encoding"),
    "file-beside-the-top-folder": (beside, "top-folder"),
    "folder-beside-the-top-folder": (second_folder, "mets-missing"),
}


@pytest.mark.parametrize(("attack", "code"), ATTACKS.values(), ids=ATTACKS)
def test_a_hostile_folder_is_refused(attack: Callable[[Path], None], code: str, packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", "folder", packages.bag())
    attack(package / "docpack-1")

    report = check_package(package)

    assert not report.ok
    assert code in {each.code.id for each in report.problems}


def test_the_top_folder_itself_is_taken_too(packages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = packages.write(tmp_path / "p", "folder", packages.bag())
    monkeypatch.chdir(package / "docpack-1")

    assert check_package(package / "docpack-1", level="canonical").ok
    assert check_package(package / "docpack-1/../docpack-1").objid == "docpack-1"
    assert check_package(type(package)(), level="canonical").ok


def test_a_top_folder_of_another_name_is_refused(packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", "folder", packages.bag(), objid="renamed")

    report = check_package(package)

    assert [each.code.id for each in report.problems] == ["mets-objid"]


def test_a_file_that_can_be_run_is_not_canonical(packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", "folder", packages.bag())
    (package / "docpack-1" / SOURCE).chmod(0o755)

    assert check_package(package).ok
    assert [each.code.id for each in check_package(package, level="canonical").problems] == ["not-canonical"]


@pytest.mark.parametrize("change", ["grown", "replaced", "by-a-link", "by-a-pipe", "gone"])
def test_a_file_that_changes_after_it_was_looked_at_is_not_read(change: str, packages: ModuleType, tmp_path: Path):
    path = packages.write(tmp_path / "p", "folder", packages.bag()) / "docpack-1" / SOURCE
    with open_package(tmp_path / "p") as package:
        data = path.read_bytes()
        if change == "grown":
            path.write_bytes(data + b"more")
        else:
            path.rename(tmp_path / "other")
        if change == "replaced":
            path.write_bytes(data)
        elif change == "by-a-link":
            path.symlink_to(tmp_path / "other")
        elif change == "by-a-pipe":
            os.mkfifo(path)

        with pytest.raises(InputError, match=r"was changed while it was read|cannot be read"):
            package.tree["representations/source/data/in.txt"].open()


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda _: None, id="missing"),
        pytest.param(lambda path: path.mkdir(), id="empty-folder"),
        pytest.param(os.mkfifo, id="pipe"),
        pytest.param(lambda path: path.symlink_to("nothing"), id="link-to-nothing"),
    ],
)
def test_what_is_no_package_at_all_cannot_be_read(make: Callable[[Path], None], tmp_path: Path):
    make(tmp_path / "p")

    with pytest.raises(InputError) as caught:
        check_package(tmp_path / "p")

    assert caught.value.hint


def test_more_than_a_hundred_gigabytes_are_refused_before_they_are_read(packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", "folder", packages.bag())
    with (package / "docpack-1/data/large").open("wb") as file:
        file.truncate(100_000_000_001)  # sparse: it takes no space

    report = check_package(package)

    assert "too-large" in {each.code.id for each in report.problems}
