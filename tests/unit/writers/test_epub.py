from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest
from lxml import etree

from docpack.context import Context
from docpack.errors import OutputError, UsageError
from docpack.ledger import Ledger, SourceText
from docpack.model import (
    Contributor,
    Direction,
    Document,
    Figure,
    Identifier,
    Link,
    Media,
    Metadata,
    Note,
    NoteRef,
    Paragraph,
    Section,
    SourceBreak,
    Text,
    TitleOrigin,
)
from docpack.testing import check_writer, full_document, plain_document
from docpack.verify.epub_text import text_of_epub
from docpack.verify.reading import characters
from docpack.walk import printed_title, reading_text
from docpack.writers.epub import EpubWriter
from docpack.writers.epub.chapters import chapters

PNG = full_document().media[0].data
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"><rect width="2" height="3"/></svg>'
NAMES = {
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "ncx": "http://www.daisy.org/z3986/2005/ncx/",
    "h": "http://www.w3.org/1999/xhtml",
    "epub": "http://www.idpf.org/2007/ops",
}


def paragraph(*inlines: object, **fields: object) -> Paragraph:
    return Paragraph(tuple(Text(each) if isinstance(each, str) else each for each in inlines), **fields)


def section(title: str, *blocks: object, **fields: object) -> Section:
    return Section((Text(title),) if title else (), blocks, **fields)


class Book:
    """An EPUB, opened."""

    def __init__(self, document: Document, writer: EpubWriter | None = None, context: Context | None = None) -> None:
        self.data = (writer or EpubWriter()).write(document, context or Context())
        self.archive = zipfile.ZipFile(io.BytesIO(self.data))
        self.names = self.archive.namelist()

    def text(self, name: str) -> str:
        return self.archive.read(f"EPUB/{name}").decode()

    def find(self, path: str, name: str = "content.opf") -> list:
        return etree.fromstring(self.text(name).encode()).xpath(path, namespaces=NAMES)

    def meta(self, name: str) -> list[str]:
        return [each.text for each in self.find(f"//opf:meta[@property='{name}']")]

    def toc(self) -> list[tuple[str, str]]:
        return [(each.text, each.get("href")) for each in self.find("//h:nav[@id='toc']//h:a", "nav.xhtml")]


def test_every_node_is_printed_and_nothing_else():
    document = full_document()

    reading = text_of_epub(EpubWriter(title_cover=True).write(document, Context()))

    assert characters(reading) == "".join((printed_title(document) + reading_text(document)).split())


def test_the_writer_keeps_the_promises_of_all_writers():
    check_writer(EpubWriter(), text_of=lambda data: characters(text_of_epub(data)))


def test_two_processes_in_different_worlds_write_the_same_bytes():
    script = (
        "import hashlib; from docpack.context import Context; from docpack.testing import full_document;"
        "from docpack.writers.epub import EpubWriter;"
        "print(hashlib.sha256(EpubWriter(title_cover=True).write(full_document(), Context())).hexdigest())"
    )

    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "TZ": zone, "LANG": lang, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for zone, lang, seed in (("Asia/Tokyo", "C", "1"), ("America/New_York", "de_DE.UTF-8", "2"))
    }

    assert len(digests) == 1


def test_the_container_begins_with_its_media_type():
    book = Book(full_document())

    assert book.data[30:58] == b"mimetypeapplication/epub+zip"
    assert book.names[1:3] == ["META-INF/container.xml", "EPUB/content.opf"]


def test_the_time_of_making_is_that_of_the_context():
    book = Book(plain_document("x"), context=Context(timestamp_s=1_600_000_000))

    assert book.meta("dcterms:modified") == ["2020-09-13T12:26:40Z"]
    assert {info.date_time for info in book.archive.infolist()} == {(2020, 9, 13, 12, 26, 40)}


