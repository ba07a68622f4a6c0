"""A tar archive whose bytes depend on the names and contents of its files alone.

Spec:
    POSIX.1-2017, pax: "ustar Interchange Format", and "pax Interchange Format" for what ustar cannot hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.content import copy

if TYPE_CHECKING:
    from types import TracebackType
    from typing import BinaryIO, Self

    from docpack.archive.content import Content, Digests

__all__ = ["BLOCK_BYTES", "MAX_USTAR_SIZE_BYTES", "RECORD_BYTES", "TarWriter", "split_ustar_name"]

BLOCK_BYTES = 512
RECORD_BYTES = 20 * BLOCK_BYTES  # what every tar pads an archive to; tapes were written in such records
MAX_USTAR_SIZE_BYTES = 8**11 - 1  # eleven octal digits
_NAME_BYTES, _PREFIX_BYTES = 100, 155
_FIRST_MOMENT_S = 315_532_800  # 1980-01-01T00:00:00Z, as in our zip archives


class TarWriter:
    """Writes a tar archive to a new file, which it closes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._closed = False

    def add(self, name: str, content: Content) -> Digests:
        """Write one file."""
        size = content.size_bytes
        parts = split_ustar_name(name)
        records = {} if parts else {"path": name}
        if size > MAX_USTAR_SIZE_BYTES:
            records["size"] = str(size)
        if records:
            self._write_pax_header(name, records)
        prefix, base = parts or (b"", _shortened(name, _NAME_BYTES))
        self._file.write(_header(prefix, base, size if size <= MAX_USTAR_SIZE_BYTES else 0, b"0"))
        digests = copy(content, self._file.write)
        self._file.write(b"\0" * (-size % BLOCK_BYTES))
        return digests

    def close(self) -> None:
        """Write the two blocks that end an archive, fill its last record, and close the file."""
        if self._closed:
            return
        self._closed = True
        try:
            end = self._file.tell() + 2 * BLOCK_BYTES
            self._file.write(b"\0" * (2 * BLOCK_BYTES + -end % RECORD_BYTES))
        finally:
            self._file.close()

    def _write_pax_header(self, name: str, records: dict[str, str]) -> None:
        data = b"".join(_pax_record(key, value) for key, value in sorted(records.items()))
        title = _shortened("PaxHeaders/" + name.rpartition("/")[2], _NAME_BYTES)
        self._file.write(_header(b"", title, len(data), b"x"))
        self._file.write(data + b"\0" * (-len(data) % BLOCK_BYTES))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:  # what was written so far is of no use: do not fill a disk further that may be full
            self._closed = True
            self._file.close()


def split_ustar_name(name: str) -> tuple[bytes, bytes] | None:
    """Return the prefix and the name in which ustar holds a path; None where it cannot.

    >>> split_ustar_name("docpack-1/bagit.txt")
    (b'', b'docpack-1/bagit.txt')
    """
    if not name.isascii():  # ustar knows ASCII only
        return None
    data = name.encode()
    if len(data) <= _NAME_BYTES:
        return b"", data
    # The longest prefix that leaves a name short enough is not needed: the first cut that fits both is.
    cut = data.find(b"/", len(data) - _NAME_BYTES - 1)
    if cut in {-1, 0} or cut > _PREFIX_BYTES or cut == len(data) - 1:
        return None
    return data[:cut], data[cut + 1 :]


def _header(prefix: bytes, name: bytes, size_bytes: int, kind: bytes) -> bytes:
    head = name.ljust(_NAME_BYTES, b"\0") + b"0000644\0" + b"0000000\0" * 2
    head += b"%011o\0" % size_bytes + b"%011o\0" % _FIRST_MOMENT_S
    tail = kind + bytes(100) + b"ustar\x0000" + bytes(64) + b"0000000\0" * 2 + prefix.ljust(_PREFIX_BYTES, b"\0")
    tail += bytes(12)
    checksum = sum(head) + 8 * ord(" ") + sum(tail)
    return head + b"%06o\0 " % checksum + tail


def _pax_record(key: str, value: str) -> bytes:
    r"""Return one record, which begins with its own length.

    >>> _pax_record("path", "a")
    b'9 path=a\n'
    """
    rest = f" {key}={value}\n".encode()
    length = len(rest) + len(str(len(rest)))
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def _shortened(name: str, limit_bytes: int) -> bytes:
    """Return a name for readers that know nothing of pax headers: ASCII, and short enough."""
    return name.encode("ascii", "replace").replace(b"?", b"_")[:limit_bytes]
