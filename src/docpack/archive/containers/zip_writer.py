"""A zip archive whose bytes depend on the names and contents of its files alone.

Nothing is compressed: the output of deflate differs between zlib and its successors, and an archive shall be readable
without it. The size of a content is known beforehand, so that each local header stands complete before its data;
only its checksum is filled in afterwards.

Spec:
    APPNOTE.TXT 6.3.10, section 4.3 (layout), 4.4 (fields), 4.5.3 (zip64).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.archive.content import copy

if TYPE_CHECKING:
    from types import TracebackType
    from typing import BinaryIO, Self

    from docpack.archive.content import Content, Digests

__all__ = ["ZipWriter"]

_MAX_32, _MAX_16 = 0xFFFFFFFF, 0xFFFF
_UTF8_NAME = 0x0800
_DATE_1980_01_01 = 1 << 5 | 1
_UNIX = 3 << 8
_REGULAR_FILE_0644 = 0o100644 << 16
_PLAIN_VERSION, _ZIP64_VERSION = 20, 45


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the central directory says of a file."""

    name: bytes
    flags: int
    size_bytes: int
    crc: int
    offset_bytes: int

    def local_header(self) -> bytes:
        large = self.size_bytes >= _MAX_32
        size = _MAX_32 if large else self.size_bytes
        extra = struct.pack("<HHQQ", 1, 16, self.size_bytes, self.size_bytes) if large else b""
        fields = (_version(large), self.flags, 0, 0, _DATE_1980_01_01, self.crc, size, size)
        return struct.pack("<4s5H3L2H", b"PK\3\4", *fields, len(self.name), len(extra)) + self.name + extra

    def central_header(self) -> bytes:
        large, far = self.size_bytes >= _MAX_32, self.offset_bytes >= _MAX_32
        size = _MAX_32 if large else self.size_bytes
        offset = _MAX_32 if far else self.offset_bytes
        values = [self.size_bytes] * 2 * large + [self.offset_bytes] * far
        extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""
        version = _version(large or far)
        fields = (_UNIX | version, version, self.flags, 0, 0, _DATE_1980_01_01, self.crc, size, size)
        more = (len(self.name), len(extra), 0, 0, 0, _REGULAR_FILE_0644, offset)
        return struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields, *more) + self.name + extra


class ZipWriter:
    """Writes a zip archive to a new file, which it closes; the file can seek."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._entries: list[_Entry] = []
        self._closed = False

    def add(self, name: str, content: Content) -> Digests:
        """Write one file."""
        crc = 0

        def write(chunk: memoryview) -> None:
            nonlocal crc
            crc = zlib.crc32(chunk, crc)
            self._file.write(chunk)

        flags = 0 if name.isascii() else _UTF8_NAME
        offset = self._file.tell()
        empty = _Entry(name.encode(), flags, content.size_bytes, 0, offset)
        self._file.seek(offset + len(empty.local_header()))
        digests = copy(content, write)
        stop = self._file.tell()
        entry = _Entry(empty.name, flags, content.size_bytes, crc, offset)
        self._file.seek(offset)
        self._file.write(entry.local_header())
        self._file.seek(stop)
        self._entries.append(entry)
        return digests

    def close(self) -> None:
        """Write the central directory, and close the file."""
        if self._closed:
            return
        self._closed = True
        try:
            start = self._file.tell()
            for entry in self._entries:
                self._file.write(entry.central_header())
            self._file.write(_end(len(self._entries), start, self._file.tell()))
        finally:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._closed = True
            self._file.close()


def _version(zip64: bool) -> int:  # noqa: FBT001  # it is what the word says
    return _ZIP64_VERSION if zip64 else _PLAIN_VERSION


def _end(count: int, start: int, stop: int) -> bytes:
    """Return the records that end the archive: with the 64-bit ones only where the plain one cannot hold a number."""
    size = stop - start
    large = b""
    if count >= _MAX_16 or size >= _MAX_32 or start >= _MAX_32:
        fields = (44, _UNIX | _ZIP64_VERSION, _ZIP64_VERSION, 0, 0, count, count, size, start)
        large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", *fields) + struct.pack("<4sLQL", b"PK\6\7", 0, stop, 1)
    counts = (min(count, _MAX_16),) * 2
    return large + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *counts, min(size, _MAX_32), min(start, _MAX_32), 0)
