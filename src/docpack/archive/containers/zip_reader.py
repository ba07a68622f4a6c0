"""The strict reader of zip archives: every byte belongs to a header, a file or the directory, and all three agree.

A zip archive says everything twice, in front of each file and in its directory, and programs differ in which of the
two they believe. Python's `zipfile` believes the directory, finds it from the end, and forgives what lies around it.
"""

from __future__ import annotations

import stat
import zlib
from functools import partial
from typing import TYPE_CHECKING

from docpack.archive.containers.zip_records import find_directory, local_header, parse_directory
from docpack.archive.content import CHUNK_BYTES
from docpack.archive.members import Entry, Extent, Source
from docpack.archive.problems import Code, DamagedError, Severity
from docpack.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from docpack.archive.containers.zip_records import CentralHeader, LocalHeader
    from docpack.archive.members import SharedFile
    from docpack.archive.problems import Problems

__all__ = ["looks_like_zip", "read_zip"]

_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR, _UTF8_NAME = 0x0008, 0x0800
_COMPRESSION_LEVEL = 0x0006  # how deflate was set; of no consequence
_ZIP64_FIELD, _UNICODE_PATH, _UNICODE_COMMENT = 0x0001, 0x7075, 0x6375
MAX_RATIO, RATIO_FROM_BYTES = 200, 1_000_000  # text comes to 3 or 5, a page of blanks to 100; a bomb to 1032


def looks_like_zip(file: SharedFile) -> bool:
    """Whether a file is, or once was, a zip archive."""
    if file.read_at(0, 4) in (b"PK\3\4", b"PK\5\6"):
        return True
    size = min(file.size_bytes, 22)
    return file.read_at(file.size_bytes - size, 4) == b"PK\5\6"


def read_zip(file: SharedFile, problems: Problems, *, foreign: bool) -> Iterator[Entry]:
    """Yield what a zip archive holds, in the order in which it lies there.

    Raises:
        DamagedError: It cannot be read on.
    """
    directory = find_directory(file, problems)
    headers = parse_directory(file, directory)
    if foreign:  # the specification does not bind the directory to the order of the files
        headers.sort(key=lambda each: each.offset_bytes)
    position = 0
    for central in headers:
        name = _name(central, problems, foreign=foreign)
        if central.offset_bytes != position:
            raise DamagedError(Code.HIDDEN_BYTES, name, f"the file does not begin at byte {position}, where it should")
        local = local_header(file, central)
        _check_fields(central, name, problems, foreign=foreign)
        _check_agreement(central, local, name, problems, foreign=foreign)
        position = local.stop + central.compressed_bytes
        if position > directory.start:
            raise DamagedError(Code.TRUNCATED, name, "the file reaches into the directory")
        if central.flags & _DESCRIPTOR:
            position = _after_descriptor(file, central, position, name)
        if entry := _entry(file, central, local, name, problems):
            yield entry
    if position != directory.start:
        raise DamagedError(Code.HIDDEN_BYTES, "", "bytes lie between the last file and the directory")


def _name(central: CentralHeader, problems: Problems, *, foreign: bool) -> str:
    utf8 = bool(central.flags & _UTF8_NAME)
    try:
        name = central.name.decode()
    except UnicodeDecodeError:
        name = central.name.decode("cp437" if not utf8 else "latin-1")
        if utf8 or not foreign:
            problems.add(Code.NAME_ENCODING, name)
        return name
    if not name.isascii() and not utf8:  # such a name is code page 437 for some programs, UTF-8 for others
        problems.add(Code.NAME_ENCODING, name, "the name is not marked as UTF-8", Severity.WARNING if foreign else None)
    return name


def _check_fields(central: CentralHeader, name: str, problems: Problems, *, foreign: bool) -> None:
    """Report what no package needs."""
    if central.flags & _ENCRYPTED:
        raise DamagedError(Code.ZIP_ENCRYPTED, name, f"{name} is encrypted")
    known = _UTF8_NAME | (_DESCRIPTOR | _COMPRESSION_LEVEL if foreign else 0)
    if central.flags & ~known:
        problems.add(Code.ZIP_HEADER, name, f"the header sets the flags {central.flags & ~known:#06x}")
    if central.method != _STORED and not (foreign and central.method == _DEFLATED):
        raise DamagedError(Code.ZIP_METHOD, name, f"{name} is compressed by method {central.method}")
    if central.method == _STORED and central.compressed_bytes != central.size_bytes:
        raise DamagedError(Code.ZIP_DIFFERS, name, "a file that is not compressed has two sizes")
    if central.size_bytes > RATIO_FROM_BYTES and central.size_bytes > MAX_RATIO * central.compressed_bytes:
        raise DamagedError(Code.BOMB, name, f"{central.compressed_bytes} bytes would become {central.size_bytes}")
    if central.comment:
        problems.add(Code.ZIP_COMMENT, name, f"{name} carries a comment", Severity.WARNING if foreign else None)


