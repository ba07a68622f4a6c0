"""The files in a package: where each lies in its container, read in pieces and never beyond its bounds."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Entry", "Extent", "Member", "SharedFile", "Source"]


@dataclass(frozen=True, slots=True)
class Member:
    """One file: a `Content`, with the path under which it lies in the package's top folder."""

    path: str
    size_bytes: int
    opener: Callable[[], BinaryIO] = field(repr=False, compare=False)

    def open(self) -> BinaryIO:
        """Return the content, opened for reading; the caller closes it.

        Reading raises an InputError where the container does not give what it promised.
        """
        return self.opener()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a container says that it holds: the full name as it stands there, and a file or a folder."""

    name: str
    size_bytes: int = 0
    opener: Callable[[], BinaryIO] | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder's own entry."""
        return self.opener is None


class SharedFile:
    """A container's file, in which several places can be read at once."""

    def __init__(self, file: io.FileIO, size_bytes: int) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.size_bytes = size_bytes

    def read_at(self, offset_bytes: int, count: int) -> bytes:
        """Return `count` bytes, or fewer where the file ends."""
        found = bytearray(max(0, min(count, self.size_bytes - offset_bytes)))
        return bytes(found[: self.read_into(offset_bytes, memoryview(found))])

    def read_into(self, offset_bytes: int, view: memoryview) -> int:
        """Fill the view, as far as the file goes, and return how many bytes there were."""
        done = 0
        with self._lock:
            self._file.seek(offset_bytes)
            while done < len(view) and (count := self._file.readinto(view[done:])):
                done += count
        return done

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Source(io.RawIOBase):
    """A file that gives what `fill` gives, without a buffer in between; a short answer means that the file ends."""

    def fill(self, view: memoryview) -> int:
        """Write the next bytes into the view, as many as there are and fit, and return how many."""
        raise NotImplementedError

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer."""
        return self.fill(memoryview(buffer)) if len(buffer) else 0

    def as_file(self) -> BinaryIO:
        """Return this as the type that callers know; it is one in all but name."""
        return cast("BinaryIO", self)


class Extent(Source):
    """A stretch of a shared file, as a file of its own."""

    def __init__(self, shared: SharedFile, start: int, size_bytes: int) -> None:
        super().__init__()
        self._shared = shared
        self._position, self._stop = start, start + size_bytes

    def fill(self, view: memoryview) -> int:
        """Write the next bytes, as far as the stretch goes."""
        count = self._shared.read_into(self._position, view[: self._stop - self._position])
        self._position += count
        return count

    def take(self, count: int) -> bytes:
        """Return the next bytes, at most `count`."""
        chunk = self._shared.read_at(self._position, min(count, self._stop - self._position))
        self._position += len(chunk)
        return chunk
