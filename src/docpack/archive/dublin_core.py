"""The descriptive record: what is known of the work, in the fifteen elements that every archive reads.

Spec:
    Dublin Core Metadata Element Set 1.1 in the container of OAI-PMH 2.0 (oai_dc).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.xml_writing import XSI
from docpack.metadata import identifier_uri
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.archive.events import Rights
    from docpack.model import Metadata

__all__ = ["dublin_core_elements", "dublin_core_xml"]

_DC = "http://purl.org/dc/elements/1.1/"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def dublin_core_elements(metadata: Metadata, object_id: str, rights: Rights) -> Iterator[tuple[str, str]]:
    """Yield the elements of a record with their values; what is not known is left out.

    The name of the work comes first among its identifiers. A title that was taken from a file name is given all the
    same, because a record without a title cannot be found.
    """
    for name, value in _elements(metadata, object_id, rights):
        if value.strip():
            yield name, value


def _elements(metadata: Metadata, object_id: str, rights: Rights) -> Iterator[tuple[str, str]]:
    yield "title", f"{metadata.title}: {metadata.subtitle}" if metadata.subtitle else metadata.title
    for person in metadata.contributors:
        yield "creator" if person.role == "aut" else "contributor", person.name
    for subject in metadata.subjects:
        yield "subject", subject
    yield "description", metadata.description
    yield "publisher", metadata.publisher
    yield "date", metadata.date
    yield "type", "Text"
    others = (identifier_uri(each) for each in (metadata.identifier, *metadata.identifiers))
    for identifier in dict.fromkeys((object_id, *others)):
        yield "identifier", identifier
    yield "source", identifier_uri(metadata.source_identifier) or metadata.source_title
    yield "language", "" if metadata.language == "und" else metadata.language
    if metadata.series:
        yield "relation", f"{metadata.series} {metadata.series_position}".strip()
    yield "rights", rights.words
    yield "rights", rights.uri
    if rights.embargo_until:
        yield "rights", f"Embargo until {rights.embargo_until}"


def dublin_core_xml(metadata: Metadata, object_id: str, rights: Rights) -> bytes:
    """Return the record of a work."""
    from lxml import etree

    root = etree.Element(f"{{{_OAI_DC}}}dc", nsmap={"oai_dc": _OAI_DC, "dc": _DC, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{_OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    root.text = "\n"
    for name, value in dublin_core_elements(metadata, object_id, rights):
        element = etree.SubElement(root, f"{{{_DC}}}{name}")
        element.text, element.tail = FORBIDDEN.sub("\ufffd", value), "\n"
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made
