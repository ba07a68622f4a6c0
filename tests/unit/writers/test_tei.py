"""TEI: both forms, the header, roles and ids."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from docpack.context import Context
from docpack.findings import Code
from docpack.ledger import Box, Edit, Ledger, Rule, SourcePage, SourceText
from docpack.lowering import lower
from docpack.model import (
    BlockQuote,
    Contributor,
    Direction,
    Document,
    Emphasis,
    Foreign,
    Identifier,
    Link,
    List,
    ListItem,
    Metadata,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    Row,
    SceneBreak,
    Section,
    SourceBreak,
    Span,
    Table,
    Text,
    TitleOrigin,
    Verse,
)
from docpack.readers.tei_source import restore
from docpack.testing import check_writer, full_document, plain_document
from docpack.writers.tei import TeiWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpack.model import Block

NS = {"t": "http://www.tei-c.org/ns/1.0", "x": "http://www.w3.org/XML/1998/namespace"}


def written(document: Document, form: str = "", context: Context | None = None) -> bytes:
    context = context or Context()
    return TeiWriter(form).write(lower(document, context), context)


def tree(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def body_of(data: bytes) -> str:
    """Return the inside of `<body>` as it stands in the file."""
    return data.decode().partition("<body>\n")[2].partition("</body>")[0]


def sourced(
    text: str, edits: list[tuple[int, int, str, Rule]], *blocks: object, notes: tuple[Note, ...] = ()
) -> Document:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    ledger = Ledger(SourceText(text, sha256=digest), tuple(Edit(*each) for each in edits))
    return Document(tuple(blocks), notes=notes, source=ledger)  # type: ignore[arg-type]  # blocks of a test


def piece(text: str, part: str, nth: int = 0) -> Text:
    """Return the text of a part of the source."""
    start = [match.start() for match in re.finditer(re.escape(part), text)][nth]
    return Text(part, (Span(start, start + len(part)),))


def written_with_places() -> bytes:
    text = "One\f\ftwo.\n"
    pages = (SourcePage(300, 400, "i"), SourcePage(300, 400), SourcePage(300, 400.5, "A <1>"))
    boxes = (Box(0, -1.5, 20, 90, 32), None, Box(2, 30, 20.25, 90, 32))
    source = SourceText(text, sha256="0" * 64, boxes=boxes, pages=pages)
    edit = Edit(3, 5, " ", Rule.PAGE_TURN)
    paragraph = Paragraph((piece(text, "One"), SourceBreak(" ", "A <1>"), piece(text, "two.")))
    document = Document((paragraph,), source=Ledger(source, (edit,)))
    return TeiWriter(facsimile=True).write(document, Context())


def test_the_promises_of_writers_are_kept_by_both_forms() -> None:
    check_writer(TeiWriter())
    check_writer(TeiWriter("reading"))


# ------------------------------------------------------------------------------------------------- archival form


def test_every_line_of_the_source_is_numbered() -> None:
    text = "  One line\nand more.\n\n"
    edits = [(0, 2, "", Rule.INDENT), (10, 11, " ", Rule.LINE_JOIN), (20, 22, "", Rule.EDGE)]
    paragraph = Paragraph((piece(text, "One line"), SourceBreak(), piece(text, "and more.")), id="p1")

    data = written(sourced(text, edits, paragraph))

    assert body_of(data) == (
        '<p xml:id="p1">\n<lb n="1" ed="source"/><space unit="char" quantity="2"/>One line\n'
        '<lb n="2" ed="source"/>and more.\n<lb n="3" ed="source"/></p>\n'
    )


def test_a_dropped_hyphen_is_weak_punctuation_and_a_kept_one_is_text() -> None:
    text = "won-\nderful long-\ntime"
    edits = [(3, 5, "", Rule.HYPHEN_SOFT), (17, 18, "", Rule.HYPHEN_HARD)]
    inlines = (piece(text, "won"), SourceBreak(""), piece(text, "derful long-"), SourceBreak(""), piece(text, "time"))

    data = written(sourced(text, edits, Paragraph(inlines)))

    assert 'won<pc force="weak">-</pc><lb n="2" ed="source" break="no"/>derful long-' in body_of(data)
    assert 'long-<lb n="3" ed="source" type="none" break="no"/>time' in body_of(data)


def test_a_form_feed_is_a_page_turn_with_the_number_of_the_page_that_begins() -> None:
    text = "up to\n\f12\nhere"
    edits = [(5, 7, "", Rule.PAGE_TURN), (7, 9, "", Rule.FURNITURE), (9, 10, " ", Rule.PAGE_TURN)]
    paragraph = Paragraph((piece(text, "up to"), SourceBreak(" ", "12"), piece(text, "here")))

    data = written(sourced(text, edits, paragraph))

    assert body_of(data).endswith(
        'up to\n<lb n="2" ed="source"/><pb xml:id="page-12" n="12" type="form-feed"/>\n'
        '<lb n="3" ed="source"/><fw type="pageNum">12</fw>\n<lb n="4" ed="source" type="none"/>here</p>\n'
    )
    assert b"<g " not in data


def test_a_page_turn_without_form_feed_stands_before_its_first_line() -> None:
    text = "up to\n\nhere\n"
    paragraph = Paragraph((piece(text, "up to"), SourceBreak(" ", ""), piece(text, "here")))

    data = written(sourced(text, [(5, 7, " ", Rule.PAGE_TURN)], paragraph))

    assert 'up to\n<pb/>\n<lb n="2" ed="source"/>\n<lb n="3" ed="source"/>here' in body_of(data)


def page_turns(data: bytes) -> list[dict[str, str]]:
    return [
        {etree.QName(name).localname: value for name, value in turn.attrib.items()}
        for turn in tree(data).iter("{http://www.tei-c.org/ns/1.0}pb")
    ]


@pytest.mark.parametrize("first", [Paragraph, lambda inlines: BlockQuote((Paragraph(inlines),))])
def test_a_page_that_begins_with_a_note_begins_before_its_label(first: Callable[..., Block]) -> None:
    text = "the lamp[1]\n\f8\n[1] A note.\n"
    paragraph = Paragraph((piece(text, "the lamp"), NoteRef("n1", (Span(9, 10),))))
    turn = SourceBreak("", "8", (Span(20, 20),))
    note = Note("n1", (first((turn, piece(text, "A note."))),), "1", (Span(16, 27),))
    document = sourced(text, [(13, 14, "", Rule.FURNITURE)], paragraph, notes=(note,))

    data, reading = written(document), written(document, "reading")

    assert page_turns(data) == [{"id": "page-8", "n": "8", "type": "form-feed"}]
    assert page_turns(reading) == [{"id": "page-8", "n": "8"}]
    assert b'<note xml:id="n1" n="1"><label><pb xml:id="page-8" n="8"/>1</label>' in reading
    assert data.index(b"<pb") < data.index(b"<fw") < data.index(b"1</label>")
    assert restore(data).data == text.encode()


def test_a_page_that_begins_with_an_item_begins_before_its_marker() -> None:
    text = "1. oil\n\f2. wick\n"
    one = ListItem((Paragraph((piece(text, "oil"),)),), "1.", origin=(Span(0, 6),))
    two = ListItem((Paragraph((SourceBreak("", "9"), piece(text, "wick"))),), "2.", origin=(Span(8, 15),))

    data = written(sourced(text, [], List((one, two), ordered=True)))

    assert page_turns(data) == [{"id": "page-9", "n": "9", "type": "form-feed"}]
    assert restore(data).data == text.encode()


def test_a_page_turn_inside_a_note_is_not_counted_again_where_the_text_goes_on() -> None:
    text = "the lamp1\n1 A note\n\fends.\n\ngoes out\n"
    turn = SourceBreak(" ", "8")
    note = Note("n1", (Paragraph((piece(text, "A note"), turn, piece(text, "ends."))),), "1", (Span(10, 26),))
    paragraph = Paragraph(
        (piece(text, "the lamp"), NoteRef("n1", (Span(8, 9),)), SourceBreak(" ", ""), piece(text, "goes out"))
    )

    data = written(sourced(text, [], paragraph, notes=(note,)))

    assert page_turns(data) == [{"id": "page-8", "n": "8", "type": "form-feed"}]


def test_only_the_first_page_of_a_number_has_the_id() -> None:
    numbers = ("38", "38", "[38]", "n1", "ל״ח", "a\tb", " ")
    inlines = [each for number in numbers for each in (SourceBreak(" ", number), Text("x"))]
    document = Document((Paragraph(tuple(inlines)),), notes=(Note("page-n1", (Paragraph((Text("y"),)),)),))

    turns = page_turns(written(document, "reading"))

    assert [turn.get("id") for turn in turns] == ["page-38", None, None, None, "page-5", "page-a-b"]
    assert [turn["n"] for turn in turns] == ["38", "38", "[38]", "n1", "ל״ח", "a b"]


def test_running_heads_and_feet_are_told_apart_by_the_page_turn() -> None:
    text = "a\nFoot\n\fHead    7\nb\n"
    edits = [(2, 6, "", Rule.FURNITURE), (8, 17, "", Rule.FURNITURE)]
    paragraph = Paragraph((piece(text, "a", 0), SourceBreak(), piece(text, "b")))

    body = body_of(written(sourced(text, edits, paragraph)))

    assert '<fw type="footer">Foot</fw>' in body
    assert '<fw type="header">Head<space unit="char" quantity="4"/>7</fw>' in body


def test_characters_that_xml_cannot_hold_are_declared_in_the_header() -> None:
    text = "a\x01b\ufffec\n"
    edits = [(1, 2, "", Rule.CONTROL), (3, 4, "", Rule.CONTROL)]

    data = written(sourced(text, edits, Paragraph((Text("abc", (Span(0, 5),)),))))

    assert 'a<g ref="#U0001"/>b<g ref="#UFFFE"/>c' in body_of(data)
    declared = tree(data).xpath("//t:char/t:localProp[@name='codepoint']/@value", namespaces=NS)
    assert declared == ["U+0001", "U+FFFE"]


def test_other_blanks_in_the_text_are_character_references() -> None:
    text = "a\u00a0b\u3000c\n"

    data = written(sourced(text, [], Paragraph((piece(text, "a\u00a0b\u3000c"),))))

    assert "a&#xA0;b&#x3000;c" in body_of(data)


def test_several_blanks_that_read_as_one_are_a_blank_and_a_mark() -> None:
    text = "wide   text\n"

    data = written(sourced(text, [(4, 7, " ", Rule.BLANKS)], Paragraph((Text("wide text", (Span(0, 11),)),))))

    assert 'wide <space unit="char" quantity="3"/>text' in body_of(data)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(Rule.OVERRIDE, "<choice><sic>teh</sic><corr>the</corr></choice>", id="a-persons-correction"),
        pytest.param(Rule.BLANKS, "<choice><orig>teh</orig><reg>the</reg></choice>", id="any-other-rule"),
    ],
)
def test_changed_text_keeps_what_it_was(rule: Rule, expected: str) -> None:
    text = "in teh end\n"

    data = written(sourced(text, [(3, 6, "the", rule)], Paragraph((Text("in the end", (Span(0, 10),)),))))

    assert f"in {expected} end" in body_of(data)


def corrected(decision: str = "correct") -> Document:
    """Return a document of two lines, with an error that a person has corrected in the first."""
    text = "I saw teh  cat & dog\ntoday\n"
    edits = (
        Edit(6, 14, "the <cat>", Rule.OVERRIDE, decision=decision),
        Edit(20, 21, " ", Rule.LINE_JOIN),
        Edit(26, 27, "", Rule.EDGE),
    )
    first, second = Text("I saw the <cat> & dog", (Span(0, 20),)), Text("today", (Span(21, 26),))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        (Paragraph((first, SourceBreak(" ", None, (Span(20, 21),)), second)),),
        source=Ledger(SourceText(text, sha256=digest), edits),
    )


def test_a_correction_keeps_the_blanks_of_what_it_replaces() -> None:
    data = written(corrected())

    assert (
        'I saw <choice><sic>teh<space unit="char" quantity="2"/>cat</sic><corr>the &lt;cat&gt;</corr></choice> &amp; dog'
        in body_of(data)
    )


def test_a_corrected_text_gives_its_source_back() -> None:
    document = corrected()
    assert document.source is not None

    restored = restore(written(document))

    assert restored.data.decode() == document.source.source.text
    assert not restored.edited
    assert not restored.problems


def test_a_correction_at_the_edges_of_a_line_gives_its_source_back() -> None:
    text = "  Teh cat sta.\nA dgo\n"
    edits = [
        (0, 2, "", Rule.EDGE),
        (2, 5, "The", Rule.OVERRIDE),
        (10, 14, "sat.", Rule.OVERRIDE),
        (14, 15, " ", Rule.LINE_JOIN),
        (17, 20, "dog", Rule.OVERRIDE),
        (20, 21, "", Rule.EDGE),
    ]
    document = sourced(
        text,
        edits,
        Paragraph(
            (
                Text("The cat sat.", (Span(2, 14),)),
                SourceBreak(" ", None, (Span(14, 15),)),
                Text("A dog", (Span(15, 20),)),
            )
        ),
    )

    data = written(document)

    assert body_of(data).count("<corr>") == 3
    assert restore(data).data.decode() == text


def test_words_that_a_person_took_out_are_an_empty_correction() -> None:
    text = "the the cat\n"
    edits = [(3, 7, "", Rule.OVERRIDE), (11, 12, "", Rule.EDGE)]

    data = written(sourced(text, edits, Paragraph((Text("the cat", (Span(0, 11),)),))))

    assert "<sic>the</sic><corr/>" in body_of(data)
    assert restore(data).data.decode() == text


def test_the_reading_form_has_the_corrected_text_alone() -> None:
    data = written(corrected(), "reading")

    assert "<p>I saw the &lt;cat&gt; &amp; dog today</p>" in body_of(data)


@pytest.mark.parametrize(
    ("form", "method", "said"),
    [
        pytest.param(
            "archival", "markup", "1 reading was corrected by a person; the source's is the sic", id="archival"
        ),
        pytest.param("reading", "silent", "1 reading was corrected by a person.", id="reading"),
    ],
)
def test_the_header_declares_corrections(form: str, method: str, said: str) -> None:
    (correction,) = tree(written(corrected(), form)).xpath("//t:editorialDecl/t:correction", namespaces=NS)

    assert correction.get("method") == method
    assert "".join(correction.itertext()).startswith(said)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        pytest.param("drop", '<fw type="header">HEAD</fw>', id="running-head"),
        pytest.param("", "<choice><sic>HEAD</sic><corr/></choice>", id="words"),
    ],
)
def test_what_a_person_drops_is_marked_by_what_it_is(decision: str, expected: str) -> None:
    text = "HEAD\nwords\n"
    edits = (Edit(0, 4, "", Rule.OVERRIDE, decision=decision), Edit(4, 5, "", Rule.EDGE), Edit(10, 11, "", Rule.EDGE))
    digest = hashlib.sha256(text.encode()).hexdigest()
    paragraph = Paragraph((Text("words", (Span(5, 10),)),))

    data = written(Document((paragraph,), source=Ledger(SourceText(text, sha256=digest), edits)))

    assert expected in body_of(data)
    assert restore(data).data.decode() == text


def test_a_hyphen_that_a_person_drops_is_a_weak_one() -> None:
    text = "mas-\nter\n"
    edits = (Edit(3, 5, "", Rule.OVERRIDE, decision="join-hyphen"), Edit(8, 9, "", Rule.EDGE))
    digest = hashlib.sha256(text.encode()).hexdigest()
    inlines = (Text("mas", (Span(0, 3),)), SourceBreak("", None, (Span(3, 5),)), Text("ter", (Span(5, 8),)))

    data = written(Document((Paragraph(inlines),), source=Ledger(SourceText(text, sha256=digest), edits)))

    assert '<pc force="weak">-</pc>' in body_of(data)
    assert restore(data).data.decode() == text


def test_a_line_that_begins_with_an_insertion_is_numbered_once() -> None:
    text = "ab\ncd\n"
    document = sourced(
        text,
        [(3, 3, "y", Rule.OVERRIDE), (3, 3, "z", Rule.OVERRIDE), (5, 6, "", Rule.EDGE)],
        Preformatted("ab\nyzcd", origin=(Span(0, 5),)),
    )

    data = written(document)

    assert 'ab\n<lb n="2" ed="source"/><choice>' in body_of(data)
    assert restore(data).data.decode() == text
    assert not restore(data).problems


def test_an_insertion_at_the_border_of_two_blocks_does_not_number_the_line_twice() -> None:
    text = "ab\ncd\n"
    document = sourced(
        text,
        [(3, 3, " ", Rule.BLANKS), (5, 6, "", Rule.EDGE)],
        Preformatted("ab\n", origin=(Span(0, 3),)),
        Paragraph((Text(" cd", (Span(3, 5),)),)),
    )

    restored = restore(written(document))

    assert restored.data.decode() == text
    assert not restored.problems


@pytest.mark.parametrize(
    ("end", "name"), [("\r\n", "crlf"), ("\r", "cr"), ("\x85", "nel"), ("\u2028", "ls"), ("\x0b", "vt")]
)
def test_the_commonest_line_end_is_declared_and_others_are_marked(end: str, name: str) -> None:
    text = f"a{end}b{end}c\nd"
    leaves = [piece(text, each) for each in "abcd"]
    inlines = (leaves[0], SourceBreak(), leaves[1], SourceBreak(), leaves[2], SourceBreak(), leaves[3])

    data = written(sourced(text, [], Paragraph(inlines)))

    assert tree(data).findtext(".//t:note[@type='newline']", namespaces=NS) == name
    assert '<lb n="3" ed="source" type="lf"/>c' in body_of(data)
    assert '<lb n="4" ed="source" type="none"/>d' in body_of(data)


def test_a_note_that_interrupts_a_paragraph_keeps_the_numbers_of_its_lines() -> None:
    text = "the lamp1  \n\n1 A note.\n\ngoes out\n"
    ref = NoteRef("n1", (Span(8, 9),))
    paragraph = Paragraph((piece(text, "the lamp"), ref, SourceBreak(), piece(text, "goes out")))
    note = Note("n1", (Paragraph((piece(text, "A note."),)),), "1", (Span(13, 22),))

    data = written(sourced(text, [], paragraph, notes=(note,)))

    assert restore(data).data == text.encode()
    assert b"milestone" not in data
    assert '<ref type="noteref" target="#n1">1<space unit="char" quantity="2"/></ref>' in body_of(data)
    assert '<lb n="4" ed="source"/>\n<lb n="5" ed="source"/>goes out' in body_of(data)
    assert b'<label>\n<lb n="2" ed="source"/>\n<lb n="3" ed="source"/>1</label>' in data


def test_columns_of_one_line_are_told_by_a_milestone() -> None:
    text = "left   right\n"

    data = written(sourced(text, [], Paragraph((piece(text, "right"),)), Paragraph((piece(text, "left"),))))

    assert '<milestone unit="char" n="1.4" ed="source"/>' in body_of(data)
    assert restore(data).data == text.encode()


def test_a_blank_at_the_end_of_a_moved_text_is_kept() -> None:
    text = "left right\n"

    data = written(sourced(text, [], Paragraph((piece(text, "right"),)), Paragraph((piece(text, "left "),))))

    assert restore(data).data == text.encode()


def test_text_that_is_not_in_the_source_is_not_taken_for_it() -> None:
    text = "one\n"
    paragraph = Paragraph((piece(text, "one"), Text(" & two"), Emphasis((Text(" three"),))))

    data = written(sourced(text, [], paragraph))

    assert restore(data).data == text.encode()
    assert "<choice><orig/><reg> &amp; two</reg></choice>" in body_of(data)


@pytest.mark.parametrize("turn", [SourceBreak(" "), SourceBreak(" ", "3"), SourceBreak("", "3")])
@pytest.mark.parametrize(("left", "right"), [("one", " two"), ("one ", "two")])
def test_text_that_is_not_in_the_source_takes_no_blank_from_it(left: str, right: str, turn: SourceBreak) -> None:
    text = "one two\n"

    data = written(sourced(text, [], Paragraph((piece(text, left), turn, Text("x"), piece(text, right)))))

    assert restore(data).data == text.encode()
    assert len(page_turns(data)) == (turn.page is not None)


def test_text_that_is_not_in_the_source_may_follow_a_form_feed() -> None:
    text = "one\n\f"
    paragraph = Paragraph((piece(text, "one"), SourceBreak(" ", "2"), Text("two")))

    assert restore(written(sourced(text, [], paragraph))).data == text.encode()


def test_a_range_that_two_texts_claim_is_written_once() -> None:
    text = "one two\n"
    paragraphs = (Paragraph((piece(text, "one two"),)), Paragraph((piece(text, "two"),)))

    data = written(sourced(text, [], *paragraphs))

    assert restore(data).data == text.encode()
    assert body_of(data).count("two") == 2


def test_brackets_round_a_label_are_kept_as_what_they_were() -> None:
    text = "lamp[1] lit\n\n[1] Note.\n"
    edits = [(4, 5, "", Rule.LABEL), (6, 7, "", Rule.LABEL), (13, 14, "", Rule.LABEL), (15, 16, "", Rule.LABEL)]
    paragraph = Paragraph((piece(text, "lamp"), NoteRef("n1", (Span(5, 6),)), piece(text, " lit")))
    note = Note("n1", (Paragraph((piece(text, "Note."),)),), "1", (Span(13, 22),))

    data = written(sourced(text, edits, paragraph, notes=(note,)))

    assert restore(data).data == text.encode()
    assert b"<choice><orig>[</orig><reg/></choice>1</label>" in data


def test_a_source_without_text_is_kept_in_an_anonymous_block() -> None:
    data = written(sourced(" \n\f\n", [(0, 4, "", Rule.EDGE)]))

    assert body_of(data).startswith('<ab type="source">')
    assert restore(data).data == b" \n\f\n"


def test_preformatted_text_keeps_its_lines_and_blanks() -> None:
    text = "a  b\n   c\n\nd\n"

    data = written(sourced(text, [], Preformatted("a  b\n   c\n\nd", origin=(Span(0, 12),))))

    assert restore(data).data == text.encode()
    assert 'a <space unit="char" quantity="2"/>b\n<lb n="2" ed="source"/>' in body_of(data)


def test_a_very_long_line_is_parted_by_milestones() -> None:
    text = "word " * 500_000 + "end\n"

    data = written(sourced(text, [], Paragraph((Text(text[:-1], (Span(0, len(text) - 1),)),))))

    assert data.count(b'<milestone unit="char"') == 2
    assert restore(data).data == text.encode()


@pytest.mark.parametrize("document", [plain_document("A text."), sourced("A text.\n", [], Paragraph((Text("No."),)))])
def test_who_asks_for_no_form_gets_the_reading_form_of_a_text_without_source(document: Document) -> None:
    context = Context()

    data = written(document, context=context)

    assert b'<edition n="reading">' in data
    assert context.findings == []


def test_without_a_source_the_reading_form_is_written_and_said_so() -> None:
    context = Context()

    data = written(plain_document("A text."), "archival", context)

    assert b"<lb" not in data
    assert [finding.code for finding in context.findings] == [Code.W006]


def test_a_document_whose_texts_do_not_know_the_source_has_the_reading_form() -> None:
    context = Context()

    data = written(sourced("A text.\n", [], Paragraph((Text("Another."),))), "archival", context)

    assert b"<lb" not in data
    assert [finding.code for finding in context.findings] == [Code.W006]


# -------------------------------------------------------------------------------------------------- reading form


def test_the_reading_form_has_no_marks_of_the_source() -> None:
    data = written(full_document(), "reading")

    assert not re.search(rb'<(space|fw|g|choice|pc)\b|<lb [^>]*ed="source"', data)
    assert "long and long-drawn, &amp; the wind" in data.decode()


def test_the_reading_form_keeps_page_turns_that_can_be_cited() -> None:
    inlines = (SourceBreak("", ""), Text("a"), SourceBreak(" ", "8"), Text("b"), SourceBreak("", "9"), Text("c"))

    data = written(Document((Paragraph(inlines),)), "reading")

    assert body_of(data) == '<p>a <pb xml:id="page-8" n="8"/>b<pb xml:id="page-9" n="9" break="no"/>c</p>\n'


def test_the_reading_form_of_a_text_does_not_warn() -> None:
    context = Context()

    written(plain_document("A text."), "reading", context)

    assert context.findings == []


# ----------------------------------------------------------------------------------------------------- structure


def test_the_printed_title_stands_in_front_of_the_body() -> None:
    data = written(full_document(), "reading")

    assert tree(data).findtext(".//t:front//t:titlePart", namespaces=NS) == "The Keeper’s Log"


def test_a_title_taken_from_the_files_name_is_not_printed() -> None:
    document = plain_document("A text.")
    document = replace(document, metadata=replace(document.metadata, title_origin=TitleOrigin.NAME))

    assert b"<front>" not in written(document, "reading")


@pytest.mark.parametrize(
    ("role", "at_head", "in_between"),
    [
        ("epigraph", "epigraph", "p"),
        ("byline", "byline", "p"),
        ("dateline", "dateline", "p"),
        ("salutation", "salute", "p"),
        ("stage", "stage", "stage"),
        ("speech", "sp", "sp"),
        ("attribution", "p", "p"),
    ],
)
def test_roles_have_elements_of_their_own_where_tei_allows_them(role: str, at_head: str, in_between: str) -> None:
    block = Paragraph((Text("x"),), role=role)
    document = Document((Section((), (block, Paragraph((Text("y"),)), block, Paragraph((Text("z"),)))),))

    children = tree(written(document, "reading")).find(".//t:div", namespaces=NS)

    assert children is not None
    assert [etree.QName(child).localname for child in children] == [at_head, "p", in_between, "p"]


def test_a_signature_at_the_end_is_signed() -> None:
    document = Document((Paragraph((Text("x"),)), Paragraph((Text("I. A."),), role="signature")))

    assert "<signed>I. A.</signed>" in body_of(written(document, "reading"))


def test_ids_that_xml_does_not_allow_are_made_names_and_links_follow_them() -> None:
    paragraph = Paragraph((Link("#1 a", (Text("there"),)),), id="p1")

    body = body_of(written(Document((paragraph, Paragraph((Text("x"),), id="1 a"))), "reading"))

    name = re.findall(r'xml:id="(id[^"]*)"', body)[0]
    assert f'target="#{name}"' in body


def test_an_id_that_stands_twice_is_written_once() -> None:
    document = Document((Paragraph((Text("x"),), id="p1"), Paragraph((Text("y"),), id="p1")))

    assert body_of(written(document, "reading")).count('xml:id="p1"') == 1


def test_notes_without_a_label_are_numbered() -> None:
    document = Document((Paragraph((Text("x"), NoteRef("n1"))),), notes=(Note("n1", (Paragraph((Text("y"),)),)),))

    data = written(document, "reading")

    assert b'target="#n1">1</ref>' in data
    assert b'n="1"><label>1</label>' in data


def test_where_one_item_has_a_marker_all_have_a_label() -> None:
    items = (ListItem((Paragraph((Text("x"),)),), "a)"), ListItem((Paragraph((Text("y"),)),)))

    body = body_of(written(Document((List(items),)), "reading"))

    assert body.count("<label>") == body.count("<item>") == 2


def test_an_empty_document_has_an_empty_paragraph() -> None:
    assert body_of(written(Document(()), "reading")) == "<p/>\n"


def test_language_and_direction_are_said() -> None:
    foreign = Foreign((Text("שלום"),), "he", Direction.RTL)
    document = Document((Paragraph((foreign,)),), Metadata(language="de"))

    data = written(document, "reading").decode()

    assert '<text xml:lang="de">' in data
    assert '<foreign xml:lang="he" style="direction: rtl">' in data


# -------------------------------------------------------------------------------------------------------- header


def test_the_header_says_who_did_what() -> None:
    people = (
        Contributor("A", "aut", "A, Z"),
        Contributor("B", "trl"),
        Contributor("C", "edt"),
        Contributor("D", "zzz"),
    )
    data = written(replace(plain_document("x"), metadata=Metadata(title="T", contributors=people)))

    statement = tree(data).find(".//t:titleStmt", namespaces=NS)

    assert statement is not None
    assert statement.findtext("t:author/t:name[@type='sort']", namespaces=NS) == "A, Z"
    assert statement.xpath("t:respStmt/t:resp/text()", namespaces=NS) == ["translator", "zzz"]
    assert statement.findtext("t:editor/t:name", namespaces=NS) == "C"


def test_the_header_records_the_sources_digest_encoding_and_byte_order_mark() -> None:
    text = "Zwölf\n"
    bom = b"\xff\xfe"
    data = bom + text.encode("utf-16-le")
    digest = hashlib.sha256(data).hexdigest()
    ledger = Ledger(SourceText(text, "utf-16-le", "lf", bom, digest))
    document = Document((Paragraph((Text("Zwölf", (Span(0, 5),)),)),), source=ledger)

    root = tree(written(document))

    record = root.find(".//t:bibl[@type='file']", namespaces=NS)
    assert record is not None
    assert record.findtext("t:idno[@type='sha256']", namespaces=NS) == digest
    assert record.findtext("t:note[@type='encoding']", namespaces=NS) == "utf-16-le"
    assert record.findtext("t:note[@type='byteOrderMark']", namespaces=NS) == "FFFE"


def test_the_file_depends_on_the_document_alone() -> None:
    text = "one\n"
    document = sourced(text, [], Paragraph((piece(text, "one"),)))

    assert written(document, context=Context(name="a.txt")) == written(document, context=Context())


@pytest.mark.parametrize(
    ("tag", "name"),
    [("en", "English"), ("de-AT", "German (de-AT)"), ("und", "Undetermined"), ("tlh", "tlh"), ("x-own", "x-own")],
)
def test_the_language_is_named(tag: str, name: str) -> None:
    said = tree(written(Document((), Metadata(language=tag)))).find(".//t:langUsage/t:language", namespaces=NS)

    assert said is not None
    assert (said.get("ident"), said.text) == (tag, name)


def test_a_text_from_right_to_left_says_so_and_in_what_language_of_styles() -> None:
    data = written(Document((Paragraph((Text("שלום"),)),), Metadata(language="he", direction=Direction.RTL)))

    assert b'<text xml:lang="he" style="direction: rtl">' in data
    assert b'<styleDefDecl scheme="css"/>' in data
    assert b"styleDefDecl" not in written(plain_document("x"))


def test_the_editorial_declaration_counts_what_was_done() -> None:
    text = "won-\nder\n"
    document = sourced(
        text, [(3, 5, "", Rule.HYPHEN_SOFT)], Paragraph((piece(text, "won"), SourceBreak(""), piece(text, "der")))
    )

    said = tree(written(document)).xpath("string(//t:hyphenation[@eol='all'])", namespaces=NS)

    assert "1 was taken as put there by the line end alone" in said


def test_the_editorial_declaration_says_nothing_of_what_was_not_done() -> None:
    text = "one\n"
    documents = (sourced(text, [], Paragraph((piece(text, "one"),))), plain_document("one"))

    for data in (written(each, form) for each in documents for form in ("archival", "reading")):
        said = tree(data).xpath("string(//t:editorialDecl)", namespaces=NS)
        assert not re.search(r"\d|hyphen|head|form feed|control|Page", said)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("form", ["archival", "reading"])
def test_the_editorial_declaration_counts_in_grammatical_sentences(form: str, number: int) -> None:
    rules = [Rule.OVERRIDE, Rule.HYPHEN_SOFT, Rule.HYPHEN_HARD, Rule.LINE_JOIN, Rule.BLANKS, Rule.FURNITURE]
    rules.append(Rule.CONTROL)
    text = "x" * number * len(rules) + "one\n"
    edits = [(n, n + 1, "", rules[n // number]) for n in range(number * len(rules))]

    said = tree(written(sourced(text, edits, Paragraph((piece(text, "one"),))), form)).xpath(
        "string(//t:editorialDecl)", namespaces=NS
    )

    wrong = r"\b1 \w+ends|\b1 (were|are)|\b2 (was|is)" if number == 1 else r"\b2 (was|is|reading |line end |run )"
    assert f"{number} " in said
    assert not re.search(wrong, said)


def test_a_document_without_an_identifier_gets_one_from_its_content() -> None:
    def identifier(document: Document) -> str | None:
        return tree(written(document, "reading")).findtext(".//t:publicationStmt/t:idno[@n='main']", namespaces=NS)

    one, same, other = (Document((Paragraph((Text(text),)),)) for text in ("a", "a", "b"))

    assert identifier(one) == identifier(same) != identifier(other)


def test_time_comes_from_the_context() -> None:
    data = written(plain_document("x"), context=Context(timestamp_s=1_700_000_000))

    assert b'<change when="2023-11-14T22:13:20Z">' in data


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        pytest.param("2021-05", b'<change when="2021-05-01T00:00:00Z">', id="a stated date"),
        pytest.param("", b"<change>", id="no date"),
        pytest.param("2021-02-30", b"<change>", id="no day of the calendar"),
    ],
)
def test_a_time_that_nobody_stated_is_not_said(date: str, expected: bytes) -> None:
    data = written(Document((), Metadata(date=date)))

    assert expected in data
    assert b"1980" not in data


def test_metadata_that_tei_does_not_allow_as_it_is_does_no_harm() -> None:
    metadata = Metadata(
        language="not a tag!",
        date="sometime",
        rights_uri="http://example.org/a b",
        identifiers=(Identifier("x", "my scheme"),),
        contributors=(Contributor("N", "odd role"),),
    )

    root = tree(written(Document((SceneBreak(""), Verse(()), Table((Row(()),)), BlockQuote(()), List(())), metadata)))

    assert root.find(".//t:language", namespaces=NS).get("ident") == "und"  # type: ignore[union-attr]
    assert root.find(".//t:licence", namespaces=NS).get("target") == "http://example.org/a%20b"  # type: ignore[union-attr]


# ---------------------------------------------------------------------------------------------------- validators


@pytest.mark.validators
@pytest.mark.parametrize("form", ["archival", "reading"])
def test_both_forms_are_valid(form: str, tmp_path: Path) -> None:
    text = "One\x01 line-\nend\n\f\n\n[1] Note\t x\n"
    edits = [(3, 4, "", Rule.CONTROL), (9, 11, "", Rule.HYPHEN_SOFT), (18, 19, "", Rule.LABEL)]
    paragraph = Paragraph((Text("One line", (Span(0, 9),)), SourceBreak("", "3"), piece(text, "end"), NoteRef("n1")))
    note = Note("n1", (Paragraph((piece(text, "Note\t x"),)),), "1", (Span(18, 29),))
    documents = {
        "sourced": sourced(text, edits, paragraph, notes=(note,)),
        "full": full_document(),
        "plain": plain_document("x"),
        "empty": Document(()),
        "rtl": Document((Paragraph((Text("שלום"),)),), Metadata(language="he", direction=Direction.RTL)),
        "undated": Document((Paragraph((SourceBreak("", "a b"), Text("x"))),), Metadata(date="2021-02-30")),
    }
    for name, document in documents.items():
        (tmp_path / f"{name}.tei.xml").write_bytes(written(document, form))
    if form == "archival":
        (tmp_path / "placed.tei.xml").write_bytes(written_with_places())
    shared = Path(os.environ.get("DOCPACK_SHARED", Path(__file__).parents[3].parent / "shared"))
    schema = shared / "validators/data/tei/tei_all.rng"

    done = subprocess.run(["jing", schema, *tmp_path.iterdir()], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
