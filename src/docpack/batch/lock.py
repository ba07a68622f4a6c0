"""`docpack.lock`, beside the configuration: what each document of a repository became, so that anybody can check it.

A header with the versions that made it, then a line for each document, by name: diffs are short, merges are easy.

    {"docpack.lock": 1, "versions": {"docpack": "0.1.0", "typst": "0.14.4"}}
    {"name": "ode.txt", "input": "9f2c...", "key": "41d0...", "outputs": {"books/ode.epub": ["8b1e...", "c0de..."]}}
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpack.errors import InputError, UsageError
from docpack.files import read_file, replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["FILE_NAME", "Lock", "Locked", "below", "lock_path", "read_lock", "write_lock"]

FILE_NAME = "docpack.lock"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Locked:
    """A document: the digest of its text, its key, and for each output, by its path below the lock's folder, key and digest."""

    input_sha256: str
    key: str
    outputs: Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Lock:
    """All documents by name, and the versions of what made them."""

    versions: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Locked] = field(default_factory=dict)


def read_lock(path: Path) -> Lock:
    """Return what a lock file says; where there is none, an empty one.

    Raises:
        UsageError: It is damaged, or of a later docpack.
    """
    if not path.exists():
        return Lock()
    try:
        head, *lines = read_file(path).decode().splitlines()
        made = json.loads(head)
        if made["docpack.lock"] != _VERSION:
            raise UsageError(f"{path} is of another version of docpack", hint="Build with that version, or delete it.")
        documents = dict(map(_document, lines))
        return Lock({str(name): str(version) for name, version in made["versions"].items()}, documents)
    except InputError as error:
        raise UsageError(error.message, hint=error.hint) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = "Was it merged by hand? Delete it, and build again."
        raise UsageError(f"{path} is damaged", hint=hint) from error


def _document(line: str) -> tuple[str, Locked]:
    made: dict[str, Any] = json.loads(line)
    outputs = {str(path): (str(key), str(sha256)) for path, (key, sha256) in made["outputs"].items()}
    return str(made["name"]), Locked(str(made["input"]), str(made["key"]), outputs)


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock file, unless it says the same already.

    Raises:
        OutputError: It cannot be written.
    """
    lines = [json.dumps({"docpack.lock": _VERSION, "versions": dict(sorted(lock.versions.items()))})]
    for name, each in sorted(lock.documents.items()):
        outputs = {where: list(pair) for where, pair in sorted(each.outputs.items())}
        made = {"name": name, "input": each.input_sha256, "key": each.key, "outputs": outputs}
        lines.append(json.dumps(made, ensure_ascii=True))
    data = ("\n".join(lines) + "\n").encode()
    try:
        if path.read_bytes() == data:
            return
    except OSError:
        pass
    replace_file(path, data)


def lock_path(configuration: Path) -> Path:
    """Return where the lock of a configuration lies: `docpack.lock`, and for `other.toml` `other.lock`."""
    return configuration.with_name(
        FILE_NAME if configuration.name == "pyproject.toml" else f"{configuration.stem}.lock"
    )


def below(path: str, folder: str) -> str:
    """Return a path as a lock in a folder calls it."""
    return os.path.relpath(path, folder or ".").replace(os.sep, "/")
