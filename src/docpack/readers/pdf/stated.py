"""What a PDF states of itself: its XMP packet, and its information dictionary where the packet says nothing.

Much of what stands there was put there by programs: names of files as titles, "unknown" as author. The dates of the
dictionary and of `xmp:CreateDate` are those at which the file was made, not those of the work, and are not taken.

Spec:
    ISO 32000-1 (PDF 1.7), 14.3.2 (metadata streams) and 14.3.3 (information dictionary); XMP, part 1 (ISO 16684-1),
    8.3 (Dublin Core in XMP).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpack.errors import DocpackError
from docpack.model import Contributor, Identifier, Metadata, TitleOrigin
from docpack.readers.pdf.objects import Damaged, guarded, value_if_any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pypdf import PdfReader

__all__ = ["stated_by"]

MAX_PACKET_BYTES = 4_000_000
MAX_CHARACTERS = 2000  # of a value
MAX_VALUES = 200
_RDF, _DC = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://purl.org/dc/elements/1.1/}"
_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_SAYS_NOTHING = re.compile(
    r"\W*(?:unknown|anonymous|unspecified|untitled|user|administrator|none|null)?\W*", re.IGNORECASE
)
_FILE_NAME = re.compile(
    r"(?:Microsoft \w+ - .*|.*\.(?:docx?|odt|rtf|tex|dvi|p[ds]f?|indd|qxd|html?|txt|md|xlsx?|pptx?)|[a-z0-9_.\-]+)"
)
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def stated_by(reader: PdfReader) -> Metadata:
    """Return what a file says of the work; what is empty is not said. A title that names a file is marked as such."""
    packet = _packet(reader)
    info = _info(reader)
    title = _first(packet.get(_DC + "title", [])) or info.get("/Title", "")
    authors = packet.get(_DC + "creator", []) or info.get("/Author", "").split(";")
    others = packet.get(_DC + "contributor", [])
    subjects = packet.get(_DC + "subject", []) or re.split("[,;]", info.get("/Keywords", ""))
    language = str(value_if_any(reader.root_object.get("/Lang")) or "") or _first(packet.get(_DC + "language", []))
    return Metadata(
        title="" if _SAYS_NOTHING.fullmatch(title) else title,
        title_origin=TitleOrigin.NAME if _FILE_NAME.fullmatch(title) else TitleOrigin.STATED,
        contributors=(*_people(authors, "aut"), *_people(others, "ctb")),
        language=_read("language", _language, language, "und"),
        date=next((each[:10] for each in packet.get(_DC + "date", []) if _DATE.fullmatch(each[:10])), ""),
        publisher=_first(packet.get(_DC + "publisher", [])),
        description=_first(packet.get(_DC + "description", [])) or info.get("/Subject", ""),
        subjects=tuple(dict.fromkeys(filter(None, map(str.strip, subjects)))),
        identifier=_read("identifier", _identifier, _first(packet.get(_DC + "identifier", [])), Identifier("")),
        rights=_first(packet.get(_DC + "rights", [])),
        rights_uri=_read("rights_uri", _uri, _first(packet.get(_RIGHTS + "WebStatement", [])), ""),
    )


def _people(names: Iterable[str], role: str) -> Iterable[Contributor]:
    return [Contributor(name.strip(), role) for name in names if not _SAYS_NOTHING.fullmatch(name)]


def _read(key: str, read: Callable[[str, str], Any], value: str, otherwise: Any) -> Any:
    """Return a value that was checked as those of users are; what is wrong is left out."""
    try:
        return read(key, value) if value else otherwise
    except DocpackError:
        return otherwise


def _language(key: str, value: str) -> str:
    from docpack.metadata.languages import read_language

    return read_language(key, value)


def _identifier(key: str, value: str) -> Identifier:
    from docpack.metadata.identifiers import read_identifier

    return read_identifier(key, value)


def _uri(key: str, value: str) -> str:
    from docpack.metadata.values import read_uri

    return read_uri(key, value)


def _first(values: list[str]) -> str:
    return values[0] if values else ""


def _clean(raw: Any) -> str:
    """Return a text on one line, without what XML and other formats cannot hold."""
    text = " ".join(str(raw).split())
    return "".join(each for each in text[:MAX_CHARACTERS] if each.isprintable())


def _info(reader: PdfReader) -> dict[str, str]:
    info = value_if_any(reader.trailer.get("/Info"))
    if not isinstance(info, dict):
        return {}
    return {str(key): _clean(value) for key, raw in info.items() if isinstance(value := value_if_any(raw), str)}


def _packet(reader: PdfReader) -> dict[str, list[str]]:
    """Return the properties of the XMP packet, each with its values."""
    from docpack.xml_safety import parse_xml

    stream = value_if_any(reader.root_object.get("/Metadata"))
    made: dict[str, list[str]] = {}
    try:
        with guarded(MAX_PACKET_BYTES):
            data = stream.get_data() if hasattr(stream, "get_data") else b""
        if not data or len(data) > MAX_PACKET_BYTES:
            return {}
        root = parse_xml(data.strip(), what="the XMP packet")
    except (Damaged, DocpackError):
        return {}
    for description in root.iter(_RDF + "Description"):
        for name, value in description.attrib.items():
            made.setdefault(str(name), []).append(_clean(value))
        for each in description:
            items = [item.text or "" for item in each.iter(_RDF + "li")] or [each.text or ""]
            values = [clean for item in items[:MAX_VALUES] if (clean := _clean(item))]
            made.setdefault(str(each.tag), []).extend(values)
    return made
