"""The record of the work in a PDF's metadata stream, as far as typst does not write it.

typst writes title, authors, description, keywords, language and dates. Where PDF/A knows more about the work, it knows
it in the words of Dublin Core and of two schemas of XMP, which need no description in the file.

Spec:
    XMP, part 1 (ISO 16684-1), 7 (serialisation), 8.3, 8.4 and 8.5 (dc, xmp, xmpRights); ISO 19005-2, 6.6.2.3
    (schemas that are predefined); ISO 19005-1, 6.7.3 (one entry in dc:creator, the same as Author).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.sax.saxutils import escape, unescape

from docpack.metadata import identifier_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpack.model import Document, Metadata

__all__ = ["Record", "document_identifier"]

_NAMESPACES = (
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
    ("xmpRights", "http://ns.adobe.com/xap/1.0/rights/"),
)
_AUTHORS = re.compile(r"<dc:creator><rdf:Seq><rdf:li>([^<]*)</rdf:li></rdf:Seq></dc:creator>")
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_PART_1 = "<pdfaid:part>1</pdfaid:part>"
_END = "</rdf:RDF>"


@dataclass(frozen=True, slots=True)
class Record:
    """What a file says about the work: the authors, and all other properties, each as an element of RDF."""

    authors: tuple[str, ...]
    properties: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, document: Document) -> Self:
        """Return what a document's metadata has to say."""
        metadata = document.metadata
        authors = (each.name for each in metadata.contributors if each.role in ("aut", "cre") and each.name)
        values = _values(metadata, document_identifier(document))
        return cls(tuple(authors), tuple((name, f"<{name}>{value}</{name}>") for name, value in values if value))

    def completed(self, packet: bytes) -> bytes:
        """Return a packet of XMP with the properties that it lacks, and with an entry for each author.

        What a template states itself is kept. A packet of an unknown form is returned as it is.
        """
        text = packet.decode("utf-8", "surrogateescape")
        if text.count(_END) != 1:
            return packet
        if _PART_1 not in text:  # there the entry of all authors has to be the same as the file's Author
            text = _AUTHORS.sub(self._creators, text, count=1)
        missing = "".join(element for name, element in self.properties if f"<{name}>" not in text)
        if missing:
            spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES)
            element = f'<rdf:Description rdf:about="" {spaces}>{missing}</rdf:Description>'
            text = text.replace(_END, element + _END)
        return text.encode("utf-8", "surrogateescape")

    def _creators(self, match: re.Match[str]) -> str:
        """Return the authors one by one, if they are those that the file names together."""
        if unescape(match[1], _QUOTES) != ", ".join(self.authors):
            return match[0]
        return f"<dc:creator>{_array('Seq', self.authors)}</dc:creator>"


def document_identifier(document: Document) -> str:
    """Return the URI that names the document: the stated one, else a UUIDv5 of its source, else of its content."""
    stated = _line(identifier_uri(document.metadata.identifier))
    if stated:
        return stated
    from docpack.context import content_uuid
    from docpack.ledger import sha256_hex

    if document.source is not None and document.source.source.sha256:
        return f"urn:uuid:{content_uuid(document.source.source.sha256)}"
    import json

    from docpack.codec import encode

    return f"urn:uuid:{content_uuid(sha256_hex(json.dumps(encode(document), sort_keys=True).encode()))}"


def _values(metadata: Metadata, identifier: str) -> Iterator[tuple[str, str]]:
    """Yield properties and their values in RDF; those of dc:source and dc:relation are for people to read."""
    others = dict.fromkeys(_line(identifier_uri(each)) for each in metadata.identifiers)
    source = (metadata.source_title, metadata.source_publisher, metadata.source_date)
    position = metadata.series_position if metadata.series else ""
    yield "dc:identifier", escape(identifier)
    yield "xmp:Identifier", _array("Bag", [each for each in others if each != identifier])
    yield (
        "dc:contributor",
        _array("Bag", [each.name for each in metadata.contributors if each.role not in ("aut", "cre")]),
    )
    yield "dc:publisher", _array("Bag", [metadata.publisher])
    yield "dc:date", _array("Seq", [metadata.date] if _DATE.fullmatch(metadata.date) else [])
    yield "dc:subject", _array("Bag", metadata.subjects)
    yield "dc:rights", _array("Alt", [metadata.rights])
    yield "xmpRights:WebStatement", escape(_line(metadata.rights_uri))
    yield "dc:source", escape(_joined([*source, identifier_uri(metadata.source_identifier)]))
    yield "dc:relation", _array("Bag", [_joined([metadata.series, position])])


def _array(kind: str, values: Iterable[str]) -> str:
    """Return an array of RDF, or "" for one that would be empty."""
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{escape(value)}</rdf:li>" for value in map(_line, values) if value)
    return f"<rdf:{kind}>{items}</rdf:{kind}>" if items else ""


def _joined(values: Iterable[str]) -> str:
    return ", ".join(filter(None, map(_line, values)))


def _line(text: str) -> str:
    return " ".join(text.split())
