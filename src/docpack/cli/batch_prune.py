"""`docpack batch --prune-cache [SIZE]`: make room in the cache."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from docpack.archive.problems import shown
from docpack.batch.cache import Cache, cache_folder
from docpack.cli.messages import write_line
from docpack.errors import ExitCode, UsageError

if TYPE_CHECKING:
    import argparse

__all__ = ["prune"]


def prune(parsed: argparse.Namespace) -> int:
    """Remove what was not used for the longest time, and tell what that was; return the exit code.

    Raises:
        OutputError: A file cannot be removed.
        UsageError: Something is to be converted as well.
    """
    if parsed.inputs or parsed.files_from or parsed.output_dir or parsed.to or parsed.check or parsed.report:
        raise UsageError(
            "--prune-cache converts nothing", hint="Leave out inputs and what becomes of them; give SIZE as 512M or 4G."
        )
    folder = cache_folder()
    pruned = Cache(folder).prune(parsed.prune_cache)
    if parsed.json:
        write_line(json.dumps({"cache": str(folder), **asdict(pruned)}, indent=1))
    else:
        write_line(
            f"{_documents(pruned.removed)} removed from {shown(str(folder))}, {pruned.removed_bytes} bytes;"
            f" {_documents(pruned.left)} left, {pruned.left_bytes} bytes"
        )
    return ExitCode.OK


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"
