"""`bag-info.txt`: the labels and values that people read first."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["LABELS", "human_size", "payload_oxum", "render"]

# The reserved labels of RFC 8493, section 2.2.2, and that of BagIt Profiles; in this order in our bags. Others follow
# by the alphabet. The two that docpack computes come last.
LABELS = (
    "Source-Organization",
    "Organization-Address",
    "Contact-Name",
    "Contact-Phone",
    "Contact-Email",
    "External-Description",
    "External-Identifier",
    "Bag-Group-Identifier",
    "Bag-Count",
    "Internal-Sender-Identifier",
    "Internal-Sender-Description",
    "BagIt-Profile-Identifier",
    "Bag-Software-Agent",
    "Bagging-Date",
)
_COMPUTED = ("Bag-Size", "Payload-Oxum")


def render(fields: Iterable[tuple[str, str]]) -> bytes:
    r"""Return the file: one line a field, in a fixed order; fields without a value are left out.

    >>> render([("Bagging-Date", "1980-01-01"), ("Contact-Name", "A\nB")])
    b'Contact-Name: A B\nBagging-Date: 1980-01-01\n'
    """
    lines = [(label, _one_line(value)) for label, value in fields]
    lines.sort(key=_place)
    return "".join(f"{label}: {value}\n" for label, value in lines if value).encode("utf-8", "backslashreplace")


def payload_oxum(sizes_bytes: Sequence[int]) -> str:
    """Return BagIt's quick check of a payload: total octets, a dot, the number of files.

    Spec:
        RFC 8493, section 2.2.2, Payload-Oxum.

    >>> payload_oxum([10, 32])
    '42.2'
    """
    return f"{sum(sizes_bytes)}.{len(sizes_bytes)}"


def human_size(size_bytes: int) -> str:
    """Return a size for people, in decimal units.

    >>> human_size(999), human_size(1_234_567)
    ('999 bytes', '1.2 MB')
    """
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    # In whole numbers, so that it comes out the same everywhere: tenths of the unit, rounded half up.
    for unit, size in (("kB", 10**3), ("MB", 10**6), ("GB", 10**9), ("TB", 10**12)):
        tenths = (size_bytes * 10 + size // 2) // size
        if tenths < 10_000 or unit == "TB":
            return f"{tenths // 10}.{tenths % 10} {unit}"
    raise AssertionError(size_bytes)


def _place(field: tuple[str, str]) -> tuple[int, str]:
    label = field[0]
    if label in LABELS:
        return LABELS.index(label), ""
    return len(LABELS) + 1 + (_COMPUTED.index(label) + 1 if label in _COMPUTED else 0), label


def _one_line(value: str) -> str:
    """Return a value without line breaks and control characters, which would end or hide it."""
    value = " ".join(value.splitlines())
    return "".join(" " if unicodedata.category(each) == "Cc" else each for each in value).strip()
