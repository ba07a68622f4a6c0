from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree

from docpack.context import Context
from docpack.errors import OutputError, UsageError
from docpack.lowering import lower
from docpack.model import (
    Block,
    BlockQuote,
    Cell,
    Contributor,
    Definition,
    DefinitionList,
    Direction,
    Document,
    Figure,
    Foreign,
    Identifier,
    Inline,
    Link,
    List,
    ListItem,
    Media,
    Metadata,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    Row,
    SceneBreak,
    Section,
    SourceBreak,
    Stanza,
    Table,
    Text,
    TitleOrigin,
    Verse,
    VerseLine,
)
from docpack.testing import check_writer, full_document
from docpack.verify.epub_text import text_of_page
from docpack.verify.reading import characters
from docpack.walk import printed_title, reading_text
from docpack.writers.html import HtmlWriter
from docpack.writers.html.links import safe_uri
from docpack.writers.html.pictures import may_move, picture_type
from docpack.writers.html.svg import svg_fault


def text(words: str) -> tuple[Inline, ...]:
    return (Text(words),)


def paragraph(*inlines: Inline | str, **fields: object) -> Paragraph:
    return Paragraph(tuple(Text(each) if isinstance(each, str) else each for each in inlines), **fields)


def items(*markers: str) -> tuple[ListItem, ...]:
    return tuple(ListItem((paragraph("x"),), marker) for marker in markers)


def body_of(*blocks: Block, context: Context | None = None, **fields: object) -> str:
    """Return what stands in `main`, without line ends between the tags."""
    document = Document(blocks, Metadata(title="T", title_origin=TitleOrigin.NAME), **fields)
    page = HtmlWriter().write(document, context or Context()).decode()
    return page.partition("<main>\n")[2].partition("</main>")[0].replace(">\n", ">")


def test_every_node_is_printed_and_nothing_else():
    document = full_document()

    reading = text_of_page(HtmlWriter().write(document, Context()))

    assert characters(reading) == "".join((printed_title(document) + reading_text(document)).split())


def test_the_writer_keeps_the_promises_of_all_writers():
    check_writer(HtmlWriter(), text_of=lambda data: characters(text_of_page(data)))


def test_the_page_needs_no_other_file():
    page = HtmlWriter().write(full_document(), Context()).decode()

    links = re.findall(r'<link rel="([^"]*)"', page)
    assert links == ["schema.dcterms", "schema.marcrel", "license"]  # none of these loads anything
    assert re.findall(r'(?:src|href)="(?!#|data:|https://example\.org)', page.partition("<body>")[2]) == []
    assert "@import" not in page


def head_of(metadata: Metadata, context: Context | None = None, **fields: object) -> list[tuple[str, str]]:
    """Return names and values of the head's statements, and what its links lead to."""
    page = HtmlWriter().write(Document((), metadata, **fields), context or Context())
    root = etree.fromstring(page)
    return [
        (each.get("name") or each.get("rel"), each.get("content") or each.get("href"))
        for each in root.xpath("//*[local-name()='meta' or local-name()='link']")
    ][2:]


