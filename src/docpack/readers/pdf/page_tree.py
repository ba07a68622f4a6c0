"""The pages of a file in order, each with what it inherits; and the printed numbers that the file gives them.

Spec:
    ISO 32000-1 (PDF 1.7): 7.7.3 (page tree), 7.9.7 (number trees), 12.4.2 (page labels).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pypdf.generic import IndirectObject

from docpack.errors import InputError
from docpack.readers.pdf.limits import MAX_PAGES, MAX_TREE_DEPTH
from docpack.readers.pdf.objects import Damaged, array_of, dictionary_of, number_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PageObject", "page_labels", "page_objects"]

INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
MAX_RANGES = 100_000  # of page labels
MAX_LABEL = 40  # characters of a page's printed number


class PageObject(NamedTuple):
    """A page's dictionary, what it inherits from the nodes above it, and the number of its object, if it has one."""

    entries: dict[str, Any]
    inherited: dict[str, Any]
    number: int = 0
    damage: str = ""  # why it cannot be read; then there are no entries

    def get(self, key: str) -> Any:
        """Return an entry of the page, or what it inherits; None where there is neither, or null.

        Raises:
            Damaged: It cannot be read.
        """
        value = value_of(_raw(self.entries, key))
        return value if value is not None else value_of(self.inherited.get(key))


def page_objects(root: dict[str, Any]) -> Iterator[PageObject]:
    """Yield the pages that a catalog leads to, in order; a kid that cannot be read comes as a damaged page.

    Raises:
        InputError: There are too many, or the tree is too deep.
    """
    # Nodes are told apart by their numbers: one that is read again is another value.
    stack: list[tuple[Iterator[Any], dict[str, Any], int]] = [(iter([_raw(root, "/Pages")]), {}, 0)]
    count = 0  # of pages and of nodes above them
    while stack:
        kids, inherited, _ = stack[-1]
        raw = next(kids, None)
        if raw is None:
            stack.pop()
            continue
        count += 1
        if count > MAX_PAGES:
            raise InputError(
                f"the PDF has more than {MAX_PAGES:,} pages",
                hint="Take it apart first: qpdf --split-pages=1000 INPUT.pdf OUTPUT.pdf.",
            )
        try:
            node = value_of(raw)
            below = value_of(_raw(node, "/Kids")) if isinstance(node, dict) else None
        except Damaged as error:
            yield PageObject({}, {}, damage=str(error))
            continue
        if not isinstance(node, dict):
            yield PageObject({}, {}, damage="it is no page")
        elif "/Kids" not in node:
            if node:
                yield PageObject(node, inherited, _number_in(raw))
        elif _number_in(raw) not in {each for _, _, each in stack if each}:  # else it stands in itself, and ends there
            _check_depth(len(stack))
            down = {**inherited, **{key: _raw(node, key) for key in INHERITED if key in node}}
            stack.append((iter(below if isinstance(below, list) else []), down, _number_in(raw)))


def _check_depth(depth: int) -> None:
    if depth > MAX_TREE_DEPTH:
        raise InputError(
            f"the tree of pages is more than {MAX_TREE_DEPTH} levels deep",
            hint="Repair it first: qpdf INPUT.pdf OUTPUT.pdf.",
        )


def _number_in(raw: Any) -> int:
    """Return the number of the object that a reference names; 0 where it is none."""
    return raw.idnum if isinstance(raw, IndirectObject) else 0


def _raw(node: dict[str, Any], key: str) -> Any:
    """Return an entry as it stands there, a reference as a reference."""
    return dict.get(node, key)


def page_labels(root: dict[str, Any], pages: int) -> dict[int, str]:
    """Return the printed numbers of the pages where the file gives them, by page index."""
    if "/PageLabels" not in root:
        return {}
    ranges = sorted(_ranges(_raw(root, "/PageLabels")), key=lambda each: each[0])
    stops = [start for start, _ in ranges[1:]] + [pages]
    made: dict[int, str] = {}
    for (start, details), stop in zip(ranges, stops, strict=False):
        try:
            style, prefix = value_of(_raw(details, "/S")), value_of(_raw(details, "/P"))
        except Damaged:
            continue
        first = max(1, int(number_of(_raw(details, "/St"), 1)))
        for index in range(max(start, 0), min(stop, pages)):
            label = (prefix if isinstance(prefix, str) else "") + _numeral(first + index - start, str(style))
            if label and len(label) <= MAX_LABEL and label.isprintable():
                made[index] = label
    return made


def _ranges(raw: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return the entries of a number tree; a node that was there already is passed over."""
    made: list[tuple[int, dict[str, Any]]] = []
    todo, seen = [raw], dict[int, dict[str, Any]]()  # by identity, each kept so that it stays its own
    while todo and len(seen) < MAX_RANGES and len(made) < MAX_RANGES:
        node = dictionary_of(todo.pop())
        if id(node) in seen:
            continue
        seen[id(node)] = node
        todo += reversed(array_of(_raw(node, "/Kids")))
        entries = array_of(_raw(node, "/Nums"))
        for key, value in zip(entries[::2], entries[1::2], strict=False):
            made.append((int(number_of(key, -1)), dictionary_of(value)))
    return made


def _numeral(value: int, style: str) -> str:
    """Return a number as page labels show it."""
    if style == "/D":
        return str(value)
    if style in ("/R", "/r"):
        roman = _roman(value)
        return roman if style == "/R" else roman.lower()
    if style in ("/A", "/a") and value <= 26 * MAX_LABEL:
        letters = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters if style == "/A" else letters.lower()
    return ""


def _roman(value: int) -> str:
    made = []
    if value > 1000 * MAX_LABEL:
        return ""
    for letters, worth in _ROMAN:
        made.append(letters * (value // worth))
        value %= worth
    return "".join(made)


_ROMAN = (
    ("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10),
    ("IX", 9), ("V", 5), ("IV", 4), ("I", 1),
)  # fmt: skip
