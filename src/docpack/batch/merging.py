"""The records of several journals as one list by name: sorted in parts that fit into memory, which are then merged."""

from __future__ import annotations

import tempfile
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from docpack.batch.journal import lines_of_journal, record_of
from docpack.batch.task import Status
from docpack.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from docpack.batch.task import Record

__all__ = ["merged"]

PART_BYTES = (
    16 << 20
)  # of lines that are sorted at once; with their names and what Python adds it is half as much again
_CHUNK_BYTES = 1 << 16  # of a part that are read at once


def merged(paths: Sequence[Path]) -> Iterator[Record]:
    """Yield the records of several journals by name, each document once: as what it became in the end.

    Memory does not grow with the journals; what is more than `PART_BYTES` is kept in the system's temporary folder until
    all is read.

    Raises:
        InputError: A journal cannot be read, or a line is no record.
        OutputError: The temporary folder has no room.
    """
    with tempfile.TemporaryFile() as file:
        streams: list[Iterator[bytes]] = []
        for part in _parts(paths):
            if streams:  # the last part stays in memory
                streams[-1] = _stored(streams[-1], file)
            streams.append(iter(part))
        records = merge(*(map(record_of, each) for each in streams), key=_name)
        for _, same in groupby(records, key=_name):
            yield max(same, key=lambda each: (each.status.is_fine, each.status is not Status.NOT_RUN))


def _name(record: Record) -> str:
    return record.name


def _parts(paths: Sequence[Path]) -> Iterator[list[bytes]]:
    """Yield the lines of journals in parts, each sorted by name; what has one name keeps its order."""
    part: list[tuple[str, bytes]] = []
    size_bytes = 0
    for path in paths:
        for line, record in lines_of_journal(path, torn=False):
            part.append((record.name, line))
            size_bytes += len(line)
            if size_bytes >= PART_BYTES:
                yield _sorted(part)
                part, size_bytes = [], 0
    yield _sorted(part)


def _sorted(part: list[tuple[str, bytes]]) -> list[bytes]:
    part.sort(key=lambda each: each[0])
    return [line for _, line in part]


def _stored(lines: Iterable[bytes], file: BinaryIO) -> Iterator[bytes]:
    """Put lines at the end of a file, and return an iterator that gives them back."""
    try:
        start = file.seek(0, 2)
        file.writelines(line if line.endswith(b"\n") else line + b"\n" for line in lines)
        file.flush()
        return _lines(file, start, file.tell())
    except OSError as error:
        raise OutputError(
            f"the temporary folder cannot be written: {error.strerror}", hint="Name another one with TMPDIR."
        ) from error


def _lines(file: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    rest = b""
    while start < stop:
        file.seek(start)
        chunk = file.read(min(_CHUNK_BYTES, stop - start))
        start += len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
