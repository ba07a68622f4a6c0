"""How a package takes its name: written beside it, made durable, renamed.

A process that is killed at any moment leaves the whole package, or none and a temporary file whose name says what it
is and which process made it. The next run for the same target sweeps it, unless that process still lives.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from typing import TYPE_CHECKING

from docpack.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["PARTIAL_SUFFIX", "publish", "sweep"]

PARTIAL_SUFFIX = ".docpack-partial"
_MAX_NAME_BYTES = 200  # of the 255 that file systems allow; the rest is for the process id and the suffix
_HINT = "Check the folder, its permissions and the space on the disk."
_active: set[str] = set()  # what this process is writing: a left-over may carry our own number, in a container say


@contextlib.contextmanager
def publish(target: Path, *, folder: bool) -> Iterator[Path]:
    """Give a temporary path beside the target, and let it take the target's name when the block ends well.

    The temporary path does not exist yet, but for a folder, which is made. A file in the target's place is replaced;
    so is an empty folder. Whatever the block raises, nothing is left.

    Raises:
        OutputError: The target cannot be written, holds files already, or is being written by this process.
    """
    temporary = target.with_name(f".{_short(target.name)}.{os.getpid()}{PARTIAL_SUFFIX}")
    key = os.path.abspath(temporary)  # noqa: PTH100  # resolve() would look at links that nobody follows here
    if key in _active:
        raise OutputError(f"{target} is being written already", hint="Wait for it, or name another file.")
    _active.add(key)
    try:
        made = _make_parents(target.parent)
        _check_target(target, folder=folder)
        sweep(target)
        try:
            if folder:
                temporary.mkdir()
            yield temporary
            _make_durable(temporary)
            temporary.replace(target)
            for each in (target.parent, *made):
                _sync(each)
        finally:
            _remove(temporary)
    except (OSError, ValueError) as error:
        raise OutputError(f"{target} cannot be written: {_reason(error, temporary)}", hint=_HINT) from error
    finally:
        _active.discard(key)


def sweep(target: Path) -> list[Path]:
    """Remove what dead processes left of this target, and return it; what living ones write is left alone.

    Raises:
        OSError: The folder cannot be read.
    """
    pattern = re.compile(rf"\.{re.escape(_short(target.name))}\.([0-9]+){re.escape(PARTIAL_SUFFIX)}", re.ASCII)
    swept = []
    for path in sorted(target.parent.iterdir()):
        match = pattern.fullmatch(path.name)
        if match and not _is_written(path, int(match[1])):
            _remove(path)
            swept.append(path)
    return swept


def _is_written(partial: Path, process_id: int) -> bool:
    if process_id == os.getpid():
        return os.path.abspath(partial) in _active  # noqa: PTH100
    if os.name == "nt":  # os.kill would end the process there, whatever the signal
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's process, or no process id at all: hands off
        return True
    return True


def _short(name: str) -> str:
    """Return a file's name, or its head and a digest where nothing more would fit behind it."""
    data = os.fsencode(name)
    if len(data) <= _MAX_NAME_BYTES:
        return name
    return os.fsdecode(data[: _MAX_NAME_BYTES - 17]) + "-" + hashlib.sha256(data).hexdigest()[:16]


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder with its parents; return the parents of those that were missing, which must be made durable."""
    missing = []
    each = folder
    while not each.exists() and each != each.parent:
        missing.append(each.parent)
        each = each.parent
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _check_target(target: Path, *, folder: bool) -> None:
    if not target.name:
        raise OutputError(f"{target} is no name for a package", hint="Name a new file or folder with -o.")
    if folder and target.is_dir() and any(target.iterdir()):
        raise OutputError(f"{target} exists and is not empty", hint="Name a new folder; nothing in it is replaced.")
    if folder and target.exists() and not target.is_dir():
        raise OutputError(f"{target} exists and is no folder", hint="Name a new folder.")
    if not folder and target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "a device or a pipe"
        raise OutputError(f"{target} is {kind}, no file", hint="Name a new file.")


def _make_durable(path: Path) -> None:
    if not path.is_dir():
        _sync(path)
        return
    for folder, _, files in os.walk(path, topdown=False):
        for name in files:
            _sync(os.path.join(folder, name))  # noqa: PTH118  # os.walk gives strings
        _sync(folder)


def _sync(path: Path | str) -> None:
    """Make a file, or the names in a folder, durable.

    Raises:
        OSError: The disk did not take it. Windows cannot do this for folders, nor some network file systems.
    """
    is_folder = os.path.isdir(path)  # noqa: PTH112
    if is_folder and os.name == "nt":
        return
    flags = os.O_RDONLY if os.name != "nt" else os.O_RDWR
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            import shutil

            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _reason(error: Exception, temporary: Path) -> str:
    reason = str(getattr(error, "strerror", None) or error)
    name = getattr(error, "filename", None)
    known = name is None or os.fsdecode(name).startswith(str(temporary))
    return reason if known else f"{reason}: {name}"
