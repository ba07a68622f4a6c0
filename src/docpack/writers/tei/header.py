"""The TEI header: what the file is, what it was made from, and what was done to the text on the way.

Spec:
    TEI P5, chapter 2 (the TEI header), sections 2.2 to 2.6; chapter 5, section 5.2 (`charDecl`).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.context import EPOCH_1980_S, content_uuid
from docpack.writers.tei.editorial import editorial_declaration
from docpack.writers.tei.escapes import attribute, language, pointer, text, word
from docpack.writers.tei.language_names import language_name

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.ledger import Ledger
    from docpack.model import Contributor, Document, Identifier, Metadata

__all__ = ["SourceRecord", "header"]

# The MARC relators that books name most; another code stands for itself (https://id.loc.gov/vocabulary/relators).
_RELATORS = {
    "abr": "abridger",
    "adp": "adapter",
    "ann": "annotator",
    "aui": "author of introduction",
    "aut": "author",
    "col": "collector",
    "com": "compiler",
    "cov": "cover designer",
    "ctb": "contributor",
    "cwt": "commentator for written text",
    "dte": "dedicatee",
    "edt": "editor",
    "fnd": "funder",
    "ill": "illustrator",
    "mrk": "markup editor",
    "pbl": "publisher",
    "pfr": "proofreader",
    "pht": "photographer",
    "prt": "printer",
    "red": "redaktor",
    "spn": "sponsor",
    "trc": "transcriber",
    "trl": "translator",
}
_STYLES = '<styleDefDecl scheme="css"/>\n'  # what @style is written in: Guidelines, 2.3.5
_SCHEMA = "https://www.tei-c.org/release/xml/tei/custom/schema/relaxng/tei_all.rng"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What the body knows of the source when it is written.

    `newline` names the end of its lines; `characters` are those that `<g>` stands for.
    """

    ledger: Ledger
    lines: int
    newline: str
    characters: tuple[str, ...]


def header(document: Document, context: Context, source: SourceRecord | None, body: str) -> str:
    """Return `<teiHeader>`.

    Args:
        document: The document.
        context: For the time.
        source: What the archival form says of the source; None makes the header of the reading form.
        body: The `<text>` that was written.
    """
    is_styled, is_placed = ' style="' in body, ' facs="#' in body
    encoding = _encoding_description(document, source, is_styled=is_styled, is_placed=is_placed)
    return (
        f'<teiHeader xml:lang="en">\n{_file_description(document, source, body.count("</p>"))}'
        f"{encoding}{_profile(document.metadata)}{_revision(document.metadata.date, context)}</teiHeader>\n"
    )


# ------------------------------------------------------------------------------------------------------- fileDesc


def _file_description(document: Document, source: SourceRecord | None, paragraphs: int) -> str:
    metadata = document.metadata
    form = "archival" if source else "reading"
    means = "the lines of the source are kept" if source else "the text as it is read"
    return (
        f"<fileDesc>\n{_title_statement(metadata)}"
        f'<editionStmt><edition n="{form}">{form.capitalize()} form: {means}</edition></editionStmt>\n'
        f'<extent><measure unit="paragraphs" quantity="{paragraphs}"/>'
        f'<measure unit="notes" quantity="{len(document.notes)}"/></extent>\n'
        f"{_publication(document)}{_series(metadata)}"
        f"<sourceDesc>\n{_source_edition(metadata)}{_source_file(document, source)}</sourceDesc>\n</fileDesc>\n"
    )


def _title_statement(metadata: Metadata) -> str:
    title = text(metadata.title) or "Untitled"
    subtitle = f'<title type="sub">{text(metadata.subtitle)}</title>\n' if metadata.subtitle else ""
    people = "".join(map(_contributor, metadata.contributors))
    return f'<titleStmt>\n<title type="main">{title}</title>\n{subtitle}{people}</titleStmt>\n'


def _contributor(person: Contributor) -> str:
    sort = (
        f'<name type="sort">{text(person.file_as)}</name>' if person.file_as and person.file_as != person.name else ""
    )
    name = f"<name>{text(person.name)}</name>{sort}"
    if person.role == "aut":
        return f"<author>{name}</author>\n"
    if person.role == "edt":
        return f"<editor>{name}</editor>\n"
    code = word(person.role) or "ctb"
    uri = f' ref="http://id.loc.gov/vocabulary/relators/{pointer(code)}"' if re.fullmatch("[a-z]{3}", code) else ""
    return f"<respStmt><resp{uri}>{_RELATORS.get(code, code)}</resp>{name}</respStmt>\n"


