from __future__ import annotations

import io
from contextlib import suppress

import pytest

from docpack.context import Context
from docpack.errors import VerificationError
from docpack.lowering import lower
from docpack.model import Definition, DefinitionList, Document, Metadata, Paragraph, Preformatted, Superscript, Text
from docpack.testing import plain_document
from docpack.verify.pdf_text import text_of_pdf
from docpack.verify.reading import Reading, characters
from docpack.walk import reading_text
from docpack.writers.pdf import PdfWriter


def pdf(document: Document, **options: str) -> bytes:
    context = Context()
    return PdfWriter(**options).write(lower(document, context), context)  # type: ignore[arg-type]  # options of a test


def tagged(content: bytes, structure: bytes, cmap: bytes = b"") -> bytes:
    """Return a tagged PDF of one page, put together by hand; `structure` is the /K of its document element."""
    from pypdf import PdfWriter as Assembler
    from pypdf.generic import DictionaryObject, NameObject, StreamObject, read_object

    def made(text: bytes) -> object:
        return read_object(io.BytesIO(text + b" "), None)

    out = Assembler()
    page = out.add_blank_page(200, 200)
    stream = StreamObject()
    stream.set_data(content)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type0")})
    to_unicode = StreamObject()
    to_unicode.set_data(cmap)
    font[NameObject("/ToUnicode")] = out._add_object(to_unicode)
    fonts = DictionaryObject({NameObject("/f0"): out._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = out._add_object(stream)
    element = made(b"<</S/Document/K " + structure + b">>")
    element[NameObject("/Pg")] = page.indirect_reference  # type: ignore[index]  # a dictionary of pypdf
    root = DictionaryObject({NameObject("/K"): element})  # type: ignore[dict-item]  # as above
    out.root_object[NameObject("/StructTreeRoot")] = root
    data = io.BytesIO()
    out.write(data)
    return data.getvalue()


CMAP = b"2 beginbfrange <0001> <001A> <0061> <0020> <0021> [<00660069> <1F00>] endbfrange 1 beginbfchar <0030> <00AD> endbfchar"


def test_artifacts_are_no_text() -> None:
    content = b"/Artifact BMC BT /f0 9 Tf <0008> Tj ET EMC /P <</MCID 0>> BDC BT /f0 9 Tf <0001> Tj ET EMC"

    assert text_of_pdf(tagged(content, b"[<</S/P/K 0>>]", CMAP)) == Reading(("a",))


def test_the_structure_decides_the_order_not_the_page() -> None:
    content = b"/P <</MCID 1>> BDC BT /f0 9 Tf <0002> Tj ET EMC /P <</MCID 0>> BDC BT /f0 9 Tf <0001> Tj ET EMC"

    assert text_of_pdf(tagged(content, b"[<</S/P/K 0>><</S/P/K 1>>]", CMAP)).blocks == ("a", "b")


def test_one_glyph_may_stand_for_several_characters() -> None:
    content = rb"/P <</MCID 0>> BDC BT /f0 9 Tf [(\000\040)-20(\000!)] TJ ET EMC"

    assert text_of_pdf(tagged(content, b"[<</S/P/K 0>>]", CMAP)).blocks == ("fi\u1f00",)


def test_actual_text_stands_for_what_is_shown() -> None:
    content = (
        b"/P <</MCID 0>> BDC BT /f0 9 Tf <0001> Tj /Span <</ActualText <FEFF0078>>> BDC <0002> Tj EMC <0003> Tj ET EMC"
    )

    assert text_of_pdf(tagged(content, b"[<</S/P/K 0>>]", CMAP)).blocks == ("axc",)


def test_a_hyphen_of_the_line_end_alone_is_dropped() -> None:
    content = (
        b"/P <</MCID 0>> BDC q 1 0 0 1 0 90 cm BT /f0 9 Tf <00010030> Tj ET Q"
        b" q 1 0 0 1 0 70 cm BT /f0 9 Tf <0002> Tj ET Q q 1 0 0 1 0 50 cm BT /f0 9 Tf <0003> Tj ET Q EMC"
    )

    assert text_of_pdf(tagged(content, b"[<</S/P/K 0>>]", CMAP)).blocks == ("ab c",)


def test_a_run_from_right_to_left_is_turned_round() -> None:
    content = b"/P <</MCID 0>> BDC BT /f0 9 Tf /ReversedChars BMC <00020001> Tj EMC /ReversedChars BMC <00040003> Tj EMC ET EMC"

    assert text_of_pdf(tagged(content, b"[<</S/P/K 0>>]", CMAP)).blocks == ("cdab",)


def test_parentheses_that_are_balanced_need_no_escape() -> None:
    # As codes of glyphs they may come in any number: here, each 0x28 and 0x29 is a half of one.
    content = b"/P <</MCID 0>> BDC BT /f0 9 Tf <0001> Tj (\\000\\002" + b"(" * 20 + b")" * 20 + b") Tj <0003> Tj ET EMC"

    assert text_of_pdf(tagged(content, b"[<</S/P/K 0>>]", CMAP)).blocks == ("abc",)


def test_strings_with_escapes_are_read() -> None:
    from docpack.verify.pdf_text import _string

    assert _string(b"(a\\(b\\)\\\\\\101\\1\\n\\\r\nx)") == b"a(b)\\A\x01\nx"
    assert _string(b"<4 1 4>") == b"A@"


def test_the_authors_and_the_date_of_a_title_block_are_no_text() -> None:
    document = plain_document("Text.", title="Title")

    assert text_of_pdf(pdf(document)).blocks == ("Title", "Text.")


def test_lines_that_the_page_breaks_read_as_one_paragraph() -> None:
    document = plain_document(
        "extraordinary incomprehensibilities of well-known long-drawn words — and dashes—too. " * 30
    )

    reading = text_of_pdf(pdf(document, paper="pocket"))

    assert len(reading.blocks) == 2
    assert characters(reading) == "".join(("A plain document" + reading_text(document)).split())


def test_soft_hyphens_of_the_text_are_kept() -> None:
    document = plain_document("incompre\u00adhensi\u00adbili\u00adties " * 60)

    assert text_of_pdf(pdf(document)).blocks[1].count("\u00ad") == 180


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Все счастливые семьи похожи друг на друга. " * 20, id="cyrillic"),
        pytest.param("Ἐν ἀρχῇ ἦν ὁ λόγος, καὶ ὁ λόγος ἦν πρὸς τὸν θεόν. " * 20, id="greek"),
        pytest.param("Zażółć gęślą jaźń, ﬁ ffi ſ ẞ e\u0301 “q” … ½ № " * 20, id="latin"),
        pytest.param("המנורה כבתה, והלילה ארוך. " * 20, id="hebrew"),
    ],
)
def test_scripts_read_back_exactly(text: str) -> None:
    document = plain_document(text)

    assert characters(text_of_pdf(pdf(document))) == "".join(("A plain document" + text).split())


