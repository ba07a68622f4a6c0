"""An output is compared with its source: every character is accounted for, and what differs is shown in its place."""

from __future__ import annotations

import io
import pickle
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import docpack
from docpack.errors import ExitCode, InputError, UsageError, VerificationError
from docpack.jobs import _Check
from docpack.model import Code, Document, Link, Metadata, Note, NoteRef, Paragraph, Section, Text, TitleOrigin
from docpack.testing import full_document, plain_document
from docpack.verify.conservation import Conservation, check
from docpack.verify.outputs import format_of
from docpack.verify.report import figures, in_context, in_short

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("epub", "docx", "tei", "pdf")
BY_FORMAT = pytest.mark.parametrize("format_name", FORMATS)
SOURCE = b"""A LAMP

   The night was long-
drawn, and the ship1 came
home at   last.

   Nobody saw it.

1 A small one.
"""


def source(text: bytes = SOURCE) -> Document:
    return docpack.read(text, format="text", name="lamp.txt")


def edited(data: bytes, name: str, old: str, new: str) -> bytes:
    """Return an archive with a string of one of its files replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
        for info in before.infolist():
            content = before.read(info)
            if info.filename.endswith(name):
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            after.writestr(info, content)
    return made.getvalue()


def tei(body: str, header: str = "") -> bytes:
    head = f"<teiHeader><fileDesc><titleStmt>{header}</titleStmt></fileDesc></teiHeader>"
    return f'<TEI xmlns="http://www.tei-c.org/ns/1.0">{head}<text><body>{body}</body></text></TEI>'.encode()


def balanced(found: Conservation) -> bool:
    return found.output == found.expected - found.missing + found.added + found.extra - found.unprinted


# ------------------------------------------------------------------------------------------------- what is conserved


@BY_FORMAT
def test_what_docpack_writes_is_conserved(format_name: str):
    document = source()

    found = check(document, docpack.write(document, format_name), format_name)

    assert found.ok
    assert not found.differences
    assert found.output == found.expected == found.kept == found.source - sum(found.dropped.values())


@pytest.mark.parametrize("format_name", ["epub", "docx", "tei"])
def test_every_node_of_the_model_is_conserved(format_name: str):
    found = check(full_document(), docpack.write(full_document(), format_name), format_name)

    assert found.ok
    assert found.source == found.kept == found.output


@BY_FORMAT
def test_a_stated_title_has_to_be_there(format_name: str):
    document = plain_document("Text.", title="Stated")
    without = replace(document, metadata=replace(document.metadata, title_origin=TitleOrigin.NAME))

    found = check(document, docpack.write(without, format_name), format_name)

    assert [(each.kind, each.source) for each in found.differences] == [("missing", "Stated")]


@BY_FORMAT
def test_a_title_that_only_the_output_has_is_extra_matter(format_name: str):
    document = source()
    titled = replace(document, metadata=replace(document.metadata, title="The Lamp", title_origin=TitleOrigin.STATED))

    found = check(titled if format_name == "pdf" else document, docpack.write(titled, format_name), format_name)

    assert found.ok
    assert found.extra == (0 if format_name == "pdf" else len("TheLamp"))
    assert balanced(found)


@pytest.mark.parametrize("format_name", ["epub", "docx", "tei"])
def test_characters_that_no_xml_can_hold_are_accounted_for(format_name: str):
    document = plain_document("a\x01b", title="t")

    found = check(document, docpack.write(document, format_name), format_name)

    assert found.ok
    assert found.dropped == {"forbidden": 1}
    assert found.source == found.kept + 1


@BY_FORMAT
def test_notes_without_a_label_are_conserved_with_the_number_that_is_printed(format_name: str):
    notes = (Note("n1", (Paragraph((Text("alpha"),)),), "*"), Note("n2", (Paragraph((Text("beta"),)),)))
    document = Document((Paragraph((Text("a"), NoteRef("n1"), Text(" b"), NoteRef("n2"))),), Metadata("T"), notes)

    assert check(document, docpack.write(document, format_name), format_name).ok


@BY_FORMAT
@pytest.mark.parametrize("inline", [lambda each: each, lambda each: Code((Text("x = 1"), each))], ids=["plain", "code"])
def test_a_note_that_only_another_note_refers_to_is_conserved(format_name: str, inline: Callable[[Any], Any]):
    second = Paragraph((Text("see "), inline(NoteRef("n1")), Text(" above")))
    notes = (Note("n1", (Paragraph((Text("alpha"),)),), "1"), Note("n2", (second,), "2"))
    document = Document((Paragraph((Text("a b"),)),), Metadata("T"), notes)

    found = check(document, docpack.write(document, format_name), format_name)

    assert (found.ok, found.differences) == (True, ())


# --------------------------------------------------------------------------------------------------- what differs


@pytest.mark.parametrize(
    ("old", "new", "kind", "counts"),
    [
        pytest.param("ship", "shop", "changed", (0, 0, 1), id="a-letter-changed"),
        pytest.param("ship", "shp", "changed", (1, 0, 0), id="a-letter-dropped"),
        pytest.param("ship", "shiip", "changed", (0, 1, 0), id="a-letter-doubled"),
        pytest.param("ship", "shpi", "changed", (1, 1, 0), id="two-letters-swapped"),
        pytest.param("the ship", "ship", "missing", (3, 0, 0), id="a-word-dropped"),
        pytest.param("the ship", "the the ship", "added", (0, 3, 0), id="a-word-doubled"),
        pytest.param("drawn,", "drawn", "missing", (1, 0, 0), id="a-comma-dropped"),
    ],
)
def test_a_difference_is_shown_with_its_line(old: str, new: str, kind: str, counts: tuple[int, int, int]):
    document = source()
    data = docpack.write(document, "tei", options={"form": "reading"}).replace(old.encode(), new.encode(), 1)

    found = check(document, data, "tei")

    (difference,) = found.differences
    assert (difference.kind, difference.where, difference.line) == (kind, "text", 4)
    assert (found.missing, found.added, found.changed) == counts
    assert found.count == 1
    assert balanced(found)


@pytest.mark.parametrize(
    ("old", "new", "source_blank"),
    [
        pytest.param("night was", "nightwas", " ", id="a-blank-lost"),
        pytest.param("long-drawn", "long- drawn", "", id="a-blank-more"),
        pytest.param("saw it.", "saw it .", "", id="a-blank-before-a-mark"),
    ],
)
def test_a_blank_more_or_less_between_words_is_a_difference(old: str, new: str, source_blank: str):
    document = source()
    data = docpack.write(document, "tei", options={"form": "reading"}).replace(old.encode(), new.encode(), 1)

    found = check(document, data, "tei")

    assert not found.ok
    assert found.spacing == 1
    assert (found.missing, found.added, found.changed) == (0, 0, 0)


def test_more_blanks_where_there_is_one_are_none():
    document = source()
    data = docpack.write(document, "tei", options={"form": "reading"}).replace(b"night was", b"night \n\t\xc2\xa0 was")

    assert check(document, data, "tei").ok


def test_where_paragraphs_begin_does_not_matter():
    document = plain_document("One two.", "Three four.", title="t")

    assert check(document, tei("<p>t</p><p>One</p><p>two. Three</p><p>four.</p>"), "tei").ok


def test_a_block_elsewhere_is_a_move_and_no_loss_but_not_ok():
    document = plain_document("Alpha beta.", "Gamma delta.", "Epsilon zeta.", title="t")

    found = check(document, tei("<p>t</p><p>Gamma delta.</p><p>Epsilon zeta.</p><p>Alpha beta.</p>"), "tei")

    (difference,) = found.differences
    assert (difference.kind, difference.source, difference.ok) == ("moved", "Alpha beta.", False)
    assert found.moved == len("Alphabeta.")
    assert not found.ok


def test_the_lines_of_the_source_are_named_though_edits_moved_everything():
    text = "".join(f"   Paragraph {n} goes on for-\never, and a word{n} ends   it.\n\f" for n in range(50)).encode()
    document = source(text)
    data = docpack.write(document, "tei", options={"form": "reading"}).replace(b"word37", b"ward37")

    (difference,) = check(document, data, "tei").differences

    assert text.decode().splitlines()[difference.line - 1].split()[-3] == "word37"
    assert difference.before.endswith("and a ")
    assert difference.after.startswith(" ends it.")


def test_differences_are_counted_beyond_those_that_are_kept():
    document = plain_document(*(f"word{n} stays, gone" for n in range(1500)), title="t")
    body = "".join(f"<p>word{n} stays,</p>" for n in range(1500))

    found = check(document, tei(f"<p>t</p>{body}"), "tei")

    assert (found.count, len(found.differences), found.missing) == (1500, 1000, 6000)


# --------------------------------------------------------------------------------------------------------- notes


def noted(*notes: tuple[str, str]) -> Document:
    """Return a document whose one paragraph refers to all of these notes: label and text."""
    made = tuple(Note(f"n{n}", (Paragraph((Text(text),)),), label) for n, (label, text) in enumerate(notes, 1))
    inlines = tuple(part for note in made for part in (Text(f"see{note.id} "), NoteRef(note.id)))
    return Document((Paragraph(inlines),), Metadata("T", TitleOrigin.NAME), made)


TWO = noted(("1", "Alpha one."), ("2", "Beta two."))
REFERENCES = "<p>seen1 1seen2 2</p>"


@pytest.mark.parametrize(
    ("body", "figure"),
    [
        pytest.param("<note>1 Alpha one.</note><note>2 Beta two.</note>", 0, id="as-they-are"),
        pytest.param("<note>1. Alpha one.</note><note>[2] Beta two.</note>", 3, id="marks-round-the-labels"),
        pytest.param("<note>2 Beta two.</note><note>1 Alpha one.</note>", 0, id="in-another-order"),
        pytest.param("<p>1 Alpha one.</p><p>2. Beta two.</p>", 1, id="as-paragraphs-at-the-end"),
    ],
)
def test_notes_may_stand_elsewhere(body: str, figure: int):
    found = check(TWO, tei(REFERENCES + body), "tei")

    assert found.ok
    assert all(each.kind == "moved" for each in found.differences)
    assert found.extra == figure
    assert balanced(found)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<note>1 Alpha one.</note>", id="one-lost"),
        pytest.param("<note>1 Alpha one.</note><note>2 Beta two.</note><note>2 Beta two.</note>", id="one-twice"),
        pytest.param("<note>1 Alpha one.</note><note>3 Beta two.</note>", id="another-label"),
        pytest.param("<note>1 Alpha one.</note><note>Beta two.</note>", id="a-label-lost"),
        pytest.param("<note>1 Alpha one.</note><note>2 Beta too.</note>", id="a-letter-changed"),
        pytest.param("<p>1 Alpha one.</p><p>2 Beta too.</p>", id="a-letter-changed-in-a-paragraph"),
    ],
)
def test_a_note_that_differs_is_found(body: str):
    found = check(TWO, tei(REFERENCES + body), "tei")

    assert not found.ok
    assert balanced(found)


def test_two_notes_with_the_same_text_may_not_change_their_labels():
    twins = noted(("1", "Ibid."), ("2", "Ibid."))

    assert check(twins, tei(f"{REFERENCES}<note>1 Ibid.</note><note>2 Ibid.</note>"), "tei").ok
    assert not check(twins, tei(f"{REFERENCES}<note>2 Ibid.</note><note>1 Ibid.</note>"), "tei").ok


# ------------------------------------------------------------------------------------------------- extra matter


def test_a_list_of_headings_in_front_of_the_text_is_extra_matter():
    sections = tuple(Section((Text(name),), (Paragraph((Text(f"Of {name}."),)),)) for name in ("Oil", "Wicks"))
    document = Document(sections, Metadata("T", TitleOrigin.NAME))
    body = "<p>Oil</p><p>Wicks</p><head>Oil</head><p>Of Oil.</p><head>Wicks</head><p>Of Wicks.</p>"

    found = check(document, tei(body), "tei")

    assert found.ok
    assert found.extra == len("OilWicks")


def test_what_the_output_says_of_itself_may_stand_in_front_only():
    document = plain_document("Text.", title="t")
    header = "<title>Other</title><author>A. Nother</author>"

    front = check(document, tei("<p>Other</p><p>A. Nother</p><p>t</p><p>Text.</p>", header), "tei")
    behind = check(document, tei("<p>t</p><p>Text.</p><p>A. Nother</p>", header), "tei")

    assert (front.ok, front.extra) == (True, len("OtherA.Nother"))
    assert (behind.ok, behind.added) == (False, len("A.Nother"))


# ---------------------------------------------------------------------------------------- what a PDF does not show


def test_a_printed_line_may_end_beside_a_hyphen_with_or_without_a_blank():
    words = "half-open either/or well—known up - down " * 60
    document = plain_document(words.strip(), title="t")

    assert check(document, docpack.write(document, "pdf"), "pdf").ok


def test_a_printed_line_may_end_anywhere_in_an_address():
    words = (
        "see (https://www.example.org/download/tool-0.1.2.tar.gz) or http://lib4x.example.org/ACSC96paper.ps.gz, at www.x.org; "
        * 60
    )
    document = plain_document(words.strip(), title="t")

    assert check(document, docpack.write(document, "pdf"), "pdf").ok


def test_a_blank_within_an_address_on_one_line_is_compared():
    data = docpack.write(plain_document("see http://www.example. org now", title="t"), "pdf")

    found = check(plain_document("see http://www.example.org now", title="t"), data, "pdf")

    assert (found.ok, found.spacing) == (False, 1)


def test_a_blank_beside_a_hyphen_within_a_printed_line_is_compared():
    data = docpack.write(plain_document("a well- known port", title="t"), "pdf")

    found = check(plain_document("a well-known port", title="t"), data, "pdf")

    assert (found.ok, found.spacing) == (False, 1)


def test_pointed_text_in_a_pdf_is_compared_loosely_and_said_to_be():
    document = plain_document("Plain first.", "שָׁלוֹם עֲלֵיכֶם", title="t")

    found = check(document, docpack.write(document, "pdf"), "pdf")

    assert found.ok
    assert found.loose == len("שָׁלוֹםעֲלֵיכֶם")
    assert balanced(found)


def test_text_in_both_directions_is_conserved_in_a_pdf():
    document = plain_document("مرحبا 2024 world (test) نعم", "אבג 123 דהו (שלום) abc, זה 45% טוב", title="t")

    assert check(document, docpack.write(document, "pdf"), "pdf").ok


def test_letters_swapped_in_text_from_right_to_left_are_found_in_a_pdf():
    data = docpack.write(plain_document("המנורה כבתה", title="t"), "pdf")

    found = check(plain_document("המנורה כתבה", title="t"), data, "pdf")

    assert not found.ok
    assert not found.loose


def test_a_letter_lost_from_pointed_text_in_a_pdf_is_found():
    data = docpack.write(plain_document("שָׁלוֹם עֲלֵיכֶ", title="t"), "pdf")

    assert not check(plain_document("שָׁלוֹם עֲלֵיכֶך", title="t"), data, "pdf").ok


# ------------------------------------------------------------------------------------------- what cannot be compared


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nothing", b"%PDF-1.7\n%%EOF", b"<TEI><p>", b"\0" * 50])
def test_what_is_no_output_is_an_input_error(format_name: str, data: bytes):
    with pytest.raises(InputError):
        check(plain_document("x"), data, format_name)


def test_a_format_that_cannot_be_read_back_is_a_usage_error():
    with pytest.raises(UsageError, match="'html' cannot be read back") as caught:
        check(plain_document("x"), b"", "html")

    assert caught.value.hint == "It can of: epub, docx, tei, pdf."


@pytest.mark.parametrize(("format_name", "name"), [("epub", ".xhtml"), ("docx", "word/document.xml")])
def test_markup_out_of_all_proportion_is_refused_before_it_is_unpacked(format_name: str, name: str):
    document = plain_document("x")
    made = io.BytesIO(docpack.write(document, format_name))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"bomb/{name.rpartition('/')[2]}", b" " * 70_000_000)

    with pytest.raises(InputError, match="would unpack to 70"):
        check(document, made.getvalue(), format_name)


def test_a_structure_of_a_pdf_that_leads_back_to_itself_is_refused():
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, NameObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(docpack.write(plain_document("x y"), "pdf"))))
    root = writer.root_object["/StructTreeRoot"]
    kids = root["/K"]
    first = kids[0] if isinstance(kids, list) else root.raw_get("/K")
    root[NameObject("/K")] = ArrayObject([first, first])
    made = io.BytesIO()
    writer.write(made)

    with pytest.raises(InputError, match="no tree"):
        check(plain_document("x y"), made.getvalue(), "pdf")


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_format_of_an_output_is_known_by_its_content(format_name: str):
    assert format_of(docpack.write(plain_document("x"), format_name)) == format_name


@pytest.mark.parametrize(
    "data", [b"plain text", b"", b"PK\x05\x06" + b"\0" * 18, docpack.write(plain_document("x"), "html")]
)
def test_other_content_is_no_output(data: bytes):
    with pytest.raises(InputError, match="no EPUB, DOCX, TEI or PDF"):
        format_of(data)


# ------------------------------------------------------------------------------------------------------- in words


def test_a_balance_sheet_and_its_differences_can_be_told_sent_and_kept():
    document = source()
    data = edited(docpack.write(document, "docx"), "word/document.xml", "Nobody", "Everybody")

    found = check(document, data, "docx")

    assert found == pickle.loads(pickle.dumps(found))  # noqa: S301  # its own
    assert found.to_json()["differences"][0]["line"] == 7
    assert next(figures(found)).startswith(f"source: {found.source} characters, {found.kept} kept")
    assert list(in_context(found.differences[0])) == [
        "reads otherwise",
        "  source: the ship1 came home at last. >>Nobody<< saw it. 1 A small one.",
        "  output: the ship1 came home at last. >>Everybody<< saw it. 1 A small one.",
    ]
    assert in_short(found, 3) == "line 7: 'Nobody' reads otherwise: 'Everybody'"


def test_convert_demands_that_all_is_conserved():
    document = source()
    data = edited(docpack.write(document, "epub"), "text-001.xhtml", "Nobody", "Somebody")
    gate = _Check(document, None)

    with pytest.raises(VerificationError, match="line 7: 'Nobody' reads otherwise: 'Somebody'") as caught:
        gate.demand(gate.found(data, "epub"))

    assert caught.value.exit_code is ExitCode.VERIFICATION
    assert "not written" in caught.value.hint


def test_an_output_of_ours_that_cannot_be_read_back_is_a_failed_verification():
    with pytest.raises(VerificationError, match="the epub cannot be read back"):
        _Check(source(), None).found(b"nothing", "epub")


@pytest.mark.parametrize(
    ("verify", "formats"),
    [
        pytest.param(None, {"epub", "docx", "tei"}, id="by-default"),
        pytest.param(True, {"epub", "docx", "tei", "pdf"}, id="asked-for"),
        pytest.param(False, set(), id="left-out"),
    ],
)
def test_convert_compares_the_formats_that_it_is_asked_to(tmp_path, verify: bool | None, formats: set[str]):
    (tmp_path / "lamp.txt").write_bytes(SOURCE)

    result = docpack.convert(tmp_path / "lamp.txt", to=["epub", "docx", "tei", "pdf", "json"], verify=verify)

    assert set(result.conservation) == formats
    assert all(each.ok and each.source for each in result.conservation.values())


def test_a_reference_within_a_link_is_moved_behind_it_by_the_writers_and_no_loss():
    notes = (Note("n1", (Paragraph((Text("alpha"),)),), "1"),)
    link = Link("https://example.org/", (Text("see"), NoteRef("n1"), Text("there")))
    document = Document((Paragraph((link, Text(" and on."))),), Metadata("T"), notes)

    for format_name in FORMATS[:3]:
        assert check(document, docpack.write(document, format_name), format_name).ok
