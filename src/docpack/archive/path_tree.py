"""How the names in a package stand to each other: which collide, which are file and folder at once, what is empty.

A folder is a number, and a name is looked up in the folder that it lies in. The work and the memory grow with the
length of all names together, however deep a hostile package nests them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.names import folded
from docpack.archive.problems import Code, DamagedError, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpack.archive.problems import Problems

__all__ = ["check_paths"]

_ROOT = 0
MAX_NAMES = 400_000  # of files and folders, each counted once: four for every file that a package may have


def check_paths(files: Iterable[str], folders: Iterable[str], problems: Problems, *, foreign: bool) -> None:
    """Report what is wrong with names that are each right by themselves.

    Args:
        files: The paths of all files.
        folders: The paths of folders that have an entry of their own.
        problems: Takes what is wrong.
        foreign: Whether names that collide on some file systems, and empty folders, are warnings.

    Raises:
        DamagedError: There are too many folders.
    """
    tree = _PathTree(problems, Severity.WARNING if foreign else None)
    for path in files:
        tree.add_file(path)
    for path in folders:
        tree.add_folder(path, may_be_empty=foreign and path == "data")  # the payload of a bag may be empty


class _PathTree:
    def __init__(self, problems: Problems, severity: Severity | None) -> None:
        self._problems, self._severity = problems, severity
        self._numbers: dict[tuple[int, str], int] = {}
        self._spellings: dict[tuple[int, str], str] = {}
        self._files: set[int] = set()
        self._used: set[int] = {_ROOT}  # the folders in which files lie, however deep

    def add_file(self, path: str) -> None:
        """Add a file."""
        *above, last = self._way(path)
        if last in self._used:
            self._report_both(path)
        self._files.add(last)
        self._used.update(above)
        if len(above) > 1 and not self._files.isdisjoint(above):
            self._report_both(path)

    def add_folder(self, path: str, *, may_be_empty: bool) -> None:
        """Add a folder's own entry; all files are known by now."""
        *above, last = self._way(path)
        if not self._files.isdisjoint((*above, last)):
            self._report_both(path)
        elif last not in self._used and not may_be_empty:
            self._problems.add(Code.EMPTY_FOLDER, path, severity=self._severity)

    def _way(self, path: str) -> list[int]:
        """Return the numbers of the folders that a path goes through, from the root on, and its own."""
        way, length = [_ROOT], 0
        for part in path.split("/"):
            length += len(part) + 1
            key = (way[-1], part)
            number = self._numbers.get(key)
            if number is None:
                if len(self._numbers) >= MAX_NAMES:
                    raise DamagedError(Code.TOO_MANY_FILES, "", f"there are more than {MAX_NAMES} files and folders")
                number = self._numbers[key] = len(self._numbers) + 1
                self._check_spelling(key, path[: length - 1])
            way.append(number)
        return way

    def _check_spelling(self, key: tuple[int, str], path: str) -> None:
        other = self._spellings.setdefault((key[0], folded(key[1])), key[1])
        if other != key[1]:
            message = f"some file systems take it for {other}"
            self._problems.add(Code.NAME_COLLISION, path, message, self._severity)

    def _report_both(self, path: str) -> None:
        self._problems.add(Code.FILE_AS_FOLDER, path, "it, or what it lies in, is a file and a folder")