def test_a_term_is_a_block_and_preformatted_text_is_one() -> None:
    definition = Definition((Text("Term"),), (Paragraph((Text("Said of it"),)),))
    document = Document((DefinitionList((definition,)), Preformatted("a  b\n\n  c")), Metadata(title="T"))

    assert text_of_pdf(pdf(document)).blocks == ("T", "Term", "Said of it", "a b c")


def test_raised_text_is_no_new_line() -> None:
    document = Document((Paragraph((Text("10"), Superscript((Text("жя"),)), Text(" feet"))),), Metadata(title="T"))

    assert text_of_pdf(pdf(document)).blocks == ("T", "10жя feet")


def test_an_untagged_file_is_refused() -> None:
    from pypdf import PdfWriter as Assembler

    out = Assembler()
    out.add_blank_page(10, 10)
    data = io.BytesIO()
    out.write(data)

    with pytest.raises(VerificationError, match="not tagged"):
        text_of_pdf(data.getvalue())


@pytest.mark.parametrize("data", [b"", b"no PDF", b"%PDF-1.7\n"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(VerificationError, match="the PDF cannot be read"):
        text_of_pdf(data)


def test_a_damaged_file_is_refused_or_read() -> None:
    whole = pdf(plain_document("Some text."))

    for cut in range(0, len(whole), 997):
        with suppress(VerificationError):
            text_of_pdf(whole[:cut])
