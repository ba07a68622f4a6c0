"""Takes a version out of a store, as a new folder, with every digest checked on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.containers import open_container
from docpack.archive.publishing import publish
from docpack.errors import VerificationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docpack.archive.ocfl.current import StoredContent

__all__ = ["take"]


def take(version: Mapping[str, StoredContent], target: Path) -> int:
    """Write a version's files into a new or empty folder; return how many they were.

    Only plain files are made, each of them new; the folder takes its name when all of them are on the disk.

    Raises:
        InputError: A content is missing, or a link.
        VerificationError: A content does not have the digest that the store states; the folder is not made.
        OutputError: The folder holds something, or cannot be written.
    """
    with publish(target, folder=True) as temporary, open_container("folder", temporary) as sink:
        for path, content in version.items():
            digests = sink.add(path, content)
            if getattr(digests, content.algorithm) != content.digest:
                raise VerificationError(
                    f"{content.path} is damaged: it does not have the digest that the store states",
                    hint="Validate the store, and put the file back from another copy.",
                )
    return len(version)
