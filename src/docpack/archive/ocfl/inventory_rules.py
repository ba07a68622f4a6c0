"""What the standard says about one inventory by itself: its keys, and what its blocks may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpack.archive.ocfl.algorithms import ALGORITHMS, CONTENT_ALGORITHMS
from docpack.archive.ocfl.manifest_rules import check_fixity, check_manifest
from docpack.archive.ocfl.problems import shown
from docpack.archive.ocfl.strict_json import JsonObject, repeated_keys
from docpack.archive.ocfl.version_names import check_names
from docpack.archive.ocfl.version_rules import check_version

if TYPE_CHECKING:
    from docpack.archive.ocfl.problems import Problems

__all__ = ["SPEC_VERSIONS", "Reading", "read_inventory"]

SPEC_VERSIONS = ("1.0", "1.1")
_TYPE = re.compile(r"https://ocfl\.io/([0-9]+\.[0-9]+)/spec/#inventory")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
_KEYS = {"id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"}


@dataclass(slots=True)
class Reading:
    """What an inventory says, as far as it can be understood; digests are in lower case.

    Args:
        raw: The inventory as it stands.
        spec: The version of the standard that it follows.
        algorithm: The digest that content is addressed by; "" where docpack does not know it.
        manifest: The digest of each content path.
        keys: How the inventory writes a digest.
        fixity: The other digests of each content path, by algorithm.
        states: The digest of each logical path, by version.
    """

    raw: JsonObject
    id: str = ""
    spec: str = SPEC_VERSIONS[-1]
    algorithm: str = "sha512"
    content_directory: str = "content"
    names: tuple[str, ...] = ()
    manifest: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    fixity: dict[str, dict[str, str]] = field(default_factory=dict)
    states: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """The name of the latest version; "" where there is none."""
        return self.names[-1] if self.names else ""

    def content_paths(self) -> dict[str, list[str]]:
        """Return the content paths of each digest."""
        paths: dict[str, list[str]] = {}
        for path, digest in self.manifest.items():
            paths.setdefault(digest, []).append(path)
        return paths


def read_inventory(raw: JsonObject, problems: Problems) -> Reading:
    """Return what an inventory says, and note what is wrong with it.

    Spec:
        OCFL 1.1, section 3.5, inventory.
    """
    reading = Reading(raw)
    _check_keys(raw, problems)
    _read_id(reading, problems)
    _read_type(reading, problems)
    _read_algorithm(reading, problems)
    _read_content_directory(reading, problems)
    _read_versions(reading, problems)
    if "manifest" in raw:
        check_manifest(reading, problems)
    _check_states(reading, problems)
    _check_head(reading, problems)
    if "fixity" in raw:
        check_fixity(reading, problems)
    return reading


def _check_keys(raw: JsonObject, problems: Problems) -> None:
    for key in ("id", "type", "digestAlgorithm", "head"):
        if key not in raw:
            problems.add("E036", f"the inventory has no {key}")
    for key in ("manifest", "versions"):
        if key not in raw:
            problems.add("E041", f"the inventory has no {key}")
    if "versions" not in raw:
        problems.add("E043", "the inventory has no versions")
    for key in raw.keys() - _KEYS:
        problems.add("E102", f"the inventory has a key {shown(key)}, which the standard does not know")
    for key in repeated_keys(raw):
        problems.add(_code_of_repetition(key, raw), f"the key {shown(key)} stands twice in one block")


def _code_of_repetition(key: str, raw: JsonObject) -> str:
    manifest, fixity = raw.get("manifest"), raw.get("fixity")
    if isinstance(manifest, JsonObject) and key in manifest.repeated:
        return "E096"
    if isinstance(fixity, JsonObject) and any(key in getattr(each, "repeated", ()) for each in fixity.values()):
        return "E097"
    return "E033"


def _read_id(reading: Reading, problems: Problems) -> None:
    value = reading.raw.get("id", "")
    if "id" in reading.raw and (not isinstance(value, str) or not value):
        problems.add("E037", f"the id {shown(value)} is no identifier")
        return
    reading.id = value
    if value and not _URI.fullmatch(value):
        problems.add("W005", f"the id {shown(value)} is no URI")


def _read_type(reading: Reading, problems: Problems) -> None:
    if "type" not in reading.raw:
        return
    value = reading.raw["type"]
    match = _TYPE.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[1] not in SPEC_VERSIONS:
        problems.add("E038", f"the type {shown(value)} is not that of an inventory of OCFL 1.0 or 1.1")
        return
    reading.spec = match[1]


def _read_algorithm(reading: Reading, problems: Problems) -> None:
    value = reading.raw.get("digestAlgorithm", "sha512")
    if value not in CONTENT_ALGORITHMS:
        problems.add("E025", f"content is addressed by {shown(value)}, which is neither sha512 nor sha256")
    elif value != "sha512":
        problems.add("W004", f"content is addressed by {value} and not by sha512")
    reading.algorithm = value if isinstance(value, str) and value in ALGORITHMS else ""


def _read_content_directory(reading: Reading, problems: Problems) -> None:
    value = reading.raw.get("contentDirectory", "content")
    if not isinstance(value, str) or "/" in value or not value:
        problems.add("E017", f"the content directory {shown(value)} is no name of a folder")
    elif value in {".", ".."}:
        problems.add("E018", f"the content directory is {value}")
    else:
        reading.content_directory = value


def _read_versions(reading: Reading, problems: Problems) -> None:
    versions = reading.raw.get("versions")
    if "versions" not in reading.raw:
        return
    if not isinstance(versions, dict):
        problems.add("E044", f"the versions are {shown(versions)}, which is no JSON object")
        return
    reading.names = check_names(versions, problems)


def _check_states(reading: Reading, problems: Problems) -> None:
    used: set[str] = set()
    for name in reading.names:
        reading.states[name] = check_version(name, reading, used, problems)
    for digest in reading.keys.keys() - used:
        problems.add("E107", f"the digest {shown(digest)} stands in the manifest and in no state")


def _check_head(reading: Reading, problems: Problems) -> None:
    if "head" in reading.raw and reading.raw["head"] != reading.head:
        problems.add(
            "E040", f"the head is {shown(reading.raw['head'])}, the latest version {reading.head or 'missing'}"
        )
