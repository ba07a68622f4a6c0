"""The file of a report: written aside while the run lasts, put in its place when it ends."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docpack.errors import OutputError
from docpack.files import NewFile

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
        try:
            self._file = NewFile(path)
        except (OSError, ValueError) as error:
            raise self._failed(error) from error
        self._text = io.TextIOWrapper(self._file.file, "utf-8", "backslashreplace", "\n")

    def write(self, text: str) -> None:
        """Write some of it.

        Raises:
            OutputError: The disk did not take it.
        """
        try:
            self._text.write(text)
        except OSError as error:
            raise self._failed(error) from error

    def finish(self) -> None:
        """Put it in its place.

        Raises:
            OutputError: The disk did not take it.
        """
        try:
            self._text.flush()
            self._file.publish()
        except OSError as error:
            raise self._failed(error) from error

    def abandon(self) -> None:
        """Leave nothing."""
        self._file.abandon()

    def _failed(self, error: OSError | ValueError) -> OutputError:
        return OutputError(
            f"the report {self.path} cannot be written: {getattr(error, 'strerror', None) or error}",
            hint="Check the folder and the space on the disk.",
        )
