from __future__ import annotations

import base64
import io
from dataclasses import replace

import pytest

import docpack
from docpack.context import Context
from docpack.errors import MissingGlyphError, OutputError, UsageError
from docpack.lowering import lower
from docpack.model import (
    BlockQuote,
    Code,
    Contributor,
    Document,
    Emphasis,
    Figure,
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
    Section,
    SourceBreak,
    Text,
    TitleOrigin,
)
from docpack.testing import full_document, plain_document
from docpack.verify.pdf_text import text_of_pdf
from docpack.verify.reading import characters
from docpack.walk import printed_title, reading_text
from docpack.writers.pdf import PdfWriter
from docpack.writers.pdf.data import language_of
from docpack.writers.pdf.engine import parse_standards
from docpack.writers.pdf.finish import Place, finish
from docpack.writers.pdf.invisible import dropped

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==")


def full() -> Document:
    document = full_document()
    return replace(document, media=(Media("m1", "lamp.png", "image/png", PIXEL),))


def written(document: Document, context: Context | None = None, **options: object) -> bytes:
    context = context or Context()
    return PdfWriter(**options).write(lower(document, context, name="pdf"), context)  # type: ignore[arg-type]  # options of a test


def root(data: bytes) -> dict[str, object]:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(data)).trailer["/Root"]  # type: ignore[return-value]  # a dictionary of pypdf


def expected(document: Document) -> str:
    return "".join((printed_title(document) + reading_text(document)).split())


def test_every_node_is_printed_once_and_in_its_place() -> None:
    document = full()

    data = written(document)

    assert characters(text_of_pdf(data)) == expected(document)


def test_an_arabic_line_is_read_in_its_order_although_the_serif_has_no_arabic() -> None:
    document = replace(
        plain_document("السلام عليكم ورحمة الله وبركاته " * 20), metadata=Metadata(title="س", language="ar")
    )

    assert characters(text_of_pdf(written(document))) == expected(document)


def test_two_writes_give_the_same_bytes() -> None:
    document = full()

    assert written(document) == written(document)


def test_the_file_says_which_standards_it_keeps() -> None:
    data = written(plain_document("A text."))

    metadata = root(data)["/Metadata"].get_object().get_data()  # type: ignore[attr-defined]  # a stream of pypdf
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_markup_in_the_text_is_only_text() -> None:
    document = plain_document('#panic("x") *b* $x$ @r <l> // /* \\ ~ -- `c` [d](e) {f} "q" https://example.org')

    data = written(document)

    assert characters(text_of_pdf(data)) == expected(document)


def test_each_block_with_an_id_is_a_named_destination() -> None:
    from pypdf import PdfReader

    data = written(full())

    names = set(PdfReader(io.BytesIO(data)).named_destinations)
    assert {"s1", "p1", "p3", "q1", "v1", "l1", "t1", "f1", "b1", "c1", "d1", "n1", "p91", "s4"} <= names


def test_a_named_destination_is_on_the_page_of_its_block() -> None:
    from pypdf import PdfReader

    document = plain_document(*(f"Number {n} begins here. " + "It goes on. " * 50 for n in range(1, 31)))

    reader = PdfReader(io.BytesIO(written(document)))
    places = reader.named_destinations
    for number in (1, 15, 30):
        page = reader.pages[reader.get_destination_page_number(places[f"p{number}"])]
        assert f"Number {number} begins" in page.extract_text()


