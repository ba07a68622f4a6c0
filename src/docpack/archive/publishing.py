"""How a package takes its name: written beside it, made durable, renamed.

A process that is killed at any moment leaves the whole package, or none and a temporary file whose name says what it
is and which process made it. The next run for the same target sweeps it, unless that process still lives.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.archive.durable import remove_tree, sync_tree
from docpack.errors import OutputError
from docpack.files import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PARTIAL_SUFFIX", "check_outside_stores", "publish", "sweep"]

PARTIAL_SUFFIX = ".docpack-partial"
_MAX_NAME_BYTES = 200  # of the 255 that file systems allow; the rest is for the process id and the suffix
_HINT = "Check the folder, its permissions and the space on the disk."
_DECLARATIONS = ("1.0", "1.1", "object_1.0", "object_1.1")
_active: dict[
    str, str
] = {}  # what this process writes, and for what: a left-over may carry our own number, in a container


@contextlib.contextmanager
def publish(target: Path, *, folder: bool) -> Iterator[Path]:
    """Give a temporary path beside the target, and let it take the target's name when the block ends well.

    The temporary path does not exist yet, but for a folder, which is made. A file in the target's place is replaced;
    so is an empty folder. Whatever the block raises, nothing is left.

    Raises:
        OutputError: The target cannot be written, holds files already, or is being written by this process.
    """
    if not target.name or "\0" in str(target):
        raise OutputError(f"{str(target)!r} is no name for a package", hint="Name a new file or folder with -o.")
    # Processes in containers may have one and the same number: the moment tells them apart.
    temporary = target.with_name(f".{_short(target.name)}.{os.getpid()}-{time.monotonic_ns()}{PARTIAL_SUFFIX}")
    key = os.path.abspath(temporary)  # noqa: PTH100  # resolve() would look at links that nobody follows here
    place = os.path.abspath(target)  # noqa: PTH100
    if place in _active.values():
        raise OutputError(f"{target} is being written already", hint="Wait for it, or name another file.")
    _active[key] = place
    try:
        check_outside_stores(target)
        made = _make_parents(target.parent)
        _check_target(target, folder=folder)
        sweep(target)
        try:
            if folder:
                temporary.mkdir()
            yield temporary
            _make_durable(temporary)
            if folder and target.is_dir():
                target.rmdir()  # an empty one, which Windows does not replace
            temporary.replace(target)
            for each in (target.parent, *made):
                sync_folder(each)
        finally:
            _remove(temporary)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {_reason(error, temporary)}", hint=_HINT) from error
    finally:
        del _active[key]


def check_outside_stores(target: Path) -> None:
    """Refuse a place in an OCFL store, which would break its standard.

    Raises:
        OutputError: It is one.
    """
    for folder in Path(os.path.abspath(target)).parents:  # noqa: PTH100
        if any(os.path.exists(folder / f"0=ocfl_{each}") for each in _DECLARATIONS):  # noqa: PTH110
            raise OutputError(f"{target} lies in the store {folder}", hint="Name a place elsewhere.")


def sweep(target: Path) -> list[Path]:
    """Remove what dead processes left of this target, and return it; what living ones write is left alone.

    Raises:
        OSError: The folder cannot be read.
    """
    pattern = re.compile(
        rf"\.{re.escape(_short(target.name))}\.([0-9]+)(?:-[0-9]+)?{re.escape(PARTIAL_SUFFIX)}", re.ASCII
    )
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
    if folder and target.is_dir() and any(target.iterdir()):
        raise OutputError(f"{target} exists and is not empty", hint="Name a new folder; nothing in it is replaced.")
    if folder and target.exists() and not target.is_dir():
        raise OutputError(f"{target} exists and is no folder", hint="Name a new folder.")
    if not folder and target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "a device or a pipe"
        raise OutputError(f"{target} is {kind}, no file", hint="Name a new file.")


def _make_durable(path: Path) -> None:
    if path.is_dir():
        sync_tree(path)
    else:
        sync_file(path)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        remove_tree(path)


def _reason(error: Exception, temporary: Path) -> str:
    reason = str(getattr(error, "strerror", None) or error)
    name = getattr(error, "filename", None)
    known = name is None or os.fsdecode(name).startswith(str(temporary))
    return reason if known else f"{reason}: {name}"
