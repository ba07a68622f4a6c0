"""The order in which the files of a package are written: what is described comes before what describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "TRANSFER_DOCUMENTATION",
    "TRANSFER_MANIFEST",
    "logical_path",
    "packing_key",
    "packing_order",
    "transfer_order",
]

# Of a transfer for Archivematica: where the documentation lies, and what proves all that is no object.
TRANSFER_DOCUMENTATION = "metadata/submissionDocumentation/"
TRANSFER_MANIFEST = f"{TRANSFER_DOCUMENTATION}manifest-sha512.txt"
_TRANSFER_RECORDS = ("metadata.csv", "rights.csv", "premis.xml", "checksum.sha256", "checksum.sha512")


def packing_order(paths: Iterable[str]) -> list[str]:
    """Return the logical paths of a package's files in the order in which they are written.

    >>> packing_order(["METS.xml", "metadata/descriptive/dc.xml", "representations/tei/data/a.xml"])
    ['representations/tei/data/a.xml', 'metadata/descriptive/dc.xml', 'METS.xml']
    """
    return sorted(paths, key=packing_key)


def logical_path(path: str) -> str:
    """Return the path in the information package of a file that lies in a transfer; of Archivematica's own, its own.

    >>> logical_path("objects/representations/tei/data/a.xml"), logical_path("metadata/premis.xml")
    ('representations/tei/data/a.xml', 'metadata/preservation/premis.xml')
    """
    if path == "metadata/premis.xml":
        return "metadata/preservation/premis.xml"
    return path.removeprefix("objects/").removeprefix(TRANSFER_DOCUMENTATION)


def transfer_order(paths: Iterable[str]) -> list[str]:
    """Return the paths of a transfer for Archivematica in the order in which they are written.

    >>> transfer_order(["metadata/premis.xml", "metadata/metadata.csv", "objects/a.txt"])
    ['objects/a.txt', 'metadata/metadata.csv', 'metadata/premis.xml']
    """
    return sorted(paths, key=_transfer_key)


def _transfer_key(path: str) -> tuple[int, tuple[int, str]]:
    if path == TRANSFER_MANIFEST:
        return 9, (0, path)
    if path.startswith("objects/"):
        return 0, packing_key(path.removeprefix("objects/"))
    if path.startswith(TRANSFER_DOCUMENTATION):
        return 1, packing_key(path.removeprefix(TRANSFER_DOCUMENTATION))
    name = path.removeprefix("metadata/")
    return 2, (_TRANSFER_RECORDS.index(name) if name in _TRANSFER_RECORDS else len(_TRANSFER_RECORDS), path)


def packing_key(path: str) -> tuple[int, str]:
    """Return what a path is sorted by.

    The digests of a file stand in the PREMIS and METS records after it, so that one pass over all contents is enough.
    """
    return _rank(path.split("/")), path


def _rank(parts: list[str]) -> int:
    match parts:
        case ["representations", _, "data", _, *_]:
            return 0
        case ["documentation", _, *_]:
            return 1
        case ["schemas", _, *_]:
            return 2
        case ["metadata", "preservation", *_]:
            return 5
        case ["metadata", _, *_]:
            return 4
        case ["representations", _, "METS.xml"]:
            return 7
        case ["representations", _, "metadata", *_]:
            return 6
        case ["METS.xml"]:
            return 8
        case _:
            return 3
