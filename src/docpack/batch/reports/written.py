"""The file of a report: written aside while the run lasts, put in its place when it ends."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from docpack.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ReportFile"]


class ReportFile:
    """A text file that is there whole or not at all.

    Args:
        path: Where it is to be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.docpack-tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and not path.is_file():  # a rename would put a file in the place of a device or pipe
                raise IsADirectoryError(21, "it is a folder" if path.is_dir() else "it is a device or a pipe, no file")
            self.file = self._temporary.open("w+", encoding="utf-8", newline="\n", errors="backslashreplace")
        except OSError as error:
            raise self._failed(error) from error

    def write(self, text: str) -> None:
        """Write some of it.

        Raises:
            OutputError: The disk did not take it.
        """
        try:
            self.file.write(text)
        except OSError as error:
            raise self._failed(error) from error

    def finish(self) -> None:
        """Put it in its place.

        Raises:
            OutputError: The disk did not take it.
        """
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self._temporary.replace(self.path)
        except OSError as error:
            raise self._failed(error) from error

    def abandon(self) -> None:
        """Leave nothing."""
        with contextlib.suppress(OSError):
            self.file.close()
            self._temporary.unlink()

    def _failed(self, error: OSError) -> OutputError:
        return OutputError(
            f"the report {self.path} cannot be written: {error.strerror}",
            hint="Check the folder and the space on the disk.",
        )
