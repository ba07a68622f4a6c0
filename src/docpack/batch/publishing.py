"""How many outputs take their names at once: written aside, made durable together, renamed.

    OUT/.docpack-batch-XXXX/     where one run writes; held by a lock, which ends with its process

One call that makes a file system durable costs as much as one that does it for a file, and so a group of outputs costs
what a single one would. The folder is gone when the run is; what killed runs left is swept by the next, which may begin at any moment of this one.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.errors import OutputError
from docpack.files import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

__all__ = ["Staged", "Staging", "stage", "sweep"]

_PREFIX = ".docpack-batch-"
_LOCK = "lock"
_MAX_TRIES = 100  # to make the folder, while others sweep it away
_FEW = 4  # files for which a call each is cheaper than one for the whole file system
Staged = tuple[str, str]  # where it lies, and what it is to be called


class Staging:
    """The folder in which one run writes its outputs, and from which they take their names."""

    def __init__(self, output_dir: Path) -> None:
        self._folders: set[str] = set()
        try:
            output_dir.mkdir(parents=True, exist_ok=True)
            self.folder, self._lock = _held(output_dir)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise OutputError(
                f"{output_dir} cannot be written: {reason}",
                hint="Check its permissions and the space on the disk.",
            ) from error

    def commit(self, staged: Iterable[Staged]) -> dict[str, str]:
        """Let outputs take their names, and return when they have them for good.

        Returns:
            What went wrong, by the name that an output did not get.
        """
        pairs = list(staged)
        failed: dict[str, str] = {}
        if not pairs:
            return failed
        _make_durable([each for each, _ in pairs], self.folder)
        folders = set()
        for temporary, target in pairs:
            try:
                folder = os.path.dirname(target) or "."  # noqa: PTH120
                if folder not in self._folders:
                    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
                    self._folders.add(folder)
                os.replace(temporary, target)  # noqa: PTH105
                folders.add(folder)
            except OSError as error:
                failed[target] = error.strerror or str(error)
        _make_durable(sorted(folders), self.folder)
        return failed

    def close(self) -> None:
        """Remove the folder."""
        with contextlib.suppress(OSError):
            _remove(self.folder)
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _held(output_dir: Path) -> tuple[Path, int]:
    """Return a new folder and its lock, which is held; who holds one is never swept.

    Until it is held, another run may take it for a left-over and sweep it. Whoever has the lock decides: if that is not
    us, or if the lock is gone from the folder once we have it, another folder is made.

    Raises:
        OSError: None can be made.
    """
    for _ in range(_MAX_TRIES):
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=output_dir))
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            continue
        if _is_ours(lock) and (folder / _LOCK).exists():
            return folder, lock
        os.close(lock)
    raise FileNotFoundError(errno.ENOENT, "its folders are swept away as soon as they are made")


def _is_ours(lock: int) -> bool:
    try:
        _try_lock(lock)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, where nobody can sweep either
        return True
    return True


def stage(folder: str, name: str, data: bytes, target: str) -> Staged:
    """Write an output aside, under a name of its own; `target` is what it is to be called.

    Raises:
        OutputError: The disk did not take it.
    """
    path = f"{folder}/{name}"
    try:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(data)
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error.strerror}", hint="Check the space on the disk."
        ) from error
    return path, target


def sweep(output_dir: Path) -> int:
    """Remove what killed runs left in a folder for outputs; return how many there were."""
    swept = 0
    with contextlib.suppress(OSError):
        for folder in output_dir.glob(f"{_PREFIX}*"):
            swept += _swept(folder)
    return swept


def _swept(folder: Path) -> bool:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:  # it is just being made, or was left by a process that died right then
        with contextlib.suppress(OSError):
            folder.rmdir()
        return False
    except OSError:
        return False
    try:
        _try_lock(lock)
        _remove(folder)
    except OSError:  # its run still lives, or nobody can tell
        return False
    finally:
        os.close(lock)
    return True


def _remove(folder: Path) -> None:
    """Remove a folder and what is in it, the lock last: a folder without one is nobody's, if we die meanwhile.

    Raises:
        OSError: Something stays.
    """
    with os.scandir(folder) as entries:
        for each in entries:
            if each.is_dir(follow_symlinks=False):
                shutil.rmtree(each.path)
            elif each.name != _LOCK:
                os.unlink(each.path)  # noqa: PTH108
    (folder / _LOCK).unlink(missing_ok=True)
    folder.rmdir()


def _try_lock(descriptor: int) -> None:
    """Hold a lock file.

    Raises:
        OSError: Another process does.
    """
    try:
        import fcntl
    except ImportError:  # Windows, which does not remove what is open
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _make_durable(paths: list[str], inside: Path) -> None:
    """Make files, or the names in folders, outlive a power cut: one by one, or the whole file system at once."""
    if len(paths) > _FEW and _sync_file_system(inside):
        return
    for path in paths:
        with contextlib.suppress(OSError):  # a file that is not there fails when it is to take its name
            (sync_folder if os.path.isdir(path) else sync_file)(path)  # noqa: PTH112


def _sync_file_system(inside: Path) -> bool:
    """Make everything on a file system durable, where the system can; Linux, syncfs(2)."""
    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except (AttributeError, OSError, TypeError):
        return False
    try:
        descriptor = os.open(inside, os.O_RDONLY)
    except OSError:  # somebody removed it: then nothing is left to be made durable
        return False
    try:
        return bool(syncfs(descriptor) == 0)
    finally:
        os.close(descriptor)
