from __future__ import annotations

import io
import zipfile

import pytest

from docpack.errors import VerificationError
from docpack.verify.epub_text import text_of_epub, text_of_page
from docpack.verify.reading import Reading, characters

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/my%20book.opf"/></rootfiles></container>'
).replace("%20", " ")


def page(body: str) -> bytes:
    return (
        '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"'
        ' xmlns:epub="http://www.idpf.org/2007/ops"><head><title>not printed</title><style>p{}</style></head>'
        f"<body>{body}</body></html>"
    ).encode()


def book(manifest: str, spine: str, **pages: bytes) -> bytes:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata><title>not printed</title></metadata>'
        f"<manifest>{manifest}</manifest><spine>{spine}</spine></package>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/my book.opf", package)
        for name, content in pages.items():
            archive.writestr(f"OPS/text/{name} 1.xhtml", content)
    return buffer.getvalue()


def item(name: str, properties: str = "") -> str:
    return (
        f'<item id="{name}" href="text/{name}%201.xhtml" media-type="application/xhtml+xml" properties="{properties}"/>'
    )


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        pytest.param("<h1>One</h1><p>two <em>th</em>ree</p>", ("One", "two three"), id="inline-marks-part-nothing"),
        pytest.param("<p>a<br/>b\n  c</p>", ("a b c",), id="line-ends-and-blanks-are-one-blank"),
        pytest.param('<p class="stanza"><span>a</span><br/><span>b</span></p>', ("a b",), id="a-stanza-is-one-block"),
        pytest.param(
            '<ul><li data-marker="•"><p>x</p><p>y</p></li></ul>', ("• x", "y"), id="a-marker-leads-the-first-block"
        ),
        pytest.param('<ul><li data-marker="•">x</li></ul>', ("• x",), id="an-item-without-a-paragraph"),
        pytest.param('<ol><li data-marker="1."></li></ol>', ("1.",), id="an-empty-item-keeps-its-marker"),
        pytest.param(
            '<ol><li data-marker="1."><ul><li data-marker="-">x</li></ul></li></ol>',
            ("1.", "- x"),
            id="the-markers-of-nested-items",
        ),
        pytest.param("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", ("a b", "c"), id="rows"),
        pytest.param("bare<div>x<p>y</p>z</div>", ("bare", "x", "y", "z"), id="text-beside-blocks"),
        pytest.param("<p>a</p><nav><p>b</p></nav><p hidden=''>c</p><hr/>", ("a",), id="what-is-not-shown"),
        pytest.param('<p>a<img src="x" alt="b"/><span aria-label="7"></span></p>', ("a",), id="attributes"),
        pytest.param("<p>a&lt;b&amp;&#x5d0;</p>", ("a<b&א",), id="character-references"),
    ],
)
def test_a_page_reads_as_it_is_printed(body, blocks):
    assert text_of_page(page(body)) == Reading(blocks)


@pytest.mark.parametrize("mark", ['epub:type="footnote"', 'role="doc-footnote"'])
def test_notes_stand_apart_from_the_blocks(mark):
    body = f'<p>a<a href="#n">1</a></p><aside {mark}><p><a href="#r">1</a> b</p><ul><li>c</li></ul></aside><p>d</p>'

    assert text_of_page(page(body)) == Reading(("a1", "d"), ("1 b c",))


def test_the_spine_gives_the_order_and_the_navigation_is_left_out():
    data = book(
        item("a") + item("b") + item("nav", "nav") + '<item id="c" href="c.css" media-type="text/css"/>',
        '<itemref idref="b"/><itemref idref="nav" linear="no"/><itemref idref="a"/>',
        a=page("<p>second</p>"),
        b=page("<p>first</p>"),
        nav=page("<p>contents</p>"),
    )

    assert text_of_epub(data) == Reading(("first", "second"))


