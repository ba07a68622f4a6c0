"""PDFs that are damaged, made to take long, or show what cannot be read: each is read, or refused with a hint.

Nothing is timed here: where the time grows with the square of a size, the size is such that it would be minutes.
"""

import zlib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import docpack
from docpack.context import Context
from docpack.errors import InputError
from docpack.readers.pdf import interpreter, limits
from docpack.readers.pdf.cmaps import MAX_CODES, parse_cmap
from docpack.readers.pdf.columns import Measures, edges_of, reading_order, usual_gaps
from docpack.readers.pdf.font_programs import type1_encoding
from docpack.readers.pdf.fonts import _cid_widths, _text_of_name
from docpack.readers.pdf.glyphs import Face, Glyph, Page
from docpack.readers.pdf.laying import lay_out, line_up
from docpack.readers.pdf.legibility import pages_of
from docpack.readers.pdf.lines import segments_of
from docpack.readers.pdf.syntax import operations

_spec = spec_from_file_location("pdf_builder", Path(__file__).with_name("pdf_builder.py"))
pdf_builder = module_from_spec(_spec)
_spec.loader.exec_module(pdf_builder)
HELVETICA, WORDS = pdf_builder.HELVETICA, pdf_builder.WORDS
Pdf, page_of, stream, text_of = pdf_builder.Pdf, pdf_builder.page_of, pdf_builder.stream, pdf_builder.text_of

MANY = 30_000  # for which the square is minutes
PICTURE = stream(b"\0", b"/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray")


def read(data):
    """Return the text of a file and the messages of what was found about its pages."""
    context = Context()
    document = docpack.read(data, format="pdf", name="in.pdf", context=context)
    return document.source.source.text, {
        each.code.name: each.message for each in context.findings if each.code.name.startswith("P")
    }


def text_in(data):
    return read(data)[0]


def refused(data):
    """Return the error that a file ends in; it has a hint."""
    with pytest.raises(InputError) as caught:
        read(data)
    assert caught.value.hint
    return f"{caught.value.message} | {caught.value.hint}"


def ends_well(data):
    """Read a file, which gives a document or an error with a hint."""
    try:
        return text_in(data)
    except InputError as error:
        assert error.message  # noqa: PT017
        assert error.hint  # noqa: PT017
        return ""


@pytest.fixture
def little_work(monkeypatch):
    """Make the limits of work a hundredth, so that what runs into them does so at once."""
    for name in ("WORK", "PAGE_WORK"):
        monkeypatch.setattr(limits, name, getattr(limits, name) // 100)


# ------------------------------------------------------------------------------------------- cycles and references


def test_a_form_that_shows_itself_is_shown_once():
    made = Pdf()
    form = made.add(b"", number=50)
    made.objects[form] = stream(
        b"/X Do " + text_of(WORDS), b"/Subtype/Form/Resources<</Font<</F1 3 0 R>>/XObject<</X 50 0 R>>>>"
    )
    made.page(b"/X Do", resources=b"/XObject<</X 50 0 R>>")

    assert text_in(made.bytes()).count("bright cold day") == 1


def test_forms_that_show_each_other_by_the_thousand_end_at_the_work_of_a_page(little_work):
    made = Pdf()
    for level in range(12):
        below = b"/XObject<</X %d 0 R>>/Font<</F1 3 0 R>>" % (51 + level)
        made.add(stream(b"/X Do " * 20 + b"BT ET", b"/Subtype/Form/Resources<<%s>>" % below), number=50 + level)
    made.page(text_of(WORDS) + b" /X Do", resources=b"/Font<</F1 3 0 R>>/XObject<</X 50 0 R>>")

    text, said = read(made.bytes())

    assert "bright cold day" in text
    assert "more work than a page may" in said["P007"]


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (3, b"3 0 R"),
        (3, b"60 0 R"),
        (3, HELVETICA[:-2] + b"/ToUnicode 3 0 R>>"),
        (3, HELVETICA[:-2] + b"/FontDescriptor 3 0 R/Widths 3 0 R>>"),
        (
            3,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</BaseEncoding 3 0 R/Differences[3 0 R 60 0 R]>>>>",
        ),
        (3, b"<</Type/Font/Subtype/Type0/Encoding 3 0 R/DescendantFonts[3 0 R]/ToUnicode 60 0 R>>"),
        (3, b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts 3 0 R>>"),
        (3, b"<</Type/Font/Subtype/Type3/FontMatrix[0 0 0 0 0 0]/CharProcs 3 0 R/Resources 3 0 R/Encoding 3 0 R>>"),
    ],
)
def test_fonts_that_refer_to_themselves_end_well(number, value):
    made = Pdf()
    made.add(b"61 0 R", number=60)
    made.add(b"60 0 R", number=61)
    made.page(text_of(WORDS) + text_of(b"more", font=b"F2"), resources=b"/Font<</F1 3 0 R/F2 62 0 R>>")
    made.add(HELVETICA, number=62)
    made.objects[number] = value

    ends_well(made.bytes())


