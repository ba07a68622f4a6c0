"""What the standard says about contents: each file is in the manifest, each path of it is there, each digest true."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from docpack.archive.ocfl.algorithms import hash_file
from docpack.archive.ocfl.folders import Kind, open_regular, walk
from docpack.archive.ocfl.problems import shown

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.archive.ocfl.folders import Entry
    from docpack.archive.ocfl.inventory_rules import Reading
    from docpack.archive.ocfl.problems import Problems

__all__ = ["Claims", "add_claims", "check_content"]


# What inventories of earlier versions say of a content path beyond what the object's own says: algorithm and digest,
# and the code for it being wrong. All those inventories together would not fit into memory.
Claims: TypeAlias = "dict[str, dict[tuple[str, str], str]]"


def add_claims(claims: Claims, prior: Reading, root: Reading) -> None:
    """Add what the inventory of an earlier version says of contents."""
    for path, digest in prior.manifest.items():
        if prior.algorithm and (prior.algorithm != root.algorithm or root.manifest.get(path) != digest):
            claims.setdefault(path, {})[prior.algorithm, digest] = "E092"
    for path, known in prior.fixity.items():
        own = root.fixity.get(path, {})
        for algorithm, digest in known.items():
            if own.get(algorithm) != digest:
                claims.setdefault(path, {}).setdefault((algorithm, digest), "E093")


def check_content(folder: Path, root: Reading, claims: Claims, problems: Problems, *, digests: bool) -> None:
    """Note where the content files of an object are not what its inventories say.

    Each file is read once, whatever digests of it are stated.

    Args:
        folder: The object's folder.
        root: Its inventory.
        claims: What those of its versions say beyond it.
        problems: Where it is noted.
        digests: Whether files are read; else only their names are compared.

    Raises:
        OSError: A folder cannot be listed.

    Spec:
        OCFL 1.1, sections 3.3, content, and 3.5.2, manifest.
    """
    files = _files(folder, root, problems)
    for path in sorted(files.keys() - root.manifest.keys()):
        problems.add("E023", "the file is not in the manifest", at=path)
    listed = {path for path, stated in claims.items() if "E092" in stated.values()}
    for path in sorted((root.manifest.keys() | listed) - files.keys()):
        problems.add("E092", f"the file {shown(path)} is in a manifest and is not there")
    for path in sorted(root.fixity.keys() - files.keys()):
        problems.add("E093", f"the file {shown(path)} has fixity and is not there")
    if digests:
        for path in sorted(files):
            _check_digests(folder, path, _stated(path, root, claims), problems)


def _files(folder: Path, root: Reading, problems: Problems) -> dict[str, Entry]:
    """Return the content files of all versions by their path, and note what is no file, or empty."""
    found: dict[str, Entry] = {}
    inodes: dict[tuple[int, int], str] = {}
    for name in root.names:
        below = f"{name}/{root.content_directory}"
        if not _is_folder(folder / name) or not _is_folder(folder / below):
            continue
        count = len(found)
        for path, entries in walk(folder, below):
            if not entries and path != below:
                problems.add("E024", "the folder is empty", at=path)
            for each in entries:
                _take(each, found, inodes, problems)
        if len(found) == count:
            problems.add("W003", "the content folder holds no files", at=below)
    return found


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _take(entry: Entry, found: dict[str, Entry], inodes: dict[tuple[int, int], str], problems: Problems) -> None:
    if entry.kind is Kind.FILE:
        found[entry.path] = entry
        # A name outside of the object is a backup's business; two inside are one file that seems to be two.
        if entry.links > 1 and inodes.setdefault(entry.inode, entry.path) != entry.path:
            problems.add("E090", f"it is a hard link to {inodes[entry.inode]}", at=entry.path)
    elif entry.kind is not Kind.FOLDER:
        problems.add("E090", f"it is {entry.kind}", at=entry.path)


def _stated(path: str, root: Reading, claims: Claims) -> dict[tuple[str, str], str]:
    """Return each digest that is stated of a path, with its algorithm, and the code for it being wrong."""
    stated: dict[tuple[str, str], str] = {}
    if root.algorithm and path in root.manifest:
        stated[root.algorithm, root.manifest[path]] = "E092"
    stated.update(claims.get(path, {}))
    for known in root.fixity.get(path, {}).items():
        stated.setdefault(known, "E093")
    return stated


def _check_digests(folder: Path, path: str, stated: dict[tuple[str, str], str], problems: Problems) -> None:
    if not stated:
        return
    try:
        with open_regular(folder / path) as file:
            found = hash_file(file, {algorithm for algorithm, _ in stated})
    except OSError as error:
        problems.add("E901", f"it cannot be read: {error.strerror or error}", at=path)
        return
    for (algorithm, digest), code in stated.items():
        if digest != found[algorithm]:
            problems.add(code, f"its {algorithm} is not {digest}", at=path)
