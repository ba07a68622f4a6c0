"""Characters, names and values as XML and TEI want them."""

from __future__ import annotations

import re

from docpack.xml_characters import FORBIDDEN

__all__ = ["attribute", "language", "pointer", "text", "word", "xml_name"]

# Blanks that are not XML's own, the soft hyphen and the byte-order mark are written as character references: people
# see them, and a tool that squeezes white space in the file cannot take them for common blanks.
# A literal CR would be read as LF, and NEL and U+2028 as line ends by XML 1.1 tools.
_ESCAPES = re.compile("[&<>\r\x85\xa0\xad\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]")
_ATTRIBUTE_ESCAPES = re.compile('["\t\n]|' + _ESCAPES.pattern)
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}

# The letters of NCName that need no thought; other scripts' letters are names too, but ids of docpack never have them.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_NO_URI = (  # compiled where there is one, which takes milliseconds
    r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000e0000]"
)


def _escape(match: re.Match[str]) -> str:
    return _NAMED.get(match[0]) or f"&#x{ord(match[0]):X};"


def text(value: str) -> str:
    """Return a string as character data."""
    if value.isprintable():  # which no character is that is escaped by its number; this test is ten times faster
        if "&" in value:
            value = value.replace("&", "&amp;")
        if "<" in value:
            value = value.replace("<", "&lt;")
        return value.replace(">", "&gt;") if ">" in value else value
    return _ESCAPES.sub(_escape, value)


def attribute(value: str) -> str:
    """Return a string as the value of an attribute, without what XML forbids."""
    return _ATTRIBUTE_ESCAPES.sub(_escape, FORBIDDEN.sub("", value))


def word(value: str) -> str:
    """Return a string as one `teidata.word`, which has no blanks; "" stays ""."""
    return attribute(re.sub(r"[^\w.:-]+", "-", value).strip("-"))


def language(tag: str) -> str:
    """Return a language tag, or "" where it is none (TEI P5, teidata.language; BCP 47)."""
    return tag if _LANGUAGE.fullmatch(tag) else ""


def xml_name(identifier: str) -> str:
    """Return an id as an XML name: itself where it is one, as docpack's own ids are."""
    if _NAME.fullmatch(identifier):
        return identifier
    return "id." + re.sub(r"[^A-Za-z0-9_.-]", lambda match: f"-{ord(match[0]):x}-", identifier)


def pointer(uri: str) -> str:
    """Return a URI as the value of an attribute, with what no URI holds percent-encoded (TEI P5, teidata.pointer)."""
    from urllib.parse import quote

    encoded = re.sub(_NO_URI, lambda match: quote(match[0], safe=""), FORBIDDEN.sub("", uri.strip()))
    return attribute(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", encoded))
