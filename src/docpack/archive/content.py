"""What a package is made of: logical paths, and contents that are bytes or stay in their file until they are copied."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias, cast, runtime_checkable

from docpack.archive.hashing import Hashes
from docpack.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["CHUNK_BYTES", "BytesContent", "Content", "Digests", "FileContent", "Tree", "copy", "digests_of"]

CHUNK_BYTES = 1 << 20


@runtime_checkable
class Content(Protocol):
    """The content of one file of a package; it can be opened again and again."""

    @property
    def size_bytes(self) -> int:
        """How many octets `open` gives."""

    def open(self) -> BinaryIO:
        """Return the content, opened for reading; the caller closes it."""


Tree: TypeAlias = "Mapping[str, Content]"  # logical path, with / between folders and none in front -> content


@dataclass(frozen=True, slots=True)
class BytesContent:
    """A content that is at hand."""

    data: bytes = field(repr=False)

    @property
    def size_bytes(self) -> int:
        """How many octets there are."""
        return len(self.data)

    def open(self) -> BinaryIO:
        """Return the bytes as a file."""
        return io.BytesIO(self.data)


@dataclass(frozen=True, slots=True)
class FileContent:
    """A content that lies in a file; its size is that of the moment at which it was looked at."""

    path: Path
    size_bytes: int

    @classmethod
    def of(cls, path: Path) -> FileContent:
        """Return the content of a file.

        Raises:
            OSError: The file cannot be looked at.
        """
        return cls(path, path.stat().st_size)

    def open(self) -> BinaryIO:
        """Return the file, opened for reading.

        Raises:
            InputError: It cannot be opened.
        """
        try:
            return self._open()
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def _open(self) -> BinaryIO:
        return cast("BinaryIO", self.path.open("rb", buffering=0))  # read in large pieces; a buffer would only copy


@dataclass(frozen=True, slots=True)
class Digests:
    """What proves a content: its size in octets and its digests, in lower-case hexadecimal."""

    size_bytes: int
    sha256: str
    sha512: str


def chunks(file: BinaryIO, size_bytes: int = CHUNK_BYTES) -> Iterator[memoryview]:
    """Yield the rest of a file in pieces of at most `CHUNK_BYTES`; each is gone when the next one comes.

    One buffer serves for all: to ask the system for new memory a thousand times costs more than to hash with SHA-256.

    Args:
        file: What to read.
        size_bytes: How much there is, if that is known: a small file needs no large buffer.
    """
    buffer = memoryview(bytearray(min(max(size_bytes, 1), CHUNK_BYTES)))
    while count := file.readinto(buffer):  # type: ignore[attr-defined]  # typeshed's BinaryIO lacks it
        yield buffer[:count]


def copy(content: Content, write: Callable[[memoryview], object] | None = None) -> Digests:
    """Hand a content over in pieces, and hash it on the way: it is read once. A piece must not be kept.

    Raises:
        InputError: It cannot be read.
        OutputError: It no longer has the size that it had when it was looked at.
    """
    hashes, size = Hashes({"sha256": hashlib.sha256(), "sha512": hashlib.sha512()}), 0
    with content.open() as file:
        for chunk in _read_safely(file, content):
            size += len(chunk)
            hashes.update(chunk, write)
    if size != content.size_bytes:
        name = getattr(content, "path", "a content")
        raise OutputError(
            f"{name} had {content.size_bytes} bytes and now has {size}", hint="Pack it when nobody writes to it."
        )
    return Digests(size, **hashes.hexdigests())


def _read_safely(file: BinaryIO, content: Content) -> Iterator[memoryview]:
    """Yield the pieces of a content; that it cannot be read is not mistaken for a disk that cannot be written.

    Raises:
        InputError: It cannot be read on.
    """
    pieces = chunks(file, content.size_bytes)
    while True:
        try:
            piece = next(pieces, None)
        except OSError as error:
            raise _unreadable(getattr(content, "path", "a content"), error) from error
        if piece is None:
            return
        yield piece


def _unreadable(path: object, error: OSError) -> InputError:
    return InputError(f"{path} cannot be read: {error.strerror or error}", hint="Check the file and its permissions.")


def digests_of(content: Content) -> Digests:
    """Return the digests of a content."""
    return copy(content)
