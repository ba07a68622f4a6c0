"""Folders that are on the disk, not in a cache, when a function returns; files that are new, and trees that go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from docpack.files import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NO_LINKS", "remove_tree", "sync_tree", "write_new"]

NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_T = TypeVar("_T")


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
