"""An object as it is now: its inventory, strictly read, before anything is made of it or added to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.archive.ocfl.folders import Kind, children, open_regular, plain_path
from docpack.archive.ocfl.inventory_file import check_sidecar, parse, read_bytes
from docpack.archive.ocfl.inventory_rules import Reading, read_inventory
from docpack.archive.ocfl.problems import Problems
from docpack.archive.ocfl.version_names import number_of
from docpack.errors import InputError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["StoredContent", "contents", "is_object", "read_current", "unknown_versions"]

_HINT = "See what is wrong with `docpack store validate`; what a crash left, `docpack store recover` puts right."


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A content that lies in a store, and the digest that the inventory states for it.

    It is opened only if no part of the way is a link.
    """

    root: Path
    relative: str
    size_bytes: int
    algorithm: str
    digest: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.root / self.relative

    def open(self) -> BinaryIO:
        """Return the file, opened for reading.

        Raises:
            InputError: It is missing, or a link, or lies behind one, or cannot be read.
        """
        path = plain_path(self.root, self.relative)
        try:
            return open_regular(path)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from error


def is_object(root: Path, place: str) -> bool:
    """Tell whether a folder below a storage root holds an object, by its declaration.

    Raises:
        VerificationError: A part of the way is no folder, but a link perhaps.
        OSError: It cannot be listed.
    """
    path = root
    for part in place.split("/"):
        path /= part
        if not os.path.lexists(path):
            return False
        if path.is_symlink() or not path.is_dir():
            raise VerificationError(f"{path} is no folder", hint="Nothing is followed; validate the store.")
    return any(each.name.startswith("0=ocfl_object_") and each.kind is Kind.FILE for each in children(path))


def read_current(folder: Path, object_id: str = "") -> Reading:
    """Return an object's inventory.

    Args:
        folder: The object's folder.
        object_id: The id that it must have; "" is any.

    Raises:
        VerificationError: It is missing or breaks the standard, or is that of another object.
    """
    problems = Problems()
    data = read_bytes(folder, problems)
    raw = None if data is None else parse(data, problems)
    reading = None if raw is None else read_inventory(raw, problems)
    if data is not None and reading is not None:
        check_sidecar(folder, data, reading.algorithm, problems)
    for each in problems.found:
        if each.is_error:
            raise VerificationError(f"{folder} is no valid object: {each.code} {each.message}", hint=_HINT)
    assert reading is not None
    if object_id and reading.id != object_id:
        raise VerificationError(
            f"{folder} holds the object {reading.id!a} and not {object_id!a}", hint="Validate the store."
        )
    return reading


def unknown_versions(folder: Path, names: Iterable[str]) -> list[str]:
    """Return the folders of an object that are called like versions, and of which its inventory knows nothing."""
    found = [each.name for each in children(folder) if each.kind is Kind.FOLDER and number_of(each.name)]
    return sorted(set(found) - set(names))


def contents(folder: Path, reading: Reading, version: str) -> dict[str, StoredContent]:
    """Return the contents of a version by their logical paths.

    Raises:
        InputError: There is no such version, or a content is not there.
    """
    if version not in reading.states:
        known = f"v1 to {reading.head}" if len(reading.names) > 1 else reading.head
        raise InputError(f"{reading.id!a} has no version {version!a}", hint=f"It has {known}.")
    paths = reading.content_paths()
    found = {}
    for logical, digest in sorted(reading.states[version].items()):
        relative = paths[digest][0]
        size = plain_path(folder, relative).lstat().st_size
        found[logical] = StoredContent(folder, relative, size, reading.algorithm, digest)
    return found
