"""Adds a version to an object: staged, made durable, and put in its place by renames.

Theory of operation. What is on the disk at every moment, and so after a crash:

    first version    nothing, or the whole object: it is renamed into its place, with those folders above it that
                     were missing, in one step
    later versions   1  the object as it was
                     2  the folder of the new version too, not yet in the inventory     -> recover removes it
                     3  the new inventory, with the old one's sidecar                   -> recover writes the sidecar
                     4  the object with its new version

From 2 to 3 the version comes to count: the commit point is the rename of the object's inventory. Each step is on the
disk before the next begins. A content is hashed while it is written into the staging area, and is removed again
there if the object has it already.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docpack.archive.content import copy
from docpack.archive.durable import remove_tree, sync_tree, write_new
from docpack.archive.ocfl.current import is_object, read_current, unknown_versions
from docpack.archive.ocfl.folders import open_regular, plain_path
from docpack.archive.ocfl.inventory_file import INVENTORY, MAX_INVENTORY_BYTES, sidecar_line
from docpack.archive.ocfl.paths import check_conflicts, check_logical_path
from docpack.archive.ocfl.problems import Problems
from docpack.archive.ocfl.version_names import next_name
from docpack.errors import InputError, OutputError, VerificationError
from docpack.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from docpack.archive.content import Digests, Tree
    from docpack.archive.ocfl.inventory_rules import Reading

__all__ = ["Record", "add_version", "check_paths"]


@dataclass(frozen=True, slots=True)
class Record:
    """What is said of a version: when (RFC 3339), why, and by whom, with a name and an address."""

    created: str
    message: str
    user: tuple[str, str] | None


@dataclass(slots=True)
class _Staged:
    """A version that is written: the digest of each logical path, and the digests of each content that is new."""

    state: dict[str, str]
    new: dict[str, Digests]


def check_paths(paths: list[str]) -> None:
    """Refuse logical paths that the standard forbids, or that no file can have.

    Raises:
        InputError: There is one, or there are no paths at all.
    """
    if not paths:
        raise InputError("there is nothing to store: the tree is empty", hint="Store a package with files.")
    problems = Problems()
    for path in paths:
        check_logical_path(path, problems)
    check_conflicts(paths, "E095", problems)
    for each in problems.found:
        raise InputError(f"{each.message} ({each.code})", hint="Rename the file in the package.")


def add_version(
    root: Path,
    place: str,
    object_id: str,
    tree: Tree,
    record: Record,
    *,
    staging: Path,
    spec: str,
    ignore: Callable[[str], bool],
    proved: Mapping[str, str],
) -> str | None:
    """Store a tree as the next version of an object, and return its name; None where nothing worth one has changed.

    Args:
        root: The storage root.
        place: The object's folder below it.
        object_id: The object's id.
        tree: The version's logical paths and contents.
        record: What is said of it.
        staging: The folder for staging, which the caller holds, empty.
        spec: The version of the standard that a new object follows.
        ignore: Tells paths whose change, appearance or absence alone makes no new version.
        proved: The SHA-512 of contents that were verified, by path.

    Raises:
        VerificationError: The object that is there is not valid, or a content is no longer the one that was verified.
        OutputError: The inventory would become too large, or has no room for another version.
        OSError: The disk did not take it; the store is as it was, or as `recover` makes it.
    """
    folder = root / place
    current = _current(root, place, object_id)
    name = "v1" if current is None else next_name(current.head)
    strays = unknown_versions(folder, current.names) if current else []
    if strays:
        raise VerificationError(
            f"{folder} has {', '.join(strays)}, which its inventory does not know",
            hint="Validate the store; nothing was stored.",
        )
    if not name:
        raise OutputError(
            f"{folder} has no room for a version after {current and current.head}", hint="Copy the object."
        )
    stage = staging / "new"
    missing = _first_missing(root, place) if current is None else ""
    base = stage / missing if missing else stage
    base.mkdir(parents=True)
    try:
        staged = _stage(tree, base / name, folder, current, proved)
        if current is not None and not _has_changed(current.states[current.head], staged.state, ignore):
            return None
        _write_records(base, name, _inventory(object_id, name, staged, record, current, spec), current, spec)
        sync_tree(stage)
        if current is None:
            _publish_object(stage, root, place, missing)
        else:
            _publish_version(base, folder, name, current.algorithm)
    finally:
        with contextlib.suppress(OSError):
            remove_tree(stage)
    return name


def _current(root: Path, place: str, object_id: str) -> Reading | None:
    if is_object(root, place):
        return read_current(root / place, object_id)
    if os.path.lexists(root / place):
        raise VerificationError(f"{root / place} is in the object's place and is none", hint="Validate the store.")
    return None


def _has_changed(before: dict[str, str], after: dict[str, str], ignore: Callable[[str], bool]) -> bool:
    kept = [{path: digest for path, digest in state.items() if not ignore(path)} for state in (before, after)]
    return kept[0] != kept[1]


# ----------------------------------------------------------------------------------------------------- contents


def _stage(tree: Tree, version: Path, folder: Path, current: Reading | None, proved: Mapping[str, str]) -> _Staged:
    """Write those contents that the object does not have yet into a version's folder."""
    algorithm = current.algorithm if current else "sha512"
    directory = current.content_directory if current else "content"
    stored = current.content_paths() if current else {}
    new: set[str] = set()
    staged = _Staged({}, {})
    version.mkdir()
    for path in sorted(tree):
        target = version / directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        content = tree[path]
        digests = write_new(target, lambda write, content=content: copy(content, write))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        if proved.get(path, digests.sha512) != digests.sha512:
            raise VerificationError(
                f"{path} was changed after it was verified", hint="Store it when nobody writes to it."
            )
        digest = getattr(digests, algorithm)
        staged.state[path] = digest
        if digest in stored:
            _check_stored(folder, stored[digest][0], digest, algorithm)
        if digest in stored or digest in new:
            target.unlink()
            _remove_empty(target.parent, version)
        else:
            new.add(digest)
            staged.new[f"{version.name}/{directory}/{path}"] = digests
    return staged