def test_a_paragraph_of_any_length_is_read():
    long = "word " * 4_000_000  # 20 MB; libxml2 stops at 10

    assert len(text_of_page(page(f"<p>{long}</p>")).blocks[0]) == len(long) - 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"no zip", "no zip archive", id="no-zip"),
        pytest.param(book(item("a"), '<itemref idref="a"/>'), "lacks a file", id="a-missing-page"),
        pytest.param(
            book(item("a"), '<itemref idref="a"/>', a=b"<p>"), "a 1.xhtml is not well-formed", id="not-well-formed"
        ),
    ],
)
def test_what_is_no_epub_is_refused(data, message):
    with pytest.raises(VerificationError, match=message) as caught:
        text_of_epub(data)

    assert caught.value.hint


def test_entities_are_refused_before_they_grow():
    bomb = page("&b;").replace(b"<!DOCTYPE html>", b'<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')

    with pytest.raises(VerificationError, match="entity"):
        text_of_page(bomb)


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr("docpack.verify.epub_text.MAX_SIZE_BYTES", 1000)

    with pytest.raises(VerificationError, match="more than 1000"):
        text_of_epub(book(item("a"), '<itemref idref="a"/>', a=page(" " * 1000)))


def test_characters_are_those_of_blocks_and_notes_without_white_space():
    assert characters(Reading(("a b\u00a0c",), ("1 d",))) == "abc1d"


# ---------------------------------------------------------------------------------------- what other programs write


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        pytest.param("<ol><li>a</li><li>b</li></ol>", ("1. a", "2. b"), id="numbers"),
        pytest.param(
            '<ol start="3"><li>a</li><li value="7">b</li><li>c</li></ol>', ("3. a", "7. b", "8. c"), id="start"
        ),
        pytest.param('<ol type="a" start="26"><li>a</li><li>b</li></ol>', ("z. a", "aa. b"), id="letters"),
        pytest.param('<ol type="I" start="1904"><li>a</li></ol>', ("MCMIV. a",), id="roman-numerals"),
        pytest.param('<ol start="x"><li>a</li></ol>', ("1. a",), id="a-start-that-is-no-number"),
        pytest.param("<ul><li>a<ul><li>b</li></ul></li></ul>", ("• a", "◦ b"), id="bullets-by-depth"),
        pytest.param('<ol><li data-marker="(i)">a</li></ol>', ("(i) a",), id="the-markers-own-words-win"),
    ],
)
def test_markers_that_the_reading_system_draws_can_be_read(body, blocks):
    assert text_of_page(page(body), drawn=True) == Reading(blocks)


@pytest.mark.parametrize(
    "link",
    [
        '<a role="doc-backlink" href="#r">↩</a>',
        '<a class="footnote-back" href="#r">↩\ufe0e</a>',
        '<a href="index.html#fnref:1">↩</a>',
    ],
)
def test_an_arrow_that_leads_back_from_a_note_is_no_text(link):
    assert text_of_page(page(f"<p>a note {link}</p>")) == Reading(("a note",))


def test_other_links_keep_their_text_whatever_it_is():
    assert text_of_page(page('<p>a <a href="#x">↩</a> b</p>')) == Reading(("a ↩ b",))


@pytest.mark.parametrize(
    ("note", "bare"),
    [
        pytest.param("<p>text</p>", {0}, id="neither-label-nor-link"),
        pytest.param('<p><span class="label">1</span> text</p>', set(), id="a-label"),
        pytest.param('<p>text <a role="doc-backlink" href="#r">↩</a></p>', set(), id="a-link-back"),
    ],
)
def test_a_note_without_label_and_link_is_named_by_the_reading_system(note, bare):
    assert text_of_page(page(f'<aside role="doc-footnote">{note}</aside>')).bare == bare


def xhtml_1_1(body: str) -> bytes:
    doctype = b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">'
    return page(body).replace(b"<!DOCTYPE html>", doctype)


def test_characters_that_xhtml_names_are_read():
    assert text_of_page(xhtml_1_1("<p>a&nbsp;b&mdash;c</p>")) == Reading(("a b—c",))


def test_other_entities_are_refused():
    with pytest.raises(VerificationError, match="an entity of its own"):
        text_of_page(xhtml_1_1("<p>&secret;</p>"))