def _publication(document: Document) -> str:
    metadata = document.metadata
    # An agency has to come first: TEI P5, publicationStmt.
    agency = (
        f"<publisher>{text(metadata.publisher)}</publisher>"
        if metadata.publisher
        else "<authority>unpublished</authority>"
    )
    date = f"<date{_when(metadata.date)}>{text(metadata.date)}</date>\n" if metadata.date else ""
    names = (_main_identifier(document), *(_identifier(each) for each in metadata.identifiers))
    return f"<publicationStmt>\n{agency}\n{date}{''.join(names)}{_availability(metadata)}</publicationStmt>\n"


def _main_identifier(document: Document) -> str:
    from docpack.model import Identifier

    identifier = document.metadata.identifier
    if not identifier.value:
        identifier = Identifier(_content_uuid(document), "uuid")
    return _identifier(identifier, ' n="main"')


def _content_uuid(document: Document) -> str:
    """Return the name of a document that has none, made from its source or else from its content."""
    import json

    from docpack.codec import encode

    source = document.source
    if source and source.source.sha256:
        return content_uuid(source.source.sha256)
    content = json.dumps(encode(document), ensure_ascii=True, sort_keys=True).encode()
    return content_uuid(hashlib.sha256(content).hexdigest())


def _identifier(identifier: Identifier, attributes: str = "") -> str:
    kind = f' type="{word(identifier.scheme)}"' if word(identifier.scheme) else ""
    return f"<idno{kind}{attributes}>{text(identifier.value)}</idno>\n"


def _availability(metadata: Metadata) -> str:
    if not metadata.rights and not metadata.rights_uri:
        return '<availability status="unknown"><p>No statement of rights is known.</p></availability>\n'
    target = f' target="{pointer(metadata.rights_uri)}"' if metadata.rights_uri else ""
    said = text(metadata.rights or metadata.rights_uri)
    return f"<availability><licence{target}>{said}</licence></availability>\n"


def _series(metadata: Metadata) -> str:
    if not metadata.series:
        return ""
    position = (
        f'<biblScope unit="volume">{text(metadata.series_position)}</biblScope>' if metadata.series_position else ""
    )
    return f'<seriesStmt><title level="s">{text(metadata.series)}</title>{position}</seriesStmt>\n'


def _source_edition(metadata: Metadata) -> str:
    title, publisher = metadata.source_title, metadata.source_publisher
    date, name = metadata.source_date, metadata.source_identifier
    if not (title or publisher or date or name.value):
        return ""
    made = f"<title>{text(title)}</title>\n" if title else ""
    made += f"<publisher>{text(publisher)}</publisher>\n" if publisher else ""
    made += f"<date{_when(date)}>{text(date)}</date>\n" if date else ""
    made += _identifier(name) if name.value else ""
    return f'<bibl type="edition">\n{made}</bibl>\n'


def _source_file(document: Document, record: SourceRecord | None) -> str:
    ledger = document.source
    if ledger is None:
        return '<bibl type="file"><note>No source file is recorded.</note></bibl>\n'
    source = ledger.source
    measures = f'<measure unit="characters" quantity="{len(source.text)}"/>'
    if record:
        measures += f'<measure unit="lines" quantity="{record.lines}"/>'
    made = f"{_digests(ledger)}<extent>{measures}</extent>\n"
    if record:
        made += f'<note type="encoding">{text(source.encoding)}</note>\n<note type="newline">{record.newline}</note>\n'
        mark = source.bom.hex().upper()
        made += f'<note type="byteOrderMark">{mark}</note>\n' if mark else ""
        # The lines, the encoding and the digest of the text are those of what was extracted from the file.
        made += '<note type="extractedFrom">application/pdf</note>\n' if source.pages else ""
    return f'<bibl type="file">\n{made}</bibl>\n'


