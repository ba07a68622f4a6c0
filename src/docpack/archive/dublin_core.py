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

    from docpack.model import Metadata

__all__ = ["dublin_core_elements", "dublin_core_xml"]

_DC = "http://purl.org/dc/elements/1.1/"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def dublin_core_elements(metadata: Metadata) -> Iterator[tuple[str, str]]:
    """Yield the elements of a record with their values; what is not known is left out.

    The title is the one that the work has of its own; one that was taken from a file name is given all the same,
    because a record without a title cannot be found.
    """
    yield "title", f"{metadata.title}: {metadata.subtitle}" if metadata.subtitle else metadata.title
    for person in metadata.contributors:
        yield "creator" if person.role == "aut" else "contributor", person.name
    for subject in metadata.subjects:
        yield "subject", subject
    yield "description", metadata.description
    yield "publisher", metadata.publisher
    yield "date", metadata.date
    yield "type", "Text"
    for each in (metadata.identifier, *metadata.identifiers):
        yield "identifier", identifier_uri(each)
    yield "source", identifier_uri(metadata.source_identifier) or metadata.source_title
    yield "language", "" if metadata.language == "und" else metadata.language
    if metadata.series:
        yield "relation", f"{metadata.series} {metadata.series_position}".strip()
    yield "rights", metadata.rights
    yield "rights", metadata.rights_uri


def dublin_core_xml(metadata: Metadata) -> bytes:
    """Return the record of a work."""
    from lxml import etree

    root = etree.Element(f"{{{_OAI_DC}}}dc", nsmap={"oai_dc": _OAI_DC, "dc": _DC, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{_OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    root.text = "\n"
    for name, value in dublin_core_elements(metadata):
        if value.strip():
            element = etree.SubElement(root, f"{{{_DC}}}{name}")
            element.text, element.tail = FORBIDDEN.sub("\ufffd", value), "\n"
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made
