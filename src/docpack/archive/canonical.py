"""Whether a package is byte for byte what docpack writes for its content: it is written again, and compared.

Nothing can hide from this: not in a header, not in an order, not behind the end.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO, cast

from docpack.archive.bagit import BagWriter
from docpack.archive.containers.tar_writer import TarWriter
from docpack.archive.containers.zip_writer import ZipWriter
from docpack.archive.content import copy, digests_of
from docpack.archive.order import packing_order, transfer_order
from docpack.archive.problems import Code
from docpack.archive.transfer_check import is_transfer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

    from docpack.archive.containers import ContainerWriter
    from docpack.archive.content import Content, Digests
    from docpack.archive.members import Member, SharedFile
    from docpack.archive.opening import Package
    from docpack.archive.problems import Problems

__all__ = ["check_canonical"]

_COMPUTED = frozenset({"Bag-Size", "Payload-Oxum"})
_RUN_OR_PRIVILEGE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH | stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX


def check_canonical(package: Package, info: Iterable[tuple[str, str]], problems: Problems) -> None:
    """Report the first place where the package is not what is written for its content."""
    if package.file is None:
        _check_folder(package, info, problems)
        return
    twin = _Twin(package.file)
    file = cast("BinaryIO", twin)  # it does what the writers ask of a file
    writer = TarWriter(file) if package.container == "tar" else ZipWriter(file)
    _write_again(package, info, writer)
    writer.close()
    if twin.difference is None and twin.stop != package.file.size_bytes:
        twin.difference = min(twin.stop, package.file.size_bytes)
    if twin.difference is not None:
        problems.add(Code.NOT_CANONICAL, "", f"byte {twin.difference} is not what docpack writes for this content")


def _write_again(package: Package, info: Iterable[tuple[str, str]], writer: ContainerWriter) -> None:
    tree = package.tree
    if not package.is_bag:
        files = package.members
        for path in transfer_order(files) if is_transfer(package) else packing_order(files):
            writer.add(f"{package.objid}/{path}", files[path])
        return
    bag = BagWriter(writer, package.objid)
    for path in packing_order(tree):
        bag.add(path, tree[path])
    bag.close([field for field in info if field[0] not in _COMPUTED])


def _check_folder(package: Package, info: Iterable[tuple[str, str]], problems: Problems) -> None:
    """Compare the tag files; a folder has no order and no headers, but it has permissions."""
    twin = _FolderTwin(package.objid, package.members)
    _write_again(package, info, twin)
    for path in twin.different:
        problems.add(Code.NOT_CANONICAL, path, "it is not what docpack writes for this payload")
    assert package.top is not None
    for path in package.members:
        if os.name != "nt" and (package.top / path).lstat().st_mode & _RUN_OR_PRIVILEGE:
            problems.add(Code.NOT_CANONICAL, path, "it can be run as a program")


class _Twin:
    """A file that is not written: what should stand in it is compared with what stands in another."""

    def __init__(self, original: SharedFile) -> None:
        self._original = original
        self._position = 0
        self.stop = 0
        self.difference: int | None = None

    def write(self, data: bytes | memoryview) -> int:
        if self.difference is None:
            found = self._original.read_at(self._position, len(data))
            if found != data:
                pairs = enumerate(zip(found, data, strict=False))
                offset = next((i for i, (a, b) in pairs if a != b), min(len(found), len(data)))
                self.difference = self._position + offset
        self._position += len(data)
        self.stop = max(self.stop, self._position)
        return len(data)

    def seek(self, position: int) -> int:
        self._position = position
        return position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        """Leave the other file open."""


class _FolderTwin:
    """A folder that is not written: what should stand in it is compared with the files that are there."""

    def __init__(self, objid: str, members: dict[str, Member]) -> None:
        self._objid, self._members = objid, members
        self.different: list[str] = []

    def add(self, name: str, content: Content) -> Digests:
        path = name.removeprefix(f"{self._objid}/")
        member = self._members.get(path)
        if member is content:  # the payload, compared by its digests already
            return digests_of(content)
        if member is None or member.size_bytes != content.size_bytes:
            self.different.append(path)
            return digests_of(content)
        with member.open() as file:
            same = True

            def compare(chunk: memoryview) -> None:
                nonlocal same
                same = same and file.read(len(chunk)) == chunk

            digests = copy(content, compare)
        if not same:
            self.different.append(path)
        return digests

    def close(self) -> None:
        """Do nothing: a folder has no end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
