"""What a package says of itself: the work it is of, the source in it, and how its outputs were made."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from docpack.archive.content import digests_of
from docpack.archive.information_package import content_id, is_content
from docpack.archive.mets import METS_FILE
from docpack.archive.order import TRANSFER_MANIFEST, logical_path
from docpack.errors import InputError, VerificationError

if TYPE_CHECKING:
    from docpack.archive.members import Member
    from docpack.archive.opening import Package

__all__ = [
    "MAX_RECORD_BYTES",
    "RECIPE_FILE",
    "bytes_of",
    "content_id_of",
    "content_of",
    "object_id_of",
    "recipe_record",
    "source_of",
]

MAX_RECORD_BYTES = 64_000_000  # of METS, PREMIS or the recipe; of a source what memory holds
_PREMIS = "{http://www.loc.gov/premis/v3}"
_METS = "{http://www.loc.gov/METS/}"
_HREF = "{http://www.w3.org/1999/xlink}href"
PREMIS_FILE = "metadata/preservation/premis.xml"
RECIPE_FILE = "documentation/conversion.json"
_HINT = "Verify the package with docpack verify."


def bytes_of(member: Member, limit_bytes: int = MAX_RECORD_BYTES) -> bytes:
    """Return the content of a file of a package.

    Raises:
        InputError: It is larger than the limit.
    """
    if member.size_bytes > limit_bytes:
        raise InputError(f"{member.path} has {member.size_bytes} bytes; the limit is {limit_bytes}", hint=_HINT)
    with member.open() as file:
        return file.read()


def _find(package: Package, path: str) -> Member:
    """Return a file of the information package.

    Raises:
        InputError: It is not there.
    """
    found = package.tree.get(path)
    if found is None:
        raise InputError(f"{package.path} holds no {path}", hint="Only packages that docpack made have one.")
    return found


def recipe_record(package: Package) -> dict[str, Any]:
    """Return how the package's outputs were made, as the JSON object that it holds.

    Raises:
        InputError: There is none, or it is no JSON object.
        VerificationError: It is not the one that was packed.
    """
    data = bytes_of(_find(package, RECIPE_FILE))
    if hashlib.sha512(data).hexdigest() != _recorded_digest(package, RECIPE_FILE):
        raise VerificationError(f"{RECIPE_FILE} in {package.path} is not the one that was packed", hint=_HINT)
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{RECIPE_FILE} in {package.path} is no JSON: {error}", hint=_HINT) from error
    if not isinstance(record, dict) or not isinstance(record.get("source"), str):
        raise InputError(f"{RECIPE_FILE} in {package.path} names no source", hint=_HINT)
    return record


def content_of(package: Package, path: str) -> bytes:
    """Return a file of the information package by its logical path, wherever the delivered layout has it.

    Raises:
        InputError: It is not there.
    """
    return bytes_of(_find(package, path), 1 << 30)


def source_of(package: Package) -> tuple[bytes, str]:
    """Return the source that a package holds, and the name that it had; its digest is checked.

    Raises:
        InputError: The package holds none.
        VerificationError: It is not the one that was packed.
    """
    record = recipe_record(package)
    data = content_of(package, record["source"])
    recorded = _recorded_digest(package, record["source"])
    if hashlib.sha512(data).hexdigest() != recorded:
        raise VerificationError(
            f"the source in {package.path} is not the one that was packed: its SHA-512 differs",
            hint="Take another copy of the package.",
        )
    return data, str(record.get("name", ""))


def _recorded_digest(package: Package, path: str) -> str:
    """Return the SHA-512 that the records of the package have of a file, or "" where they have none."""
    if TRANSFER_MANIFEST in package.members:
        for name in ("metadata/checksum.sha512", TRANSFER_MANIFEST):
            lines = (
                bytes_of(package.members[name]).decode("utf-8", "replace").splitlines()
                if name in package.members
                else ()
            )
            for digest, _, named in (line.partition("  ") for line in lines):
                if logical_path(named) == path:
                    return digest
        return ""
    folder = "/".join(path.split("/")[:2]) + "/" if path.startswith("representations/") else ""
    for file in _mets(package, f"{folder}{METS_FILE}").iter(f"{_METS}file"):
        if any(f"{folder}{each.get(_HREF, '')}" == path for each in file.iter(f"{_METS}FLocat")):
            return str(file.get("CHECKSUM", "")).lower()
    return ""


def object_id_of(package: Package) -> str:
    """Return the name of the work that the package is of, as the user gave it; else the package's own name.

    Raises:
        InputError: Its records cannot be read.
    """
    if METS_FILE in package.tree:
        found = _mets(package, METS_FILE).find(f"{_METS}metsHdr/{_METS}altRecordID")
    elif PREMIS_FILE in package.tree:
        found = _mets(package, PREMIS_FILE).find(
            f"{_PREMIS}object/{_PREMIS}objectIdentifier/{_PREMIS}objectIdentifierValue"
        )
    else:
        found = None
    return (found.text or "").strip() or package.objid if found is not None else package.objid


def _mets(package: Package, path: str) -> Any:
    from docpack.xml_safety import parse_xml

    return parse_xml(bytes_of(_find(package, path)), what=path)


def content_id_of(package: Package) -> str:
    """Return the name of the package's content; see `information_package.content_id`. All of it is read."""
    contents = ((path, digests_of(each).sha512) for path, each in package.tree.items() if is_content(path))
    return content_id(contents)
