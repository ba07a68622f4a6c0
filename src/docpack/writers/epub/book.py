"""A document on its way into an EPUB: cut into files, rendered, and packed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpack.errors import OutputError
from docpack.walk import printed_title
from docpack.writers.epub.accessibility import Facts, accessibility
from docpack.writers.epub.chapters import chapter_depth, chapters
from docpack.writers.epub.cover import checked_cover, cover_body, typographic_cover
from docpack.writers.epub.metadata import Statement, package_metadata
from docpack.writers.epub.navigation import Entry, entries_of, navigation
from docpack.writers.epub.package import Package, PackageFile, assemble
from docpack.writers.epub.page import xhtml
from docpack.writers.epub.words import foreign_attributes, words_for
from docpack.writers.html.page import decode_style_sheet, style_sheet
from docpack.writers.html.pictures import SUFFIXES, may_move, shown_and_refused
from docpack.writers.html.record import description_of_source, uri_of
from docpack.writers.html.rendering import (
    Renderer,
    block_ids,
    escape,
    language_attributes,
    language_tag,
    line_of,
)

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document, Media, Metadata
    from docpack.writers.epub import EpubWriter
    from docpack.writers.epub.chapters import Chapter

__all__ = ["book_of"]

_XHTML = "application/xhtml+xml"
_NAVIGATION = "nav.xhtml"
_COVER_PAGE = "cover.xhtml"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}")


def book_of(document: Document, context: Context, options: EpubWriter) -> bytes:
    """Return a document as an EPUB, as `EpubWriter.write` says it."""
    try:
        return assemble(_Book(options, document, context).package(), context)
    except UnicodeEncodeError as error:
        raise OutputError(
            f"the text holds U+{ord(error.object[error.start]):04X}, which no file can hold",
            hint="Prepare the document with docpack.lowering.lower first.",
        ) from error


class _Book:
    """One document on its way into a package."""

    def __init__(self, options: EpubWriter, document: Document, context: Context) -> None:
        self.document = document
        self.context = context
        self.metadata = document.metadata
        self.language = language_tag(self.metadata.language) or "und"
        self.words = words_for(self.language)
        self.foreign = foreign_attributes(self.language)
        self.title = line_of(self.metadata.title) or line_of(context.name) or "Untitled"
        self.user_style = decode_style_sheet(options.css).encode() if options.css else b""
        self.styles = ("book.css", "custom.css") if options.css else ("book.css",)
        self.cover = _cover(options, self.metadata)
        self.chapters = chapters(document)
        shown, refused = shown_and_refused(document.media)
        self.pictures = _pictures(shown)
        self.renderer = Renderer(
            context,
            document,
            _places(self.chapters),
            {identifier: file.name for identifier, file in self.pictures.items()},
            refused,
            epub=True,
            chapter_depth=chapter_depth(document),
        )

    def package(self) -> Package:
        """Return all that makes the book."""
        texts = self._texts()
        contents, pages = self._contents(), self.renderer.page_list()
        landmarks = self._landmarks()
        body = navigation(contents, pages, landmarks, self.language, self.metadata.direction)
        files = [
            *([self._cover_page(), self.cover] if self.cover else []),
            *texts,
            # The landmark "toc" leads here, so it has to be in the spine (epubcheck RSC-011).
            PackageFile("nav", _NAVIGATION, _XHTML, self._own_page(self.words.contents, body), "nav", "no"),
            PackageFile("style", "book.css", "text/css", style_sheet("book.css").encode()),
            *([PackageFile("custom-style", "custom.css", "text/css", self.user_style)] if self.user_style else []),
            *self.pictures.values(),
        ]
        guide = tuple(
            (kind, label, href)
            for kind, label, href in (("text" if mark == "bodymatter" else mark, *rest) for mark, *rest in landmarks)
        )
        return Package(
            self.title,
            self.language,
            self.metadata.direction,
            self.context.iso_time(self.metadata.date),
            tuple(self._metadata(paged=bool(pages))),
            tuple(files),
            contents,
            pages,
            (self.chapters[0].file, *self.renderer.reading_order()),
            guide,
        )

    # ------------------------------------------------------------------------------------------------- files

    def _texts(self) -> list[PackageFile]:
        """Render all chapters; the links between them are known only then."""
        printed = printed_title(self.document)
        heading = f'<h1 class="title">{escape(line_of(printed))}</h1>\n' if printed.strip() else ""
        bodies = []
        for chapter in self.chapters:
            self.renderer.begin_file(chapter.file)
            body = heading + self.renderer.blocks(chapter.blocks, chapter.depth)
            bodies.append(body + self.renderer.end_file(last=chapter is self.chapters[-1]))
            heading = ""
        return [
            self._text(chapter, self.renderer.finish(body)) for chapter, body in zip(self.chapters, bodies, strict=True)
        ]

    def _text(self, chapter: Chapter, body: str) -> PackageFile:
        wrapper = language_attributes(chapter.language, chapter.direction)
        data = self._page(chapter.title or self.title, body, wrapper)
        return PackageFile(chapter.file.removesuffix(".xhtml"), chapter.file, _XHTML, data, spine="yes")

    def _page(self, title: str, body: str, wrapper: str = "", title_attributes: str = "") -> bytes:
        return xhtml(
            title,
            body,
            self.language,
            self.metadata.direction,
            self.styles,
            wrapper=wrapper,
            title_attributes=title_attributes,
        )

    def _own_page(self, title: str, body: str) -> bytes:
        """Return a page that docpack adds to the book, called by a word that may be in another language."""
        return self._page(title, body, title_attributes=self.foreign)

    def _cover_page(self) -> PackageFile:
        assert self.cover  # the caller looked
        body = cover_body(self.cover.name, self.metadata, self.words.cover, self.foreign)
        return PackageFile("cover", _COVER_PAGE, _XHTML, self._own_page(self.words.cover, body), spine="yes")

    # -------------------------------------------------------------------------------------------- navigation

    def _contents(self) -> tuple[Entry, ...]:
        """Return the table of contents; the text before the first heading is called by the book's title."""
        first = self.chapters[0]
        entries = entries_of(self.renderer.headings)
        if not entries or (not first.title and printed_title(self.document)):
            return (Entry(self.title, first.file), *entries)
        return entries

    def _landmarks(self) -> list[tuple[str, str, str]]:
        cover = [("cover", self.words.cover, _COVER_PAGE)] if self.cover else []
        return [
            *cover,
            ("toc", self.words.contents, f"{_NAVIGATION}#toc"),
            ("bodymatter", self.words.text, self.chapters[0].file),
        ]

    # ---------------------------------------------------------------------------------------------- metadata

    def _metadata(self, *, paged: bool) -> list[Statement]:
        made = package_metadata(self.document, self.title, self.context)
        for name, value in accessibility(self._facts(paged=paged)):
            attributes = {"property": name}
            if name == "schema:accessibilitySummary":
                attributes["{http://www.w3.org/XML/1998/namespace}lang"] = "en"
                attributes["dir"] = "ltr"
            made.append(Statement("meta", value, attributes))
        if paged:
            made.append(Statement("meta", self._page_source(), {"property": "pageBreakSource"}))
        if self.cover:
            made.append(Statement("meta", "", {"name": "cover", "content": self.cover.id}))  # for EPUB 2 programs
        return made

    def _page_source(self) -> str:
        """Return the edition whose pages are marked, as exactly as it is known."""
        source = uri_of(self.metadata.source_identifier) or description_of_source(self.metadata)
        return source or f"The source of {self.title}"

    def _facts(self, *, paged: bool) -> Facts:
        shown = self.renderer.figures
        files = [self.pictures[figure.media] for figure in shown] + ([self.cover] if self.cover else [])
        return Facts(
            headings=any(heading.label for heading in self.renderer.headings),
            pages=paged,
            pictures=len(shown),
            described=sum(bool(figure.alt.strip()) for figure in shown),
            moving=any(may_move(file.media_type, file.data) for file in files),
            foreign_style=bool(self.user_style),
            conforms_to=line_of(self.metadata.conforms_to),
        )


