"""What pages and packages say of the work in the same words: its identifiers, and the edition it was taken from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpack.metadata import identifier_uri

if TYPE_CHECKING:
    from docpack.model import Document, Identifier, Metadata

__all__ = ["description_of_source", "unique_identifier", "uri_of"]

_URN_UUID = "urn:uuid:"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def unique_identifier(document: Document) -> str:
    """Return the URI that names the document: the user's, else a UUIDv5 of its source, else of its content."""
    stated = uri_of(document.metadata.identifier)
    if stated:
        return stated
    from docpack.context import content_uuid
    from docpack.ledger import sha256_hex

    if document.source is not None and document.source.source.sha256:
        return f"urn:uuid:{content_uuid(document.source.source.sha256)}"
    import json

    from docpack.codec import encode

    content = json.dumps(encode(document), sort_keys=True)
    return f"urn:uuid:{content_uuid(sha256_hex(content.encode()))}"


def uri_of(identifier: Identifier) -> str:
    """Return an identifier as a URI where its scheme has one, else its value; "" for none.

    >>> from docpack.model import Identifier
    >>> uri_of(Identifier("no UUID", "uuid")), uri_of(Identifier("0C1F7A54-6A3C-5B0E-9D63-2F1F6A1C7F10", "uuid"))
    ('no UUID', 'urn:uuid:0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10')
    """
    uri = _line(identifier_uri(identifier))
    if not uri.startswith(_URN_UUID):
        return uri
    # Checkers refuse what says that it is a UUID and is none.
    uuid = uri.removeprefix(_URN_UUID).lower()
    return _URN_UUID + uuid if _UUID.fullmatch(uuid) else _line(identifier.value)


def description_of_source(metadata: Metadata) -> str:
    """Return the edition that the text was taken from as one line, or ""."""
    parts = (metadata.source_title, metadata.source_publisher, metadata.source_date)
    return ", ".join(filter(None, map(_line, parts)))


def _line(text: str) -> str:
    return " ".join(text.split())
