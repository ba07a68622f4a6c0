"""Walking documents, and `lower`."""

from dataclasses import replace

from docpack.context import Context
from docpack.model import (
    BlockQuote,
    Document,
    Emphasis,
    Figure,
    List,
    Metadata,
    NoteRef,
    Paragraph,
    Section,
    SmallCaps,
    Table,
    Text,
    TitleOrigin,
    Verse,
)
from docpack.testing import full_document, plain_document
from docpack.walk import lower, nodes, printed_title, reading_text, sections, text_of


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


def test_the_text_of_inlines_prints_labels_where_they_are_known():
    inlines = (Text("word"), NoteRef("n1"), Emphasis((Text("!"),)))

    assert text_of(inlines) == "word!"
    assert text_of(inlines, {"n1": "7"}) == "word7!"


def test_sections_are_counted_from_one():
    assert [(depth, section.id) for depth, section in sections(full_document().children)] == [
        (1, "s1"),
        (2, "s3"),
        (1, "s2"),
        (1, "s4"),
    ]


def test_the_title_is_printed_only_where_it_was_stated_and_the_text_lacks_it():
    document = plain_document("text", title="The Title")
    heading = Document((Section((Text("The  title"),), ()),), document.metadata)
    by_name = replace(document, metadata=Metadata(title="in", title_origin=TitleOrigin.NAME))

    assert printed_title(document) == "The Title"
    assert printed_title(heading) == ""
    assert printed_title(by_name) == ""


def test_depth_is_no_limit_for_walking():
    block = Paragraph((Text("deep"),))
    for _ in range(5_000):
        block = BlockQuote((block,))

    assert sum(1 for _ in nodes(Document((block,)))) == 5_002
