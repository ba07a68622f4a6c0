"""Several digests of one stream in a single pass, on two processors where the pieces are large."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["Hashes"]

_SHARED_BYTES = 1 << 18  # smaller pieces are hashed in less time than it takes to wake a thread, or little more


class Hashes:
    """Digests under way, by the names of their algorithms."""

    def __init__(self, hashers: Mapping[str, Any]) -> None:
        """Begin.

        Args:
            hashers: An object of `hashlib` for each algorithm. The last one is hashed apart from the others: let it be the slowest.
        """
        self._hashers = dict(hashers)
        self._here = list(self._hashers.values())
        self._apart = self._here.pop() if self._here else None

    def update(self, piece: memoryview, meanwhile: Callable[[memoryview], object] | None = None) -> None:
        """Hash the next piece, and hand it to `meanwhile` too, which may run at the same time.

        When this returns or raises, nobody holds the piece any longer.
        """
        shared: Future[None] | None = None
        if self._apart and len(piece) >= _SHARED_BYTES and (self._here or meanwhile):
            shared = _helper().submit(self._apart.update, piece)
        elif self._apart:
            self._apart.update(piece)
        try:
            for each in self._here:
                each.update(piece)
            if meanwhile:
                meanwhile(piece)
        finally:
            if shared:
                shared.result()

    def hexdigests(self) -> dict[str, str]:
        """Return the digests so far, in lower-case hexadecimal."""
        return {name: each.hexdigest() for name, each in self._hashers.items()}


@cache
def _helper() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(1, "docpack-hashing")


if hasattr(os, "register_at_fork"):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=_helper.cache_clear)
