"""Preparing documents for writers."""

import pytest

from docpack.context import Context
from docpack.lowering import lower
from docpack.model import (
    BlockQuote,
    Contributor,
    Document,
    Emphasis,
    Figure,
    Foreign,
    Identifier,
    Link,
    List,
    Metadata,
    Note,
    NoteRef,
    Paragraph,
    Section,
    SmallCaps,
    Table,
    Text,
    Verse,
)
from docpack.testing import full_document, plain_document
from docpack.walk import nodes, reading_text


def codes(context):
    return [finding.code.name for finding in context.findings]


def test_a_clean_document_is_returned_as_it_is():
    document, context = full_document(), Context()

    assert lower(document, context) is document
    assert context.findings == []


def test_forbidden_characters_are_left_out_everywhere_and_told_once():
    document = plain_document("a\x00b\ufffe", title="t\x01")
    context = Context()

    lowered = lower(document, context)

    assert reading_text(lowered) == "ab"
    assert lowered.metadata.title == "t"
    assert codes(context) == ["W002"]
    assert "3 characters" in context.findings[0].message


def test_line_ends_in_a_text_become_blanks():
    assert reading_text(lower(plain_document("a\nb\tc"), Context())) == "a b c"


def test_a_reference_to_a_missing_note_is_left_out_and_told():
    context = Context()

    lowered = lower(Document((Paragraph((Text("a"), NoteRef("n7"), Text("b"))),)), context)

    assert lowered.children == (Paragraph((Text("ab"),)),)
    assert codes(context) == ["W003"]


def test_a_figure_without_its_picture_keeps_its_caption():
    lowered = lower(Document((Figure("m9", "alt", (Text("The caption"),)),)), Context())

    assert reading_text(lowered) == "The caption"


def test_blocks_after_a_subsection_get_a_section_of_their_own():
    document = Document((Section((Text("A"),), (Section((Text("B"),), ()), Paragraph((Text("c"),)))),))

    inner = lower(document, Context()).children[0].children

    assert [type(block) for block in inner] == [Section, Section]
    assert inner[1].title == ()


def test_what_a_writer_lacks_is_said_with_plainer_nodes_and_told():
    context = Context()
    lacks = frozenset({Verse, Table, List, BlockQuote, Figure, Emphasis, SmallCaps})

    lowered = lower(full_document(), context, lacks, "plain")

    kinds = {type(node) for node in nodes(lowered)}
    assert not kinds & lacks
    assert set(codes(context)) == {"W001"}
    assert "The lamp is lit," in reading_text(lowered)
    assert "(a) by letters" in reading_text(lowered)


def test_lowering_loses_no_word():
    lacks = frozenset({Verse, Table, List, BlockQuote, Emphasis, SmallCaps})

    lowered = lower(full_document(), Context(), lacks)

    assert sorted(reading_text(lowered).split()) == sorted(reading_text(full_document()).split())


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "page.html", "#nowhere", "https://a b.example"],
)
def test_a_link_that_leads_nowhere_or_astray_keeps_its_words_and_is_told(href):
    context = Context()

    lowered = lower(Document((Paragraph((Text("see "), Link(href, (Text("this"),)))),)), context)

    assert lowered.children == (Paragraph((Text("see this"),)),)
    assert codes(context) == ["W003"]


@pytest.mark.parametrize("href", ["https://example.org/?a=1&b=2", "mailto:a@example.org", "#p1", "#n1"])
def test_a_link_that_leads_somewhere_stays(href):
    document = Document((Paragraph((Link(href, (Text("this"),)),), id="p1"),), notes=(Note("n1", ()),))

    assert lower(document, Context()) is document


def test_metadata_and_languages_are_cleaned_too_and_a_description_keeps_its_paragraphs():
    metadata = Metadata(
        identifier=Identifier("a\x01b"), description="One.\n\nTwo.\x02", contributors=(Contributor("N\x03"),)
    )
    document = Document((Paragraph((Foreign((Text("x"),), "d\x01e"),), language="e\x04n"),), metadata)

    lowered = lower(document, Context())

    assert lowered.metadata.identifier.value == "ab"
    assert lowered.metadata.description == "One.\n\nTwo."
    assert lowered.metadata.contributors[0].name == "N"
    assert lowered.children[0].language == "en"
    assert lowered.children[0].children[0].language == "de"
