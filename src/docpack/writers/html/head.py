"""What a page's head says of the work.

Spec:
    HTML Living Standard, sections 4.2.5.1 (standard metadata names; those of DCMI are registered as extensions) and
    4.6.7.8 (`license`); DCMI, Expressing Dublin Core in HTML (2008); MARC relators as refinements of `contributor`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpack.writers.html.links import safe_uri
from docpack.writers.html.record import description_of_source, unique_identifier, uri_of
from docpack.writers.html.rendering import attribute, escape, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.model import Contributor, Document, Metadata

__all__ = ["head"]

# What stands before the full stop of a name, and what it stands for: an address that nothing is loaded from.
_VOCABULARIES = {
    "dcterms": "http://purl.org/dc/terms/",
    "marcrel": "http://id.loc.gov/vocabulary/relators/",
}
_RELATOR = re.compile(r"[a-z]{3}", re.ASCII)


def head(document: Document, name: str) -> str:
    """Return the title and what else browsers, catalogues and archives understand.

    Args:
        document: The document.
        name: What to call it where the metadata has no title.
    """
    metadata = document.metadata
    pairs = [(key, line_of(value)) for key, value in _statements(document)]
    pairs = list(dict.fromkeys((key, value) for key, value in pairs if value))
    used = {key.partition(".")[0] for key, _ in pairs}
    made = [f"<title>{escape(line_of(metadata.title) or line_of(name) or 'Untitled')}</title>\n"]
    made += [f'<link rel="schema.{each}" href="{uri}"/>\n' for each, uri in _VOCABULARIES.items() if each in used]
    made += [f'<meta name="{key}" content="{attribute(value)}"/>\n' for key, value in pairs]
    if uri := safe_uri(metadata.rights_uri):
        made.append(f'<link rel="license" href="{attribute(uri)}"/>\n')
    return "".join(made)


def _statements(document: Document) -> Iterator[tuple[str, str]]:
    """Yield names and values in their order; HTML's own names where it has one."""
    metadata = document.metadata
    yield "dcterms.identifier", unique_identifier(document)
    for identifier in metadata.identifiers:
        yield "dcterms.identifier", uri_of(identifier)
    yield "dcterms.alternative", metadata.subtitle
    for contributor in metadata.contributors:
        yield from _contributor(contributor)
    yield "description", metadata.description
    yield "keywords", ", ".join(metadata.subjects)
    yield "dcterms.date", metadata.date
    yield "dcterms.publisher", metadata.publisher
    yield "dcterms.isPartOf", _series(metadata)
    yield "dcterms.rights", metadata.rights
    yield "dcterms.source", uri_of(metadata.source_identifier)
    yield "dcterms.source", description_of_source(metadata)


def _contributor(contributor: Contributor) -> Iterator[tuple[str, str]]:
    """Yield an author as HTML names one, others with their part in the work, which Dublin Core has no name for."""
    if contributor.role in ("", "aut"):
        yield "author", contributor.name
        return
    yield "dcterms.creator" if contributor.role == "cre" else "dcterms.contributor", contributor.name
    if _RELATOR.fullmatch(contributor.role):
        yield f"marcrel.{contributor.role}", contributor.name


def _series(metadata: Metadata) -> str:
    parts = (metadata.series, metadata.series_position) if metadata.series.strip() else ()
    return ", ".join(filter(None, map(line_of, parts)))
