r"""What typst leaves to be done on a finished PDF: names, the record of the work, streams that no reader can misread.

typst gives named destinations to headings alone, and docpack names every block that has an id, so that a passage has
one citation in all formats (`file.pdf#nameddest=p12`). And where a stream's last byte happens to be a line end, a
reader that takes CR LF for the end of a line counts one byte less than `/Length` says: such streams get a filter whose
output ends with `~>`. What the file says about the work is completed by `docpack.writers.pdf.xmp`.

typst writes a plain file: objects one after another, a cross-reference table, one trailer. So a few objects can be
changed and the table written anew without understanding the others. A file of any other form is left as it is.

Spec: ISO 32000-1: 7.3.8 (streams), 7.5.4 (cross-reference table), 7.9.6 (name trees), 12.3.2.3 (named destinations),
14.3.2 (metadata streams).
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docpack.writers.pdf.xmp import Record

__all__ = ["Place", "finish"]

LEAF_NAMES = 200  # names in a leaf of the tree: a reader searches a few kilobytes instead of all of it
ABOVE_PT = 12.0  # how much of the page is shown above a destination

_XREF = re.compile(rb"xref\s+0 (\d+)\s+")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_NAME = re.compile(rb"\(((?:[^()\\]|\\.)*)\)\s*(\d+ 0 R)", re.DOTALL)
_MISREAD = re.compile(rb"[\r\n]\nendstream\nendobj")


class Place(NamedTuple):
    """Where a block begins: its page, counted from 1, and points from the page's left and upper edge."""

    name: str
    page: int
    x_pt: float
    y_pt: float


def finish(data: bytes, places: Sequence[Place], record: Record | None = None) -> bytes:
    """Return the PDF with names for the places, the record of the work, and streams that end unmistakably."""
    file = _File.read(data)
    if file is None:
        return data
    for number in file.misread():
        file.changed[number] = _unmistakable(file.object(number))
    if places:
        file.name(places)
    if record:
        file.describe(record)
    return file.written() if file.changed else data


class _File:
    """A PDF as typst writes it, and what is to be changed of it."""

    def __init__(self, data: bytes, offsets: list[int], table: int) -> None:
        self.data = data
        self.offsets = offsets  # of each object, by its number; 0 for a free one
        self.table = table
        self.changed: dict[int, bytes] = {}
        self._starts = [*sorted(offset for offset in offsets if offset), table]

    @classmethod
    def read(cls, data: bytes) -> _File | None:
        """Return the file, or None where it has not the form that typst gives it."""
        end = data.rfind(b"startxref")
        digits = data[end + 9 : end + 40].split()
        if end < 0 or not digits or not digits[0].isdigit():
            return None
        table = int(digits[0])
        head = _XREF.match(data, table)
        if not head:
            return None
        rows = data[head.end() : data.find(b"trailer", head.end())].splitlines()
        if len(rows) != int(head[1]):
            return None
        return cls(data, [int(row[:10]) if row[17:18] == b"n" else 0 for row in rows], table)

    def object(self, number: int) -> bytes:
        """Return an object, from `1 0 obj` to the line end after `endobj`."""
        if number in self.changed:
            return self.changed[number]
        start = self.offsets[number]
        return self.data[start : self._starts[bisect_right(self._starts, start)]]

    def misread(self) -> list[int]:
        """Return the numbers of the objects whose stream ends with a line end."""
        numbers = {offset: number for number, offset in enumerate(self.offsets)}
        found = []
        for match in _MISREAD.finditer(self.data):
            start = self._starts[bisect_right(self._starts, match.start()) - 1]
            found.append(numbers[start])
        return found

    def name(self, places: Sequence[Place]) -> None:
        """Give names to places."""
        root = self._root()
        catalog = self.object(root)
        dests = _entry(_entry(catalog, b"/Names") or b"", b"/Dests") or b""
        named = {_string(name): reference for name, reference in _NAME.findall(dests)}
        pages = self._pages()
        for place in places:
            if 0 < place.page <= len(pages):
                number, height_pt = pages[place.page - 1]
                x, y = max(place.x_pt - ABOVE_PT, 0.0), min(height_pt - place.y_pt + ABOVE_PT, height_pt)
                named[place.name.encode("utf-8")] = b"[%d 0 R/XYZ %.2f %.2f 0]" % (number, x, y)
        tree = self._name_tree(sorted(named.items()))
        if dests:
            catalog = catalog.replace(b"/Dests" + dests, b"/Dests " + tree, 1)
        elif b"/Names<<" in catalog:
            catalog = catalog.replace(b"/Names<<", b"/Names<</Dests " + tree, 1)
        else:
            catalog = catalog.replace(b"/Type/Catalog", b"/Type/Catalog/Names<</Dests " + tree + b">>", 1)
        self.changed[root] = catalog

    def describe(self, record: Record) -> None:
        """Complete what the file says about the work, if it says anything in plain XMP."""
        match = re.search(rb"/Metadata (\d+) 0 R", self.object(self._root()))
        if not match:
            return
        number = int(match[1])
        head, start, rest = self.object(number).partition(b"stream\n")
        length = re.search(rb"/Length (\d+)", head)
        if not length or b"/Filter" in head:
            return
        packet = record.completed(rest[: int(length[1])])
        head = head.replace(length[0], b"/Length %d" % len(packet), 1)
        self.changed[number] = head + start + packet + b"\nendstream\nendobj\n"

    def _root(self) -> int:
        trailer = self.data[self.data.find(b"trailer", self.table) :]
        match = re.search(rb"/Root (\d+) 0 R", trailer)
        if not match:
            raise ValueError("the trailer names no catalog")
        return int(match[1])

    def _pages(self) -> list[tuple[int, float]]:
        """Return the number and the height of each page, in order."""
        match = re.search(rb"/Pages (\d+) 0 R", self.object(self._root()))
        pages, stack = [], [int(match[1])] if match else []
        while stack:
            number = stack.pop()
            kids = re.search(rb"/Kids\s*\[([^\]]*)\]", self.object(number))
            if kids:
                stack += [int(each) for each in reversed(_REFERENCE.findall(kids[1]))]
            else:
                pages.append((number, _height_pt(self.object(number))))
        return pages

    def _name_tree(self, named: list[tuple[bytes, bytes]]) -> bytes:
        """Add a name tree of two levels and return the reference to it."""
        leaves = []
        for i in range(0, len(named), LEAF_NAMES):
            part = named[i : i + LEAF_NAMES]
            names = b"".join(b"(%s)%s" % (_escaped(name), target) for name, target in part)
            limits = b"(%s)(%s)" % (_escaped(part[0][0]), _escaped(part[-1][0]))
            leaves.append(self._add(b"<</Limits[%s]/Names[%s]>>" % (limits, names)))
        return self._add(b"<</Kids[%s]>>" % b" ".join(leaves))

    def _add(self, body: bytes) -> bytes:
        number = len(self.offsets)
        self.offsets.append(0)
        self.changed[number] = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        return b"%d 0 R" % number

    def written(self) -> bytes:
        """Return the file: its objects in their old order, then the new ones, and a new table."""
        order = sorted((offset, number) for number, offset in enumerate(self.offsets) if offset)
        order += [(0, number) for number, offset in enumerate(self.offsets) if not offset and number in self.changed]
        first = order[0][0]
        parts, position, offsets, kept_from = [self.data[:first]], first, [0] * len(self.offsets), first
        for offset, number in order:
            offsets[number] = position
            if number not in self.changed:
                position += self._starts[bisect_right(self._starts, offset)] - offset
                continue
            if offset:
                parts.append(self.data[kept_from:offset])
                kept_from = self._starts[bisect_right(self._starts, offset)]
            elif kept_from < self.table:
                parts.append(self.data[kept_from : self.table])
                kept_from = self.table
            parts.append(self.changed[number])
            position += len(self.changed[number])
        parts += [self.data[kept_from : self.table], _table(offsets), self._trailer(position)]
        return b"".join(parts)

    def _trailer(self, table: int) -> bytes:
        start = self.data.find(b"trailer", self.table)
        trailer = self.data[start : self.data.rfind(b"startxref")]
        trailer = re.sub(rb"/Size \d+", b"/Size %d" % len(self.offsets), trailer, count=1)
        return trailer + b"startxref\n%d\n%%%%EOF" % table


