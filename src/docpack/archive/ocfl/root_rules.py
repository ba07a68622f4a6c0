"""What the standard says about a storage root: its declaration, its layout, and the folders that hold objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.ocfl.folders import Entry, Kind, children, read_small
from docpack.archive.ocfl.inventory_rules import SPEC_VERSIONS
from docpack.archive.ocfl.layout import LAYOUT_FILE, MAX_LAYOUT_BYTES
from docpack.archive.ocfl.object_rules import REGISTERED_EXTENSIONS
from docpack.archive.ocfl.problems import Problems, shown
from docpack.archive.ocfl.strict_json import parse_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["EXTENSIONS", "ROOT_DECLARATION", "check_root", "object_folders"]

EXTENSIONS = "extensions"
ROOT_DECLARATION = "0=ocfl_"


def check_root(root: Path, problems: Problems) -> str:
    """Note what is wrong with a storage root itself, and return the version of the standard that it declares.

    Raises:
        OSError: The folder cannot be listed.

    Spec:
        OCFL 1.1, section 4, storage root.
    """
    entries = children(root)
    declared = [each for each in entries if each.name.startswith("0=")]
    sound = [
        each
        for each in declared
        if each.kind is Kind.FILE and each.name.removeprefix(ROOT_DECLARATION) in SPEC_VERSIONS
    ]
    if not declared:
        problems.add("E069", "there is no declaration of a storage root")
    elif len(declared) > 1:
        problems.add("E076", f"there are {len(declared)} declarations, and not one")
    for each in declared:
        if each not in sound:
            problems.add("E077", f"{shown(each.name)} is no declaration of OCFL 1.0 or 1.1", at=each.name)
    for each in sound:
        if read_small(root / each.name, 100) != each.name.removeprefix("0=").encode() + b"\n":
            problems.add("E080", "the declaration does not hold what its name says", at=each.name)
    _check_layout(root, entries, problems)
    _check_extensions(root, entries, problems)
    return max((each.name.removeprefix(ROOT_DECLARATION) for each in sound), default=SPEC_VERSIONS[-1])


def _check_layout(root: Path, entries: list[Entry], problems: Problems) -> None:
    if not any(each.name == LAYOUT_FILE for each in entries):
        return
    try:
        layout = parse_object(read_small(root / LAYOUT_FILE, MAX_LAYOUT_BYTES) or b"")
    except (OSError, ValueError) as error:
        problems.add("E070", f"it describes no layout: {shown(str(error))}", at=LAYOUT_FILE)
        return
    for key in ("extension", "description"):
        if not isinstance(layout.get(key), str):
            problems.add("E070", f"it has no {key}", at=LAYOUT_FILE)
    extension = layout.get("extension")
    if isinstance(extension, str) and extension not in REGISTERED_EXTENSIONS:
        problems.add("E071", f"{shown(extension)} is no registered layout", at=LAYOUT_FILE)


def _check_extensions(root: Path, entries: list[Entry], problems: Problems) -> None:
    if not any(each.name == EXTENSIONS and each.kind is Kind.FOLDER for each in entries):
        return
    for each in children(root, EXTENSIONS):
        if each.kind is not Kind.FOLDER:
            problems.add("E112", f"it is {each.kind} and no extension", at=each.path)
        elif each.name not in REGISTERED_EXTENSIONS:
            problems.add("W016", f"{shown(each.name)} is no registered extension", at=each.path)


def object_folders(root: Path, problems: Problems) -> Iterator[str]:
    """Yield the path of each object's folder below a storage root, and note what else stands in between.

    Spec:
        OCFL 1.1, section 4.1, root structure, and 4.2, root hierarchies.
    """
    waiting = [""]
    while waiting:
        path = waiting.pop()
        try:
            entries = children(root, path)
        except OSError as error:
            problems.add("E901", f"it cannot be read: {error.strerror or error}", at=path)
            continue
        if path and any(each.name.startswith("0=") for each in entries):
            yield path
            continue
        if path and not entries:
            problems.add("E073", "the folder is empty", at=path)
        for each in entries:
            _check_between(each, problems)
        found = [each.path for each in entries if each.kind is Kind.FOLDER and each.path != EXTENSIONS]
        waiting.extend(reversed(found))


def _check_between(entry: Entry, problems: Problems) -> None:
    if entry.kind is Kind.LINK:
        problems.add("E090", "it is a link", at=entry.path)
    elif entry.kind is not Kind.FOLDER and "/" in entry.path:  # beside the declaration any file may stand: E087
        problems.add("E072", f"it is {entry.kind} that is part of no object", at=entry.path)
