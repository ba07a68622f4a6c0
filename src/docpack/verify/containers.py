"""Takes a tar or zip apart for validators that know folders only: into a temporary folder, and nothing but plain files.

Names are never joined to a path before each of their parts has been looked at, no link is ever made, and no file that is
there is opened for writing: what a hostile archive asks for beyond that ends in an `InputError`.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import IO, TYPE_CHECKING, Any

from docpack.errors import InputError
from docpack.verify.tools.processes import workplace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from tarfile import TarFile, TarInfo
    from zipfile import ZipFile, ZipInfo

__all__ = ["is_tar", "is_zip", "opened_zip", "unpacked"]

MAX_FILES = 100_000
MAX_BYTES = 50_000_000_000
MAX_RATIO = 200  # above 1 MB; text of one letter apart, deflate reaches some 30
MAX_READ_BYTES = 12_000_000  # a zip's directory of 100 000 files; what is larger comes in pieces
_RATIO_FROM_BYTES = 1_000_000
_CHUNK_BYTES = 1 << 20
_ENCRYPTED = 0x1
_LINK_TYPE = 0o120000
_STORED, _DEFLATED = 0, 8
_HINT = "docpack verify says what else is wrong with a package."


def is_tar(head: bytes) -> bool:
    """Return whether a file that begins like this is a plain tar."""
    return head[257:262] == b"ustar"


def is_zip(head: bytes) -> bool:
    """Return whether a file that begins like this is a zip."""
    return head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give the folder that an archive holds, or a folder with what it holds; gone afterwards.

    Raises:
        InputError: It cannot be read, holds what no package holds, or is larger than the disk or the limits allow.
    """
    import tarfile
    import zipfile
    import zlib

    with workplace() as folder:
        target = folder / "unpacked"
        target.mkdir()
        try:
            with path.open("rb") as file:
                unpack = _untar if is_tar(file.read(512)) else _unzip
            unpack(path, target)
        except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RecursionError) as error:
            raise InputError(f"{path} is damaged: {error}", hint=_HINT) from error
        except (NotImplementedError, RuntimeError, OverflowError) as error:
            raise InputError(f"{path} uses what packages do not: {error}", hint=_HINT) from error
        except OSError as error:
            raise InputError(f"{path} cannot be unpacked: {error.strerror or error}", hint=_HINT) from error
        inside = sorted(target.iterdir())
        yield inside[0] if len(inside) == 1 and inside[0].is_dir() else target


class _Guarded:
    """A file that is never read in one piece larger than `MAX_READ_BYTES`, whatever a header claims."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        file.seek(0)
        self.seek = file.seek
        self.tell = file.tell
        self.close = file.close
        self.seekable = file.seekable
        self.readable = file.readable
        self.name = getattr(file, "name", "")
        self.mode = "rb"

    def read(self, size: int | None = None) -> bytes:
        """Return at most `size` bytes, by default all that is left.

        Raises:
            ValueError: They are too many.
        """
        if size is None or size < 0:
            size = self._size - self._file.tell()
        if size > MAX_READ_BYTES:
            raise ValueError("a header or directory claims an impossible size")
        return self._file.read(size)


class _Budget:
    """What may still be unpacked."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.files = 0
        self.left_bytes = min(MAX_BYTES, shutil.disk_usage(target).free // 2)

    def take(self, name: str, size: int) -> Path:
        """Return where a file goes.

        Raises:
            InputError: Its name leads elsewhere, or there is no room for it.
        """
        self.files += 1
        self.left_bytes -= max(size, 0)
        if size < 0 or self.files > MAX_FILES or self.left_bytes < 0:
            raise InputError(
                f"it unpacks to more than {MAX_FILES} files, or to more than there is room for", hint=_HINT
            )
        parts = name.split("/")
        if any(part in {"", ".", ".."} or not part.isprintable() or set(part) & set('\\:*?"<>|') for part in parts):
            raise InputError(f"it holds a file with the name {name[:200]!r}", hint=_HINT)
        return self.target.joinpath(*parts)


def _write(source: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:  # a name that comes twice is refused
        while chunk := source.read(_CHUNK_BYTES):
            file.write(chunk)


# ------------------------------------------------------------------------------------------------------ tar


def _untar(path: Path, target: Path) -> None:
    import tarfile

    budget = _Budget(target)
    with path.open("rb") as file:
        guarded: Any = _Guarded(file)
        with tarfile.open(fileobj=guarded, mode="r:") as archive:
            kept: Any = archive
            while (member := archive.next()) is not None:
                _take_member(archive, member, budget)
                kept.members.clear()  # for a look-up that nobody makes; 100 000 of them take 100 MB


def _take_member(archive: TarFile, member: TarInfo, budget: _Budget) -> None:
    path = budget.take(member.name.rstrip("/"), member.size)
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    source = None if not member.isreg() or member.issparse() else archive.extractfile(member)
    if source is None:
        raise InputError(f"it holds {member.name[:200]!r}, which is no plain file", hint=_HINT)
    with source:
        _write(source, path)


# ------------------------------------------------------------------------------------------------------ zip


@contextlib.contextmanager
def opened_zip(path: Path) -> Iterator[ZipFile]:
    """Give a zip that is open for reading, whose directory is of a size that memory holds.

    Raises:
        ValueError: Its directory is too large.
        zipfile.BadZipFile: It is damaged.
        OSError: It cannot be read.
    """
    import zipfile

    with path.open("rb") as file:
        guarded: Any = _Guarded(file)
        with zipfile.ZipFile(guarded) as archive:
            yield archive


def _unzip(path: Path, target: Path) -> None:
    budget = _Budget(target)
    with opened_zip(path) as archive:
        for info in archive.infolist():
            _take_entry(archive, info, budget)


def _take_entry(archive: ZipFile, info: ZipInfo, budget: _Budget) -> None:
    if info.flag_bits & _ENCRYPTED or info.compress_type not in {_STORED, _DEFLATED}:
        raise InputError(f"it holds {info.filename[:200]!r} encrypted, or in a rare compression", hint=_HINT)
    if (info.external_attr >> 16) & 0o170000 == _LINK_TYPE:
        raise InputError(f"it holds {info.filename[:200]!r}, which is no plain file", hint=_HINT)
    if info.file_size > _RATIO_FROM_BYTES and info.file_size > MAX_RATIO * info.compress_size:
        raise InputError(f"{info.filename[:200]!r} unpacks to {info.file_size} bytes, which is a trick", hint=_HINT)
    path = budget.take(info.filename.removesuffix("/"), info.file_size)
    if info.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    with archive.open(info) as source:
        _write(source, path)