def _check_stored(folder: Path, relative: str, digest: str, algorithm: str) -> None:
    """Make sure that a content is in the object as it was, before a new version relies on it.

    Raises:
        InputError: It is missing, or a link.
        VerificationError: It does not have its digest any more.
    """
    path = plain_path(folder, relative)
    with open_regular(path) as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()  # type: ignore[arg-type]  # typeshed's BinaryIO lacks readinto
    if found != digest:
        raise VerificationError(
            f"{path} is damaged, and nothing was stored", hint="Put it back from another copy; validate the store."
        )


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder, and those above it up to `top`, as long as they are empty: the standard forbids empty ones."""
    with contextlib.suppress(OSError):
        while folder != top:
            folder.rmdir()
            folder = folder.parent


# ------------------------------------------------------------------------------------------------------ records


def _inventory(
    object_id: str, name: str, staged: _Staged, record: Record, current: Reading | None, spec: str
) -> dict[str, Any]:
    """Return the inventory with the new version; what was said of the earlier ones stands as it stood."""
    inventory: dict[str, Any] = dict(current.raw) if current else _new_inventory(object_id, spec)
    algorithm = inventory["digestAlgorithm"]
    keys = dict(current.keys) if current else {}
    inventory["head"] = name
    inventory["manifest"] = dict(inventory["manifest"])
    for path, digests in staged.new.items():
        digest = getattr(digests, algorithm)
        keys[digest] = digest
        inventory["manifest"][digest] = [path]
    state: dict[str, list[str]] = {}
    for path, digest in staged.state.items():
        state.setdefault(keys[digest], []).append(path)
    block: dict[str, Any] = {"created": record.created, "message": record.message, "state": state}
    if record.user is not None:
        user_name, address = record.user
        block["user"] = {"name": user_name, "address": address} if address else {"name": user_name}
    inventory["versions"] = {**inventory["versions"], name: block}
    if algorithm == "sha512" and staged.new:
        known = inventory.get("fixity", {})
        added = {digests.sha256: [path] for path, digests in staged.new.items()}
        inventory["fixity"] = {**known, "sha256": {**known.get("sha256", {}), **added}}
    return inventory


def _new_inventory(object_id: str, spec: str) -> dict[str, Any]:
    return {
        "id": object_id,
        "type": f"https://ocfl.io/{spec}/spec/#inventory",
        "digestAlgorithm": "sha512",
        "head": "",
        "manifest": {},
        "versions": {},
        "fixity": {},
    }


def _write_records(base: Path, name: str, inventory: dict[str, Any], current: Reading | None, spec: str) -> None:
    """Write the inventory with its sidecar, for the object and for the version, and a new object's declaration."""
    data = _to_json(inventory)
    if len(data) > MAX_INVENTORY_BYTES:
        raise OutputError(
            f"the inventory would have {len(data)} bytes; the limit is {MAX_INVENTORY_BYTES}",
            hint="Store the work under a new id.",
        )
    sidecar = f"{INVENTORY}.{inventory['digestAlgorithm']}"
    line = sidecar_line(data, inventory["digestAlgorithm"])
    for folder in (base, base / name):
        write_new(folder / INVENTORY, lambda write: write(data))
        write_new(folder / sidecar, lambda write: write(line))
    if current is None:
        declaration = f"ocfl_object_{spec}"
        write_new(base / f"0={declaration}", lambda write: write(f"{declaration}\n".encode()))


def _to_json(inventory: dict[str, Any]) -> bytes:
    try:
        return (json.dumps(inventory, ensure_ascii=False, indent=1) + "\n").encode()
    except UnicodeEncodeError:  # an earlier version's message holds half a character, which only an escape can say
        return (json.dumps(inventory, indent=1) + "\n").encode()


# --------------------------------------------------------------------------------------------------- publishing


def _first_missing(root: Path, place: str) -> str:
    """Return the part of an object's place that lies below the first folder on the way that is not there yet."""
    parts = place.split("/")
    path = root
    for number, part in enumerate(parts, 1):
        path /= part
        if not os.path.lexists(path):
            return "/".join(parts[number:])
        if path.is_symlink() or not path.is_dir():
            raise VerificationError(f"{path} is no folder", hint="Validate the store.")
    raise OutputError(f"{path} exists", hint="Validate the store.")


def _publish_object(stage: Path, root: Path, place: str, missing: str) -> None:
    # With the folders that are missing above it: an empty folder in a store would break the standard.
    target = root / place.removesuffix(missing).rstrip("/")
    stage.rename(target)
    sync_folder(target.parent)


def _publish_version(base: Path, folder: Path, name: str, algorithm: str) -> None:
    (base / name).rename(folder / name)
    sync_folder(folder)
    (base / INVENTORY).replace(folder / INVENTORY)
    sync_folder(folder)
    (base / f"{INVENTORY}.{algorithm}").replace(folder / f"{INVENTORY}.{algorithm}")
    sync_folder(folder)