@pytest.mark.parametrize(
    ("date", "modified"),
    [
        pytest.param("2021-05-04", "2021-05-04T00:00:00Z", id="a-day"),
        pytest.param("0868-05", "0868-05-01T00:00:00Z", id="an-early-year"),
        pytest.param("May 2021", "1980-01-01T00:00:00Z", id="no-date"),
    ],
)
def test_the_time_of_the_book_is_the_stated_date_and_that_of_its_files_is_not(date, modified):
    book = Book(Document((), Metadata(title="T", date=date)))

    assert book.meta("dcterms:modified") == [modified]
    assert {info.date_time for info in book.archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# -------------------------------------------------------------------------------------------------- chapters


def test_each_outermost_section_is_a_file_and_so_is_what_stands_before():
    document = Document((paragraph("x"), section("A", section("B")), section("C")), Metadata(title="T"))

    assert [(chapter.file, chapter.title) for chapter in chapters(document)] == [
        ("text-001.xhtml", ""),
        ("text-002.xhtml", "A"),
        ("text-003.xhtml", "C"),
    ]


def test_a_book_under_one_heading_has_its_subsections_as_chapters():
    whole = section("Book", paragraph("x"), section("A"), section("B", section("b")), language="de")

    book = Book(Document((whole,), Metadata(title="Book", language="en")))

    assert [name for name in book.names if "text-" in name] == [f"EPUB/text-00{n}.xhtml" for n in (1, 2, 3)]
    assert '<body xml:lang="de" lang="de">' in book.text("text-002.xhtml")
    assert book.find("//h:section[@epub:type='chapter']/h:h2/text()", "text-003.xhtml") == ["B"]
    assert book.find("//h:section[@epub:type]", "text-001.xhtml") == []
    assert [label for label, _ in book.toc()] == ["Book", "A", "B", "b"]


def test_links_find_their_target_in_another_file():
    document = Document((section("A", paragraph(Link("#p2", (Text("there"),)))), section("B", paragraph("x", id="p2"))))

    assert '<a href="text-002.xhtml#p2">there</a>' in Book(document).text("text-001.xhtml")


def test_the_title_is_printed_once_at_the_head_of_the_first_file():
    book = Book(Document((section("A"), section("B")), Metadata(title="The Title")))

    assert '<body>\n<h1 class="title">The Title</h1>\n<section' in book.text("text-001.xhtml")
    assert "The Title" not in book.text("text-002.xhtml")


def test_a_title_that_comes_from_the_files_name_is_not_printed():
    book = Book(Document((paragraph("x"),), Metadata(title="scan_03", title_origin=TitleOrigin.NAME)))

    assert text_of_epub(book.data).blocks == ("x",)
    assert book.find("//dc:title/text()") == ["scan_03"]


# ----------------------------------------------------------------------------------------------------- notes


def test_a_note_stands_in_the_file_that_refers_to_it_and_leads_back_to_other_files():
    document = Document(
        (section("A", paragraph("a", NoteRef("n1"))), section("B", paragraph("b", NoteRef("n1"), NoteRef("n2")))),
        notes=(Note("n1", (paragraph("one"),), "1"), Note("n2", (paragraph("two"),), "2"), Note("n3", (), "3")),
    )

    book = Book(document)

    assert book.find("//h:aside/@id", "text-001.xhtml") == ["n1"]
    assert book.find("//h:aside/@id", "text-002.xhtml") == ["n2", "n3"]
    assert book.find("//h:aside//h:a/@href", "text-001.xhtml") == ["#n1-ref", "text-002.xhtml#n1-ref-2"]
    assert book.find("//h:a[@epub:type='noteref']/@href", "text-002.xhtml") == ["text-001.xhtml#n1", "#n2"]


def test_each_epub_type_has_its_aria_role():
    book = Book(full_document(), EpubWriter(cover=PNG))
    types = "{http://www.idpf.org/2007/ops}type"

    pairs = {
        (element.get(types), element.get("role"))
        for name in book.names
        if name.endswith(".xhtml")
        for element in book.find("//*[@epub:type][not(ancestor-or-self::h:nav[@hidden])]", name.removeprefix("EPUB/"))
    }

    assert pairs == {
        (kind, f"doc-{kind}")
        for kind in ("backlink", "chapter", "cover", "epigraph", "footnote", "noteref", "pagebreak", "toc")
    }


# ------------------------------------------------------------------------------------------------ navigation


def test_the_contents_nest_as_the_sections_do():
    untitled = section("", section("C", section("D")))
    document = Document((section("A", section("B", id="s2"), id="s1"), untitled), Metadata(title="A"))

    nav = Book(document).text("nav.xhtml").replace("\n", "")

    assert nav.partition("</h1>")[2].partition("</nav>")[0] == (
        '<ol><li><a href="text-001.xhtml#s1">A</a><ol><li><a href="text-001.xhtml#s2">B</a></li></ol></li>'
        '<li><a href="text-002.xhtml#heading-4">C</a><ol><li><a href="text-002.xhtml#heading-5">D</a></li></ol></li></ol>'
    )


def test_the_contents_leave_out_the_labels_of_notes():
    heading = Section((Text("A"), NoteRef("n1"), Text(" b")), ())

    book = Book(Document((heading,), Metadata(title="T", title_origin=TitleOrigin.NAME), (Note("n1", (), "9"),)))

    assert [label for label, _ in book.toc()] == ["A b"]


@pytest.mark.parametrize(
    ("metadata", "label"),
    [
        pytest.param(Metadata(title="T", title_origin=TitleOrigin.NAME), "T", id="by-its-title"),
        pytest.param(Metadata(), "in.txt", id="by-the-file's-name"),
    ],
)
def test_a_text_without_headings_has_an_entry(metadata, label):
    book = Book(Document((paragraph("x"),), metadata), context=Context(name="in.txt"))

    assert book.toc() == [(label, "text-001.xhtml")]
    assert book.find("//ncx:navPoint/ncx:navLabel/ncx:text/text()", "toc.ncx") == [label]


def test_the_navigation_document_is_in_the_spine_because_a_landmark_leads_to_it():
    book = Book(full_document(), EpubWriter(cover=PNG))

    assert book.find("//opf:itemref[@idref='nav']/@linear") == ["no"]
    assert book.find("//h:nav[@epub:type='landmarks']//h:a/@href", "nav.xhtml") == [
        "cover.xhtml",
        "nav.xhtml#toc",
        "text-001.xhtml",
    ]


def test_the_ncx_tells_its_depth_and_the_books_identifier():
    book = Book(full_document())

    head = {each.get("name"): each.get("content") for each in book.find("//ncx:meta", "toc.ncx")}
    assert head["dtb:depth"] == "2"
    assert [head["dtb:uid"]] == book.find("//dc:identifier[@id='id']/text()")


def test_pages_are_listed_only_where_the_source_had_numbers():
    numbered = Document(
        (paragraph("a", SourceBreak(" ", "xii"), "b", SourceBreak(" ", ""), "c"),),
        Metadata(title="T", source_identifier=Identifier("978-0-306-40615-7", "isbn")),
    )
    bare = Document((paragraph("a", SourceBreak(" ", ""), "b"),))

    with_pages, without = Book(numbered), Book(bare)

    pages = with_pages.find("//h:nav[@epub:type='page-list']//h:a", "nav.xhtml")
    assert [(page.text, page.get("href")) for page in pages] == [("xii", "text-001.xhtml#page-xii")]
    assert with_pages.meta("pageBreakSource") == ["urn:isbn:9780306406157"]
    assert without.meta("pageBreakSource") == []
    assert "page-list" not in without.text("nav.xhtml")


def test_the_pages_stand_in_their_order_also_where_one_begins_in_a_note():
    notes = (
        Note("n1", (paragraph("x", SourceBreak(" ", "8"), SourceBreak(" ", "x")),), "1"),
        Note("n2", (paragraph("y", SourceBreak(" ", "9"), SourceBreak(" ", "10")),), "2"),
        Note("n3", (paragraph(SourceBreak("", "99"), "z", SourceBreak(" ", "B")),), "3"),
    )
    document = Document(
        (
            section("A", paragraph(SourceBreak("", "ix"), SourceBreak("", "xi"), SourceBreak("", "7"), NoteRef("n1"))),
            section("B", paragraph(NoteRef("n2"), SourceBreak("", "10"), SourceBreak("", "11"), SourceBreak("", "10"))),
        ),
        notes=notes,
    )

    book = Book(document)

    pages = book.find("//h:nav[@epub:type='page-list']//h:a", "nav.xhtml")
    assert [page.text for page in pages] == ["ix", "x", "xi", "7", "8", "9", "10", "11", "99", "B"]
    assert [page.text for page in book.find("//ncx:pageTarget//ncx:text", "toc.ncx")] == [page.text for page in pages]
    assert book.find("//h:aside//*[@epub:type='pagebreak']/@aria-label", "text-001.xhtml") == ["8", "x"]
    # What is marked as a page has to be listed, and a page is listed once.
    assert book.find("//*[@data-page]/@id", "text-002.xhtml") == ["page-10-2"]
    assert book.find("//h:section//*[@epub:type='pagebreak']/@id", "text-002.xhtml") == ["page-10", "page-11"]


def test_the_ncx_lists_the_pages_and_numbers_all_in_reading_order():
    document = Document(
        (
            paragraph(SourceBreak("", "iv")),
            section("A", paragraph(SourceBreak("", "12"), SourceBreak("", "012")), section("B", id="s2"), id="s1"),
            section("C", paragraph(SourceBreak("", "12a"), SourceBreak("", "٣")), id="s3"),
        ),
        Metadata(title="T"),
    )

    book = Book(document)

    head = {each.get("name"): each.get("content") for each in book.find("//ncx:meta", "toc.ncx")}
    assert (head["dtb:totalPageCount"], head["dtb:maxPageNumber"]) == ("5", "12")
    targets = book.find("//ncx:pageTarget", "toc.ncx")
    assert [(each.get("type"), each.get("value"), each.get("playOrder")) for each in targets] == [
        ("front", "4", "2"),
        ("normal", "12", "4"),
        ("normal", None, "5"),
        ("special", None, "8"),
        ("normal", "3", "9"),
    ]
    assert book.find("//ncx:navPoint/@playOrder", "toc.ncx") == ["1", "3", "6", "7"]
    assert book.find("//ncx:pageTarget/ncx:content/@src", "toc.ncx") == book.find(
        "//h:nav[@epub:type='page-list']//h:a/@href", "nav.xhtml"
    )


def test_without_pages_the_ncx_lists_none():
    book = Book(plain_document("x"))

    head = {each.get("name"): each.get("content") for each in book.find("//ncx:meta", "toc.ncx")}
    assert (head["dtb:totalPageCount"], head["dtb:maxPageNumber"]) == ("0", "0")
    assert book.find("//ncx:pageList", "toc.ncx") == []


@pytest.mark.parametrize(
    ("language", "contents"),
    [
        pytest.param("de-AT", "Inhalt", id="german"),
        pytest.param("he", "תוכן העניינים", id="hebrew"),
        pytest.param("IW", "תוכן העניינים", id="hebrew-by-its-old-name"),
        pytest.param("zh", "目录", id="chinese"),
        pytest.param("zh-TW", "目錄", id="chinese-of-taiwan"),
        pytest.param("zh-Hans-HK", "目录", id="simplified-chinese-of-hong-kong"),
        pytest.param("en", "Contents", id="english"),
    ],
)
def test_the_contents_are_called_so_in_the_books_language(language, contents):
    book = Book(Document((paragraph(SourceBreak("", "1")),), Metadata(title="T", language=language)))

    assert book.find("//h:h1/text()", "nav.xhtml") == [contents]
    assert "ltr" not in book.text("nav.xhtml")


def test_english_words_in_another_language_are_marked_as_such():
    metadata = Metadata(language="yi", direction=Direction.RTL)

    book = Book(Document((paragraph(SourceBreak("", "1")),), metadata), EpubWriter(cover=PNG))

    english = "[@xml:lang='en' and @lang='en' and @dir='ltr']"
    assert [each.tag.rpartition("}")[2] for each in book.find(f"//*{english}", "nav.xhtml")] == [
        "title",
        "h1",
        "nav",
        "nav",
    ]
    assert book.find("//h:nav[@role='doc-pagelist']/h:ol[@lang='yi' and @dir='rtl']", "nav.xhtml")
    assert book.find(f"//h:img[@alt='Cover']{english}", "cover.xhtml")


# -------------------------------------------------------------------------------------------------- metadata


def test_the_package_says_all_that_the_record_says():
    book = Book(full_document())

    assert [(each.tag.rpartition("}")[2], each.text) for each in book.find("//dc:*")] == [
        ("identifier", "urn:uuid:0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10"),
        ("identifier", "urn:isbn:9780000000002"),
        ("title", "The Keeper’s Log"),
        ("title", "A Book of Samples"),
        ("language", "en"),
        ("creator", "Ines Almqvist"),
        ("contributor", "Tomas Reuter"),
        ("date", "2021-05-04"),
        ("publisher", "Lantern House"),
        ("description", "Everything that a writer must be able to say."),
        ("subject", "Lighthouses"),
        ("subject", "Weather & wind"),
        ("rights", "© 2021 Ines Almqvist"),
        ("source", "The Keeper’s Log, first edition, Harbour Press, 1921"),
    ]
    refined = [(each.get("refines"), each.get("property"), each.text) for each in book.find("//opf:meta[@refines]")]
    assert refined == [
        ("#id-2", "identifier-type", "15"),
        ("#title", "title-type", "main"),
        ("#subtitle", "title-type", "subtitle"),
        ("#contributor-1", "role", "aut"),
        ("#contributor-1", "file-as", "Almqvist, Ines"),
        ("#contributor-2", "role", "trl"),
        ("#contributor-2", "file-as", "Reuter, Tomas"),
        ("#series", "collection-type", "series"),
        ("#series", "group-position", "2"),
    ]
    assert book.find("//opf:link/@href") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert book.find("/opf:package/@xml:lang") == ["en"]


def test_nothing_of_ebooklib_is_left_in_the_package():
    package = Book(full_document()).text("content.opf")

    assert "generator" not in package
    assert "rendition" not in package
    assert 'property="file-as" scheme' not in package


def test_metadata_that_says_nothing_leaves_no_empty_elements():
    metadata = Metadata(
        title="T",
        contributors=(Contributor(" "), Contributor("B", "editor")),
        subjects=("",),
        identifiers=(Identifier(""), Identifier("a b", "shelfmark")),
        series_position="2",
        rights_uri="no uri",
    )

    book = Book(Document((), metadata))

    assert [each.text for each in book.find("//dc:*")][1:] == ["a b", "T", "und", "B"]
    assert [each.get("property") for each in book.find("//opf:meta[@refines]")] == ["identifier-type", "title-type"]


def test_the_paragraphs_of_a_description_stay_apart():
    book = Book(Document((), Metadata(title="T", description=" One\nline.\n \n\nTwo. ")))

    assert book.find("//dc:description/text()") == ["One line.\n\nTwo."]


def test_a_date_of_another_form_is_left_out_and_reported():
    context = Context()

    book = Book(Document((), Metadata(title="T", date="May 2020")), context=context)

    assert book.find("//dc:date") == []
    assert "'May 2020'" in context.findings[0].message


def test_a_control_character_in_the_metadata_costs_no_more_than_itself():
    book = Book(Document((), Metadata(title="T", contributors=(Contributor("Au\fthor"),))))

    assert book.find("//dc:creator/text()") == ["Author"]


def test_without_an_identifier_the_content_gives_one():
    def identifier(document: Document) -> str:
        return Book(document).find("//dc:identifier/text()")[0]

    one, other = Document((paragraph("x"),)), Document((paragraph("y"),))
    sourced = replace(one, source=Ledger(SourceText("x", sha256="00" * 32)))

    assert re.fullmatch("urn:uuid:[0-9a-f-]{14}5[0-9a-f-]{21}", identifier(one))
    assert len({identifier(one), identifier(other), identifier(sourced)}) == 3
    assert identifier(one) == identifier(one)


# --------------------------------------------------------------------------------------------- accessibility


def test_a_plain_text_claims_no_features_that_it_lacks():
    book = Book(plain_document("x"))

    assert book.meta("schema:accessMode") == ["textual"]
    assert book.meta("schema:accessibilityFeature") == ["readingOrder", "displayTransformability"]
    assert book.meta("schema:accessibilityHazard") == ["none"]
    assert book.meta("dcterms:conformsTo") == []
    assert "has not been evaluated" in book.meta("schema:accessibilitySummary")[0]


def test_features_are_those_that_were_counted():
    book = Book(full_document())

    assert book.meta("schema:accessMode") == ["textual", "visual"]
    assert book.meta("schema:accessModeSufficient") == ["textual"]
    assert book.meta("schema:accessibilityFeature") == [
        "structuralNavigation",
        "tableOfContents",
        "pageNavigation",
        "pageBreakMarkers",
        "alternativeText",
        "readingOrder",
        "displayTransformability",
    ]


def test_a_picture_without_a_description_is_admitted():
    document = Document((Figure("m1", "seen"), Figure("m1")), media=(Media("m1", "a.png", "image/png", PNG),))

    book = Book(document)

    assert book.meta("schema:accessModeSufficient") == ["textual,visual"]
    assert "alternativeText" not in book.meta("schema:accessibilityFeature")
    assert "descriptions of 1 of its 2 pictures" in book.meta("schema:accessibilitySummary")[0]


def test_what_may_flash_is_not_called_safe():
    moving = Media("m1", "a.gif", "image/gif", b"GIF89a" + b"\x21\xf9\x04" * 2)

    picture = Book(Document((Figure("m1", "x"),), media=(moving,)))
    style = Book(plain_document("x"), EpubWriter(css=b"p {}"))

    assert picture.meta("schema:accessibilityHazard") == style.meta("schema:accessibilityHazard") == ["unknown"]


def test_conformance_is_claimed_only_where_the_user_states_it():
    standard = "EPUB Accessibility 1.1 - WCAG 2.1 Level AA"

    book = Book(Document((), Metadata(title="T", conforms_to=standard)))

    assert book.meta("dcterms:conformsTo") == [standard]


# ------------------------------------------------------------------------------------ pictures, cover, style


def test_pictures_get_names_that_every_system_takes_and_their_true_type():
    media = (
        Media("m1", "lamp.png", "image/jpeg", PNG),
        Media("m2", "LAMP.jpeg", "image/png", PNG),
        Media("m3", '../é".png', "image/png", PNG),
        Media("m4", "a.tif", "image/tiff", b"II*\0"),
    )

    book = Book(Document((), media=media))

    items = book.find("//opf:item[starts-with(@href, 'images/')]")
    assert [(item.get("href"), item.get("media-type")) for item in items] == [
        ("images/lamp.png", "image/png"),
        ("images/picture-2.png", "image/png"),
        ("images/picture-3.png", "image/png"),
    ]


def test_an_svg_that_runs_a_script_is_left_out():
    media = (Media("m1", "a.svg", "", SVG), Media("m2", "b.svg", "", SVG.replace(b"<rect", b"<script/><rect")))
    context = Context()

    book = Book(Document((Figure("m1", "a lamp"), Figure("m2", "a wick")), media=media), context=context)

    assert book.find("//opf:item[starts-with(@href, 'images/')]/@href") == ["images/a.svg"]
    assert book.find("//h:figure/*/@alt | //h:figure/*/@aria-label", "text-001.xhtml") == ["a lamp", "a wick"]
    assert [finding.message for finding in context.findings] == [
        "epub has no place for the picture m2, because its SVG has a script; it is written as its description"
    ]


@pytest.mark.parametrize(
    ("cover", "name"),
    [
        pytest.param(PNG, "cover.png", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0", "cover.jpg", id="jpeg"),
        pytest.param(SVG, "cover.svg", id="svg"),
    ],
)
def test_a_cover_is_marked_for_old_and_new_programs(cover, name):
    book = Book(full_document(), EpubWriter(cover=cover))

    assert book.archive.read(f"EPUB/{name}") == cover
    assert book.find("//opf:item[@properties='cover-image']/@href") == [name]
    assert book.find("//opf:meta[@name='cover']/@content") == ["cover-image"]
    assert book.find("//opf:itemref/@idref")[0] == "cover"
    assert book.find("//h:img/@alt", "cover.xhtml") == ["The Keeper’s Log. A Book of Samples. Ines Almqvist"]


@pytest.mark.parametrize(
    ("cover", "message"),
    [
        pytest.param(b"BM", "no PNG, JPEG or SVG", id="another-kind"),
        pytest.param(b"<svg", "not well-formed|cannot be read|the cover", id="broken"),
        pytest.param(b"<x><svg/></x>", "no SVG picture", id="another-root"),
        pytest.param(SVG.replace(b"viewBox", b"onload='x()' viewBox"), "the cover has a script", id="a-script"),
    ],
)
def test_a_cover_that_is_none_is_refused_with_a_remedy(cover, message):
    with pytest.raises(UsageError, match=message) as caught:
        EpubWriter(cover=cover).write(full_document(), Context())

    assert "PNG, JPEG or SVG" in caught.value.hint


@pytest.mark.parametrize(
    "title",
    ["", "A", "Donaudampfschifffahrtsgesellschaftskapitänswitwe", "word " * 200, "漢" * 300, "A & B < C", "שלום"],
)
def test_a_typographic_cover_takes_any_title(title):
    book = Book(Document((), Metadata(title=title, direction=Direction.RTL)), EpubWriter(title_cover=True))

    lines = book.find("//*[local-name()='text']", "cover.svg")
    assert lines
    for line in lines:
        wide = sum(1 if ord(character) >= 0x1100 else 0.5 for character in line.text)
        assert wide * int(line.get("font-size")) <= 960
        assert 0 < int(line.get("y")) < 1800


def test_the_users_style_sheet_is_linked_after_docpacks_own():
    book = Book(full_document(), EpubWriter(css=b"\xef\xbb\xbfp { color: inherit }"))

    assert book.find("//h:link/@href", "text-001.xhtml") == ["book.css", "custom.css"]
    assert book.text("custom.css") == "p { color: inherit }"


def test_the_style_sheet_leaves_fonts_colours_and_sizes_to_the_reader():
    css = re.sub(r"(?s)/\*.*?\*/", "", Book(plain_document("x")).text("book.css"))

    assert not re.search(r"\d(px|pt|cm|mm|in)\b|@font-face|!important|#[0-9a-f]{3}", css)
    assert set(re.findall(r"(?<!-)color:\s*([^;]+)", css)) <= {"inherit"}
    assert set(re.findall(r"font-family:\s*([^;]+)", css)) == {"monospace, monospace"}


def test_a_right_to_left_book_says_so_everywhere():
    document = Document((section("א", paragraph("ב")),), Metadata(title="ס", language="he", direction=Direction.RTL))

    book = Book(document)

    assert book.find("//opf:spine/@page-progression-direction") == ["rtl"]
    assert book.find("/opf:package/@dir") == ["rtl"]
    assert all(book.find("/h:html/@dir", name) == ["rtl"] for name in ("text-001.xhtml", "nav.xhtml"))


def test_a_lone_surrogate_is_an_error_with_a_remedy():
    with pytest.raises(OutputError, match=r"U\+D800") as caught:
        EpubWriter().write(Document((paragraph("a\ud800b"),)), Context())

    assert "lowering.lower" in caught.value.hint


@pytest.mark.parametrize(
    ("document", "writer"),
    [
        pytest.param(full_document(), EpubWriter(), id="every-node"),
        pytest.param(full_document(), EpubWriter(cover=PNG, css=b"p { margin: 0 }"), id="cover-and-style"),
        pytest.param(plain_document("One.", "Two."), EpubWriter(title_cover=True), id="plain"),
        pytest.param(Document(()), EpubWriter(), id="empty"),
        pytest.param(
            Document(
                (
                    paragraph(SourceBreak("", "iv"), "x", NoteRef("n1"), SourceBreak(" ", "5")),
                    Figure("m1", "a lamp"),
                    section("A", paragraph(SourceBreak("", "5"), "x", SourceBreak("", "6"))),
                ),
                Metadata(language="yi", direction=Direction.RTL, date="0868", description="One.\n\nTwo."),
                (Note("n1", (paragraph("y", SourceBreak("", "4")),), ""),),
                (Media("m1", "a.svg", "image/svg+xml", b"<svg"),),
            ),
            EpubWriter(cover=SVG),
            id="what-is-rare",
        ),
        pytest.param(
            Document(
                (section("א", paragraph(SourceBreak("", "1"), "ב", NoteRef("n1"), NoteRef("n1"))),),
                Metadata(title="ס", language="he", direction=Direction.RTL),
                (Note("n1", (paragraph("ג"),), ""),),
            ),
            EpubWriter(),
            id="right-to-left",
        ),
    ],
)
def test_the_reference_validators_pass_it(document, writer, validators, tmp_path):
    path = tmp_path / "book.epub"
    path.write_bytes(writer.write(document, Context()))

    validators(path)
