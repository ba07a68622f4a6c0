"""Files read with clear errors and written in one step: an output is there whole, or as it was before."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.errors import InputError, OutputError

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["MAX_INPUT_BYTES", "read_file", "read_stream", "real_path", "replace_file"]

_CHUNK_BYTES = 1 << 20
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


def real_path(path: str | os.PathLike[str]) -> Path:
    """Return where a path leads, through all links; one that leads nowhere, or in a circle, as far as it goes."""
    return Path(os.path.realpath(path))


def replace_file(path: Path, data: bytes) -> None:
    """Write a file by way of a temporary one in the same folder, made durable before it takes the name.

    The folder is made with its parents. An existing file is replaced, or left untouched if anything fails.

    Raises:
        OutputError: The folder or the file cannot be written.
    """
    try:
        if not path.name:
            raise IsADirectoryError(21, "it is a folder")
        # Processes in containers may have one and the same number: the moment tells them apart.
        temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}-{time.monotonic_ns()}.docpack-tmp")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # a rename would put a file in the place of a device or pipe
            raise IsADirectoryError(21, "it is a folder" if path.is_dir() else "it is a device or a pipe, no file")
        try:
            # Not tempfile: its files are 0600, and an output shall have the permissions of any other new file.
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(
            f"{path} cannot be written: {reason}", hint="Check the folder, its permissions and the space on the disk."
        ) from error
