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

__all__ = ["Journal", "journal_path", "read_journal"]


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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Written anew, as the last line of a killed run may be torn.
            self._file: BinaryIO = path.open("wb")
            self.append(self.known.values())
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}", hint="Set DOCPACK_CACHE_DIR.") from error

    def append(self, records: Iterable[Record]) -> None:
        """Note what was done, for good.

        Raises:
            OSError: The disk did not take it.
        """
        self._file.write(b"".join(json.dumps(each.to_json()).encode() + b"\n" for each in records))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self, *, done: bool) -> None:
        """Close it; a run that is done needs it no more."""
        self._file.close()
        if done:
            with contextlib.suppress(OSError):
                self.path.unlink()


def read_journal(path: Path) -> Iterator[Record]:
    """Yield the records of a journal; a last line that is torn is left out.

    Raises:
        InputError: It cannot be read, or another line is no record.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.endswith(b"\n"):
                    yield _record(line, path, number)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="Name a journal of docpack.") from error


def _record(line: bytes, path: Path, number: int) -> Record:
    try:
        made = json.loads(line)
        made.pop("schema", None)  # a line of a JSON Lines report says what it is
        return Record.from_json(made)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}:{number}: this is no record of docpack", hint="Name a journal of docpack.") from error