def test_the_head_says_all_that_the_record_says():
    assert head_of(full_document().metadata) == [
        ("schema.dcterms", "http://purl.org/dc/terms/"),
        ("schema.marcrel", "http://id.loc.gov/vocabulary/relators/"),
        ("dcterms.identifier", "urn:uuid:0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10"),
        ("dcterms.identifier", "urn:isbn:9780000000002"),
        ("dcterms.alternative", "A Book of Samples"),
        ("author", "Ines Almqvist"),
        ("dcterms.contributor", "Tomas Reuter"),
        ("marcrel.trl", "Tomas Reuter"),
        ("description", "Everything that a writer must be able to say."),
        ("keywords", "Lighthouses, Weather & wind"),
        ("dcterms.date", "2021-05-04"),
        ("dcterms.publisher", "Lantern House"),
        ("dcterms.isPartOf", "Sample Books, 2"),
        ("dcterms.rights", "© 2021 Ines Almqvist"),
        ("dcterms.source", "The Keeper’s Log, first edition, Harbour Press, 1921"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
    ]


def test_the_head_says_nothing_that_is_empty_or_no_address():
    metadata = Metadata(
        title="T",
        contributors=(Contributor("A", "cre"), Contributor(" "), Contributor("B", "reader")),
        identifier=Identifier("x-1"),
        identifiers=(Identifier("x-1"), Identifier("")),
        series_position="2",
        rights_uri="javascript:x",
    )

    assert head_of(metadata)[1:] == [
        ("schema.marcrel", "http://id.loc.gov/vocabulary/relators/"),
        ("dcterms.identifier", "x-1"),
        ("dcterms.creator", "A"),
        ("marcrel.cre", "A"),
        ("dcterms.contributor", "B"),
    ]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        pytest.param(paragraph("a<b>&c", id="p1"), '<p id="p1">a&lt;b&gt;&amp;c</p>', id="escapes"),
        pytest.param(paragraph("x", id="a b"), "<p>x</p>", id="an-id-that-is-no-name"),
        pytest.param(paragraph("x", role="stage"), '<p class="stage">x</p>', id="a-role-of-no-vocabulary"),
        pytest.param(
            BlockQuote((paragraph("x"),), role="epigraph"),
            '<blockquote class="epigraph" role="doc-epigraph"><p>x</p></blockquote>',
            id="a-role-of-aria",
        ),
        pytest.param(
            paragraph("x", language="he", direction=Direction.RTL),
            '<p xml:lang="he" lang="he" dir="rtl">x</p>',
            id="language-and-direction",
        ),
        pytest.param(paragraph(Foreign(text("x"), "no tag")), "<p>x</p>", id="a-language-that-is-none"),
        pytest.param(
            paragraph("long-", SourceBreak("", "38"), "drawn", SourceBreak(" ", ""), "out", SourceBreak()),
            '<p>long-<span role="doc-pagebreak" id="page-38" aria-label="38"></span>drawn out </p>',
            id="source-breaks",
        ),
        pytest.param(
            Verse((Stanza((VerseLine(text("a")), VerseLine(text("b"), 2), VerseLine(text("c"), 99))),)),
            '<div class="verse"><p class="stanza"><span class="line">a</span><br/><span class="line indent-2">b</span>'
            '<br/><span class="line indent-8">c</span></p></div>',
            id="verse",
        ),
        pytest.param(SceneBreak("* * *"), '<p class="scene-break">* * *</p>', id="a-printed-scene-break"),
        pytest.param(SceneBreak(""), '<hr class="scene-break"/>', id="a-scene-break-of-space"),
        pytest.param(Preformatted("a\n  <b>"), "<pre>a\n  &lt;b&gt;</pre>", id="preformatted"),
        pytest.param(List(()), "", id="an-empty-list"),
        pytest.param(List(items("•"), id="l"), '<ul id="l"><li data-marker="•"><p>x</p></li></ul>', id="bullets"),
        pytest.param(List(items("–")), '<ul class="dash"><li data-marker="–"><p>x</p></li></ul>', id="dashes"),
        pytest.param(List(items("")), "<ul><li><p>x</p></li></ul>", id="no-markers"),
        pytest.param(
            List(items("3.", "4."), ordered=True, start=3),
            '<ol start="3"><li data-marker="3."><p>x</p></li><li data-marker="4."><p>x</p></li></ol>',
            id="numbers-in-sequence",
        ),
        pytest.param(
            List(items("1.", "3."), ordered=True),
            '<ol class="marked"><li><p><span class="marker">1.</span> x</p></li>'
            '<li><p><span class="marker">3.</span> x</p></li></ol>',
            id="numbers-out-of-sequence",
        ),
        pytest.param(
            List((ListItem((List(items("•")),), "(a)"),), ordered=True),
            '<ol class="marked"><li><p><span class="marker">(a)</span></p>'
            '<ul><li data-marker="•"><p>x</p></li></ul></li></ol>',
            id="a-marker-before-no-paragraph",
        ),
        pytest.param(
            DefinitionList((Definition(text("t"), (), id="d"),)),
            '<dl><dt id="d">t</dt><dd></dd></dl>',
            id="a-bare-term",
        ),
        pytest.param(
            Table((Row((Cell(text("h"), True), Cell((), True))), Row((Cell(text("r"), True),))), caption=text("c")),
            '<table><caption>c</caption><thead><tr><th scope="col">h</th><td></td></tr>'
            '<tr><th scope="col">r</th><td></td></tr></thead></table>',
            id="rows-of-headers-alone-are-the-head",
        ),
        pytest.param(
            Table((Row((Cell(text("r"), True), Cell(text("v")))),)),
            '<table><tbody><tr><th scope="row">r</th><td>v</td></tr></tbody></table>',
            id="a-header-of-a-row",
        ),
        pytest.param(Table((), caption=text("c")), '<p class="caption">c</p>', id="a-table-without-rows"),
    ],
)
def test_a_block_becomes_the_element_that_says_it(block, expected):
    assert body_of(block) == expected


