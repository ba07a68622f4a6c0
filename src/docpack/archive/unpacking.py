"""A package written out as a folder: what was verified, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.containers import open_container
from docpack.archive.publishing import publish
from docpack.errors import VerificationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docpack.archive.opening import Package

__all__ = ["unpack"]


def unpack(package: Package, target: Path, proved: Mapping[str, str]) -> int:
    """Write the package's top folder into a new folder; return how many files that were.

    Args:
        package: What was verified, still open.
        target: The folder.
        proved: The SHA-512 of its files, by path: each is compared again on the way.

    Only regular files are made, each of them new; the folder takes its name when all of them are on the disk.

    Raises:
        InputError: The container does not give what it promised.
        OutputError: The folder is not empty, or cannot be written.
        VerificationError: A file is no longer the one that was verified.
    """
    with publish(target, folder=True) as temporary, open_container("folder", temporary) as sink:
        for path, member in package.members.items():
            if sink.add(f"{package.objid}/{path}", member).sha512 != proved[path]:
                raise VerificationError(
                    f"{path} was changed after it was verified", hint="Unpack it when nobody writes to it."
                )
    return len(package.members)
