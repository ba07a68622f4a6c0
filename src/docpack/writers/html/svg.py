"""Which SVG pictures may stand in a page: drawings that are whole, run nothing and load nothing.

Spec:
    EPUB 3.3, sections 3.6 (remote resources), 6.2 (SVG) and 6.3.1 (scripting); SVG 2, section 2.3 (secure modes).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpack.errors import InputError
from docpack.writers.html.links import safe_uri

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["svg_fault"]

_ROOT = "{http://www.w3.org/2000/svg}svg"
# The parser drops processing instructions, but a reading system would follow this one.
_STYLE_LINKS = tuple("<?xml-stylesheet".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_LOADED = re.compile(r"""url\(\s*["']?\s*(?!["'#]|data:|\s)|@import""", re.IGNORECASE)
_SCRIPT = re.compile(r"\s*(javascript|vbscript):", re.IGNORECASE)


def svg_fault(data: bytes, what: str) -> str:
    """Return what keeps an SVG file from standing in a page, or "" for nothing.

    Args:
        data: The file.
        what: What the answer calls it.

    >>> svg_fault(b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "the picture")
    'the picture has a script'
    """
    from docpack.xml_safety import parse_xml

    try:
        root = parse_xml(data, what=what)
    except InputError as error:
        return error.message
    if root.tag != _ROOT:
        return f"{what} is XML, but no SVG picture"
    if any(sign in data for sign in _STYLE_LINKS):
        return f"{what} needs another file"
    return next((f"{what} {fault}" for element in root.iter() if (fault := _fault(element))), "")


def _fault(element: _Element) -> str:
    name = _local(element.tag)
    attributes = [(_local(key), str(value)) for key, value in element.attrib.items()]
    if name == "script" or any(key.startswith("on") or _SCRIPT.match(value) for key, value in attributes):
        return "has a script"
    addresses = [value.strip() for key, value in attributes if key in ("href", "src")]
    texts = [value for _, value in attributes] + ([element.text or ""] if name == "style" else [])
    if any(not _stays_inside(name, each) for each in addresses) or any(map(_LOADED.search, texts)):
        return "needs another file"
    return ""


def _local(name: object) -> str:
    return str(name).rpartition("}")[2].lower()


def _stays_inside(element: str, address: str) -> bool:
    """Tell whether an address is within the picture; where a link leads is nothing that the picture needs."""
    if element == "a" and safe_uri(address):
        return True
    return not address or address.startswith("#") or address[:5].lower() == "data:"
