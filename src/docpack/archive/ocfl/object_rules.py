"""What the standard says about an object: its folder, its versions, and that every content is what it should be.

Everything that stands in the folder is looked at, nothing is followed. What an inventory says never becomes a path
that is opened: the files that are there are listed, and the list is compared with what the inventory says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpack.archive.ocfl.content_rules import Claims, add_claims, check_content
from docpack.archive.ocfl.folders import Kind, children, read_small
from docpack.archive.ocfl.history_rules import ContentDirectory, check_content_directories, check_prior
from docpack.archive.ocfl.inventory_file import INVENTORY, check_sidecar, parse, read_bytes
from docpack.archive.ocfl.inventory_rules import SPEC_VERSIONS, Reading, read_inventory
from docpack.archive.ocfl.problems import Problems, shown

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.archive.ocfl.folders import Entry

__all__ = ["DECLARATION", "REGISTERED_EXTENSIONS", "check_object"]

DECLARATION = "0=ocfl_object_"

REGISTERED_EXTENSIONS = {  # https://ocfl.github.io/extensions, 2026-11
    "0001-digest-algorithms",
    "0002-flat-direct-storage-layout",
    "0003-hash-and-id-n-tuple-storage-layout",
    "0004-hashed-n-tuple-storage-layout",
    "0005-mutable-head",
    "0006-flat-omit-prefix-storage-layout",
    "0007-n-tuple-omit-prefix-storage-layout",
    "0008-schema-registry",
    "0009-digest-algorithms",
    "0010-differential-n-tuple-omit-prefix-storage-layout",
    "0011-direct-clean-path-layout",
    "0012-hash-and-no-prefix-id-n-tuple-storage-layout",
    "initial",
}


@dataclass(slots=True)
class Checked:
    """What was found out about an object: its inventory, if it could be read, and the version of the standard."""

    spec: str = SPEC_VERSIONS[-1]
    root: Reading | None = None
    claims: Claims = field(default_factory=dict)
    directories: list[ContentDirectory] = field(default_factory=list)
    advice: set[tuple[str, str]] = field(default_factory=set)  # what is advised of it, code and message


def check_object(folder: Path, problems: Problems, *, digests: bool = True) -> Checked:
    """Note all that is wrong with the object in a folder.

    Args:
        folder: The object's folder.
        problems: Where it is noted.
        digests: Whether the contents are read and compared with their digests.

    Spec:
        OCFL 1.1, section 3, OCFL object.
    """
    checked = Checked()
    try:
        entries = children(folder)
        checked.spec = _check_declaration(folder, entries, problems)
        data = _root_inventory(folder, entries, problems)
        raw = None if data is None else parse(data, problems)
        if data is None or raw is None:
            return checked
        before = len(problems.found)
        checked.root = read_inventory(raw, problems.below(INVENTORY))
        checked.advice = {(each.code, each.message) for each in problems.found[before:] if not each.is_error}
        if checked.root.spec != checked.spec and not any(each.code == "E038" for each in problems.found[before:]):
            problems.add(
                "E038", f"the type is that of OCFL {checked.root.spec}, the object's declaration {checked.spec}"
            )
        check_sidecar(folder, data, checked.root.algorithm, problems)
        _check_entries(folder, entries, checked.root, problems)
        _check_versions(folder, data, checked, problems)
        check_content(folder, checked.root, checked.claims, problems, digests=digests)
    except OSError as error:
        where = str(error.filename or folder).removeprefix(str(folder)).lstrip("/")
        problems.add("E901", f"it cannot be read: {error.strerror or error}", at=where)
    return checked


def _check_declaration(folder: Path, entries: list[Entry], problems: Problems) -> str:
    """Note what is wrong with the object's declaration, and return the version of the standard that it names."""
    declared = [each for each in entries if each.name.startswith("0=")]
    sound = [
        each for each in declared if each.kind is Kind.FILE and each.name.removeprefix(DECLARATION) in SPEC_VERSIONS
    ]
    for each in declared:
        if each not in sound:
            problems.add("E006", f"{shown(each.name)} is no declaration of OCFL 1.0 or 1.1", at=each.name)
    if len(sound) != 1:
        problems.add("E003", f"there are {len(sound)} declarations of the object, and not one")
    for each in sound:
        if read_small(folder / each.name, 100) != each.name.removeprefix("0=").encode() + b"\n":
            problems.add("E007", "the declaration does not hold what its name says", at=each.name)
    return max((each.name.removeprefix(DECLARATION) for each in sound), default=SPEC_VERSIONS[-1])


def _root_inventory(folder: Path, entries: list[Entry], problems: Problems) -> bytes | None:
    if not any(each.name == INVENTORY for each in entries):
        problems.add("E063", "there is no inventory")
        return None
    return read_bytes(folder, problems)


