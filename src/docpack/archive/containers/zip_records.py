"""The records of a zip archive, taken apart: the end of the archive, the directory, and the headers in front of files.

Spec:
    APPNOTE.TXT 6.3.10, section 4.3 (layout), 4.4 (fields), 4.5.3 (zip64).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.archive.problems import Code, DamagedError

if TYPE_CHECKING:
    from docpack.archive.members import SharedFile
    from docpack.archive.problems import Problems

__all__ = ["CentralHeader", "Directory", "LocalHeader", "find_directory", "local_header", "parse_directory"]

_END_BYTES, _LOCATOR_BYTES, _ZIP64_END_BYTES, _LOCAL_BYTES, _CENTRAL_BYTES = 22, 20, 56, 30, 46
_MAX_COMMENT_BYTES = 0xFFFF
_MAX_32, _MAX_16 = 0xFFFFFFFF, 0xFFFF
MAX_DIRECTORY_BYTES = 64_000_000  # 100 000 files with names of 500 bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the directory of an archive lies, and how many files it lists."""

    start: int
    stop: int
    count: int


@dataclass(frozen=True, slots=True)
class CentralHeader:
    """What the directory says of a file."""

    name: bytes
    made_by: int
    flags: int
    method: int
    crc: int
    compressed_bytes: int
    size_bytes: int
    offset_bytes: int
    attributes: int
    extra: dict[int, bytes]
    comment: bytes


@dataclass(frozen=True, slots=True)
class LocalHeader:
    """What stands in front of a file."""

    name: bytes
    flags: int
    method: int
    crc: int
    compressed_bytes: int
    size_bytes: int
    extra: dict[int, bytes]
    stop: int  # where the file's data begins


def find_directory(file: SharedFile, problems: Problems) -> Directory:
    """Return where the directory lies, from the record that ends the archive.

    Raises:
        DamagedError: There is no such record, or the directory is not in front of it.
    """
    start = max(0, file.size_bytes - _END_BYTES - _MAX_COMMENT_BYTES)
    tail = file.read_at(start, file.size_bytes - start)
    place = tail.rfind(b"PK\5\6")
    if place == -1 or len(tail) - place < _END_BYTES:
        raise DamagedError(Code.TRUNCATED, "", "the zip archive has no end record")
    fields = struct.unpack_from("<4s4H2LH", tail, place)
    behind, comment_bytes = len(tail) - place - _END_BYTES, fields[7]
    if behind != comment_bytes:
        problems.add(Code.TRAILING_BYTES, "", f"{behind} bytes lie behind the end record, which says {comment_bytes}")
    elif comment_bytes:
        problems.add(Code.ZIP_COMMENT, "", "the archive carries a comment")
    end = start + place
    disk, directory_disk, here, count, size, offset = fields[1:7]
    if _MAX_16 in (here, count) or _MAX_32 in (size, offset):
        end, here, count, size, offset = _zip64_end(file, end)
    if disk or directory_disk or here != count:
        raise DamagedError(Code.ZIP_HEADER, "", "the zip archive is one part of several")
    if offset + size != end:
        raise DamagedError(Code.HIDDEN_BYTES, "", "the zip directory does not lie where the end record says")
    if size > MAX_DIRECTORY_BYTES:
        raise DamagedError(
            Code.TOO_LARGE, "", f"the zip directory has {size} bytes; the limit is {MAX_DIRECTORY_BYTES}"
        )
    return Directory(offset, end, count)


def parse_directory(file: SharedFile, directory: Directory) -> list[CentralHeader]:
    """Return the directory's headers, in its order.

    Raises:
        DamagedError: It is malformed.
    """
    data = file.read_at(directory.start, directory.stop - directory.start)
    headers, position = [], 0
    while position < len(data):
        header, position = _central_header(data, position)
        headers.append(header)
    if len(headers) != directory.count:
        raise DamagedError(
            Code.ZIP_HEADER, "", f"the zip directory lists {len(headers)} files; the end record says {directory.count}"
        )
    return headers