def test_a_line_end_that_begins_preformatted_text_survives_html():
    page = HtmlWriter().write(Document((Preformatted("\na"),)), Context())

    assert b"<pre>\n\na</pre>" in page  # a browser drops the first one


def test_headings_follow_the_depth_and_stop_at_six():
    section = Section(text("8"), ())
    for depth in range(7, 0, -1):
        section = Section(text(str(depth)), (section,))
    context = Context()

    body = body_of(section, context=context)

    assert re.findall(r"<h(\d)[^>]*>(\d)", body) == [(str(min(n, 6)), str(n)) for n in range(1, 9)]
    assert [finding.code.name for finding in context.findings] == ["W005"]


def test_a_title_of_the_text_itself_is_not_printed_twice():
    document = Document((Section(text("The  Title"), ()),), Metadata(title="The Title"))

    assert text_of_page(HtmlWriter().write(document, Context())).blocks == ("The Title",)


def test_an_id_that_stands_twice_is_written_once():
    assert body_of(paragraph("a", id="p1"), paragraph("b", id="p1")) == '<p id="p1">a</p><p>b</p>'


def test_page_markers_with_one_number_get_ids_of_their_own():
    body = body_of(
        paragraph("x", id="page-8"), paragraph(SourceBreak("", "8"), SourceBreak("", "8"), SourceBreak("", "†"))
    )

    assert re.findall(r'id="([^"]+)" aria-label', body) == ["page-8-2", "page-8-3", "page-3"]


def test_a_page_that_begins_in_the_text_is_not_marked_in_a_note_again():
    note = Note("n1", (paragraph("x", SourceBreak(" ", "8"), "y", SourceBreak(" ", "9"), "z"),), "1")
    other = Note("n2", (paragraph("u", SourceBreak(" ", " 8 "), "v", SourceBreak(" ", "9"), "w"),), "2")

    body = body_of(
        paragraph(SourceBreak("", "7"), NoteRef("n1"), NoteRef("n2"), SourceBreak(" ", "8")), notes=(note, other)
    )

    assert re.findall(r'id="([^"]+)" aria-label="(\d)"', body) == [("page-7", "7"), ("page-8", "8"), ("page-9", "9")]
    assert " x y <span" in body
    assert " u v w" in body


def test_a_note_leads_back_to_all_its_references():
    note = Note("n1", (paragraph("said"),), "*")

    body = body_of(paragraph("a", NoteRef("n1"), "b", NoteRef("n1")), notes=(note,))

    assert body == (
        '<p>a<a class="noteref" role="doc-noteref" href="#n1" id="n1-ref">*</a>'
        'b<a class="noteref" role="doc-noteref" href="#n1" id="n1-ref-2">*</a></p>'
        '<div class="notes"><aside class="note" role="doc-footnote" id="n1">'
        '<p><a class="label" role="doc-backlink" href="#n1-ref">*</a>'
        '<a class="backlink" role="doc-backlink" href="#n1-ref-2" aria-label="↩ 2"></a> said</p></aside></div>'
    )


