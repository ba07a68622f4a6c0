"""A package as a folder: every file is new, and nothing is followed or replaced."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docpack.archive.content import copy

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from docpack.archive.content import Content, Digests

__all__ = ["FolderWriter"]

# O_NOFOLLOW matters where somebody else may write in the folder too; Windows has no such flag, and wants O_BINARY.
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class FolderWriter:
    """Writes files below a folder; `publishing.publish` makes them durable."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder

    def add(self, name: str, content: Content) -> Digests:
        """Write one file, with the folders that it lies in."""
        path = self._folder.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, _FLAGS, 0o644), "wb", buffering=0) as file:

            def write(chunk: memoryview) -> None:
                while chunk:
                    chunk = chunk[file.write(chunk) :]

            return copy(content, write)

    def close(self) -> None:
        """Do nothing: a folder has no end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
