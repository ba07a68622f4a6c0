"""Looks into the folders of a store without ever following a link: what is not a plain file or folder is named so."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

from docpack.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Entry", "Kind", "children", "open_regular", "plain_path", "read_small", "walk"]

_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe would block before it is recognised


class Kind(StrEnum):
    """What an entry of a folder is."""

    FILE = "a file"
    FOLDER = "a folder"
    LINK = "a link"
    OTHER = "neither a file nor a folder"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a folder; `path` is below the folder that was asked for, with / between its parts.

    `links` counts the names that the file has in the file system; `inode` says with which others it shares them.
    """

    path: str
    kind: Kind
    size_bytes: int = 0
    links: int = 1
    inode: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def children(folder: Path, below: str = "") -> list[Entry]:
    """Return what stands in a folder, by name.

    Args:
        folder: The folder that paths are given from.
        below: A path below it.

    Raises:
        OSError: It cannot be listed.
    """
    with os.scandir(folder / below) as listing:
        found = [_entry(each, f"{below}/{each.name}" if below else each.name) for each in listing]
    return sorted(found, key=lambda each: each.path)


def _entry(each: os.DirEntry[str], path: str) -> Entry:
    status = each.stat(follow_symlinks=False)
    return Entry(path, _kind(status.st_mode), status.st_size, status.st_nlink, (status.st_dev, status.st_ino))


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.LINK if stat.S_ISLNK(mode) else Kind.OTHER


def walk(folder: Path, below: str = "") -> Iterator[tuple[str, list[Entry]]]:
    """Yield a folder's path and its entries, and then the same for each folder in it.

    Raises:
        OSError: One of them cannot be listed.
    """
    waiting = [below]
    while waiting:
        path = waiting.pop()
        entries = children(folder, path)
        yield path, entries
        waiting.extend(each.path for each in reversed(entries) if each.kind is Kind.FOLDER)


def open_regular(path: Path) -> BinaryIO:
    """Open a plain file for reading.

    Raises:
        OSError: It is missing, cannot be read, or is a link, a folder, a device or a pipe.
    """
    descriptor = os.open(path, os.O_RDONLY | _NO_LINKS | getattr(os, "O_CLOEXEC", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise OSError(errno.EINVAL, "it is no plain file", str(path))


def read_small(path: Path, limit_bytes: int) -> bytes | None:
    """Return a plain file's bytes, or None where they are more than the limit.

    Raises:
        OSError: See `open_regular`.
    """
    with open_regular(path) as file:
        data = file.read(limit_bytes + 1)
    return data if len(data) <= limit_bytes else None


def plain_path(root: Path, relative: str) -> Path:
    """Return the path of a file below a folder, where no part of the way is a link.

    Raises:
        InputError: A part is missing or a link, or the last one no plain file.
    """
    path = root
    parts = relative.split("/")
    for number, part in enumerate(parts, 1):
        path /= part
        try:
            kind = _kind(path.lstat().st_mode)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{path} cannot be read: {reason}", hint="Validate the store.") from error
        if kind is not (Kind.FILE if number == len(parts) else Kind.FOLDER):
            raise InputError(f"{path} is {kind}", hint="Nothing is followed or opened but plain files in folders.")
    return path