def local_header(file: SharedFile, central: CentralHeader) -> LocalHeader:
    """Return the header in front of a file.

    Raises:
        DamagedError: There is none where the directory says.
    """
    where = central.name.decode("utf-8", "backslashreplace")
    data = file.read_at(central.offset_bytes, _LOCAL_BYTES)
    if len(data) < _LOCAL_BYTES or data[:4] != b"PK\3\4":
        raise DamagedError(Code.ZIP_DIFFERS, where, "there is no file where the directory says")
    flags, method, _, _, crc, compressed, size, name_bytes, extra_bytes = struct.unpack_from("<4H3L2H", data, 6)
    more = file.read_at(central.offset_bytes + _LOCAL_BYTES, name_bytes + extra_bytes)
    if len(more) < name_bytes + extra_bytes:
        raise DamagedError(Code.TRUNCATED, where, "the archive ends within a header")
    extra = _extra_fields(more[name_bytes:], where)
    if _MAX_32 in (compressed, size):
        size, compressed = _wide(extra, [size, compressed], where)
    stop = central.offset_bytes + _LOCAL_BYTES + name_bytes + extra_bytes
    return LocalHeader(more[:name_bytes], flags, method, crc, compressed, size, extra, stop)


def _zip64_end(file: SharedFile, end: int) -> tuple[int, int, int, int, int]:
    """Return where the zip64 end record begins, and its numbers of files, and size and offset of the directory."""
    locator = file.read_at(max(0, end - _LOCATOR_BYTES), _LOCATOR_BYTES)
    if end < _LOCATOR_BYTES or locator[:4] != b"PK\6\7":
        raise DamagedError(Code.ZIP_HEADER, "", "the zip archive lacks the record of its large numbers")
    disk, offset, disks = struct.unpack_from("<LQL", locator, 4)
    record = file.read_at(offset, _ZIP64_END_BYTES) if offset < end else b""
    if disk or disks != 1 or offset != end - _LOCATOR_BYTES - _ZIP64_END_BYTES or record[:4] != b"PK\6\6":
        raise DamagedError(Code.ZIP_HEADER, "", "the record of large numbers does not lie where it should")
    size_of_record, _, _, disk, directory_disk, here, count, size, start = struct.unpack_from("<Q2H2L4Q", record, 4)
    if size_of_record != _ZIP64_END_BYTES - 12 or disk or directory_disk:
        raise DamagedError(Code.ZIP_HEADER, "", "the record of large numbers is malformed")
    return offset, here, count, size, start


def _central_header(data: bytes, position: int) -> tuple[CentralHeader, int]:
    if len(data) - position < _CENTRAL_BYTES or data[position : position + 4] != b"PK\1\2":
        raise DamagedError(Code.ZIP_HEADER, "", f"the zip directory is damaged at its byte {position}")
    fields = struct.unpack_from("<6H3L5H2L", data, position + 4)
    made_by, _, flags, method, _, _, crc, compressed, size = fields[:9]
    name_bytes, extra_bytes, comment_bytes, disk, _, attributes, offset = fields[9:]
    at = position + _CENTRAL_BYTES
    stop = at + name_bytes + extra_bytes + comment_bytes
    if stop > len(data):
        raise DamagedError(Code.ZIP_HEADER, "", f"the zip directory is damaged at its byte {position}")
    name = data[at : at + name_bytes]
    where = name.decode("utf-8", "backslashreplace")
    extra = _extra_fields(data[at + name_bytes : at + name_bytes + extra_bytes], where)
    if disk:
        raise DamagedError(Code.ZIP_HEADER, where, "the file lies in another part of the archive")
    if _MAX_32 in (compressed, size, offset):
        size, compressed, offset = _wide(extra, [size, compressed, offset], where)
    comment = data[stop - comment_bytes : stop]
    made = CentralHeader(name, made_by, flags, method, crc, compressed, size, offset, attributes, extra, comment)
    return made, stop


def _extra_fields(data: bytes, where: str) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    position = 0
    while position < len(data):
        if len(data) - position < 4:
            raise DamagedError(Code.ZIP_EXTRA, where, "the extra fields are malformed")
        key, size = struct.unpack_from("<2H", data, position)
        value = data[position + 4 : position + 4 + size]
        if len(value) < size or key in fields:
            raise DamagedError(Code.ZIP_EXTRA, where, "the extra fields are malformed")
        fields[key] = value
        position += 4 + size
    return fields


def _wide(extra: dict[int, bytes], values: list[int], where: str) -> list[int]:
    """Return the numbers with those that did not fit taken from the zip64 field, which holds only these."""
    needed = sum(value == _MAX_32 for value in values)
    field = extra.get(1, b"")
    if len(field) != 8 * needed:
        raise DamagedError(Code.ZIP_EXTRA, where, "the field of large numbers does not fit the header")
    large = iter(struct.unpack(f"<{needed}Q", field))
    return [next(large) if value == _MAX_32 else value for value in values]
