"""The strict reader of tar archives: ustar with pax headers, looked at block by block and never extracted.

Python's `tarfile` skips what it does not understand and guesses where fields disagree; two readers that guess in
different ways see two archives in one file. Here everything is refused that could be read in two ways.

Spec:
    POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from docpack.archive.containers.tar_writer import BLOCK_BYTES, MAX_USTAR_SIZE_BYTES, RECORD_BYTES, split_ustar_name
from docpack.archive.content import CHUNK_BYTES
from docpack.archive.members import Entry, Extent
from docpack.archive.problems import Code, DamagedError, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from docpack.archive.members import SharedFile
    from docpack.archive.problems import Problems

__all__ = ["looks_like_tar", "read_tar"]

_MAX_EXTENDED_BYTES = 1 << 20  # of an extended header; a path has 4096 bytes at most
_USTAR, _GNU, _V7 = b"ustar\x0000", b"ustar  \0", bytes(8)
_REFUSED = {
    b"1": (Code.HARD_LINK, "a hard link"),
    b"2": (Code.LINK, "a symbolic link"),
    b"3": (Code.SPECIAL_FILE, "a device"),
    b"4": (Code.SPECIAL_FILE, "a device"),
    b"6": (Code.SPECIAL_FILE, "a pipe"),
}
# Records of times and owners say nothing about the content, and any tar may write them.
_HARMLESS = frozenset({"atime", "ctime", "mtime", "uid", "gid", "uname", "gname", "comment"})


@dataclass(frozen=True, slots=True)
class _Header:
    name: bytes
    size_bytes: int
    kind: bytes
    size_field: int


def looks_like_tar(block: bytes) -> bool:
    """Whether a file that begins with this block is, or once was, a tar archive."""
    return block[257:262] == b"ustar" or (len(block) == BLOCK_BYTES and any(block) and _checksum_is_right(block))


def read_tar(file: SharedFile, problems: Problems, *, foreign: bool) -> Iterator[Entry]:
    """Yield what a tar archive holds, in order.

    Raises:
        DamagedError: It cannot be read on.
    """
    return _TarReader(file, problems, foreign=foreign).entries()


class _TarReader:
    """Goes through an archive; `_extended` is what the headers before a file's own one say of it."""

    def __init__(self, file: SharedFile, problems: Problems, *, foreign: bool) -> None:
        self._file, self._problems, self._foreign = file, problems, foreign
        self._position = 0
        self._extended: dict[str, str] = {}
        self._by_gnu = False  # whether it is GNU's extension that gave the name

    def entries(self) -> Iterator[Entry]:
        while True:
            block = self._file.read_at(self._position, BLOCK_BYTES)
            if len(block) < BLOCK_BYTES:
                raise DamagedError(Code.TRUNCATED, "", "the tar archive has no end")
            if not any(block):
                self._check_end()
                return
            self._position += BLOCK_BYTES
            header = self._header(block)
            if header.kind in (b"x", b"g", b"L", b"K"):
                self._read_extended(header)
                continue
            entry = self._entry(header)
            self._extended, self._by_gnu = {}, False
            if entry:
                yield entry

    def _header(self, block: bytes) -> _Header:
        name = block[:100].rstrip(b"\0")
        where = name.decode("utf-8", "replace")
        if not _checksum_is_right(block):
            raise DamagedError(
                Code.TAR_CHECKSUM, where, f"the header at byte {self._position - BLOCK_BYTES} is damaged"
            )
        magic = block[257:265]
        if magic not in (_USTAR, _GNU) and not (self._foreign and magic == _V7):
            raise DamagedError(Code.TAR_HEADER, where, "the header is of no known format")
        prefix = block[345:500].rstrip(b"\0") if magic == _USTAR else b""
        hidden = [name, prefix] + ([block[345:512].strip(b"\0")] if magic != _USTAR and not self._foreign else [])
        if b"\0" in name + prefix or any(block[500:]) or any(hidden[2:]):
            self._problems.add(Code.HIDDEN_BYTES, where, "the header holds bytes that belong to no field")
        size = self._number(block[124:136], where)
        kind = block[156:157]
        if any(block[157:257]) and kind in (b"0", b"\0", b"5"):
            self._problems.add(Code.TAR_HEADER, where, "a header of no link names a target")
        full = prefix + b"/" + name if prefix else name
        return _Header(full, self._pax_size(size, where), kind, size)

    def _number(self, data: bytes, where: str) -> int:
        """Return a size: octal digits, or for foreign archives the binary form of GNU tar."""
        if data[0] == 0x80 and self._foreign:
            return int.from_bytes(data[1:])
        digits = data.rstrip(b"\0 ").lstrip(b" ") if self._foreign else data.rstrip(b"\0 ")
        if not digits or any(each not in b"01234567" for each in digits):
            raise DamagedError(Code.TAR_SIZE, where, "the header's size is no octal number")
        return int(digits, 8)

    def _pax_size(self, size: int, where: str) -> int:
        text = self._extended.get("size")
        if text is None:
            return size
        if not (text.isascii() and text.isdecimal()) or len(text) > 19:
            raise DamagedError(Code.TAR_SIZE, where, "the extended header's size is no number")
        value = int(text)
        ambiguous = value != size and (size != 0 or value <= MAX_USTAR_SIZE_BYTES)
        if ambiguous or (value <= MAX_USTAR_SIZE_BYTES and not self._foreign):
            raise DamagedError(Code.TAR_SIZE, where, "the size is given twice")
        return value

    def _entry(self, header: _Header) -> Entry | None:
        name = self._name(header)
        if header.kind in _REFUSED:
            code, what = _REFUSED[header.kind]
            self._problems.add(code, name, f"{name} is {what}")
        elif header.kind not in (b"0", b"\0", b"5"):
            raise DamagedError(Code.TAR_HEADER, name, f"an entry of the unknown kind {header.kind!r}")
        if header.kind not in (b"0", b"\0"):
            if header.size_bytes:
                raise DamagedError(Code.TAR_SIZE, name, "what is no file has a size")
            return Entry(name.rstrip("/") if name.strip("/") else name) if header.kind == b"5" else None
        start = self._position
        self._skip(header.size_bytes, name)
        return Entry(name, header.size_bytes, partial(_open, self._file, start, header.size_bytes))

    def _name(self, header: _Header) -> str:
        given = self._extended.get("path")
        if given is not None:
            if not (self._foreign or self._by_gnu) and split_ustar_name(given):
                self._problems.add(Code.TAR_PAX, given, "a name that fits the plain header is given in an extended one")
            return given
        return _decoded(header.name, self._problems)

    def _read_extended(self, header: _Header) -> None:
        where = header.name.decode("utf-8", "replace")
        if header.size_field > _MAX_EXTENDED_BYTES:
            raise DamagedError(Code.TAR_PAX, where, f"an extended header of {header.size_field} bytes")
        data = self._file.read_at(self._position, header.size_field)
        self._skip(header.size_field, where)
        if header.kind in (b"L", b"K"):
            self._read_gnu_name(header.kind, data, where)
        elif header.kind == b"g":
            self._read_global(_pax_records(data, where), where)
        else:
            if self._extended:
                raise DamagedError(Code.TAR_PAX, where, "two extended headers for one file")
            self._extended = self._harmless(_pax_records(data, where), where)

    def _read_gnu_name(self, kind: bytes, data: bytes, where: str) -> None:
        if not self._foreign:
            # A long name is what GNU tar writes of our own files; no package of ours has a link, whose target this is.
            self._problems.add(Code.TAR_LONG_NAME, where, severity=None if kind == b"L" else Severity.ERROR)
        if "path" in self._extended:
            raise DamagedError(Code.TAR_PAX, where, "two extended headers for one file")
        if kind == b"L":
            self._by_gnu = True
            self._extended["path"] = _decoded(data.rstrip(b"\0"), self._problems)

    def _read_global(self, records: dict[str, str], where: str) -> None:
        if not self._foreign or not _HARMLESS.issuperset(records):
            raise DamagedError(Code.TAR_PAX, where, "an extended header for all files that follow")

    def _harmless(self, records: dict[str, str], where: str) -> dict[str, str]:
        unknown = sorted(set(records) - _HARMLESS - {"path", "size"})
        if unknown:
            raise DamagedError(Code.TAR_PAX, where, f"the extended header says {', '.join(unknown)}")
        return records

    def _skip(self, size: int, where: str) -> None:
        stop = self._position + size
        padding = -size % BLOCK_BYTES
        if stop + padding > self._file.size_bytes:
            raise DamagedError(Code.TRUNCATED, where, "the archive ends within the file")
        if padding and any(self._file.read_at(stop, padding)):
            self._problems.add(Code.HIDDEN_BYTES, where, "bytes lie between the end of the file and the next header")
        self._position = stop + padding

    def _check_end(self) -> None:
        if self._extended:
            self._problems.add(Code.TAR_PAX, "", "an extended header without a file")
        tail = self._file.size_bytes - self._position
        if tail < 2 * BLOCK_BYTES or tail % BLOCK_BYTES:
            self._problems.add(Code.TRUNCATED, "", "the tar archive does not end as it should")
        if tail >= 2 * BLOCK_BYTES + RECORD_BYTES and not self._foreign:
            self._problems.add(Code.TRAILING_BYTES, "", f"{tail} zero bytes at the end")
            return
        for offset in range(self._position, self._file.size_bytes, CHUNK_BYTES):
            if any(self._file.read_at(offset, CHUNK_BYTES)):
                self._problems.add(Code.TRAILING_BYTES, "", "bytes lie behind the end of the archive")
                return