def test_a_page_tree_that_stands_in_itself_is_read_once():
    made = Pdf()
    page = made.page()
    made.objects[2] = b"<</Type/Pages/MediaBox[0 0 612 792]/Kids[%d 0 R 70 0 R 2 0 R]>>" % page
    made.add(b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 70 0 R %d 0 R]>>" % page, number=70)

    assert text_in(made.bytes()).count("bright cold day") == 2


def test_all_pages_of_a_tree_of_many_nodes_are_read():
    made = Pdf()
    kids = []
    for node in range(40):
        pages = [made.page(text_of(b"Leaf %d of node %d stands here." % (leaf, node))) for leaf in range(3)]
        kids.append(made.add(b"<</Type/Pages/Parent 2 0 R/Kids[%s]>>" % b" ".join(b"%d 0 R" % each for each in pages)))
    made.pages = kids

    text = text_in(made.bytes())

    assert all(f"Leaf {leaf} of node {node} " in text for node in range(40) for leaf in range(3))


def test_a_page_tree_deeper_than_any_is_refused():
    made = Pdf()
    page = made.page()
    for level in range(200):
        made.add(b"<</Type/Pages/Kids[%d 0 R]>>" % (101 + level), number=100 + level)
    made.objects[300] = b"<</Type/Pages/Kids[%d 0 R]>>" % page
    made.pages = [100]

    assert "levels deep" in refused(made.bytes())


def test_a_page_tree_that_branches_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("docpack.readers.pdf.page_tree.MAX_PAGES", 5000)
    made = Pdf()
    for level in range(90):
        made.add(b"<</Type/Pages/Kids[%d 0 R %d 0 R]>>" % (101 + level, 101 + level), number=100 + level)
    made.objects[190] = b"<</Type/Pages/Kids[]>>"
    made.pages = [100]

    assert "more than 5,000 pages" in refused(made.bytes())


def test_one_page_shown_very_often_is_read_or_refused(monkeypatch):
    made = Pdf()
    made.pages = [made.page(b"BT /F1 10 Tf 72 700 Td (A) Tj ET")] * 400

    assert text_in(made.bytes()).count("\f") == 399

    monkeypatch.setattr("docpack.readers.pdf.page_tree.MAX_PAGES", 300)
    assert "more than 300 pages" in refused(made.bytes())


def test_pages_whose_list_cannot_be_read_are_said_to_be_missing():
    made = Pdf()
    made.pages = [made.page()] * 100_001

    assert "page 1: its object: Reached maximum array" in refused(made.bytes())


def test_pages_cost_work_even_without_content(monkeypatch):
    monkeypatch.setattr(limits, "WORK", 10_000)
    monkeypatch.setattr(limits, "WORK_PER_BYTE", 1)
    made = Pdf()
    made.pages = [made.page(b"")] * 1000

    assert "more work than its size allows" in refused(made.bytes())


def test_many_missing_objects_are_looked_for_in_one_go():
    made = Pdf()
    missing = b" ".join(b"%d 0 R" % (1_000_000 + number) for number in range(30_000))
    made.objects[3] = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[65/B %s]>>>>" % missing
    made.add(stream(b"x" * 3_000_000))
    made.page(text_of(b"A word"))

    assert "B word" in text_in(made.bytes())


def test_many_objects_are_no_matter():
    made = Pdf()
    made.page()
    for _ in range(100_000):
        made.add(b"null")

    assert "bright cold day" in text_in(made.bytes())


# --------------------------------------------------------------------------------------------- values that are none


VALUES = [
    b"null",
    b"true",
    b"-1",
    b"1e300",
    b"(text)",
    b"/Name",
    b"[]",
    b"[[[]]]",
    b"<<>>",
    b"[null null null null]",
    b"99 0 R",
]
KEYS = [
    b"/Contents",
    b"/Resources",
    b"/MediaBox",
    b"/CropBox",
    b"/Rotate",
    b"/UserUnit",
    b"/Parent",
    b"/Type",
    b"/Annots",
]