def _places(files: tuple[Chapter, ...]) -> dict[str, str]:
    """Return the file in which each id stands; of two with one id, the first one has it."""
    places: dict[str, str] = {}
    for chapter in files:
        for identifier in block_ids(chapter.blocks):
            places.setdefault(identifier, chapter.file)
    return places


def _cover(options: EpubWriter, metadata: Metadata) -> PackageFile | None:
    if options.cover:
        kind, data = checked_cover(options.cover)
    elif options.title_cover:
        kind, data = "image/svg+xml", typographic_cover(metadata)
    else:
        return None
    return PackageFile("cover-image", f"cover{SUFFIXES[kind]}", kind, data, "cover-image")


def _pictures(media: list[tuple[Media, str]]) -> dict[str, PackageFile]:
    """Return the files of pictures with their media types, by the id of their medium."""
    files: dict[str, PackageFile] = {}
    taken: set[str] = set()
    for number, (each, kind) in enumerate(media, 1):
        stem = each.name.rpartition(".")[0] or each.name
        name = f"{stem}{SUFFIXES[kind]}"
        if not _PLAIN_NAME.fullmatch(name) or name.lower() in taken:
            name = f"picture-{number}{SUFFIXES[kind]}"
        taken.add(name.lower())
        files[each.id] = PackageFile(f"picture-{number}", f"images/{name}", kind, each.data)
    return files
