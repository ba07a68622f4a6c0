"""EPUB 2's table of contents as ebooklib writes it, with what it lacks: language, depth, pages, reading order.

Spec:
    ANSI/NISO Z39.86-2005, section 8 (NCX); OPF 2.0.1, section 2.4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.writers.epub.navigation import depth_of
from docpack.writers.html.pages import Numbering, page_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.writers.epub.navigation import Entry
    from docpack.writers.html.pages import PageMarker

__all__ = ["mended_ncx"]

_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TYPES = {Numbering.ARABIC: "normal", Numbering.ROMAN: "front", Numbering.OTHER: "special"}


def mended_ncx(
    content: bytes, language: str, contents: tuple[Entry, ...], pages: Sequence[PageMarker], order: Sequence[str]
) -> bytes:
    """Return the NCX, mended.

    Args:
        content: What ebooklib wrote.
        language: The book's language.
        contents: The table of contents.
        pages: The pages of the source, in their order.
        order: What all of these lead to, in reading order.
    """
    from lxml import etree

    root = etree.fromstring(content, etree.XMLParser(remove_blank_text=True))
    root.set(_XML_LANG, language)
    highest = _add_pages(root, pages) if pages else 0
    counts = {"dtb:depth": depth_of(contents), "dtb:totalPageCount": len(pages), "dtb:maxPageNumber": highest}
    for meta in root.iter(f"{_NCX}meta"):
        if (name := meta.get("name")) in counts:
            meta.set("content", str(counts[name]))
    _number(root, order)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return made


def _add_pages(root: Any, pages: Sequence[PageMarker]) -> int:
    """Add the list of pages; return the highest number."""
    from lxml.etree import SubElement

    values: dict[tuple[str, int], None] = {}
    made = SubElement(root, f"{_NCX}pageList")
    for count, page in enumerate(pages, 1):
        numbering, number = page_number(page.label)
        value = (_TYPES[numbering], number)
        target = SubElement(made, f"{_NCX}pageTarget", {"id": f"page-{count}", "type": value[0]})
        if number > 0 and value not in values:  # a value counts from 1, and each type has it once
            values[value] = None
            target.set("value", str(number))
        SubElement(SubElement(target, f"{_NCX}navLabel"), f"{_NCX}text").text = page.label
        SubElement(target, f"{_NCX}content", {"src": page.href})
    return max((number for _, number in values), default=0)


def _number(root: Any, order: Sequence[str]) -> None:
    """Number all targets in reading order; what leads to one place has one number."""
    targets = [(each.getparent(), each.get("src")) for each in root.iter(f"{_NCX}content")]
    led_to = {source for _, source in targets}
    numbers = {source: n for n, source in enumerate((each for each in dict.fromkeys(order) if each in led_to), 1)}
    for target, source in targets:
        target.set("playOrder", str(numbers[source]))
