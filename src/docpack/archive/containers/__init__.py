"""The containers of a package, tar, zip and folder: written so that the bytes depend on names and contents alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from docpack.archive.containers.folder_writer import FolderWriter
from docpack.archive.containers.tar_writer import TarWriter
from docpack.archive.containers.zip_writer import ZipWriter
from docpack.archive.durable import open_steadily

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from docpack.archive.content import Content, Digests

__all__ = ["ContainerKind", "ContainerWriter", "open_container"]

ContainerKind: TypeAlias = Literal["tar", "zip", "folder"]


class ContainerWriter(Protocol):
    """Takes files one by one; a context manager, which closes it."""

    def add(self, name: str, content: Content) -> Digests:
        """Write one file, and return the digests of what was written.

        Args:
            name: The full logical path, such as "docpack-1/data/METS.xml"; each once.
            content: What the file holds; it is read once, in pieces.
        """

    def close(self) -> None:
        """Write what ends the container, and close the file."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


def open_container(kind: ContainerKind, path: Path) -> ContainerWriter:
    """Return the writer of a new container.

    Args:
        kind: Which container.
        path: Where it is written: a file that does not exist yet; for `folder` a folder, which is made where it is
            missing. `publishing.publish` gives such paths.

    Raises:
        OSError: It exists, or cannot be made.
    """
    if kind == "folder":
        return FolderWriter(path)
    writer = TarWriter if kind == "tar" else ZipWriter
    return writer(open_steadily(path))
