"""What was made before, found by what it was made of; every byte is checked before it is used.

    v1/a/KEY    a document: a digest and a line of JSON with what was told of it and where each output lies; the outputs

Nothing in it is needed: what is missing or damaged is made again. The folder may be moved, and shared between machines.
Digests prove that nothing was damaged, not that nobody forged it: whoever can write to a cache decides what comes out.
A document has one file, because to make a file costs more than to write what is in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.errors import OutputError, UsageError
from docpack.files import NewFile

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Cache", "Entry", "Made", "Pruned", "cache_folder"]

_VERSION = "v1"
_DAY_S = 86_400.0
_MAX_HEAD_BYTES = 64_000_000  # of the line of a document: its findings and doubts


def cache_folder() -> Path:
    """Return where docpack keeps what it may lose: DOCPACK_CACHE_DIR, or the platform's folder for such things."""
    if given := os.environ.get("DOCPACK_CACHE_DIR"):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "docpack" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "docpack"
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "docpack"
    try:
        return Path.home() / ".cache" / "docpack"
    except RuntimeError as error:
        raise UsageError("this user has no home folder", hint="Set DOCPACK_CACHE_DIR.") from error


@dataclass(frozen=True, slots=True)
class Made:
    """An output that was made: its digest and size, how many characters were compared, and what the writer told.

    `offset` is where it begins in the document's file, behind the first line.
    """

    sha256: str
    size_bytes: int
    characters: int = 0
    findings: tuple[dict[str, Any], ...] = ()
    offset: int = 0


@dataclass(slots=True)
class Entry:
    """What is known of a document: what its reading told, how sure each decision is that is not quite, its outputs.

    `confidences` are those below .99, ascending; `doubts` describes the least sure ones. `outputs` are by their keys.
    """

    findings: list[dict[str, Any]] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    doubts: list[dict[str, Any]] = field(default_factory=list)
    outputs: dict[str, Made] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed from a cache, and what is left of it, in documents and octets."""

    removed: int
    removed_bytes: int
    left: int
    left_bytes: int


class Cache:
    """A cache in a folder, which several processes may use at once; `root` is None for one that keeps nothing."""

    def __init__(self, root: Path | None) -> None:
        self.root = "" if root is None else str(root)

    def entry(self, key: str) -> Entry | None:
        """Return what is known of a document, or None."""
        if not self.root:
            return None
        path = self._place(key)
        try:
            with open(path, "rb") as file:  # noqa: PTH123  # once a document: pathlib would be a tenth of its time
                head, used_s = file.readline(_MAX_HEAD_BYTES), os.fstat(file.fileno()).st_mtime
            if time.time() - used_s > _DAY_S:  # so that pruning knows what is used
                with contextlib.suppress(OSError):  # one that may only be read is used all the same
                    os.utime(path)
            return _entry(head)
        except OSError:
            return None

    def content(self, key: str, made: Made) -> bytes | None:
        """Return an output of a document, or None where it is not there, or not what it was."""
        if not self.root:
            return None
        try:
            with open(self._place(key), "rb") as file:  # noqa: PTH123
                file.seek(len(file.readline(_MAX_HEAD_BYTES)) + made.offset)
                data = file.read(made.size_bytes)
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == made.sha256 else None

    def keep(self, key: str, entry: Entry, contents: Mapping[str, bytes]) -> None:
        """Keep what is known of a document, with its outputs by their keys, besides other outputs that it has there.

        A disk that is full is no reason to fail: then it is not kept.
        """
        if not self.root:
            return
        known = self.entry(key)
        for name, made in known.outputs.items() if known else ():
            if name not in contents and (data := self.content(key, made)) is not None:
                entry.outputs[name] = made
                contents = {**contents, name: data}
        offset, outputs = 0, {}
        for name, data in contents.items():
            outputs[name] = {**asdict(entry.outputs[name]), "offset": offset}
            offset += len(data)
        head = {
            "findings": entry.findings,
            "confidences": entry.confidences,
            "doubts": entry.doubts,
            "outputs": outputs,
        }
        with contextlib.suppress(OSError):
            line = json.dumps(head).encode()
            digest = hashlib.sha256(line).hexdigest().encode()
            # It need not outlive a power cut, as whoever reads it checks it.
            with NewFile(Path(self._place(key)), durable=False) as file:
                file.write(b"".join((digest, b" ", line, b"\n", *contents.values())))

    def prune(self, max_bytes: int) -> Pruned:
        """Remove what was not used for the longest time, to a day, until the cache is no larger than this.

        Raises:
            OutputError: A file cannot be removed.
        """
        files = []
        for folder, _, names in os.walk(self.root and f"{self.root}/{_VERSION}"):
            for name in names:
                path = os.path.join(folder, name)  # noqa: PTH118
                with contextlib.suppress(OSError):
                    status = os.stat(path)  # noqa: PTH116
                    files.append((status.st_mtime, status.st_size, path))
        total = left = sum(size for _, size, _ in files)
        removed = 0
        for _, size, path in sorted(files):
            if left <= max_bytes:
                break
            try:
                os.unlink(path)  # noqa: PTH108
            except FileNotFoundError:  # somebody else prunes, too
                pass
            except OSError as error:
                hint = "Check its permissions."
                raise OutputError(f"{path} cannot be removed: {error.strerror}", hint=hint) from error
            left -= size
            removed += 1
        return Pruned(removed, total - left, len(files) - removed, left)

    def _place(self, key: str) -> str:
        return f"{self.root}/{_VERSION}/{key[0]}/{key}"


def _entry(head: bytes) -> Entry | None:
    digest, _, line = head.rstrip(b"\n").partition(b" ")
    if hashlib.sha256(line).hexdigest().encode() != digest:
        return None
    try:
        made = json.loads(line)
        outputs = {
            name: Made(**{**each, "findings": tuple(each["findings"])}) for name, each in made["outputs"].items()
        }
        return Entry(made["findings"], made["confidences"], made["doubts"], outputs)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
