"""Reading a .docx back, from packages made by hand: no writer is involved."""

from __future__ import annotations

import io
import zipfile

import pytest

from docpack.errors import ExitCode, InputError
from docpack.testing import full_document
from docpack.verify.docx_text import text_of_docx
from docpack.verify.reading import Reading

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = (
    '<w:style w:type="paragraph" w:styleId="Funotentext"><w:name w:val="footnote text"/></w:style>'
    '<w:style w:type="character" w:styleId="Zeichen"><w:name w:val="footnote reference"/></w:style>'
)


def package(body: str, numbering: str = "", footnotes: str = "", **members: bytes) -> bytes:
    parts = {"styles": STYLES, "numbering": numbering, "footnotes": footnotes}
    relations = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{name}" Target="{name}.xml"/>'
        for name, content in parts.items()
        if content
    )
    files: dict[str, bytes] = {
        "_rels/.rels": (
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="{OFFICE}/officeDocument" Target="/w/doc.xml"/>'
            "</Relationships>"
        ).encode(),
        "w/doc.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'.encode(),
        "w/_rels/doc.xml.rels": f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'.encode(),
    }
    for name, content in parts.items():
        files[f"w/{name}.xml"] = f'<w:{name} xmlns:w="{W}">{content}</w:{name}>'.encode()
    files |= {name.replace("__", "/"): content for name, content in members.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def read(body: str, numbering: str = "", footnotes: str = "") -> Reading:
    return text_of_docx(package(body, numbering, footnotes))


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, number: int, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def abstract(identifier: int, *levels: tuple[str, str], name: str = "") -> str:
    said = f'<w:name w:val="{name}"/>' if name else ""
    rules = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (number_format, text) in enumerate(levels)
    )
    return f'<w:abstractNum w:abstractNumId="{identifier}">{said}{rules}</w:abstractNum>'


def num(identifier: int, of: int, start: int | None = None, level: int = 0) -> str:
    override = (
        f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        if start is not None
        else ""
    )
    return f'<w:num w:numId="{identifier}"><w:abstractNumId w:val="{of}"/>{override}</w:num>'


def test_paragraphs_are_blocks_and_empty_ones_are_none():
    assert read(p("one") + p("") + p("two")).blocks == ("one", "two")


def test_runs_breaks_tabs_and_special_characters_are_text_and_tab_stops_are_not():
    body = (
        "<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='9'/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/></w:r>"
        "<w:hyperlink><w:r><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:sym w:char='2022'/></w:r></w:hyperlink></w:p>"
    )

    assert read(body).blocks == ("a b c\u2011d•",)


def test_deleted_text_and_pictures_are_not_read():
    body = "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>b</w:delText><w:t>b</w:t></w:r></w:del><w:r><w:drawing><w:t>c</w:t></w:drawing></w:r></w:p>"

    assert read(body).blocks == ("a",)


def test_a_row_is_a_block():
    row = f"<w:tr><w:tc>{p('a')}{p('b')}</w:tc><w:tc>{p('c')}</w:tc></w:tr>"

    assert read(f"{p('before')}<w:tbl>{row}{row}</w:tbl>{p('after')}").blocks == ("before", "a b c", "a b c", "after")


@pytest.mark.parametrize(
    ("number_format", "start", "expected"),
    [
        pytest.param("decimal", 9, ("9.", "10."), id="decimal"),
        pytest.param("lowerLetter", 26, ("z.", "aa."), id="letters are repeated"),
        pytest.param("upperLetter", 1, ("A.", "B."), id="capitals"),
        pytest.param("lowerRoman", 9, ("ix.", "x."), id="roman"),
        pytest.param("upperRoman", 1999, ("MCMXCIX.", "MM."), id="roman capitals"),
        pytest.param("decimalZero", 9, ("09.", "10."), id="padded"),
    ],
)
def test_markers_are_counted_in_their_format(number_format: str, start: int, expected: tuple[str, str]):
    numbering = abstract(0, (number_format, "%1.")) + num(1, 0, start)

    assert read(numbered("x", 1) + numbered("x", 1), numbering).blocks == tuple(f"{each} x" for each in expected)


