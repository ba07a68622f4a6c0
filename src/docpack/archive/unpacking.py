"""A package written out as a folder: what was verified, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.containers import open_container
from docpack.archive.publishing import publish

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.archive.opening import Package

__all__ = ["unpack"]


def unpack(package: Package, target: Path) -> int:
    """Write the package's top folder into a new folder; return how many files that were.

    Only regular files are made, each of them new; the folder takes its name when all of them are on the disk.

    Raises:
        InputError: The container does not give what it promised.
        OutputError: The folder is not empty, or cannot be written.
    """
    with publish(target, folder=True) as temporary, open_container("folder", temporary) as sink:
        for path, member in package.members.items():
            sink.add(f"{package.objid}/{path}", member)
    return len(package.members)
