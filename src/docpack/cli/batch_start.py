"""What `docpack batch` begins with, before anything else is loaded: the process that its workers come from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["start_early"]


def start_early(arguments: Sequence[str]) -> None:
    """Start the server of workers where it is plain that there will be work for them: it loads while this process does.

    Args:
        arguments: Those of the command, as they were typed. What is wrong with them is told later.
    """
    following = dict(zip(arguments, arguments[1:], strict=False))
    folder = following.get("-d") or following.get("--output-dir")
    elsewhere = any(each.startswith(("--executor", "--check")) for each in arguments)
    if folder and not elsewhere and not os.path.exists(folder):  # noqa: PTH110  # pathlib is not loaded yet
        from docpack.batch.warming import warm_up

        warm_up()
