"""What a run has done, line by line, so that one that was killed can go on: written after the outputs have their names."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING, BinaryIO

from docpack.batch.task import Record
from docpack.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Journal", "journal_path", "lines_of_journal", "read_journal", "record_of"]

_FIGURES = ("wall_s", "cpu_s", "timeout_s", "memory_bytes")


def journal_path(cache: Path, *facts: str) -> Path:
    """Return where the journal of a run lies: runs that say the same of themselves share one."""
    return cache / "journals" / f"{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]}.jsonl"


class Journal:
    """The journal of one run.

    Args:
        path: Where it lies.
        resume: Whether what an earlier run did counts; else it starts empty.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.known: dict[str, Record] = {}
        if resume:
            with contextlib.suppress(InputError):
                self.known = {each.name: each for each in read_journal(path)}
        self._file: BinaryIO | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb")  # written anew, as the last line of a killed run may be torn
        except OSError as error:
            if resume:
                raise OutputError(
                    f"{path} cannot be written: {error.strerror}", hint="Set DOCPACK_CACHE_DIR."
                ) from error
        self.append(self.known.values())

    def append(self, records: Iterable[Record]) -> None:
        """Note what was done, for good. Where the disk does not take it the run goes on, and cannot be resumed."""
        if self._file is None:
            return
        try:
            self._file.write(b"".join(json.dumps(each.to_json()).encode() + b"\n" for each in records))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError:
            self.close(done=True)

    def close(self, *, done: bool) -> None:
        """Close it; a run that is done needs it no more."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.close()
        self._file = None
        if done:
            with contextlib.suppress(OSError):
                self.path.unlink()


def read_journal(path: Path, *, torn: bool = True) -> Iterator[Record]:
    """Yield the records of a journal; a last line that is torn is left out, where one may be.

    Raises:
        InputError: It cannot be read, or another line is no record.
    """
    for _, record in lines_of_journal(path, torn=torn):
        yield record


def lines_of_journal(path: Path, *, torn: bool = True) -> Iterator[tuple[bytes, Record]]:
    """Yield the lines of a journal with their records, as `read_journal` does.

    Raises:
        InputError: As `read_journal`.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.endswith(b"\n") or not torn:
                    yield line, _checked_record(line, path, number)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="Name a journal of docpack.") from error


def _checked(record: Record) -> Record:
    """Return a record whose parts are of the kinds that reports rely on.

    Raises:
        TypeError: One is not.
        KeyError: A part of a finding is missing.
    """
    texts = [record.name, record.source, record.key, record.input_sha256]
    numbers = [record.number, record.doubts.count, *(record.volatile.get(name, 0) for name in _FIGURES)]
    texts += [each[name] for each in record.findings for name in ("code", "severity", "message")]
    texts += [text for each in record.troubles for text in (each.format, each.message, each.hint)]
    if not all(isinstance(each, str) for each in texts) or not all(isinstance(each, int | float) for each in numbers):
        raise TypeError("a part is of another kind")
    if any(each["severity"] not in {"info", "warning"} for each in record.findings):
        raise TypeError("a finding has another severity")
    return record


def record_of(line: bytes) -> Record:
    """Return the record of a line that `lines_of_journal` gave."""
    made = json.loads(line)
    made.pop("schema", None)  # a line of a JSON Lines report says what it is
    return Record.from_json(made)


def _checked_record(line: bytes, path: Path, number: int) -> Record:
    try:
        return _checked(record_of(line))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}:{number}: this is no record of docpack", hint="Name a journal of docpack.") from error
