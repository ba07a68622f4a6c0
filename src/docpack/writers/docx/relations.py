"""The relations of one part of the package: the links and pictures that its text names by an id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.opc.part import Part

__all__ = ["Relations", "external_target"]

# Nothing that runs, and nothing that carries its content in its name.
_REFUSED_SCHEMES = frozenset({"javascript", "vbscript", "data"})
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


class Relations:
    """Collects what a text relates to while it is written; `apply` hands it to the part."""

    def __init__(self) -> None:
        self._links: dict[str, str] = {}
        self._pictures: dict[Part, str] = {}

    def link(self, target: str) -> str:
        """Return the id of the relation to an address outside the document."""
        return self._links.setdefault(target, f"rIdLink{len(self._links) + 1}")

    def picture(self, part: Part) -> str:
        """Return the id of the relation to a picture."""
        return self._pictures.setdefault(part, f"rIdPicture{len(self._pictures) + 1}")

    def apply(self, part: Any) -> None:
        """Make these the relations of the part, beside those that it has."""
        from docx.opc.constants import RELATIONSHIP_TYPE

        for target, identifier in self._links.items():
            part.rels.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, target, identifier, is_external=True)
        for picture, identifier in self._pictures.items():
            part.rels.add_relationship(RELATIONSHIP_TYPE.IMAGE, picture, identifier)


def external_target(href: str) -> str:
    """Return an address as Word accepts it in a relation, or "" if it must not become a link.

    Word calls a file damaged for one address that is no URI, so blanks and the like are percent-encoded.

    >>> external_target("https://example.org/a b")
    'https://example.org/a%20b'
    >>> external_target("javascript:alert(1)")
    ''
    """
    from urllib.parse import quote, urlsplit

    scheme = _SCHEME.match(href)
    if not href.strip() or (scheme and scheme[1].lower() in _REFUSED_SCHEMES):
        return ""
    target = quote(href.strip(), safe=_SAFE, errors="replace")
    target = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", target)
    try:
        parts = urlsplit(target)
        _ = parts.port
    except ValueError:
        return ""
    return (
        target
        if not re.search(r"[\[\]]", parts.path + parts.query + parts.fragment)
        else (target.replace("[", "%5B").replace("]", "%5D"))
    )
