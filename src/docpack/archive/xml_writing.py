"""XML written element by element, in the order of the calls: the records of packages are made with it.

Between elements stand line ends and no other white space, so that equal facts give equal bytes.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["XSI", "Writer"]

XSI = "http://www.w3.org/2001/XMLSchema-instance"
# A parser makes one line feed of CR LF, and blanks of white space in attributes: XML 1.0, sections 2.11 and 3.3.3.
_SPECIAL = re.compile('[&<>"]')
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE = _TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


class Writer:
    """Writes one document, all of whose elements are of one namespace.

    Names of elements and of attributes without a namespace are written as they are given. Attributes of other
    namespaces are named in Clark notation, `{namespace}name`. A character that XML forbids is written as U+FFFD.
    lxml's incremental writer takes three times as long, which is felt where a package has thousands of files.
    """

    def __init__(self, namespace: str, prefixes: Mapping[str | None, str]) -> None:
        """Begin a document.

        Args:
            namespace: Of all elements.
            prefixes: All namespaces by their prefixes, that of the elements among them.
        """
        self._parts = ["<?xml version='1.0' encoding='UTF-8'?>\n"]
        self._prefixes = {uri: f"{prefix}:" if prefix else "" for prefix, uri in prefixes.items()}
        self._own = self._prefixes[namespace]
        self._declared = "".join(
            f' xmlns{":" if prefix else ""}{prefix or ""}="{_escaped(uri, _VALUE)}"' for prefix, uri in prefixes.items()
        )
        self._depth = 0

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """Write an element; what is written inside the `with` stands in it."""
        declared, self._declared = self._declared, ""
        self._parts.append(f"<{self._own}{name}{declared}{self._attributes(attributes)}>\n")
        self._depth += 1
        yield
        self._depth -= 1
        self._parts.append(f"</{self._own}{name}>" + "\n" * bool(self._depth))

    def empty(self, name: str, attributes: Mapping[str, str]) -> None:
        """Write an element without content."""
        self.text(name, "", attributes)

    def text(self, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
        """Write an element that holds a text."""
        tag = self._own + name
        self._parts.append(f"<{tag}{self._attributes(attributes)}>{_escaped(text, _TEXT)}</{tag}>\n")

    def bytes(self) -> bytes:
        """Return the document in UTF-8."""
        return "".join(self._parts).encode()

    def _attributes(self, attributes: Mapping[str, str] | None) -> str:
        if not attributes:
            return ""
        return "".join(f' {self._qualified(name)}="{_escaped(value, _VALUE)}"' for name, value in attributes.items())

    def _qualified(self, name: str) -> str:
        if name[0] != "{":
            return name
        uri, _, local = name[1:].partition("}")
        return self._prefixes[uri] + local


def _escaped(text: str, table: dict[int, str]) -> str:
    if text.isascii() and text.isprintable() and not _SPECIAL.search(text):  # nearly all that records hold
        return text
    return FORBIDDEN.sub("\ufffd", text).translate(table)
