"""Document properties: what the file says about the work, where Word and library systems look for it.

Spec:
    ISO/IEC 29500-2, section 8.3.4 (core properties); ISO/IEC 29500-1, section 22.2 and 22.3 (extended, custom).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from docpack.context import NAMESPACE
from docpack.metadata import identifier_uri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.context import Context
    from docpack.model import Document, Metadata

__all__ = ["core_properties", "custom_properties", "extended_properties", "identifier_of"]

_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_TERMS = "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_CUSTOM_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # [MS-OSHARED] 2.3.3.2.2: user-defined properties


def core_properties(document: Document, context: Context) -> bytes:
    """Return the core properties part.

    python-docx's own has a limit of 255 characters a field, which descriptions exceed.
    """
    from lxml import etree

    metadata = document.metadata
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap={"cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _XSI})
    for name, value in _core_values(document):
        if value:
            etree.SubElement(root, name).text = value
    moment = context.iso_time(metadata.date)
    for name in ("created", "modified"):
        child = etree.SubElement(root, f"{{{_TERMS}}}{name}")
        child.set(f"{{{_XSI}}}type", "dcterms:W3CDTF")
        child.text = moment
    data: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
    return data


def _core_values(document: Document) -> Iterator[tuple[str, str]]:
    metadata = document.metadata
    subjects = "; ".join(metadata.subjects)
    yield f"{{{_DC}}}title", metadata.title
    yield f"{{{_DC}}}creator", "; ".join(each.name for each in metadata.contributors if each.role == "aut")
    yield f"{{{_DC}}}subject", subjects
    yield f"{{{_CORE}}}keywords", subjects
    yield f"{{{_DC}}}description", metadata.description
    yield f"{{{_DC}}}language", metadata.language
    yield f"{{{_DC}}}identifier", identifier_of(document)


def identifier_of(document: Document) -> str:
    """Return the identifier of the document as a URI: its own, or one made from its content."""
    identifier = document.metadata.identifier
    if not identifier.value:
        import json

        from docpack.codec import encode

        content = json.dumps(encode(document), ensure_ascii=True, sort_keys=True)
        return f"urn:uuid:{uuid.uuid5(NAMESPACE, content)}"
    return identifier_uri(identifier)


def extended_properties(metadata: Metadata) -> bytes:
    """Return the extended properties part: the program, and the publisher as Word's "company"."""
    from lxml import etree

    root = etree.Element(f"{{{_EXTENDED}}}Properties", nsmap={None: _EXTENDED})
    etree.SubElement(root, f"{{{_EXTENDED}}}Application").text = "docpack"
    if metadata.publisher:
        etree.SubElement(root, f"{{{_EXTENDED}}}Company").text = metadata.publisher
    data: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
    return data


def custom_properties(metadata: Metadata) -> bytes:
    """Return the custom properties part, which holds what has no place among the core ones; or nothing."""
    from lxml import etree

    values = {name: value for name, value in _custom_values(metadata) if value}
    if not values:
        return b""
    root = etree.Element(f"{{{_CUSTOM}}}Properties", nsmap={None: _CUSTOM, "vt": _TYPES})
    for number, (name, value) in enumerate(values.items(), 2):  # 0 and 1 are reserved
        child = etree.SubElement(root, f"{{{_CUSTOM}}}property", fmtid=_CUSTOM_SET, pid=str(number), name=name)
        etree.SubElement(child, f"{{{_TYPES}}}lpwstr").text = value
    data: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
    return data


def _custom_values(metadata: Metadata) -> Iterator[tuple[str, str]]:
    yield "Subtitle", metadata.subtitle
    roles = dict.fromkeys(each.role for each in metadata.contributors if each.role != "aut")
    for role in roles:
        names = "; ".join(each.name for each in metadata.contributors if each.role == role)
        yield f"Contributor ({role})", names
    yield "Date of publication", metadata.date
    yield "Publisher", metadata.publisher
    schemes = dict.fromkeys(each.scheme for each in metadata.identifiers)
    for scheme in schemes:
        values = "; ".join(each.value for each in metadata.identifiers if each.scheme == scheme)
        yield f"Identifier ({scheme})" if scheme else "Other identifier", values
    yield "Series", metadata.series
    yield "Position in series", metadata.series_position
    yield "Rights", metadata.rights
    yield "Rights URI", metadata.rights_uri
    yield "Source title", metadata.source_title
    yield "Source publisher", metadata.source_publisher
    yield "Source date", metadata.source_date
    yield "Source identifier", metadata.source_identifier.value
    yield "Conforms to", metadata.conforms_to