def _check_entries(folder: Path, entries: list[Entry], root: Reading, problems: Problems) -> None:
    """Note what stands in the object's folder and has no place there."""
    files = {INVENTORY, f"{INVENTORY}.{root.algorithm}" if root.algorithm else INVENTORY}
    for each in entries:
        if each.kind is Kind.LINK:
            problems.add("E090", "it is a link", at=each.name)
        elif each.kind is Kind.FOLDER:
            _check_folder(folder, each, root, problems)
        elif each.kind is Kind.OTHER or (each.name not in files and not each.name.startswith("0=")):
            problems.add("E001", f"it is {each.kind} that has no place in an object", at=each.name)
    there = {each.name for each in entries if each.kind is Kind.FOLDER}
    for name in root.names:
        if name not in there:
            problems.add("E046", f"the inventory has a version {name}, and there is no such folder")
            problems.add("E010", f"{name} is missing")


def _check_folder(folder: Path, entry: Entry, root: Reading, problems: Problems) -> None:
    if entry.name in root.names or entry.name == "logs":
        return
    if entry.name == "extensions":
        for each in children(folder, "extensions"):
            if each.kind is not Kind.FOLDER:
                problems.add("E067", f"it is {each.kind} and no extension", at=each.path)
            elif each.name not in REGISTERED_EXTENSIONS:
                problems.add("W013", f"{shown(each.name)} is no registered extension", at=each.path)
    elif re.fullmatch(r"v[0-9]+", entry.name):
        problems.add("E046", "it is the folder of a version that the inventory does not have", at=entry.name)
        problems.add("E001", "it is a folder that has no place in an object", at=entry.name)
    else:
        problems.add("E001", "it is a folder that has no place in an object", at=entry.name)


def _check_versions(folder: Path, root_data: bytes, checked: Checked, problems: Problems) -> None:
    """Note what is wrong with the inventories in the folders of versions, and with what stands beside them."""
    root = checked.root
    assert root is not None
    spec = SPEC_VERSIONS[0]
    there = {each.name for each in children(folder) if each.kind is Kind.FOLDER}
    for name in root.names:
        if name not in there:
            continue
        here = problems.below(name)
        entries = children(folder, name)
        files: set[str] = set()
        if any(each.name == INVENTORY for each in entries):
            reading = _check_version_inventory(folder / name, name, checked, root_data, here)
            files = _records(entries, reading.algorithm if reading else "")
            if reading is not None:
                checked.directories.append(ContentDirectory.of(name, reading))
                if reading.spec < spec:
                    here.add("E103", f"the inventory is of OCFL {reading.spec}, the one before it of {spec}")
                spec = max(spec, reading.spec)
        else:
            here.add("W010", "the version has no inventory of its own")
        _check_version_entries(entries, root.content_directory, files, here)
    check_content_directories(checked.directories, ContentDirectory.of("", root), problems)


def _check_version_inventory(
    folder: Path, name: str, checked: Checked, root_data: bytes, problems: Problems
) -> Reading | None:
    root, data = checked.root, read_bytes(folder, problems)
    assert root is not None
    if data is None:
        return None
    if name == root.head:
        if data != root_data:
            problems.add("E064", "the inventory of the latest version is not the object's own", at=INVENTORY)
        check_sidecar(folder, data, root.algorithm, problems)
        return root
    raw = parse(data, problems)
    if raw is None:
        return None
    own = Problems()
    reading = read_inventory(raw, own)
    for each in own.found:
        if (each.code, each.message) not in checked.advice:  # it was given once, for the object's own inventory
            problems.add(each.code, each.message, at=INVENTORY)
    check_sidecar(folder, data, reading.algorithm, problems)
    check_prior(root, reading, name, problems.below(INVENTORY))
    add_claims(checked.claims, reading, root)
    return reading


def _check_version_entries(entries: list[Entry], content_directory: str, files: set[str], problems: Problems) -> None:
    for each in entries:
        if each.kind is Kind.LINK:
            problems.add("E090", "it is a link", at=each.name)
        elif each.kind is Kind.FOLDER:
            if each.name != content_directory:
                problems.add("W002", "it is a folder that has no place in a version", at=each.name)
        elif each.kind is Kind.OTHER or each.name not in files:
            problems.add("E015", f"it is {each.kind} that has no place in a version", at=each.name)


def _records(entries: list[Entry], algorithm: str) -> set[str]:
    """Return the names of the inventory and its sidecar; of any sidecar where the algorithm is not known."""
    if algorithm:
        return {INVENTORY, f"{INVENTORY}.{algorithm}"}
    return {each.name for each in entries if each.name == INVENTORY or each.name.startswith(f"{INVENTORY}.")}