def test_a_second_list_of_the_same_kind_begins_anew_and_one_without_override_goes_on():
    numbering = abstract(0, ("decimal", "%1.")) + num(1, 0, 1) + num(2, 0, 1) + num(3, 0)
    body = numbered("a", 1) + numbered("b", 1) + numbered("c", 2) + numbered("d", 3)

    assert read(body, numbering).blocks == ("1. a", "2. b", "1. c", "2. d")


def test_a_deeper_level_begins_anew_after_a_higher_one_and_may_name_it():
    numbering = abstract(0, ("decimal", "%1."), ("lowerLetter", "%1.%2)")) + num(1, 0)
    body = numbered("x", 1) + numbered("x", 1, 1) + numbered("x", 1, 1) + numbered("x", 1) + numbered("x", 1, 1)

    assert read(body, numbering).blocks == ("1. x", "1.a) x", "1.b) x", "2. x", "2.a) x")


def test_bullets_are_printed_and_markers_that_the_text_does_not_have_are_not():
    numbering = abstract(0, ("bullet", "•")) + abstract(1, ("decimal", "%1."), name="unprinted") + num(1, 0) + num(2, 1)

    assert read(numbered("a", 1) + numbered("b", 2), numbering).blocks == ("• a", "b")


def footnote(identifier: int, content: str) -> str:
    return f'<w:footnote w:id="{identifier}"><w:p><w:r>{content}</w:r></w:p></w:footnote>'


def test_notes_are_numbered_in_the_order_of_their_references_and_custom_marks_are_not_counted():
    body = (
        '<w:p><w:r><w:t>a</w:t><w:footnoteReference w:id="2"/><w:t>b</w:t></w:r>'
        '<w:r><w:footnoteReference w:id="3" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
        '<w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    )
    notes = (
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>no</w:t></w:r></w:p></w:footnote>'
        + footnote(1, "<w:footnoteRef/><w:t> last</w:t>")
        + footnote(2, "<w:footnoteRef/><w:t> first</w:t>")
        + footnote(3, "<w:t>* starred</w:t>")
    )

    assert read(body, footnotes=notes) == Reading(("a1b*2",), ("2 last", "1 first", "* starred"))


def test_notes_are_numbered_from_what_the_section_says():
    body = (
        '<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
        '<w:sectPr><w:footnotePr><w:numStart w:val="15"/></w:footnotePr></w:sectPr>'
    )

    assert read(body, footnotes=footnote(1, "<w:footnoteRef/><w:t> x</w:t>")) == Reading(("15",), ("15 x",))


def test_notes_in_the_body_take_the_places_that_are_free():
    loose = (
        '<w:p><w:pPr><w:pStyle w:val="Funotentext"/></w:pPr><w:r><w:rPr><w:rStyle w:val="Zeichen"/></w:rPr><w:t>2</w:t></w:r>'
        "<w:r><w:t> loose</w:t></w:r></w:p>" + p("more", '<w:pStyle w:val="Funotentext"/>')
    )
    body = '<w:p><w:r><w:footnoteReference w:id="1"/><w:footnoteReference w:id="3"/></w:r></w:p>' + loose
    notes = footnote(1, "<w:footnoteRef/><w:t> x</w:t>") + footnote(3, "<w:footnoteRef/><w:t> y</w:t>")

    assert read(body, footnotes=notes).notes == ("1 x", "2 loose more", "2 y")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "no zip archive", id="empty"),
        pytest.param(package("")[:-30], "no zip archive", id="cut off"),
        pytest.param(package("", **{"_rels__.rels": b"<a/>"}), "no main document", id="no main document"),
        pytest.param(package("<w:p>"), "w/doc.xml", id="not well-formed"),
        pytest.param(
            package("", **{"w__doc.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "document type", id="doctype"
        ),
        pytest.param(package("", **{"w__doc.xml": b"<a/>"}), "no body", id="another document"),
    ],
)
def test_what_is_no_docx_is_an_input_error(data: bytes, reason: str):
    with pytest.raises(InputError) as caught:
        text_of_docx(data)

    assert reason in caught.value.message
    assert caught.value.exit_code == ExitCode.INPUT


def test_the_sample_book_reads_as_it_was_written():
    from docpack.context import Context
    from docpack.walk import reading_text
    from docpack.writers.docx import DocxWriter

    document = full_document()

    reading = text_of_docx(DocxWriter().write(document, Context()))

    words = " ".join((*reading.blocks, *reading.notes)).split()
    assert words == f"{document.metadata.title} {reading_text(document)}".split()