def test_notes_stand_in_the_order_of_their_references_and_forgotten_ones_last():
    notes = (
        Note("n1", (paragraph("forgotten"),), ""),
        Note("n2", (paragraph("two", NoteRef("n3")),), "b"),
        Note("n3", (List(items("•")),), ""),
    )

    reading = text_of_page(
        b"<main xmlns='http://www.w3.org/1999/xhtml'>%s</main>"
        % body_of(paragraph("x", NoteRef("n2")), notes=notes).encode()
    )

    assert reading.blocks == ("xb",)
    assert reading.notes == ("b two2", "2 • x", "1 forgotten")


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        pytest.param("https://example.org/a?b=c&d#e", "https://example.org/a?b=c&d#e", id="as-it-is"),
        pytest.param(' https://example.org/a b"<', "https://example.org/a%20b%22%3C", id="percent-encoded"),
        pytest.param("https://example.org/100%", "https://example.org/100%25", id="a-bare-percent-sign"),
        pytest.param("https://exämple.org/ü", "https://exämple.org/ü", id="an-iri"),
        pytest.param("mailto:a@example.org", "mailto:a@example.org", id="mail"),
        pytest.param("JavaScript:alert(1)", "", id="code"),
        pytest.param("data:text/html,x", "", id="data"),
        pytest.param("file:///etc/passwd", "", id="a-file"),
        pytest.param("https://", "", id="no-host"),
        pytest.param("http://[::1", "", id="a-broken-host"),
        pytest.param("http://a:b/", "", id="a-broken-port"),
        pytest.param("urn:", "", id="nothing-after-the-scheme"),
        pytest.param("chapter2.html", "", id="relative"),
    ],
)
def test_links_lead_to_absolute_addresses_only(href, expected):
    assert safe_uri(href) == expected


def test_a_link_that_leads_nowhere_keeps_its_words_and_is_reported():
    context = Context()

    body = body_of(paragraph(Link("#s9", text("there")), Link("#p1", text("here")), id="p1"), context=context)

    assert body == '<p id="p1">there<a href="#p1">here</a></p>'
    assert [finding.message for finding in context.findings] == [
        "a reference to the missing link target #s9 was left out"
    ]


PNG = full_document().media[0].data


def test_pictures_are_shown_or_reported():
    media = (Media("m1", "a.png", "image/x", PNG), Media("m2", "a.tif", "image/tiff", b"II*\0"))
    context = Context()

    body = body_of(
        Figure("m1", 'a "lamp"'),
        Figure("m1", caption=text("c")),
        Figure("m2", caption=text("d")),
        media=media,
        context=context,
    )

    assert re.sub(r'src="[^"]*"', "src", body) == (
        '<figure><img src alt="a &quot;lamp&quot;"/></figure>'
        '<figure><img src alt="" role="presentation"/><figcaption>c</figcaption></figure>'
        '<p class="caption">d</p>'
    )
    assert 'src="data:image/png;base64,' in body
    assert [finding.code.name for finding in context.findings] == ["W004", "W001"]
    assert context.findings[1].message == (
        "html has no place for the picture m2, because its type is image/tiff; it is written as its caption"
    )


def test_a_picture_that_cannot_be_shown_keeps_its_description_and_caption():
    media = (Media("m1", "a.svg", "image/svg+xml", b"<svg"),)
    context = Context()

    body = body_of(Figure("m1", "a lamp", text("c"), id="f1"), media=media, context=context)

    assert body == (
        '<figure id="f1"><div class="left-out" role="img" aria-label="a lamp"></div><figcaption>c</figcaption></figure>'
    )
    assert "its SVG is not well-formed XML" in context.findings[0].message
    assert context.findings[0].message.endswith("it is written as its description and its caption")


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"%s</svg>'


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param('><use href="#a" fill="url(#b)"/><a x:href="https://example.org/">x</a>', "", id="a-drawing"),
        pytest.param('><image x:href="data:image/png;base64,AA=="/>', "", id="a-picture-inside"),
        pytest.param("><style>a { fill: url( '#b' ) }</style><a href='#c'/>", "", id="a-style-inside"),
        pytest.param("><g><script>x()</script></g>", "it has a script", id="a-script"),
        pytest.param("><g xmlns:h='urn:h'><h:SCRIPT/></g>", "it has a script", id="a-script-of-another-namespace"),
        pytest.param(' onload="x()">', "it has a script", id="a-handler"),
        pytest.param('><a x:href=" JavaScript:x()"/>', "it has a script", id="a-link-that-runs"),
        pytest.param('><image href="https://example.org/a.png"/>', "it needs another file", id="a-remote-picture"),
        pytest.param('><image href="a.png"/>', "it needs another file", id="a-picture-beside"),
        pytest.param('><g fill="url(a.svg#b)"/>', "it needs another file", id="a-paint-beside"),
        pytest.param("><style>@import 'a.css'</style>", "it needs another file", id="a-style-beside"),
        pytest.param("><?xml-stylesheet href='a.css'?>", "it needs another file", id="a-linked-style"),
        pytest.param('><a href="b.html"/>', "it needs another file", id="a-link-to-another-file"),
        pytest.param("><g>", "it is not well-formed XML", id="broken"),
    ],
)
def test_an_svg_is_shown_if_it_runs_nothing_and_needs_nothing(content, fault):
    found = svg_fault((SVG % content).encode(), "it")

    assert found.startswith(fault) if fault else found == ""


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        pytest.param(b"<svg/>", "it is XML, but no SVG picture", id="no-namespace"),
        pytest.param(b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "it has a document type declaration", id="a-doctype"),
        pytest.param(b"", "it is empty", id="empty"),
    ],
)
def test_what_only_looks_like_an_svg_is_refused(data, fault):
    assert svg_fault(data, "it").startswith(fault)