def places(document: Document, **options: object) -> dict[str, tuple[int, float, float]]:
    """Return page, left and upper edge of each named destination."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(written(document, **options)), strict=True)  # type: ignore[arg-type]  # options of a test
    return {
        name: (reader.get_destination_page_number(place) or 0, float(place["/Left"]), float(place["/Top"]))
        for name, place in reader.named_destinations.items()
    }


def test_the_name_of_a_note_leads_to_its_text() -> None:
    found = places(full())

    assert found["n1"][2] == found["p90"][2] < found["p3"][2]
    assert found["n2"][2] == found["p91"][2] < found["n1"][2]


def test_a_note_without_a_reference_has_a_name_too() -> None:
    document = Document((Paragraph((Text("x"),), id="p"),), notes=(Note("n", (Paragraph((Text("y"),)),)),))

    found = places(document)

    assert found["n"][2] < found["p"][2]


def test_a_page_of_the_source_is_found_where_it_begins() -> None:
    words = Text("The keeper went up the stair and lit the lamp. " * 12)
    document = Document(
        (
            Section((SourceBreak("", "37"), Text("One")), (), id="s1"),
            Section((Text("Two"),), (Paragraph((words, SourceBreak("", "38"), words), id="p1"),), id="s2"),
            Section((SourceBreak("", "xl"), Text("Three")), (Paragraph((SourceBreak("", "4 0"), words)),)),
        ),
        Metadata(title="T", language="en"),
    )

    found = places(document, toc=True)

    assert found["page-37"] == found["s1"]
    assert found["p1"][2] > found["page-38"][2] > found["page-xl"][2] > found["page-4-0"][2]


def test_pages_of_one_number_and_of_no_letters_have_names_of_their_own() -> None:
    numbers = ("1", "1", "٢", "", "7")
    turned = (Paragraph((Text("x"), SourceBreak(" ", number), Text("y"))) for number in numbers)
    document = Document((*turned, Paragraph((Text("z"),), id="page-7")), Metadata(title="T"))

    assert list(places(document)) == ["page-1", "page-1-2", "page-3", "page-7", "page-7-2"]


def test_a_page_that_begins_in_code_or_emphasis_prints_nothing() -> None:
    turned = (Text("a"), SourceBreak("", "5"), Text("b"))
    document = Document((Paragraph((Code(turned), Emphasis(turned))),), Metadata(title="T"))

    assert text_of_pdf(written(document)).blocks == ("T", "abab")
    assert list(places(document)) == ["page-5", "page-5-2"]


def test_headings_make_the_outline() -> None:
    from pypdf import PdfReader

    outline = PdfReader(io.BytesIO(written(full()))).outline

    assert outline[0].title == "I. The Lantern"
    assert outline[1][0].title == "A closer look"


def test_a_section_without_a_title_takes_no_heading_level() -> None:
    inner = Section((Text("Inner"),), (Paragraph((Text("text"),)),))
    document = Document((Section((), (inner,)),), Metadata(title="T", language="en"))

    data = written(document)

    assert b"/S/H1" in data
    assert b"/S/H2" not in data


def test_headings_below_the_sixth_level_are_reported() -> None:
    block: tuple[Section, ...] = ()
    for number in range(8):
        block = (Section((Text(f"level {number}"),), block),)
    context = Context()

    written(Document(block, Metadata(title="T")), context)

    assert [finding.code.name for finding in context.findings] == ["W005"]


def test_an_empty_document_is_written() -> None:
    assert written(Document(())).startswith(b"%PDF-1.7")


def test_metadata_has_a_title_even_where_none_is_printed() -> None:
    from pypdf import PdfReader

    named = Document((Paragraph((Text("text"),)),), Metadata(title="scan0012", title_origin=TitleOrigin.NAME))

    data = written(named)
    untitled = written(Document(()))

    assert PdfReader(io.BytesIO(data)).metadata.title == "scan0012"  # type: ignore[union-attr]  # it has metadata
    assert PdfReader(io.BytesIO(untitled)).metadata.title == "Untitled"  # type: ignore[union-attr]  # as above
    assert text_of_pdf(data).blocks == ("text",)


def test_the_date_is_that_of_the_metadata_or_of_the_context() -> None:
    dated = replace(plain_document("x"), metadata=Metadata(title="T", date="2019-03"))

    assert b"D:20190301000000Z" in written(dated)
    assert b"D:19800101000000Z" in written(plain_document("x"))
    assert b"D:20010909014640Z" in written(plain_document("x"), Context(timestamp_s=1_000_000_000))


def test_a_date_that_is_none_is_not_used_and_reported() -> None:
    document = replace(plain_document("x"), metadata=Metadata(title="T", date="2019-02-31"))
    context = Context()

    data = written(document, context)

    assert b"D:19800101000000Z" in data
    assert text_of_pdf(data).blocks == ("T", "x")
    assert [finding.code.name for finding in context.findings] == ["W008"]


def test_a_template_that_states_no_date_gets_that_of_the_metadata() -> None:
    document = replace(plain_document("x"), metadata=Metadata(title="T", date="1851"))

    assert b"D:18510101000000Z" in written(document, template=b'#set document(title: "T")\nx')


# -------------------------------------------------------------------------------------------- the record of the work


def packet(data: bytes) -> str:
    return root(data)["/Metadata"].get_object().get_data().decode()  # type: ignore[attr-defined,no-any-return]  # a stream of pypdf


def properties(data: bytes) -> dict[str, list[str]]:
    """Return the values of each property of the XMP packet, under its name without a namespace."""
    from xml.etree import ElementTree as ET

    rdf = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    found: dict[str, list[str]] = {}
    seen = set()
    for description in ET.fromstring(packet(data)).iter(f"{rdf}Description"):
        for element in description:
            name = element.tag.partition("}")[2]
            assert element.tag not in seen, f"{name} is stated twice"
            seen.add(element.tag)
            found[name] = [each.text or "" for each in element.iter(f"{rdf}li")] or [element.text or ""]
    return found


def test_the_metadata_tell_all_that_archives_ask_for() -> None:
    people = (Contributor("Ann & <Co>"), Contributor("O'Brien, B."), Contributor("Tom", "trl"))
    document = full()
    metadata = replace(document.metadata, contributors=people, source_identifier=Identifier("10.1/x", "doi"))

    found = properties(written(replace(document, metadata=metadata)))

    assert found["creator"] == ["Ann & <Co>", "O'Brien, B."]
    assert found["contributor"] == ["Tom"]
    assert found["identifier"] == ["urn:uuid:0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10"]
    assert found["Identifier"] == ["urn:isbn:9780000000002"]
    assert found["publisher"] == ["Lantern House"]
    assert found["date"] == ["2021-05-04"]
    assert found["subject"] == ["Lighthouses", "Weather & wind"]
    assert found["rights"] == ["© 2021 Ines Almqvist"]
    assert found["WebStatement"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert found["source"] == ["The Keeper’s Log, first edition, Harbour Press, 1921, https://doi.org/10.1/x"]
    assert found["relation"] == ["Sample Books, 2"]


def test_a_document_without_an_identifier_gets_one_of_its_content() -> None:
    one, other = (properties(written(Document((Paragraph((Text(text),)),))))["identifier"] for text in ("x", "y"))

    assert one[0].startswith("urn:uuid:")
    assert one != other


def test_what_nobody_stated_is_not_in_the_metadata() -> None:
    assert not {"publisher", "rights", "WebStatement", "source", "relation"} & properties(written(Document(()))).keys()


def test_the_first_part_of_pdf_a_has_all_authors_in_one_entry() -> None:
    metadata = Metadata(title="T", contributors=(Contributor("Ann"), Contributor("Bo")))

    data = written(replace(plain_document("x"), metadata=metadata), standard="a-1b")

    assert properties(data)["creator"] == ["Ann, Bo"]
    assert b"/Author(Ann, Bo)" in data


def test_authors_that_a_template_states_are_kept() -> None:
    metadata = Metadata(title="T", contributors=(Contributor("Ann"), Contributor("Bo")))

    data = written(
        replace(plain_document("x"), metadata=metadata), template=b'#set document(title: "T", author: "Zoe")\nx'
    )

    assert properties(data)["creator"] == ["Zoe"]


@pytest.mark.parametrize(
    ("tag", "arguments"),
    [
        pytest.param("en", {"lang": "en"}, id="language"),
        pytest.param("pt-BR", {"lang": "pt", "region": "BR"}, id="region"),
        pytest.param("sr-Latn", {"lang": "sr", "script": "latn"}, id="script"),
        pytest.param("es-419", {"lang": "es"}, id="region-in-digits"),
        pytest.param("x-private", None, id="private"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_language_tags_become_arguments_of_typst(tag: str, arguments: dict[str, str] | None) -> None:
    assert language_of(tag) == arguments


def test_the_language_of_the_text_is_that_of_the_file() -> None:
    assert root(written(plain_document("x")))["/Lang"] == "en"


# ------------------------------------------------------------------------------------------------------ characters


def test_missing_characters_are_named_with_their_remedy() -> None:
    with pytest.raises(MissingGlyphError) as caught:
        written(plain_document("Chinese \u6f22 and Thai \u0e01."))

    assert "\u6f22 (U+6F22 CJK UNIFIED IDEOGRAPH-6F22)" in caught.value.message
    assert "\u0e01 (U+0E01 THAI CHARACTER KO KAI)" in caught.value.message
    assert "--font-dir" in caught.value.hint
    assert "Noto Serif CJK" in caught.value.hint
    assert "Noto Serif Thai" in caught.value.hint
    assert caught.value.exit_code == 4


def test_many_missing_characters_are_counted() -> None:
    with pytest.raises(MissingGlyphError, match=r" and 15 more(\n|$)"):
        written(plain_document("".join(chr(0x4E00 + i) for i in range(25))))


def test_a_missing_character_is_an_error_without_a_standard_too() -> None:
    with pytest.raises(MissingGlyphError):
        written(plain_document("\u6f22"), standard="1.7")


def test_characters_for_private_use_are_named() -> None:
    with pytest.raises(MissingGlyphError, match=r"private use.*U\+E000"):
        written(plain_document("a \ue000 b"))


@pytest.mark.parametrize(
    "code", [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0x00A0, 0x2010, 0x2011, 0x202F]
)
def test_invisible_characters_never_fail(code: int) -> None:
    assert written(plain_document(f"ab{chr(code)}cd {chr(code)} ef"))


def test_a_byte_order_mark_is_left_out_and_reported() -> None:
    context = Context()

    data = written(plain_document("ab\ufeffcd"), context)

    assert text_of_pdf(data).blocks[-1] == "abcd"
    assert [finding.code.name for finding in context.findings] == ["W002"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("\u200f", 1, id="alone"),
        pytest.param("ab \u200f cd", 1, id="right-to-left-mark-among-letters-from-left-to-right"),
        pytest.param("\u05d0\u05d1!\u200f ab", 0, id="right-to-left-mark-beside-its-letters"),
        pytest.param("\u05d0\u200e\u05d1", 1, id="left-to-right-mark-among-letters-from-right-to-left"),
        pytest.param("ab \u200f\u200b cd", 2, id="without-direction-after-a-dropped-mark"),
        pytest.param("ab \u200b cd", 0, id="beside-letters"),
        pytest.param("\u202bab", 1, id="opening-a-text"),
        pytest.param("a\u00adb", 0, id="soft-hyphen"),
        pytest.param("a\u3164b\u3164c", 2, id="fillers"),
    ],
)
def test_invisible_characters_that_are_dropped_are_reported(text: str, count: int) -> None:
    context = Context()

    data = written(plain_document("First.", text, title=""), context)

    assert [finding.values["count"] for finding in context.findings] == [count] * bool(count)
    assert len(characters(text_of_pdf(data))) == len("First." + "".join(text.split())) - count


def test_many_marks_of_direction_take_no_long_time() -> None:
    import time

    text = "ab \u200f " * 20_000
    begun_s = time.process_time()

    assert len(dropped([text])) == 20_000
    assert time.process_time() - begun_s < 5


# ------------------------------------------------------------------------------------------------ notes and nesting


def test_a_note_that_is_referred_to_twice_stands_once() -> None:
    document = Document(
        (Paragraph((Text("One"), NoteRef("n"), Text(" two"), NoteRef("n"), Text("."))),),
        Metadata(title="T"),
        notes=(Note("n", (Paragraph((Text("The note."),)),), "*"),),
    )

    reading = text_of_pdf(written(document))

    assert reading.blocks == ("T", "One* two*.")
    assert reading.notes == ("* The note.",)


def test_a_note_without_a_reference_is_printed() -> None:
    document = Document(
        (Paragraph((Text("Text."),)),), Metadata(title="T"), notes=(Note("n", (Paragraph((Text("Lost."),)),), "7"),)
    )

    assert text_of_pdf(written(document)).notes == ("7 Lost.",)


def test_notes_that_refer_to_each_other_end() -> None:
    document = Document(
        (Paragraph((Text("Text"), NoteRef("a"))),),
        Metadata(title="T"),
        notes=(
            Note("a", (Paragraph((Text("First"), NoteRef("b"))),), "a"),
            Note("b", (Paragraph((Text("Second"), NoteRef("a"))),), "b"),
        ),
    )

    assert characters(text_of_pdf(written(document))) == "TTextaaFirstbbSeconda"


def test_markers_of_lists_are_printed_as_they_stand() -> None:
    items = tuple(
        ListItem((Paragraph((Text(word),)),), marker) for word, marker in (("x", "i)"), ("y", "§"), ("z", "9."))
    )
    document = Document((List(items, ordered=True),), Metadata(title="T"))

    assert text_of_pdf(written(document)).blocks == ("T", "i) x", "§ y", "9. z")


def test_a_marker_that_the_source_lacks_is_no_text() -> None:
    document = Document((List((ListItem((Paragraph((Text("x"),)),)),)),), Metadata(title="T"))

    assert text_of_pdf(written(document)).blocks == ("T", "x")


@pytest.mark.parametrize("depth", [9, 40, 120])
def test_deep_nesting_is_folded_not_refused(depth: int) -> None:
    quote: tuple[BlockQuote | Paragraph, ...] = (Paragraph((Text("deepest"),)),)
    inline = (Text("inmost"),)
    for number in range(depth):
        quote = (BlockQuote((Paragraph((Text(f"q{number}"),)), *quote)),)
        inline = (Emphasis(inline),)  # type: ignore[assignment]  # grows level by level
    document = Document((*quote, Paragraph(inline)), Metadata(title="T"))

    assert characters(text_of_pdf(written(document))) == expected(document)


def test_folded_nesting_is_reported_once() -> None:
    quote = BlockQuote((Paragraph((Text("deepest"),)),))
    for _ in range(12):
        quote = BlockQuote((quote,))
    context = Context()

    written(Document((quote,), Metadata(title="T")), context)

    assert [finding.code.name for finding in context.findings] == ["W007"]
    assert context.findings[0].message.endswith("nested more than 8 deep are set at that depth")


def test_markup_that_is_left_out_is_reported() -> None:
    inline: Inline = Text("inmost")
    for _ in range(13):
        inline = Emphasis((inline,))
    context = Context()

    written(Document((Paragraph((inline,)),), Metadata(title="T")), context)

    assert [(finding.code.name, finding.values["count"]) for finding in context.findings] == [("W007", 3)]


def test_a_link_that_leads_nowhere_is_plain_text() -> None:
    document = Document(
        (Paragraph((Link("#gone", (Text("here"),)), Link("", (Text(" there"),)))),), Metadata(title="T")
    )

    data = written(document)

    assert text_of_pdf(data).blocks[-1] == "here there"
    assert b"/Subtype/Link" not in data


def test_two_blocks_of_one_id_are_no_error() -> None:
    document = Document(
        (Paragraph((Text("a"),), id="x"), Paragraph((Text("b"), Link("#x", (Text("c"),))), id="x")), Metadata(title="T")
    )

    assert text_of_pdf(written(document)).blocks == ("T", "a", "bc")


# ---------------------------------------------------------------------------------------------------------- pictures


def test_a_broken_picture_is_an_error_that_says_so() -> None:
    document = Document(
        (Figure("m", "a lamp"),), Metadata(title="T"), media=(Media("m", "l.png", "image/png", b"nothing"),)
    )

    with pytest.raises(OutputError, match="a picture cannot be read"):
        written(document)


def test_a_picture_of_a_type_that_pdf_lacks_is_described() -> None:
    context = Context()
    document = Document(
        (Figure("m", "a lamp"),), Metadata(title="T"), media=(Media("m", "l.tif", "image/tiff", b"II*"),)
    )

    data = written(document, context)

    assert text_of_pdf(data).blocks == ("T", "a lamp")
    assert [finding.code.name for finding in context.findings] == ["W001"]


def test_a_picture_without_a_description_is_reported() -> None:
    context = Context()
    document = Document((Figure("m"),), Metadata(title="T"), media=(Media("m", "l.png", "image/png", PIXEL),))

    written(document, context)

    assert [finding.code.name for finding in context.findings] == ["W004"]


# ----------------------------------------------------------------------------------------------------------- options


@pytest.mark.parametrize("paper", ["a4", "letter", "a5", "b5", "trade", "digest", "pocket"])
def test_every_paper_holds_every_node(paper: str) -> None:
    document = full()

    assert characters(text_of_pdf(written(document, paper=paper))) == expected(document)


def test_an_unknown_paper_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no paper is called 'foolscap'"):
        written(plain_document("x"), paper="foolscap")


@pytest.mark.parametrize("standard", ["1.7", "2.0", "ua-1", "a-2b", "a-2u", "a-3a,ua-1", "a-4", "a-1b"])
def test_other_standards_are_kept_on_request(standard: str) -> None:
    document = plain_document("A text.")

    assert written(document, standard=standard).startswith(b"%PDF-")


def test_standards_are_read_with_blanks_and_in_any_case() -> None:
    assert parse_standards(" A-3a , UA-1,") == ["a-3a", "ua-1"]


@pytest.mark.parametrize(
    ("standard", "message"),
    [
        pytest.param("a-9", "no PDF standard is called 'a-9'", id="unknown"),
        pytest.param("a-2a,a-3a", "one file cannot be a-2a and a-3a", id="two-parts"),
        pytest.param("1.4,1.7", "one file cannot be 1.4 and 1.7", id="two-versions"),
        pytest.param("a-4,ua-1", "the PDF standards a-4, ua-1 cannot be had in one file", id="no-overlap"),
    ],
)
def test_standards_that_make_no_sense_are_usage_errors(standard: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        written(plain_document("x"), standard=standard)


def test_a_table_of_contents_is_set_on_request_and_is_no_text_of_the_document() -> None:
    document = full()

    data = written(document, toc=True)

    assert b"/S/TOCI" in data
    assert characters(text_of_pdf(data)) == expected(document)


def test_nothing_is_attached_where_the_standard_forbids_it() -> None:
    with pytest.raises(UsageError, match="a-2a allows no attached TEI") as caught:
        written(plain_document("x"), attach="tei")

    assert "a-3a,ua-1" in caught.value.hint


def test_the_tei_is_attached_on_request() -> None:
    from pypdf import PdfReader

    pytest.importorskip("docpack.writers.tei")

    data = written(plain_document("A text."), attach="tei", standard="a-3a,ua-1")

    attached = PdfReader(io.BytesIO(data)).attachments["document.tei.xml"][0]
    assert b"A text." in attached
    assert b"/AFRelationship/Source" in data
    assert PdfReader(io.BytesIO(data)).named_destinations


def test_a_template_of_the_users_own_sets_the_text() -> None:
    template = (
        b'#set document(title: "Mine")\n#let doc = json("doc.json")\n#for b in doc.children { par(b.children.first()) }'
    )

    data = written(plain_document("First.", "Second."), template=template)

    assert text_of_pdf(data).blocks == ("First.", "Second.")


def test_a_fault_in_a_template_is_told_with_its_place() -> None:
    with pytest.raises(
        OutputError, match=r"typst cannot make the PDF \(main\.typ:2:\d+\): .*unknown variable"
    ) as caught:
        written(plain_document("x"), template=b'#set document(title: "T")\n#nonsense')

    assert "template" in caught.value.hint


def test_a_template_reads_no_file_of_the_machine() -> None:
    template = b'#set document(title: "T")\n#read("/etc/hostname")'

    with pytest.raises(OutputError, match="file not found"):
        written(plain_document("x"), template=template)


def test_a_font_folder_must_exist_and_hold_a_font(tmp_path: object) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        written(plain_document("x"), font_dirs=(f"{tmp_path}/none",))
    with pytest.raises(UsageError, match="no font was found"):
        written(plain_document("x"), font_dirs=(str(tmp_path),))


# ------------------------------------------------------------------------------------------------------------- books


def book(chapters: int, characters_each: int) -> Document:
    words = "The keeper went up the stair and lit the lamp. "
    return Document(
        tuple(
            Section(
                (Text(f"Chapter {number}"),),
                tuple(
                    Paragraph((Text(words * 5), SourceBreak(" ", str(i)), Text(words)), id=f"p{number}-{i}")
                    for i in range(characters_each // 280)
                ),
                id=f"s{number}",
            )
            for number in range(chapters)
        ),
        Metadata(title="A Book", language="en"),
    )


def test_chapters_of_a_book_open_pages_and_name_the_pages_after() -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(written(book(4, 12_000))))
    texts = [page.extract_text() for page in reader.pages]
    opened = reader.get_destination_page_number(reader.named_destinations["s2"])

    assert "Chapter 2" in texts[opened]
    assert "a book" not in texts[opened].lower().split("chapter 2")[0]
    heads = " ".join(text[:40].lower() for text in texts[opened + 1 : opened + 3])
    assert "chapter 2" in heads
    assert "a book" in heads


@pytest.mark.parametrize(
    ("chapters", "characters_each"), [pytest.param(4, 12_000, id="book"), pytest.param(6, 3_000, id="article")]
)
def test_chapters_stand_at_the_heads_where_the_title_is_the_name_of_the_file(
    chapters: int, characters_each: int
) -> None:
    from pypdf import PdfReader

    document = book(chapters, characters_each)
    named = replace(document, metadata=Metadata(title="scan0012", title_origin=TitleOrigin.NAME, language="en"))

    texts = [page.extract_text().lower() for page in PdfReader(io.BytesIO(written(named))).pages]

    assert "scan0012" not in "".join(texts)
    assert all("chapter" in text for text in texts)


def test_the_title_that_the_text_has_stands_at_the_heads() -> None:
    from pypdf import PdfReader

    document = book(6, 3_000)
    titled = replace(document, metadata=Metadata(title="Chapter 0", title_origin=TitleOrigin.TEXT, language="en"))

    texts = [page.extract_text().lower() for page in PdfReader(io.BytesIO(written(titled))).pages]

    assert all("chapter 0" in text for text in texts)


def test_a_short_text_is_set_without_turning_pages_at_its_headings() -> None:
    from pypdf import PdfReader

    assert len(PdfReader(io.BytesIO(written(book(4, 300)))).pages) == 1


def test_a_long_book_reads_back_exactly() -> None:
    document = book(5, 20_000)

    assert characters(text_of_pdf(written(document))) == expected(document)


# --------------------------------------------------------------------------------------------------------- finishing


def one_page(stream: bytes) -> bytes:
    """Return a minimal file in the form that typst writes."""
    objects = [
        b"1 0 obj\n<</Type/Pages/Count 1/Kids[2 0 R]>>\nendobj\n",
        b"2 0 obj\n<</Type/Page/Parent 1 0 R/MediaBox[0 0 100 200]/Contents 3 0 R>>\nendobj\n",
        b"3 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(stream), stream),
        b"4 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\n",
    ]
    data, rows = b"%PDF-1.7\n", [b"0000000000 65535 f\r\n"]
    for item in objects:
        rows.append(b"%010d 00000 n\r\n" % len(data))
        data += item
    table = b"xref\n0 5\n" + b"".join(rows)
    return data + table + b"trailer\n<</Size 5/Root 4 0 R>>\nstartxref\n%d\n%%%%EOF" % len(data)


def test_a_stream_that_ends_with_a_line_end_gets_an_end_that_cannot_be_misread() -> None:
    from pypdf import PdfReader

    finished = finish(one_page(b"0 0 m\r"), [])

    assert b"\r\nendstream" not in finished
    assert b"~>\nendstream" in finished
    assert PdfReader(io.BytesIO(finished), strict=True).pages[0].get_contents().get_data() == b"0 0 m\r"  # type: ignore[union-attr]  # it has contents


def test_names_of_any_spelling_are_found_again() -> None:
    from pypdf import PdfReader

    names = ["p1", "a(b)c", "back\\slash", "p10", "zz"] + [f"n{i:03}" for i in range(450)]

    finished = finish(one_page(b"0 0 m"), [Place(name, 1, 20.0, 50.0) for name in names])

    found = PdfReader(io.BytesIO(finished), strict=True).named_destinations
    assert sorted(found) == sorted(names)
    assert found["p1"]["/Top"] == 162


def test_a_file_of_another_form_is_left_as_it_is() -> None:
    data = b"%PDF-1.7\nanything\nstartxref\n0\n%%EOF"

    assert finish(data, [Place("p1", 1, 0.0, 0.0)]) == data


def test_a_letter_with_thousands_of_marks_is_refused_before_it_takes_all_memory():
    with pytest.raises(OutputError, match="5000 combining marks"):
        docpack.write(plain_document("e" + "\u0301" * 5000), "pdf")


def test_a_template_cannot_reach_for_the_network():
    with pytest.raises(UsageError, match="network"):
        docpack.write(plain_document("a"), "pdf", options={"template": b'#import "@preview/cetz:0.2.0"'})
