"""Where a store is written before it counts: a folder of its own, held by one process at a time.

It is an extension of the storage root, which every validator passes over: so a store is valid even while something
is being added to it. It is there only then, or after a crash; the next who writes sweeps it.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from docpack.archive.durable import NO_LINKS, remove_tree
from docpack.archive.ocfl.folders import Kind, children
from docpack.errors import DependencyError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["STAGING", "hold", "sweep"]

STAGING = "extensions/docpack-staging"
_LOCK = "lock"
_POLL_S = 0.05


@contextlib.contextmanager
def hold(root: Path, *, wait_s: float) -> Iterator[Path]:
    """Give the folder for staging, held against all other processes; it is gone afterwards.

    The system lets go of the lock when its process ends, however it ends: what a crash left is never a lock.

    Args:
        root: The storage root.
        wait_s: How long to wait for another process.

    Raises:
        OutputError: Another process held it all that time.
        DependencyError: The system has no such locks.
        OSError: The folder cannot be made.
    """
    path = root / STAGING / _LOCK
    deadline = time.monotonic() + wait_s
    while (descriptor := _try_lock(root, path)) is None:
        if time.monotonic() >= deadline:
            raise OutputError(
                f"another process has been writing to {root} for {wait_s:g} s", hint="Try again when it is done."
            )
        time.sleep(_POLL_S)
    try:
        yield path.parent
    finally:
        # Removed while it is held: whoever waits for this file finds that it is no longer the one of that name.
        with contextlib.suppress(OSError):
            path.unlink()
            path.parent.rmdir()
            path.parent.parent.rmdir()  # "extensions", if there was none
        os.close(descriptor)


def _try_lock(root: Path, path: Path) -> int | None:
    """Return the descriptor of the lock file, held; None where somebody else holds it or has just removed it."""
    try:
        import fcntl
    except ImportError as error:  # Windows
        raise DependencyError(
            "this system has no locks of the kind that a store needs", hint="Write to the store from Linux or macOS."
        ) from error
    try:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(exist_ok=True)
            if folder.is_symlink():
                raise OutputError(f"{folder} is a link", hint="Nothing is written through links; validate the store.")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINKS, 0o666)
    except FileNotFoundError:  # a folder went away between two of these lines: the other process is done
        if not root.is_dir():
            raise
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), path.lstat()):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def sweep(staging: Path) -> list[str]:
    """Remove what an earlier process left in the folder for staging, and return it; the caller holds the folder.

    Raises:
        OSError: It cannot be removed.
    """
    left = [each for each in children(staging) if each.name != _LOCK]
    for each in left:
        remove_tree(staging / each.name)
    return [f"removed {STAGING}/{each.name}, {_left(each.kind)}" for each in left]


def _left(kind: Kind) -> str:
    return "which an interrupted process left" if kind is Kind.FOLDER else "which does not belong there"
