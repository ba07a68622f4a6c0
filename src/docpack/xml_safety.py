"""The one XML parser of docpack: for files that come from anywhere.

No document type definition, no entities, no network, no XInclude, no huge trees; what is refused is said in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from lxml.etree import _Element

    class Events(Protocol):
        """What takes the events of `feed_xml`; names are in Clark notation, `{namespace}name`."""

        def start(self, tag: str, attributes: Any) -> None:
            """Take a start tag."""

        def end(self, tag: str) -> None:
            """Take an end tag."""

        def data(self, text: str) -> None:
            """Take characters; a run may come in several calls."""


__all__ = ["MAX_BYTES", "feed_xml", "parse_xml"]

# A book of 100 MB becomes 150 to 250 MB of TEI. What is larger than this is no text but an attack or an accident.
MAX_BYTES = 1_000_000_000

# libxml2 refuses deeper trees than 256 and single texts above 10 MB as long as `huge_tree` is off: it stays off.
# `load_dtd`, `attribute_defaults` and `dtd_validation` are off by default; they are named because all hangs on them.
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}

_CHUNK_BYTES = 1 << 20


def parse_xml(data: bytes, *, what: str) -> _Element:
    """Return the root element of an XML document, without its comments and processing instructions.

    Args:
        data: The document, in any encoding that XML can declare.
        what: What it is, for the messages: "the TEI file", "metadata.xml".

    Raises:
        InputError: It is not well-formed, too large or too deep, or has a document type declaration.
    """
    from lxml import etree

    _check_size(data, what)
    try:
        root = etree.fromstring(data, etree.XMLParser(**_OPTIONS))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(error, what) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(what)
    return root


def feed_xml(data: bytes, target: Events, *, what: str) -> None:
    """Hand an XML document to `target` as events, without building a tree: memory does not grow with its size.

    The limits of depth and of single texts protect trees and do not hold here; that of the size does.

    Raises:
        InputError: It is not well-formed, too large, or has a document type declaration; and what `target` raises.
    """
    from lxml import etree

    _check_size(data, what)
    parser = etree.XMLParser(target=_Target(target, what), **_OPTIONS)
    try:
        for chunk in _chunks(data):
            parser.feed(chunk)
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(error, what) from error


class _Target:
    """Stands between lxml and the events, to stop at a document type declaration."""

    def __init__(self, events: Events, what: str) -> None:
        self.start = events.start
        self.end = events.end
        self.data = events.data
        self.what = what

    def doctype(self, *_: object) -> None:
        raise _doctype(self.what)

    def close(self) -> None:
        return None


def _chunks(data: bytes) -> Iterator[bytes]:
    """Yield the data in pieces, so that a declaration at its head is refused before the rest is looked at."""
    for start in range(0, max(len(data), 1), _CHUNK_BYTES):
        yield data[start : start + _CHUNK_BYTES]


def _check_size(data: bytes, what: str) -> None:
    if not data.strip():
        raise InputError(f"{what} is empty")
    if len(data) > MAX_BYTES:
        raise InputError(f"{what} has {len(data)} bytes; the limit is {MAX_BYTES}", hint="Split it into several files.")


def _doctype(what: str) -> InputError:
    return InputError(
        f"{what} has a document type declaration, which docpack does not read",
        hint="Remove the <!DOCTYPE ...> at its head; write characters themselves instead of named entities.",
    )


def _refusal(error: Exception, what: str) -> InputError:
    message = " ".join(str(error).split()) or type(error).__name__
    lower = message.lower()
    if "excessive depth" in lower or "huge" in lower or "resource limit" in lower:
        return InputError(
            f"{what} goes beyond the limits of safe parsing: {message}",
            hint="Elements may be nested 256 deep, and one text may have 10 million bytes.",
        )
    return InputError(
        f"{what} is not well-formed XML: {message}", hint="Open it in an XML editor, which shows the place."
    )
