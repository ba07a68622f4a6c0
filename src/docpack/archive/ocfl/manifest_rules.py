"""What the standard says about the manifest and the fixity block: which digest has which content paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.archive.ocfl.algorithms import ALGORITHMS, is_digest
from docpack.archive.ocfl.paths import check_conflicts, check_content_path
from docpack.archive.ocfl.problems import shown

if TYPE_CHECKING:
    from docpack.archive.ocfl.inventory_rules import Reading
    from docpack.archive.ocfl.problems import Problems

__all__ = ["check_fixity", "check_manifest"]

# Registered (extension 0009) and not computed here; what a client does not support it ignores: E028.
_IGNORED = {"size"}


def check_manifest(reading: Reading, problems: Problems) -> None:
    """Read the manifest into `reading`, and note what is wrong with it.

    Spec:
        OCFL 1.1, section 3.5.2, manifest.
    """
    manifest = reading.raw["manifest"]
    if not isinstance(manifest, dict):
        problems.add("E106", f"the manifest is {shown(manifest)}, which is no JSON object")
        return
    sound = set()
    for digest, paths in manifest.items():
        _check_digest(digest, reading, problems)
        if not _is_list_of_paths(paths) or not paths:
            problems.add("E092", f"the digest {shown(digest)} has {shown(paths)} for its content paths")
            continue
        for path in paths:
            if path in reading.manifest:
                problems.add("E101", f"the path {shown(path)} stands twice in the manifest")
            reading.manifest[path] = digest.lower()
            if check_content_path(path, reading.names, reading.content_directory, problems):
                sound.add(path)
    check_conflicts(sound, "E101", problems)


def _check_digest(digest: str, reading: Reading, problems: Problems) -> None:
    if reading.algorithm and not is_digest(digest, reading.algorithm):
        problems.add("E025", f"{shown(digest)} is no digest of {reading.algorithm}")
    if digest.lower() in reading.keys:
        problems.add("E096", f"the digest {shown(digest)} stands twice in the manifest, in different case")
    reading.keys.setdefault(digest.lower(), digest)


def _is_list_of_paths(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def check_fixity(reading: Reading, problems: Problems) -> None:
    """Read the fixity block into `reading`, and note what is wrong with it.

    Spec:
        OCFL 1.1, section 3.5.4, fixity.
    """
    fixity = reading.raw["fixity"]
    if not isinstance(fixity, dict):
        problems.add("E111", f"the fixity is {shown(fixity)}, which is no JSON object")
        return
    for algorithm, block in fixity.items():
        if algorithm in _IGNORED:
            continue
        if algorithm not in ALGORITHMS:
            problems.add("E056", f"the fixity block names {shown(algorithm)}, which is no known digest algorithm")
        elif not isinstance(block, dict):
            problems.add("E057", f"the fixity of {algorithm} is {shown(block)}, which is no JSON object")
        else:
            _check_block(algorithm, block, reading, problems)


def _check_block(algorithm: str, block: dict[str, Any], reading: Reading, problems: Problems) -> None:
    seen: set[str] = set()
    for digest, paths in block.items():
        if not is_digest(digest, algorithm):
            problems.add("E057", f"{shown(digest)} is no digest of {algorithm}")
        if digest.lower() in seen:
            problems.add("E097", f"the digest {shown(digest)} of {algorithm} stands twice, in different case")
        seen.add(digest.lower())
        if not _is_list_of_paths(paths):
            problems.add("E057", f"the digest {shown(digest)} has {shown(paths)} for its content paths")
            continue
        for path in paths:
            _check_fixity_path(algorithm, digest.lower(), path, reading, problems)


def _check_fixity_path(algorithm: str, digest: str, path: str, reading: Reading, problems: Problems) -> None:
    if not check_content_path(path, reading.names, reading.content_directory, problems):
        return
    if path not in reading.manifest:
        problems.add("E057", f"the path {shown(path)} has fixity and stands not in the manifest")
    known = reading.fixity.setdefault(path, {})
    if known.setdefault(algorithm, digest) != digest:
        problems.add("E093", f"the path {shown(path)} has two digests of {algorithm}")
