"""The package of an EPUB, assembled by ebooklib and then mended.

ebooklib writes the container, the package document, the spine and EPUB 2's NCX. What it does to content is
kept away from it: all files are handed over as finished bytes (its `EpubHtml` parses them again and loses
text; its `EpubNav` lists wrong pages). What it gets wrong is put right afterwards, and the zip is written
again without the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docpack.deterministic_zip import rezip
from docpack.errors import OutputError
from docpack.model import Direction
from docpack.writers.epub.ncx import mended_ncx

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.writers.epub.metadata import Statement
    from docpack.writers.epub.navigation import Entry
    from docpack.writers.html.pages import PageMarker

__all__ = ["Package", "PackageFile", "assemble"]

_DC = "http://purl.org/dc/elements/1.1/"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OPF = "{http://www.idpf.org/2007/opf}"


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file of the book and its line in the manifest.

    `spine` tells whether it is part of the reading order: "" not at all, "yes", or "no" for what is only
    linked to.
    """

    id: str
    name: str
    media_type: str
    data: bytes
    properties: str = ""
    spine: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """All that makes a book."""

    title: str
    language: str
    direction: Direction
    modified: str  # YYYY-MM-DDThh:mm:ssZ
    metadata: tuple[Statement, ...]
    files: tuple[PackageFile, ...]
    contents: tuple[Entry, ...]
    pages: tuple[PageMarker, ...]
    order: tuple[str, ...]  # what contents and pages lead to, in reading order
    guide: tuple[tuple[str, str, str], ...]  # EPUB 2's landmarks: type, label, link


def assemble(package: Package, context: Context) -> bytes:
    """Return the EPUB.

    Raises:
        OutputError: ebooklib could not assemble it.
    """
    import io

    from ebooklib import epub

    book = _book(package)
    buffer = io.BytesIO()
    options = {
        "raise_exceptions": True,
        "compresslevel": 0,  # all is packed again below
        "mtime": context.moment(),  # it would take the clock
        "package_direction": True,
    }
    try:
        epub.write_epub(buffer, book, options)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise OutputError(
            f"ebooklib could not assemble the EPUB: {error}", hint="Report this as a bug of docpack."
        ) from error

    def mend(name: str, content: bytes) -> bytes:
        if name.endswith("content.opf"):
            return _mended_package(content, package)
        if name.endswith("toc.ncx"):
            return mended_ncx(content, package.language, package.contents, package.pages, package.order)
        return content

    return rezip(buffer.getvalue(), context.timestamp_s, frozenset({"mimetype"}), mend)


def _book(package: Package) -> Any:
    from ebooklib import epub

    book = epub.EpubBook()
    book.metadata.clear()  # a random identifier, and the name and version of ebooklib
    book.title, book.language = package.title, package.language
    if package.direction is Direction.RTL:
        book.set_direction("rtl")
    for statement in package.metadata:
        name = statement.name.removeprefix("dc:")
        namespace = _DC if statement.name.startswith("dc:") else None
        book.add_metadata(namespace, name, statement.value or None, statement.attributes)
        if statement.attributes.get("id") == book.IDENTIFIER_ID:
            book.uid = statement.value
    for file in package.files:
        item = epub.EpubItem(file.id, file.name, file.media_type, file.data)
        item.properties = file.properties.split()
        item.is_linear = file.spine != "no"
        book.add_item(item)
        if file.spine:
            book.spine.append(item)
    book.add_item(epub.EpubNcx())
    book.toc = _links(package.contents, [0])
    book.guide = [{"type": kind, "title": label, "href": href} for kind, label, href in package.guide]
    return book


def _links(entries: tuple[Entry, ...], count: list[int]) -> list[Any]:
    from ebooklib import epub

    made: list[Any] = []
    for entry in entries:
        count[0] += 1
        link = epub.Link(entry.href, entry.label, f"entry-{count[0]}")
        made.append((link, _links(entry.children, count)) if entry.children else link)
    return made


def _mended_package(content: bytes, package: Package) -> bytes:
    """Give the package document its language and time; take a prefix away that is reserved and that nothing has."""
    from lxml import etree

    root = etree.fromstring(content)
    root.set(_XML_LANG, package.language)
    root.attrib.pop("prefix", None)
    for meta in root.iter(f"{_OPF}meta"):
        if meta.get("property") == "dcterms:modified":
            meta.text = package.modified  # ebooklib writes years before 1000 with fewer than four digits
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return made
