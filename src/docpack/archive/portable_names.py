"""Names that every file system and every archive takes: `[a-z0-9._-]`. The true name goes into the records."""

from __future__ import annotations

import hashlib
import re
import unicodedata

__all__ = ["folder_name", "portable_name", "unique_names"]

MAX_CHARACTERS = 100  # what the header of a tar can hold without a further record, and more than a person reads
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # devices of Windows, whatever their ending


def portable_name(name: str) -> str:
    """Return a file name in `[a-z0-9._-]`: accents dropped, capitals made small, a hyphen for everything else.

    >>> portable_name("Über die Küste (2).TXT")
    'uber-die-kuste-2.txt'
    """
    plain = unicodedata.normalize("NFKD", name).casefold().encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"[^a-z0-9._]+", "-", plain)
    plain = re.sub(r"-*\.[-.]*", ".", plain).lstrip("-").rstrip("-.")
    stem, dot, rest = plain.partition(".")
    if not stem.strip("-_"):
        plain = f"file{dot}{rest}"
    if _RESERVED.fullmatch(plain):
        plain = f"file-{plain}"
    if len(plain) <= MAX_CHARACTERS:
        return plain
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) > MAX_CHARACTERS // 4:
        return plain[:MAX_CHARACTERS].rstrip("-.")
    return f"{stem[: MAX_CHARACTERS - len(suffix) - 1].rstrip('-.')}.{suffix}"


def folder_name(identifier: str) -> str:
    """Return the folder name of an identifier; one that lost characters gets a digest, so that no two become one.

    >>> folder_name("ark:/12345/x7")
    'ark-12345-x7-c1207cd2'
    """
    name = portable_name(re.sub(r"[/.]+", "-", identifier) if "/" in identifier else identifier)
    if name == identifier:
        return name
    digest = hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name[: MAX_CHARACTERS - 9].rstrip('-.')}-{digest}"


def unique_names(names: list[str]) -> list[str]:
    """Return portable names in the order of the true ones; where two would be one, the later gets a number."""
    taken: set[str] = set()
    last: dict[str, int] = {}  # the number that a name had last, so that ten thousand of one name are no trouble
    made = []
    for name in names:
        wanted = portable = portable_name(name)
        stem, dot, suffix = wanted.partition(".")
        number = last.get(wanted, 1)
        while portable in taken:
            number += 1
            portable = f"{stem}-{number}{dot}{suffix}"
        last[wanted] = number
        taken.add(portable)
        made.append(portable)
    return made