def _digests(ledger: Ledger) -> str:
    """Return the digest of the source's bytes, and of its text where that does not give the bytes back."""
    source = ledger.source
    try:
        digest = hashlib.sha256(source.to_bytes()).hexdigest()
    except (UnicodeError, LookupError):
        digest = ""
    known = source.sha256 or digest
    made = f'<idno type="sha256">{attribute(known)}</idno>\n' if known else ""
    if known == digest and known:
        return made
    of_text = hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
    return f'{made}<idno type="sha256-text">{of_text}</idno>\n'


def _when(date: str) -> str:
    """Return `@when` for a W3C date, or "" if it is none: not one of the calendar, say."""
    from datetime import date as calendar

    if not re.fullmatch("[0-9]{4}(-[0-9]{2}){0,2}", date):
        return ""
    try:
        calendar.fromisoformat(f"{date}-01-01"[:10])
    except ValueError:
        return ""
    return f' when="{date}"'


# --------------------------------------------------------------------------------------------------- encodingDesc


def _encoding_description(document: Document, record: SourceRecord | None, *, is_styled: bool, is_placed: bool) -> str:
    from docpack import __version__

    characters = record.characters if record else ()
    version = re.match(r"\d+(\.\d+){0,3}", __version__)
    return (
        f"<encodingDesc>\n<projectDesc><p>The structure of {_a_kind(document)} was given back to it by docpack, which keeps "
        f"account of every character that it changes.</p>{_of_places(is_placed=is_placed)}</projectDesc>\n"
        f"{editorial_declaration(document.source, archival=record is not None, has_characters=bool(characters))}"
        f"{_STYLES if is_styled else ''}{_characters(characters)}"
        f'<appInfo><application ident="docpack" version="{version[0] if version else 0}"><label>docpack</label>'
        f"<desc>Conversion from {'PDF' if _has_pages(document) else 'plain text'}</desc></application></appInfo>\n"
        f'<schemaRef type="interchange" url="{_SCHEMA}"/>\n</encodingDesc>\n'
    )


def _has_pages(document: Document) -> bool:
    return document.source is not None and document.source.source.pages != ()


def _a_kind(document: Document) -> str:
    return "the text of a PDF" if _has_pages(document) else "a plain text"


def _of_places(*, is_placed: bool) -> str:
    if not is_placed:
        return ""
    return (
        "<p>The facsimile has no pictures: a surface is a page of the source as it is shown, a zone a printed line, and their "
        "coordinates are points (1/72 inch) from the upper left corner of the page.</p>"
    )


def _characters(characters: tuple[str, ...]) -> str:
    if not characters:
        return ""
    made = "".join(_character(each) for each in sorted(characters))
    return f"<charDecl>\n<desc>Characters of the source that the text cannot hold</desc>\n{made}</charDecl>\n"


def _character(character: str) -> str:
    point = f"{ord(character):04X}"
    kind = {"Cc": "control character", "Cs": "lone surrogate"}.get(unicodedata.category(character), "noncharacter")
    return (
        f'<char xml:id="U{point}"><localProp name="codepoint" value="U+{point}"/>'
        f'<localProp name="kind" value="{kind}"/></char>\n'
    )


# ----------------------------------------------------------------------------------------------------- profileDesc


def _profile(metadata: Metadata) -> str:
    abstract = f"<abstract><p>{text(metadata.description)}</p></abstract>\n" if metadata.description else ""
    tag = language(metadata.language) or "und"
    terms = "".join(f"<term>{text(subject)}</term>" for subject in metadata.subjects)
    keywords = f"<textClass><keywords>{terms}</keywords></textClass>\n" if terms else ""
    return (
        f'<profileDesc>\n{abstract}<langUsage><language ident="{tag}">{language_name(tag)}</language></langUsage>\n'
        f"{keywords}</profileDesc>\n"
    )


# ---------------------------------------------------------------------------------------------------- revisionDesc


def _revision(date: str, context: Context) -> str:
    """Return `<revisionDesc>`, dated only if somebody stated a time: 1980 is none."""
    is_dated = _when(date) or context.timestamp_s != EPOCH_1980_S
    when = f' when="{context.iso_time(date)}"' if is_dated else ""
    return f"<revisionDesc><change{when}>Written by docpack</change></revisionDesc>\n"
