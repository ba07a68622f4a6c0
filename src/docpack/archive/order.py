"""The order in which the files of a package are written: what is described comes before what describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["packing_key", "packing_order"]


def packing_order(paths: Iterable[str]) -> list[str]:
    """Return the logical paths of a package's files in the order in which they are written.

    >>> packing_order(["METS.xml", "metadata/descriptive/dc.xml", "representations/tei/data/a.xml"])
    ['representations/tei/data/a.xml', 'metadata/descriptive/dc.xml', 'METS.xml']
    """
    return sorted(paths, key=packing_key)


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