@pytest.mark.parametrize("key", KEYS)
def test_entries_of_a_page_may_have_any_type(key):
    for value in VALUES:
        made = Pdf()
        made.page()
        page = made.objects[made.pages[0]]
        made.objects[made.pages[0]] = (
            page.replace(b">>>>>>", b">>>>").replace(key + b" ", b"/Other ")[:-2] + key + b" " + value + b">>"
        )
        made.page(text_of(b"This page is whole."))

        assert "This page is whole." in text_in(made.bytes())


FONT_KEYS = (
    b"/Subtype /BaseFont /Encoding /ToUnicode /Widths /FirstChar /FontDescriptor /DescendantFonts /FontMatrix".split()
)


@pytest.mark.parametrize("key", FONT_KEYS)
@pytest.mark.parametrize("kind", [b"/Type1", b"/Type0", b"/Type3"])
def test_entries_of_a_font_may_have_any_type(key, kind):
    made = Pdf()
    shown, fonts = [text_of(b"This line is whole.")], b"/F1 3 0 R"
    for at, value in enumerate(VALUES):
        name = b"V%d" % at
        shown.append(text_of(WORDS, font=name, top=700 - 12 * at))
        fonts += b"/%s<</Type/Font/Subtype%s/Encoding/WinAnsiEncoding/BaseFont/Times-Roman%s %s>>" % (
            name,
            kind,
            key,
            value,
        )
    made.page(b" ".join(shown), resources=b"/Font<<%s>>" % fonts)

    ends_well(made.bytes())


@pytest.mark.parametrize("key", b"/W /DW /CIDToGIDMap /FontDescriptor /BaseFont /CIDSystemInfo /DW2".split())
def test_entries_of_a_composite_font_may_have_any_type(key):
    made = Pdf()
    shown, fonts = [text_of(WORDS, WORDS, WORDS)], b"/F1 3 0 R"
    for at, value in enumerate(
        [*VALUES, b"[0 [nan 1e300 null]]", b"[0 65535 500 0 65535 600]", b"[-5 -1 7]", b"[1 1e9 500]"]
    ):
        name = b"V%d" % at
        shown.append(text_of(b"ab", font=name, top=600 - 12 * at))
        fonts += b"/%s<</Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2%s %s>>]>>" % (
            name,
            key,
            value,
        )
    made.page(b" ".join(shown), resources=b"/Font<<%s>>" % fonts)

    assert "bright cold day" in text_in(made.bytes())


ABSURD = [
    b"0",
    b"-1",
    b"1e300",
    b"-1e300",
    b"1e999",
    b"nan",
    b"inf",
    b"0.0000001",
    b"99999999999999999999",
    b"--5",
    b".",
    b"(x)",
    b"[1]",
    b"<<>>",
    b"null",
]
OPERATORS = [
    b"%s 0 0 %s 0 0 cm", b"1 %s %s 1 0 0 cm", b"1 0 0 1 %s %s cm", b"%s 0 0 %s 0 0 Tm", b"1 0 0 1 %s %s Tm", b"%s %s Td",
    b"/F1 %s Tf %s TL", b"%s Tc %s Tw", b"%s Tz %s Ts", b"[(a) %s (b) %s (c)] TJ", b'%s %s (text) "', b"%s %s m 9 9 l S",
    b"%s %s 5 500 re f", b"/%s %s Tf", b"/P <</MCID %s /ActualText %s>> BDC", b"/GS%s gs %s w", b"%s %s Do", b"%s Tj %s '",
]  # fmt: skip


@pytest.mark.parametrize("operator", OPERATORS)
def test_operands_may_be_absurd(operator):
    made = Pdf()
    for value in ABSURD:
        made.page(
            b"q BT /F1 10 Tf 72 600 Td "
            + operator % (value, value)
            + b" (odd) Tj ET Q "
            + text_of(b"This line is whole.")
        )

    text = text_in(made.bytes())

    assert text.count("This line is whole.") >= len(ABSURD) - 2  # in two cases nothing may be left of the page's space


@pytest.mark.parametrize(
    "box",
    [b"[0 0 0 0]", b"[612 792 0 0]", b"[-612 -792 0 0]", b"[0 0 1e300 1e300]", b"[0 0 0.0001 0.0001]", b"[0 0 612]",
     b"[0 0 612 792 5 6]", b"[nan nan inf inf]", b"[-1000000000 -1000000000 1000000000 1000000000]", b"[5000 5000 5612 5792]"],
)  # fmt: skip
@pytest.mark.parametrize("key", [b"/MediaBox", b"/CropBox"])
def test_boxes_of_any_size_leave_the_text(key, box):
    assert "bright cold day" in text_in(page_of(text_of(WORDS, left=10, top=100), key + box))


