"""Opening a package that comes from anywhere, folder, tar or zip: looked at, never extracted.

What is wrong is collected as problems. `open_package` raises if there are errors, unless it is told to only look:
what it gives without raising can be unpacked, name by name, without harm.
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpack.archive.containers.folder_reader import read_folder
from docpack.archive.containers.tar_reader import looks_like_tar, read_tar
from docpack.archive.containers.zip_reader import looks_like_zip, read_zip
from docpack.archive.members import Entry, Member, SharedFile
from docpack.archive.names import check_name, leads_astray
from docpack.archive.order import logical_path
from docpack.archive.path_tree import check_paths
from docpack.archive.problems import Code, DamagedError, Problems, Severity, shown
from docpack.archive.transfer_check import is_transfer
from docpack.errors import InputError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from docpack.archive.containers import ContainerKind
__all__ = ["Package", "open_package"]

MAX_FILES = 100_000
MAX_TOTAL_BYTES = 100_000_000_000
_HINT = "Name a package: a tar or zip file, or a folder."


@dataclass(slots=True)
class Package:
    """A package that is open; a context manager, which closes it.

    Args:
        path: Where it is.
        container: What it is.
        objid: The name of its top folder.
        members: Its files by their path in the top folder, in the order in which the container has them.
        problems: What is wrong with the container and the names in it.
        is_cut_short: Whether the container could not be read to its end, so that files are missing here.
    """

    path: Path
    container: ContainerKind
    objid: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    is_cut_short: bool = False
    top: Path | None = None  # the top folder itself, where the package is a folder
    file: SharedFile | None = None  # the container, where it is a file

    @property
    def is_bag(self) -> bool:
        """Whether the package is a BagIt bag, be it a damaged one."""
        return any(_is_of_a_bag(path) for path in self.members)

    @property
    def tree(self) -> dict[str, Member]:
        """The files of the information package by their logical path, wherever the delivered layout has them."""
        if is_transfer(self):
            return {logical_path(path): each for path, each in self.members.items()}
        if not self.is_bag:
            return dict(self.members)
        return {path.removeprefix("data/"): each for path, each in self.members.items() if path.startswith("data/")}

    @property
    def size_bytes(self) -> int:
        """How many octets all files have together."""
        return sum(each.size_bytes for each in self.members.values())

    def close(self) -> None:
        """Close the container's file."""
        if self.file:
            self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_package(path: Path, *, foreign: bool = False, strict: bool = True) -> Package:
    """Open a package.

    Args:
        path: A tar or zip file; or a folder, which is the top folder or holds just that.
        foreign: Whether it may be somebody else's bag: with compressed files and names that fit not every system.
        strict: Raise where something is wrong; else the problems are in the package.

    Raises:
        InputError: There is no such thing, it cannot be read, or it is no container.
        VerificationError: It is damaged, or holds what no package may hold.
    """
    with contextlib.ExitStack() as undo:
        try:
            package = _opened(path, foreign=foreign)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{path} cannot be read: {reason}", hint=_HINT) from error
        undo.callback(package.close)
        if strict and package.problems.has_errors:
            first = next(each for each in package.problems if each.severity is Severity.ERROR)
            where = f"{shown(first.path)}: " if first.path else ""
            raise VerificationError(
                f"{path} is damaged or unsafe: {where}{first.message}", hint="See all with `docpack verify`."
            )
        undo.pop_all()
    return package


def _opened(path: Path, *, foreign: bool) -> Package:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        package = _opened_folder(path)
        entries = read_folder(str(package.top), package.problems)
        _collect(package, entries, foreign=foreign)
    elif stat.S_ISREG(status.st_mode):
        package = _opened_file(path, foreign=foreign)
    else:
        raise InputError(f"{path} is neither a file nor a folder", hint=_HINT)
    return package


def _opened_folder(path: Path) -> Package:
    """Return the package of a folder: the top folder is the folder itself, or the only thing in it."""
    package = Package(path, "folder")
    with os.scandir(path) as found:
        entries = sorted(found, key=lambda each: each.name)
    if not entries:
        raise InputError(f"{path} is an empty folder", hint=_HINT)
    folders = [each for each in entries if each.is_dir(follow_symlinks=False)]
    inside = {each.name for each in entries if not each.is_dir(follow_symlinks=False)}
    is_top = any(_is_of_a_bag(name) for name in inside) or "METS.xml" in inside or len(folders) != 1
    package.top = path if is_top else path / folders[0].name
    package.objid = path.resolve().name if is_top else folders[0].name
    if not is_top and len(entries) > 1:
        others = ", ".join(shown(each.name) for each in entries if each is not folders[0])
        package.problems.add(Code.TOP_FOLDER, "", f"beside the top folder there is {others}")
    return package


def _opened_file(path: Path, *, foreign: bool) -> Package:
    raw = path.open("rb", buffering=0)
    file = SharedFile(raw, os.fstat(raw.fileno()).st_size)
    try:
        package = Package(path, _kind(file, path), file=file)
        read = read_zip if package.container == "zip" else read_tar
        _collect(package, _below_top(read(file, package.problems, foreign=foreign), package), foreign=foreign)
    except BaseException:
        file.close()
        raise
    return package


def _kind(file: SharedFile, path: Path) -> ContainerKind:
    if looks_like_zip(file):
        return "zip"
    if looks_like_tar(file.read_at(0, 512)):
        return "tar"
    raise InputError(f"{path} is no tar, no zip and no folder", hint=_HINT)


def _below_top(entries: Iterable[Entry], package: Package) -> Iterator[Entry]:
    """Yield the entries with their names in the top folder; what lies outside of it is reported."""
    top: str | None = None
    for entry in entries:
        if reason := leads_astray(entry.name):
            package.problems.add(Code.NAME_TRAVERSAL, entry.name, reason)
            continue
        name, slash, rest = entry.name.partition("/")
        top = name if top is None else top
        package.objid = top
        if name != top or (not slash and not entry.is_folder):
            package.problems.add(Code.TOP_FOLDER, entry.name, f"{shown(entry.name)} lies outside the top folder")
        elif rest:
            yield Entry(rest, entry.size_bytes, entry.opener)


def _collect(package: Package, entries: Iterable[Entry], *, foreign: bool) -> None:
    """Fill the package with its files, and report what is wrong with their names and numbers."""
    problems, folders, total = package.problems, dict[str, None](), 0
    try:
        for entry in entries:
            safe = check_name(entry.name, problems, foreign=foreign)
            if entry.opener is None:
                if safe:
                    folders[entry.name] = None
                _check_limits(len(folders), total)
                continue
            total += entry.size_bytes
            _check_limits(len(package.members) + 1, total)
            if entry.name in package.members:
                problems.add(Code.DUPLICATE, entry.name)
            elif safe:
                package.members[entry.name] = Member(entry.name, entry.size_bytes, entry.opener)
        check_paths(package.members, folders, problems, foreign=foreign)
    except DamagedError as damage:
        problems.add_damage(damage)
        package.is_cut_short = True
    if package.objid:
        check_name(package.objid, problems, foreign=foreign)


def _check_limits(count: int, total: int) -> None:
    if count > MAX_FILES:
        raise DamagedError(Code.TOO_MANY_FILES, "", f"there are more than {MAX_FILES} files or folders")
    if total > MAX_TOTAL_BYTES:
        raise DamagedError(Code.TOO_LARGE, "", f"the files have more than {MAX_TOTAL_BYTES} bytes together")


def _is_of_a_bag(path: str) -> bool:
    return path in {"bagit.txt", "bag-info.txt"} or (path.startswith(("manifest-", "tagmanifest-")) and "/" not in path)
