"""What an output depends on, as one digest: the same key, the same bytes. No time is part of any key.

A document's key covers its content, its name, its overrides, what the user states of it, how it is read and the version
of docpack. The key of an output covers that, its format, the options of its writer and the versions of all that makes it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from docpack.batch.task import PACKAGE
from docpack.clock import source_date_epoch
from docpack.context import EPOCH_1980_S
from docpack.conversion import overrides_beside
from docpack.files import sha256_of
from docpack.plugins import options_of, plugins, reader_names, reading_versions, without_secrets, writer_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docpack.batch.task import Task
    from docpack.jobs import Job
    from docpack.metadata import Changes

__all__ = ["QUITE_SURE", "Ingredients", "Keys", "KeysOfJobs", "engine_versions"]

QUITE_SURE = 0.99  # decisions that are less sure are noted, whatever was asked for
_SCHEMA = 1  # of the keys themselves; another one makes every key another one
# The libraries that shape what each writer gives. Python and zlib change no content, and are not counted.
_ENGINES = {"epub": ("ebooklib", "lxml"), "docx": ("python-docx", "lxml"), "tei": ("lxml",), "pdf": ("typst",)}


class Ingredients:
    """The keys of a job's outputs, computed from what is read.

    Args:
        job: What is to be done.
        timestamp_s: The time that outputs carry where the metadata have none.
        pack: The formats in the package that is its output, if that is one.
    """

    def __init__(self, job: Job, timestamp_s: int, pack: tuple[str, ...] = ()) -> None:
        from docpack import __version__

        self._overrides = job.reader_options.get("overrides") is None
        self._reading = _digest(
            {
                "schema": _SCHEMA,
                "docpack": __version__,
                "plug-ins": [f"{each.name} {each.version}" for each in plugins() if each.kind == "reader"],
                "format": job.format,
                "options": _plain(without_secrets(job.reader_options, reader_names())),
                "metadata": _stated(job.changes) if job.changes else None,
                "verify": job.verify,
                "doubts": max(QUITE_SURE, job.unsure_below),
                "time": timestamp_s,
            }
        )
        made = pack or tuple(name for name, _ in job.outputs)
        self._writing = {name: _digest(_of_writer(name, job.options.get(name, {}))) for name in made}
        if pack:
            self._writing = {PACKAGE: _digest([PACKAGE, *(self._writing[name] for name in pack)])}

    def keys(self, source: str, data: bytes) -> Keys:
        """Return the keys of a document and of its outputs.

        Args:
            source: Its path; the name counts, as titles may come from it, the folder does not.
            data: Its content.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        overrides = _of_file(str(overrides_beside(source))) if self._overrides else ""
        # Told by the content, as the reader is: the libraries that read PDFs shape no text.
        engines = [reading_versions("pdf")] if b"%PDF-" in data[:1024] else []
        key = _digest([self._reading, os.path.basename(source), sha256, overrides, *engines])  # noqa: PTH119
        return Keys(sha256, overrides, key, {name: _digest([key, each]) for name, each in self._writing.items()})


@dataclass(frozen=True, slots=True)
class Keys:
    """The digests of a document's content and overrides, its key, and that of each output by format."""

    input_sha256: str
    overrides_sha256: str
    document: str
    outputs: Mapping[str, str]

    def are_of(self, data: bytes, overrides: bytes) -> bool:
        """Tell whether these are the keys of this content and these overrides."""
        found = hashlib.sha256(overrides).hexdigest() if overrides else ""
        return hashlib.sha256(data).hexdigest() == self.input_sha256 and found == self.overrides_sha256


class KeysOfJobs:
    """Computes keys; what jobs have in common is looked at once, as long as they share the very same options."""

    def __init__(self) -> None:
        epoch = source_date_epoch()
        self._timestamp_s = EPOCH_1980_S if epoch is None else epoch
        self._ingredients: dict[tuple[Any, ...], tuple[Job, Ingredients]] = {}

    def of(self, task: Task, data: bytes) -> Keys:
        """Return the keys of a task whose source has this content."""
        job = task.job
        alike = (
            id(job.options),
            id(job.reader_options),
            id(job.changes),
            job.format,
            job.verify,
            *(name for name, _ in job.outputs),
            *task.pack,
        )
        found = self._ingredients.get(alike)
        if found is None:  # the job is kept, so that no other object gets the identity of its options
            found = self._ingredients[alike] = (job, Ingredients(job, self._timestamp_s, task.pack))
        return found[1].keys(job.source, data)


def engine_versions(formats: Iterable[str]) -> dict[str, str]:
    """Return the versions that keys depend on, by name of the distribution."""
    from docpack import __version__

    return {"docpack": __version__, **{name: version for each in formats for name, version in _versions(each)}}


@cache
def _versions(name: str) -> tuple[tuple[str, str], ...]:
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for each in _ENGINES.get(name, ()):
        try:
            found.append((each, version(each)))
        except PackageNotFoundError:  # it is said when it is needed
            found.append((each, ""))
    found += [
        (each.distribution, each.version)
        for each in plugins()
        if each.kind == "writer" and each.name == name and each.distribution != "docpack"
    ]
    return tuple(found)


def _of_writer(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    folders = {each.name for each in options_of(writer_type(name)) if each.kind == "folders"}
    made = {key: value for key, value in options.items() if key not in folders}
    read = {key: [_of_folder(each) for each in options[key]] for key in folders & set(options)}
    return {"format": name, "options": _plain(made), "folders": read, "versions": _versions(name)}


def _stated(changes: Changes) -> dict[str, Any]:
    from docpack.metadata.recording import changes_to_json

    return changes_to_json(changes)


def _plain(options: Mapping[str, Any], secrets: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return options as JSON values: files by their name and digest, those with secrets by a digest that is slow to guess."""
    return {
        name: (
            _of_secret(value) if name in secrets else [getattr(value, "name", ""), hashlib.sha256(value).hexdigest()]
        )
        if isinstance(value, bytes)
        else value
        for name, value in options.items()
    }


def _files_among(options: Mapping[str, Any]) -> list[str]:
    return [name for name, value in options.items() if isinstance(value, bytes)]


@cache
def _of_secret(value: bytes) -> str:
    """Return a digest from which a password cannot be found by trying a dictionary (50 ms and 16 MB each)."""
    return hashlib.scrypt(value, salt=b"docpack.batch.keys", n=1 << 14, r=8, p=1, dklen=32).hex()


@cache
def _of_folder(folder: str) -> list[tuple[str, str]]:
    """Return the files in a folder by their names and digests; read once a process."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118
            found.append((os.path.relpath(path, folder), _of_file(path)))
    return sorted(found)


def _of_file(path: str) -> str:
    """Return the digest of a file, "" where there is none; where it cannot be read, whoever reads it says so."""
    return sha256_of(path) or ("unreadable" if os.path.lexists(path) else "")


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
