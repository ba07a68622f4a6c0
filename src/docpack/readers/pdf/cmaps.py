"""CMaps: how the bytes of a string part into codes, and what codes mean.

Spec:
    ISO 32000-1 (PDF 1.7): 9.7.5 (CMaps), 9.10.3 (ToUnicode). Adobe Technical Notes #5014 and #5411.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CMap", "parse_cmap"]

MAX_RANGE = 65_536  # codes of one range that are looked at
MAX_CODES = 200_000  # of a whole CMap; one for all of Unicode's planes in use has 140,000
MAX_RANGES = 100_000
MAX_SPACES = 64  # ranges of codes; the CMaps of Adobe have up to 6
MAX_CODE_BYTES = 4
MAX_TEXT_BYTES = 256  # of what one code means; the longest ligature of Unicode is 18 characters
_BEGIN = re.compile(rb"begin(codespacerange|bfchar|bfrange|cidchar|cidrange)\b")
_ITEM = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])|(\d+)|/([^\s<>\[\]/()]+)")


@dataclass(slots=True)
class CMap:
    """What a CMap says. `text` and `cids` go by code; codes are numbers, whatever their length.

    `spaces` are the ranges of codes, by their length in bytes: (length, low, high).
    """

    spaces: list[tuple[int, int, int]] = field(default_factory=list)
    text: dict[int, str] = field(default_factory=dict)
    cids: dict[int, int] = field(default_factory=dict)
    cid_ranges: list[tuple[int, int, int]] = field(default_factory=list)  # low, high, first CID; ascending

    def cid(self, code: int) -> int | None:
        """Return the CID of a code."""
        if code in self.cids:
            return self.cids[code]
        at = bisect_right(self.cid_ranges, (code, 1 << 40, 0)) - 1
        if at >= 0:
            low, high, first = self.cid_ranges[at]
            if low <= code <= high:
                return first + code - low
        return None

    def codes(self, data: bytes) -> list[int]:
        """Return the codes of a string; bytes outside every range are read as codes of the shortest length there is."""
        if not self.spaces:
            return two_byte_codes(data)
        lengths = sorted({length for length, _, _ in self.spaces})
        made, position = [], 0
        while position < len(data):
            for length in lengths:
                piece = data[position : position + length]
                if len(piece) == length and self._contains(length, piece):
                    break
            else:
                length = lengths[0]
                piece = data[position : position + length]
            made.append(int.from_bytes(piece))
            position += length
        return made

    def _contains(self, length: int, piece: bytes) -> bool:
        """Tell whether each byte lies in the range of its place."""
        return any(
            size == length
            and all(a <= b <= c for a, b, c in zip(low.to_bytes(size), piece, high.to_bytes(size), strict=True))
            for size, low, high in self.spaces
        )


def two_byte_codes(data: bytes) -> list[int]:
    """Return the codes of a string whose codes all have two bytes; a last odd one counts as one more."""
    return [high << 8 | low for high, low in zip(data[::2], data[1::2] + b"\0" * (len(data) % 2), strict=True)]


def parse_cmap(data: bytes) -> CMap:
    """Return what an embedded CMap says; what cannot be read, and what is beyond the limits, is passed over."""
    made = CMap()
    for kind, section in _sections(data):
        items = _items(section)
        if kind in (b"bfrange", b"cidrange"):
            _ranges(made, kind, items)
            continue
        for code, value in pairwise_apart(items):
            if not isinstance(code, bytes) or len(code) > MAX_CODE_BYTES or len(made.text) + len(made.cids) > MAX_CODES:
                continue
            if kind == b"bfchar" and isinstance(value, bytes):
                made.text[int.from_bytes(code)] = _utf16(value)
            elif kind == b"cidchar" and isinstance(value, int):
                made.cids[int.from_bytes(code)] = value
            elif kind == b"codespacerange" and isinstance(value, bytes) and 0 < len(code) == len(value):
                made.spaces.append((len(code), int.from_bytes(code), int.from_bytes(value)))
                del made.spaces[MAX_SPACES:]
    made.cid_ranges.sort()
    return made


def _sections(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and content of each section that has an end."""
    position, endless = 0, set[bytes]()
    while match := _BEGIN.search(data, position):
        position = match.end()
        if match[1] in endless:
            continue
        stop = data.find(b"end" + match[1], position)
        if stop < 0:
            endless.add(match[1])
            continue
        yield match[1], data[position:stop]
        position = stop


Item = bytes | int | str | list[bytes]


def _ranges(made: CMap, kind: bytes, items: list[Item]) -> None:
    left = MAX_CODES - len(made.text)
    for low, high, value in zip(items[::3], items[1::3], items[2::3], strict=False):
        if not (isinstance(low, bytes) and isinstance(high, bytes)) or max(len(low), len(high)) > MAX_CODE_BYTES:
            continue
        first, last = int.from_bytes(low), int.from_bytes(high)
        count = max(0, min(last - first + 1, MAX_RANGE, left))
        if kind == b"cidrange":
            if isinstance(value, int) and len(made.cid_ranges) < MAX_RANGES:
                made.cid_ranges.append((first, last, value))
        elif isinstance(value, list):
            left -= count
            for number, each in enumerate(value[:count]):
                made.text[first + number] = _utf16(each)
        elif isinstance(value, bytes) and value:
            text = _utf16(value)
            left -= count
            for number in range(count if text else 0):
                last_code = ord(text[-1]) + number
                if last_code > 0x10FFFF or 0xD800 <= last_code <= 0xDFFF:
                    break
                made.text[first + number] = text[:-1] + chr(last_code)


def _items(data: bytes) -> list[Item]:
    made: list[Item] = []
    array: list[bytes] | None = None
    for match in _ITEM.finditer(data):
        if match[1] is not None:
            digits = b"".join(match[1].split())
            value = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
            (made if array is None else array).append(value)
        elif match[2]:
            array = []
        elif match[3] and array is not None:
            made.append(array)
            array = None
        elif match[4]:
            made.append(int(match[4][:9]))
        elif match[5]:
            made.append(match[5].decode("latin-1"))
    return made


def pairwise_apart(items: list[Item]) -> list[tuple[Item, Item]]:
    """Return the items two by two.

    >>> pairwise_apart([1, 2, 3, 4])
    [(1, 2), (3, 4)]
    """
    return list(zip(items[::2], items[1::2], strict=False))


def _utf16(value: bytes) -> str:
    """Return a text in UTF-16; some programs write one byte for characters below 256."""
    if len(value) == 1:
        return chr(value[0])
    if len(value) > MAX_TEXT_BYTES:
        return "\ufffd"
    text = value.decode("utf-16-be", "replace")
    return "\ufffd" if any("\ud800" <= each <= "\udfff" for each in text) else text
