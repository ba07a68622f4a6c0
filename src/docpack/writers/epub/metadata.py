"""The record of the work as EPUB's package metadata.

Spec:
    EPUB 3.3, section 5.5 (metadata), appendix D.3 (properties that refine); DCMI Metadata Terms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.findings import Code
from docpack.writers.html.links import safe_uri
from docpack.writers.html.record import description_of_source, unique_identifier, uri_of
from docpack.writers.html.rendering import language_tag, line_of
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.context import Context
    from docpack.model import Contributor, Document, Metadata

__all__ = ["Statement", "package_metadata"]

# Spec: W3C Date and Time Formats, the profiles without a time.
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_RELATOR = re.compile(r"[a-z]{3}", re.ASCII)
_POSITION = re.compile(r"\d+(\.\d+)*", re.ASCII)  # EPUB 3.3, D.3.5: numbers parted by full stops
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_CREATORS = frozenset({"", "aut", "cre"})  # what a library would enter the book under; others contributed
# Spec: ONIX code list 5, which EPUB 3.3 (D.3.6) suggests for identifier-type.
_ONIX_CODES = {"doi": "06", "isbn-10": "02", "isbn-13": "15"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One element of the package's metadata: a `dc:` element, a `meta` or a `link`.

    `name` is `dc:title`, `meta` or `link`; `attributes` hold the property it states, or its id.
    """

    name: str
    value: str
    attributes: dict[str, str]


def package_metadata(document: Document, title: str, context: Context) -> list[Statement]:
    """Return all that the package says of the work, but for its accessibility and the time of its making.

    Args:
        document: The document.
        title: What to call it where the metadata has no title.
        context: Where doubts go.
    """
    metadata = document.metadata
    unique = unique_identifier(document)
    made = [Statement("dc:identifier", unique, {"id": "id"})]
    made += _identifiers(metadata, unique)
    made += _titles(metadata, title)
    made.append(Statement("dc:language", language_tag(metadata.language) or "und", {}))
    for number, contributor in enumerate(metadata.contributors, 1):
        made += _contributor(contributor, number)
    made += _dated(metadata, context)
    made += [Statement("dc:subject", subject, {}) for subject in metadata.subjects]
    made += _series(metadata)
    made += _rights(metadata)
    source = metadata.source_identifier
    made += [Statement("dc:source", value, {}) for value in (uri_of(source), description_of_source(metadata))]
    return [
        Statement(each.name, _clean(each.value), each.attributes)
        for each in made
        if each.value.strip() or each.name == "link"
    ]


def _clean(value: str) -> str:
    # ebooklib drops a value that XML cannot hold and says nothing of it; so none may reach it.
    # Blank lines part the paragraphs of a description, which has no markup.
    return "\n\n".join(filter(None, map(line_of, _BLANK_LINES.split(FORBIDDEN.sub("", value)))))


def _refines(identifier: str, name: str, value: str, scheme: str = "") -> Statement:
    attributes = {"refines": f"#{identifier}", "property": name}
    return Statement("meta", value, {**attributes, "scheme": scheme} if scheme else attributes)


def _identifiers(metadata: Metadata, unique: str) -> Iterator[Statement]:
    for number, identifier in enumerate(metadata.identifiers, 2):
        uri = uri_of(identifier)
        if uri in ("", unique):
            continue
        yield Statement("dc:identifier", uri, {"id": f"id-{number}"})
        kind = identifier.scheme.lower()
        if kind == "isbn":
            kind = "isbn-10" if len(uri) == len("urn:isbn:") + 10 else "isbn-13"
        if kind in _ONIX_CODES:
            yield _refines(f"id-{number}", "identifier-type", _ONIX_CODES[kind], "onix:codelist5")
        elif uri == line_of(identifier.value) and kind not in ("", "uri", "urn", "uuid"):
            yield _refines(f"id-{number}", "identifier-type", kind)


def _titles(metadata: Metadata, title: str) -> Iterator[Statement]:
    yield Statement("dc:title", title, {"id": "title"})
    yield _refines("title", "title-type", "main")
    if metadata.subtitle.strip():
        yield Statement("dc:title", metadata.subtitle, {"id": "subtitle"})
        yield _refines("subtitle", "title-type", "subtitle")


def _contributor(contributor: Contributor, number: int) -> Iterator[Statement]:
    if not contributor.name.strip():
        return
    anchor = f"contributor-{number}"
    yield Statement(
        "dc:creator" if contributor.role in _CREATORS else "dc:contributor", contributor.name, {"id": anchor}
    )
    if _RELATOR.fullmatch(contributor.role):
        yield _refines(anchor, "role", contributor.role, "marc:relators")
    if contributor.file_as.strip():
        yield _refines(anchor, "file-as", contributor.file_as)


def _dated(metadata: Metadata, context: Context) -> Iterator[Statement]:
    date = metadata.date.strip()
    if date and not _DATE.fullmatch(date):
        context.report(Code.W008, date=repr(date), format="epub")
        date = ""
    yield Statement("dc:date", date, {})
    yield Statement("dc:publisher", metadata.publisher, {})
    yield Statement("dc:description", metadata.description, {})


def _series(metadata: Metadata) -> Iterator[Statement]:
    if not metadata.series.strip():
        return
    yield Statement("meta", metadata.series, {"property": "belongs-to-collection", "id": "series"})
    yield _refines("series", "collection-type", "series")
    if _POSITION.fullmatch(metadata.series_position.strip()):
        yield _refines("series", "group-position", metadata.series_position)


def _rights(metadata: Metadata) -> Iterator[Statement]:
    yield Statement("dc:rights", metadata.rights, {})
    if uri := safe_uri(metadata.rights_uri):
        yield Statement("link", "", {"rel": "dcterms:license", "href": uri})