def _table(offsets: Iterable[int]) -> bytes:
    """Return a cross-reference table; each row has 20 bytes."""
    rows = [b"%010d 00000 n\r\n" % offset if offset else b"0000000000 65535 f\r\n" for offset in offsets]
    return b"xref\n0 %d\n" % len(rows) + b"".join(rows)


def _entry(dictionary: bytes, key: bytes) -> bytes | None:
    """Return a dictionary's entry that is a dictionary itself, with its brackets."""
    start = dictionary.find(key + b"<<")
    if start < 0:
        return None
    start += len(key)
    depth = 0
    for match in re.finditer(rb"\((?:[^()\\]|\\.)*\)|<<|>>", dictionary[start:], re.DOTALL):
        depth += {b"<<": 1, b">>": -1}.get(match[0], 0)
        if depth == 0:
            return dictionary[start : start + match.end()]
    return None


def _height_pt(page: bytes) -> float:
    box = re.search(rb"/MediaBox\s*\[([^\]]*)\]", page)
    return float(box[1].split()[3]) if box else 0.0


def _string(escaped: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", escaped, flags=re.DOTALL)


def _escaped(text: bytes) -> bytes:
    return re.sub(rb"([()\\])", rb"\\\1", text)


def _unmistakable(item: bytes) -> bytes:
    """Return a stream object whose data end with `~>`, the end mark of ASCII85Decode."""
    head, _, rest = item.partition(b"stream\n")
    length = re.search(rb"/Length (\d+)", head)
    if not length or b"/DecodeParms" in head:
        return item
    raw = base64.a85encode(rest[: int(length[1])]) + b"~>"
    head = head.replace(length[0], b"/Length %d" % len(raw), 1)
    if b"/Filter/" in head:
        head = re.sub(rb"/Filter(/\w+)", rb"/Filter[/ASCII85Decode\1]", head, count=1)
    elif b"/Filter[" in head:
        head = head.replace(b"/Filter[", b"/Filter[/ASCII85Decode ", 1)
    else:
        head = head.replace(b"/Length", b"/Filter/ASCII85Decode/Length", 1)
    return head + b"stream\n" + raw + b"\nendstream\nendobj\n"
