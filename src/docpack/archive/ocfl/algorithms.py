"""The digests that an inventory may use, and one pass over a file for all that are wanted."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from docpack.archive.content import chunks
from docpack.archive.hashing import Hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["ALGORITHMS", "CONTENT_ALGORITHMS", "digest", "hash_file", "is_digest"]

CONTENT_ALGORITHMS = ("sha512", "sha256")  # those by which content may be addressed

# The standard's table, and those of the registered extension 0009-digest-algorithms that Python has.
ALGORITHMS: dict[str, Callable[[], Any]] = {
    "md5": partial(hashlib.md5, usedforsecurity=False),
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "blake2b-512": hashlib.blake2b,
    "blake2b-160": partial(hashlib.blake2b, digest_size=20),
    "blake2b-256": partial(hashlib.blake2b, digest_size=32),
    "blake2b-384": partial(hashlib.blake2b, digest_size=48),
    "sha512/256": partial(hashlib.new, "sha512_256"),
}

_HEX = re.compile(r"[0-9a-fA-F]+")
_LENGTHS = {
    "md5": 32,
    "sha1": 40,
    "sha256": 64,
    "sha512": 128,
    "blake2b-512": 128,
    "blake2b-160": 40,
    "blake2b-256": 64,
    "blake2b-384": 96,
    "sha512/256": 64,
}


def is_digest(text: str, algorithm: str) -> bool:
    """Tell whether a text has the form of a digest: hexadecimal in any case, of the right length."""
    return len(text) == _LENGTHS[algorithm] and bool(_HEX.fullmatch(text))


def digest(data: bytes, algorithm: str) -> str:
    """Return the digest of some bytes, in lower-case hexadecimal."""
    hasher = ALGORITHMS[algorithm]()
    hasher.update(data)
    return str(hasher.hexdigest())


def hash_file(file: BinaryIO, algorithms: Iterable[str]) -> dict[str, str]:
    """Return the digests of a file, by algorithm; it is read once."""
    hashes = Hashes({name: ALGORITHMS[name]() for name in algorithms})
    for chunk in chunks(file):
        hashes.update(chunk)
    return hashes.hexdigests()
