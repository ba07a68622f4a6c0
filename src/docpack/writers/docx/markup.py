"""WordprocessingML as text: its namespaces, and how strings get into it.

The body is written as text and parsed once by lxml, which also proves that it is well formed: for 15,000 paragraphs
that takes 0.07 s, a tree of `SubElement`s 0.25 s, and python-docx's `add_paragraph` more than 10 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["W", "attribute", "declarations", "element", "escape"]

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
W = f"{{{NAMESPACES['w']}}}"
R = f"{{{NAMESPACES['r']}}}"

declarations = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def escape(text: str) -> str:
    """Return text as XML character data.

    >>> escape("a < b & ]]>")
    'a &lt; b &amp; ]]&gt;'
    """
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")  # a parser would make a line feed of it
    return text


def attribute(text: str) -> str:
    r"""Return text as the content of an attribute in double quotes.

    >>> attribute('say "no"\n')
    'say &quot;no&quot;&#10;'
    """
    return escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def element(xml: str | bytes) -> _Element:
    """Return the element that this text is; its root declares its namespaces."""
    from lxml import etree

    # Our own markup round the user's text: no entity can be in it, and a book may be larger than libxml2's limits.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    root: _Element = etree.fromstring(xml.encode("utf-8") if isinstance(xml, str) else xml, parser)
    return root