@pytest.mark.parametrize(
    "entries", [b"/Rotate 45", b"/Rotate -90", b"/Rotate 99999990", b"/Rotate 1e300", b"/Rotate(90)"]
)
def test_pages_may_be_turned_by_anything(entries):
    assert "bright cold day" in text_in(page_of(text_of(WORDS), entries))


@pytest.mark.parametrize("unit", [b"0", b"-1", b"10", b"0.001", b"1e300", b"75001"])
def test_user_units_scale_the_page_where_they_make_sense(unit):
    assert "bright cold day" in text_in(page_of(text_of(WORDS), b"/UserUnit " + unit))


def test_fonts_of_no_width_and_type_of_hardly_any_size_leave_the_text():
    made = Pdf()
    made.objects[3] = (
        b"<</Type/Font/Subtype/TrueType/BaseFont/Own/Encoding/WinAnsiEncoding/FirstChar 0/Widths[%s]>>" % (b"0 " * 256)
    )
    made.page(
        text_of(WORDS * 3, WORDS * 2, size=1) + b" 0.001 0 0 0.001 72 300 cm " + text_of(WORDS, size=1, left=0, top=0)
    )

    assert "bright" in text_in(made.bytes())


# -------------------------------------------------------------------------------------------------- bombs and bulk


def bomb(size, times=1):
    data = b" " * size
    for _ in range(times):
        data = zlib.compress(data, 9)
    return data


def test_a_content_stream_that_unpacks_beyond_the_limit_is_left_out():
    made = Pdf()
    made.page(text_of(b"This page is whole."))
    content = made.add(b"<</Length 0/Filter/FlateDecode>>\nstream\n%s\nendstream" % bomb(2 * limits.MAX_CONTENT_BYTES))
    made.pages.append(made.add(b"<</Type/Page/Contents %d 0 R>>" % content))

    text, said = read(made.bytes())

    assert "This page is whole." in text
    assert said["P006"].startswith("page 2: its content: Limit reached")


