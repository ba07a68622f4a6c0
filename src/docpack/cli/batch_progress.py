"""How far a batch is: a bar where a person looks on, else a line now and then. Progress is never a result."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from docpack.cli.messages import say

if TYPE_CHECKING:
    from typing import Self

    from docpack.batch.reports.summary import Summary

__all__ = ["Progress"]

EVERY_S = 30.0  # between two lines, where nobody looks on


class Progress:
    """Is told after each document; a context manager.

    Args:
        quiet: Whether nothing is to be said.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._said_s = time.monotonic()
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr is not None and sys.stderr.isatty():
            self._open_bar()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, summary: Summary) -> None:
        """Show how far it is."""
        if self._bar is not None:
            failed = f", {summary.failed} failed" if summary.failed else ""
            self._bar.update(
                self._task, completed=summary.documents, description=f"{summary.documents} documents{failed}"
            )
        elif not self._quiet and time.monotonic() - self._said_s >= EVERY_S:
            self._said_s = time.monotonic()
            say(f"{summary.documents} documents so far, {summary.failed} failed")

    def _open_bar(self) -> None:
        try:
            from rich.console import Console
            from rich.progress import Progress as Bar
            from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
        except ImportError:  # docpack[progress] is not installed: lines do
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=None)
        self._bar.start()