def _open(file: SharedFile, start: int, size_bytes: int) -> BinaryIO:
    return Extent(file, start, size_bytes).as_file()


def _checksum_is_right(block: bytes) -> bool:
    digits = block[148:156].strip(b"\0 ")
    if not digits or any(each not in b"01234567" for each in digits):
        return False
    return int(digits, 8) == sum(block[:148]) + 8 * ord(" ") + sum(block[156:])


def _decoded(name: bytes, problems: Problems) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        shown = name.decode("utf-8", "backslashreplace")
        problems.add(Code.NAME_ENCODING, shown)
        return shown


def _pax_records(data: bytes, where: str) -> dict[str, str]:
    """Return the records of an extended header, each of which begins with its own length.

    Raises:
        DamagedError: One is malformed, or a keyword stands twice.
    """
    records: dict[str, str] = {}
    while data:
        length_text, blank, _ = data[:20].partition(b" ")
        length = int(length_text) if length_text.isdigit() and blank else 0
        record = data[len(length_text) + 1 : length]
        key, equals, value = record.partition(b"=")
        if length <= len(length_text) + 1 or length > len(data) or not equals or not record.endswith(b"\n"):
            raise DamagedError(Code.TAR_PAX, where, "the extended header is malformed")
        try:
            name, text = key.decode(), value[:-1].decode()
        except UnicodeDecodeError as error:
            raise DamagedError(Code.NAME_ENCODING, where, "the extended header is not UTF-8") from error
        if name in records:
            raise DamagedError(Code.TAR_PAX, where, f"the extended header says {name} twice")
        records[name] = text
        data = data[length:]
    return records
