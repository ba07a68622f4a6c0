"""From document to package: everything is written once, in the order of the text, then put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.findings import Code
from docpack.model import Direction
from docpack.walk import printed_title
from docpack.writers.docx.body import HEADING_LEVELS, BlockWriter, Place
from docpack.writers.docx.bookmarks import Bookmarks
from docpack.writers.docx.inlines import InlineWriter, RunFormat
from docpack.writers.docx.markup import W, declarations, element
from docpack.writers.docx.notes import NoteMarks
from docpack.writers.docx.numbering import Numbering, without_lists
from docpack.writers.docx.package import (
    add_part,
    archive,
    open_reference,
    open_template,
    take_part,
    template_part,
)
from docpack.writers.docx.pictures import Pictures
from docpack.writers.docx.properties import core_properties, custom_properties, extended_properties
from docpack.writers.docx.relations import Relations
from docpack.writers.docx.styles import merge_styles, set_language, style_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from docpack.context import Context
    from docpack.model import Document, Note

__all__ = ["assemble"]


def assemble(document: Document, context: Context, reference: bytes | None) -> bytes:
    """Return the document as a .docx package in our template or in a reference document.

    Raises:
        UsageError: The reference document is not a .docx that can be read.
    """
    target = open_reference(reference) if reference is not None else open_template()
    language = document.metadata.language
    set_language(target.styles.element, language)
    book = _Book(document, context, target, house=reference is not None)
    book.write()
    _add_properties(document, context, target.part.package)
    return archive(target.part.package, context.timestamp_s)


class _Book:
    """A document on its way into a package."""

    def __init__(self, document: Document, context: Context, target: Any, *, house: bool) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE

        self._document = document
        self._context = context
        self._target = target
        self._section: _Element = target.element.body[-1]
        ours = element(template_part("styles.xml"))
        self._styles = merge_styles(target.styles.element, ours) if house else style_ids(ours)
        self._bookmarks = Bookmarks(document)
        self._marks = NoteMarks(document.notes)
        numbering = take_part(target.part, RELATIONSHIP_TYPE.NUMBERING)
        self._numbering = Numbering(
            without_lists(numbering.element, target.styles.element) if numbering is not None else None
        )
        width, height = _text_block(self._section)
        media = {each.id: each for each in document.media}
        self._pictures = Pictures(media, target.part.package, context, width, height)

    def write(self) -> None:
        """Write the body, then the notes, then what the two have registered."""
        relations, writer = self._writer(in_note=False)
        rtl = self._document.metadata.direction is Direction.RTL
        place = Place(form=RunFormat(rtl=rtl))
        title = printed_title(self._document)
        if title:
            writer.title(title, rtl=rtl)
        writer.chapters(self._document.children, place)
        self._marks.close()
        for note in self._document.notes:
            if self._marks.mark(note.id) is None:
                self._note(writer, note, place)
        writer.close()
        self._put_body(writer.parts or ["<w:p/>"], rtl=rtl)
        relations.apply(self._target.part)
        deepest = max(writer.deepest, self._add_notes(place))
        self._add_numbering()
        if deepest > HEADING_LEVELS:
            self._context.report(Code.W005, limit=HEADING_LEVELS)

    def _writer(self, *, in_note: bool) -> tuple[Relations, BlockWriter]:
        relations = Relations()
        language = self._document.metadata.language
        inlines = InlineWriter(self._styles, self._bookmarks, self._marks, relations, language, in_note=in_note)
        pictures = self._pictures.of(relations)
        blocks = BlockWriter(inlines, self._styles, self._bookmarks, self._numbering, pictures, self._context)
        return relations, blocks

    def _note(self, writer: BlockWriter, note: Note, place: Place) -> None:
        """Write a note with its mark: the number that Word counts, or the label itself."""
        mark = self._marks.mark(note.id)
        within = place._replace(style="FootnoteText", in_note=True)
        writer.note(note.children, within, note.id, self._marks.label(note.id), automatic=bool(mark and mark.automatic))

    def _put_body(self, parts: list[str], *, rtl: bool) -> None:
        body = element(f"<w:body {declarations}>{''.join(parts)}</w:body>")
        _set_direction(self._section, rtl=rtl)
        _set_first_note(self._section, self._marks.start)
        body.append(self._section)
        root = self._target.element
        root.replace(root.body, body)

    def _add_notes(self, place: Place) -> int:
        """Add the part of the footnotes, which Word also wants where there are none; return the deepest heading."""
        from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE

        relations, writer = self._writer(in_note=True)
        notes = "".join(self._footnotes(writer, place))
        blob = template_part("footnotes.xml").replace(b"</w:footnotes>", f"{notes}</w:footnotes>".encode())
        part = add_part(
            self._target.part, "/word/footnotes.xml", CONTENT_TYPE.WML_FOOTNOTES, RELATIONSHIP_TYPE.FOOTNOTES, blob
        )
        relations.apply(part)
        return writer.deepest

    def _footnotes(self, writer: BlockWriter, place: Place) -> Iterator[str]:
        for note in self._document.notes:
            mark = self._marks.mark(note.id)
            if mark is not None:
                self._note(writer, note, place)
                yield f'<w:footnote w:id="{mark.number}">{"".join(writer.parts)}</w:footnote>'
                writer.parts.clear()

    def _add_numbering(self) -> None:
        from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE

        blob = self._numbering.part()
        if blob:
            add_part(
                self._target.part, "/word/numbering.xml", CONTENT_TYPE.WML_NUMBERING, RELATIONSHIP_TYPE.NUMBERING, blob
            )


def _text_block(section: _Element) -> tuple[int, int]:
    """Return width and height of the text block, in twentieths of a point; those of A4 where the section is silent."""

    def length(name: str, side: str, otherwise: int) -> int:
        found = section.find(W + name)
        value = (found.get(W + side) or "") if found is not None else ""
        return abs(int(value)) if value.lstrip("-").isdecimal() else otherwise

    width = length("pgSz", "w", 11906) - length("pgMar", "left", 1440) - length("pgMar", "right", 1440)
    height = length("pgSz", "h", 16838) - length("pgMar", "top", 1440) - length("pgMar", "bottom", 1440)
    return max(width - length("pgMar", "gutter", 0), 1440), max(height, 1440)


def _set_first_note(section: _Element, start: int) -> None:
    """Say with which number the footnotes begin."""
    for name in ("footnotePr", "endnotePr"):  # a house's counting would print other labels than the source
        for said in list(section.iterchildren(W + name)):
            section.remove(said)
    if start > 1:
        before = [W + "headerReference", W + "footerReference"]
        place = sum(each.tag in before for each in section)
        markup = f'<w:footnotePr {declarations}><w:numStart w:val="{start}"/></w:footnotePr>'
        section.insert(place, element(markup))


def _set_direction(section: _Element, *, rtl: bool) -> None:
    """Say in which direction the pages turn."""
    for said in list(section.iterchildren(W + "bidi")):
        section.remove(said)
    if rtl:
        after = [W + name for name in ("rtlGutter", "docGrid", "printerSettings", "sectPrChange")]
        place = next((i for i, each in enumerate(section) if each.tag in after), len(section))
        section.insert(place, element(f"<w:bidi {declarations}/>"))


def _add_properties(document: Document, context: Context, package: Any) -> None:
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE

    wanted = (
        (
            "core",
            CONTENT_TYPE.OPC_CORE_PROPERTIES,
            RELATIONSHIP_TYPE.CORE_PROPERTIES,
            core_properties(document, context),
        ),
        (
            "app",
            CONTENT_TYPE.OFC_EXTENDED_PROPERTIES,
            RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
            extended_properties(document.metadata),
        ),
        (
            "custom",
            CONTENT_TYPE.OFC_CUSTOM_PROPERTIES,
            RELATIONSHIP_TYPE.CUSTOM_PROPERTIES,
            custom_properties(document.metadata),
        ),
    )
    for name, content_type, relation_type, blob in wanted:
        if blob:
            add_part(package, f"/docProps/{name}.xml", content_type, relation_type, blob)
