"""Files read with clear errors, told by their digests, and written in one step: whole, or as they were before."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import BinaryIO

__all__ = [
    "MAX_INPUT_BYTES",
    "NewFile",
    "read_file",
    "read_stream",
    "real_path",
    "replace_file",
    "sha256_of",
    "sweep_new_files",
    "sync_file",
    "sync_folder",
]

_CHUNK_BYTES = 1 << 20
_NEW_SUFFIX = ".docpack-tmp"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
MAX_INPUT_BYTES = 1 << 30  # a text of 1 GiB; its document would take some 40 GB


def read_file(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        InputError: It is missing, a folder, not readable, or larger than `MAX_INPUT_BYTES`.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_INPUT_BYTES:
                raise InputError(f"{path} has {size} bytes; the limit is {MAX_INPUT_BYTES}", hint="Split it.")
            return read_stream(file, str(path))
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}", hint="Check the name and the folder.") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder", hint="Name a file in it.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read: {reason}", hint="Check its permissions.") from error


def read_stream(file: BinaryIO, name: str) -> bytes:
    """Return all that a stream gives: a device or a pipe does not tell its size, and may never end.

    Raises:
        InputError: It is more than `MAX_INPUT_BYTES`.
        OSError: It cannot be read.
    """
    chunks: list[bytes] = []  # not one read of so many bytes: room for all of them would be made beforehand
    left = MAX_INPUT_BYTES
    while chunk := file.read(_CHUNK_BYTES):
        chunks.append(chunk)
        left -= len(chunk)
        if left < 0:
            raise InputError(f"{name} has more than {MAX_INPUT_BYTES} bytes, which is the limit", hint="Split it.")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def sha256_of(path: str, size_bytes: int | None = None) -> str:
    """Return the digest of a file, or "" where it cannot be read, or has another size than it should have."""
    import hashlib

    try:
        with open(path, "rb") as file:  # noqa: PTH123  # once an output of a batch: pathlib would be a tenth of its time
            if size_bytes is not None and os.fstat(file.fileno()).st_size != size_bytes:
                return ""
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def real_path(path: str | os.PathLike[str]) -> Path:
    """Return where a path leads, through all links; one that leads nowhere, or in a circle, as far as it goes."""
    return Path(os.path.realpath(path))


def sweep_new_files(path: Path, processes: Collection[int]) -> None:
    """Remove what processes that were killed left of a file that they were writing."""
    import glob

    for process in processes:
        with contextlib.suppress(OSError):
            for left in path.parent.glob(f"{glob.escape(_temporary_stem(path.name, process))}*{_NEW_SUFFIX}"):
                left.unlink()


def _temporary_stem(name: str, process: int) -> str:
    return f".{name[:100]}.{process}-"


class NewFile:
    """A file that is written aside, in the folder of its name, which it takes when it is whole.

    A context manager that gives the file: it takes its name when the block ends, and leaves nothing if the block raises.

    Args:
        path: Its name. The folder is made with its parents; an existing file is replaced, or left as it is.
        durable: Whether it has to outlive a power cut once it has its name.

    Raises:
        OSError: It cannot be made.
        ValueError: No file can have that name.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        if not path.name:
            raise IsADirectoryError(21, "it is a folder")
        self._path, self._durable = path, durable
        # Processes in containers may have one and the same number: the moment tells them apart.
        stem = _temporary_stem(path.name, os.getpid())
        self._temporary = path.with_name(f"{stem}{time.monotonic_ns()}{_NEW_SUFFIX}")
        if path.exists() and not path.is_file():  # a rename would put a file in the place of a device or pipe
            raise IsADirectoryError(21, "it is a folder" if path.is_dir() else "it is a device or a pipe, no file")
        # Not tempfile: its files are 0600, and an output shall have the permissions of any other new file.
        try:
            descriptor = os.open(self._temporary, _NEW, 0o666)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._temporary, _NEW, 0o666)
        self.file = os.fdopen(descriptor, "wb")

    def publish(self) -> None:
        """Let it take its name.

        Raises:
            OSError: The disk did not take it; then nothing is left.
        """
        try:
            self.file.flush()
            if self._durable:
                os.fsync(self.file.fileno())
            self.file.close()
            self._temporary.replace(self._path)
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Leave nothing of it."""
        with contextlib.suppress(OSError):  # closing writes what is left, which a full disk does not take
            self.file.close()
        with contextlib.suppress(OSError):
            self._temporary.unlink()

    def __enter__(self) -> BinaryIO:
        return self.file

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.publish()
        else:
            self.abandon()


def replace_file(path: Path, data: bytes) -> None:
    """Write a file by way of a temporary one in the same folder, made durable before it takes the name.

    The folder is made with its parents. An existing file is replaced, or left untouched if anything fails.

    Raises:
        OutputError: The folder or the file cannot be written.
    """
    try:
        with NewFile(path) as file:
            file.write(data)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(
            f"{path} cannot be written: {reason}", hint="Check the folder, its permissions and the space on the disk."
        ) from error


def sync_file(path: str | os.PathLike[str]) -> None:
    """Make the content of a file durable.

    Raises:
        OSError: The disk did not take it.
    """
    _sync(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Make the names in a folder durable.

    Raises:
        OSError: The disk did not take it.
    """
    if os.name != "nt":  # Windows cannot open a folder for this
        _sync(path, os.O_RDONLY)


def _sync(path: str | os.PathLike[str], flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
