"""Folders that are on the disk, not in a cache, when a function returns; files that are new, and trees that go."""

from __future__ import annotations

import io
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from docpack.files import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["NO_LINKS", "open_steadily", "remove_tree", "sync_tree", "write_new"]

NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_T = TypeVar("_T")
_SYNC_EVERY_BYTES = 1 << 26  # enough for a disk to be busy with, and little enough to be done before the end


class _SteadyFile(io.FileIO):
    """A new file that goes to the disk while it is written: its last sync finds little left to do."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "x")
        self._unsynced_bytes = 0
        self._syncing: Future[None] | None = None

    def write(self, data: Any, /) -> int:
        """Write some bytes; a disk that failed to take earlier ones is told of here at the latest."""
        count = super().write(data)
        self._unsynced_bytes += count
        if self._unsynced_bytes >= _SYNC_EVERY_BYTES and (self._syncing is None or self._syncing.done()):
            self._wait()
            self._unsynced_bytes = 0
            self._syncing = _syncer().submit(os.fsync, self.fileno())
        return count

    def close(self) -> None:
        """Close the file."""
        try:
            self._wait()
        finally:
            super().close()

    def _wait(self) -> None:
        syncing, self._syncing = self._syncing, None
        if syncing:
            syncing.result()


@cache
def _syncer() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(1, "docpack-sync")


if hasattr(os, "register_at_fork"):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=_syncer.cache_clear)


def open_steadily(path: Path) -> BinaryIO:
    """Open a new file for much that is written in one go.

    Raises:
        OSError: It exists, or cannot be made.
    """
    return io.BufferedWriter(_SteadyFile(path))


def write_new(path: Path, fill: Callable[[Callable[[bytes], object]], _T]) -> _T:
    """Make a new file and let `fill` write it through the function that it is given; return what `fill` returns.

    Raises:
        OSError: It exists, or cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        return fill(file.write)


def sync_tree(path: Path) -> None:
    """Make a folder durable with all that is in it, contents and names.

    Raises:
        OSError: The disk did not take it.
    """
    for folder, _, files in os.walk(path, topdown=False):
        for name in files:
            sync_file(Path(folder, name))
        sync_folder(Path(folder))


def remove_tree(path: Path) -> None:
    """Remove a file or folder; a link is removed and not followed.

    Raises:
        OSError: It cannot be removed.
    """
    if path.is_dir() and not path.is_symlink():
        import shutil

        shutil.rmtree(path)
    else:
        path.unlink()