def _check_agreement(
    central: CentralHeader, local: LocalHeader, name: str, problems: Problems, *, foreign: bool
) -> None:
    """Report where the two headers of a file contradict each other, or carry what could overrule them."""
    if central.name != local.name:
        other = local.name.decode("utf-8", "backslashreplace")
        problems.add(Code.ZIP_DIFFERS, name, f"in front of the file it is called {other}")
    ours = (central.flags, central.method, central.crc, central.compressed_bytes, central.size_bytes)
    theirs = (local.flags, local.method, local.crc, local.compressed_bytes, local.size_bytes)
    # With a data descriptor the numbers follow the file, and the header in front of it holds zeros.
    deferred = bool(central.flags & _DESCRIPTOR) and theirs == (central.flags, central.method, 0, 0, 0)
    if ours != theirs and not deferred:
        problems.add(Code.ZIP_DIFFERS, name, "the two headers of the file give different numbers")
    for extra in (central.extra, local.extra):
        refused = {_UNICODE_PATH, _UNICODE_COMMENT} if foreign else set(extra) - {_ZIP64_FIELD}
        if refused.intersection(extra):
            problems.add(Code.ZIP_EXTRA, name)
    if not foreign and ((_ZIP64_FIELD in local.extra) != (central.size_bytes >= 0xFFFFFFFF)):
        problems.add(Code.ZIP_EXTRA, name, "a field for large numbers where none is large")


def _after_descriptor(file: SharedFile, central: CentralHeader, position: int, name: str) -> int:
    """Return where the data descriptor ends; it comes with or without a signature, in two widths.

    Raises:
        DamagedError: There is none, or it contradicts the directory.
    """
    data = file.read_at(position, 24)
    crc = central.crc.to_bytes(4, "little")
    for width in (4, 8):
        sizes = (central.compressed_bytes, central.size_bytes)
        if max(sizes) >= 1 << 8 * width:
            continue
        plain = crc + b"".join(each.to_bytes(width, "little") for each in sizes)
        for descriptor in (b"PK\7\10" + plain, plain):
            if data.startswith(descriptor) and _begins_a_record(file, position + len(descriptor)):
                return position + len(descriptor)
    raise DamagedError(Code.ZIP_DIFFERS, name, "what follows the file contradicts the directory")


def _begins_a_record(file: SharedFile, position: int) -> bool:
    return file.read_at(position, 4) in (b"PK\3\4", b"PK\1\2")


def _entry(file: SharedFile, central: CentralHeader, local: LocalHeader, name: str, problems: Problems) -> Entry | None:
    mode = central.attributes >> 16
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        problems.add(Code.LINK, name, f"{name} is a symbolic link")
        return None
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        problems.add(Code.SPECIAL_FILE, name, f"{name} is a device, a pipe or a socket")
        return None
    is_folder = name.endswith("/")
    if (kind == stat.S_IFDIR) > is_folder or (kind == stat.S_IFREG and is_folder) or (is_folder and central.size_bytes):
        problems.add(Code.ZIP_HEADER, name, f"{name} is a file and a folder")
        return None
    if is_folder:
        return Entry(name.rstrip("/") if name.strip("/") else name)
    return Entry(name, central.size_bytes, partial(_open, file, central, local.stop, name))


def _open(file: SharedFile, central: CentralHeader, start: int, name: str) -> BinaryIO:
    return _Checked(Extent(file, start, central.compressed_bytes), central, name).as_file()


class _Checked(Source):
    """The content of a file, inflated where it is compressed, and checked against the size and sum of the directory."""

    def __init__(self, extent: Extent, central: CentralHeader, name: str) -> None:
        super().__init__()
        self._extent, self._name = extent, name
        self._left, self._crc, self._expected = central.size_bytes, 0, central.crc
        self._inflate = zlib.decompressobj(-15) if central.method == _DEFLATED else None

    def fill(self, view: memoryview) -> int:
        view = view[: self._left]
        try:
            count = self._extent.fill(view) if self._inflate is None else self._inflate_into(view)
            wrong = not count and (self._left or self._crc != self._expected or self._has_more())
        except (zlib.error, OSError) as error:
            raise InputError(f"{self._name} cannot be read: {error}", hint="Get the package anew.") from error
        if wrong:
            raise InputError(f"{self._name} is not what the zip archive says of it", hint="Get the package anew.")
        self._left -= count
        self._crc = zlib.crc32(view[:count], self._crc)
        return count

    def _inflate_into(self, view: memoryview) -> int:
        assert self._inflate is not None
        done = 0
        while done < len(view) and not self._inflate.eof:
            data = self._inflate.unconsumed_tail or self._extent.take(CHUNK_BYTES)
            chunk = self._inflate.decompress(data, len(view) - done)
            view[done : done + len(chunk)] = chunk
            done += len(chunk)
            if not chunk and not data:
                break
        return done

    def _has_more(self) -> bool:
        """Whether the compressed data does not end where it should."""
        if self._inflate is None:
            return False
        while not self._inflate.eof:
            data = self._inflate.unconsumed_tail or self._extent.take(CHUNK_BYTES)
            if not data or self._inflate.decompress(data, 1):
                return True
        return bool(self._inflate.unused_data or self._extent.take(1))
