"""XML written element by element, in the order of the calls: the records of packages are made with it.

Between elements stand line ends and no other white space, so that equal facts give equal bytes.
"""

from __future__ import annotations

import io
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["XSI", "Writer"]

XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Writer:
    """Writes one document, all of whose elements are of one namespace.

    Attributes of other namespaces are named in Clark notation, `{namespace}name`. A character that XML forbids is
    written as U+FFFD.
    """

    def __init__(self, namespace: str, prefixes: Mapping[str | None, str]) -> None:
        """Begin a document.

        Args:
            namespace: Of all elements.
            prefixes: All namespaces by their prefixes, that of the elements among them.
        """
        from lxml import etree

        self._namespace = namespace
        self._prefixes: dict[str | None, str] | None = dict(prefixes)
        self._out = io.BytesIO()
        self._open = ExitStack()
        self._file = self._open.enter_context(etree.xmlfile(self._out, encoding="UTF-8"))
        self._file.write_declaration()

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """Write an element; what is written inside the `with` stands in it."""
        prefixes, self._prefixes = self._prefixes, None
        attributes = {key: _allowed(value) for key, value in (attributes or {}).items()}
        is_root = prefixes is not None
        with self._file.element(f"{{{self._namespace}}}{name}", attributes, prefixes):
            self._file.write("\n")
            yield
        if not is_root:
            self._file.write("\n")

    def empty(self, name: str, attributes: Mapping[str, str]) -> None:
        """Write an element without content."""
        self.text(name, "", attributes)

    def text(self, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
        """Write an element that holds a text."""
        attributes = {key: _allowed(value) for key, value in (attributes or {}).items()}
        with self._file.element(f"{{{self._namespace}}}{name}", attributes):
            if text:
                self._file.write(_allowed(text))
        self._file.write("\n")

    def bytes(self) -> bytes:
        """End the document and return it in UTF-8."""
        self._open.close()
        return self._out.getvalue()


def _allowed(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
