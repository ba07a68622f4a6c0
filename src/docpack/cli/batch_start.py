"""What `docpack batch` begins with, before anything else is loaded: the process that its workers come from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["start_early"]

_WITHOUT_WORKERS = ("--executor", "--check", "--print-config", "--prune-cache", "--help", "-h")


def start_early(arguments: Sequence[str]) -> None:
    """Start the server of workers where it is plain that there will be work for them: it loads while this process does.

    Args:
        arguments: Those of the command, as they were typed. What is wrong with them is told later.
    """
    folder = _output_dir(arguments)
    if not folder or arguments[:1] == ["merge"] or any(each.startswith(_WITHOUT_WORKERS) for each in arguments):
        return
    if not os.path.exists(folder):  # noqa: PTH110  # pathlib is not loaded yet
        from docpack.batch.warming import warm_up

        warm_up()


def _output_dir(arguments: Sequence[str]) -> str:
    """Return the folder for outputs, where it is named; argparse, which knows better, is not loaded yet."""
    for each, following in zip(arguments, (*arguments[1:], ""), strict=False):
        if each in ("-d", "--output-dir"):
            return following
        if each.startswith("--output-dir="):
            return each.removeprefix("--output-dir=")
        if each.startswith("-d"):
            return each.removeprefix("-d")
    return ""
