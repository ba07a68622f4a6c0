"""The strict reader of packages that are folders: nothing is followed, and every file is the one that was looked at."""

from __future__ import annotations

import io
import os
import stat
from functools import partial
from typing import TYPE_CHECKING

from docpack.archive.members import Entry, Source
from docpack.archive.problems import Code
from docpack.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from docpack.archive.problems import Problems

__all__ = ["read_folder"]

# O_NONBLOCK: a pipe that takes a file's place must not hold us up.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def read_folder(root: str, problems: Problems) -> Iterator[Entry]:
    """Yield the files and folders below a folder, sorted, with names relative to it.

    Raises:
        InputError: A folder cannot be read.
    """
    pending = [""]
    while pending:
        name = pending.pop()
        folders = []
        for each in _listed(os.path.join(root, name) if name else root):  # noqa: PTH118  # strings: 100 000 files
            path = f"{name}/{each.name}" if name else each.name
            try:
                status = each.stat(follow_symlinks=False)
            except OSError as error:
                raise InputError(
                    f"{path} cannot be looked at: {error.strerror}", hint="Check the permissions."
                ) from error
            if stat.S_ISDIR(status.st_mode):
                folders.append(path)
                yield Entry(_checked(path, problems))
            elif entry := _file_entry(path, each.path, status, problems):
                yield entry
        pending += reversed(folders)


def _listed(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda each: each.name)
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}", hint="Check the permissions.") from error


def _file_entry(path: str, place: str, status: os.stat_result, problems: Problems) -> Entry | None:
    name = _checked(path, problems)
    if stat.S_ISLNK(status.st_mode):
        problems.add(Code.LINK, name, f"{name} is a symbolic link")
        return None
    if not stat.S_ISREG(status.st_mode):
        problems.add(Code.SPECIAL_FILE, name, f"{name} is a device, a pipe or a socket")
        return None
    if status.st_nlink > 1:
        problems.add(Code.HARD_LINK, name, f"{name} has {status.st_nlink} names")
    # scandir's own status has no inode on Windows: what is not known is not compared.
    identity = (status.st_dev, status.st_ino) if status.st_ino else None
    return Entry(name, status.st_size, partial(_open, place, status.st_size, identity))


def _open(place: str, size_bytes: int, identity: tuple[int, int] | None) -> BinaryIO:
    try:
        descriptor = os.open(place, _FLAGS)
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror}", hint="Check the permissions.") from error
    status = os.fstat(descriptor)
    same = identity is None or identity == (status.st_dev, status.st_ino)
    if not stat.S_ISREG(status.st_mode) or not same or status.st_size != size_bytes:
        os.close(descriptor)
        raise InputError(f"{place} was changed while it was read", hint="Read it when nobody writes to it.")
    return _Bounded(descriptor, size_bytes, place).as_file()


class _Bounded(Source):
    """A file of which no more is read than it had when it was looked at."""

    def __init__(self, descriptor: int, size_bytes: int, place: str) -> None:
        super().__init__()
        self._file = io.FileIO(descriptor)
        self._left = size_bytes
        self._place = place

    def fill(self, view: memoryview) -> int:
        try:
            count = self._file.readinto(view[: self._left]) or 0
        except OSError as error:
            raise InputError(f"{self._place} cannot be read: {error.strerror}", hint="Check the disk.") from error
        self._left -= count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _checked(path: str, problems: Problems) -> str:
    """Return a path as text; names that are no UTF-8 are reported, and escaped so that they can be told."""
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        problems.add(Code.NAME_ENCODING, shown)
        return shown
    return path