@pytest.mark.parametrize(
    ("filters", "content"),
    [
        (b"[/FlateDecode/FlateDecode]", bomb(2 * limits.MAX_CONTENT_BYTES, 2)),
        (b"[" + b"/FlateDecode" * 40 + b"]", bomb(10, 15)),
        (b"/LZWDecode", b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01" * 1000),
        (b"/LZWDecode", b"\xff" * 100_000),
        (b"/ASCIIHexDecode", b"20" * 100_000 + b"zz"),
        (b"/ASCII85Decode", b"zzzz" * 100_000 + b"\xff~>"),
        (b"/RunLengthDecode", b"\x81 " * 700_000),
        (b"/RunLengthDecode", b"\x05"),
        (b"/DCTDecode", b"\xff\xd8\xff"),
        (b"/JBIG2Decode", b"\x97JB2"),
        (b"/Unknown", b"abc"),
        (b"7", b"abc"),
        (b"[[/FlateDecode]]", b"abc"),
        (b"/FlateDecode/DecodeParms<</Predictor 12/Columns 1>>", bomb(8 * limits.MAX_PREDICTED_BYTES)),
        (b"/FlateDecode/DecodeParms<</Predictor 2/Columns 0>>", bomb(1000)),
        (b"/FlateDecode/DecodeParms<</Predictor 99/Columns 1e300/Colors(x)>>", bomb(1000)),
        (b"/FlateDecode/DecodeParms[7 8 9]", bomb(1000)),
        (b"/FlateDecode", b"\x78\x9c" + b"\0" * 1000),
    ],
)
def test_streams_packed_in_any_way_leave_the_other_pages(filters, content):
    made = Pdf()
    made.page(text_of(b"This page is whole."))
    packed = made.add(b"<</Length %d/Filter%s>>\nstream\n%s\nendstream" % (len(content), filters, content))
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Courier/ToUnicode %d 0 R>>" % packed
    made.page(text_of(b"More"), resources=b"/Font<</F1 %s>>/ColorSpace<</C[/ICCBased %d 0 R]>>" % (font, packed))
    made.pages.append(made.add(b"<</Type/Page/Contents[%d 0 R %d 0 R]/MediaBox[0 0 9 9]>>" % (packed, packed)))

    text = text_in(made.bytes())

    assert "This page is whole." in text
    assert "More" in text


@pytest.mark.parametrize("inside", [b"(" * 20_000, b"[" * 5000, b"<<" * 5000, b"1 0 R " * 5000, b"\xff" * 5000, b""])
def test_streams_of_objects_may_hold_anything(inside):
    made = Pdf()
    made.page(text_of(b"This page is whole."))
    head = b" ".join(b"%d %d" % (100 + number, number) for number in range(60))
    made.add(
        b"<</Type/ObjStm/N 60/First %d/Length %d>>\nstream\n%s %s\nendstream"
        % (len(head) + 1, len(head) + 1 + len(inside), head, inside)
    )
    refs = b" ".join(b"%d 0 R" % (100 + number) for number in range(60))
    made.objects[1] = b"<</Type/Catalog/Pages 2 0 R/PageLabels<</Kids[%s]>>>>" % refs

    assert "This page is whole." in ends_well(made.bytes(table=False)) + "This page is whole."


def test_a_content_stream_of_a_hundred_megabytes_is_left_out_or_ends_at_the_work_of_a_page():
    made = Pdf()
    made.page(text_of(b"This page is whole."))
    made.page(text_of(b"The head.") + b" 1" * 6_000_000, packed=True)

    text, said = read(made.bytes())

    assert "This page is whole." in text
    assert "The head." in text
    assert "more work" in said["P007"]


def test_a_file_has_so_much_work_and_no_more(little_work):
    made = Pdf()
    for _ in range(40):
        made.page(b"1 " * 100_000, packed=True)

    assert "more work than its size allows" in refused(made.bytes())


@pytest.mark.parametrize(
    "content",
    [
        b"q " * 100_000, b"Q " * 100_000, b"/P BMC " * 100_000, b"EMC " * 100_000, b"BT " * 50_000, b"[" * 200_000,
        b"<<" * 200_000, b"(" * 200_000, b"(\\" * 100_000, b"<" * 200_000, b"<00" * 100_000, b"1" * 300_000 + b"#",
        b"1." * 200_000 + b"\xff", b"-" * 300_000, b"1e" * 200_000, b"/" * 200_000, b"[" + b"1 " * 600_000, b"% " * 100_000,
        b"BI /W 1 ID " * 20_000, b"\0" * 200_000, b"{}" * 100_000, b"(" + b"\\a" * 200_000, b"0 0 9 9 re " * 100_000,
        b"0 0 m " + b"9 9 l " * 100_000, b"/F1 1 Tf " * 20_000, b"1 2 3 " * 200_000 + b"Td",
    ],
    ids=range(26),
)  # fmt: skip
def test_long_and_broken_content_takes_time_by_its_length(content):
    assert "The head." in ends_well(page_of(text_of(b"The head.") + b" " + content, packed=True)) + "The head."


def test_graphics_states_beyond_the_limit_are_given_back_in_pairs():
    content = b"1 0 0 1 72 700 cm " + b"q 1 0 0 1 0 0 cm " * 1000 + b"Q " * 1000 + b"BT /F1 9 Tf (Back) Tj ET"

    assert "Back" in text_in(page_of(content))


def test_a_form_gives_back_only_what_it_took():
    made = Pdf()
    form = made.add(stream(b"Q Q Q", b"/Subtype/Form"))
    content = b"q 1 0 0 1 0 300 cm q /X Do Q " + text_of(b"Above", top=400) + b" Q " + text_of(b"Below", top=400)
    made.page(content, resources=b"/Font<</F1 3 0 R>>/XObject<</X %d 0 R>>" % form)

    text = text_in(made.bytes())

    assert text.index("Above") < text.index("Below")


def test_a_page_shows_so_many_characters_and_no_more(monkeypatch):
    monkeypatch.setattr(interpreter, "MAX_CHARACTERS", 500)
    made = Pdf()
    made.page(text_of(*[WORDS] * 20))
    made.page(text_of(b"This page is whole."))

    text, said = read(made.bytes())

    assert "This page is whole." in text
    assert said["P007"] == "page 1: it shows more than 500 characters; the rest was left out"


@pytest.mark.parametrize("limit", ["MAX_LINES", "MAX_CHARACTERS"])
def test_a_file_has_so_many_lines_and_characters_and_no_more(monkeypatch, limit):
    monkeypatch.setattr(f"docpack.readers.pdf.laying.{limit}", 5)

    assert "lines or" in refused(page_of(text_of(*[WORDS] * 9)))


def test_a_crowded_page_is_reported(monkeypatch):
    monkeypatch.setattr("docpack.readers.pdf.lines.MIN_COMPARISONS", 10)
    monkeypatch.setattr("docpack.readers.pdf.lines.COMPARISONS_PER_GLYPH", 0)
    heaped = b" ".join(text_of(b"a", b"b", size=size, top=700 + size) for size in range(5, 30))

    assert "P009" in read(page_of(heaped))[1]


def test_a_page_that_is_cut_short_before_its_text_is_refused_for_that(little_work):
    error = refused(page_of(b"1 " * 100_000 + text_of(WORDS), packed=True))

    assert "no text can be read: page 1: it asks for more work" in error


def test_text_that_stands_for_a_sequence_is_bounded():
    long = b"/Span <</ActualText(" + b"x" * 100_000 + b")>> BDC " + text_of(b"kept") + b" EMC"

    assert "kept" in text_in(page_of(long))


# ------------------------------------------------------------------------------------------- very many glyphs


def heap(kind):
    """Return a page of very many glyphs that lie upon each other in one way or another."""
    face, other = Face("A"), Face("B", bold=True)
    place = {
        "one line": lambda at: (at * 3.0, 100.0, 10.0),
        "one line, apart": lambda at: (at * 30.0, 100.0, 10.0),
        "each on its own baseline": lambda at: (72.0, at * 0.01, 10.0),
        "each on a baseline of its own and small": lambda at: (72.0 + at % 400, at * 0.01, 0.01),
        "one place": lambda at: (72.0, 100.0, 10.0),
        "one place, each with its size": lambda at: (72.0, 100.0, 5.0 + at * 0.0001),
        "two sizes": lambda at: (at % 7000 * 0.07, at % 699 * 1.0, 10.0 if at % 2 else 6.0),
        "scattered": lambda at: (at * 7919 % 600, at * 104729 % 780, 4.0 + at * 31 % 17),
        "edges everywhere": lambda at: (at % 500, at // 500 * 13.0, 1.0),
    }[kind]
    glyphs = []
    for at in range(MANY):
        left, base, size = place(at)
        glyphs.append(Glyph("ab"[at % 2], left, left + 0.5 * size, base, size, other if at % 3 else face))
    return Page(0, 612, 792, glyphs)


HEAPS = [
    "one line", "one line, apart", "each on its own baseline", "each on a baseline of its own and small", "one place",
    "one place, each with its size", "two sizes", "scattered", "edges everywhere",
]  # fmt: skip


CROWDED = ["two sizes", "scattered"]


@pytest.mark.parametrize("kind", HEAPS)
def test_very_many_glyphs_take_time_by_their_number(kind, monkeypatch):
    monkeypatch.setattr("docpack.readers.pdf.lines.MAX_COMPARISONS", 200_000)  # it is reached all the same
    monkeypatch.setattr("docpack.readers.pdf.columns.MAX_LOOKS", 500_000)
    page = heap(kind)

    upright, _ = segments_of(page)
    assert page.is_crowded == (kind in CROWDED)
    measures = Measures(10, 12, 5)
    edges = edges_of([upright, upright], measures)
    reading_order(upright, measures, edges, usual_gaps([upright, upright], measures, edges))

    assert sum(len(each.text.replace(" ", "")) for row in upright for each in row) <= MANY


@pytest.mark.parametrize("kind", ["one line, apart", "each on its own baseline", "scattered"])
def test_very_many_lines_are_laid_out_in_time_by_their_number(kind):
    page = heap(kind)
    page.glyphs = page.glyphs[::10]

    laid = lay_out(*line_up([page]))

    assert len(laid.text) < 20 * MANY


# ----------------------------------------------------------------------------------------------------- font tables


def test_ranges_of_a_cmap_are_bounded_together():
    data = b"1 beginbfrange " + b"<0000><ffff><0041> " * 5000 + b"endbfrange"

    assert len(parse_cmap(data).text) <= MAX_CODES


@pytest.mark.parametrize(
    "data",
    [
        b"beginbfchar " * 100_000, b"beginbfrange <00> " * 50_000 + b"endbfrange", b"begincodespacerange" + b"<00><ff>" * 100_000
        + b"endcodespacerange", b"beginbfchar <00> <" + b"0041" * 200_000 + b"> endbfchar", b"beginbfrange <0000><ffff> <"
        + b"0041" * 100_000 + b"> endbfrange", b"begincidrange " + b"<0000><ffff> 1 " * 50_000 + b"endcidrange", b"beginbfrange <00><05>["
        + b"<0041>" * 100_000 + b"] endbfrange", b"beginbfchar <" + b"41" * 100_000 + b"> <0041> endbfchar",
        b"beginbfrange <00> <ff> <d7ff> endbfrange", b"beginbfrange <00> <ff> <dbffdffe> endbfrange",
    ],
    ids=range(10),
)  # fmt: skip
def test_cmaps_of_any_kind_take_time_by_their_length(data):
    made = parse_cmap(data)

    assert len(made.text) <= MAX_CODES
    assert len(made.spaces) <= 64
    assert all(len(each) <= 128 for each in made.text.values())
    "".join(made.text.values()).encode()


def test_widths_of_ranges_are_bounded_together():
    assert len(_cid_widths([0, 65535, 500] * 10_000)) <= 70_001


def test_a_glyph_with_a_name_without_end_means_nothing():
    assert _text_of_name("_".join(["a"] * 100_000)) == ""


def test_the_encoding_of_a_font_program_is_read_from_its_clear_part():
    program = (
        b"%!PS-AdobeFont-1.0: CMR10\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\ndup 65 /A put\n"
    )
    program += b"dup 8#14 /fi put\ndup 999 /x put\nreadonly def\ncurrentfile eexec dup 66 /B put"

    assert type1_encoding(program) == {65: "A", 12: "fi"}
    assert type1_encoding(b"/Encoding StandardEncoding def") == {}
    assert type1_encoding(b"dup " * 100_000 + b"/Encoding" + b"dup 1 " * 100_000) == {}


def test_a_font_of_tex_is_read_by_its_program():
    made = Pdf()
    program = made.add(stream(b"/Encoding 256 array\ndup 1 /T put dup 2 /e put dup 3 /x put dup 12 /fi put\neexec"))
    made.objects[3] = (
        b"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+CMR10/FirstChar 0/Widths[%s]/FontDescriptor<</Flags 4/FontFile %d 0 R>>>>"
        % (
            b"500 " * 20,
            program,
        )
    )
    made.page(b"BT /F1 10 Tf 72 700 Td <01020301> Tj <0c0302> Tj ET")

    assert "TexTfixe" in text_in(made.bytes())


# ------------------------------------------------------------------------------------------------ what cannot be read


def scan(made, **options):
    return made.page(b"612 0 0 792 0 0 cm /Im Do", resources=b"/XObject<</Im 80 0 R>>", **options)


def test_a_file_of_pictures_is_refused_with_what_to_do():
    made = Pdf()
    made.add(PICTURE, number=80)
    for _ in range(3):
        scan(made)

    error = refused(made.bytes())

    assert "only pictures: 3 of 3 pages" in error
    assert "ocrmypdf INPUT.pdf OUTPUT.pdf" in error


def test_a_page_that_is_a_picture_in_its_content_is_one_too():
    assert "only pictures" in refused(page_of(b"q 612 0 0 792 0 0 cm BI /W 1/H 1/CS/G/BPC 8 ID \0 EI Q"))


@pytest.mark.parametrize("content", [b"", b"0 0 m 9 9 l S", b"BT /F1 9 Tf (   ) Tj ET"])
def test_a_file_without_text_or_pictures_is_refused(content):
    assert "holds no text on its 1 pages" in refused(page_of(content))


def test_pages_of_pictures_among_others_are_named():
    made = Pdf()
    made.add(PICTURE, number=80)
    for kind in "tt" + "sss" + "t" + "s":
        scan(made) if kind == "s" else made.page()

    _, said = read(made.bytes())

    assert said["P001"].startswith("pages 3-5, 7: a picture and no text")


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([0], "page 1"), ([0, 1], "pages 1-2"), ([0, 2, 3, 9], "pages 1, 3-4, 10"), (list(range(0, 40, 2)), "pages 1, 3, 5, 7, 9, 11, 13, 15, ...")],
)  # fmt: skip
def test_pages_are_named_as_ranges(numbers, said):
    assert pages_of(numbers) == said


