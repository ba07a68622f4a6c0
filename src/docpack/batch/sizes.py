"""Sizes as people write them."""

from __future__ import annotations

import re

__all__ = ["size_bytes"]

_SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE | re.ASCII)


def size_bytes(text: str) -> int:
    """Return a size in octets; K, M, G and T are powers of 1024.

    Raises:
        ValueError: It is no size; the message says so.

    >>> size_bytes("1.5G")
    1610612736
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text[:40]!r} is no size such as 512M or 4G")
    return int(float(found[1]) * 1024 ** " kmgt".index(found[2].lower() or " "))
