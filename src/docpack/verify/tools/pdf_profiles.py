"""Which profiles a PDF declares, so that it is held to what it claims to be.

They stand in its XMP metadata, which PDF/A-1 keeps from being compressed; the others allow it and hardly anybody does it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["UNDECLARED", "named", "profiles_of"]

# What a PDF that declares nothing is held to: what docpack's own PDFs are.
UNDECLARED = ("2a", "ua1")

_CHUNK_BYTES = 1 << 20
_OVERLAP_BYTES = 64
_VALUE = re.compile(rb"pdf(aid|uaid):(part|conformance)\s*(?:=\s*[\"']|>)\s*([0-9A-Za-z]{1,2})\s*[\"'<]")


def profiles_of(path: Path) -> tuple[str, ...]:
    """Return the profiles, as validators name them: `2a`, `ua1`. Where a file declares one twice, the last one counts.

    Raises:
        OSError: The file cannot be read.
    """
    found: dict[bytes, str] = {}
    with path.open("rb") as file:
        rest = b""
        while chunk := file.read(_CHUNK_BYTES):
            for match in _VALUE.finditer(rest + chunk):
                found[match[1] + match[2]] = match[3].decode().lower()
            rest = chunk[-_OVERLAP_BYTES:]
    profiles = []
    if part := found.get(b"aidpart"):
        profiles.append(_archival(part, found.get(b"aidconformance", "")))
    if part := found.get(b"uaidpart"):
        profiles.append(f"ua{part}")
    return tuple(profiles) or UNDECLARED


def _archival(part: str, conformance: str) -> str:
    """Return a profile of PDF/A. A level that does not exist is held to the lowest, which the file then fails."""
    if part in {"1", "2", "3"} and conformance not in {"a", "b", "u"}:
        return f"{part}b"
    return part + conformance


def named(profiles: tuple[str, ...]) -> str:
    """Return the names of profiles for people.

    >>> named(("2a", "ua1"))
    'PDF/A-2a, PDF/UA-1'
    """
    return ", ".join(f"PDF/UA-{each[2:]}" if each.startswith("ua") else f"PDF/A-{each}" for each in profiles)