def mute(name=b"Mute", map_=b""):
    """Return a composite font that says nothing of its glyphs, or says it by a map."""
    return (
        b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+%s/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2/BaseFont/ABCDEF+%s>>]%s>>"
        % (name, name, map_)
    )


def test_glyphs_without_a_meaning_are_counted_by_their_fonts():
    made = Pdf()
    font = made.add(mute())
    content = text_of(WORDS, WORDS) + b" BT /F2 10 Tf 72 300 Td <000100020003000400050006000700080009> Tj ET"
    made.page(content, resources=b"/Font<</F1 3 0 R/F2 %d 0 R>>" % font)

    text, said = read(made.bytes())

    assert text.count("�") == 9
    assert said["P002"] == "the text of 7 % of the characters is not known, of the font Mute"


def test_a_file_that_says_hardly_anything_of_its_glyphs_is_refused():
    made = Pdf()
    font = made.add(mute())
    made.page(b"BT /F2 10 Tf 72 300 Td <%s> Tj ET" % (b"0001" * 90), resources=b"/Font<</F2 %d 0 R>>" % font)
    made.page(text_of(b"Ten letters"))

    error = refused(made.bytes())

    assert "does not say what 90 % of its characters mean: the font Mute" in error
    assert "ocrmypdf --force-ocr" in error