@pytest.mark.parametrize(
    ("data", "kind", "moves"),
    [
        pytest.param(PNG, "image/png", False, id="png"),
        pytest.param(PNG.replace(b"IDAT", b"acTLIDAT"), "image/png", True, id="animated-png"),
        pytest.param(b"\xff\xd8\xff\xe0", "image/jpeg", False, id="jpeg"),
        pytest.param(b"GIF89a" + b"\x21\xf9\x04", "image/gif", False, id="gif"),
        pytest.param(b"GIF89a" + b"\x21\xf9\x04" * 2, "image/gif", True, id="animated-gif"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", False, id="webp"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8X ANIM", "image/webp", True, id="animated-webp"),
        pytest.param(b"\xef\xbb\xbf<?xml?>\n<svg/>", "image/svg+xml", False, id="svg"),
        pytest.param(b"<svg><animate/></svg>", "image/svg+xml", True, id="animated-svg"),
        pytest.param(b"BM", "", True, id="another-kind"),
    ],
)
def test_pictures_are_known_by_their_bytes(data, kind, moves):
    assert picture_type(data) == kind
    assert may_move(kind, data) is moves


def test_the_users_style_comes_last_and_cannot_end_the_element():
    css = b"p::after { content: '</style><script>&]]>' }"

    page = HtmlWriter(css=css).write(full_document(), Context())

    style = etree.fromstring(page).findtext(".//{http://www.w3.org/1999/xhtml}style")
    assert page.count(b"</style>") == 1
    assert style.strip().endswith(r"content: '\3c /style>\3c script>\26 ]]\3e ' }")


def test_a_style_sheet_that_is_not_utf8_is_refused():
    with pytest.raises(UsageError, match="byte 1") as caught:
        HtmlWriter(css=b"p\xe4").write(full_document(), Context())

    assert "UTF-8" in caught.value.hint


@pytest.mark.parametrize(
    "css", [b"@import url(http://x);", b"p{background:url( 'file:///x')}", b"p{background:url(a.png)}"]
)
def test_a_style_sheet_that_needs_other_files_is_refused(css):
    with pytest.raises(UsageError, match="another file"):
        HtmlWriter(css=css).write(full_document(), Context())


def test_a_lone_surrogate_is_an_error_with_a_remedy():
    with pytest.raises(OutputError, match=r"U\+D800") as caught:
        HtmlWriter().write(Document((paragraph("a\ud800b"),)), Context())

    assert "lowering.lower" in caught.value.hint


def test_a_right_to_left_document_says_so():
    document = replace(full_document(), metadata=Metadata(title="ספר", language="he", direction=Direction.RTL))

    page = HtmlWriter().write(lower(document, Context()), Context()).decode()

    assert '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="he" lang="he" dir="rtl">' in page


def test_an_empty_document_is_a_page():
    page = HtmlWriter().write(Document(()), Context(name="in.txt"))

    assert etree.fromstring(page).findtext(".//{http://www.w3.org/1999/xhtml}title") == "in.txt"
    assert text_of_page(page).blocks == ()