@pytest.mark.parametrize("target", ["0041", "0000", "0001", "0007", "fffd", "ffff", "fdd0", "d800", "0080", ""])
def test_a_map_to_one_character_or_to_controls_says_nothing(target):
    made = Pdf()
    cmap = (
        b"9 beginbfchar " + b"".join(b"<%04x> <%s> " % (code, target.encode()) for code in range(1, 10)) + b"endbfchar"
    )
    font = made.add(mute(b"Broken", b"/ToUnicode %d 0 R" % made.add(stream(cmap))))
    content = text_of(WORDS, WORDS) + b" BT /F2 10 Tf 72 300 Td <000100020003000400050006000700080009> Tj ET"
    made.page(content, resources=b"/Font<</F1 3 0 R/F2 %d 0 R>>" % font)

    text, said = read(made.bytes())

    assert text.count("�") == 9
    assert "the font Broken" in said["P002"]


def test_a_broken_map_does_not_hide_what_the_encoding_says():
    made = Pdf()
    cmap = b"1 beginbfrange <00> <ff> [" + b"<003f>" * 256 + b"] endbfrange"
    made.objects[3] = HELVETICA[:-2] + b"/ToUnicode %d 0 R>>" % made.add(stream(cmap))
    made.page()

    assert "bright cold day" in text_in(made.bytes())


def test_private_characters_are_kept_and_reported():
    made = Pdf()
    cmap = b"9 beginbfchar <01> <e001> <02> <f8ff> <41> <0041> endbfchar"
    made.objects[3] = HELVETICA[:-2] + b"/ToUnicode %d 0 R>>" % made.add(stream(cmap))
    made.page(text_of(WORDS, b"\x01\x02 and more"))

    text, said = read(made.bytes())

    assert "\ue001\uf8ff and more" in text
    assert said["P003"].startswith("2 characters are of the private use area")
    assert said["P003"].endswith("the font Helvetica")


def test_text_outside_of_the_crop_box_is_left_out_and_reported():
    content = text_of(WORDS, top=400) + text_of(b"job 7.indd", top=780) + text_of(b"slug", left=2000)

    text, said = read(page_of(content, b"/CropBox[0 100 612 700]"))

    assert text.strip() == WORDS.decode()
    assert said["P004"].startswith("page 1: 14 characters outside of what is seen")
    assert said["P004"].endswith("job 7.inddslug")


def test_a_line_that_runs_off_the_page_is_read_to_its_end():
    assert "striking thirteen" in text_in(page_of(text_of(WORDS * 3)))


def test_a_box_that_most_of_the_text_stands_outside_of_is_not_believed():
    text, said = read(page_of(text_of(WORDS), b"/CropBox[0 0 100 100]"))

    assert "bright cold day" in text
    assert "edges were not believed" in said["P008"]


def test_text_in_another_direction_stands_after_the_page_and_is_reported():
    content = b"BT /F1 20 Tf 0 1 -1 0 30 200 Tm (arXiv:2401) Tj ET " + text_of(WORDS)

    text, said = read(page_of(content))

    assert text.index("thirteen") < text.index("arXiv")
    assert said["P005"].startswith("page 1: 10 characters run in another direction")


def test_damage_to_one_page_is_reported_and_leaves_the_others():
    made = Pdf()
    made.page(text_of(b"This page is whole."))
    made.pages.append(made.add(b"<</Type/Page/Contents 7>>"))
    made.pages.append(made.add(b"(no page)"))

    text, said = read(made.bytes())

    assert "This page is whole." in text
    assert "P006" in said


def test_tokens_are_paid_for():
    paid = []

    list(operations(b"1 " * 5000, paid.append))

    assert sum(paid) >= 5000
